//! One source text with all its mutants in it, each behind its number.

use std::collections::BTreeMap;

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::Mutant;

/// A stretch of the written text, and the mutants that an error in it speaks of.
pub struct Region {
    pub from: usize,
    pub to: usize,
    pub ids: Vec<usize>,
}

/// What was written.
pub struct Written {
    pub text: String,
    pub regions: Vec<Region>,
    /// Mutants that found no place.
    pub lost: Vec<usize>,
}

type At = (usize, usize);

/// A place of the source where mutants are, by bytes.
struct Node {
    from: usize,
    to: usize,
    form: Form,
}

enum Form {
    /// Whole bodies: nothing is replaced, the first statement returns.
    Body(Vec<(usize, String)>),
    /// Left and right operand, the operator, and its replacements.
    Binary { left: At, right: At, operator: String, others: Vec<(usize, String)> },
    /// The operand without its operator.
    Unary { id: usize, inner: At },
    /// A guard, with the mutants that make it true and false.
    Guard(Vec<(usize, String)>),
    /// A `match`, with its arms that are mutants: left out, they may leave nothing for some values.
    Match(Vec<usize>),
    /// An arm that falls through: where its guard stands, if it has one.
    Arm { id: usize, guarded: bool },
}

/// Puts the mutants of one file into its text.
pub fn write(text: &str, mutants: &[(usize, &Mutant)]) -> syn::Result<Written> {
    let file = syn::parse_file(text)?;
    let lines: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut finder = Finder { text, lines: &lines, wanted: BTreeMap::new(), nodes: Vec::new() };
    for (id, mutant) in mutants {
        let start = finder.byte(mutant.span.start.line, mutant.span.start.column - 1);
        if mutant.genre == "FnValue" {
            match finder.nodes.iter_mut().find(|node| node.from == start) {
                Some(Node { form: Form::Body(all), .. }) => all.push((*id, mutant.replacement.clone())),
                _ => finder.nodes.push(Node { from: start, to: start, form: Form::Body(vec![(*id, mutant.replacement.clone())]) }),
            }
        } else {
            finder.wanted.entry((mutant.genre.clone(), start)).or_default().push((*id, mutant.replacement.clone()));
        }
    }
    finder.visit_file(&file);
    let Finder { wanted, mut nodes, .. } = finder;
    // what is put in before a place comes before what stands there
    nodes.sort_by_key(|node| (node.from, node.from != node.to, std::cmp::Reverse(node.to)));
    let mut writer = Writer { text, nodes: &nodes, out: String::new(), regions: Vec::new() };
    writer.range(0, text.len(), 0);
    let lost = wanted.into_values().flatten().map(|(id, _)| id).collect();
    Ok(Written { text: writer.out, regions: writer.regions, lost })
}

struct Finder<'t> {
    text: &'t str,
    lines: &'t [usize],
    wanted: BTreeMap<(String, usize), Vec<(usize, String)>>,
    nodes: Vec<Node>,
}

impl Finder<'_> {
    /// The byte of a line from 1 and a column from 0 in characters.
    fn byte(&self, line: usize, column: usize) -> usize {
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let rest = self.text.get(start..).unwrap_or("");
        start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
    }

    fn at(&self, place: LineColumn) -> usize {
        self.byte(place.line, place.column)
    }

    fn range(&self, node: &impl Spanned) -> At {
        let span = node.span();
        (self.at(span.start()), self.at(span.end()))
    }

    fn take(&mut self, genre: &str, at: usize) -> Option<Vec<(usize, String)>> {
        self.wanted.remove(&(genre.to_owned(), at))
    }
}

/// Whether `let` stands among what `&&` joins: such a condition is no value.
fn has_let(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(both) => has_let(&both.left) || has_let(&both.right),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        let operator = self.range(&node.op);
        let simple = !has_let(&node.left) && !has_let(&node.right);
        if let Some(others) = Some(()).filter(|()| simple).and_then(|()| self.take("BinaryOperator", operator.0)) {
            let (left, right) = (self.range(&node.left), self.range(&node.right));
            let operator = self.text.get(operator.0..operator.1).unwrap_or("").to_owned();
            self.nodes.push(Node { from: left.0, to: right.1, form: Form::Binary { left, right, operator, others } });
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast syn::ExprUnary) {
        let (from, to) = self.range(node);
        if let Some(one) = self.take("UnaryOperator", from).and_then(|all| all.into_iter().next()) {
            let inner = self.range(&node.expr);
            self.nodes.push(Node { from, to, form: Form::Unary { id: one.0, inner } });
        }
        visit::visit_expr_unary(self, node);
    }

    fn visit_expr_match(&mut self, node: &'ast syn::ExprMatch) {
        let (from, to) = self.range(node);
        let arms: Vec<usize> = node.arms.iter().map(|arm| self.range(arm).0).collect();
        let wanted = |at: &usize| self.wanted.get(&("MatchArm".to_owned(), *at)).into_iter().flatten().map(|(id, _)| *id);
        let ids: Vec<usize> = arms.iter().flat_map(wanted).collect();
        if !ids.is_empty() {
            self.nodes.push(Node { from, to, form: Form::Match(ids) });
        }
        visit::visit_expr_match(self, node);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let (from, _) = self.range(arm);
        let guard = arm.guard.as_ref().map(|(_, guard)| (self.range(&**guard), has_let(guard)));
        if let Some(one) = self.take("MatchArm", from).and_then(|all| all.into_iter().next()) {
            let at = guard.map_or_else(|| self.range(&arm.pat).1, |((from, _), _)| from);
            self.nodes.push(Node { from: at, to: at, form: Form::Arm { id: one.0, guarded: guard.is_some() } });
        }
        if let Some(((from, to), false)) = guard
            && let Some(all) = self.take("MatchArmGuard", from)
        {
            self.nodes.push(Node { from, to, form: Form::Guard(all) });
        }
        visit::visit_arm(self, arm);
    }
}

