//! GitHub's `${{ inputs.x || 'default' }}`, with the truth values of its expression language.

use super::parts::{Part, either, join};
use super::{DEPTH, LONGEST, Resolved};
use crate::read::tree::yaml::scalar;
use crate::value::Value;

/// What a text with `${{ }}` comes to; nothing when it holds none.
#[must_use]
pub fn resolve(text: &str) -> Option<Resolved> {
    if text.len() > LONGEST {
        return text.contains("${{").then(Resolved::reference);
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((inside, next)) = closed(after) else { break };
        parts.push(Part::text(before));
        parts.push(expression(inside));
        rest = next;
    }
    if parts.is_empty() {
        return None;
    }
    parts.push(Part::text(rest));
    Some(if parts.iter().all(|part| *part == Part::text("")) { Part::text("") } else { join(parts) }.resolved())
}

/// What stands before the `}}` that is not in quotes, and what follows it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let end = text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '\'';
        (!quoted && text.get(at..).is_some_and(|rest| rest.starts_with("}}"))).then_some(at)
    })?;
    Some((text.get(..end)?, text.get(end + 2..)?))
}

fn expression(text: &str) -> Part {
    let Some(tokens) = tokens(text) else { return Part::reference() };
    let mut reader = Reader { tokens: &tokens, at: 0 };
    match reader.or(0) {
        Some(term) if reader.at == tokens.len() => term.part(),
        _ => Part::reference(),
    }
}

/// What a part of an expression can be.
#[derive(Clone, Debug)]
enum Term {
    /// One of these values.
    Known(Vec<Value>),
    /// One of these, or something that counts as false: `cond && 'x'`.
    Maybe(Vec<Value>),
    /// True or false.
    Condition,
    /// Not in the file.
    Open,
}

impl Term {
    fn part(self) -> Part {
        match self {
            Self::Known(values) => Part::Known(values),
            Self::Maybe(values) => Part::Known(either(values, vec![Value::Bool(false)])),
            Self::Condition => Part::Known(vec![Value::Bool(true), Value::Bool(false)]),
            Self::Open => Part::reference(),
        }
    }

    /// Whether it certainly counts as true, or as false.
    fn truth(&self) -> Option<bool> {
        let Self::Known(values) = self else { return None };
        let mut truths = values.iter().map(truth);
        let first = truths.next()?;
        truths.all(|truth| truth == first).then_some(first)
    }

    fn or(self, other: Self) -> Self {
        match (self.truth(), self, other) {
            (Some(true), left, _) => left,
            (Some(false), _, right) | (None, Self::Open, right) => right,
            (None, Self::Known(left), Self::Known(right)) => Self::Known(either(left.into_iter().filter(truth).collect(), right)),
            (None, Self::Maybe(left), Self::Known(right)) => Self::Known(either(left, right)),
            (None, Self::Condition, Self::Known(right)) => Self::Known(either(vec![Value::Bool(true)], right)),
            (None, Self::Condition, Self::Condition) => Self::Condition,
            (None, Self::Maybe(left), Self::Maybe(right)) => Self::Maybe(either(left, right)),
            _ => Self::Open,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self.truth(), self, other) {
            (Some(false), left, _) => left,
            (Some(true), _, right) => right,
            (None, _, Self::Known(values) | Self::Maybe(values)) => Self::Maybe(values),
            (None, Self::Condition | Self::Open, Self::Condition) => Self::Condition,
            _ => Self::Open,
        }
    }

    fn not(self) -> Self {
        self.truth().map_or(Self::Condition, |truth| Self::Known(vec![Value::Bool(!truth)]))
    }

    fn compare(self, operator: &str, other: &Self) -> Self {
        let (Self::Known(left), Self::Known(right)) = (&self, other) else { return Self::Condition };
        let ([left], [right]) = (left.as_slice(), right.as_slice()) else { return Self::Condition };
        // GitHub compares text without regard to case
        let same = left.display().eq_ignore_ascii_case(&right.display());
        match operator {
            "==" => Self::Known(vec![Value::Bool(same)]),
            "!=" => Self::Known(vec![Value::Bool(!same)]),
            _ => Self::Condition,
        }
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Int(n) => *n != 0,
        Value::Float(n) => *n != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::List(_) | Value::Map => true,
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Literal(Value),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 14] = ["||", "&&", "==", "!=", "<=", ">=", "!", "<", ">", "(", ")", ",", "[", "]"];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest = rest.get(sign.len()..)?;
        } else if let Some(quoted) = rest.strip_prefix('\'') {
            let (text, next) = literal(quoted)?;
            tokens.push(Token::Literal(Value::text(text)));
            rest = next;
        } else {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | '+'))).unwrap_or(rest.len());
            let (word, next) = rest.split_at_checked(end).filter(|(word, _)| !word.is_empty())?;
            tokens.push(match word {
                "true" => Token::Literal(Value::Bool(true)),
                "false" => Token::Literal(Value::Bool(false)),
                "null" => Token::Literal(Value::Null),
                _ => scalar::number(word).map_or_else(|| Token::Name(word.into()), Token::Literal),
            });
            rest = next;
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

