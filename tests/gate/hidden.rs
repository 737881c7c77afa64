//! Values that still stand in the text and hold no more: beside the place that is read, under another one that wins, in a comment, or
//! in a file that nobody can read.

use super::*;

fn changed(path: &str, base: &str, head: &str) -> Ran {
    json(&Repo::two(&[(path, base)], &[(path, head)]))
}

const POLICY_ID: &str = "telemetry/vllm-usage-stats";

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n    - name: api\n      image: vllm/vllm-openai:v0.6.3\n      env:\n        - name: VLLM_NO_USAGE_STATS\n          value: \"1\"\n";

#[test]
fn what_stands_where_no_process_finds_it_protects_nobody() {
    for field in ["x-environment", "environment_", "labels", "annotations"] {
        changed("compose.yaml", SAFE, &SAFE.replace("environment:", &format!("{field}:")))
            .exits(1)
            .finds(&format!("{POLICY_ID} removed error"));
    }
    changed("pod.yaml", POD, &POD.replace("env:", "envs:")).exits(1).finds(&format!("{POLICY_ID} removed error"));
    let (before, _) = POD.split_once("      env:").unwrap();
    let annotated = before.replace("  name: api\nspec", "  name: api\n  annotations:\n    VLLM_NO_USAGE_STATS: \"1\"\nspec");
    changed("pod.yaml", POD, &annotated).exits(1).finds(&format!("{POLICY_ID} removed error"));
    // what a build is given reaches its stages
    let build = SAFE.replace("    environment:\n", "    build:\n      context: .\n      args:\n  ").replace("      VLLM", "        VLLM");
    changed("compose.yaml", &build, &build.replace("\"1\"", "\"0\"")).exits(1);
}

#[test]
fn what_stands_beside_the_units_of_a_file_takes_nothing_in() {
    let removed = format!("{POLICY_ID} removed error");
    let (bare, variable) = (SAFE.split("    environment").next().unwrap(), "VLLM_NO_USAGE_STATS: \"1\"\n");
    let (pod, _) = POD.split_once("      env:").unwrap();
    for before in [variable.to_owned(), format!("environment:\n  {variable}")] {
        changed("compose.yaml", SAFE, &format!("{before}{bare}")).exits(1).finds(&removed);
        changed("pod.yaml", POD, &format!("{before}{pod}")).exits(1).finds(&removed);
    }
    changed("pod.yaml", POD, &format!("{pod}  {variable}")).exits(1).finds(&removed);
    // what a service takes in is its own, wherever it stands
    let shared = format!("x-env: &env\n  {variable}{bare}    environment:\n      <<: *env\n");
    changed("compose.yaml", SAFE, &shared).exits(0);
}

#[test]
fn a_new_file_that_no_container_gets_its_variables_from_takes_nothing_in() {
    let removed = format!("{POLICY_ID} removed error");
    let image = "FROM vllm/vllm-openai:v0.6.3\n";
    let said = format!("{image}ENV VLLM_NO_USAGE_STATS=1\n");
    let bare = SAFE.split("    environment").next().unwrap();
    let (pod, _) = POD.split_once("      env:").unwrap();
    let program = ("a.py", "import os\nos.environ[\"VLLM_NO_USAGE_STATS\"] = \"1\"\n");
    let nowhere = [
        ("zz/.env.example", "VLLM_NO_USAGE_STATS=1\n"),
        ("zz.yaml", "VLLM_NO_USAGE_STATS: \"1\"\n"),
        ("app.toml", "VLLM_NO_USAGE_STATS = \"1\"\n"),
        ("Dockerfile.zz", said.as_str()),
        program,
    ];
    for (path, base, head) in [("compose.yaml", SAFE, bare), ("pod.yaml", POD, pod), ("Dockerfile", said.as_str(), image)] {
        // what an image holds may set its own variables
        for new in nowhere.into_iter().filter(|new| path != "Dockerfile" || *new != program) {
            json(&Repo::two(&[(path, base)], &[(path, head), new])).exits(1).finds(&removed);
        }
    }
    json(&Repo::two(&[("Dockerfile", &said)], &[("Dockerfile", image), program])).exits(0);
    // a sample of the file that is listed, and the values of a chart
    let listed = format!("{bare}    env_file: .env\n");
    let sample = (".env.example", "VLLM_NO_USAGE_STATS=1\n");
    json(&Repo::two(&[("compose.yaml", SAFE)], &[("compose.yaml", &listed), sample])).exits(0);
    let template = format!("{pod}      env: {{{{ toYaml .Values.env }}}}\n");
    let values = ("chart/values.yaml", "env:\n  VLLM_NO_USAGE_STATS: \"1\"\n");
    json(&Repo::two(&[("chart/templates/a.yaml", POD)], &[("chart/templates/a.yaml", &template), values])).exits(0);
    // an image of one's own may be built from it
    let own = |text: &str| text.replace("vllm/vllm-openai:v0.6.3", "acme/api:1.0.0");
    json(&Repo::two(&[("compose.yaml", &own(SAFE))], &[("compose.yaml", &own(bare)), ("Dockerfile", &said)])).exits(0);
}

