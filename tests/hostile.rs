//! Inputs made to break the program: every one ends in time, with a specified exit code, and with words that tell what to do.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]
#![cfg(unix)]

mod support;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use support::{DATE, Ran, Repo, SAFE, WEAK, git};

const FLAG: &str = "VLLM_NO_USAGE_STATS=1\n";

/// A repository where a safe file became these bytes.
fn became(path: &str, base: &str, head: impl AsRef<[u8]>) -> Repo {
    let repo = Repo::new();
    repo.write(path, base).commit("base");
    repo.write(path, head).commit("head");
    repo
}

/// The run of `check` on it: the reason must be said, together with the next step.
#[track_caller]
fn undecided(repo: &Repo, reason: &str) -> Ran {
    let ran = repo.check(&[]).exits(3).says("undecided").says("fix  ");
    let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(reason), "no `{reason}` in {ran:#?}");
    ran
}

// --- what cannot be read ---

#[test]
fn broken_yaml_where_a_fact_stood_is_undecided_with_its_line() {
    undecided(&became("compose.yaml", SAFE, SAFE.replace("    environment", "   environment")), "line 4");
    undecided(&became("compose.yaml", SAFE, format!("{SAFE}\tb: [\n")), "line 6");
    undecided(&became("compose.yaml", SAFE, SAFE.replace("services:", "services: {")), "line ");
}

#[test]
fn a_file_that_no_policy_knows_may_be_broken() {
    became("notes.yaml", "a: 1\n", "a: [\n").check(&[]).exits(0).says("1 skipped");
}

#[test]
fn a_file_that_is_repaired_is_never_an_error() {
    let repo = became("compose.yaml", "services: [\n", SAFE);
    repo.check(&[]).exits(0);
    let repo = became("compose.yaml", "services: [\n", WEAK);
    repo.check(&[]).one_of(&[0]);
}

#[test]
fn the_same_unreadable_bytes_on_both_sides_are_quiet() {
    let repo = Repo::new();
    repo.write("compose.yaml", "services: [\n").write("a.txt", "1").commit("base");
    repo.write("a.txt", "2").commit("head");
    repo.check(&[]).exits(0);
    // also under a new name
    repo.git(&["mv", "compose.yaml", "docker-compose.yaml"]);
    repo.commit("moved");
    repo.check(&[]).exits(0).says("0 undecided");
}

#[test]
fn bytes_that_are_no_text_are_undecided() {
    undecided(&became("compose.yaml", SAFE, b"services:\n  api: \xff\xfe\n"), "not UTF-8");
    undecided(&became("compose.yaml", SAFE, format!("{SAFE}# \0\n")), "NUL");
    undecided(&became("compose.yaml", SAFE, b"\xff\xfea"), "");
    undecided(&became(".env", FLAG, b"VLLM_NO_USAGE_STATS=1\0\n"), "NUL");
}

#[test]
fn other_encodings_and_line_ends_are_read() {
    let utf16 = |big: bool, text: &str| {
        let unit = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect::<Vec<u8>>()
    };
    for head in [
        utf16(false, WEAK),
        utf16(true, WEAK),
        format!("\u{feff}{WEAK}").into_bytes(),
        WEAK.replace('\n', "\r\n").into_bytes(),
        WEAK.replace('\n', "\r").into_bytes(),
        WEAK.trim_end().as_bytes().to_vec(),
        format!("%YAML 1.2\n---\n{WEAK}...\n").into_bytes(),
    ] {
        became("compose.yaml", SAFE, &head).check(&[]).exits(1).says("VLLM_NO_USAGE_STATS");
    }
    for head in [utf16(false, SAFE), utf16(true, SAFE), format!("\u{feff}{SAFE}").into_bytes(), SAFE.replace('\n', "\r\n").into_bytes()] {
        became("compose.yaml", SAFE, &head).check(&[]).exits(0).says("0 undecided");
    }
    for ends in ["\r\n", "\r"] {
        let dockerfile = |value: &str| format!("FROM vllm/vllm-openai:v0.6.3{ends}ENV VLLM_NO_USAGE_STATS={value}{ends}");
        let ran = became("Dockerfile", &dockerfile("1"), dockerfile("0")).check(&["--format", "json"]);
        // a Dockerfile's lines end at LF alone: whether CR-only text is one line or two, it is never a silent pass
        ran.one_of(if ends == "\r\n" { &[1] } else { &[1, 3] });
        let file = |value: &str| format!("A=1{ends}VLLM_NO_USAGE_STATS={value}{ends}");
        became(".env", &file("1"), file("0")).check(&[]).exits(1);
    }
}

