//! The gate's call in scripts, one line a way to write it.

use super::*;

fn plain(script: &str) -> Option<Call> {
    find(script, Shell { errexit: true, pipefail: false }, None)
}

#[test]
fn a_call_whose_exit_code_is_dropped_is_told_from_one_that_ends_the_script() {
    for (line, ignored) in [
        ("privgate check --ci", false),
        ("./bin/privgate check --ci && echo fine", false),
        ("privgate check --ci || true", true),
        ("privgate check --ci||true", true),
        ("privgate check --ci || exit 1", false),
        ("privgate check --ci || exit", false),
        ("privgate check --ci || exit $?", false),
        ("privgate check --ci || exit 0", true),
        ("privgate check --ci || exit $((0))", true),
        ("privgate check --ci || exit 00", true),
        ("privgate check --ci || echo weak", true),
        ("privgate check --ci || { echo weak; true; }", true),
        ("privgate check --ci || { echo weak; exit 1; }", false),
        ("privgate check --ci && echo fine || echo weak", true),
        ("privgate check --ci | tee log", true),
        ("set -o pipefail\nprivgate check --ci | tee log", false),
        ("privgate check --ci|cat", true),
        ("privgate check --ci; true", true),
        ("privgate check --ci ; exit 0", true),
        ("privgate check --ci\necho done", false),
        ("set +e\nprivgate check --ci\necho done", true),
        ("set +ex; privgate check --ci; echo done", true),
        ("set +e\nprivgate check --ci\nexit $?", false),
        ("set +e\nprivgate check --ci", false),
        ("code=0\nprivgate check --ci || code=$?\nexit $code", false),
        ("privgate check --ci || code=$?", true),
        ("if privgate check --ci; then echo; fi", true),
        ("if ! privgate check --ci; then\n  echo weak\n  exit 1\nfi", false),
        ("if ! privgate check --ci\nthen echo weak\nfi", true),
        ("! privgate check --ci", true),
        ("privgate check --ci &", true),
        ("privgate check --ci & wait", true),
        ("{\n  privgate check --ci\n} || true", true),
        ("{\n  privgate check --ci\n  echo x\n} || true", true),
        ("(privgate check --ci) || true", true),
        ("(cd app; privgate check --ci)", false),
        ("true || privgate check --ci", true),
        ("false && privgate check --ci", true),
        ("cd app && privgate check --ci", false),
        ("exit 0; privgate check --ci", true),
        ("exec true; privgate check --ci", true),
        ("exec 2>&1; privgate check --ci", false),
        ("exec privgate check --ci", false),
        ("[ -f x ] && exit 1; privgate check --ci", false),
        ("trap 'exit 0' EXIT; privgate check --ci", true),
        ("trap 'rm -f x' EXIT; privgate check --ci", false),
        ("set -n; privgate check --ci", true),
        ("alias privgate=true; privgate check --ci", true),
        ("hash -p /bin/true privgate; privgate check --ci", true),
        ("privgate() { :; }; privgate check --ci", true),
        ("privgate () { :; }; privgate check --ci", true),
        ("function privgate { :; }\nprivgate check --ci", true),
        ("gate() {\n  privgate check --ci\n}\ntrue", true),
        ("gate() {\n  privgate check --ci\n}\ngate", false),
        ("gate() {\n  privgate check --ci\n}\ngate || true", true),
        ("sh -c 'privgate check --ci || true'", true),
        ("sh -c 'privgate check --ci; true'", true),
        ("bash -c \"privgate check --ci\"", false),
        ("export X=$(privgate check --ci)", true),
        ("X=$(privgate check --ci)", false),
        ("coproc privgate check --ci", true),
        ("sudo privgate check --ci", false),
        ("a=(b c); { privgate check --ci; }", false),
    ] {
        assert_eq!(plain(line).map(|call| call.ignored), Some(ignored), "{line}");
    }
}

