//! The action, played by a small runner: its steps with the files and variables that GitHub's runner gives them.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]
#![cfg(unix)]

#[cfg(feature = "forge")]
#[path = "support/forge.rs"]
mod forge;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{Repo, SAFE, WEAK, run_program};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// A runner with a checkout, its own copy of the action, and programs that stand in for those of the internet.
struct Runner {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

/// What one use of the action gave.
#[derive(Debug)]
struct Used {
    code: i32,
    log: String,
    outputs: BTreeMap<String, String>,
    summary: String,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let action = folder.path().join("action/action");
        for path in ["action/action", "action/comment", "temp", "bin", "served"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        for file in ["action.yml", "comment/action.yml"] {
            fs::copy(root().join(file), folder.path().join("action").join(file)).unwrap();
        }
        for file in ["install.sh", "approvals.sh", "check.sh", "digests"] {
            fs::copy(root().join("action").join(file), action.join(file)).unwrap();
        }
        let mut runner = Self { folder, variables: BTreeMap::new() };
        let set = |path: &str| runner.join(path).to_str().unwrap().to_owned();
        let variables = [
            ("CI", "true".to_owned()),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_ACTION_PATH", set("action")),
            ("GITHUB_EVENT_NAME", "pull_request".to_owned()),
            ("GITHUB_EVENT_PATH", set("event.json")),
            ("GITHUB_REF", "refs/pull/7/merge".to_owned()),
            ("GITHUB_SERVER_URL", "https://github.example.org".to_owned()),
            ("RUNNER_TEMP", set("temp")),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_ARCH", "X64".to_owned()),
        ];
        runner.variables.extend(variables.map(|(name, value)| (name.to_owned(), value)));
        // a build from source takes minutes: this one hands out the program under test, and says how it was asked
        let own = assert_cmd::cargo::cargo_bin!("privgate").display().to_string();
        runner.program(
            "cargo",
            &format!("pwd; echo \"cargo $*\"; mkdir -p \"$RUNNER_TEMP/privgate/bin\"; ln -sf '{own}' \"$RUNNER_TEMP/privgate/bin/\""),
        );
        runner
    }

