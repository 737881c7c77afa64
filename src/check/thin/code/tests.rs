//! Drawn programs and edits of them: what is thinned says the same only where the whole does. And what is left out.

use proptest::prelude::*;

use super::super::tests::{edited, facts, same};
use super::thinned;
use crate::policy::catalogue::Catalogue;
use crate::read::code::{Language, go::GO, rust::RUST, typescript::TYPESCRIPT};

/// Statements of TypeScript, some of which begin or end what others stand in.
const IN_TYPESCRIPT: &[&str] = &[
    "import * as Sentry from \"@sentry/node\";\n",
    "import { env } from './env';\n",
    "const share = true;\n",
    "const share = false;\n",
    "const { a, sendPii } = options;\n",
    "let sendPii = share;\n",
    "process.env.NEXT_TELEMETRY_DISABLED = \"1\";\n",
    "const telemetry = process.env.TELEMETRY_ENABLED ?? \"true\";\n",
    "const telemetry = process.env.TELEMETRY_ENABLED ?? \"false\";\n",
    "Sentry.init({ dsn: \"https://a@b.example/1\", sendDefaultPii: share });\n",
    "Sentry.init({\n  dsn,\n  sendDefaultPii: sendPii,\n});\n",
    "app.use(cors({ origin: \"*\" }));\n",
    "app.use(cors());\n",
    "export const config = {\n  logPrompts: true,\n  share,\n};\n",
    "export const config = {\n  logPrompts: false,\n};\n",
    "function setup({\n  app,\n  share,\n}: Props) {\n  const verify = false;\n  https.request({ rejectUnauthorized: verify });\n}\n",
    "export const start = async () => {\n  const sendPii = true;\n  Sentry.init({ sendDefaultPii: sendPii });\n};\n",
    "class Service {\n  private telemetry = true;\n\n  run() {\n    this.log.info(`prompt ${prompt}`);\n  }\n}\n",
    "describe(\"it\", () => {\n  it(\"runs\", () => {\n    const share = false;\n    gr.launch({ share });\n  });\n});\n",
    "const text = `\n",
    "`;\n",
    "/*\n",
    "*/\n",
    "// don't `say` so\n",
    "const line = `it's ${a ? `b` : \"`\"} and`;\n",
    "const expression = /`\"/.test(x);\n",
    "\n",
    "(function () {\n  share();\n})();\n",
    "logger.info(\"response\", response.body);\n",
    "export const schema = z.object({\n  TELEMETRY_ENABLED: z.coerce.boolean().default(share),\n});\n",
    "if (debug) {\n  app.listen(3000, \"0.0.0.0\");\n} else {\n  app.listen(3000);\n}\n",
    "{\n",
    "}\n",
];

/// Statements of Go and of Rust.
const IN_GO: &[&str] = &[
    "import \"crypto/tls\"\n",
    "const insecure = true\n",
    "const (\n\tinsecure = true\n\tother = false\n)\n",
    "var (\n\tinsecure = other\n\tother = true\n)\n",
    "var telemetry = flag.Bool(\"telemetry\", other, \"send\")\n",
    "const insecure = false\n",
    "var telemetry = flag.Bool(\"telemetry\", insecure, \"send\")\n",
    "func main() {\n\tverify := insecure\n\tconfig := &tls.Config{InsecureSkipVerify: verify}\n\tuse(config)\n}\n",
    "func Run(config *Config) error {\n\tviper.SetDefault(\"telemetry.enabled\", true)\n\treturn nil\n}\n",
    "func Run(config *Config) error {\n\tviper.SetDefault(\"telemetry.enabled\", insecure)\n\treturn nil\n}\n",
    "func init() {\n\tviper.SetEnvPrefix(\"ACME\")\n\tviper.SetDefault(\"log_prompts\", false)\n}\n",
    "type Config struct {\n\tLogPrompts bool `env:\"LOG_PROMPTS\" envDefault:\"true\"`\n\tShare bool `env:\"SHARE\" envDefault:\"false\"`\n}\n",
    "text := `\n",
    "`\n",
    "/* a\n",
    "b */\n",
    "// a word\n",
    "\n",
];

