//! Who may waive where CODEOWNERS decides it: whoever joins there may accept weaker defaults from the next change on.

use super::{Place, Raised, Said};
use crate::config::rules::{OwnFile, read};
use crate::report::model::{Change, Severity};
use crate::revision::{Error, Revision, Store};
use crate::span::Span;
use crate::waiver::file::PATH;
use crate::waiver::settle::{CODEOWNERS, owners_named};

/// The file that decides, and whom it names for the waiver file.
#[derive(Debug, Default)]
pub struct Deciding {
    file: Option<OwnFile>,
    names: Vec<String>,
}

impl Deciding {
    /// The first CODEOWNERS of a revision decides; one that cannot be read names nobody.
    ///
    /// # Errors
    /// Objects are missing.
    pub fn find(store: &Store, revision: &Revision) -> Result<Self, Error> {
        for path in CODEOWNERS {
            let Some(blob) = store.find(revision, path)? else { continue };
            let file = read(store, revision, &blob).ok();
            let names = file.as_ref().map(|file| owners_named(&file.text)).unwrap_or_default();
            return Ok(Self { file, names });
        }
        Ok(Self::default())
    }

    /// Whom it names.
    #[must_use]
    pub fn names(self) -> Vec<String> {
        self.names
    }

    /// Whether a line is about the gate's own files.
    #[must_use]
    pub fn speaks_of_us(&self) -> bool {
        let text = self.file.as_ref().map_or("", |file| file.text.as_str());
        text.lines().any(|line| !line.trim_start().starts_with('#') && line.contains("privgate"))
    }

    fn shown(&self) -> String {
        if self.names.is_empty() { "nobody".to_owned() } else { self.names.join(", ") }
    }

    /// The last line that names somebody: as far as people look, the one that decides.
    fn place(&self, name: &str) -> Option<Place<'_>> {
        let file = self.file.as_ref()?;
        let (mut start, mut found) = (0, Span::new(0, file.text.lines().next().map_or(0, str::len)));
        for line in file.text.split_inclusive('\n') {
            if !line.trim_start().starts_with('#') && line.split_whitespace().any(|word| word == name) {
                found = Span::new(start, start + line.trim_end().len());
            }
            start += line.len();
        }
        Some(Place { file, span: found })
    }
}

/// Somebody may waive who could not before. Where nobody could, the first owners are asked about.
#[must_use]
pub fn joined<'a>(base: &'a Deciding, head: &'a Deciding) -> Option<Raised<'a>> {
    let known = |name: &String| base.names.iter().any(|other| other.eq_ignore_ascii_case(name));
    let new = head.names.iter().find(|name| !known(name))?;
    let place = head.place(new)?;
    let first = base.names.is_empty();
    let was = base.names.first().and_then(|name| base.place(name));
    Some(Raised {
        id: "gate/config-loosened",
        change: if first { Change::Introduced } else { Change::Weakened },
        severity: if first { Severity::Warning } else { Severity::Error },
        setting: "waivers.owners".into(),
        base: was.map_or(Said::Gone, |place| Said::Written(place, base.shown())),
        head: Said::Written(place, head.shown()),
        near: place,
        message: format!(
            "who may waive went from {} to {}: CODEOWNERS names them for {PATH}, and privgate.yaml names nobody under `waivers.owners`",
            base.shown(),
            head.shown()
        ),
    })
}