#[test]
fn what_only_tells_of_a_call_is_none() {
    for script in [
        "# privgate check",
        "privgate audit",
        "echo privgate",
        "cargo install privgate",
        "echo privgate check --ci",
        "cd app && echo privgate check --ci",
        "privgate check --help",
        "privgate --help check",
        "command -v privgate check",
        "cat <<EOF\nprivgate check --ci\nEOF",
        ": <<'X'\nprivgate check --ci\nX",
        "x=\"\nprivgate check --ci\n\"",
        "echo '\nprivgate check --ci\n'",
        "",
    ] {
        assert_eq!(plain(script), None, "{script}");
    }
}

#[test]
fn what_has_to_be_true_before_the_call_is_told() {
    let conditions = |script: &str| plain(script).unwrap().conditions;
    assert_eq!(conditions("[ -n \"$X\" ] && privgate check"), ["[ -n $X ]"]);
    assert_eq!(conditions("[[ $A == b ]] || privgate check"), ["not ([[ $A == b ]])"]);
    assert_eq!(conditions("if [ $A ]; then\n  privgate check\nfi"), ["if [ $A ]"]);
    assert_eq!(conditions("if [ $A ]; then\n  exit 0\nfi\nprivgate check"), ["if [ $A ]"]);
    assert_eq!(conditions("if [ $A ]; then exit 0; fi\nprivgate check"), ["if [ $A ]"]);
    assert_eq!(conditions("[ x ] && exit 0\nprivgate check"), ["[ x ]"]);
    assert_eq!(conditions("case $A in\n  b) exit 0;;\nesac\nprivgate check"), ["case $A in"]);
    assert_eq!(conditions("for x in; do privgate check; done"), ["for x in"]);
    assert_eq!(conditions("xargs privgate check"), ["xargs"]);
    for quiet in [
        "if ! command -v privgate; then\n  cargo install privgate\nfi\nprivgate check",
        "cargo install privgate && privgate check",
        "if [ x ]; then exit 1; fi\nprivgate check",
        "(exit 0)\nprivgate check",
    ] {
        assert!(conditions(quiet).is_empty(), "{quiet}");
    }
}

#[test]
fn what_leads_the_call_elsewhere_is_told() {
    let around = |script: &str| plain(script).unwrap().surroundings;
    assert_eq!(around("cd /tmp/x\nprivgate check").folder.as_deref(), Some("/tmp/x"));
    assert_eq!(around("cd ..\nprivgate check").folder.as_deref(), Some(".."));
    for inside in ["cd app\nmake\ncd ..", "cd $GITHUB_WORKSPACE", "cd \"$GITHUB_WORKSPACE/app\"", "cd app/x && make"] {
        assert_eq!(around(&format!("{inside}\nprivgate check")).folder, None, "{inside}");
    }
    for script in ["GIT_DIR=/x privgate check", "export GIT_DIR=/x\nprivgate check", "env GIT_DIR=/x privgate check"] {
        assert_eq!(around(script).variables, ["GIT_DIR"], "{script}");
    }
    assert!(around("A=b privgate check").variables.is_empty());
}

#[test]
fn the_program_is_what_names_it_and_brings_it() {
    let around = |script: &str| plain(script).unwrap().surroundings;
    assert_eq!(around("privgate check").program, [""; 0]);
    assert_eq!(around("make\nprivgate check").program, [""; 0]);
    assert_eq!(around("npx privgate@1.2.3 check").program, ["npx privgate@N"]);
    assert_eq!(around("pip install privgate==1.2.3 x==2\nprivgate check").program, ["pip install privgate==N x==2"]);
    assert_eq!(around("echo x >> $GITHUB_PATH\nprivgate check").program, ["echo x"]);
    assert_eq!(around("export PATH=./x:$PATH\nprivgate check").program, ["PATH=./x:$PATH"]);
    let (new, old) = (around("npx privgate@1.10.0 check").version, around("uvx --from privgate==1.9.9 privgate check").version);
    assert!(new > old && old.is_some());
    assert!(around("cargo install privgate --version 1.2.3\nprivgate check").version.is_some());
}

#[test]
fn a_text_without_end_is_no_trap() {
    for script in ["privgate check (", "privgate check )", "} fi done esac ) ; privgate check", "if if if privgate check", "function", "("]
    {
        plain(script);
    }
    let deep = "sh -c '".repeat(50) + "privgate check";
    plain(&deep);
    plain(&("(".repeat(100_000) + "privgate check" + &")".repeat(100_000)));
}