// --- size and depth ---

#[test]
fn a_file_of_fifty_megabytes_is_not_read_and_says_so() {
    let head = format!("{SAFE}# {}\n", "x".repeat(50 << 20));
    undecided(&became("compose.yaml", SAFE, head), "limit");
}

#[test]
fn very_long_lines_are_read_and_never_printed_whole() {
    let line = "x".repeat(2 << 20);
    // a key of that length is no YAML, and says so
    for head in [format!("# {line}\n{WEAK}"), WEAK.replace("\"0\"", &format!("\"0\" # {line}")), WEAK.replace("api:", &format!("{line}:"))]
    {
        let repo = became("compose.yaml", SAFE, head);
        for format in ["human", "github", "json"] {
            let ran = repo.check(&["--format", format]).one_of(&[1, 3]);
            assert!(ran.out.len() < 100_000, "{format}: {} bytes", ran.out.len());
        }
    }
    let ran = became("compose.yaml", SAFE, SAFE.replace("\"1\"", &format!("\"{line}\""))).check(&[]);
    assert!(ran.out.len() < 100_000 && ran.code != 0, "exit {}, {} bytes", ran.code, ran.out.len());
}

#[test]
fn a_hundred_thousand_levels_end_in_words() {
    const DEEP: usize = 100_000;
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP));
    let block: String = (0..3_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    for (path, base, head) in [
        ("compose.yaml", SAFE.to_owned(), nested("[", "]")),
        ("compose.yaml", SAFE.to_owned(), nested("{a: ", "}")),
        ("compose.yaml", SAFE.to_owned(), "[".repeat(DEEP)),
        ("compose.yaml", SAFE.to_owned(), "- ".repeat(DEEP)),
        ("compose.yaml", SAFE.to_owned(), "? ".repeat(DEEP)),
        ("compose.yaml", SAFE.to_owned(), format!("a: {}", "!x ".repeat(DEEP))),
        ("compose.yaml", SAFE.to_owned(), block),
        ("a.py", "VLLM_NO_USAGE_STATS = 1\n".to_owned(), format!("a = {}", nested("[", "]"))),
        ("a.py", "VLLM_NO_USAGE_STATS = 1\n".to_owned(), format!("a = {}1", "not ".repeat(DEEP))),
        ("a.json", "{\"VLLM_NO_USAGE_STATS\": \"1\"}".to_owned(), nested("[", "]")),
        ("a.json", "{\"VLLM_NO_USAGE_STATS\": \"1\"}".to_owned(), nested("{\"a\":", "}")),
        ("a.json", "{\"VLLM_NO_USAGE_STATS\": \"1\"}".to_owned(), "[".repeat(DEEP)),
        ("a.toml", "VLLM_NO_USAGE_STATS = \"1\"\n".to_owned(), format!("a = {}", nested("[", "]"))),
        ("a.tf", "VLLM_NO_USAGE_STATS = \"1\"\n".to_owned(), format!("a = {}", nested("[", "]"))),
        ("a.tf", "VLLM_NO_USAGE_STATS = \"1\"\n".to_owned(), "a {\n".repeat(DEEP)),
        (
            "web.config",
            "<configuration><VLLM_NO_USAGE_STATS>1</VLLM_NO_USAGE_STATS></configuration>".to_owned(),
            format!("<configuration>{}", nested("<a>", "</a>")),
        ),
        ("httpd.conf", "SetEnv VLLM_NO_USAGE_STATS 1\n".to_owned(), "<a b>\n".repeat(DEEP)),
        ("a.toml", "VLLM_NO_USAGE_STATS = \"1\"\n".to_owned(), format!("a = {}", nested("{a = ", "}"))),
        ("a.toml", "VLLM_NO_USAGE_STATS = \"1\"\n".to_owned(), format!("{}a = 1\n", "a.".repeat(DEEP))),
        ("a.toml", "VLLM_NO_USAGE_STATS = \"1\"\n".to_owned(), format!("[{}a]\nb = 1\n", "a.".repeat(DEEP))),
        (".env", FLAG.to_owned(), format!("A={}x{}\n", "${A:-".repeat(DEEP), "}".repeat(DEEP))),
        ("Dockerfile", format!("FROM a\nENV {FLAG}"), format!("FROM a\nENV A={}x{}\n", "${A:-".repeat(DEEP), "}".repeat(DEEP))),
        ("Dockerfile", format!("FROM a\nENV {FLAG}"), format!("FROM a\nRUN {}\n", "$(".repeat(DEEP))),
        ("compose.yaml", SAFE.to_owned(), SAFE.replace("\"1\"", &format!("\"{}\"", "${A:-".repeat(DEEP)))),
    ] {
        let ran = became(path, &base, &head).check(&[]);
        assert!(ran.code != 0, "{path}: {}...: {ran:#?}", &head[..head.len().min(20)]);
    }
}

