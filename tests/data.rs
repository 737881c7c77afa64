//! Data files under `data:` of the configuration, from the outside; and how precise the recognisers are, on a labelled set that is
//! generated here from templates, with lines that only look like identifiers.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

use privgate::data::{BUDGET, Changed, Kind, find, scan};

mod support;

use support::Repo;

const ASKS: (&str, &str) = ("privgate.yaml", "data: { files: [\"data/**\"] }\n");
const NONE: (&str, &str) = ("data/people.csv", "id,text\n1,hello\n");
const SOME: (&str, &str) = ("data/people.csv", "id,text\n1,hello\n2,ask jane.roe@mail.org\n3,4556 7375 8689 9855\n");

fn told(ran: &support::Ran) -> Vec<String> {
    let json = ran.json();
    let of = |finding: &serde_json::Value| {
        let word = |key: &str| finding[key].as_str().unwrap_or("").to_owned();
        format!("{} {} {} {}:{}", word("policy"), word("change"), word("severity"), word("file"), finding["line"])
    };
    json["findings"].as_array().unwrap().iter().map(of).filter(|told| told.starts_with("data/")).collect()
}

fn json(repo: &Repo) -> support::Ran {
    repo.check(&["--format", "json"])
}

#[test]
fn added_lines_fail_where_the_base_asks_for_it() {
    let repo = Repo::two(&[ASKS, NONE], &[ASKS, SOME]);
    let ran = json(&repo).exits(1);
    assert_eq!(told(&ran), ["data/email introduced error data/people.csv:3", "data/card introduced error data/people.csv:4"]);
    assert_eq!(ran.json()["coverage"]["files"], 1);
}

#[test]
fn nothing_is_looked_at_where_nobody_asks() {
    let repo = Repo::two(&[NONE], &[SOME]);
    assert!(told(&json(&repo).exits(0)).is_empty());
    let other = ("privgate.yaml", "data: { files: [\"other/**\"] }\n");
    assert!(told(&json(&Repo::two(&[other, NONE], &[other, SOME])).exits(0)).is_empty());
}

#[test]
fn lines_that_were_there_before_are_quiet() {
    let more = ("data/people.csv", "id,text\n0,new\n1,hello\n3,4556 7375 8689 9855\n2,ask jane.roe@mail.org\n");
    assert!(told(&json(&Repo::two(&[ASKS, SOME], &[ASKS, more])).exits(0)).is_empty());
    let moved = ("data/sub/persons.csv", SOME.1);
    assert!(told(&json(&Repo::two(&[ASKS, SOME], &[ASKS, moved])).exits(0)).is_empty());
}

#[test]
fn a_head_that_asks_adds_and_one_that_asks_no_more_changes_nothing() {
    let ran = json(&Repo::two(&[NONE], &[ASKS, SOME])).exits(1);
    assert_eq!(told(&ran).len(), 2);
    let asks_no_more = ("privgate.yaml", "version: 1\n");
    let ran = json(&Repo::two(&[ASKS, NONE], &[asks_no_more, SOME])).exits(1).says("gate/config-loosened");
    assert_eq!(told(&ran).len(), 2);
    let narrower = ("privgate.yaml", "data: { files: [\"data/**\"], kinds: [card] }\n");
    assert_eq!(told(&json(&Repo::two(&[ASKS, NONE], &[narrower, SOME])).exits(1)).len(), 2);
    assert_eq!(told(&json(&Repo::two(&[narrower, NONE], &[narrower, SOME])).exits(1)), ["data/card introduced error data/people.csv:4"]);
}

#[test]
fn no_output_says_the_identifier_itself() {
    let repo = Repo::two(&[ASKS, NONE], &[ASKS, SOME]);
    let formats = ["human", "json", "github", "sarif", "markdown", "gitlab", "gitlab-sast", "junit", "html", "intoto"];
    for format in formats {
        let ran = repo.check(&["--format", format, "--show", "all"]);
        let all = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.code, 1, "{all}");
        // SARIF's viewers would make a link of it
        assert!(all.contains("j***@m***.org") || all.contains("j***@ m***.org") || format == "intoto", "{format}: {all}");
        assert!(!all.contains("jane") && !all.contains("7375"), "{format}: {all}");
    }
}

