//! Dockerfiles, sentence by sentence, and against another parser.

use super::*;
use crate::reading::PinVersion;
use crate::scope::ScopeKind;
use crate::setting::{Setting, Surface};
use crate::value::{Mark, Outcome};

fn all(text: &str) -> Reading {
    let reading = read("Dockerfile", text);
    for setting in &reading.settings {
        assert_eq!(&*setting.raw, setting.value_span.of(text));
        assert!(!setting.name_span.of(text).is_empty());
    }
    reading
}

fn on(reading: &Reading, wanted: Surface) -> Vec<String> {
    let shown = |setting: &Setting| match &setting.value {
        Outcome::One(value) => value.display(),
        _ => "?".into(),
    };
    let settings = reading.settings.iter().filter(|setting| setting.names[0].0 == wanted);
    settings.map(|s| format!("{}:{}={}", reading.get(s.scope).name, s.names[0].1, shown(s))).collect()
}

#[test]
fn both_forms_of_env_are_read() {
    let reading = all("FROM a\nENV A=1 B=\"x y\" C='z' D=p\\ q\nENV E some words\nenv F=\n");
    assert_eq!(on(&reading, Surface::Env), ["0:A=1", "0:B=x y", "0:C=z", "0:D=p q", "0:E=some words", "0:F="]);
}

#[test]
fn lines_go_on_through_comments_blank_lines_and_crlf() {
    let text = "FROM a\r\nENV A=1 \\\r\n# a comment\r\n\r\n    B=2 \\  \r\n C=3\r\nUSER x\r\n";
    let reading = all(text);
    assert_eq!(on(&reading, Surface::Env), ["0:A=1", "0:B=2", "0:C=3"]);
    assert_eq!(on(&reading, Surface::Directive), [":USER=x"]);
    assert!(reading.problems.is_empty());
}

#[test]
fn the_escape_directive_is_heeded() {
    let text = "# escape=`\nFROM a\nENV A=c:\\x `\n    B=2\n";
    assert_eq!(on(&all(text), Surface::Env), ["0:A=c:\\x", "0:B=2"]);
}

#[test]
fn variables_come_from_arguments_and_earlier_env() {
    let text = "ARG V=1.2\nFROM r/a:${V} AS s\nARG V\nARG W=w\nARG N\nENV A=$V B=${W}-x C=$N D='$V'\nENV E=${A}\n";
    let reading = all(text);
    assert_eq!(on(&reading, Surface::Env), ["s:A=1.2", "s:B=w-x", "s:C=?", "s:D=$V", "s:E=1.2"]);
    assert_eq!(on(&reading, Surface::Image), ["s:r/a=r/a:1.2"]);
    assert_eq!(reading.pins[0].version, PinVersion::Exact("1.2".into()));
    let c = reading.settings.iter().find(|s| &*s.names[0].1 == "C").unwrap();
    assert_eq!(c.mark, Mark::Reference);
}

#[test]
fn the_last_assignment_of_a_stage_wins() {
    let reading = all("FROM a\nENV A=1\nENV A=2\n");
    assert_eq!(on(&reading, Surface::Env), ["0:A=2"]);
    assert_eq!(reading.settings.last().unwrap().overridden[0].value, Outcome::text("1"));
}

#[test]
fn the_final_stage_shows_what_it_inherits() {
    let text = "FROM a AS base\nENV A=1 B=1\nUSER root\nFROM b AS other\nENV C=1\nFROM base\nENV A=2\nUSER app\nEXPOSE 80 443/tcp\n";
    let reading = all(text);
    assert_eq!(on(&reading, Surface::Env), ["base:A=1", "base:B=1", "2:B=1", "other:C=1", "2:A=2"]);
    assert_eq!(on(&reading, Surface::Directive), [":USER=app", "2:EXPOSE=80", "2:EXPOSE=443/tcp"]);
    let user = reading.settings.iter().find(|s| &*s.names[0].1 == "USER").unwrap();
    assert_eq!(reading.get(user.scope).kind, ScopeKind::Image);
    assert_eq!(user.overridden[0].span.of(text), "root");
    let inherited = reading.settings.iter().rfind(|s| &*s.names[0].1 == "A").unwrap();
    assert_eq!(inherited.overridden[0].span.of(text), "1");
}

#[test]
fn images_of_one_file_have_what_their_common_stage_sets() {
    let reading = all("FROM a AS base\nENV A=1 B=1\nFROM base AS web\nENV B=2\nFROM web AS more\nFROM c AS cli\n");
    assert_eq!(on(&reading, Surface::Env), ["base:A=1", "web:A=1", "more:A=1", "base:B=1", "web:B=2", "more:B=2"]);
}