#[test]
fn aliases_do_not_explode() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        bomb.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", ")));
    }
    undecided(&became("compose.yaml", SAFE, format!("{SAFE}{bomb}")), "");
    let merged = (0..12).fold(String::from("x0: &x0 {a: 1}\n"), |mut text, n| {
        text.push_str(&format!("x{}: &x{} {{<<: [*x{n}, *x{n}, *x{n}, *x{n}], b{n}: *x{n}, c{n}: *x{n}}}\n", n + 1, n + 1));
        text
    });
    became("compose.yaml", SAFE, format!("{SAFE}{merged}")).check(&[]).one_of(&[0, 3]);
    // an alias inside its own anchor
    became("compose.yaml", SAFE, format!("{SAFE}x: &x [*x]\n")).check(&[]).one_of(&[0, 3]);
}

#[test]
fn two_hundred_thousand_values_are_too_many_and_say_so() {
    let many: String = (0..250_000).map(|n| format!("k{n}: 1\n")).collect();
    undecided(&became("compose.yaml", SAFE, format!("{SAFE}{many}")), "");
}

#[test]
fn a_file_that_does_nothing_but_repeat_ends_in_time() {
    let start = Instant::now();
    for (path, unit) in [
        ("compose.yaml", "'"),
        ("compose.yaml", "\""),
        ("compose.yaml", "{{ "),
        ("compose.yaml", "a: b: "),
        ("compose.yaml", "&a *a "),
        ("compose.yaml", "|\n"),
        ("compose.yaml", "---\n"),
        ("compose.yaml", "%TAG ! x\n"),
        ("compose.yaml", "# "),
        ("compose.yaml", "  - "),
        ("compose.yaml", ",,,,"),
        ("a.json", "\\\""),
        ("a.json", "/*"),
        ("a.json", "{\"a\":1},"),
        ("a.tf", "\"${"),
        ("a.tf", "a = {\n"),
        ("a.tf", "<<E\n"),
        ("web.config", "<configuration a=\"&x;\"><!--"),
        ("web.config", "<configuration>"),
        ("nginx.conf", "a {{ 'b"),
        ("nginx.conf", "a { b; "),
        ("nginx.conf", "x_by_lua_block { \""),
        ("Caddyfile", "a {\n{ \\\n"),
        ("httpd.conf", "<a>\\\n"),
        ("a.toml", "[[a]]\n"),
        ("a.toml", "'''"),
        ("a.toml", "a.b = 1\n"),
        (".env", "A=\""),
        (".env", "A='\n"),
        (".env", "A=$B${C}\n"),
        ("Dockerfile", "RUN <<A\n"),
        ("Dockerfile", "RUN a \\\n"),
        ("Dockerfile", "ENV A=$A$A\n"),
        ("a.ini", "[a\n"),
        ("a.ini", "a = \\\n"),
        ("a.service", "A=1 \\\n"),
        ("a.service", "Environment=\"A=1\n"),
        ("Procfile", "a: b \"$(\n"),
        ("crontab", "* * * * * a `\n"),
        ("Makefile", "A_B = $(A_B)$(A_B)\n"),
        ("Makefile", "a: b\n\tc $$(\n"),
        ("a.sh", "A_B=$A_B$A_B\n"),
        ("a.sh", "cat > b.sh <<A\n"),
        ("a.sh", "if x; then\n"),
        ("a.sh", "$(a \"${B:-"),
        ("A.java", "a(b -> {"),
        ("A.java", "x.a()\n."),
        ("A.java", "class A { String s = \"a\" + "),
    ] {
        let head = unit.repeat((150 << 10) / unit.len());
        let begun = Instant::now();
        became(path, "A: 1\n", head).check(&[]);
        assert!(begun.elapsed() < Duration::from_secs(25), "{path} {unit:?}: {:?}", begun.elapsed());
    }
    assert!(start.elapsed() < Duration::from_secs(180));
}

