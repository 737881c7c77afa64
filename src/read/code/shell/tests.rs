//! Shell scripts, sentence by sentence.

use super::SHELL;
use crate::read::code;
use crate::reading::Reading;
use crate::setting::Surface;
use crate::value::{Outcome, Value};

fn reading(text: &str) -> Reading {
    let reading = code::read(&SHELL, "a.sh", text);
    for setting in &reading.settings {
        assert_eq!(&*setting.raw, setting.value_span.of(text), "{setting:?}");
        assert!(!setting.name_span.of(text).is_empty(), "{setting:?}");
    }
    reading
}

/// Every setting of a surface as `name=value`.
fn said(text: &str, surface: Surface) -> Vec<String> {
    let reading = reading(text);
    let fits = reading.settings.iter().filter(|setting| setting.names.first().is_some_and(|(is, _)| *is == surface));
    fits.map(|setting| {
        let names: Vec<&str> = setting.names.iter().map(|(_, name)| &**name).collect();
        format!("{}={}", names.join("/"), shown(&setting.value))
    })
    .collect()
}

fn shown(value: &Outcome) -> String {
    match value {
        Outcome::One(Value::Text(text)) => text.to_string(),
        Outcome::One(value) => format!("{value:?}"),
        Outcome::AnyOf(_) => "any".into(),
        Outcome::Unread => "?".into(),
    }
}

fn variables(text: &str) -> Vec<String> {
    said(text, Surface::Env)
}

#[test]
fn what_a_script_sets_is_a_variable() {
    assert_eq!(
        variables("API_HOST=\"0.0.0.0\" # note\nexport B='x y'\nexport lower=1 EMPTY=\n"),
        ["API_HOST=0.0.0.0", "B=x y", "lower=1", "EMPTY="]
    );
    assert_eq!(variables("here=1\nlocal X=1\n"), Vec::<String>::new());
    assert_eq!(variables("here=1\nexport here\n"), ["here=1"]);
}

#[test]
fn a_fallback_is_the_default_in_every_spelling() {
    assert_eq!(variables("HOST=${HOST:-0.0.0.0}\n"), ["HOST=0.0.0.0"]);
    assert_eq!(variables("HOST=\"${API_HOST:-0.0.0.0}\"\n"), ["HOST/API_HOST=0.0.0.0"]);
    assert_eq!(variables("host=\"${API_HOST:-0.0.0.0}\"\n"), ["API_HOST=0.0.0.0"]);
    assert_eq!(variables(": \"${HOST:=0.0.0.0}\"\n: ${LEVEL:=debug}\n"), ["HOST=0.0.0.0", "LEVEL=debug"]);
    assert_eq!(variables("if [ -z \"$HOST\" ]; then\n  HOST=0.0.0.0\nfi\n"), ["HOST=0.0.0.0"]);
    assert_eq!(variables("serve --host \"${HOST:-0.0.0.0}\"\n"), ["HOST=0.0.0.0"]);
}

#[test]
fn what_the_caller_gives_is_no_default() {
    let script = "HOST=127.0.0.1\nwhile [ $# -gt 0 ]; do case $1 in --host) HOST=\"$2\"; shift ;; esac; done\nserve --host \"$HOST\"\n";
    assert_eq!(variables(script), ["HOST=127.0.0.1"]);
    assert_eq!(said(script, Surface::Flag), ["--host=127.0.0.1"]);
    assert_eq!(variables("for o in \"$@\"; do case $o in --skip) SKIP_IT=1 ;; esac; done\n"), Vec::<String>::new());
}

#[test]
fn the_last_assignment_counts_unless_it_depends() {
    assert_eq!(variables("A_B=1\nA_B=2\n"), ["A_B=2"]);
    assert_eq!(variables("A_B=1\nif x; then A_B=2; fi\n"), ["A_B=1", "A_B=2"]);
    assert_eq!(reading("A_B=1\nA_B=2\n").settings[0].overridden.len(), 1);
}

