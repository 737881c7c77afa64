//! The short spellings of ports (`127.0.0.1:8000:80/tcp`) and mounts (`./data:/data:ro`), read into the keys of the long ones.

use std::ops::Range;

use super::super::view::{View, with};
use crate::read::expression::Resolved;
use crate::read::tree::NodeId;
use crate::scope::ScopeId;
use crate::setting::Setting;
use crate::span::Span;
use crate::value::{Outcome, Value};

/// One key of the long form, found in the short one.
struct Found<'t> {
    key: &'static str,
    text: &'t str,
    at: Range<usize>,
}

/// A published port.
pub fn port(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    spread(view, node, scope, port_parts);
}

/// A mount.
pub fn volume(view: &mut View<'_>, node: NodeId, scope: ScopeId) {
    spread(view, node, scope, volume_parts);
}

fn spread(view: &mut View<'_>, node: NodeId, scope: ScopeId, parts: for<'t> fn(&'t str) -> Vec<Found<'t>>) {
    let Some(scalar) = view.written(node) else { return };
    let written = parts(&scalar.text);
    // `${ADDRESS:-127.0.0.1:8000}:80`: the fallback holds parts of its own, none of which has a place by itself
    let spreads = |found: &Found<'_>| found.text.contains('$') && known(&view.resolve(found.text)).is_some_and(|text| text.contains(':'));
    let whole = if written.iter().any(spreads) { known(&view.resolve(&scalar.text)) } else { None };
    match whole {
        Some(text) => {
            let span = view.part(node, 0, scalar.text.len());
            for found in parts(&text) {
                emit(view, scope, &found, span);
            }
        }
        None => {
            for found in written {
                let span = view.part(node, found.at.start, found.at.end);
                emit(view, scope, &found, span);
            }
        }
    }
}

fn known(resolved: &Resolved) -> Option<String> {
    match &resolved.value {
        Outcome::One(value) => Some(value.display()),
        _ => None,
    }
}

fn emit(view: &mut View<'_>, scope: ScopeId, found: &Found<'_>, span: Span) {
    let resolved = match found.key {
        "read_only" => Resolved::plain(Value::Bool(found.text == "ro")),
        _ => view.resolve(found.text),
    };
    let number = known(&resolved).filter(|_| matches!(found.key, "target" | "published")).and_then(|text| text.parse().ok());
    let resolved = number.map_or(resolved, |number| Resolved::plain(Value::Int(number)));
    // an empty fallback (`${BIND-}`) is as good as nothing
    if found.text.is_empty() || known(&resolved).is_some_and(|text| text.is_empty()) {
        return;
    }
    let text = known(&resolved).unwrap_or_else(|| found.text.to_owned());
    if let Some(scope) = view.reading.scopes.get_mut(scope.0 as usize) {
        scope.fields.push((found.key.into(), text.into()));
    }
    if found.key != "protocol" {
        view.emit(with(Setting::keyed(scope, found.key, Outcome::Unread, span, span), resolved));
    }
}

/// The pieces between colons that stand outside `${...}` and `[...]`.
fn pieces(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut depth = 0_usize;
    let mut cuts = vec![];
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => cuts.push(at),
            _ => {}
        }
    }
    let starts = std::iter::once(0).chain(cuts.iter().map(|cut| cut + 1));
    let ends = cuts.iter().copied().chain(std::iter::once(text.len()));
    starts.zip(ends).map(|(start, end)| (text.get(start..end).unwrap_or(""), start..end)).collect()
}

