//! Patterns for names and paths, example by example.

use super::*;
use crate::policy::file::Files;

fn steps(path: &str) -> Vec<PathStep<'static>> {
    path.split('.').map(|step| PathStep { name: fold(step).into(), item: None }).collect()
}

#[test]
fn braces_unfold_in_order_and_nest() {
    assert_eq!(unfold("a{b,c{d,e}}f").unwrap(), ["abf", "acdf", "acef"]);
    assert_eq!(unfold("ORIGIN{,S}").unwrap(), ["ORIGIN", "ORIGINS"]);
    assert!(unfold("a{b").is_err());
    assert!(unfold("a}b").is_err());
    assert!(unfold(&"{a,b}".repeat(12)).is_err());
}

#[test]
fn stars_capture_and_names_bind_once() {
    let pattern = TextPattern::parse("*_PASSWORD").unwrap();
    assert_eq!(pattern.captures("DB_PASSWORD").unwrap(), [("0".into(), "DB".into())]);
    assert!(pattern.captures("DB_PASSWORDS").is_none());
    let twice = TextPattern::parse("<x>_<x>").unwrap();
    assert!(twice.captures("a_a").is_some());
    assert!(twice.captures("a_b").is_none());
}

#[test]
fn a_regular_expression_captures_its_groups_or_everything() {
    let pattern = TextPattern::parse("/^(.+)_KEY$/").unwrap();
    assert_eq!(pattern.captures("A_KEY").unwrap(), [("1".into(), "A".into())]);
    let whole = TextPattern::parse("/KEY/").unwrap();
    assert_eq!(whole.captures("A_KEY").unwrap(), [("0".into(), "A_KEY".into())]);
    let named = TextPattern::parse("/^(?<what>.+)_(KEY|LOG)$/").unwrap();
    assert_eq!(named.captures("A_LOG").unwrap(), [("what".into(), "A".into()), ("2".into(), "LOG".into())]);
    assert!(LazyRegex::new("(").is_err());
}

#[test]
fn paths_fold_case_dashes_and_underscores() {
    let pattern = KeyPattern::parse("**.cors.allow_origins").unwrap();
    let fit = pattern.fits(&steps("server.Cors.allowOrigins")).unwrap();
    assert_eq!(fit.anchor, 1);
    assert!(pattern.fits(&steps("cors.allow-origins")).is_some());
    assert!(pattern.fits(&steps("cors.x.allow-origins")).is_none());
    assert!(KeyPattern::parse("telemetry.enabled").unwrap().fits(&steps("a.telemetry.enabled")).is_none());
}

#[test]
fn list_items_are_told_apart_by_a_field() {
    let fields: Vec<(Box<str>, Box<str>)> = vec![("name".into(), "web".into())];
    let path = [
        PathStep { name: "spec".into(), item: None },
        PathStep { name: "containers".into(), item: Some(&fields) },
        PathStep { name: "image".into(), item: None },
    ];
    let fit = KeyPattern::parse("**.containers[name].image").unwrap().fits(&path).unwrap();
    assert_eq!(fit.captures, [(1, ("[name]".into(), "web".into()), false)]);
    assert!(KeyPattern::parse("**.containers.image").unwrap().fits(&path).is_none(), "a list needs its brackets");
    assert!(KeyPattern::parse("**.image").unwrap().fits(&path).is_some(), "any steps swallow lists too");
}