#[test]
fn what_a_template_never_writes_and_what_is_unset_is_gone() {
    let removed = format!("{POLICY_ID} removed error");
    let (before, variable) = POD.split_at(POD.find("        - name: VLLM").unwrap());
    let under = |open: &str, close: &str| format!("{before}{open}\n{variable}{close}\n");
    for (open, close) in
        [("{{- if false }}", "{{- end }}"), ("{% if false %}", "{% endif %}"), ("{{ if .x }}\n{{ else if false }}", "{{ end }}")]
    {
        let ran = changed("c/templates/a.yaml", POD, &under(open, close));
        if open.contains("else") {
            ran.exits(0)
        } else {
            ran.exits(1).finds(&removed)
        };
    }
    changed("c/templates/a.yaml", POD, &under("{{- if .Values.x }}", "{{- end }}")).exits(0);
    let set = "export VLLM_NO_USAGE_STATS=1\n";
    changed(".envrc", set, &format!("{set}unset VLLM_NO_USAGE_STATS\n")).exits(1).finds(&removed);
}

#[test]
fn of_one_name_written_twice_the_weaker_value_counts() {
    let weakened = format!("{POLICY_ID} weakened error");
    let twice = |value: &str| format!("{POD}        - name: VLLM_NO_USAGE_STATS\n          value: \"{value}\"\n");
    changed("pod.yaml", POD, &twice("0")).exits(1).finds(&weakened);
    changed("pod.yaml", POD, &POD.replace("env:\n", "env:\n        - name: VLLM_NO_USAGE_STATS\n          value: \"0\"\n"))
        .exits(1)
        .finds(&weakened);
    changed("pod.yaml", POD, &twice("1")).exits(0);
    let docker = "FROM vllm/vllm-openai:v0.6.3\nENV VLLM_NO_USAGE_STATS=1\nCMD vllm serve m\n";
    changed("Dockerfile", docker, &docker.replace("CMD vllm", "CMD VLLM_NO_USAGE_STATS=0 vllm")).exits(1).finds(&weakened);
    let command = format!("{SAFE}    command: sh -c \"VLLM_NO_USAGE_STATS=0 vllm serve m\"\n");
    changed("compose.yaml", SAFE, &command).exits(1).finds(&weakened);
    // another name that is enough by itself goes on being enough
    let other = SAFE.replace("VLLM_NO_USAGE_STATS: \"1\"", "VLLM_NO_USAGE_STATS: \"1\"\n      DO_NOT_TRACK: \"0\"");
    changed("compose.yaml", SAFE, &other).finds_nothing_of(&weakened);
}

#[test]
fn a_file_that_is_laid_over_another_one_overrides_it() {
    let safe = ("compose.yaml", SAFE);
    let over = "services:\n  api:\n    environment:\n      VLLM_NO_USAGE_STATS: \"0\"\n";
    json(&Repo::two(&[safe], &[safe, ("compose.prod.yaml", over)])).exits(1).finds(&format!("{POLICY_ID} weakened error"));
    // by its name it is for whoever develops
    json(&Repo::two(&[safe], &[safe, ("compose.override.yaml", over)])).finds(&format!("{POLICY_ID} weakened warning"));
    // another service is another service, and what was weak before is not overridden
    let web = over.replace("api:", "web:");
    json(&Repo::two(&[safe], &[safe, ("compose.prod.yaml", &web)])).exits(0);
    let weak = ("compose.yaml", WEAK);
    json(&Repo::two(&[weak], &[weak, ("compose.prod.yaml", over)])).exits(0);
    // the values of a chart, under the same path
    let values = ("c/values.yaml", "image: vllm/vllm-openai:v0.6.3\nenv:\n  VLLM_NO_USAGE_STATS: \"1\"\n");
    let over = "env:\n  VLLM_NO_USAGE_STATS: \"0\"\n";
    json(&Repo::two(&[values], &[values, ("c/values-prod.yaml", over)])).exits(1).finds(&format!("{POLICY_ID} weakened error"));
    json(&Repo::two(&[values], &[values, ("c/values-dev.yaml", over)])).finds(&format!("{POLICY_ID} weakened warning"));
    let web = "web:\n  env:\n    VLLM_NO_USAGE_STATS: \"0\"\n";
    json(&Repo::two(&[values], &[values, ("c/values-prod.yaml", web)])).exits(0);
}