#[test]
fn flags_are_those_of_their_commands() {
    let script = "PORT=80\nexec python -m app --port $PORT --share &\ndocker run -e X_Y=1 -p 0.0.0.0:80:80 -v /var/run/docker.sock:/s --privileged img\n";
    assert_eq!(
        said(script, Surface::Flag),
        [
            "-m=app",
            "--port=80",
            "--share=Bool(true)",
            "-e=X_Y=1",
            "-p=0.0.0.0:80:80",
            "-v=/var/run/docker.sock:/s",
            "--privileged=Bool(true)"
        ]
    );
    assert_eq!(variables(script), ["PORT=80", "X_Y=1"]);
    assert_eq!(
        said("ARGS+=(--host 0.0.0.0)\nOPTS=\"$OPTS --share --level debug\"\n", Surface::Flag),
        ["--host=0.0.0.0", "--share=Bool(true)", "--level=debug"]
    );
}

#[test]
fn a_pipeline_into_a_shell_is_one_command() {
    assert_eq!(
        said("curl -fsSL https://a.example/i | sudo bash -s -\n", Surface::Command),
        ["curl=curl -fsSL https://a.example/i | sudo bash -s -", "bash=bash -s -"]
    );
    assert_eq!(said("set -x\nsed -i s/a/b/ f\necho --host\n", Surface::Command), ["set=set -x"]);
}

#[test]
fn lines_that_are_written_to_a_file_set_variables() {
    assert_eq!(variables("echo \"ADDRESS=0.0.0.0:80\" | $SUDO tee /etc/a.env >/dev/null\n"), ["ADDRESS=0.0.0.0:80"]);
    assert_eq!(variables("PORT=80\necho \"ADDRESS=0.0.0.0:$PORT\" >> a.env\n"), ["PORT=80", "ADDRESS=0.0.0.0:80"]);
    assert_eq!(variables("PORT=80\necho \"ADDRESS='0.0.0.0:$PORT'\" >> a.env\n"), ["PORT=80", "ADDRESS=0.0.0.0:80"]);
    assert_eq!(variables("echo ADDRESS=1\necho 'export A_B=1' >> ~/.bashrc\n"), ["A_B=1"]);
    assert_eq!(variables("cat > .env <<EOF\nA_B=1\nC_D=\"2\"\nEOF\n"), ["A_B=1", "C_D=2"]);
    assert_eq!(
        variables("cat <<EOF | sudo tee /etc/x >/dev/null\n[Service]\nEnvironment=\"ADDRESS=0.0.0.0:8080\"\nEOF\n"),
        ["ADDRESS=0.0.0.0:8080"]
    );
    assert_eq!(said("cat > go <<'EOF'\n#!/bin/sh\nserve --host 0.0.0.0\nEOF\n", Surface::Flag), ["--host=0.0.0.0"]);
}

#[test]
fn functions_are_scopes() {
    let reading = reading("main() {\n  export A_B=1\n}\n");
    assert_eq!(reading.scope_words(reading.settings[0].scope).as_deref(), Some("function main"));
}

#[test]
fn what_is_computed_is_not_guessed() {
    assert_eq!(variables("TOKEN=$(cat /x)\nDIR=\"$CURDIR\"/etc\nA_B=`x`\n"), ["TOKEN=?", "DIR=?", "A_B=?"]);
}

#[test]
fn scripts_are_known_by_their_names() {
    for path in ["a.sh", "x/entrypoint", "docker-entrypoint", "b.bash", "c.zsh", "install"] {
        assert!(super::claims(path), "{path}");
    }
    for path in ["a.py", ".envrc", "run/x", "installer"] {
        assert!(!super::claims(path), "{path}");
    }
}

#[test]
fn a_script_without_an_ending_is_read_when_it_names_a_shell() {
    let count = |text: &str| super::read_script("services.d/app/run", text).settings.len();
    assert!(count("#!/usr/bin/with-contenv bash\nexport A_B=1\n") > 0);
    assert!(count("#!/bin/sh -e\nexport A_B=1\n") > 0);
    for other in ["#!/usr/bin/env python3\nA_B=1\n", "A_B=1\n", "#!/bin/execlineb -P\nexport A_B=1\n", ""] {
        assert_eq!(count(other), 0, "{other}");
    }
    assert!(!super::read_script("a.sh", "export A_B=1\n").settings.is_empty());
}
