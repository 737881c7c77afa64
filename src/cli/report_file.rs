//! `--report FORMAT=FILE`: the same report in more formats. A file is replaced, never written through: in a repository of somebody
//! else, what looks like last week's report may be a link to a file of yours.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;

use crate::report::human::Options;
use crate::report::model::Report;
use crate::report::{Format, write};

/// A format and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// How it is written.
    pub format: Format,
    /// Where to.
    pub path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).map(|value| value.get_name().to_owned());
        let (format, path) = text.split_once('=').ok_or("expected FORMAT=FILE, such as sarif=privgate.sarif")?;
        let format = Format::from_str(format, false)
            .map_err(|_| format!("no format `{format}`; there are {}", names().collect::<Vec<_>>().join(", ")))?;
        if path.is_empty() {
            return Err(format!("no file after `{text}`"));
        }
        Ok(Self { format, path: path.into() })
    }
}

/// Each file is for one report.
///
/// # Errors
/// One is named twice.
pub fn check(files: &[ReportFile]) -> Result<(), String> {
    for (index, file) in files.iter().enumerate() {
        if files.iter().take(index).any(|other| other.path == file.path) {
            return Err(format!("--report names {} twice: give each format a file of its own", file.path.display()));
        }
    }
    Ok(())
}

impl ReportFile {
    /// Writes it. Devices and pipes are written to; everything else is replaced as a whole, so that nobody reads half a report.
    ///
    /// # Errors
    /// The disk says no; the text names the file and the reason.
    pub fn write(&self, report: &Report) -> Result<(), String> {
        let mut bytes = Vec::new();
        let options = Options { show_all: true, ..Options::default() };
        let stored = write(self.format, report, &options, &mut bytes).and_then(|()| store(&self.path, &bytes));
        stored.map_err(|error| format!("cannot write {}: {error}", self.path.display()))
    }
}

/// Puts bytes into a file, replacing it as a whole.
///
/// # Errors
/// What the disk answers.
pub(super) fn store(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")),
        // /dev/stdout, a named pipe
        Ok(there) if !there.is_file() => return OpenOptions::new().write(true).open(path)?.write_all(bytes),
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is no file name"))?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.tmp", std::process::id()));
    let beside = folder.join(hidden);
    let written = OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_and_a_file_are_asked_for() {
        let parsed: ReportFile = "gitlab-sast=a=b.json".parse().unwrap();
        assert_eq!(parsed, ReportFile { format: Format::GitlabSast, path: "a=b.json".into() });
        assert_eq!("codeclimate=x".parse::<ReportFile>().unwrap().format, Format::Gitlab);
        for wrong in ["sarif", "sarif=", "xml=x", "=x"] {
            assert!(wrong.parse::<ReportFile>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_file_is_replaced_and_a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (own, link) = (folder.path().join("own"), folder.path().join("report"));
        fs::write(&own, "mine").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&own, &link).unwrap();
        store(&link, b"report").unwrap();
        assert_eq!(fs::read(&own).unwrap(), b"mine");
        assert_eq!(fs::read(&link).unwrap(), b"report");
        store(&link, b"again").unwrap();
        assert_eq!(fs::read(&link).unwrap(), b"again");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[test]
    fn what_cannot_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(store(&folder.path().join("no/such/folder"), b"x").is_err());
        assert!(store(folder.path(), b"x").is_err());
    }
}
