//! What documents promise, from the outside: cards, privacy documents, READMEs, and settings that break what they say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

mod support;

use support::Repo;

const CARD: &str = "---\nlicense: mit\ndatasets: [a/b]\nextra_gated_prompt: Do not identify people.\n---\n# Model\n\n## Personal and Sensitive Information\n\nThe dataset was filtered for removal of PII.\n\n## Use\n\nRun it.\n";

fn alarms(repo: &Repo) -> Vec<String> {
    let json = repo.check(&["--format", "json"]).json();
    let findings = json["findings"].as_array().cloned().unwrap_or_default();
    let shown = |finding: &serde_json::Value| {
        let word = |key: &str| finding[key].as_str().unwrap_or("").to_owned();
        format!("{} {} {} {}:{}", word("severity"), word("change"), word("policy"), word("file"), finding["line"])
    };
    findings.iter().filter(|finding| finding["severity"] != "note").map(shown).collect()
}

#[test]
fn a_card_that_loses_its_privacy_section_and_its_conditions_fails() {
    let head = "---\nlicense: mit\ndatasets: [a/b]\n---\n# Model\n\n## Use\n\nRun it.\n";
    let repo = Repo::two(&[("README.md", CARD)], &[("README.md", head)]);
    repo.check(&[]).exits(1).says("personal and sensitive information").says("extra_gated_prompt");
    let found = alarms(&repo);
    assert!(found.iter().any(|line| line.starts_with("error removed promises/privacy-section")), "{found:#?}");
    assert!(found.iter().any(|line| line.starts_with("error removed promises/gated-access")), "{found:#?}");
    assert!(found.iter().any(|line| line.starts_with("warning removed promises/personal-data-in-training")), "{found:#?}");
}

#[test]
fn a_front_matter_that_breaks_is_no_silence() {
    let head = CARD.replace("license: mit", "license: [mit");
    let repo = Repo::two(&[("README.md", CARD)], &[("README.md", &head)]);
    let found = alarms(&repo);
    assert!(found.iter().any(|line| line.contains("removed promises/gated-access")), "{found:#?}");
}

#[test]
fn a_setting_weakened_under_a_standing_promise_names_both_places() {
    let weak = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"0\"\n";
    let safe = weak.replace("\"0\"", "\"1\"");
    let promise = "# Privacy\n\nThere is no telemetry of any kind.\n";
    let repo = Repo::two(&[("compose.yaml", &safe), ("docs/PRIVACY.md", promise)], &[("compose.yaml", weak), ("docs/PRIVACY.md", promise)]);
    let json = repo.check(&["--format", "json"]).exits(1).json();
    let finding = &json["findings"][0];
    assert_eq!((&finding["change"], &finding["severity"]), (&"contradicted".into(), &"error".into()));
    let places: Vec<&str> = finding["places"].as_array().unwrap().iter().map(|place| place["file"].as_str().unwrap()).collect();
    assert_eq!(places, ["compose.yaml", "docs/PRIVACY.md"]);
    assert!(finding["message"].as_str().unwrap().contains("docs/PRIVACY.md:3, \"There is no telemetry of any kind\""), "{finding:#}");
}

#[test]
fn a_promise_of_another_package_is_not_broken() {
    let weak = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"0\"\n";
    let safe = weak.replace("\"0\"", "\"1\"");
    let promise = ("packages/web/README.md", "# Web\n\nThere is no telemetry.\n");
    let repo = Repo::two(&[("packages/api/compose.yaml", &safe), promise], &[("packages/api/compose.yaml", weak), promise]);
    assert_eq!(repo.check(&["--format", "json"]).exits(1).changes(), ["weakened"]);
}

#[test]
fn a_new_promise_over_an_old_weakness_warns() {
    let weak = "ANONYMIZED_TELEMETRY=true\n";
    let repo = Repo::two(
        &[(".env.example", weak), ("README.md", "# A\n")],
        &[(".env.example", weak), ("README.md", "# A\n\nWe collect no telemetry.\n")],
    );
    let found = alarms(&repo);
    assert_eq!(found, ["warning contradicted telemetry/anonymized-telemetry README.md:3"]);
    repo.check(&[]).exits(0).says(".env.example:1");
}

