//! What an expression comes to when nobody sets anything: literals, fallbacks, comparisons, negations, conditions.

use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Mark, Outcome, Value};

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// What it comes to.
    pub value: Outcome,
    /// The kind of expression.
    pub mark: Mark,
    /// The text that decides: the literal where there is one (a fallback's, not the whole call's), else the expression.
    pub span: Span,
    /// The environment variable (or another outside name) whose absence gives this value.
    pub read: Option<Read>,
    /// Where it stands under the name that the expression takes it by: a constant's own literal.
    pub from: Option<Span>,
}

/// A name from outside that an expression reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// `Env` in most cases.
    pub surface: Surface,
    /// The name, as text.
    pub name: Box<str>,
    /// Where the name stands.
    pub span: Span,
    /// Whether the expression says the opposite of the variable (`not`, `!= "true"`, `== "false"`).
    pub flipped: bool,
}

impl Given {
    /// A literal.
    #[must_use]
    pub fn literal(value: Value, span: Span) -> Self {
        Self { value: Outcome::One(value), mark: Mark::Plain, span, read: None, from: None }
    }

    /// The same where it is taken by its name.
    #[must_use]
    pub fn taken(&self, span: Span) -> Self {
        Self { span, from: self.from.or(Some(self.span)), ..self.clone() }
    }

    /// Something that is not in the file.
    #[must_use]
    pub fn unread(span: Span) -> Self {
        Self { value: Outcome::Unread, mark: Mark::Plain, span, read: None, from: None }
    }

    /// A variable without a fallback: not written.
    #[must_use]
    pub fn absent(span: Span) -> Self {
        Self { value: Outcome::One(Value::Null), mark: Mark::Plain, span, read: None, from: None }
    }

    /// One of both, depending on something that is not in the file: `a if c else b`.
    #[must_use]
    pub fn either(self, other: Self, span: Span) -> Self {
        if self.value == other.value {
            return Self { span, ..self };
        }
        let mut all = Vec::new();
        for given in [&self, &other] {
            match &given.value {
                Outcome::One(value) => all.push(value.clone()),
                Outcome::AnyOf(values) => all.extend(values.iter().cloned()),
                Outcome::Unread => return Self::unread(span),
            }
        }
        all.dedup();
        Self { value: Outcome::AnyOf(all), mark: Mark::Plain, span, read: self.read.or(other.read), from: None }
    }

    /// `self or other`, `self || other`: the second where the first is empty, null or false.
    #[must_use]
    pub fn or_else(self, other: Self) -> Self {
        match self.truth() {
            Some(true) => self,
            // also for a name that is not set in this file: its fallback is what is written here
            _ => Self { read: self.read.or(other.read), ..other },
        }
    }

    /// `self ?? other`: the second where the first is null or cannot be known.
    #[must_use]
    pub fn coalesce(self, other: Self) -> Self {
        match &self.value {
            Outcome::One(Value::Null) | Outcome::Unread => Self { read: self.read.or(other.read), ..other },
            _ => self,
        }
    }

    /// `not self`.
    #[must_use]
    pub fn negated(self, span: Span) -> Self {
        let value = match self.truth() {
            Some(truth) => Outcome::One(Value::Bool(!truth)),
            None => Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]),
        };
        let read = self.read.map(|read| Read { flipped: !read.flipped, ..read });
        Self { value, mark: Mark::Plain, span: if read.is_some() { self.span } else { span }, read, from: self.from }
    }

    /// `self == other`, or `self != other` when `equal` is false. A comparison with a word that means "no" turns a variable round.
    #[must_use]
    pub fn compared(self, other: Self, equal: bool, span: Span) -> Self {
        let value = match (&self.value, &other.value) {
            (Outcome::One(a), Outcome::One(b)) => Outcome::One(Value::Bool(same(a, b) == equal)),
            // `env.X === 'true'` asks for a yes, `!== 'false'` for no no: nobody has said either
            (Outcome::Unread, Outcome::One(word)) | (Outcome::One(word), Outcome::Unread) if is_switch_word(word) => {
                Outcome::One(Value::Bool(!equal))
            }
            _ => Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]),
        };
        let (ours, theirs) = if self.read.is_some() { (self, other) } else { (other, self) };
        let denies = matches!(&theirs.value, Outcome::One(value) if means_no(value));
        let read = ours.read.map(|read| Read { flipped: read.flipped ^ (denies == equal), ..read });
        Self { value, mark: Mark::Plain, span: if read.is_some() { ours.span } else { span }, read, from: ours.from }
    }

    /// `self in (a, b)`, or `not in` when `inside` is false.
    #[must_use]
    pub fn member_of(self, others: &Self, inside: bool, span: Span) -> Self {
        let values = match &others.value {
            Outcome::One(Value::List(values)) => Some(values),
            _ => None,
        };
        let value = match (&self.value, values) {
            (Outcome::One(value), Some(values)) => Outcome::One(Value::Bool(values.iter().any(|other| same(value, other)) == inside)),
            _ => Outcome::AnyOf(vec![Value::Bool(true), Value::Bool(false)]),
        };
        let denies = values.is_some_and(|values| values.iter().any(means_no));
        let read = self.read.map(|read| Read { flipped: read.flipped ^ (denies == inside), ..read });
        Self { value, mark: Mark::Plain, span: if read.is_some() { self.span } else { span }, read, from: self.from }
    }

    /// Whether it comes from a variable that says the same as the name it is given to: then the variable alone is the setting. A
    /// switch that a variable of another name turns round (`COOKIE_SECURE = not getenv("NO_HTTPS")`) keeps its own word.
    #[must_use]
    pub fn repeats(&self, name: &str) -> bool {
        let fold = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect::<String>();
        let switch = matches!(self.value, Outcome::One(Value::Bool(_)));
        self.read.as_ref().is_some_and(|read| !switch || !read.flipped || fold(&read.name).ends_with(&fold(name)))
    }

    /// Whether it holds as a condition, where that can be known.
    #[must_use]
    pub fn truth(&self) -> Option<bool> {
        match &self.value {
            Outcome::One(value) => Some(match value {
                Value::Null => false,
                Value::Bool(truth) => *truth,
                Value::Int(n) => *n != 0,
                Value::Float(n) => *n != 0.0,
                Value::Text(text) => !text.is_empty(),
                Value::List(items) => !items.is_empty(),
                Value::Map => true,
            }),
            _ => None,
        }
    }

    /// The text of a literal text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Outcome::One(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The same with its text changed (`.lower()`, `.strip()`).
    #[must_use]
    pub fn map_text(self, change: impl Fn(&str) -> String) -> Self {
        match &self.value {
            Outcome::One(Value::Text(text)) => Self { value: Outcome::text(change(text)), ..self },
            _ => self,
        }
    }
}

/// Whether two values are equal, or would be after a cast that the reader looked through.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Bool(truth), Value::Int(n)) | (Value::Int(n), Value::Bool(truth)) => *n == i64::from(*truth),
        (Value::Null, other) | (other, Value::Null) => *other == Value::Null,
        _ => a == b || a.display() == b.display(),
    }
}

/// Whether a text is one that people write to switch something on or off.
fn is_switch_word(value: &Value) -> bool {
    let Value::Text(text) = value else { return false };
    matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "1" | "0" | "yes" | "no" | "on" | "off" | "enabled" | "disabled")
}

fn means_no(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => !truth,
        Value::Int(n) => *n == 0,
        Value::Text(text) => matches!(text.to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off" | "n" | "f" | "disabled" | "none"),
        _ => false,
    }
}
