//! `reach`: where something listens, or where it sends to.

use std::collections::BTreeSet;

use super::members::PAIRS;
use super::net::Net;
use super::text_pattern::{Case, any_matches};
use super::{Comparison, host, plain_text};
use crate::policy::file::Reach;
use crate::value::Value;

/// The classes of `listen`, safest first.
const LISTEN: [&str; 3] = ["this machine", "private", "everywhere"];
/// The classes of `send`, safest first.
const SEND: [&str; 4] = ["this machine", "private", "own", "elsewhere"];
const THIS_MACHINE: u8 = 0;
const PRIVATE: u8 = 1;
const EVERYWHERE: u8 = 2;
const OWN: u8 = 2;
const ELSEWHERE: u8 = 3;

/// One place within a class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Every address.
    Anywhere,
    /// A network or one address.
    Net(Net),
    /// A name, lower case.
    Name(String),
}

/// Where a value reaches: the weakest class among its places, and the places of that class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Of `listen`.
    Listen(u8, BTreeSet<Place>),
    /// Of `send`. Without a place: the class as policies write it.
    Send(u8, BTreeSet<Place>),
}

/// Where a text or a list of texts reaches.
pub(super) fn rank(reach: &Reach, value: &Value) -> Option<Reached> {
    let mut found: Vec<(u8, Place)> = Vec::new();
    let values = match value {
        Value::List(items) => items.as_slice(),
        plain => std::slice::from_ref(plain),
    };
    for value in values {
        let text = plain_text(value, "")?;
        match reach {
            // `true` and `false` switch listening, they do not place it.
            _ if matches!(value, Value::Bool(_)) => return None,
            Reach::Listen => found.extend(addresses(&text).map(listen)),
            Reach::Send(own) => found.push(send(&text, &own.0)),
        }
    }
    let class = found.iter().map(|(class, _)| *class).max()?;
    let places = found.into_iter().filter(|(of, _)| *of == class && class != THIS_MACHINE).map(|(_, place)| place).collect();
    Some(match reach {
        Reach::Listen => Reached::Listen(class, places),
        Reach::Send(_) => Reached::Send(class, places),
    })
}

/// The addresses of a text: separated by commas, or by spaces where what follows is an address too (`80 default_server` is one).
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').flat_map(|part| {
        let part = part.trim();
        let is_address = |word: &str| {
            let host = host::split(word.trim_start_matches('-')).host;
            word == "*" || Net::parse(host).is_some() || host::is_this_machine(host)
        };
        part.split_whitespace().enumerate().filter(move |(at, word)| *at == 0 || is_address(word)).map(|(_, word)| word)
    })
}

fn listen(text: &str) -> (u8, Place) {
    const LOCAL_KINDS: [&str; 4] = ["unix:", "npipe:", "fd:", "systemd:"];
    // Redis writes a dash before an address that may be missing.
    let text = text.strip_prefix('-').unwrap_or(text);
    let local_path = text.starts_with(['/', '@']) || text.starts_with("./");
    if local_path || LOCAL_KINDS.iter().any(|kind| text.starts_with(kind)) {
        return (THIS_MACHINE, Place::Name(text.to_owned()));
    }
    let host = host::split(text).host;
    let everywhere = ["", "*", "+", "_global_", "_all_", "any"].iter().any(|word| host.eq_ignore_ascii_case(word));
    if everywhere || host.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return (EVERYWHERE, Place::Anywhere);
    }
    match Net::parse(text).or_else(|| Net::parse(host)) {
        Some(net) if net.is_everything() => (EVERYWHERE, Place::Anywhere),
        Some(net) if net.is_this_machine() => (THIS_MACHINE, Place::Net(net)),
        Some(net) => (if net.is_private() { PRIVATE } else { EVERYWHERE }, Place::Net(net)),
        None if host::is_this_machine(host) => (THIS_MACHINE, Place::Name(host.to_lowercase())),
        None => (if host::is_private(host) { PRIVATE } else { EVERYWHERE }, Place::Name(host.to_lowercase())),
    }
}

