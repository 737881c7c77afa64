//! Follows a Dockerfile's stages: what each sets, what it inherits from earlier ones, and what the final image is left with.

mod copies;

use std::collections::{HashMap, HashSet};

use super::lex::Instruction;
use crate::read::expression::Resolved;
use crate::read::text::command::written::{self, Target};
use crate::read::text::command::{self, Word};
use crate::read::text::{default, pins};
use crate::reading::{Pin, PinVersion, Reading};
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Overridden, Setting, Surface};
use crate::span::{OffsetMap, Span};
use crate::value::{Outcome, Value};

/// How far a chain of `FROM earlier` is followed.
const CHAIN: usize = 64;

/// How many inherited variables stages before the final one show.
pub(super) const INHERITED: usize = 1000;

/// Takes instructions in order.
pub(super) struct Builder<'a> {
    text: &'a str,
    escape: char,
    reading: &'a mut Reading,
    image: ScopeId,
    /// `ARG`s above the first `FROM`.
    global: HashMap<Box<str>, Option<Box<str>>>,
    stages: Vec<Stage>,
    /// The last stage of each name, in small letters: Docker does not tell stage names apart by case.
    names: HashMap<String, usize>,
}

/// One stage as far as it has been read.
struct Stage {
    scope: ScopeId,
    /// The earlier stage it starts from.
    parent: Option<usize>,
    arguments: HashMap<Box<str>, Option<Box<str>>>,
    variables: Variables,
    users: Vec<Setting>,
    exposed: Vec<Setting>,
    entrypoint: Option<Run>,
    command: Option<Run>,
}

/// The last assignment of each variable.
#[derive(Clone, Default)]
struct Variables {
    settings: Vec<Option<Setting>>,
    last: HashMap<Box<str>, usize>,
}

impl Variables {
    fn set(&mut self, mut setting: Setting) {
        let Some((_, name)) = setting.names.first() else { return };
        if let Some(earlier) = self.last.insert(name.clone(), self.settings.len()).and_then(|at| self.settings.get_mut(at)?.take()) {
            let mut places = loser(earlier);
            places.append(&mut setting.overridden);
            setting.overridden = places;
        }
        self.settings.push(Some(setting));
    }

    fn get(&self, name: &str) -> Option<&Setting> {
        self.settings.get(*self.last.get(name)?)?.as_ref()
    }
}

/// The places that a setting stands for once a later one wins.
fn loser(setting: Setting) -> Vec<Overridden> {
    let mut places = setting.overridden;
    places.push(Overridden { span: setting.value_span, value: setting.value, contested: false });
    places
}

