//! The matrix of verdicts cell by cell, and what must hold for every policy: no order of files, no renaming and no way back makes a default weaker.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

use privgate::check::read_text;
use privgate::judge::input::PairIn;
use privgate::judge::judgement::judge_all;
use privgate::judge::verdict::{Case, Outcome, State, verdict};
use privgate::policy::catalogue::{Catalogue, built_in_files};
use privgate::policy::file::{Example, Files, Order, Words};
use privgate::policy::order::Rank;
use privgate::report::build::findings;
use privgate::report::model::{Change, Finding};
use proptest::prelude::*;

// --- the pure matrix ---

/// Four rungs: 0 is the safest, 3 the weakest.
fn ladder() -> Order {
    Order::Ladder(["a", "b", "c", "d"].map(|rung| Words(vec![rung.into()])).into())
}

fn rung(rung: u16) -> Rank {
    Rank::Ladder { rung, members: 1 }
}

fn written(at: u16) -> State {
    State::Written(rung(at))
}

fn unset(at: u16) -> State {
    State::Unset(Some(rung(at)))
}

const UNKNOWN_UNSET: State = State::Unset(None);

/// What the matrix says, with changes to the plain case.
fn says(base: &State, head: &State, change: impl FnOnce(&mut Case)) -> Option<Outcome> {
    let order = ladder();
    let mut case =
        Case { order: &order, floor: None, unset: None, guarded: false, same_text: false, decider_gone: false, named: false, reach: None };
    change(&mut case);
    verdict(base, head, &case)
}

fn plain(base: &State, head: &State) -> Option<Change> {
    says(base, head, |_| {}).map(|outcome| outcome.change)
}

#[test]
fn gone_to_gone_unset_or_unknown_is_nothing() {
    for head in [State::Gone, unset(0), unset(3), UNKNOWN_UNSET, State::Unknown] {
        assert_eq!(says(&State::Gone, &head, |case| case.unset = Some(rung(0))), None);
    }
}

#[test]
fn gone_to_written_is_introduced_below_the_floor() {
    for (head, introduced) in [(0, false), (1, false), (2, true), (3, true)] {
        let said = says(&State::Gone, &written(head), |case| case.floor = Some(rung(1)));
        assert_eq!(said, introduced.then_some(Change::Introduced.into()), "rung {head}");
    }
}

#[test]
fn gone_to_written_is_introduced_when_weaker_than_unset() {
    for (head, introduced) in [(0, false), (1, false), (2, true), (3, true)] {
        let said = says(&State::Gone, &written(head), |case| case.unset = Some(rung(1)));
        assert_eq!(said, introduced.then_some(Change::Introduced.into()), "rung {head}");
    }
}

#[test]
fn gone_to_the_weakest_rung_that_is_also_the_unset_one_counts_one_severity_lower() {
    let said = says(&State::Gone, &written(3), |case| case.unset = Some(rung(3)));
    assert_eq!(said, Some(Outcome { change: Change::Introduced, lowered: true }));
    assert_eq!(says(&State::Gone, &written(2), |case| case.unset = Some(rung(2))), None);
}

#[test]
fn gone_to_written_without_floor_or_unset_value_is_nothing() {
    for head in 0..4 {
        assert_eq!(plain(&State::Gone, &written(head)), None);
    }
}

#[test]
fn unset_to_gone_is_nothing() {
    for base in [unset(0), unset(3), UNKNOWN_UNSET] {
        assert_eq!(says(&base, &State::Gone, |case| case.guarded = true), None);
    }
}

#[test]
fn unset_to_unset_compares_the_two_unset_values() {
    assert_eq!(plain(&unset(0), &unset(3)), Some(Change::Weakened));
    assert_eq!(plain(&unset(3), &unset(0)), Some(Change::Strengthened));
    assert_eq!(plain(&unset(1), &unset(1)), None);
    assert_eq!(plain(&UNKNOWN_UNSET, &unset(3)), None);
    assert_eq!(plain(&unset(0), &UNKNOWN_UNSET), None);
}

#[test]
fn unset_to_written_compares_with_the_unset_value() {
    assert_eq!(plain(&unset(1), &written(2)), Some(Change::Weakened));
    assert_eq!(plain(&unset(1), &written(0)), Some(Change::Strengthened));
    assert_eq!(plain(&unset(1), &written(1)), None);
}

#[test]
fn unset_to_written_as_weak_as_unset_is_weakened_where_a_safer_place_reached_the_subject() {
    let reached = |reach: u16| says(&unset(2), &written(2), |case| case.reach = Some(rung(reach))).map(|outcome| outcome.change);
    assert_eq!(reached(0), Some(Change::Weakened));
    assert_eq!(reached(2), None);
    assert_eq!(reached(3), None);
}

