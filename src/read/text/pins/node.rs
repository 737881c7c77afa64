//! JavaScript: `package.json` and the lock files of npm, Yarn and pnpm.

use super::{List, json, of_reference};
use crate::read::text::lines;
use crate::reading::PinVersion;
use crate::span::Span;

/// `package.json`.
pub(super) fn manifest(list: &mut List<'_>) {
    let text = list.text;
    let whole = json::strings(text, |found| {
        if let ["dependencies" | "devDependencies" | "optionalDependencies" | "peerDependencies", name] = found.path {
            list.push(name, found.key(1), version(found.value.of(text)), found.value);
        }
    });
    list.check(whole);
}

/// How exactly npm's requirement names a version.
fn version(spec: &str) -> PinVersion {
    let number = spec.strip_prefix('=').unwrap_or(spec).trim_start_matches('v');
    let core = number.split(['-', '+']).next().unwrap_or(number);
    let exact = core.split('.').count() == 3 && core.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    match spec {
        "" | "*" | "latest" | "x" => PinVersion::Any,
        _ if exact && !number.contains(' ') => PinVersion::Exact(number.into()),
        _ if spec.contains("://") && spec.contains('#') => spec.rsplit_once('#').map_or(PinVersion::Any, |(_, tag)| of_reference(tag)),
        _ if spec.contains("://")
            || ["workspace:", "file:", "link:", "git", "bitbucket:", "gist:"].iter().any(|scheme| spec.starts_with(scheme)) =>
        {
            PinVersion::Any
        }
        _ => PinVersion::Range(spec.into()),
    }
}

/// `package-lock.json`: `packages` (npm 7 and later), else `dependencies`.
pub(super) fn lock(list: &mut List<'_>) {
    let text = list.text;
    let newer = text.contains("\"packages\"");
    let whole = json::strings(text, |found| {
        let name = match found.path {
            ["packages", path, "version"] if newer => path.rsplit_once("node_modules/").map(|(_, name)| name),
            ["dependencies", .., name, "version"] if !newer => Some(*name),
            _ => None,
        };
        if let Some(name) = name {
            let key = found.key(found.path.len().saturating_sub(2));
            // of `node_modules/a/node_modules/b` the last name
            let own = Span { start: key.end.saturating_sub(u32::try_from(name.len()).unwrap_or(0)), ..key };
            list.push(name, own, PinVersion::Exact(found.value.of(text).into()), found.value);
        }
    });
    list.check(whole);
}

/// `yarn.lock`, both the old format and Berry's.
pub(super) fn yarn(list: &mut List<'_>) {
    let text = list.text;
    let mut entry: Option<Span> = None;
    for (start, line) in lines(text) {
        if line.starts_with(|c: char| !c.is_whitespace() && c != '#') {
            let quoted = line.trim_start_matches('"');
            let at = start + line.len() - quoted.len();
            // a scope's own `@` stands first
            let scope = usize::from(quoted.starts_with('@'));
            let length = quoted.get(scope..).and_then(|rest| rest.find('@')).map(|length| length + scope);
            entry = length.map(|length| Span::new(at, at + length));
        } else if let Some(rest) = line.strip_prefix("  version")
            && let Some(name) = entry.take()
        {
            let value = rest.trim_start_matches([':', ' ', '"']);
            let at = start + line.len() - value.len();
            let value = value.trim_end().trim_end_matches('"');
            list.push(name.of(text), name, PinVersion::Exact(value.into()), Span::new(at, at + value.len()));
        }
    }
}

/// `pnpm-lock.yaml`: the keys below `packages`, `/name@1.2.3(peer)` or `/name/1.2.3`.
pub(super) fn pnpm(list: &mut List<'_>) {
    let text = list.text;
    let mut inside = false;
    for (start, line) in lines(text) {
        if line.starts_with(|c: char| !c.is_whitespace()) {
            inside = line.starts_with("packages:");
            continue;
        }
        let Some(key) = line.strip_prefix("  ").filter(|key| inside && !key.starts_with([' ', '#'])) else { continue };
        let bare = key.trim_start_matches(['\'', '"', '/']);
        let at = start + line.len() - bare.len();
        let bare = bare.split(['(', '\'', '"']).next().unwrap_or(bare).trim_end().trim_end_matches(':');
        // `name/1.2.3_peer@2`, as version 5 wrote it
        let bare = bare.split_once('_').map(|(head, _)| head).filter(|head| is_number(head.rsplit('/').next())).unwrap_or(bare);
        let scope = usize::from(bare.starts_with('@'));
        let Some(cut) = bare.get(scope..).and_then(|rest| rest.rfind('@')).map(|cut| cut + scope).or_else(|| bare.rfind('/')) else {
            continue;
        };
        let (name, version) = (bare.get(..cut).unwrap_or(""), bare.get(cut + 1..).unwrap_or(""));
        let number = version.split('_').next().unwrap_or(version);
        let from = at + cut + 1;
        list.push(name, Span::new(at, at + cut), PinVersion::Exact(number.into()), Span::new(from, from + number.len()));
    }
}

fn is_number(segment: Option<&str>) -> bool {
    segment.is_some_and(|segment| segment.starts_with(|c: char| c.is_ascii_digit()))
}
