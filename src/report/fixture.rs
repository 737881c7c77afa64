//! Reports for the writers' tests: one as it comes from a pull request, and one in which every text attacks its reader.

#![allow(clippy::must_use_candidate, clippy::missing_panics_doc, reason = "for tests only")]

use super::excerpt::crop;
use super::model::{
    Change, Coverage, ErrorShown, Finding, PathClass, Place, Report, RevisionShown, Severity, Side, Skipped, StateWord, Tool, Verdict,
};
use crate::setting::Surface;
use crate::span::{LineIndex, Span};

const BASE: &str = "services:\n  api:\n    image: vllm/vllm-openai:v0.10.0\n    environment:\n      HF_TOKEN: hf_abcdefghijklmnopqrstuvwx\n      VLLM_NO_USAGE_STATS: \"1\"\n      DO_NOT_TRACK: \"1\"\n    ports:\n      - 127.0.0.1:8000:8000\n";
const HEAD: &str = "services:\n  api:\n    image: vllm/vllm-openai:v0.10.0\n    environment:\n      LOG_LEVEL: info\n      HF_TOKEN: hf_abcdefghijklmnopqrstuvwx\n      VLLM_NO_USAGE_STATS: \"0\"\n    ports:\n      - 127.0.0.1:8000:8000\n";

/// One side that stands in a text.
pub fn side(file: &str, text: &str, needle: &str, value: &str) -> Side {
    let secret = value.starts_with("<secret").then_some(needle);
    let at = text.find(needle).unwrap();
    let span = Span::new(at, at + needle.len());
    let index = LineIndex::new(text);
    let (start, end) = (index.locate(text, span.start), index.locate(text, span.end));
    Side {
        file: Some(file.into()),
        line: Some(start.line),
        column: Some(start.column),
        end_line: Some(end.line),
        end_column: Some(end.column),
        value: Some(value.into()),
        state: StateWord::Written,
        excerpt: Some(crop(text, span, &index, secret)),
    }
}

/// A side that nobody wrote.
pub fn unset(value: &str) -> Side {
    Side {
        file: None,
        line: None,
        column: None,
        end_line: None,
        end_column: None,
        value: Some(value.into()),
        state: StateWord::Unset,
        excerpt: None,
    }
}

/// A finding that stands where its head stands, else where its base stood.
pub fn finding(
    policy: &str,
    severity: Severity,
    change: Change,
    setting: &str,
    base: Option<Side>,
    head: Option<Side>,
    message: &str,
) -> Finding {
    let at = head.clone().filter(|side| side.line.is_some()).or_else(|| base.clone()).unwrap();
    let file = at.file.clone().unwrap_or_default();
    Finding {
        policy: policy.into(),
        title: "Nothing is sent home".into(),
        severity,
        change,
        area: policy.split('/').next().unwrap().into(),
        setting: setting.into(),
        surface: Surface::Env,
        scope: Some("service api".into()),
        path_class: PathClass::Product,
        file: file.clone(),
        line: at.line.unwrap_or(1),
        column: at.column.unwrap_or(1),
        end_line: at.end_line.unwrap_or(1),
        end_column: at.end_column.unwrap_or(1),
        base,
        head,
        message: message.into(),
        why: None,
        fix: None,
        refs: Vec::new(),
        fingerprint: "3f5a0c1b2d4e6f708192a3b4c5d6e7f8".into(),
        places: vec![Place { file, line: at.line.unwrap_or(1) }],
        also: Vec::new(),
        waiver: None,
    }
}

fn blank(verdict: Verdict, exit: u8) -> Report {
    Report {
        tool: Tool { name: "privgate", version: "0.1.0" },
        base: Some(RevisionShown { rev: "origin/main".into(), commit: Some("1".repeat(40)) }),
        head: Some(RevisionShown { rev: "index".into(), commit: None }),
        verdict,
        exit,
        coverage: Coverage { policies: 60, policy_source: "built-in 0.1.0, base".into(), ..Coverage::default() },
        ..Report::empty("2026-11-20")
    }
}

