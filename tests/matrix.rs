//! What must hold for every policy by its own examples: no order of files, no renaming and no way back makes a default weaker.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

use privgate::check::read_text;
use privgate::judge::input::PairIn;
use privgate::judge::judgement::judge_all;
use privgate::policy::catalogue::{Catalogue, built_in_files};
use privgate::policy::file::{Example, Files};
use privgate::report::build::findings;
use privgate::report::model::{Change, Finding};

fn texts(example: &Example, files: &Files) -> Vec<(String, String)> {
    match files {
        Files::Many(files) => files.iter().map(|(path, text)| (path.clone(), text.clone())).collect(),
        Files::One(text) => vec![(example.file.clone().unwrap(), text.clone())],
    }
}

/// Files of one name on both sides are pairs; what is the same on both is context.
fn pairs(base: &[(String, String)], head: &[(String, String)]) -> Vec<PairIn> {
    let mut paths: Vec<&String> = base.iter().chain(head).map(|(path, _)| path).collect();
    paths.sort();
    paths.dedup();
    let of = |side: &[(String, String)], path: &String| {
        side.iter().find(|(other, _)| other == path).map(|(path, text)| read_text(known(), path, text))
    };
    let pair = |path: &String| {
        let (base, head) = (of(base, path), of(head, path));
        let context = matches!((&base, &head), (Some(base), Some(head)) if base.text() == head.text());
        PairIn { base, head, context }
    };
    paths.into_iter().map(pair).collect()
}

fn judged(catalogue: &Catalogue, pairs: &[PairIn]) -> Vec<Finding> {
    let judgement = judge_all(catalogue, pairs);
    findings(&judgement.world, &judgement.found)
}

/// Every example of every policy.
fn examples() -> Vec<(String, Example)> {
    let of = |policy: privgate::policy::file::Policy| policy.examples.into_iter().map(move |example| (policy.id.clone(), example));
    built_in_files().unwrap().into_iter().flat_map(of).collect()
}

