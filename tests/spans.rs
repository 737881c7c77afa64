//! What a reader says it read stands in the file, byte for byte, and no text makes a reader panic. Every reader and lens has its samples here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::format_collect,
    clippy::format_push_string,
    reason = "a test may fail loudly"
)]

use privgate::read::lens::LENSES;
use privgate::read::{READERS, Reader, by_path};
use privgate::reading::Reading;
use privgate::span::Span;
use proptest::prelude::*;

/// Files as people write them: the path and the text.
const SAMPLES: &[(&str, &str)] = &[
    (
        "Dockerfile",
        "# syntax=docker/dockerfile:1\nARG BASE=3.12\nFROM python:${BASE}-slim AS build\nENV A=1 B=\"two words\" \\\n    C=${A:-x}\nRUN --mount=type=cache,target=/x pip install \\\n  --no-cache-dir a==1.0 && FOO=bar serve --log-prompts=false\nFROM build\nUSER app:app\nEXPOSE 8080/tcp 127.0.0.1:9090\nRUN <<EOF\nexport D=é\nserve --host 0.0.0.0\nEOF\nENTRYPOINT [\"serve\", \"--host\", \"0.0.0.0\"]\nCMD [\"--telemetry\", \"off\"]\n",
    ),
    ("Dockerfile", "\u{feff}FROM a\r\nENV A=\"é\\\r\n b\" B=2\r\nENV OLD some words here\r\nUSER root\r\n"),
    (
        ".env.example",
        "# comment\nA=1\nexport B=\"two # words\" # why\nC='single ${A}'\nD=${A:-fallback}\nE=\nF = spaced \nG=\"line one\nline two\"\nA=2\nH=é\r\nI=a\\nb\n",
    ),
    (
        "app.json",
        "{\n  // comment\n  \"a\": {\"b\": [1, true, null, \"é\\u00e9\\n\"], \"A_B\": \"${X:-d}\"},\n  'c': 0.50, /* x */ \"c\": -1e3,\n}\n",
    ),
    (
        "package.json",
        "{\"name\": \"x\", \"dependencies\": {\"next\": \"^10.1.0\", \"a\": \"1.2.3\"}, \"scripts\": {\"start\": \"NEXT_TELEMETRY_DISABLED=1 next start\"}}",
    ),
    ("requirements.txt", "# pins\nvllm==0.6.3 --hash=sha256:abc\nrequests>=2,<3 ; python_version < '3.12'\nflask\n-r other.txt\n"),
    (
        "app.toml",
        "title = \"é\"\n[a.b]\nc = [1, 2.5, \"x\"]\nd = '''\nmulti\nline'''\ne = {f = true, g.h = 1979-05-27}\n[[i]]\nj = 0xff\n[[i]]\nj = false\n",
    ),
    (
        "compose.yaml",
        "x-env: &env\n  A: \"1\"\n  B: ${B:-two}\nservices:\n  api:\n    image: \"repo:5000/a/b:1.2\"\n    environment: {<<: *env, C: yes, C: no}\n    command: serve --host 0.0.0.0 --flag\n    ports: [\"127.0.0.1:80:80\", 8080:8080]\n    env_file: [.env]\n  b:\n    build: {context: ., args: [D=1, E]}\n    environment:\n      - F=é é\n      - \"G=\\\"q\\\"\"\n      - H\n    entrypoint: [\"sh\", \"-c\", \"I=1 serve --x=y\"]\n",
    ),
    (
        "deploy.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: a:1\n          args: [\"--telemetry=false\", --host, 0.0.0.0]\n          env:\n            - name: A\n              value: \"1\"\n            - name: B\n              valueFrom: {secretKeyRef: {name: s, key: k}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  A: \"1\"\n  .env: |\n    B=2\n    C=${D:-é}\n  app.yaml: |\n    a:\n      b: [1, 'x']\n  app.json: \"{\\\"a\\\": 1}\"\n",
    ),
    (
        "audit.yaml",
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: Metadata\n    resources:\n      - group: \"\"\n        resources: [secrets]\n  - level: None\n",
    ),
    (
        "chart/values.yaml",
        "image:\n  repository: a/b\n  tag: \"1.2\"\nreplicas: 2\nextraEnv:\n  - name: A\n    value: \"1\"\nenv:\n  B: on\nconfig: |\n  a: 1\n  b: >-\n    folded\n    text\n",
    ),
    (
        ".github/workflows/ci.yml",
        "on: {push: {branches: [main]}}\npermissions: {contents: read}\nenv:\n  A: 1\njobs:\n  t:\n    runs-on: ubuntu-latest\n    permissions: write-all\n    container: {image: \"a:1\", env: {B: x}}\n    steps:\n      - uses: a/b@v1\n        with: {token: \"${{ inputs.x || 'd' }}\"}\n      - run: |\n          export C=1\n          serve --x y \\\n            --z\n        env: {D: \"${{ secrets.D }}\"}\n",
    ),
    (
        "action.yml",
        "name: x\ninputs:\n  a: {default: \"true\"}\nruns:\n  using: composite\n  steps:\n    - run: serve --log=off\n      shell: bash\n      env: {A: \"1\"}\n",
    ),
    (
        ".gitlab-ci.yml",
        "image: a:1\nvariables:\n  A: \"1\"\n  B: {value: \"x\", description: y}\njob:\n  image: {name: b, entrypoint: [\"\"]}\n  variables: {C: é}\n  script:\n    - D=1 serve --x=y\n    - |\n      serve --z\n",
    ),
    (
        "templates/a.yaml",
        "{{- if .Values.x }}\na:\n  b: {{ .Values.b | default \"d\" | quote }}\n  c: \"{{ .Values.c }}\"\n{{- end }}\n  d: 1\n",
    ),
    (
        "app.yaml",
        "\u{feff}a: 'it''s'\r\nb: \"\\x41\\u00e9\"\r\nc: |\r\n  one\r\n  two\r\n? d\r\n: - 1\r\n  - ~\r\ne: !!str 1\r\nf.g: *x\r\n",
    ),
    (
        "infra/main.tf",
        "# é\nvariable \"acl\" {\n  type    = string\n  default = \"private\"\n}\nlocals {\n  level = \"debug\" // x\n}\nresource \"aws_security_group\" \"api\" {\n  count = var.on ? 1 : 0\n  ingress {\n    from_port   = 443\n    cidr_blocks = [\"10.0.0.0/8\", \"é\"]\n  }\n  dynamic \"egress\" {\n    for_each = toset([1])\n    content {\n      to_port = egress.value\n    }\n  }\n  environment {\n    variables = { LOG_LEVEL = local.level, \"A_B\" = \"${var.acl}-x\", (var.c) = null }\n  }\n  user_data = <<-EOT\n    export A=1\n    EOT\n  tags = merge(local.tags, { a = -1.5 })\n}\nprovider \"aws\" {}\nprovider \"aws\" {\n  alias = \"west\"\n}\n",
    ),
    ("vault.hcl", "disable_mlock = true\nlistener \"tcp\" {\n  tls_disable = 1\n}\n"),
    (
        "logback.xml",
        "<?xml version=\"1.0\"?>\n<!-- é -->\n<configuration scan=\"true\">\n  <logger name=\"a.b\" level='${LEVEL:-DEBUG}'/>\n  <appender name=\"F\" class=\"x.y\">\n    <maxHistory>30</maxHistory>\n    <pattern>%d &lt;é&gt; <![CDATA[%m]]></pattern>\n    <empty></empty>\n  </appender>\n  <root level=\"INFO\"><appender-ref ref=\"F\"/></root>\n</configuration>\n",
    ),
    ("web.config", "<configuration><appSettings><add key=\"é\" value=\"1\"/></appSettings></configuration>"),
    (
        "nginx.conf",
        "# é\nuser  nginx;\nhttp {\n  log_format main escape=json '$remote_addr \"$request\" '\n    'é';\n  map $a $b { default 0; ~*x \"1\"; }\n  server {\n    listen 80 default_server;\n    add_header X-A \"b\\\"c\" always;\n    access_log /var/log/a main; access_log off;\n    location ~ \\.php$ { deny all; internal; set $x ${y}z; }\n    root {{ root }};\n  }\n}\n",
    ),
    (
        "Caddyfile",
        "{\n\tadmin off\n}\nexample.com,\nwww.example.com {\n\theader /x X-A \"é\"\n\theader {\n\t\t-Server\n\t}\n\tlog {\n\t\toutput file /a\n\t}\n\treverse_proxy @m {$HOST:x}:80\n}\n",
    ),
    (
        "httpd.conf",
        "ServerTokens Prod\nLogFormat \"%h \\\"%r\\\"\" combined\n<VirtualHost *:80>\n  <IfModule x>\n    Header always set X-A \"é\"\n  </IfModule>\n  SetEnv A 1\n  Options -Indexes +X\n</VirtualHost>\n",
    ),
    ("fluent-bit.conf", "[SERVICE]\n    Log_Level info\n[OUTPUT]\n    Name es\n    tls Off\n"),
    ("fluent.conf", "<match a.**>\n  @type http # é\n  <buffer>\n    path \"/b\"\n  </buffer>\n</match>\n"),
    ("logrotate.d/app", "weekly\n/var/log/a {\n  rotate 14\n  postrotate\n    x\n  endscript\n  maxage 30\n}\n"),
    ("redis.conf", "# é\nbind 127.0.0.1 ::1\nrequirepass \"a b\"\nsave 60 1\nrename-command X \"\"\n"),
    ("postgresql.conf", "a = 'é''s' # b\nlog.c off\nd\n"),
    ("pg_hba.conf", "local all all peer\nhost all é 0.0.0.0/0 md5 # x\n"),
    ("app.ini", "top = 1\n[a]\nb = c ; comment\nd: \"e\"\n  continued\n# no\nf\n[a \"b\"]\nc = é\n"),
    ("app.properties", "a.b=c\\\n  d\nspring.x=${Y:z}\n! no\ne : f\ng h\n"),
];