#[test]
fn keeping_data_longer_than_promised_is_contradicted() {
    let old = "resource \"aws_cloudwatch_log_group\" \"a\" {\n  name = \"a\"\n  retention_in_days = 14\n}\n";
    let new = old.replace("14", "90");
    let promise = ("PRIVACY.md", "# Privacy\n\nLogs are retained for up to 30 days.\n");
    let repo = Repo::two(&[("main.tf", old), promise], &[("main.tf", &new), promise]);
    assert_eq!(repo.check(&["--format", "json"]).changes(), ["contradicted"]);
    let within = old.replace("14", "21");
    let repo = Repo::two(&[("main.tf", old), promise], &[("main.tf", &within), promise]);
    assert_eq!(repo.check(&["--format", "json"]).changes(), ["weakened"]);
}

#[test]
fn a_privacy_document_that_is_deleted_takes_its_promises_with_it() {
    let text = "# Privacy\n\nYour conversations are not used to train models.\n";
    let repo = Repo::two(&[("PRIVACY.md", text), ("a.txt", "")], &[("a.txt", "")]);
    let found = alarms(&repo);
    assert_eq!(found, ["error removed promises/privacy-section PRIVACY.md:1", "warning removed promises/not-trained-on PRIVACY.md:3"]);
    let moved = Repo::two(&[("PRIVACY.md", text), ("a.txt", "")], &[("docs/privacy-policy.md", text), ("a.txt", "")]);
    assert_eq!(alarms(&moved), [""; 0]);
}

#[test]
fn ordinary_edits_of_a_readme_are_silent() {
    let base = "# Acme\n\nAcme stores messages in Redis.\n\n## Privacy\n\nWe do not share your data with third parties.\n\n## Usage\n\nSend a request.\n";
    let head = "# Acme 2\n\nAcme stores all messages in Postgres and logs requests at debug level. Train on your data with `acme train`.\n\n## 🔒 Privacy\n\nYour data is never shared with third parties.\n\n## Quick start\n\nSend a prompt to the server.\n";
    let repo = Repo::two(&[("README.md", base)], &[("README.md", head)]);
    repo.check(&["--fail-on", "warning"]).exits(0);
    assert_eq!(alarms(&repo), [""; 0]);
}

#[test]
fn a_drafted_section_says_what_settings_prove_and_the_gate_keeps_it_true() {
    let safe = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n";
    let repo = Repo::two(&[("a.txt", "")], &[("compose.yaml", safe)]);
    let draft = repo.run(&["card", "draft"]).exits(0).says("No telemetry is sent.").says("no setting proves how long data is kept").out;
    assert!(draft.contains("- `VLLM_NO_USAGE_STATS` is `1` (`compose.yaml`, line 5)"), "{draft}");
    repo.write("MODEL_CARD.md", format!("# Model\n\n{draft}")).commit("card");
    repo.write("compose.yaml", safe.replace("\"1\"", "\"0\"")).commit("weaker");
    assert_eq!(repo.check(&["--format", "json"]).exits(1).changes(), ["contradicted"]);
    assert!(repo.run(&["card", "draft"]).exits(0).out.contains("Telemetry is collected."));
}

#[test]
fn a_draft_takes_one_call_for_no_proof_and_a_checked_certificate_for_no_login() {
    let repo = Repo::new();
    repo.write("net.py", "def main(ssl_verify=True):\n    run(ssl_verify)\n").commit("base");
    let draft = repo.run(&["card", "draft"]).exits(0).out;
    assert!(!draft.contains("\nAuthentication is required."), "{draft}");
    assert!(
        draft.contains("each of these calls speaks for itself; where nothing else does otherwise, write: Connections are encrypted."),
        "{draft}"
    );
}

