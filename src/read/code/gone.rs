//! Code that never runs, and variables that are taken away again: what stands there is no default.

use std::ops::Range;

use tree_sitter::Node;

use super::{Clock, walk};
use crate::reading::Reading;
use crate::scope::ScopeKind;
use crate::setting::Surface;

/// More of them in one file are an attack on the clock.
const MOST: usize = 1000;

/// What a text has to hold before anything is looked for.
const SIGNS: [&str; 29] = [
    "if False",
    "if 0",
    "if None",
    "if not True",
    "if True",
    "if 1",
    "while False",
    "while 0",
    "TYPE_CHECKING",
    "if (false",
    "if(false",
    "if (0",
    "if(0",
    "if (true",
    "if(true",
    "while (false",
    "if false",
    "if true",
    "while false",
    ".exit(",
    "exit",
    "SystemExit",
    "del ",
    ".pop(",
    "nsetenv(",
    "delete ",
    "unset ",
    "remove_var",
    "export -n",
];

/// Calls that take a variable away, by how their names end.
const TAKING: [&str; 6] = ["environ.pop", "unsetenv", "os.Unsetenv", "env::remove_var", "env.delete", "environ.__delitem__"];

/// How lines begin that take all variables away.
pub const CLEARS: [&str; 3] = ["os.environ.clear(", "os.Clearenv(", "process.env = {}"];

/// The calls among them, and what puts the variables back.
const CLEARING: [&str; 2] = ["os.environ.clear", "os.Clearenv"];
const RESTORING: [&str; 6] =
    ["environ.update(", "environ |=", "os.environ = ", "os.Setenv(", "Object.assign(process.env", "process.env = "];

/// Calls that give a variable a value.
const SETTING: [&str; 3] = ["os.Setenv(", "env::set_var(", "putenv("];

/// Lines in which it is put back.
const NEAR: usize = 50;

/// Calls after which nothing of a file runs.
const ENDING: [&str; 7] = ["sys.exit", "os._exit", "exit", "quit", "process.exit", "Deno.exit", "process::exit"];

/// Nodes that hold statements one after the other.
const BLOCKS: [&str; 9] =
    ["block", "module", "program", "statement_block", "source_file", "compound_statement", "do_group", "subshell", "switch_body"];

/// Takes out of a reading what holds no more when the program runs.
pub(super) fn take_out(root: Node, text: &str, clock: &Clock, reading: &mut Reading) {
    if reading.settings.is_empty() || !SIGNS.iter().chain(&CLEARS).any(|sign| text.contains(sign)) {
        return;
    }
    let mut gone = Gone { text, dead: Vec::new(), taken: Vec::new() };
    walk(root, clock, |node, scope| {
        gone.enter(node);
        scope
    });
    if gone.dead.is_empty() && gone.taken.is_empty() {
        return;
    }
    let functions: Vec<Range<usize>> = reading
        .scopes
        .iter()
        .filter(|scope| scope.kind == ScopeKind::Function)
        .map(|scope| scope.span.start as usize..scope.span.end as usize)
        .collect();
    let inner = |at: usize| functions.iter().filter(|range| range.contains(&at)).map(|range| range.start).max();
    reading.settings.retain(|setting| {
        let at = setting.name_span.start as usize;
        let named = |name: &str| setting.names.iter().any(|(surface, known)| *surface == Surface::Env && **known == *name);
        // what takes a variable away does not read it
        if gone.dead.iter().any(|range| range.contains(&at))
            || gone.taken.iter().any(|taken| (taken.at..taken.end).contains(&at) && named(&taken.name))
        {
            return false;
        }
        let between = text.get(setting.name_span.end as usize..setting.value_span.start as usize).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default().trim_end_matches(['"', '`']);
        let given = between.contains('=') || SETTING.iter().any(|call| before.ends_with(call));
        // what is read is no value that was given
        if !given || !setting.names.iter().any(|(surface, _)| *surface == Surface::Env) {
            return true;
        }
        let is_taken = |taken: &Taken| {
            let meant = taken.name.is_empty() || named(&taken.name);
            taken.at > at && taken.block.contains(&at) && meant && inner(taken.at) == inner(at)
        };
        !gone.taken.iter().any(is_taken)
    });
}

struct Taken {
    /// Empty for all variables.
    name: String,
    at: usize,
    end: usize,
    block: Range<usize>,
}

struct Gone<'t> {
    text: &'t str,
    dead: Vec<Range<usize>>,
    taken: Vec<Taken>,
}

