//! Writes the samples as the first inputs of each reader's target, below `corpus/`.

use std::path::Path;
use std::{fs, io};

use crate::paths;
use crate::samples::{SAMPLES, of};

/// Writes them all.
///
/// # Errors
/// A folder or a file cannot be written.
pub fn write() -> io::Result<()> {
    for (at, (path, text)) in SAMPLES.iter().enumerate() {
        let reader = of(path).name;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(reader.replace('-', "_"));
        fs::create_dir_all(&folder)?;
        let choice = paths(reader).position(|other| other == *path).and_then(|at| u8::try_from(at).ok()).unwrap_or(0);
        fs::write(folder.join(format!("sample-{at}")), [&[choice], text.as_bytes()].concat())?;
    }
    Ok(())
}