#[test]
fn a_draft_names_what_decides_once() {
    let repo = Repo::new();
    let compose = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    environment:\n      VLLM_NO_USAGE_STATS: \"0\"\n  ui:\n    image: b\n    environment:\n      HF_HUB_DISABLE_TELEMETRY: \"1\"\n";
    repo.write("compose.yaml", compose).commit("base");
    let draft = repo.run(&["card", "draft"]).exits(0).says("Telemetry is collected.").out;
    let (_, sent) = draft.split_once("### What is sent\n\n").unwrap();
    let (sent, _) = sent.split_once("###").unwrap();
    assert!(sent.contains("VLLM_NO_USAGE_STATS") && !sent.contains("HF_HUB"), "{draft}");
    assert_eq!(sent.matches("line 5").count(), 1, "{draft}");
}

#[test]
fn a_draft_promises_nothing_about_recipients_that_no_setting_names() {
    let train = "report_to: none\n";
    let repo = Repo::two(&[("a.txt", "")], &[("train.yaml", train), ("a.py", "import openai\n")]);
    let draft = repo.run(&["card", "draft"]).exits(0).out;
    let (_, shared) = draft.split_once("### Who gets the data\n\n").unwrap();
    assert!(shared.starts_with("[More Information Needed]\n<!-- these settings give nothing away"), "{draft}");
}

#[test]
fn a_first_description_of_what_ran_before_is_a_note() {
    let (silent, told) = ("# Acme\n\n## Privacy\n\nAcme starts.\n", "# Acme\n\n## Privacy\n\nAcme collects usage statistics.\n");
    let code = "from posthog import Posthog\n";
    let before = Repo::two(&[("README.md", silent), ("a.py", code)], &[("README.md", told), ("a.py", code)]);
    assert_eq!(alarms(&before), [""; 0]);
    let now = Repo::two(&[("README.md", silent), ("a.py", "x = 1\n")], &[("README.md", told), ("a.py", code)]);
    assert_eq!(alarms(&now), ["warning weakened promises/telemetry-announced README.md:5"]);
}

#[test]
fn what_another_document_told_before_is_a_note() {
    let readme = "# Acme\n\n## Telemetry\n\nAcme collects usage statistics.\n";
    let base = [("README.md", "# Acme\n"), ("packages/app/README.md", readme), ("a.py", "x = 1\n")];
    let repo = Repo::two(&base, &[("README.md", readme), ("a.py", "x = 2\n")]);
    assert_eq!(alarms(&repo), [""; 0]);
}

#[test]
fn a_product_that_leaves_takes_its_promises_along() {
    let privacy = "# Privacy\n\nPrompts are never logged.\n";
    let base = [("a.txt", ""), ("plugins/one/PRIVACY.md", privacy), ("plugins/one/main.py", "x = 1\n")];
    assert_eq!(alarms(&Repo::two(&base, &[("a.txt", "")])), [""; 0]);
    let only = alarms(&Repo::two(&base, &[("a.txt", ""), ("plugins/one/main.py", "x = 1\n")]));
    assert_eq!(only.len(), 2, "{only:?}");
}

#[test]
fn a_step_of_private_training_that_leaves_breaks_the_cards_word() {
    let card = "---\nlicense: mit\n---\n# M\n\nThe model was trained with differential privacy, with epsilon = 8.\n";
    let code = "e.make_private(module=m, optimizer=o, data_loader=l, noise_multiplier=1.1, max_grad_norm=1.0)\n";
    let base = [("README.md", card), ("train.py", code)];
    let gone = alarms(&Repo::two(&base, &[("README.md", card), ("train.py", "m.train()\n")]));
    assert_eq!(
        gone,
        ["error contradicted training/private-training train.py:1", "warning contradicted training/differential-privacy train.py:1"]
    );
    let moved = alarms(&Repo::two(&base, &[("README.md", card), ("train.py", "m.train()\n"), ("steps.py", code)]));
    assert_eq!(moved, [""; 0]);
}

#[test]
fn an_announcement_warns_when_it_comes_with_code_and_is_a_note_alone() {
    let silent = "# Acme\n\n## Privacy\n\nAcme starts.\n";
    let announced = "# Acme\n\n## Privacy\n\nAcme starts. Acme has opt-out telemetry that helps us.\n";
    let alone = Repo::two(&[("README.md", silent)], &[("README.md", announced)]);
    assert_eq!(alarms(&alone), [""; 0]);
    let with_code = Repo::two(&[("README.md", silent), ("a.py", "x = 1\n")], &[("README.md", announced), ("a.py", "x = 2\n")]);
    assert_eq!(alarms(&with_code), ["warning weakened promises/telemetry-announced README.md:5"]);
}

