//! Files that commands write: `echo text > file`, `cat <<EOF > file`, `printf text | tee file`. They are read by the reader of
//! their name.

use std::collections::HashMap;

use super::words::{Lexer, Token, Word};
use super::{base_name, is_shell, split_with};
use crate::read::fragment::embed;
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::span::{OffsetMap, Span};

/// Readers of files that hold no scripts of their own.
const READERS: &[&str] = &["env-file", "json", "toml", "yaml", "ini", "systemd", "dockerfile", "conf", "xml"];

/// What a command does with the text that it is handed.
#[derive(Debug)]
pub enum Target {
    /// It goes into the file at this path.
    File(String),
    /// A shell runs it.
    Shell,
    /// Something else reads it.
    Other,
}

/// What the line that opens a heredoc does with its text.
#[must_use]
pub fn target(head: &str) -> Target {
    let words = split_with(&head.replace('>', " > ").replace(['<', '|'], " "), 0, true);
    let text = |word: &Word| word.text.to_string();
    let after = |mark: &str| {
        let at = words.iter().position(|word| base_name(&word.text) == mark)?;
        words.iter().skip(at + 1).find(|word| !word.text.starts_with('-') && !matches!(&*word.text, ">" | "&")).map(text)
    };
    let file = after("tee").or_else(|| after(">")).filter(|file| !file.starts_with("/dev/"));
    match file {
        Some(file) => Target::File(file),
        None if words.iter().take(3).any(|word| is_shell(base_name(&word.text))) => Target::Shell,
        None => Target::Other,
    }
}

/// Reads a text as the file at a path; false where no reader takes it. Variables are those of the commands around it, all else is a
/// document of its own.
pub fn file(path: &str, text: &str, map: &OffsetMap, scope: ScopeId, reading: &mut Reading) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let taken = |name: &str| crate::read::by_name(name).filter(|reader| READERS.contains(&reader.name));
    // the folders of `/etc/sudoers.d/app` say what it is
    let Some((name, reader)) = [name, path].into_iter().find_map(|name| Some((name, taken(name)?))) else { return false };
    let scope = if reader.name == "env-file" {
        scope
    } else {
        let whole = map.outward(Span::new(0, text.len()));
        reading.scope(scope, ScopeKind::Document, name, Step::Same, whole)
    };
    embed(reading, scope, (reader.read)(name, text), map);
    true
}

/// A file as far as a script has written it.
struct Written {
    path: String,
    text: String,
    map: OffsetMap,
    /// Whether it began with a heredoc.
    heredoc: bool,
}

/// Reads the files that a script writes. `offset` is where its text starts in the file.
pub fn in_script(text: &str, offset: usize, scope: ScopeId, reading: &mut Reading) {
    let writes = text.contains('>') && ["echo", "printf"].iter().any(|word| text.contains(word)) || text.contains("tee");
    let writes = writes || text.contains("sed -i");
    if !writes && !text.contains("<<") {
        return;
    }
    let from = reading.settings.len();
    for written in Look::new(text, offset).all() {
        file(&written.path, &written.text, &written.map, scope, reading);
    }
    as_written(text, offset, reading, from);
}

/// Gives the settings from the given one on the text that stands under their values: quotes and tabs are not in the file that is written.
fn as_written(text: &str, offset: usize, reading: &mut Reading, from: usize) {
    for setting in reading.settings.iter_mut().skip(from) {
        let range = setting.value_span.range();
        let written = range.start.checked_sub(offset).zip(range.end.checked_sub(offset)).and_then(|(start, end)| text.get(start..end));
        setting.raw = written.unwrap_or_default().into();
    }
}

/// The same for a script whose heredocs and variables are read elsewhere.
pub(crate) fn printed_in_script(text: &str, scope: ScopeId, reading: &mut Reading) {
    let elsewhere = |written: &Written| written.heredoc || crate::read::text::dotenv::claims(&written.path);
    let from = reading.settings.len();
    for written in Look::new(text, 0).all().into_iter().filter(|written| !elsewhere(written)) {
        file(&written.path, &written.text, &written.map, scope, reading);
    }
    as_written(text, 0, reading, from);
}