#[test]
fn a_file_of_a_known_name_that_nobody_can_read_is_told_whatever_it_was() {
    let pointer = |digit: &str| format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 10\n", digit.repeat(64));
    let undecided = |ran: Ran| {
        let found = ran.exits(0).found();
        assert!(found.iter().any(|found| found.ends_with(" undecided warning")), "{found:#?}");
    };
    undecided(changed("compose.yaml", &pointer("a"), &pointer("b")));
    undecided(changed("compose.yaml", "services: [\n", "services: {\n"));
    undecided(changed(".github/workflows/ci.yml", "jobs: [\n", "jobs: {\n"));
    undecided(json(&Repo::two(&[], &[("compose.yaml", &pointer("a"))])));
    changed("notes.yaml", "a: [\n", "b: [\n").exits(0).finds_nothing_of("");
}

#[test]
fn a_file_that_takes_any_name_in_its_folder_is_the_same_file() {
    for (old, new) in [("compose.yaml", "stack.txt"), ("deploy/compose.yaml", "deploy/stack")] {
        json(&Repo::two(&[(old, SAFE)], &[(new, WEAK)])).exits(1).finds(&format!("{POLICY_ID} weakened error"));
    }
}

#[test]
fn a_default_that_a_comment_or_a_text_takes_in_is_gone() {
    let removed = format!("{POLICY_ID} removed error");
    let python = "import os\nos.environ[\"VLLM_NO_USAGE_STATS\"] = \"1\"\nimport vllm\n";
    for head in [
        format!("\"\"\"\n{python}\"\"\"\n"),
        python.replace("os\nos", "os\nX = '''\nos").replace("import vllm", "'''\nimport vllm"),
        python.replace("os\nos", "os  # \"\"\"\n\"\"\"\nos") + "\"\"\"\n",
    ] {
        changed("run.py", python, &head).exits(1).finds(&removed);
    }
    let script = "// run\nprocess.env.VLLM_NO_USAGE_STATS = \"1\";\nstart();\n";
    for head in [
        script.replace("process", "/*\nprocess").replace("start", "*/\nstart"),
        script.replace("process", "f(`\nprocess").replace("start", "`)\nstart"),
    ] {
        changed("run.js", script, &head).exits(1).finds(&removed);
    }
    let shell = "#!/bin/sh\nexport VLLM_NO_USAGE_STATS=1\nvllm serve m\n";
    let head = shell.replace("export", ": '\nexport").replace("vllm serve", "'\nvllm serve");
    changed("run.sh", shell, &head).exits(1).finds(&removed);
}

#[test]
fn a_default_that_never_runs_or_is_taken_away_again_is_gone() {
    let removed = format!("{POLICY_ID} removed error");
    let set = "os.environ[\"VLLM_NO_USAGE_STATS\"] = \"1\"\n";
    let python = format!("import os\n{set}import vllm\n");
    for head in [
        format!("import os\nif False:\n    {set}import vllm\n"),
        format!("import os\nif True:\n    pass\nelse:\n    {set}import vllm\n"),
        format!("{python}del os.environ[\"VLLM_NO_USAGE_STATS\"]\n"),
        format!("{python}os.environ.pop(\"VLLM_NO_USAGE_STATS\", None)\n"),
    ] {
        changed("run.py", &python, &head).exits(1).finds(&removed);
    }
    for head in [format!("import os\nif True:\n    {set}import vllm\n"), format!("{python}del os.environ[\"OTHER\"]\n")] {
        changed("run.py", &python, &head).exits(0);
    }
    let script = "const x = 1;\nprocess.env.VLLM_NO_USAGE_STATS = \"1\";\nstart();\n";
    for head in [
        script.replace("process", "if (false) {\nprocess").replace("start", "}\nstart"),
        format!("{script}delete process.env.VLLM_NO_USAGE_STATS;\n"),
    ] {
        changed("run.js", script, &head).exits(1).finds(&removed);
    }
    let shell = "#!/bin/sh\nexport VLLM_NO_USAGE_STATS=1\nvllm serve m\n";
    for head in [
        shell.replace("vllm", "unset VLLM_NO_USAGE_STATS\nvllm"),
        shell.replace("export", "if false; then\nexport").replace("vllm", "fi\nvllm"),
        "#!/bin/sh\nvllm serve m\nexit 0\nexport VLLM_NO_USAGE_STATS=1\n".to_owned(),
    ] {
        changed("run.sh", shell, &head).exits(1).finds(&removed);
    }
    changed("run.sh", shell, &shell.replace("export", "unset VLLM_NO_USAGE_STATS\nexport")).exits(0);
}

