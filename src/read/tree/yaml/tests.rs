//! YAML in all its forms, as a tree with exact spans.

use super::*;
use crate::read::clock::now;
use crate::read::tree::{Data, Scalar};
use crate::value::{Outcome, Value};

fn root(tree: &Tree) -> NodeId {
    assert!(tree.problems.iter().all(|problem| !problem.fatal), "{:?}", tree.problems);
    tree.documents[0]
}

fn scalar_at<'t>(tree: &'t Tree, path: &[&str]) -> &'t Scalar {
    tree.scalar(tree.at(root(tree), path).expect("the path exists")).expect("a scalar")
}

fn written<'t>(tree: &Tree, text: &'t str, path: &[&str]) -> &'t str {
    tree.node(tree.at(root(tree), path).expect("the path exists")).span.of(text)
}

#[test]
fn spans_are_bytes_under_emoji_mark_and_crlf() {
    let text = "\u{feff}# 🎈 ünï\r\na: \"x\\n🎈\"\r\nb:\r\n  c: 'it''s'\r\n  d: yes\r\n";
    let tree = parse(text);
    assert_eq!(written(&tree, text, &["a"]), "\"x\\n🎈\"");
    assert_eq!(&*scalar_at(&tree, &["a"]).text, "x\n🎈");
    assert!(!scalar_at(&tree, &["a"]).verbatim);
    assert_eq!(scalar_at(&tree, &["b", "c"]).inner.of(text), "it''s");
    assert_eq!(written(&tree, text, &["b", "d"]), "yes");
    assert_eq!(scalar_at(&tree, &["b", "d"]).yaml11, Some(true));
    assert_eq!(scalar_at(&tree, &["b", "d"]).value, Value::text("yes"));
    assert_eq!(written(&tree, text, &["b"]), "c: 'it''s'\r\n  d: yes");
    assert_eq!(tree.entry(root(&tree), "a").unwrap().key_span.of(text), "a");
}

#[test]
fn a_value_that_is_not_written_is_null_behind_its_colon() {
    let text = "a:\nb: ~\nc: {d, e: }\nf: [x, ]\n";
    let tree = parse(text);
    assert_eq!(tree.node(tree.at(root(&tree), &["a"]).unwrap()).span, Span::new(2, 2));
    assert_eq!(written(&tree, text, &["b"]), "~");
    assert_eq!(scalar_at(&tree, &["b"]).value, Value::Null);
    assert_eq!(written(&tree, text, &["c"]), "{d, e: }");
    assert_eq!(scalar_at(&tree, &["c", "d"]).value, Value::Null);
    assert_eq!(written(&tree, text, &["f"]), "[x, ]");
}

#[test]
fn a_block_scalar_has_its_header_and_its_content() {
    let text = "a: |- # note\n\n  one\n  two\n\nb: >\n  x\nc: |\n\nd: 1\n";
    let tree = parse(text);
    let scalar = scalar_at(&tree, &["a"]);
    assert!(scalar.block && !scalar.verbatim);
    assert_eq!(scalar.inner.of(text).trim_start(), "one\n  two");
    assert!(written(&tree, text, &["a"]).starts_with("|- # note"));
    assert_eq!(written(&tree, text, &["b"]), ">\n  x");
    assert_eq!(&*scalar_at(&tree, &["c"]).text, "");
    assert_eq!(scalar_at(&tree, &["d"]).value, Value::Int(1));
}

#[test]
fn own_keys_win_over_merged_ones_and_earlier_maps_over_later_ones() {
    let text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 9\n";
    let tree = parse(text);
    assert_eq!(scalar_at(&tree, &["c", "x"]).value, Value::Int(9));
    assert_eq!(scalar_at(&tree, &["c", "y"]).value, Value::Int(1));
    assert_eq!(scalar_at(&tree, &["c", "z"]).value, Value::Int(2));
    let c = tree.get(root(&tree), "c").unwrap();
    let x = tree.entry(c, "x").unwrap();
    assert_eq!(x.overridden.len(), 1);
    assert!(!x.overridden[0].contested && x.overridden[0].value == Outcome::One(Value::Int(1)));
    assert_eq!(x.overridden[0].span.of(text), "1");
    assert!(tree.get(c, "<<").is_none());
    assert!(tree.problems.is_empty());
}

