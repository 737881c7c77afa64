//! Commands and scripts, sentence by sentence.

use super::*;
use crate::reading::Kind;
use crate::value::Mark;

fn scripted(text: &str) -> Reading {
    let mut reading = Reading::new(Kind("script"), text.len());
    script(text, 0, ScopeId::ROOT, &mut reading);
    reading
}

/// Every setting but the commands as `name=value`, and proof that spans hold what was read.
fn said(text: &str) -> Vec<String> {
    let reading = scripted(text);
    proven(text, &reading);
    let settings = reading.settings.iter().filter(|s| s.names[0].0 != Surface::Command);
    settings.map(|s| format!("{}={}", s.names[0].1, shown(&s.value))).collect()
}

fn commands(text: &str) -> Vec<(String, String)> {
    let reading = scripted(text);
    proven(text, &reading);
    let settings = reading.settings.iter().filter(|s| s.names[0].0 == Surface::Command);
    settings.map(|s| (s.names[0].1.to_string(), shown(&s.value))).collect()
}

fn proven(text: &str, reading: &Reading) {
    for setting in &reading.settings {
        assert_eq!(&*setting.raw, setting.value_span.of(text), "{setting:?}");
        assert!(!setting.name_span.of(text).is_empty(), "{setting:?}");
    }
}

fn shown(value: &Outcome) -> String {
    match value {
        Outcome::One(value) => value.display(),
        other => format!("{other:?}"),
    }
}

#[test]
fn words_are_split_at_white_space_outside_quotes() {
    let words = split("a 'b c' \"d \\\" e\" f\\ g \\\n h", 10);
    let texts: Vec<&str> = words.iter().map(|word| &*word.text).collect();
    assert_eq!(texts, ["a", "b c", "d \" e", "f g", "h"]);
    assert_eq!(words[1].span, Span::new(12, 17));
}

#[test]
fn an_expansion_with_spaces_is_one_word() {
    let words = split("--a=${X:-b c} $(d e) `f g` \"${Y:-h i}\"", 0);
    let texts: Vec<&str> = words.iter().map(|word| &*word.text).collect();
    assert_eq!(texts, ["--a=${X:-b c}", "$(d e)", "`f g`", "${Y:-h i}"]);
    assert!(words.iter().all(|word| !word.literal));
}

#[test]
fn single_quotes_and_escapes_are_literal() {
    assert!(split("'$X'", 0)[0].literal);
    assert!(split("\\$X", 0)[0].literal);
    assert!(!split("\"$X\"", 0)[0].literal);
}

#[test]
fn a_backslash_at_the_very_end_keeps_the_word_in_place() {
    let words = split("a b\\", 0);
    assert_eq!((&*words[1].text, words[1].span, &*words[1].raw), ("b", Span::new(2, 4), "b\\"));
}

#[test]
fn flags_take_their_value_after_equals_or_as_the_next_word() {
    assert_eq!(
        said("serve --host 0.0.0.0 --port=80 --reload -p 1 -k"),
        ["--host=0.0.0.0", "--port=80", "--reload=true", "-p=1", "-k=true"]
    );
    assert_eq!(said("serve --host= --empty ''"), ["--host=", "--empty="]);
    assert_eq!(said("serve --temperature -1 -p8080"), ["--temperature=-1", "-p=8080"]);
    assert_eq!(said("serve --log-level debug --no-usage-stats x"), ["--log-level=debug", "--no-usage-stats=true"]);
}

#[test]
fn switches_leave_the_next_word_alone() {
    assert_eq!(said("uvicorn --reload main:app"), ["--reload=true"]);
    assert_eq!(said("serve --enable-x false"), ["--enable-x=false"]);
    assert_eq!(said("curl -k https://x"), ["-k=true"]);
    assert_eq!(said("curl -fsSLk https://x"), ["-f=true", "-s=true", "-S=true", "-L=true", "-k=true"]);
}

#[test]
fn a_quoted_value_keeps_its_quotes_in_raw_only() {
    let text = "serve --a=\"b c\" \"--d=e\"";
    let reading = scripted(text);
    proven(text, &reading);
    assert_eq!(&*reading.settings[0].raw, "\"b c\"");
    assert_eq!(&*reading.settings[1].raw, "e");
    assert_eq!(reading.settings[1].name_span.of(text), "\"--d");
    assert_eq!(said(text), ["--a=b c", "--d=e"]);
}

#[test]
fn a_bare_flag_has_an_empty_value_at_its_end() {
    let reading = scripted("x --y");
    assert_eq!(reading.settings[0].value_span, Span::new(5, 5));
    assert_eq!(reading.settings[0].value, Outcome::One(Value::Bool(true)));
}

