//! Which file before is which file after: same path, then same content, then similar content, all within bounds.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hasher};

use rayon::prelude::*;

use super::backend::Compared;
use super::blob::{Blob, Id, Mode, Pair};

/// The largest file that similarity looks into, in bytes.
pub(super) const MOST_BYTES: u64 = 1024 * 1024;

/// The most comparisons within one group: 400 added files with 400 deleted ones.
const MOST_COMPARISONS: usize = 400 * 400;

/// The most line hashes looked at within one group, over all its comparisons: about a second's work.
const MOST_STEPS: usize = 300_000_000;

/// The most different lines held for one side of a group: 32 MiB of hashes.
const MOST_LINES: usize = 2 * 1024 * 1024;

/// Files read together.
const BATCH: usize = 16;

/// Percent of the larger file that must be in the smaller one, as git's `-M50%`.
const SIMILAR: u64 = 50;

/// A text of so many bytes is short.
const SHORT: usize = 4096;

/// The group of files that no reader wants by their names.
const NOBODY: Option<u32> = None;

/// Differing paths by what happened to them.
#[derive(Debug, Default)]
pub(super) struct Split {
    pub both: Vec<(Blob, Blob)>,
    pub added: Vec<Blob>,
    pub deleted: Vec<Blob>,
}

/// Joins two sides by path; what is the same on both is left out.
pub(super) fn split(compared: Compared) -> Split {
    let mut split = Split::default();
    let mut before: HashMap<Vec<u8>, Blob> = HashMap::with_capacity(compared.base.len());
    for blob in compared.base {
        // A broken tree may name a path twice: the last one counts on a disk, the others are only gone.
        if let Some(shadowed) = before.insert(blob.bytes().to_vec(), blob) {
            split.deleted.push(shadowed);
        }
    }
    for head in compared.head {
        match before.remove(head.bytes()) {
            Some(base) if base.same(&head) => {}
            Some(base) => split.both.push((base, head)),
            None => split.added.push(head),
        }
    }
    split.deleted.extend(before.into_values());
    split.added.sort_by(|one, two| one.bytes().cmp(two.bytes()));
    split.deleted.sort_by(|one, two| one.bytes().cmp(two.bytes()));
    split
}

/// Pairs what was split, renames found, and keeps the pairs of which somebody wants a side.
pub(super) fn pair<R>(
    split: Split,
    wanted: &dyn Fn(&str) -> bool,
    group: &dyn Fn(&str) -> u32,
    read: &R,
    notes: &mut Vec<String>,
) -> Vec<Pair>
where
    R: Fn(bool, &Blob) -> Option<Vec<u8>> + Sync,
{
    let mut pairs: Vec<Pair> = Vec::new();
    let together = |(base, head)| Pair { base: Some(base), head: Some(head) };
    pairs.extend(split.both.into_iter().filter(|(base, _)| wanted(&base.path)).map(together));

    let mut added: Vec<Option<Blob>> = split.added.into_iter().map(Some).collect();
    let mut deleted: Vec<Option<Blob>> = split.deleted.into_iter().map(Some).collect();
    for (from, to) in same_content(&deleted, &added) {
        take(&mut deleted, &mut added, from, to, &mut pairs);
    }
    pairs.retain(|pair| [&pair.base, &pair.head].into_iter().flatten().any(|blob| wanted(&blob.path)));

    let mut groups: BTreeMap<Option<u32>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    let of = |blob: &Blob| if wanted(&blob.path) { Some(group(&blob.path)) } else { NOBODY };
    for (at, blob) in files(&deleted) {
        groups.entry(of(blob)).or_default().0.push(at);
    }
    for (at, blob) in files(&added) {
        groups.entry(of(blob)).or_default().1.push(at);
    }
    let nobody = groups.remove(&NOBODY).unwrap_or_default();
    let mut similar = Vec::new();
    for (from, to) in groups.values() {
        similar.extend(similar_content(Files { deleted: &deleted, added: &added }, from, to, read, notes));
    }
    for (from, to) in similar {
        take(&mut deleted, &mut added, from, to, &mut pairs);
    }
    for (from, to) in renamed_away(&deleted, &added, &nobody, wanted, read) {
        take(&mut deleted, &mut added, from, to, &mut pairs);
    }
    let covers: HashMap<Vec<u8>, Blob> =
        added.iter().flatten().filter(|blob| !blob.mode.is_file()).map(|blob| (blob.bytes().to_vec(), blob.clone())).collect();
    let gone = deleted.into_iter().flatten().filter(|blob| wanted(&blob.path));
    pairs.extend(gone.map(|blob| Pair { head: covered(&covers, &blob), base: Some(blob) }));
    pairs.extend(added.into_iter().flatten().filter(|blob| wanted(&blob.path)).map(|blob| Pair { base: None, head: Some(blob) }));
    pairs
}

