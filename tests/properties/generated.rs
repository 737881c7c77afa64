//! Properties of generated repositories: fifteen switches in eight files of seven formats, each absent, safe or weak.

use privgate::check::read_text;
use privgate::judge::input::PairIn;
use privgate::judge::judgement::judge_all;
use privgate::policy::catalogue::Catalogue;
use privgate::report::build::findings;
use privgate::report::model::{Change, Finding};
use proptest::prelude::*;

use super::trees::{COUNT, Files, Sides, below, files, known_again};
use super::*;

fn known() -> &'static Catalogue {
    static KNOWN: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    KNOWN.get_or_init(|| Catalogue::built_in().unwrap())
}

/// The n-th file of one side with the n-th of the other.
fn pairs(base: &Files, head: &Files) -> Vec<PairIn> {
    let read = |(path, text): &(String, String)| Some(read_text(known(), path, text));
    base.iter().zip(head).map(|(base, head)| PairIn { base: read(base), head: read(head), context: false }).collect()
}

fn judged(pairs: &[PairIn]) -> Vec<Finding> {
    let judgement = judge_all(known(), pairs);
    findings(&judgement.world, &judgement.found)
}

/// What fails, without places: policy, change, severity, setting, scope; sorted.
fn failing(found: &[Finding]) -> Vec<String> {
    let fails = found.iter().filter(|finding| finding.change.can_fail());
    let mut all: Vec<String> = fails
        .map(|finding| {
            let (change, scope) = (finding.change.word(), finding.scope.as_deref().unwrap_or(""));
            format!("{} {change} {:?} {} {scope} ({} places)", finding.policy, finding.severity, finding.setting, finding.places.len())
        })
        .collect();
    all.sort();
    all
}

fn sides() -> impl Strategy<Value = Sides> {
    proptest::array::uniform::<_, COUNT>(0..3_u8)
}

/// Two states of which the second differs in a few switches.
fn change() -> impl Strategy<Value = (Sides, Sides)> {
    let edits = proptest::collection::vec((0..COUNT, 0..3_u8), 1..5);
    (sides(), edits).prop_map(|(base, edits)| {
        let mut head = base;
        for (at, side) in edits {
            head[at] = side;
        }
        (base, head)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changed_is_nothing_found(sides in sides(), turned: bool) {
        let same = files(&sides, turned);
        prop_assert_eq!(failing(&judged(&pairs(&same, &same))), Vec::<String>::new());
    }

    #[test]
    fn one_switch_that_is_weakened_is_found_whatever_stands_around(sides in sides(), at in 0..COUNT) {
        let (mut base, mut head) = (sides, sides);
        (base[at], head[at]) = (1, 2);
        let found = judged(&pairs(&files(&base, false), &files(&head, false)));
        let weakened = found.iter().filter(|finding| matches!(finding.change, Change::Weakened | Change::Removed)).count();
        prop_assert_eq!(weakened, 1, "switch {}: {:?}", at, failing(&found));
        let back = judged(&pairs(&files(&head, false), &files(&base, false)));
        prop_assert_eq!(failing(&back), Vec::<String>::new());
    }

    #[test]
    fn what_is_weaker_one_way_is_not_on_the_way_back((base, head) in change()) {
        let (base, head) = (files(&base, false), files(&head, false));
        let key = |finding: &Finding| (finding.policy.clone(), finding.file.clone(), finding.scope.clone(), finding.setting.clone());
        let weaker = |found: Vec<Finding>| -> Vec<_> {
            found.iter().filter(|finding| matches!(finding.change, Change::Weakened | Change::Removed)).map(key).collect()
        };
        let there = weaker(judged(&pairs(&base, &head)));
        for back in weaker(judged(&pairs(&head, &base))) {
            prop_assert!(!there.contains(&back), "{:?}", back);
        }
    }

    #[test]
    fn the_folder_of_all_files_decides_nothing((base, head) in change(), depth in 1..4_usize) {
        let (base, head) = (files(&base, false), files(&head, false));
        let folder = ["team", "apps/team", "a/b/c"][depth - 1];
        let here = failing(&judged(&pairs(&base, &head)));
        prop_assert_eq!(&failing(&judged(&pairs(&below(folder, &base), &below(folder, &head)))), &here);
        // moved in the same change
        prop_assert_eq!(&failing(&judged(&pairs(&base, &below(folder, &head)))), &here);
    }

    #[test]
    fn the_order_of_files_documents_and_lines_decides_nothing((base, head) in change(), turned: (bool, bool), rotate in 0..8_usize) {
        let here = failing(&judged(&pairs(&files(&base, false), &files(&head, false))));
        let mut other = pairs(&files(&base, turned.0), &files(&head, turned.1));
        other.rotate_left(rotate);
        prop_assert_eq!(failing(&judged(&other)), here);
    }
}

/// Found by the property before: which twin took over depended on the order of files.
#[test]
fn the_file_that_comes_first_takes_nothing_over() {
    let (mut base, mut head) = ([0; COUNT], [0; COUNT]);
    (base[2], head[2], base[9], head[10]) = (1, 1, 1, 2);
    let mut both = pairs(&files(&base, false), &files(&head, false));
    let here = failing(&judged(&both));
    assert_eq!(here.len(), 1, "{here:?}");
    for _ in 0..both.len() {
        both.rotate_left(1);
        assert_eq!(failing(&judged(&both)), here);
    }
}

/// The same from the outside, where Git and not the test says which file became which.
#[test]
fn a_repository_that_moves_as_a_whole_is_judged_like_one_that_stays() {
    let told = |base: &Files, head: &Files| {
        let base: Vec<(&str, &str)> = base.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let head: Vec<(&str, &str)> = head.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let ran = json(&Repo::two(&base, &head));
        (ran.code, ran.failing())
    };
    let config = ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() };
    let property = |(base, head): (Sides, Sides)| {
        // what cannot be known again is a new file: what it brings is introduced, and fails all the same
        let again = known_again(&base, &head);
        let (base, head) = (files(&base, false), files(&head, false));
        let stays = told(&base, &head);
        let moved = told(&base, &below("team", &head));
        prop_assert_eq!(moved.0, stays.0);
        prop_assert!(!again || moved == stays, "{:?} {:?}", moved, stays);
        prop_assert_eq!(told(&below("team", &base), &below("team", &head)), stays);
        prop_assert_eq!(told(&base, &base), (0, Vec::new()));
        Ok(())
    };
    proptest::test_runner::TestRunner::new(config).run(&change(), property).unwrap();
}
