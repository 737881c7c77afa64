//! What a unit finds in its environment through files that it names: another file, another order, or none is a change although no line of
//! them changed.

use super::*;

const POLICY_ID: &str = "telemetry/vllm-usage-stats";
const SAID: &str = "VLLM_NO_USAGE_STATS=1\n";
const UNSAID: &str = "VLLM_NO_USAGE_STATS=0\n";

type Files<'a> = &'a [(&'a str, &'a str)];

/// A service with more keys, at the depth of its own.
fn service(more: &str) -> String {
    format!("services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n{more}")
}

fn listing(files: &str) -> String {
    service(&format!("    env_file: {files}\n"))
}

#[track_caller]
fn fails(change: &str, base: Files<'_>, head: Files<'_>) {
    json(&Repo::two(base, head)).exits(1).finds(&format!("{POLICY_ID} {change} error"));
}

#[track_caller]
fn passes(base: Files<'_>, head: Files<'_>) {
    let ran = json(&Repo::two(base, head)).exits(0);
    assert!(!ran.found().iter().any(|found| found.ends_with("warning")), "{:?}", ran.found());
}

#[test]
fn an_environment_file_that_is_lost_switched_or_overridden_is_judged() {
    let (safe, weak) = (("a.env", SAID), ("b.env", UNSAID));
    let (a, b, ab, ba, none) = (listing("a.env"), listing("b.env"), listing("[a.env, b.env]"), listing("[b.env, a.env]"), service(""));
    fails("removed", &[("compose.yaml", &a), safe], &[("compose.yaml", &none), safe]);
    fails("weakened", &[("compose.yaml", &a), safe, weak], &[("compose.yaml", &b), safe, weak]);
    fails("weakened", &[("compose.yaml", &a), safe], &[("compose.yaml", &b), safe, weak]);
    fails("weakened", &[("compose.yaml", &a), safe], &[("compose.yaml", &ab), safe, weak]);
    fails("weakened", &[("compose.yaml", &ba), safe, weak], &[("compose.yaml", &ab), safe, weak]);
    // what a file further behind says wins, also where the Compose file itself did not change, and where the setting moved
    fails("weakened", &[("compose.yaml", &ab), safe, ("b.env", "A=b\n")], &[("compose.yaml", &ab), safe, weak]);
    fails("weakened", &[("compose.yaml", SAFE), safe, weak], &[("compose.yaml", &ab), safe, weak]);
    // a file that nobody has asks
    json(&Repo::two(&[("compose.yaml", &a), safe], &[("compose.yaml", &listing(".env")), safe])).exits(3);
}

#[test]
fn an_environment_file_that_only_moves_is_quiet() {
    let safe = ("a.env", SAID);
    let (a, ba) = (listing("a.env"), listing("[b.env, a.env]"));
    passes(&[("compose.yaml", &a), safe], &[("compose.yaml", &listing("conf/x.env")), ("conf/x.env", SAID)]);
    passes(&[("compose.yaml", SAFE)], &[("compose.yaml", &a), safe]);
    passes(&[("compose.yaml", &a), safe], &[("compose.yaml", SAFE)]);
    passes(&[("compose.yaml", &a), safe], &[("compose.yaml", &listing("[a.env, b.env]")), safe, ("b.env", SAID)]);
    passes(&[("compose.yaml", &a), safe], &[("compose.yaml", &a), (".gitignore", "a.env\n"), ("a.env.example", SAID)]);
    let other = ("b.env", "A=b\n");
    passes(&[("compose.yaml", &ba), safe, other], &[("compose.yaml", &listing("[a.env, b.env]")), safe, other]);
    // what is told where it stands is told once
    let ran = json(&Repo::two(&[("compose.yaml", &a), safe], &[("compose.yaml", &a), ("a.env", UNSAID)])).exits(1);
    assert_eq!(ran.found(), [format!("{POLICY_ID} weakened error")]);
}

