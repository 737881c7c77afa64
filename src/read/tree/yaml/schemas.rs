//! Schemas inside Kubernetes resource definitions: they say what a setting may be, not what it is, and they are megabytes.

use std::borrow::Cow;

/// Below this a text is parsed as it stands, in bytes.
const WORTH: usize = 8 << 10;

const KIND: &str = "kind: CustomResourceDefinition";

/// The text with the schemas of its resource definitions blanked out, so that every other byte keeps its place.
pub fn blank(text: &str) -> Cow<'_, str> {
    if text.len() < WORTH || memchr::memmem::find(text.as_bytes(), KIND.as_bytes()).is_none() {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut defines = false;
    // the indentation of the schema that is being blanked
    let mut schema: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let bare = content.trim_end();
        if indent == 0 && bare.starts_with("---") {
            (defines, schema) = (false, None);
        } else if indent == 0 && bare == KIND {
            defines = true;
        }
        if schema.is_some_and(|outer| indent > outer || bare.is_empty()) {
            blank_line(line, &mut out);
            continue;
        }
        schema = (defines && bare.trim_start_matches("- ") == "openAPIV3Schema:")
            .then(|| indent + (bare.len() - bare.trim_start_matches("- ").len()));
        out.push_str(line);
    }
    out.into()
}

fn blank_line(line: &str, out: &mut String) {
    let end = line.trim_end_matches(['\r', '\n']);
    out.extend(std::iter::repeat_n(' ', end.len()));
    out.push_str(line.get(end.len()..).unwrap_or(""));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(kind: &str) -> String {
        let long = "          description: é what it is\n".repeat(400);
        format!(
            "kind: {kind}\nspec:\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n{long}    served: true\n---\nkind: Pod\n"
        )
    }

    #[test]
    fn schemas_of_definitions_are_blanked_and_nothing_moves() {
        let text = definition("CustomResourceDefinition");
        let blanked = blank(&text);
        assert_eq!(blanked.len(), text.len());
        assert!(!blanked.contains("description"));
        for word in ["served: true", "kind: Pod", "openAPIV3Schema:"] {
            assert_eq!(blanked.find(word), text.find(word));
        }
        assert_eq!(blanked.lines().count(), text.lines().count());
    }

    #[test]
    fn nothing_else_is_blanked() {
        let text = definition("Schema");
        assert_eq!(blank(&text), text);
        let text = definition("Schema") + &definition("CustomResourceDefinition").replace("openAPIV3Schema", "other");
        assert_eq!(blank(&text), text);
    }
}
