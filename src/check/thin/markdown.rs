//! Markdown in blocks between blank lines, each under its headings and behind the lines that lead to it.

use foldhash::{HashMap, HashSet};

use super::{Part, unlike};

/// What begins or ends a stretch that blank lines do not end.
const MARKUP: &[&str] = &["<![", "<?", "<script", "<pre", "<style", "<textarea", "</script", "</pre", "</style", "</textarea"];

/// What is added to the place of a fenced block, so that it is no level of a heading.
const FENCED: usize = 100;

/// Numbers of tables begin here, beyond those of headings.
const TABLES: usize = usize::MAX / 2;

pub(super) fn thinned(base: &str, head: &str) -> Option<[String; 2]> {
    let (old, new) = (levelled(base)?, levelled(head)?);
    // a document's title does not tell its sections apart; without one, what stands first is the section that the file's name means
    let counts = [&old, &new].map(|blocks| blocks.iter().filter(|(_, level)| *level == Some(1)).count());
    let titled = match counts {
        [0, new] | [new, 0] if new > 0 => return None,
        counts => counts == [1, 1],
    };
    let repeated = [&old, &new].into_iter().flat_map(|blocks| repeated(blocks)).collect();
    let mut headings = Headings { titled, repeated, ..Headings::default() };
    let (old, new) = (parts(&old, &mut headings)?, parts(&new, &mut headings)?);
    Some(unlike(&old, &new)?.map(|parts| joined(&parts)))
}

/// The blocks with their levels, of those that are headings.
fn levelled(text: &str) -> Option<Vec<(&str, Option<usize>)>> {
    Some(blocks(text)?.into_iter().map(|block| (block, heading(block))).collect())
}

/// Blocks stay apart, rows stay together.
fn joined(parts: &[&Part]) -> String {
    let mut out = String::with_capacity(parts.iter().map(|part| part.text.len() + 1).sum());
    for part in parts {
        if !part.goes_on {
            out.push('\n');
        }
        out.push_str(part.text);
        if !part.text.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

/// The ways of headings, the same number for the same way on both sides.
#[derive(Default)]
struct Headings<'t> {
    known: HashMap<(usize, usize, &'t str), usize>,
    /// The same for tables, by their columns.
    tables: HashMap<(usize, String), usize>,
    /// Levels and numbers of those above.
    above: Vec<(usize, usize)>,
    /// Both sides have one title, whatever it says.
    titled: bool,
    /// Names that stand over several sections: which of them is empty must not depend on what is left out.
    repeated: HashSet<String>,
}

impl<'t> Headings<'t> {
    fn enter(&mut self, level: usize, text: &'t str) {
        self.above.retain(|(outer, _)| *outer < level);
        let number = self.under(level, if level == 1 && self.titled { "" } else { text });
        self.above.push((level, number));
    }

    /// The number of something below the headings above.
    fn under(&mut self, level: usize, text: &'t str) -> usize {
        let next = self.known.len() + 1;
        *self.known.entry((self.number(), level, text)).or_insert(next)
    }

    /// The number of a table with these columns, however wide they are.
    fn columns(&mut self, within: usize, names: &str) -> usize {
        let next = TABLES + self.tables.len();
        *self.tables.entry((within, names.split_whitespace().collect::<Vec<_>>().join(" "))).or_insert(next)
    }

    fn number(&self) -> usize {
        self.above.last().map_or(0, |(_, number)| *number)
    }
}

/// The names that several headings of a document have.
fn repeated(blocks: &[(&str, Option<usize>)]) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::default();
    for (block, _) in blocks.iter().filter(|(_, level)| level.is_some()) {
        *counts.entry(name_of(block)).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name).collect()
}

/// A heading's letters and digits.
fn name_of(block: &str) -> String {
    // nearly all are of such letters, and there are thousands in a list of changes
    if block.is_ascii() {
        return block.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    block.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What each block depends on; nothing where blank lines may not divide the document.
fn parts<'t>(blocks: &[(&'t str, Option<usize>)], headings: &mut Headings<'t>) -> Option<Vec<Part<'t>>> {
    let mut out: Vec<Part> = Vec::new();
    headings.above.clear();
    // the blocks that lead to a list, the same before this block, and the item that an indented block belongs to: code does not end
    // what leads to a list, and markup may or may not
    let (mut lead, mut before, mut owner) = ([None; 2], [None; 2], None);
    let mut all_stay = false;
    // fenced blocks are named by the heading above, and counted under it
    let (mut marked, mut fences) = ("", HashMap::<&str, usize>::default());
    for (index, (block, level)) in blocks.iter().copied().enumerate() {
        if is_open(block) {
            return None;
        }
        if let Some(level) = level {
            headings.enter(level, block.trim());
            all_stay = headings.repeated.contains(&name_of(block));
            (lead, before, owner) = ([None; 2], [None; 2], None);
            if block.starts_with('#') {
                marked = block;
            }
            out.push(Part { stays: true, ..Part::new(headings.number(), block) });
            continue;
        }
        let (set_in, listed) = (block.starts_with([' ', '\t']), is_item(block));
        // three spaces behind no list are none
        let code = block.starts_with("    ") || block.starts_with([' ', '\t']) && block.trim_start_matches(' ').starts_with('\t');
        let indented = set_in && (owner.is_some() || code);
        // what is quoted or set in may hold words, code, or both: what led to a list before it may still do
        let unsure = indented || block.starts_with('<') || (block.starts_with('>') && fences_in(block) > 0);
        if !indented && !listed && !unsure {
            lead = [None; 2];
        } else if lead == [None; 2] {
            lead = before;
        }
        if !indented {
            owner = None;
        }
        let stays = all_stay || (index == 0 && block.starts_with("---")) || block.trim_end().ends_with(':');
        let within = match fences_in(block) {
            0 => headings.number(),
            many => {
                let before = fences.entry(marked).or_default();
                *before += many;
                headings.under(FENCED + *before, marked)
            }
        };
        let [told, remark] = lead;
        let owners = [told, remark, owner];
        let depends = owners.map(|owner: Option<usize>| owner.and_then(|owner| out.get(owner)).map_or("", |part| part.text));
        let part = Part { depends, owners, stays, ..Part::new(within, block) };
        let place = out.len();
        match head_of_table(block) {
            Some(end) => rows(part, end, headings, &mut out),
            None => out.push(part),
        }
        if listed {
            owner = Some(place);
        }
        if unsure {
            lead = [lead.first().copied().flatten(), Some(place)];
            before = [before.first().copied().flatten(), Some(place)];
        } else if !block.starts_with(['`', '~']) {
            before = [Some(place), None];
        }
    }
    Some(out)
}

/// A table's head and its rows, each a part.
fn rows<'t>(table: Part<'t>, end: usize, headings: &mut Headings<'t>, out: &mut Vec<Part<'t>>) {
    let (head, body) = table.text.split_at_checked(end).unwrap_or((table.text, ""));
    out.push(Part { text: head, stays: true, ..table });
    let within = headings.columns(table.within, head.lines().next().unwrap_or(""));
    let row = |text| Part { text, within, depends: [""; 3], owners: [None; 3], goes_on: true, ..table };
    out.extend(lines(body).filter(|line| !line.trim().is_empty()).map(row));
}

