//! Generated repositories: a fixed set of files in which every switch is absent, safe or weak, in one order or the other.

#![allow(dead_code, reason = "each test file uses its own part")]

/// One switch: where it stands, its safe line and its weak line. Lines of one file are put together in its template.
struct Switch {
    file: &'static str,
    slot: &'static str,
    safe: &'static str,
    weak: &'static str,
}

const fn switch(file: &'static str, slot: &'static str, safe: &'static str, weak: &'static str) -> Switch {
    Switch { file, slot, safe, weak }
}

/// All switches; each one's weak side is a finding of its own.
const SWITCHES: &[Switch] = &[
    switch(".env", "A", "VLLM_NO_USAGE_STATS=1\n", "VLLM_NO_USAGE_STATS=0\n"),
    switch(".env", "B", "LANGSMITH_TRACING=false\n", "LANGSMITH_TRACING=true\n"),
    switch(".env", "C", "ACME_TRACKING_ENABLED=false\n", "ACME_TRACKING_ENABLED=true\n"),
    switch("compose.yaml", "API-ENV", "      VLLM_NO_USAGE_STATS: \"1\"\n", "      VLLM_NO_USAGE_STATS: \"0\"\n"),
    switch("compose.yaml", "API", "    privileged: false\n", "    privileged: true\n"),
    switch("compose.yaml", "DB", "    ports: [\"127.0.0.1:5432:5432\"]\n", "    ports: [\"5432:5432\"]\n"),
    switch("compose.yaml", "DB-ENV", "      POSTGRES_PASSWORD: ${PASSWORD:?}\n", "      POSTGRES_PASSWORD: postgres\n"),
    switch("k8s/app.yaml", "POD", "          allowPrivilegeEscalation: false\n", "          allowPrivilegeEscalation: true\n"),
    switch("k8s/app.yaml", "MAP", "  LANGSMITH_TRACING: \"false\"\n", "  LANGSMITH_TRACING: \"true\"\n"),
    switch("settings.yaml", "A", "  enabled: false\n", "  enabled: true\n"),
    switch("conf/app.toml", "A", "enabled = false\n", "enabled = true\n"),
    switch("conf/settings.json", "A", "\"allow_origins\": [\"https://a.example\"], ", "\"allow_origins\": [\"*\"], "),
    switch("Dockerfile", "A", "ENV VLLM_NO_USAGE_STATS=1\n", "ENV VLLM_NO_USAGE_STATS=0\n"),
    switch(
        "src/app.py",
        "A",
        "model = AutoModel.from_pretrained(\"x\", trust_remote_code=False)\n",
        "model = AutoModel.from_pretrained(\"x\", trust_remote_code=True)\n",
    ),
    switch("src/app.py", "B", "os.environ.setdefault(\"DO_NOT_TRACK\", \"1\")\n", "os.environ.setdefault(\"DO_NOT_TRACK\", \"0\")\n"),
];

/// How many switches there are.
pub const COUNT: usize = SWITCHES.len();

/// Whether every file that changes can be known again under another name: at least half of the switches that either side sets, both set.
pub fn known_again(base: &Sides, head: &Sides) -> bool {
    TEMPLATES.iter().all(|(file, ..)| {
        let own = SWITCHES.iter().zip(base.iter().zip(head)).filter(|(switch, _)| switch.file == *file);
        let sides: Vec<(u8, u8)> = own.map(|(_, (base, head))| (*base, *head)).collect();
        let both = sides.iter().filter(|(base, head)| *base != 0 && *head != 0).count();
        let either = sides.iter().filter(|(base, head)| *base != 0 || *head != 0).count();
        sides.iter().all(|(base, head)| base == head) || (both > 0 && 2 * both >= either)
    })
}

/// A file: its path, what stands before its parts, its parts, which may stand in any order, and what stands after them.
type Template = (&'static str, &'static str, &'static [&'static str], &'static str);

/// `{X}` is where the line of the slot `X` goes.
const TEMPLATES: &[Template] = &[
    (".env", "", &["{A}", "PORT=8080\n", "{B}", "HOST=localhost\n", "{C}"], ""),
    (
        "compose.yaml",
        "services:\n",
        &[
            "  api:\n    image: vllm/vllm-openai:v0.6.3\n{API}    environment:\n      PORT: \"1\"\n{API-ENV}",
            "  db:\n    image: postgres:16.2\n{DB}    environment:\n      TZ: UTC\n{DB-ENV}",
            "  web:\n    image: nginx:1.27\n    environment:\n      TZ: UTC\n",
        ],
        "",
    ),
    (
        "k8s/app.yaml",
        "",
        &[
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: acme/web:1.2\n        securityContext:\n          runAsNonRoot: true\n{POD}",
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  PORT: \"1\"\n{MAP}",
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata:\n  PORT: \"2\"\n",
        ],
        "",
    ),
    ("settings.yaml", "", &["telemetry:\n  endpoint: x\n{A}", "server:\n  port: 80\n"], ""),
    ("conf/app.toml", "", &["[telemetry]\nendpoint = \"x\"\n{A}", "[server]\nport = 80\n"], ""),
    ("conf/settings.json", "{", &["\"cors\": {{A}\"max_age\": 1}"], ", \"port\": 80}\n"),
    ("Dockerfile", "FROM vllm/vllm-openai:v0.6.3\n", &["{A}ENV PORT=80\n"], "CMD [\"serve\"]\n"),
    ("src/app.py", "import os\nfrom transformers import AutoModel\n", &["{A}", "{B}"], "print(1)\n"),
];

/// What one switch is: 0 not written, 1 safe, 2 weak.
pub type Sides = [u8; COUNT];

/// The files of a repository: path and text.
pub type Files = Vec<(String, String)>;

/// The repository in which the switches stand so; `turned` puts the parts of each file in the reverse order.
pub fn files(sides: &Sides, turned: bool) -> Files {
    TEMPLATES
        .iter()
        .map(|(path, before, parts, after)| {
            let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            if turned {
                parts.reverse();
            }
            for (switch, side) in SWITCHES.iter().zip(sides).filter(|(switch, _)| switch.file == *path) {
                let line = ["", switch.safe, switch.weak][usize::from(*side % 3)];
                for part in &mut parts {
                    *part = part.replace(&format!("{{{}}}", switch.slot), line);
                }
            }
            ((*path).to_owned(), format!("{before}{}{after}", parts.concat()))
        })
        .collect()
}

/// The same files below a folder.
pub fn below(folder: &str, files: &Files) -> Files {
    files.iter().map(|(path, text)| (format!("{folder}/{path}"), text.clone())).collect()
}
