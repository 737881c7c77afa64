//! Patterns for paths of structured files: steps, `**`, lists whose items are told apart by a field or have no name.

use super::{Capture, Glob, fold};

/// How the items of a list are told apart in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListId {
    /// By this field.
    Field(Box<str>),
    /// They have no name.
    Nameless,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum StepPattern {
    /// `**`
    AnySteps,
    One {
        name: Glob,
        list: Option<ListId>,
    },
}

/// A pattern for a path in a structured file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPattern {
    steps: Vec<StepPattern>,
}

/// One step of a real path, from the outside in.
#[derive(Clone, Debug)]
pub struct PathStep<'a> {
    /// The key, folded.
    pub name: std::sync::Arc<str>,
    /// For an item of the list under that key: its scalar fields.
    pub item: Option<&'a [(Box<str>, Box<str>)]>,
}

/// How a path fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFit {
    /// What the wildcards stood for, each with the number of the step it stood in; nameless items have an empty text.
    pub captures: Vec<(usize, Capture, bool)>,
    /// How many steps `**` at the start has swallowed; 0 for a rooted pattern.
    pub anchor: usize,
}

impl KeyPattern {
    /// Reads one alternative (braces already unfolded).
    ///
    /// # Errors
    /// An empty step, a malformed wildcard or list.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut count = 0;
        let mut steps = Vec::new();
        for step in text.split('.') {
            if step.is_empty() {
                return Err(format!("an empty step in `{text}`"));
            }
            if step == "**" {
                if steps.last() != Some(&StepPattern::AnySteps) {
                    steps.push(StepPattern::AnySteps);
                }
                continue;
            }
            let (name, list) = match step.split_once('[') {
                None => (step, None),
                Some((name, id)) => {
                    let id = id.strip_suffix(']').ok_or_else(|| format!("`[` without `]` in `{text}`"))?;
                    (name, Some(if id.is_empty() { ListId::Nameless } else { ListId::Field(id.into()) }))
                }
            };
            steps.push(StepPattern::One { name: Glob::parse(name, &mut count, fold)?, list });
        }
        Ok(Self { steps })
    }

    /// The last step when it is literal, folded: what the name index looks up.
    #[must_use]
    pub fn last_literal(&self) -> Option<&str> {
        match self.steps.last() {
            Some(StepPattern::One { name, .. }) => name.literal(),
            _ => None,
        }
    }

    /// Whether the last step has a wildcard in its name.
    #[must_use]
    pub fn last_open(&self) -> bool {
        match self.steps.last() {
            Some(StepPattern::One { name, .. }) => name.open(),
            _ => true,
        }
    }

    /// Whether a folded last step fits, whatever stands before it: a cheap test before the whole path is looked at.
    #[must_use]
    pub fn last_fits(&self, last: &str) -> bool {
        match self.steps.last() {
            Some(StepPattern::One { name, .. }) => name.may_fit(last),
            _ => true,
        }
    }

    /// Whether the path starts at the document's root.
    #[must_use]
    pub fn rooted(&self) -> bool {
        self.steps.first() != Some(&StepPattern::AnySteps)
    }

    /// How many named steps there are.
    #[must_use]
    pub fn named_steps(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, StepPattern::One { .. })).count()
    }

    /// All literal steps, folded: words without which no path can fit.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            StepPattern::One { name, .. } => name.literal(),
            StepPattern::AnySteps => None,
        })
    }

    /// The same pattern, floating: it may start anywhere.
    #[must_use]
    pub fn floating(&self) -> Self {
        let mut steps = self.steps.clone();
        if self.rooted() {
            steps.insert(0, StepPattern::AnySteps);
        }
        Self { steps }
    }

    /// Whether the whole path fits.
    #[must_use]
    pub fn fits(&self, path: &[PathStep]) -> Option<KeyFit> {
        // nearly every path of a file fits nearly no pattern: that is settled without walking
        let has = |word: &str| path.iter().any(|step| *step.name == *word);
        if self.named_steps() > path.len() || !self.literals().all(has) {
            return None;
        }
        let mut fit = KeyFit { captures: Vec::new(), anchor: 0 };
        self.walk(&self.steps, path, 0, &mut fit).then_some(fit)
    }

    /// Depth is bounded by the pattern's steps: `**` tries each rest of the path once.
    fn walk(&self, steps: &[StepPattern], path: &[PathStep], at: usize, fit: &mut KeyFit) -> bool {
        let Some((step, rest)) = steps.split_first() else {
            return path.is_empty();
        };
        match step {
            StepPattern::AnySteps => {
                let leading = steps.len() == self.steps.len();
                (0..=path.len()).any(|skip| {
                    let mark = fit.captures.len();
                    if leading {
                        fit.anchor = skip;
                    }
                    let fits = path.get(skip..).is_some_and(|path| self.walk(rest, path, at + skip, fit));
                    if !fits {
                        fit.captures.truncate(mark);
                    }
                    fits
                })
            }
            StepPattern::One { name, list } => {
                let Some((first, after)) = path.split_first() else { return false };
                if let Some(literal) = name.literal() {
                    if *first.name != *literal {
                        return false;
                    }
                } else {
                    let mut captures = fit.captures.iter().map(|(_, capture, _)| capture.clone()).collect::<Vec<_>>();
                    let known = captures.len();
                    if !name.fits(&first.name, &mut captures) {
                        return false;
                    }
                    fit.captures.extend(captures.drain(known..).map(|capture| (at, capture, false)));
                }
                match (list, first.item) {
                    (None, None) => {}
                    (Some(ListId::Field(field)), Some(fields)) => {
                        let id = fields.iter().find(|(name, _)| fold(name) == fold(field));
                        let nameless = id.is_none();
                        fit.captures.push((at, (format!("[{field}]").into(), id.map_or("".into(), |(_, text)| text.clone())), nameless));
                    }
                    (Some(ListId::Nameless), Some(_)) => fit.captures.push((at, (format!("[{at}]").into(), "".into()), true)),
                    _ => return false,
                }
                self.walk(rest, after, at + 1, fit)
            }
        }
    }
}
