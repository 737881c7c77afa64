//! The catalogue as one table of bytes, so that a start decodes nothing but what is asked for: every policy by itself, the index
//! of names, and the words by which code is known to be worth parsing. Written by the build script, which includes this folder
//! by path, and for a repository's own policies when they are read; so it imports nothing but the file format and `text`.

mod index;
mod needles;
mod sieve;
mod words;

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::file::{Condition, Kind, Policy, Spelling, Unset, Words};
use super::text::{split, unfold};

pub use index::{Asker, Hit, Needs, Wildcard};
pub use needles::Asked;
pub use sieve::Sieve;
pub use words::{OTHER, Others, SHELL, SHORTEST, Wild, started};

/// Everything, looked up in place.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Table<'a> {
    /// One head a policy, in the order of their ids.
    #[serde(borrow)]
    pub heads: Vec<Head<'a>>,
    /// Names that are one text: surface, text, and the range of their hits; sorted.
    #[serde(borrow)]
    pub texts: Vec<(u8, &'a str, u32, u16)>,
    /// Last steps of paths, folded, and the range of their hits; sorted.
    #[serde(borrow)]
    pub keys: Vec<(&'a str, u32, u16)>,
    /// What the ranges of `texts` and `keys` are of.
    pub hits: Vec<Hit>,
    /// What hits need, by their number; the first is nothing.
    pub needs: Vec<Needs>,
    /// Names with wildcards, and paths whose last step has one.
    #[serde(borrow)]
    pub wildcards: Vec<Wildcard<'a>>,
    /// Telling words of names as they stand in code, folded and sorted, each with its encoded [`Others`].
    #[serde(borrow)]
    pub words: Vec<(&'a str, &'a [u8])>,
    /// Names with wildcards as they may stand in code.
    #[serde(borrow)]
    pub wild: Vec<Wild<'a>>,
    /// Words that mean nothing by themselves to the lexicons.
    #[serde(borrow)]
    pub fill: Vec<&'a str>,
}

/// What is known of a policy before it is decoded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head<'a> {
    /// `area/name`.
    pub id: &'a str,
    /// The encoded policy.
    pub rule: &'a [u8],
    /// Whether it is a lexicon.
    pub lexicon: bool,
    /// Whether an unset value or a spelling depends on a version or a package.
    pub versioned: bool,
    /// Policies that are safe wherever this one is safest.
    #[serde(borrow)]
    pub covers: Vec<&'a str>,
    /// Last parts of the globs of files that it names without a wildcard.
    pub files: Vec<&'a str>,
    /// Where versions and presence are looked up, braces unfolded.
    pub packages: Vec<&'a str>,
}

/// Encodes policies. `fill` holds words of lexicons that are not among them.
///
/// # Errors
/// A pattern that cannot be unfolded, with its policy.
pub fn write(policies: &[Policy], fill: &[&str]) -> Result<Vec<u8>, String> {
    let mut parts = Vec::new();
    for policy in policies {
        let about = |error: String| format!("{}: {error}", policy.id);
        let rule = postcard::to_stdvec(policy).map_err(|error| about(error.to_string()))?;
        parts.push((rule, named_files(policy).map_err(about)?, unfolded(&policy.packages).map_err(about)?));
    }
    let heads = policies.iter().zip(&parts).map(|(policy, (rule, files, packages))| Head {
        id: &policy.id,
        rule,
        lexicon: policy.kind == Kind::Lexicon,
        versioned: versioned(policy),
        covers: policy.covers.0.iter().map(String::as_str).collect(),
        files: files.iter().map(String::as_str).collect(),
        packages: packages.iter().map(String::as_str).collect(),
    });
    let own_fill = fill_of(policies);
    let mut fill: Vec<&str> = own_fill.iter().map(String::as_str).chain(fill.iter().copied()).collect();
    fill.sort_unstable();
    fill.dedup();
    let index = index::of(policies)?;
    let known: HashSet<&str> = fill.iter().copied().collect();
    let words = words::of(policies, &|word| known.contains(word))?;
    let table = Table {
        heads: heads.collect(),
        texts: index.texts.iter().map(|((surface, text), from, count)| (*surface, text.as_str(), *from, *count)).collect(),
        keys: index.keys.iter().map(|(key, from, count)| (key.as_str(), *from, *count)).collect(),
        hits: index.hits.clone(),
        needs: index.needs.clone(),
        wildcards: index.wildcards.iter().map(index::OwnWildcard::borrowed).collect(),
        words: words.words.iter().map(|(word, others)| (word.as_str(), others.as_slice())).collect(),
        wild: words.wild.iter().map(words::OwnWild::borrowed).collect(),
        fill,
    };
    postcard::to_stdvec(&table).map_err(|error| error.to_string())
}

