//! The catalogue: the built-in policies, compiled into the binary, and those of a repository's own packs.

use std::collections::HashMap;
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::compiled::Compiled;
use super::file::{Example, Policy};
use super::lexicon::Lexicon;
use super::names::{Asker, Hit, Names};

static RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
static PROSE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/prose.bin"));
static EXAMPLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/examples.bin"));

/// What only a report needs; decoded when there is something to report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Prose {
    /// The good state in one sentence.
    pub title: String,
    /// Why a user should care.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// Where the unset value was read.
    pub source: Vec<String>,
    /// References.
    pub refs: Vec<String>,
}

/// All policies that judge.
#[derive(Debug)]
pub struct Catalogue {
    policies: Vec<Compiled>,
    lexicons: Vec<Lexicon>,
    names: Names,
    by_id: HashMap<String, usize>,
    own_prose: HashMap<String, Prose>,
    /// By index, where some policy is never reported.
    silent: Vec<bool>,
}

/// A policy that cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{id}: {message}")]
pub struct Refused {
    /// Its id.
    pub id: String,
    /// What is wrong.
    pub message: String,
}

impl Catalogue {
    /// The built-in policies.
    ///
    /// # Errors
    /// The binary is damaged: the catalogue was checked when it was built.
    pub fn built_in() -> Result<Self, Refused> {
        Self::with(Vec::new())
    }

    /// The built-in policies and some more.
    ///
    /// # Errors
    /// A policy that cannot be compiled, or an id that is taken.
    pub fn with(own: Vec<Policy>) -> Result<Self, Refused> {
        Self::of(built_in_rules()?, own)
    }

    /// Just these policies.
    ///
    /// # Errors
    /// A policy that cannot be compiled, or an id that is taken.
    pub fn only(own: Vec<Policy>) -> Result<Self, Refused> {
        Self::of(Vec::new(), own)
    }

    /// The built-in policies and some more, each changed as a configuration says; `silent` ones judge but are never reported.
    ///
    /// # Errors
    /// A policy that cannot be compiled, or an id that is taken.
    pub fn adjusted(mut own: Vec<Policy>, adjust: &dyn Fn(&mut Policy), silent: &dyn Fn(&Policy) -> bool) -> Result<Self, Refused> {
        let mut built_in = built_in_rules()?;
        built_in.iter_mut().chain(&mut own).for_each(adjust);
        let mut catalogue = Self::of(built_in, own)?;
        catalogue.silent = catalogue.policies.iter().map(|policy| silent(&policy.rule)).collect();
        Ok(catalogue)
    }

    /// Whether a policy is never reported. It still owns its settings, so that no lexicon speaks in its place.
    #[must_use]
    pub fn is_silent(&self, policy: usize) -> bool {
        self.silent.get(policy).copied().unwrap_or(false)
    }

    fn of(built_in: Vec<Policy>, own: Vec<Policy>) -> Result<Self, Refused> {
        let own_prose = own.iter().map(|policy| (policy.id.clone(), prose_of(policy))).collect();
        let mut by_id = HashMap::new();
        let mut lexicons = Vec::new();
        let all: Vec<Policy> = built_in.into_iter().chain(own).collect();
        for (at, rule) in all.iter().enumerate() {
            let refuse = |message: String| Refused { id: rule.id.clone(), message };
            if rule.kind == super::file::Kind::Lexicon {
                lexicons.push(Lexicon::new(at, rule).map_err(refuse)?);
            }
            if by_id.insert(rule.id.clone(), at).is_some() {
                return Err(refuse("a policy of this id is there already; ids cannot be reused".into()));
            }
        }
        let compiled = |rule: Policy| {
            let id = rule.id.clone();
            Compiled::new(rule).map_err(|message| Refused { id, message })
        };
        // in parallel, but the first refusal in order is the one that is told
        let policies: Vec<Result<Compiled, Refused>> = all.into_par_iter().map(compiled).collect();
        let policies = policies.into_iter().collect::<Result<Vec<_>, _>>()?;
        let names = Names::new(&policies);
        Ok(Self { policies, lexicons, names, by_id, own_prose, silent: Vec::new() })
    }

