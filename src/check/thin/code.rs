//! Programs. What differs is kept by its statements, and with them those that give them their meaning or get theirs from them:
//! whoever binds a name that is mentioned there, and whoever mentions a name that is bound there.

mod statements;
#[cfg(test)]
mod tests;

use std::ops::Range;

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};

use super::super::touched::{Lines, Marks, Middle};
use crate::read::code::LONGEST_LINE;
use statements::{Block, Bound, Program, Statement, bound, imported, is_class, is_import, words};

/// Ends of names of files whose statements are lines of the file: not those of scripts inside of pages. What a name stands for in
/// Python is asked across functions, so there little could be left out.
const ENDS: &[&str] = &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "go", "rs"];

/// Words of what takes a variable away again.
const TAKING: &[&str] = &["delete ", "nsetenv", "remove_var", "env.delete"];

/// How often what was kept may bring in more.
const ROUNDS: usize = 16;

/// Blocks inside of each other that are looked into: deeper ones are kept as they are.
const DEEPEST: usize = 24;

/// Pairs of statements that differ which are held against each other at one place.
const MOST_PAIRS: usize = 20_000;

/// Lines from which on it is worth to look into a statement.
const LARGE: usize = 40;

/// Both programs without the statements that both share and that have nothing to do with those that differ.
pub(super) fn thinned(path: &str, base: &str, head: &str) -> Option<[String; 2]> {
    if !path.rsplit_once('.').is_some_and(|(_, end)| ENDS.contains(&end)) {
        return None;
    }
    let marks = Marks::of(path, false);
    let (old, new) = (Lines::new(base), Lines::new(head));
    if old.all.iter().chain(&new.all).any(|line| line.len() > LONGEST_LINE) || Middle::moved(&old, &new, marks) {
        return None;
    }
    let state = RandomState::default();
    let [old, new] = [&old, &new].map(|lines| Program::new(lines, marks, &state));
    let mut picked = Picked::new([&old, &new]);
    let [were, are] = [&old, &new].map(|program| program.statements(0..program.lines.all.len()));
    picked.note_names([&were, &are]);
    picked.compare([&were, &are], ROOT);
    if picked.reaches_out {
        return None;
    }
    picked.keep_imports();
    picked.spread()?;
    Some([Side::Old, Side::New].map(|side| picked.text(side)))
}

/// One of two sides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

impl Side {
    fn of<T>(self, [old, new]: &[T; 2]) -> &T {
        if self == Self::Old { old } else { new }
    }

    fn of_mut<T>(self, [old, new]: &mut [T; 2]) -> &mut T {
        if self == Self::Old { old } else { new }
    }
}

/// A statement that both sides share.
struct Shared {
    /// Its lines on both sides.
    lines: [Range<usize>; 2],
    scope: Scope,
    kept: bool,
}

/// The block in which names are known, by its number.
type Scope = usize;

/// The whole file.
const ROOT: Scope = 0;