struct Writer<'t> {
    text: &'t str,
    nodes: &'t [Node],
    out: String,
    regions: Vec<Region>,
}

impl Writer<'_> {
    /// The source from `from` to `to` with the nodes from index `next` on that lie in it.
    fn range(&mut self, from: usize, to: usize, next: usize) {
        let (mut at, mut index) = (from, next);
        while let Some(node) = self.nodes.get(index) {
            if node.from >= to {
                break;
            }
            if node.from < at || node.to > to {
                index += 1;
                continue;
            }
            self.out.push_str(self.text.get(at..node.from).unwrap_or(""));
            let start = self.out.len();
            self.node(index);
            self.regions.push(Region { from: start, to: self.out.len(), ids: ids(&node.form) });
            at = node.to;
            index += 1;
        }
        self.out.push_str(self.text.get(at..to).unwrap_or(""));
    }

    /// The text of a part of a node, whose own index is given.
    fn part(&mut self, index: usize, (from, to): At) {
        self.range(from, to, index + 1);
    }

    fn variant(&mut self, id: usize, write: impl FnOnce(&mut Self)) {
        let from = self.out.len();
        write(self);
        self.regions.push(Region { from, to: self.out.len(), ids: vec![id] });
    }

    fn node(&mut self, index: usize) {
        let Some(node) = self.nodes.get(index) else { return };
        match &node.form {
            Form::Body(all) => {
                for (id, value) in all {
                    self.variant(*id, |this| this.out.push_str(&format!("if crate::mutant() == {id} {{ return {value}; }} ")));
                }
            }
            Form::Binary { left, right, operator, others } => self.binary(index, (*left, *right), operator, others),
            Form::Unary { id, inner } => {
                self.out.push_str(&format!("(if crate::mutant() == {id} {{ "));
                self.variant(*id, |this| this.part(index, *inner));
                self.out.push_str(" } else { ");
                let operator = self.text.get(node.from..inner.0).unwrap_or("").to_owned();
                self.out.push_str(&operator);
                self.part(index, *inner);
                self.out.push_str(" })");
            }
            Form::Guard(all) => {
                let of = |word: &str| all.iter().find(|(_, to)| to == word).map_or(0, |(id, _)| *id);
                let (yes, no) = (of("true"), of("false"));
                self.out.push_str(&format!("((crate::mutant() == {yes} && {yes} != 0) || (crate::mutant() != {no} || {no} == 0) && ("));
                self.part(index, (node.from, node.to));
                self.out.push_str("))");
            }
            Form::Match(_) => self.part(index, (node.from, node.to)),
            Form::Arm { id, guarded } => {
                let words = if *guarded { format!("crate::mutant() != {id} && ") } else { format!(" if crate::mutant() != {id}") };
                self.out.push_str(&words);
            }
        }
    }

    fn binary(&mut self, index: usize, (left, right): (At, At), operator: &str, others: &[(usize, String)]) {
        let lazy = matches!(operator, "&&" | "||");
        let assigns = operator.ends_with('=') && !matches!(operator, "==" | "!=" | "<=" | ">=");
        let compares = matches!(operator, "==" | "!=" | "<=" | ">=" | "<" | ">");
        if lazy || assigns {
            self.out.push_str("(match crate::mutant() { ");
            for (id, other) in others {
                self.out.push_str(&format!("{id} => {{ "));
                self.variant(*id, |this| this.both(index, (left, right), other));
                self.out.push_str(" } ");
            }
            self.out.push_str("_ => { ");
            self.both(index, (left, right), operator);
            self.out.push_str(" } })");
            return;
        }
        let mark = if compares { "&" } else { "" };
        self.out.push_str(&format!("(match ({mark}("));
        self.part(index, left);
        self.out.push_str(&format!("), {mark}("));
        self.part(index, right);
        self.out.push_str(")) { (l, r) => match crate::mutant() { ");
        for (id, other) in others {
            self.variant(*id, |this| this.out.push_str(&format!("{id} => l {other} r, ")));
        }
        self.out.push_str(&format!("_ => l {operator} r }} }})"));
    }

    fn both(&mut self, index: usize, (left, right): (At, At), operator: &str) {
        self.part(index, left);
        self.out.push_str(&format!(" {operator} "));
        self.part(index, right);
    }
}

fn ids(form: &Form) -> Vec<usize> {
    match form {
        Form::Body(all) | Form::Guard(all) | Form::Binary { others: all, .. } => all.iter().map(|(id, _)| *id).collect(),
        Form::Match(ids) => ids.clone(),
        Form::Unary { id, .. } | Form::Arm { id, .. } => vec![*id],
    }
}