    /// All policies; their index is what [`super::names::Hit`] holds.
    #[must_use]
    pub fn policies(&self) -> &[Compiled] {
        &self.policies
    }

    /// The policies that know words instead of products.
    #[must_use]
    pub fn lexicons(&self) -> &[Lexicon] {
        &self.lexicons
    }

    /// The index of names.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Whether a spelling takes any name (`env: "*"`) and goes by values alone.
    #[must_use]
    pub fn names_anything(&self, hit: Hit) -> bool {
        let Asker::Spelling(at) = hit.asker else { return false };
        let spelling = self.policies.get(hit.policy as usize).and_then(|policy| policy.spellings.get(at as usize));
        spelling.and_then(|spelling| spelling.names.get(hit.name as usize)).is_some_and(|name| match name {
            super::compiled::Name::Text { pattern, .. } => pattern.source().as_deref() == Some("*"),
            super::compiled::Name::Key(_) => false,
        })
    }

    /// A policy by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Compiled> {
        self.policies.get(*self.by_id.get(id)?)
    }

    /// The index of a policy.
    #[must_use]
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// What a policy says to people.
    #[must_use]
    pub fn prose(&self, id: &str) -> Prose {
        self.own_prose.get(id).cloned().or_else(|| built_in_prose().get(id).cloned()).unwrap_or_default()
    }

    /// The id nearest to a misspelt one.
    #[must_use]
    pub fn nearest(&self, id: &str) -> Option<&str> {
        let ratio = |candidate: &str| similar::TextDiff::from_chars(id, candidate).ratio();
        let ids = self.policies.iter().map(|policy| policy.rule.id.as_str());
        ids.map(|candidate| (ratio(candidate), candidate))
            .filter(|(ratio, _)| *ratio > 0.5)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, id)| id)
    }
}

fn prose_of(policy: &Policy) -> Prose {
    Prose {
        title: policy.title.clone(),
        why: policy.why.clone(),
        fix: policy.fix.clone(),
        source: policy.source.0.clone(),
        refs: policy.refs.0.clone(),
    }
}

/// The built-in rules, without prose and examples.
///
/// # Errors
/// The binary is damaged.
pub fn built_in_rules() -> Result<Vec<Policy>, Refused> {
    postcard::from_bytes(RULES).map_err(|error| Refused { id: "built-in".into(), message: error.to_string() })
}

fn built_in_prose() -> &'static HashMap<String, Prose> {
    static DECODED: OnceLock<HashMap<String, Prose>> = OnceLock::new();
    DECODED.get_or_init(|| postcard::from_bytes::<Vec<(String, Prose)>>(PROSE).unwrap_or_default().into_iter().collect())
}

/// The built-in policies as their files have them, prose and examples included.
///
/// # Errors
/// The binary is damaged.
pub fn built_in_files() -> Result<Vec<Policy>, Refused> {
    let mut rules = built_in_rules()?;
    let damaged = |error: postcard::Error| Refused { id: "built-in".into(), message: error.to_string() };
    let examples: HashMap<String, Vec<Example>> =
        postcard::from_bytes::<Vec<(String, Vec<Example>)>>(EXAMPLES).map_err(damaged)?.into_iter().collect();
    for rule in &mut rules {
        let prose = built_in_prose().get(&rule.id).cloned().unwrap_or_default();
        rule.title = prose.title;
        rule.why = prose.why;
        rule.fix = prose.fix;
        rule.source = prose.source.into();
        rule.refs = prose.refs.into();
        rule.examples = examples.get(&rule.id).cloned().unwrap_or_default();
    }
    Ok(rules)
}