/// What stands at the path of a file whose folder is a link or a submodule now: nobody deleted it, and nobody can read it.
fn covered(covers: &HashMap<Vec<u8>, Blob>, gone: &Blob) -> Option<Blob> {
    let cover = folders(gone).find_map(|folder| covers.get(folder))?;
    Some(Blob { path: gone.path.clone(), raw: gone.raw.clone(), id: cover.id, mode: cover.mode, size: None })
}

/// The folders above a file, outermost first.
fn folders(blob: &Blob) -> impl Iterator<Item = &[u8]> {
    let path = blob.bytes();
    path.iter().enumerate().filter(|(_, byte)| **byte == b'/').filter_map(|(at, _)| path.get(..at))
}

/// What the report says of submodules and of folders that became links: nobody looks into either.
pub(super) fn not_entered(split: &Split) -> Vec<String> {
    let short = |blob: &Blob| blob.id.to_string().chars().take(12).collect::<String>();
    let submodule = |blob: &Blob| blob.mode == Mode::Submodule;
    let moved = split.both.iter().filter(|(base, head)| submodule(base) && submodule(head));
    let mut notes: Vec<String> = moved
        .map(|(base, head)| format!("{} is a submodule that moved from {} to {}: it was not entered", head.path, short(base), short(head)))
        .collect();
    let added = split.added.iter().filter(|blob| submodule(blob));
    notes.extend(added.map(|blob| format!("{} is a new submodule at {}: it was not entered", blob.path, short(blob))));
    let links: HashSet<&[u8]> = split.added.iter().filter(|blob| blob.mode == Mode::Symlink).map(Blob::bytes).collect();
    let was_folder: HashSet<&[u8]> = if links.is_empty() { HashSet::new() } else { split.deleted.iter().flat_map(folders).collect() };
    let links = split.added.iter().filter(|blob| links.contains(blob.bytes()) && was_folder.contains(blob.bytes()));
    notes.extend(links.map(|blob| format!("{} was a folder and is a symbolic link: it was not followed", blob.path)));
    notes
}

/// Moves one deleted and one added file into a pair, unless one of them is taken.
fn take(deleted: &mut [Option<Blob>], added: &mut [Option<Blob>], from: usize, to: usize, pairs: &mut Vec<Pair>) {
    let (Some(from), Some(to)) = (deleted.get_mut(from), added.get_mut(to)) else { return };
    if from.is_some() && to.is_some() {
        pairs.push(Pair { base: from.take(), head: to.take() });
    }
}

fn files(blobs: &[Option<Blob>]) -> impl Iterator<Item = (usize, &Blob)> {
    blobs.iter().enumerate().filter_map(|(at, blob)| blob.as_ref().filter(|blob| blob.mode.is_file()).map(|blob| (at, blob)))
}

/// Moved without a change, at any size: the same name first, then the first by path. Linear, whatever the number of equal files.
fn same_content(deleted: &[Option<Blob>], added: &[Option<Blob>]) -> Vec<(usize, usize)> {
    let mut by_name: HashMap<(Id, &str), VecDeque<usize>> = HashMap::new();
    let mut by_id: HashMap<Id, VecDeque<usize>> = HashMap::new();
    for (at, blob) in files(deleted).filter(|(_, blob)| !blob.id.is_zero()) {
        by_name.entry((blob.id, blob.name())).or_default().push_back(at);
        by_id.entry(blob.id).or_default().push_back(at);
    }
    let mut moves = Vec::new();
    let mut gone: HashSet<usize> = HashSet::new();
    let mut homeless = Vec::new();
    for (to, head) in files(added) {
        if let Some(from) = by_name.get_mut(&(head.id, head.name())).and_then(VecDeque::pop_front) {
            gone.insert(from);
            moves.push((from, to));
        } else if by_id.contains_key(&head.id) {
            homeless.push((to, head.id));
        }
    }
    for (to, id) in homeless {
        let Some(queue) = by_id.get_mut(&id) else { continue };
        while let Some(from) = queue.pop_front() {
            if gone.insert(from) {
                moves.push((from, to));
                break;
            }
        }
    }
    moves
}

#[derive(Clone, Copy)]
struct Files<'a> {
    deleted: &'a [Option<Blob>],
    added: &'a [Option<Blob>],
}