#[test]
fn a_weakened_default_put_back_is_not_weakened() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut wrong = Vec::new();
    for (id, example) in examples() {
        if !example.expect.0.iter().any(|expected| expected.change == "weakened") {
            continue;
        }
        let (base, head) = (texts(&example, &example.base), texts(&example, &example.head));
        let there = judged(&catalogue, &pairs(&base, &head));
        for back in judged(&catalogue, &pairs(&head, &base)) {
            let same =
                |finding: &&Finding| finding.policy == back.policy && finding.setting == back.setting && finding.change == Change::Weakened;
            if matches!(back.change, Change::Weakened | Change::Removed) && there.iter().any(|finding| same(&finding)) {
                wrong.push(format!("{id} \"{}\": {} {}", example.name, back.change.word(), back.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_changed_is_nothing_found() {
    let catalogue = Catalogue::built_in().unwrap();
    for (id, example) in examples() {
        for side in [&example.base, &example.head] {
            let mut same = pairs(&texts(&example, side), &texts(&example, side));
            for pair in &mut same {
                pair.context = false;
            }
            let loud: Vec<String> =
                judged(&catalogue, &same).into_iter().filter(|finding| finding.change.can_fail()).map(|finding| finding.message).collect();
            assert!(loud.is_empty(), "{id} \"{}\": {loud:#?}", example.name);
        }
    }
}

#[test]
fn renaming_every_file_finds_nothing() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    // what runs the gate is found by its place: elsewhere nobody runs it
    for (id, example) in examples().into_iter().filter(|(id, _)| !id.starts_with("gate/")) {
        for side in [&example.base, &example.head] {
            let moved: Vec<PairIn> = texts(&example, side)
                .into_iter()
                .map(|(path, text)| {
                    let new = format!("moved/{path}");
                    PairIn { base: Some(read_text(known(), &path, &text)), head: Some(read_text(known(), &new, &text)), context: false }
                })
                .collect();
            // a workflow outside of .github/workflows is none: where the name decides what a file is, it is another file
            let kinds =
                |side: Option<&privgate::judge::input::FileIn>| side.and_then(|file| file.reading()).map(|reading| reading.kinds.clone());
            if moved.iter().any(|pair| kinds(pair.base.as_ref()) != kinds(pair.head.as_ref())) {
                continue;
            }
            tried += 1;
            for finding in judged(&catalogue, &moved).into_iter().filter(|finding| finding.change.can_fail()) {
                wrong.push(format!("{id} \"{}\" {}: {} {}", example.name, finding.file, finding.change.word(), finding.message));
            }
        }
    }
    assert!(tried > 100, "only {tried} renamings were tried");
    assert!(wrong.is_empty(), "{} of {tried}: {wrong:#?}", wrong.len());
}

#[test]
fn the_order_of_files_does_not_matter() {
    let catalogue = Catalogue::built_in().unwrap();
    let all = examples();
    for chunk in all.chunks(40).take(8) {
        let mut world = Vec::new();
        for (at, (_, example)) in chunk.iter().enumerate() {
            let inside =
                |files: &Files| texts(example, files).into_iter().map(|(path, text)| (format!("d{at}/{path}"), text)).collect::<Vec<_>>();
            world.extend(pairs(&inside(&example.base), &inside(&example.head)));
        }
        let shown = |pairs: &[PairIn]| format!("{:#?}", judged(&catalogue, pairs));
        let first = shown(&world);
        world.reverse();
        assert_eq!(first, shown(&world));
        let middle = world.len() / 3;
        world.rotate_left(middle);
        assert_eq!(first, shown(&world));
    }
}

// --- files that are taken apart ---

const API: &str = "  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n";
const WEB: &str = "  web:\n    image: langfuse/langfuse:2.1.0\n    environment:\n      TELEMETRY_ENABLED: \"false\"\n";

fn file(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

fn changes(base: &[(String, String)], head: &[(String, String)]) -> Vec<String> {
    let catalogue = Catalogue::built_in().unwrap();
    let found = judged(&catalogue, &pairs(base, head)).into_iter().filter(|finding| finding.change.can_fail());
    found.map(|finding| format!("{} {}", finding.change.word(), finding.setting)).collect()
}

#[test]
fn a_service_split_into_a_file_of_its_own_keeps_its_defaults() {
    let base = [file("compose.yaml", &format!("services:\n{API}{WEB}"))];
    let head = [file("compose.yaml", &format!("services:\n{API}")), file("compose.web.yaml", &format!("services:\n{WEB}"))];
    assert_eq!(changes(&base, &head), Vec::<String>::new());
    assert_eq!(changes(&head, &base), Vec::<String>::new());
}

#[test]
fn a_service_weakened_while_it_is_split_off_is_found() {
    let base = [file("compose.yaml", &format!("services:\n{API}{WEB}"))];
    let weaker = WEB.replace("false", "true");
    let head = [file("compose.yaml", &format!("services:\n{API}")), file("compose.web.yaml", &format!("services:\n{weaker}"))];
    let found = changes(&base, &head);
    assert!(!found.is_empty(), "{found:?}");
}

#[test]
fn services_in_another_order_are_the_same() {
    let base = [file("compose.yaml", &format!("services:\n{API}{WEB}"))];
    let head = [file("compose.yaml", &format!("services:\n{WEB}{API}"))];
    assert_eq!(changes(&base, &head), Vec::<String>::new());
}

#[test]
fn a_variable_moved_into_an_env_file_still_counts() {
    let base = [file("compose.yaml", &format!("services:\n{API}"))];
    let linked = API.replace("    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n", "    env_file: api.env\n");
    let head =
        |value: &str| [file("compose.yaml", &format!("services:\n{linked}")), file("api.env", &format!("VLLM_NO_USAGE_STATS={value}\n"))];
    assert_eq!(changes(&base, &head("1")), Vec::<String>::new());
    assert!(!changes(&base, &head("0")).is_empty());
}

/// The built-in catalogue, read once.
fn known() -> &'static Catalogue {
    static KNOWN: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    KNOWN.get_or_init(|| Catalogue::built_in().unwrap())
}
