//! Calls: their keywords, the keys of dictionaries in them, and the literals among their first arguments.

use tree_sitter::Node;

use super::arguments::{self, Arguments};
use super::{Python, environment, options, values};
use crate::read::code::emit::span;
use crate::read::code::{CALLED, Code, Given, shelled};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Most arguments by position that are looked at.
const MOST_POSITIONAL: usize = 4;

/// Longest text that an argument by position may have, in bytes.
const LONGEST_POSITIONAL: usize = 200;

/// Calls whose first argument is called with the keywords of the call.
const HANDS_ON: &[&str] = &["partial", "add_middleware", "Middleware"];

/// Casts and the like: what they are given is read where it is used.
const CASTS: &[&str] = &["int", "float", "str", "bool", "len", "print", "isinstance", "hasattr", "getattr", "range", "Path", "open"];

/// Calls that matter by being there: they make something of bytes or texts that came from elsewhere, or send them in the open.
const CALLS: &[&str] = &[
    "load",
    "loads",
    "unsafe_load",
    "unsafe_load_all",
    "Unpickler",
    "read_pickle",
    "eval",
    "exec",
    "insecure_channel",
    "Posthog",
    "Mixpanel",
    "Amplitude",
];

/// Words in the names of steps that take people out of texts, and of what counts them, in small letters: that they are there is what they
/// are for.
const STAGES: &[&str] = &[
    "telemetry",
    "usagereport",
    "usagetrack",
    "usagestats",
    "anonymoususage",
    "productanalytics",
    "analyticscollector",
    "analyticsreporter",
    "pii",
    "redact",
    "anonymi",
    "deidentif",
    "scrub",
    "sensitivedata",
    "masking",
    "dedup",
    "duplicates",
    "urlfilter",
    "domainfilter",
    "blocklist",
    "optout",
    "exclusion",
    "privacyengine",
    "dpkeras",
    "dpsgd",
    "robotfile",
];

/// Functions that do such a step, or ask whether something may be used.
const STEPS: &[&str] = &[
    "make_private",
    "make_private_with_epsilon",
    "is_allowed",
    "filter_allowed",
    "can_fetch",
    "dpsgd",
    "deidentify",
    "anonymize",
    "AutoAddPolicy",
    "WarningPolicy",
    "LocalCommandLineCodeExecutor",
    "set_current_trace_as_public",
    "set_trace_as_public",
];

/// Folders that everybody on the machine shares: what is opened there is worth a word.
const SHARED_FOLDERS: &[&str] = &["/tmp/", "/var/tmp/", "/dev/shm/"];

/// Methods of texts and mappings, whose arguments set nothing.
const METHODS: &[&str] =
    &["split", "rsplit", "strip", "lstrip", "rstrip", "startswith", "endswith", "join", "replace", "encode", "decode", "pop", "setdefault"];

/// Words of switches that decide whether people are protected.
const PROTECTING: [&str; 18] = [
    "redact",
    "pii",
    "anonym",
    "mask",
    "scrub",
    "sanitiz",
    "sanitis",
    "deident",
    "de_ident",
    "privacy",
    "private",
    "personal",
    "robots",
    "opt_out",
    "optout",
    "blocklist",
    "differential",
    "noai",
];

/// How far outward a condition is looked for.
const OUTWARD: usize = 12;

/// The switch that decides whether a step is taken, where it speaks of what the step protects.
fn asked(code: &Code, node: Node) -> Option<(Span, String)> {
    let mut inner = node;
    for _ in 0..OUTWARD {
        let outer = inner.parent()?;
        let condition = match outer.kind() {
            "function_definition" | "class_definition" | "module" | "lambda" => return None,
            "if_statement" | "elif_clause" => {
                let taken = outer.child_by_field_name("consequence").is_some_and(|taken| taken.id() == inner.id());
                outer.child_by_field_name("condition").filter(|_| taken)
            }
            "conditional_expression" => outer.named_child(1).filter(|_| outer.named_child(0).is_some_and(|taken| taken.id() == inner.id())),
            _ => None,
        };
        if let Some(condition) = condition {
            let text = code.of(condition);
            let lower = text.to_ascii_lowercase();
            if PROTECTING.iter().any(|word| lower.contains(word)) {
                return Some((span(condition), text.chars().take(80).collect()));
            }
        }
        inner = outer;
    }
    None
}

