//! A policy ready to match: patterns parsed, groups laid out, conditions made. Text that needs a regular expression or a glob
//! set compiles it when it is first asked.

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::file::{self, Given, Is, Otherwise, Policy, Unset, Words};
use super::pattern::{KeyPattern, TextPattern, between_slashes, unfold};
use super::table::flat;
use super::text::{Alternative, alternatives};
use crate::setting::Surface;

/// One policy of the catalogue.
#[derive(Debug)]
pub struct Compiled {
    /// The file's rules.
    pub rule: Policy,
    /// All spellings, those of `first` groups in their order.
    pub spellings: Vec<Spelling>,
    /// The entries of `settings`: each one spelling, or a `first` group.
    pub entries: Vec<std::ops::Range<usize>>,
    /// Every spelling has a wildcard in the last step of its name.
    pub open: bool,
    /// The cases of `unset`, at least one.
    pub unset: Vec<UnsetCase>,
    /// Whether some unset value or spelling depends on a version or a package.
    pub versioned: bool,
}

/// One case of `unset`.
#[derive(Debug)]
pub struct UnsetCase {
    /// Only these versions of the policy's packages.
    pub versions: Option<Box<str>>,
    /// Only where the unit runs one of these (`docker:ollama/ollama`).
    pub packages: Vec<String>,
    /// Only where all of these hold.
    pub conditions: Vec<Condition>,
    /// What then holds.
    pub value: Given,
}

/// One spelling.
#[derive(Debug)]
pub struct Spelling {
    /// Its surface.
    pub surface: Surface,
    /// Its name as the policy writes it, for messages.
    pub written: Box<str>,
    /// All alternatives of its name.
    pub names: Vec<Name>,
    /// The rest of what the file says.
    pub given: file::Spelling,
    /// Globs of paths.
    pub files: Globs,
    /// Only settings whose value fits one of these.
    pub values: Vec<TextPattern>,
    /// Conditions that must all hold.
    pub only_if: Vec<Condition>,
}

/// One alternative of a name.
#[derive(Debug)]
pub enum Name {
    /// A text; `negated` is the `--no-` form of a flag.
    Text {
        /// The pattern.
        pattern: TextPattern,
        /// Reads as disabled when enabled and the other way round.
        negated: bool,
    },
    /// A path.
    Key(KeyPattern),
}

impl Name {
    /// Whether the last step has a wildcard.
    #[must_use]
    pub fn open(&self) -> bool {
        match self {
            Self::Text { pattern, .. } => pattern.literal().is_none(),
            Self::Key(key) => key.last_open(),
        }
    }
}

/// A condition, ready to match.
#[derive(Debug)]
pub struct Condition {
    /// Its surface.
    pub surface: Surface,
    /// Alternatives; paths float, so that they may start in any scope.
    pub names: Vec<Name>,
    /// Only settings whose value fits.
    pub values: Vec<TextPattern>,
    /// What must be true.
    pub is: Is,
}

/// Globs over paths, compiled when first asked.
#[derive(Debug, Default)]
pub struct Globs {
    patterns: Vec<String>,
    /// Those that need no glob set: whole folders (`**`) and patterns of one step, in small letters.
    ways: Vec<Vec<Step>>,
    /// The others, compiled when first asked.
    rest: Vec<String>,
    set: OnceLock<Option<GlobSet>>,
}

/// A part of a path's pattern between slashes.
#[derive(Debug)]
enum Step {
    /// `**`: any folders, or all below one.
    Any,
    Name(TextPattern),
}

/// How often `**` may stand in a way: each further one multiplies the steps that a path takes.
const MOST_ANY: usize = 3;

/// A glob in its steps; nothing for one with more than `*` and `**` in it.
fn steps(glob: &str) -> Option<Vec<Step>> {
    if glob.contains(['?', '[', '\\', '<', '{']) || !glob.is_ascii() {
        return None;
    }
    let mut steps = Vec::new();
    for step in glob.split('/') {
        match step {
            "**" if matches!(steps.last(), Some(Step::Any)) => {}
            "**" => steps.push(Step::Any),
            "" => return None,
            _ if step.contains("**") => return None,
            _ => steps.push(Step::Name(TextPattern::parse(&step.to_ascii_lowercase()).ok()?)),
        }
    }
    (steps.iter().filter(|step| matches!(step, Step::Any)).count() <= MOST_ANY).then_some(steps)
}