#[test]
fn what_stages_inherit_is_bounded() {
    let variables: Vec<String> = (0..1000).map(|at| format!(" V{at}=1")).collect();
    let stages: Vec<String> = (0..100).map(|at| format!("FROM base AS s{at}\n")).collect();
    let reading = all(&format!("FROM a AS base\nENV{}\n{}FROM b\n", variables.concat(), stages.concat()));
    assert_eq!(on(&reading, Surface::Env).len(), 1000 + super::stages::INHERITED);
}

#[test]
fn images_are_named_without_tag_and_pinned_by_it() {
    let text = "FROM --platform=$BUILDPLATFORM docker.io/library/python:3.12-slim AS a\nFROM ghcr.io/x/y@sha256:ab AS b\nFROM r:5000/z\nFROM scratch\nFROM $X\n";
    let reading = all(text);
    let names: Vec<String> = on(&reading, Surface::Image);
    assert_eq!(
        names,
        ["a:python=docker.io/library/python:3.12-slim", "b:ghcr.io/x/y=ghcr.io/x/y@sha256:ab", "2:r:5000/z=r:5000/z", "4:$X=?"]
    );
    let pins: Vec<(&str, &PinVersion, &str)> = reading.pins.iter().map(|p| (&*p.package, &p.version, p.span.of(text))).collect();
    assert_eq!(pins[0], ("docker:python", &PinVersion::Exact("3.12-slim".into()), "3.12-slim"));
    assert_eq!(pins[2], ("docker:r:5000/z", &PinVersion::Any, "r:5000/z"));
    assert_eq!(&*reading.scopes[2].labels[0], "python");
}

#[test]
fn commands_give_flags_in_both_forms() {
    let flags = |text: &str| on(&all(text), Surface::Flag);
    assert_eq!(flags("FROM a\nCMD [\"serve\", \"--host\", \"0.0.0.0\"]\n"), ["0:--host=0.0.0.0"]);
    assert_eq!(flags("FROM a\nCMD serve --host 0.0.0.0\n"), ["0:--host=0.0.0.0"]);
    assert_eq!(flags("FROM a\nENTRYPOINT [\"serve\"]\nCMD [\"--host\", \\\n \"0.0.0.0\"]\n"), ["0:--host=0.0.0.0"]);
    assert_eq!(flags("FROM a\nCMD serve --a\nCMD serve --b\n"), ["0:--b=true"]);
    assert_eq!(flags("FROM a\nENV H=::\nCMD serve --host $H\n"), ["0:--host=::"]);
    assert_eq!(flags("FROM a\nCMD [\"sh\", \"-c\", \"serve --host 0.0.0.0\"]\n"), ["0:--host=0.0.0.0"]);
    assert_eq!(flags("FROM a AS x\nCMD serve --a\nFROM b\n"), [""; 0]);
}

#[test]
fn an_entry_point_and_its_arguments_are_two_places_of_one_program() {
    let reading = all("FROM a\nENTRYPOINT [\"/bin/serve\", \"--x\"]\nCMD [\"--y\"]\n");
    assert_eq!(on(&reading, Surface::Command), ["0:serve=/bin/serve --x", "0:serve=--y"]);
}

#[test]
fn run_is_a_script_also_as_a_heredoc() {
    let text = "FROM a\nRUN --mount=type=cache,target=/x pip install \\\n  --trusted-host h x && \\\n  # why\n  curl -k u\nRUN <<EOF\nexport A=1\npip install --pre y\nEOF\nCOPY <<EOF /x\nENV NOT=1\nEOF\nENV B=2\n";
    let reading = all(text);
    assert_eq!(on(&reading, Surface::Flag), ["0:--trusted-host=h", "0:-k=true", "0:--pre=true"]);
    assert_eq!(on(&reading, Surface::Env), ["0:A=1", "0:B=2"]);
    assert_eq!(on(&reading, Surface::Command)[0], "0:pip=pip install --trusted-host h x");
}

#[test]
fn what_is_no_instruction_hides_nothing() {
    let text = "FROM a\n{{ if x }}\nENV A=1\n{{- end }}\nNONSENSE x\nENV B=1 \\\n{% if y %}\n C=2\nONBUILD ENV D=3\nHEALTHCHECK CMD curl -k x\nLABEL a=b\n";
    let reading = all(text);
    assert_eq!(on(&reading, Surface::Env), ["0:A=1", "0:B=1", "0:C=2", "0:D=3"]);
    assert!(reading.templated);
    assert_eq!(reading.problems.len(), 1);
    assert!(!reading.problems[0].fatal);
}

