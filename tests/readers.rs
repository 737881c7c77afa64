//! Every reader is held to the same: samples, a fuzz target, a row in the documentation, and texts made to break it, each of which
//! ends in time, with a sound reading or with words.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

#[path = "support/samples.rs"]
mod samples;

use std::fs;
use std::path::Path;
use std::time::Duration;

use privgate::read::READERS;
use privgate::read::lens::LENSES;
use rayon::prelude::*;
use samples::{SAMPLES, of, read};

/// How long a thread may work on one text. Without optimisation and beside other tests; what people install takes a tenth of it.
const BOUND: Duration = Duration::from_secs(20);

/// Time that this thread has worked: a busy machine makes nothing slower.
#[cfg(unix)]
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(not(unix))]
fn worked() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// What breaks readers of one kind of file.
struct Hostile {
    path: &'static str,
    /// Repeated 100,000 times, and never closed.
    opens: &'static [&'static str],
    /// What opens and closes one level; 20,000 levels over as many lines.
    nests: &'static [(&'static str, &'static str)],
    /// One of 200,000 entries, `N` its number.
    entry: &'static str,
    /// What stands in front of a megabyte of text on one line.
    line: &'static str,
    /// Things that are opened and never closed, behind an entry.
    unclosed: &'static [&'static str],
}

