//! What every fuzz target asserts: no panic, and a reading that is true of its text.

use std::path::Path;

use privgate::read::text::command;
use privgate::read::{expression, limits};
use privgate::reading::{Kind, Reading};
use privgate::scope::ScopeId;
use samples::{SAMPLES, of, sound};

pub mod seeds;
pub mod whole;

#[path = "../../tests/support/samples.rs"]
pub mod samples;

/// One reader: the first byte chooses among the file names of its samples, the rest is the file.
pub fn reader(name: &str, data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let paths: Vec<&str> = paths(name).collect();
    let Some(path) = paths.get(usize::from(*choice) % paths.len().max(1)) else { return };
    let Ok(text) = limits::decode(bytes.to_vec()) else { return };
    sound(path, &text, &(of(path).read)(path, &text));
}

/// The file names under which a reader has samples.
pub fn paths(name: &str) -> impl Iterator<Item = &'static str> {
    SAMPLES.iter().map(|(path, _)| *path).filter(move |path| of(path).name == name)
}

/// A policy file.
pub fn policy_file(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = privgate::packs::parse(Path::new("area/name.yaml"), text);
    }
}

/// A script and the words of a command.
pub fn command(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        for words in [true, false] {
            let mut reading = Reading::new(Kind("command"), text.len());
            if words {
                command::run(&command::split(text, 0), ScopeId::ROOT, &mut reading);
            } else {
                command::script(text, 0, ScopeId::ROOT, &mut reading);
            }
            // what commands say is put together from several places: only their spans are held against the text
            for setting in &reading.settings {
                assert!(text.get(setting.name_span.range()).is_some() && text.get(setting.value_span.range()).is_some(), "{setting:?}");
            }
        }
    }
}

/// A default expression in whichever language it looks like.
pub fn expression(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = (expression::any(text), expression::in_place(text, true), expression::in_place(text, false));
        let _ = (expression::shell::resolve(text), expression::spring::resolve(text));
        let _ = (expression::actions::resolve(text), expression::helm::resolve(text));
    }
}
