//! Lists that hold, and each way in which one may not.

use super::*;

fn entry(id: &str) -> Entry {
    Entry {
        id: id.into(),
        kind: "domain".into(),
        basis: "request".into(),
        received: "2026-11-02".into(),
        uses: vec!["train-ai".into()],
        ..Entry::default()
    }
}

fn list() -> String {
    ["a.example", "b.example", "c.example"].iter().fold(String::new(), |text, id| append(&text, &entry(id)).unwrap())
}

#[test]
fn a_list_grows_and_its_chain_holds() {
    let text = list();
    assert!(is_chained(&text) && text.lines().count() == 3 && text.ends_with('\n'));
    let summary = verify(&text).unwrap();
    assert_eq!((summary.records, summary.standing), (3, 3));
    assert_eq!(summary.last, hash(text.lines().last().unwrap()));
    assert!(text.starts_with("{\"v\":1,\"seq\":1,\"id\":\"a.example\",\"kind\":\"domain\",\"use\":[\"train-ai\"],\"basis\":\"request\""));
    assert_eq!(append(&text, &entry("b.example")).unwrap_err().line, 2);
}

#[test]
fn a_release_lets_one_record_go_once() {
    let text = release(&list(), 2, "https://e", "2026-11-03").unwrap();
    assert_eq!(verify(&text).map(|summary| (summary.records, summary.standing)), Ok((4, 2)));
    assert!(release(&text, 2, "again", "2026-11-03").unwrap_err().message.contains("released already"));
    assert!(release(&text, 4, "a release", "2026-11-03").is_err());
    assert!(release(&text, 9, "nothing", "2026-11-03").unwrap_err().message.contains("does not stand above"));
    assert!(release(&text, 1, " ", "2026-11-03").unwrap_err().message.contains("evidence"));
    // whoever opted out again may join again
    assert_eq!(verify(&append(&text, &entry("b.example")).unwrap()).unwrap().standing, 3);
}

#[test]
fn whatever_is_changed_afterwards_is_seen() {
    let text = list();
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let fault = |text: &str| verify(text).unwrap_err();
    assert_eq!(fault(&joined(&[lines[0], lines[2]])).line, 2);
    assert_eq!(fault(&joined(&lines[1..])).line, 1);
    assert_eq!(fault(&joined(&[lines[1], lines[0], lines[2]])).line, 1);
    assert_eq!(fault(&text.replace("a.example", "z.example")).line, 2);
    assert_eq!(fault(&text.replace('\n', "\r\n")).line, 1);
    assert_eq!(fault(&text.replace("}\n{", "}\n\n{")).line, 2);
    assert!(fault(&text.replace("\"v\":1", "\"v\":2")).message.contains("version 2"));
    assert!(fault("{\"v\":1}\n").message.contains("missing field"));
    assert!(fault("no\n").message.contains("no JSON"));
}

#[test]
fn people_stand_there_as_keyed_hashes_alone() {
    let person = |id: &str| Entry { kind: "subject".into(), ..entry(id) };
    assert!(append("", &person("jane@a.example")).unwrap_err().message.contains("keyed hash"));
    assert!(append("", &person(&format!("hmac-sha256:{}", "0a".repeat(32)))).is_ok());
}