#[test]
fn a_part_without_from_is_read_too() {
    assert_eq!(on(&all("ENV A=1\n"), Surface::Env), ["0:A=1"]);
}

#[test]
fn a_variable_without_a_name_is_none() {
    assert_eq!(on(&all("FROM a\nENV =x A=1\n"), Surface::Env), ["0:A=1"]);
}

#[test]
fn variables_that_double_each_other_stay_small() {
    use std::fmt::Write;
    let mut text = "FROM a\nENV A0=xxxxxxxxxxxxxxxx\n".to_owned();
    for i in 1..200 {
        writeln!(text, "ENV A{i}=$A{}$A{}$A{}", i - 1, i - 1, i - 1).unwrap();
    }
    assert_eq!(all(&text).settings.len(), 201);
}

#[test]
fn names_of_dockerfiles_are_known() {
    for path in ["Dockerfile", "a/Dockerfile.gpu", "api.Dockerfile", "x.dockerfile", "Containerfile", "Dockerfile-dev"] {
        assert!(claims(path), "{path}");
    }
    for path in ["Dockerfile.dockerignore", "dockerfile_test.py", "Dockerfiles/x", "mydockerfile"] {
        assert!(!claims(path), "{path}");
    }
}

#[test]
fn another_parser_sees_the_same_instructions() {
    use parse_dockerfile::Instruction as Theirs;
    let samples = [
        "FROM a:1 AS x\nENV A=1 \\\n  B=2\nUSER u\nRUN <<EOF\nENV NO=1\nEOF\nFROM b\nENV C d e\nUSER 10:10\n",
        "# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nENV A=1 `\n# c\n B=2\nUSER u\n",
        "ARG X=1\nFROM a:$X as Q\nCOPY <<A <<B /x/\nENV NO=1\nA\nUSER no\nB\nUSER yes\nONBUILD ENV K=v\n",
    ];
    for text in samples {
        let theirs = parse_dockerfile::parse(text).unwrap();
        let mut expected = Vec::new();
        for instruction in &theirs.instructions {
            match instruction {
                Theirs::From(from) => expected.push(("FROM", from.image.span.start)),
                Theirs::Env(env) => expected.push(("ENV", env.arguments.span.start)),
                Theirs::User(user) => expected.push(("USER", user.arguments.span.start)),
                _ => {}
            }
        }
        let ours = lex::lex(text).instructions;
        let ours: Vec<(&str, usize)> = ours
            .iter()
            .filter(|i| !i.onbuild && matches!(i.keyword.as_str(), "FROM" | "ENV" | "USER"))
            .map(|i| (i.keyword.as_str(), i.at))
            .collect();
        assert_eq!(ours, expected);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "((FROM|ENV|RUN|ARG|USER|CMD|ONBUILD|COPY) )?([ -~é\\n\\r\\t]|\\\\\\n|<<E|\\$\\{A|\\[\"){0,60}") {
        all(&text);
    }

    #[test]
    fn no_lines_panic(lines in proptest::collection::vec("(FROM a( AS b)?|FROM b|ENV A=[$\"'\\\\{}AB:-]{0,9}|RUN x --y=[$\"' A{}]{0,6}\\\\?|<<E|# c|E|CMD \\[\"a\"(, \"--b\")?\\]?|\\{\\{ x \\}\\})", 0..12)) {
        all(&lines.join("\n"));
    }
}

#[test]
fn files_that_an_image_writes_are_read_by_their_names() {
    for written in [
        "COPY <<EOF /app/.streamlit/config.toml\n[browser]\ngatherUsageStats = true\nEOF\n",
        "COPY <<config.toml /app/.streamlit/\n[browser]\ngatherUsageStats = true\nconfig.toml\n",
        "RUN cat <<EOF > /app/.streamlit/config.toml\n[browser]\ngatherUsageStats = true\nEOF\n",
        "RUN echo \"[browser]\" > config.toml && \\\n    echo \"gatherUsageStats = true\" >> config.toml\n",
        "RUN printf '[browser]\\ngatherUsageStats = true\\n' | tee config.toml\n",
    ] {
        let text = format!("FROM a\n{written}");
        let reading = read("Dockerfile", &text);
        let found = reading.settings.iter().find(|one| reading.path_of(one) == "browser.gatherUsageStats");
        assert_eq!(found.map(|one| one.value_span.of(&text)), Some("true"), "{text}");
        assert!(reading.kinds.iter().any(|kind| kind.0 == "toml") && reading.kinds.first().is_some_and(|kind| kind.0 == "dockerfile"));
    }
}