fn of(path: &str) -> &'static Reader {
    by_path(path).unwrap_or_else(|| panic!("no reader for {path}"))
}

/// Every span is a slice of the text, names are not empty, every scope exists.
fn sound(path: &str, text: &str, reading: &Reading) {
    let slice = |span: Span, what: &str| text.get(span.range()).unwrap_or_else(|| panic!("{path}: {what} {span:?} of {text:?}"));
    for setting in &reading.settings {
        slice(setting.name_span, "name");
        let written = slice(setting.value_span, "value");
        assert_eq!(written, &*setting.raw, "{path}: the source of {setting:#?} in {text:?}");
        for item in &setting.item_spans {
            slice(*item, "item");
        }
        for lost in &setting.overridden {
            slice(lost.span, "overridden");
        }
        assert!((setting.scope.0 as usize) < reading.scopes.len(), "{path}: {setting:?}");
        assert!(setting.key.is_some() || !setting.names.is_empty(), "{path}: {setting:?}");
    }
    for (at, scope) in reading.scopes.iter().enumerate() {
        slice(scope.span, "scope");
        assert!(scope.parent.is_none_or(|parent| (parent.0 as usize) < at) && (at == 0) == scope.parent.is_none(), "{path}: {scope:?}");
    }
    for link in &reading.links {
        slice(link.span, "link");
    }
    for pin in &reading.pins {
        slice(pin.span, "pin");
    }
    for span in reading.problems.iter().filter_map(|problem| problem.span) {
        slice(span, "problem");
    }
}