#[test]
fn a_long_line_of_code_that_changes_is_judged_in_time() {
    for (path, start, end) in
        [("a.py", "print(\"", "\", N)\n"), ("a.ts", "console.log(`", "`, N);\n"), ("a.go", "log.Printf(\"", "\", N)\n")]
    {
        for unit in ["a-", "a: ", "a=", "a {b} ", "%d: ", "${a}: ", "a.b.", "a/", "a\\n", "(a) ", "received: ", " "] {
            let line = format!("{start}{}{end}", unit.repeat((300 << 10) / unit.len()));
            let begun = Instant::now();
            became(path, &line.replace('N', "x"), line.replace('N', "y")).check(&[]);
            assert!(begun.elapsed() < Duration::from_secs(20), "{path} {unit:?}: {:?}", begun.elapsed());
        }
    }
}

#[test]
fn many_units_that_change_at_once_are_judged_in_time() {
    for (path, unit) in [("Dockerfile", "FROM a\n"), ("robots.txt", "User-agent: a\nDisallow: /\n"), ("a.ini", "[a]\nb = 1\n")] {
        let base = unit.repeat((600 << 10) / unit.len());
        let begun = Instant::now();
        became(path, &base, base.replace('a', "q")).check(&[]);
        assert!(begun.elapsed() < Duration::from_secs(20), "{path}: {:?}", begun.elapsed());
    }
}

#[test]
fn many_findings_are_told_in_time() {
    let many = |line: &dyn Fn(usize) -> String| (0..12_000).map(line).collect::<String>();
    for (path, base, head) in [
        ("a.py", String::from("x = 1\n"), many(&|n| format!("requests.get(u{n}, verify=False)\n"))),
        ("a.sh", many(&|n| format!("curl https://a{n} -o x\n")), many(&|n| format!("curl -k https://a{n} -o x\n"))),
        (".env", many(&|n| format!("ACME_{n}_TELEMETRY=false\n")), many(&|n| format!("ACME_{n}_TELEMETRY=true\n"))),
    ] {
        let begun = Instant::now();
        became(path, &base, head).check(&[]).exits(1);
        assert!(begun.elapsed() < Duration::from_secs(30), "{path}: {:?}", begun.elapsed());
    }
}

#[test]
fn duplicate_keys_count_by_the_weaker_one() {
    let twice = SAFE.replace("      VLLM", "      VLLM_NO_USAGE_STATS: \"0\"\n      VLLM");
    became("compose.yaml", SAFE, twice).check(&[]).exits(1);
    let both_safe = SAFE.replace("      VLLM", "      VLLM_NO_USAGE_STATS: \"1\"\n      VLLM");
    became("compose.yaml", SAFE, both_safe).check(&[]).exits(0);
    let list = "{\"VLLM_NO_USAGE_STATS\": \"1\", \"VLLM_NO_USAGE_STATS\": \"0\"}";
    became("a.json", "{\"VLLM_NO_USAGE_STATS\": \"1\"}", list).check(&[]).exits(1);
}