const IN_RUST: &[&str] = &[
    "use clap::Parser;\n",
    "const SHARE: bool = true;\n",
    "const SHARE: bool = false;\n",
    "fn share() -> bool {\n    true\n}\n",
    "fn share() -> bool {\n    false\n}\n",
    "#[derive(Deserialize)]\nstruct Config {\n    #[serde(default = \"share\")]\n    telemetry_enabled: bool,\n    #[serde(default)]\n    log_prompts: bool,\n}\n",
    "#[derive(Parser)]\nstruct Args {\n    #[arg(long, env, default_value_t = SHARE)]\n    telemetry: bool,\n    #[arg(long, env = \"LOG_PROMPTS\")]\n    log_prompts: bool,\n}\n",
    "impl Default for Config {\n    fn default() -> Self {\n        Self { telemetry_enabled: SHARE, log_prompts: true }\n    }\n}\n",
    "fn main() {\n    let verify = SHARE;\n    client.danger_accept_invalid_certs(verify);\n    std::env::var(\"TELEMETRY\").unwrap_or(\"true\".into());\n}\n",
    "let text = \"\n",
    "\";\n",
    "/*\n",
    "*/\n",
    "// it's \"so\n",
    "\n",
];

/// A program of some statements, a part of them in a block.
fn program(parts: &[&str], head: &str, foot: &str) -> String {
    let third = parts.len() / 3;
    let (before, rest) = parts.split_at(third);
    let (inside, after) = rest.split_at(third);
    let inside: String = inside.concat().lines().map(|line| if line.is_empty() { "\n".into() } else { format!("    {line}\n") }).collect();
    format!("{}{head}{inside}{foot}{}", before.concat(), after.concat())
}

/// Whether a program is one.
fn parses(language: &Language, path: &str, text: &str) -> bool {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&(language.grammar)(path)).unwrap();
    !parser.parse(text, None).unwrap().root_node().has_error()
}

