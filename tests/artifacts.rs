//! Weights, pointers and digests in real repositories.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use support::{Repo, graded};

fn pointer(digit: char) -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", digit.to_string().repeat(64))
}

fn sums(digit: char) -> String {
    format!("{}  model.safetensors\n", digit.to_string().repeat(64))
}

#[test]
fn a_pickle_under_a_safe_name_is_found_by_its_first_bytes() {
    let repo = Repo::new();
    repo.write("model.safetensors", b"\x10\0\0\0\0\0\0\0{\"a\":1}").commit("base");
    repo.write("model.safetensors", b"\x80\x04\x95\0\xffcposix").commit("head");
    repo.check(&[]).exits(1).says("supply-chain/weights-format").says("pickle");
}

#[test]
fn a_pointer_that_becomes_the_file_is_a_warning() {
    let repo = Repo::new();
    repo.write("model.safetensors", pointer('1')).commit("base");
    repo.write("model.safetensors", b"\x10\0\0\0\0\0\0\0{\"a\":1}").commit("head");
    repo.check(&["--fail-on", "warning"]).exits(1).says("storage/weights-in-git");
    repo.check(&[]).exits(0);
}

#[test]
fn a_digest_that_stays_behind_is_found_in_a_file_that_did_not_change() {
    let repo = Repo::new();
    repo.write("m/model.safetensors", pointer('1')).write("m/SHA256SUMS", sums('1')).commit("base");
    repo.write("m/model.safetensors", pointer('2')).commit("head");
    repo.check(&[]).exits(1).says("supply-chain/digest-match").says("m/SHA256SUMS:1");
    repo.write("m/SHA256SUMS", sums('2')).commit("mended");
    repo.run(&["check", "--base", "HEAD~2", "--head", "HEAD"]).exits(0);
}

#[test]
fn a_digest_may_leave_only_with_its_file() {
    let two = format!("{}{}", sums('1'), sums('2').replace("model", "other"));
    let repo = Repo::new();
    repo.write("m/model.safetensors", pointer('1')).write("m/other.safetensors", pointer('2')).write("m/SHA256SUMS", &two).commit("base");
    repo.write("m/SHA256SUMS", sums('1')).commit("head");
    repo.check(&[]).exits(1).says("supply-chain/digest-list").says("m/SHA256SUMS");
    repo.remove("m/other.safetensors").commit("the file goes too");
    repo.run(&["check", "--base", "HEAD~2", "--head", "HEAD"]).exits(0);
    repo.remove("m/SHA256SUMS").commit("the list goes");
    repo.run(&["check", "--base", "HEAD~1", "--head", "HEAD"]).exits(1).says("supply-chain/digest-list");
}

#[test]
fn a_model_whose_configuration_begins_to_name_code_warns_without_the_code_in_the_change() {
    let before = ("m/config.json", "{\"model_type\":\"a\"}\n");
    let after = ("m/config.json", "{\"model_type\":\"a\",\"auto_map\":{\"AutoModel\":\"modeling_a.A\"}}\n");
    Repo::two(&[before], &[after]).check(&["--fail-on", "warning"]).exits(1).says("supply-chain/auto-map");
}

/// Statements of model-signing about `a.bin` and `b.json`, and about `a.bin` alone.
const TWO: &str = "eyJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6ImEuYmluIn0seyJuYW1lIjoiYi5qc29uIn1dLCJzZXJpYWxpemF0aW9uIjp7fX19";
const ONE: &str = "eyJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6ImEuYmluIn1dLCJzZXJpYWxpemF0aW9uIjp7fX19";

