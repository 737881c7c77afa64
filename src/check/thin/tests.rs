//! What is left out never held the difference: for drawn documents and drawn edits, thinned texts that say the same are of whole
//! texts that say the same.

use proptest::prelude::*;
use proptest::sample::select;

use super::{markdown, yaml};
use crate::check::read_text;
use crate::check::same::says_the_same;
use crate::policy::catalogue::Catalogue;

/// Stretches of documents, with what makes it hard to tell where one ends.
const BLOCKS: &[&str] = &[
    "# Widget",
    "# Gadget",
    "## Privacy",
    "## Usage",
    "## What we don't collect",
    "## Training Data",
    "**Privacy:**",
    "Privacy\n-------",
    "Prompts are never logged.",
    "Usage statistics are collected.",
    "We never store:",
    "We may collect:",
    "- your prompts",
    "- your name\n- your address",
    "    your prompts",
    "  Telemetry is sent to us.",
    "1. Telemetry.",
    "Nothing about it.",
    "[More Information Needed]",
    "| a | b |\n|---|---|\n| Prompts | never logged |\n| Telemetry | collected |",
    "| a | b |\n|---|---|\n| Prompts | never logged |",
    "| a         | b            |\n|-----------|--------------|\n| Prompts   | never logged |\n| Telemetry | collected    |",
    "```bash\nexport DO_NOT_TRACK=1\n\nexport ANONYMIZED_TELEMETRY=False\n```",
    "```bash",
    "```",
    "- one\n  ```bash\n  export DO_NOT_TRACK=0\n  ```",
    "- one\n  ```",
    "> ```\n> quoted",
    "> ```bash\n> export DO_NOT_TRACK=1\n> ```",
    "> ```\nUsage statistics are collected.",
    "> Prompts are never logged.\n> ~~~",
    "~~~",
    "<!--",
    "-->",
    "<!-- a remark -->",
    "<details>\n<summary>More</summary>",
    "</details>",
    "<pre>",
    "    export DO_NOT_TRACK=1",
];

/// Sections of a YAML file.
const SECTIONS: &[&str] = &[
    "telemetry:\n  enabled: false\n",
    "telemetry:\n  enabled: true\n",
    "auth:\n  enabled: true\n  # a word\n  existingSecret: ''\n",
    "auth:\n  enabled: false\n",
    "image:\n  registry: docker.io\n  repository: bitnami/redis\n  tag: 7.2.1\n",
    "image:\n  registry: docker.io\n  repository: bitnami/redis\n  tag: latest\n",
    "logging: &logging\n  prompts: true\n",
    "other: *logging\n",
    "text: |\n  telemetry:\n    enabled: true\n",
    "list:\n- a\n- b\n",
    "service:\n  type: ClusterIP\n",
    "global:\n  security:\n    allowInsecureImages: false\n",
    "---\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
    "spec:\n  hostNetwork: true\n",
    "spec:\n  hostNetwork: false\n",
    "broken: [\n",
    "quoted: \"a\n  b\"\n",
];

/// A document and the same after some edits: parts that go, come, change places.
pub(super) fn edited(pool: &'static [&'static str]) -> impl Strategy<Value = (Vec<&'static str>, Vec<&'static str>)> {
    let edits = proptest::collection::vec((any::<proptest::sample::Index>(), 0..4_u8, select(pool)), 1..4);
    (proptest::collection::vec(select(pool), 3..14), edits).prop_map(|(base, edits)| {
        let mut head = base.clone();
        for (at, what, block) in edits {
            if head.is_empty() {
                head.push(block);
            }
            let at = at.index(head.len());
            match what {
                0 => head[at] = block,
                1 => head.insert(at, block),
                2 => drop(head.remove(at)),
                _ => {
                    let moved = head.remove(at);
                    head.insert(at / 2, moved);
                }
            }
        }
        (base, head)
    })
}

/// What a text says to every policy, in no order: which of two statements comes first is nobody's default.
pub(super) fn facts(catalogue: &Catalogue, path: &str, text: &str) -> Option<Vec<String>> {
    let file = read_text(catalogue, path, text);
    let reading = file.reading()?;
    let show = |index: usize| {
        let setting = &reading.settings[index];
        format!("{} {:?}", reading.path_of(setting), setting.value)
    };
    let meant = file.facts.all.iter().map(|one| format!("{} {} {}", one.policy, reading.path_to(one.unit), show(one.setting)));
    let asked = file.facts.asked.iter().flat_map(|((policy, _), all)| all.iter().map(move |one| (policy, one.setting)));
    let mut all: Vec<String> = meant.chain(asked.map(|(policy, setting)| format!("asked {policy} {}", show(setting)))).collect();
    all.sort();
    Some(all)
}