/// A `CMD` or `ENTRYPOINT`.
#[derive(Clone)]
enum Run {
    Exec(Vec<Word>),
    Shell(String, usize),
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str, escape: char, reading: &'a mut Reading) -> Self {
        let image = reading.scope(ScopeId::ROOT, ScopeKind::Image, "", Step::Same, Span::new(0, text.len()));
        if let Some(scope) = reading.scopes.get_mut(image.0 as usize) {
            scope.labels.push("image".into());
        }
        Self { text, escape, reading, image, global: HashMap::new(), stages: Vec::new(), names: HashMap::new() }
    }

    /// Takes one instruction; false when it is none.
    pub(super) fn instruction(&mut self, instruction: &Instruction) -> bool {
        match instruction.keyword.as_str() {
            "FROM" => self.from(instruction),
            "ARG" => self.argument(instruction),
            "ENV" => self.environment(instruction),
            "RUN" => self.run(instruction),
            "COPY" | "ADD" => self.copied(instruction),
            // these would say something about the next image, not about this one
            "USER" | "EXPOSE" | "CMD" | "ENTRYPOINT" if instruction.onbuild => {}
            "USER" => self.user(instruction),
            "EXPOSE" => self.expose(instruction),
            "CMD" => {
                let run = form(instruction);
                self.stage(instruction.span).command = Some(run);
            }
            "ENTRYPOINT" => {
                let run = form(instruction);
                self.stage(instruction.span).entrypoint = Some(run);
            }
            "WORKDIR" | "LABEL" | "HEALTHCHECK" | "MAINTAINER" | "SHELL" | "STOPSIGNAL" | "VOLUME" => {}
            _ => return false,
        }
        true
    }

    /// The current stage; instructions above any `FROM` (a part that others include) are in a stage of their own.
    fn stage(&mut self, at: Span) -> &mut Stage {
        if self.stages.is_empty() {
            self.open(None, None, at.start as usize);
        }
        let last = self.stages.len() - 1;
        #[allow(clippy::indexing_slicing, reason = "a stage has just been opened if there was none")]
        &mut self.stages[last]
    }

    fn open(&mut self, name: Option<&str>, parent: Option<usize>, start: usize) -> ScopeId {
        if let Some(scope) = self.stages.last().and_then(|stage| self.reading.scopes.get_mut(stage.scope.0 as usize)) {
            scope.span.end = u32::try_from(start).unwrap_or(u32::MAX);
        }
        let shown = name.map_or_else(|| self.stages.len().to_string(), ToOwned::to_owned);
        let scope = self.reading.scope(self.image, ScopeKind::Stage, shown, Step::Same, Span::new(start, self.text.len()));
        if let Some(name) = name {
            self.names.insert(name.to_lowercase(), self.stages.len());
        }
        self.stages.push(Stage {
            scope,
            parent,
            arguments: HashMap::new(),
            variables: Variables::default(),
            users: Vec::new(),
            exposed: Vec::new(),
            entrypoint: None,
            command: None,
        });
        scope
    }

    /// What a variable is known to be in the current stage.
    fn known(&self, name: &str) -> Option<Box<str>> {
        let Some(stage) = self.stages.last() else { return self.global.get(name).cloned().flatten() };
        let set = self.chain(self.stages.len() - 1).find_map(|stage| stage.variables.get(name));
        match set.map(|setting| &setting.value) {
            Some(Outcome::One(Value::Text(text))) => Some(text.clone()),
            Some(_) => None,
            None => stage.arguments.get(name).cloned().flatten(),
        }
    }

    /// A stage, then the earlier ones it starts from.
    fn chain(&self, from: usize) -> impl Iterator<Item = &Stage> {
        std::iter::successors(self.stages.get(from), |stage| self.stages.get(stage.parent?)).take(CHAIN)
    }

    fn resolve(&self, word: &Word) -> Resolved {
        if word.literal { Resolved::plain(Value::text(&*word.text)) } else { default::shell_with(&word.text, &|name| self.known(name)) }
    }

    fn from(&mut self, instruction: &Instruction) {
        let words = instruction.words(self.escape);
        let mut words = words.iter().filter(|word| !word.text.starts_with("--"));
        let Some(reference) = words.next() else { return };
        let name = words.next().filter(|word| word.text.eq_ignore_ascii_case("as")).and_then(|_| words.next());
        // only arguments above the first FROM count here
        let Resolved { value, mark } = default::shell_with(&reference.text, &|name| self.global.get(name).cloned().flatten());
        let full = match &value {
            Outcome::One(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let known = full.as_deref().unwrap_or(&reference.text).to_owned();
        let parent = self.names.get(&known.to_lowercase()).copied();
        let scope = self.open(name.map(|word| &*word.text), parent, instruction.span.start as usize);
        if parent.is_some() || known == "scratch" {
            return;
        }
        let (repo, tag, digest) = pins::split_reference(&known);
        if let Some(scope) = self.reading.scopes.get_mut(scope.0 as usize) {
            scope.labels.push(repo.into());
        }
        if full.is_some() {
            let tag_span = tag.filter(|_| *reference.raw == *known).and_then(|tag| Some((tag, known.find(&format!(":{tag}"))? + 1)));
            let span = tag_span.map_or(reference.span, |(tag, at)| reference.part(at, at + tag.len()).span);
            let version =
                if tag.is_none() && digest.is_some() { PinVersion::Exact(digest.unwrap_or("").into()) } else { pins::of_tag(tag) };
            self.reading.pins.push(Pin { package: format!("docker:{repo}").into(), version, span, scope });
        }
        let setting = Setting::named(scope, Surface::Image, repo, value, reference.span, reference.span).with_mark(mark);
        self.reading.settings.push(setting);
    }

    fn argument(&mut self, instruction: &Instruction) {
        for word in instruction.words(self.escape) {
            let (name, default) = match word.text.find('=') {
                Some(at) => {
                    let value = self.resolve(&word.part(at + 1, word.text.len())).value;
                    let text = if let Outcome::One(Value::Text(text)) = value { Some(text) } else { None };
                    (word.text.get(..at).unwrap_or("").into(), text)
                }
                None => (word.text.clone(), self.global.get(&word.text).cloned().flatten()),
            };
            match self.stages.last_mut() {
                Some(stage) => stage.arguments.insert(name, default),
                None => self.global.insert(name, default),
            };
        }
    }

    fn environment(&mut self, instruction: &Instruction) {
        let words = instruction.words(self.escape);
        let Some(first) = words.first() else { return };
        let scope = self.stage(instruction.span).scope;
        let mut pairs = Vec::new();
        if first.text.contains('=') {
            for word in &words {
                // `=x` sets nothing that has a name
                if let Some(at) = word.text.find('=').filter(|at| *at > 0) {
                    pairs.push((word.part(0, at), word.part(at + 1, word.text.len())));
                }
            }
        } else if let Some(value) = together(words.get(1..).unwrap_or(&[])) {
            pairs.push((first.clone(), value));
        }
        // a line sees the values from before it, also for its own names
        let settings: Vec<Setting> =
            pairs.iter().map(|(name, value)| self.setting(scope, Surface::Env, &name.text, name.span, value)).collect();
        let stage = self.stage(instruction.span);
        for setting in settings {
            stage.variables.set(setting);
        }
    }

    fn setting(&self, scope: ScopeId, surface: Surface, name: &str, name_span: Span, value: &Word) -> Setting {
        let resolved = self.resolve(value);
        Setting::named(scope, surface, name, resolved.value, name_span, value.span).with_mark(resolved.mark)
    }

    fn run(&mut self, instruction: &Instruction) {
        let scope = self.stage(instruction.span).scope;
        if let Some(words) = instruction.exec() {
            command::run(&words, scope, self.reading);
            return;
        }
        let words = instruction.words(self.escape);
        let Some(first) = words.iter().find(|word| !word.text.starts_with("--")) else { return };
        let start = (first.span.start as usize).saturating_sub(instruction.at);
        let before = self.reading.settings.len();
        command::script(instruction.body.get(start..).unwrap_or(""), instruction.at + start, scope, self.reading);
        let runs = first.raw.starts_with("<<") || matches!(&*first.text, "sh" | "bash" | "/bin/sh" | "/bin/bash" | "ash");
        for body in &instruction.heredocs {
            let (text, start) = (body.of(self.text), body.start as usize);
            match written::target(&instruction.body) {
                _ if runs => command::script(text, start, scope, self.reading),
                Target::File(path) => drop(written::file(&path, text, &OffsetMap::shifted(start), scope, self.reading)),
                Target::Shell | Target::Other => {}
            }
        }
        let known = |name: &str| self.known(name);
        let values = expanded(self.text, self.reading, before, &known);
        replace(self.reading, values);
    }

    fn user(&mut self, instruction: &Instruction) {
        let Some(word) = instruction.words(self.escape).into_iter().next() else { return };
        let setting = self.setting(self.image, Surface::Directive, "USER", instruction.span, &word);
        self.stage(instruction.span).users.push(setting);
    }

    fn expose(&mut self, instruction: &Instruction) {
        let scope = self.stage(instruction.span).scope;
        for word in instruction.words(self.escape) {
            let setting = self.setting(scope, Surface::Directive, "EXPOSE", instruction.span, &word);
            self.stage(instruction.span).exposed.push(setting);
        }
    }

    /// Emits what each stage sets, and for the final one what it is left with.
    pub(super) fn finish(mut self) {
        let Some(last) = self.stages.len().checked_sub(1) else { return };
        let chain: Vec<&Stage> = self.chain(last).collect();
        let Some(shipped) = chain.first().map(|stage| stage.scope) else { return };
        let mut variables = Variables::default();
        let mut user: Option<Setting> = None;
        let mut exposed = Vec::new();
        for stage in chain.iter().rev() {
            for mut setting in stage.variables.settings.iter().flatten().cloned() {
                setting.scope = shipped;
                variables.set(setting);
            }
            for mut setting in stage.users.iter().cloned() {
                setting.overridden = user.take().map(loser).unwrap_or_default();
                user = Some(setting);
            }
            exposed.extend(stage.exposed.iter().cloned().map(|setting| Setting { scope: shipped, ..setting }));
        }
        let entrypoint = chain.iter().find_map(|stage| stage.entrypoint.clone());
        let command = chain.iter().find_map(|stage| stage.command.clone());
        let inherited = self.inherited(last);
        let stages = std::mem::take(&mut self.stages);
        let earlier = stages.into_iter().take(last).flat_map(|stage| stage.variables.settings).flatten();
        self.reading.settings.extend(earlier);
        self.reading.settings.extend(inherited);
        let before = self.reading.settings.len();
        self.started(shipped, entrypoint, command);
        let known = |name: &str| match &variables.get(name)?.value {
            Outcome::One(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let values = expanded(self.text, self.reading, before, &known);
        replace(self.reading, values);
        self.reading.settings.extend(variables.settings.into_iter().flatten());
        self.reading.settings.extend(user);
        self.reading.settings.extend(exposed);
    }

    /// What stages before the final one have from those they start from: a file may build several images.
    fn inherited(&self, last: usize) -> Vec<Setting> {
        let mut all = Vec::new();
        for (at, stage) in self.stages.iter().enumerate().take(last) {
            let mut seen: HashSet<&str> = HashSet::new();
            for (nearness, from) in self.chain(at).enumerate() {
                for setting in from.variables.settings.iter().flatten() {
                    let Some((_, name)) = setting.names.first() else { continue };
                    if seen.insert(name) && nearness > 0 {
                        all.push(Setting { scope: stage.scope, ..setting.clone() });
                    }
                    if all.len() == INHERITED {
                        return all;
                    }
                }
            }
        }
        all
    }

    /// What a container of the image runs: the entry point with the command as its further words.
    fn started(&mut self, scope: ScopeId, entrypoint: Option<Run>, command: Option<Run>) {
        match (entrypoint, command) {
            (Some(Run::Shell(text, at)), _) | (None, Some(Run::Shell(text, at))) => command::script(&text, at, scope, self.reading),
            (None, Some(Run::Exec(words))) | (Some(Run::Exec(words)), None) => command::run(&words, scope, self.reading),
            (Some(Run::Exec(words)), Some(Run::Exec(more))) => {
                let count = words.len();
                let all: Vec<Word> = words.into_iter().chain(more).collect();
                command::run_parts(&all, count, scope, self.reading);
            }
            (Some(Run::Exec(words)), Some(Run::Shell(text, at))) => {
                command::run(&words, scope, self.reading);
                command::script(&text, at, scope, self.reading);
            }
            (None, None) => {}
        }
    }
}

fn form(instruction: &Instruction) -> Run {
    instruction.exec().map_or_else(|| Run::Shell(instruction.body.clone(), instruction.at), Run::Exec)
}

/// What flags and variables of commands come to with the image's own variables: they are set when the command runs.
fn expanded(text: &str, reading: &Reading, from: usize, known: default::Known<'_>) -> Vec<(usize, Resolved)> {
    let mut values = Vec::new();
    for (at, setting) in reading.settings.iter().enumerate().skip(from) {
        let raw = setting.value_span.of(text);
        let command = setting.names.iter().any(|(surface, _)| *surface == Surface::Command);
        if command || !raw.contains('$') {
            continue;
        }
        if let [word] = command::split(raw, 0).as_slice()
            && !word.literal
        {
            values.push((at, default::shell_with(&word.text, known)));
        }
    }
    values
}

fn replace(reading: &mut Reading, values: Vec<(usize, Resolved)>) {
    for (at, resolved) in values {
        if let Some(setting) = reading.settings.get_mut(at) {
            setting.value = resolved.value;
            setting.mark = resolved.mark;
        }
    }
}

/// The value of `ENV name several words`.
fn together(words: &[Word]) -> Option<Word> {
    let (first, last) = (words.first()?, words.last()?);
    let text = words.iter().map(|word| &*word.text).collect::<Vec<_>>().join(" ");
    Some(Word::new(text, first.span.join(last.span), "", words.iter().all(|word| word.literal)))
}
