//! Mutation testing with one build: every mutant of `cargo mutants --list` goes into one program, each behind a number that the
//! environment gives, so that a mutant costs a run of the tests and no build. `.ci/mutants` calls this; docs/mutation.md tells about it.

mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// Rounds of leaving out what does not compile.
const ROUNDS: usize = 12;

/// A mutant that takes longer than this loops.
const PATIENCE: Duration = Duration::from_secs(90);

#[derive(Deserialize)]
pub struct Mutant {
    pub file: String,
    pub genre: String,
    pub name: String,
    pub replacement: String,
    pub span: Span,
    pub function: Option<Function>,
}

#[derive(Deserialize)]
pub struct Function {
    pub return_type: String,
}

#[derive(Deserialize)]
pub struct Span {
    pub start: Place,
}

#[derive(Deserialize)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [source, copy, list, filters @ ..] = arguments.as_slice() else {
        eprintln!("usage: switch SOURCE COPY MUTANTS.json TEST-FILTER...");
        return ExitCode::from(2);
    };
    match run(Path::new(source), Path::new(copy), Path::new(list), filters) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(source: &Path, copy: &Path, list: &Path, filters: &[String]) -> Outcome<()> {
    let mutants: Vec<Mutant> = serde_json::from_str(&fs::read_to_string(list)?)?;
    let switch = "\n/// Which mutant runs.\npub fn mutant() -> usize {\n    static ONE: std::sync::OnceLock<usize> = std::sync::OnceLock::new();\n    *ONE.get_or_init(|| std::env::var(\"MUTANT\").ok().and_then(|id| id.parse().ok()).unwrap_or(0))\n}\n";
    fs::write(copy.join("src/lib.rs"), fs::read_to_string(source.join("src/lib.rs"))? + switch)?;
    let mut unviable = BTreeSet::new();
    // two values of one hidden type cannot be
    let hidden =
        |mutant: &Mutant| mutant.genre == "FnValue" && mutant.function.as_ref().is_some_and(|one| one.return_type.contains("impl "));
    let mut lost: BTreeSet<usize> = (1..).zip(&mutants).filter(|(_, mutant)| hidden(mutant)).map(|(id, _)| id).collect();
    let program = build(source, copy, &mutants, &mut unviable, &mut lost)?;
    println!("{} mutants, {} do not compile, {} cannot be switched", mutants.len(), unviable.len(), lost.len());
    if !passes(&program, copy, 0, filters)?.0 {
        return Err("the tests fail without any mutant".into());
    }
    let (mut caught, mut missed, mut slow) = (0, Vec::new(), 0);
    for (index, mutant) in mutants.iter().enumerate() {
        let id = index + 1;
        if unviable.contains(&id) || lost.contains(&id) {
            continue;
        }
        // the tests of its own part first: most are caught there
        let own = filters.iter().filter(|filter| filter.trim_end_matches(':').split("::").all(|step| mutant.file.contains(step))).cloned();
        let own: Vec<String> = own.collect();
        let (mut passed, mut late) = if own.is_empty() { (true, false) } else { passes(&program, copy, id, &own)? };
        if passed {
            (passed, late) = passes(&program, copy, id, filters)?;
        }
        slow += usize::from(late);
        if passed {
            println!("MISSED {}", mutant.name);
            missed.push(mutant);
        } else {
            caught += 1;
        }
    }
    for id in &lost {
        println!("NOT SWITCHED {}", mutants.get(id - 1).map_or("", |mutant| &mutant.name));
    }
    let tried = caught + missed.len();
    println!(
        "{tried} tried: {caught} caught ({slow} by time), {} missed: {:.1} %",
        missed.len(),
        100.0 * caught as f64 / tried.max(1) as f64
    );
    Ok(())
}

/// Whether the tests pass under a mutant, and whether they took too long.
fn passes(program: &Path, copy: &Path, id: usize, filters: &[String]) -> Outcome<(bool, bool)> {
    let mut command = Command::new(program);
    command.args(filters).env("MUTANT", id.to_string()).env("PROPTEST_FAILURE_PERSISTENCE", "off").current_dir(copy);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status.success(), false));
        }
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok((false, true));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Writes and builds until everything that is left compiles; the test program.
fn build(source: &Path, copy: &Path, mutants: &[Mutant], unviable: &mut BTreeSet<usize>, lost: &mut BTreeSet<usize>) -> Outcome<PathBuf> {
    for round in 0..ROUNDS {
        let mut written = BTreeMap::new();
        let files: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.file.as_str()).collect();
        for file in files {
            let own: Vec<(usize, &Mutant)> =
                mutants.iter().enumerate().map(|(index, mutant)| (index + 1, mutant)).filter(|(_, mutant)| mutant.file == file).collect();
            let left: Vec<_> = own.into_iter().filter(|(id, _)| !unviable.contains(id) && !lost.contains(id)).collect();
            let one = write::write(&fs::read_to_string(source.join(file))?, &left)?;
            lost.extend(&one.lost);
            fs::write(copy.join(file), &one.text)?;
            written.insert(file, one);
        }
        let output = Command::new("cargo")
            .args(["test", "--lib", "--no-run", "--locked", "--message-format", "json"])
            .current_dir(copy)
            .stderr(Stdio::inherit())
            .output()?;
        let (mut program, mut found) = (None, 0);
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            if message["reason"] == "compiler-artifact" && message["target"]["name"] == "privgate" && message["executable"].is_string() {
                program = message["executable"].as_str().map(PathBuf::from);
            }
            if message["reason"] != "compiler-message" || message["message"]["level"] != "error" {
                continue;
            }
            let spans = message["message"]["spans"].as_array().cloned().unwrap_or_default();
            let mut placed = false;
            for span in spans.iter().filter(|span| span["is_primary"] == true) {
                let (Some(file), Some(at)) = (span["file_name"].as_str(), span["byte_start"].as_u64()) else { continue };
                let at = usize::try_from(at)?;
                let regions = written.get(file).map(|one| one.regions.as_slice()).unwrap_or_default();
                let smallest = regions.iter().filter(|one| one.from <= at && at < one.to).min_by_key(|one| one.to - one.from);
                if let Some(region) = smallest {
                    placed = true;
                    found += 1;
                    if let [id] = region.ids.as_slice() {
                        unviable.insert(*id)
                    } else {
                        lost.extend(&region.ids);
                        true
                    };
                }
            }
            if !placed && !spans.is_empty() {
                eprintln!("not of a mutant: {}", message["message"]["rendered"].as_str().unwrap_or(""));
            }
        }
        eprintln!("round {round}: {found} errors");
        if let Some(program) = program.filter(|_| output.status.success()) {
            return Ok(program);
        }
        if found == 0 {
            return Err("it does not compile, and no mutant is the reason".into());
        }
    }
    Err("it does not compile after many rounds".into())
}