#[test]
fn a_new_page_about_telemetry_warns_when_the_code_begins_to_count_and_is_a_note_alone() {
    let page = ("docs/telemetry.md", "# Telemetry\n\nThe Acme maintainers use anonymous usage statistics to shape the roadmap.\n");
    let (readme, before) = (("README.md", "# Acme\n"), ("a.py", "x = 1\n"));
    let about_the_page = |head: &[(&str, &str)]| {
        alarms(&Repo::two(&[readme, before], head)).into_iter().filter(|line| line.contains("docs/telemetry.md")).count()
    };
    assert_eq!(about_the_page(&[readme, before, page]), 0);
    assert_eq!(about_the_page(&[readme, ("a.py", "x = 2\n"), page]), 0);
    assert_eq!(about_the_page(&[readme, ("a.py", "x = 1\nsend_telemetry(x)\n"), page]), 1);
    let told = ("README.md", "# Acme\n\n## Telemetry\n\nAcme collects anonymous usage statistics.\n");
    let again = Repo::two(&[told, before], &[told, ("a.py", "x = 1\nsend_telemetry(x)\n"), page]);
    assert!(!alarms(&again).iter().any(|line| line.contains("docs/telemetry.md")));
}

#[test]
fn an_audit_notes_a_card_with_figures_and_nothing_about_privacy() {
    let repo = Repo::two(&[("a.txt", "")], &[("MODEL_CARD.md", "# M\n\n## Results\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")]);
    let json = repo.run(&["audit", "--format", "json"]).exits(0).json();
    let found: Vec<&str> = json["findings"].as_array().unwrap().iter().map(|finding| finding["policy"].as_str().unwrap()).collect();
    assert_eq!(found, ["promises/figures-without-privacy"]);
    assert_eq!(json["findings"][0]["line"], 3);
}

#[test]
fn a_promise_that_is_reversed_together_with_the_default_fails_and_its_return_is_quiet() {
    let kept = "# Privacy\n\nMessages are kept only to show them to you, not for anything else such as research or model training.\n\n## Coming soon\n\n- A switch to share conversations with model authors\n";
    let shared = "# Privacy\n\nBy default, your conversations are shared with the authors of the model to improve their training data.\n\nIf you switch sharing off, your conversations will not be used for research or training purposes.\n\n## Coming soon\n\n- Watermarks\n";
    let private = "# Privacy\n\nYour conversations are private and will not be shared with anyone.\n";
    let off = "SHARE_CONVERSATIONS=false\n";
    let on = "SHARE_CONVERSATIONS=true\n";
    let repo = Repo::two(&[("PRIVACY.md", kept), (".env.template", off)], &[("PRIVACY.md", shared), (".env.template", on)]);
    let found = alarms(&repo);
    assert!(found.iter().any(|line| line == "error weakened promises/not-trained-on PRIVACY.md:3"), "{found:#?}");
    let back = Repo::two(&[("PRIVACY.md", shared), (".env.template", on)], &[("PRIVACY.md", private), (".env.template", off)]);
    back.check(&["--fail-on", "warning"]).exits(0);
}

#[test]
fn a_plain_promise_stands_beside_a_sentence_with_a_condition() {
    let before = ("PRIVACY.md", "# Privacy\n\nAll data is encrypted at rest. We never sell your data.\n");
    let after = (
        "PRIVACY.md",
        "# Privacy\n\nAll data is encrypted at rest. We never sell your data.\n\nAll connections are encrypted by default. We do not share your data with third parties without your consent.\n",
    );
    let repo = Repo::two(&[before], &[after]);
    assert_eq!(alarms(&repo), [""; 0]);
}