const HOSTILE: &[Hostile] = &[
    Hostile {
        path: "requirements.txt",
        opens: &["[", "a[", "(", "\"", "-r ", "\\\n"],
        nests: &[("a[", "]")],
        entry: "aN==1.0 --hash=sha256:aN\n",
        line: "a==1.0 # ",
        unclosed: &["a[", "a==\"", "a \\"],
    },
    Hostile {
        path: "model.sig",
        opens: &["[", "{\"dsseEnvelope\":", "\"", "{\"dsseEnvelope\":{\"payload\":\""],
        nests: &[("{\"dsseEnvelope\":", "}"), ("[", "]")],
        entry: "{\"dsseEnvelope\":{\"payload\":\"N\"}}\n",
        line: "{\"dsseEnvelope\":{\"payload\":\"",
        unclosed: &["{\"dsseEnvelope\":{\"payload\":\"e30"],
    },
    Hostile {
        path: ".gitattributes",
        opens: &["*", "filter=lfs ", "* filter=lfs\n", "#"],
        nests: &[],
        entry: "*.aN filter=lfs\n",
        line: "*.a filter=lfs ",
        unclosed: &["*.a filter=", "\"a b"],
    },
    Hostile {
        path: "app/robots.ts",
        opens: &["rules:[", "rules:{", "rules: [{userAgent: [", "'", "/*", "`${"],
        nests: &[("rules:{", "}"), ("[", "]")],
        entry: "{ userAgent: 'aN', disallow: ['/N'] },\n",
        line: "rules: { allow: '",
        unclosed: &["rules: [{ userAgent: 'a', allow: [", "rules: [{ userAgent: '", "rules: /*"],
    },
    Hostile {
        path: "package-lock.json",
        opens: &["[", "{\"packages\":", "{\"dependencies\":{\"a\":"],
        nests: &[("{\"dependencies\":{\"a\":", "}}")],
        entry: "{\"aN\": {\"version\": \"1.0.N\"}},\n",
        line: "{\"packages\": \"",
        unclosed: &["{", "{\"packages\": {\"a\": \"", "/*"],
    },
    Hostile {
        path: "poetry.lock",
        opens: &["[[", "[", "[[package]]\n", "a = {"],
        nests: &[("a = [", "]")],
        entry: "[[package]]\nname = \"aN\"\nversion = \"1.N\"\n",
        line: "[[package]]\nname = \"",
        unclosed: &["[[package", "name = \"", "name = '''"],
    },
    Hostile {
        path: "pnpm-lock.yaml",
        opens: &["[", "{", "- ", "packages:\n  "],
        nests: &[("[", "]")],
        entry: "  /aN@1.0.N:\n    resolution: {integrity: sha512-N}\n",
        line: "packages: \"",
        unclosed: &["packages: {", "'", "lockfileVersion: '"],
    },
    Hostile {
        path: "yarn.lock",
        opens: &["\"", "a@", "  "],
        nests: &[("a:\n", "")],
        entry: "aN@^1.0:\n  version \"1.0.N\"\n",
        line: "a@1, ",
        unclosed: &["\"a@", "a:\n  version \""],
    },
    Hostile {
        path: "go.mod",
        opens: &["(", "require (\n", "\"", "//"],
        nests: &[("require (", ")")],
        entry: "require a/bN v1.0.N\n",
        line: "require ",
        unclosed: &["require (", "require \""],
    },
    Hostile {
        path: "Dockerfile",
        opens: &["${A:-", "$(", "\"", "'", "[", "RUN <<A\n", "\\\n", "FROM a AS a\n", "RUN sh -c \"", "CMD [\""],
        nests: &[("RUN $(", ")"), ("ENV A=${A:-", "}"), ("RUN <<A", "A")],
        entry: "ENV AN=$AN LABEL=N\n",
        line: "RUN a ",
        unclosed: &["RUN <<EOF\na", "ENV A=\"", "RUN a \\", "CMD [\"a", "RUN $(a"],
    },
    Hostile {
        path: ".env",
        opens: &["${A:-", "$(", "\"", "'", "A=\"", "A='\n", "A=`"],
        nests: &[("A=${B:-", "}")],
        entry: "AN=$AN${AN:-N}\n",
        line: "A=",
        unclosed: &["A=\"", "A='", "A=${B:-", "A=$("],
    },
    Hostile {
        path: "a.json",
        opens: &["[", "{\"a\":", "\"", "/*", "[{\"a\":["],
        nests: &[("[", "]"), ("{\"a\":", "}")],
        entry: "[{\"aN\": \"${A:-N}\"}],\n",
        line: "{\"a\": \"",
        unclosed: &["[", "{\"a\": \"", "{\"a\"", "/*", "'"],
    },
    Hostile {
        path: "a.toml",
        opens: &["[", "{a=", "\"\"\"", "'''", "a=[", "a={a=", "[[a]]\n", "a."],
        nests: &[("a = [", "]"), ("[", "]"), ("a = {a = ", "}")],
        entry: "[a.bN]\nkN = [N, \"x\"]\n",
        line: "a = \"",
        unclosed: &["[", "a = [", "a = \"\"\"", "a = '''", "a = {"],
    },
    Hostile {
        path: "a.yaml",
        opens: &["[", "{a: ", "- ", "? ", "!x ", "\"", "'", "&a ", "{{ ", "a: |\n", "${A:-", "- - "],
        nests: &[("[", "]"), ("{a: ", "}"), ("{{ if a }}", "{{ end }}")],
        entry: "kN: [N, \"${A:-N}\"]\n",
        line: "a: \"",
        unclosed: &["a: [", "a: \"", "a: '", "a: {", "a: {{ b", "a: &b *b"],
    },
    Hostile {
        path: "compose.yaml",
        opens: &["services: {a: {image: b, ", "services:\n  a:\n    environment: [", "x: ${A:-"],
        nests: &[("services: {a: ", "}")],
        entry: "services:\n  sN:\n    image: a:N\n    environment: [\"AN=${N:-N}\"]\n    command: a --b=N\n",
        line: "services: {a: {image: b, command: \"",
        unclosed: &["services: {a: {image: \"", "services:\n  a:\n    environment:\n      A: \""],
    },
    Hostile {
        path: "deploy/templates/a.yaml",
        opens: &["{{ if a }}", "{{ ", "{{/*", "{{ (", "{{ \"", "{{ a | "],
        nests: &[("{{ if a }}", "{{ end }}"), ("{{ (", ") }}"), ("{{ range a }}\na: b", "{{ end }}")],
        entry: "kN: {{ .Values.aN | default N }}\n",
        line: "a: {{ b }} ",
        unclosed: &["a: {{ b", "{{/* ", "{{ if a }}", "a: {{ \"b"],
    },
    Hostile {
        path: "a.service",
        opens: &["[", "[Service]\n", "Environment=\"", "ExecStart=\\\n", "'"],
        nests: &[("[Service", "]")],
        entry: "[Service]\nEnvironment=AN=N\nExecStart=/a --b=N\n",
        line: "[Service]\nExecStart=/a ",
        unclosed: &["[Service", "[Service]\nEnvironment=\"A=", "[Service]\nExecStart=a \\"],
    },
    Hostile {
        path: "Jenkinsfile",
        opens: &["a:", "a: $(", "a: \"", "a: ${A:-", "a: sh -c '"],
        nests: &[("a: $(", ")")],
        entry: "aN: A=N b --c=N\n",
        line: "a: b ",
        unclosed: &["a: \"", "a: '", "a: $("],
    },
    Hostile {
        path: "Procfile",
        opens: &["a:", "a: $(", "a: \"", "a: ${A:-", "a: sh -c '"],
        nests: &[("a: $(", ")")],
        entry: "aN: A=N b --c=N\n",
        line: "a: b ",
        unclosed: &["a: \"", "a: '", "a: $("],
    },
    Hostile {
        path: "Jenkinsfile",
        opens: &["sh 'privgate check", "sh \"privgate check ", "{ privgate check ("],
        nests: &[("sh 'privgate check (", ")'")],
        entry: "sh 'privgate check --ci --a=N'\n",
        line: "sh 'privgate check --ci ",
        unclosed: &["sh 'privgate check", "sh \"privgate check $(", "sh 'privgate check <<E"],
    },
    Hostile {
        path: "crontab",
        opens: &["* ", "* * * * * $(", "\"", "* * * * * `", "A=\""],
        nests: &[("* * * * * $(", ")")],
        entry: "AN=N\n* * * * * a --b=N\n",
        line: "* * * * * a ",
        unclosed: &["A=\"", "* * * * * a '", "* * * * * $("],
    },
    Hostile {
        path: "Makefile",
        opens: &["$(", "${", "define a\n", "ifdef a\n", "A = $(A)", "a: b\n\t$$(", "\\\n"],
        nests: &[("A = $(B", ")"), ("ifdef A", "endif"), ("define A", "endef")],
        entry: "A_N ?= $(A_N)$(A_0)\n\ta --b=$(A_N)\n",
        line: "A = ",
        unclosed: &["A = $(", "define A\nB = 1", "ifdef A", "a:\n\tb \"", "A = \\"],
    },
    Hostile {
        path: "justfile",
        opens: &["{{", "(", "\"", "`", "a := ("],
        nests: &[("a := (", ")"), ("a:\n  {{", "}}")],
        entry: "aN := \"N\"\nbN:\n  c --d={{aN}}\n",
        line: "a := \"",
        unclosed: &["a := \"", "a := `", "a:\n  {{", "a := '''"],
    },
    Hostile {
        path: "a.ini",
        opens: &["[", "[a]\n", "a = \\\n", "\"", "a=${"],
        nests: &[("[a", "]")],
        entry: "[sN]\nkN = ${N}\n",
        line: "a = ",
        unclosed: &["[a", "a = \"", "a = \\", "a"],
    },
    Hostile {
        path: "a.properties",
        opens: &["a=\\\n", "a.", "${a:", "#---\n", "\\u"],
        nests: &[("a=${b:", "}")],
        entry: "a.bN=${c:N}\n",
        line: "a=",
        unclosed: &["a=\\", "a=\\u00", "a=${b"],
    },
    Hostile {
        path: "supervisord.conf",
        opens: &["[program:a]\n", "environment=A=\"", "command=sh -c '"],
        nests: &[("[program:a", "]")],
        entry: "[program:aN]\ncommand=a --b=N\nenvironment=A=\"N\",B=N\n",
        line: "[program:a]\nenvironment=",
        unclosed: &["[program:a", "[program:a]\nenvironment=A=\"", "[program:a]\ncommand='"],
    },
    Hostile {
        path: "README.md",
        opens: &["```sh\n", "> ", "- ", "[", "![", "*", "<a>", "`", "# ", "~~~yaml\n", "```py\nf(", "|", "&", "[a]("],
        nests: &[("```sh", "```"), ("<div>", "</div>"), ("> ```yaml", "> ```")],
        entry: "# h\n```sh\nexport AN=N\n```\n",
        line: "```sh\nexport A=",
        unclosed: &["```sh\nexport A=1", "~~~yaml\na: [", "<!--", "`"],
    },
    Hostile {
        path: "MODEL_CARD.md",
        opens: &[
            "---\n",
            "# a\n",
            "> ",
            "- ",
            "[",
            "![",
            "**",
            "*",
            "(",
            "(e.g. ",
            "|a|b|\n|-|-|\n",
            "<img src=",
            "<img src='",
            "<br>",
            "not ",
            "no telemetry ",
            "prompts are ",
            "your data is shared with ",
            "a?",
            "é",
            "&amp;",
            "retained for 3 ",
            "1. ",
            "***",
            "_",
        ],
        nests: &[("- a", "- b"), ("> a", "> b"), ("<div>", "</div>"), ("# a", "a"), ("(", ")"), ("**a", "b**")],
        entry: "## hN\n\nPrompts are never logged. Data is deleted after N days (e.g. if you N).\n\n- N\n",
        line: "# Privacy\n\nNo telemetry is sent. We never store ",
        unclosed: &[
            "---\nlicense: [",
            "---\nlicense: \"",
            "<!--",
            "<img src=\"",
            "| a |\n|---|\n| b",
            "**",
            "(e.g. ",
            "We never store:\n\n- ",
        ],
    },
    Hostile {
        path: ".gitignore",
        opens: &["[", "*", "**/", "!", "{", "\\", "?"],
        nests: &[("[", "]"), ("{", "}")],
        entry: "/aN/**/*.N\n",
        line: "a",
        unclosed: &["[", "{a,", "\\"],
    },
    Hostile {
        path: ".dockerignore",
        opens: &["[", "*", "**/", "!", "{", "\\", "?"],
        nests: &[("[", "]"), ("{", "}")],
        entry: "/aN/**/*.N\n",
        line: "a",
        unclosed: &["[", "{a,", "\\"],
    },
    Hostile {
        path: "CODEOWNERS",
        opens: &["[", "*", "**/", "* @a ", "\\ ", "^["],
        nests: &[("[a", "]"), ("{", "}")],
        entry: "/aN/**/*.x @a/bN\n",
        line: "* @",
        unclosed: &["[a", "{a,", "\\"],
    },
    Hostile {
        path: "robots.txt",
        opens: &["User-agent: a\n", "Disallow: *", "*", "%", "Content-Usage: a=b,", ":", "#"],
        nests: &[("User-agent: a", "Disallow: /")],
        entry: "User-agent: aN\nContent-Usage: /N train-ai=n\nDisallow: /N*$\n",
        line: "User-agent: *\nDisallow: ",
        unclosed: &["User-agent", "User-agent:", "Disallow: %", "Content-Usage: a="],
    },
    Hostile {
        path: "EXCLUSIONS.jsonl",
        opens: &["{", "[", "{\"v\":1,\"seq\":", "\"", "\n", "{\"a\":["],
        nests: &[("{\"v\":1,\"seq\":{\"a\":", "}}")],
        entry: "{\"v\":1,\"seq\":N,\"id\":\"aN\"}\n",
        line: "{\"v\":1,\"seq\":1,\"id\":\"",
        unclosed: &["{\"v\":1,\"seq\":1", "{\"v\"", "\""],
    },
    Hostile {
        path: "model.safetensors",
        opens: &["format: ", "storage: pointer\n", "digest", ":"],
        nests: &[("format: a", "storage: b")],
        entry: "format: N\n",
        line: "format: ",
        unclosed: &["format", "digest:"],
    },
    Hostile {
        path: "SHA256SUMS",
        opens: &["0", "SHA256 (", "0123456789abcdef0123456789abcdef ", "*", ") = "],
        nests: &[("SHA256 (", ") = ")],
        entry: "0123456789abcdef0123456789abcdef  aN\n",
        line: "0123456789abcdef0123456789abcdef  ",
        unclosed: &["SHA256 (a", "0123456789abcdef0123456789abcdef", "SHA256 (a) ="],
    },
    Hostile {
        path: "_headers",
        opens: &["/*\n", " a:\n", "!", ":", "/"],
        nests: &[("/a", " ! b")],
        entry: "/aN\n  X-N: N\n",
        line: "/*\n  A: ",
        unclosed: &["/a\n  b", "  :", "  !"],
    },
    Hostile {
        path: "index.html",
        opens: &["<", "<!--", "<meta ", "<meta a=\"", "<script>", "<meta name=a content=b>", "<meta =", "<link é"],
        nests: &[("<div>", "</div>"), ("<meta a=\"", "\">")],
        entry: "<meta name=\"aN\" content='N'>\n",
        line: "<meta name=a content=\"",
        unclosed: &["<meta name=\"", "<meta name=a content='", "<!--", "<script", "<meta"],
    },
    Hostile {
        path: "a.tf",
        opens: &["[", "{", "(", "a {\n", "\"${", "a = {", "<<E\n", "!", "-", "a ? b : ", "\"", "/*", "%{", "a[", "a.b("],
        nests: &[("a {", "}"), ("a = [", "]"), ("a = (", ")"), ("a = {", "}"), ("a = f(", ")"), ("a = \"${", "}\"")],
        entry: "variable \"aN\" {\n  default = N\n}\n",
        line: "a = \"",
        unclosed: &["a {", "a = [", "a = \"", "a = <<E\nb", "a = \"${", "/*", "a = <<-\"E\"\n"],
    },
    Hostile {
        path: "logback.xml",
        opens: &["<configuration>", "<a b='", "<!--", "<![CDATA[", "<?", "<!DOCTYPE a [", "&a;", "<", "<configuration a=\"&x;\">", "]]>"],
        nests: &[("<configuration>", "</configuration>"), ("<configuration a='${b:-", "}'/>")],
        entry: "<configuration aN='${b:-N}'>N</configuration>\n",
        line: "<configuration a='",
        unclosed: &[
            "<configuration",
            "<configuration a=\"",
            "<configuration><!--",
            "<configuration><![CDATA[",
            "<!DOCTYPE configuration [",
        ],
    },
    Hostile {
        path: "nginx.conf",
        opens: &["{", "a {", "\"", "'", "${", "a_by_lua_block {", "a \\\n", "(", "if ($a ~ \""],
        nests: &[("a {", "}"), ("a_by_lua_block {", "}")],
        entry: "server { listen N; set $aN ${b}; }\n",
        line: "a ",
        unclosed: &["a {", "a \"", "a '", "a_by_lua_block {", "a"],
    },
    Hostile {
        path: "Caddyfile",
        opens: &["{", "a {\n", "\"", "`", "{$A:", "a \\\n", "<<A\n"],
        nests: &[("a {", "}")],
        entry: "aN.com {\n  b {$C:N}\n}\n",
        line: "a ",
        unclosed: &["a {", "a \"", "a `", "a <<A\nb"],
    },
    Hostile {
        path: "httpd.conf",
        opens: &["<a>\n", "<a b>", "\"", "a \\\n", "${"],
        nests: &[("<a>", "</a>"), ("<VirtualHost *>", "</VirtualHost>")],
        entry: "<VirtualHost *:N>\nSetEnv AN \"N\"\n</VirtualHost>\n",
        line: "SetEnv A ",
        unclosed: &["<a", "<a>\nb", "SetEnv A \"", "a \\"],
    },
    Hostile {
        path: "fluent.conf",
        opens: &["<match a>\n", "[a]\n", "\"", "@include "],
        nests: &[("<match a>", "</match>")],
        entry: "<match aN>\n  @type N\n</match>\n",
        line: "a ",
        unclosed: &["<match", "<match a>\nb", "a \""],
    },
    Hostile {
        path: "redis.conf",
        opens: &["\"", "'", "a ", "save "],
        nests: &[("a \"", "\"")],
        entry: "aN N\n",
        line: "a ",
        unclosed: &["a \"", "a '"],
    },
    Hostile {
        path: "sshd_config",
        opens: &["\"", "Match ", "a="],
        nests: &[("a \"", "\"")],
        entry: "aN N\n",
        line: "a ",
        unclosed: &["Match", "a \"b"],
    },
    Hostile {
        path: "sudoers",
        opens: &["\"", "a ALL=(", "Defaults "],
        nests: &[("a (", ")")],
        entry: "aN ALL=(ALL) NOPASSWD: ALL\n",
        line: "a ALL=",
        unclosed: &["a ALL=(b", "Defaults"],
    },
    Hostile {
        path: "pg_hba.conf",
        opens: &["\"", "host ", "a,"],
        nests: &[("host \"", "\"")],
        entry: "host aN all 10.0.0.N/32 md5\n",
        line: "host all ",
        unclosed: &["host \"a", "host"],
    },
    Hostile {
        path: "a.go",
        opens: &[
            "(",
            "{",
            "[",
            "f(",
            "a.b(",
            "\"",
            "`",
            "/*",
            "!",
            "-",
            "[]a{",
            "func() {",
            "if a {\n",
            "a +",
            "map[a]",
            "*",
            "'",
            "a.b().",
            "x = append(x, ",
        ],
        nests: &[
            ("f(", ")"),
            ("if a {", "}"),
            ("func() {", "}()"),
            ("a{b:", "}"),
            ("[]string{", "}"),
            ("getEnv(\"A_B\", f(", "))"),
            ("var a = f(os.Getenv(\"A_B\"),", ")"),
        ],
        entry: "func fN() string {\n\tx := os.Getenv(\"A_BN\")\n\tif x == \"\" {\n\t\tx = \"N\"\n\t}\n\treturn x\n}\n",
        line: "package a // ",
        unclosed: &["var a = \"", "var a = `", "/*", "func a() {", "var a = T{", "var a = f("],
    },
    Hostile {
        path: "a.rs",
        opens: &[
            "(",
            "{",
            "[",
            "f(",
            "a.b(",
            "\"",
            "r#\"",
            "/*",
            "!",
            "&",
            "a::<",
            "|a| ",
            "#[a(",
            "m!(",
            "if a {\n",
            "a + ",
            "'",
            "a?.",
            "A { b: ",
            "match a { _ => ",
        ],
        nests: &[
            ("f(", ")"),
            ("mod a {", "}"),
            ("if a {", "}"),
            ("A { b:", "}"),
            ("vec![", "]"),
            ("match env::var(\"A_B\") { _ =>", "}"),
            ("env::var(\"A_B\").unwrap_or(", ")"),
        ],
        entry: "fn fN() -> String {\n    env::var(\"A_BN\").unwrap_or_else(|_| \"N\".into())\n}\n",
        line: "// ",
        unclosed: &["const A: &str = \"", "r##\"", "/*", "fn a() {", "#[arg(", "const A: B = B {"],
    },
    Hostile {
        path: "a.py",
        opens: &[
            "(",
            "{",
            "[",
            "f(",
            "a.b(",
            "\"\"\"",
            "f'{",
            "not ",
            "-",
            "lambda: ",
            "if a:\n",
            "a + ",
            "a or ",
            "a.b().",
            "x if y else ",
            "@a\n",
            "f(a=",
            "{'a': ",
        ],
        nests: &[
            ("f(", ")"),
            ("[", "]"),
            ("{'a':", "}"),
            ("f(a=", ")"),
            ("os.getenv('A_B', f(", "))"),
            ("a(1).b(", ")"),
            ("x[", "]"),
            ("(not f(", "))"),
            ("dict(a=", ")"),
        ],
        entry: "def fN(a_N=os.getenv('A_BN', 'N')):\n    return g(b=N)\n",
        line: "# ",
        unclosed: &["a = \"", "a = '''", "a = (", "f(a=[", "class A(", "a = f'{"],
    },
    Hostile {
        path: "a.sh",
        opens: &[
            "(",
            "{",
            "$(",
            "${A:-",
            "\"",
            "'",
            "`",
            "if a; then\n",
            "case a in\n",
            "<<A\n",
            "$((",
            "\"$(",
            "a | ",
            "a && ",
            "for a in b; do\n",
            "\\\n",
            "[[ ",
            "! ",
            "cat > a.sh <<A\n",
        ],
        nests: &[
            ("$(", ")"),
            ("(", ")"),
            ("if a; then", "fi"),
            ("a() {", "}"),
            ("A=\"${B:-", "}\""),
            ("case a in b)", ";; esac"),
            ("cat > a.sh <<'A'", "A"),
        ],
        entry: "export A_N=\"$A_N${B_N:-N}\"\na --b=\"$A_N\"\n",
        line: "# ",
        unclosed: &["A=\"", "A='", "cat <<EOF\na", "$(a", "${A:-", "if a; then", "a() {"],
    },
    Hostile {
        path: "A.java",
        opens: &[
            "(",
            "{",
            "[",
            "f(",
            "a.b(",
            "\"",
            "\"\"\"",
            "/*",
            "!",
            "-",
            "a -> ",
            "class A {\n",
            "a + ",
            "@A(",
            "new A(",
            "a ? b : ",
            "x.a()\n.",
            "List<",
            "a(b -> {",
        ],
        nests: &[
            ("f(", ")"),
            ("class A {", "}"),
            ("a(b -> {", "});"),
            ("@A(b =", ")"),
            ("new A(", ")"),
            ("System.getProperty(\"a\", f(", "))"),
            ("x.a(", ")"),
        ],
        entry: "class AN { @Value(\"${a.bN:N}\") String sN = System.getenv(\"A_N\"); }\n",
        line: "// ",
        unclosed: &["class A { String a = \"", "/*", "class A {", "@A(", "class A { int a = f("],
    },
    Hostile {
        path: "a.ts",
        opens: &[
            "(",
            "{",
            "[",
            "f(",
            "a.b(",
            "\"",
            "`${",
            "/*",
            "!",
            "-",
            "() => ",
            "if (a) {\n",
            "a + ",
            "a || ",
            "a ? b : ",
            "<A>",
            "a?.",
            "f({a: ",
            "x.a()\n.",
            "class A {\n",
            "@a(",
        ],
        nests: &[
            ("f(", ")"),
            ("f({a:", "})"),
            ("[", "]"),
            ("{", "}"),
            ("() => {", "}"),
            ("process.env.A_B ?? f(", ")"),
            ("z.object({a:", "})"),
            ("x.a(", ")"),
            ("`${", "}`"),
        ],
        entry: "export const aN = { b: process.env.A_N ?? \"N\", c: f({ d: N }) };\n",
        line: "// ",
        unclosed: &["const a = \"", "const a = `", "/*", "const a = {", "f({a: [", "class A {"],
    },
    Hostile {
        path: "a.svelte",
        opens: &["<script>", "<", "<script lang='", "{#if a}", "<!--"],
        nests: &[("<script>", "</script>"), ("<a>", "</a>")],
        entry: "<script>const aN = { b: N };</script>\n",
        line: "<script>// ",
        unclosed: &["<script>const a = 1", "<script", "<script lang=\"", "<!--"],
    },
    Hostile {
        path: "a.js",
        opens: &["(", "{", "[", "f(", "\"", "`${", "/*", "!", "() => ", "a || ", "<a>", "/", "a ? b : ", "module.exports = {a: "],
        nests: &[("f(", ")"), ("f({a:", "})"), ("<a>", "</a>"), ("function () {", "}"), ("x.a(", ")")],
        entry: "exports.aN = process.env.A_N || 'N';\n",
        line: "// ",
        unclosed: &["var a = \"", "var a = `", "/*", "var a = {", "var a = <a>"],
    },
];

