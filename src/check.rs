//! The pipeline: revisions, readings, judging in two phases, the report. The only place that knows all stages.

mod alone;
mod anew;
mod callers;
mod carried;
mod data;
mod declared;
mod described;
mod layers;
mod linked;
mod load;
mod nested;
mod place;
mod posture;
pub(crate) mod room;
mod ruled;
mod same;
mod thin;
mod touched;
mod unkept;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::bounds::Bounds;
use crate::judge::input::{Content, PairIn};
use crate::judge::judgement::{Judgement, Wanted, judge_all};
use crate::policy::catalogue::Catalogue;
use crate::report::anchor::anchors;
use crate::report::build::findings;
use crate::report::model::{Change, Coverage, Finding, PathClass, Report, RevisionShown, Severity, Skipped, Tool, Verdict};
use crate::revision::search::search;
use crate::revision::{Blob, Error, Pair, Revision, Store};

use load::Loaded;
pub use load::{Sides, read_text};
pub use place::{Asked, why};
pub use posture::posture;
pub use ruled::{Inputs, Whose, rules_of};

/// Bytes of the head tree that a word search may read.
const SEARCH_BYTES: u64 = 64 << 20;

/// Files that a word search or a link may bring in.
const CONTEXT_FILES: usize = 200;

/// Documents that are held against a weakened setting.
const DOCUMENTS: usize = 50;

/// From which severity on a finding fails the build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors only.
    #[default]
    Error,
    /// Warnings too.
    Warning,
    /// Nothing.
    Never,
}

impl FailOn {
    /// The mildest severity that fails.
    #[must_use]
    pub fn from(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Never => None,
        }
    }

    /// The one of two under which more fails.
    #[must_use]
    pub fn strictest(self, other: Self) -> Self {
        let rank = |word: Self| match word {
            Self::Warning => 0,
            Self::Error => 1,
            Self::Never => 2,
        };
        if rank(other) < rank(self) { other } else { self }
    }
}

/// What is asked of one run.
#[derive(Clone, Debug)]
pub struct Request {
    /// From which severity on a finding fails.
    pub fail_on: FailOn,
    /// Fail (3) when a changed file that a policy names was not read.
    pub require_coverage: bool,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
}

/// Two revisions to compare, with the words they were asked for by.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Before; several after criss-cross merges.
    pub base: Vec<Revision>,
    /// After.
    pub head: Revision,
    /// As asked.
    pub base_shown: RevisionShown,
    /// As asked.
    pub head_shown: RevisionShown,
}

impl Compared {
    /// Compares the trees of the first base and of the head, for a check that comes: worth it while something else is waited for.
    pub fn compare_ahead(&self, store: &Store) {
        if let Some(base) = self.base.first() {
            store.compare_ahead(base, &self.head);
        }
    }
}

/// Compares two revisions by the rules of the base: `catalogue` holds the built-in policies, and the base's `privgate.yaml` says
/// what else judges.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn check(store: &Store, catalogue: &Catalogue, compared: &Compared, request: &Request) -> Result<Report, Error> {
    check_with(store, catalogue, compared, request, &Inputs::default())
}

/// The same, with what else was handed in.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn check_with(store: &Store, catalogue: &Catalogue, compared: &Compared, request: &Request, inputs: &Inputs) -> Result<Report, Error> {
    let (mut reports, mut fail_on) = (Vec::new(), request.fail_on);
    for base in &compared.base {
        let (report, from) = ruled::judge(store, catalogue, base, compared, request, inputs)?;
        fail_on = if reports.is_empty() { from } else { fail_on.strictest(from) };
        reports.push(report);
    }
    Ok(weakest_of_all(reports, fail_on))
}

/// Judges one revision against the floors, by its own rules: everything in it is new.
///
/// # Errors
/// Objects are missing, or the disk cannot be read.
pub fn audit(store: &Store, catalogue: &Catalogue, compared: &Compared, request: &Request) -> Result<Report, Error> {
    let inputs = Inputs { whose: Whose::Head, fail_on_given: true, ..Inputs::default() };
    check_with(store, catalogue, compared, request, &inputs)
}

/// With several merge-bases only what is weaker than every one of them counts.
fn weakest_of_all(mut reports: Vec<Report>, fail_on: FailOn) -> Report {
    let mut first = if reports.is_empty() { Report::empty(String::new()) } else { reports.remove(0) };
    // a configuration that cannot be used stops whichever base it is of
    let stopped = std::iter::once(&first).chain(&reports).find(|report| report.exit == 2).cloned();
    if let Some(report) = stopped {
        return report;
    }
    if reports.is_empty() {
        return first;
    }
    let key = |finding: &Finding| (finding.policy.clone(), finding.setting.clone(), finding.file.clone(), finding.scope.clone());
    for other in &reports {
        let known: BTreeSet<_> = other.findings.iter().filter(|finding| finding.change.can_fail()).map(key).collect();
        first.findings.retain(|finding| !finding.change.can_fail() || known.contains(&key(finding)));
    }
    let unread = reports.iter().any(|report| report.exit == 3);
    (first.verdict, first.exit) = decide(&first.findings, fail_on, unread && first.exit == 3);
    first
}

