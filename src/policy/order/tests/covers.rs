//! Orders in which one value covers another: numbers, sets, places that are reached.

use super::*;

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
    let share = super::order("number: {safer: lower, unit: share}");
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
