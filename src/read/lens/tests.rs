//! What holds for every lens: no text does harm, and what was read stands where it says.

use std::time::Duration;

use crate::read::clock::now;
use crate::reading::Reading;

const PATHS: [&str; 19] = [
    "package.json",
    "pyproject.toml",
    "Taskfile.yml",
    "otel.yaml",
    "application-prod.yml",
    "environment.yml",
    ".circleci/config.yml",
    "azure-pipelines.yml",
    "devcontainer.json",
    ".pre-commit-config.yaml",
    "README.md",
    "compose.yaml",
    ".github/workflows/a.yml",
    "action.yml",
    ".gitlab-ci.yml",
    "k8s/a.yaml",
    "chart/templates/a.yaml",
    "values.yaml",
    "a.json",
];

fn read(path: &str, text: &str) -> Reading {
    let reader = crate::read::by_path(path).unwrap();
    (reader.read)(path, text)
}

fn bounded(path: &str, text: &str) {
    let start = now();
    let reading = read(path, text);
    let took = now().saturating_sub(start);
    assert!(took < Duration::from_secs(20), "{path} took {took:?}");
    let copied: usize = reading.settings.iter().map(|setting| setting.raw.len()).sum();
    assert!(copied <= 40 * text.len() + 1_000_000, "{path} copied {copied} bytes of {}", text.len());
}

#[test]
fn a_large_text_is_not_copied_again_and_again() {
    let big = "x".repeat(200_000);
    let many = |line: &str| line.repeat(2_000);
    let numbered = |line: &str| (0..2_000).map(|i| line.replace('#', &i.to_string())).collect::<String>();
    bounded(
        "compose.yaml",
        &format!("x-b: &b {big}\nservices:\n{}", numbered("  s#: {image: x, environment: {A: *b}, command: [*b, *b]}\n")),
    );
    bounded("compose.yaml", &format!("x-b: &b {{target: {big}}}\nservices:\n  a:\n    image: x\n    ports:\n{}", many("      - *b\n")));
    bounded("compose.yaml", &format!("x-b: &b --{big}=1\nservices:\n  a:\n    image: x\n    command:\n{}", many("      - *b\n")));
    bounded(".gitlab-ci.yml", &format!(".b: &b tool --{big}\njob:\n  script:\n{}", many("    - *b\n")));
    bounded("values.yaml", &format!("b: &b {big}\n{}", numbered("i#: {image: {repository: *b, tag: *b}}\n")));
    bounded("a.yaml", &format!("apiVersion: v1\nkind: ConfigMap\nb: &b \"{big}: 1\"\ndata:\n{}", numbered("  a#.yaml: *b\n")));
}

#[test]
fn what_is_derived_from_lists_is_bounded_too() {
    let numbered = |line: &str| (0..3_000).map(|i| line.replace('#', &i.to_string())).collect::<String>();
    let names = numbered("a#, ");
    let list = format!("x: &l [{names} z]\n");
    bounded("otel.yaml", &format!("{list}service:\n  pipelines:\n{}", numbered("    p#: {processors: *l, exporters: *l}\n")));
    let transforms = numbered("  a#: {type: remap, inputs: ['*']}\n");
    bounded("vector.yaml", &format!("{list}transforms:\n{transforms}sinks:\n{}", numbered("  s#: {type: x, inputs: *l}\n")));
    bounded(".circleci/config.yml", &format!("jobs:\n  a:\n    steps:\n      - run: 'curl x {}'\n", "| sh ".repeat(50_000)));
    bounded("README.md", &numbered("```yaml\na: [\n```\n```sh\nserve --a # |\n").repeat(3));
    bounded("requirements.txt", &"a==1 \\\n".repeat(50_000));
}

#[test]
fn long_lists_are_read_in_reasonable_time() {
    let lines = (0..60_000).map(|i| format!("      - K{i}=v\n")).collect::<Vec<_>>().concat();
    bounded("compose.yaml", &format!("services:\n  a:\n    image: x\n    environment:\n{lines}"));
    let images = (0..20_000).map(|i| format!("a{i}: {{image: {{repository: x/y, tag: '{i}'}}}}\n")).collect::<Vec<_>>().concat();
    bounded("values.yaml", &images);
    let words = (0..60_000).map(|i| format!("      - --flag{i}=v\n")).collect::<Vec<_>>().concat();
    bounded("compose.yaml", &format!("services:\n  a:\n    image: x\n    command:\n{words}"));
    let folded = (0..60_000).map(|i| format!("      --flag{i} v\n")).collect::<Vec<_>>().concat();
    bounded("compose.yaml", &format!("services:\n  a:\n    image: x\n    command: >\n{folded}"));
}

proptest::proptest! {
    #[test]
    fn no_shape_does_harm(lines in proptest::collection::vec((0..5_usize, 0..WORDS.len(), 0..VALUES.len()), 0..24)) {
        let line = |(depth, word, value): &(usize, usize, usize)| format!("{}{}{}\n", "  ".repeat(*depth), WORDS[*word], VALUES[*value]);
        let text: String = lines.iter().map(line).collect();
        for path in PATHS {
            let reading = read(path, &text);
            for setting in &reading.settings {
                assert_eq!(&*setting.raw, setting.value_span.of(&text), "{path}: {setting:?}\n{text}");
                assert!(text.get(setting.name_span.range()).is_some());
                assert!((setting.scope.0 as usize) < reading.scopes.len());
            }
        }
    }
}

const WORDS: [&str; 38] = [
    "service:",
    "pipelines:",
    "processors:",
    "sinks:",
    "inputs:",
    "stages:",
    "dependencies:",
    "docker:",
    "services:",
    "a:",
    "- ",
    "image:",
    "environment:",
    "ports:",
    "volumes:",
    "command:",
    "- name:",
    "value:",
    "env:",
    "jobs:",
    "steps:",
    "- run:",
    "- uses:",
    "permissions:",
    "runs:",
    "apiVersion: v1\nkind: Pod\nspec:",
    "containers:",
    "apiVersion: v1\nkind: ConfigMap\ndata:",
    "a.yaml: |",
    "job:",
    "script:",
    "variables:",
    "repository:",
    "tag:",
    "<<: *x",
    "KEY:",
    "labels:",
    "args:",
];

const VALUES: [&str; 22] = [
    "",
    " x",
    " A=b",
    " 127.0.0.1:80:80",
    " \"${X:-a:b:c}:1\"",
    " [sh, -c, \"a --b \\\"c\\\"\"]",
    " >-",
    " |",
    " 'it''s --x=\"1\"'",
    " &x",
    " *x",
    " {a: b}",
    " [a, {name: A, value: 1}]",
    " é:ü:${Z}",
    " {{ .x }}",
    " ${{ a || 'b' }}",
    " \"\\u00e9=\\t1\"",
    " null",
    " yes",
    " a/b:1.2@sha256:ff",
    " ::",
    " sh -c \"x --y 'z'\"",
];
