//! Go: flags, struct tags, struct literals, package-level constants and variables, the environment.

mod environment;
mod literals;
mod options;
mod tags;
mod values;

/// Whether what stands here is handed on or assigned.
fn is_kept(outer: Node) -> bool {
    let assigned = |list: Node| list.parent().is_some_and(|at| matches!(at.kind(), "short_var_declaration" | "assignment_statement"));
    outer.kind() == "argument_list" || (outer.kind() == "expression_list" && assigned(outer))
}

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::emit::span;
use super::{Ancestors, Code, Given, LONGEST_CHAIN, Language, NOTHING, named_children, walk};
use super::{shelled, switches};
use crate::scope::{ScopeId, ScopeKind};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// Go.
pub static GO: Language = Language { name: "go", ends: &[".go"], grammar: |_| tree_sitter_go::LANGUAGE.into(), read };

/// One file while it is walked.
struct Go<'c, 't, 'n> {
    code: &'c mut Code<'t>,
    /// The whole tree.
    root: Node<'n>,
    /// What takes the value of an expression, by the expression's node.
    labels: HashMap<usize, &'t str>,
    /// One scope a type, for its declaration and all its methods.
    classes: HashMap<&'t str, ScopeId>,
    /// Lists that grow by `append`, one a name and function.
    lists: Vec<literals::Growing<'t>>,
    /// Scopes of `viper` paths.
    paths: HashMap<String, ScopeId>,
    /// What is around the current node.
    around: Ancestors<'n>,
}

fn read(root: Node, code: &mut Code) {
    remember(root, code);
    let mut go = Go {
        code,
        root,
        labels: HashMap::new(),
        classes: HashMap::new(),
        lists: Vec::new(),
        paths: HashMap::new(),
        around: Ancestors::default(),
    };
    walk(go.root, &go.code.clock.clone(), |node, scope| go.enter(node, scope));
    go.give_lists();
}

