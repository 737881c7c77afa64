//! The readers' table: which file is read by whom. Adding a format is one file below this folder and one line here.

pub(crate) mod clock;
pub mod code;
pub mod decision;
pub mod expression;
pub mod fragment;
pub mod lens;
pub mod limits;
pub mod prose;
pub mod signature;
pub mod text;
pub mod tree;
pub mod weights;

use crate::reading::Reading;

/// One reader: a format and the function that turns its text into settings.
#[derive(Debug)]
pub struct Reader {
    /// The format's name, also the first word of `in:` for what it reads.
    pub name: &'static str,
    /// What it reads, in one line for the documentation.
    pub about: &'static str,
    /// Whether a path (with `/`, relative to the repository's root) is this reader's by its name.
    pub claims: fn(path: &str) -> bool,
    /// Reads a whole file. Never panics; what cannot be read is a [`crate::reading::Problem`] in the reading.
    pub read: fn(path: &str, text: &str) -> Reading,
}

impl Reader {
    /// Whether it reads source code, which is parsed only where a change could concern some policy.
    #[must_use]
    pub fn is_code(&self) -> bool {
        CODE_KINDS.contains(&self.name)
    }
}

/// The kinds of source code.
pub const CODE_KINDS: &[&str] = &["python", "typescript", "javascript", "go", "rust", "java", "shell"];

/// Ends of the names of source files.
pub const CODE_ENDS: &[&str] = &[
    ".py", ".pyi", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".svelte", ".vue", ".astro", ".go", ".rs", ".java", ".sh",
    ".bash", ".zsh",
];