/// Weakened, removed, introduced, undecided and a note, as a reviewer meets them.
pub fn report() -> Report {
    let mut weakened = finding(
        "telemetry/vllm-usage-stats",
        Severity::Error,
        Change::Weakened,
        "VLLM_NO_USAGE_STATS",
        Some(side("compose.yaml", BASE, "\"1\"", "1")),
        Some(side("compose.yaml", HEAD, "\"0\"", "0")),
        "vLLM sends usage statistics again",
    );
    weakened.why = Some(
        "vLLM reports model architecture, GPU type and flags to stats.vllm.ai at every start, and users of this file never asked for that."
            .into(),
    );
    weakened.fix = Some("Set VLLM_NO_USAGE_STATS to \"1\".".into());
    weakened.refs = vec!["CWE-359".into(), "GDPR Art. 25".into()];
    weakened.places.extend((1..=7).map(|n| Place { file: format!("deploy/{n}/compose.yaml"), line: n }));
    weakened.also = vec!["opt-out/do-not-track".into()];
    let mut removed = finding(
        "opt-out/do-not-track",
        Severity::Error,
        Change::Removed,
        "DO_NOT_TRACK",
        Some(side("compose.yaml", BASE, "DO_NOT_TRACK: \"1\"", "1")),
        Some(unset("0")),
        "the request not to be tracked is gone",
    );
    removed.fix = Some("Put DO_NOT_TRACK: \"1\" back.".into());
    let values = "ports:\n  - 0.0.0.0:11434:11434\n";
    let mut introduced = finding(
        "network/ollama-bind",
        Severity::Warning,
        Change::Introduced,
        "ports[0]",
        None,
        Some(side("examples/ollama/compose.yaml", values, "0.0.0.0:11434:11434", "0.0.0.0:11434:11434")),
        "a new service listens on every address without a password",
    );
    introduced.surface = Surface::Key;
    introduced.scope = None;
    introduced.path_class = PathClass::Example;
    let (was, now) = ("logging:\n  prompts: false\n", "logging:\n  prompts: ${LOG_PROMPTS}\n");
    let mut undecided = finding(
        "logging/prompts",
        Severity::Error,
        Change::Undecided,
        "logging.prompts",
        Some(side("values.yaml", was, "false", "false")),
        Some(Side { state: StateWord::Unknown, ..side("values.yaml", now, "${LOG_PROMPTS}", "${LOG_PROMPTS}") }),
        "whether prompts are logged depends on LOG_PROMPTS, which the repository does not set",
    );
    undecided.fix = Some("Write ${LOG_PROMPTS:-false}.".into());
    let gone = finding(
        "auth/api-key",
        Severity::Warning,
        Change::Removed,
        "API_KEY",
        Some(side("old/.env", "API_KEY=abc\n", "abc", &super::redact::shown("API_KEY", "abc", false))),
        None,
        "the gateway that asked for a key is gone, and nothing takes its place",
    );
    let note = finding(
        "telemetry/posthog",
        Severity::Note,
        Change::Strengthened,
        "telemetry",
        Some(side("values.yaml", "telemetry: true\n", "true", "true")),
        Some(side("values.yaml", "telemetry: false\n", "false", "false")),
        "telemetry is off now",
    );
    let mut report = blank(Verdict::Weakened, 1);
    report.coverage.files = 14;
    report.coverage.settings = 61;
    report.coverage.skipped = (1..=7).map(|n| Skipped { file: format!("data/{n}.json"), reason: "larger than 5 MiB".into() }).collect();
    report.findings = vec![weakened, removed, undecided, introduced, gone, note];
    report.errors = vec![ErrorShown {
        file: Some("privgate-waivers.yaml".into()),
        line: Some(3),
        message: "the waiver has expired on 2026-10-01: delete it".into(),
    }];
    report
}

/// A run that looked at nothing.
pub fn quiet() -> Report {
    blank(Verdict::Pass, 0)
}

/// A run that found no base.
pub fn failed() -> Report {
    let message = "the clone does not hold the base commit.\nRun: git fetch --depth=1 origin main".into();
    Report { base: None, head: None, errors: vec![ErrorShown { file: None, line: None, message }], ..blank(Verdict::Undecided, 3) }
}

/// Every text tries to colour, to hide, to turn, to break out, and to give commands.
pub fn hostile() -> Report {
    let attack = "\u{1b}[2J\u{1b}]8;;http://evil\u{7}x\r\n::error file=a,line=1::own\n##[add-mask]y\u{202e}\u{2066}\u{200b}\u{9b}1m<script>@all</script>%0A::stop-commands::t,title=z";
    let text = format!("before{}\nkey: VALUE\nafter", attack.replace('\n', " "));
    let long = format!("{{\"a\": \"{}\", \"key\": VALUE}}", "é".repeat(100_000));
    let hostile_side = |text: &str| Side { value: Some(attack.into()), file: Some(attack.into()), ..side("x", text, "VALUE", "x") };
    let mut report = report();
    for finding in &mut report.findings {
        finding.policy = format!("area/{attack}");
        finding.base = finding.base.as_ref().map(|_| hostile_side(&text));
        finding.head = finding.head.as_ref().map(|_| hostile_side(&long));
        for field in [&mut finding.title, &mut finding.setting, &mut finding.file, &mut finding.message, &mut finding.area] {
            *field = attack.into();
        }
        for field in [&mut finding.scope, &mut finding.why, &mut finding.fix, &mut finding.waiver] {
            *field = Some(attack.into());
        }
        finding.refs = vec![attack.into()];
        finding.also = vec![attack.into()];
        finding.places = vec![Place { file: attack.into(), line: 3 }, Place { file: attack.into(), line: 4 }];
    }
    report.coverage.policy_source = attack.into();
    report.coverage.skipped = vec![Skipped { file: attack.into(), reason: attack.into() }];
    report.errors = vec![ErrorShown { file: Some(attack.into()), line: Some(1), message: attack.into() }];
    report
}
