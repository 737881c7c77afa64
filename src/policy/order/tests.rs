//! Tests of the orders: for each one a table of two values and what the second is to the first.

use super::Comparison::{Incomparable, Same, Stronger, Weaker};
use super::*;
use crate::policy::file::ReadsTable;

pub(super) fn order(yaml: &str) -> Order {
    let order = serde_saphyr::from_str(yaml).unwrap();
    assert_eq!(check(&order), Ok(()), "{yaml}");
    order
}

/// `[a, b]` is a list, anything else a text.
fn value(text: &str) -> Value {
    match text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some("") => Value::List(vec![]),
        Some(inner) => Value::List(inner.split(", ").map(Value::text).collect()),
        None => Value::text(text),
    }
}

pub(super) fn ranked(order: &Order, text: &str) -> Ranked {
    rank(order, &Spelled::default(), &value(text), Mark::Plain, text)
}

fn place(order: &Order, text: &str) -> Rank {
    match ranked(order, text) {
        Ranked::Rank(rank) => rank,
        other => panic!("{text:?} is {other:?}"),
    }
}

fn one(order: &Order, word: &str) -> Option<Rank> {
    given(order, &Given::One(word.into()))
}

/// Compares both ways.
fn table(order: &Order, rows: &[(&str, &str, Comparison)]) {
    for (a, b, expected) in rows {
        let (rank_a, rank_b) = (place(order, a), place(order, b));
        assert_eq!(compare(order, &rank_a, &rank_b), *expected, "{a:?} -> {b:?}");
        assert_eq!(compare(order, &rank_b, &rank_a), expected.reversed(), "{b:?} -> {a:?}");
    }
}

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
    let levels = super::tests::order("ladder: [0, 1, 2]");
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
    let joined = super::tests::order("ladders: [[a, [b, c]], [[c, d], e]]");
    table(&joined, &[("a", "e", Weaker), ("b", "d", Same), ("c", "c", Same)]);
}

#[test]
fn numbers_compare_in_their_base_unit_after_the_listed_values() {
    let order = order("number: {safer: lower, unit: hours, weakest: [-1, 0]}");
    table(
        &order,
        &[
            ("24", "1d", Same),
            ("P7D", "168", Same),
            ("24", "30 days", Weaker),
            ("720h", "0", Weaker),
            ("-1", "0s", Same),
            ("60 * 24", "2 months", Same),
            ("1", "inf", Weaker),
            ("500ms", "1m", Weaker),
        ],
    );
    assert_eq!(ranked(&order, "10MB"), Ranked::Unread, "bytes are no hours");
    assert_eq!(ranked(&order, "soon"), Ranked::Unread);
    assert_eq!(one(&order, "30 days"), Some(place(&order, "720")));
    assert_eq!(one(&order, "0"), worst(&order));
    assert_eq!(show(&order, &place(&order, "720")), "30 days");
    let ms = Spelled { unit: Some("milliseconds"), ..Spelled::default() };
    let day = rank(&order, &ms, &Value::Int(86_400_000), Mark::Plain, "");
    assert_eq!(day, Ranked::Rank(place(&order, "24")));
}

#[test]
fn without_a_unit_only_like_compares_with_like() {
    let order = order("number: {safer: higher, safest: [never]}");
    table(&order, &[("8", "7", Weaker), ("8", "8.0", Same), ("8d", "8", Incomparable), ("0", "8d", Stronger), ("8", "Never", Stronger)]);
    assert!(is_worst(&order, &place(&order, "0")) && is_best(&order, &place(&order, "never")));
    let share = super::tests::order("number: {safer: lower, unit: share}");
    table(&share, &[("50%", "0.5", Same), ("0.5", "1", Weaker)]);
    assert!(is_worst(&share, &place(&share, "100%")) && is_best(&share, &place(&share, "0")));
}

#[test]
fn sets_compare_by_what_covers_what() {
    let plain = order("members: {safer: fewer, all: ['*']}");
    table(
        &plain,
        &[
            ("[a]", "[a, b]", Weaker),
            ("a, b", "[b, a]", Same),
            ("[a]", "[b]", Incomparable),
            ("[a, b]", "*", Weaker),
            ("[a, *]", "[*]", Same),
            ("[]", "a", Weaker),
            ("[a, b]", "a;b", Same),
        ],
    );
    for text in [r#"["a", "b"]"#, "['a', 'b']", "a b"] {
        assert_eq!(rank(&plain, &Spelled::default(), &Value::text(text), Mark::Plain, text), ranked(&plain, "[a, b]"), "{text}");
    }
    assert!(is_worst(&plain, &place(&plain, "[x, *]")) && is_best(&plain, &place(&plain, "[]")));
    let more = order("members: {safer: more, only: [redaction, filter]}");
    table(&more, &[("[redaction/pii, batch]", "[batch]", Weaker), ("[redaction]", "[filter, redaction]", Stronger)]);
    assert_eq!(place(&more, "[batch]"), worst(&more).unwrap());
}

