//! What holds for every order and any value. `append_only` is left out: it never calls a list stronger.

use proptest::prelude::*;

use super::Comparison::{Same, Weaker};
use super::tests::{order, ranked};
use super::*;

fn any_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![".{0,12}", "[0-9.*:/\\[\\]a-z,-]{0,16}", "[0-9]{1,4} ?(d|h|MB|%|s)?"];
    let scalar = prop_oneof![
        text.prop_map(Value::text),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        Just(Value::Null),
        Just(Value::Map)
    ];
    prop_oneof![4 => scalar.clone(), 1 => prop::collection::vec(scalar, 0..4).prop_map(Value::List)]
}

fn orders() -> Vec<Order> {
    [
        "ladder: [a, [b, c], d]",
        "ladders: [[a, b], [a, c]]",
        "number: {safer: lower, unit: days, weakest: [0, -1]}",
        "number: {safer: higher}",
        "members: {safer: fewer, kind: origins, all: ['*']}",
        "members: {safer: more, kind: hosts}",
        "members: {safer: fewer, kind: cidrs}",
        "members: {safer: fewer, kind: globs}",
        "shape: [{name: x, like: 'a*'}, {name: y, like: otherwise}]",
        "reach: listen",
        "reach: {own: ['*.a.b']}",
        "pin",
        "secret: {known: [admin]}",
        "frozen",
        "present: safe",
    ]
    .map(order)
    .to_vec()
}

proptest! {
    /// Whatever stands in a file: no order panics, a rank is the same as itself, and both directions agree.
    #[test]
    fn comparing_is_antisymmetric_on_any_value(a in any_value(), b in any_value()) {
        for order in orders() {
            let read = |value: &Value| rank(&order, &Spelled::default(), value, Mark::Plain, &value.display());
            if let (Ranked::Rank(a), Ranked::Rank(b)) = (read(&a), read(&b)) {
                prop_assert_eq!(compare(&order, &a, &a), Same, "{:?} {:?}", order, a);
                prop_assert_eq!(compare(&order, &a, &b), compare(&order, &b, &a).reversed(), "{:?} {:?} {:?}", order, a, b);
            }
        }
    }

    #[test]
    fn comparing_is_transitive(texts in prop::collection::vec("(10|192|127|0)\\.(0|168)\\.0\\.[01](/8|/16|/32)?|[0-9]{1,2}[dh]|[abcd]|\\*?\\.?[ab]\\.a|\\$\\{[A]\\}", 3)) {
        for order in orders() {
            let ranks: Vec<Rank> = texts.iter().filter_map(|text| match ranked(&order, text) { Ranked::Rank(rank) => Some(rank), _ => None }).collect();
            let [a, b, c] = ranks.as_slice() else { continue };
            let no_stronger = |x, y| matches!(compare(&order, x, y), Same | Weaker);
            if no_stronger(a, b) && no_stronger(b, c) {
                prop_assert!(no_stronger(a, c), "{:?}: {:?}", order, texts);
            }
        }
    }
}