fn send(text: &str, own: &[String]) -> (u8, Place) {
    let text = text.trim();
    if text.starts_with(['/', '.']) && !text.starts_with("//") || text.starts_with("unix:") || text.starts_with("file:") {
        return (THIS_MACHINE, Place::Name(text.to_owned()));
    }
    let host = host::split(text).host.to_lowercase();
    let net = Net::parse(&host);
    let own_host = || any_matches(own, &host, Case::Any) || any_matches(own, text, Case::Any);
    let class = match net {
        // Whoever connects to the address of everything connects to itself.
        Some(net) if net.is_this_machine() || net.is_everything() => THIS_MACHINE,
        Some(net) if net.is_private() => PRIVATE,
        None if host.is_empty() || host::is_this_machine(&host) => THIS_MACHINE,
        None if host::is_private(&host) => PRIVATE,
        _ if own_host() => OWN,
        _ => ELSEWHERE,
    };
    (class, net.map_or(Place::Name(host), Place::Net))
}

pub(super) fn compare(a: &Reached, b: &Reached) -> Comparison {
    match (a, b) {
        (Reached::Listen(a, at_a), Reached::Listen(b, at_b)) if a == b => same_class(at_a, at_b),
        (Reached::Listen(a, _), Reached::Listen(b, _)) | (Reached::Send(a, _), Reached::Send(b, _)) if a != b => {
            Comparison::of_positions(a, b)
        }
        (Reached::Send(ELSEWHERE, at_a), Reached::Send(_, at_b)) if !at_a.is_empty() && !at_b.is_empty() => {
            Comparison::of_sets(at_a.is_subset(at_b), at_b.is_subset(at_a))
        }
        (Reached::Send(..), Reached::Send(..)) => Comparison::Same,
        _ => Comparison::Incomparable,
    }
}

/// A network within another is safer. Single addresses are safer than any network, and among them only the number counts.
fn same_class(a: &BTreeSet<Place>, b: &BTreeSet<Place>) -> Comparison {
    let is_single = |place: &Place| match place {
        Place::Anywhere => false,
        Place::Net(net) => net.is_single(),
        Place::Name(_) => true,
    };
    // A class that a policy names without a place.
    if a.is_empty() || b.is_empty() {
        return Comparison::Same;
    }
    match (a.iter().all(is_single), b.iter().all(is_single)) {
        (true, true) => return Comparison::of_positions(&a.len(), &b.len()),
        (true, false) => return Comparison::Weaker,
        (false, true) => return Comparison::Stronger,
        (false, false) => {}
    }
    if a.len().saturating_mul(b.len()) > PAIRS {
        return Comparison::Incomparable;
    }
    let covers = |wide: &Place, narrow: &Place| match (wide, narrow) {
        (Place::Anywhere, _) => true,
        (Place::Net(wide), Place::Net(narrow)) => wide.contains(narrow),
        (wide, narrow) => wide == narrow,
    };
    let within =
        |narrow: &BTreeSet<Place>, wide: &BTreeSet<Place>| narrow.iter().all(|narrow| wide.iter().any(|wide| covers(wide, narrow)));
    Comparison::of_sets(within(a, b), within(b, a))
}

pub(super) fn best(reach: &Reach) -> Reached {
    class(reach, THIS_MACHINE)
}

pub(super) fn worst(reach: &Reach) -> Reached {
    class(reach, if *reach == Reach::Listen { EVERYWHERE } else { ELSEWHERE })
}

/// The class with this name.
pub(super) fn named(reach: &Reach, word: &str) -> Option<Reached> {
    let names = if *reach == Reach::Listen { LISTEN.as_slice() } else { SEND.as_slice() };
    names.iter().position(|name| *name == word).and_then(|at| u8::try_from(at).ok()).map(|at| class(reach, at))
}

fn class(reach: &Reach, class: u8) -> Reached {
    match reach {
        Reach::Listen if class == EVERYWHERE => Reached::Listen(class, BTreeSet::from([Place::Anywhere])),
        Reach::Listen => Reached::Listen(class, BTreeSet::new()),
        Reach::Send(_) => Reached::Send(class, BTreeSet::new()),
    }
}

/// `this machine`, `private (10.0.0.5)`, `elsewhere (api.example.com)`.
pub(super) fn show(reached: &Reached) -> String {
    let (names, class, places) = match reached {
        Reached::Listen(class, places) => (LISTEN.as_slice(), class, places),
        Reached::Send(class, places) => (SEND.as_slice(), class, places),
    };
    let class = names.get(usize::from(*class)).copied().unwrap_or_default();
    let places: Vec<String> = places
        .iter()
        .filter_map(|place| match place {
            Place::Anywhere => None,
            Place::Net(net) => Some(net.to_string()),
            Place::Name(name) => Some(name.clone()),
        })
        .collect();
    if places.is_empty() { class.to_owned() } else { format!("{class} ({})", places.join(", ")) }
}
