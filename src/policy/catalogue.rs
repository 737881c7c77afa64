//! The catalogue: the built-in policies, compiled into the binary, and those of a repository's own packs.

use std::ops::Deref;
use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt};
use serde::{Deserialize, Serialize};

use super::compiled::Compiled;
use super::file::{Example, Kind, Policy};
use super::lexicon::Lexicon;
use super::names::{Asker, Hit, Names, Part};
use super::table::{self, Head, Table};

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

/// All policies that judge. Each is decoded when it is first asked for: a change concerns a handful of them.
#[derive(Debug)]
pub struct Catalogue {
    policies: Vec<Slot>,
    lexicons: OnceLock<Vec<Lexicon>>,
    names: Names,
    by_id: HashMap<&'static str, usize>,
    own_prose: HashMap<String, Prose>,
    /// By index, where some policy is never reported.
    silent: Vec<bool>,
}

/// A policy that may not be decoded yet.
#[derive(Debug)]
pub struct Slot {
    /// What is known without decoding it.
    pub head: &'static Head<'static>,
    // in its own place: most are never decoded, and together they would fill a megabyte
    compiled: OnceLock<Box<Compiled>>,
}

impl Slot {
    /// Whether one of its spellings names this very file (`**/dagster.yaml`, not `**/*config*.yaml`).
    #[must_use]
    pub fn names_file(&self, path: &str) -> bool {
        let last = path.rsplit('/').next().unwrap_or(path);
        self.head.files.contains(&last) && self.spellings.iter().any(|spelling| spelling.files.name(path))
    }

    fn decode(&self) -> Result<Box<Compiled>, String> {
        let rule: Policy = postcard::from_bytes(self.head.rule).map_err(|error| error.to_string())?;
        Compiled::new(rule).map(Box::new)
    }
}

impl Deref for Slot {
    type Target = Compiled;

    #[allow(clippy::panic, reason = "every policy was decoded when the program was tested; a damaged program must not judge")]
    fn deref(&self) -> &Compiled {
        self.compiled.get_or_init(|| self.decode().unwrap_or_else(|error| panic!("the policy {} is damaged: {error}", self.head.id)))
    }
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

impl Refused {
    fn built_in(message: &impl ToString) -> Self {
        Self { id: "built-in".into(), message: message.to_string() }
    }
}

impl Catalogue {
    /// The built-in policies.
    ///
    /// # Errors
    /// The binary is damaged: the catalogue was checked when it was built.
    pub fn built_in() -> Result<Self, Refused> {
        Self::with(&[])
    }

    /// The built-in policies and some more.
    ///
    /// # Errors
    /// A policy that cannot be compiled, or an id that is taken.
    pub fn with(own: &[Policy]) -> Result<Self, Refused> {
        Self::of(vec![built_in_table()?], own)
    }

    /// Just these policies.
    ///
    /// # Errors
    /// A policy that cannot be compiled, or an id that is taken.
    pub fn only(own: &[Policy]) -> Result<Self, Refused> {
        Self::of(Vec::new(), own)
    }

    /// The built-in policies and some more, each changed as a configuration says; `silent` ones judge but are never reported.
    ///
    /// # Errors
    /// A policy that cannot be compiled, or an id that is taken.
    pub fn adjusted(mut own: Vec<Policy>, adjust: &dyn Fn(&mut Policy), silent: &dyn Fn(&Policy) -> bool) -> Result<Self, Refused> {
        own.iter_mut().for_each(adjust);
        let mut catalogue = Self::with(&own)?;
        let built_in = built_in_table()?.heads.len();
        for (at, slot) in catalogue.policies.iter_mut().enumerate() {
            let refuse = |message: String| Refused { id: slot.head.id.into(), message };
            let mut rule: Policy = postcard::from_bytes(slot.head.rule).map_err(|error| refuse(error.to_string()))?;
            if at < built_in {
                adjust(&mut rule);
            }
            catalogue.silent.push(silent(&rule));
            // most policies are as they were, and stay undecoded
            if postcard::to_stdvec(&rule).map_err(|error| refuse(error.to_string()))? != slot.head.rule {
                slot.compiled = OnceLock::from(Compiled::new(rule).map(Box::new).map_err(refuse)?);
            }
        }
        Ok(catalogue)
    }