impl<'a> Files<'a> {
    fn base(&self, at: usize) -> Option<&'a Blob> {
        self.deleted.get(at)?.as_ref()
    }

    fn head(&self, at: usize) -> Option<&'a Blob> {
        self.added.get(at)?.as_ref()
    }
}

/// The lines of a file as sorted pairs of hash and bytes, equal lines together, and the bytes of all.
struct Lines {
    counts: Vec<(u64, u64)>,
    bytes: u64,
}

impl Lines {
    fn of(text: &[u8]) -> Self {
        let mut counts: Vec<(u64, u64)> = text
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| {
                // Line ends do not count: a file converted to CRLF is the same file.
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let mut hasher = DefaultHasher::new();
                hasher.write(line);
                (hasher.finish(), line.len() as u64 + 1)
            })
            .collect();
        counts.sort_unstable();
        counts.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        let bytes = counts.iter().map(|(_, bytes)| bytes).sum();
        Self { counts, bytes }
    }

    /// The same of its words.
    fn words(text: &[u8]) -> Self {
        let words = text.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii())).filter(|word| !word.is_empty());
        let mut lines: Vec<u8> = Vec::with_capacity(text.len());
        for word in words {
            lines.extend_from_slice(word);
            lines.push(b'\n');
        }
        Self::of(&lines)
    }

    /// Percent of the larger one that both have.
    fn similarity(&self, other: &Self) -> u64 {
        let larger = self.bytes.max(other.bytes);
        if larger == 0 || self.bytes.min(other.bytes) * 100 < larger * SIMILAR {
            return 0;
        }
        let mut theirs = other.counts.iter().peekable();
        let mut common = 0;
        for (line, bytes) in &self.counts {
            while theirs.next_if(|(other, _)| other < line).is_some() {}
            if let Some((_, other)) = theirs.next_if(|(other, _)| other == line) {
                common += bytes.min(other);
            }
        }
        common * 100 / larger
    }
}

/// Which deleted files may be which added ones: all, or over the bound those that kept their folder's name and their own, then
/// those that kept their own.
fn candidates(files: Files<'_>, from: &[usize], to: &[usize], notes: &mut Vec<String>) -> Vec<(usize, usize)> {
    if from.len().saturating_mul(to.len()) <= MOST_COMPARISONS {
        return from.iter().flat_map(|from| to.iter().map(|to| (*from, *to))).collect();
    }
    let (before, after) = (from.len(), to.len());
    notes.push(format!("{before} deleted and {after} added files of one kind are too many to compare each with each: only files that kept their name were paired"));
    let mut candidates = Vec::new();
    for steps in [2, 1] {
        let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
        for at in to {
            named.entry(files.head(*at).map_or("", |blob| last_steps(&blob.path, steps))).or_default().push(*at);
        }
        let pairs = from.iter().flat_map(|from| {
            let same = files.base(*from).and_then(|base| named.get(last_steps(&base.path, steps)));
            same.into_iter().flatten().map(|to| (*from, *to))
        });
        candidates.extend(pairs.take(MOST_COMPARISONS / 2));
    }
    candidates
}

/// The end of a path: its last steps.
fn last_steps(path: &str, steps: usize) -> &str {
    path.rmatch_indices('/').nth(steps - 1).and_then(|(at, _)| path.get(at + 1..)).unwrap_or(path)
}

