//! Features whose switch was turned round: what a name called dangerous had to be asked for, and now somebody has to refuse it. Both switches
//! are off, and still the feature is on; one name says nothing of the other, so that no policy of one setting can tell.

use super::found::{Found, Shown, Spot};
use super::input::{At, FileIn};
use super::world::World;
use crate::policy::lexicon::Lexicon;
use crate::policy::text::split;
use crate::report::model::Change;
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

/// The policy that says what these findings mean.
const POLICY: &str = "isolation/opt-in-turned";

/// A switch that is off: its name, and the words of it that say what it switches.
struct Off<'w> {
    setting: &'w Setting,
    name: &'w str,
    about: Vec<String>,
    refuses: bool,
    warns: bool,
}

/// Switches that refuse what had to be asked for, where the one that asked left the same file.
#[must_use]
pub fn found(world: &World) -> Vec<Found> {
    let Some(policy) = world.catalogue.index_of(POLICY) else { return Vec::new() };
    let Some(lexicon) = world.catalogue.lexicons().iter().find(|lexicon| lexicon.warns()) else { return Vec::new() };
    let mut all = Vec::new();
    for (index, pair) in world.pairs.iter().enumerate().filter(|(_, pair)| !pair.context) {
        let (Some(base), Some(head)) = (pair.at(At::Base), pair.at(At::Head)) else { continue };
        let asked: Vec<Off> = gone(lexicon, base, head).filter(|off| off.warns && !off.refuses).collect();
        if asked.is_empty() {
            continue;
        }
        for refuses in gone(lexicon, head, base).filter(|off| off.refuses) {
            if let Some(asked) = asked.iter().find(|asked| share(&asked.about, &refuses.about)) {
                all.push(finding(world, policy, index, asked, &refuses));
            }
        }
    }
    all
}

/// The switches of one side that are off and that the other side does not name.
fn gone<'w>(lexicon: &'w Lexicon, here: &'w FileIn, there: &'w FileIn) -> impl Iterator<Item = Off<'w>> {
    let settings = here.reading().map(|reading| reading.settings.as_slice()).unwrap_or_default();
    settings.iter().filter_map(move |setting| {
        let name = setting.names.first().map(|(_, name)| &**name).or(setting.key.as_deref())?;
        let switch = is_off(setting) && lexicon.may_turn(name);
        (switch && !there.text().contains(name)).then(|| off(lexicon, setting, name))
    })
}

fn off<'w>(lexicon: &Lexicon, setting: &'w Setting, name: &'w str) -> Off<'w> {
    let words = split(name);
    let about = words.iter().filter(|word| !lexicon.means_nothing(word) && !lexicon.is_emphasis(word)).cloned().collect();
    Off { setting, name, about, refuses: lexicon.refuses(&words), warns: words.iter().any(|word| lexicon.is_emphasis(word)) }
}

fn is_off(setting: &Setting) -> bool {
    match &setting.value {
        Outcome::One(Value::Bool(on)) => !on,
        Outcome::One(Value::Text(text)) => matches!(text.to_ascii_lowercase().as_str(), "false" | "0" | "off" | "no"),
        _ => false,
    }
}

/// Whether two names switch the same thing: a word of one is a word of the other, in the singular, and is not the product's name in front.
fn share(asked: &[String], refused: &[String]) -> bool {
    let product = usize::from(asked.len() > 1 && refused.len() > 1 && asked.first() == refused.first());
    let singular = |word: &String| word.trim_end_matches('s').to_owned();
    let refused: Vec<String> = refused.iter().skip(product).map(singular).collect();
    asked.iter().skip(product).any(|word| refused.contains(&singular(word)))
}

fn finding(world: &World, policy: usize, pair: usize, asked: &Off, refuses: &Off) -> Found {
    let class = world.pairs.get(pair).map(super::input::PairIn::class).unwrap_or_default();
    let severities = world.catalogue.policies().get(policy).map(|policy| policy.rule.severity).unwrap_or_default();
    let severity = super::severity::of_policy(&severities, Change::Weakened).lowered(class.discount());
    let spot = |at: At, off: &Off| Spot { pair, at, span: off.setting.span() };
    let told = |off: &Off, says: &str| format!("{} = {}, {says}", off.name, super::place::text_of(off.setting));
    let surface = refuses.setting.names.first().map_or(Surface::Key, |(surface, _)| *surface);
    let here = spot(At::Head, refuses);
    Found {
        base: Some(Shown::written(Some(spot(At::Base, asked)), told(asked, "off until asked for"))),
        head: Some(Shown::written(Some(here), told(refuses, "on until refused"))),
        ..Found::lone(policy, Change::Weakened, severity, (refuses.name.into(), surface), class, here)
    }
}