    /// Whether a policy is never reported. It still owns its settings, so that no lexicon speaks in its place.
    #[must_use]
    pub fn is_silent(&self, policy: usize) -> bool {
        self.silent.get(policy).copied().unwrap_or(false)
    }

    fn of(mut tables: Vec<&'static Table<'static>>, own: &[Policy]) -> Result<Self, Refused> {
        let own_prose = own.iter().map(|policy| (policy.id.clone(), prose_of(policy))).collect();
        if !own.is_empty() {
            let fill: Vec<&str> = tables.iter().flat_map(|table| table.fill.iter().copied()).collect();
            tables.push(own_table(own, &fill)?);
        }
        let mut policies: Vec<Slot> = Vec::new();
        let mut parts = Vec::new();
        for table in tables {
            let needs: usize = parts.iter().map(|part: &Part| part.table.needs.len()).sum();
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            parts.push(Part { table, from: number(policies.len()), needs: number(needs) });
            policies.extend(table.heads.iter().map(|head| Slot { head, compiled: OnceLock::new() }));
        }
        let mut by_id = HashMap::with_capacity(policies.len());
        for (at, slot) in policies.iter().enumerate() {
            if by_id.insert(slot.head.id, at).is_some() {
                let message = "a policy of this id is there already; ids cannot be reused".into();
                return Err(Refused { id: slot.head.id.into(), message });
            }
        }
        let names = Names::new(parts);
        Ok(Self { policies, lexicons: OnceLock::new(), names, by_id, own_prose, silent: Vec::new() })
    }

    /// All policies; their index is what [`super::names::Hit`] holds.
    #[must_use]
    pub fn policies(&self) -> &[Slot] {
        &self.policies
    }

    /// The policies that know words instead of products.
    #[must_use]
    pub fn lexicons(&self) -> &[Lexicon] {
        self.lexicons.get_or_init(|| {
            let lexicons = self.policies.iter().enumerate().filter(|(_, slot)| slot.head.lexicon);
            // a lexicon that cannot be made was refused with its table
            lexicons.filter_map(|(at, slot)| Lexicon::new(at, &slot.rule).ok()).collect()
        })
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
        self.policies.get(*self.by_id.get(id)?).map(|slot| &**slot)
    }

    /// The index of a policy.
    #[must_use]
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// What a policy says to people.
    #[must_use]
    pub fn prose(&self, id: &str) -> Prose {
        self.own_prose.get(id).cloned().or_else(|| built_in_prose(id)).unwrap_or_default()
    }