#[test]
fn another_image_or_stage_that_is_built_is_judged() {
    let image = |value: &str| format!("FROM vllm/vllm-openai:v0.6.3\nENV VLLM_NO_USAGE_STATS={value}\n");
    let build = |more: &str| format!("services:\n  api:\n    build:\n      context: .\n{more}");
    let (one, zero) = (image("1"), image("0"));
    let (safe, weak) = (("Dockerfile", one.as_str()), ("Dockerfile.b", zero.as_str()));
    let (plain, named) = (build(""), build("      dockerfile: Dockerfile.b\n"));
    fails("weakened", &[("compose.yaml", &plain), safe, weak], &[("compose.yaml", &named), safe, weak]);
    let stages = format!("{}{}", one.replacen('\n', " AS a\n", 1), zero.replacen('\n', " AS b\n", 1));
    let stages = ("Dockerfile", stages.as_str());
    let (a, b) = (build("      target: a\n"), build("      target: b\n"));
    fails("weakened", &[("compose.yaml", &a), stages], &[("compose.yaml", &b), stages]);
    fails("weakened", &[("compose.yaml", &a), stages], &[("compose.yaml", &plain), stages]);
    let asks = ("Dockerfile", "FROM vllm/vllm-openai:v0.6.3\nARG S=1\nENV VLLM_NO_USAGE_STATS=$S\n");
    fails("weakened", &[("compose.yaml", &plain), asks], &[("compose.yaml", &build("      args: {S: \"0\"}\n")), asks]);
    fails("weakened", &[("compose.yaml", &plain), asks], &[("compose.yaml", &build("      args: [S=0]\n")), asks]);
    passes(&[("compose.yaml", &plain), asks], &[("compose.yaml", &build("      args: [S=1]\n")), asks]);
    // an image that was built elsewhere may say the same
    passes(&[("compose.yaml", &plain), safe], &[("compose.yaml", &service("")), safe]);
    let moved = build("      dockerfile: docker/api.Dockerfile\n");
    passes(&[("compose.yaml", &plain), safe], &[("compose.yaml", &moved), ("docker/api.Dockerfile", &one)]);
}

#[test]
fn a_config_map_that_is_lost_switched_or_replaced_is_judged() {
    let pod = |env: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n    - name: api\n      image: vllm/vllm-openai:v0.6.3\n{env}"
        )
    };
    let from = |name: &str| pod(&format!("      envFrom:\n        - configMapRef:\n            name: {name}\n"));
    let map = |name: &str, value: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  VLLM_NO_USAGE_STATS: \"{value}\"\n")
    };
    let own = pod("      env:\n        - name: VLLM_NO_USAGE_STATS\n          value: \"1\"\n");
    let (cfg, weak) = (map("cfg", "1"), map("weak", "0"));
    let (pod, other) = (from("cfg"), from("weak"));
    let (safe, b) = (("cfg.yaml", cfg.as_str()), ("b.yaml", weak.as_str()));
    let without = pod.split("      envFrom").next().unwrap();
    fails("removed", &[("pod.yaml", &pod), safe], &[("pod.yaml", without), safe]);
    fails("weakened", &[("pod.yaml", &pod), safe, b], &[("pod.yaml", &other), safe, b]);
    fails("weakened", &[("pod.yaml", &pod), safe], &[("pod.yaml", &other), safe, b]);
    let (all, none) = (format!("{pod}---\n{cfg}"), format!("{without}---\n{cfg}"));
    fails("removed", &[("all.yaml", &all)], &[("all.yaml", &none)]);
    // another map under the old name
    let (old, new) = (map("cfgold", "1"), map("cfg", "0"));
    fails("weakened", &[("pod.yaml", &pod), safe], &[("pod.yaml", &pod), ("cfg.yaml", &old), ("cfg2.yaml", &new)]);
    passes(&[("pod.yaml", &pod), safe], &[("pod.yaml", &from("cfgold")), ("cfg.yaml", &old)]);
    passes(&[("pod.yaml", &pod), safe], &[("pod.yaml", &own), safe]);
    passes(&[("pod.yaml", &own)], &[("pod.yaml", &pod), safe]);
    passes(&[("pod.yaml", &pod), safe], &[("pod.yaml", &pod), ("conf/cfg.yaml", &cfg)]);
}

