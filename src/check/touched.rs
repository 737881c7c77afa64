//! Whether a change of a code file could concern any policy, known without parsing it: the words on changed lines that are given
//! a value, what those lines continue or stand in, and where a changed name is used.

mod answers;
mod beside;
mod hidden;
mod lines;
mod prefixed;
mod printed;

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::plain::of_code;
use crate::policy::interest::{Known, Says};
use crate::read::code::CLEARS;

pub use hidden::{Marks, Middle};
pub use lines::{Lines, continues, goes_on, is_attribute, is_comment};
use lines::{Vocabulary, Word, different, holder, words};

/// Lines below a changed one, deeper than it, that may belong to it: the keywords of a call whose name changed.
const BELOW: usize = 12;

/// Changed names whose other uses are looked up.
const NAMES: usize = 200;

/// A path of keys in a text is no longer than this.
const LONGEST_PATH: usize = 80;

/// Steps of it that may be the product's own, or a part of one.
const STEPS: usize = 6;

/// Calls by which a router is told what everything goes through.
const ROUTERS: &[&str] = &[".use(", ".Use(", ".register(", "add_middleware(", "before_request("];

/// Tags and attributes that give the member of their line a value.
const TAGS: &[&str] = &["@DefaultValue(", "`default:\"", " default:\"", "envDefault:\"", "gorm:\""];

/// Parts of variables that refuse to be counted, whatever is counted.
const REFUSALS: &[&str] = &["OPT_OUT", "OPTOUT", "DO_NOT_TRACK"];

/// Words that decide what other lines of a class are called.
const PREFIXES: &[&str] = &["env_prefix", "environment_prefix", "envprefix", "prefix", "configurationproperties"];

/// Whether the difference of two texts could change a setting that some policy knows. A side that is not there is empty.
pub fn concerns(known: &mut Known, path: &str, base: &str, head: &str) -> bool {
    let (old, new) = (Lines::new(base), Lines::new(head));
    let (gone, come) = different(&old, &new, Marks::of(path, known.is_shell()));
    // what takes the whole environment away names nobody
    let clears = |line: &str| CLEARS.iter().any(|sign| line.contains(sign));
    if gone.iter().any(|at| clears(old.get(*at))) || come.iter().any(|at| clears(new.get(*at))) {
        return true;
    }
    // a question that is gone is asked about by its variable alone
    let refuses = |line: &str| REFUSALS.iter().any(|sign| line.contains(sign));
    if gone.iter().any(|at| refuses(old.get(*at))) {
        return true;
    }
    if known.is_shell() && (writes(base, &old, &gone) || writes(head, &new, &come)) {
        return true;
    }
    let flags = [base, head].iter().any(|text| text.contains("typer"));
    let literals = [old.literals(&gone), new.literals(&come)].concat();
    // the other lines of the base stand in the head too
    let texts = std::iter::once(head).chain(gone.iter().map(|at| old.get(*at))).collect();
    let mut asking = Asking { known, path, texts, flags, literals, words: None, together: HashMap::new() };
    of_side(&mut asking, &old, &gone) || of_side(&mut asking, &new, &come) || of_disguised(&mut asking, &new, &come)
}

/// Whether changed lines of a script may be lines of a file that it writes: what they say is then a question of that file's kind.
fn writes(text: &str, lines: &Lines, changed: &[usize]) -> bool {
    // `-b 0.0.0.0:80`, `-p 80:80`: one letter says nothing, what stands behind it does
    let port =
        |word: &str| word.rsplit_once(':').is_some_and(|(_, port)| port.trim_end_matches(['"', '\'']).bytes().any(|b| b.is_ascii_digit()));
    let listens = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.windows(2).any(|pair| matches!(pair, [flag, value] if flag.len() == 2 && flag.starts_with('-') && port(value)))
    };
    let prints = |line: &str| {
        line.contains('>') && (line.contains("echo") || line.contains("printf")) || line.contains("tee ") || line.contains("sed -i")
    };
    !changed.is_empty() && text.contains("<<") || changed.iter().any(|at| prints(lines.get(*at)) || listens(lines.get(*at)))
}

/// The same for changed lines that are not what they seem: words with escapes, or in letters of another script.
fn of_disguised(asking: &mut Asking, new: &Lines, come: &[usize]) -> bool {
    if !come.iter().any(|at| of_code(new.get(*at)).is_some()) {
        return false;
    }
    let plain: Vec<Cow<str>> = new.all.iter().map(|line| of_code(line).map_or(Cow::Borrowed(*line), Cow::Owned)).collect();
    let plain = plain.join("\n");
    let plain = Lines::new(&plain);
    let known = asking.words.get_or_insert_with(|| Vocabulary::new(&asking.texts));
    for line in &plain.all {
        known.add(line);
    }
    asking.together.clear();
    of_side(asking, &plain, come)
}

