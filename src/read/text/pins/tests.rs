//! Manifests, lock files and references, sentence by sentence.

use super::*;

/// `package version` of every pin, and proof that the spans hold what was read.
fn said(path: &str, text: &str) -> Vec<String> {
    assert!(claims(path), "{path}");
    let reading = read(path, text);
    for setting in &reading.settings {
        assert_eq!(setting.value_span.of(text), &*setting.raw);
    }
    let shown = |version: &PinVersion| match version {
        PinVersion::Exact(version) => format!("={version}"),
        PinVersion::Range(version) => format!("~{version}"),
        PinVersion::Any => "any".into(),
    };
    for pin in &reading.pins {
        if let PinVersion::Exact(version) = &pin.version {
            assert!(pin.span.of(text).contains(&**version), "{pin:?}");
        }
        let name = pin.package.split_once(':').unwrap().1;
        let setting = reading.settings.iter().find(|s| &*s.names[0].1 == name).unwrap();
        let written = setting.name_span.of(text).to_lowercase().replace(['_', '.'], "-");
        assert!(written == name.to_lowercase().replace(['_', '.'], "-") || written == "version", "{written} {name}");
        assert_eq!(setting.names[0].0, Surface::Dependency);
    }
    reading.pins.iter().map(|pin| format!("{} {}", pin.package, shown(&pin.version))).collect()
}

#[test]
fn requirements_are_read_in_every_spelling() {
    let text = "# c\nvLLM==0.6.0  # note\nTorch_Audio >=2,<3 ; python_version > '3'\nuvicorn[standard]~=0.30\nplain\n-r other.txt\n-e .\nx @ git+https://y\nhashed==1.0 \\\n    --hash=sha256:aa\ny==1.*\nz (>=1)\n";
    assert_eq!(
        said("requirements.txt", text),
        [
            "pypi:vllm =0.6.0",
            "pypi:torch-audio ~>=2,<3",
            "pypi:uvicorn ~~=0.30",
            "pypi:plain any",
            "pypi:x any",
            "pypi:hashed =1.0",
            "pypi:y ~==1.*",
            "pypi:z ~>=1"
        ]
    );
}

#[test]
fn options_of_requirements_are_flags() {
    let reading = read("requirements.txt", "--extra-index-url https://x\n--trusted-host=y\n");
    let names: Vec<&str> = reading.settings.iter().map(|s| &*s.names[0].1).collect();
    assert_eq!(names, ["--extra-index-url", "--trusted-host"]);
}

#[test]
fn pyproject_lists_and_tables_are_read() {
    let text = "[project]\nname = \"me\"\ndependencies = [\n  \"a>=1\", # c ]\n  'b[x]==2',\n]\n[project.optional-dependencies]\ndev = [\"c\"]\n[tool.poetry.dependencies]\npython = \"^3\"\nd = \"^4\"\ne = { version = \"==5\", extras = [\"x\"] }\nf = {git = \"u\"}\n[tool.other]\ng = \"1\"\n";
    assert_eq!(said("pyproject.toml", text), ["pypi:a ~>=1", "pypi:b =2", "pypi:c any", "pypi:d ~^4", "pypi:e =5", "pypi:f any"]);
}

#[test]
fn lock_files_give_exact_versions() {
    let lock = "version = 1\n[[package]]\nname = \"A.b\"\nversion = \"1.0\"\n\n[package.dependencies]\nname = \"x\"\n[[package]]\nname = \"c\"\nversion = \"2\"\n";
    assert_eq!(said("uv.lock", lock), ["pypi:a-b =1.0", "pypi:c =2"]);
    assert_eq!(said("Cargo.lock", lock)[1], "cargo:c =2");
    let pipfile = "{\"_meta\": {\"x\": {\"version\": \"9\"}}, \"default\": {\"a\": {\"hashes\": [\"h\"], \"version\": \"==1.2\"}}}";
    assert_eq!(said("Pipfile.lock", pipfile), ["pypi:a =1.2"]);
}

#[test]
fn package_json_names_what_it_depends_on() {
    let text = r#"{"name": "x", "version": "1.0.0", "scripts": {"a": "b"}, "dependencies": {"next": "^13.4", "@a/b": "1.2.3", "l": "latest", "w": "workspace:*"}, "devDependencies": {"d": "~1"}}"#;
    assert_eq!(said("package.json", text), ["npm:next ~^13.4", "npm:@a/b =1.2.3", "npm:l any", "npm:w any", "npm:d ~~1"]);
}

