//! `privgate policy new`: a policy file to start from, with examples that run and wait to be replaced.

use std::path::Path;

/// Makes `area/name.yaml` below a folder and gives its path.
///
/// # Errors
/// The id is malformed, or the file is there already.
pub fn make(folder: &Path, id: &str) -> Result<std::path::PathBuf, String> {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let Some((area, name)) = id.split_once('/').filter(|(area, name)| plain(area) && plain(name)) else {
        return Err(format!("`{}` is not `area/name` in small letters, digits and dashes", id.escape_debug()));
    };
    // a pack is named after its area: its last folder need not be written twice
    let place = if folder.file_name().is_some_and(|last| last == area) { folder.to_owned() } else { folder.join(area) };
    let file = place.join(format!("{name}.yaml"));
    std::fs::create_dir_all(&place).map_err(|error| format!("cannot make {}: {error}", place.display()))?;
    let mut options = std::fs::OpenOptions::new();
    let mut out = options.write(true).create_new(true).open(&file).map_err(|error| format!("cannot make {}: {error}", file.display()))?;
    std::io::Write::write_all(&mut out, stub(area, name).as_bytes())
        .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    Ok(file)
}

/// A policy of a switch that is safe when it is off.
fn stub(area: &str, name: &str) -> String {
    let variable = format!("{}_TELEMETRY", name.replace('-', "_").to_ascii_uppercase());
    format!(
        r#"id: {area}/{name}
title: {name} sends nothing                 # one sentence that is true while all is well
settings:                                   # every way to write it; docs/policies.md lists the surfaces
  - env: {variable}
    enabled_is: weak
safety: switch                              # which values are safer
unset: weak                                 # what the released program does when nothing is written
why: Say what happens to users whose default this is.
fix: Set `{variable}=off`.
source: "{name}==1.0:where/you/read/it.py"   # where you read what holds when nothing is written
examples:
  - name: switched on
    file: .env.example
    base: {variable}=off
    head: {variable}=on
    expect: weakened
  - name: the same in other words
    file: .env.example
    base: {variable}=off
    head: {variable}=0
    expect: none
"#
    )
}
