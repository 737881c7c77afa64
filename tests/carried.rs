//! What a change only carries from one place to another, and files that cannot be read on the side that is gone, from the outside.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

mod support;

use support::{Repo, graded};

const OLLAMA: &str = "# T\n\nOpen it to the network:\n\n```bash\nexport OLLAMA_HOST=0.0.0.0\n```\n";

#[test]
fn a_frozen_copy_of_a_page_says_nothing_new() {
    let repo = Repo::two(&[("docs/edge/x.md", OLLAMA)], &[("docs/edge/x.md", OLLAMA), ("docs/v1/x.md", OLLAMA)]);
    assert_eq!(graded(&repo), ["note introduced network/ollama-host"]);
    let new = Repo::two(&[("docs/edge/x.md", "# T\n")], &[("docs/edge/x.md", "# T\n"), ("docs/v1/x.md", OLLAMA)]);
    assert_eq!(graded(&new), ["warning introduced network/ollama-host"]);
}

#[test]
fn a_copy_that_is_shipped_is_new() {
    let weak = "ACME_TELEMETRY_ENABLED=true\n";
    let repo = Repo::two(&[("examples/.env", weak)], &[("examples/.env", weak), (".env.example", weak)]);
    assert_eq!(graded(&repo), ["error introduced lexicon/privacy-words"]);
}

#[test]
fn a_line_that_left_one_page_may_stand_on_another() {
    let other = "# U\n\nAnother page.\n\nMore of it.\n\n```bash\nexport OLLAMA_HOST=0.0.0.0\n```\n\nThe end of it.\n";
    let repo = Repo::two(&[("docs/x.md", OLLAMA), ("docs/y.md", "# U\n")], &[("docs/x.md", "# T\n"), ("docs/y.md", other)]);
    assert_eq!(graded(&repo), ["note introduced network/ollama-host"]);
}

#[test]
fn a_file_that_is_split_says_nothing_new() {
    let line = "  TELEMETRY: z.coerce.boolean().default(true),\n";
    let whole = format!(
        "import z from \"zod\";\nconst a = z.object({{\n  VITE_URL: z.string().default(\"http://localhost:3000\"),\n  VITE_NAME: z.string(),\n  VITE_KIND: z.string(),\n}});\nconst b = z.object({{\n{line}}});\nexport const all = {{ ...a.parse({{}}), ...b.parse({{}}) }};\n"
    );
    let server = format!("import z from \"zod\";\nconst schema = z.object({{\n{line}}});\nexport const server = schema.parse({{}});\n");
    let repo = Repo::two(&[("src/env.ts", &whole)], &[("src/envServer.ts", &server)]);
    repo.check(&[]).exits(0);
    let repo = Repo::two(&[("src/env.ts", "export const a = 1;\n")], &[("src/envServer.ts", &server)]);
    repo.check(&[]).exits(1);
}

#[test]
fn a_service_is_not_excused_by_another_one() {
    let service = |name: &str| format!("  {name}:\n    image: a/{name}:1.0.0\n    privileged: true\n");
    let base = format!("services:\n{}  web:\n    image: a/web:1.0.0\n", service("old"));
    let head = "services:\n  web:\n    image: a/web:1.0.0\n    privileged: true\n";
    Repo::two(&[("compose.yaml", &base)], &[("compose.yaml", head)]).check(&[]).exits(1);
}

#[test]
fn an_untouched_block_is_no_news_when_an_earlier_one_leaves() {
    let first = "```bash\nfoo --one\n```\n\n";
    let rest = "text\n\n```bash\nexport OLLAMA_HOST=0.0.0.0\n```\n";
    let page = |first: &str| format!("# T\n\n## News\n\n{first}{rest}");
    let repo = Repo::two(&[("README.md", &page(first))], &[("README.md", &page(""))]);
    assert!(graded(&repo).iter().all(|one| one.starts_with("note unchanged")), "{:?}", graded(&repo));
}