#[test]
fn the_configuration_grades_and_the_path_lowers() {
    let graded =
        ("privgate.yaml", "data: { files: [\"data/**\"] }\npolicies: { data/email: { severity: note }, data/card: { severity: none } }\n");
    assert_eq!(told(&json(&Repo::two(&[graded, NONE], &[graded, SOME])).exits(0)), ["data/email introduced note data/people.csv:3"]);
    let tests = ("privgate.yaml", "data: { files: [\"**/*.csv\"] }\n");
    let at = |text| ("tests/fixtures/people.csv", text);
    let ran = json(&Repo::two(&[tests, at(NONE.1)], &[tests, at(SOME.1)])).exits(0);
    assert_eq!(told(&ran)[0], "data/email introduced note tests/fixtures/people.csv:3");
    let named = ("privgate.yaml", "policies: { data/emial: { severity: note } }\n");
    Repo::two(&[NONE], &[named, NONE]).check(&[]).exits(2).says("data/emial");
}

#[test]
fn a_waiver_accepts_what_it_names_and_no_more() {
    let config = ("privgate.yaml", "data: { files: [\"data/**\"] }\nwaivers: { owners: [\"@acme/privacy\"] }\n");
    let waiver = "waivers:\n  - policy: data/email\n    file: data/people.csv\n    setting: email\n    to: j***@m***.org\n    reason: she agreed\n    owner: \"@acme/privacy\"\n    expires: 2026-12-04\n";
    let one = ("data/people.csv", "id,text\n2,ask jane.roe@mail.org\n");
    let two = ("data/people.csv", "id,text\n2,ask jane.roe@mail.org\n3,or joan@mail.org\n");
    let file = ("privgate-waivers.yaml", waiver);
    let before = [config, file, NONE];
    json(&Repo::two(&before, &[config, file, one])).exits(0).says("she agreed");
    json(&Repo::two(&before, &[config, file, two])).exits(1);
}

#[test]
fn pictures_tables_and_packed_data_are_told() {
    let repo = Repo::new();
    repo.files(&[ASKS]).commit("base");
    repo.write("data/a.gz", b"\x1f\x8b\x08\0\0").write("data/t.csv", "id,ssn\n1,2\n").write("data/b.bin", b"\0\x01\x02").commit("head");
    let ran = json(&repo).exits(0);
    assert_eq!(told(&ran), ["data/scan undecided warning data/a.gz:1", "data/column introduced warning data/t.csv:1"]);
    assert_eq!(ran.json()["coverage"]["skipped"][0]["file"], "data/b.bin");
}

#[test]
fn a_pointer_that_becomes_data_is_told_and_none_is_fetched() {
    let pointer = |digit: &str| format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n", digit.repeat(64));
    let (one, other) = (pointer("a"), pointer("b"));
    let at = |text: &'static str| ("data/people.csv", text);
    let (one, other): (&str, &str) = (Box::leak(one.into_boxed_str()), Box::leak(other.into_boxed_str()));
    assert_eq!(told(&json(&Repo::two(&[ASKS, at(one)], &[ASKS, at(other)])).exits(0)), ["data/scan undecided note data/people.csv:1"]);
    let ran = json(&Repo::two(&[ASKS, at(one)], &[ASKS, SOME])).exits(1);
    assert!(told(&ran).contains(&"data/pointer weakened warning data/people.csv:1".to_owned()), "{:?}", told(&ran));
}

