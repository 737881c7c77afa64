//! TOML to a tree of one document.

use std::num::IntErrorKind;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::yaml::{DEPTH, NODES, without_mark};
use super::{Data, Entry, NodeId, Scalar, Tree};
use crate::reading::Problem;
use crate::span::Span;
use crate::value::Value;

/// Parses a file.
#[must_use]
pub fn parse(text: &str) -> Tree {
    let (source, base) = without_mark(text);
    let mut builder = Builder { source, base, tree: Tree::default() };
    match DeTable::parse(source) {
        Ok(root) => match builder.table(root.get_ref(), Some(Span::new(0, source.len())), 1) {
            Ok(root) => builder.tree.documents.push(root),
            Err(problem) => builder.tree.problems.push(problem),
        },
        Err(error) => {
            let span = error.span().map(|range| builder.shifted(Span::new(range.start.min(source.len()), range.end.min(source.len()))));
            builder.tree.problems.push(Problem { span, message: error.message().to_owned(), fatal: true });
        }
    }
    builder.tree
}

struct Builder<'a> {
    source: &'a str,
    base: usize,
    tree: Tree,
}

impl Builder<'_> {
    /// A table reaches from its header, or its first key, to its last value: `whole` where its own span is known to say so.
    fn table(&mut self, table: &DeTable<'_>, whole: Option<Span>, depth: usize) -> Result<NodeId, Problem> {
        let mut pairs: Vec<_> = table.iter().collect();
        pairs.sort_by_key(|(key, _)| key.span().start);
        let mut entries = Vec::with_capacity(pairs.len());
        let mut span = whole.map(|span| self.shifted(span));
        for (key, value) in pairs {
            let key_span = self.shifted(Span::new(key.span().start, key.span().end));
            let value = self.node(value, depth + 1)?;
            let reach = key_span.join(self.tree.node(value).span);
            span = Some(span.map_or(reach, |span| span.join(reach)));
            entries.push(Entry { key: key.get_ref().as_ref().into(), key_span, value, overridden: Vec::new() });
        }
        self.push(span.unwrap_or_default(), Data::Map(entries))
    }

    /// Recursive, but never deeper than [`DEPTH`].
    fn node(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> Result<NodeId, Problem> {
        let span = Span::new(value.span().start, value.span().end);
        if depth > DEPTH {
            let message = format!("nested deeper than {DEPTH} levels");
            return Err(Problem { span: Some(self.shifted(span)), message, fatal: true });
        }
        let written = span.of(self.source);
        let data = match value.get_ref() {
            DeValue::Table(table) => return self.table(table, Some(span), depth),
            DeValue::Array(array) => {
                let items = array.iter().map(|item| self.node(item, depth + 1)).collect::<Result<Vec<_>, _>>()?;
                // an array of tables has only its first header as its span
                let reach = items.iter().map(|item| self.tree.node(*item).span).fold(self.shifted(span), Span::join);
                return self.push(reach, Data::List(items));
            }
            DeValue::String(text) => self.leaf(Value::text(text.as_ref()), text, inside(written, span)),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => self.leaf(Value::Int(number), written, span),
                // a number that is too large is still one; `0x` or a digit of another script is none
                Err(error) if matches!(error.kind(), IntErrorKind::PosOverflow | IntErrorKind::NegOverflow) => {
                    self.leaf(Value::text(written), written, span)
                }
                Err(_) => return Err(Problem { span: Some(self.shifted(span)), message: "not a number".into(), fatal: true }),
            },
            DeValue::Float(number) => {
                let value = number.as_str().parse::<f64>().ok().filter(|number| !number.is_nan());
                self.leaf(value.map_or_else(|| Value::text(written), Value::Float), written, span)
            }
            DeValue::Boolean(truth) => self.leaf(Value::Bool(*truth), written, span),
            DeValue::Datetime(_) => self.leaf(Value::text(written), written, span),
        };
        self.push(self.shifted(span), data)
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

    fn push(&mut self, span: Span, data: Data) -> Result<NodeId, Problem> {
        if self.tree.nodes.len() >= NODES {
            return Err(Problem { span: Some(span), message: format!("more than {NODES} values"), fatal: true });
        }
        Ok(self.tree.push(span, data))
    }

    fn shifted(&self, span: Span) -> Span {
        Span::new(span.range().start + self.base, span.range().end + self.base)
    }
}

/// What stands inside a string's quotes; a line break right behind three of them is not part of the text.
fn inside(written: &str, span: Span) -> Span {
    let long = ["\"\"\"", "'''"].iter().any(|quotes| written.len() >= 6 && written.starts_with(quotes));
    let quotes = if long { 3 } else { 1 };
    let content = written.get(quotes..written.len().saturating_sub(quotes)).unwrap_or("");
    let skipped = if !long {
        0
    } else if content.starts_with("\r\n") {
        2
    } else {
        usize::from(content.starts_with('\n'))
    };
    let start = span.range().start + quotes + skipped;
    Span::new(start, start + content.len() - skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<'t>(tree: &Tree, text: &'t str, path: &[&str]) -> &'t str {
        tree.node(tree.at(tree.documents[0], path).expect("the path exists")).span.of(text)
    }

    #[test]
    fn spans_are_bytes_under_emoji_mark_and_crlf() {
        let text = "\u{feff}# 🎈\r\na = \"x\\n🎈\"\r\n[b]\r\nc.d = 0x1F # é\r\nl = [1, \"two\"]\r\n\r\n[[e]]\r\nf = '''\r\nlong'''\r\n[[e]]\r\ng = 1979-05-27\r\n";
        let tree = parse(text);
        assert!(tree.problems.is_empty(), "{:?}", tree.problems);
        assert_eq!(written(&tree, text, &["a"]), "\"x\\n🎈\"");
        assert_eq!(tree.text(tree.documents[0], "a"), Some("x\n🎈"));
        assert_eq!(tree.scalar(tree.at(tree.documents[0], &["b", "c", "d"]).unwrap()).unwrap().value, Value::Int(31));
        assert_eq!(written(&tree, text, &["b"]), "[b]\r\nc.d = 0x1F # é\r\nl = [1, \"two\"]");
        assert_eq!(written(&tree, text, &["b", "l"]), "[1, \"two\"]");
        let items = tree.items(tree.get(tree.documents[0], "e").unwrap()).to_vec();
        assert_eq!(tree.text(items[0], "f"), Some("long"));
        assert_eq!(tree.scalar(tree.get(items[0], "f").unwrap()).unwrap().inner.of(text), "long");
        assert_eq!(tree.node(items[1]).span.of(text), "[[e]]\r\ng = 1979-05-27");
        let keys: Vec<&str> = tree.entries(tree.documents[0]).iter().map(|entry| &*entry.key).collect();
        assert_eq!(keys, ["a", "b", "e"]);
    }

    #[test]
    fn what_is_broken_or_too_deep_is_a_problem() {
        let nested = format!("a = {}", "[".repeat(10_000));
        let dotted = format!("{}x = 1", "a.".repeat(20_000));
        let header = format!("[{}x]\n{}y = {}1{}", "a.".repeat(70), "b.".repeat(70), "[".repeat(70), "]".repeat(70));
        for text in ["a = ", "a = 1\na = 2", "[a", "a = \"", "a = 0x", "a = 0b", &nested, &dotted, &header] {
            assert!(parse(text).problems[0].fatal, "{}", text.len());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_valid_spans(text in "(\u{feff})?([a-c0-9é🎈=,.+\\-\\[\\]{}\"'# \\r\\n]|\na = |\n\\[a\\]\n|\"\"\"|true|0x1|1e400|inf){0,40}") {
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