#[test]
fn a_template_that_was_never_readable_fails_nothing() {
    let template = |version: &str| {
        format!("[project]\nname = \"n\"\ndependencies = [\"x=={version}\"]\n[project.scripts]\n{{{{n}}}} = \"n.main:run\"\n")
    };
    let repo = Repo::two(&[("templates/pyproject.toml", &template("1.0"))], &[("templates/pyproject.toml", &template("1.1"))]);
    repo.check(&[]).exits(0);
    // one that could be read is another matter
    let whole = "[project]\nname = \"n\"\ndependencies = [\"x==1.0\"]\n";
    Repo::two(&[("templates/pyproject.toml", whole)], &[("templates/pyproject.toml", &template("1.1"))]).check(&[]).exits(3);
}

#[test]
fn a_repair_is_no_alarm_and_says_which_side_was_broken() {
    let broken = "logger:\n  level: DEBUG\n  f: \"a (\"k=s\")\"\n";
    let repaired = "logger:\n  level: DEBUG\n  f: \"a ('k=s')\"\n";
    let repo = Repo::two(&[("config.yaml", broken)], &[("config.yaml", repaired)]);
    assert!(graded(&repo).iter().all(|one| one.starts_with("note")), "{:?}", graded(&repo));
    repo.check(&["--show", "all"]).exits(0).says("could not be read before this change");
    // what comes with the repair is judged
    let more = format!("{repaired}acme:\n  log_user_prompts: true\n");
    Repo::two(&[("config.yaml", broken)], &[("config.yaml", &more)]).check(&[]).exits(1);
}

#[test]
fn keywords_and_commits_are_no_secrets() {
    let workflow = |more: &str| format!("on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n{more}");
    let path = ".github/workflows/t.yml";
    let repo = Repo::two(&[(path, &workflow(""))], &[(path, &workflow("    secrets: inherit\n"))]);
    repo.check(&[]).says("`inherit`");
    let hooks = |rev: &str| format!("repos:\n- repo: https://github.com/o/b\n  rev: {rev}\n  hooks:\n  - id: b\n");
    let commit = "238bead5ec5c58935d6bb12c70f435f70b2bf785";
    let path = ".pre-commit-config.yaml";
    Repo::two(&[(path, &hooks(commit))], &[(path, &hooks("main"))]).check(&[]).says(commit);
}

#[test]
fn of_a_list_the_item_is_shown() {
    let page = |more: &str| format!("crawler:\n  browser:\n    extra_args:\n{more}      - \"--disable-gpu\"\n      - \"--mute\"\n");
    let repo = Repo::two(&[("config.yml", &page(""))], &[("config.yml", &page("      - \"--no-sandbox\"\n"))]);
    repo.check(&[]).exits(1).says("is now `--no-sandbox`");
    // two items, two findings, each on its own line
    let both = Repo::two(
        &[("config.yml", &page(""))],
        &[("config.yml", &page("      - \"--disable-web-security\"\n      - \"--x\"\n      - \"--no-sandbox\"\n"))],
    );
    both.check(&[]).exits(1).says("config.yml:4:").says("config.yml:6:");
    // what two policies say of one list is one finding, though one of them names its item
    let any = "app.add_middleware(\n    CORSMiddleware,\n    allow_origins=[\"*\"],\n    allow_credentials=True,\n)\n";
    let open = Repo::two(&[("app.py", "")], &[("app.py", any)]);
    assert_eq!(graded(&open).iter().filter(|one| !one.starts_with("note")).count(), 1);
}

/// A program whose pages may be read from where `origins` says.
fn cors(origins: &str) -> String {
    format!("from fastapi.middleware.cors import CORSMiddleware\napp.add_middleware(CORSMiddleware, allow_origins={origins})\n")
}