#[test]
fn what_the_file_beside_a_compose_file_says_is_put_in() {
    let with = |value: &str| service(&format!("    environment:\n      VLLM_NO_USAGE_STATS: {value}\n"));
    let (asks, bare) = (with("${STATS:-1}"), with("${STATS}"));
    fails("weakened", &[("compose.yaml", SAFE)], &[("compose.yaml", &with("${VLLM_NO_USAGE_STATS:-1}")), (".env", UNSAID)]);
    fails("weakened", &[("compose.yaml", SAFE)], &[("compose.yaml", &asks), (".env", "STATS=0\n")]);
    fails("weakened", &[("compose.yaml", SAFE), (".env", "STATS=0\n")], &[("compose.yaml", &asks), (".env", "STATS=0\n")]);
    fails("weakened", &[("compose.yaml", &bare), (".env", "STATS=1\n")], &[("compose.yaml", &bare), (".env", "STATS=0\n")]);
    fails("weakened", &[("compose.yaml", &asks)], &[("compose.yaml", &asks), (".env", "STATS=0\n")]);
    passes(&[("compose.yaml", SAFE)], &[("compose.yaml", &asks), (".env", "STATS=1\n")]);
    passes(&[("compose.yaml", SAFE)], &[("compose.yaml", &asks), (".env.example", "STATS=0\n")]);
    passes(&[("compose.yaml", &bare), (".env", "STATS=1\n")], &[("compose.yaml", &bare), (".env.example", "STATS=1\n")]);
}

#[test]
fn what_a_chart_says_is_put_into_its_templates() {
    let pod = |value: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n    - name: api\n      image: vllm/vllm-openai:v0.6.3\n      env:\n        - name: VLLM_NO_USAGE_STATS\n          value: {value}\n"
        )
    };
    let (plain, deep, literal) = (pod("{{ .Values.stats }}"), pod("{{ .Values.api.stats | quote }}"), pod("\"1\""));
    let (asks, below, said) =
        (("c/templates/a.yaml", plain.as_str()), ("c/templates/a.yaml", deep.as_str()), ("c/templates/a.yaml", literal.as_str()));
    let (safe, weak, none) = (("c/values.yaml", "stats: \"1\"\n"), ("c/values.yaml", "stats: \"0\"\n"), ("c/values.yaml", "a: b\n"));
    fails("weakened", &[asks, safe], &[asks, weak]);
    fails("weakened", &[below, ("c/values.yaml", "api:\n  stats: 1\n")], &[below, ("c/values.yaml", "api:\n  stats: 0\n")]);
    fails("weakened", &[said, none], &[asks, weak]);
    passes(&[said, none], &[asks, safe]);
    // two values change places: no line is new
    let (one, other) = ("api:\n  stats: 1\nweb:\n  stats: 0\n", "api:\n  stats: 0\nweb:\n  stats: 1\n");
    fails("weakened", &[below, ("c/values.yaml", one)], &[below, ("c/values.yaml", other)]);
    // a part that is taken in elsewhere
    let shared = |value: &str| format!("base: &base\n  stats: {value}\napi:\n  <<: *base\n");
    fails("weakened", &[below, ("c/values.yaml", &shared("1"))], &[below, ("c/values.yaml", &shared("0"))]);
    // another chart has other values
    passes(&[asks, ("d/values.yaml", "stats: \"1\"\n")], &[asks, ("d/values.yaml", "stats: \"0\"\n")]);
}