// --- kinds of entries ---

#[test]
fn a_file_replaced_by_a_link_is_undecided() {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).commit("base");
    repo.remove("compose.yaml");
    std::os::unix::fs::symlink("/etc/passwd", repo.join("compose.yaml")).unwrap();
    repo.commit("head");
    let ran = undecided(&repo, "symbolic link");
    assert!(!ran.out.contains("root:"), "{ran:#?}");
}

#[test]
fn a_folder_replaced_by_a_submodule_is_compared() {
    let other = Repo::new();
    other.write("compose.yaml", WEAK).commit("other");
    let repo = Repo::new();
    repo.write("app/compose.yaml", SAFE).commit("base");
    repo.git(&["rm", "-rq", "app"]);
    repo.git(&["submodule", "--quiet", "add", other.path().to_str().unwrap(), "app"]);
    repo.commit("head");
    let ran = undecided(&repo, "submodule");
    assert!(ran.out.contains("app/compose.yaml"), "{ran:#?}");
}

#[test]
fn a_folder_replaced_by_a_link_is_undecided() {
    for target in ["o", "/etc", "nowhere"] {
        let repo = Repo::new();
        repo.write("deploy/a/compose.yaml", SAFE).write("o/a/compose.yaml", WEAK).commit("base");
        repo.git(&["rm", "-rq", "deploy"]);
        std::os::unix::fs::symlink(target, repo.join("deploy")).unwrap();
        repo.commit("head");
        let ran = undecided(&repo, "symbolic link");
        assert!(ran.out.contains("deploy/a/compose.yaml"), "{ran:#?}");
        let json = repo.check(&["--format", "json"]).json();
        assert!(json["coverage"]["skipped"].to_string().contains("deploy was a folder"), "{json:#}");
    }
}

#[test]
fn a_folder_that_moved_and_left_a_link_behind_is_quiet() {
    let repo = Repo::new();
    repo.write("deploy/compose.yaml", SAFE).commit("base");
    repo.git(&["mv", "deploy", "infra"]);
    std::os::unix::fs::symlink("infra", repo.join("deploy")).unwrap();
    repo.commit("head");
    repo.check(&[]).exits(0);
}

#[test]
fn a_submodule_that_moves_is_told() {
    let other = Repo::new();
    let first = other.write("compose.yaml", SAFE).commit("one");
    let repo = Repo::new();
    repo.write("README", "a");
    repo.git(&["submodule", "--quiet", "add", other.path().to_str().unwrap(), "app"]);
    repo.commit("base");
    let second = other.write("compose.yaml", WEAK).commit("two");
    repo.git(&["-C", "app", "pull", "-q"]);
    repo.commit("head");
    let json = repo.check(&["--format", "json"]).exits(0).json();
    let skipped = json["coverage"]["skipped"].to_string();
    assert!(skipped.contains(&first[..12]) && skipped.contains(&second[..12]) && skipped.contains("app"), "{json:#}");
}

#[test]
fn a_file_replaced_by_an_lfs_pointer_is_undecided() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    undecided(&became("compose.yaml", SAFE, pointer), "LFS");
}

#[test]
fn a_file_replaced_by_a_folder_does_not_hide_what_left() {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).write("a.txt", "").commit("base");
    repo.remove("compose.yaml").write("compose.yaml/compose.yaml", WEAK).commit("head");
    repo.check(&[]).one_of(&[1]);
}

#[test]
fn an_emptied_file_takes_its_settings_away() {
    became(".env", FLAG, "").check(&[]).exits(1);
    // the service went with its setting
    became("compose.yaml", SAFE, "").check(&[]).exits(0);
    became("compose.yaml", SAFE, "services: {api: {image: vllm/vllm-openai:v0.6.3}}\n").check(&[]).exits(1);
}

// --- names ---