#[test]
fn a_literal_that_a_setting_of_the_program_holds_now_is_as_weak_as_it_was() {
    let settings = |rest: &str| format!("class Settings(BaseSettings):\n    ui: bool = False\n{rest}");
    let any = settings("    cors_origins: list[str] = [\"*\"]\n");
    let change = |was: &str, is: &str| {
        let (was, is, old) = (cors(was), cors(is), settings(""));
        Repo::two(&[("app.py", &was), ("settings.py", &old)], &[("app.py", &is), ("settings.py", &any)])
    };
    change("[\"*\"]", "settings.cors_origins").check(&[]).exits(0);
    // a variable stands between them
    let program =
        |origins: &str| format!("def app():\n    origins = {origins}\n    app.add_middleware(CORSMiddleware, allow_origins=origins)\n");
    let (was, is, old) = (program("[\"*\"]"), program("settings.cors_origins"), settings(""));
    Repo::two(&[("app.py", &was), ("settings.py", &old)], &[("app.py", &is), ("settings.py", &any)]).check(&[]).exits(0);
    // it was not that weak, it is not read from there, or it was not given away
    for (was, is) in [("[\"https://a.example\"]", "settings.cors_origins"), ("[\"*\"]", "settings.other_origins"), ("[\"*\"]", "[\"*\"]")] {
        change(was, is).check(&[]).exits(1);
    }
}

#[test]
fn a_list_that_is_only_written_out_is_the_same_list() {
    let change = |is: &str| graded(&Repo::two(&[("app.py", &cors("origins"))], &[("app.py", &cors(is))]));
    let loud = |all: Vec<String>| all.into_iter().any(|one| !one.starts_with("note"));
    assert!(!loud(change("[str(origin) for origin in origins]")));
    // another object's list, and another list
    assert!(loud(change("config.origins")) && loud(change("[str(origin) for origin in others]")));
}

#[test]
fn a_lifetime_that_moves_into_the_configuration_is_decided_there() {
    let program = |value: &str| format!("app.config['PERMANENT_SESSION_LIFETIME'] = {value}\n");
    let kept = |days: &str| format!("C = {{'auth': {{'http_auth_enabled': False{days}}}}}\n");
    let change = |days: &str| {
        let (was, is) = (program("datetime.timedelta(days=31)"), program("config['auth']['session_lifetime_of_web']"));
        let head = kept(&format!(", 'session_lifetime_of_web': {days}"));
        graded(&Repo::two(&[("app.py", &was), ("config.py", &kept(""))], &[("app.py", &is), ("config.py", &head)]))
    };
    assert!(change("datetime.timedelta(days=31)").contains(&"note undecided auth/token-lifetime-code".to_owned()));
    assert!(change("datetime.timedelta(days=365)").contains(&"warning undecided auth/token-lifetime-code".to_owned()));
}

#[test]
fn a_literal_of_a_template_that_the_chart_s_values_hold_now() {
    let service =
        |kind: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\nspec:\n  type: {kind}\n  ports: [{{port: 80}}]\n");
    let change = |values: &str| {
        let base =
            [("c/Chart.yaml", "name: c\nversion: 1.0.0\n"), ("c/values.yaml", "cache: {enabled: true}\nweb: {serviceType: NodePort}\n")];
        let (was, is) = (service("ClusterIP"), service("{{ .Values.cache.serviceType | quote }}"));
        let values = format!("{values}web: {{serviceType: NodePort}}\n");
        let (base, head) =
            ([base[0], base[1], ("c/templates/s.yaml", &was)], [base[0], ("c/values.yaml", &values), ("c/templates/s.yaml", &is)]);
        graded(&Repo::two(&base, &head))
    };
    let loud = |all: Vec<String>| all.into_iter().any(|one| !one.starts_with("note"));
    assert!(!loud(change("cache: {enabled: true, serviceType: ClusterIP}\n")));
    assert!(loud(change("cache: {enabled: true, serviceType: LoadBalancer}\n")) && loud(change("cache: {enabled: true}\n")));
}

#[test]
fn a_known_secret_under_its_new_name_was_known_before() {
    let pod = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: h}}\nspec:\n  containers:\n    - name: h\n      image: a/b:1.2.3\n      env:\n        - name: {name}\n          value: minioadmin\n"
        )
    };
    let change = |was: &str| Repo::two(&[("h.yaml", &pod(was))], &[("h.yaml", &pod("AWS_SECRET_ACCESS_KEY"))]);
    change("AWS_S3SECRET").check(&[]).exits(0);
    // a user's name is no secret
    change("AWS_USER").check(&[]).exits(1);
    let both = format!("{}        - name: AWS_SECRET_ACCESS_KEY\n          value: minioadmin\n", pod("AWS_S3SECRET"));
    Repo::two(&[("h.yaml", &pod("AWS_S3SECRET"))], &[("h.yaml", &both)]).check(&[]).exits(1);
}

