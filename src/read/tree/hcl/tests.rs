//! HCL, sentence by sentence.

use super::*;

fn written<'t>(tree: &Tree, text: &'t str, path: &[&str]) -> &'t str {
    tree.node(tree.at(tree.documents[0], path).expect("the path exists")).span.of(text)
}

#[test]
fn spans_are_bytes_under_emoji_mark_and_crlf() {
    let text = "\u{feff}# 🎈\r\na = \"x\\n🎈\"\r\nb \"l\" {\r\n  c = 0.5 // é\r\n  d = [1, \"two\"]\r\n}\r\n";
    let (tree, _) = parse(text);
    assert!(tree.problems.is_empty(), "{:?}", tree.problems);
    assert_eq!(written(&tree, text, &["a"]), "\"x\\n🎈\"");
    assert_eq!(tree.text(tree.documents[0], "a"), Some("x\n🎈"));
    assert_eq!(written(&tree, text, &["b", "l", "c"]), "0.5");
    assert_eq!(written(&tree, text, &["b", "l", "d"]), "[1, \"two\"]");
    assert_eq!(tree.entry(tree.get(tree.documents[0], "b").unwrap(), "l").unwrap().key_span.of(text), "l");
}

#[test]
fn a_mark_belongs_to_no_value_of_the_file() {
    let text = "\u{feff} ";
    let (tree, _) = parse(text);
    assert_eq!(tree.node(tree.documents[0]).span, Span::new(3, 4));
}

#[test]
fn heredocs_are_texts() {
    let text = "a = <<-EOF\n    one\n      two\n    EOF\nb = <<EOF\nx ${c}\nEOF\n";
    let (tree, _) = parse(text);
    assert_eq!(tree.text(tree.documents[0], "a"), Some("one\n  two\n"));
    assert!(tree.scalar(tree.get(tree.documents[0], "b").unwrap()).unwrap().templated);
}

#[test]
fn of_merged_maps_the_later_ones_values_count() {
    let text =
        "locals { common = { A = \"1\", B = \"1\" } }\nenv = merge(local.common, { B = \"2\" }, var.more)\nnone = merge(var.a, var.b)\n";
    let (tree, _) = parse(text);
    assert_eq!(tree.problems, []);
    let env = tree.get(tree.documents[0], "env").unwrap();
    assert_eq!((tree.text(env, "A"), tree.text(env, "B")), (Some("1"), Some("2")));
    assert!(tree.scalar(tree.get(tree.documents[0], "none").unwrap()).unwrap().templated);
}

#[test]
fn maps_that_are_merged_again_and_again_end() {
    let keys = (0..1000).map(|key| format!("k{key} = {key}")).collect::<Vec<_>>().join(", ");
    let merges = (0..5000).map(|name| format!("m{name} = merge(local.big)")).collect::<Vec<_>>().join("\n");
    let (tree, _) = parse(&format!("locals {{ big = {{ {keys} }} }}\n{merges}\n"));
    assert!(tree.problems.iter().any(|problem| problem.fatal), "{:?}", tree.problems);
}

#[test]
fn what_is_broken_or_too_deep_is_a_problem() {
    let nested = format!("a = {}", "[".repeat(10_000));
    let blocks = "a {\n".repeat(10_000);
    for text in ["a = ", "a {", "a = \"", "= 1", &nested, &blocks] {
        assert!(parse(text).0.problems[0].fatal, "{}", text.len());
    }
}

#[test]
fn locals_that_double_each_other_end() {
    let lines: Vec<String> = (1..60).map(|n| format!("  a{n} = [local.a{0}, local.a{0}]", n - 1)).collect();
    let text = format!("locals {{\n  a0 = [\"x\", \"y\"]\n{}\n}}\n", lines.join("\n"));
    let reading = (crate::read::by_path("a.tf").unwrap().read)("a.tf", &text);
    assert!(reading.settings.len() < 250_000);
}

proptest::proptest! {
    #[test]
    fn any_text_gives_valid_spans(text in "(\u{feff})?([a-c0-9é🎈=,.+\\-\\[\\]{}\"# \\r\\n]|\na = |\na \"b\" \\{\n|\\}\n|<<EOF\n|EOF\n|\\$\\{|var\\.a|local\\.a|true){0,40}") {
        let (tree, _) = parse(&text);
        for node in &tree.nodes {
            proptest::prop_assert!(text.get(node.span.range()).is_some());
            if let Data::Scalar(scalar) = &node.data {
                proptest::prop_assert!(text.get(scalar.inner.range()).is_some());
            }
        }
        proptest::prop_assert!(tree.problems.iter().all(|problem| problem.span.is_none_or(|span| text.get(span.range()).is_some())));
    }
}
