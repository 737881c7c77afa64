//! `members`: sets, in which one member may cover others.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use super::ladder::same_text;
use super::net::Net;
use super::text_pattern::{Case, any_matches, compiled, wildcard};
use super::{Comparison, host, plain_text};
use crate::policy::file::{MemberKind, MembersOrder, SaferSet};
use crate::value::Value;

/// Pairs of members that one comparison looks at; beyond, the sets do not compare and a person must look.
pub(super) const PAIRS: usize = 4_000_000;

/// The set of a list, or of the members found in a text. `None` when a member is no text.
pub(super) fn rank(order: &MembersOrder, value: &Value) -> Option<BTreeSet<String>> {
    let mut members = Vec::new();
    match value {
        Value::List(items) if order.each.is_none() => {
            for item in items {
                members.push(plain_text(item, "")?.into_owned());
            }
        }
        Value::List(items) => {
            for item in items {
                members.extend(in_text(order, &plain_text(item, "")?));
            }
        }
        plain => members = in_text(order, &plain_text(plain, "")?),
    }
    let counts = |member: &String| order.only.0.is_empty() || is_listed(&order.only.0, member);
    Some(members.into_iter().map(|member| normal(order.kind, &member)).filter(|member| !member.is_empty()).filter(counts).collect())
}

/// The first item of a list in which fewer are safer that the other side does not cover.
pub(super) fn first_joined(order: &MembersOrder, value: &Value, other: &BTreeSet<String>) -> Option<usize> {
    let Value::List(items) = value else { return None };
    let joined = |item: &Value| {
        let alone = rank(order, &Value::List(vec![item.clone()]));
        alone.is_some_and(|alone| matches!(compare(order, other, &alone), Comparison::Weaker | Comparison::Incomparable))
    };
    if order.safer == SaferSet::Fewer { items.iter().position(joined) } else { None }
}

/// `redaction` also lists `redaction/pii`, its instance with a name.
fn is_listed(only: &[String], member: &str) -> bool {
    any_matches(only, member, Case::Exact)
        || member.split_once('/').is_some_and(|(kind, _)| !kind.is_empty() && any_matches(only, kind, Case::Exact))
}

/// The members written in one text: by pattern, as a list in brackets, or separated by commas, semicolons, bars or spaces.
fn in_text(order: &MembersOrder, text: &str) -> Vec<String> {
    if let Some(each) = &order.each {
        let pattern = compiled(each, Case::Exact);
        let Some(regex) = pattern.regex() else { return Vec::new() };
        let found =
            regex.captures_iter(text).filter_map(|found| found.get(1).or_else(|| found.get(0)).map(|part| part.as_str().to_owned()));
        return found.collect();
    }
    let text = text.trim();
    let inner = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    if inner.is_some()
        && let Ok(items) = serde_json::from_str::<Vec<String>>(text)
    {
        return items;
    }
    let bare = |member: &str| member.trim_matches(['"', '\'']).to_owned();
    inner
        .unwrap_or(text)
        .split(|c: char| matches!(c, ',' | ';' | '|') || c.is_whitespace())
        .map(bare)
        .filter(|member| !member.is_empty())
        .collect()
}

/// The spelling a kind compares by.
fn normal(kind: MemberKind, member: &str) -> String {
    let member = member.trim();
    match kind {
        MemberKind::Plain | MemberKind::Globs => member.to_owned(),
        MemberKind::Cidrs => Net::parse(member).map_or_else(|| member.to_lowercase(), |net| net.to_string()),
        MemberKind::Hosts => member.trim_end_matches('.').to_lowercase(),
        MemberKind::Origins => {
            let lower = member.trim_end_matches('/').to_lowercase();
            let default = if lower.starts_with("https://") { ":443" } else { ":80" };
            if lower.contains("://") { lower.strip_suffix(default).unwrap_or(&lower).to_owned() } else { lower }
        }
    }
}

/// The set of everything, where the policy says what that is.
pub(super) fn worst(order: &MembersOrder) -> Option<BTreeSet<String>> {
    match order.safer {
        SaferSet::More => Some(BTreeSet::new()),
        SaferSet::Fewer => (!order.all.0.is_empty()).then(|| order.all.0.iter().map(|member| normal(order.kind, member)).collect()),
    }
}

