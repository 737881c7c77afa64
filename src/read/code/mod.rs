//! Defaults written in source code: one walk over the syntax tree of each file, one folder a language. A reader gives every
//! default, keyword and option it understands; which of them matter is the policies' knowledge.

mod ancestors;
mod answers;
mod emit;
pub mod environment;
mod given;
mod gone;
mod homes;
mod printed;
mod shelled;
mod switches;
mod walk;

pub mod go;
pub mod java;
pub mod python;
pub mod rust;
pub mod shell;
pub mod typescript;

use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser};
use unicode_normalization::UnicodeNormalization;

pub use super::clock::Clock;
use crate::reading::{Kind, Problem, Reading};
use crate::setting::Surface;
pub use ancestors::Ancestors;
pub use emit::Code;
pub use given::{Given, Read};
pub use gone::CLEARS;
pub use printed::chains_of_line;
pub use walk::{named_children, walk};

/// The name of the one argument of a call that has none and is handed on: `app.use(cors())` gives `cors(nothing)`.
pub const NOTHING: &str = "nothing";

/// The name of one more argument of a call whose being there is the point, whatever it is given: `pickle.load(called)`.
pub const CALLED: &str = "called";

/// The name of one argument of what guards a function or a route: `@login_required` gives `login_required(guards)`.
pub const GUARDS: &str = "guards";

/// The same of a function that a whole router asks first: `app.use(requireAuth)`, `r.Use(AuthMiddleware())`.
pub const ROUTER: &str = "router";

/// A line longer than this was not typed by anybody.
pub const LONGEST_LINE: usize = 20_000;

/// Steps of a callee that are looked at: a longer chain is cut at its front.
const LONGEST_CHAIN: usize = 24;

/// One programming language.
#[derive(Debug)]
pub struct Language {
    /// Its name: the word of `in:`.
    pub name: &'static str,
    /// Ends of file names.
    pub ends: &'static [&'static str],
    /// The grammar for a path.
    pub grammar: fn(path: &str) -> tree_sitter::Language,
    /// Walks a parsed file.
    pub read: fn(root: Node, code: &mut Code),
}

/// Whether a path is in this language by its name.
#[must_use]
pub fn claims(language: &Language, path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    language.ends.iter().any(|end| lower.ends_with(end))
}

/// Reads a whole file of a language.
#[must_use]
pub fn read(language: &Language, path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind(language.name), text.len());
    reading.program = true;
    if let Some(reason) = not_written_by_hand(path, text) {
        reading.problems.push(Problem { span: None, message: reason.into(), fatal: true });
        return reading;
    }
    let clock = Clock::start();
    let Some(tree) = parse(&(language.grammar)(path), text, &clock) else {
        let message = "it takes too long to parse".to_owned();
        reading.problems.push(Problem { span: None, message, fatal: true });
        return reading;
    };
    let mut code = Code::new(path, text, reading, clock);
    (language.read)(tree.root_node(), &mut code);
    printed::read(tree.root_node(), &mut code);
    let clock = code.clock.clone();
    let mut reading = code.finish();
    gone::take_out(tree.root_node(), text, &clock, &mut reading);
    normalise(language.name, &mut reading);
    if path.rsplit('/').next() == Some("noxfile.py") {
        crate::read::lens::gate::in_sessions(text, &mut reading, None);
    }
    reading
}

/// Identifiers as the language compares them: Python in Unicode's compatibility form (PEP 3131, `ｔelemetry` is `telemetry`),
/// JavaScript without escapes (`tele\u006detry` is too). Names of variables of the environment are texts and stay.
fn normalise(language: &str, reading: &mut Reading) {
    for (surface, name) in reading.settings.iter_mut().flat_map(|setting| &mut setting.names) {
        match language {
            "python" if !name.is_ascii() && *surface != Surface::Env => *name = name.nfkc().collect::<String>().into(),
            "javascript" | "typescript" if name.contains("\\u") => *name = crate::plain::unescape(name).into(),
            _ => {}
        }
    }
}

/// Parses text with a grammar; nothing when it takes too long. Syntax errors become error nodes inside the tree.
fn parse(grammar: &tree_sitter::Language, text: &str, clock: &Clock) -> Option<tree_sitter::Tree> {
    let mut parser = Parser::new();
    parser.set_language(grammar).ok()?;
    let mut stop = |_: &ParseState| if clock.late() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let bytes = text.as_bytes();
    let mut chunk = |at: usize, _| bytes.get(at..).unwrap_or_default();
    parser.parse_with_options(&mut chunk, None, Some(ParseOptions::new().progress_callback(&mut stop)))
}

/// Why a file is no source: minified and bundled code says nothing that a person decided.
fn not_written_by_hand(path: &str, text: &str) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let minified = lower.contains(".min.") || lower.contains(".bundle.") || lower.ends_with(".d.ts");
    if minified {
        return Some("minified, bundled or declared code is not read");
    }
    text.lines().any(|line| line.len() > LONGEST_LINE).then_some("a line of over 20,000 bytes: minified code is not read")
}
