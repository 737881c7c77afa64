//! Repositories whose reports are written in every format: one that attacks its readers, one as pull requests are, one with a lot.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::Repo;

/// Every format by its name.
pub const FORMATS: [&str; 10] = ["human", "json", "github", "sarif", "gitlab", "gitlab-sast", "junit", "markdown", "html", "intoto"];

/// Everything that a text could try, on one line.
pub const ATTACK: &str = "\u{1b}[2J\u{1b}]8;;http://evil\u{7}::error file=a,line=1::own ##[add-mask]x @team <script>alert(1)<b> \
                      [x](javascript:alert(1)) \u{202e}\u{2066}\u{200b}\u{feff} `|` %0A ${{ secrets.X }} <!-- ]]>";

/// A repository whose names and values attack whoever shows them.
pub fn hostile() -> Repo {
    let folder = format!("::error file=x,line=1::own\n::stop-commands::t\r@team {}", ATTACK.replace('/', "%"));
    let folder: String = folder.chars().take(200).collect();
    let compose = |value: &str| {
        let quoted = Value::from(value).to_string();
        let service = Value::from(ATTACK.replace('\u{feff}', "")).to_string();
        format!("services:\n  {service}:\n    image: vllm/vllm-openai:v0.10.0\n    environment:\n      VLLM_NO_USAGE_STATS: {quoted}\n")
    };
    let multiline = format!("{ATTACK}\n::set-output name=a::b\n##[debug]c\n/close\n@team");
    let repo = Repo::new();
    repo.write(format!("{folder}/compose.yaml"), compose("1")).write("compose.yaml", compose("1"));
    repo.write("broken.yaml", "services: {a: {environment: {VLLM_NO_USAGE_STATS: \"1\"}}}\n");
    repo.write(format!("{folder}/values.yaml"), "telemetry: false\n").commit("base");
    repo.write(format!("{folder}/compose.yaml"), compose(&multiline)).write("compose.yaml", compose(ATTACK));
    repo.write("broken.yaml", format!("services: [{ATTACK}\n"));
    repo.write(format!("{folder}/values.yaml"), format!("telemetry: {}\n", Value::from(format!("${{X}}{ATTACK}"))));
    repo.commit("head");
    repo
}

/// An opt-out gone from one file, a value weakened in another.
pub fn weakened() -> Repo {
    let compose =
        |lines: &str| format!("services:\n  api:\n    image: vllm/vllm-openai:v0.10.0\n    environment:\n{lines}      B: \"1\"\n");
    let base = compose("      VLLM_NO_USAGE_STATS: \"1\"\n      A: \"1\"\n");
    let head = compose("      A: \"2\"\n");
    Repo::two(
        &[("compose.yaml", &base), (".env", "LANGSMITH_TRACING=false\n")],
        &[("compose.yaml", &head), (".env", "LANGSMITH_TRACING=true\n")],
    )
}

/// A repository with so many different weakenings in one file.
pub fn many(number: usize) -> Repo {
    // names that differ in letters: numbers at their end would make them one
    let name = |n: usize| [n / 26, n % 26].map(|digit| char::from(b'A' + u8::try_from(digit).unwrap()));
    let file = |value: &str| {
        (0..number).fold(String::new(), |mut text, n| {
            let _ = writeln!(text, "ZX{}_TELEMETRY_ENABLED={value}", String::from_iter(name(n)));
            text
        })
    };
    Repo::two(&[(".env", &file("false"))], &[(".env", &file("true"))])
}