#[test]
fn the_locks_of_npm_yarn_and_pnpm_are_read() {
    let npm = r#"{"packages": {"": {"version": "1.0.0"}, "node_modules/next": {"version": "13.4.1", "dependencies": {"x": "1"}}, "node_modules/a/node_modules/@b/c": {"version": "2.0.0"}}}"#;
    assert_eq!(said("package-lock.json", npm), ["npm:next =13.4.1", "npm:@b/c =2.0.0"]);
    let old = r#"{"version": "0", "dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}}}}"#;
    assert_eq!(said("package-lock.json", old), ["npm:a =1.0.0", "npm:b =2.0.0"]);
    let yarn = "# yarn\n\n\"@a/b@^1.0\", \"@a/b@^1.1\":\n  version \"1.2.3\"\n  dependencies:\n    x \"1\"\nnext@13:\n  version \"13.4.1\"\n\"c@npm:^2\":\n  version: 2.1.0\n";
    assert_eq!(said("yarn.lock", yarn), ["npm:@a/b =1.2.3", "npm:next =13.4.1", "npm:c =2.1.0"]);
    let pnpm = "lockfileVersion: '9'\nimporters:\n  .:\n    x: 1\npackages:\n  '@a/b@1.2.3':\n    resolution: {}\n  /next@13.4.1(react@18.0.0):\n    x: 1\n  /old/1.0.0_peer@2:\n    x: 1\nsnapshots:\n  y@1: {}\n";
    assert_eq!(said("pnpm-lock.yaml", pnpm), ["npm:@a/b =1.2.3", "npm:next =13.4.1", "npm:old =1.0.0"]);
}

#[test]
fn a_file_that_breaks_off_says_so() {
    for (path, text) in [
        ("package.json", "{\"dependencies\": {"),
        ("package-lock.json", "<<<<<<< x\n{}"),
        ("pyproject.toml", "[project]\ndependencies = [\n\"a\"\n"),
    ] {
        assert!(read(path, text).unreadable().is_some(), "{path}");
    }
    assert!(read("package.json", "{}\n").unreadable().is_none());
}

#[test]
fn cargo_manifests_are_read_in_every_spelling() {
    let text = "[package]\nversion = \"9\"\n[dependencies]\na = \"1.2\"\nb = { version = \"=2.0.1\", features = [\"version\"] }\nc = { package = \"real\", version = \"3\" }\nd.workspace = true\n[target.'cfg(unix)'.dev-dependencies]\ne = \"*\"\n[workspace.dependencies]\nf = { path = \"x\" }\n[dependencies.g]\nversion = \"4\"\n";
    assert_eq!(said("Cargo.toml", text), ["cargo:a ~1.2", "cargo:b =2.0.1", "cargo:real ~3", "cargo:e any", "cargo:f any", "cargo:g ~4"]);
}

#[test]
fn go_modules_are_read_alone_and_in_blocks() {
    let text = "module m/x\ngo 1.22\nrequire a.b/c v1.2.3\nrequire (\n\td.e/f/v2 v2.0.0 // indirect\n)\nreplace g => ../h\n";
    assert_eq!(said("go.mod", text), ["go:a.b/c =1.2.3", "go:d.e/f/v2 =2.0.0"]);
}

#[test]
fn a_reference_falls_into_repository_tag_and_digest() {
    assert_eq!(split_reference("a/b:1"), ("a/b", Some("1"), None));
    assert_eq!(split_reference("host:5000/a"), ("host:5000/a", None, None));
    assert_eq!(split_reference("host:5000/a:2@sha256:ab"), ("host:5000/a", Some("2"), Some("sha256:ab")));
    assert_eq!(split_reference("docker.io/library/python"), ("python", None, None));
    assert_eq!(split_reference(""), ("", None, None));
}