impl<'n> Python<'n, '_, '_> {
    /// A call by its name.
    pub fn call(&mut self, scope: ScopeId, node: Node<'n>) {
        let Some(function) = node.child_by_field_name("function") else { return };
        let Some(written) = values::chain(self.code, function) else { return };
        let callee = self.code.callee(&written);
        let arguments = Arguments::of(self.code, node);
        self.call_sets(scope, &callee, &arguments);
        if arguments::is_dictionary(self.code, node) {
            self.continues_environment(scope, node);
            return;
        }
        // `APIRouter(dependencies=[..])` guards what the file holds; a route's own decorator stands with its function
        if !self.decorating.contains(&node.id()) {
            self.dependencies(scope, &arguments);
        }
        if self.scheme(&callee, &arguments) || environment::read(self.code, node, 0).is_some() {
            return;
        }
        self.lookup(scope, &callee, function, &arguments);
        if self.declared.contains(&node.id()) || self.declares_flag(scope, &callee, node, &arguments) {
            return;
        }
        let first = arguments.positional.first().copied();
        let first_text =
            first.map(|first| values::of(self.code, first, 0).text().map_or_else(|| self.code.of(first).to_owned(), str::to_owned));
        let result = self.results.get(&node.id()).copied();
        let labels = [result, first_text.as_deref()];
        let call = self.code.call(scope, &callee, labels.into_iter().flatten(), node);

        let last = callee.rsplit('.').next().unwrap_or(&callee);
        let through = first.filter(|_| HANDS_ON.contains(&last)).and_then(|first| values::chain(self.code, first));
        if let Some(first) = first.filter(|_| matches!(last, "add_middleware" | "before_request")) {
            self.of_router(scope, first);
        }
        let mut callees = vec![callee.clone()];
        callees.extend(through.map(|through| self.code.callee(&through)));
        for pair in &arguments.keywords {
            self.argument(call, &callees, &pair.name, pair.span, pair.value, 0);
        }
        if let Some(first) = first {
            let asked = arguments.any(&["shell"]).is_some_and(|value| value.kind() == "true");
            shelled::read(&callee, asked, first, call, self.code);
        }
        if last == "set_defaults" {
            self.preset(scope, &arguments);
        }
        if last == "update" {
            self.updated(scope, &callee, &arguments);
        }
        let looked_up = last == "get" && !first_text.as_deref().unwrap_or_default().contains('/');
        let stage = || {
            let lower = last.to_ascii_lowercase();
            last.starts_with(|c: char| c.is_ascii_uppercase()) && STAGES.iter().any(|word| lower.contains(word))
        };
        if CALLS.contains(&last) && first.is_some() || STEPS.contains(&last) || stage() {
            let there = match asked(self.code, node) {
                Some((condition, text)) => Given::literal(Value::text(format!("if {text}")), condition),
                None => Given::literal(Value::Bool(true), span(function)),
            };
            self.named_argument(call, &callees, CALLED, span(function), &there, function);
        }
        let shared = first_text.as_deref().is_some_and(|text| SHARED_FOLDERS.iter().any(|folder| text.starts_with(folder)));
        let of_text = METHODS.contains(&last) && !callee.starts_with("jwt.");
        if CASTS.contains(&&*callee) && !(shared && matches!(&*callee, "open" | "Path")) || of_text || looked_up {
            return;
        }
        for (at, value) in arguments.positional.iter().take(MOST_POSITIONAL).enumerate() {
            self.positional(call, &callees, at, *value);
        }
    }

    /// `parser.set_defaults(share=True)` gives options their defaults, whatever was declared with them.
    fn preset(&mut self, scope: ScopeId, arguments: &Arguments<'n>) {
        for pair in &arguments.keywords {
            let given = values::of(self.code, pair.value, 0);
            if known(&given) && given.read.is_none() && !pair.name.is_empty() {
                let name = format!("--{}", pair.name.replace('_', "-"));
                self.give(scope, None, vec![(Surface::Flag, name.into())], pair.span, &given, Some(pair.value));
            }
        }
    }

