//! The matrix of verdicts, cell by cell.

use proptest::prelude::*;

use super::*;
use crate::policy::file::Words;

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
fn gone_to_the_weakest_rung_is_weakened_where_it_overrides_a_safer_place() {
    let reached = |reach: u16| {
        says(&State::Gone, &written(3), |case| {
            case.unset = Some(rung(3));
            case.reach = Some(rung(reach));
        })
    };
    assert_eq!(reached(0), Some(Change::Weakened.into()));
    assert_eq!(reached(3), Some(Outcome { change: Change::Introduced, lowered: true }));
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
    // an order that has a weakest value, which the base is not
    let members: Order = serde_saphyr::from_str("members: {safer: fewer, all: ['*']}").unwrap();
    let set = |item: &str| State::Written(Rank::Members([item.to_owned()].into()));
    assert_eq!(verdict(&set("a"), &set("b"), &Case { order: &members, ..frozen }), Some(Change::Undecided.into()));
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

#[test]
fn gone_to_an_unset_name_of_an_open_set_is_what_it_refuses_coming_in() {
    let said = |named: bool, head: &State| says(&State::Gone, head, |case| case.named = named);
    assert_eq!(said(true, &unset(3)), Some(Outcome { change: Change::Introduced, lowered: true }));
    assert_eq!(said(true, &unset(2)), None, "only the weakest is worth a word");
    assert_eq!(said(false, &unset(3)), None);
    assert_eq!(said(true, &UNKNOWN_UNSET), None);
}

#[test]
fn a_floor_stands_above_the_unset_value_for_what_is_new() {
    let said = |head: u16| {
        says(&State::Gone, &written(head), |case| {
            case.floor = Some(rung(2));
            case.unset = Some(rung(0));
        })
    };
    assert_eq!(said(2), None, "the floor is reached, whatever the unset value is");
    assert_eq!(said(3), Some(Change::Introduced.into()));
    let as_unset = says(&State::Gone, &written(3), |case| {
        case.floor = Some(rung(3));
        case.unset = Some(rung(3));
    });
    assert_eq!(as_unset, None, "the floor allows it");
}

#[test]
fn what_was_never_known_is_not_under_a_floor_that_it_reaches() {
    for head in [0, 1] {
        assert_eq!(says(&UNKNOWN_UNSET, &written(head), |case| case.floor = Some(rung(1))), None, "{head}");
    }
}

#[test]
fn a_weaker_value_elsewhere_is_weakened_even_where_the_decider_is_another() {
    let said = |gone: bool| says(&written(0), &written(2), |case| case.decider_gone = gone);
    assert_eq!(said(false), Some(Change::Weakened.into()));
    assert_eq!(said(true), Some(Change::Removed.into()));
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