#[test]
fn variables_are_read_where_they_reach_a_program() {
    assert_eq!(said("export A=1 B='2'\nC=3 run\nenv D=4 run\nE=5\n"), ["A=1", "B=2", "C=3", "D=4"]);
    assert_eq!(said("A=1\nexport A"), ["A=1"]);
    assert_eq!(said("set -a\nA=1"), ["A=1"]);
    assert_eq!(said(": \"${A:=1}\" ${B=2}"), ["A=1", "B=2"]);
    assert_eq!(said("docker run -e A=1 --env B=2 -eC=3 img").iter().filter(|s| !s.starts_with('-')).count(), 3);
    assert_eq!(said("echo \"A=1\" >> \"$GITHUB_ENV\""), ["A=1"]);
}

#[test]
fn a_script_is_one_command_per_line_operator_and_pipe() {
    let text =
        "set -eu\n# --comment\npip install \\\n  --trusted-host h x && /usr/bin/curl -k u | sh ; if a --b; then exec c --d 2>&1 > f; fi\n";
    let names: Vec<String> = commands(text).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["pip", "curl", "a", "c"]);
    assert_eq!(commands(text)[0].1, "pip install --trusted-host h x");
    assert_eq!(said(text), ["--trusted-host=h", "-k=true", "--b=true", "--d=true"]);
}

#[test]
fn a_pipeline_that_runs_what_it_fetches_is_one_command() {
    let values = |text: &str| {
        let reading = scripted(text);
        proven(text, &reading);
        commands(text)
    };
    let one = |text: &str, name: &str, value: &str| assert_eq!(values(text), [(name.to_owned(), value.to_owned())], "{text}");
    one("curl -fsSL https://x | sh", "curl", "curl -fsSL https://x | sh");
    one("wget -qO- https://x |\n  sudo -E bash -s -- --yes", "wget", "wget -qO- https://x | sudo -E bash -s -- --yes");
    one("curl https://x | python3 -", "curl", "curl https://x | python3 -");
    let names = |text: &str| values(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("curl x | python3 -m json.tool"), ["curl", "python3"]);
    assert_eq!(names("curl x | sh other.sh"), ["curl", "sh"]);
    assert_eq!(names("curl x || sh"), ["curl", "sh"]);
    assert_eq!(names("curl x | gunzip | bash"), ["curl", "gunzip"]);
    assert_eq!(values("curl x | gunzip | bash")[0].1, "curl x | gunzip | bash");
}

#[test]
fn heredoc_bodies_are_passed_over() {
    assert_eq!(said("cat <<EOF > f\nrun --no\nEOF\nrun --yes-this"), ["--yes-this=true"]);
    assert_eq!(said("cat <<-'EOF'\n\trun --no\n\tEOF\nrun --yes-this"), ["--yes-this=true"]);
}

#[test]
fn an_inner_script_counts_with_its_own_places() {
    let text = "sh -c 'serve --host 0.0.0.0'";
    let reading = scripted(text);
    proven(text, &reading);
    assert_eq!(reading.settings[0].value_span.of(text), "0.0.0.0");
}

#[test]
fn what_is_computed_is_a_reference() {
    let reading = scripted("serve --a $(date) --b '$X'");
    assert_eq!((reading.settings[0].value.clone(), reading.settings[0].mark), (Outcome::Unread, Mark::Reference));
    assert_eq!(reading.settings[1].value, Outcome::text("$X"));
}

#[test]
fn a_fallback_is_the_value() {
    assert_eq!(said("X=${Y:-1} serve --host \"${HOST:-0.0.0.0}\" --port=${P-80}"), ["X=1", "--host=0.0.0.0", "--port=80"]);
}

#[test]
fn crlf_ends_a_command() {
    assert_eq!(said("a --b c\r\nd --e f\r\n"), ["--b=c", "--e=f"]);
}

proptest::proptest! {
    #[test]
    fn no_text_panics_and_every_span_holds_its_raw(text in "[ -~\\n\\r\\té$\"'`\\\\]{0,80}") {
        for word in split(&text, 0) {
            assert_eq!(word.span.of(&text), &*word.raw);
        }
        let reading = scripted(&text);
        for setting in &reading.settings {
            assert_eq!(&*setting.raw, setting.value_span.of(&text));
        }
    }
}

#[test]
fn a_letter_has_its_long_name_where_the_program_is_known() {
    let names = |text: &str| {
        let reading = scripted(text);
        let flag = reading.settings.iter().find(|setting| setting.names[0].0 == Surface::Flag).unwrap();
        flag.names.iter().map(|(_, name)| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names("gunicorn -b 0.0.0.0:80 app:app"), ["-b", "--bind"]);
    assert_eq!(names("other -b 0.0.0.0:80"), ["-b"]);
}