#[test]
fn what_a_file_above_takes_away_is_gone() {
    let below = "services:\n  api:\n    image: vllm/vllm-openai:v0.6.3\n    user: \"1000\"\n    cap_drop: [ALL]\n    environment:\n      VLLM_NO_USAGE_STATS: \"1\"\n";
    let above = "services:\n  api:\n    restart: always\n";
    let found = |below: &str, before: &str, more: &str| {
        let head = format!("{above}{more}");
        let base: Vec<(&str, &str)> =
            [("compose.yaml", below), ("compose.override.yaml", before)].into_iter().filter(|(_, text)| !text.is_empty()).collect();
        let ran = json(&Repo::two(&base, &[("compose.yaml", below), ("compose.override.yaml", &head)]));
        ran.found().into_iter().filter(|found| !found.ends_with(" note")).collect::<Vec<_>>()
    };
    let usage = |found: &[String]| found.iter().any(|found| found.starts_with("telemetry/vllm-usage-stats removed"));
    for before in [above, ""] {
        for more in [
            "    environment: !reset []\n",
            "    environment: !reset null\n",
            "    environment:\n      VLLM_NO_USAGE_STATS: !reset null\n",
            "    environment: !override\n      LOG: x\n",
        ] {
            let found = found(below, before, more);
            assert!(usage(&found), "{more}: {found:#?}");
        }
    }
    // by its name the file above is for whoever develops, and a warning is a note there
    let head = format!("{above}    cap_drop: !reset []\n");
    let repo = Repo::two(&[("compose.yaml", below)], &[("compose.yaml", below), ("compose.override.yaml", &head)]);
    json(&repo).exits(0).finds("isolation/dropped-capabilities removed note");
    for more in [
        "    environment:\n      LOG: x\n",
        "    environment: !override\n      VLLM_NO_USAGE_STATS: \"1\"\n",
        "    ports: !reset []\n",
        "    volumes: !reset []\n",
    ] {
        let found = found(below, above, more);
        assert!(found.is_empty(), "{more}: {found:#?}");
    }
    // what is put in place of a list counts as it stands there, and is told once
    let open = below.replace("    cap_drop", "    ports: [\"127.0.0.1:80:80\"]\n    cap_drop");
    let found_ports = found(&open, above, "    ports: !override [\"80:80\"]\n");
    assert_eq!(found_ports, ["network/compose-published-port removed warning"]);
    let socket = found(below, above, "    volumes: !override [\"/var/run/docker.sock:/var/run/docker.sock\"]\n");
    assert_eq!(socket, ["isolation/docker-socket weakened warning"]);
    assert_eq!(found(below, above, "    privileged: !override true\n"), ["isolation/privileged weakened warning"]);
    // what was weak before is no loss, and what was taken away before was not there
    assert!(found(&below.replace("\"1\"\n", "\"0\"\n"), above, "    environment: !reset []\n").is_empty());
    let taken = format!("{above}    environment: !reset []\n");
    assert!(found(below, &taken, "    environment: !reset []\n    labels: [a]\n").is_empty());
}

#[test]
fn an_environment_that_is_emptied_or_never_handed_on_protects_nobody() {
    let program = "import os\nos.environ[\"HF_HUB_DISABLE_TELEMETRY\"] = \"1\"\nimport huggingface_hub\n";
    let cleared = program.replace("import huggingface_hub", "os.environ.clear()\nimport huggingface_hub");
    changed("app/main.py", program, &cleared).exits(1);
    // it is put back
    let saved = cleared.replace("os.environ.clear()", "saved = dict(os.environ)\nos.environ.clear()\nos.environ.update(saved)");
    changed("app/main.py", program, &saved).exits(0);
    let script = |lines: &str| format!("#!/bin/sh\nset -e\n{lines}\nvllm serve m\n");
    let exported = script("export VLLM_NO_USAGE_STATS=1");
    changed("start.sh", &exported, &script("VLLM_NO_USAGE_STATS=1")).exits(1);
    for lines in
        ["VLLM_NO_USAGE_STATS=1\nexport VLLM_NO_USAGE_STATS", "set -a\nVLLM_NO_USAGE_STATS=1\nset +a", "declare -x VLLM_NO_USAGE_STATS=1"]
    {
        changed("start.sh", &exported, &script(lines)).exits(0);
    }
    // a weak value that nobody gets is none
    changed("start.sh", &script("VLLM_NO_USAGE_STATS=1"), &script("VLLM_NO_USAGE_STATS=0")).exits(0);
    changed("conf/env.sh", "VLLM_NO_USAGE_STATS=1\nOTHER=2\n", "VLLM_NO_USAGE_STATS=0\nOTHER=2\n").exits(1);
    let handed = script("VLLM_NO_USAGE_STATS=1\ndocker run -e VLLM_NO_USAGE_STATS=$VLLM_NO_USAGE_STATS vllm/vllm-openai");
    changed("start.sh", &handed, &handed.replace("=1\n", "=0\n")).exits(1);
}