/// What one set of rules says, and whether something that had to be read could not be.
struct Judged {
    report: Report,
    unread: bool,
    /// Changed files lay beyond what one run reads.
    beyond: bool,
}

fn check_one(
    store: &Store,
    catalogue: &Catalogue,
    bounds: &Bounds,
    base: &Revision,
    compared: &Compared,
    request: &Request,
) -> Result<Judged, Error> {
    // other projects' code is their business, and there is a lot of it: it is counted, not read
    let foreign = std::cell::RefCell::new(BTreeSet::new());
    let wanted = |path: &str| {
        let theirs = is_foreign_code(bounds, path);
        if theirs {
            foreign.borrow_mut().insert(path.to_owned());
        }
        !theirs && crate::read::reads(path)
    };
    let changes = store.changes(base, &compared.head, &wanted, &|path| crate::read::group(path))?;
    let sides = Sides { store, base, head: &compared.head, catalogue, bounds };
    let Loaded { mut pairs, mut skipped, files, beyond, charts } = load::pairs(&sides, &changes.pairs);
    let foreign = foreign.borrow().len();
    if foreign > 0 {
        let reason = format!("{foreign} files of vendored code are not read");
        skipped.push(Skipped { file: String::new(), reason });
    }
    skipped.extend(changes.notes.iter().map(|note| Skipped { file: String::new(), reason: note.clone() }));
    pairs.extend(callers::unchanged(&sides, &changes.pairs, &pairs)?);
    pairs.extend(layers::taken(&sides, &changes.pairs)?);
    let given = linked::given(&sides, &pairs, &changes.pairs, charts)?;
    let asked = linked::Asked { from: pairs.len(), of: given.iter().map(linked::Given::asked).collect() };
    pairs.extend(given.into_iter().map(|given| given.pair));
    store.whole(&[base, &compared.head], &|path| may_fail(bounds, path))?;
    let first = judge_all(catalogue, &pairs);
    let context = second_phase(&sides, &pairs, &first.wanted)?;
    let mut judged = if context.is_empty() {
        let judged = finish(&sides, &first, &asked, compared, request, (files, skipped))?;
        drop(first);
        judged
    } else {
        drop(first);
        pairs.extend(context);
        let second = judge_all(catalogue, &pairs);
        finish(&sides, &second, &asked, compared, request, (files, skipped))?
    };
    // taking a large comparison apart takes longer than writing its report; nobody waits for it
    std::thread::spawn(move || drop(pairs));
    judged.beyond = beyond;
    Ok(judged)
}

/// Whether what a file says may fail a run: of tests, vendored and generated files every finding is a note.
fn may_fail(bounds: &Bounds, path: &str) -> bool {
    bounds.class_of(path, None).discount() < 2
}

/// Whether a path is source code of somebody else.
fn is_foreign_code(bounds: &Bounds, path: &str) -> bool {
    bounds.class_of(path, None) == PathClass::Vendored && crate::read::by_path(path).is_some_and(crate::read::Reader::is_code)
}

/// Brings what findings that could fail depend on: manifests upward, and files of the head tree that still hold a lost name.
fn second_phase(sides: &Sides, pairs: &[PairIn], wanted: &Wanted) -> Result<Vec<PairIn>, Error> {
    let mut paths: BTreeSet<String> = BTreeSet::new();
    let here: BTreeSet<&str> = pairs.iter().flat_map(|pair| [&pair.base, &pair.head]).flatten().map(|file| file.path.as_str()).collect();
    if !wanted.versions_for.is_empty() {
        let folders: BTreeSet<&str> = wanted.versions_for.iter().flat_map(|path| upward(path)).collect();
        let manifest = |path: &str| crate::read::is_manifest(path) && folders.contains(crate::judge::input::folder(path));
        paths.extend(sides.store.list(sides.head, &manifest)?.blobs.into_iter().map(|blob| blob.path));
    }
    paths.extend(still_named(sides, wanted)?);
    if wanted.documents {
        paths.extend(documents(sides)?);
    }
    paths.extend(wanted.paths.iter().filter(|path| crate::read::reads(path)).cloned());
    if paths.is_empty() {
        return Ok(load::context(sides, &[]));
    }
    let fits = |path: &str| paths.contains(path) && !here.contains(path);
    let blobs = |revision: &Revision| -> Result<BTreeMap<String, Blob>, Error> {
        Ok(sides.store.list(revision, &fits)?.blobs.into_iter().map(|blob| (blob.path.clone(), blob)).collect())
    };
    let head = blobs(sides.head)?;
    // what came with this change and holds nothing that policies know was not there before
    let mut base = if head.is_empty() { BTreeMap::new() } else { blobs(sides.base)? };
    let unchanged: Vec<Pair> =
        head.into_iter().take(CONTEXT_FILES).map(|(path, blob)| Pair { base: base.remove(&path), head: Some(blob) }).collect();
    Ok(load::context(sides, &unchanged))
}