/// The text up to the closing quote (a doubled one is a quote), and the rest.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('\'')?;
        content.push_str(before);
        match after.strip_prefix('\'') {
            Some(next) => {
                content.push('\'');
                rest = next;
            }
            None => return Some((content, after)),
        }
    }
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl Reader<'_> {
    fn sign(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) if signs.contains(sign) => {
                self.at += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn or(&mut self, depth: usize) -> Option<Term> {
        let mut left = self.and(depth)?;
        while self.sign(&["||"]).is_some() {
            left = left.or(self.and(depth)?);
        }
        Some(left)
    }

    fn and(&mut self, depth: usize) -> Option<Term> {
        let mut left = self.comparison(depth)?;
        while self.sign(&["&&"]).is_some() {
            left = left.and(self.comparison(depth)?);
        }
        Some(left)
    }

    fn comparison(&mut self, depth: usize) -> Option<Term> {
        let mut left = self.unary(depth)?;
        while let Some(operator) = self.sign(&["==", "!=", "<=", ">=", "<", ">"]) {
            left = left.compare(operator, &self.unary(depth)?);
        }
        Some(left)
    }

    fn unary(&mut self, depth: usize) -> Option<Term> {
        if depth > DEPTH {
            return None;
        }
        if self.sign(&["!"]).is_some() {
            return self.unary(depth + 1).map(Term::not);
        }
        if self.sign(&["("]).is_some() {
            let inner = self.or(depth + 1)?;
            self.sign(&[")"])?;
            return Some(inner);
        }
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        match token {
            Token::Literal(value) => Some(Term::Known(vec![value.clone()])),
            Token::Name(name) => self.named(name, depth),
            Token::Sign(_) => None,
        }
    }

    /// A reference (`inputs.x`, `env['x']`) or a call.
    fn named(&mut self, name: &str, depth: usize) -> Option<Term> {
        if self.sign(&["("]).is_some() {
            let mut arguments = Vec::new();
            while self.sign(&[")"]).is_none() {
                arguments.push(self.or(depth + 1)?);
                self.sign(&[","]);
            }
            return Some(call(name, &arguments));
        }
        while self.sign(&["["]).is_some() {
            self.or(depth + 1)?;
            self.sign(&["]"])?;
            if let Some(Token::Name(name)) = self.tokens.get(self.at)
                && name.starts_with('.')
            {
                self.at += 1;
            }
        }
        Some(Term::Open)
    }
}

fn call(name: &str, arguments: &[Term]) -> Term {
    match (name.to_ascii_lowercase().as_str(), arguments) {
        ("fromjson", [Term::Known(values)]) => match values.as_slice() {
            [Value::Text(text)] if !text.starts_with(['[', '{', '"']) => Term::Known(vec![scalar::plain(text)]),
            _ => Term::Open,
        },
        ("contains" | "startswith" | "endswith" | "always" | "success" | "failure" | "cancelled", _) => Term::Condition,
        _ => Term::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Outcome;

    fn value(text: &str) -> Outcome {
        resolve(text).expect("an expression").value
    }

    #[test]
    fn the_literal_behind_a_reference_is_the_value() {
        assert_eq!(value("${{ inputs.x || 'd' }}"), Outcome::text("d"));
        assert_eq!(value("${{ inputs.x || vars.Y || false }}"), Outcome::One(Value::Bool(false)));
        assert_eq!(value("a-${{ github.event.inputs['x'] || 'it''s }}' }}"), Outcome::text("a-it's }}"));
        assert_eq!(value("${{true}}"), Outcome::One(Value::Bool(true)));
        assert_eq!(value("${{ fromJSON('3') }}"), Outcome::One(Value::Int(3)));
        assert_eq!(value("${{ 'a' == 'A' && 'x' || 'y' }}"), Outcome::text("x"));
    }

    #[test]
    fn a_condition_gives_both_values() {
        let both = Outcome::AnyOf(vec![Value::text("x"), Value::text("y")]);
        assert_eq!(value("${{ a && 'x' || 'y' }}"), both);
        assert_eq!(value("${{ (github.ref == 'main' && !b) && 'x' || 'y' }}"), both);
        assert_eq!(value("${{ github.ref == 'main' }}"), Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]));
    }

    #[test]
    fn what_is_not_in_the_file_is_a_reference() {
        for text in ["${{ secrets.X }}", "a${{ env.B }}", "${{ inputs.x || secrets.Y }}", "${{ format('{0}', a) }}", "${{ ? }}", "${{ }}"] {
            assert_eq!(resolve(text), Some(Resolved::reference()), "{text}");
        }
        assert_eq!(resolve("{{ x }} ${ y }"), None);
    }
}
