//! A unit that is replaced by another one: in another file, of another kind, under another name, or by itself further below.

use super::*;

const POLICY_ID: &str = "telemetry/vllm-usage-stats";
const FROM: &str = "FROM vllm/vllm-openai:v0.6.3\n";
const SET: &str = "ENV VLLM_NO_USAGE_STATS=1\n";

type Files<'a> = &'a [(&'a str, &'a str)];

/// A resource that runs one container, with more variables.
fn workload(kind: &str, value: &str, more: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: api\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: vllm/vllm-openai:v0.6.3\n          env:\n            - name: VLLM_NO_USAGE_STATS\n              value: \"{value}\"\n{more}"
    )
}

#[track_caller]
fn fails(change: &str, base: Files<'_>, head: Files<'_>) {
    json(&Repo::two(base, head)).exits(1).finds(&format!("{POLICY_ID} {change} error"));
}

#[track_caller]
fn passes(base: Files<'_>, head: Files<'_>) {
    json(&Repo::two(base, head)).exits(0);
}

#[test]
fn a_unit_that_takes_anothers_place_is_that_unit() {
    let (safe, weak) = (workload("Deployment", "1", ""), workload("Deployment", "0", ""));
    fails("weakened", &[("compose.yaml", SAFE)], &[("compose.yaml", "include: [base/c.yml]\n"), ("base/c.yml", WEAK)]);
    passes(&[("compose.yaml", SAFE)], &[("compose.yaml", "include: [base/c.yml]\n"), ("base/c.yml", SAFE)]);
    fails("weakened", &[("compose.yaml", SAFE)], &[("k8s/api.yaml", &weak)]);
    passes(&[("compose.yaml", SAFE)], &[("k8s/api.yaml", &safe)]);
    fails("weakened", &[("a.yaml", &safe)], &[("a.yaml", &workload("StatefulSet", "0", ""))]);
    let more = "            - {name: A, value: b}\n            - {name: B, value: c}\n";
    let rollout = workload("Rollout", "0", more).replace("apps/v1", "argoproj.io/v1alpha1");
    fails("weakened", &[("a.yaml", &workload("Deployment", "1", more))], &[("a.yaml", &rollout)]);
    let named = |text: &str| text.replace("api", "web").replace("vllm/vllm-openai:v0.6.3", "acme/vllm:1.0.0");
    let others = "      A: \"1\"\n      B: \"2\"\n      C: \"3\"\n";
    fails("weakened", &[("compose.yaml", &format!("{SAFE}{others}"))], &[("compose.yaml", &named(&format!("{WEAK}{others}")))]);
}

#[test]
fn what_stands_again_in_another_document_wins() {
    let safe = workload("Deployment", "1", "");
    let weak = workload("Deployment", "0", "");
    fails("weakened", &[("compose.yaml", SAFE)], &[("compose.yaml", &format!("{SAFE}---\n{WEAK}"))]);
    fails("weakened", &[("a.yaml", &safe)], &[("a.yaml", &format!("{safe}---\n{weak}"))]);
    // in another namespace it is another one
    let inside = |text: &str, space: &str| text.replacen("  name: api\n", &format!("  name: api\n  namespace: {space}\n"), 1);
    let one = inside(&safe, "a");
    passes(&[("a.yaml", &one)], &[("a.yaml", &format!("{one}---\n{}", inside(&weak, "b")))]);
    // a file that gets a second document is the same file
    let second = "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: api\n";
    let (both, less) = (format!("{safe}{second}"), format!("{weak}{second}"));
    fails("weakened", &[("a.yaml", &safe)], &[("a.yaml", &less)]);
    passes(&[("a.yaml", &safe)], &[("a.yaml", &both)]);
    passes(&[("a.yaml", &both)], &[("a.yaml", &safe)]);
}

#[test]
fn what_is_cut_off_from_its_unit_is_gone() {
    let safe = workload("Deployment", "1", "");
    let env = "          env:\n            - name: VLLM_NO_USAGE_STATS\n              value: \"1\"\n";
    let cut = safe.replace(env, "---\nenv:\n  - name: VLLM_NO_USAGE_STATS\n    value: \"1\"\n");
    fails("removed", &[("a.yaml", &safe)], &[("a.yaml", &cut)]);
    let cut = SAFE.replace("    environment:\n      ", "---\nenvironment:\n  ");
    fails("removed", &[("compose.yaml", SAFE)], &[("compose.yaml", &cut)]);
    // what a build is given is in no container unless the image keeps it
    let built = "services:\n  api:\n    build:\n      context: .\n";
    let own = format!("{built}    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n");
    let argument = format!("{built}      args:\n        VLLM_NO_USAGE_STATS: \"1\"\n");
    let kept = format!("{FROM}ARG VLLM_NO_USAGE_STATS\nENV VLLM_NO_USAGE_STATS=$VLLM_NO_USAGE_STATS\n");
    fails("removed", &[("compose.yaml", &own), ("Dockerfile", FROM)], &[("compose.yaml", &argument), ("Dockerfile", FROM)]);
    passes(&[("compose.yaml", &own), ("Dockerfile", &kept)], &[("compose.yaml", &argument), ("Dockerfile", &kept)]);
}

#[test]
fn the_stage_that_is_shipped_stays_itself() {
    let base = format!("{FROM}{SET}");
    let builder = FROM.replace('\n', " AS b\n");
    fails("removed", &[("Dockerfile", &base)], &[("Dockerfile", &format!("{builder}{SET}{FROM}"))]);
    fails("removed", &[("Dockerfile", &base)], &[("Dockerfile", &format!("{base}{FROM}"))]);
    passes(&[("Dockerfile", &base)], &[("Dockerfile", &format!("{builder}{SET}FROM b\n"))]);
    passes(&[("Dockerfile", &base)], &[("Dockerfile", &format!("{builder}RUN make\n{base}"))]);
}
