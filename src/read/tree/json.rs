//! JSON, and JSON with comments, to a tree of one document.

use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};

use super::entries::Entries;
use super::yaml::{DEPTH, NODES, scalar, without_mark};
use super::{Data, NodeId, Scalar, Tree};
use crate::reading::Problem;
use crate::span::Span;
use crate::value::Value;

/// Parses a file. A text of nothing but blanks and comments has no document.
#[must_use]
pub fn parse(text: &str) -> Tree {
    let (source, base) = without_mark(text);
    let mut tree = Tree::default();
    if let Some(at) = too_deep(source) {
        let span = Span::new(base + at, base + at + 1);
        tree.problems.push(Problem { span: Some(span), message: format!("nested deeper than {DEPTH} levels"), fatal: true });
        return tree;
    }
    match jsonc_parser::parse_to_ast(source, &CollectOptions::default(), &ParseOptions::default()) {
        Ok(parsed) => {
            let mut builder = Builder { source, base, tree };
            if let Some(root) = parsed.value {
                match builder.node(&root) {
                    Some(root) => builder.tree.documents.push(root),
                    None => builder.tree.problems.push(Problem { span: None, message: format!("more than {NODES} values"), fatal: true }),
                }
            }
            builder.tree
        }
        Err(error) => {
            let range = error.range();
            let span = Span::new(base + range.start.min(source.len()), base + range.end.min(source.len()));
            tree.problems.push(Problem { span: Some(span), message: error.kind().to_string(), fatal: true });
            tree
        }
    }
}

/// Where brackets nest too deep, text in quotes and comments aside.
fn too_deep(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().peekable();
    let mut depth = 0_usize;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > DEPTH {
                    return Some(at);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' | b'\'' => {
                while let Some((_, inner)) = bytes.next() {
                    match inner {
                        b'\\' => {
                            bytes.next();
                        }
                        b'\n' => break,
                        _ if inner == byte => break,
                        _ => {}
                    }
                }
            }
            b'/' if bytes.peek().is_some_and(|(_, next)| *next == b'/') => while bytes.next_if(|(_, byte)| *byte != b'\n').is_some() {},
            b'/' if bytes.next_if(|(_, next)| *next == b'*').is_some() => {
                let mut star = false;
                for (_, byte) in bytes.by_ref() {
                    if star && byte == b'/' {
                        break;
                    }
                    star = byte == b'*';
                }
            }
            _ => {}
        }
    }
    None
}

struct Builder<'a> {
    source: &'a str,
    base: usize,
    tree: Tree,
}

impl Builder<'_> {
    /// Recursive, but never deeper than [`DEPTH`]: the text was measured before. Nothing when there are too many nodes.
    fn node(&mut self, ast: &Ast<'_>) -> Option<NodeId> {
        if self.tree.nodes.len() >= NODES {
            return None;
        }
        let range = ast.range();
        let span = Span::new(range.start, range.end);
        let data = match ast {
            Ast::Object(object) => {
                let mut entries = Entries::default();
                for property in &object.properties {
                    let (key, range) = match &property.name {
                        ObjectPropName::String(name) => (&*name.value, name.range),
                        ObjectPropName::Word(name) => (name.value, name.range),
                    };
                    let value = self.node(&property.value)?;
                    let span = self.shifted(Span::new(range.start, range.end));
                    if entries.write(&self.tree, key, span, value) {
                        let message = format!("duplicate key `{key}`: the last one counts");
                        self.tree.problems.push(Problem { span: Some(span), message, fatal: false });
                    }
                }
                Data::Map(entries.finish())
            }
            Ast::Array(array) => Data::List(array.elements.iter().map(|element| self.node(element)).collect::<Option<_>>()?),
            Ast::StringLit(literal) => {
                let inner =
                    Span { start: (span.start + 1).min(span.end), end: span.end.saturating_sub(1).max(span.start + 1).min(span.end) };
                self.leaf(Value::text(&*literal.value), &literal.value, inner)
            }
            Ast::NumberLit(number) => self.leaf(numeric(number.value), number.value, span),
            Ast::BooleanLit(literal) => self.leaf(Value::Bool(literal.value), if literal.value { "true" } else { "false" }, span),
            Ast::NullKeyword(_) => self.leaf(Value::Null, "null", span),
        };
        let span = self.shifted(span);
        Some(self.tree.push(span, data))
    }

    fn leaf(&self, value: Value, text: &str, inner: Span) -> Data {
        let verbatim = inner.of(self.source) == text;
        Data::Scalar(Scalar {
            value,
            yaml11: None,
            text: text.into(),
            inner: self.shifted(inner),
            verbatim,
            block: false,
            templated: false,
        })
    }

    fn shifted(&self, span: Span) -> Span {
        Span::new(span.range().start + self.base, span.range().end + self.base)
    }
}

