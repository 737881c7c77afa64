//! Hidden characters and letters that look alike, in the names and values of every format: each is another name or value to every
//! program, is judged as that, and is told with its place.

use super::*;

const POLICY: &str = "supply-chain/disguised-text";

/// Formats in which names decide nothing: what they hold are paths, askers, digests, bytes or prose.
const NAMELESS: &[&str] = &[
    "manifest",
    "jenkinsfile",
    "gitignore",
    "gitattributes",
    "dockerignore",
    "codeowners",
    "robots",
    "robots-code",
    "records",
    "checksums",
    "weights",
    "signature",
];

/// One file of each format: the reader, the path, the text with a disguised name, and the line on which that stands. Cyrillic in
/// most, a hyphen of another kind in Redis's.
const FILES: &[(&str, &str, &str, u64)] = &[
    ("dockerfile", "Dockerfile", "FROM vllm/vllm-openai:v0.6.3\nENV VLLM_NO_US\u{410}GE_STATS=1\n", 2),
    ("env-file", ".env", "PORT=1\nVLLM_NO_US\u{410}GE_STATS=1\n", 2),
    ("json", "settings.json", "{\"a\": 1,\n \"t\u{435}lemetry\": {\"enabled\": false}}\n", 2),
    ("toml", "settings.toml", "[\"t\u{435}lemetry\"]\nenabled = false\n", 2),
    ("yaml", "settings.yaml", "t\u{435}lemetry:\n  enabled: false\n", 2),
    ("systemd", "app.service", "[Service]\nEnvironment=VLLM_NO_US\u{410}GE_STATS=1\n", 2),
    ("procfile", "Procfile", "web: VLLM_NO_US\u{410}GE_STATS=1 vllm serve x\n", 1),
    ("crontab", "crontab", "VLLM_NO_US\u{410}GE_STATS=1\n* * * * * root vllm\n", 1),
    ("make", "Makefile", "export VLLM_NO_US\u{410}GE_STATS ?= 1\n", 1),
    ("ini", "app.ini", "[t\u{435}lemetry]\nenabled = false\n", 2),
    ("markdown", "README.md", "# x\n\n```sh\nexport VLLM_NO_US\u{410}GE_STATS=1\n```\n", 4),
    ("hcl", "main.tf", "resource \"x\" \"y\" {\n  environment = {\n    VLLM_NO_US\u{410}GE_STATS = \"1\"\n  }\n}\n", 3),
    ("xml", "logback.xml", "<configuration>\n  <r\u{43e}ot level=\"INFO\"/>\n</configuration>\n", 2),
    ("conf", "nginx.conf", "server {\n  \u{430}ccess_log off;\n}\n", 2),
    ("conf", "redis.conf", "protected\u{2011}mode yes\n", 1),
    ("headers-file", "_headers", "/*\n  X-Robots-T\u{430}g: noai\n", 2),
    ("html", "index.html", "<html><head>\n<meta name=\"rob\u{43e}ts\" content=\"noai\"></head></html>\n", 2),
    ("python", "a.py", "import os\nos.environ.setdefault(\"VLLM_NO_US\u{410}GE_STATS\", \"1\")\n", 2),
    ("python", "b.py", "AutoModel.from_pretrained(\"x\", trust_rem\u{43e}te_code=False)\n", 1),
    ("typescript", "a.ts", "const x = process.env.VLLM_NO_US\u{410}GE_STATS ?? \"1\";\n", 1),
    ("javascript", "a.js", "const x = process.env[\"VLLM_NO_US\\u0410GE_STATS\"] ?? \"1\";\n", 1),
    ("go", "a.go", "package a\nimport \"os\"\nfunc f() { os.Setenv(\"VLLM_NO_US\u{410}GE_STATS\", \"1\") }\n", 3),
    ("rust", "a.rs", "fn f() {\n  let x = std::env::var(\"VLLM_NO_US\u{410}GE_STATS\").unwrap_or(\"1\".into());\n}\n", 2),
    ("java", "A.java", "class A {\n  String x = System.getenv().getOrDefault(\"VLLM_NO_US\u{410}GE_STATS\", \"1\");\n}\n", 2),
    ("shell", "a.sh", "#!/bin/sh\nexport VLLM_NO_US\u{410}GE_STATS=1\n", 2),
];