#[test]
fn a_list_of_what_is_collected_warns_when_it_grows_and_not_when_it_shrinks() {
    let short = ("docs/telemetry.md", "# Telemetry\n\nWe collect:\n\n- the version\n- the operating system\n");
    let long = ("docs/telemetry.md", "# Telemetry\n\nWe collect:\n\n- the version\n- the operating system\n- the names of models\n");
    let grown = alarms(&Repo::two(&[short], &[long]));
    assert!(grown.iter().any(|line| line.starts_with("warning weakened promises/collected-data docs/telemetry.md")), "{grown:#?}");
    assert_eq!(alarms(&Repo::two(&[long], &[short])), [""; 0]);
}

#[test]
fn a_documented_default_warns_when_it_turns_on() {
    let table =
        |default: &str| format!("# Settings\n\n| Variable | Default | Meaning |\n|---|---|---|\n| `ACME_TELEMETRY` | `{default}` | x |\n");
    let (off, on) = (table("false"), table("true"));
    let found = alarms(&Repo::two(&[("docs/settings.md", &off)], &[("docs/settings.md", &on)]));
    assert_eq!(found, ["warning weakened promises/documented-default docs/settings.md:5"]);
    assert_eq!(alarms(&Repo::two(&[("docs/settings.md", &on)], &[("docs/settings.md", &off)])), [""; 0]);
}

#[test]
fn a_page_about_privacy_that_is_deleted_takes_its_promises_along_whatever_it_is_called() {
    let page = ("docs/privacy/cookies.md", "# Cookies\n\nYour data is never shared with third parties.\n");
    let rest = ("README.md", "# A\n\nA tool.\n");
    let found = alarms(&Repo::two(&[page, rest], &[rest]));
    assert!(found.iter().any(|line| line.contains("removed promises/not-shared docs/privacy/cookies.md")), "{found:#?}");
}

#[test]
fn a_promise_to_respect_objections_needs_a_list_or_a_step() {
    let before = ("README.md", "# Corpus\n\n## Privacy\n\nHello.\n");
    let after = ("README.md", "# Corpus\n\n## Privacy\n\nHello. Opt-out requests are honoured.\n");
    let run = ("run.py", "rows = load()\n");
    let found = alarms(&Repo::two(&[before, run], &[after, run]));
    assert_eq!(found, ["warning contradicted promises/opt-out-respected README.md:5"]);
    let list = ("data/opt-outs.txt", "a.example\n");
    assert_eq!(alarms(&Repo::two(&[before, run, list], &[after, run, list])), [""; 0]);
}

#[test]
fn a_model_that_leaves_the_machine_breaks_the_promise_that_nothing_does() {
    let promise = ("README.md", "# A\n\n## Privacy\n\nYour data never leaves your machine.\n");
    let at = |address: &str| format!("llm:\n  base_url: {address}\n");
    let (here, there) = (at("http://localhost:11434/v1"), at("https://api.openai.com/v1"));
    let found = alarms(&Repo::two(&[promise, ("config.yaml", &here)], &[promise, ("config.yaml", &there)]));
    assert_eq!(found, ["error contradicted network/model-server config.yaml:2"]);
}

#[test]
fn a_scrubber_that_leaves_the_log_breaks_the_promise_to_mask() {
    let promise = ("PRIVACY.md", "# Privacy\n\nPII is masked in all logs.\n");
    let with = "import logging\nh = logging.StreamHandler()\nh.setFormatter(PIIFormatter())\n";
    let without = "import logging\nh = logging.StreamHandler()\nh.setFormatter(logging.Formatter('%(message)s'))\n";
    let found = alarms(&Repo::two(&[promise, ("log.py", with)], &[promise, ("log.py", without)]));
    assert!(found.iter().any(|line| line.starts_with("error contradicted logging/log-scrubber log.py")), "{found:#?}");
}

#[test]
fn a_page_that_only_gets_the_name_of_a_privacy_document_announces_nothing() {
    let text = "---\ntitle: Architecture\n---\n\n## Queries\n\nYour queries are stored and used to improve our models. Queries are sent to the Acme API.\n\n## Layout\n\nTwo services and a database.\n\n## Scaling\n\nAdd more of them.\n";
    let renamed = text.replace("title: Architecture", "title: Data Privacy");
    let repo = Repo::two(&[("docs/architecture.md", text)], &[("docs/data-privacy.md", &renamed)]);
    assert_eq!(alarms(&repo), [""; 0]);
    let (before, code) = (("docs/data-privacy.md", "# Data Privacy\n\nWords.\n"), ("app.py", "print(2)\n"));
    let told = alarms(&Repo::two(&[before], &[("docs/data-privacy.md", &renamed), code]));
    assert!(told.iter().any(|line| line.contains("promises/training-announced")), "{told:#?}");
}

