//! What was read at one line, and which policies know it.

use std::fmt::Write;

use super::load::{Sides, context};
use super::ruled;
use crate::judge::input::At;
use crate::policy::catalogue::Catalogue;
use crate::report::redact;
use crate::revision::{Error, Pair, Revision, Store};
use crate::span::LineIndex;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// What was read there, in words for people.
///
/// # Errors
/// The file is not in the revision, or objects are missing.
pub fn why(store: &Store, catalogue: &Catalogue, revision: &Revision, asked: &Asked) -> Result<String, Error> {
    let Some(blob) = store.find(revision, &asked.file)? else {
        return Err(Error::Usage(format!("there is no file `{}` in that revision", asked.file)));
    };
    let mut out = String::new();
    let Some(reader) = crate::read::by_path(&asked.file) else {
        let _ = writeln!(out, "{}: no reader takes files of this name, so nothing in it is judged", asked.file);
        return Ok(out);
    };
    let bounds = ruled::bounds_of(store, revision)?;
    let sides = Sides { store, base: revision, head: revision, catalogue, bounds: &bounds };
    let files = context(&sides, &[Pair { base: Some(blob.clone()), head: Some(blob) }]);
    let Some(file) = files.first().and_then(|pair| pair.at(At::Head)) else { return Ok(out) };
    let _ = writeln!(out, "{}: read as {} ({})", asked.file, kinds(file.reading()), reader.about);
    if let crate::judge::input::Content::Unreadable(broken) = &file.content {
        let _ = writeln!(out, "  it cannot be read: {}", broken.reason);
        return Ok(out);
    }
    let Some(reading) = file.reading() else { return Ok(out) };
    for problem in &reading.problems {
        let _ = writeln!(out, "  problem: {}", problem.message);
    }
    let lines = LineIndex::new(file.text());
    let matches = &file.facts;
    let mut any = false;
    for (index, setting) in reading.settings.iter().enumerate() {
        let (first, last) = (lines.locate(file.text(), setting.span().start).line, lines.locate(file.text(), setting.span().end).line);
        if !(first..=last).contains(&asked.line) || (setting.is_map() && first != asked.line) {
            continue;
        }
        any = true;
        let name = reading.path_of(setting);
        let value = redact::shown(&name, setting.raw.trim(), false);
        let scope = reading.scope_words(setting.scope).map(|scope| format!(" of {scope}")).unwrap_or_default();
        let _ = writeln!(out, "  {name}{scope} = {value}");
        let knowing: Vec<&str> = matches
            .all
            .iter()
            .filter(|found| found.setting == index)
            .filter_map(|found| catalogue.policies().get(found.policy))
            .map(|policy| policy.rule.id.as_str())
            .collect();
        match knowing.as_slice() {
            [] => _ = writeln!(out, "    no policy knows this setting, so its changes are never judged"),
            ids => ids.iter().for_each(|id| _ = writeln!(out, "    judged by {id}")),
        }
    }
    if !any {
        let _ = writeln!(out, "  line {}: no setting stands here", asked.line);
    }
    Ok(out)
}

fn kinds(reading: Option<&crate::reading::Reading>) -> String {
    reading.map_or_else(|| "nothing".into(), |reading| reading.kinds.iter().map(|kind| kind.0).collect::<Vec<_>>().join(", "))
}
