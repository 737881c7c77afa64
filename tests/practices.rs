//! Every practice that files can show is looked after by a policy or a reader that is there, and the page says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::path::Path;

use privgate::policy::catalogue::Catalogue;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Practices {
    chapter: Vec<Chapter>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    title: String,
    practice: Vec<Practice>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Practice {
    says: String,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    readers: Vec<String>,
    beyond: Option<String>,
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn practices() -> Practices {
    toml::from_str(&text("docs/practices.toml")).unwrap()
}

#[test]
fn every_practice_has_somebody_who_looks_after_it() {
    let all: Vec<Practice> = practices().chapter.into_iter().flat_map(|chapter| chapter.practice).collect();
    for practice in &all {
        let some = !practice.policies.is_empty() || !practice.readers.is_empty() || practice.beyond.is_some();
        assert!(some, "nobody looks after: {}", practice.says);
    }
    // of the few that files cannot show each says why
    let by_files = all.iter().filter(|practice| !practice.policies.is_empty() || !practice.readers.is_empty()).count();
    assert!(all.len() == 98 && by_files >= 86, "{by_files} of {}", all.len());
}

#[test]
fn whoever_is_named_is_there() {
    let catalogue = Catalogue::built_in().unwrap();
    let known = |id: &str| {
        catalogue.policies().iter().any(|policy| policy.rule.id == id || policy.reported() == id)
            || privgate::gate::prose(id).is_some()
            || privgate::data::prose(id).is_some()
    };
    let reads = |name: &str| {
        privgate::read::READERS.iter().any(|reader| reader.name == name)
            || privgate::read::lens::LENSES.iter().any(|lens| lens.name == name)
    };
    for practice in practices().chapter.iter().flat_map(|chapter| &chapter.practice) {
        for id in &practice.policies {
            assert!(known(id), "no policy `{id}`: {}", practice.says);
        }
        for name in &practice.readers {
            assert!(reads(name), "no reader `{name}`: {}", practice.says);
        }
    }
}

#[test]
fn the_page_is_that_of_the_table() {
    let page = text("docs/practices.md");
    for chapter in practices().chapter {
        assert!(page.contains(&format!("## {}\n", chapter.title)), "{}", chapter.title);
        for practice in chapter.practice {
            let row = page.lines().find(|line| line.starts_with(&format!("| {} |", practice.says)));
            let row = row.unwrap_or_else(|| panic!("docs/practices.md is old: run .ci/practices.py ({})", practice.says));
            let named = practice.policies.iter().chain(&practice.readers).chain(practice.beyond.iter());
            for name in named {
                assert!(row.contains(name.as_str()), "docs/practices.md is old: run .ci/practices.py ({})", practice.says);
            }
        }
    }
}