/// All expressions of the catalogue that are asked often, with the texts that what fits must hold.
fn expressions() -> Vec<(&'static str, &'static [&'static str])> {
    let catalogue = crate::policy::catalogue::Catalogue::built_in().unwrap();
    let tables = catalogue.names().tables().iter().map(|part| part.table);
    let all = tables.flat_map(|table| {
        let named = table.wildcards.iter().map(|one| (one.text, one.needles.as_slice()));
        let wild = table.wild.iter().flat_map(|one| [(one.text, one.needles.as_slice()), (one.value, one.in_value.as_slice())]);
        named.chain(wild)
    });
    let mut all: Vec<_> = all.filter_map(|(text, needles)| Some((between_slashes(text)?, needles))).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Words and lines of all examples, and some that no example has.
fn texts() -> Vec<String> {
    let files = crate::policy::catalogue::built_in_files().unwrap();
    let mut all: Vec<String> = Vec::new();
    for side in files.iter().flat_map(|policy| &policy.examples).flat_map(|example| [&example.base, &example.head]) {
        let texts = match side {
            Files::One(text) => vec![text],
            Files::Many(texts) => texts.values().collect(),
        };
        all.extend(texts.into_iter().flat_map(|text| text.lines()).map(|line| line.trim().to_owned()));
    }
    all.sort();
    all.dedup();
    let words: Vec<String> =
        all.iter().flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || "_-.".contains(c)))).map(str::to_owned).collect();
    all.extend(words.iter().flat_map(|word| [word.clone(), word.to_uppercase(), format!("'{word}'"), format!("load({word})")]));
    all.extend(["\u{212a}EY", "\u{17f}ecret_key", "", " ", "a\nb", "é"].map(str::to_owned));
    all.sort();
    all.dedup();
    all
}

#[test]
fn both_programs_say_the_same_and_nothing_fits_without_its_needle() {
    let (expressions, mut texts) = (expressions(), texts());
    assert!(expressions.len() > 50 && texts.len() > 5_000, "{} and {}", expressions.len(), texts.len());
    // each text with some expressions, each expression with many texts
    let mut fitting = 0;
    for (number, (source, needles)) in expressions.iter().enumerate() {
        let small = regex_lite::RegexBuilder::new(source).build().ok();
        let large = compile(source).unwrap();
        let sieve = crate::policy::table::Sieve::new(std::iter::once(*needles));
        texts.rotate_left(number % 7);
        for text in texts.iter().step_by(7) {
            let fits = large.is_match(text.as_bytes());
            fitting += usize::from(fits);
            if let Some(small) = small.as_ref().filter(|_| text.is_ascii()) {
                assert_eq!(small.is_match(text), fits, "{source} of {text}");
                let of_small = small.captures(text).map(|found| found.iter().map(|one| one.map(|one| one.range())).collect::<Vec<_>>());
                let found = large.captures(text.as_bytes());
                let of_large = found.map(|found| found.iter().map(|one| one.map(|one| one.range())).collect::<Vec<_>>());
                assert_eq!(of_small, of_large, "{source} of {text}");
            }
            let held = !sieve.may_fit(&crate::policy::table::Asked::new(text)).is_empty();
            assert!(!fits || held, "{source} fits {text} without {needles:?}");
        }
    }
    assert!(fitting > 100, "{fitting}");
}

#[test]
fn a_long_expression_fits_what_it_fits_whatever_is_asked_first() {
    let mut sources = Vec::new();
    for folder in std::fs::read_dir("policies").unwrap().flatten().filter(|folder| folder.path().is_dir()) {
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let between = text.lines().filter_map(|line| line.split_once("\"/")?.1.rsplit_once("/\"").map(|(source, _)| source));
            sources.extend(between.filter(|source| source.len() > LONG).map(|source| source.replace("\\\\", "\\").replace("\\\"", "\"")));
        }
    }
    sources.retain(|source| compile(source).is_ok());
    let known = sources.iter().filter(|source| beginnings(source).is_some()).count();
    assert!(sources.len() > 10 && known > 1, "{known} of {}", sources.len());
    let mut texts = texts();
    let token = |start: &str| format!("{start}{}", "aB3".repeat(20));
    let made = ["ghp_", "\"ghp_", "'Bearer github_pat_", "Bearer sk-", "sk_live_", "rk_live_", "gho_", "glpat-", "AKIA", "con-"].map(token);
    texts.extend(made.iter().flat_map(|text| [text.clone(), format!("{text}\""), text.to_uppercase()]));
    for source in &sources {
        let (asked, large) = (LazyRegex::unchecked(source), compile(source).unwrap());
        for text in texts.iter().step_by(5).chain(&made) {
            assert_eq!(asked.fits(text), large.is_match(text.as_bytes()), "{source} of {text}");
        }
    }
    assert!(made.iter().filter(|text| sources.iter().any(|source| LazyRegex::unchecked(source).fits(text))).count() > 4);
}
