//! The wiring that this project ships, run by the programs that it is for: pre-commit, lefthook, husky, GitLab's runner, pip.
//! `.ci/run` installs them into `.ci/tools`; a missing one is a failure, so that nobody takes a check for passed that never ran.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]
#![cfg(feature = "validators")]

#[cfg(feature = "forge")]
#[path = "support/forge.rs"]
mod forge;
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{Ran, Repo, SAFE, WEAK, git, run_program};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tool(path: &str) -> PathBuf {
    let program = root().join(".ci/tools").join(path);
    assert!(program.exists(), "{} is missing: run .ci/run once", program.display());
    program
}

fn shipped(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// A server with the safe default on `main`, and a clone of it.
fn pair(folder: &Path) -> PathBuf {
    let repo = Repo::new();
    repo.write("compose.yaml", SAFE).commit("safe");
    git(folder, &["clone", "-q", "--bare", &format!("file://{}", repo.path().display()), "server.git"]);
    git(folder, &["clone", "-q", "server.git", "clone"]);
    folder.join("clone")
}

#[track_caller]
fn stopped(ran: &Ran) {
    assert!(ran.code != 0 && format!("{}{}", ran.out, ran.err).contains("compose.yaml:5"), "{ran:#?}");
}

#[track_caller]
fn passed(ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran:#?}");
}

// --- hooks ---

#[test]
fn pre_commit_takes_the_manifest_and_runs_its_hooks() {
    let pre_commit = tool("venv/bin/pre-commit");
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let variables = [("PRE_COMMIT_HOME", home.to_str().unwrap()), ("HOME", folder.path().to_str().unwrap())];
    passed(&run_program(root(), &pre_commit, &["validate-manifest", ".pre-commit-hooks.yaml"], &variables));
    let hooks = Repo::new();
    hooks.write(".pre-commit-hooks.yaml", shipped(".pre-commit-hooks.yaml")).commit("hooks");
    let rev = hooks.git(&["rev-parse", "HEAD"]);
    let clone = pair(folder.path());
    let by_manifest = format!(
        "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: privgate-system\n      - id: privgate-push-system\n",
        hooks.path().display(),
        rev.trim()
    );
    for configuration in [by_manifest, shipped("examples/hooks/pre-commit-config.yaml")] {
        fs::write(clone.join(".pre-commit-config.yaml"), configuration).unwrap();
        git(&clone, &["add", "-A"]);
        git(&clone, &["commit", "-q", "--no-verify", "-m", "hooks"]);
        git(&clone, &["push", "-q", "--no-verify"]);
        passed(&run_program(&clone, &pre_commit, &["install", "-t", "pre-commit", "-t", "pre-push"], &variables));
        fs::write(clone.join("compose.yaml"), WEAK).unwrap();
        stopped(&run_program(&clone, "git", &["commit", "-aqm", "weak"], &variables));
        // past the first hook, the second one still sees it
        git(&clone, &["commit", "-aqm", "weak", "--no-verify"]);
        let ran = run_program(&clone, "git", &["push", "-q", "origin", "main"], &variables);
        stopped(&ran);
        assert!(format!("{}{}", ran.out, ran.err).contains("the others were not checked"), "{ran:#?}");
        fs::write(clone.join("compose.yaml"), SAFE).unwrap();
        passed(&run_program(&clone, "git", &["commit", "-aqm", "safe again"], &variables));
        passed(&run_program(&clone, "git", &["push", "-q", "origin", "main"], &variables));
    }
}

#[test]
fn lefthook_hands_on_what_git_says() {
    let lefthook = tool("node/node_modules/.bin/lefthook");
    let folder = tempfile::tempdir().unwrap();
    let clone = pair(folder.path());
    fs::write(clone.join("lefthook.yml"), shipped("examples/hooks/lefthook.yml")).unwrap();
    let home = [("HOME", folder.path().to_str().unwrap()), ("LEFTHOOK_BIN", lefthook.to_str().unwrap())];
    passed(&run_program(&clone, &lefthook, &["install"], &home));
    pushes_are_judged(&clone, &home);
}

#[test]
fn husky_hands_on_what_git_says() {
    let folder = tempfile::tempdir().unwrap();
    let clone = pair(folder.path());
    let home = [("HOME", folder.path().to_str().unwrap())];
    passed(&run_program(&clone, tool("node/node_modules/.bin/husky"), &[], &home));
    fs::write(clone.join(".husky/pre-push"), shipped("examples/hooks/husky/pre-push")).unwrap();
    pushes_are_judged(&clone, &home);
}

/// Two references in one push, of which the second one got weaker.
fn pushes_are_judged(clone: &Path, variables: &[(&str, &str)]) {
    git(clone, &["checkout", "-q", "-b", "aaa"]);
    git(clone, &["commit", "-q", "--allow-empty", "-m", "quiet"]);
    git(clone, &["checkout", "-q", "-b", "bbb"]);
    fs::write(clone.join("compose.yaml"), WEAK).unwrap();
    git(clone, &["commit", "-q", "--no-verify", "-am", "weak"]);
    stopped(&run_program(clone, "git", &["push", "-q", "origin", "aaa", "bbb"], variables));
    passed(&run_program(clone, "git", &["push", "-q", "origin", "aaa"], variables));
}

// --- GitLab ---

/// Runs the component's job as GitLab's runner would, with these variables; the artifacts lie under `.gitlab-ci-local/artifacts/privgate`.
fn gitlab_job(at: &Path, variables: &[(&str, &str)]) -> Ran {
    gitlab_job_named("privgate", at, variables)
}

/// The same with another of its jobs.
fn gitlab_job_named(name: &str, at: &Path, variables: &[(&str, &str)]) -> Ran {
    let node = tool("node/node_modules/node/bin/node");
    let script = tool("node/node_modules/gitlab-ci-local/dist/index.js");
    let mut arguments = vec![script.to_str().unwrap().to_owned(), "--force-shell-executor".into(), name.into()];
    let variables = [&[("GITLAB_CI", "true")], variables].concat();
    arguments.extend(variables.iter().flat_map(|(name, value)| ["--variable".to_owned(), format!("{name}={value}")]));
    let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
    arguments.extend(["--ignore-predefined-vars".to_owned(), names.join(",")]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run_program(at, node, &arguments, &[("HOME", at.parent().unwrap().to_str().unwrap())])
}

fn artifact(at: &Path, name: &str) -> String {
    fs::read_to_string(at.join(".gitlab-ci-local/artifacts/privgate").join(name)).unwrap()
}

#[test]
fn gitlab_runs_the_component_for_merge_requests_and_for_the_default_branch() {
    let folder = tempfile::tempdir().unwrap();
    let clone = pair(folder.path());
    // its runner wants an address of a server; nothing is fetched from it
    git(&clone, &["remote", "set-url", "origin", "https://gitlab.example.org/acme/app.git"]);
    fs::create_dir(clone.join("templates")).unwrap();
    fs::write(clone.join("templates/privgate.yml"), shipped("templates/privgate.yml")).unwrap();
    fs::write(clone.join(".gitlab-ci.yml"), "include:\n  - local: templates/privgate.yml\n    inputs: {fail-on: error}\n").unwrap();
    fs::write(clone.join(".gitignore"), ".gitlab-ci-local\n").unwrap();
    git(&clone, &["add", "-A"]);
    git(&clone, &["commit", "-qm", "the gate"]);
    let id = |name: &str| git(&clone, &["rev-parse", name]).trim().to_owned();
    let (before, base) = (id("HEAD~1"), id("HEAD"));

    let ran = gitlab_job(
        &clone,
        &[("CI_PIPELINE_SOURCE", "push"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_BEFORE_SHA", &before), ("CI_COMMIT_SHA", &base)],
    );
    passed(&ran);
    // the widget of merge requests needs a report of the target branch, also when there is nothing in it
    assert_eq!(serde_json::from_str::<serde_json::Value>(&artifact(&clone, "gl-code-quality-report.json")).unwrap(), serde_json::json!([]));

    git(&clone, &["checkout", "-qb", "topic"]);
    fs::write(clone.join("compose.yaml"), WEAK).unwrap();
    git(&clone, &["commit", "-qam", "weak"]);
    let head = id("HEAD");
    let request = [
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_EVENT_TYPE", "detached"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()),
        ("CI_COMMIT_SHA", head.as_str()),
    ];
    let ran = gitlab_job(&clone, &request);
    stopped(&ran);
    let quality: serde_json::Value = serde_json::from_str(&artifact(&clone, "gl-code-quality-report.json")).unwrap();
    assert_eq!((&quality[0]["location"]["path"], &quality[0]["location"]["lines"]["begin"]), (&"compose.yaml".into(), &5.into()));
    assert!(artifact(&clone, "gl-sast-report.json").contains("compose.yaml"));
    assert!(artifact(&clone, "privgate-junit.xml").contains("<failure"));
    // other pipelines have no such job
    let ran = gitlab_job(&clone, &[("CI_PIPELINE_SOURCE", "schedule"), ("CI_COMMIT_BRANCH", "main")]);
    assert!(ran.code != 0 && !format!("{}{}", ran.out, ran.err).contains("compose.yaml:5"), "{ran:#?}");
}

#[cfg(feature = "forge")]
#[test]
fn the_components_other_jobs_talk_to_gitlab_and_the_gate_believes_no_committed_answer() {
    let folder = tempfile::tempdir().unwrap();
    let clone = pair(folder.path());
    git(&clone, &["remote", "set-url", "origin", "https://gitlab.example.org/acme/app.git"]);
    fs::create_dir(clone.join("templates")).unwrap();
    fs::write(clone.join("templates/privgate.yml"), shipped("templates/privgate.yml")).unwrap();
    let include = "include:\n  - local: templates/privgate.yml\n    inputs: {approvals: true, note: true}\n";
    fs::write(clone.join(".gitlab-ci.yml"), include).unwrap();
    fs::write(clone.join(".gitignore"), ".gitlab-ci-local\n").unwrap();
    git(&clone, &["add", "-A"]);
    git(&clone, &["commit", "-qm", "the gate"]);
    let base = git(&clone, &["rev-parse", "HEAD"]).trim().to_owned();
    git(&clone, &["checkout", "-qb", "topic"]);
    fs::write(clone.join("compose.yaml"), WEAK).unwrap();
    fs::write(clone.join("privgate-approvals.json"), "{\"commit\": \"forged\"}").unwrap();
    git(&clone, &["add", "-A"]);
    git(&clone, &["commit", "-qm", "weak, with an answer of its own"]);
    let head = git(&clone, &["rev-parse", "HEAD"]).trim().to_owned();
    let server = forge::FakeForge::new(&[]);
    let api = format!("{}/api/v4", server.uri());
    let request = |head: &str, more: &[(&'static str, String)]| {
        let mut variables = vec![
            ("CI_PIPELINE_SOURCE", "merge_request_event".to_owned()),
            ("CI_MERGE_REQUEST_IID", "7".to_owned()),
            ("CI_MERGE_REQUEST_EVENT_TYPE", "detached".to_owned()),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main".to_owned()),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.clone()),
            ("CI_COMMIT_SHA", head.to_owned()),
            ("CI_API_V4_URL", api.clone()),
            ("CI_PROJECT_ID", "42".to_owned()),
            ("CI_PROJECT_PATH", "acme/app".to_owned()),
        ];
        variables.extend(more.iter().cloned());
        variables
    };
    let job = |name: &str, variables: &[(&'static str, String)]| {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        gitlab_job_named(name, &clone, &variables)
    };
    let ran = job("privgate", &request(&head, &[]));
    assert!(ran.code != 0 && format!("{}{}", ran.out, ran.err).contains("no answer of GitLab: delete it"), "{ran:#?}");
    // the jobs that talk to GitLab, without the forged file
    git(&clone, &["rm", "-q", "privgate-approvals.json"]);
    git(&clone, &["commit", "-qm", "weak"]);
    let head = git(&clone, &["rev-parse", "HEAD"]).trim().to_owned();
    let token = [("PRIVGATE_TOKEN", "glpat-secret".to_owned())];
    let at = "/api/v4/projects/42/merge_requests/7";
    let written = serde_json::json!({"data": {"project": {"mergeRequest": {"committers": {"nodes": [], "pageInfo": {"hasNextPage": false}},
        "commits": {"nodes": [], "pageInfo": {"hasNextPage": false}}}}}});
    let opened =
        serde_json::json!({"iid": 7, "sha": head, "author": {"id": 2, "username": "bob"}, "target_branch": "main", "state": "opened"});
    server.state().answers.push((at.to_owned(), opened));
    server.state().answers.push((format!("{at}/approvals"), serde_json::json!({"approved_by": []})));
    server.state().answers.push(("/api/graphql".to_owned(), written));
    let ran = job("privgate-approvals", &request(&head, &token));
    passed(&ran);
    let told = clone.join(".gitlab-ci-local/artifacts/privgate-approvals/privgate-approvals.json");
    assert!(fs::read_to_string(told).unwrap().contains("@bob"));
    stopped(&job("privgate", &request(&head, &token)));
    let report = artifact(&clone, "privgate.json");
    assert!(report.contains("VLLM_NO_USAGE_STATS"));
    fs::write(clone.join("privgate.json"), report).unwrap();
    let ran = job("privgate-note", &request(&head, &token));
    passed(&ran);
    assert!(server.state().comments[0]["body"].as_str().unwrap().contains("VLLM_NO_USAGE_STATS"), "{ran:#?}");
    assert!(!format!("{}{}", ran.out, ran.err).contains("glpat-secret"));
}

#[test]
fn the_component_and_its_example_fit_gitlabs_schema() {
    let check = tool("venv/bin/check-jsonschema");
    let folder = tempfile::tempdir().unwrap();
    // the schema knows no component's header
    let template = shipped("templates/privgate.yml");
    let (header, job) = template.split_once("\n---\n").unwrap();
    let jobs: serde_json::Value = serde_saphyr::from_str(job).unwrap();
    for (name, courtesy) in [("privgate", false), ("privgate-approvals", true), ("privgate-note", true)] {
        assert_eq!(jobs[name].get("allow_failure").is_some(), courtesy, "{name}");
        assert_eq!(jobs[name]["variables"].get("GIT_STRATEGY").is_some(), courtesy, "{name}: who has a token has no checkout");
    }
    assert!(header.contains("spec:"));
    let path = folder.path().join("job.yml");
    fs::write(&path, job).unwrap();
    for file in [path.to_str().unwrap(), "examples/gitlab/.gitlab-ci.yml"] {
        passed(&run_program(root(), &check, &["--builtin-schema", "vendor.gitlab-ci", file], &[]));
    }
}

// --- GitHub ---

#[test]
fn workflows_and_the_action_are_sound() {
    let workflows: Vec<String> = ["examples/github", ".github/workflows"]
        .iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).unwrap())
        .map(|entry| entry.unwrap().path().display().to_string())
        .filter(|path| path.rsplit('.').next() == Some("yml"))
        .collect();
    assert!(workflows.len() >= 6, "{workflows:?}");
    let mut all: Vec<&str> = workflows.iter().map(String::as_str).collect();
    let check = tool("venv/bin/check-jsonschema");
    passed(&run_program(root(), &check, &[&["--builtin-schema", "vendor.github-workflows"], all.as_slice()].concat(), &[]));
    all.extend(["action.yml", "comment/action.yml"]);
    let zizmor = ["--offline", "--no-progress", "--persona", "auditor"];
    passed(&run_program(root(), tool("venv/bin/zizmor"), &[&zizmor, all.as_slice()].concat(), &[]));
    passed(&run_program(
        root(),
        tool("venv/bin/shellcheck"),
        &["action/install.sh", "action/approvals.sh", "action/check.sh", ".ci/pack", ".ci/reproducible"],
        &[("PATH", "/usr/bin:/bin")],
    ));
}

// --- packages ---

/// Packs the program of this build as the release does, with a name of a machine like this one.
fn packed(folder: &Path) -> (String, String) {
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("privgate-v{version}-x86_64-unknown-linux-musl");
    let inside = folder.join("work").join(&name);
    fs::create_dir_all(&inside).unwrap();
    fs::copy(assert_cmd::cargo::cargo_bin!("privgate"), inside.join("privgate")).unwrap();
    passed(&run_program(&inside, "strip", &["privgate"], &[]));
    fs::create_dir(folder.join("archives")).unwrap();
    let archive = folder.join("archives").join(format!("{name}.tar.gz"));
    let work = folder.join("work");
    passed(&run_program(
        folder,
        "tar",
        &["--use-compress-program=gzip -1", "-cf", archive.to_str().unwrap(), "-C", work.to_str().unwrap(), &name],
        &[],
    ));
    (folder.join("archives").display().to_string(), version.to_owned())
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn the_npm_package_runs_the_program_and_ends_as_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (archives, version) = packed(folder.path());
    let out = folder.path().join("out");
    passed(&run_program(root(), "node", &["npm/pack.mjs", &archives, out.to_str().unwrap()], &[("GITHUB_REPOSITORY", "acme/privgate")]));
    // what npm holds against the provenance
    for name in ["privgate", "privgate-linux-x64"] {
        let package: serde_json::Value = serde_json::from_str(&fs::read_to_string(out.join(name).join("package.json")).unwrap()).unwrap();
        assert_eq!(package["repository"]["url"], "git+https://github.com/acme/privgate.git");
    }
    // installed from the two folders alone, without any registry
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    let variables = [("HOME", home.to_str().unwrap()), ("npm_config_offline", "true"), ("npm_config_cache", home.to_str().unwrap())];
    let modules = folder.path().join("app");
    fs::create_dir(&modules).unwrap();
    fs::write(modules.join("package.json"), "{\"name\": \"app\", \"version\": \"1.0.0\"}").unwrap();
    let one = out.join("privgate-linux-x64");
    let both = out.join("privgate");
    let install = ["install", "--no-audit", "--no-fund", "--install-links", one.to_str().unwrap(), both.to_str().unwrap()];
    passed(&run_program(&modules, "npm", &install, &variables));
    let program = modules.join("node_modules/.bin/privgate");
    let ran = run_program(&modules, &program, &["--version"], &variables);
    assert_eq!(ran.out.trim(), format!("privgate {version}"), "{ran:#?}");
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)]);
    let ran = run_program(repo.path(), &program, &["check", "--base", "HEAD~1"], &variables);
    stopped(&ran);
    assert_eq!(ran.code, 1);
    // without the package of the machine it says so, and is no pass
    fs::remove_dir_all(modules.join("node_modules/privgate-linux-x64")).unwrap();
    let ran = run_program(&modules, &program, &["--version"], &variables);
    assert!(ran.code == 3 && ran.err.contains("privgate-linux-x64"), "{ran:#?}");
}

#[test]
fn the_wheel_runs_in_a_clean_environment_and_as_a_hook() {
    let folder = tempfile::tempdir().unwrap();
    let maturin = tool("venv/bin/maturin");
    let cargo_home = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap()));
    let rustup_home = std::env::var("RUSTUP_HOME").unwrap_or_else(|_| format!("{}/.rustup", std::env::var("HOME").unwrap()));
    let variables = [("CARGO_HOME", cargo_home.as_str()), ("RUSTUP_HOME", rustup_home.as_str()), ("HOME", folder.path().to_str().unwrap())];
    let wheels = folder.path().join("wheels");
    let build = ["build", "--profile", "dev", "--locked", "--compatibility", "linux", "--out", wheels.to_str().unwrap()];
    passed(&run_program(root(), maturin, &build, &variables));
    let wheel = fs::read_dir(&wheels).unwrap().next().unwrap().unwrap().path();
    let python = tool("venv/bin/python");
    passed(&run_program(folder.path(), python, &["-m", "venv", "clean"], &[]));
    let clean = folder.path().join("clean/bin");
    let install = ["install", "--no-index", "--no-deps", "--disable-pip-version-check", "--quiet", wheel.to_str().unwrap()];
    passed(&run_program(folder.path(), clean.join("pip"), &install, &[]));
    let repo = Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", WEAK)]);
    let ran = run_program(repo.path(), clean.join("privgate"), &["check", "--base", "HEAD~1"], &[]);
    stopped(&ran);
    assert_eq!(ran.code, 1);
    // pre-commit brings it the same way, with no privgate in PATH and no Rust
    let hooks = shipped("examples/hooks/pre-commit-wheel.yaml");
    assert!(hooks.contains(concat!("[privgate==", env!("CARGO_PKG_VERSION"), "]")), "the example names this version: {hooks}");
    repo.write(".pre-commit-config.yaml", hooks).commit("hooks");
    repo.write("compose.yaml", SAFE).commit("safe");
    repo.write("compose.yaml", WEAK).git(&["add", "-A"]);
    let variables = [
        ("PATH", "/usr/bin:/bin"),
        ("HOME", folder.path().to_str().unwrap()),
        ("PIP_FIND_LINKS", wheels.to_str().unwrap()),
        ("PIP_CERT", &std::env::var("PIP_CERT").unwrap_or_default()),
    ];
    let ran = run_program(repo.path(), tool("venv/bin/pre-commit"), &["run"], &variables[..3 + usize::from(!variables[3].1.is_empty())]);
    stopped(&ran);
}