fn leads(steps: &[Step], parts: &[&str]) -> bool {
    match steps.split_first() {
        None => parts.is_empty(),
        Some((Step::Any, [])) => !parts.is_empty(),
        // most patterns end in the file's name
        Some((Step::Any, [Step::Name(last)])) => parts.last().is_some_and(|name| last.fits(name)),
        Some((Step::Any, rest)) => (0..=parts.len()).any(|skip| parts.get(skip..).is_some_and(|parts| leads(rest, parts))),
        Some((Step::Name(name), rest)) => parts.split_first().is_some_and(|(first, parts)| name.fits(first) && leads(rest, parts)),
    }
}

impl Globs {
    /// # Errors
    /// A malformed glob.
    pub fn new(words: &Words) -> Result<Self, String> {
        let (mut ways, mut rest) = (Vec::new(), Vec::new());
        for word in &words.0 {
            for pattern in unfold(word)? {
                match steps(&pattern) {
                    Some(steps) => ways.push(steps),
                    None => rest.push(pattern),
                }
            }
        }
        Ok(Self { patterns: words.0.clone(), ways, rest, set: OnceLock::new() })
    }

    /// Whether a path fits one of them; anything fits where there is none.
    pub fn fits(&self, path: &str) -> bool {
        if self.patterns.is_empty() {
            return true;
        }
        let small = path.to_ascii_lowercase();
        let parts: Vec<&str> = small.split('/').collect();
        self.ways.iter().any(|steps| leads(steps, &parts))
            || (!self.rest.is_empty()
                && self.set.get_or_init(|| compile_globs(&self.rest).ok()).as_ref().is_some_and(|set| set.is_match(path)))
    }

    /// Whether one of them names this very file: its last part has no wildcard (`**/dagster.yaml`, not `**/*config*.yaml`).
    #[must_use]
    pub fn name(&self, path: &str) -> bool {
        let named = |pattern: &&String| {
            let last = |pattern: &str| !pattern.rsplit('/').next().unwrap_or("").contains(['*', '?', '[']);
            unfold(pattern).is_ok_and(|all| all.iter().any(|one| last(one) && one.rsplit('/').next() == path.rsplit('/').next()))
        };
        self.patterns.iter().any(|pattern| named(&pattern)) && self.fits(path)
    }

    /// Whether a path with one of these ends could fit: a glob that ends in another extension cannot.
    #[must_use]
    pub fn may_end(&self, ends: &[&str]) -> bool {
        let open = |pattern: &String| pattern.ends_with('*') || ends.iter().any(|end| pattern.ends_with(end));
        self.patterns.iter().any(|pattern| unfold(pattern).is_ok_and(|all| all.iter().any(open)))
    }

    /// Whether any file fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

/// Compiles globs as policies and configuration write them: `*` stays within a folder, `**` crosses, case does not matter.
///
/// # Errors
/// A malformed glob.
pub fn compile_globs(patterns: &[String]) -> Result<GlobSet, String> {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern)
            .literal_separator(true)
            .case_insensitive(true)
            .empty_alternates(true)
            .build()
            .map_err(|error| format!("`{pattern}` is not a glob: {}", error.kind()))?;
        builder.add(glob);
    }
    builder.build().map_err(|error| error.to_string())
}

impl Compiled {
    /// # Errors
    /// What is wrong with a pattern, in one line.
    pub fn new(rule: Policy) -> Result<Self, String> {
        let (flat, entries) = flat(&rule);
        let spellings = flat.into_iter().map(spelling).collect::<Result<Vec<_>, _>>()?;
        let open = !spellings.is_empty() && spellings.iter().all(|spelling| spelling.names.iter().all(Name::open));
        let unset = unset_cases(&rule)?;
        let versioned = unset.iter().any(|case| case.versions.is_some() || !case.packages.is_empty())
            || spellings.iter().any(|spelling| spelling.given.versions.is_some());
        Ok(Self { rule, spellings, entries, open, unset, versioned })
    }

    /// The id under which its findings are told.
    #[must_use]
    pub fn reported(&self) -> &str {
        self.rule.reported_as.as_deref().unwrap_or(&self.rule.id)
    }

    /// First part of the id.
    #[must_use]
    pub fn area(&self) -> &str {
        self.rule.id.split('/').next().unwrap_or("")
    }
}

/// The surfaces of which a spelling or condition gives a pattern.
macro_rules! named_surfaces {
    ($self:ident, $($surface:ident $field:ident),+) => {
        [$((Surface::$surface, &$self.$field)),+].into_iter().filter_map(|(surface, words)| Some((surface, words.as_ref()?)))
    };
}