#[test]
fn origins_hosts_and_networks_cover_each_other() {
    let origins = order("members: {safer: fewer, kind: origins, all: ['*']}");
    table(
        &origins,
        &[
            ("https://b.a.org", "https://*.a.org", Weaker),
            ("https://c.b.a.org", "https://*.a.org", Weaker),
            ("https://a.org", "https://*.a.org", Incomparable),
            ("https://evila.org", "https://*.a.org", Incomparable),
            ("https://A.org/", "https://a.org:443", Same),
            ("https://a.org", "http://a.org", Weaker),
            ("https://a.org", "https://a.org:8443", Incomparable),
            ("http://localhost:3000", "http://localhost:*", Weaker),
            ("https://a.org", "*", Weaker),
            ("https://team-x.vercel.app", "https://team-*.vercel.app", Weaker),
        ],
    );
    let hosts = order("members: {safer: fewer, kind: hosts, all: ['*']}");
    table(&hosts, &[("a.org", ".a.org", Weaker), ("b.A.org", ".a.org", Weaker), ("xa.org", ".a.org", Incomparable)]);
    let nets = order("members: {safer: fewer, kind: cidrs}");
    table(
        &nets,
        &[
            ("10.0.0.0/8", "0.0.0.0/0", Weaker),
            ("10.1.0.0/16", "10.0.0.0/8", Weaker),
            ("10.0.0.0/8", "10.0.0.0/255.0.0.0", Same),
            ("10.0.0.0/8", "192.168.0.0/16", Incomparable),
            ("fd00::/8", "::/0", Weaker),
            ("[10.0.0.0/8, 10.1.0.0/16]", "10.0.0.0/8", Same),
            ("::ffff:10.0.0.1", "10.0.0.1", Same),
        ],
    );
    let globs = order("members: {safer: fewer, kind: globs}");
    table(&globs, &[("src/*.rs", "src/**", Weaker), ("src/*", "src/**", Weaker), ("*", "**", Weaker), ("a", "b", Incomparable)]);
}