#[test]
fn another_service_with_the_same_image_moves_no_more_than_the_first() {
    let service = |name: &str, image: &str| format!("  {name}:\n    image: {image}\n");
    let change = |was: &str| {
        let base = format!("services:\n{}", service("web", was));
        graded(&Repo::two(&[("compose.yaml", &base)], &[("compose.yaml", &format!("{base}{}", service("import", "a/web:latest")))]))
    };
    assert!(change("a/web:latest").contains(&"note introduced supply-chain/image-pin".to_owned()));
    assert!(change("a/web:1.2.3").contains(&"warning introduced supply-chain/image-pin".to_owned()));
}

#[test]
fn what_was_counted_before_can_be_refused_now() {
    let counts = "import os\nimport sentry_sdk\n\n\ndef count(name):\n    sentry_sdk.capture_message(name)\n";
    let refuses = format!("{counts}\n\ndef telemetry_opt_out():\n    return os.getenv('ACME_TELEMETRY_OPT_OUT')\n");
    assert_eq!(graded(&Repo::two(&[("events.py", counts)], &[("events.py", &refuses)])), ["note introduced lexicon/privacy-words"]);
}

#[test]
fn a_function_under_a_longer_name_is_that_function() {
    let connect = |name: &str, mode: &str| {
        format!("func {name}(c Config) {{\n\topen(fmt.Sprintf(\"host=%s port=%d sslmode={mode}\", c.A, c.P))\n}}\n")
    };
    let file = |functions: &str| format!("package db\n\nimport \"fmt\"\n\n{functions}");
    let change = |head: &str| graded(&Repo::two(&[("db.go", &file(&connect("Connect", "require")))], &[("db.go", &file(head))]));
    assert_eq!(change(&connect("ConnectPostgres", "%s")), ["error removed encryption/database-url-tls"]);
    assert_eq!(change(&connect("ConnectPostgres", "require")), Vec::<String>::new());
    // either of two may be it
    let two = connect("ConnectPostgres", "require") + &connect("ConnectLocal", "disable");
    assert_eq!(change(&two), ["warning introduced encryption/database-url-tls"]);
}

#[test]
fn a_variable_that_comes_with_the_literal_of_its_line_takes_nothing_away() {
    let change = |base: &str, head: &str| graded(&Repo::two(&[("app.py", base)], &[("app.py", head)]));
    let loud = |base: &str, head: &str| change(base, head).iter().any(|one| !one.starts_with("note"));
    let head = "import os\nACME_TELEMETRY = bool(os.environ.get('ACME_TELEMETRY', True))\n";
    assert!(!loud("import os\nACME_TELEMETRY = True\n", head));
    assert!(loud("import os\nACME_TELEMETRY = None\n", head));
    // a line that every program has says nothing of this one
    let asked = "import os\ndef other():\n    return True\ndef telemetry():\n    return os.environ.get('ACME_TELEMETRY', True)\n";
    assert!(loud("import os\ndef other():\n    return True\n", asked));
}

#[test]
fn a_public_secret_in_the_place_of_another_is_no_loss() {
    let change = |base: &str, head: &str| graded(&Repo::two(&[(".env.example", base)], &[(".env.example", head)]));
    let known = "JWT_SECRET_KEY=__REPLACE_ME__before_starting\n";
    assert_eq!(
        change("JWT_SECRET_KEY=my-test-key-but-now-longer-than-32-bytes\n", known).first().map(String::as_str),
        Some("note weakened secrets/known-secret")
    );
    // what asked for a secret was none
    assert_eq!(
        change("JWT_SECRET_KEY=<your-secret>\n", "JWT_SECRET_KEY=changeme\n").first().map(String::as_str),
        Some("error weakened secrets/known-secret")
    );
}

