//! What `robots.txt` decides for a crawler at a path, by RFC 9309 and, where that is silent, as Google's own parser reads it.

/// Lines that say how content may be used; they stand in a group and end none.
pub const USAGE: [&str; 2] = ["content-usage", "content-signal"];

/// Ways to misspell `Disallow` that crawlers forgive.
const DISALLOW: [&str; 6] = ["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"];

/// The groups of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups(Vec<Group>);

/// Agents and the rules they share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Group {
    agents: Vec<Agent>,
    rules: Vec<Rule>,
}

/// Whom a group is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Agent {
    Everybody,
    /// The product token as the standard takes it (letters, `-`, `_`), and with digits and dots, as `img2dataset` needs it.
    Named(String, String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allows: bool,
    /// Escaped as addresses are.
    pattern: String,
}

/// What one line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A group starts, or gets one more agent.
    Agent(&'a str),
    /// Paths that may be fetched.
    Allow(&'a str),
    /// Paths that may not.
    Disallow(&'a str),
    /// Any other name with its value.
    Other(&'a str, &'a str),
}

/// Takes a line apart; nothing for comments, empty lines and what is none.
#[must_use]
pub fn line(text: &str) -> Option<Line<'_>> {
    let text = text.split('#').next().unwrap_or("").trim();
    let (name, value) = if let Some((name, value)) = text.split_once(':') {
        (name.trim_end(), value.trim_start())
    } else {
        // a forgotten colon is forgiven where there are just two words
        let (name, value) = text.split_once([' ', '\t'])?;
        let value = value.trim_start();
        if value.is_empty() || value.contains([' ', '\t']) {
            return None;
        }
        (name, value)
    };
    if name.is_empty() {
        return None;
    }
    let is = |word: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    Some(if ["user-agent", "useragent", "user agent"].into_iter().any(is) {
        Line::Agent(value)
    } else if is("allow") {
        Line::Allow(value)
    } else if DISALLOW.into_iter().any(is) {
        Line::Disallow(value)
    } else {
        Line::Other(name, value)
    })
}

impl Groups {
    /// The groups of some lines. Rules in front of the first agent are for nobody.
    #[must_use]
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut open = false;
        for text in lines {
            let rule = |allows, value: &str| Rule { allows, pattern: escaped(value) };
            let rule = match line(text) {
                Some(Line::Agent(value)) => {
                    if !open {
                        groups.push(Group::default());
                        open = true;
                    }
                    if let Some(group) = groups.last_mut() {
                        group.agents.push(Agent::of(value));
                    }
                    continue;
                }
                Some(Line::Allow(value)) => rule(true, value),
                Some(Line::Disallow(value)) => rule(false, value),
                Some(Line::Other(..)) | None => continue,
            };
            if let Some(group) = groups.last_mut() {
                group.rules.push(rule);
                open = false;
            }
        }
        Self(groups)
    }

    /// Whether a crawler may fetch a path, which is escaped as addresses are. `*` asks for crawlers that no group names.
    #[must_use]
    pub fn allows(&self, agent: &str, path: &str) -> bool {
        allowed(self.rules(agent), path)
    }

    /// The answers for one crawler at many paths.
    pub fn answers<'a>(&'a self, agent: &str, paths: &'a [String]) -> impl Iterator<Item = bool> + use<'a> {
        let rules: Vec<&Rule> = self.rules(agent).collect();
        paths.iter().map(move |path| allowed(rules.iter().copied(), path))
    }

    /// Whether a rule decides about a crawler at a path, rather than the silence that allows all.
    #[must_use]
    pub fn speaks(&self, agent: &str, path: &str) -> bool {
        self.rules(agent).any(|rule| !rule.pattern.is_empty() && fits(path, &rule.pattern))
    }

    /// Whether a group of its own speaks of a crawler.
    #[must_use]
    pub fn names(&self, agent: &str) -> bool {
        self.0.iter().any(|group| group.is_for(agent))
    }

    /// How many rules there are.
    #[must_use]
    pub fn rules_count(&self) -> usize {
        self.0.iter().map(|group| group.rules.len()).sum()
    }

    /// A path for each pattern, such as the pattern itself fits it and few others do.
    pub fn paths(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().flat_map(|group| &group.rules).filter(|rule| !rule.pattern.is_empty()).map(|rule| {
            let open = rule.pattern.strip_suffix('$').unwrap_or(&rule.pattern);
            let path = open.replace('*', "~");
            if path.starts_with('/') { path } else { format!("/{path}") }
        })
    }

    /// All groups for a crawler count as one; without any, those for everybody do.
    fn rules(&self, agent: &str) -> impl Iterator<Item = &Rule> {
        let named = agent != "*" && self.names(agent);
        let agent = if named { agent.to_owned() } else { "*".to_owned() };
        self.0.iter().filter(move |group| group.is_for(&agent)).flat_map(|group| &group.rules)
    }
}

impl Group {
    fn is_for(&self, agent: &str) -> bool {
        self.agents.iter().any(|other| match other {
            Agent::Everybody => agent == "*",
            Agent::Named(strict, wide) => strict.eq_ignore_ascii_case(agent) || wide.eq_ignore_ascii_case(agent),
        })
    }
}

impl Agent {
    fn of(value: &str) -> Self {
        if value.strip_prefix('*').is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            return Self::Everybody;
        }
        let token = |part: fn(char) -> bool| value.split(|c| !part(c)).next().unwrap_or("").to_owned();
        let strict = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_');
        Self::Named(token(strict), token(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
    }
}

/// The longest pattern that fits decides; at equal length the one that allows.
fn allowed<'a>(rules: impl Iterator<Item = &'a Rule>, path: &str) -> bool {
    let (mut allow, mut disallow) = (0, 0);
    for rule in rules.filter(|rule| fits(path, &rule.pattern)) {
        let longest = if rule.allows { &mut allow } else { &mut disallow };
        *longest = rule.pattern.len().max(*longest);
    }
    disallow <= allow
}

/// Whether a pattern fits the path from its start: `*` is any text, `$` at the end of the pattern the end of the path.
pub(super) fn fits(path: &str, pattern: &str) -> bool {
    let (pattern, to_the_end) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return !to_the_end || rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if to_the_end && parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    true
}

/// Octets outside of ASCII are escaped, and escapes are in capitals: `/é%2f` is `/%C3%A9%2F`.
#[must_use]
pub fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut capital: u8 = 0;
    for (at, byte) in path.bytes().enumerate() {
        if byte == b'%' {
            let digits = path.as_bytes().get(at + 1..at + 3).unwrap_or_default();
            capital = if digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit) { 3 } else { 0 };
        }
        if byte.is_ascii() {
            out.push(char::from(if capital > 0 { byte.to_ascii_uppercase() } else { byte }));
        } else {
            let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0').to_ascii_uppercase();
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
        capital = capital.saturating_sub(1);
    }
    out
}

/// Crawlers that gather text and pictures for the training of models, and those that fetch for assistants: one product token a line.
static AI_CRAWLERS: &str = include_str!("ai_crawlers.txt");

/// The word in a policy's `of` that stands for all of them.
pub const ALL_AI_CRAWLERS: &str = "@ai-crawlers";

/// The tokens of crawlers that gather for models.
pub fn ai_crawlers() -> impl Iterator<Item = &'static str> {
    AI_CRAWLERS.lines().map(|line| line.split('#').next().unwrap_or("").trim()).filter(|token| !token.is_empty())
}
