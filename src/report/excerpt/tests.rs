//! What readers see of a file, and what they never see.

use super::*;

fn around(text: &str, needle: &str, redact: Option<&str>) -> Excerpt {
    let at = text.find(needle).unwrap();
    crop(text, Span::new(at, at + needle.len()), &LineIndex::new(text), redact)
}

fn mark(excerpt: &Excerpt) -> &str {
    excerpt.text.get(excerpt.start..excerpt.end).unwrap()
}

#[test]
fn the_line_and_two_on_each_side_are_shown() {
    let excerpt = around("1\n2\n3\n4: x\n5\n6\n7\n", "x", None);
    assert_eq!(excerpt, Excerpt { text: "2\n3\n4: x\n5\n6".into(), first_line: 2, cut_columns: 0, start: 7, end: 8 });
    assert_eq!(around("a\r\nb: é\r\n", "é", None).text, "a\nb: é");
    assert_eq!(around("\u{feff}a: b\rc", "b", None).text, "a: b\nc");
}

#[test]
fn a_long_line_is_cut_around_the_mark_and_the_column_stays_known() {
    let text = format!("{{{}\"é\": MARK{}}}", "\"é\":1,".repeat(300_000), ",1".repeat(300_000));
    let at = text.find("MARK").unwrap();
    let excerpt = around(&text, "MARK", None);
    assert_eq!(mark(&excerpt), "MARK");
    assert!(excerpt.text.len() < 200 && excerpt.text.starts_with("...") && excerpt.text.ends_with("..."), "{}", excerpt.text);
    let column = excerpt.text.get(..excerpt.start).unwrap().chars().count() + excerpt.cut_columns as usize + 1;
    assert_eq!(column, text.get(..at).unwrap().chars().count() + 1);
}

#[test]
fn hidden_characters_become_question_marks() {
    let excerpt = around("a\u{1b}[31m\nb: \u{202e}x\ty\u{85}", "x\ty", None);
    assert_eq!(excerpt.text, "a?[31m\nb: ???x\ty??");
    assert_eq!(mark(&excerpt), "x\ty");
}

#[test]
fn a_secret_under_the_mark_is_masked_wherever_it_shows() {
    let excerpt = around("# was hunter2\nx: 'hunter2'\ny: zhunter2\n", "'hunter2'", Some("hunter2"));
    assert_eq!(excerpt.text, "# was ****\nx: '****'\ny: z****");
    assert_eq!(mark(&excerpt), "'****'");
    let escaped = around("password: \"a\\u0062\"\n", "\"a\\u0062\"", Some("ab"));
    assert_eq!((escaped.text.as_str(), mark(&escaped)), ("password: ****", "****"));
}

#[test]
fn secrets_of_neighbours_are_masked_too() {
    let excerpt = around("DB_PASSWORD=hunter2\nTELEMETRY=1\nurl: redis://:s3cret@x/ # ghp_0123456789abcdefABCD\n", "1", None);
    assert_eq!(excerpt.text, "DB_PASSWORD=****\nTELEMETRY=1\nurl: redis://:****@x/ # ****");
}

#[test]
fn a_published_default_under_the_mark_is_shown() {
    assert_eq!(around("POSTGRES_PASSWORD: changeme", "changeme", None).text, "POSTGRES_PASSWORD: changeme");
}

#[test]
fn secrets_over_several_lines_are_masked() {
    let text = "key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIEabc\n  abc\n  -----END RSA PRIVATE KEY-----\nx: 1\n";
    assert_eq!(around(text, "1", None).text, "  ****\n  ****\nx: 1");
    let text = "env:\n- name: DB_PASSWORD\n  value: hunter2\n- name: Q\n  value: b\n";
    assert_eq!(around(text, "Q", None).text, "- name: DB_PASSWORD\n  ****\n- name: Q\n  value: b");
    let text = "password: >-\n  hunter2\n  more\nx: 1";
    assert_eq!(around(text, "1", None).text, "  ****\n  ****\nx: 1");
}

#[test]
fn a_span_that_does_not_fit_gives_an_excerpt_all_the_same() {
    for text in ["", "\n", "é", "a\nb", "\u{feff}"] {
        let index = LineIndex::new(text);
        for start in 0..6 {
            for end in 0..8 {
                for redact in [None, Some("a"), Some("")] {
                    let excerpt = crop(text, Span { start, end }, &index, redact);
                    assert!(excerpt.text.get(excerpt.start..excerpt.end).is_some());
                }
            }
        }
    }
}

proptest::proptest! {
    #[test]
    fn the_mark_is_what_was_read(before in "[a-zé:\n\t ]{0,300}", value in "[a-zé]{1,30}", after in "[a-zé:\n\r ]{0,300}") {
        let text = format!("{before}{value}{after}");
        let excerpt = crop(&text, Span::new(before.len(), before.len() + value.len()), &LineIndex::new(&text), None);
        let shown = mark(&excerpt);
        proptest::prop_assert!(shown == value || shown.contains(MASK), "{shown:?}");
        let secret = crop(&text, Span::new(before.len(), before.len() + value.len()), &LineIndex::new(&text), Some(&value));
        proptest::prop_assert!(value.len() < 4 || !secret.text.contains(&value));
    }
}
