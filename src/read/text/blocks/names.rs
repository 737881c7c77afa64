//! How a directive is called: by its first word, or together with its first argument where that says which one it is.

use super::Dialect;
use super::lex::Word;

/// How a line is read.
pub(super) struct Called {
    /// The setting's name, also its key.
    pub name: String,
    /// A second name by which it is known.
    pub other: Option<String>,
    /// Where its value starts among the words.
    pub value: usize,
    /// Whether it stands beside others of its name, instead of taking their place.
    pub beside: bool,
}

/// Directives whose first argument is a part of their name.
fn is_pair(dialect: Dialect, word: &str) -> bool {
    match dialect {
        Dialect::Nginx => matches!(
            word,
            "add_header" | "add_trailer" | "proxy_set_header" | "grpc_set_header" | "fastcgi_param" | "uwsgi_param" | "scgi_param" | "set"
        ),
        Dialect::Apache => matches!(
            word.to_ascii_lowercase().as_str(),
            "setenv" | "php_value" | "php_flag" | "php_admin_value" | "php_admin_flag" | "setenvif"
        ),
        Dialect::Caddy => matches!(word, "header" | "request_header" | "vars"),
        Dialect::Redis => matches!(word, "rename-command" | "user" | "client-output-buffer-limit"),
        _ => false,
    }
}

/// Blocks of Caddy that ask who is there.
pub(super) fn asks_who(word: &str) -> bool {
    matches!(word, "basic_auth" | "basicauth" | "forward_auth")
}

/// Directives that stand any number of times.
fn is_list(dialect: Dialect, word: &str) -> bool {
    match dialect {
        Dialect::Nginx => {
            matches!(
                word,
                "access_log" | "error_log" | "allow" | "deny" | "listen" | "include" | "server" | "limit_req" | "env" | "rewrite"
            )
        }
        Dialect::Apache => matches!(
            word.to_ascii_lowercase().as_str(),
            "customlog"
                | "require"
                | "allow"
                | "deny"
                | "listen"
                | "loadmodule"
                | "include"
                | "includeoptional"
                | "rewriterule"
                | "rewritecond"
        ),
        Dialect::Caddy => matches!(word, "import" | "reverse_proxy" | "redir" | "respond" | "rewrite" | "bind"),
        Dialect::Redis => matches!(word, "save" | "include" | "loadmodule"),
        Dialect::FluentBit => matches!(word, "Record" | "Add" | "Set" | "Rename" | "Remove" | "Remove_key" | "Rule" | "Regex" | "Exclude"),
        _ => false,
    }
}

/// The name of a line; `inside` is the block around it.
pub(super) fn of(dialect: Dialect, inside: &str, words: &[Word]) -> Option<Called> {
    let first = words.first()?;
    let argument = |at: usize| words.get(at).map(|word| word.text.as_str());
    let plain = |name: String, value: usize| Called { name, other: None, value, beside: false };
    let word = first.text.as_str();
    if dialect == Dialect::Caddy && matches!(inside, "header" | "request_header") {
        return Some(plain(format!("{inside} {word}"), 1));
    }
    if dialect == Dialect::Apache && matches!(word.to_ascii_lowercase().as_str(), "header" | "requestheader") {
        return Some(header(word, words));
    }
    if is_pair(dialect, word) {
        // a matcher of Caddy stands in front of the name
        let matcher = dialect == Dialect::Caddy && words.len() > 2 && argument(1).is_some_and(|text| text.starts_with(['/', '@', '*']));
        let at = 1 + usize::from(matcher);
        if let Some(name) = argument(at) {
            return Some(plain(format!("{word} {name}"), at + 1));
        }
    }
    if is_list(dialect, word) {
        let other = argument(1).map(|argument| format!("{word} {argument}"));
        return Some(Called { name: word.to_owned(), other, value: 1, beside: true });
    }
    Some(plain(word.to_owned(), 1))
}

/// `Header [always] set X-Frame-Options DENY` is called `Header X-Frame-Options`; what takes a header away has its action in its name.
fn header(word: &str, words: &[Word]) -> Called {
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    let action = 1 + usize::from(matches!(text(1).to_ascii_lowercase().as_str(), "always" | "onsuccess" | "early"));
    let gives = matches!(text(action).to_ascii_lowercase().as_str(), "set" | "append" | "add" | "merge" | "setifempty");
    let name = if gives { format!("{word} {}", text(action + 1)) } else { format!("{word} {} {}", text(action), text(action + 1)) };
    Called { name: name.trim_end().to_owned(), other: None, value: action + 2, beside: false }
}