/// Where a command's output goes.
struct Into {
    path: String,
    appends: bool,
}

/// A look at the commands of a script.
struct Look<'t> {
    text: &'t str,
    offset: usize,
    written: Vec<Written>,
    /// Which of them was begun last at each path.
    last: HashMap<String, usize>,
    /// The first command of a pipeline.
    first: Option<Vec<Word>>,
    words: Vec<Word>,
    into: Option<Into>,
    /// Where the heredoc goes whose text comes with the next line.
    waiting: Option<Into>,
}

impl<'t> Look<'t> {
    fn new(text: &'t str, offset: usize) -> Self {
        Self { text, offset, written: Vec::new(), last: HashMap::new(), first: None, words: Vec::new(), into: None, waiting: None }
    }

    fn all(mut self) -> Vec<Written> {
        let mut lexer = Lexer::new(self.text, self.offset, true);
        while let Some(token) = lexer.next_token() {
            match token {
                Token::Word(word) => self.words.push(word),
                Token::Redirect(target) => self.into = self.redirected(&target).or(self.into),
                Token::Pipe => {
                    let words = std::mem::take(&mut self.words);
                    self.first.get_or_insert(words);
                }
                Token::Break => {
                    self.end(lexer.awaits_heredoc());
                    for body in lexer.heredocs_read() {
                        self.heredoc(&body);
                    }
                }
            }
        }
        self.end(false);
        self.written
    }

    /// Where `> file` leads; nothing for `< file`, and for `2> file`, which is no output.
    fn redirected(&self, target: &Word) -> Option<Into> {
        let at = (target.span.start as usize).checked_sub(self.offset)?;
        let before = self.text.get(..at)?.trim_end();
        let operator = before.trim_end_matches(['>', '|']);
        let errors = operator.ends_with(['2', '&', '<']);
        (before.ends_with(['>', '|']) && !errors && !target.text.starts_with("/dev/"))
            .then(|| Into { path: target.text.to_string(), appends: before.ends_with(">>") })
    }

    fn end(&mut self, awaits: bool) {
        let (last, into) = (std::mem::take(&mut self.words), self.into.take());
        let (piped, words) = match self.first.take() {
            Some(first) => (Some(last), first),
            None => (None, last),
        };
        if piped.is_none() && into.is_none() {
            for (path, text, span) in edited(&words) {
                self.add(Into { path, appends: true }, (&text, &[(0, span)]), false);
            }
        }
        let tee = piped.as_deref().unwrap_or(&words);
        let Some(into) = tee_into(tee).or(into) else { return };
        if awaits {
            self.waiting = Some(into);
            return;
        }
        let Some((at, program)) = words.iter().enumerate().find(|(_, word)| !matches!(&*word.text, "sudo" | "{" | "then" | "else" | "do"))
        else {
            return;
        };
        if let Some((text, map)) = printed(base_name(&program.text), words.get(at + 1..).unwrap_or(&[])) {
            self.add(into, (&text, &map), false);
        }
    }

    /// The text of a heredoc, without the tabs that `<<-` takes away.
    fn heredoc(&mut self, body: &std::ops::Range<usize>) {
        let Some(into) = self.waiting.take() else { return };
        let (mut text, mut map) = (String::new(), Vec::new());
        let mut at = body.start;
        for line in self.text.get(body.clone()).unwrap_or("").split_inclusive('\n') {
            let tabs = line.len() - line.trim_start_matches('\t').len();
            map.push((text.len(), self.offset + at + tabs));
            text.push_str(line.get(tabs..).unwrap_or(""));
            at += line.len();
        }
        self.add(into, (&text, &map), true);
    }