#[test]
fn a_signature_may_cover_less_only_where_the_files_are_gone() {
    let signature = |payload: &str| format!("{{\"dsseEnvelope\": {{\"payload\": \"{payload}\", \"signatures\": []}}}}");
    let repo = Repo::new();
    repo.write("m/a.bin", "a").write("m/b.json", "{}").write("m/model.sig", signature(TWO)).commit("base");
    repo.write("m/model.sig", signature(ONE)).commit("head");
    repo.check(&[]).exits(1).says("supply-chain/signed-files");
    repo.remove("m/b.json").commit("the file goes too");
    repo.run(&["check", "--base", "HEAD~2", "--head", "HEAD", "--fail-on", "warning"]).exits(0);
    // what was never in the repository may still be there
    let elsewhere = Repo::two(&[("m/model.sig", &signature(TWO))], &[("m/model.sig", &signature(ONE))]);
    elsewhere.check(&[]).exits(1).says("supply-chain/signed-files");
}

#[test]
fn lines_that_went_to_a_file_below_ignore_what_they_ignored() {
    let root = (".gitignore", "*.pyc\ndata/raw/\n");
    let repo = Repo::two(&[root], &[(".gitignore", "*.pyc\n"), ("data/.gitignore", "raw/\n")]);
    repo.check(&["--fail-on", "warning"]).exits(0);
    let repo = Repo::two(&[root], &[(".gitignore", "*.pyc\n"), ("data/.gitignore", "other/\n")]);
    repo.check(&["--fail-on", "warning"]).exits(1).says("storage/ignored-data");
}

#[test]
fn a_file_that_was_alone_in_its_folder_was_there_for_what_lies_above() {
    let reserved = ("public/.well-known/tdmrep.json", "[{\"location\": \"/\", \"tdm-reservation\": 1}]");
    let page = ("public/index.html", "<html></html>");
    Repo::two(&[reserved, page], &[page]).check(&[]).exits(1).says("opt-out/tdm-reservation");
    // with the site its reservation may go
    let other = ("src/a.py", "a = 1\n");
    Repo::two(&[reserved, page, other], &[other]).check(&["--fail-on", "warning"]).exits(0);
}

#[test]
fn a_verification_whose_failure_is_passed_over_verifies_nothing() {
    let run = |end: &str| format!("#!/bin/sh\ncosign verify-blob --bundle b.json --certificate-identity a@b.example m.bin{end}\n");
    let repo = Repo::two(&[("verify.sh", &run(""))], &[("verify.sh", &run(" || true"))]);
    repo.check(&[]).exits(1).says("supply-chain/verification-ignored");
    let repo = Repo::two(&[("verify.sh", &run(""))], &[("verify.sh", &run(" || exit 1"))]);
    repo.check(&["--fail-on", "warning"]).exits(0);
}

#[test]
fn a_digest_that_changes_without_its_file_is_found() {
    // sha256 of "x\n"
    let digest = "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac";
    let list = |digest: &str, name: &str| format!("{digest}  {name}\n");
    let other = "b".repeat(64);
    for name in ["data.tar.gz", "model.safetensors", "notes.txt"] {
        let (base, head) = (list(digest, name), list(&other, name));
        let repo = Repo::two(&[("SHA256SUMS", &base), (name, "x\n")], &[("SHA256SUMS", &head), (name, "x\n")]);
        assert!(graded(&repo).contains(&"error weakened supply-chain/digest-match".to_owned()), "{name}: {:?}", graded(&repo));
        // it is put right, it was never its own, the file changes too, and the file lies elsewhere
        let quiet = [
            Repo::two(&[("SHA256SUMS", &head), (name, "x\n")], &[("SHA256SUMS", &base), (name, "x\n")]),
            Repo::two(&[("SHA256SUMS", &list(&"a".repeat(64), name)), (name, "x\n")], &[("SHA256SUMS", &head), (name, "x\n")]),
            Repo::two(&[("SHA256SUMS", &base)], &[("SHA256SUMS", &head)]),
        ];
        for repo in quiet {
            assert!(!graded(&repo).iter().any(|found| found.contains("supply-chain/digest-match")), "{name}: {:?}", graded(&repo));
        }
    }
}
