//! The texts that people read agree with the program: tables name every reader and lens, pictures are what is printed,
//! commands exist.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The lines of a table's row that starts with this name.
fn row<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    page.lines().find(|line| line.starts_with(&format!("| `{name}` |")))
}

#[test]
fn the_page_of_readers_names_every_reader_and_lens() {
    let page = text("docs/readers.md");
    let readers = privgate::read::READERS.iter().map(|reader| (reader.name, reader.about));
    let lenses = privgate::read::lens::LENSES.iter().map(|lens| (lens.name, lens.about));
    for (name, about) in readers.chain(lenses) {
        let row = row(&page, name).unwrap_or_else(|| panic!("docs/readers.md has no row `{name}`: {about}"));
        assert!(row.contains(about), "docs/readers.md says of `{name}` something else than the program: {about}");
    }
}

#[test]
fn the_pages_of_the_catalogue_are_those_of_the_policies() {
    for (path, page) in privgate::cli::pages::pages().unwrap() {
        assert!(text(&format!("docs/catalogue/{path}")) == page, "docs/catalogue/{path} is old: run `privgate policy docs`");
    }
}

#[test]
fn the_picture_in_the_readme_is_what_the_program_prints() {
    let output = Command::cargo_bin("privgate")
        .unwrap()
        .args(["check", "--base", "dir:examples/weakened/base", "--head", "dir:examples/weakened/head"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    let readme = text("README.md");
    let (_, rest) = readme.split_once("```text\n").expect("the README has a picture");
    let (picture, _) = rest.split_once("```").unwrap();
    for part in picture.split("\n...\n") {
        assert!(printed.contains(part.trim_end()), "the README shows\n{part}\nthe program prints\n{printed}");
    }
}

#[test]
fn every_command_line_in_the_texts_is_understood() {
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/policies.md",
        "docs/readers.md",
        "docs/architecture.md",
        "docs/ci.md",
        "docs/forge.md",
        "docs/hooks.md",
        "docs/commands.md",
        "examples/weakened/README.md",
        "examples/github/README.md",
        "examples/hooks/README.md",
        "docs/configuration.md",
        "docs/waivers.md",
        "examples/weakened/README.md",
        "examples/own-policy/README.md",
    ] {
        let page_text = text(page);
        // every second piece is a block of code
        for line in page_text.split("```").skip(1).step_by(2).flat_map(str::lines).map(str::trim) {
            let line = line.strip_prefix("- ").unwrap_or(line);
            let Some(rest) = line.strip_prefix("privgate ") else { continue };
            let words: Vec<&str> = rest.split('#').next().unwrap_or("").split_whitespace().collect();
            let known = Command::cargo_bin("privgate").unwrap().args(&words).arg("--help").output().unwrap();
            assert!(known.status.success(), "{page}: {line}\n{}", String::from_utf8_lossy(&known.stderr));
        }
    }
}

#[test]
fn every_relative_link_leads_somewhere() {
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "docs/architecture.md",
        "docs/readers.md",
        "docs/policies.md",
        "docs/measured.md",
        "docs/adoption.md",
        "docs/ci.md",
        "docs/commands.md",
        "docs/hooks.md",
        "examples/github/README.md",
        "examples/gitlab/README.md",
        "examples/hooks/README.md",
        "docs/configuration.md",
        "docs/waivers.md",
        "docs/threat-model.md",
        "docs/fuzzing.md",
        "docs/mutation.md",
        "examples/weakened/README.md",
        "examples/own-policy/README.md",
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = text(page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or("");
            let outside = path.is_empty() || path.contains("://");
            assert!(outside || folder.with_file_name("").join(path).exists(), "{page}: {target} leads nowhere");
        }
    }
}

#[test]
fn the_policy_that_the_page_teaches_with_passes_its_examples() {
    let page = text("docs/policies.md");
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (policy, _) = rest.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("telemetry")).unwrap();
    fs::write(folder.path().join("telemetry/acme.yaml"), policy).unwrap();
    let output =
        Command::cargo_bin("privgate").unwrap().args(["policy", "test", "telemetry/acme.yaml"]).current_dir(&folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_defence_in_the_threat_model_names_a_test_that_is_there() {
    let mut tests = String::new();
    for folder in [
        "tests",
        "tests/forge",
        "tests/gate",
        "tests/properties",
        "src/check",
        "src/cli",
        "src/revision/base",
        "src/revision/tests",
        "src/report",
        "src/report/human",
    ] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "rs") {
                tests.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let page = text("docs/threat-model.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit()).collect();
    assert_eq!(rows.len(), 37, "one row for each known bypass");
    let (_, forge) = page.split_once("## The forge").unwrap();
    let forge: Vec<&str> = forge.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| attack")).collect();
    assert!(forge.len() >= 6);
    for row in rows.into_iter().chain(forge) {
        let last = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let named: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty() || last.contains("open"), "{row}");
        for name in named {
            assert!(tests.contains(&format!("fn {name}(")), "{name} is no test");
        }
    }
}