/// The texts of one row, each with the words that say which it is.
fn texts(hostile: &Hostile) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for open in hostile.opens {
        texts.push((format!("100,000 {open:?}"), open.repeat(100_000)));
    }
    for (open, close) in hostile.nests {
        let deep = |ends: &str| format!("{}1{}", format!("{open}\n").repeat(20_000), ends.repeat(20_000));
        texts.push((format!("20,000 levels of {open:?}"), deep(&format!("\n{close}"))));
        texts.push((format!("20,000 levels of {open:?}, unclosed"), deep("")));
    }
    let entries: String = (0..200_000).map(|n| hostile.entry.replace('N', &n.to_string())).collect();
    texts.push((format!("200,000 {:?}", hostile.entry), entries));
    texts.push((format!("a long line behind {:?}", hostile.line), format!("{}{}\n", hostile.line, "x y=1 ".repeat(170_000))));
    for part in hostile.unclosed {
        let entry = hostile.entry.replace('N', "1");
        texts.push((format!("unclosed {part:?}"), format!("{entry}{part}")));
        texts.push((format!("unclosed {part:?} in front of much"), format!("{part}{}", entry.repeat(20_000))));
    }
    let control = "\u{1}\u{7}\u{8}\u{b}\u{c}\u{1b}\u{7f}\u{85}\u{ad}\u{200b}\u{2028}\u{fffe}";
    texts.push(("control characters alone".into(), control.repeat(10_000)));
    let bidi = "\u{202e}\u{2066}\u{2069}\u{202c}\u{200f}";
    for sample in SAMPLES.iter().filter(|(path, _)| of(path).name == of(hostile.path).name).map(|(_, text)| text) {
        texts.push(("bidi".into(), sample.replace(' ', &format!(" {bidi}"))));
        texts.push(("controls in it".into(), sample.replace('a', control)));
        let mixed = |(at, line): (usize, &str)| format!("{line}{}", ["\r\n", "\r", "\n", "\n\r"][at % 4]);
        texts.push(("mixed ends of lines".into(), sample.lines().enumerate().map(mixed).collect()));
        texts.push(("byte order marks".into(), format!("\u{feff}\u{feff}{}", sample.replace('\n', "\n\u{feff}"))));
        texts.push(("a thousand times".into(), sample.repeat(1_000.min(2_000_000 / sample.len()))));
    }
    // the program never gives more to a reader
    let most = usize::try_from(privgate::read::limits::most_bytes(of(hostile.path))).unwrap();
    for (_, text) in &mut texts {
        let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap();
        text.truncate(end);
    }
    texts
}

