//! What of two versions of a file is worth reading first: the parts in which they differ, with what gives those parts their meaning.
//!
//! When the readings of both thinned texts say the same, so do those of the whole texts; when they differ, the whole texts are read.
//! So a part may be kept for nothing, and must never be left out when its meaning could have changed.

mod markdown;
#[cfg(test)]
mod tests;
mod yaml;

use foldhash::{HashMap, HashMapExt, HashSet};

/// Texts of both sides together that are not worth thinning, in bytes.
const WORTH: usize = 4 << 10;

/// Both texts without most of what they share; nothing where that is not known to be safe, or saves little.
pub fn thinned(reader: &str, path: &str, base: &str, head: &str) -> Option<[String; 2]> {
    let whole = base.len() + head.len();
    if whole < WORTH {
        return None;
    }
    let thin = match reader {
        "markdown" => markdown::thinned(base, head),
        "yaml" => yaml::thinned(path, base, head),
        _ => None,
    }?;
    (thin.iter().map(String::len).sum::<usize>() < whole / 2).then_some(thin)
}

/// A stretch of a text that means something by itself, given what it depends on.
#[derive(Clone, Copy, Debug)]
struct Part<'t> {
    text: &'t str,
    /// A number for all that encloses it.
    within: usize,
    /// Other stretches that give it its meaning.
    depends: [&'t str; 3],
    /// The same by their places among the parts, where it has some: they are kept with it.
    owners: [Option<usize>; 3],
    /// It gives others their meaning, and is always kept.
    stays: bool,
    /// It stands on the line behind the part before.
    goes_on: bool,
}

impl<'t> Part<'t> {
    fn new(within: usize, text: &'t str) -> Self {
        Self { text, within, depends: [""; 3], owners: [None; 3], stays: false, goes_on: false }
    }

    /// What both sides must share for the part to mean the same.
    fn key(&self) -> (usize, [&'t str; 3], &'t str) {
        (self.within, self.depends, self.text)
    }
}

/// The parts of each side that stay or that the other side does not have as often, with those that they depend on; nothing where
/// the others changed places. What is kept on one side is kept wherever it stands, so that both are thinned alike.
fn unlike<'p, 't>(base: &'p [Part<'t>], head: &'p [Part<'t>]) -> Option<[Vec<&'p Part<'t>>; 2]> {
    let mut counts: HashMap<_, i64> = HashMap::new();
    for (parts, step) in [(base, 1), (head, -1)] {
        for part in parts {
            *counts.entry(part.key()).or_default() += step;
        }
    }
    let mut kept: HashSet<_> = counts.iter().filter(|(_, count)| **count != 0).map(|(key, _)| *key).collect();
    kept.extend(base.iter().chain(head).filter(|part| part.stays).map(Part::key));
    loop {
        let before = kept.len();
        for parts in [base, head] {
            // those that a part depends on stand before it
            for part in parts.iter().rev().filter(|part| part.owners != [None; 3]) {
                if kept.contains(&part.key()) {
                    kept.extend(part.owners.into_iter().flatten().filter_map(|owner| parts.get(owner)).map(Part::key));
                }
            }
        }
        if kept.len() == before {
            break;
        }
    }
    let left_out = |parts: &'p [Part<'t>]| parts.iter().map(Part::key).filter(|key| !kept.contains(key)).collect::<Vec<_>>();
    (left_out(base) == left_out(head)).then(|| [base, head].map(|parts| parts.iter().filter(|part| kept.contains(&part.key())).collect()))
}
