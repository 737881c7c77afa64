//! XML, sentence by sentence.

use super::*;
use crate::reading::Reading;

fn read(path: &str, text: &str) -> Reading {
    let reading = (crate::read::by_path(path).unwrap().read)(path, text);
    for setting in &reading.settings {
        assert_eq!(setting.value_span.of(text), &*setting.raw, "{setting:?}");
    }
    reading
}

/// `path = value <source>` of each key that is no mapping and no list of mappings.
fn said(path: &str, text: &str) -> Vec<String> {
    let reading = read(path, text);
    let plain = reading.settings.iter().filter(|setting| setting.key.is_some() && !setting.is_map() && setting.item_spans.is_empty());
    plain
        .map(|setting| {
            let key = setting.key.as_deref().unwrap_or_default();
            format!("{}.{key} = {} <{}>", reading.path_to(setting.scope), crate::read::lens::sample::value(setting), setting.raw)
        })
        .collect()
}

#[test]
fn named_elements_are_items_and_others_are_mappings() {
    let text = "<?xml version=\"1.0\"?>\n<!-- é -->\n<configuration scan=\"true\">\n  <logger name=\"a.b\" level=\"DEBUG\"/>\n  <root level='${LEVEL:-INFO}'>\n    <ref>x &amp; y</ref>\n  </root>\n  <maxHistory>30</maxHistory>\n</configuration>\n";
    assert_eq!(
        said("logback.xml", text),
        [
            "configuration.scan = true <\"true\">",
            "configuration.logger[0].name = a.b <\"a.b\">",
            "configuration.logger[0].level = DEBUG <\"DEBUG\">",
            "configuration.root.level = INFO <'${LEVEL:-INFO}'>",
            "configuration.root.ref = x & y <x &amp; y>",
            "configuration.maxHistory = 30 <30>"
        ]
    );
    let reading = read("logback.xml", text);
    let item = reading.scopes.iter().find(|scope| matches!(scope.step, crate::scope::Step::Item(..))).unwrap();
    assert_eq!(item.fields, [("name".into(), "a.b".into()), ("level".into(), "DEBUG".into())]);
}

#[test]
fn lookups_of_log4j_give_their_default() {
    let text = "<Configuration><Root level=\"${env:LEVEL:-warn}\" a=\"${sys:x}\" b=\"${env:A:-x}/${env:B:-y}\"/></Configuration>";
    assert_eq!(
        said("log4j2.xml", text),
        [
            "Configuration.Root.level = warn <\"${env:LEVEL:-warn}\">",
            "Configuration.Root.a = (reference) <\"${sys:x}\">",
            "Configuration.Root.b = (reference) <\"${env:A:-x}/${env:B:-y}\">"
        ]
    );
}

#[test]
fn properties_of_hadoop_are_told_apart_by_a_child() {
    let text = "<configuration><property><name>dfs.permissions</name><value>false</value></property></configuration>";
    assert_eq!(
        said("hdfs-site.xml", text),
        ["configuration.property[0].name = dfs.permissions <dfs.permissions>", "configuration.property[0].value = false <false>"]
    );
}

#[test]
fn entities_of_a_file_are_never_resolved() {
    let text = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<configuration a=\"&x;\"><b>&x;</b></configuration>";
    let reading = read("log4j.xml", text);
    assert_eq!(reading.problems.iter().map(|problem| problem.fatal).collect::<Vec<_>>(), [false, false]);
    assert_eq!(said("log4j.xml", text), ["configuration.a = (reference) <\"&x;\">", "configuration.b = (reference) <&x;>"]);
}

#[test]
fn other_documents_and_projects_are_no_configuration() {
    assert!(read("data.xml", "<rss><a>1</a></rss>").settings.is_empty());
    assert!(read("data.xml", "<rss><a>").problems.is_empty());
    assert!(read("nextflow.config", "process { a = 1 }").problems.is_empty());
    assert!(!claims("pom.xml"));
}

#[test]
fn what_is_broken_or_too_deep_is_a_problem() {
    let nested = format!("<configuration>{}", "<a>".repeat(10_000));
    let wide = format!("<configuration {}/>", "a=\"1\" ".repeat(5000));
    for text in ["<configuration>", "<configuration></b>", "<configuration a=1/>", "<configuration", &nested, &wide] {
        assert!(parse(text).problems.iter().any(|problem| problem.fatal), "{}", text.get(..20).unwrap_or(text));
    }
}

proptest::proptest! {
    #[test]
    fn any_text_gives_valid_spans(text in "(\u{feff})?<configuration>([a-c0-9é🎈=<>/ \"'&;\\r\\n]|<a>|</a>|<b c=\"d\"/>|<!\\[CDATA\\[|\\]\\]>|&amp;|&x;|&#65;|<!--|-->){0,30}(</configuration>)?") {
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