/// The spellings one after the other, those of a `first` group with the keys that stand beside it, and the entries of `settings`
/// as ranges of them.
#[must_use]
pub fn flat(policy: &Policy) -> (Vec<Spelling>, Vec<Range<usize>>) {
    let mut spellings = Vec::new();
    let mut entries = Vec::new();
    for written in &policy.settings {
        let from = spellings.len();
        if written.first.is_empty() {
            spellings.push(written.clone());
        } else {
            spellings.extend(written.first.iter().map(|inner| inherit(inner, written)));
        }
        entries.push(from..spellings.len());
    }
    (spellings, entries)
}

/// A spelling of a `first` group with the keys that stand beside `first`.
fn inherit(inner: &Spelling, outer: &Spelling) -> Spelling {
    let mut inner = inner.clone();
    let words = |inner: &mut Words, outer: &Words| {
        if inner.0.is_empty() {
            inner.0.clone_from(&outer.0);
        }
    };
    words(&mut inner.kinds, &outer.kinds);
    words(&mut inner.files, &outer.files);
    words(&mut inner.value, &outer.value);
    inner.enabled_is = inner.enabled_is.or(outer.enabled_is);
    inner.reads = inner.reads.or_else(|| outer.reads.clone());
    inner.unit = inner.unit.or_else(|| outer.unit.clone());
    inner.versions = inner.versions.or_else(|| outer.versions.clone());
    inner.part = inner.part.or_else(|| outer.part.clone());
    inner.otherwise = inner.otherwise.or(outer.otherwise);
    inner.only_if.extend(outer.only_if.iter().cloned());
    inner
}

/// The surfaces that a spelling names, by their number, with their patterns.
macro_rules! numbered {
    ($one:expr, $($field:ident $number:literal),+) => {
        [$(($number, &$one.$field)),+].into_iter().filter_map(|(number, words)| Some((number, words.as_ref()?)))
    };
}

/// Numbers of surfaces that are treated in their own way.
pub(crate) mod surface {
    pub const KEY: u8 = 1;
    pub const FLAG: u8 = 2;
    pub const ARGUMENT: u8 = 3;
    pub const FIELD: u8 = 4;
    pub const COMMAND: u8 = 9;
}

fn surface_of(spelling: &Spelling) -> Option<(u8, &Words)> {
    numbered!(
        spelling, env 0, key 1, flag 2, argument 3, field 4, directive 5, image 6, dependency 7, permission 8, command 9, section 10,
        claim 11, record 12, decision 13, gate 14, printed 15
    )
    .next()
}

fn asked_surface(condition: &Condition) -> Option<(u8, &Words)> {
    numbered!(condition, env 0, key 1, flag 2, argument 3, field 4, directive 5, image 6, dependency 7, permission 8, command 9).next()
}

fn conditions_of_unset(policy: &Policy) -> Vec<&[Condition]> {
    match &policy.unset {
        Some(Unset::Cases(cases)) => cases.iter().map(|case| case.conditions.as_slice()).collect(),
        _ => Vec::new(),
    }
}

fn versioned(policy: &Policy) -> bool {
    let cases = match &policy.unset {
        Some(Unset::Cases(cases)) => cases.as_slice(),
        _ => &[],
    };
    cases.iter().any(|case| case.versions.is_some() || case.package.is_some())
        || flat(policy).0.iter().any(|spelling| spelling.versions.is_some())
}

fn unfolded(words: &Words) -> Result<Vec<String>, String> {
    Ok(words.0.iter().map(|word| unfold(word)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn named_files(policy: &Policy) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for spelling in flat(policy).0 {
        for glob in unfolded(&spelling.files)? {
            let last = glob.rsplit('/').next().unwrap_or("");
            if !last.contains(['*', '?', '[']) {
                names.push(last.to_owned());
            }
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// Words of lexicons that are neither a subject nor tell names apart.
fn fill_of(policies: &[Policy]) -> Vec<String> {
    let mut words = Vec::new();
    for policy in policies.iter().filter(|policy| policy.kind == Kind::Lexicon) {
        words.extend(policy.words.fill.0.iter().flat_map(|word| split(word)));
        let flips = policy.words.flip.0.iter().map(|flip| split(flip)).filter(|flip| flip.len() == 1);
        words.extend(flips.flatten());
    }
    words
}