#[test]
fn data_that_dvc_kept_outside_are_told_when_they_come_in() {
    let pointer = ("data/people.csv.dvc", "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 12\n  path: people.csv\n");
    let ran = json(&Repo::two(&[ASKS, pointer], &[ASKS, NONE])).exits(0);
    assert_eq!(told(&ran), ["data/pointer weakened warning data/people.csv:1"]);
}

#[test]
fn more_than_one_run_looks_through_is_undecided_and_never_passed() {
    let repo = Repo::new();
    repo.files(&[ASKS]).commit("base");
    for number in 0..66 {
        repo.write(format!("data/{number:02}.txt"), format!("{number}\n{}", "no one here, a line of 34 letters\n".repeat(30_800)));
    }
    repo.commit("head");
    let ran = json(&repo).exits(3);
    assert_eq!(told(&ran).iter().filter(|told| told.starts_with("data/scan undecided error")).count(), 2, "{:?}", told(&ran));
}

#[test]
fn what_is_staged_and_what_lies_on_the_disk_is_looked_at() {
    let repo = Repo::new();
    repo.files(&[ASKS, NONE]).commit("base");
    repo.write(SOME.0, SOME.1);
    assert_eq!(told(&repo.run(&["check", "--worktree", "--format", "json"]).exits(1)).len(), 2);
    repo.git(&["add", "-A"]);
    assert_eq!(told(&repo.run(&["check", "--staged", "--format", "json"]).exits(1)).len(), 2);
}

#[cfg(unix)]
#[test]
fn data_that_get_another_name_are_still_left_out() {
    let list = |name: &str| format!("{name}\n");
    let (old, new) = (list("data/portraits.csv"), list("data/people.csv"));
    let rows = "id,text\n1,a long enough row of words\n2,and another one\n";
    let stale = Repo::two(
        &[ASKS, ("opt-outs.txt", &old), ("data/portraits.csv", rows)],
        &[ASKS, ("opt-outs.txt", &old), ("data/people.csv", &format!("{rows}3,x\n"))],
    );
    assert_eq!(told(&json(&stale).exits(1)), ["data/excluded weakened error data/people.csv:1"]);
    let kept = Repo::two(
        &[ASKS, ("opt-outs.txt", &old), ("data/portraits.csv", rows)],
        &[ASKS, ("opt-outs.txt", &format!("{old}{new}")), ("data/people.csv", &format!("{rows}3,x\n"))],
    );
    assert!(told(&json(&kept).exits(0)).is_empty());
}

#[test]
fn links_hold_no_data_themselves() {
    let repo = Repo::new();
    repo.files(&[ASKS]).commit("base");
    std::fs::create_dir_all(repo.join("data")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", repo.join("data/link.csv")).unwrap();
    repo.commit("head");
    assert!(told(&json(&repo).exits(0).says("data/link.csv")).is_empty());
}

#[test]
fn every_finding_about_data_is_explained() {
    for id in privgate::data::IDS {
        Repo::new().run(&["explain", id]).exits(0).says("fix");
    }
}

/// A generator of its own, so that the set is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap())).collect()
    }

    fn letters(&mut self, count: usize, from: &str) -> String {
        let from: Vec<char> = from.chars().collect();
        (0..count).map(|_| from[usize::try_from(self.below(from.len() as u64)).unwrap()]).collect()
    }
}

fn check_digit(number: &str) -> char {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let doubled = u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap()
}

fn grouped(text: &str, by: &[usize], sign: &str) -> String {
    let mut rest = text;
    let mut groups = Vec::new();
    for size in by.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (group, after) = rest.split_at((*size).min(rest.len()));
        groups.push(group);
        rest = after;
    }
    groups.join(sign)
}

