//! Orders whose values stand on one chain: switches, ladders, presence, shapes, pins, secrets.

use super::*;
use crate::policy::file::ReadsTable;

#[test]
fn a_switch_has_the_side_of_its_spelling() {
    let order = Order::Switch;
    let opt_out = Spelled { enabled_is: Some(Side::Safe), is_env: true, ..Spelled::default() };
    let risk = Spelled { enabled_is: Some(Side::Weak), ..Spelled::default() };
    let read = |spelled, value| rank(&order, spelled, &value, Mark::Plain, "");
    assert_eq!(read(&opt_out, Value::text("1")), Ranked::Rank(Rank::Rung(0)));
    assert_eq!(read(&opt_out, Value::text("0")), Ranked::Rank(Rank::Rung(1)));
    assert_eq!(read(&risk, Value::Bool(true)), Ranked::Rank(Rank::Rung(1)));
    assert_eq!(read(&risk, Value::Int(0)), Ranked::Rank(Rank::Rung(0)));
    assert_eq!(read(&risk, Value::text("")), Ranked::NotWritten);
    assert_eq!(read(&risk, Value::Null), Ranked::NotWritten);
    assert_eq!(read(&risk, Value::Map), Ranked::Unread);
    assert_eq!(read(&Spelled::default(), Value::Bool(true)), Ranked::Unread, "without a side nothing can be said");
    assert_eq!((one(&order, "safe"), one(&order, "weak"), one(&order, "unknown")), (Some(Rank::Rung(0)), Some(Rank::Rung(1)), None));
    assert_eq!(show(&order, &Rank::Rung(1)), "weak");
}

/// Each trap of the serving notes: who reads which text how.
#[test]
fn one_text_is_two_ranks_for_two_products() {
    let words = |words: &[&str]| crate::policy::file::Words(words.iter().map(ToString::to_string).collect());
    let only = |enabled: &[&str], disabled: &[&str]| {
        Reads::Table(ReadsTable { enabled: words(enabled), disabled: words(disabled), ..ReadsTable::default() })
    };
    let named = |name: &str| Reads::Named(name.into());
    let (safe, weak) = (Ranked::Rank(Rank::Rung(0)), Ranked::Rank(Rank::Rung(1)));
    let rows = [
        ("vLLM's opt-out", only(&["1"], &[]), "1", &safe),
        ("vLLM's opt-out", only(&["1"], &[]), "true", &weak),
        ("Open WebUI", named("true-any-case"), "1", &weak),
        ("Open WebUI", named("true-any-case"), "True", &safe),
        ("AnythingLLM", named("true-lower"), "True", &weak),
        ("Next.js", named("nonempty"), "false", &safe),
        ("Next.js", named("nonempty"), "0", &safe),
        ("Next.js", named("nonempty"), "", &Ranked::NotWritten),
        ("dagster", named("presence"), "", &safe),
        ("huggingface_hub", named("huggingface"), "ON", &safe),
        ("huggingface_hub", named("huggingface"), "enabled", &weak),
        ("Weaviate", only(&["on", "enabled", "1", "true"], &[]), "yes", &weak),
        ("Ollama", named("go-bool"), "yes", &safe),
        ("Phoenix", named("strict-true-false"), "1", &Ranked::Unread),
        ("Langfuse", only(&[], &["false"]), "0", &safe),
    ];
    for (who, reads, text, expected) in rows {
        let spelled = Spelled { enabled_is: Some(Side::Safe), reads: Some(&reads), is_env: true, ..Spelled::default() };
        assert_eq!(rank(&Order::Switch, &spelled, &Value::text(text), Mark::Plain, text), *expected, "{who}: {text:?}");
    }
}

#[test]
fn a_ladder_compares_by_rung_and_then_by_members() {
    let order = order("ladder: [none, tensorboard, [wandb, comet_ml], all]");
    table(
        &order,
        &[
            ("none", "WandB", Weaker),
            ("wandb", "comet_ml", Same),
            ("[wandb]", "wandb", Same),
            ("[tensorboard]", "[tensorboard, wandb]", Weaker),
            ("[wandb]", "[wandb, comet_ml]", Weaker),
            ("[wandb, wandb]", "wandb", Same),
            ("[]", "none", Same),
            ("[wandb, comet_ml]", "all", Weaker),
        ],
    );
    assert_eq!(ranked(&order, "mlflow"), Ranked::Unread);
    assert_eq!(ranked(&order, "[none, mlflow]"), Ranked::Unread);
    assert_eq!(ranked(&order, ""), Ranked::NotWritten);
    assert!(is_best(&order, &place(&order, "none")) && is_worst(&order, &place(&order, "[all, none]")));
    assert_eq!(show(&order, &place(&order, "[wandb, none]")), "wandb or comet_ml (2 members)");
    let levels = super::order("ladder: [0, 1, 2]");
    let number = rank(&levels, &Spelled::default(), &Value::Int(2), Mark::Plain, "2");
    assert_eq!(number, Ranked::Rank(place(&levels, "2")));
}

