//! Files of every format as people write them, and what must be true of any reading. Tests and fuzz targets share them.

#![allow(clippy::panic, clippy::missing_panics_doc, dead_code, reason = "a test may fail loudly, and not every one uses all of it")]

use privgate::read::{Reader, by_path};
use privgate::reading::Reading;
use privgate::span::Span;

/// Files as people write them: the path and the text.
pub const SAMPLES: &[(&str, &str)] = &[
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
    (
        "model.sig",
        "{\"mediaType\": \"é\", \"dsseEnvelope\": {\"payload\": \"eyJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6ImEuYmluIn0seyJuYW1lIjoiYiJ9XSwic2VyaWFsaXphdGlvbiI6eyJpZ25vcmVfcGF0aHMiOlsiLmdpdCJdfX19\", \"signatures\": []}}\n",
    ),
    (".gitattributes", "# é\n*.pt filter=lfs diff=lfs -text\r\n  *.md text\n*.bin filter=lfs\n*.bin -filter\n"),
    (
        "src/app/robots.ts",
        "import type { MetadataRoute } from 'next'\n// it's é\nexport default function robots(): MetadataRoute.Robots {\n  return {\n    rules: [{ userAgent: '*', allow: '/' }, { userAgent: ['GPTBot', \"CCBot\"], disallow: ['/é/'] }],\n    sitemap: `${base}/s.xml`,\n  }\n}\n",
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
        "otel.yaml",
        "receivers:\n  otlp: {protocols: {grpc: {endpoint: '${env:IP:-é}:4317'}}}\nprocessors: {batch: , redaction/pii: {allow_all_keys: false}}\nexporters: {debug: {verbosity: detailed}, otlp: {endpoint: a:1}}\nservice:\n  extensions: [x]\n  pipelines:\n    traces: {receivers: [otlp], processors: [redaction/pii, \"batch\"], exporters: [otlp]}\n",
    ),
    (
        "dvc.yaml",
        "# é\nstages:\n  scrub:\n    cmd: [echo a, 'python redact_pii.py ${x}']\n    deps: [data/raw, redact_pii.py]\n    outs:\n      - data/clean: {cache: false}\n  train: &t {cmd: python train.py, deps: [./data/clean/a.csv], frozen: false}\n  index: {cmd: b, deps: [data/raw/c.csv]}\n  many: {foreach: [1, 2], do: {cmd: c, deps: [data/clean]}}\n",
    ),
    (
        "vector.toml",
        "[sources.app]\ntype = \"é\"\n[transforms.a]\ntype = \"remap\"\ninputs = [\"app\"]\n[transforms.b]\ninputs = [\"app\"]\n[sinks.s]\ntype = \"x\"\ninputs = [\"a.out\", \"app\"]\n",
    ),
    ("src/application.yml", "a.b: ${X:é}\n---\nspring:\n  config: {activate: {on-profile: prod}}\na: {b: 2}\n"),
    ("application-dev.properties", "a.b=1\n#---\nspring.profiles=x\na.b=é\n"),
    (
        ".circleci/config.yml",
        "orbs: {node: circleci/node@5.1}\njobs:\n  b:\n    docker: [{image: \"a/b:1\", environment: {A: é}}]\n    environment: {B: \"<< parameters.b >>\"}\n    steps:\n      - checkout\n      - run: C=1 serve --x << parameters.x >>\n      - run:\n          command: |\n            curl https://x << p.y >> | sh\n",
    ),
    (
        "Taskfile.yml",
        "version: '3'\nenv: {A: é}\ntasks:\n  a: serve --x {{.X}}\n  b: [serve --y, {task: a}]\n  c:\n    env: {B: 1}\n    cmds:\n      - |\n        cat > .env <<EOF\n        C=1\n        EOF\n      - {cmd: tool --z}\n",
    ),
    (
        "azure-pipelines.yml",
        "variables:\n  - {name: A, value: é}\njobs:\n  - job: t\n    container: a:1\n    variables: {B: $(x)}\n    steps:\n      - script: |\n          serve --x $(y)\n        env: {C: 1}\n      - task: \"Bash@3\"\n        inputs: {script: tool --z}\n",
    ),
    (
        ".devcontainer/devcontainer.json",
        "{\"image\": \"a/b:1\", \"containerEnv\": {\"A\": \"é\"}, \"runArgs\": [\"--network=host\", \"-e\", \"B=\\u0031\"], \"features\": {\"ghcr.io/x/y:2\": {}}, \"postCreateCommand\": \"serve --x=\\\"y\\\"\", \"postStartCommand\": [\"a\", \"--b\"]}\n",
    ),
    (
        "environment.yml",
        "name: x\nchannels: [é]\ndependencies:\n  - c::python=3.11\n  - \"scipy >=1\"\n  - pip:\n      - vllm==0.6.0\n      - 'a @ git+https://h/a@v1.2.3'\n",
    ),
    (".pre-commit-config.yaml", "repos:\n  - repo: https://h/é\n    rev: \"1.2.3\"\n    hooks: [{id: a}]\n"),
    (
        "requirements-dev.txt",
        "-i https://a\n--extra-index-url https://b\ngit+https://h/a/b.git@0123456789012345678901234567890123456789#egg=é\n-e git+ssh://git@h/c@v1.2\nx==1 \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\n",
    ),
    (
        "README.md",
        "# A é\n\n1. x\n\n   ```bash\n   export A=1\n   serve --x=y \\\n     --z\n   ```\n\n```console\n$ serve --a b\nprinted --c\n```\n~~~ yaml\na:\n  b: é\n~~~\n```env\nC=1\n```\n",
    ),
    (
        "docs/README.md",
        "---\nlicense: mit\ndatasets: [a/b, \"é\"]\nextra_gated_fields:\n  Name: text\nmodel-index: [{name: x}]\n---\n# Modèle\n\nUse\n---\n- We never store:\n  - `your prompts`\n  - names (e.g. é)\n\n| Field | Response |\n|:--|:--|\n| Was consent obtained for any personal data used? | Yes |\n\n**Privacy:**\n\nLogs are kept for up to 30 days; no *telemetry* is sent — ever.<br>It wasn't &amp; won't be shared with anyone.\n\n### Evaluation\n[More Information Needed]\n![a](https://static.scarf.sh/a.png) [b](PRIVACY.md#x)\n",
    ),
    (
        "PRIVACY.md",
        "\u{feff}---\r\ntitle: Privacy\r\n---\r\n\r\nIf you opt in, we collect usage statistics.\r\n\r\n1. Data **isn't** sold.\r\n\r\n> ε=0.5\r\n\r\n    code\r\n",
    ),
    (".gitignore", "# c\n*.log  \n!é.log\n/a\\ \n{b,c}/\n"),
    (".dockerignore", "# c\n**\n  !src  \n"),
    (".github/CODEOWNERS", "* @a é@x.org\n/docs/\n"),
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
    ("sshd_config", "Port=22 # é\nPermitRootLogin no\npermitrootlogin yes\nMatch User \"é\"\n\tPasswordAuthentication no\n"),
    ("sudoers", "Defaults env_reset\n%é ALL=(ALL) NOPASSWD: ALL # b\n@includedir /etc/sudoers.d\n"),
    ("app.ini", "top = 1\n[a]\nb = c ; comment\nd: \"e\"\n  continued\n# no\nf\n[a \"b\"]\nc = é\n"),
    (
        "main.go",
        "package a\n\nconst Host = \"0.0.0.0\"\n\ntype C struct {\n\tLoad bool `env:\"APP_LOAD,LOAD\" default:\"true\"`\n}\n\nfunc f() []string {\n\tflag.BoolVar(&c.Telemetry, \"telemetry\", true, \"é\")\n\tviper.SetDefault(\"a.b\", 1_000)\n\to = append(o, \"app://*\",\n\t\t\"file://*\")\n\tt := &http.Transport{TLS: tls.Config{InsecureSkipVerify: true}, M: map[string]any{\"x\": []int{1, 2}}}\n\th := os.Getenv(\"APP_HOST\")\n\tif h == \"\" {\n\t\th = \"::\"\n\t}\n\tx := &cli.BoolFlag{Name: \"debug\", EnvVars: []string{\"DEBUG\"}}\n\ty := app.Flag(\"z\", \"h\").Default(\"true\").Bool()\n\treturn []string{\"DISABLE_TELEMETRY=1\", getEnv(\"A_B\", Host)}\n}\n",
    ),
    (
        "src/main.rs",
        "use reqwest::Client;\n\nconst HOST: &str = \"0.0.0.0\";\n\nstruct Args {\n    #[arg(long, env, default_value_t = true)]\n    send_stats: bool,\n    #[serde(default = \"yes\")]\n    telemetry: bool,\n}\n\nfn yes() -> bool {\n    true\n}\n\nimpl Default for Args {\n    fn default() -> Self {\n        Self { send_stats: false, who: vec![\"é\", \"*\"], ..x }\n    }\n}\n\nfn main() {\n    let h = env::var(\"APP_HOST\").unwrap_or_else(|_| HOST.into());\n    let t = match env::var(\"A_B\") {\n        Ok(v) => v,\n        Err(_) => r#\"d\"#.to_string(),\n    };\n    let c = Client::builder().danger_accept_invalid_certs(true).build();\n    let a = Arg::new(\"x\").long(\"x\").default_value(\"a\\\n  b\");\n}\n",
    ),
    ("app.properties", "a.b=c\\\n  d\nspring.x=${Y:z}\n! no\ne : f\ng h\n"),
    (
        "app/settings.py",
        "import os, logging\nfrom decouple import config as c\nENV_A = \"A_TRACES\"\nMODE = os.getenv(\"MODE\") or 'basic'\nDEBUG = (\n    os.environ.get(\"DEBUG\", \"fal\\x73e\").lower() == \"true\"\n)\nHOSTS = os.environ.get(\"HOSTS\", \"a,é\").split(\",\")\nX = helper(ENV_A, True)\nos.environ[\"B_C\"] = f\"{ENV_A}-1\"\nLOGGING = {\"loggers\": {\"é\": {\"level\": \"DEBUG\", \"handlers\": [\"a\", 'b']}}, \"T\": [{\"id\": \"x\", \"on\": True}]}\n\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=\"MY_\")\n    telemetry: bool = True\n    keys: list[str] = Field(default_factory=list, alias=\"KEYS_X\")\n    age: int = 60 * 60 * 24\n\n@click.option(\"--share/--no-share\", \"-s\", default=True, envvar=\"SHARE_X\")\ndef main(share, log: str = \"info\", *, t: Annotated[bool, typer.Option(\"--t\")] = False):\n    parser.add_argument(\"--no-x\", dest=\"x\", action=\"store_false\")\n    parser.add_argument(\"--host\", help=\"\"\"é\n    b\"\"\")\n    run([\"serve\", \"FOO_BAR=1\"], env={**os.environ, \"Q_R\": \"1\"}, verify=False if not X else True)\n    app.add_middleware(CORS, allow_origins=[\"*\", \"é\"], **{\"debug\": True})\n    logging.basicConfig(level=logging.DEBUG)\n    return dict(telemetry=not False)\n",
    ),
    (
        "deploy/app.service",
        "[Unit]\nDescription=é # part of it\n[Service]\nEnvironment=\"A_B=0.0.0.0:80\" C_D=2\nEnvironmentFile=-/etc/a.env\nExecStart=-/opt/serve \\\n  --host 0.0.0.0\nUser=root\nUser=app\n",
    ),
    ("Jenkinsfile", "pipeline {\n  agent any\n  stages {\n    stage('é') {\n      steps { sh 'privgate check --ci' }\n    }\n  }\n}\n"),
    ("Procfile", "# note\nweb: X_Y=1 gunicorn app --bind 0.0.0.0:${PORT:-80}\nworker: python é.py --debug\n"),
    ("etc/cron.d/app", "MAILTO=\"a@b.example\"\n0 */4 * * 1-5 root /opt/clean --keep 30 \"é\"\n@daily app X_Y=1 backup --plain\n"),
    (
        "Makefile",
        "HOST ?= 0.0.0.0 # é\nexport A_B := 1\nC_D = $(HOST):80\nifeq ($(X),y)\nA_B = 2\nendif\nrun: export X_Y = 1\nrun: build\n\t@serve --host $(HOST) \\\n\t  --share\n",
    ),
    ("justfile", "export HOST := \"0.0.0.0\"\nport := env(\"PORT\", \"80\")\n\nrun arg='é':\n    serve --share --port {{port}}\n"),
    (
        "supervisord.conf",
        "[program:web]\ncommand=/opt/serve --host 0.0.0.0\nenvironment=A_B=\"1,é\",C_D=%(ENV_X)s\n[supervisord]\nnodaemon=true\n",
    ),
    (
        "install.sh",
        "#!/bin/bash\nset -ex\nAPI_HOST=\"0.0.0.0\" # é\nexport B_C='x é' EMPTY=\n: \"${LEVEL:=debug}\"\nHOST=${API_HOST:-127.0.0.1}\nARGS+=(--share --host \"$API_HOST\")\nmain() {\n  if [ -z \"$PORT\" ]; then PORT=80; fi\n  echo \"ADDRESS=0.0.0.0:$PORT\" | $SUDO tee -a /etc/a.env >/dev/null\n  curl -fsSL https://a.example/i | sudo bash -s -\n  docker run -e X_Y=1 -p 0.0.0.0:80:80 --privileged img\n}\ncat > a.service <<EOF\n[Service]\nEnvironment=\"ADDRESS=0.0.0.0:8080\"\nEOF\nexec serve --host \"$API_HOST\" --flag \\\n  --last=é \"$@\"\n",
    ),
    (
        "App.java",
        "import a.b.C;\n@ConfigurationProperties(prefix = \"app.web\")\nclass P {\n  private boolean allowAll = true;\n  @Value(\"${server.debug:é}\") String debug;\n  static final long TTL = 60 * 60L;\n  String[] hosts = {\"*\", \"é\"};\n  String a = System.getenv(\"A_B\") != null ? System.getenv(\"A_B\") : \"d\";\n  String p = System.getProperty(\"a.b\", \"d\");\n  @CrossOrigin(origins = \"*\")\n  void f(H http) {\n    http.cors().and().csrf(c -> c.disable());\n    c.setAllowedOrigins(List.of(\"*\"));\n    new Server(8080, \"0.0.0.0\");\n    env.put(\"X_Y\", \"1\");\n  }\n}\n",
    ),
    (
        "src/a.ts",
        "import * as S from \"@sentry/node\";\nconst e = process.env;\nexport const A = { \"b-c\": ['é', \"\\x41\"], d: { e: 1_000 } } as const;\nS.init({ a: true, n: [S.replay({ m: !x })], r: process.env.R ? Number(process.env.R) : 0.5 });\nconst Env = z.object({ T_X: z\n  .enum([\"a\"])\n  .default(\"a\"), U_X: z.string().optional() });\nclass B<T> { private c: boolean = true; run({ d = 1, f: { g = `é\n` } = {} }: P = {}, h = <T>x) { process.env.ZED = \"1\"; return { i: h ?? -1 }; } }\n",
    ),
    ("src/a.tsx", "const V = ({ a = true }) => <P.Q debug options={{ m: false }} h=\"é\">{process.env.X_Y ?? \"d\"}</P.Q>;\n"),
    ("a.svelte", "<p>é {a}</p>\n<script lang=\"ts\">\n  export let a: boolean = true;\n</script>\n<style>a { b: c }</style>\n"),
    (
        "next.config.js",
        "const { init } = require(\"@sentry/node\");\nmodule.exports = { images: { domains: [\"*\"] }, headers() { return [{ key: \"é\", value: `a ${b}` }]; } };\nspawn(\"x\", [\"A_B=1\"], { env: { ...process.env, C_D: \"1\" } });\n",
    ),
    (
        "public/robots.txt",
        "# é\nUser-agent: GPTBot # trains\nUser-agent: *\nContent-Usage: train-ai=n, search=y\nContent-Signal: ai-train=no\nDisallow: /a/*.html$\r\nAllow /b\n\nUser-Agent: A\nContent-Usage: /é train-ai=y;x=1\nDisallow:\nLicense: https://a/é.xml\nSitemap: /s\n",
    ),
    ("data/blocklist.txt", "\u{feff}# ours\r\na.example\n\n É.example \nb@c.org\n"),
    ("opt-outs.csv", "url,date\n\"https://a.example/é,y\",2026-01-01\n"),
    ("EXCLUSIONS.jsonl", "{\"v\":1,\"seq\":1,\"id\":\"é\"}\n{\"v\":1,\"seq\":3}\n"),
    ("model.safetensors", "format: safetensors\nstorage: pointer\ndigest: sha256:é\n"),
    (
        "SHA256SUMS",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  é.bin\r\n\nSHA1 (a b) = 0123456789abcdef0123456789abcdef01234567\n",
    ),
    ("ai.txt", "# Spawning\nUser-Agent: *\nDisallow: *.jpg\nAllow: *.txt\n"),
    ("public/_headers", "# é\n/*\n  X-Robots-Tag: noai, é\n/img/*\r\n\tA-B: c:d\n  ! X-Robots-Tag\n"),
    (
        "templates/base.html",
        "<!doctype html>\n<html><head><!-- é --><meta charset=utf-8>\n<meta name='robots' content=\"noai, é\"/><META NAME=tdm-reservation CONTENT=1><script>if (a<b) {}</script>\n<link rel=\"license\" href=/l.xml>\n</head><body><p>x</p></body></html>\n",
    ),
];

/// The reader of a path.
pub fn of(path: &str) -> &'static Reader {
    by_path(path).unwrap_or_else(|| panic!("no reader for {path}"))
}

/// Every span is a slice of the text, names are not empty, every scope exists.
pub fn sound(path: &str, text: &str, reading: &Reading) {
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

/// Reads a text under a path; the reading must be sound.
pub fn read(path: &str, text: &str) -> Reading {
    let reading = (of(path).read)(path, text);
    sound(path, text, &reading);
    reading
}