impl<'t> Gone<'t> {
    fn of(&self, node: Node) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn enter(&mut self, node: Node) {
        if self.dead.len() + self.taken.len() >= MOST {
            return;
        }
        match node.kind() {
            "if_statement" | "if_expression" | "elif_clause" | "while_statement" | "while_expression" => self.branch(node),
            "delete_statement" | "unset_command" => self.named(node),
            "declaration_command" if self.of(node).starts_with("export -n") => self.named(node),
            "unary_expression" if self.of(node).starts_with("delete") => self.named(node),
            "call" | "call_expression" => self.call(node),
            "assignment_expression" if self.of(node) == "process.env = {}" => self.cleared(node),
            "command" => {
                let words = self.of(node);
                if words == "exit" || words.starts_with("exit ") || words.starts_with("exec ") && !words.contains(['<', '>']) {
                    self.ends(node);
                }
            }
            "raise_statement" if self.of(node).contains("SystemExit") => self.ends(node),
            _ => {}
        }
    }

    /// `if False:`, `if (0) {`, `if false; then`.
    fn branch(&mut self, node: Node) {
        let Some(condition) = node.child_by_field_name("condition") else { return };
        let Some(holds) = truth(self.of(condition)) else { return };
        let mut cursor = node.walk();
        let others: Vec<Node> = node
            .children(&mut cursor)
            .filter(|child| matches!(child.kind(), "elif_clause" | "else_clause") || is_alternative(node, *child))
            .collect();
        if holds {
            if node.kind().starts_with("if") {
                self.dead.extend(others.iter().map(Node::byte_range));
            }
            return;
        }
        let end = others.first().map_or(node.end_byte(), Node::start_byte);
        self.dead.push(condition.end_byte()..end);
    }

    fn call(&mut self, node: Node) {
        let Some(function) = node.child_by_field_name("function").map(|function| self.of(function)) else { return };
        let statement =
            node.parent().is_some_and(|parent| matches!(parent.kind(), "expression_statement" | "statement_list" | "unsafe_block"));
        if !statement {
            return;
        }
        if TAKING.iter().any(|end| function.ends_with(end)) {
            self.named(node);
        } else if CLEARING.contains(&function) {
            self.cleared(node);
        } else if ENDING.contains(&function) {
            self.ends(node.parent().unwrap_or(node));
        }
    }

    /// Nothing is left of the environment, unless it is put back.
    fn cleared(&mut self, node: Node) {
        let Some(block) = block(node) else { return };
        let after = self.text.get(node.end_byte()..block.end).unwrap_or_default();
        // what puts it back stands near
        if !after.lines().take(NEAR).any(|line| RESTORING.iter().any(|sign| line.contains(sign))) {
            self.taken.push(Taken { name: String::new(), at: node.start_byte(), end: node.end_byte(), block });
        }
    }

    /// The variables that a node names: strings, members of the environment, words of a shell.
    fn named(&mut self, node: Node) {
        let text = self.of(node);
        let Some(block) = block(node) else { return };
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        for name in words.filter(|word| super::environment::is_variable(word)) {
            self.taken.push(Taken { name: name.to_owned(), at: node.start_byte(), end: node.end_byte(), block: block.clone() });
        }
    }

    /// Nothing after a statement of the file itself runs.
    fn ends(&mut self, node: Node) {
        let outermost = node.parent().is_some_and(|parent| parent.parent().is_none());
        if outermost {
            self.dead.push(node.end_byte()..self.text.len());
        }
    }
}

fn is_alternative(node: Node, child: Node) -> bool {
    node.child_by_field_name("alternative").is_some_and(|alternative| alternative.id() == child.id())
}

/// The statements among which a node stands.
fn block(node: Node) -> Option<Range<usize>> {
    let mut at = node;
    for _ in 0..8 {
        at = at.parent()?;
        if BLOCKS.contains(&at.kind()) {
            return Some(at.byte_range());
        }
    }
    None
}

