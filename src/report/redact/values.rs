//! Values that hold nothing to hide, whatever their name says.

use super::shapes::scrambled;

/// The value without the quotes around it.
pub(super) fn bare(value: &str) -> &str {
    let value = value.trim();
    ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}

/// Texts that hold nothing to hide: nothing at all, switches, numbers, references, placeholders, paths.
pub(super) fn harmless(value: &str) -> bool {
    let value = bare(value);
    let lower = value.to_ascii_lowercase();
    let word = matches!(
        lower.as_str(),
        "" | "true"
            | "false"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "null"
            | "none"
            | "nil"
            | "~"
            | "undefined"
            | "enabled"
            | "disabled"
            | "required"
            | "optional"
            | "inherit"
            | "[redacted]"
            | "redacted"
            | "|"
            | ">"
            | "|-"
            | ">-"
    );
    word || value.parse::<f64>().is_ok()
        || value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-'))
        || reference(value)
        || path(value)
}

/// Whether the whole text says where a value comes from. A reference with a fallback is as telling as its fallback.
pub(super) fn reference(value: &str) -> bool {
    let whole = |open: &str, close: &str| value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    if let Some(inner) = whole("${{", "}}") {
        return !inner.contains(['"', '\'', '}']);
    }
    if let Some(inner) = whole("{{", "}}") {
        return !inner.contains(['"', '\'', '}']);
    }
    if let Some(inner) = whole("${", "}").or_else(|| whole("$(", ")")).or_else(|| whole("%(", ")s")) {
        // `:?` carries a message for people, never a value
        let name = inner.split(":?").next().unwrap_or(inner);
        return inner_name(name.trim_end_matches(":-").trim_end_matches('-'));
    }
    if let Some(inner) = whole("<", ">") {
        return inner.len() < 60 && inner.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | ',' | ':'));
    }
    if let Some(name) = value.strip_prefix('$') {
        // `$ecret` is a password, `$SECRET` and `$db_password` are not
        let upper = !name.contains(|c: char| c.is_ascii_lowercase());
        return inner_name(name) && !name.starts_with(|c: char| c.is_ascii_digit()) && (upper || name.contains('_'));
    }
    ["vault:", "op://", "ssm:", "arn:aws:secretsmanager:", "arn:aws:ssm:", "env:", "secret://", "ENC[", "!vault"]
        .iter()
        .any(|start| value.starts_with(start))
}

/// A name alone. A dash would start a fallback: `${X-hunter2}`.
fn inner_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}

fn path(value: &str) -> bool {
    let rooted = value.starts_with("./")
        || value.starts_with("../")
        || value.starts_with("~/")
        || value.starts_with("/run/")
        || value.starts_with("/etc/");
    let file = value.starts_with('/') && value.rsplit_once('.').is_some_and(|(_, end)| (2..=4).contains(&end.len()));
    (rooted || file) && value.chars().all(|c| c.is_ascii_alphanumeric() || "/._-~".contains(c)) && !value.split('/').any(scrambled)
}