fn positive(random: &mut Random, kind: Kind) -> String {
    match kind {
        Kind::Column | Kind::ImageLocation | Kind::ImageOwner => unreachable!("these are no text"),
        Kind::Email => {
            let first = random.of(&["jane", "Omar", "li", "søren", "m", "anna-maria", "o'neil", "x_y"]).replace('ø', "o");
            let last = random.of(&["roe", "Haddad", "wei", "kierkegaard99", "b.c"]);
            let sign = random.of(&[".", "_", "+", "-", ""]);
            let domain = random.of(&["mail.org", "gmx.net", "uni-bonn.de", "a-b.co.uk", "corp.io", "x1.museum"]);
            format!("{first}{sign}{last}@{domain}")
        }
        Kind::Card => {
            let (start, length) =
                [("4", 16), ("51", 16), ("5588", 16), ("2400", 16), ("6011", 16), ("34", 15), ("37", 15), ("3530", 16), ("38", 14)]
                    [usize::try_from(random.below(9)).unwrap()];
            let body = format!("{start}{}", random.digits(length - 1 - start.len()));
            let number = format!("{body}{}", check_digit(&body));
            let by: &[usize] = match length {
                15 => &[4, 6, 5],
                14 => &[4, 6, 4],
                _ => &[4],
            };
            match random.below(3) {
                0 => grouped(&number, by, " "),
                1 => grouped(&number, by, "-"),
                _ => number,
            }
        }
        Kind::Iban => {
            let (country, bank) =
                [("DE", 18), ("ES", 20), ("AT", 16), ("CH", 17), ("PL", 24), ("DK", 14)][usize::try_from(random.below(6)).unwrap()];
            let body = random.digits(bank);
            let turned = format!("{body}{country}00");
            let sum = turned.chars().fold(0_u32, |sum, c| {
                let value = c.to_digit(36).unwrap();
                (if value > 9 { sum * 100 + value } else { sum * 10 + value }) % 97
            });
            let number = format!("{country}{:02}{body}", 98 - sum);
            if random.below(2) == 0 { number } else { grouped(&number, &[4], " ") }
        }
        Kind::UsSsn => loop {
            let area = 1 + random.below(899);
            let (group, serial) = (1 + random.below(99), 1 + random.below(9999));
            if area != 666 {
                return format!("{area:03}-{group:02}-{serial:04}");
            }
        },
        Kind::PublicIp => loop {
            let parts: Vec<u64> = (0..4).map(|_| random.below(256)).collect();
            let text = format!("{}.{}.{}.{}", parts[0], parts[1], parts[2], parts[3]);
            let kept = [8, 31, 52, 81, 93, 142, 151, 212].contains(&parts[0]) && parts[1] > 40;
            if kept {
                return text;
            }
        },
        Kind::Phone => {
            let (country, length) = [("49", 10), ("44", 10), ("33", 9), ("1", 10), ("91", 10)][usize::try_from(random.below(5)).unwrap()];
            let rest = format!("{}{}", 2 + random.below(7), random.digits(length - 1));
            match random.below(3) {
                0 => format!("+{country}{rest}"),
                1 => format!("+{country} {}", grouped(&rest, &[3, 3, 4], " ")),
                _ => format!("+{country}-{}", grouped(&rest, &[3], "-")),
            }
        }
    }
}

/// How many sorts of them there are.
const SORTS: u64 = 19;

