//! The JSON Schema of policy files, with the kinds of document that this build can read.

/// The schema as it is checked in; `in` takes any word there.
const SCHEMA: &str = include_str!("../../schemas/privgate-policy.schema.json");

/// The schema for editors.
#[must_use]
pub fn schema(kinds: &[&str]) -> String {
    let Ok(mut schema) = serde_json::from_str::<serde_json::Value>(SCHEMA) else { return SCHEMA.to_owned() };
    if let Some(kind) = schema.pointer_mut("/$defs/kind") {
        *kind = serde_json::json!({"enum": kinds, "description": "A kind of document."});
    }
    serde_json::to_string_pretty(&schema).map_or_else(|_| SCHEMA.to_owned(), |text| text + "\n")
}