    /// The id nearest to a misspelt one.
    #[must_use]
    pub fn nearest(&self, id: &str) -> Option<&str> {
        let ratio = |candidate: &str| similar::TextDiff::from_chars(id, candidate).ratio();
        let ids = self.policies.iter().map(|slot| slot.head.id);
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

/// The table of the built-in policies.
fn built_in_table() -> Result<&'static Table<'static>, Refused> {
    static DECODED: OnceLock<Result<Table<'static>, String>> = OnceLock::new();
    let table = DECODED.get_or_init(|| postcard::from_bytes(RULES).map_err(|error| error.to_string()));
    table.as_ref().map_err(|error| Refused::built_in(&error))
}

/// The table of a repository's own policies, each of them tried. It lives as long as the program: there is one a run.
fn own_table(own: &[Policy], fill: &[&str]) -> Result<&'static Table<'static>, Refused> {
    for policy in own {
        let refuse = |message: String| Refused { id: policy.id.clone(), message };
        Compiled::new(policy.clone()).map_err(refuse)?;
        if policy.kind == Kind::Lexicon {
            Lexicon::new(0, policy).map_err(refuse)?;
        }
    }
    let bytes: &'static [u8] = table::write(own, fill).map_err(|error| Refused::built_in(&error))?.leak();
    let table: Table<'static> = postcard::from_bytes(bytes).map_err(|error| Refused::built_in(&error))?;
    Ok(Box::leak(Box::new(table)))
}

/// The built-in rules, without prose and examples.
///
/// # Errors
/// The binary is damaged.
pub fn built_in_rules() -> Result<Vec<Policy>, Refused> {
    built_in_table()?.heads.iter().map(|head| postcard::from_bytes(head.rule).map_err(|error| Refused::built_in(&error))).collect()
}

/// The built-in rules as bytes: their digest names what judged.
#[must_use]
pub fn built_in_bytes() -> &'static [u8] {
    RULES
}

/// What a built-in policy says to people: each is decoded by itself.
fn built_in_prose(id: &str) -> Option<Prose> {
    static BY_ID: OnceLock<Vec<(&'static str, &'static [u8])>> = OnceLock::new();
    let all = BY_ID.get_or_init(|| postcard::from_bytes(PROSE).unwrap_or_default());
    let at = all.binary_search_by(|(known, _)| (*known).cmp(id)).ok()?;
    postcard::from_bytes(all.get(at)?.1).ok()
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
        let prose = built_in_prose(&rule.id).unwrap_or_default();
        rule.title = prose.title;
        rule.why = prose.why;
        rule.fix = prose.fix;
        rule.source = prose.source.into();
        rule.refs = prose.refs.into();
        rule.examples = examples.get(&rule.id).cloned().unwrap_or_default();
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::compiled::Name;
    use crate::policy::names::Needs;
    use crate::policy::text::literal_steps;
    use crate::setting::Surface;

    #[test]
    fn every_built_in_policy_decodes_and_agrees_with_its_head() {
        for slot in Catalogue::built_in().unwrap().policies() {
            let compiled = slot.decode().unwrap_or_else(|error| panic!("{}: {error}", slot.head.id));
            assert_eq!(compiled.rule.id, slot.head.id);
            assert!(!built_in_prose(slot.head.id).unwrap().title.is_empty());
            assert_eq!(compiled.versioned, slot.head.versioned, "{}", slot.head.id);
            assert_eq!(compiled.rule.kind == Kind::Lexicon, slot.head.lexicon);
            for word in &compiled.rule.covers.0 {
                assert!(slot.head.covers.contains(&word.as_str()));
            }
        }
    }

    #[test]
    fn every_name_of_every_policy_is_found_under_its_own_number() {
        let mut own: Vec<Policy> = built_in_files().unwrap().into_iter().rev().take(40).collect();
        for policy in &mut own {
            policy.id = format!("own/{}", policy.id.replace('/', "-"));
        }
        // a second table's numbers begin where those of the first end
        let catalogue = Catalogue::with(&own).unwrap();
        for (at, policy) in catalogue.policies().iter().enumerate() {
            for (number, spelling) in policy.spellings.iter().enumerate() {
                for (name, written) in spelling.names.iter().enumerate() {
                    let found: Vec<Hit> = match written {
                        Name::Key(key) => match key.last_literal() {
                            Some(last) => catalogue.names().of_last_step(last).collect(),
                            None => continue,
                        },
                        Name::Text { pattern, .. } => match pattern.all() {
                            Some(texts) => catalogue.names().of_text(spelling.surface, texts.first().unwrap()).collect(),
                            None => continue,
                        },
                    };
                    let asker = Asker::Spelling(u16::try_from(number).unwrap());
                    let wanted = (u32::try_from(at).unwrap(), asker, u16::try_from(name).unwrap());
                    let hit = found.iter().find(|hit| (hit.policy, hit.asker, hit.name) == wanted);
                    let needs = catalogue.names().needs(*hit.unwrap_or_else(|| panic!("{}: {}", policy.rule.id, spelling.written)));
                    let kinds = Needs::bits(spelling.given.kinds.0.iter().map(String::as_str));
                    let steps = if let Name::Key(key) = written { Needs::bits(key.literals()) } else { 0 };
                    assert!(needs.kinds == kinds && needs.may_follow(steps), "{}: {}", policy.rule.id, spelling.written);
                }
            }
        }
    }

    #[test]
    fn steps_that_say_what_they_are_called_are_those_of_the_pattern() {
        for written in ["a.B-c[id].*.d_e", "**.x.<y>", "a.**", "*", "a.b*"] {
            let key = crate::policy::pattern::KeyPattern::parse(written).unwrap();
            let (steps, last) = literal_steps(written);
            assert_eq!(steps, key.literals().collect::<Vec<_>>(), "{written}");
            assert_eq!(last, key.last_literal().is_some(), "{written}");
        }
    }

    #[test]
    fn an_id_that_is_taken_is_refused() {
        let again: Vec<Policy> = built_in_files().unwrap().into_iter().take(1).collect();
        assert!(Catalogue::with(&again).unwrap_err().message.contains("cannot be reused"));
    }

    #[test]
    fn surfaces_have_the_numbers_that_tables_use() {
        for (number, surface) in Surface::ALL.iter().enumerate() {
            assert_eq!(*surface as usize, number);
        }
    }
}
