//! Git's own matching of paths: what `wildmatch.c` does under `WM_PATHNAME`, without its backtracking.

/// A longer pattern names no file.
const LONGEST: usize = 4096;

/// A pattern, taken apart.
#[derive(Clone, Debug)]
pub struct Wild {
    /// What stands in front of the first wildcard. Git compares it by itself, so that stars behind it count as the pattern's start.
    prefix: String,
    tokens: Vec<Token>,
}

#[derive(Clone, Debug)]
enum Token {
    One(char),
    /// `?`: one character of a name.
    Any,
    /// `[a-z]`.
    Class {
        negated: bool,
        parts: Vec<Part>,
    },
    /// `*`: a part of a name.
    Name,
    /// `**` at the end of a pattern, or in front of a slash that stays: any text.
    All,
    /// `**/`: nothing, or any folders.
    Folders,
}

#[derive(Clone, Debug)]
enum Part {
    Range(char, char),
    Named(fn(char) -> bool),
}

impl Wild {
    /// Takes a pattern apart; nothing for one that matches nothing: a class that is not closed, a backslash at its end.
    #[must_use]
    pub fn new(pattern: &str) -> Option<Self> {
        if pattern.len() > LONGEST {
            return None;
        }
        let (prefix, rest) = pattern.split_at_checked(pattern.find(['*', '?', '[', '\\']).unwrap_or(pattern.len()))?;
        let text: Vec<char> = rest.chars().collect();
        let get = |at: usize| text.get(at).copied();
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(c) = get(at) {
            at += 1;
            match c {
                '\\' => {
                    tokens.push(Token::One(get(at)?));
                    at += 1;
                }
                '?' => tokens.push(Token::Any),
                '[' => {
                    let (class, end) = class(&text, at)?;
                    tokens.push(class);
                    at = end;
                }
                '*' => {
                    let starts = at < 2 || get(at - 2) == Some('/');
                    let first = at;
                    while get(at) == Some('*') {
                        at += 1;
                    }
                    let ends = match get(at) {
                        None | Some('/') => true,
                        Some('\\') => get(at + 1) == Some('/'),
                        Some(_) => false,
                    };
                    if at == first || !starts || !ends {
                        tokens.push(Token::Name);
                    } else if get(at) == Some('/') {
                        tokens.push(Token::Folders);
                        at += 1;
                    } else {
                        tokens.push(Token::All);
                    }
                }
                c => tokens.push(Token::One(c)),
            }
        }
        Some(Self { prefix: prefix.to_owned(), tokens })
    }

    /// Whether a path fits from its start to its end.
    #[must_use]
    pub fn fits(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(&*self.prefix) else { return false };
        let text: Vec<char> = rest.chars().collect();
        // at which places the tokens so far may end
        let mut ends = vec![false; text.len() + 1];
        if let Some(start) = ends.first_mut() {
            *start = true;
        }
        for token in &self.tokens {
            let mut next = vec![false; ends.len()];
            let mut open = false;
            for (at, end) in ends.iter().enumerate() {
                open |= end;
                let (here, before) = (text.get(at).copied(), at.checked_sub(1).and_then(|at| text.get(at)).copied());
                match token {
                    Token::Name => {
                        // a slash ends what a star has taken
                        open = *end || (open && before != Some('/'));
                        set(&mut next, at, open);
                    }
                    Token::All => set(&mut next, at, open),
                    Token::Folders => set(&mut next, at, *end || (open && before == Some('/'))),
                    Token::One(c) => set(&mut next, at + 1, *end && here == Some(*c)),
                    Token::Any => set(&mut next, at + 1, *end && here.is_some_and(|c| c != '/')),
                    Token::Class { negated, parts } => {
                        let fits = |c: char| c != '/' && parts.iter().any(|part| part.takes(c)) != *negated;
                        set(&mut next, at + 1, *end && here.is_some_and(fits));
                    }
                }
            }
            ends = next;
        }
        ends.last().copied().unwrap_or(false)
    }
}

fn set(places: &mut [bool], at: usize, value: bool) {
    if let Some(place) = places.get_mut(at) {
        *place |= value;
    }
}

impl Part {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Range(from, to) => (*from..=*to).contains(&c),
            Self::Named(named) => named(c),
        }
    }
}

/// A class whose first character stands at `at`, and where it ends.
fn class(text: &[char], mut at: usize) -> Option<(Token, usize)> {
    let get = |at: usize| text.get(at).copied();
    let negated = matches!(get(at), Some('!' | '^'));
    at += usize::from(negated);
    let first = at;
    let mut parts: Vec<Part> = Vec::new();
    let mut previous: Option<char> = None;
    loop {
        let c = get(at)?;
        match c {
            ']' if at > first => return Some((Token::Class { negated, parts }, at + 1)),
            '[' if get(at + 1) == Some(':') => {
                let close = (at + 2..text.len()).find(|end| get(*end) == Some(']'))?;
                // without its colon it is a class that holds these characters
                if get(close - 1) == Some(':') && close > at + 2 {
                    let name: String = text.get(at + 2..close - 1)?.iter().collect();
                    parts.push(Part::Named(named(&name)?));
                    previous = None;
                    at = close + 1;
                    continue;
                }
                parts.push(Part::Range('[', '['));
                previous = Some('[');
                at += 1;
            }
            '-' if previous.is_some() && get(at + 1).is_some_and(|next| next != ']') => {
                let escaped = get(at + 1) == Some('\\');
                let to = get(at + 1 + usize::from(escaped))?;
                parts.push(Part::Range(previous?, to));
                previous = None;
                at += 2 + usize::from(escaped);
            }
            _ => {
                let escaped = c == '\\';
                let c = get(at + usize::from(escaped))?;
                parts.push(Part::Range(c, c));
                previous = Some(c);
                at += 1 + usize::from(escaped);
            }
        }
    }
}

fn named(name: &str) -> Option<fn(char) -> bool> {
    Some(match name {
        "alnum" => |c| c.is_ascii_alphanumeric(),
        "alpha" => |c| c.is_ascii_alphabetic(),
        "blank" => |c| matches!(c, ' ' | '\t'),
        "cntrl" => |c| c.is_ascii_control(),
        "digit" => |c| c.is_ascii_digit(),
        "graph" => |c| c.is_ascii_graphic(),
        "lower" => |c| c.is_ascii_lowercase(),
        "print" => |c| c.is_ascii_graphic() || c == ' ',
        "punct" => |c| c.is_ascii_punctuation(),
        "space" => |c| c.is_ascii_whitespace() || c == '\u{b}',
        "upper" => |c| c.is_ascii_uppercase(),
        "xdigit" => |c| c.is_ascii_hexdigit(),
        _ => return None,
    })
}