pub(super) fn same(catalogue: &Catalogue, path: &str, texts: [&str; 2]) -> bool {
    let [base, head] = texts.map(|text| read_text(catalogue, path, text));
    says_the_same(&base, &head)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn documents((base, head) in edited(BLOCKS), readme in any::<bool>()) {
        let catalogue = Catalogue::built_in().unwrap();
        let (base, head) = (base.join("\n\n"), head.join("\n\n"));
        let path = if readme { "README.md" } else { "PRIVACY.md" };
        if let Some([old, new]) = markdown::thinned(&base, &head)
            && same(&catalogue, path, [&old, &new])
        {
            let (was, is) = (facts(&catalogue, path, &base), facts(&catalogue, path, &head));
            prop_assert_eq!(was, is, "{}\n=====\n{}\n===== thinned\n{}\n=====\n{}", base, head, old, new);
        }
    }

    #[test]
    fn sections((base, head) in edited(SECTIONS), values in any::<bool>(), apart in any::<bool>()) {
        let catalogue = Catalogue::built_in().unwrap();
        let (base, head) = (base.concat(), head.concat());
        let path = if values { "chart/values.yaml" } else { "deploy/all.yaml" };
        let large = if apart { 0 } else { usize::MAX };
        if let Some([old, new]) = yaml::thinned_from(large, path, &base, &head)
            && same(&catalogue, path, [&old, &new])
        {
            let (was, is) = (facts(&catalogue, path, &base), facts(&catalogue, path, &head));
            prop_assert_eq!(was, is, "{}
=====
{}
===== thinned
{}
=====
{}", base, head, old, new);
        }
    }
}

/// Lines of a mapping below a key, with what makes it hard to tell where one ends.
const BELOW: &[&str] = &[
    "enabled: true\n",
    "enabled: false\n",
    "# a word\n",
    "\n",
    "telemetry:\n  enabled: true\n",
    "auth:\n  enabled: false\n  # a word\n",
    "auth:\n\n  anonymous:\n    enabled: true\n",
    "image:\n  repository: bitnami/redis\n  tag: latest\n",
    "repository: bitnami/redis\n",
    "tag: latest\n",
    "env:\n  - name: DO_NOT_TRACK\n    value: '1'\n",
    "env:\n- name: DO_NOT_TRACK\n  value: '0'\n",
    "script: |\n  enabled: true\n\n  share: on\n",
    "text: 'one\n  enabled: true'\n",
    "text: \"one\n  two\n",
    "text: [a,\n  b]\n",
    "text: one\n  two\n",
    "- a\n",
    "logPrompts: true\n",
];

/// A document of one section, its lines below one key or below two.
fn nested(lines: &[&str], deeper: bool) -> String {
    let indent = if deeper { "    " } else { "  " };
    let below: String =
        lines.concat().lines().map(|line| if line.is_empty() { "\n".into() } else { format!("{indent}{line}\n") }).collect();
    format!("# a word\nfirst: 1\nserver:\n{}{below}last:\n  debug: true\n", if deeper { "  web:\n" } else { "" })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn sections_below_keys((base, head) in edited(BELOW), deeper in any::<bool>()) {
        let catalogue = Catalogue::built_in().unwrap();
        let (base, head) = (nested(&base, deeper), nested(&head, deeper));
        let path = "chart/values.yaml";
        if let Some([old, new]) = yaml::thinned_from(0, path, &base, &head)
            && same(&catalogue, path, [&old, &new])
        {
            let (was, is) = (facts(&catalogue, path, &base), facts(&catalogue, path, &head));
            prop_assert_eq!(was, is, "{}\n=====\n{}\n===== thinned\n{}\n=====\n{}", base, head, old, new);
        }
    }
}

#[test]
fn of_large_sections_the_sections_below_are_left_out() {
    let long = |name: &str| format!("  {name}:\n    a: {}\n", "x".repeat(300));
    let base = format!("one:\n{}{}{}  # a word\ntwo: 1\n", long("b"), long("c"), long("d"));
    let [old, new] = yaml::thinned_from(500, "values.yaml", &base, &base.replace("  c:\n", "  c:\n    e: 1\n")).unwrap();
    assert_eq!(old, format!("one:\n{}two: 1\n", long("c")));
    assert!(new.contains("e: 1") && !new.contains("b:"));
    let list = base.replace("  d:", "  - d:");
    let kept = yaml::thinned_from(500, "values.yaml", &list, &list.replace("  c:\n", "  c:\n    e: 1\n")).unwrap();
    assert!(kept[0].contains("b:"), "no plain mapping");
}

#[test]
fn what_did_not_change_is_left_out() {
    let filler = |name: &str| format!("## {name}\n\nNothing about it, at some length.\n\n- one\n- two\n\n");
    let base = format!("# A\n\n{}{}Prompts are never logged.\n", filler("Usage"), filler("Privacy"));
    let head = base.replace("never", "always");
    let [old, new] = markdown::thinned(&base, &head).unwrap();
    assert_eq!(old, "\n# A\n\n## Usage\n\n## Privacy\n\nPrompts are never logged.\n");
    assert_eq!(new, old.replace("never", "always"));

    let long = format!("  a: {}\n", "x".repeat(300));
    let base = format!("first:\n{long}second:\n{long}  b: 1\n");
    let [old, new] = yaml::thinned("values.yaml", &base, &base.replace("b: 1", "b: 2")).unwrap();
    assert_eq!((old.starts_with("second:"), new.starts_with("second:"), old.contains("first")), (true, true, false));
}

#[test]
fn what_reaches_beyond_its_block_keeps_the_whole_text() {
    let rest = "\n\nPrompts are never logged.\n";
    for open in ["<!--\n\nx", "<pre>\n\nx", "> ```\nx", "- a\n  ```\n\nx", "- ```\n  x"] {
        assert_eq!(markdown::thinned(&format!("# A\n\n{open}{rest}"), &format!("# B\n\n{open}{rest}")), None, "{open}");
    }
    for across in ["services:\n  a: 1\n", "a: &b\n  c: 1\n", "[1, 2]\n", "service:\n  pipelines:\n    a: 1\n"] {
        assert_eq!(yaml::thinned("a.yaml", &format!("x: 1\n{across}"), &format!("x: 2\n{across}")), None, "{across}");
    }
    assert_eq!(yaml::thinned(".gitlab-ci.yml", "a: 1\n", "a: 2\n"), None);
}

#[test]
fn blanks_are_squeezed_as_they_are_compared() {
    for text in ["", " ", "  ", "a  b", " a   b ", "|a |  b|   \n", "a b"] {
        let mut row = Vec::new();
        super::squeeze(text, &mut row);
        assert_eq!(row, super::spaced(text).collect::<Vec<u8>>(), "{text:?}");
    }
}