#[test]
fn the_last_duplicate_wins_and_the_earlier_one_stays_attached() {
    let text = "a: 1\nb: 0\n\"a\": 2\n";
    let tree = parse(text);
    let entry = tree.entry(root(&tree), "a").unwrap();
    assert_eq!(tree.node(entry.value).span.of(text), "2");
    assert!(entry.overridden[0].contested);
    assert_eq!(tree.problems.len(), 1);
    assert_eq!(tree.problems[0].span.unwrap().of(text), "\"a\"");
}

#[test]
fn aliases_are_edges_and_an_unknown_one_is_not_known() {
    let text = "a: &x {k: v}\nb: *x\nc: *nope\nd: &d [1, *d]\n";
    let tree = parse(text);
    assert_eq!(tree.get(root(&tree), "a"), tree.get(root(&tree), "b"));
    assert!(scalar_at(&tree, &["c"]).templated);
    let d = tree.items(tree.get(root(&tree), "d").unwrap());
    assert_eq!(tree.scalar(d[1]).unwrap().value, Value::Null);
    assert_eq!(tree.problems.len(), 2);
}

#[test]
fn tags_decide_the_type_and_custom_ones_hide_it() {
    let text = "a: !!str 5\nb: !Ref Name\nc: !reference [x, y]\nd: !!int \"7\"\ne: !Sub {k: v}\nf: !vault |\n  abc\ng: ! 5\n";
    let tree = parse(text);
    assert_eq!(scalar_at(&tree, &["a"]).value, Value::text("5"));
    assert!(scalar_at(&tree, &["b"]).templated);
    assert_eq!(written(&tree, text, &["b"]), "!Ref Name");
    assert_eq!(&*scalar_at(&tree, &["b"]).text, "Name");
    assert_eq!(written(&tree, text, &["c"]), "!reference [x, y]");
    assert!(scalar_at(&tree, &["c"]).templated && scalar_at(&tree, &["f"]).templated);
    assert_eq!(scalar_at(&tree, &["d"]).value, Value::Int(7));
    assert_eq!(&*scalar_at(&tree, &["e", "k"]).text, "v");
    assert_eq!(scalar_at(&tree, &["g"]).value, Value::text("5"));
}

#[test]
fn a_broken_document_does_not_hide_the_next_one() {
    let text = "a: [1\n---\nb: 1\n---\nc: 2\n";
    let tree = parse(text);
    assert_eq!(tree.documents.len(), 2);
    assert_eq!(tree.problems.len(), 1);
    assert!(tree.problems[0].fatal && tree.problems[0].span.unwrap().of(text) == "[");
}

#[test]
fn keys_that_are_no_scalars_are_their_source() {
    let text = "? [a, b]\n: 1\n? {c: d}\n: 2\n5: 3\n";
    let tree = parse(text);
    let keys: Vec<&str> = tree.entries(root(&tree)).iter().map(|entry| &*entry.key).collect();
    assert_eq!(keys, ["[a, b]", "{c: d}", "5"]);
}

#[test]
fn a_helm_template_is_read_around_its_actions() {
    let text = "\u{feff}{{- if .Values.enabled }}\napiVersion: v1\nmetadata:\n  name: {{ include \"x.name\" . }}-config\n  labels:\n    {{- include \"x.labels\" . | nindent 4 }}\ndata:\n  TELEMETRY: {{ .Values.telemetry | default \"false\" | quote }}\n  QUOTED: \"{{ .Values.q }}\"\n  PLAIN: \"1\"\n{{- end }}\n";
    let tree = parse(text);
    assert!(tree.templated);
    let telemetry = scalar_at(&tree, &["data", "TELEMETRY"]);
    assert!(telemetry.templated);
    assert_eq!(&*telemetry.text, "{{ .Values.telemetry | default \"false\" | quote }}");
    assert_eq!(telemetry.inner.of(text), &*telemetry.text);
    assert_eq!(&*scalar_at(&tree, &["data", "QUOTED"]).text, "{{ .Values.q }}");
    assert!(scalar_at(&tree, &["metadata", "labels"]).templated);
    assert_eq!(&*scalar_at(&tree, &["metadata", "name"]).text, "{{ include \"x.name\" . }}-config");
    assert!(!scalar_at(&tree, &["data", "PLAIN"]).templated);
    assert_eq!(tree.entry(tree.get(root(&tree), "data").unwrap(), "PLAIN").unwrap().key_span.of(text), "PLAIN");
}