/// All readers. The first that claims a path reads it.
pub static READERS: &[Reader] = &[
    Reader {
        name: "manifest",
        about: "Dependency manifests and lock files: which version of which package",
        claims: |path| text::pins::claims(path) && !configures(path),
        read: text::pins::read,
    },
    Reader {
        name: "dockerfile",
        about: "Dockerfiles: stages, environment, user, ports, commands",
        claims: text::dockerfile::claims,
        read: text::dockerfile::read,
    },
    Reader { name: "env-file", about: "Environment files in all their spellings", claims: text::dotenv::claims, read: text::dotenv::read },
    // before `json`: its bundles are JSON
    Reader {
        name: signature::NAME,
        about: "Signatures of models: which files they cover and which they pass over",
        claims: signature::claims,
        read: signature::read,
    },
    Reader {
        name: "json",
        about: "JSON with and without comments",
        claims: |path| ends(path, &[".json", ".jsonc", ".json5"]),
        read: |path, text| structured("json", path, text, tree::json::parse),
    },
    Reader {
        name: "toml",
        about: "TOML",
        claims: |path| ends(path, &[".toml"]),
        read: |path, text| structured("toml", path, text, tree::toml::parse),
    },
    Reader {
        name: "yaml",
        about: "YAML: Compose, Kubernetes, Helm, workflows, and the keys of any other file",
        claims: |path| ends(path, &[".yaml", ".yml"]),
        read: |path, text| structured("yaml", path, text, |text| tree::yaml::parse_at(path, text)),
    },
    Reader {
        name: "systemd",
        about: "Units of systemd: keys, variables, commands",
        claims: text::systemd::claims,
        read: text::systemd::read,
    },
    Reader {
        name: "procfile",
        about: "Procfiles: the command of each process",
        claims: text::procfile::claims,
        read: text::procfile::read,
    },
    Reader { name: "crontab", about: "Tables of cron: variables and commands", claims: text::crontab::claims, read: text::crontab::read },
    Reader {
        name: "make",
        about: "Makefiles and justfiles: variables with defaults, commands of recipes",
        claims: text::make::claims,
        read: text::make::read,
    },
    Reader {
        name: "jenkinsfile",
        about: "Jenkinsfiles: whether they run the gate",
        claims: |path| path.rsplit('/').next().is_some_and(|name| name.starts_with("Jenkinsfile") || name.ends_with(".jenkinsfile")),
        read: |_, text| {
            let mut reading = Reading::new(crate::reading::Kind("jenkinsfile"), text.len());
            lens::gate::in_texts(text, &mut reading, None);
            reading
        },
    },
    Reader { name: "ini", about: "INI, configuration and properties files", claims: text::ini::claims, read: text::ini::read },
    Reader {
        name: "markdown",
        about: "Markdown: what its fenced blocks tell people to run and to set; sections and claims of cards and privacy documents",
        claims: prose::fences::claims,
        read: prose::read,
    },
    Reader {
        name: "gitignore",
        about: "What Git leaves out",
        claims: |path| decision::language(path) == Some(decision::Language::Git),
        read: decision::read,
    },
    Reader {
        name: "gitattributes",
        about: "For which files Git LFS keeps the content",
        claims: text::attributes::claims,
        read: text::attributes::read,
    },
    Reader {
        name: "dockerignore",
        about: "What a build's context leaves out",
        claims: |path| decision::language(path) == Some(decision::Language::Docker),
        read: decision::read,
    },
    Reader {
        name: "codeowners",
        about: "Who must approve a change of which path",
        claims: |path| decision::language(path) == Some(decision::Language::Owners),
        read: decision::read,
    },
    Reader {
        name: "robots",
        about: "`robots.txt` and `ai.txt`: which crawler may fetch what, and what its content may be used for",
        claims: decision::robots_file::claims,
        read: decision::read,
    },
    Reader {
        name: "robots-code",
        about: "Next.js' `robots.ts`, which becomes a `robots.txt`",
        claims: decision::robots_code::claims,
        read: decision::robots_code::read,
    },
    Reader {
        name: "records",
        about: "Lists of what is left out: opt-outs, exclusions, blocked addresses",
        claims: text::records::claims,
        read: text::records::read,
    },
    Reader {
        name: "checksums",
        about: "Lists of digests, `SHA256SUMS` and its kind",
        claims: text::checksums::claims,
        read: text::checksums::read,
    },
    Reader {
        name: weights::NAME,
        about: "Files of weights: their format by their first bytes, and whether Git holds them or a pointer",
        claims: weights::claims,
        read: weights::read,
    },
    Reader {
        name: "headers-file",
        about: "`_headers` of static hosts: which answer carries which header",
        claims: text::headers::claims,
        read: text::headers::read,
    },
    Reader {
        name: "html",
        about: "Pages and layouts: `meta` and `link` elements of the head, addresses of scripts, short scripts that stand in the page",
        claims: text::html::claims,
        read: text::html::read,
    },
    Reader {
        name: "go",
        about: "Go: flags, struct tags, struct literals, constants, the environment with its fallbacks",
        claims: |path| code::claims(&code::go::GO, path),
        read: |path, text| code::read(&code::go::GO, path, text),
    },
    Reader {
        name: "rust",
        about: "Rust: clap options, serde defaults, `Default` impls, struct literals, constants, the environment with its fallbacks",
        claims: |path| code::claims(&code::rust::RUST, path),
        read: |path, text| code::read(&code::rust::RUST, path, text),
    },
    Reader {
        name: "hcl",
        about: "HCL: Terraform, and the keys of any other file",
        claims: |path| ends(path, &[".tf", ".tofu", ".tfvars", ".hcl"]) && !path.ends_with(".terraform.lock.hcl"),
        read: hcl,
    },
    Reader {
        name: "xml",
        about: "XML configuration: logging, web applications, Hadoop, Android",
        claims: tree::xml::claims,
        read: |path, text| structured("xml", path, text, tree::xml::parse),
    },
    Reader {
        name: "conf",
        about: "Server configuration: nginx, Caddy, Apache, Fluentd, Fluent Bit, logrotate, Redis, PostgreSQL",
        claims: text::blocks::claims,
        read: text::blocks::read,
    },
    Reader {
        name: "python",
        about: "Python: defaults of variables, options, settings classes, keywords of calls",
        claims: |path| code::claims(&code::python::PYTHON, path),
        read: |path, text| code::read(&code::python::PYTHON, path, text),
    },
    Reader {
        name: "shell",
        about: "Shell scripts: variables and their defaults, commands and their flags, files they write",
        claims: code::shell::claims,
        read: code::shell::read_script,
    },
    Reader {
        name: "java",
        about: "Java: properties and variables with defaults, fields, annotations, builder calls",
        claims: |path| code::claims(&code::java::JAVA, path),
        read: |path, text| code::read(&code::java::JAVA, path, text),
    },
    Reader {
        name: "typescript",
        about: "TypeScript: defaults of variables, schemas, options of calls, objects of configuration",
        claims: |path| code::claims(&code::typescript::TYPESCRIPT, path),
        read: code::typescript::read_typescript,
    },
    Reader {
        name: "javascript",
        about: "JavaScript: the same",
        claims: |path| code::claims(&code::typescript::JAVASCRIPT, path),
        read: |path, text| code::read(&code::typescript::JAVASCRIPT, path, text),
    },
];

