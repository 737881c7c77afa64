//! Times of the stages by themselves: reading a file, matching it against all policies, judging a pull request of twenty files.
//! Whole runs against git are measured by `pairs.py` beside this file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::format_collect,
    clippy::format_push_string,
    reason = "a test may fail loudly"
)]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use privgate::check::read_text;
use privgate::judge::input::PairIn;
use privgate::judge::judgement::judge_all;
use privgate::policy::catalogue::Catalogue;
use privgate::read::by_path;
use privgate::read::tree::yaml;
use privgate::report::build::findings;

fn main() {
    divan::main();
}

/// A Compose file of so many services.
fn compose(services: usize, opted_out: &str) -> String {
    let service = |n: usize| {
        format!(
            "  api{n}:\n    image: vllm/vllm-openai:v0.6.{n}\n    command: serve --host 127.0.0.1 --port 80{n:02}\n    ports: [\"127.0.0.1:80{n:02}:80\"]\n    environment:\n      VLLM_NO_USAGE_STATS: \"{opted_out}\"\n      DATABASE_URL: postgres://app@db/app?sslmode=require\n      LOG_LEVEL: ${{LOG_LEVEL:-info}}\n"
        )
    };
    std::iter::once("services:\n".to_owned()).chain((0..services).map(service)).collect()
}

/// A pull request of twenty files that changes something no policy asks about, or weakens one default in each.
fn pull_request(weakened: bool) -> Vec<PairIn> {
    (0..20)
        .map(|n| {
            let path = format!("deploy/{n}/compose.yaml");
            let head = if weakened { compose(5, "0") } else { format!("{}# changed\n", compose(5, "1")) };
            PairIn { base: Some(read_text(known(), &path, &compose(5, "1"))), head: Some(read_text(known(), &path, &head)), context: false }
        })
        .collect()
}

#[divan::bench]
fn load_the_catalogue() -> Catalogue {
    Catalogue::built_in().unwrap()
}

#[divan::bench(args = [5, 50])]
fn parse_yaml(bencher: Bencher, services: usize) {
    let text = compose(services, "1");
    bencher.counter(BytesCount::of_str(&text)).bench(|| yaml::parse(black_box(&text)));
}

#[divan::bench(args = [5, 50])]
fn read_compose(bencher: Bencher, services: usize) {
    let text = compose(services, "1");
    let reader = by_path("compose.yaml").unwrap();
    bencher.counter(BytesCount::of_str(&text)).bench(|| (reader.read)("compose.yaml", black_box(&text)));
}

#[divan::bench(args = [5, 50])]
fn match_and_judge_one_file(bencher: Bencher, services: usize) {
    let catalogue = Catalogue::built_in().unwrap();
    let file = |value: &str| Some(read_text(known(), "compose.yaml", &compose(services, value)));
    let pairs = [PairIn { base: file("1"), head: file("1"), context: false }];
    bencher.bench(|| judge_all(&catalogue, black_box(&pairs)).known);
}

#[divan::bench(args = [false, true])]
fn judge_twenty_files(bencher: Bencher, weakened: bool) {
    let catalogue = Catalogue::built_in().unwrap();
    let pairs = pull_request(weakened);
    bencher.bench(|| {
        let judgement = judge_all(&catalogue, black_box(&pairs));
        findings(&judgement.world, &judgement.found).len()
    });
}

/// The built-in catalogue, read once.
fn known() -> &'static Catalogue {
    static KNOWN: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    KNOWN.get_or_init(|| Catalogue::built_in().unwrap())
}