#[test]
fn an_unknown_unset_value_leaves_only_the_floor() {
    assert_eq!(plain(&UNKNOWN_UNSET, &written(3)), None);
    let said = says(&UNKNOWN_UNSET, &written(3), |case| case.floor = Some(rung(1)));
    assert_eq!(said, Some(Change::Introduced.into()));
}

#[test]
fn unset_to_unknown_asks_only_where_unset_is_safe() {
    assert_eq!(plain(&unset(0), &State::Unknown), Some(Change::Undecided));
    assert_eq!(plain(&unset(3), &State::Unknown), None);
    assert_eq!(plain(&UNKNOWN_UNSET, &State::Unknown), None);
}

#[test]
fn written_to_gone_is_removed_only_where_it_guarded_something_that_stays() {
    let said = |guarded: bool, unset: u16| {
        says(&written(1), &State::Gone, |case| {
            case.guarded = guarded;
            case.unset = Some(rung(unset));
        })
    };
    assert_eq!(said(false, 3), None);
    assert_eq!(said(true, 3), Some(Change::Removed.into()));
    assert_eq!(said(true, 1), None);
    assert_eq!(said(true, 0), None);
}

#[test]
fn written_to_unset_is_removed_when_it_was_safer() {
    let gone = |base: u16, head: u16| says(&written(base), &unset(head), |case| case.decider_gone = true).map(|outcome| outcome.change);
    assert_eq!(gone(0, 3), Some(Change::Removed));
    assert_eq!(gone(3, 0), Some(Change::Strengthened));
    assert_eq!(gone(2, 2), None);
}

#[test]
fn written_to_written_goes_by_rank() {
    for base in 0..4 {
        for head in 0..4 {
            let expected = match head.cmp(&base) {
                std::cmp::Ordering::Less => Some(Change::Strengthened),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(Change::Weakened),
            };
            assert_eq!(plain(&written(base), &written(head)), expected, "{base} -> {head}");
        }
    }
}

#[test]
fn incomparable_values_ask_unless_base_was_the_weakest() {
    let ladders = Order::Ladders(vec![
        vec![Words(vec!["a".into()]), Words(vec!["b".into()])],
        vec![Words(vec!["c".into()]), Words(vec!["d".into()])],
    ]);
    let case = Case {
        order: &ladders,
        floor: None,
        unset: None,
        guarded: false,
        same_text: false,
        decider_gone: false,
        named: false,
        reach: None,
    };
    assert_eq!(verdict(&written(0), &written(2), &case), Some(Change::Undecided.into()));
    let frozen = Case { order: &Order::Frozen, ..case };
    let text = |text: &str| State::Written(Rank::Text(text.into()));
    assert_eq!(verdict(&text("a"), &text("b"), &frozen), Some(Change::Undecided.into()));
    assert_eq!(verdict(&text("a"), &text("a"), &frozen), None);
}

#[test]
fn written_to_unknown_asks_unless_base_was_the_weakest() {
    for head in [State::Unknown, UNKNOWN_UNSET] {
        for base in 0..3 {
            assert_eq!(plain(&written(base), &head), Some(Change::Undecided), "{base}");
        }
        assert_eq!(plain(&written(3), &head), None);
    }
}

#[test]
fn unknown_to_gone_is_nothing() {
    assert_eq!(plain(&State::Unknown, &State::Gone), None);
}

#[test]
fn unknown_to_a_known_value_asks_unless_it_is_the_safest() {
    assert_eq!(plain(&State::Unknown, &written(0)), None);
    assert_eq!(plain(&State::Unknown, &unset(0)), None);
    for head in 1..4 {
        assert_eq!(plain(&State::Unknown, &written(head)), Some(Change::Undecided));
        assert_eq!(plain(&State::Unknown, &unset(head)), Some(Change::Undecided));
    }
    assert_eq!(plain(&State::Unknown, &UNKNOWN_UNSET), Some(Change::Undecided));
}

#[test]
fn unknown_to_unknown_asks_only_when_the_text_changed() {
    assert_eq!(says(&State::Unknown, &State::Unknown, |case| case.same_text = true), None);
    assert_eq!(plain(&State::Unknown, &State::Unknown), Some(Change::Undecided));
}

fn any_state() -> impl Strategy<Value = State> {
    prop_oneof![Just(State::Gone), Just(State::Unknown), Just(UNKNOWN_UNSET), (0..4_u16).prop_map(unset), (0..4_u16).prop_map(written)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_gets_weaker_one_way_never_gets_weaker_on_the_way_back(base in any_state(), head in any_state()) {
        let there = plain(&base, &head);
        if matches!(there, Some(Change::Weakened | Change::Removed)) {
            prop_assert!(!matches!(plain(&head, &base), Some(Change::Weakened | Change::Removed | Change::Undecided)));
        }
        prop_assert!(base != head || base == State::Unknown || there.is_none(), "nothing changed, but {there:?}");
    }
}

// --- what holds for every policy's own examples ---

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