/// Things that are no identifiers of people and look like some.
fn negative(random: &mut Random, sort: Option<u64>) -> String {
    let hex = "0123456789abcdef";
    let sort = sort.unwrap_or_else(|| random.below(SORTS));
    match sort {
        0 => format!("order {}", random.digits(16)),
        1 => format!("sha {}", random.letters(40, hex)),
        2 => format!(
            "{}-{}-{}-{}-{}",
            random.letters(8, hex),
            random.letters(4, hex),
            random.letters(4, hex),
            random.letters(4, hex),
            random.letters(12, hex)
        ),
        3 => format!("[0.{}, 0.{}, -0.{}]", random.digits(16), random.digits(17), random.digits(15)),
        4 => format!("version {}.{}.{}.{}", random.below(30), random.below(30), random.below(30), random.below(30)),
        5 => format!("2026-{:02}-{:02}T12:00:00.{}Z", 1 + random.below(12), 1 + random.below(28), random.digits(6)),
        6 => format!("{} {} {} {}", random.digits(4), random.digits(3), random.digits(5), random.digits(2)),
        7 => format!("git@github.com:{}/{}.git", random.letters(6, "abc"), random.letters(5, "xyz")),
        8 => format!("icon@{}x.png, style@{}.css", 1 + random.below(3), random.below(9)),
        9 => format!("noreply@{}.org user@example.com", random.letters(5, "abc")),
        10 => format!(
            "192.168.{}.{} and 10.0.{}.{} and 203.0.113.{}",
            random.below(256),
            random.below(256),
            random.below(256),
            random.below(256),
            random.below(256)
        ),
        11 => format!("9{}-{}-{} 000-{}-{}", random.digits(2), random.digits(2), random.digits(4), random.digits(2), random.digits(4)),
        12 => format!("part {}-{}-{}X", random.digits(3), random.digits(2), random.digits(4)),
        13 => format!("id={}{}", random.digits(10), random.letters(6, hex)),
        14 => format!("timestamp {}", 1_700_000_000_000_000 + random.below(900_000_000_000)),
        15 => format!("XX{}{}", random.digits(2), random.digits(18)),
        17 => format!("{},{},{}", random.digits(16), random.digits(15), random.digits(6)),
        16 => format!("isbn 978-{}-{}-{}-{}", random.digits(1), random.digits(4), random.digits(4), random.digits(1)),
        _ => format!("import {{ a }} from '@{}/{}.js'; x += {};", random.letters(4, "abc"), random.letters(4, "abc"), random.digits(8)),
    }
}

#[test]
fn what_fails_a_build_is_right_in_more_than_99_of_100() {
    let mut random = Random(20_261_121);
    let templates = [
        ("", ""),
        ("name,", ",2026"),
        ("{\"a\": \"", "\"}"),
        ("Contact: ", "."),
        ("see (", ")"),
        ("\"x\";\"", "\";\"y\""),
        ("mine is ", ", and yours?"),
        ("<", ">"),
    ];
    let mut told = String::new();
    let file = |lines: &[String]| {
        let text = lines.join("\n");
        let changed = Changed { path: "data/x.csv", base: None, head: text.as_bytes(), id: "x" };
        scan(&Kind::OF_TEXT, &changed, &mut BUDGET.clone()).added
    };
    let mut hits: Vec<(Option<Kind>, Kind, String)> = Vec::new();
    let mut missed: Vec<(Kind, String)> = Vec::new();
    for kind in Kind::OF_TEXT {
        for (before, after) in templates {
            let lines: Vec<String> = (0..500).map(|_| format!("{before}{}{after}", positive(&mut random, kind))).collect();
            let found = file(&lines);
            let line = |at: u32| lines[at as usize - 1].clone();
            hits.extend(found.iter().map(|one| (Some(kind), one.kind, line(one.line))));
            let seen = |at: usize| found.iter().any(|one| one.kind == kind && one.line as usize == at + 1);
            missed.extend(lines.iter().enumerate().filter(|(at, _)| !seen(*at)).map(|(_, line)| (kind, line.clone())));
        }
    }
    // a file of one sort each, and one of all of them
    for sort in 0..=SORTS {
        let lines: Vec<String> = (0..3_000).map(|_| negative(&mut random, if sort == SORTS { None } else { Some(sort) })).collect();
        hits.extend(file(&lines).iter().map(|one| (None, one.kind, lines[one.line as usize - 1].clone())));
    }
    for kind in Kind::OF_TEXT {
        let right = hits.iter().filter(|(label, found, _)| *found == kind && *label == Some(kind)).count();
        let wrong: Vec<&String> =
            hits.iter().filter(|(label, found, _)| *found == kind && *label != Some(kind)).map(|(_, _, line)| line).collect();
        let lost: Vec<&String> = missed.iter().filter(|(lost, _)| *lost == kind).map(|(_, line)| line).collect();
        let share =
            |right: usize, other: usize| f64::from(u32::try_from(right).unwrap()) / f64::from(u32::try_from(right + other).unwrap().max(1));
        let (precision, recall) = (share(right, wrong.len()), share(right, lost.len()));
        let some = |lines: &[&String]| lines.iter().take(4).map(ToString::to_string).collect::<Vec<_>>();
        told.push_str(&format!(
            "{}: precision {precision:.4}, recall {recall:.4}; wrong {:?}, missed {:?}\n",
            kind.word(),
            some(&wrong),
            some(&lost)
        ));
        let (least_precision, least_recall) = if kind.fails() { (0.99, 0.98) } else { (0.95, 0.9) };
        assert!(precision >= least_precision && recall >= least_recall, "{told}");
    }
    eprintln!("{told}");
}