    fn add(&mut self, into: Into, (text, map): (&str, &[(usize, usize)]), heredoc: bool) {
        let next = self.written.len();
        let at = *self.last.entry(into.path.clone()).and_modify(|at| *at = if into.appends { *at } else { next }).or_insert(next);
        if at == next {
            self.written.push(Written {
                path: into.path,
                text: String::new(),
                map: OffsetMap::ending(self.offset + self.text.len()),
                heredoc,
            });
        }
        let Some(written) = self.written.get_mut(at) else { return };
        for (inner, outer) in map {
            written.map.push(written.text.len() + inner, *outer);
        }
        written.text.push_str(text);
    }
}

/// The lines that `sed -i 's/old/new/' file` puts into a file of lines, and where they stand; nothing where parts of the old line stay.
fn edited(words: &[Word]) -> Vec<(String, String, usize)> {
    let mut words = words.iter().skip_while(|word| &*word.text == "sudo");
    let mut found = Vec::new();
    if words.next().is_none_or(|word| base_name(&word.text) != "sed") {
        return found;
    }
    let words: Vec<&Word> = words.collect();
    let Some(path) = words.last().map(|word| word.text.to_string()).filter(|_| words.iter().any(|word| word.text.starts_with("-i"))) else {
        return found;
    };
    for word in words.iter().take(words.len() - 1) {
        let Some(mark) = word.text.strip_prefix('s').and_then(|rest| rest.chars().next()) else { continue };
        if mark.is_alphanumeric() || mark == '-' {
            continue;
        }
        let Some(rest) = word.text.get(1 + mark.len_utf8()..) else { continue };
        let Some((old, new)) = rest.split_once(mark).and_then(|(old, rest)| Some((old, rest.split_once(mark)?.0))) else { continue };
        let whole = !new.contains(['\\', '&', '\n']) && new.trim().contains([' ', '=']);
        let at = 1 + 2 * mark.len_utf8() + old.len();
        let place = word.runs().iter().rev().find(|(from, _)| *from <= at).map_or(0, |(from, outer)| outer + (at - from));
        if whole {
            found.push((path.clone(), format!("{new}\n"), place));
        }
    }
    found
}

/// `tee file`, `sudo tee -a file`.
fn tee_into(words: &[Word]) -> Option<Into> {
    let mut words = words.iter().skip_while(|word| &*word.text == "sudo");
    words.next().filter(|word| base_name(&word.text) == "tee")?;
    let mut appends = false;
    let file = words.find(|word| {
        appends |= matches!(&*word.text, "-a" | "--append");
        !word.text.starts_with('-')
    })?;
    (!file.text.starts_with("/dev/")).then(|| Into { path: file.text.to_string(), appends })
}

