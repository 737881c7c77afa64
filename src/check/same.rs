//! Whether two readings of one path say the same to every policy: then nothing about the change can be found.

use crate::judge::input::FileIn;
use crate::judge::matching::{Asked, Match, Matches};
use crate::reading::Reading;
use crate::scope::ScopeId;
use crate::setting::Setting;

/// Whether both files were read and hold the same facts, in the same order and at the same places of their structure.
/// Where they stand in the text does not count.
pub fn says_the_same(base: &FileIn, head: &FileIn) -> bool {
    let (Some(old), Some(new)) = (base.reading(), head.reading()) else { return false };
    base.path == head.path && base.class == head.class && Both { old, new }.agree(&base.facts, &head.facts)
}

/// Two readings that are held against each other.
struct Both<'r> {
    old: &'r Reading,
    new: &'r Reading,
}

impl Both<'_> {
    fn agree(&self, old: &Matches, new: &Matches) -> bool {
        self.frames()
            && self.pins()
            && self.links()
            && self.problems()
            && self.facts(old, new)
            && self.asked(old, new)
            && self.seeming(old, new)
    }

    fn frames(&self) -> bool {
        let of = |reading: &Reading| (reading.kinds.clone(), reading.templated, reading.program);
        of(self.old) == of(self.new)
    }

    fn pins(&self) -> bool {
        pairwise(&self.old.pins, &self.new.pins, |old, new| {
            old.package == new.package && old.version == new.version && self.places(old.scope, new.scope)
        })
    }

    fn links(&self) -> bool {
        pairwise(&self.old.links, &self.new.links, |old, new| old.to == new.to && old.kind == new.kind && self.places(old.from, new.from))
    }

    fn problems(&self) -> bool {
        pairwise(&self.old.problems, &self.new.problems, |old, new| old.message == new.message && old.fatal == new.fatal)
    }

    fn facts(&self, old: &Matches, new: &Matches) -> bool {
        pairwise(&old.all, &new.all, |old, new| self.matches(old, new))
    }

    fn matches(&self, old: &Match, new: &Match) -> bool {
        let plain = |one: &Match| (one.policy, one.spelling, one.negated);
        plain(old) == plain(new)
            && old.sense == new.sense
            && old.captures == new.captures
            && self.places(old.unit, new.unit)
            && pairwise(&old.items, &new.items, |(index, item), (other, twin)| index == other && self.places(*item, *twin))
            && self.settings(old.setting, new.setting)
    }

    fn asked(&self, old: &Matches, new: &Matches) -> bool {
        let alike = |old: &Asked, new: &Asked| self.places(old.anchor, new.anchor) && self.settings(old.setting, new.setting);
        old.asked.len() == new.asked.len()
            && old.asked.iter().all(|(key, old)| new.asked.get(key).is_some_and(|new| pairwise(old, new, alike)))
    }

    fn seeming(&self, old: &Matches, new: &Matches) -> bool {
        pairwise(&old.seeming, &new.seeming, |old, new| {
            old.plain == new.plain && old.value == new.value && self.settings(old.setting, new.setting)
        })
    }

    fn settings(&self, old: usize, new: usize) -> bool {
        match (self.old.settings.get(old), self.new.settings.get(new)) {
            (Some(old), Some(new)) => alike(old, new) && self.places(old.scope, new.scope),
            _ => false,
        }
    }

    /// Whether two scopes lie on the same way from the root, with the same names.
    fn places(&self, old: ScopeId, new: ScopeId) -> bool {
        let mut ways = (self.old.outward(old), self.new.outward(new));
        loop {
            match (ways.0.next(), ways.1.next()) {
                (None, None) => return true,
                (Some(old), Some(new)) => {
                    let (old, new) = (self.old.get(old), self.new.get(new));
                    if !(old.kind == new.kind
                        && old.step == new.step
                        && old.name == new.name
                        && old.labels == new.labels
                        && old.fields == new.fields)
                    {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }
}

fn alike(old: &Setting, new: &Setting) -> bool {
    old.key == new.key
        && old.names == new.names
        && old.value == new.value
        && old.yaml11 == new.yaml11
        && old.mark == new.mark
        && old.raw == new.raw
        && pairwise(&old.overridden, &new.overridden, |old, new| old.value == new.value && old.contested == new.contested)
}

fn pairwise<T>(old: &[T], new: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| alike(old, new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::read_text;
    use crate::policy::catalogue::Catalogue;

    #[track_caller]
    fn check(base: &str, head: &str, expected: bool) {
        let catalogue = Catalogue::built_in().unwrap();
        let file = |text| read_text(&catalogue, "compose.yaml", text);
        assert_eq!(says_the_same(&file(base), &file(head)), expected, "{base}\n---\n{head}");
    }

    const BASE: &str = "services:\n  db:\n    image: redis:7\n    ports: ['127.0.0.1:6379:6379']\n";

    #[test]
    fn a_value_a_name_or_a_place_makes_a_difference() {
        check(BASE, BASE, true);
        check(BASE, &BASE.replace("127.0.0.1:6379", "6379"), false);
        check(BASE, &BASE.replace("  db:", "  cache:"), false);
        check(BASE, &format!("{BASE}  other:\n    ports: ['127.0.0.1:1:1']\n"), false);
        check(BASE, "services: [", false);
        check("services: [", "services: [", false);
    }

    #[test]
    fn where_it_stands_and_what_nobody_knows_make_none() {
        check(BASE, &format!("# a word\n\n{BASE}"), true);
        check(BASE, &format!("{BASE}    stop_signal: SIGTERM\n"), true);
    }
}