#[test]
fn a_privacy_document_that_loses_its_name_keeps_its_promises() {
    let text = "# Data\n\nWe never share your data with third parties.\n\n## Layout\n\nTwo services and a database.\n\n## Scaling\n\nAdd more of them.\n";
    let repo = Repo::two(&[("docs/privacy.md", text)], &[("docs/overview.md", text)]);
    assert_eq!(alarms(&repo), [""; 0]);
}

#[test]
fn a_new_promise_over_what_a_call_or_a_key_does_warns() {
    for (promise, path, weak) in [
        (
            "We do not share your data with third parties.",
            "app.py",
            "import sentry_sdk\nsentry_sdk.init(dsn=\"x\", send_default_pii=True)\n",
        ),
        ("We do not share your data with third parties.", "train.yaml", "output_dir: o\nreport_to: wandb\n"),
        ("There is no telemetry.", ".streamlit/config.toml", "[browser]\ngatherUsageStats = true\n"),
        ("Your conversations are not used to train models.", "config.json", "{\"provider\": {\"data_collection\": \"allow\"}}\n"),
    ] {
        let text = format!("# Privacy\n\n{promise}\n");
        let repo = Repo::two(&[(path, weak), ("PRIVACY.md", "# Privacy\n\nSee below.\n")], &[(path, weak), ("PRIVACY.md", &text)]);
        let found = alarms(&repo);
        assert!(
            matches!(&found[..], [one] if one.starts_with("warning contradicted ") && one.ends_with(" PRIVACY.md:3")),
            "{path}: {found:#?}"
        );
    }
    // one connection that is not checked says nothing of all the others
    let call = ("c.py", "import httpx\nc = httpx.Client(verify=False)\n");
    let repo = Repo::two(
        &[call, ("PRIVACY.md", "# Privacy\n\nSee below.\n")],
        &[call, ("PRIVACY.md", "# Privacy\n\nAll conversations are encrypted in transit.\n")],
    );
    assert_eq!(alarms(&repo), [""; 0]);
}

#[test]
fn what_a_card_says_of_people_turns_round_in_any_section() {
    let card = |said: &str| format!("---\nlicense: mit\n---\n# M\n\n## Training Data\n\nRecordings from 14 clinics. {said}\n");
    for (before, after, policy) in [
        (
            "The dataset was filtered for removal of PII.",
            "The dataset may contain personal information.",
            "promises/personal-data-in-training",
        ),
        ("Consent was obtained from all speakers.", "No consent was obtained from the speakers.", "promises/consent"),
        ("It does not include data from Acme products.", "It includes information from Acme products.", "promises/user-data-excluded"),
    ] {
        let repo = Repo::two(&[("README.md", &card(before))], &[("README.md", &card(after))]);
        let found = alarms(&repo);
        assert!(found.iter().any(|line| line.starts_with(&format!("error weakened {policy}"))), "{found:#?}");
    }
}

#[test]
fn telemetry_that_comes_with_its_code_is_no_mere_description() {
    let told = "# Telemetry\n\nAcme collects anonymous usage statistics to help improve the product.\n";
    let code = ("acme/telemetry/events.py", "def record(name):\n    post(name)\n");
    let (before, after) = ((".env.example", "DEBUG=false\n"), (".env.example", "DEBUG=false\nPORT=1\n"));
    let repo = Repo::two(&[before], &[after, code, ("docs/telemetry.md", told)]);
    assert_eq!(alarms(&repo), ["warning introduced promises/no-telemetry docs/telemetry.md:3"]);
    let repo = Repo::two(&[before, code], &[after, code, ("docs/telemetry.md", told)]);
    assert_eq!(alarms(&repo), [""; 0]);
}