#[test]
fn a_tag_says_how_exact_it_is() {
    assert_eq!(of_tag(None), PinVersion::Any);
    assert_eq!(of_tag(Some("latest")), PinVersion::Any);
    assert_eq!(of_tag(Some("v0.6.1")), PinVersion::Exact("0.6.1".into()));
    assert_eq!(of_tag(Some("3.12-slim")), PinVersion::Exact("3.12-slim".into()));
    assert_eq!(of_tag(Some("3")), PinVersion::Range("3".into()));
    assert_eq!(of_tag(Some("main")), PinVersion::Range("main".into()));
}

#[test]
fn names_of_manifests_are_known() {
    for path in ["a/requirements-dev.txt", "requirements/prod.txt", "constraints.txt", "dev-requirements.in"] {
        assert!(claims(path), "{path}");
    }
    assert!(!claims("notes.txt"));
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "([ -~é\\n\\r\\t]|\\[\\[package\\]\\]\\n|name = \"|version = \"|\"packages\": \\{|require \\(\\n){0,50}") {
        for path in ["requirements.txt", "pyproject.toml", "uv.lock", "Pipfile.lock", "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "Cargo.toml", "go.mod"] {
            let reading = read(path, &text);
            for setting in &reading.settings {
                assert_eq!(setting.value_span.of(&text), &*setting.raw);
            }
        }
    }
}

#[test]
fn a_requirement_tells_whether_what_is_installed_is_checked() {
    let text = "a==1 \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\nb==2\nc==3 --hash=sha256:cc # why\n";
    let reading = read("requirements.txt", text);
    let hashes = reading.settings.iter().filter(|setting| setting.names[0].0 == Surface::Directive);
    let said: Vec<String> =
        hashes.map(|setting| format!("{} {:?} {}", reading.get(setting.scope).name, setting.value, setting.value_span.of(text))).collect();
    assert_eq!(said, ["a One(Bool(true)) --hash=sha256:aa", "b One(Bool(false)) ", "c One(Bool(true)) --hash=sha256:cc"]);
}

#[test]
fn a_reference_is_the_value_and_its_tag_the_version() {
    let value = |path: &str, text: &str| {
        let reading = read(path, text);
        let found = reading.settings.iter().filter(|setting| setting.names[0].0 == Surface::Dependency);
        found.map(|setting| format!("{} {}", setting.names[0].1, setting.raw)).collect::<Vec<_>>()
    };
    let sha = "0123456789abcdef0123456789abcdef01234567";
    let text =
        format!("git+https://h/o/My_Pkg.git@v1.2.3\n-e git+ssh://git@h/o/x@{sha}#egg=y\nz @ git+https://h/z@{sha}\nhttps://h/w-1.0.whl\n");
    assert_eq!(
        value("requirements.txt", &text),
        [
            "my-pkg git+https://h/o/My_Pkg.git@v1.2.3".to_owned(),
            format!("y git+ssh://git@h/o/x@{sha}#egg=y"),
            format!("z @ git+https://h/z@{sha}"),
            "w-1-0-whl https://h/w-1.0.whl".to_owned(),
        ]
    );
    let versions: Vec<PinVersion> = read("requirements.txt", &text).pins.into_iter().map(|pin| pin.version).collect();
    assert_eq!(versions, [PinVersion::Exact("1.2.3".into()), PinVersion::Any, PinVersion::Any, PinVersion::Any]);
    let poetry = format!("[tool.poetry.dependencies]\na = {{git = \"https://h/a\", rev = \"{sha}\"}}\nb = {{git = \"https://h/b\"}}\n");
    assert_eq!(value("pyproject.toml", &poetry), [format!("a {sha}"), "b https://h/b".to_owned()]);
    let uv = "[tool.uv.sources]\na = { git = \"https://h/a\", branch = \"main\" }\nb = { workspace = true }\n";
    assert_eq!(value("pyproject.toml", uv), ["a main"]);
    assert!(read("pyproject.toml", uv).pins.is_empty());
    assert_eq!(read("pyproject.toml", uv).settings[0].value, Outcome::text("git+https://h/a@main"));
    let package = "{\"dependencies\": {\"a\": \"git+https://h/a.git#v2.0.1\", \"b\": \"github:o/b#main\"}}";
    assert_eq!(value("package.json", package), ["a git+https://h/a.git#v2.0.1", "b github:o/b#main"]);
    assert_eq!(read("package.json", package).pins[0].version, PinVersion::Exact("2.0.1".into()));
}