pub(super) fn compare(order: &MembersOrder, a: &BTreeSet<String>, b: &BTreeSet<String>) -> Comparison {
    let fewer = Comparison::of_sets(within(order, a, b), within(order, b, a));
    if order.safer == SaferSet::Fewer { fewer } else { fewer.reversed() }
}

/// Whether every member of the first set is covered by one of the second.
fn within(order: &MembersOrder, narrow: &BTreeSet<String>, wide: &BTreeSet<String>) -> bool {
    if wide.iter().any(|member| order.all.0.iter().any(|all| same_text(all, member))) {
        return true;
    }
    let left: Vec<&String> = narrow.iter().filter(|member| !wide.contains(*member)).collect();
    if left.is_empty() {
        return true;
    }
    if left.len().saturating_mul(wide.len()) > PAIRS {
        return false;
    }
    let wide: Vec<Wide> = wide.iter().filter_map(|member| Wide::new(order.kind, member)).collect();
    left.iter().all(|member| {
        let narrow = Narrow::new(order.kind, member);
        wide.iter().any(|wide| wide.covers(&narrow))
    })
}

/// A member that may cover others.
enum Wide<'a> {
    Host(host::Authority<'a>),
    Net(Net),
    Glob(GlobMatcher),
}

/// A member that may be covered.
enum Narrow<'a> {
    Plain,
    Host(host::Authority<'a>),
    Net(Option<Net>),
    /// A path such as the glob may stand for.
    Sample(String),
}

impl<'a> Wide<'a> {
    fn new(kind: MemberKind, member: &'a str) -> Option<Self> {
        match kind {
            MemberKind::Plain => None,
            MemberKind::Origins | MemberKind::Hosts => Some(Self::Host(host::split(member))),
            MemberKind::Cidrs => Net::parse(member).map(Self::Net),
            MemberKind::Globs => {
                GlobBuilder::new(member).literal_separator(true).build().ok().map(|glob| Self::Glob(glob.compile_matcher()))
            }
        }
    }

    fn covers(&self, narrow: &Narrow) -> bool {
        match (self, narrow) {
            (Self::Host(wide), Narrow::Host(narrow)) => covers_host(wide, narrow),
            (Self::Net(wide), Narrow::Net(Some(narrow))) => wide.contains(narrow),
            (Self::Glob(wide), Narrow::Sample(sample)) => wide.is_match(sample),
            _ => false,
        }
    }
}

impl<'a> Narrow<'a> {
    fn new(kind: MemberKind, member: &'a str) -> Self {
        match kind {
            MemberKind::Plain => Self::Plain,
            MemberKind::Origins | MemberKind::Hosts => Self::Host(host::split(member)),
            MemberKind::Cidrs => Self::Net(Net::parse(member)),
            // Names that no wider pattern spells out, so that only its wildcards can fit them.
            MemberKind::Globs => Self::Sample(member.replace("**", "\u{1}/\u{1}/\u{1}").replace(['*', '?'], "\u{1}")),
        }
    }
}

/// `*.a` covers `b.a` and `c.b.a`; `.a` also `a`; `http` covers `https`; no scheme or `*` covers any. Ports must be equal or `*`.
fn covers_host(wide: &host::Authority, narrow: &host::Authority) -> bool {
    let scheme = match (wide.scheme, narrow.scheme) {
        (None | Some("*"), _) => true,
        (Some(wide), Some(narrow)) => {
            wide == narrow || matches!((wide, narrow), ("http", "https") | ("ws", "wss")) || wildcard(wide, narrow)
        }
        (Some(_), None) => false,
    };
    let port = wide.port == Some("*") || wide.port == narrow.port || (wide.host == "*" && wide.port.is_none());
    let host = match wide.host.strip_prefix('.') {
        Some(parent) => narrow.host == parent || narrow.host.ends_with(wide.host),
        None => wildcard(wide.host, narrow.host),
    };
    scheme && port && host
}
