//! Lists of what is left out, from the outside: how they are kept and what `check` says of their changes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use support::Repo;

const LIST: &str = "data/optouts.txt";

fn append(repo: &Repo, id: &str) -> support::Ran {
    repo.run(&[
        "exclusions",
        "append",
        "EXCLUSIONS.jsonl",
        "--id",
        id,
        "--kind",
        "domain",
        "--basis",
        "request",
        "--received",
        "2026-11-02",
    ])
}

#[test]
fn a_list_is_kept_by_the_program_and_its_growth_is_quiet() {
    let repo = Repo::new();
    append(&repo, "a.example").exits(0).says("\"seq\":1");
    append(&repo, "b.example").exits(0).says("\"seq\":2");
    repo.commit("base");
    append(&repo, "c.example").exits(0);
    repo.run(&["exclusions", "release", "EXCLUSIONS.jsonl", "1", "--evidence", "ticket 7"]).exits(0).says("\"op\":\"release\"");
    repo.run(&["exclusions", "verify", "EXCLUSIONS.jsonl"]).exits(0).says("4 records, 2 standing");
    repo.commit("head");
    repo.check(&[]).exits(0);
    append(&repo, "b.example").exits(2).tells("line 2: it holds this entry already");
    repo.run(&["exclusions", "verify", "EXCLUSIONS.jsonl", "--count", "9"]).exits(1).tells("the manifest records 9");
    repo.run(&["exclusions", "verify", "EXCLUSIONS.jsonl", "--sha256", &"0".repeat(64)]).exits(1).tells("its digest is sha256:");
    repo.run(&["exclusions", "verify", "EXCLUSIONS.jsonl", "--sha256", "00"])
        .exits(2)
        .tells("`00` is no SHA-256; write 64 hexadecimal digits");
    repo.run(&["exclusions", "verify", "none.jsonl"]).exits(2).tells("no such file");
}

#[test]
fn what_is_no_id_of_its_kind_and_no_day_never_gets_into_a_list_that_nothing_leaves() {
    let repo = Repo::new();
    let add = |kind: &str, id: &str, day: &str| {
        repo.run(&["exclusions", "append", "L.jsonl", "--id", id, "--kind", kind, "--basis", "law", "--received", day])
    };
    add("domain", "not a domain", "2026-11-02").exits(2).tells("a host's name without address or path");
    add("domain", "https://artist.example/a", "2026-11-02").exits(2).tells("a host's name");
    add("url", "https://artist.example/a b", "2026-11-02").exits(2).tells("an address without blanks");
    add("url", "artist.example", "2026-11-02").exits(2).tells("https://artist.example/works");
    add("repo", "host/owner/a name", "2026-11-02").exits(2).tells("without blanks");
    add("domain", "artist.example", "2026-13-45").exits(2).tells("expected a day that exists");
    assert!(!repo.join("L.jsonl").exists());
    add("domain", "*.künstler.example", "2026-11-02").exits(0);
    add("url", "https://artist.example/works", "2026-11-02").exits(0);
    // a list that holds such a line from before is sound all the same: no line can be taken away
    let odd = "{\"v\":1,\"seq\":1,\"id\":\"not a domain\",\"kind\":\"domain\",\"basis\":\"law\",\"received\":\"2026-11-02\",\"prev\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"}\n";
    repo.write("old.jsonl", odd).run(&["exclusions", "verify", "old.jsonl"]).exits(0);
}

#[test]
fn a_list_is_held_to_its_lines_ends_its_order_and_its_bytes() {
    let repo = Repo::new();
    repo.write("empty.jsonl", "").run(&["exclusions", "verify", "empty.jsonl"]).exits(0).says("0 records");
    for id in ["a.example", "b.example", "c.example"] {
        append(&repo, id).exits(0);
    }
    let text = std::fs::read_to_string(repo.join("EXCLUSIONS.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let broken = |text: String, says: &str| {
        repo.write("b.jsonl", &text).run(&["exclusions", "verify", "b.jsonl"]).exits(1).tells(says);
        repo.run(&["exclusions", "release", "b.jsonl", "1", "--evidence", "x"]).exits(2).tells(says);
        assert_eq!(std::fs::read_to_string(repo.join("b.jsonl")).unwrap(), text);
    };
    broken(text.replace('\n', "\r\n"), "line 1: it ends in a carriage return");
    broken([lines[1], lines[0], lines[2]].join("\n"), "line 1: `seq` is 2, and 1 is due");
    broken(text.replacen("a.example", "x.example", 1), "line 2: `prev` is not the hash of the line before");
    broken(format!("{text}\n"), "line 4: it is empty");
    broken(format!("{text}{}\n", lines[2]), "line 4: `seq` is 3, and 4 is due");
    broken(format!("{text}{{\n"), "line 4: it is no JSON");
}

#[test]
fn a_record_that_is_taken_out_is_found_by_both() {
    let repo = Repo::new();
    for id in ["a.example", "b.example", "c.example"] {
        append(&repo, id).exits(0);
    }
    repo.commit("base");
    let text = std::fs::read_to_string(repo.join("EXCLUSIONS.jsonl")).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains("b.example")).collect();
    repo.write("EXCLUSIONS.jsonl", kept.join("\n") + "\n").commit("head");
    repo.run(&["exclusions", "verify", "EXCLUSIONS.jsonl"]).exits(1).tells("line 2: `seq` is 3, and 2 is due");
    append(&repo, "d.example").exits(2);
    let ran = repo.check(&["--format", "json"]).exits(1);
    let mut policies: Vec<String> =
        ran.json()["findings"].as_array().unwrap().iter().map(|finding| finding["policy"].as_str().unwrap().to_owned()).collect();
    policies.sort();
    assert_eq!(policies, ["opt-out/exclusion-chain", "opt-out/exclusion-list"]);
}