fn read(path: &str, text: &str) -> Reading {
    let reading = (of(path).read)(path, text);
    sound(path, text, &reading);
    reading
}

#[test]
fn every_reader_and_lens_has_a_sample() {
    for reader in READERS {
        assert!(SAMPLES.iter().any(|(path, _)| of(path).name == reader.name), "no sample for the reader {}", reader.name);
    }
    let kinds: Vec<&str> =
        SAMPLES.iter().flat_map(|(path, text)| read(path, text).kinds.iter().map(|kind| kind.0).collect::<Vec<_>>()).collect();
    for lens in &LENSES {
        assert!(kinds.contains(&lens.name), "no sample for the lens {}", lens.name);
    }
}

#[test]
fn what_was_read_stands_under_its_span() {
    for (path, text) in SAMPLES {
        let reading = read(path, text);
        assert!(!reading.settings.is_empty(), "{path}: nothing was read");
        let broken = reading.unreadable();
        assert_eq!(broken, None, "{path}");
    }
}

#[test]
fn other_line_ends_and_a_byte_order_mark_change_no_setting() {
    for (path, text) in SAMPLES.iter().filter(|(path, text)| !text.contains('\r') && of(path).name != "dockerfile") {
        let said = |text: &str| {
            let reading = read(path, text);
            reading
                .settings
                .iter()
                .map(|setting| (reading.path_of(setting), format!("{:?}", setting.value).replace("\\r\\n", "\\n")))
                .collect::<Vec<_>>()
        };
        let plain = said(text);
        assert_eq!(plain, said(&format!("\u{feff}{text}")), "{path} with a byte order mark");
        assert_eq!(plain, said(&text.replace('\n', "\r\n")), "{path} with CRLF");
        assert_eq!(plain, said(&format!("{text}\n\n")), "{path} with empty lines at its end");
    }
}

