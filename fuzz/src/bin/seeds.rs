//! Writes the samples as the first inputs of each reader's target, below `corpus/`.

use std::path::Path;
use std::{fs, io};

use privgate_fuzz::paths;
use privgate_fuzz::samples::{SAMPLES, of};

fn main() -> io::Result<()> {
    for (at, (path, text)) in SAMPLES.iter().enumerate() {
        let reader = of(path).name;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(reader.replace('-', "_"));
        fs::create_dir_all(&folder)?;
        let choice = paths(reader).position(|other| other == *path).and_then(|at| u8::try_from(at).ok()).unwrap_or(0);
        fs::write(folder.join(format!("sample-{at}")), [&[choice], text.as_bytes()].concat())?;
    }
    Ok(())
}