    fn join(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A program in front of PATH.
    fn program(&self, name: &str, script: &str) {
        let path = self.join("bin").join(name);
        fs::write(&path, format!("#!/bin/bash\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A release archive with the program under test behind a fake `curl`, and its digest in the action.
    fn release(&self, target: &str) -> PathBuf {
        let name = format!("privgate-v{}-{target}", "0.1.0");
        let folder = self.join("served").join(&name);
        fs::create_dir_all(&folder).unwrap();
        // a few bytes instead of a debug build's many
        let own = assert_cmd::cargo::cargo_bin!("privgate");
        fs::write(folder.join("privgate"), format!("#!/bin/sh\nexec '{}' \"$@\"\n", own.display())).unwrap();
        fs::set_permissions(folder.join("privgate"), fs::Permissions::from_mode(0o755)).unwrap();
        let archive = self.join("served").join(format!("{name}.tar.gz"));
        let tar = ["-czf", archive.to_str().unwrap(), "-C", self.folder.path().to_str().unwrap(), "-C", "served", &name];
        assert_eq!(run_program(self.folder.path(), "tar", &tar, &[]).code, 0);
        let digest: String = Sha256::digest(fs::read(&archive).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(self.join("action/action/digests"), format!("# version 0.1.0\n{digest}  {name}.tar.gz\n")).unwrap();
        let served = self.join("served");
        let curl = format!(
            "while [ $# -gt 1 ]; do [ \"$1\" = --output ] && out=$2; shift; done\necho \"asked for $1\"\ncp \"{}/$(basename \"$1\")\" \"$out\"",
            served.display()
        );
        self.program("curl", &curl);
        archive
    }

    /// A pull request from `base` to `head` as actions/checkout leaves it with `fetch-depth: 2`.
    fn pull_request(&mut self, base: &str, head: &str) -> String {
        self.pull_request_of(&[("compose.yaml", base)], &[("compose.yaml", head)])
    }

    /// The same with these files; gives the commit at its tip.
    fn pull_request_of(&mut self, base: &[(&str, &str)], head: &[(&str, &str)]) -> String {
        let server = Repo::new();
        server.files(base).commit("base");
        server.git(&["checkout", "-q", "-b", "topic"]);
        let change = server.files(head).commit("change");
        server.git(&["checkout", "-q", "--detach", "main"]);
        server.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
        server.git(&["update-ref", "refs/pull/7/merge", "HEAD"]);
        let at = self.join("work");
        fs::create_dir(&at).unwrap();
        support::git(&at, &["init", "-q"]);
        let url = format!("file://{}", server.path().display());
        support::git(&at, &["fetch", "-q", "--depth=2", &url, "+refs/pull/7/merge:refs/remotes/pull/7/merge"]);
        support::git(&at, &["checkout", "-q", "--detach", "refs/remotes/pull/7/merge"]);
        let payload = json!({"number": 7, "pull_request": {"number": 7, "head": {"sha": change}, "base": {"ref": "main"}}});
        fs::write(self.join("event.json"), payload.to_string()).unwrap();
        self.variables.insert("GITHUB_SHA".to_owned(), support::git(&at, &["rev-parse", "HEAD"]).trim().to_owned());
        change
    }

    /// Runs the composite's steps as the runner does: bash with `-eo pipefail`, the step's `env`, stop at the first failure.
    fn uses(&self, with: &[(&str, &str)]) -> Used {
        self.uses_one("action", with)
    }

    /// The same with the action in this folder.
    fn uses_one(&self, folder: &str, with: &[(&str, &str)]) -> Used {
        let action = yaml(&fs::read_to_string(self.join(folder).join("action.yml")).unwrap());
        let work = self.join("work");
        fs::create_dir_all(&work).unwrap();
        let mut steps: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        let mut used = Used { code: 0, log: String::new(), outputs: BTreeMap::new(), summary: String::new() };
        let inputs = &action["inputs"];
        for name in with.iter().map(|(name, _)| name) {
            assert!(inputs.get(name).is_some(), "the action has no input {name}");
        }
        let input = |name: &str| {
            let given = with.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            let value = given.unwrap_or_else(|| inputs[name]["default"].as_str().unwrap_or_else(|| panic!("no input {name}")).to_owned());
            if value == "${{ github.token }}" { "token".to_owned() } else { value }
        };
        for (index, step) in action["runs"]["steps"].as_array().unwrap().iter().enumerate() {
            assert_eq!(step["shell"], "bash", "a composite's step needs a shell");
            let value = |text: &str| match text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) {
                None => text.to_owned(),
                Some("github.action_repository") => "acme/privgate".to_owned(),
                Some("github.token") => "token".to_owned(),
                Some(expression) => input(expression.strip_prefix("inputs.").unwrap_or_else(|| panic!("{expression}"))),
            };
            let files = ["output", "summary"].map(|kind| self.join(&format!("{kind}{index}")));
            for file in &files {
                fs::write(file, "").unwrap();
            }
            let mut variables = self.variables.clone();
            variables.insert("GITHUB_ACTION_PATH".to_owned(), self.join(folder).display().to_string());
            let env = step["env"].as_object().unwrap();
            variables.extend(env.iter().map(|(name, text)| (name.clone(), value(text.as_str().unwrap()))));
            variables.insert("GITHUB_OUTPUT".to_owned(), files[0].display().to_string());
            variables.insert("GITHUB_STEP_SUMMARY".to_owned(), files[1].display().to_string());
            let others = std::env::var("PATH").unwrap();
            variables.insert("PATH".to_owned(), format!("{}:{others}", self.join("bin").display()));
            let script = self.join(&format!("step{index}.sh"));
            // an expression inside of a script is text that anybody may write
            let text = step["run"].as_str().unwrap();
            assert!(!text.contains("${{"), "{text}");
            fs::write(&script, text).unwrap();
            let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let ran = run_program(&work, "bash", &["--noprofile", "--norc", "-eo", "pipefail", script.to_str().unwrap()], &variables);
            used.log += &format!("{}{}", ran.out, ran.err);
            used.summary += &fs::read_to_string(&files[1]).unwrap();
            let outputs = fs::read_to_string(&files[0]).unwrap();
            let pairs = outputs.lines().map(|line| line.split_once('=').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned()));
            steps.insert(step["id"].as_str().unwrap_or_default().to_owned(), pairs.collect());
            used.code = ran.code;
            if ran.code != 0 {
                break;
            }
        }
        for (name, output) in action["outputs"].as_object().into_iter().flatten() {
            let expression = output["value"].as_str().unwrap();
            let path = expression.strip_prefix("${{ steps.").and_then(|rest| rest.strip_suffix(" }}")).unwrap();
            let (step, key) = path.split_once(".outputs.").unwrap();
            let value = steps.get(step).and_then(|outputs| outputs.get(key)).cloned().unwrap_or_default();
            used.outputs.insert(name.clone(), value);
        }
        used
    }
}

// --- the check ---

#[test]
fn a_weakening_fails_the_step_and_every_output_says_so() {
    let mut runner = Runner::new();
    runner.pull_request(SAFE, WEAK);
    let used = runner.uses(&[]);
    assert_eq!(used.code, 1, "{used:#?}");
    assert!(used.log.contains("::error file=compose.yaml,line=5"), "{used:#?}");
    assert_eq!((used.outputs["verdict"].as_str(), used.outputs["exit-code"].as_str()), ("weakened", "1"));
    assert!(used.summary.contains("VLLM_NO_USAGE_STATS"), "{used:#?}");
    assert_eq!(fs::read_to_string(&used.outputs["markdown"]).unwrap(), used.summary);
    let sarif: Value = serde_json::from_str(&fs::read_to_string(&used.outputs["sarif"]).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let report: Value = serde_json::from_str(&fs::read_to_string(&used.outputs["json"]).unwrap()).unwrap();
    assert_eq!((&report["verdict"], &report["findings"][0]["line"]), (&json!("weakened"), &json!(5)));
}

#[test]
fn a_change_that_weakens_nothing_passes() {
    let mut runner = Runner::new();
    runner.pull_request(WEAK, SAFE);
    let used = runner.uses(&[("summary", "false")]);
    assert_eq!(used.code, 0, "{used:#?}");
    assert_eq!((used.outputs["verdict"].as_str(), used.summary.as_str()), ("pass", ""));
    assert!(used.log.contains("base: "), "{used:#?}");
}

#[test]
fn inputs_reach_the_check() {
    let mut runner = Runner::new();
    runner.pull_request(SAFE, WEAK);
    let used = runner.uses(&[("fail-on", "never")]);
    assert_eq!((used.code, used.outputs["verdict"].as_str()), (0, "pass"), "{used:#?}");
    let used = runner.uses(&[("base", "HEAD")]);
    assert_eq!(used.code, 0, "{used:#?}");
    // a value that looks like more words, or like a command, is one value
    for value in ["HEAD --fail-on never", "$(touch pwned)", "HEAD; touch pwned"] {
        let used = runner.uses(&[("base", value)]);
        assert!(matches!(used.code, 2 | 3) && used.outputs["verdict"] != "pass", "{used:#?}");
    }
    assert!(!runner.join("work/pwned").exists());
    let used = runner.uses(&[("repository", "/nonexistent")]);
    assert_eq!(used.code, 2, "{used:#?}");
}

#[test]
fn a_base_that_is_not_known_is_no_pass() {
    let mut runner = Runner::new();
    runner.pull_request(SAFE, WEAK);
    runner.variables.insert("GITHUB_EVENT_NAME".to_owned(), "schedule".to_owned());
    let used = runner.uses(&[]);
    assert_eq!((used.code, used.outputs["verdict"].as_str()), (3, "undecided"), "{used:#?}");
    assert!(used.log.contains("--base"), "{used:#?}");
}

#[test]
fn a_program_that_dies_is_no_pass() {
    let mut runner = Runner::new();
    runner.pull_request(SAFE, WEAK);
    let bin = runner.join("temp/privgate/bin");
    runner.program(
        "cargo",
        &format!(
            "mkdir -p '{0}'; printf '#!/bin/bash\\n[ \"$1\" = --version ] || kill -9 $$\\n' > '{0}/privgate'; chmod +x '{0}/privgate'",
            bin.display()
        ),
    );
    let used = runner.uses(&[]);
    assert_eq!((used.code, used.outputs["verdict"].as_str(), used.outputs["sarif"].as_str()), (3, "undecided", ""), "{used:#?}");
}

// --- the forge ---

#[cfg(feature = "forge")]
const WAIVER: &str = "waivers:\n  - policy: telemetry/vllm-usage-stats\n    file: compose.yaml\n    scope: service api\n    setting: VLLM_NO_USAGE_STATS\n    from: \"1\"\n    to: \"0\"\n    reason: figures\n    owner: \"@acme/privacy\"\n    expires: 2099-12-04\n";

/// A pull request that weakens a default with a waiver for it, and a GitHub on which an owner approved it.
#[cfg(feature = "forge")]
fn waived(runner: &mut Runner) -> forge::FakeForge {
    let owners = "waivers: {owners: [\"@acme/privacy\"]}\n";
    // as far away as a waiver may be, whenever this runs
    let end = privgate::waiver::day::date(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 86_400).unwrap() + 30);
    let waiver = WAIVER.replace("2099-12-04", &end);
    let base = [("compose.yaml", SAFE), ("privgate.yaml", owners)];
    let tip = runner.pull_request_of(&base, &[("compose.yaml", WEAK), ("privgate-waivers.yaml", &waiver)]);
    let github = forge::FakeForge::new(&forge::github(&tip, &json!([forge::review("ann", "APPROVED", &tip)])));
    runner.variables.insert("GITHUB_API_URL".to_owned(), github.uri());
    runner.variables.insert("GITHUB_REPOSITORY".to_owned(), "acme/app".to_owned());
    // every step says whether it was given a token
    let own = assert_cmd::cargo::cargo_bin!("privgate").display().to_string();
    let spy = format!(
        "#!/bin/bash\\necho \"$1 token=${{PRIVGATE_TOKEN:+given}}${{GITHUB_TOKEN:+given}}${{GH_TOKEN:+given}}.\"\\nexec {own} \"$@\"\\n"
    );
    let bin = "\"$RUNNER_TEMP/privgate/bin\"";
    runner.program("cargo", &format!("mkdir -p {bin}; printf '%b' '{spy}' > {bin}/privgate; chmod +x {bin}/privgate"));
    github
}

#[cfg(feature = "forge")]
#[test]
fn an_owners_approval_is_asked_for_by_a_step_that_alone_has_the_token() {
    let mut runner = Runner::new();
    let github = waived(&mut runner);
    let used = runner.uses(&[]);
    assert_eq!((used.code, used.outputs["verdict"].as_str()), (1, "weakened"), "{used:#?}");
    assert_eq!(github.asked(), Vec::<String>::new(), "without a token nobody is asked");
    let used = runner.uses(&[("approvals-token", "ghs_secret")]);
    assert_eq!((used.code, used.outputs["verdict"].as_str()), (0, "pass"), "{used:#?}");
    assert!(used.log.contains("approvals token=given.") && used.log.contains("check token=."), "{used:#?}");
    // an answer to an older question is not taken for this one's
    assert!(runner.join("temp/privgate/approvals.json").exists());
    assert_eq!(runner.uses(&[]).code, 1);
}

#[cfg(feature = "forge")]
#[test]
fn a_github_that_does_not_say_who_approved_settles_nothing() {
    let mut runner = Runner::new();
    let github = waived(&mut runner);
    github.fails("/reviews", wiremock::ResponseTemplate::new(403));
    let used = runner.uses(&[("approvals-token", "ghs_secret")]);
    assert_eq!((used.code, used.outputs["verdict"].as_str()), (1, "weakened"), "{used:#?}");
    assert!(used.log.contains("::warning title=privgate::GitHub did not say who approved"), "{used:#?}");
}

#[cfg(feature = "forge")]
#[test]
fn the_second_action_writes_the_comment_and_the_check_run() {
    let mut runner = Runner::new();
    let github = waived(&mut runner);
    let judged = runner.uses(&[]);
    let report = judged.outputs["json"].clone();
    let used = runner.uses_one("action/comment", &[("report", &report), ("check-run", "true")]);
    assert_eq!(used.code, 0, "{used:#?}");
    let state = github.state();
    assert!(state.comments[0]["body"].as_str().unwrap().contains("VLLM_NO_USAGE_STATS"));
    assert_eq!(state.checks.last().unwrap()["conclusion"], "failure");
    drop(state);
    // on a fork the token may not write: the summary says it, and the step is no failure
    github.state().comments.clear();
    github.state().lost.push_back(wiremock::ResponseTemplate::new(403));
    let used = runner.uses_one("action/comment", &[("report", &report)]);
    assert!(used.code == 0 && used.summary.contains("VLLM_NO_USAGE_STATS"), "{used:#?}");
}

// --- the installation ---

#[test]
fn without_digests_it_is_built_from_the_commit_of_the_action() {
    let mut runner = Runner::new();
    runner.pull_request(WEAK, SAFE);
    let used = runner.uses(&[]);
    // in the action's folder: the repository's own toolchain file must not choose the compiler of its gate
    let here = runner.join("action").canonicalize().unwrap();
    assert!(used.log.contains(&format!("{}\n", here.display())) && used.log.contains("cargo install --locked"), "{used:#?}");
    assert_eq!(runner.uses(&[("install", "release")]).code, 3);
    assert_eq!(runner.uses(&[("install", "somehow")]).code, 3);
}

#[test]
fn a_release_is_installed_by_its_digest() {
    let mut runner = Runner::new();
    runner.pull_request(SAFE, WEAK);
    runner.program("cargo", "echo 'nothing is to be built'; exit 9");
    let archive = runner.release("x86_64-unknown-linux-musl");
    runner.program("gh", "echo \"gh $*\"");
    let used = runner.uses(&[]);
    assert_eq!((used.code, used.outputs["verdict"].as_str()), (1, "weakened"), "{used:#?}");
    let address = "https://github.example.org/acme/privgate/releases/download/v0.1.0/privgate-v0.1.0-x86_64-unknown-linux-musl.tar.gz";
    assert!(
        used.log.contains(&format!("asked for {address}")) && used.log.contains("attested by a workflow of acme/privgate"),
        "{used:#?}"
    );
    // another file under the same name is not run
    let mut bytes = fs::read(&archive).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&archive, bytes).unwrap();
    fs::remove_dir_all(runner.join("temp/privgate")).unwrap();
    let used = runner.uses(&[]);
    assert!(used.code == 3 && used.log.contains("its sha256 differs") && used.outputs["verdict"].is_empty(), "{used:#?}");
    assert!(!runner.join("temp/privgate/bin/privgate").exists());
}

#[test]
fn the_release_fits_the_machine_or_the_step_says_so() {
    let mut runner = Runner::new();
    runner.pull_request(WEAK, SAFE);
    let rows = [
        ("Linux", "X64", "x86_64-unknown-linux-musl"),
        ("Linux", "ARM64", "aarch64-unknown-linux-musl"),
        ("macOS", "X64", "x86_64-apple-darwin"),
        ("macOS", "ARM64", "aarch64-apple-darwin"),
        ("Windows", "X64", "x86_64-pc-windows-msvc"),
        ("Windows", "ARM64", "aarch64-pc-windows-msvc"),
    ];
    for (os, arch, target) in rows {
        runner.release(target);
        runner.variables.insert("RUNNER_OS".to_owned(), os.to_owned());
        runner.variables.insert("RUNNER_ARCH".to_owned(), arch.to_owned());
        let used = runner.uses(&[("attestation", "off")]);
        assert!(used.code == 0 && used.log.contains(target), "{used:#?}");
    }
    runner.variables.insert("RUNNER_ARCH".to_owned(), "RISCV64".to_owned());
    let used = runner.uses(&[]);
    assert!(used.code == 3 && used.log.contains("set install to source"), "{used:#?}");
}

#[test]
fn an_attestation_can_be_required() {
    let mut runner = Runner::new();
    runner.pull_request(WEAK, SAFE);
    runner.release("x86_64-unknown-linux-musl");
    runner.program("gh", "exit 1");
    let used = runner.uses(&[]);
    assert!(used.code == 0 && used.log.contains("::warning title=privgate::the attestation"), "{used:#?}");
    assert_eq!(runner.uses(&[("attestation", "required")]).code, 3);
    runner.program("gh", "exit 0");
    assert_eq!(runner.uses(&[("attestation", "required")]).code, 0);
}

#[test]
fn the_release_script_packs_what_the_action_unpacks_and_the_same_twice() {
    let mut runner = Runner::new();
    runner.pull_request(SAFE, WEAK);
    // the build itself is cargo's business: this one finds the program already there
    let target = "x86_64-unknown-linux-musl";
    let built = runner.join("target").join(target).join("debug");
    fs::create_dir_all(&built).unwrap();
    let own = assert_cmd::cargo::cargo_bin!("privgate");
    fs::write(built.join("privgate"), format!("#!/bin/sh\nexec '{}' \"$@\"\n", own.display())).unwrap();
    fs::set_permissions(built.join("privgate"), fs::Permissions::from_mode(0o755)).unwrap();
    runner.program("cargo", "echo \"cargo $*\" >&2");
    let name = format!("privgate-v{}-{target}.tar.gz", env!("CARGO_PKG_VERSION"));
    let path = format!("{}:{}", runner.join("bin").display(), std::env::var("PATH").unwrap());
    let folders = runner.join("target").display().to_string();
    let archives: Vec<Vec<u8>> = ["one", "two"]
        .iter()
        .map(|folder| {
            let out = runner.join(folder);
            let variables = [("PATH", path.as_str()), ("CARGO_TARGET_DIR", folders.as_str()), ("CARGO_HOME", "/nonexistent")];
            let ran = run_program(root(), "bash", &[".ci/pack", target, out.to_str().unwrap(), "dev"], &variables);
            assert!(ran.code == 0 && ran.err.contains("cargo build --locked --profile dev --target"), "{ran:#?}");
            fs::read(out.join(&name)).unwrap()
        })
        .collect();
    assert_eq!(archives[0], archives[1]);
    let listed = run_program(&runner.join("one"), "tar", &["-tzf", &name], &[]).out;
    for file in ["/privgate\n", "/privgate.1\n", "/completions/privgate.bash\n", "/LICENSE-MIT\n", "/NOTICE\n"] {
        assert!(listed.contains(file), "no {file} in {listed}");
    }
    // as a release, it is what the action installs
    runner.release(target);
    fs::copy(runner.join("one").join(&name), runner.join("served").join(&name)).unwrap();
    let digest: String = Sha256::digest(&archives[0]).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(runner.join("action/action/digests"), format!("# version {}\n{digest}  {name}\n", env!("CARGO_PKG_VERSION"))).unwrap();
    let used = runner.uses(&[("attestation", "off")]);
    assert_eq!((used.code, used.outputs["verdict"].as_str()), (1, "weakened"), "{used:#?}");
}

// --- what is written about it ---

#[test]
fn the_action_asks_for_no_right_and_every_input_is_used_and_described() {
    let text = fs::read_to_string(root().join("action.yml")).unwrap();
    let action = yaml(&text);
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let second = fs::read_to_string(root().join("comment/action.yml")).unwrap();
    for (name, about) in yaml(&second)["inputs"].as_object().unwrap() {
        assert!(!about["description"].as_str().unwrap().is_empty());
        assert!(second.contains(&format!("${{{{ inputs.{name} }}}}")), "{name} is not used");
    }
    for kind in ["inputs", "outputs"] {
        for (name, about) in action[kind].as_object().unwrap() {
            assert!(!about["description"].as_str().unwrap().is_empty());
            assert!(page.contains(&format!("| `{name}` |")), "docs/ci.md says nothing of {kind} {name}");
            assert!(kind == "outputs" || text.contains(&format!("${{{{ inputs.{name} }}}}")), "{name} is not used");
        }
    }
}

#[test]
fn the_example_workflows_are_gates_that_cannot_be_passed_by() {
    for name in ["required-check", "sarif", "sticky-comment", "merge-queue", "approvals"] {
        let text = fs::read_to_string(root().join(format!("examples/github/{name}.yml"))).unwrap();
        let workflow = yaml(&text);
        let job = &workflow["jobs"]["privgate"];
        assert!(job.get("if").is_none() && job.get("continue-on-error").is_none(), "{name}");
        assert!(!workflow["on"].to_string().contains("paths"), "{name}");
        assert!(workflow["on"].get("merge_group").is_some() && workflow["on"].get("pull_request_target").is_none(), "{name}");
        assert_eq!(workflow["permissions"], json!({"contents": "read"}), "{name}");
        let rights = job.get("permissions").cloned().unwrap_or_else(|| json!({"contents": "read"}));
        assert!(rights.as_object().unwrap().values().all(|right| right == "read") && !text.contains("secrets."), "{name}");
        let steps = job["steps"].as_array().unwrap();
        assert_eq!((&steps[0]["with"]["fetch-depth"], &steps[0]["with"]["persist-credentials"]), (&json!(2), &json!(false)), "{name}");
    }
}