/// Endings of files that are there to be copied.
const COPIED: [&str; 6] = [".example", ".sample", ".template", ".dist", ".default", ".defaults"];

/// A structured file's path as those who use it name their copy: `config.yaml.example` is `config.yaml`. Any other path stays.
#[must_use]
pub fn copied(path: &str) -> &str {
    const STRUCTURED: [&str; 7] = [".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".properties"];
    let copy = COPIED.iter().find_map(|end| path.strip_suffix(end));
    copy.filter(|copy| ends(copy, &STRUCTURED)).unwrap_or(path)
}

/// The reader of a path by its name.
#[must_use]
pub fn by_path(path: &str) -> Option<&'static Reader> {
    READERS.get(position(path)?)
}

fn position(path: &str) -> Option<usize> {
    let of = |path: &str| READERS.iter().position(|reader| (reader.claims)(path));
    of(path).or_else(|| Some(copied(path)).filter(|copy| *copy != path).and_then(of))
}

/// The reader of a fragment by the file name that stands beside it.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Reader> {
    by_path(name)
}

/// Whether any reader takes a path.
#[must_use]
pub fn reads(path: &str) -> bool {
    by_path(path).is_some()
}

/// Paths of one reader have one number: only they can be renames of each other by similarity.
#[must_use]
pub fn group(path: &str) -> u32 {
    position(path).and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)
}

/// Whether a path is a manifest or lock file, which fix versions.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    text::pins::claims(path)
}

/// The kinds of document that this build reads: the words of `in:`.
#[must_use]
pub fn kinds() -> Vec<&'static str> {
    let lenses = lens::LENSES.iter().map(|lens| lens.name);
    // some readers tell several kinds apart
    let told = text::blocks::KINDS
        .iter()
        .copied()
        .chain([text::ini::PROPERTIES.0, decision::robots_file::AI_TXT.0])
        .chain(prose::KINDS.map(|(kind, _)| kind));
    let mut kinds: Vec<&str> = READERS.iter().map(|reader| reader.name).chain(lenses).chain(told).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn ends(path: &str, ends: &[&str]) -> bool {
    let lower = path.to_ascii_lowercase();
    ends.iter().any(|end| lower.ends_with(end))
}

/// Reads a structured format: one tree, the lens that fits, and the keys that no lens claims.
fn structured(kind: &'static str, path: &str, text: &str, parse: impl FnOnce(&str) -> tree::Tree) -> Reading {
    let mut reading = Reading::new(crate::reading::Kind(kind), text.len());
    let tree = parse(text);
    lens::apply(path, text, &tree, &mut reading);
    lens::gate::in_tree(path, text, &tree, &mut reading, None);
    if text::pins::claims(path) {
        text::pins::add(path, text, &mut reading);
    }
    reading
}

/// Manifests in which tools keep their configuration too, so that their keys are read as well.
fn configures(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("package.json" | "pyproject.toml" | "Cargo.toml"))
}

/// HCL is structured too; conditional expressions may come to one of two values.
fn hcl(path: &str, text: &str) -> Reading {
    let (tree, choices) = tree::hcl::parse(text);
    let heredocs = lens::heredocs::of(&tree, text);
    let mut reading = structured("hcl", path, text, |_| tree);
    lens::heredocs::read(path, text, heredocs, &mut reading);
    for setting in &mut reading.settings {
        if let Some(values) = choices.get(&setting.value_span) {
            setting.value = crate::value::Outcome::AnyOf(values.clone());
            setting.mark = crate::value::Mark::Plain;
        }
    }
    reading
}
