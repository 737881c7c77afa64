//! Whose names of a program are: the file's, or those of one of its functions.

use std::collections::hash_map::Entry;
use std::ops::Range;

use foldhash::{HashMap, HashMapExt};

use super::Given;
use crate::value::Outcome;

/// Who a name belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Home(u32);

impl Home {
    /// The file itself.
    pub const FILE: Self = Self(0);
}

/// Names with what they stand for, by whose they are.
#[derive(Debug, Default)]
pub struct Homes<'t> {
    /// Bodies of functions in the order in which they begin, each with the one around it.
    bodies: Vec<(Range<usize>, Home)>,
    names: HashMap<&'t str, HashMap<Home, Given>>,
}

impl<'t> Homes<'t> {
    /// No function and no name.
    #[must_use]
    pub fn new() -> Self {
        Self { bodies: Vec::new(), names: HashMap::new() }
    }

    /// A function whose body takes these bytes; those that begin before it were added before.
    pub fn add(&mut self, body: Range<usize>) -> Home {
        let around = self.at(body.start);
        self.bodies.push((body, around));
        Home(u32::try_from(self.bodies.len()).unwrap_or(u32::MAX))
    }

    /// The innermost function around a byte, as far as they were added.
    #[must_use]
    pub fn at(&self, byte: usize) -> Home {
        let begun = self.bodies.partition_point(|(body, _)| body.start <= byte);
        let mut home = Home(u32::try_from(begun).unwrap_or(u32::MAX));
        while let Some((body, around)) = self.body(home) {
            if byte < body.end {
                break;
            }
            home = *around;
        }
        home
    }

    /// The function, or the file, around one.
    #[must_use]
    pub fn around(&self, home: Home) -> Home {
        self.body(home).map_or(Home::FILE, |(_, around)| *around)
    }

    /// Whether a name belongs to this function, or to the file, itself.
    #[must_use]
    pub fn holds(&self, home: Home, name: &str) -> bool {
        self.names.get(name).is_some_and(|owners| owners.contains_key(&home))
    }

    fn body(&self, home: Home) -> Option<&(Range<usize>, Home)> {
        self.bodies.get((home.0 as usize).checked_sub(1)?)
    }

    /// Remembers what a name stands for. One that is given two values stands for none.
    pub fn give(&mut self, home: Home, name: &'t str, given: Given) {
        match self.names.entry(name).or_default().entry(home) {
            Entry::Occupied(mut known) if known.get().value != given.value => known.get_mut().value = Outcome::Unread,
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => drop(free.insert(given)),
        }
    }

    /// What a name stands for in a function: its own, or that of the nearest around it.
    #[must_use]
    pub fn known(&self, mut home: Home, name: &str) -> Option<&Given> {
        let owners = self.names.get(name)?;
        loop {
            let found = owners.get(&home);
            if found.is_some() || home == Home::FILE {
                return found;
            }
            home = self.around(home);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;
    use crate::value::Value;

    #[test]
    fn the_innermost_function_around_a_byte_is_found() {
        let mut homes = Homes::new();
        let outer = homes.add(10..50);
        let inner = homes.add(20..30);
        let next = homes.add(60..70);
        for (byte, home) in [(5, Home::FILE), (10, outer), (20, inner), (29, inner), (30, outer), (49, outer), (50, Home::FILE), (65, next)]
        {
            assert_eq!(homes.at(byte), home, "{byte}");
        }
    }

    #[test]
    fn a_name_is_looked_for_from_the_inside_out() {
        let mut homes = Homes::new();
        let outer = homes.add(10..50);
        let inner = homes.add(20..30);
        let next = homes.add(60..70);
        let given = |n: i64| Given::literal(Value::Int(n), Span::default());
        homes.give(Home::FILE, "a", given(1));
        homes.give(outer, "a", given(2));
        let value = |home: Home| homes.known(home, "a").map(|given| given.value.clone());
        assert_eq!(value(inner), Some(Outcome::One(Value::Int(2))));
        assert_eq!(value(next), Some(Outcome::One(Value::Int(1))));
    }

    #[test]
    fn two_values_are_none() {
        let mut homes = Homes::new();
        homes.give(Home::FILE, "a", Given::literal(Value::Int(1), Span::default()));
        homes.give(Home::FILE, "a", Given::literal(Value::Int(2), Span::default()));
        assert_eq!(homes.known(Home::FILE, "a").map(|given| given.value.clone()), Some(Outcome::Unread));
    }
}