const DEPLOYMENT: &str = r#"{{- $name := include "x.name" . }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      labels: {{- include "x.labels" . | nindent 8 }}
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          args: ["--flag={{ .Values.flag }}", {{ .Values.b | quote }}]
          env:
            {{- range $key, $value := .Values.env }}
            - name: {{ $key }}
              value: {{ $value | quote }}
            {{- end }}
            - name: DO_NOT_TRACK
              value: "1"
            {{- toYaml .Values.extra | nindent 12 }}
          {{ if .Values.probe }}livenessProbe: {}{{ end }}
---
data:
  {{ $a }}: 1
  {{ $b }}: 2
  app.conf: |
    {{- if .Values.telemetry.enabled.and.something.long }}
    telemetry on
    {{- else }}
    telemetry off
    {{- end }}
  only.conf: |
{{ toYaml .Values.config | indent 4 }}
  after: yes
{{- if .Values.more }}
  {{- /* a comment
         of two lines */}}
  last: {{ .Values.last | default "x" }} # note
{{- end }}
"#;

#[test]
fn a_whole_deployment_template_is_read() {
    for text in [DEPLOYMENT.to_owned(), DEPLOYMENT.replace('\n', "\r\n")] {
        let tree = parse(&text);
        assert_eq!(tree.problems, []);
        let at = |document: usize, path: &[&str]| tree.at(tree.documents[document], path).unwrap_or_else(|| panic!("{path:?}"));
        let source = |document, path: &[&str]| tree.scalar(at(document, path)).unwrap().text.to_string();
        assert_eq!(source(0, &["spec", "replicas"]), "{{ .Values.replicaCount }}");
        assert!(tree.scalar(at(0, &["spec", "template", "metadata", "annotations"])).unwrap().templated);
        assert_eq!(source(0, &["spec", "template", "metadata", "labels"]), "{{- include \"x.labels\" . | nindent 8 }}");
        let container = tree.items(at(0, &["spec", "template", "spec", "containers"]))[0];
        assert_eq!(
            tree.text(container, "image").unwrap(),
            "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
        );
        let env = tree.items(tree.get(container, "env").unwrap());
        assert_eq!(env.len(), 2);
        assert_eq!((tree.text(env[1], "name"), tree.text(env[1], "value")), (Some("DO_NOT_TRACK"), Some("1")));
        assert!(tree.is_map(tree.get(container, "livenessProbe").unwrap()));
        assert_eq!(source(1, &["data", "{{ $a }}"]), "1");
        assert_eq!(source(1, &["data", "{{ $b }}"]), "2");
        let block = tree.scalar(at(1, &["data", "app.conf"])).unwrap();
        assert!(block.block && block.templated && block.text.contains("telemetry on") && block.text.ends_with("telemetry off"));
        assert!(tree.scalar(at(1, &["data", "only.conf"])).unwrap().templated);
        assert_eq!(source(1, &["data", "after"]), "yes");
        assert_eq!(source(1, &["data", "last"]), "{{ .Values.last | default \"x\" }}");
    }
}

#[test]
fn a_template_action_as_a_value_is_no_flow_mapping() {
    let text = "a: {{ .Values.x }}\nb: 2\n";
    let tree = parse(text);
    assert_eq!(&*scalar_at(&tree, &["a"]).text, "{{ .Values.x }}");
    assert!(scalar_at(&tree, &["a"]).templated && tree.templated);
}

#[test]
fn below_templates_a_file_is_a_template_even_when_it_is_yaml() {
    let text = "{{- if .a }}: x\nb: {{ .b }}\n";
    assert!(parse_at("chart/templates/a.yaml", text).templated);
    assert!(!parse_at("templates.yaml", "b: 1\n").templated && !parse_at("templates/a.yaml", "b: 1\n").templated);
}

