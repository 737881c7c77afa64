//! Programs. What differs is kept by its statements, and with them those that give them their meaning or get theirs from them:
//! whoever binds a name that is mentioned there, and whoever mentions a name that is bound there.

mod statements;

use std::borrow::Cow;
use std::ops::Range;

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};

use super::super::touched::{Lines, Marks, Middle, words};
use crate::read::code::LONGEST_LINE;
use statements::{Block, Program, Statement, bound, imported, is_import};

/// Ends of names of files whose statements are lines of the file: not those of scripts inside of pages.
const ENDS: &[&str] = &["py", "pyi", "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "go", "rs", "java"];

/// How often what was kept may bring in more.
const ROUNDS: usize = 8;

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
    picked.compare([&old.statements(0..old.lines.all.len()), &new.statements(0..new.lines.all.len())], ROOT);
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
    /// Blocks that were looked into.
    blocks: [Vec<Block>; 2],
    shared: Vec<Shared>,
    /// What encloses each scope.
    outer: Vec<Scope>,
    /// Words of what is kept, in their scope and in all that enclose it.
    mentioned: HashSet<(Scope, &'t str)>,
    /// Names whose meaning may have changed, in the scope that knows them.
    changed: HashSet<(Scope, &'t str)>,
    /// What differing imports bring in, with where it is from.
    imports: [HashSet<(&'t str, &'t str)>; 2],
}

impl<'p, 'l, 't> Picked<'p, 'l, 't> {
    fn new(programs: [&'p Program<'l, 't>; 2]) -> Self {
        let kept = programs.map(|program| vec![false; program.lines.all.len()]);
        let [mentioned, changed] = [(); 2].map(|()| HashSet::default());
        let (blocks, imports) = ([Vec::new(), Vec::new()], [(); 2].map(|()| HashSet::default()));
        Self { programs, kept, blocks, shared: Vec::new(), outer: vec![ROOT], mentioned, changed, imports }
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
            old.iter().for_each(|statement| self.differs(Side::Old, statement, scope));
            new.iter().for_each(|statement| self.differs(Side::New, statement, scope));
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
        for was in gone {
            let [old, new] = self.programs;
            let under = old.block(was);
            let found = under.as_ref().and_then(|under| {
                let pair = |is: &&&Statement| new.block(is).filter(|other| self.same_frame(under, other));
                come.iter().enumerate().skip(next).find_map(|(at, is)| pair(&is).map(|block| (at, block)))
            });
            match under.zip(found) {
                None => self.differs(Side::Old, was, scope),
                Some((under, (at, other))) => {
                    come.iter().skip(next).take(at - next).for_each(|is| self.differs(Side::New, is, scope));
                    next = at + 1;
                    self.look_into([under, other], scope);
                }
            }
        }
        come.iter().skip(next).for_each(|is| self.differs(Side::New, is, scope));
    }

    fn same_frame(&self, one: &Block, other: &Block) -> bool {
        let [old, new] = self.programs;
        old.code(&one.header).eq(new.code(&other.header)) && old.code(&one.closer).eq(new.code(&other.closer))
    }

    fn look_into(&mut self, blocks: [Block; 2], outer: Scope) {
        let ([one, other], [old, new]) = (&blocks, self.programs);
        let bodies = [old.statements(one.body()), new.statements(other.body())];
        // what a function gives is asked about in Rust alone: `#[serde(default = "name")]`
        if old.rust {
            self.bind(&one.header, Side::Old, outer);
        }
        let scope = if one.scope {
            self.outer.push(outer);
            self.outer.len() - 1
        } else {
            outer
        };
        for (side, block) in [Side::Old, Side::New].into_iter().zip(blocks) {
            self.keep(side, &block.header);
            self.keep(side, &block.closer);
            side.of_mut(&mut self.blocks).push(block);
        }
        let [were, are] = &bodies;
        self.compare([were, are], scope);
    }

    fn share(&mut self, was: &Statement, is: &Statement, scope: Scope) {
        self.shared.push(Shared { lines: [was.lines.clone(), is.lines.clone()], scope, kept: false });
    }

    fn differs(&mut self, side: Side, statement: &Statement, scope: Scope) {
        let lines = side.of(&self.programs).lines;
        self.keep(side, &statement.lines);
        if is_import(lines, &statement.lines) {
            side.of_mut(&mut self.imports).extend(imported(lines, statement.lines.clone()));
        }
        self.bind(&statement.lines, side, scope);
        self.mention(&statement.lines, side, scope);
    }

    /// The meaning of what these lines give a value has changed.
    fn bind(&mut self, range: &Range<usize>, side: Side, scope: Scope) {
        let Program { lines, rust, .. } = side.of(&self.programs);
        let names = bound(lines, range.clone(), *rust);
        self.changed.extend(names.into_iter().map(|(name, own)| (if own { scope } else { ROOT }, name)));
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
        let [Program { lines, rust, .. }, _] = self.programs;
        let mut all = std::mem::take(&mut self.shared);
        for _ in 0..ROUNDS {
            let mut more = false;
            for shared in all.iter_mut().filter(|shared| !shared.kept) {
                let ([range, _], scope) = (shared.lines.clone(), shared.scope);
                let scopes: Vec<Scope> = self.outward(scope).collect();
                let gets = words_of(lines, range.clone()).any(|word| scopes.iter().any(|scope| self.changed.contains(&(*scope, word))));
                let known = |name, own| self.mentioned.contains(&(if own { scope } else { ROOT }, name));
                if gets || bound(lines, range.clone(), *rust).into_iter().any(|(name, own)| known(name, own)) {
                    more = true;
                    self.keep_shared(shared);
                    self.mention(&range, Side::Old, scope);
                }
                if gets {
                    self.bind(&range, Side::Old, scope);
                }
            }
            if !more {
                return Some(());
            }
        }
        None
    }

    /// The kept lines of a side.
    fn text(&self, side: Side) -> String {
        let (program, kept) = (side.of(&self.programs), side.of(&self.kept));
        let held = kept.iter().enumerate().filter(|(_, kept)| **kept);
        let mut lines: Vec<(usize, Cow<str>)> = held.map(|(at, _)| (at, program.lines.get(at).into())).collect();
        if program.python {
            // a block without a statement is none
            let empty = |body: &Range<usize>| !kept.get(body.clone()).is_some_and(|body| body.contains(&true));
            let bodies = side.of(&self.blocks).iter().map(Block::body).filter(empty);
            lines.extend(bodies.map(|body| (body.start, program.filler(&body).into())));
            lines.sort_by_key(|(at, _)| *at);
        }
        let mut text = String::with_capacity(lines.iter().map(|(_, line)| line.len() + 1).sum());
        for (_, line) in lines {
            text.push_str(&line);
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
    words(line).any(|word| word.text.len() >= "prefix".len() && decides(word.text))
}

fn words_of<'t>(lines: &Lines<'t>, range: Range<usize>) -> impl Iterator<Item = &'t str> {
    let lines: Vec<&'t str> = range.map(|at| lines.get(at)).collect();
    lines.into_iter().flat_map(|line| words(line)).map(|word| word.text)
}