/// `[host:][published:]target[/protocol]`; an IPv6 host may stand with or without brackets.
fn port_parts(text: &str) -> Vec<Found<'_>> {
    let mut pieces = pieces(text);
    let mut parts = Vec::new();
    let Some((last, at)) = pieces.pop() else { return parts };
    let cut = last.rfind('/').filter(|cut| !last.get(*cut..).unwrap_or("").contains('}')).unwrap_or(last.len());
    let target = Found { key: "target", text: last.get(..cut).unwrap_or(""), at: at.start..at.start + cut };
    let protocol = last.get(cut + 1..).map(|text| Found { key: "protocol", text, at: at.start + cut + 1..at.end });
    let published = pieces.pop().map(|(text, at)| Found { key: "published", text, at });
    if let Some((_, at)) = pieces.last() {
        let end = at.end;
        let host = text.get(..end).unwrap_or("");
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let at = if bare.is_some() { 1..end - 1 } else { 0..end };
        parts.push(Found { key: "host_ip", text: bare.unwrap_or(host), at });
    }
    parts.extend(published);
    parts.push(target);
    parts.extend(protocol);
    parts
}

/// `[source:]target[:mode]`; a drive letter belongs to the source.
fn volume_parts(text: &str) -> Vec<Found<'_>> {
    let mut pieces = pieces(text);
    let drive = |pieces: &[(&str, Range<usize>)]| {
        let letter = pieces.first().is_some_and(|(text, _)| text.len() == 1 && text.chars().all(char::is_alphabetic));
        letter && pieces.get(1).is_some_and(|(text, _)| text.starts_with(['\\', '/'])) && pieces.len() > 2
    };
    if drive(&pieces) {
        pieces.remove(0);
        if let Some(first) = pieces.first_mut() {
            first.1.start = 0;
            first.0 = text.get(first.1.clone()).unwrap_or("");
        }
    }
    let keys: &[&'static str] = if pieces.len() == 1 { &["target"] } else { &["source", "target", "mode"] };
    let mut parts = Vec::new();
    for ((text, at), key) in pieces.into_iter().zip(keys.iter().copied()) {
        if key != "mode" {
            parts.push(Found { key, text, at });
            continue;
        }
        let mut start = at.start;
        for option in text.split(',') {
            if matches!(option, "ro" | "rw") {
                parts.push(Found { key: "read_only", text: option, at: start..start + option.len() });
            }
            start += option.len() + 1;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(parts: &[Found<'_>], text: &str) -> String {
        for found in parts {
            assert_eq!(found.text, text.get(found.at.clone()).unwrap(), "the place of {} in {text}", found.key);
        }
        parts.iter().map(|found| format!("{}={}", found.key, found.text)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ports_say_host_published_and_target() {
        let port = |text: &'static str| said(&port_parts(text), text);
        assert_eq!(port("80"), "target=80");
        assert_eq!(port("8000:80"), "published=8000 target=80");
        assert_eq!(port("127.0.0.1:8000:80/tcp"), "host_ip=127.0.0.1 published=8000 target=80 protocol=tcp");
        assert_eq!(port("127.0.0.1::80"), "host_ip=127.0.0.1 published= target=80");
        assert_eq!(port("[::1]:80:81"), "host_ip=::1 published=80 target=81");
        assert_eq!(port("::1:80:81"), "host_ip=::1 published=80 target=81");
        assert_eq!(port("${BIND:-127.0.0.1}:80:81"), "host_ip=${BIND:-127.0.0.1} published=80 target=81");
        assert_eq!(port("9090-9091:8080-8081/udp"), "published=9090-9091 target=8080-8081 protocol=udp");
        assert_eq!(port("${P:-a/b}"), "target=${P:-a/b}");
    }

    #[test]
    fn mounts_say_source_target_and_mode() {
        let volume = |text: &'static str| said(&volume_parts(text), text);
        assert_eq!(volume("/var/lib/x"), "target=/var/lib/x");
        assert_eq!(volume("data:/x"), "source=data target=/x");
        assert_eq!(volume("/var/run/docker.sock:/s:ro"), "source=/var/run/docker.sock target=/s read_only=ro");
        assert_eq!(volume("./a:/b:z,rw"), "source=./a target=/b read_only=rw");
        assert_eq!(volume(r"C:\x:/y:ro"), r"source=C:\x target=/y read_only=ro");
        assert_eq!(volume("${D:-./d}:/y"), "source=${D:-./d} target=/y");
    }
}
