//! Spring: `application*.yml` and its properties. What a profile sets is a document of its own, named by the profile; the rest holds for all.

use super::view::{Dialect, View};
use crate::read::expression::spring;
use crate::read::tree::{Claims, Data, NodeId, Tree};
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::span::Span;

/// The word of `in:`.
pub const NAME: &str = "spring";

const DIALECT: Dialect = Dialect { resolve: spring::resolve, foreign: None, passes_through: false };

/// Where a document says for which profile it is; the older spelling last.
pub const PROFILE: [&str; 3] = ["spring.config.activate.on-profile", "spring.config.activate.onProfile", "spring.profiles"];

/// The part of a name behind `application`: `-prod` of `application-prod.yml`.
fn behind(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, "yml" | "yaml" | "properties") = name.rsplit_once('.')? else { return None };
    let rest = stem.strip_prefix("application").or_else(|| stem.strip_prefix("bootstrap"))?;
    (rest.is_empty() || rest.starts_with('-')).then_some(rest)
}

/// Whether the path is a Spring application's configuration by its name.
#[must_use]
pub fn is_place(path: &str) -> bool {
    behind(path).is_some()
}

/// A configuration by its name.
#[must_use]
pub fn fits(path: &str, tree: &Tree, document: NodeId) -> bool {
    is_place(path) && tree.is_map(document)
}

/// Reads one document: plain keys.
pub fn read(path: &str, text: &str, tree: &Tree, document: NodeId, parent: ScopeId, claims: &mut Claims, reading: &mut Reading) {
    let mut view = View::new(path, text, tree, claims, reading, DIALECT);
    view.plain(document, parent);
    view.claims.take(document);
}

/// The scope of a document: the root for what holds in every profile.
pub fn scope(path: &str, tree: &Tree, document: NodeId, reading: &mut Reading) -> ScopeId {
    let own = PROFILE.iter().find_map(|key| words(tree, find(tree, document, key)?));
    of_profile(path, own.as_deref(), tree.node(document).span, reading)
}

/// The scope of what the file's name or the document itself gives to a profile.
pub fn of_profile(path: &str, own: Option<&str>, span: Span, reading: &mut Reading) -> ScopeId {
    let by_file = behind(path).and_then(|rest| rest.strip_prefix('-')).filter(|name| !name.is_empty());
    let names: Vec<&str> = by_file.into_iter().chain(own).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return ScopeId::ROOT;
    }
    let name = names.join(" & ");
    let scope = reading.scope(ScopeId::ROOT, ScopeKind::Document, name.as_str(), Step::Same, span);
    if let Some(scope) = reading.scopes.get_mut(scope.0 as usize) {
        scope.labels.push(format!("profile {name}").into());
    }
    scope
}

/// What stands at a path whose steps may be keys in keys, one key with dots, or a mixture.
fn find(tree: &Tree, node: NodeId, path: &str) -> Option<NodeId> {
    tree.entries(node).iter().find_map(|entry| match path.strip_prefix(&*entry.key)? {
        "" => Some(entry.value),
        rest => find(tree, entry.value, rest.strip_prefix('.')?),
    })
}

/// A profile's name, or several.
fn words(tree: &Tree, node: NodeId) -> Option<String> {
    match &tree.node(node).data {
        Data::Scalar(scalar) => Some(scalar.text.to_string()),
        Data::List(items) => {
            let names: Vec<&str> = items.iter().filter_map(|item| tree.scalar(*item)).map(|scalar| &*scalar.text).collect();
            Some(names.join(", "))
        }
        Data::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::read::lens::sample::{Sample, read};

    fn placed(sample: &Sample, key: &str) -> Vec<String> {
        let found = sample.reading.settings.iter().filter(|setting| sample.reading.path_of(setting) == key);
        found
            .map(|setting| {
                format!("{} {}", sample.reading.scope_words(setting.scope).unwrap_or_default(), setting.value_span.of(&sample.text))
            })
            .collect()
    }

    #[test]
    fn a_document_belongs_to_its_profile() {
        let sample = read(
            "src/main/resources/application.yml",
            "logging.level: info\n---\nspring: {config: {activate: {on-profile: prod}}}\nlogging: {level: warn}\n---\nspring.profiles: dev\nlogging.level: debug\n",
        );
        assert_eq!(sample.kinds(), ["spring", "yaml"]);
        assert_eq!(placed(&sample, "logging.level"), [" info", "document prod warn", "document dev debug"]);
    }

    #[test]
    fn a_file_belongs_to_the_profile_of_its_name() {
        let sample = read("application-prod.yml", "a: ${X:1}\n");
        assert_eq!(placed(&sample, "a"), ["document prod ${X:1}"]);
        assert_eq!(placed(&read("application.yml", "a: 1\n"), "a"), [" 1"]);
        assert_eq!(read("applications.yml", "a: 1\n").kinds(), ["yaml"]);
        assert_eq!(read("application.yaml", "apiVersion: v1\nkind: X\n").kinds(), ["kubernetes", "yaml"]);
    }

    #[test]
    fn properties_have_documents_too() {
        let path = "config/application.properties";
        let text = "a.b=1\n#---\nspring.config.activate.on-profile=prod\na.b=é\n!---\na.c=3\n";
        let reading = (crate::read::by_path(path).unwrap().read)(path, text);
        for setting in &reading.settings {
            assert_eq!(setting.value_span.of(text), &*setting.raw);
        }
        let sample = Sample { text: text.to_owned(), reading };
        assert_eq!(sample.kinds(), ["spring", "properties"]);
        assert_eq!(placed(&sample, "a.b"), [" 1", "document prod é"]);
        assert_eq!(placed(&sample, "a.c"), [" 3"]);
    }
}
