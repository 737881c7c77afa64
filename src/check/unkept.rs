//! A promise to respect objections that came with this change, in a repository that holds neither a list of them nor a step that
//! asks for them. Only the whole tree tells, and it is asked only where such a promise is new.

use super::load::Sides;
use crate::judge::found::{Found, Shown, Spot};
use crate::judge::input::At;
use crate::judge::world::World;
use crate::read::prose::fences;
use crate::read::text::records;
use crate::report::model::{Change, Severity};
use crate::revision::Error;
use crate::revision::search::search;
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

/// The claim, and the policy about it.
const CODE: &str = "opt-out-respected";
const POLICY: &str = "promises/opt-out-respected";

/// Bytes of the head tree that are searched.
const BYTES: u64 = 32 << 20;

/// Words of files that ask, obey or leave out.
const STEPS: &[&str] = &[
    "robots",
    "noai",
    "opt_out",
    "optout",
    "opt-out",
    "optedout",
    "opted_out",
    "exclusion",
    "blocklist",
    "block_list",
    "blacklist",
    "denylist",
    "deny_list",
    "takedown",
    "do_not_track",
    "donottrack",
    "dnt",
    "tdm",
    "spawning",
    "datadiligence",
    "unsubscribe",
    "suppression",
];

/// The promises that nothing in the repository keeps.
///
/// # Errors
/// Objects are missing.
pub fn unkept(sides: &Sides, world: &World) -> Result<Vec<Found>, Error> {
    let Some((pair, claim)) = new_promise(world) else { return Ok(Vec::new()) };
    let Some(policy) = sides.catalogue.index_of(POLICY).filter(|policy| !sides.catalogue.is_silent(*policy)) else { return Ok(Vec::new()) };
    if !sides.store.list(sides.head, &records::claims)?.blobs.is_empty() {
        return Ok(Vec::new());
    }
    let words: Vec<String> = STEPS.iter().map(|word| (*word).to_owned()).collect();
    let other = |path: &str| crate::read::reads(path) && !fences::claims(path);
    if !search(sides.store, sides.head, &words, &other, BYTES)?.hits.is_empty() {
        return Ok(Vec::new());
    }
    let class = world.pairs.get(pair).map(crate::judge::input::PairIn::class).unwrap_or_default();
    let spot = Spot { pair, at: At::Head, span: claim.span() };
    let severity = Severity::Warning.lowered(class.discount().saturating_sub(1));
    let head = Shown::written(Some(spot), "promised, and no list and no step in the repository keeps it".to_owned());
    let one = Found::lone(policy, Change::Contradicted, severity, (CODE.to_owned(), Surface::Claim), class, spot);
    Ok(vec![Found { head: Some(head), ..one }])
}

/// The first promise of a changed document that no document made before.
fn new_promise<'a>(world: &World<'a>) -> Option<(usize, &'a Setting)> {
    let said = |pair: usize, at: At| -> Option<&'a Setting> { world.reading(pair, at)?.settings.iter().find(|setting| promises(setting)) };
    let pairs = || 0..world.pairs.len();
    if pairs().any(|pair| said(pair, At::Base).is_some()) {
        return None;
    }
    let changed = |pair: &usize| world.pairs.get(*pair).is_some_and(|pair| !pair.context && pair.class().discount() <= 1);
    pairs().filter(changed).find_map(|pair| Some((pair, said(pair, At::Head)?)))
}

fn promises(setting: &Setting) -> bool {
    let claim = setting.names.iter().any(|(surface, name)| *surface == Surface::Claim && **name == *CODE);
    claim && matches!(&setting.value, Outcome::One(Value::Text(value)) if **value == *"promised")
}