/// What is kept so far.
struct Picked<'p, 'l, 't> {
    programs: [&'p Program<'l, 't>; 2],
    /// Which lines of each side.
    kept: [Vec<bool>; 2],
    shared: Vec<Shared>,
    /// What encloses each scope.
    outer: Vec<Scope>,
    /// Words of what is kept, in their scope and in all that enclose it.
    mentioned: HashSet<(Scope, &'t str)>,
    /// Names whose meaning may have changed, in the scope that knows them.
    changed: HashSet<(Scope, &'t str)>,
    /// Names that are given a value at the root. One that a block gives a value too is no constant any more to some readers.
    of_root: HashSet<&'t str>,
    /// What differing imports bring in, with where it is from.
    imports: [HashSet<(&'t str, &'t str)>; 2],
    /// What differs opens or closes something for what stands behind it, or takes back what was given a value elsewhere.
    reaches_out: bool,
}

impl<'p, 'l, 't> Picked<'p, 'l, 't> {
    fn new(programs: [&'p Program<'l, 't>; 2]) -> Self {
        let kept = programs.map(|program| vec![false; program.lines.all.len()]);
        let [mentioned, changed] = [(); 2].map(|()| HashSet::default());
        let imports = [(); 2].map(|()| HashSet::default());
        Self {
            programs,
            kept,
            shared: Vec::new(),
            outer: vec![ROOT],
            mentioned,
            changed,
            of_root: HashSet::default(),
            imports,
            reaches_out: false,
        }
    }

    fn note_names(&mut self, sides: [&[Statement]; 2]) {
        for (program, statements) in self.programs.into_iter().zip(sides) {
            let names = statements.iter().flat_map(|statement| bound(program, statement.lines.clone()));
            self.of_root.extend(names.map(|(name, _)| name));
        }
    }

    /// Goes through statements that stand at one place of both sides.
    fn compare<'s>(&mut self, [old, new]: [&'s [Statement]; 2], scope: Scope) {
        let front = old.iter().zip(new).take_while(|(old, new)| old.hash == new.hash).count();
        let least = old.len().min(new.len()) - front;
        let back = old.iter().rev().zip(new.iter().rev()).take(least).take_while(|(old, new)| old.hash == new.hash).count();
        let tail = |side: &'s [Statement]| side.iter().skip(side.len() - back);
        for (was, is) in old.iter().zip(new).take(front).chain(tail(old).zip(tail(new))) {
            self.share(was, is, scope);
        }
        let [old, new] = [old, new].map(|side| side.get(front..side.len() - back).unwrap_or_default());
        let mut counts: HashMap<u64, i64> = HashMap::default();
        for (side, step) in [(old, 1), (new, -1)] {
            for statement in side {
                *counts.entry(statement.hash).or_default() += step;
            }
        }
        let common = |statement: &&Statement| counts.get(&statement.hash) == Some(&0);
        let [were, are] = [old, new].map(|side| side.iter().filter(common).collect::<Vec<&Statement>>());
        // statements that changed places may override each other
        if !were.iter().map(|one| one.hash).eq(are.iter().map(|one| one.hash)) {
            for (side, statements) in [(Side::Old, old), (Side::New, new)] {
                for statement in statements {
                    self.differs(side, statement, scope);
                }
            }
            return;
        }
        for (was, is) in were.into_iter().zip(are) {
            self.share(was, is, scope);
        }
        let [gone, come] = [old, new].map(|side| side.iter().filter(|statement| !common(statement)).collect::<Vec<&Statement>>());
        self.hold_against(&gone, &come, scope);
    }

    /// Statements that differ: those that are blocks under the same head are looked into.
    fn hold_against(&mut self, gone: &[&Statement], come: &[&Statement], scope: Scope) {
        let mut next = 0;
        let worth = gone.len().saturating_mul(come.len()) <= MOST_PAIRS && self.outward(scope).count() <= DEEPEST;
        for was in gone {
            let [old, new] = self.programs;
            let under = old.block(&was.lines).filter(|_| worth);
            let found = under.as_ref().and_then(|under| {
                let pair = |is: &&&Statement| new.block(&is.lines).filter(|other| self.same_frame(under, other));
                come.iter().enumerate().skip(next).find_map(|(at, is)| pair(&is).map(|block| (at, block)))
            });
            match under.zip(found) {
                None => self.differs(Side::Old, was, scope),
                Some((under, (at, other))) => {
                    for is in come.iter().skip(next).take(at - next) {
                        self.differs(Side::New, is, scope);
                    }
                    next = at + 1;
                    self.look_into(&[under, other], scope);
                }
            }
        }
        for is in come.iter().skip(next) {
            self.differs(Side::New, is, scope);
        }
    }

    fn same_frame(&self, one: &Block, other: &Block) -> bool {
        let [old, new] = self.programs;
        old.code(&one.header).eq(new.code(&other.header)) && old.code(&one.closer).eq(new.code(&other.closer))
    }

    fn look_into(&mut self, blocks: &[Block; 2], outer: Scope) {
        let ([one, other], [old, new]) = (blocks, self.programs);
        let bodies = [old.statements(one.body()), new.statements(other.body())];
        // what differs inside of a function may be what it gives
        if old.rust {
            self.bind(&one.header, Side::Old, outer);
        }
        self.outer.push(outer);
        let scope = self.outer.len() - 1;
        for (side, block) in [Side::Old, Side::New].into_iter().zip(blocks) {
            self.keep(side, &block.header);
            self.keep(side, &block.closer);
        }
        let [were, are] = &bodies;
        self.compare([were, are], scope);
    }

    fn share(&mut self, was: &Statement, is: &Statement, scope: Scope) {
        self.shared.push(Shared { lines: [was.lines.clone(), is.lines.clone()], scope, kept: false });
    }

    fn differs(&mut self, side: Side, statement: &Statement, scope: Scope) {
        let program = *side.of(&self.programs);
        let lines = program.lines;
        let takes = |at: usize| TAKING.iter().any(|word| lines.get(at).contains(word));
        self.reaches_out |= !program.balanced(&statement.lines) || statement.lines.clone().any(takes);
        self.keep(side, &statement.lines);
        if is_import(lines, &statement.lines) {
            side.of_mut(&mut self.imports).extend(imported(lines, statement.lines.clone()));
        }
        self.bind(&statement.lines, side, scope);
        self.bind_inside(statement, side, scope);
        self.mention(&statement.lines, side, scope);
    }

    /// What a statement that is kept as a whole gives a value on its other lines. Names that a block declares are its own.
    fn bind_inside(&mut self, statement: &Statement, side: Side, scope: Scope) {
        let program = *side.of(&self.programs);
        let closed = program.block(&statement.lines).is_some();
        for at in statement.lines.clone().skip(1) {
            for (name, own) in bound(program, at..at + 1) {
                if !(own && closed) || self.of_root.contains(name) {
                    self.change((name, own && !closed), scope);
                }
            }
        }
    }

    fn change(&mut self, (name, own): Bound<'t>, scope: Scope) {
        self.changed.insert((if own { scope } else { ROOT }, name));
        if self.of_root.contains(name) {
            self.changed.insert((ROOT, name));
        }
    }

    /// The meaning of what these lines give a value has changed.
    fn bind(&mut self, range: &Range<usize>, side: Side, scope: Scope) {
        let program = *side.of(&self.programs);
        for name in bound(program, range.clone()) {
            self.change(name, scope);
        }
    }

    /// Whoever gives a word of these lines a value is needed.
    fn mention(&mut self, range: &Range<usize>, side: Side, scope: Scope) {
        let scopes: Vec<Scope> = self.outward(scope).collect();
        for word in words_of(side.of(&self.programs).lines, range.clone()) {
            self.mentioned.extend(scopes.iter().map(|scope| (*scope, word)));
        }
    }

    /// A scope and all that enclose it.
    fn outward(&self, scope: Scope) -> impl Iterator<Item = Scope> + '_ {
        std::iter::successors(Some(scope), |scope| self.outer.get(*scope).copied().filter(|outer| outer < scope))
    }

    fn keep(&mut self, side: Side, lines: &Range<usize>) {
        side.of_mut(&mut self.kept).get_mut(lines.clone()).into_iter().flatten().for_each(|kept| *kept = true);
    }

    fn keep_shared(&mut self, shared: &mut Shared) {
        shared.kept = true;
        let [was, is] = &shared.lines;
        self.keep(Side::Old, was);
        self.keep(Side::New, is);
    }

    /// What is brought in gives names their meaning that no statement binds.
    fn keep_imports(&mut self) {
        let [Program { lines, .. }, _] = self.programs;
        let mut all = std::mem::take(&mut self.shared);
        for shared in &mut all {
            let [range, _] = &shared.lines;
            if is_import(lines, range) || range.clone().any(|at| names_others(lines.get(at))) {
                self.keep_shared(shared);
            }
        }
        self.shared = all;
        let [were, are] = &self.imports;
        self.changed.extend(were.symmetric_difference(are).map(|(name, _)| (ROOT, *name)));
    }

    /// Keeps shared statements that have to do with what is kept, until none is left; nothing when that takes too long.
    fn spread(&mut self) -> Option<()> {
        let [program, other] = self.programs;
        let lines = program.lines;
        for _ in 0..ROUNDS {
            let mut all = std::mem::take(&mut self.shared);
            let before = all.len();
            all.retain_mut(|shared| {
                let ([range, twin], scope) = (shared.lines.clone(), shared.scope);
                if shared.kept {
                    return false;
                }
                let scopes: Vec<Scope> = self.outward(scope).collect();
                let gets = words_of(lines, range.clone()).any(|word| scopes.iter().any(|scope| self.changed.contains(&(*scope, word))));
                let large = range.len() > LARGE;
                let known = |name, own| self.mentioned.contains(&(if own { scope } else { ROOT }, name));
                let gives = || bound(program, range.clone()).into_iter().any(|(name, own)| known(name, own));
                // nobody asks what a class holds who names it
                if !(gets || !(large && is_class(lines, &range)) && gives()) {
                    return true;
                }
                if gets
                    && large
                    && let Some(blocks) = program.block(&range).zip(other.block(&twin))
                {
                    self.look_into(&blocks.into(), scope);
                    return false;
                }
                self.keep_shared(shared);
                self.mention(&range, Side::Old, scope);
                if gets {
                    self.bind(&range, Side::Old, scope);
                }
                false
            });
            let same = all.len() == before;
            all.append(&mut self.shared);
            self.shared = all;
            if same {
                return Some(());
            }
        }
        None
    }

    /// The kept lines of a side.
    fn text(&self, side: Side) -> String {
        let (program, kept) = (side.of(&self.programs), side.of(&self.kept));
        let lines: Vec<&str> = kept.iter().enumerate().filter(|(_, kept)| **kept).map(|(at, _)| program.lines.get(at)).collect();
        let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

/// Whether a word decides what others are called: `env_prefix`, `SetEnvPrefix`, `@ConfigurationProperties`.
fn names_others(line: &str) -> bool {
    let decides = |word: &str| {
        let word = word.to_ascii_lowercase();
        word == "prefix" || word.contains("env") && word.contains("prefix") || word == "configurationproperties"
    };
    words(line).any(|word| word.len() >= "prefix".len() && decides(word))
}

fn words_of<'t>(lines: &Lines<'t>, range: Range<usize>) -> impl Iterator<Item = &'t str> {
    let lines: Vec<&'t str> = range.map(|at| lines.get(at)).collect();
    lines.into_iter().flat_map(words)
}