#[test]
fn several_ladders_compare_only_along_one() {
    let order = order("ladders: [[Metadata, Request, RequestResponse], [Metadata, None]]");
    table(
        &order,
        &[
            ("metadata", "Request", Weaker),
            ("Metadata", "None", Weaker),
            ("Metadata", "RequestResponse", Weaker),
            ("Request", "None", Incomparable),
        ],
    );
    assert_eq!(one(&order, "safe"), Some(place(&order, "Metadata")));
    assert_eq!(one(&order, "weak"), None);
    assert!(is_worst(&order, &place(&order, "None")) && !is_worst(&order, &place(&order, "Request")));
    let joined = super::order("ladders: [[a, [b, c]], [[c, d], e]]");
    table(&joined, &[("a", "e", Weaker), ("b", "d", Same), ("c", "c", Same)]);
}

#[test]
fn being_there_is_the_point_of_present() {
    let order = order("present: weak");
    for value in [Value::text(""), Value::Bool(false), Value::Map, Value::List(vec![])] {
        assert_eq!(rank(&order, &Spelled::default(), &value, Mark::Plain, ""), Ranked::Rank(Rank::Rung(1)));
    }
    assert_eq!(rank_unread(&order, Mark::Plain), Ranked::Rank(Rank::Rung(1)));
    assert_eq!(absent(&order), Some(Rank::Rung(0)));
    assert_eq!((show(&order, &Rank::Rung(1)), show(&order, &Rank::Rung(0))), ("present".into(), "absent".into()));
}

#[test]
fn the_first_shape_that_fits_counts() {
    let hash =
        order("shape: [{name: strong, like: ['/^[0-9a-f]{64}$/']}, {name: broken, like: '/^[0-9a-f]{32}$/'}, {name: empty, like: '/^$/'}]");
    table(&hash, &[(&"a".repeat(64), &"a".repeat(32), Weaker), (&"0".repeat(32), "", Weaker)]);
    assert_eq!(ranked(&hash, "xyz"), Ranked::Unread);
    assert_eq!(one(&hash, "empty"), worst(&hash));
    let user = order("shape: [{name: not root, like: otherwise}, {name: root, like: '/^(root|0)(:|$)/'}]");
    table(&user, &[("1000", "0:0", Weaker), ("app", "root", Weaker), ("rooty", "1000", Same)]);
    assert_eq!(ranked(&user, ""), Ranked::NotWritten);
    assert_eq!(rank(&user, &Spelled::default(), &Value::Int(0), Mark::Plain, "0"), Ranked::Rank(Rank::Rung(1)));
}

#[test]
fn pins_are_digest_exact_range_or_floating() {
    let order = Order::Pin;
    let digest = format!("a/b:1.0@sha256:{}", "0a".repeat(32));
    let commit = format!("actions/checkout@{}", "0a".repeat(20));
    let rows = [
        (digest.as_str(), "digest"),
        (&commit, "digest"),
        ("ollama/ollama:v0.1.52", "exact"),
        ("postgres:16.2-alpine", "exact"),
        ("python:3.12-slim", "exact"),
        ("localhost:5000/a/b:1.2", "exact"),
        ("localhost:5000/a/b", "floating"),
        ("2024.01.15", "exact"),
        ("minio/minio:RELEASE.2024-01-16T16-07-38Z", "exact"),
        ("==1.2.3", "exact"),
        ("1.2", "exact"),
        ("a/b:20240115", "exact"),
        ("a/b:3f2b1c9", "exact"),
        ("nightly-2024-01-15", "exact"),
        ("3", "range"),
        ("16-alpine", "range"),
        ("actions/checkout@v4", "range"),
        ("^1.2", "range"),
        ("~> 1.2", "range"),
        (">=1.2,<2", "range"),
        ("1.x", "range"),
        ("1.2.*", "range"),
        ("1.0-SNAPSHOT", "range"),
        ("latest", "floating"),
        ("a/b:main", "floating"),
        ("a/b:latest-amd64", "floating"),
        ("a/b:nightly-cuda12.1", "floating"),
        ("a/b:latest", "floating"),
        ("a/b:stable-1.2.3", "exact"),
        ("a/b:nightly-2026-01-15", "exact"),
        ("a/b:main-3f9c2d1", "exact"),
        ("debian:bookworm-slim", "range"),
        ("ubuntu:noble", "range"),
        ("a/b", "floating"),
        ("redis", "floating"),
        ("*", "floating"),
        (">=0", "floating"),
        ("", "floating"),
        ("@scope/x", "floating"),
        ("git+https://github.com/a/b", "floating"),
        ("git+https://github.com/a/b@v1.2.3", "exact"),
    ];
    for (text, expected) in rows {
        assert_eq!(show(&order, &place(&order, text)), expected, "{text:?}");
    }
    assert_eq!(rank(&order, &Spelled::default(), &Value::Float(1.1), Mark::Plain, "1.10"), Ranked::Rank(one(&order, "exact").unwrap()));
}

