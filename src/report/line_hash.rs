//! The hash by which GitHub recognises a line of code across commits: `primaryLocationLineHash` as the CodeQL action computes it
//! (`src/fingerprints.ts` of github/codeql-action), so that an upload finds nothing to complain about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Characters that one hash covers, blanks and tabs not counted.
const BLOCK: usize = 100;
/// The base of the rolling hash.
const BASE: u64 = 37;
/// Stands for the end of the file.
const END: u16 = 0xFFFF;

/// The hashes of the wanted lines (from 1), as `hash:occurrence`. Lines end at `\n`, `\r` and `\r\n`.
#[must_use]
pub fn line_hashes(text: &str, wanted: &BTreeSet<u32>) -> BTreeMap<u32, String> {
    let mut rolling = Rolling::new(wanted);
    let mut after_return = false;
    for unit in text.encode_utf16() {
        let skipped = unit == u16::from(b' ') || unit == u16::from(b'\t') || (after_return && unit == u16::from(b'\n'));
        after_return = unit == u16::from(b'\r');
        if !skipped {
            rolling.take(if after_return { u16::from(b'\n') } else { unit });
        }
        if rolling.missing == 0 {
            return rolling.found;
        }
    }
    rolling.take(END);
    for _ in 0..BLOCK {
        rolling.give();
        rolling.shift(0);
    }
    rolling.found
}

struct Rolling<'w> {
    /// The last characters, and for each of them the line that it starts, or 0.
    window: [(u16, u32); BLOCK],
    at: usize,
    hash: u64,
    /// `BASE` to the power of `BLOCK`: what the character that leaves was multiplied by.
    leaving: u64,
    line: u32,
    fresh: bool,
    seen: HashMap<u64, u32>,
    wanted: &'w BTreeSet<u32>,
    missing: usize,
    found: BTreeMap<u32, String>,
}

impl<'w> Rolling<'w> {
    fn new(wanted: &'w BTreeSet<u32>) -> Self {
        let leaving = (0..BLOCK).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let missing = wanted.len();
        Self {
            window: [(0, 0); BLOCK],
            at: 0,
            hash: 0,
            leaving,
            line: 0,
            fresh: true,
            seen: HashMap::new(),
            wanted,
            missing,
            found: BTreeMap::new(),
        }
    }

    fn take(&mut self, unit: u16) {
        self.give();
        if self.fresh {
            self.fresh = false;
            self.line += 1;
            if let Some(place) = self.window.get_mut(self.at) {
                place.1 = self.line;
            }
        }
        self.fresh = unit == u16::from(b'\n');
        self.shift(unit);
    }

    /// The window is full from the start of a line on: that is the line's hash.
    fn give(&mut self) {
        let Some((_, line)) = self.window.get_mut(self.at).filter(|(_, line)| *line > 0) else { return };
        let line = std::mem::take(line);
        let count = self.seen.entry(self.hash).or_default();
        *count += 1;
        if self.wanted.contains(&line) {
            self.found.insert(line, format!("{:x}:{count}", self.hash));
            self.missing = self.missing.saturating_sub(1);
        }
    }

    fn shift(&mut self, unit: u16) {
        if let Some(place) = self.window.get_mut(self.at) {
            let gone = u64::from(std::mem::replace(&mut place.0, unit));
            self.hash = self.hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)).wrapping_sub(self.leaving.wrapping_mul(gone));
        }
        self.at = (self.at + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        line_hashes(text, &(1..=20).collect()).into_values().collect()
    }

    #[test]
    fn lines_have_the_hashes_that_the_codeql_action_expects() {
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        let short = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"];
        assert_eq!(hashes(" a\nb\n  \t\tc\n d"), short);
        let ended = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(hashes(text), ended, "{text:?}");
        }
    }

    #[test]
    fn equal_lines_are_counted() {
        let found = hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(found.first().unwrap(), "a7f2ff13bc495cf2:1");
        assert_eq!(found[5..8], ["a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1"]);
        assert_eq!(found.len(), 11);
    }

    #[test]
    fn only_wanted_lines_are_kept_and_their_hash_does_not_depend_on_the_others() {
        let text = "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n";
        let found = line_hashes(text, &BTreeSet::from([3]));
        assert_eq!(found, BTreeMap::from([(3, "1131fd5871777f34:1".to_owned())]));
        assert!(line_hashes(text, &BTreeSet::from([30])).is_empty());
    }
}