#[test]
fn no_hostile_text_breaks_a_reader() {
    // ONLY=a.py reads the texts of one row
    let only = std::env::var("ONLY").ok();
    let slow: Vec<String> = HOSTILE
        .par_iter()
        .filter(|hostile| only.as_deref().is_none_or(|only| only == hostile.path))
        .flat_map_iter(|hostile| texts(hostile).into_iter().map(move |(what, text)| (hostile.path, what, text)))
        .filter_map(|(path, what, text)| {
            let begun = worked();
            read(path, &text);
            let took = worked().saturating_sub(begun);
            (took > BOUND).then(|| format!("{path}: {what}: {took:?}"))
        })
        .collect();
    assert!(slow.is_empty(), "{slow:#?}");
}

#[test]
fn every_reader_has_a_sample_a_row_a_fuzz_target_and_hostile_texts() {
    let file = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default();
    let (page, manifest) = (file("docs/readers.md"), file("fuzz/Cargo.toml"));
    let kinds: Vec<&str> = SAMPLES.iter().flat_map(|(path, text)| read(path, text).kinds).map(|kind| kind.0).collect();
    for reader in READERS {
        let name = reader.name;
        assert!(SAMPLES.iter().any(|(path, _)| of(path).name == name), "tests/support/samples.rs has no sample for `{name}`");
        assert!(HOSTILE.iter().any(|hostile| of(hostile.path).name == name), "tests/readers.rs has no hostile texts for `{name}`");
        assert!(page.contains(&format!("\n| `{name}` |")), "docs/readers.md has no row for `{name}`");
        let target = name.replace('-', "_");
        assert!(
            file(&format!("fuzz/fuzz_targets/{target}.rs")).contains(&format!("reader(\"{name}\""))
                && manifest.contains(&format!("name = \"{target}\"")),
            "fuzz/ has no target for `{name}`"
        );
    }
    for lens in &LENSES {
        assert!(kinds.contains(&lens.name), "tests/support/samples.rs has no sample for the lens `{}`", lens.name);
        assert!(page.contains(&format!("\n| `{}` |", lens.name)), "docs/readers.md has no row for the lens `{}`", lens.name);
    }
}