/// Where the rows of a table begin.
fn head_of_table(block: &str) -> Option<usize> {
    let mut lines = block.split_inclusive('\n');
    let (head, marks) = (lines.next()?, lines.next()?);
    let is_marks = marks.contains('-') && marks.trim().bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' '));
    (is_marks && head.starts_with('|') && marks.starts_with('|')).then_some(head.len() + marks.len())
}

/// How many lines of a block look like those around fenced text, in quotes too.
fn fences_in(block: &str) -> usize {
    let marks = |line: &&str| {
        let line = line.trim_ascii_start();
        let line = if line.starts_with('>') { line.trim_start_matches(['>', ' ', '\t']) } else { line };
        line.starts_with("```") || line.starts_with("~~~")
    };
    let may = |mark: &str| memchr::memmem::find(block.as_bytes(), mark.as_bytes()).is_some();
    if may("```") || may("~~~") { block.lines().filter(marks).count() } else { 0 }
}

/// Whether markup begins in a block that need not end with it.
fn is_open(block: &str) -> bool {
    let bytes = block.as_bytes();
    let mut remarks = 0;
    for at in memchr::memchr_iter(b'<', bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        if MARKUP.iter().any(|mark| rest.starts_with(mark.as_bytes())) {
            return true;
        }
        remarks += usize::from(rest.starts_with(b"<!--"));
    }
    let ends = memchr::memchr_iter(b'>', bytes).filter(|at| bytes.get(..*at).is_some_and(|before| before.ends_with(b"--"))).count();
    remarks != ends || (remarks > 0 && fences_in(block) > 0)
}

/// Lines with their ends.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    let mut from = 0;
    ends.chain(std::iter::once(text.len()))
        .filter_map(move |end| text.get(std::mem::replace(&mut from, end)..end).filter(|line| !line.is_empty()))
}