#[test]
fn entries_that_look_personal_are_never_printed() {
    let repo = Repo::two(&[(LIST, "jane.doe@mail.org\nb.example\n")], &[(LIST, "b.example\n")]);
    for format in ["human", "json", "github"] {
        let ran = repo.check(&["--format", format, "--show", "all"]).exits(1).shows("j***@m***.org");
        assert!(!ran.out.contains("jane.doe") && !ran.err.contains("jane.doe"), "{ran:#?}");
    }
}

#[test]
fn a_list_that_is_still_read_cannot_be_deleted() {
    let reads = ("src/run.py", "rows = filtered(rows, open('data/optouts.txt'))\n");
    let repo = Repo::two(&[(LIST, "a.example\n"), reads], &[reads]);
    repo.check(&[]).exits(1).says("opt-out/exclusion-list");
    // nothing reads it any more, and the program that did is gone too
    Repo::two(&[(LIST, "a.example\n"), ("notes.txt", "x")], &[("notes.txt", "x")]).check(&[]).exits(0);
}

#[test]
fn a_program_goes_on_reading_its_list() {
    let list = (LIST, "a.example\n");
    let with = "OPTED_OUT = open('data/optouts.txt')\nrows = load()\n";
    let without = "rows = load()\n";
    Repo::two(&[list, ("run.py", with)], &[list, ("run.py", without)]).check(&[]).exits(1).says("opt-out/exclusion-list-read");
    // another file, which did not change, reads it as well
    let other = ("lib/filter.py", with);
    Repo::two(&[list, other, ("lib/run.py", with)], &[list, other, ("lib/run.py", without)]).check(&[]).exits(0);
}

#[test]
fn a_filter_that_nobody_can_read_asks() {
    let repo = Repo::new();
    repo.write("data/optouts.bloom", [1_u8, 0, 255, 3]).commit("base");
    repo.write("data/optouts.bloom", [1_u8, 0, 255, 2]).commit("head");
    repo.check(&[]).exits(3).says("undecided");
}

#[test]
fn a_list_that_gets_another_name_must_be_read_by_it() {
    let (old, new) = (("data/optouts.txt", "a.example\nb.example\n"), ("data/optouts-2026.txt", "a.example\nb.example\n"));
    let (reads_old, reads_new) = (("run.py", "L = open('data/optouts.txt')\n"), ("run.py", "L = open('data/optouts-2026.txt')\n"));
    Repo::two(&[old, reads_old], &[new, reads_old]).check(&[]).exits(1).says("opt-out/exclusion-list-read").says("run.py:1");
    Repo::two(&[old, reads_old], &[new, reads_new]).check(&[]).exits(0);
}

#[test]
fn what_a_site_reserves_goes_with_its_folder_and_not_before() {
    let robots = ("web/robots.txt", "User-agent: GPTBot\nDisallow: /\n");
    let page = ("web/index.html", "<html></html>\n");
    let other = ("README.md", "# A\n");
    Repo::two(&[robots, page, other], &[page, other]).check(&[]).exits(1).says("opt-out/robots-ai-crawlers");
    Repo::two(&[robots, page, other], &[other]).check(&[]).exits(0);
    let anew = "server {\n    listen 80;\n}\n";
    let nginx = "server {\n    add_header X-Robots-Tag \"noai\";\n}\n";
    Repo::two(&[("nginx.conf", nginx)], &[("nginx.conf", anew)]).check(&[]).exits(1).says("opt-out/server-header");
}