#[test]
fn a_subject_of_the_lexicon_may_say_that_a_new_one_is_a_note() {
    let change = |base: &str, head: &str| graded(&Repo::two(&[(".env", base)], &[(".env", head)]));
    assert_eq!(change("A=1\n", "A=1\nACME_ENABLE_SWAGGER=true\n"), ["note introduced lexicon/privacy-words"]);
    assert_eq!(change("ACME_ENABLE_SWAGGER=false\n", "ACME_ENABLE_SWAGGER=true\n"), ["error weakened lexicon/privacy-words"]);
}

#[test]
fn another_call_with_the_same_argument_checks_no_less() {
    let file = |calls: &[&str]| format!("import httpx\nimport requests\n\n\ndef f(url):\n{}\n", calls.join("\n"));
    let old = file(&["    requests.post(url, verify=False)"]);
    let new = file(&["    with httpx.Client(verify=False) as client:", "        client.post(url)"]);
    let repo = Repo::two(&[("a.py", &old)], &[("a.py", &new)]);
    assert!(graded(&repo).iter().all(|line| line.starts_with("note")), "{:?}", graded(&repo));
    // one more is one more
    let both =
        file(&["    requests.post(url, verify=False)", "    with httpx.Client(verify=False) as client:", "        client.post(url)"]);
    let repo = Repo::two(&[("a.py", &old)], &[("a.py", &both)]);
    assert!(graded(&repo).contains(&"error introduced encryption/python-client-verify".into()), "{:?}", graded(&repo));
}

#[test]
fn an_expression_that_a_program_writes_into_its_configuration_is_what_it_comes_to() {
    let file = |value: &str| {
        format!("class VerifyConfig:\n    @classmethod\n    def sample(cls):\n        return {{\"tls_verify\": \"{value}\"}}\n")
    };
    let change = |was: &str, is: &str| graded(&Repo::two(&[("config.py", &file(was))], &[("config.py", &file(is))]));
    assert_eq!(change("${env.TLS_VERIFY:true}", "${env.TLS_VERIFY:=true}"), Vec::<String>::new());
    assert_eq!(change("${env.TLS_VERIFY:=true}", "${env.TLS_VERIFY:=false}"), ["error weakened encryption/tls-verify-key"]);
}

#[test]
fn a_question_before_what_is_sent_takes_nothing_away() {
    let sends = "import os\n\n\ndef count(name):\n    post(name)\n";
    let asks = "import os\n\n\ndef count(name):\n    if os.getenv('DISABLE_TELEMETRY', '').lower() in ('1', 'true'):\n        return\n    post(name)\n";
    let change = |was: &str, is: &str| graded(&Repo::two(&[("events.py", was)], &[("events.py", is)]));
    assert_eq!(change(sends, asks), ["note introduced telemetry/disable-telemetry"]);
    assert_eq!(change(asks, sends), ["error removed telemetry/opt-out-asked"]);
    // with what it refuses it is as weak as that
    assert_eq!(change("import os\n", asks), ["warning introduced telemetry/disable-telemetry"]);
}

#[test]
fn what_was_an_example_is_new_where_it_is_shipped() {
    let loads = "from transformers import AutoTokenizer\n\n\ndef load(path):\n    return AutoTokenizer.from_pretrained(path, trust_remote_code=True)\n";
    let ships = Repo::two(&[("examples/loader.py", loads)], &[("acme/loader.py", loads)]);
    assert!(graded(&ships).contains(&"error introduced supply-chain/trust-remote-code".into()), "{:?}", graded(&ships));
    let moves = Repo::two(&[("acme/old.py", loads)], &[("acme/loader.py", loads)]);
    assert!(graded(&moves).iter().all(|line| line.starts_with("note")), "{:?}", graded(&moves));
}

#[test]
fn the_opposite_of_what_nobody_knows_is_not_known() {
    let get = |verify: &str| format!("import requests\n\n\ndef get(url, context):\n    return requests.get(url, verify={verify})\n");
    let change = |is: &str| graded(&Repo::two(&[("a.py", "import requests\n")], &[("a.py", &get(is))]));
    assert_eq!(change("not context.obj['off']"), Vec::<String>::new());
    assert_eq!(change("False"), ["error introduced encryption/python-client-verify"]);
}