#[test]
fn any_prefix_of_a_sample_is_read_soundly() {
    for (path, text) in SAMPLES {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            read(path, &text[..end]);
        }
    }
}

#[test]
fn the_same_text_gives_the_same_reading() {
    for (path, text) in SAMPLES {
        assert_eq!(format!("{:?}", read(path, text)), format!("{:?}", read(path, text)));
    }
}

/// Pieces that mean something to one format or another.
const PIECES: &[&str] = &[
    "",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "  ",
    ":",
    ": ",
    "- ",
    "'",
    "\"",
    "\\",
    "\\\n",
    "#",
    "{",
    "}",
    "[",
    "]",
    ",",
    "|",
    "|\n",
    ">-\n",
    "&a",
    "*a",
    "<<: *a",
    "---\n",
    "...\n",
    "? ",
    "!x ",
    "${",
    "${A:-",
    "}}",
    "{{",
    "{{- ",
    "${{ ",
    "$",
    "$(",
    "`",
    "=",
    "+=",
    "export ",
    "<<EOF\n",
    "EOF\n",
    "FROM ",
    "RUN ",
    "ENV ",
    "\u{feff}",
    "\0",
    "é",
    "\u{2028}",
    "\u{1F980}",
    "[[",
    "\"\"\"",
    "'''",
    "//",
    "/*",
    "*/",
    "null",
    "true",
    "0x",
    "1e999",
    "-",
    "\u{85}",
    "%TAG ! x\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_sample_makes_a_reader_panic(
        sample in 0..SAMPLES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, 0..PIECES.len()), 1..8),
    ) {
        let (path, text) = SAMPLES[sample];
        let mut text = text.to_owned();
        for (at, removed, piece) in edits {
            let floor = |mut at: usize| { while !text.is_char_boundary(at) { at -= 1; } at };
            let start = floor(at.index(text.len() + 1));
            let end = floor((start + removed).min(text.len())).max(start);
            text.replace_range(start..end, PIECES[piece]);
        }
        read(path, &text);
    }

    #[test]
    fn no_pile_of_pieces_makes_a_reader_panic(sample in 0..SAMPLES.len(), pieces in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        read(SAMPLES[sample].0, &text);
    }

    #[test]
    fn a_sample_under_another_readers_name_is_read_soundly(sample in 0..SAMPLES.len(), name in 0..SAMPLES.len()) {
        read(SAMPLES[name].0, SAMPLES[sample].1);
    }
}