/// What `echo` and `printf` print, and where each part of it stands in the file.
fn printed(program: &str, words: &[Word]) -> Option<(String, Vec<(usize, usize)>)> {
    let (mut text, mut map) = (String::new(), Vec::new());
    let mut words = words;
    match program {
        "echo" => {
            let options = words.iter().take_while(|word| matches!(&*word.text, "-e" | "-n" | "-en" | "-ne" | "-E")).count();
            words = words.get(options..)?;
        }
        // a form is filled by the words behind it
        "printf" if words.first().is_some_and(|word| word.text.contains('%')) && words.len() > 1 => words = words.get(1..)?,
        "printf" => {}
        _ => return None,
    }
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        let runs = word.runs();
        let place = |at: usize| {
            let run = runs.iter().rev().find(|(from, _)| *from <= at);
            run.map_or(word.span.start as usize, |(from, outer)| outer + (at - from))
        };
        let mut at = 0;
        // shells differ in whether `echo` knows `\n`; who writes it means a new line
        for part in word.text.split_inclusive("\\n") {
            map.push((text.len(), place(at)));
            let within = runs.iter().filter(|(from, _)| (at + 1..at + part.len()).contains(from));
            map.extend(within.map(|(from, outer)| (text.len() + from - at, *outer)));
            at += part.len();
            match part.strip_suffix("\\n") {
                Some(line) => {
                    text.push_str(line);
                    text.push('\n');
                }
                None => text.push_str(part),
            }
        }
    }
    text.push('\n');
    Some((text, map))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(script: &str, expected: &[(&str, &str)]) {
        let found: Vec<(String, String)> = Look::new(script, 0).all().into_iter().map(|one| (one.path, one.text)).collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(path, text)| (&**path, &**text)).collect();
        assert_eq!(found, expected, "{script}");
    }

    #[test]
    fn what_is_written_into_files() {
        check("echo 'a = 1' > /etc/x.toml", &[("/etc/x.toml", "a = 1\n")]);
        check("echo '[a]' > x.toml && echo \"b = 1\" >> x.toml", &[("x.toml", "[a]\nb = 1\n")]);
        check("echo a > x.toml; echo b > x.toml", &[("x.toml", "a\n"), ("x.toml", "b\n")]);
        check("printf '[a]\\nb = 1\\n' | sudo tee -a x.toml > /dev/null", &[("x.toml", "[a]\nb = 1\n\n")]);
        check("printf '%s\\n' 'b = 1' > x.toml", &[("x.toml", "b = 1\n")]);
        check("cat <<EOF > x.yaml && run\na: 1\nEOF\nls\n", &[("x.yaml", "a: 1\n")]);
        check("cat > x.yaml <<-'EOF'\n\ta:\n\t  b: 1\n\tEOF\n", &[("x.yaml", "a:\n  b: 1\n")]);
        check("cat <<EOF | tee x.yaml\na: 1\nEOF\n", &[("x.yaml", "a: 1\n")]);
        check("echo a 2> x.toml; cat < x.toml; echo b >&2; echo c > /dev/null", &[]);
        check("wget -O - u > x.toml", &[]);
        check(
            "sed -i 's/#*PermitRootLogin .*/PermitRootLogin yes/' /etc/ssh/sshd_config",
            &[("/etc/ssh/sshd_config", "PermitRootLogin yes\n")],
        );
        check("sudo sed -i -e 's|a|b = 1|g' -e \"s#c#d = 2#\" x.ini", &[("x.ini", "b = 1\nd = 2\n")]);
        check("sed 's/a/b = 1/' x.ini; sed -i 's/\\(a\\)/\\1 = 1/' x.ini; sed -i /a/d x.ini", &[]);
    }

    #[test]
    fn places_lead_back_to_the_script() {
        let script = "x && echo '[browser]' > c.toml\nprintf 'gatherUsageStats = false\\nmore = 1' >> c.toml\n";
        let mut reading = Reading::new(crate::reading::Kind("shell"), script.len() + 7);
        let text = format!("before:{script}");
        in_script(script, 7, ScopeId::ROOT, &mut reading);
        assert!(reading.settings.iter().all(|one| one.value_span.of(&text) == &*one.raw));
        let scalars = reading.settings.iter().filter(|one| !one.is_map());
        let found: Vec<(String, &str)> = scalars.map(|one| (reading.path_of(one), one.value_span.of(&text))).collect();
        assert_eq!(found, [("browser.gatherUsageStats".to_owned(), "false"), ("browser.more".to_owned(), "1")]);

        // quotes in the middle of a word shift what follows
        let script = "echo \"a = ${X}\"'b\"c'd > x.ini\n";
        let mut reading = Reading::new(crate::reading::Kind("shell"), script.len());
        in_script(script, 0, ScopeId::ROOT, &mut reading);
        let found: Vec<&str> = reading.settings.iter().map(|one| &*one.raw).collect();
        assert_eq!(found, ["${X}\"'b\"c'd"]);
        assert!(reading.settings.iter().all(|one| one.value_span.of(script) == &*one.raw));
    }
}
