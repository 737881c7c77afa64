//! Hosts: a URL or address taken apart, and what kind of place a name is.

/// The parts of a URL, an origin or `host:port` that say where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Authority<'a> {
    /// Without `://`.
    pub scheme: Option<&'a str>,
    /// Without brackets; empty in `:8080`.
    pub host: &'a str,
    /// Digits, a range, or `*`.
    pub port: Option<&'a str>,
}

/// Takes a text apart. The published port of a container (`127.0.0.1:8080:80/tcp`) keeps its address only.
pub(super) fn split(text: &str) -> Authority<'_> {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text.strip_prefix("//").unwrap_or(text)),
    };
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if let Some((host, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        return Authority { scheme, host, port: after.strip_prefix(':').filter(|port| !port.is_empty()) };
    }
    let (mut host, mut port) = (rest, None);
    while super::net::Net::parse(host).is_none()
        && let Some((before, after)) = host.rsplit_once(':')
        && after.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'*'))
    {
        port = Some(after).filter(|after| !after.is_empty());
        host = before;
    }
    Authority { scheme, host, port }
}

/// Names that only this machine answers to.
pub(super) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    ["localhost", "ip6-localhost", "localhost.localdomain", "_local_"].iter().any(|name| host.eq_ignore_ascii_case(name))
        || has_suffix(host, ".localhost")
}

/// Names that only a private network knows: of one label (containers, services), or under a suffix that no public registry sells.
pub(super) fn is_private(host: &str) -> bool {
    const SUFFIXES: [&str; 10] =
        [".local", ".internal", ".svc", ".cluster.local", ".lan", ".home.arpa", ".intranet", ".corp", ".localdomain", ".consul"];
    let host = host.trim_end_matches('.');
    !host.is_empty() && (!host.contains('.') || SUFFIXES.iter().any(|suffix| has_suffix(host, suffix)))
}

fn has_suffix(host: &str, suffix: &str) -> bool {
    host.len() > suffix.len() && host.split_at_checked(host.len() - suffix.len()).is_some_and(|(_, end)| end.eq_ignore_ascii_case(suffix))
}
