//! What the tests of lenses share: a sample that is read, and what it said.

use crate::reading::Reading;
use crate::setting::{Setting, Surface};
use crate::value::{Mark, Outcome};

pub struct Sample {
    pub text: String,
    pub reading: Reading,
}

/// Reads a sample; what was read always stands under its span.
pub fn read(path: &str, text: &str) -> Sample {
    let reading = (crate::read::by_path("a.yaml").unwrap().read)(path, text);
    for setting in &reading.settings {
        assert!(text.get(setting.name_span.range()).is_some() && text.get(setting.value_span.range()).is_some(), "{setting:?}");
        assert!((setting.scope.0 as usize) < reading.scopes.len());
    }
    assert_eq!(reading.problems, []);
    Sample { text: text.to_owned(), reading }
}

impl Sample {
    /// `name = value` of each setting on a surface, with its scope in front: `service api: A = 1`.
    pub fn on(&self, surface: Surface) -> Vec<String> {
        let named = |setting: &Setting| setting.names.iter().find(|(other, _)| *other == surface).map(|(_, name)| name.to_string());
        let line = |setting: &Setting| {
            let scope = self.reading.scope_words(setting.scope).map_or_else(String::new, |words| words + ": ");
            Some(format!("{scope}{} = {}", named(setting)?, value(setting)))
        };
        self.reading.settings.iter().filter_map(line).collect()
    }

    /// The setting at a path of keys.
    pub fn key(&self, path: &str) -> Option<&Setting> {
        self.reading.settings.iter().find(|setting| setting.key.is_some() && self.path(setting) == path)
    }

    /// What stands at a path of keys: value and source.
    pub fn at(&self, path: &str) -> String {
        self.key(path).map_or_else(|| "nothing".to_owned(), |setting| format!("{} <{}>", value(setting), setting.value_span.of(&self.text)))
    }

    /// A setting by its name on any surface but `key`.
    pub fn named(&self, name: &str) -> &Setting {
        let mut settings = self.reading.settings.iter();
        settings.find(|setting| setting.names.iter().any(|(_, other)| &**other == name)).unwrap_or_else(|| panic!("no {name}"))
    }

    /// Name and value as they stand in the file.
    pub fn source(&self, name: &str) -> (&str, &str) {
        let setting = self.named(name);
        (setting.name_span.of(&self.text), setting.value_span.of(&self.text))
    }

    pub fn kinds(&self) -> Vec<&str> {
        self.reading.kinds.iter().map(|kind| kind.0).collect()
    }

    pub fn labels(&self, scope: &str) -> Vec<&str> {
        let found = self.reading.scopes.iter().find(|other| format!("{} {}", other.kind.word(), other.name) == scope);
        found.unwrap_or_else(|| panic!("no {scope}")).labels.iter().map(|label| &**label).collect()
    }

    fn path(&self, setting: &Setting) -> String {
        let path = self.reading.path_to(setting.scope);
        let key = setting.key.as_deref().unwrap_or("");
        if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
    }
}

pub fn value(setting: &Setting) -> String {
    match (&setting.value, setting.mark) {
        (Outcome::One(value), _) => value.display(),
        (Outcome::AnyOf(values), _) => values.iter().map(crate::value::Value::display).collect::<Vec<_>>().join(" or "),
        (Outcome::Unread, Mark::Reference) => "(reference)".into(),
        (Outcome::Unread, Mark::Required) => "(required)".into(),
        (Outcome::Unread, Mark::Plain) => "(unknown)".into(),
    }
}
