//! What a change only carries from one place to another: a page that is copied, a line that left one file and stands in another, a line that
//! stood there when its file could not be read. It is no news, and is told as a note.

use std::cell::RefCell;
use std::rc::Rc;

use foldhash::HashMap;

use super::load::Sides;
use crate::judge::input::{At, Content, FileIn, PairIn};
use crate::judge::world::World;
use crate::read::prose::fences;
use crate::report::model::{Change, Finding, PathClass, Severity, StateWord};
use crate::revision::{Blob, Error};
use crate::setting::Surface;

/// A shorter line is no sign that it is the same one.
const SHORTEST: usize = 12;

/// Lowers what stood in the base, elsewhere or unread.
///
/// # Errors
/// Objects are missing.
pub fn lower(sides: &Sides, world: &World, findings: &mut [Finding]) -> Result<(), Error> {
    let mut tree: Option<Vec<Blob>> = None;
    let lines = Lines::default();
    for finding in findings.iter_mut().filter(|finding| finding.severity < Severity::Note && is_new(finding)) {
        let Some(pair) = world.pairs.iter().find(|pair| is_head(pair, &finding.file)) else { continue };
        let unread = |line: &str| was_unread(&lines, pair, line);
        let known = all_lines(&lines, pair, finding, unread) || all_lines(&lines, pair, finding, |line| moved(&lines, world, pair, line));
        if known || is_copy(sides, pair, &mut tree)? {
            finding.severity = Severity::Note;
        }
    }
    Ok(())
}

/// Whether it stands there for the first time, as far as its own file tells.
fn is_new(finding: &Finding) -> bool {
    let first = finding.base.as_ref().is_none_or(|base| base.state == StateWord::Unset);
    let told = matches!(finding.surface, Surface::Claim | Surface::Section | Surface::Record | Surface::Gate | Surface::Decision);
    let new = match finding.change {
        Change::Introduced | Change::Contradicted => true,
        Change::Weakened => first,
        _ => false,
    };
    new && !told && finding.area != "gate"
}

fn is_head(pair: &PairIn, path: &str) -> bool {
    !pair.context && pair.head.as_ref().is_some_and(|file| file.path == path)
}

/// The lines of files, without the blanks around them, each file taken apart once.
#[derive(Default)]
struct Lines<'a>(RefCell<HashMap<usize, Rc<Taken<'a>>>>);

struct Taken<'a> {
    all: Vec<&'a str>,
    /// How often each of them stands there.
    times: HashMap<&'a str, usize>,
}

impl<'a> Lines<'a> {
    fn of(&self, file: &'a FileIn) -> Rc<Taken<'a>> {
        let address = std::ptr::from_ref(file).addr();
        let mut known = self.0.borrow_mut();
        let taken = known.entry(address).or_insert_with(|| {
            let all: Vec<&str> = file.text().lines().map(str::trim).collect();
            let mut times: HashMap<&str, usize> = HashMap::default();
            for line in &all {
                *times.entry(line).or_default() += 1;
            }
            Rc::new(Taken { all, times })
        });
        Rc::clone(taken)
    }

    fn count(&self, file: &'a FileIn, line: &str) -> usize {
        self.of(file).times.get(line).copied().unwrap_or_default()
    }
}

/// Whether something holds for the lines of all places of a finding, all of which stand in its file.
fn all_lines<'a>(lines: &Lines<'a>, pair: &'a PairIn, finding: &Finding, holds: impl Fn(&str) -> bool) -> bool {
    let Some(file) = pair.at(At::Head) else { return false };
    let taken = lines.of(file);
    let line = |number: u32| (number as usize).checked_sub(1).and_then(|number| taken.all.get(number)).copied();
    let own = line(finding.line).is_some_and(&holds);
    let contradicted = finding.change == Change::Contradicted;
    let mut places = finding.places.iter().filter(|_| !contradicted);
    own && places.all(|place| place.file == finding.file && line(place.line).is_some_and(&holds))
}

/// Whether the base had this line in the same file, which could not be read as what it is.
fn was_unread<'a>(lines: &Lines<'a>, pair: &'a PairIn, line: &str) -> bool {
    let broken = pair.base.as_ref().filter(|file| matches!(file.content, Content::Unreadable(_)));
    broken.is_some_and(|file| lines.count(file, line) > 0)
}

/// Whether a line of a program or a document left another place as often as it came: in files of the same kind and role, in the same part
/// of the repository. In files of configuration another place is another service, and no line speaks for two of them.
fn moved<'a>(lines: &Lines<'a>, world: &World<'a>, to: &'a PairIn, line: &str) -> bool {
    let Some(head) = to.at(At::Head) else { return false };
    let document = fences::claims(&head.path);
    if line.len() < SHORTEST || !(document || is_program(head)) {
        return false;
    }
    let near = |file: &FileIn| {
        part(&file.path) == part(&head.path)
            && file.class.discount() <= head.class.discount()
            && if document { fences::claims(&file.path) } else { is_program(file) }
    };
    let times = |at: At| -> usize {
        let files = world.pairs.iter().filter(|pair| !pair.context).filter_map(|pair| pair.at(at));
        files.filter(|file| at == At::Head || near(file)).map(|file| lines.count(file, line)).sum()
    };
    // a finding may stand at a line that nobody touched: what changed is something else then
    let came = lines.count(head, line) > to.at(At::Base).map_or(0, |base| lines.count(base, line));
    let before = times(At::Base);
    came && before > 0 && times(At::Head) <= before
}

fn is_program(file: &FileIn) -> bool {
    file.reading().is_some_and(|reading| reading.program)
}

/// The part of the repository that a path lies in: its outermost folder.
fn part(path: &str) -> &str {
    path.split_once('/').map_or("", |(first, _)| first)
}

/// Whether a new file that only shows something has the bytes of one that the base shows: a frozen copy of a page.
fn is_copy(sides: &Sides, pair: &PairIn, tree: &mut Option<Vec<Blob>>) -> Result<bool, Error> {
    let Some(head) = pair.head.as_ref().filter(|head| pair.base.is_none() && head.class.discount() > 0) else { return Ok(false) };
    let blobs = match tree {
        Some(blobs) => blobs,
        None => tree.insert(sides.store.list(sides.base, &crate::read::reads)?.blobs),
    };
    let role = |path: &str| sides.bounds.class_of(path, None);
    let stricter = |class: PathClass| class.discount() <= head.class.discount();
    Ok(blobs.iter().any(|blob| blob.id.to_string() == head.blob && stricter(role(&blob.path))))
}