fn numeric(text: &str) -> Value {
    let hexadecimal = text.replace("0X", "0x");
    scalar::number(&hexadecimal).unwrap_or_else(|| Value::text(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Outcome;

    fn written<'t>(tree: &Tree, text: &'t str, path: &[&str]) -> &'t str {
        tree.node(tree.at(tree.documents[0], path).expect("the path exists")).span.of(text)
    }

    #[test]
    fn spans_are_bytes_under_emoji_mark_and_comments() {
        let text = "\u{feff}{\r\n // 🎈 [\r\n \"a\": \"x\\n🎈\", /* { */ \"b\": {\"c\": [1, 2.5, null, true]},\r\n}\r\n";
        let tree = parse(text);
        assert!(tree.problems.is_empty(), "{:?}", tree.problems);
        assert_eq!(written(&tree, text, &["a"]), "\"x\\n🎈\"");
        assert_eq!(tree.text(tree.documents[0], "a"), Some("x\n🎈"));
        assert_eq!(written(&tree, text, &["b", "c"]), "[1, 2.5, null, true]");
        let items = tree.items(tree.at(tree.documents[0], &["b", "c"]).unwrap());
        let values: Vec<Value> = items.iter().map(|item| tree.scalar(*item).unwrap().value.clone()).collect();
        assert_eq!(values, [Value::Int(1), Value::Float(2.5), Value::Null, Value::Bool(true)]);
        assert_eq!(tree.entry(tree.documents[0], "b").unwrap().key_span.of(text), "\"b\"");
    }

    #[test]
    fn the_last_duplicate_wins() {
        let text = "{\"a\": 1, \"a\": 2}";
        let tree = parse(text);
        let entry = tree.entry(tree.documents[0], "a").unwrap();
        assert_eq!(tree.scalar(entry.value).unwrap().value, Value::Int(2));
        assert_eq!(entry.overridden[0].value, Outcome::One(Value::Int(1)));
        assert!(entry.overridden[0].contested && !tree.problems[0].fatal);
    }

    #[test]
    fn what_is_broken_or_too_deep_or_too_much_is_a_problem() {
        for text in ["{\"a\": }", "{", "[1", "\"x", &"[".repeat(100_000), &"{\"a\":".repeat(10_000)] {
            assert!(parse(text).problems[0].fatal, "{}", text.len());
        }
        assert!(parse(&format!("[{}1]", "1,".repeat(NODES))).problems[0].fatal);
        assert!(parse(" // nothing\n").documents.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_valid_spans(text in "(\u{feff})?([a-z0-9é🎈:,.+\\-\\[\\]{}\"'\\\\/* \\r\\n]|\"a\":|true|null|-?0x1){0,50}") {
            let tree = parse(&text);
            for node in &tree.nodes {
                proptest::prop_assert!(text.get(node.span.range()).is_some());
                if let Data::Scalar(scalar) = &node.data {
                    proptest::prop_assert!(text.get(scalar.inner.range()).is_some());
                }
            }
            proptest::prop_assert!(tree.problems.iter().all(|problem| problem.span.is_none_or(|span| text.get(span.range()).is_some())));
        }
    }
}