    /// `app.config.update(NAME=v)` sets members.
    fn updated(&mut self, scope: ScopeId, callee: &str, arguments: &Arguments<'n>) {
        let owner = callee.rsplit('.').nth(1).unwrap_or("").to_ascii_lowercase();
        if !["config", "conf", "settings"].iter().any(|word| owner.ends_with(word)) {
            return;
        }
        for pair in &arguments.keywords {
            self.field(scope, &pair.name, pair.span, pair.value);
        }
        for pair in arguments.positional.iter().flat_map(|dictionary| arguments::entries(self.code, *dictionary)).collect::<Vec<_>>() {
            self.field(scope, &pair.name, pair.span, pair.value);
        }
    }

    /// One keyword; a dictionary gives its keys too, as `outer.inner`.
    fn argument(&mut self, call: ScopeId, callees: &[String], path: &str, name_span: Span, value: Node<'n>, depth: usize) {
        if depth > values::DEPTH {
            return;
        }
        let value = values::bare(value);
        let given = values::of(self.code, value, 0);
        let own = path.rsplit('.').next().unwrap_or(path);
        if !known(&given) && values::passes_on(self.code, value, own) {
            return;
        }
        self.named_argument(call, callees, path, name_span, &given, value);
        for pair in arguments::entries(self.code, value) {
            self.argument(call, callees, &format!("{path}.{}", pair.name), pair.span, pair.value, depth + 1);
        }
    }

    fn positional(&mut self, call: ScopeId, callees: &[String], at: usize, value: Node<'n>) {
        let value = values::bare(value);
        if arguments::is_dictionary(self.code, value) {
            for pair in arguments::entries(self.code, value) {
                self.argument(call, callees, &pair.name, pair.span, pair.value, 0);
            }
            return;
        }
        let given = values::of(self.code, value, 0);
        let short = match &given.value {
            Outcome::One(Value::Text(text)) => text.len() <= LONGEST_POSITIONAL,
            Outcome::One(Value::Map) => false,
            Outcome::One(_) => true,
            _ => false,
        };
        if short {
            self.named_argument(call, callees, &at.to_string(), span(value), &given, value);
        }
    }

    fn named_argument(&mut self, call: ScopeId, callees: &[String], path: &str, name_span: Span, given: &Given, value: Node<'n>) {
        let names = callees.iter().map(|callee| (Surface::Argument, format!("{callee}({path})").into())).collect();
        self.give(call, None, names, name_span, given, Some(value));
    }

    /// Adds a setting; the items of a list that stands as a literal keep their places.
    pub fn give(
        &mut self,
        scope: ScopeId,
        key: Option<&str>,
        names: Vec<(Surface, Box<str>)>,
        name_span: Span,
        given: &Given,
        value: Option<Node<'n>>,
    ) {
        let mut setting =
            Setting::keyed(scope, "", given.value.clone(), name_span, given.span).with_mark(given.mark).taken_from(given.from);
        setting.key = key.map(Into::into);
        setting.names = names;
        if let (Outcome::One(Value::List(items)), Some(value)) = (&given.value, value.map(values::bare))
            && matches!(value.kind(), "list" | "tuple" | "set")
        {
            setting.item_spans = crate::read::code::named_children(value).map(span).collect();
            if setting.item_spans.len() != items.len() {
                setting.item_spans.clear();
            }
        }
        self.code.add(setting);
    }

    fn declares_flag(&mut self, scope: ScopeId, callee: &str, node: Node<'n>, arguments: &Arguments<'n>) -> bool {
        let Some(option) = options::declared(self.code, callee, node, arguments) else { return false };
        if !option.flags.is_empty() {
            self.option(scope, &option, Vec::new());
        }
        true
    }
}

/// Whether anything about a value stands in the file.
pub fn known(given: &Given) -> bool {
    match &given.value {
        Outcome::One(_) => true,
        Outcome::AnyOf(values) => !matches!(values.as_slice(), [Value::Bool(true), Value::Bool(false)]),
        Outcome::Unread => false,
    }
}
