//! Many patterns asked about at once: which of them may fit a text, known from the pairs of letters that whatever fits must hold.
//! A name is asked about thousands of texts, and most of them cost one comparison.

use super::needles::{Asked, pairs};

/// How many texts are looked through before one of them is looked at.
const TOGETHER: usize = 16;

/// Patterns by what must stand in whatever fits them.
#[derive(Debug, Default)]
pub struct Sieve {
    /// The pairs of letters of each needle.
    pairs: Vec<u64>,
    /// The needles, each with the number of its pattern.
    needles: Vec<(&'static str, u32)>,
    /// Patterns of which nothing is known.
    always: Vec<u32>,
}

impl Sieve {
    /// Numbers the patterns in their order; each gives texts in small letters, one of which stands in whatever fits it, or none where that is
    /// not known.
    pub fn new(patterns: impl Iterator<Item = &'static [&'static str]>) -> Self {
        let mut sieve = Self::default();
        for (number, texts) in (0_u32..).zip(patterns) {
            if texts.is_empty() {
                sieve.always.push(number);
            }
            for text in texts {
                sieve.pairs.push(pairs(text));
                sieve.needles.push((text, number));
            }
        }
        sieve
    }

    /// The numbers of the patterns that may fit, in order.
    #[must_use]
    pub fn may_fit(&self, asked: &Asked) -> Vec<usize> {
        let mut found = self.always.clone();
        let lacking = !asked.pairs;
        for (pairs, needles) in self.pairs.chunks(TOGETHER).zip(self.needles.chunks(TOGETHER)) {
            // without a way out in the middle several are compared at once
            if pairs.iter().filter(|pairs| **pairs & lacking == 0).count() == 0 {
                continue;
            }
            for (pairs, (needle, number)) in pairs.iter().zip(needles) {
                if pairs & lacking == 0 && asked.small.contains(needle) {
                    found.push(*number);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|number| number as usize).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_may_fit_come_in_order_and_once() {
        let patterns: [&[&str]; 5] = [&["key", "token"], &[], &["secret"], &["y_t"], &["k"]];
        let sieve = Sieve::new(patterns.into_iter());
        let of = |text: &str| sieve.may_fit(&Asked::new(text));
        assert_eq!(of("API_KEY_TOKEN"), [0, 1, 3, 4]);
        assert_eq!(of("yek"), [1, 4]);
        assert_eq!(of(""), [1]);
    }

    #[test]
    fn many_needles_are_all_looked_at() {
        let texts: Vec<String> = (0..500).map(|number| format!("needle{number:03}")).collect();
        let texts: &'static [String] = texts.leak();
        let each: Vec<&'static [&'static str]> = texts.iter().map(|text| &*Box::leak(Box::new([text.as_str()])) as &[&str]).collect();
        let sieve = Sieve::new(each.into_iter());
        for (number, text) in texts.iter().enumerate() {
            assert_eq!(sieve.may_fit(&Asked::new(&format!("a_{text}"))), [number]);
        }
    }
}