/// Who is asked about the words of one file.
struct Asking<'k, 'c, 't> {
    known: &'k mut Known<'c>,
    path: &'t str,
    /// Texts that hold all words of both sides.
    texts: Vec<&'t str>,
    /// Whether parameters of functions are flags here.
    flags: bool,
    /// What stands in quotes on or beside changed lines.
    literals: Vec<&'t str>,
    /// These words; collected when the first common word comes.
    words: Option<Vocabulary>,
    /// Which groups of names have all their words in the file.
    together: HashMap<u32, bool>,
}

impl Asking<'_, '_, '_> {
    /// The most that a word of the line says which is given a value there.
    fn says(&mut self, line: &str) -> Says {
        let mut most = Says::Nothing;
        if is_comment(line) {
            return most;
        }
        // what is handed to a router is there, which is all that is asked of it
        let tagged = TAGS.iter().any(|tag| line.contains(tag));
        let handed = tagged || ROUTERS.iter().any(|call| line.contains(call));
        for word in words(line) {
            // most words are given no value, and only few of those fill the place of one
            let given = handed || self.known.is_shell() || word.is_given(line);
            let says = if given { self.word(&word, line) } else { self.known.fills(word.text) };
            // nothing is asked about the surroundings of words that say nothing
            if says > most && (says != Says::Worded || tagged || self.known.is_shell() || word.is_set(line)) {
                most = says;
            }
            if most < Says::Named && !self.known.is_shell() && word.is_started(line) {
                most = most.max(match self.known.starts(word.text) {
                    Says::Together(group) if self.holds(group) => Says::Named,
                    _ => Says::Nothing,
                });
            }
        }
        // `Security(get_key)` asks like `Depends(get_key)`
        if line.contains("Security(") {
            most = most.max(self.known.says("Depends", false));
        }
        most.max(self.path(line))
    }

    /// What the steps of a path say that stands as a text: `"telemetry.enabled"`, `${telemetry.enabled:true}`.
    fn path(&mut self, line: &str) -> Says {
        let mut most = Says::Nothing;
        if !line.contains(['"', '\'', '`']) {
            return most;
        }
        let is_path = |path: &&str| path.contains('.') && !path.starts_with('.') && !path.ends_with('.') && path.len() <= LONGEST_PATH;
        let step = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        for path in line.split(['"', '\'', '`']).skip(1).step_by(2).flat_map(|text| text.split(step)).filter(is_path) {
            let joined = path.replace(['.', '-'], "_");
            // a prefix that is the product's own says nothing
            let starts = joined.match_indices('_').map(|(at, _)| at + 1).rev().skip(1).take(STEPS).chain([0]);
            for rest in starts.filter_map(|at| joined.get(at..)) {
                let says = match self.known.says(rest, false) {
                    Says::Together(group) => self.known.otherwise(group),
                    says => says,
                };
                most = most.max(says);
            }
        }
        most
    }

    fn word(&mut self, word: &Word, line: &str) -> Says {
        match self.known.says(word.text, word.is_dashed(line) || self.flags) {
            // a word that says enough by itself needs no others, which take all words of the file to find
            Says::Together(group) if self.known.otherwise(group) == Says::Worded && word.is_set(line) => Says::Worded,
            Says::Together(group) if self.holds(group) => Says::Named,
            Says::Together(group) => self.known.otherwise(group),
            says => says,
        }
    }

    fn holds(&mut self, group: u32) -> bool {
        if let Some(holds) = self.together.get(&group) {
            return *holds;
        }
        let all = self.words.get_or_insert_with(|| Vocabulary::new(&self.texts));
        let holds = self.known.together(group, self.path, &self.literals, |word| all.holds(word));
        self.together.insert(group, holds);
        holds
    }
}

fn of_side(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    let mut near: HashSet<usize> = HashSet::new();
    for at in changed {
        near.extend(lines.statement(*at));
        near.extend(beside::of(lines, *at));
        if lines.get(*at).trim_end().ends_with('(') || lines.get(*at).trim_end().ends_with("({") {
            near.extend(lines.deeper(*at, BELOW));
        }
    }
    near.iter().any(|at| asking.says(lines.get(*at)) >= Says::Worded)
        || printed::concerns(asking, lines, changed)
        || answers::concerns(asking, lines, changed)
        || prefixed::concerns(asking, lines, changed)
        || stands_in(asking, lines, changed)
        || uses_of_names(asking, lines, changed)
}