/// The files of the head tree that hold a lost name where it counts.
fn still_named(sides: &Sides, wanted: &Wanted) -> Result<Vec<String>, Error> {
    let (anywhere, near) = (&wanted.words, &wanted.near);
    let words: Vec<String> = anywhere.iter().chain(&near.words).cloned().collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    // a repository of many parts is not read for what only one of them could take in
    let counts = |path: &str| !anywhere.is_empty() || near.reaches(path);
    let readable =
        |path: &str| counts(path) && crate::read::reads(path) && !crate::read::is_manifest(path) && !is_foreign_code(sides.bounds, path);
    let found = search(sides.store, sides.head, &words, &readable, SEARCH_BYTES)?;
    let hits = found.hits.into_iter().filter(|(path, words)| words.iter().any(|word| *word < anywhere.len()) || near.reaches(path));
    Ok(hits.map(|(path, _)| path).collect())
}

/// The documents of the head tree that make promises, those nearest to its root first.
fn documents(sides: &Sides) -> Result<Vec<String>, Error> {
    let mut paths: Vec<String> =
        sides.store.list(sides.head, &crate::read::prose::promises)?.blobs.into_iter().map(|blob| blob.path).collect();
    paths.sort_by_key(|path| (path.matches('/').count(), path.clone()));
    paths.truncate(DOCUMENTS);
    Ok(paths)
}

/// The folders of a path, innermost first, the root included.
fn upward(path: &str) -> Vec<&str> {
    let mut folders = Vec::new();
    let mut folder = crate::judge::input::folder(path);
    loop {
        folders.push(folder);
        if folder.is_empty() {
            return folders;
        }
        folder = crate::judge::input::folder(folder);
    }
}

fn finish(
    sides: &Sides,
    judgement: &Judgement,
    given: &linked::Asked,
    compared: &Compared,
    request: &Request,
    (files, mut skipped): (usize, Vec<Skipped>),
) -> Result<Judged, Error> {
    let catalogue = sides.catalogue;
    skipped.extend(judgement.skipped.iter().map(|(file, reason)| Skipped { file: file.clone(), reason: reason.clone() }));
    skipped.sort();
    skipped.dedup();
    let mut more = unkept::unkept(sides, &judgement.world)?;
    more.extend(alone::digests(sides, &judgement.world)?);
    let joined;
    let found = if more.is_empty() && given.of.is_empty() {
        &judgement.found
    } else {
        let found = judgement.found.iter().cloned().chain(more).collect();
        joined = linked::keep(&judgement.world, given, found);
        &joined
    };
    let mut findings = findings(&judgement.world, found);
    described::lower(sides, &judgement.world, &mut findings)?;
    carried::lower(sides, &judgement.world, &mut findings)?;
    let unread = request.require_coverage && judgement.world.pairs.iter().any(|pair| unread_and_named(catalogue, pair));
    let (verdict, exit) = decide(&findings, request.fail_on, unread);
    let report = Report {
        base: Some(compared.base_shown.clone()),
        head: Some(compared.head_shown.clone()),
        verdict,
        exit,
        coverage: Coverage {
            files,
            settings: judgement.known,
            policies: catalogue.policies().len(),
            skipped,
            policy_source: format!("built-in {}", Tool::THIS.version),
        },
        anchors: anchors(&judgement.world, found, &findings),
        findings,
        fails_from: request.fail_on.from(),
        ..Report::empty(request.date.clone())
    };
    Ok(Judged { report, unread, beyond: false })
}

fn unread_and_named(catalogue: &Catalogue, pair: &PairIn) -> bool {
    let head = pair.head.as_ref().filter(|file| matches!(file.content, Content::Unreadable(_)));
    head.is_some_and(|file| catalogue.policies().iter().any(|policy| policy.names_file(&file.path)))
}

/// The verdict and the exit code: 1 wins over 3.
#[must_use]
pub fn decide(findings: &[Finding], fail_on: FailOn, unread: bool) -> (Verdict, u8) {
    let fails = |finding: &&Finding| {
        finding.change.can_fail()
            && finding.waiver.is_none()
            && match fail_on {
                FailOn::Error => finding.severity == Severity::Error,
                FailOn::Warning => finding.severity <= Severity::Warning,
                FailOn::Never => false,
            }
    };
    let failing: Vec<&Finding> = findings.iter().filter(fails).collect();
    if failing.iter().any(|finding| finding.change != Change::Undecided) {
        (Verdict::Weakened, 1)
    } else if !failing.is_empty() || unread {
        (Verdict::Undecided, 3)
    } else {
        (Verdict::Pass, 0)
    }
}
