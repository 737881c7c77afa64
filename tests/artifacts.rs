//! Weights, pointers and digests in real repositories.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use support::Repo;

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