impl<'t, 'n> Go<'_, 't, 'n> {
    fn enter(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        self.around.around(node);
        match node.kind() {
            "import_spec" => self.import(node),
            "function_declaration" => {
                let name = node.child_by_field_name("name").map_or("", |name| self.code.of(name));
                return self.code.function(scope, name, node);
            }
            "method_declaration" => {
                let class = receiver(node).map_or(scope, |name| self.class(name, scope, node));
                let name = node.child_by_field_name("name").map_or("", |name| self.code.of(name));
                return self.code.function(class, name, node);
            }
            "type_spec" => {
                let structure = node.child_by_field_name("type").is_some_and(|kind| kind.kind() == "struct_type");
                if let (true, Some(name)) = (structure, node.child_by_field_name("name")) {
                    return self.class(name, scope, node);
                }
            }
            "field_declaration" => self.tagged(node, scope),
            "const_spec" | "var_spec" => self.declaration(node, scope),
            "short_var_declaration" => self.assignment(node, scope, true),
            "assignment_statement" => self.assignment(node, scope, false),
            "keyed_element" => self.remember_label(node),
            "composite_literal" => return self.composite(node, scope),
            "call_expression" => return self.call(node, scope),
            _ => {}
        }
        scope
    }

    /// `import h "net/http"`: what is written `h.Get` is `http.Get`.
    fn import(&mut self, node: Node<'n>) {
        let (Some(name), Some(path)) = (node.child_by_field_name("name"), node.child_by_field_name("path")) else { return };
        let path = self.code.of(path).trim_matches(['"', '`']);
        let version = |step: &&str| !(step.starts_with('v') && step.len() > 1 && step.chars().skip(1).all(|c| c.is_ascii_digit()));
        if let Some(last) = path.rsplit('/').find(version) {
            self.code.import(self.code.of(name), last);
        }
    }

    /// The scope of a type; methods stand outside of its declaration.
    fn class(&mut self, name: Node<'n>, scope: ScopeId, node: Node<'n>) -> ScopeId {
        let name = self.code.of(name);
        if scope != ScopeId::ROOT {
            return self.code.class(scope, name, node);
        }
        if let Some(known) = self.classes.get(name) {
            return *known;
        }
        let class = self.code.class(scope, name, node);
        self.classes.insert(name, class);
        class
    }

    /// `const A, B = 1, 2`, `var c = true`: fields of the package, or the start values of a function's names.
    fn declaration(&mut self, node: Node<'n>, scope: ScopeId) {
        let Some(values) = node.child_by_field_name("value") else { return };
        let mut cursor = node.walk();
        let names: Vec<Node> = node.children_by_field_name("name", &mut cursor).filter(Node::is_named).collect();
        for (name, value) in names.into_iter().zip(named_children(values)) {
            self.takes(name, value, scope, true);
        }
    }

    fn assignment(&mut self, node: Node<'n>, scope: ScopeId, declares: bool) {
        if node.child_by_field_name("operator").is_some_and(|operator| self.code.of(operator) != "=") {
            return;
        }
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        for (name, value) in named_children(left).zip(named_children(right)) {
            self.takes(name, value, scope, declares);
        }
    }

    /// A name, member or key takes a value.
    fn takes(&mut self, target: Node<'n>, value: Node<'n>, scope: ScopeId, declares: bool) {
        let Some((name, name_span)) = self.target(target) else { return };
        if name == "_" {
            return;
        }
        self.labels.insert(bare(value).id(), name);
        if self.grows(name, name_span, value, scope) {
            return;
        }
        let given = self.value(value);
        if given.read.is_some() || self.passes_on(name, value) {
            return;
        }
        let outer = self.outer(scope);
        if target.kind() == "index_expression" && super::environment::is_variable(name) {
            self.code.sets_variable(outer, name, name_span, &given);
            return;
        }
        let member = target.kind() != "identifier" || self.code.kind(outer) == ScopeKind::File;
        // a name inside a function is a default only where it starts with a literal; what it becomes later depends on more
        let starts = declares && matches!(&given.value, Outcome::One(value) if *value != Value::Null && *value != Value::Map);
        if member || starts {
            self.field(outer, name, name_span, value, &given);
        }
    }

    /// The last name of what is assigned to: `host`, `cfg.Host`, `m["host"]`.
    fn target(&self, node: Node<'n>) -> Option<(&'t str, Span)> {
        match node.kind() {
            "identifier" => Some((self.code.of(node), span(node))),
            "selector_expression" => node.child_by_field_name("field").map(|field| (self.code.of(field), span(field))),
            "index_expression" => {
                let index = node.child_by_field_name("index")?;
                let text = self.code.of(index);
                let inner = text.strip_prefix(['"', '`'])?.strip_suffix(['"', '`'])?;
                (!inner.is_empty() && !inner.contains('\\')).then(|| (inner, Span::new(index.start_byte() + 1, index.end_byte() - 1)))
            }
            _ => None,
        }
    }

    fn remember_label(&mut self, node: Node<'n>) {
        let element = |name| node.child_by_field_name(name).and_then(|element| element.named_child(0));
        if let (Some(key), Some(value)) = (element("key"), element("value")) {
            let key = self.code.of(key).trim_matches(['"', '`']);
            self.labels.insert(bare(value).id(), key);
        }
    }

    /// A call, in its own scope, with its literal arguments by position.
    fn call(&mut self, node: Node<'n>, scope: ScopeId) -> ScopeId {
        let Some(callee) = node.child_by_field_name("function").and_then(|function| self.chain(function)) else { return scope };
        let callee = self.code.callee(&callee);
        let arguments: Vec<Node> = node.child_by_field_name("arguments").into_iter().flat_map(named_children).collect();
        self.variable(node, &callee);
        if self.option(node, &callee, &arguments, scope) {
            return scope;
        }
        if callee == "append" {
            // the list's name takes them; texts for a child process are its variables
            for argument in arguments {
                self.sets(argument, scope);
            }
            return scope;
        }
        let assigned = self.labels.get(&node.id()).copied().unwrap_or("");
        let first = arguments.first().map(|first| self.value(*first));
        let first = first.as_ref().and_then(Given::text).unwrap_or("");
        let call = self.code.call(scope, &callee, [assigned, first], node);
        // `grpc.Dial(target, grpc.WithInsecure())`, `creds = insecure.NewCredentials()`: a call that says nothing but is handed on or
        // kept is an option
        if arguments.is_empty() && node.parent().is_some_and(|outer| is_kept(outer)) {
            let name = format!("{callee}({NOTHING})");
            let value = Outcome::One(Value::Bool(true));
            let setting = crate::setting::Setting::named(call, crate::setting::Surface::Argument, name, value, span(node), span(node));
            self.code.add(setting);
        }
        let runs = matches!(callee.rsplit('.').next(), Some("Command" | "CommandContext" | "exec" | "Exec" | "run" | "Run" | "RunCommand"));
        if let Some(words) = node.child_by_field_name("arguments").filter(|_| runs) {
            let program = arguments.iter().copied().skip(usize::from(callee.ends_with("CommandContext")));
            if !shelled::words(program, words, call, self.code) {
                switches::of_list(words, call, self.code);
            }
            // `exec.Command("bash", "-c", "curl ... | sh")`
            let told = arguments.iter().position(|argument| matches!(self.code.of(*argument), "\"-c\"" | "\"-lc\"" | "\"-ec\""));
            if let Some(script) = told.and_then(|at| arguments.get(at + 1)) {
                shelled::text(*script, call, self.code);
            }
        }
        if matches!(callee.rsplit_once('.'), Some((router, "Use" | "With")) if !router.is_empty()) {
            self.of_router(&arguments, scope);
        }
        for (at, argument) in arguments.into_iter().take(4).enumerate() {
            let given = self.value(argument);
            let plain = matches!(&given.value, Outcome::One(value) if !matches!(value, Value::Null | Value::Map));
            if plain && given.read.is_none() && given.text().is_none_or(|text| text.len() <= 120) {
                let name = format!("{callee}({at})");
                let mut setting =
                    crate::setting::Setting::named(call, crate::setting::Surface::Argument, name, given.value, span(argument), given.span);
                setting.item_spans = literals::item_spans(argument);
                self.code.add(setting);
            }
        }
        call
    }

    /// `r.Use(AuthMiddleware())`: what everything of a router goes through.
    fn of_router(&mut self, arguments: &[Node<'n>], scope: ScopeId) {
        for argument in arguments.iter().take(8) {
            let named = if argument.kind() == "call_expression" { argument.child_by_field_name("function") } else { Some(*argument) };
            let Some((named, written)) = named.and_then(|named| Some((named, self.chain(named)?))) else { continue };
            let last = written.rsplit('.').next().unwrap_or(&written);
            let given = Given::literal(Value::Bool(true), span(named));
            self.code.argument(scope, last, super::ROUTER, span(named), &given);
        }
    }

    /// The dotted name of a callee, without type arguments and without what chained calls get.
    fn chain(&self, node: Node<'n>) -> Option<String> {
        let mut steps = Vec::new();
        let mut at = node;
        for _ in 0..LONGEST_CHAIN {
            match at.kind() {
                "identifier" | "package_identifier" | "type_identifier" | "field_identifier" | "qualified_type" => {
                    steps.push(self.code.of(at));
                    break;
                }
                "selector_expression" => {
                    steps.push(self.code.of(at.child_by_field_name("field")?));
                    at = at.child_by_field_name("operand")?;
                }
                "call_expression" => at = at.child_by_field_name("function")?,
                "index_expression" => at = at.child_by_field_name("operand")?,
                "generic_type" | "type_instantiation_expression" | "composite_literal" => at = at.child_by_field_name("type")?,
                "parenthesized_expression" | "unary_expression" | "pointer_type" => at = at.named_child(0)?,
                _ => break,
            }
        }
        steps.reverse();
        (!steps.is_empty()).then(|| steps.join("."))
    }

    /// The function, type or file around a scope.
    fn outer(&mut self, scope: ScopeId) -> ScopeId {
        let reading = self.code.reading();
        let outer = |id: &ScopeId| matches!(reading.get(*id).kind, ScopeKind::File | ScopeKind::Class | ScopeKind::Function);
        reading.outward(scope).find(outer).unwrap_or(ScopeId::ROOT)
    }

    /// Whether a value only hands on what has the same name: `Debug: cfg.Debug`.
    fn passes_on(&self, name: &str, value: Node<'n>) -> bool {
        let last = match value.kind() {
            "identifier" if self.code.known(self.code.of(value)).is_none() => Some(value),
            "selector_expression" => value.child_by_field_name("field"),
            _ => None,
        };
        last.is_some_and(|last| self.code.of(last).eq_ignore_ascii_case(name))
    }
}