#[test]
fn published_samples_are_nobodys() {
    for sample in [
        "4242 4242 4242 4242",
        "DE89370400440532013000",
        "078-05-1120",
        "jane@example.org",
        "you@mail.org",
        "81.2.69.142:53",
        "+1 212 555 0123",
    ] {
        let found = find(sample);
        let ip = sample.starts_with('8');
        assert_eq!(found.is_empty(), !ip, "{sample}: {found:?}");
    }
}

#[test]
fn a_column_about_people_contradicts_what_is_declared_beside_it() {
    let before = ("data/users.csv", "id,text\n1,a\n");
    let after = ("data/users.csv", "id,text,email\n1,a,b\n");
    for (path, none, some) in [
        (
            "ml.cdx.json",
            "{\"components\": [{\"type\": \"data\", \"data\": [{\"sensitiveData\": []}]}]}",
            "{\"components\": [{\"data\": [{\"sensitiveData\": [\"email\"]}]}]}",
        ),
        (
            "d.spdx.json",
            "{\"@graph\": [{\"dataset_hasSensitivePersonalInformation\": \"no\"}]}",
            "{\"@graph\": [{\"dataset_hasSensitivePersonalInformation\": \"yes\"}]}",
        ),
        ("MODEL_CARD.md", "# M\n\n## Data\n\nThe dataset was filtered for removal of PII.\n", "# M\n\n## Data\n\nA dataset.\n"),
    ] {
        let ran = json(&Repo::two(&[ASKS, before, (path, none)], &[ASKS, after, (path, none)])).exits(1);
        assert_eq!(told(&ran), ["data/column contradicted error data/users.csv:1"], "{path}");
        assert!(ran.json()["findings"][0]["message"].as_str().unwrap().contains(path));
        let ran = json(&Repo::two(&[ASKS, before, (path, some)], &[ASKS, after, (path, some)]));
        assert_eq!(told(&ran), ["data/column introduced warning data/users.csv:1"], "{path}");
    }
}

#[cfg(feature = "parquet")]
#[path = "support/parquet.rs"]
mod tables;

/// A table with one column of text.
#[cfg(feature = "parquet")]
fn table(values: &[&str]) -> Vec<u8> {
    tables::table("(STRING)", values, parquet::basic::Compression::UNCOMPRESSED)
}

#[cfg(feature = "parquet")]
#[test]
fn what_a_table_newly_holds_is_told_by_the_program() {
    let repo = Repo::new();
    repo.files(&[ASKS]).write("data/t.parquet", table(&["hello", "a.b@mail.org"])).commit("base");
    repo.write("data/t.parquet", table(&["hello", "a.b@mail.org", "ask jane.roe@mail.org"])).commit("head");
    let ran = json(&repo).exits(1);
    assert_eq!(told(&ran), ["data/email introduced error data/t.parquet:1"]);
    repo.write("data/t.parquet", table(&["a.b@mail.org", "hello", "ask jane.roe@mail.org"])).commit("another order");
    assert!(told(&json(&repo).exits(0)).is_empty());
}