/// The level of a block that is a heading, or that could be read as one.
fn heading(block: &str) -> Option<usize> {
    let line = block.trim();
    let marks = line.len() - line.trim_start_matches('#').len();
    if marks > 0 {
        return Some(marks);
    }
    if let Some(level) = line.strip_prefix("<h").and_then(|rest| rest.chars().next()?.to_digit(10)) {
        return usize::try_from(level).ok();
    }
    let last = line.rsplit('\n').next().unwrap_or("").trim();
    let underlined = |mark: u8| !last.is_empty() && last.bytes().all(|b| b == mark);
    if line.contains('\n') && (underlined(b'=') || underlined(b'-')) {
        return Some(if underlined(b'=') { 1 } else { 2 });
    }
    let bare = line.trim_start_matches(['>', ' ']);
    let bold = bare.get(..3).is_some_and(|start| start.contains("**") || start.contains("__"));
    (bold && !line.contains('\n')).then_some(7)
}

fn is_item(block: &str) -> bool {
    let number = |(number, rest): (&str, &str)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && rest.starts_with(' ');
    let marked = block.strip_prefix(['-', '+', '*']).is_some_and(|rest| rest.starts_with([' ', '\t', '\n', '\r']));
    marked || block.split_once(['.', ')']).is_some_and(number)
}

/// A fence that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Fence {
    mark: u8,
    length: usize,
    /// It is set in: it may belong to a list's item, and end with it.
    inner: bool,
}

/// Runs of lines without a blank one, with the blank lines behind them. Headings stand alone, fences and front matter are whole.
/// Nothing where it is not certain what a fence holds.
fn blocks(text: &str) -> Option<Vec<&str>> {
    let mut all = Vec::new();
    let (mut from, mut at) = (0, 0);
    let mut open: Option<Fence> = None;
    let mut quoted = false;
    let mut in_front = text.starts_with("---\n") || text.starts_with("---\r\n");
    for line in lines(text) {
        let start = at;
        at += line.len();
        let content = line.trim();
        if in_front {
            in_front = start == 0 || content != "---";
            if !in_front {
                all.extend(text.get(from..at));
                from = at;
            }
            continue;
        }
        // a quote ends with its lines, and whatever was open in it
        if content.starts_with('>') && (quoted || from == start) && open.is_none() {
            quoted = true;
            continue;
        }
        if quoted && !content.is_empty() && fences_in(text.get(from..start)?) > 0 {
            return None;
        }
        quoted = false;
        let fence = fence(line)?;
        match (open, fence) {
            (Some(outer), Some((inner, bare))) if outer.mark == inner.mark && inner.length >= outer.length && bare => {
                if outer.inner != inner.inner {
                    return None;
                }
                open = None;
            }
            (Some(outer), _) if outer.inner && !content.is_empty() && !line.starts_with([' ', '\t']) => return None,
            (None, Some((inner, _))) => open = Some(inner),
            (None, None) if content.is_empty() => {
                all.extend(text.get(from..at).filter(|block| !block.trim().is_empty()));
                from = at;
            }
            (None, None) if line.starts_with('#') => {
                all.extend(text.get(from..start).filter(|block| !block.trim().is_empty()));
                all.extend(text.get(start..at));
                from = at;
            }
            _ => {}
        }
    }
    if open.is_some_and(|open| open.inner) {
        return None;
    }
    all.extend(text.get(from..).filter(|block| !block.trim().is_empty()));
    Some(all)
}

/// The fence that a line may be, and whether nothing stands behind its marks; nothing at all for a fence inside a quote or
/// behind an item's mark.
#[allow(clippy::option_option, reason = "no fence, a fence, and what may be one are three answers")]
fn fence(line: &str) -> Option<Option<(Fence, bool)>> {
    let content = line.trim();
    let of = |content: &str| {
        let mark = *content.as_bytes().first().filter(|b| matches!(b, b'`' | b'~'))?;
        let length = content.bytes().take_while(|b| *b == mark).count();
        let rest = content.get(length..)?;
        (length >= 3 && !(mark == b'`' && rest.contains('`'))).then_some((mark, length, rest.trim().is_empty()))
    };
    if let Some((mark, length, bare)) = of(content) {
        return Some(Some((Fence { mark, length, inner: line.starts_with([' ', '\t']) }, bare)));
    }
    let behind = content.trim_start_matches(|c: char| matches!(c, '>' | ' ' | '\t' | '-' | '*' | '+' | '.' | ')') || c.is_ascii_digit());
    if of(behind).is_some() { None } else { Some(None) }
}
