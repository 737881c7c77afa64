//! Words by which programs say what holds when nobody said anything: each is judged when its default gets weaker, and quiet when it gets safer.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

mod support;

use support::{Repo, graded};

/// A file's name, and its text with `DEFAULT` where the default stands.
const WORDS: &[(&str, &str)] = &[
    ("a.py", "telemetry_enabled = config.get(\"telemetry\", DEFAULT)\n"),
    ("a.py", "telemetry = getattr(args, \"telemetry\", DEFAULT)\n"),
    ("a.py", "class U(Schema):\n    telemetry_enabled = fields.Bool(load_default=DEFAULT)\n"),
    ("a.py", "class U(HasTraits):\n    telemetry_enabled = Bool(DEFAULT, help=\"x\").tag(config=True)\n"),
    ("a.py", "class U(Base):\n    telemetry_enabled: Mapped[bool] = mapped_column(Boolean, default=DEFAULT)\n"),
    ("a.ts", "const telemetry = config.get<boolean>(\"telemetry.enabled\", DEFAULT);\n"),
    ("a.ts", "const s = new Schema({ telemetry: { type: Boolean, default: DEFAULT } });\n"),
    ("a.ts", "export const users = pgTable(\"u\", { telemetry: boolean(\"telemetry\").default(DEFAULT) });\n"),
    ("a.ts", "class U {\n  @Prop({ default: DEFAULT })\n  telemetry: boolean;\n}\n"),
    ("a.ts", "@Entity()\nclass U {\n  @Column({\n    type: \"boolean\",\n    default: DEFAULT,\n  })\n  telemetryEnabled: boolean;\n}\n"),
    ("a.ts", "const on = vscode.workspace.getConfiguration(\"acme\").get<boolean>(\"telemetry.enabled\", DEFAULT);\n"),
    ("a.ts", "class A {\n  static flags = {\n    telemetry: Flags.boolean({\n      default: DEFAULT,\n    }),\n  };\n}\n"),
    ("a.ts", "export class TelemetryConfig extends Base {\n  enabled = DEFAULT;\n}\n"),
    ("a.py", "class TelemetryConfig(BaseModel):\n    enabled: bool = DEFAULT\n"),
    ("a.py", "class TelemetrySettings(BaseModel):\n    enabled: bool = Field(default=DEFAULT)\n"),
    ("a.rs", "fn f() {\n    let f = Figment::from(Serialized::default(\"telemetry\", DEFAULT));\n    g(f);\n}\n"),
    ("a.ts", "const on = options.telemetry?.enabled ?? DEFAULT;\n"),
    ("a.go", "package a\n\ntype U struct {\n\tTelemetry bool `gorm:\"not null;default:DEFAULT;index\"`\n}\n"),
    ("a.rs", "fn f(c: C) -> S {\n    S { telemetry: c.telemetry.unwrap_or(DEFAULT) }\n}\n"),
    ("a.rs", "fn f(c: C) {\n    let telemetry = c.telemetry.unwrap_or_else(|| DEFAULT);\n    g(telemetry);\n}\n"),
    ("a.rs", "fn f() {\n    let f = Figment::new().join((\"telemetry\", DEFAULT)).merge(Env::prefixed(\"APP_\"));\n    g(f);\n}\n"),
    ("A.java", "class A {\n  boolean telemetry = props.getBoolean(\"telemetry\", DEFAULT);\n}\n"),
];

/// A file's name, and two texts that differ by more than a literal: safe and weak.
const COMPARISONS: &[(&str, &str, &str)] = &[
    ("a.ts", "const telemetryEnabled = options.telemetry === true;\n", "const telemetryEnabled = options.telemetry !== false;\n"),
    (
        "a.py",
        "p = argparse.ArgumentParser()\np.add_argument(\"--telemetry\", action=\"store_true\")\n",
        "p = argparse.ArgumentParser()\np.add_argument(\"--telemetry\", action=\"store_false\")\n",
    ),
    ("a.py", "telemetry_enabled = config.get(\"telemetry\") is True\n", "telemetry_enabled = config.get(\"telemetry\") is not False\n"),
];

#[test]
fn a_default_is_judged_in_whatever_words_it_stands() {
    for (path, text) in WORDS {
        let with = |word: &str| text.replace("DEFAULT", word);
        let (off, on) = if *path == "a.py" { ("False", "True") } else { ("false", "true") };
        judged(path, &with(off), &with(on));
    }
    for (path, safe, weak) in COMPARISONS {
        judged(path, safe, weak);
    }
}

/// A file's name, and its text with `DEFAULT` where the default of the variable `TELEMETRY_ENABLED` stands.
const VARIABLES: &[(&str, &str)] = &[
    ("a.py", "settings = Dynaconf(validators=[Validator(\"TELEMETRY_ENABLED\", default=DEFAULT)])\n"),
    (
        "A.java",
        "class A {\n  String f() {\n    String v = System.getenv(\"TELEMETRY_ENABLED\");\n    if (v == null) v = \"DEFAULT\";\n    return v;\n  }\n}\n",
    ),
    (
        "A.java",
        "class A {\n  String f() {\n    String v = System.getenv(\"TELEMETRY_ENABLED\");\n    if (v == null || v.isEmpty()) {\n      v = \"DEFAULT\";\n    }\n    return v;\n  }\n}\n",
    ),
    (
        "A.java",
        "class A {\n  String f() {\n    String v = System.getenv(\"TELEMETRY_ENABLED\");\n    return v != null ? v : \"DEFAULT\";\n  }\n}\n",
    ),
    (
        "A.java",
        "class A {\n  boolean f() {\n    String v = System.getenv(\"TELEMETRY_ENABLED\");\n    if (StringUtils.isNotBlank(v)) {\n      return Boolean.parseBoolean(v);\n    }\n    return DEFAULT;\n  }\n}\n",
    ),
    (
        "A.java",
        "class A {\n  boolean f() {\n    boolean on = DEFAULT;\n    String v = System.getenv(\"TELEMETRY_ENABLED\");\n    if (v != null) {\n      on = Boolean.parseBoolean(v);\n    }\n    return on;\n  }\n}\n",
    ),
];

#[test]
fn a_variable_has_the_default_that_stands_beside_it() {
    for (path, text) in VARIABLES {
        let (off, on) = if *path == "a.py" { ("False", "True") } else { ("false", "true") };
        let (safe, weak) = (text.replace("DEFAULT", off), text.replace("DEFAULT", on));
        let weaker = graded(&Repo::two(&[(path, &safe)], &[(path, &weak)]));
        assert_eq!(weaker, ["warning weakened telemetry/telemetry-enabled"], "{weak}");
        let safer = graded(&Repo::two(&[(path, &weak)], &[(path, &safe)]));
        assert!(safer.iter().all(|line| line.starts_with("note")), "{safe}: {safer:?}");
    }
}

fn judged(path: &str, safe: &str, weak: &str) {
    let weaker = graded(&Repo::two(&[(path, safe)], &[(path, weak)]));
    assert_eq!(weaker, ["error weakened lexicon/privacy-words"], "{weak}");
    let safer = graded(&Repo::two(&[(path, weak)], &[(path, safe)]));
    assert!(safer.iter().all(|line| line.starts_with("note")), "{safe}: {safer:?}");
}