/// The lines of some files of one side, and how many files had no room.
fn gather<R>(files: Files<'_>, before: bool, mut wanted: Vec<usize>, read: &R) -> (HashMap<usize, Lines>, usize)
where
    R: Fn(bool, &Blob) -> Option<Vec<u8>> + Sync,
{
    wanted.sort_unstable();
    wanted.dedup();
    let mut gathered: HashMap<usize, Lines> = HashMap::new();
    let (mut room, mut left_out) = (MOST_LINES, 0);
    for batch in wanted.chunks(BATCH) {
        if left_out > 0 {
            left_out += batch.len();
            continue;
        }
        let lines = |at: &usize| {
            let blob = if before { files.base(*at) } else { files.head(*at) };
            blob.and_then(|blob| read(before, blob)).map(|text| (*at, Lines::of(&text)))
        };
        // Whole batches in a fixed order: what has room must not depend on the number of threads.
        for (at, lines) in batch.par_iter().filter_map(lines).collect::<Vec<_>>() {
            if lines.counts.len() > room {
                left_out += 1;
            } else {
                room -= lines.counts.len();
                gathered.insert(at, lines);
            }
        }
    }
    (gathered, left_out)
}

/// Moved and changed: the most similar first. Over the bound, only files that kept their name are compared.
fn similar_content<R>(files: Files<'_>, from: &[usize], to: &[usize], read: &R, notes: &mut Vec<String>) -> Vec<(usize, usize)>
where
    R: Fn(bool, &Blob) -> Option<Vec<u8>> + Sync,
{
    let kept_name = |from: usize, to: usize| files.base(from).zip(files.head(to)).is_some_and(|(base, head)| base.name() == head.name());
    let mut candidates = candidates(files, from, to, notes);
    let (before, one) = gather(files, true, candidates.iter().map(|(from, _)| *from).collect(), read);
    let (after, two) = gather(files, false, candidates.iter().map(|(_, to)| *to).collect(), read);
    if one + two > 0 {
        notes.push(format!(
            "{} added and deleted files of one kind have too many lines to compare: only an unchanged content pairs them",
            one + two
        ));
    }
    let steps = candidates.iter().filter_map(|(from, to)| Some(before.get(from)?.counts.len() + after.get(to)?.counts.len()));
    if steps.fold(0, usize::saturating_add) > MOST_STEPS {
        notes.push(
            "added and deleted files of one kind are too large to compare each with each: only files that kept their name were paired"
                .to_string(),
        );
        candidates.retain(|(from, to)| kept_name(*from, *to));
        let mut steps = 0;
        candidates.retain(|(from, to)| {
            steps += before.get(from).map_or(0, |lines| lines.counts.len()) + after.get(to).map_or(0, |lines| lines.counts.len());
            steps <= MOST_STEPS
        });
    }
    let mut scored: Vec<(u64, bool, usize, usize)> = candidates
        .into_par_iter()
        .filter_map(|(from, to)| {
            let similarity = before.get(&from)?.similarity(after.get(&to)?);
            (similarity >= SIMILAR).then(|| (similarity, kept_name(from, to), from, to))
        })
        .collect();
    scored.sort_unstable_by_key(|(similarity, kept, from, to)| (std::cmp::Reverse(*similarity), !kept, *from, *to));
    scored.into_iter().map(|(_, _, from, to)| (from, to)).collect()
}

/// A wanted file that took a name which nobody reads, or the other way round: `compose.yaml` to `compose.yaml.old`, or to any name
/// in its folder.
fn renamed_away<R>(
    deleted: &[Option<Blob>],
    added: &[Option<Blob>],
    nobody: &(Vec<usize>, Vec<usize>),
    wanted: &dyn Fn(&str) -> bool,
    read: &R,
) -> Vec<(usize, usize)>
where
    R: Fn(bool, &Blob) -> Option<Vec<u8>> + Sync,
{
    let all = Files { deleted, added };
    let known = |blobs: &[Option<Blob>]| -> Vec<usize> { files(blobs).filter(|(_, blob)| wanted(&blob.path)).map(|(at, _)| at).collect() };
    let lost = known(deleted).into_iter().flat_map(|from| nobody.1.iter().map(move |to| (from, *to)));
    let won = known(added).into_iter().flat_map(|to| nobody.0.iter().map(move |from| (*from, to)));
    let akin = |(from, to): &(usize, usize)| {
        let (base, head) = (all.base(*from)?, all.head(*to)?);
        let folder = |blob: &Blob| blob.path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        let same_stem = stem(base.name()) == stem(head.name());
        (same_stem || folder(base) == folder(head)).then_some((!same_stem, (*from, *to)))
    };
    let mut akin: Vec<(bool, (usize, usize))> = lost.chain(won).take(MOST_COMPARISONS).filter_map(|both| akin(&both)).collect();
    akin.sort_by_key(|(other_stem, _)| *other_stem);
    akin.into_iter()
        .map(|(_, both)| both)
        .take(100)
        .filter(|(from, to)| {
            let text = |before: bool, blob: Option<&Blob>| blob.and_then(|blob| read(before, blob));
            text(true, all.base(*from)).zip(text(false, all.head(*to))).is_some_and(|(base, head)| alike(&base, &head))
        })
        .collect()
}

/// Whether two texts share half of their lines; of short texts, where one changed value is a whole line, half of their words.
fn alike(base: &[u8], head: &[u8]) -> bool {
    let short = base.len().max(head.len()) <= SHORT;
    Lines::of(base).similarity(&Lines::of(head)) >= SIMILAR || (short && Lines::words(base).similarity(&Lines::words(head)) >= SIMILAR)
}

/// A file's name up to its first full stop; one at its beginning belongs to the name.
fn stem(name: &str) -> &str {
    let hidden = usize::from(name.starts_with('.'));
    name.get(hidden..).and_then(|rest| rest.split('.').next()).unwrap_or(name)
}
