//! Configuration of servers in lines and blocks: nginx, Caddy, Apache, Fluentd, Fluent Bit, logrotate, Redis, `PostgreSQL`, OpenSSH, sudo.

mod build;
mod hba;
mod lex;
mod login;
mod names;

use crate::reading::{Kind, Reading};

/// What such files are called in `in:`, each by its program.
pub const KINDS: &[&str] =
    &["apache", "caddyfile", "fluent-bit", "fluentd", "logrotate", "nginx", "pg-hba", "postgresql", "redis", "ssh", "sudoers"];

/// How a program writes its configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Nginx,
    Caddy,
    Apache,
    Fluentd,
    FluentBit,
    Logrotate,
    Redis,
    Postgres,
    Hba,
    Ssh,
    Sudoers,
}

impl Dialect {
    fn kind(self) -> Kind {
        Kind(match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddyfile",
            Self::Apache => "apache",
            Self::Fluentd => "fluentd",
            Self::FluentBit => "fluent-bit",
            Self::Logrotate => "logrotate",
            Self::Redis => "redis",
            Self::Postgres => "postgresql",
            Self::Hba => "pg-hba",
            Self::Ssh => "ssh",
            Self::Sudoers => "sudoers",
        })
    }
}

/// Endings of samples and templates of a file.
const DRESSED: &[&str] = &[".template", ".tmpl", ".tpl", ".j2", ".example", ".sample", ".dist", ".default", ".in"];

/// Whether the path may be such a file by its name; `*.conf` may be anything, and its text says what.
#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "the name is in small letters")]
#[must_use]
pub fn claims(path: &str) -> bool {
    let sites = path.rsplit('/').skip(1).any(|folder| matches!(folder, "sites-available" | "sites-enabled"));
    sites || bare(path).ends_with(".conf") || by_name(path).is_some()
}

/// The file's name in small letters, without what makes a sample of it.
fn bare(path: &str) -> String {
    let lower = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    // `app.conf.template.prod` is a template too
    let lower = lower.split_once(".template.").map_or(lower.as_str(), |(name, _)| name);
    DRESSED.iter().find_map(|end| lower.strip_suffix(end)).unwrap_or(lower).to_owned()
}

#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "the name is in small letters")]
fn by_name(path: &str) -> Option<Dialect> {
    let name = bare(path);
    let inside = |folder: &str| path.rsplit('/').skip(1).any(|other| other.eq_ignore_ascii_case(folder));
    let conf = |start: &str| name.starts_with(start) && name.ends_with(".conf");
    let ssh = matches!(&*name, "sshd_config" | "ssh_config") || (name == "config" && inside(".ssh"));
    let caddy = name.strip_prefix("caddyfile").is_some_and(|rest| {
        rest.is_empty()
            || (rest.starts_with(['.', '-', '_']) && ![".md", ".json", ".go", ".yaml", ".yml"].iter().any(|end| rest.ends_with(end)))
    });
    if caddy || name.ends_with(".caddyfile") {
        Some(Dialect::Caddy)
    } else if ssh || inside("sshd_config.d") || inside("ssh_config.d") {
        Some(Dialect::Ssh)
    } else if name == "sudoers" || inside("sudoers.d") {
        Some(Dialect::Sudoers)
    } else if matches!(&*name, "httpd.conf" | "apache.conf" | "apache2.conf" | ".htaccess" | "htaccess") || name.ends_with(".vhost") {
        Some(Dialect::Apache)
    } else if conf("nginx") || name.ends_with(".nginx") || name.ends_with(".nginx.conf") {
        Some(Dialect::Nginx)
    } else if conf("redis") || conf("sentinel") || conf("valkey") || conf("keydb") {
        Some(Dialect::Redis)
    } else if conf("postgresql") || conf("postgres") {
        Some(Dialect::Postgres)
    } else if conf("pg_hba") {
        Some(Dialect::Hba)
    } else if conf("logrotate") || name.ends_with(".logrotate") || inside("logrotate.d") {
        Some(Dialect::Logrotate)
    } else if conf("fluent-bit") || conf("fluentbit") {
        Some(Dialect::FluentBit)
    } else if conf("fluent") || conf("td-agent") {
        Some(Dialect::Fluentd)
    } else {
        None
    }
}

/// What a text looks like whose name says little.
fn by_text(path: &str, text: &str) -> Option<Dialect> {
    let lines = || text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    let sections = |names: &[&str]| lines().any(|line| names.iter().any(|name| line.starts_with(name)));
    let opens =
        |line: &str, word: &str| line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t', '{']) && rest.contains('{'));
    if sections(&["[SERVICE]", "[INPUT]", "[OUTPUT]", "[FILTER]"]) {
        Some(Dialect::FluentBit)
    } else if sections(&["<VirtualHost", "<Directory", "<Location", "<IfModule", "<Files"]) {
        Some(Dialect::Apache)
    } else if sections(&["<match", "<source>", "<filter"]) {
        Some(Dialect::Fluentd)
    } else if lines().any(|line| ["server", "http", "upstream", "location", "events", "stream"].iter().any(|word| opens(line, word)))
        || (path.contains("conf.d/") && sections(&["log_format", "add_header"]))
    {
        Some(Dialect::Nginx)
    } else {
        None
    }
}

/// Reads a file; one that is of none of these programs gives nothing, or what INI's reader finds.
#[must_use]
pub fn read(path: &str, text: &str) -> Reading {
    let by_name = by_name(path);
    // Fluentd's and Fluent Bit's files go by each other's names
    let by_text = |path| if matches!(by_name, None | Some(Dialect::Fluentd | Dialect::FluentBit)) { by_text(path, text) } else { None };
    let Some(dialect) = by_text(path).or(by_name) else {
        if super::ini::looks_like(text) {
            return super::ini::read(path, text);
        }
        return Reading::new(Kind("conf"), text.len());
    };
    let mut reading = Reading::new(Kind("conf"), text.len());
    reading.kinds.insert(0, dialect.kind());
    match dialect {
        Dialect::Hba => hba::read(text, &mut reading),
        Dialect::Ssh => login::ssh(text, &mut reading),
        Dialect::Sudoers => login::sudo(text, &mut reading),
        _ => {
            let lexed = lex::statements(dialect, text);
            reading.templated = lexed.templated;
            build::build(dialect, text, &lexed, &mut reading);
        }
    }
    reading
}

#[cfg(test)]
mod tests;
