//! What of two versions of a file is worth reading first: the parts in which they differ, with what gives those parts their meaning.
//!
//! When the readings of both thinned texts say the same, so do those of the whole texts; when they differ, the whole texts are read.
//! So a part may be kept for nothing, and must never be left out when its meaning could have changed.

mod markdown;
#[cfg(test)]
mod tests;
mod yaml;

use foldhash::{HashMap, HashMapExt};

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

/// The parts of each side that stay or that the other side does not have as often; nothing where the others changed places.
fn unlike<'p, 't>(base: &'p [Part<'t>], head: &'p [Part<'t>]) -> Option<[Vec<&'p Part<'t>>; 2]> {
    let mut counts: HashMap<_, i64> = HashMap::new();
    for (parts, step) in [(base, 1), (head, -1)] {
        for part in parts {
            *counts.entry(part.key()).or_default() += step;
        }
    }
    // of a part that stands twice and once, which one went is not known: all are kept
    let both = |part: &&Part| counts.get(&part.key()) == Some(&0);
    if !base.iter().filter(both).map(Part::key).eq(head.iter().filter(both).map(Part::key)) {
        return None;
    }
    let differs = |part: &Part| part.stays || !both(&part);
    Some([base, head].map(|parts| {
        let mut kept: Vec<bool> = parts.iter().map(differs).collect();
        for at in (0..parts.len()).rev() {
            let owners = parts.get(at).filter(|_| kept.get(at) == Some(&true)).map(|part| part.owners);
            for owner in owners.into_iter().flatten().flatten() {
                if let Some(kept) = kept.get_mut(owner) {
                    *kept = true;
                }
            }
        }
        parts.iter().zip(kept).filter(|(_, kept)| *kept).map(|(part, _)| part).collect()
    }))
}
