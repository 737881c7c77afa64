//! Repositories made to mislead: buried changes, trees that no checkout could hold, configuration that runs programs, contents that
//! come and go as pointers. Each has its defined result.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use super::*;
use support::{SAFE, WEAK, run};

/// Runs git with bytes on its standard input, and gives its words.
fn fed(repo: &Repo, arguments: &[&str], input: &[u8]) -> String {
    let mut git =
        Command::new("git").current_dir(repo.path()).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    git.stdin.take().unwrap().write_all(input).unwrap();
    let out = git.wait_with_output().unwrap();
    assert!(out.status.success(), "git {arguments:?}");
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_change_buried_under_a_hundred_thousand_files_is_no_pass() {
    let repo = Repo::new();
    let mut stream: Vec<u8> = Vec::new();
    for (mark, text) in [(1, SAFE), (2, WEAK)] {
        write!(stream, "blob\nmark :{}\ndata 4\nA={mark}\n\n", mark + 10).unwrap();
        write!(stream, "commit refs/heads/main\nmark :{mark}\ncommitter a <a@b> 1700000000 +0000\ndata 1\nx\n").unwrap();
        if mark == 2 {
            stream.extend(b"from :1\n");
        }
        for n in 0..100_000 {
            writeln!(stream, "M 100644 :{} notes/d{}/f{n}.env", mark + 10, n % 200).unwrap();
        }
        write!(stream, "M 100644 inline zz/compose.yaml\ndata {}\n{text}\n", text.len()).unwrap();
    }
    fed(&repo, &["fast-import", "--quiet"], &stream);
    let arguments = ["check", "--base", "main~1", "--head", "main", "--date", DATE];
    run(repo.path(), &arguments).exits(3).says("files are more than 10000; the rest counts as unreadable");
}

/// A tree object as it is written, whatever git thinks of it.
fn tree(repo: &Repo, mode: &str, name: &str, id: &str) -> String {
    let bytes = (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap());
    let entry: Vec<u8> = format!("{mode} {name}\0").into_bytes().into_iter().chain(bytes).collect();
    fed(repo, &["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], &entry)
}

#[test]
fn paths_that_lead_out_of_the_tree_are_judged_and_lead_nowhere() {
    let outer = tempfile::tempdir().unwrap();
    for (name, inside) in [
        ("..", true),
        (".git", true),
        (".", true),
        ("../compose.yaml", false),
        ("a/../../compose.yaml", false),
        ("/compose.yaml", false),
        ("-o", true),
        ("a\nb", true),
    ] {
        let repo = Repo::new();
        let commit = |text: &str, parent: &[&str]| {
            let blob = fed(&repo, &["hash-object", "-w", "--stdin"], text.as_bytes());
            let top = if inside {
                tree(&repo, "40000", name, &tree(&repo, "100644", "compose.yaml", &blob))
            } else {
                tree(&repo, "100644", name, &blob)
            };
            repo.git(&[&["commit-tree", top.as_str(), "-m", "x"], parent].concat()).trim().to_owned()
        };
        let base = commit(SAFE, &[]);
        let head = commit(WEAK, &["-p", &base]);
        let ran = run(repo.path(), &["check", "--base", &base, "--head", &head, "--date", DATE, "--format", "json"]).exits(1);
        assert_eq!(ran.failing(), ["telemetry/vllm-usage-stats weakened"], "{name}");
        // nothing is written where such a path would lead
        repo.git(&["update-ref", "refs/heads/main", &head]);
        run(repo.path(), &["fix", "--base", &base, "--apply"]).one_of(&[0, 1, 2, 3]);
        for place in [repo.path().join("../compose.yaml"), repo.path().join(".git/compose.yaml"), outer.path().join("compose.yaml")] {
            assert!(!place.exists(), "{name}: {}", place.display());
        }
    }
    // a name that is empty is no tree
    let repo = Repo::new();
    let blob = fed(&repo, &["hash-object", "-w", "--stdin"], SAFE.as_bytes());
    let broken = tree(&repo, "100644", "", &blob);
    let head = repo.git(&["commit-tree", &broken, "-m", "x"]).trim().to_owned();
    repo.write("compose.yaml", SAFE).commit("base");
    run(repo.path(), &["check", "--base", "HEAD", "--head", &head, "--date", DATE]).exits(3);
}

#[test]
fn no_program_that_the_configuration_names_is_run() {
    for format in ["sha1", "sha256"] {
        let repo = Repo::new();
        std::fs::remove_dir_all(repo.join(".git")).unwrap();
        repo.git(&["init", "-q", "-b", "main", "--object-format", format]);
        repo.write("compose.yaml", SAFE).commit("base");
        repo.write("compose.yaml", WEAK).write("weights.bin", "x").commit("head");
        let marker = repo.join(".git/ran");
        let touch = format!("touch {}", marker.display());
        for key in [
            "core.fsmonitor",
            "core.sshCommand",
            "core.pager",
            "core.editor",
            "core.askPass",
            "core.gitProxy",
            "core.alternateRefsCommand",
            "diff.external",
            "diff.x.textconv",
            "diff.x.command",
            "merge.x.driver",
            "filter.x.smudge",
            "filter.x.clean",
            "filter.x.process",
            "filter.lfs.smudge",
            "filter.lfs.process",
            "credential.helper",
            "gpg.program",
            "uploadpack.packObjectsHook",
            "sequence.editor",
            "pager.show",
            "pager.cat-file",
            "pager.diff-tree",
            "alias.diff-tree",
            "trace2.normalTarget",
        ] {
            repo.git(&["config", key, &touch]);
        }
        repo.git(&["config", "filter.x.required", "true"]);
        let hooks = repo.join("hooks");
        std::fs::create_dir(&hooks).unwrap();
        for hook in ["post-checkout", "post-index-change", "pre-commit", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"] {
            repo.write(format!("hooks/{hook}"), format!("#!/bin/sh\n{touch}\n"));
            std::fs::set_permissions(hooks.join(hook), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        repo.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
        let attributes = "* filter=x diff=x merge=x text eol=crlf ident working-tree-encoding=UTF-16\n*.bin filter=lfs diff=lfs\n";
        repo.write(".gitattributes", attributes).write(".git/info/attributes", attributes);
        repo.check(&[]).exits(1);
        repo.run(&["check", "--worktree", "--date", DATE]).exits(0);
        repo.write("compose.yaml", SAFE.replace("\"1\"", "\"2\""));
        repo.run(&["check", "--worktree", "--base", "HEAD~1", "--date", DATE]).exits(1);
        repo.run(&["check", "--staged", "--date", DATE]).exits(0);
        repo.run(&["audit", "--date", DATE]).exits(0);
        repo.run(&["posture"]).exits(0);
        repo.run(&["doctor"]).one_of(&[0, 1]);
        assert!(!marker.exists(), "something ran in a repository of {format}");
    }
}

#[test]
fn a_content_that_comes_or_goes_as_a_pointer_is_never_a_quiet_pass() {
    let pointer = |digit: &str| format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", digit.repeat(64));
    let (one, other) = (pointer("1"), pointer("2"));
    for (base, head, code, expected) in [
        // what was there is gone: it fails
        (SAFE, one.as_str(), 3, &["telemetry/vllm-usage-stats undecided"][..]),
        (WEAK, &one, 3, &["telemetry/vllm-usage-stats undecided"]),
        // what was never here can only be asked about
        (&one, WEAK, 0, &["telemetry/vllm-usage-stats introduced", "telemetry/vllm-usage-stats undecided"]),
        (&one, &one, 0, &[]),
    ] {
        let ran = json(&Repo::two(&[("compose.yaml", base), ("x", "1")], &[("compose.yaml", head), ("x", "2")])).exits(code);
        assert_eq!(ran.failing(), expected, "{base} -> {head}");
    }
    Repo::two(&[("compose.yaml", &one)], &[("compose.yaml", &other)]).check(&[]).exits(0).says("1 undecided");
}