#[test]
fn the_tag_behind_a_reference_is_a_tag() {
    let order = order("pin");
    let rows = [
        ("f\"a/b.{arch}:v1.2\"", Some("exact")),
        ("f'a/b.{arch}:latest'", Some("floating")),
        ("`${registry}/app:main`", Some("floating")),
        ("${REGISTRY}/app:1.2.3", Some("exact")),
        ("\"${REGISTRY}/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", Some("digest")),
        ("f\"a/b:{tag}\"", None),
        ("f\"a/{name}\"", None),
        ("${TAG:-latest}", None),
        ("image(\"a:b\")", None),
        ("${REGISTRY:5000}/app", None),
    ];
    for (text, expected) in rows {
        let expected = expected.map_or(Ranked::Unread, |name| Ranked::Rank(one(&order, name).unwrap()));
        assert_eq!(rank_reference(&order, &Spelled::default(), text), expected, "{text}");
    }
}

#[test]
fn a_secret_is_required_referred_to_written_or_known() {
    let order = order("secret: {known: [admin, '/^0{16,}$/', 'change*me']}");
    table(
        &order,
        &[
            ("${KEY:?set me}", "${KEY}", Weaker),
            ("${KEY}", "s3cr3t-9f", Weaker),
            ("s3cr3t-9f", "other-77", Same),
            ("s3cr3t-9f", " Admin ", Weaker),
            ("admin", "0000000000000000", Same),
            ("admin", "CHANGE_ME", Same),
            ("administrator", "x", Same),
        ],
    );
    assert_eq!(ranked(&order, " "), Ranked::NotWritten);
    assert_eq!(rank_unread(&order, Mark::Required), Ranked::Rank(best(&order).unwrap()));
    assert_eq!(rank_unread(&order, Mark::Reference), Ranked::Rank(one(&order, "reference").unwrap()));
    assert_eq!(rank_unread(&order, Mark::Plain), Ranked::Unread);
}

#[test]
fn frozen_values_are_the_same_or_a_question() {
    table(
        &Order::Frozen,
        &[("a", "a", Same), ("a", "b", Incomparable), ("1", "1.0", Same), ("A", "a", Incomparable), ("[a, 1]", "[a, 1.0]", Same)],
    );
    assert_eq!((best(&Order::Frozen), worst(&Order::Frozen)), (None, None));
}

#[test]
fn what_cannot_be_read_still_says_what_its_presence_or_its_expression_says() {
    let presence = Reads::Named("presence".into());
    let spelled = |reads| Spelled { enabled_is: Some(Side::Safe), reads, ..Spelled::default() };
    assert_eq!(rank_unread_spelled(&Order::Switch, &spelled(Some(&presence)), Mark::Plain), Ranked::Rank(Rank::Rung(0)));
    assert_eq!(rank_unread_spelled(&Order::Switch, &spelled(None), Mark::Plain), Ranked::Unread);
    let parts = order("parts: {a: {secret: {known: [admin]}}}");
    let part = |part| rank_unread_spelled(&parts, &Spelled { part, ..Spelled::default() }, Mark::Required);
    assert_eq!(part(Some("a")), Ranked::Rank(Rank::Rung(0)));
    assert_eq!((part(None), part(Some("b"))), (Ranked::Unread, Ranked::Unread));
    // the expression counts before the text that it comes to
    let secret = order("secret: {known: [admin]}");
    let required = rank(&secret, &Spelled::default(), &Value::text("admin"), Mark::Required, "${KEY:?admin}");
    assert_eq!(required, Ranked::Rank(Rank::Rung(0)));
}

#[test]
fn a_policy_names_rungs_of_these_orders_and_no_values() {
    let shape = order("shape: [{name: strong, like: '/^a+$/'}, {name: broken, like: '/^b+$/'}]");
    let secret = order("secret: {known: [admin]}");
    for (order, value) in [(&Order::Pin, "1.2.3"), (&order("present: safe"), "x"), (&secret, "admin"), (&shape, "aaa")] {
        assert_eq!(one(order, value), None, "{value}");
    }
    assert_eq!(one(&shape, "broken"), Some(Rank::Rung(1)));
}