/// The type of a method's receiver.
fn receiver(node: Node) -> Option<Node> {
    let parameter = named_children(node.child_by_field_name("receiver")?).next()?;
    let mut kind = parameter.child_by_field_name("type")?;
    for _ in 0..4 {
        match kind.kind() {
            "type_identifier" => return Some(kind),
            "generic_type" => kind = kind.child_by_field_name("type")?,
            _ => kind = kind.named_child(0)?,
        }
    }
    None
}

/// An expression without the parentheses and `&` around it.
fn bare(node: Node) -> Node {
    let mut at = node;
    for _ in 0..8 {
        let wraps = matches!(at.kind(), "parenthesized_expression" | "unary_expression" | "literal_element");
        match at.named_child(0) {
            Some(inner) if wraps => at = inner,
            _ => break,
        }
    }
    at
}

/// The constants of the package, and the variables that nobody changes in this file. A name that a function uses for something
/// of its own is left out, since uses are not told apart.
fn remember(root: Node, code: &mut Code) {
    let mut declared: Vec<(Node, Node)> = Vec::new();
    let mut others: HashSet<&str> = HashSet::new();
    walk(root, &code.clock.clone(), |node, scope| {
        match node.kind() {
            "const_spec" | "var_spec" => {
                let mut cursor = node.walk();
                let names: Vec<Node> = node.children_by_field_name("name", &mut cursor).filter(Node::is_named).collect();
                if let (ScopeId::ROOT, Some(values)) = (scope, node.child_by_field_name("value")) {
                    declared.extend(names.into_iter().zip(named_children(values)));
                } else {
                    others.extend(names.into_iter().map(|name| code.of(name)));
                }
            }
            "short_var_declaration" | "assignment_statement" | "range_clause" => {
                let left = node.child_by_field_name("left").into_iter().flat_map(named_children);
                others.extend(left.filter(|name| name.kind() == "identifier").map(|name| code.of(name)));
            }
            "parameter_declaration" => {
                let mut cursor = node.walk();
                others.extend(node.children_by_field_name("name", &mut cursor).map(|name| code.of(name)));
            }
            // any scope other than the root says that this is not the package's level
            "function_declaration" | "method_declaration" | "func_literal" => return ScopeId(1),
            _ => {}
        }
        scope
    });
    for (name, value) in declared {
        let given = values::of(code, value, 0);
        let name = code.of(name);
        if given.read.is_none() && !others.contains(name) {
            code.constant(name, given);
        }
    }
}