#[test]
fn strange_file_names_are_compared_and_shown_harmless() {
    for name in [
        "-rf.yaml",
        "--base.yaml",
        "a b.yaml",
        "a\nb.yaml",
        "a\u{1b}[31mb.yaml",
        "::error ::x.yaml",
        "a\u{202e}b.yaml",
        "%0A.yaml",
        "ünï.yaml",
        "\"q\".yaml",
        "a:b,c.yaml",
        "<script>.yaml",
    ] {
        let repo = became(name, SAFE, WEAK);
        for format in ["human", "github", "json"] {
            let ran = repo.check(&["--format", format]).exits(1);
            harmless(&ran, format);
        }
        repo.run(&["posture"]).exits(0);
    }
}

#[test]
fn a_file_name_that_is_no_utf_8_is_compared() {
    let repo = Repo::new();
    let name = OsStr::from_bytes(b"a\xffb.yaml");
    repo.write(name, SAFE).commit("base");
    repo.write(name, WEAK).commit("head");
    for format in ["human", "github", "json"] {
        harmless(&repo.check(&["--format", format]).exits(1), format);
    }
}

// --- what a repository says to the terminal and to the runner ---

/// No control character and no workflow command that the program did not mean.
#[track_caller]
fn harmless(ran: &Ran, format: &str) {
    for text in [&ran.out, &ran.err] {
        let bad = text
            .chars()
            .find(|c| (c.is_control() && *c != '\n' && *c != '\t') || matches!(*c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        assert_eq!(bad, None, "{ran:#?}");
    }
    if format == "github" {
        let own = ["::error ", "::warning ", "::notice ", "::group::", "::endgroup::", "::stop-commands::"];
        let mut stopped: Option<String> = None;
        for line in ran.out.lines().map(str::trim_start) {
            match &stopped {
                Some(token) if line == format!("::{token}::") => stopped = None,
                Some(_) => assert!(!line.contains("##["), "{line}"),
                None => {
                    assert!(!line.starts_with("::") || own.iter().any(|own| line.starts_with(own)), "{line}");
                    if let Some(token) = line.strip_prefix("::stop-commands::") {
                        stopped = Some(token.to_owned());
                    }
                }
            }
        }
    }
    if format == "json" {
        let _ = ran.json();
    }
}

#[test]
fn values_and_keys_cannot_speak_to_the_terminal_or_the_runner() {
    let attacks = [
        "\\e[2J\\e[31mgone",
        "\\n::error file=x::owned",
        "\\n::set-output name=a::b",
        "##[command]rm",
        "\\r\\n::add-mask::1",
        "\\u202Eevil",
        "\\x07\\x08\\x7f",
        "\\n::endgroup::",
        "%0A::error::x",
        "</script><script>alert(1)</script>",
    ];
    for attack in attacks {
        let value = SAFE.replace("\"1\"", &format!("\"{attack}\""));
        let key = WEAK.replace("environment:\n", &format!("environment:\n      \"{attack}_TELEMETRY_DISABLED\": \"0\"\n"));
        let service = WEAK.replace("api:", &format!("\"{attack}\":"));
        let comment = WEAK.replace("    environment", "# \u{1b}[2J ::error::x\n# ##[error]x\n::warning::y: 1\n    environment");
        for head in [value, key, service, comment] {
            let repo = became("compose.yaml", SAFE, &head);
            for format in ["human", "github", "json"] {
                harmless(&repo.check(&["--format", format, "--show", "all"]), format);
            }
            harmless(&repo.run(&["posture"]), "human");
            harmless(&repo.run(&["why", "compose.yaml:5"]), "human");
        }
    }
}

#[test]
fn secrets_are_never_printed() {
    let secret = "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789";
    let base = SAFE.replace("environment:\n", &format!("environment:\n      HF_TOKEN: ${{HF_TOKEN:?}}\n      API_KEY: {secret}\n"));
    let head = WEAK.replace("environment:\n", &format!("environment:\n      HF_TOKEN: {secret}\n      API_KEY: {secret}\n"));
    let repo = became("compose.yaml", &base, &head);
    for format in ["human", "github", "json"] {
        let ran = repo.check(&["--format", format, "--show", "all"]);
        assert!(ran.code != 0 && !ran.out.contains(&secret[3..20]) && !ran.err.contains(&secret[3..20]), "{ran:#?}");
    }
    for arguments in [vec!["posture"], vec!["posture", "--format", "json"], vec!["why", "compose.yaml:5"], vec!["audit"]] {
        let ran = repo.run(&arguments);
        assert!(!ran.out.contains(&secret[3..20]), "{arguments:?}: {ran:#?}");
    }
}

// --- many files ---

#[test]
fn two_thousand_changed_files_end_in_time() {
    let repo = Repo::new();
    for (text, message) in [(SAFE, "base"), (WEAK, "head")] {
        for n in 0..2_000 {
            // every tenth is weakened, the others change elsewhere
            let text = if n % 10 == 0 { text.to_owned() } else { format!("{SAFE}# {message}\n") };
            repo.write(format!("d{}/s{n}/compose.yaml", n % 40), text);
        }
        repo.commit(message);
    }
    let start = Instant::now();
    let ran = repo.check(&["--format", "json"]).exits(1);
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
    let json = ran.json();
    let places: usize = json["findings"].as_array().unwrap().iter().map(|one| one["places"].as_array().map_or(1, Vec::len)).sum();
    assert_eq!(places, 200);
    repo.check(&[]).exits(1);
}

// --- repositories ---

#[test]
fn a_repository_does_not_run_anything() {
    let repo = became("compose.yaml", SAFE, WEAK);
    let marker = repo.join("ran");
    let touch = format!("touch {}", marker.display());
    for key in ["core.fsmonitor", "core.sshCommand", "diff.external", "core.pager", "filter.x.smudge", "filter.x.clean", "filter.x.process"]
    {
        repo.git(&["config", key, &touch]);
    }
    repo.write(".gitattributes", "* filter=x diff=x\n");
    for hook in ["post-checkout", "post-index-change", "pre-commit"] {
        repo.write(format!(".git/hooks/{hook}"), format!("#!/bin/sh\n{touch}\n"));
        std::fs::set_permissions(repo.join(format!(".git/hooks/{hook}")), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    repo.check(&[]).exits(1);
    repo.run(&["check", "--worktree"]).one_of(&[0]);
    repo.run(&["check", "--staged"]).exits(0);
    assert!(!marker.exists(), "something ran");
}

#[test]
fn a_damaged_repository_ends_in_words() {
    let repo = became("compose.yaml", SAFE, WEAK);
    let blob = repo.git(&["rev-parse", "HEAD:compose.yaml"]);
    let (folder, name) = blob.trim().split_at(2);
    let object = repo.join(format!(".git/objects/{folder}/{name}"));
    std::fs::remove_file(&object).unwrap();
    repo.check(&[]).exits(3).shows(blob.trim());
    std::fs::write(&object, b"rubbish").unwrap();
    repo.check(&[]).exits(3);
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let (folder, name) = tree.trim().split_at(2);
    std::fs::remove_file(repo.join(format!(".git/objects/{folder}/{name}"))).unwrap();
    repo.check(&[]).exits(3);
}

#[test]
fn a_bare_repository_and_a_linked_work_tree_work() {
    let repo = became("compose.yaml", SAFE, WEAK);
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["clone", "-q", "--bare", repo.path().to_str().unwrap(), "bare"]);
    let arguments = ["check", "--base", "HEAD~1", "--head", "HEAD", "--date", DATE];
    support::run(&folder.path().join("bare"), &arguments).exits(1);
    let linked = folder.path().join("linked");
    repo.git(&["worktree", "add", "-q", "--detach", linked.to_str().unwrap()]);
    support::run(&linked, &arguments).exits(1);
}

#[test]
fn deep_and_unclosed_typescript_ends_in_time() {
    let safe = "export const a = { b: 1 };\n";
    for head in [
        format!("{}1{}", "f({a: ".repeat(3_000), "})".repeat(3_000)),
        "const a = [".repeat(5_000),
        format!("x = {};", vec!["process.env.A_B"; 3_000].join(" || ")),
        format!("z{};", ".b().default(1)".repeat(1_000)),
        format!("x = {}a;", "(".repeat(5_000)),
    ] {
        let start = Instant::now();
        became("a.ts", safe, &head).check(&[]).exits(0);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", head.get(..40));
    }
}