/// Whether a changed line is part of a value that begins on a line above: `origins = [`, `telemetry: {`.
fn stands_in(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    let mut seen: HashSet<(usize, bool)> = HashSet::new();
    for at in changed {
        // `enabled: true` says what `telemetry: {` says
        let filled = asking.says(lines.get(*at)) == Says::Fill;
        let least = if filled { Says::Worded } else { Says::Named };
        for above in lines.above(*at) {
            // what was found for a neighbour holds for this line too
            if !seen.insert((above, filled)) {
                break;
            }
            let line = lines.get(above);
            let says = match holder(line) {
                Some(word) => asking.word(&word, line),
                None => asking.says(line),
            };
            if says >= least {
                return true;
            }
        }
    }
    false
}

/// A changed line that gives a name a value matters where that name is used.
fn uses_of_names(asking: &mut Asking, lines: &Lines, changed: &[usize]) -> bool {
    let mut names: HashSet<&str> = HashSet::new();
    for at in changed {
        let line = lines.get(*at);
        if words(line).any(|word| PREFIXES.iter().any(|prefix| word.text.eq_ignore_ascii_case(prefix))) {
            return true;
        }
        names.extend(lines::assigned(line).filter(|name| name.len() > 2));
    }
    if names.len() > NAMES {
        return true;
    }
    if names.is_empty() {
        return false;
    }
    // `f(noise=NOISE, x)` and `f(noise=MAX_NOISE)` take a name as much as `f(noise=NOISE)` does
    let set = |word: &Word, line: &str| matches!(word.after(line).trim_start().as_bytes(), [b'=', rest @ ..] if !rest.starts_with(b"="));
    let takes = |word: &Word, line: &str| names.contains(word.text) && !set(word, line);
    let mut used = lines.with(names.iter().copied()).into_iter().map(|at| lines.get(at));
    used.any(|line| words(line).any(|word| takes(&word, line)) && asking.says(line) == Says::Named)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::policy::catalogue::Catalogue;
    use crate::policy::interest::Interest;

    #[track_caller]
    fn check(base: &str, head: &str, expected: bool) {
        let catalogue = Catalogue::built_in().unwrap();
        let mut interest = Known::new(Arc::new(Interest::new(&catalogue, "python", &[".py"])));
        assert_eq!(concerns(&mut interest, "a.py", base, head), expected, "{base}\n---\n{head}");
    }

    #[test]
    fn a_change_far_from_any_word_does_not_concern() {
        let far = "def f(x):\n    return x\n\n\n\n\n\n\nmodel = load(trust_remote_code=False)\n";
        check(far, &far.replace("return x", "return x + 1"), false);
        check(far, far, false);
        check(&far.replace("return x", "return x "), far, false);
    }

    #[test]
    fn a_name_is_taken_wherever_it_stands_in_a_call() {
        for name in ["NOISE", "MAX_NOISE"] {
            let text = format!("{name} = 1.1\nm = engine.make_private(module=m, noise_multiplier={name}, max_grad_norm=1.0)\n");
            check(&text, &text.replace("= 1.1", "= 0.1"), true);
        }
    }

    #[test]
    fn a_changed_value_concerns_where_a_word_stands() {
        let text = "model = load(trust_remote_code=False)\n";
        check(text, &text.replace("False", "True"), true);
        check("", text, true);
        check(text, "", true);
        let over_lines = "load(\n  trust_remote_code=\n  False\n)\n";
        check(over_lines, &over_lines.replace("False", "True"), true);
    }

    #[test]
    fn what_a_function_answers_concerns_by_its_name() {
        for text in ["def is_telemetry_enabled():\n    # never\n    return False\n", "def is_telemetry_enabled(): return False\n"] {
            check(text, &text.replace("False", "True"), true);
            check(text, &text.replace("return False", "x = load()\n    return x"), true);
            let other = text.replace("telemetry_", "");
            check(&other, &other.replace("False", "True"), false);
        }
    }

    #[test]
    fn what_stands_beside_a_changed_value_names_it() {
        for text in [
            "parser.add_argument(\n    '--host',\n    type=str,\n    default='0',\n)\n",
            "X = os.getenv(\n    'LANGSMITH_TRACING',\n    '0',\n)\n",
            "class C:\n    trust_remote_code: bool = field(\n        default='0',\n        metadata={},\n    )\n",
            "def f(\n    share: Annotated[\n        bool, typer.Option(help='x')\n    ] = '0',\n): pass\n",
            "X = os.environ.get('LANGSMITH_TRACING')\nif X is None:\n    X = '0'\n",
            "class S(BaseSettings):\n    tracing: bool = '0'\n    class Config:\n        env_prefix = 'LANGSMITH_'\n",
        ] {
            check(text, &text.replace("'0'", "'1'"), true);
        }
        // an argument that has a name of its own says what it is
        let named = "parser.add_argument(\n    '--host',\n    nargs='0',\n)\n";
        check(named, &named.replace("'0'", "'1'"), false);
        let other = "parser.add_argument(\n    '--size',\n    default='0',\n)\n";
        check(other, &other.replace("'0'", "'1'"), false);
    }

    #[test]
    fn what_encloses_a_changed_line_is_looked_at() {
        let list = "app.add_middleware(CORSMiddleware, allow_origins=[\n  'https://a',\n  'https://b',\n  'https://c',\n  'https://d',\n  'https://e',\n])\n";
        check(list, &list.replace("https://e", "*"), true);
        let object = "x = {\n  telemetry: {\n    a: 1,\n    b: 1,\n    c: 1,\n    d: 1,\n    enabled: false\n}}\n";
        check(object, &object.replace("false", "true"), true);
    }

    #[test]
    fn a_name_that_counts_with_some_literals_concerns_beside_one() {
        let text = format!("api_key = 'hf_{}'\n", "a".repeat(32));
        check("", &text, true);
        check("", "api_key = read('key')\n", false);
        check("base_url = 'http://localhost:1'\n", "base_url = 'https://a.example'\n", true);
    }

    #[test]
    fn what_is_taken_out_of_something_is_given_no_value() {
        check("", "const { db, executeRawUnsafe, transaction } = stub([])\n", false);
        check("", "const { db, rawUnsafe = true, transaction } = stub([])\n", true);
        check("", "stub({ db, rawUnsafe: true })\n", true);
    }

    #[test]
    fn a_vocabulary_holds_words_whatever_their_case_and_dashes() {
        let all = Vocabulary::new(&["let API_Key = a-very-long-name-of-words;", "x.y"]);
        assert!(all.holds("apikey") && all.holds("averylongnameofwords") && all.holds("let"));
        assert!(!all.holds("api") && !all.holds("averylongnameofword") && !all.holds("x"));
    }

    #[test]
    fn what_every_program_says_concerns_nobody() {
        for line in ["r = get('/x')", "r = client.get('/x')", "fetch('/api/x')", "api_key = load()", "service = load()", "rate = 1"] {
            check("", &format!("{line}\n"), false);
        }
    }

    #[test]
    fn a_changed_constant_concerns_where_it_is_used() {
        let text = "WIDGET = False\n\n\n\n\n\nload(trust_remote_code=WIDGET)\n";
        check(text, &text.replace("False", "True"), true);
        let text = "WIDGET = False\n\n\n\n\n\nf(x=WIDGET)\n";
        check(text, &text.replace("False", "True"), false);
    }

    #[test]
    fn what_a_comment_or_a_text_takes_in_concerns_although_its_lines_stay() {
        let text = "import os\nload(trust_remote_code=False)\nrun()\n";
        check(text, &format!("\"\"\"\n{text}\"\"\"\n"), true);
        check(text, &text.replace("os\n", "os\nX = '''\n").replace("run", "'''\nrun"), true);
        // the marks are not what they seem
        check(text, &text.replace("os\n", "os  # \"\"\"\n\"\"\"\n"), true);
        check(text, &text.replace("os\n", "os\na = '\"\"\"' + \"\"\"\n"), true);
        // the text was there, and its end moves, or the line does
        let with = "\"\"\"\nWords.\n\"\"\"\nload(trust_remote_code=False)\nrun()\n";
        check(with, &with.replace("Words.\n\"\"\"\n", "Words.\n").replace("run", "\"\"\"\nrun"), true);
        check(with, &with.replace("load(trust_remote_code=False)\n", "").replace("Words", "load(trust_remote_code=False)\nWords"), true);
        // words about words
        check(with, &with.replace("Words", "Other words"), false);
        check(text, &format!("def f():\n    \"\"\"Does it.\n\n    Well.\n    \"\"\"\n\n\n\n\n\n\n\n{text}"), false);
    }

    #[test]
    fn a_disguised_word_concerns_like_the_one_it_seems_to_be() {
        for name in [r"trust_r\u0065mote_code", "trust_rem\u{43e}te_code", "\u{ff54}rust_remote_code"] {
            check("a = 1\n", &format!("a = 1\nload({name}=True)\n"), true);
        }
        check("a = 1\n", "a = 1\n# Привет\n", false);
    }
}
