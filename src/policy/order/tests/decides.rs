//! Orders of files that decide and of what only grows, and of several parts.

use super::*;

#[test]
fn parts_are_weaker_only_when_no_part_is_stronger() {
    let order = order("parts: {noise: {number: {safer: higher}}, epsilon: {number: {safer: lower}}, clip: frozen}");
    let of = |said: &[(&'static str, &str)]| {
        let said: Vec<(&str, Option<Rank>)> = said
            .iter()
            .map(|(part, text)| {
                let spelled = Spelled { part: Some(part), ..Spelled::default() };
                match rank(&order, &spelled, &Value::text(*text), Mark::Plain, text) {
                    Ranked::Rank(rank) => (*part, Some(rank)),
                    _ => (*part, None),
                }
            })
            .collect();
        combine_parts(&order, &said)
    };
    let base = of(&[("noise", "1.1"), ("epsilon", "8")]);
    let rows = [
        (of(&[("noise", "0.5"), ("epsilon", "8")]), Weaker),
        (of(&[("noise", "0.5"), ("epsilon", "16")]), Weaker),
        (of(&[("noise", "2"), ("epsilon", "8.0")]), Stronger),
        (of(&[("noise", "0.5"), ("epsilon", "4")]), Incomparable),
        (of(&[("noise", "x"), ("epsilon", "8")]), Incomparable),
        (of(&[("epsilon", "8")]), Incomparable),
        (of(&[("noise", "1.1"), ("noise", "1.3"), ("epsilon", "8")]), Same),
    ];
    for (head, expected) in rows {
        assert_eq!(compare(&order, &base, &head), expected, "{}", show(&order, &head));
    }
}

#[test]
fn a_decision_is_an_answer_and_a_list_only_grows() {
    // of a language that only its reader knows, the value is the answer
    let answers = order("decision: {read: elsewhere, of: [GPTBot], at: ['/'], order: [disallowed, allowed]}");
    table(&answers, &[("disallowed", "Allowed", Weaker)]);
    let list = order("append_only: {id: [id], same: [trim, lowercase, nfkc], comment: '#', release: {field: op, is: release, names: ref}}");
    let change = |a: &str, b: &str| compare(&list, &place(&list, a), &place(&list, b));
    assert_eq!(change("a\nb\n", "# c\nB \na\nd"), Same);
    assert_eq!(change("a\nb\n", "a\n"), Weaker);
    assert_eq!(change("a", ""), Weaker);
    assert_eq!(change("id,why\n1,x\n2,y\n", "id,why\n2,other\n1,x\n"), Same);
    assert_eq!(change("{\"id\": 1}\n{\"id\": 2}", "{\"id\": 1}\n{\"op\": \"release\", \"ref\": 2}"), Same);
    assert_eq!(change("{\"id\": 1}\n{\"id\": 2}", "{\"id\": 1}"), Weaker);
}

#[test]
fn each_crawler_is_a_question_of_its_own() {
    let all = order("decision: {read: robots, of: [GPTBot, CCBot], at: ['/'], order: [disallowed, allowed]}");
    let own = order("decision: {read: robots, of: [GPTBot, CCBot], at: ['**'], order: [disallowed, allowed]}");
    let lines = |order: &Order, text: &str| {
        let items = Value::List(text.split('|').map(Value::text).collect());
        match rank(order, &Spelled::default(), &items, Mark::Plain, "") {
            Ranked::Rank(rank) => rank,
            other => panic!("{other:?}"),
        }
    };
    let change = |order: &Order, a: &str, b: &str| compare(order, &lines(order, a), &lines(order, b));
    let (one, other) = ("User-agent: GPTBot|Disallow: /", "User-agent: CCBot|Disallow: /");
    assert_eq!(change(&all, one, other), Weaker);
    assert_eq!(change(&all, one, "User-agent: *|Disallow: *"), Stronger);
    assert_eq!(change(&all, "User-agent: *|Disallow: /a", "User-agent: *|Disallow: /b"), Same);
    assert_eq!(change(&own, "User-agent: *|Disallow: /a", "User-agent: *|Disallow: /b"), Same);
    assert_eq!(change(&own, "User-agent: GPTBot|Disallow: /a", "User-agent: GPTBot|Disallow: /a/b"), Weaker);
    assert_eq!(change(&own, "User-agent: GPTBot|Disallow: /a", "User-agent: gptbot|Disallow: /a*"), Same);
    let (safe, weak) = (best(&all).unwrap(), worst(&all).unwrap());
    assert!(is_best(&all, &lines(&all, "User-agent: *|Disallow: /")) && is_worst(&all, &lines(&all, "User-agent: A|Disallow: /")));
    assert_eq!(compare(&all, &safe, &weak), Weaker);
    assert_eq!(told(&all, &lines(&all, one), Some(&weak)).as_deref(), Some("disallowed: GPTBot"));
    assert!(
        leaves_nothing(&all, &lines(&all, one), &weak) && !leaves_nothing(&all, &lines(&all, one), &lines(&all, "User-agent: *|Allow: /"))
    );
}

#[test]
fn a_file_that_ignores_less_is_weaker() {
    let order = order("decision: {read: gitignore, of: [.env, key.pem], at: ['/', sub], order: [ignored, included]}");
    let lines = |text: &str| {
        let items = text.split(' ').map(Value::text).collect();
        match rank(&order, &Spelled::default(), &Value::List(items), Mark::Plain, "") {
            Ranked::Rank(rank) => rank,
            other => panic!("{other:?}"),
        }
    };
    let compared = |a: &str, b: &str| compare(&order, &lines(a), &lines(b));
    assert_eq!(compared(".env *.pem", "*.pem .env*"), Same);
    assert_eq!(compared(".env *.pem", "*.pem"), Weaker);
    assert_eq!(compared(".env", "/.env"), Weaker);
    assert_eq!(compared(".env", "*.pem"), Incomparable);
    assert_eq!(compared("x", ".env"), Stronger);
    assert_eq!(best(&order), Some(lines(".env *.pem")));
    assert_eq!(worst(&order), Some(lines("x")));
    assert_eq!(given(&order, &Given::One("included".into())), worst(&order));
    assert_eq!(show(&order, &lines(".env *.pem !/key.pem")), "included: key.pem at /");
}

#[test]
fn the_safest_rank_of_a_decision_is_a_rung_where_a_reader_answers() {
    let of_lines = order("decision: {read: gitignore, of: [a], at: [/], order: [ignored, included]}");
    assert_eq!(best(&of_lines), Some(Rank::Records(BTreeSet::new())));
    let of_answers = order("decision: {read: an-answer, of: [a], at: [/], order: [yes, no]}");
    assert_eq!(best(&of_answers), Some(Rank::Rung(0)));
    let Order::Decision(mut none) = of_answers else { panic!("another order") };
    none.order.0.clear();
    assert_eq!(best(&Order::Decision(none)), None);
}

#[test]
fn an_order_without_a_pattern_has_no_safest_rank() {
    assert_eq!(best(&order("shape: [{name: a, like: a}, {name: b, like: otherwise}]")), Some(Rank::Rung(0)));
    assert_eq!(best(&Order::Shape(Vec::new())), None);
}

#[test]
fn a_list_that_is_not_there_holds_no_records() {
    let list = order("append_only: {}");
    assert_eq!(absent(&list), Some(Rank::Records(BTreeSet::new())));
    assert!(is_worst(&list, &Rank::Records(BTreeSet::new())));
    assert!(!is_worst(&list, &Rank::Records(BTreeSet::from(["a.example".to_owned()]))));
    assert_eq!(absent(&order("frozen")), None);
}

#[test]
fn a_text_of_references_has_a_rank_where_a_pattern_names_them() {
    let shape = "shape: [{name: theirs, like: '/\\$\\{/'}, {name: ours, like: otherwise}]";
    let raw = "postgres://${USER}:${PASSWORD}@db";
    let said = |order: &Order, part: Option<&str>, raw: &str| rank_reference(order, &Spelled { part, ..Spelled::default() }, raw);
    assert_eq!(said(&order(shape), None, raw), Ranked::Rank(Rank::Rung(0)));
    assert_eq!(said(&order(shape), None, "postgres://a:b@db"), Ranked::Unread);
    assert_eq!(said(&order("shape: [{name: any, like: '/@db/'}, {name: ours, like: otherwise}]"), None, raw), Ranked::Unread);
    let parts = order(&format!("parts: {{url: {{{shape}}}, on: switch}}"));
    assert_eq!(said(&parts, Some("url"), raw), Ranked::Rank(Rank::Rung(0)));
    assert_eq!(said(&parts, Some("on"), raw), Ranked::Unread);
    assert_eq!(said(&parts, None, raw), Ranked::Unread);
}
