//! A search for words in all files of a revision: does what is still written somewhere reach further?

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::{Blob, Error, Listing, Pair, Revision, Store};

/// Files read together; the budget is looked at between, so that what was searched never depends on the number of threads.
const BATCH: usize = 64;

/// Bytes of one changed file that are looked at.
const CHANGED: u64 = 4 << 20;

/// Where words stand.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SearchResult {
    /// Paths in order, each with the indices of the words that it holds.
    pub hits: Vec<(String, Vec<usize>)>,
    /// Whether every wanted file was looked at.
    pub complete: bool,
    /// What was not looked at, in words; empty when complete.
    pub not_looked: String,
}

/// Looks for words, whatever their case, in the files of a revision that `wanted` takes, until `budget` bytes were read.
///
/// # Errors
/// The revision cannot be listed, or the words are too many for one automaton.
pub fn search(
    store: &Store,
    revision: &Revision,
    words: &[String],
    wanted: &dyn Fn(&str) -> bool,
    budget: u64,
) -> Result<SearchResult, Error> {
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(words).map_err(|error| Error::Limit(error.to_string()))?;
    Ok(search_in(store, revision, &|text| present(&automaton, text), &store.list(revision, wanted)?, budget))
}

/// The same in files that are listed already, by whatever says which words a text holds.
pub fn search_in(
    store: &Store,
    revision: &Revision,
    held: &(dyn Fn(&[u8]) -> Vec<usize> + Sync),
    listing: &Listing,
    budget: u64,
) -> SearchResult {
    let files: Vec<&Blob> = listing.blobs.iter().filter(|blob| blob.mode.is_file()).collect();
    let mut result = SearchResult::default();
    let (mut read, mut looked) = (0_u64, 0);
    let mut unread: Vec<&str> = Vec::new();
    for batch in files.chunks(BATCH) {
        if read >= budget {
            break;
        }
        let left = budget - read;
        let found: Vec<_> = batch
            .par_iter()
            .map_init(
                || store.reader(),
                |reader, blob| {
                    // a sparse work tree leaves files out on purpose: they are looked for in what is there
                    let text = if revision.is_stored() { reader.read(revision, blob, left) } else { reader.try_read(revision, blob, left) };
                    text.map(|text| (text.len() as u64, held(&text)))
                },
            )
            .collect();
        looked += batch.len();
        for (blob, found) in batch.iter().zip(found) {
            match found {
                Ok((bytes, words)) => {
                    read += bytes;
                    if !words.is_empty() {
                        result.hits.push((blob.path.clone(), words));
                    }
                }
                Err(_) => unread.push(&blob.path),
            }
        }
    }
    let mut missed: Vec<String> = listing.notes.clone();
    if let Some(next) = files.get(looked) {
        missed.push(format!("{} of {} files, from {} on, because {budget} bytes were read", files.len() - looked, files.len(), next.path));
    }
    if let Some(first) = unread.first() {
        missed.push(format!("{} unreadable files, {first} first", unread.len()));
    }
    result.complete = missed.is_empty();
    result.not_looked = missed.join("; ");
    result
}

/// Whether a changed file holds one of the words that it did not hold before. Files that cannot be read gained none.
///
/// # Errors
/// Only for a malformed word.
pub fn gains(store: &Store, (base, head): (&Revision, &Revision), pairs: &[Pair], words: &[String]) -> Result<bool, Error> {
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(words).map_err(|error| Error::Limit(error.to_string()))?;
    let mut reader = store.reader();
    let mut words_of = |revision: &Revision, blob: Option<&Blob>| {
        let text = blob.filter(|blob| blob.mode.is_file()).and_then(|blob| reader.read(revision, blob, CHANGED).ok());
        text.map(|text| present(&automaton, &text)).unwrap_or_default()
    };
    Ok(pairs.iter().any(|pair| {
        let after = words_of(head, pair.head.as_ref());
        if after.is_empty() {
            return false;
        }
        let before = words_of(base, pair.base.as_ref());
        after.iter().any(|word| !before.contains(word))
    }))
}

fn present(automaton: &AhoCorasick, text: &[u8]) -> Vec<usize> {
    let mut words: Vec<usize> = automaton.find_overlapping_iter(text).map(|found| found.pattern().as_usize()).collect();
    words.sort_unstable();
    words.dedup();
    words
}
