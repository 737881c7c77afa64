//! What a configuration says about files: their path classes, and how much of them is read.

use std::collections::BTreeMap;

use globset::GlobSet;
use serde::Deserialize;

use crate::policy::compiled::compile_globs;
use crate::policy::file::Words;
use crate::report::model::PathClass;

/// How much is read. A repository may only lower it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, in bytes.
    pub file_bytes: u64,
    /// Changed files.
    pub files: usize,
    /// Bytes of one side.
    pub side_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 8 << 20, files: 10_000, side_bytes: 64 << 20 }
    }
}

/// `limits:` of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsGiven {
    /// The largest file, in MiB.
    pub file_mib: Option<u32>,
    /// Changed files.
    pub files: Option<u32>,
    /// What is read of one side, in MiB.
    pub side_mib: Option<u32>,
}

impl LimitsGiven {
    /// Key, value and what the program itself allows.
    #[must_use]
    pub fn each(&self) -> [(&'static str, Option<u32>, u32); 3] {
        [("file_mib", self.file_mib, 8), ("files", self.files, 10_000), ("side_mib", self.side_mib, 64)]
    }

    /// The limits that hold.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let most = Limits::default();
        Limits {
            file_bytes: self.file_mib.map_or(most.file_bytes, |mib| u64::from(mib) << 20).min(most.file_bytes),
            files: self.files.map_or(most.files, |files| files as usize).min(most.files),
            side_bytes: self.side_mib.map_or(most.side_bytes, |mib| u64::from(mib) << 20).min(most.side_bytes),
        }
    }
}

/// How files are taken.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    classes: Vec<(PathClass, GlobSet)>,
    /// How much is read.
    pub limits: Limits,
}

impl Bounds {
    /// # Errors
    /// A malformed glob, with its class.
    pub fn new(classes: &BTreeMap<PathClass, Words>, limits: Limits) -> Result<Self, (PathClass, String)> {
        let compiled = |(class, globs): (&PathClass, &Words)| {
            compile_globs(&globs.0).map(|globs| (*class, globs)).map_err(|message| (*class, message))
        };
        Ok(Self { classes: classes.iter().map(compiled).collect::<Result<_, _>>()?, limits })
    }

    /// The class of a path: of those that the configuration gives it the strictest, else the default.
    #[must_use]
    pub fn class_of(&self, path: &str, text: Option<&str>) -> PathClass {
        let named = self.classes.iter().filter(|(_, globs)| globs.is_match(path)).map(|(class, _)| *class);
        named.min_by_key(|class| class.discount()).unwrap_or_else(|| crate::classes::class_of(path, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_class_that_is_given_counts() {
        let words = |globs: &[&str]| Words(globs.iter().map(ToString::to_string).collect());
        let classes = BTreeMap::from([(PathClass::Product, words(&["docs/deploy/**"])), (PathClass::Test, words(&["docs/**", "lab/**"]))]);
        let bounds = Bounds::new(&classes, Limits::default()).unwrap();
        assert_eq!(bounds.class_of("docs/deploy/compose.yaml", None), PathClass::Product);
        assert_eq!(bounds.class_of("docs/x.yaml", None), PathClass::Test);
        assert_eq!(bounds.class_of("tests/x.yaml", None), PathClass::Test);
        assert_eq!(bounds.class_of("x.yaml", None), PathClass::Product);
    }

    #[test]
    fn limits_are_only_lowered() {
        let given = LimitsGiven { file_mib: Some(1), files: Some(1_000_000), side_mib: None };
        assert_eq!(given.limits(), Limits { file_bytes: 1 << 20, ..Limits::default() });
    }
}