#[test]
fn members_are_found_in_a_text() {
    let order = order(r#"members: {safer: fewer, each: "/\\$[a-z0-9_]+/", only: ["$remote_addr", "$request", "$cookie_*"]}"#);
    table(
        &order,
        &[("$uri $status", "$remote_addr $uri", Weaker), ("'$remote_addr'", "$remote_addr$cookie_a", Weaker), ("$uri", "$status", Same)],
    );
    let combined = given(&order, &Given::Many(vec!["$remote_addr".into(), "$request".into()]));
    assert_eq!(combined, Some(place(&order, "$remote_addr - $request")));
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
fn listening_reaches_this_machine_a_network_or_everyone() {
    let order = order("reach: listen");
    table(
        &order,
        &[
            ("127.0.0.1", "0.0.0.0", Weaker),
            ("127.0.0.1:11434", "localhost", Same),
            ("localhost:11434", "0.0.0.0:11434", Weaker),
            ("http://127.0.0.1:1", "[::]:80", Weaker),
            ("unix:///run/a.sock", "tcp://0.0.0.0:1", Weaker),
            ("/run/a.sock", "::1", Same),
            ("0.0.0.0", ":8080", Same),
            ("*", "::", Same),
            ("80 default_server", "8080:80", Same),
            ("127.0.0.1:8080:80/tcp", "8080:80/tcp", Weaker),
            ("127.0.0.1:80 ssl http2", "localhost", Same),
            ("127.0.0.1", "10.0.0.5", Weaker),
            ("10.0.0.5", "0.0.0.0", Weaker),
            ("10.1.0.0/16", "10.0.0.0/8", Weaker),
            ("10.0.0.0/8", "192.168.0.0/16", Incomparable),
            ("10.0.0.5", "192.168.1.9", Same),
            ("10.0.0.5", "10.0.0.0/8", Weaker),
            ("[10.0.0.5, 10.0.0.6]", "10.0.0.5", Stronger),
            ("8.8.8.8", "0.0.0.0", Weaker),
            ("api", "host.docker.internal", Same),
            ("[127.0.0.1, 0.0.0.0]", "0.0.0.0", Same),
            ("localhost", "localhost, 10.0.0.1", Weaker),
            ("127.0.0.1 -::1", "127.0.0.1", Same),
            ("[127.0.0.1]:80", "127.0.0.1", Same),
        ],
    );
    assert_eq!(one(&order, "everywhere"), worst(&order));
    assert_eq!(compare(&order, &one(&order, "private").unwrap(), &place(&order, "10.0.0.5")), Same);
    assert_eq!(rank(&order, &Spelled::default(), &Value::Bool(true), Mark::Plain, ""), Ranked::Unread);
    assert_eq!(rank(&order, &Spelled::default(), &Value::Int(8080), Mark::Plain, ""), Ranked::Rank(place(&order, "0.0.0.0")));
    assert_eq!(show(&order, &place(&order, "10.0.0.5:80")), "private (10.0.0.5)");
}

#[test]
fn sending_leaves_the_machine_the_network_or_the_house() {
    let order = order("reach: {own: ['*.acme.com', acme.com]}");
    table(
        &order,
        &[
            ("http://localhost:4317", "http://collector:4317", Weaker),
            ("http://a.svc.cluster.local/x", "https://otel.acme.com", Weaker),
            ("https://acme.com/v1", "https://api.vendor.io", Weaker),
            ("https://api.vendor.io", "https://api.other.io", Incomparable),
            ("https://api.vendor.io/a", "api.vendor.io:443", Same),
            ("https://x.acme.com", "acme.com", Same),
            ("https://api.vendor.io", "[https://api.vendor.io, https://b.other.io]", Weaker),
            ("10.0.0.1:80", "8.8.8.8", Weaker),
            ("https://evil.com/acme.com", "https://acme.com@evil.com", Same),
        ],
    );
    assert!(is_worst(&order, &place(&order, "https://api.vendor.io")));
    assert_eq!(compare(&order, &one(&order, "own").unwrap(), &place(&order, "x.acme.com")), Same);
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
fn the_weakest_of_several_is_one_that_all_others_can_be_compared_with() {
    let order = order("ladders: [[Metadata, Request, RequestResponse], [Metadata, None]]");
    let of = |texts: &[&str]| texts.iter().map(|text| place(&order, text)).collect::<Vec<_>>();
    assert_eq!(worst_of(&order, &of(&["Metadata", "Request"])), Some(place(&order, "Request")));
    assert_eq!(best_of(&order, &of(&["None", "Request", "Metadata"])), Some(place(&order, "Metadata")));
    assert_eq!(worst_of(&order, &of(&["None", "Request"])), None);
    assert_eq!(worst_of(&order, &[]), None);
}

#[test]
fn an_order_that_cannot_be_used_says_why() {
    let rows = [
        ("ladder: [a, safe]", "`safe`"),
        ("ladder: [a, [b, A]]", "twice"),
        ("ladder: []", "no rung"),
        ("ladders: [[a, b], [b, a]]", "circle"),
        ("ladders: [[a, b, c], [c, d, a]]", "circle"),
        ("number: {safer: lower, unit: fortnights}", "fortnights"),
        ("members: {safer: fewer, each: '/(/'}", "regex"),
        ("members: {safer: fewer, each: 'abc'}", "slashes"),
        ("shape: [{name: weak, like: a}]", "`weak`"),
        ("shape: [{name: a, like: '/[/'}]", "regex"),
        ("secret: {known: ['/a{1000000}/']}", "regex"),
        ("append_only: {same: [upper]}", "upper"),
        ("decision: {read: gitignore, of: [a], at: ['/'], order: [kept, ignored]}", "kept"),
        ("parts: {a: {parts: {b: frozen}}}", "parts itself"),
        ("parts: {a: {ladder: [x, x]}}", "part `a`"),
    ];
    for (yaml, part) in rows {
        let order: Order = serde_saphyr::from_str(yaml).unwrap();
        let message = check(&order).unwrap_err();
        assert!(message.to_lowercase().contains(part.to_lowercase().as_str()), "{yaml}: {message}");
    }
    assert_eq!(check(&order("ladders: [[a, [b, c]], [[c, d], e]]")), Ok(()));
}

#[test]
fn a_value_pattern_fits_the_whole_text_or_by_expression() {
    let fits = |pattern: &str, text: &str| TextPattern::new(pattern).matches(text);
    assert!(fits("a*c", "abbc") && fits("a*", "a/b") && fits("*", "") && fits("a", "a"));
    assert!(!fits("a*c", "abcd") && !fits("a*a", "a") && !fits("a", "A") && !fits("ab", "a"));
    assert!(fits("{a,b{c,d}}x", "bdx") && fits("{a,b}*", "bzz") && !fits("{a,b}", "c") && fits("{a}", "{a}"));
    assert!(fits("/b+/", "abbc") && !fits("/^b/", "ab") && TextPattern::new("/(/").check().is_err() && !fits("/(/", "("));
    assert!(TextPattern::new(&"{a,b}".repeat(20)).check().is_err());
}
