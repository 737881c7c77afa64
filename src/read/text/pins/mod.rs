//! Versions: which packages a manifest, a lock file or an image reference asks for, and how exactly.

use crate::reading::PinVersion;

/// A container image reference in its parts: repository, tag and digest. A registry's port is no tag, and Docker Hub's
/// own prefixes (`docker.io/`, `library/`) are left out, so that one image has one name.
#[must_use]
pub fn split_reference(reference: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    let (repo, tag) = match rest.rsplit_once(':') {
        Some((repo, tag)) if !tag.contains('/') => (repo, Some(tag)),
        _ => (rest, None),
    };
    let repo = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"].iter().find_map(|host| repo.strip_prefix(host)).unwrap_or(repo);
    (repo.strip_prefix("library/").unwrap_or(repo), tag, digest)
}

/// How exactly an image tag names a version: `v1.2.3` and `3.12-slim` do, `3` is a range, `latest` and nothing say nothing.
#[must_use]
pub fn of_tag(tag: Option<&str>) -> PinVersion {
    let Some(tag) = tag.filter(|tag| !matches!(*tag, "" | "latest")) else { return PinVersion::Any };
    let number = tag.strip_prefix('v').unwrap_or(tag);
    let digits = number.split(['-', '_', '+']).next().unwrap_or(number);
    let parts = digits.split('.');
    let numeric = parts.clone().next().is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let exact = numeric && parts.count() >= 2;
    if exact { PinVersion::Exact(number.into()) } else { PinVersion::Range(tag.into()) }
}
