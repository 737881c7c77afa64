//! Waits, limits and addresses, without a forge.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::*;

fn patience(tries: u32, most: u64) -> Patience {
    Patience { tries, first: Duration::from_millis(1), most: Duration::from_millis(most), timeout: Duration::from_millis(200) }
}

#[test]
fn a_forge_says_in_several_ways_how_long_to_wait() {
    let soon = (SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 20).to_string();
    let seconds = |wait: Option<Duration>| wait.map(|wait| wait.as_secs());
    assert_eq!(seconds(limited(429, Some("7"), None, None, "")), Some(7));
    assert_eq!(seconds(limited(403, Some("7"), Some("0"), Some(&soon), "")), Some(7));
    assert!((15..=22).contains(&seconds(limited(403, None, Some("0"), Some(&soon), "")).unwrap()));
    assert_eq!(seconds(limited(403, None, Some("0"), Some("1000"), "")), Some(1), "an hour that is over");
    assert_eq!(seconds(limited(403, None, Some("12"), None, "You have exceeded a secondary rate limit")), Some(60));
    assert_eq!(seconds(limited(429, None, None, None, "")), Some(60));
    for (status, remaining) in [(403, Some("12")), (403, None), (404, Some("0")), (200, Some("0"))] {
        assert_eq!(limited(status, None, remaining, Some(&soon), "Resource not accessible"), None, "{status}");
    }
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    // bound and never read from
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    let caller = Caller::new(&api, "token", TokenHeader::Bearer, patience(2, 1_000)).unwrap();
    let error = caller.text("the thing", Method::Get, "/x").unwrap_err();
    assert!(matches!(error, Error::Unreachable { tries: 2, .. }), "{error}");
    let error = caller.text("the thing", Method::Post(&Value::Null), "/x").unwrap_err();
    assert!(matches!(error, Error::Unreachable { tries: 1, .. }), "{error}");
    drop(listener);
    let error = caller.text("the thing", Method::Get, "/x").unwrap_err();
    assert!(matches!(error, Error::Unreachable { tries: 2, .. }), "{error}");
}

#[test]
fn patience_is_bounded_over_all_requests() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let caller = Caller::new(&api, "token", TokenHeader::Bearer, patience(100, 40)).unwrap();
    let Error::Unreachable { tries, .. } = caller.text("the thing", Method::Get, "/x").unwrap_err() else {
        panic!("no answer was expected")
    };
    assert!(tries < 10, "{tries}");
}

#[test]
fn an_address_is_https_and_holds_no_user() {
    let built = |api: &str| Caller::new(api, "token", TokenHeader::Bearer, patience(1, 1)).map(|caller| caller.prefix);
    assert_eq!(built("https://ghe.example.org/api/v3/").unwrap(), "/api/v3");
    assert_eq!(built("https://api.github.com").unwrap(), "");
    assert_eq!(built("http://localhost:4010/x").unwrap(), "/x");
    for wrong in [
        "http://ghe.example.org",
        "ghe.example.org",
        "ftp://x",
        "https://",
        "https://user@host/x",
        "http://localhost.example.org",
        "https://a b/",
    ] {
        assert!(matches!(built(wrong), Err(Error::Usage(_))), "{wrong}");
    }
}

#[test]
fn words_of_a_forge_are_made_harmless() {
    assert_eq!(said(r#"{"message":"no\u001b[31m\n::error::"}"#), ": no\\u{1b}[31m\\u{a}::error::");
    assert_eq!(said(r#"{"message":{"base":["is closed"]}}"#), r#": {"base":["is closed"]}"#);
    assert_eq!(said("<html>"), "");
    assert!(said(&format!(r#"{{"message":"{}"}}"#, "x".repeat(5_000))).len() < 400);
}

#[test]
fn parts_of_paths_are_encoded() {
    assert_eq!(encoded("acme/app[bot]"), "acme%2Fapp%5Bbot%5D");
    assert_eq!(encoded("a.b-c_d~é"), "a.b-c_d~%C3%A9");
}
