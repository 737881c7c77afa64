//! `privgate exclusions`: keeps a list of what people asked to leave out of training, so that nothing can leave it unseen.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::cli::output;
use crate::exclusions::{self, Entry};
use crate::report::escape;

/// A longer list is not read.
const MOST_BYTES: u64 = 64 << 20;

/// What to do with a list.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Add an entry, chained to the line before
    Append(Append),
    /// Record that an opt-out was withdrawn; its line stays
    Release {
        /// The list
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The `seq` of the entry that is let go
        #[arg(value_name = "SEQ")]
        seq: u64,
        /// Why, or where that can be seen
        #[arg(long, value_name = "TEXT")]
        evidence: String,
        /// The day it was asked for [default: today]
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = output::parse_date)]
        received: Option<String>,
    },
    /// Check form, sequence and hash chain, and what a training manifest pins
    Verify {
        /// The list
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The digest that the manifest records
        #[arg(long, value_name = "HEX")]
        sha256: Option<String>,
        /// The least number of records
        #[arg(long, value_name = "N")]
        count: Option<u64>,
    },
}

/// An entry.
#[derive(Debug, clap::Args)]
pub struct Append {
    /// The list; made where there is none
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What is to be left out: `sha256:...`, an address, a domain, `host/owner/name`, `hf:org/name` ...
    #[arg(long)]
    id: String,
    /// What the id is
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(exclusions::KINDS))]
    kind: String,
    /// By what it is refused
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(exclusions::BASES))]
    basis: String,
    /// A use that is refused, in AIPREF's words; may stand several times
    #[arg(long = "use", value_name = "USE", default_value = "train-ai")]
    uses: Vec<String>,
    /// How much of it: file, folder, site ...
    #[arg(long, default_value = "")]
    scope: String,
    /// Where the reservation can be seen
    #[arg(long, value_name = "TEXT", default_value = "")]
    evidence: String,
    /// The day it was asked for [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = output::parse_date)]
    received: Option<String>,
}

/// Runs it and gives the exit code.
pub fn run(what: &What) -> u8 {
    match what {
        What::Append(entry) => append(entry),
        What::Release { file, seq, evidence, received } => {
            let day = received.clone().unwrap_or_else(output::today);
            change(file, |text| exclusions::release(text, *seq, evidence, &day))
        }
        What::Verify { file, sha256, count } => verify(file, sha256.as_deref(), *count),
    }
}

fn append(asked: &Append) -> u8 {
    let entry = Entry {
        id: asked.id.clone(),
        kind: asked.kind.clone(),
        basis: asked.basis.clone(),
        uses: asked.uses.clone(),
        scope: asked.scope.clone(),
        evidence: asked.evidence.clone(),
        received: asked.received.clone().unwrap_or_else(output::today),
        ..Entry::default()
    };
    change(&asked.file, |text| exclusions::append(text, &entry))
}

/// Adds what is new to the end of the file; what stands there is never written again.
fn change(path: &Path, with: impl Fn(&str) -> Result<String, exclusions::Fault>) -> u8 {
    let text = match read(path) {
        Ok(text) => text.unwrap_or_default(),
        Err(message) => return failed(path, &message),
    };
    let longer = match with(&text) {
        Ok(longer) => longer,
        Err(fault) => return failed(path, &fault.to_string()),
    };
    let Some(new) = longer.strip_prefix(&text) else { return failed(path, "the list was not only added to") };
    let written = OpenOptions::new().append(true).create(true).open(path).and_then(|mut file| file.write_all(new.as_bytes()));
    if let Err(error) = written {
        return failed(path, &format!("it cannot be written: {error}"));
    }
    output::print(new.trim_start_matches('\n'));
    0
}

fn verify(path: &Path, digest: Option<&str>, count: Option<u64>) -> u8 {
    let digest = digest.map(|digest| digest.strip_prefix("sha256:").unwrap_or(digest));
    if let Some(digest) = digest.filter(|digest| digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        output::tell(&format!("error: --sha256 `{}` is no SHA-256; write 64 hexadecimal digits", escape::terminal(digest)));
        return 2;
    }
    let text = match read(path) {
        Ok(Some(text)) => text,
        Ok(None) => return failed(path, "there is no such file"),
        Err(message) => return failed(path, &message),
    };
    let summary = match exclusions::verify(&text) {
        Ok(summary) => summary,
        Err(fault) => {
            output::tell(&format!("error: {}: {fault}", shown(path)));
            return 1;
        }
    };
    let own = exclusions::hash(&text);
    if let Some(digest) = digest
        && !digest.eq_ignore_ascii_case(own.trim_start_matches("sha256:"))
    {
        output::tell(&format!("error: {}: its digest is {own}, not what the manifest records", shown(path)));
        return 1;
    }
    if let Some(count) = count
        && summary.records < count
    {
        output::tell(&format!("error: {}: {} records, and the manifest records {count}", shown(path), summary.records));
        return 1;
    }
    let many = if summary.records == 1 { "" } else { "s" };
    output::print(&format!("{} record{many}, {} standing, chain holds\n{own}\n", summary.records, summary.standing));
    0
}

/// The text of a list; nothing where there is no file.
fn read(path: &Path) -> Result<Option<String>, String> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut text = String::new();
    file.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > MOST_BYTES { Err(format!("it is longer than {} MiB", MOST_BYTES >> 20)) } else { Ok(Some(text)) }
}

fn failed(path: &Path, message: &str) -> u8 {
    output::tell(&format!("error: {}: {}", shown(path), escape::terminal(message)));
    2
}

fn shown(path: &Path) -> String {
    escape::terminal(&path.display().to_string())
}
