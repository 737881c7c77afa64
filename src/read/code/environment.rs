//! Names of environment variables in code, and the settings that reading them gives.

use super::{Code, Given};
use crate::plain::is_disguise;
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

/// Whether a text is a variable's name as programs write it: capitals, digits and underscores, at least three characters.
#[must_use]
pub fn is_variable(name: &str) -> bool {
    name.len() >= 3
        && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_' || is_disguise(c))
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || is_disguise(c))
        && name.chars().any(|c| c.is_ascii_uppercase())
}

/// Whether a callee's name says that it reads the environment or the configuration: `getenv`, `env_bool`, `config`, `get_env`.
#[must_use]
pub fn reads_environment(callee: &str) -> bool {
    let last = callee.rsplit(['.', ':']).next().unwrap_or(callee).to_ascii_lowercase();
    last.contains("env")
        || last.ends_with("_val")
        || matches!(last.as_str(), "config" | "getconfig" | "get_config" | "get_setting" | "getstring" | "getbool")
}

impl Code<'_> {
    /// The setting that an expression gives, in the whole file, when it reads a variable. What the code makes of it counts:
    /// in `getenv("NO_LOGS", "0") == "1"` the variable is off, in `X != "false"` it is on when nobody sets it.
    pub fn variable(&mut self, given: &Given) {
        let Some(read) = &given.read else { return };
        let value = match &given.value {
            Outcome::One(Value::Bool(truth)) if read.flipped => Outcome::One(Value::Bool(!truth)),
            value => value.clone(),
        };
        let setting = Setting::named(ScopeId::ROOT, read.surface, read.name.clone(), value, read.span, given.span);
        self.add(setting.with_mark(given.mark));
    }

    /// A variable that the code itself sets: `os.environ["X"] = "1"`, `env: {X: "1"}`, `"X=1"` in a list for a child process.
    pub fn sets_variable(&mut self, scope: ScopeId, name: &str, name_span: crate::span::Span, given: &Given) {
        let setting = Setting::named(scope, Surface::Env, name, given.value.clone(), name_span, given.span);
        self.add(setting.with_mark(given.mark));
    }
}
