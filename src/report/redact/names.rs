//! Names that say that their value is a secret, in the many ways that projects write them.

use super::values::{bare, harmless};

/// Words that make a name secret.
#[rustfmt::skip]
const SECRET_WORDS: &[&str] = &[
    "password", "passwords", "passwd", "passphrase", "pwd", "pass", "secret", "secrets", "token", "key", "salt", "pepper", "credential",
    "credentials", "dsn", "apikey", "privatekey", "pat",
];

/// Last words after which a name speaks about a secret but does not hold one: `token_lifetime`, `password_encryption`, `secret_name`.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "file", "path", "dir", "directory", "name", "names", "type", "types", "policy", "length", "size", "bits", "ttl", "age", "expiry",
    "expires", "expiration", "expire", "lifetime", "timeout", "rotation", "period", "interval", "days", "hours", "minutes", "seconds",
    "encryption", "algorithm", "alg", "hashing", "hasher", "method", "required", "require", "enabled", "enable", "disabled", "allowed",
    "ref", "refs", "count", "limit", "mode", "format", "prefix", "header", "env", "var", "variable", "provider", "store", "storage",
    "location", "audience", "issuer", "endpoint", "url", "uri", "host", "port", "manager", "version", "class", "kind", "source", "min",
    "max", "authentication", "auth", "reset", "validation", "check", "create", "existing", "mount", "permissions", "scopes", "scope",
    "usage", "budget", "ids", "arn",
];

/// Words before `key` that make it a key of a table, not of a door.
#[rustfmt::skip]
const OPEN_KEYS: &[&str] = &[
    "primary", "foreign", "partition", "sort", "public", "cache", "index", "unique", "group", "routing", "row", "map", "hot",
    "sharding", "object",
];

/// The words of the last telling step of a name, in lower case: `services.api.dbPassword` gives `db`, `password`.
fn words(name: &str) -> Vec<String> {
    let mut steps =
        name.split(['.', '(', ')', '[', ']', '/', ' ', ':', '"', '\'']).filter(|step| step.contains(|c: char| c.is_alphabetic()));
    let Some(step) = steps.rfind(|step| !matches!(*step, "value" | "default" | "Value" | "Default")) else {
        return Vec::new();
    };
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for c in step.chars() {
        let starts = !c.is_alphanumeric() || (c.is_uppercase() && before_lower);
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether the name alone makes this value a secret.
pub(super) fn named_secret(name: &str, value: &str) -> bool {
    let value = bare(value);
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if ABOUT.contains(&last.as_str()) {
        return false;
    }
    let at = words.iter().rposition(|word| {
        SECRET_WORDS.contains(&word.as_str())
            || ["password", "passwd", "passphrase", "apikey", "secret", "secretkey", "accesskey"].iter().any(|end| word.ends_with(end))
    });
    let Some(at) = at else { return false };
    let word = words.get(at).map_or("", String::as_str);
    if word == "key" {
        let before = at.checked_sub(1).and_then(|i| words.get(i)).map_or("", String::as_str);
        // `key_vault` is a place, `SECRET_KEY_BASE` a key
        let inner = at + 1 < words.len() && !["api", "access", "secret", "private", "encryption", "signing", "auth"].contains(&before);
        // a lone `key` names an entry of a map far more often than a key
        if inner || OPEN_KEYS.contains(&before) || (words.len() == 1 && value.chars().count() < 16) {
            return false;
        }
    }
    // nginx hands requests on with `proxy_pass` and its kin
    if word == "pass" && words.iter().any(|word| matches!(word.as_str(), "proxy" | "fastcgi" | "uwsgi" | "scgi" | "grpc" | "memcached")) {
        return false;
    }
    let digits = value.len() >= 4 && value.bytes().all(|b| b.is_ascii_digit());
    let opens = word.contains("pass") || word.contains("pwd") || word.contains("secret") || word.contains("credential");
    (digits && opens) || !harmless(value)
}