/// What a condition always comes to.
fn truth(text: &str) -> Option<bool> {
    let inner = text.trim().trim_end_matches(';').trim();
    let inner = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner).trim();
    match inner {
        "False"
        | "false"
        | "0"
        | "None"
        | "null"
        | "undefined"
        | "!true"
        | "!1"
        | "not True"
        | "not 1"
        | "TYPE_CHECKING"
        | "typing.TYPE_CHECKING"
        | "\"\""
        | "''" => Some(false),
        "True" | "true" | "1" | "!false" | "!0" | "not False" | ":" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::read::by_path;
    use crate::setting::Surface;

    fn given(path: &str, text: &str) -> Vec<String> {
        let reading = (by_path(path).unwrap().read)(path, text);
        let settings = reading.settings.iter().filter(|setting| setting.names.iter().any(|(surface, _)| *surface == Surface::Env));
        settings.map(|setting| format!("{}={}", setting.names[0].1, setting.raw)).collect()
    }

    const PYTHON: &str = "import os\nos.environ[\"A_B\"] = \"1\"\nimport x\n";

    #[test]
    fn what_never_runs_gives_nothing() {
        for text in [
            "import os\nif False:\n    os.environ[\"A_B\"] = \"1\"\n",
            "import os\nif not True:\n    os.environ[\"A_B\"] = \"1\"\nelse:\n    pass\n",
            "import os\nif True:\n    pass\nelse:\n    os.environ[\"A_B\"] = \"1\"\n",
            "import os\nwhile 0:\n    os.environ[\"A_B\"] = \"1\"\n",
            "import os, sys\nsys.exit()\nos.environ[\"A_B\"] = \"1\"\n",
            "import os\nraise SystemExit\nos.environ[\"A_B\"] = \"1\"\n",
        ] {
            assert!(given("a.py", text).is_empty(), "{text}: {:?}", given("a.py", text));
        }
        assert!(given("a.js", "if (false) {\n  process.env.A_B = '1';\n}\n").is_empty());
        assert!(given("a.js", "if (0) process.env.A_B = '1';\n").is_empty());
        assert!(given("a.js", "process.exit(0);\nprocess.env.A_B = '1';\n").is_empty());
        assert!(given("a.sh", "if false; then\n  export A_B=1\nfi\n").is_empty());
        assert!(given("a.sh", "exit 0\nexport A_B=1\n").is_empty());
    }

    #[test]
    fn what_may_run_stays() {
        for text in [
            "import os\nif True:\n    os.environ[\"A_B\"] = \"1\"\n",
            "import os\nif False:\n    pass\nelse:\n    os.environ[\"A_B\"] = \"1\"\n",
            "import os\nif x:\n    sys.exit()\nos.environ[\"A_B\"] = \"1\"\n",
            "import os\nif False:\n    pass\nelif y:\n    os.environ[\"A_B\"] = \"1\"\n",
        ] {
            assert_eq!(given("a.py", text).len(), 1, "{text}");
        }
        assert_eq!(given("a.sh", "[ x ] || exit 1\nexport A_B=1\n").len(), 1);
        assert_eq!(given("a.js", "if (true) { process.env.A_B = '1'; }\n").len(), 1);
    }

    #[test]
    fn what_is_taken_away_is_gone() {
        for end in ["del os.environ[\"A_B\"]", "os.environ.pop(\"A_B\", None)", "os.unsetenv(\"A_B\")"] {
            let left = given("a.py", &format!("{PYTHON}{end}\n"));
            assert!(left.is_empty(), "{end} leaves {left:?}");
        }
        for end in ["delete process.env.A_B;", "delete process.env['A_B'];"] {
            assert!(given("a.js", &format!("process.env.A_B = '1';\n{end}\n")).is_empty(), "{end}");
        }
        for end in ["unset A_B", "unset -v A_B", "unset X A_B", "export -n A_B"] {
            assert!(given("a.sh", &format!("export A_B=1\n{end}\nrun\n")).is_empty(), "{end}");
        }
    }

    #[test]
    fn what_is_taken_away_before_or_elsewhere_stays() {
        for text in [
            format!("import os\nos.environ.pop(\"A_B\", None)\n{PYTHON}"),
            format!("{PYTHON}del os.environ[\"OTHER\"]\n"),
            format!("{PYTHON}if y:\n    del os.environ[\"A_B\"]\n"),
            format!("{PYTHON}def f():\n    del os.environ[\"A_B\"]\n"),
            "import os\ndef f():\n    os.environ[\"A_B\"] = \"1\"\ndel os.environ[\"A_B\"]\n".to_owned(),
        ] {
            assert_eq!(given("a.py", &text).iter().filter(|found| found.contains("\"1\"")).count(), 1, "{text}");
        }
        let unset = "package a\n\nimport \"os\"\n\nfunc f() {\n\tos.Setenv(\"A_B\", \"1\")\n\tos.Unsetenv(\"A_B\")\n}\n";
        assert!(given("a.go", unset).is_empty(), "{:?}", given("a.go", unset));
        let go = "package a\n\nimport \"os\"\n\nfunc f() {\n\tos.Setenv(\"A_B\", \"1\")\n\tos.Clearenv()\n}\n";
        assert!(given("a.go", go).is_empty(), "{:?}", given("a.go", go));
        assert_eq!(given("a.go", &go.replace("()\n}", "()\n\tfor k, v := range old {\n\t\tos.Setenv(k, v)\n\t}\n}")).len(), 1);
        assert!(given("a.js", "process.env.A_B = '1';\nprocess.env = {};\n").is_empty());
        assert_eq!(given("a.js", "process.env.A_B = '1';\nprocess.env = {};\nprocess.env = old;\n").len(), 1);
        assert_eq!(given("a.sh", "unset A_B\nexport A_B=1\n").len(), 1);
        assert_eq!(given("a.sh", "export A_B=1\nunset -f A\n").len(), 1);
    }
}
