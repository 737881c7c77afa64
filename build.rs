//! Compiles `policies/<area>/<name>.yaml` into three binary tables: rules, prose and examples. A file that is malformed stops
//! the build; what a file means is checked by the tests and by `privgate policy test`.

#[path = "src/policy/file/mod.rs"]
#[allow(dead_code, unused_imports, clippy::pedantic)]
mod file;

#[path = "src/policy/table/mod.rs"]
#[allow(dead_code, unused_imports, clippy::pedantic)]
mod table;
#[path = "src/policy/text.rs"]
#[allow(dead_code, unused_imports, clippy::pedantic)]
mod text;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=policies");
    println!("cargo::rerun-if-changed=src/policy/file");
    println!("cargo::rerun-if-changed=src/policy/table");
    println!("cargo::rerun-if-changed=src/policy/text.rs");
    let mut paths = Vec::new();
    collect(Path::new("policies"), &mut paths)?;
    paths.sort();
    let (mut rules, mut prose, mut examples) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        let mut policy = read(&path)?;
        let id = policy.id.clone();
        let take = std::mem::take::<String>;
        let words = (
            take(&mut policy.title),
            take(&mut policy.why),
            take(&mut policy.fix),
            policy.source.0.split_off(0),
            policy.refs.0.split_off(0),
        );
        prose.push((id.clone(), postcard::to_stdvec(&words)?));
        examples.push((id, std::mem::take(&mut policy.examples)));
        rules.push(policy);
    }
    prose.sort();
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("rules.bin"), table::write(&rules, &[])?)?;
    fs::write(out.join("prose.bin"), postcard::to_stdvec(&prose)?)?;
    fs::write(out.join("examples.bin"), postcard::to_stdvec(&examples)?)?;
    Ok(())
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            paths.push(path);
        }
    }
    Ok(())
}

/// One policy file; its id must be its place.
fn read(path: &Path) -> Result<file::Policy, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let options = serde_saphyr::options! { strict_booleans: true };
    let policy: file::Policy =
        serde_saphyr::from_str_with_options(&text, options).map_err(|error| format!("{}: {error}", path.display()))?;
    let place = path.with_extension("");
    let expected = place.strip_prefix("policies")?.to_string_lossy().replace('\\', "/");
    if policy.id != expected {
        return Err(format!("{}: the id is `{}`, its place says `{expected}`", path.display(), policy.id).into());
    }
    Ok(policy)
}