/// File and line of every finding about disguised text, sorted.
fn told(ran: &Ran) -> Vec<(String, u64)> {
    let json = ran.json();
    let findings = json["findings"].as_array().unwrap();
    let ours = findings
        .iter()
        .filter(|finding| finding["policy"] == POLICY || finding["also"].as_array().unwrap().iter().any(|other| other == POLICY));
    let places = ours.flat_map(|finding| finding["places"].as_array().unwrap().clone());
    let mut all: Vec<(String, u64)> =
        places.map(|place| (place["file"].as_str().unwrap().to_owned(), place["line"].as_u64().unwrap())).collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn a_name_that_only_looks_like_a_known_one_is_told_in_every_format() {
    let head: Vec<(&str, &str)> = FILES.iter().map(|(_, path, text, _)| (*path, *text)).collect();
    let mut expected: Vec<(String, u64)> = FILES.iter().map(|(_, path, _, line)| ((*path).to_owned(), *line)).collect();
    expected.sort();
    assert_eq!(told(&json(&Repo::two(&[("x", "x")], &head)).exits(0)), expected);
    for reader in privgate::read::READERS {
        let here = FILES.iter().any(|(name, ..)| *name == reader.name);
        assert!(here || NAMELESS.contains(&reader.name), "no file of the format `{}` is here", reader.name);
    }
}

#[test]
fn what_was_disguised_before_is_told_once() {
    let before: Vec<(&str, &str)> = FILES.iter().map(|(_, path, text, _)| (*path, *text)).collect();
    let edited: Vec<String> =
        FILES.iter().map(|(_, path, text, _)| if path.ends_with("json") { format!("{text} ") } else { format!("{text}\n") }).collect();
    let after: Vec<(&str, &str)> = FILES.iter().zip(&edited).map(|((_, path, ..), text)| (*path, text.as_str())).collect();
    assert_eq!(told(&json(&Repo::two(&before, &after)).exits(0)), []);
}

#[test]
fn a_disguised_value_is_the_value_it_is_and_told() {
    let compose = |value: &str| {
        format!("services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: {value}\n")
    };
    for value in ["\"\u{ff11}\"", "\"1\u{200b}\"", "\"\u{202e}1\"", "\"1\\u200B\"", "1\u{2060}"] {
        let ran = json(&Repo::two(&[("compose.yaml", &compose("\"1\""))], &[("compose.yaml", &compose(value))]));
        assert!(ran.failing().contains(&"telemetry/vllm-usage-stats weakened".to_owned()), "{value}: {ran:#?}");
        assert_eq!(told(&ran), [("compose.yaml".to_owned(), 5)], "{value}: {ran:#?}");
    }
}

#[test]
fn a_space_of_another_kind_before_a_name_makes_another_name_of_it() {
    for space in ['\u{a0}', '\u{2003}', '\u{3000}'] {
        let head = format!("PORT=1\n{space}VLLM_NO_USAGE_STATS=1\n");
        let ran = json(&Repo::two(&[(".env", "PORT=1\nVLLM_NO_USAGE_STATS=1\n")], &[(".env", &head)])).exits(1);
        assert_eq!(told(&ran), [(".env".to_owned(), 2)], "{space:?}: {ran:#?}");
    }
    // those that every program skips
    let head = "PORT=1\n \tVLLM_NO_USAGE_STATS=1\n";
    assert_eq!(told(&json(&Repo::two(&[(".env", "VLLM_NO_USAGE_STATS=1\n")], &[(".env", head)])).exits(0)), []);
}

#[test]
fn a_name_is_what_its_language_makes_of_it() {
    // Python compares in compatibility form, JavaScript without escapes: these are the very names
    for (path, text, policy) in [
        (
            "a.py",
            "from transformers import AutoModel\nAutoModel.from_pretrained(\"x\", \u{ff54}rust_remote_code=True)\n",
            "supply-chain/trust-remote-code",
        ),
        ("a.js", "Sentry.init({ s\\u0065ndDefaultPii: true });\n", "telemetry/sentry-web-user-info"),
        ("b.js", "Sentry.init({ \"s\\x65ndDefaultPii\": true });\n", "telemetry/sentry-web-user-info"),
        ("a.json", "{\"t\\u0065lemetry\": {\"enabled\": true}}\n", "lexicon/privacy-words"),
        ("a.yaml", "\"t\\x65lemetry\":\n  enabled: true\n", "lexicon/privacy-words"),
    ] {
        let ran = json(&Repo::two(&[("x", "x")], &[(path, text)]));
        assert!(ran.failing().iter().any(|found| found.starts_with(policy)), "{path}: {:#?}", ran.failing());
        assert_eq!(told(&ran), [], "{path}");
    }
}

#[test]
fn other_languages_are_no_disguise() {
    let head = [
        (
            "i18n.json",
            "{\"\u{442}\u{435}\u{43b}\u{435}\u{43c}\u{435}\u{442}\u{440}\u{438}\u{44f}\": \"\u{441}\u{43e}\u{440}\", \"privacy\": \"\u{6af}\u{631}\u{648}\u{647}\u{200c}\u{647}\u{627}\"}\n",
        ),
        ("a.py", "# \u{441}\u{43e}\u{440}\nname = \"\u{395}\u{3bb}\u{3bb}\u{3ac}\u{3b4}\u{3b1}\"\n"),
        (".env", "TITLE=\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}\nVLLM_NO_USAGE_STATS=1\n"),
    ];
    assert_eq!(told(&json(&Repo::two(&[("x", "x")], &head)).exits(0)), []);
}