impl file::Spelling {
    /// The surfaces that are named, with their patterns.
    pub fn surfaces(&self) -> impl Iterator<Item = (Surface, &Words)> {
        named_surfaces!(
            self, Env env, Key key, Flag flag, Argument argument, Field field, Directive directive, Image image, Dependency dependency,
            Permission permission, Command command, Section section, Claim claim, Record record, Decision decision, Gate gate,
            Printed printed
        )
    }

    /// What it says when its conditions do not hold.
    #[must_use]
    pub fn otherwise(&self) -> Otherwise {
        self.otherwise.unwrap_or(Otherwise::Ignore)
    }
}

impl file::Condition {
    /// The surfaces that are named, with their patterns.
    pub fn surfaces(&self) -> impl Iterator<Item = (Surface, &Words)> {
        named_surfaces!(
            self, Env env, Key key, Flag flag, Argument argument, Field field, Directive directive, Image image, Dependency dependency,
            Permission permission, Command command
        )
    }
}

fn only_surface<'a>(mut surfaces: impl Iterator<Item = (Surface, &'a Words)>) -> Result<(Surface, &'a Words), String> {
    let first = surfaces.next().ok_or("it names no surface: one of env, key, flag, argument, field, directive, image ...")?;
    match surfaces.next() {
        None => Ok(first),
        Some((second, _)) => Err(format!("it names two surfaces, `{}` and `{}`; write two spellings", first.0.word(), second.word())),
    }
}

fn spelling(given: file::Spelling) -> Result<Spelling, String> {
    let (surface, words) = only_surface(given.surfaces())?;
    Ok(Spelling {
        surface,
        written: words.0.join(", ").into(),
        names: names(surface, words)?,
        files: Globs::new(&given.files)?,
        values: texts(&given.value)?,
        only_if: given.only_if.iter().map(condition).collect::<Result<_, _>>()?,
        given,
    })
}

fn condition(given: &file::Condition) -> Result<Condition, String> {
    let (surface, words) = only_surface(given.surfaces())?;
    let mut names = names(surface, words)?;
    for name in &mut names {
        if let Name::Key(key) = name {
            *key = key.floating();
        }
    }
    Ok(Condition { surface, names, values: texts(&given.value)?, is: given.is })
}

fn texts(words: &Words) -> Result<Vec<TextPattern>, String> {
    let mut patterns = Vec::new();
    for word in &words.0 {
        if between_slashes(word).is_some() {
            patterns.push(TextPattern::parse(word)?);
        } else {
            for alternative in unfold(word)? {
                patterns.push(TextPattern::parse(&alternative)?);
            }
        }
    }
    Ok(patterns)
}

fn names(surface: Surface, words: &Words) -> Result<Vec<Name>, String> {
    let mut names = Vec::new();
    for Alternative { text, negated } in alternatives(&words.0, surface == Surface::Flag)? {
        if surface != Surface::Key {
            names.push(Name::Text { pattern: TextPattern::parse(&text)?, negated });
        } else if between_slashes(&text).is_some() {
            return Err(format!("`{text}`: a path is a glob of steps, not a regular expression"));
        } else {
            names.push(Name::Key(KeyPattern::parse(&text)?));
        }
    }
    if names.is_empty() {
        return Err("it names nothing".into());
    }
    Ok(names)
}

fn unset_cases(rule: &Policy) -> Result<Vec<UnsetCase>, String> {
    let always = |value: Given| vec![UnsetCase { versions: None, packages: Vec::new(), conditions: Vec::new(), value }];
    match &rule.unset {
        Some(Unset::Always(value)) => Ok(always(value.clone())),
        Some(Unset::Cases(cases)) => cases
            .iter()
            .map(|case| {
                Ok(UnsetCase {
                    versions: case.versions.as_deref().map(Into::into),
                    packages: case.package.as_deref().map(unfold).transpose()?.unwrap_or_default(),
                    conditions: case.conditions.iter().map(condition).collect::<Result<_, String>>()?,
                    value: case.value.clone(),
                })
            })
            .collect(),
        // under `present` absence is the other side; `append_only` compares records, not absence
        None => Ok(match rule.safety {
            Some(file::Order::Present(file::Side::Safe)) => always(Given::One("weak".into())),
            Some(file::Order::Present(file::Side::Weak)) => always(Given::One("safe".into())),
            _ => always(Given::One("unknown".into())),
        }),
    }
}