#[test]
fn both_branches_of_a_template_stay_in_sight() {
    let text = "{% if debug %}\nlevel: debug\n{% else %}\nlevel: info\n{% endif %}\n";
    let tree = parse(text);
    let entry = tree.entry(root(&tree), "level").unwrap();
    assert_eq!(tree.node(entry.value).span.of(text), "info");
    assert_eq!(entry.overridden[0].value, Outcome::text("debug"));
    assert!(tree.problems.is_empty());
}

#[test]
fn quoted_actions_need_no_mask_and_github_expressions_are_text() {
    let text = "a: \"{{ x }}\"\nb: ${{ inputs.x }}\nc: |\n  {{ y }}\nd: '{% if x %}1{% endif %}'\n";
    let tree = parse(text);
    assert!(scalar_at(&tree, &["d"]).templated);
    assert!(scalar_at(&tree, &["a"]).templated && scalar_at(&tree, &["c"]).templated);
    assert!(!scalar_at(&tree, &["b"]).templated);
    assert_eq!(&*scalar_at(&tree, &["b"]).text, "${{ inputs.x }}");
}

#[test]
fn hostile_nesting_and_aliases_end_quickly() {
    let start = now();
    for opening in ["[", "- ", "{a: "] {
        let tree = parse(&opening.repeat(10_000));
        assert!(tree.problems[0].fatal, "{opening}");
    }
    let mut bomb = "a0: &a0 {k: v}\n".to_owned();
    let mut merges = "m0: &m0 {k0: 1, l0: 2}\n".to_owned();
    for n in 1..120 {
        use std::fmt::Write;
        let p = n - 1;
        writeln!(bomb, "a{n}: &a{n} [*a{p},*a{p},*a{p},*a{p},*a{p},*a{p},*a{p},*a{p},*a{p}]").unwrap();
        writeln!(merges, "m{n}: &m{n} {{<<: [*m{p}, *m{p}], k{n}: 1}}").unwrap();
    }
    assert!(parse(&bomb).problems.is_empty());
    assert!(parse(&merges).problems.iter().all(|problem| problem.fatal));
    let wide: String = (0..1000).fold(
        "b: &b
"
        .to_owned(),
        |text, n| {
            text + &format!(
                "  k{n}: 1
"
            )
        },
    );
    let copies: String = (0..300).fold(wide, |text, n| {
        text + &format!(
            "c{n}: {{<<: *b}}
"
        )
    });
    assert!(parse(&copies).problems[0].message.contains("merge keys"));
    let deep: String = (1..200).fold("a0: &a0 [1]\n".to_owned(), |text, n| text + &format!("a{n}: &a{n} [*a{}]\n", n - 1));
    assert!(parse(&deep).problems[0].message.contains("aliases"));
    for hostile in ["{{/*", "{%", "{{", "${{", "{# {%", "{{ \"", "{{ x }}", "{{ x }}\n", "a: {{ x }}{{end}}\n", "- |\n  {{ y }}\n"] {
        let _ = parse(&hostile.repeat(100_000));
    }
    assert!(now().saturating_sub(start).as_secs() < 20);
}

#[test]
fn too_many_values_are_a_problem() {
    let tree = parse(&"- 1\n".repeat(NODES + 10));
    assert!(tree.problems[0].fatal && tree.problems[0].message.contains("more than"));
}

fn every_span_is_a_slice(tree: &Tree, text: &str) {
    for node in &tree.nodes {
        assert!(text.get(node.span.range()).is_some(), "{:?} of {text:?}", node.span);
        if let Data::Scalar(scalar) = &node.data {
            assert!(text.get(scalar.inner.range()).is_some());
            assert!(!scalar.verbatim || scalar.inner.of(text) == &*scalar.text);
        }
        if let Data::Map(entries) = &node.data {
            assert!(entries.iter().all(|entry| text.get(entry.key_span.range()).is_some()));
        }
    }
    assert!(tree.problems.iter().all(|problem| problem.span.is_none_or(|span| text.get(span.range()).is_some())));
}

proptest::proptest! {
    #[test]
    fn any_text_gives_valid_spans(text in "(\u{feff})?([a-z&*!|>?:#é🎈 \\-\\[\\]{}\"'%,\\n\\r\\t<$]|\\{\\{ x \\}\\}|\n  - |: |<<: ){0,60}") {
        every_span_is_a_slice(&parse(&text), &text);
        every_span_is_a_slice(&parse_template(&text), &text);
    }
}