/// Nobody runs a program that is none, and what is read of one hangs on where the grammar finds its way again.
#[track_caller]
fn holds(language: &Language, base: &str, head: &str) -> Result<(), TestCaseError> {
    let catalogue = Catalogue::built_in().unwrap();
    let path = &format!("a{}", language.ends[0]);
    if !(parses(language, path, base) && parses(language, path, head)) {
        return Ok(());
    }
    if let Some([old, new]) = thinned(path, base, head)
        && same(&catalogue, path, [&old, &new])
    {
        let (was, is) = (facts(&catalogue, path, base), facts(&catalogue, path, head));
        prop_assert_eq!(was, is, "{}\n=====\n{}\n===== thinned\n{}\n=====\n{}", base, head, old, new);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn typescript((base, head) in edited(IN_TYPESCRIPT), block in 0..4_usize) {
        let (start, end) = [("", ""), ("export function main() {\n", "}\n"), ("describe('all', () => {\n", "});\n"), ("class Main {\n  a = 1;\n", "}\n")][block];
        let both = [base, head].map(|parts| if start.is_empty() { parts.concat() } else { program(&parts, start, end) });
        holds(&TYPESCRIPT, &both[0], &both[1])?;
    }

    #[test]
    fn go((base, head) in edited(IN_GO), block in any::<bool>()) {
        let both = [base, head].map(|parts| if block { program(&parts, "func all() {\n", "}\n") } else { parts.concat() });
        holds(&GO, &both[0], &both[1])?;
    }

    #[test]
    fn rust((base, head) in edited(IN_RUST), block in any::<bool>()) {
        let both = [base, head].map(|parts| if block { program(&parts, "mod all {\n", "}\n") } else { parts.concat() });
        holds(&RUST, &both[0], &both[1])?;
    }
}

#[track_caller]
fn check(path: &str, base: &str, from: &str, to: &str, expected: [&str; 2]) {
    let head = base.replace(from, to);
    assert_ne!(base, head);
    assert_eq!(thinned(path, base, &head).unwrap(), expected, "{base}\n-----\n{head}");
}

#[test]
fn statements_that_both_share_are_left_out() {
    let base = "import { a } from \"a\";\n\nconst A = 1;\nconst B = 2;\nfunction f(x) {\n  return x;\n}\n\nfunction g() {\n  const y = B;\n  const z = 3;\n  return y;\n}\n";
    let kept = |inner: &str| format!("import {{ a }} from \"a\";\n\n{inner}");
    let g = |inner: &str| format!("function g() {{\n{inner}}}\n");
    let both = |was: &str, is: &str| [kept(was), kept(is)];
    let expect = |from: &str, to: &str, expected: [String; 2]| check("a.ts", base, from, to, expected.each_ref().map(String::as_str));
    expect("z = 3", "z = 4", both(&g("  const z = 3;\n"), &g("  const z = 4;\n")));
    // who gives a value, and who takes it
    let with = |y: &str| format!("const B = 2;\n{}", g(&format!("  const y = {y};\n  return y;\n")));
    expect("y = B", "y = B + 1", both(&with("B"), &with("B + 1")));
    // what changed its place
    let all = |inner: &str| format!("const B = 2;\n{}", g(inner));
    let (old, new) = ("  const y = B;\n  const z = 3;\n", "  const z = 3;\n  const y = B;\n");
    expect(old, new, both(&all(&format!("{old}  return y;\n")), &all(&format!("{new}  return y;\n"))));
}

#[test]
fn of_a_block_only_what_differs_is_kept() {
    let base = "describe('a', () => {\n  const x = 1;\n  it('one', () => {\n    run(1);\n    run(2);\n  });\n\n  it('two', () => {\n    run(x);\n  });\n});\n";
    check(
        "a.test.ts",
        base,
        "    run(2);\n",
        "    run(3);\n",
        [
            "describe('a', () => {\n  it('one', () => {\n    run(2);\n  });\n\n});\n",
            "describe('a', () => {\n  it('one', () => {\n    run(3);\n  });\n\n});\n",
        ],
    );
}

#[test]
fn ends_of_texts_that_move_leave_nothing_out() {
    let base = "const a = 1;\nconst b = 2;\n\nconst c = 3;\n";
    assert_eq!(thinned("a.ts", base, &base.replace("const b", "const t = `\nconst b")), None);
    let inside = base.replace("const b = 2;", "const t = `\nconst b = 2;\n`;");
    let [_, new] = thinned("a.ts", base, &inside).unwrap();
    assert!(new.contains("const b"), "{new}");
    assert_eq!(thinned("a.py", base, &base.replace('3', "4")), None);
    assert_eq!(thinned("a.vue", base, &base.replace('3', "4")), None, "scripts inside of pages have other statements");
}

#[test]
fn depth_and_number_are_bounded() {
    let indented = |depth: usize, text: &str| " ".repeat(depth) + text;
    let nested = |inner: &str| {
        let open: String = (0..2_000).map(|depth| indented(depth, "if (a) {\n")).collect();
        let close: String = (0..2_000).rev().map(|depth| indented(depth, "}\n")).collect();
        open + &indented(2_000, inner) + &close
    };
    assert_eq!(thinned("a.ts", &nested("x = 1;\n"), &nested("x = 1;\n")), Some([String::new(), String::new()]));
    assert!(thinned("a.ts", &nested("x = 1;\n"), &nested("x = 2;\n")).is_some());
    let many = |value: &str| (0..30_000).map(|number| number.to_string() + ": {\n  x = " + value + ";\n}\n").collect::<String>();
    assert!(thinned("a.ts", &many("1"), &many("2")).is_some());
}
