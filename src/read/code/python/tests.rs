//! What each way to write a default in Python gives.

use super::PYTHON;
use crate::reading::Reading;
use crate::value::{Outcome, Value};

fn read(text: &str) -> Reading {
    crate::read::code::read(&PYTHON, "app.py", text)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        _ => value.display(),
    }
}

/// Every setting in one line: its names, its value, the text that decides.
fn said(text: &str) -> Vec<String> {
    let reading = read(text);
    assert!(reading.unreadable().is_none());
    let line = |setting: &crate::setting::Setting| {
        let value = match &setting.value {
            Outcome::One(value) => shown(value),
            Outcome::AnyOf(values) => values.iter().map(shown).collect::<Vec<_>>().join(" or "),
            Outcome::Unread => "?".into(),
        };
        let mut names: Vec<String> = setting.names.iter().map(|(surface, name)| format!("{} {name}", surface.word())).collect();
        if let Some(key) = &setting.key {
            names.insert(0, format!("key {}.{key}", reading.path_to(setting.scope)));
        }
        format!("{} = {value} <{}>", names.join(" | "), setting.raw)
    };
    reading.settings.iter().map(line).collect()
}

#[track_caller]
fn says(text: &str, expected: &[&str]) {
    assert_eq!(said(text), expected, "{text}");
}

/// Among others.
#[track_caller]
fn tells(text: &str, expected: &[&str]) {
    let all = said(text);
    for line in expected {
        assert!(all.iter().any(|said| said == line), "no `{line}` in {all:#?} of {text}");
    }
}

#[track_caller]
fn silent_about(text: &str, name: &str) {
    let all = said(text);
    assert!(!all.iter().any(|said| said.contains(name)), "`{name}` in {all:#?} of {text}");
}

#[test]
fn a_variable_is_what_the_code_makes_of_it_when_nobody_sets_it() {
    says(r#"A_B = os.environ.get("A_B", "true").lower() == "true""#, &["env A_B = true <\"true\">"]);
    says(r#"A = int(os.getenv("MASK_LENGTH", "20_000"))"#, &["env MASK_LENGTH = 20000 <\"20_000\">"]);
    says(r#"mode = os.getenv("MODE") or "basic""#, &["env MODE = \"basic\" <\"basic\">"]);
    says(r#"logs = not os.getenv("NO_LOGS", "0") == "1""#, &["env NO_LOGS = false <\"0\">"]);
    says(r#"x = os.environ["KEY"] if "KEY" in os.environ else "d""#, &["env KEY = \"d\" <\"d\">"]);
    says(r#"x = True if os.getenv("SEND") == "1" else False"#, &["env SEND = false <os.getenv(\"SEND\")>"]);
    says(r#"hosts = os.getenv("HOSTS", "a,b").split(",")"#, &["env HOSTS = [\"a\", \"b\"] <\"a,b\">"]);
    tells(
        r#"KIND = Auth((os.environ.get("AUTH_TYPE") or Auth.DISABLED.value).lower())"#,
        &["env AUTH_TYPE = \"disabled\" <Auth.DISABLED.value>"],
    );
}

#[test]
fn a_function_that_makes_a_switch_of_a_text_is_taken_at_its_name() {
    tells(r#"a = bool(strtobool(os.getenv("ENABLE_TELEMETRY", "false")))"#, &["env ENABLE_TELEMETRY = false <\"false\">"]);
    tells(r#"a = _parse_bool(os.getenv("LOG_PROMPTS", "yes"))"#, &["env LOG_PROMPTS = true <\"yes\">"]);
    tells(r#"a = bool(str2bool(os.environ.get("NO_LOGS", "0")))"#, &["env NO_LOGS = false <\"0\">"]);
    // what an unknown function makes of it stays the text
    tells(r#"a = bool(flag(os.getenv("LOG_PROMPTS", "false")))"#, &["env LOG_PROMPTS = \"false\" <\"false\">"]);
    tells(r#"a = bool(os.getenv("LOG_PROMPTS", "false"))"#, &["env LOG_PROMPTS = true <\"false\">"]);
    tells(r#"a = bool(os.getenv("LOG_PROMPTS", ""))"#, &["env LOG_PROMPTS = false <\"\">"]);
}

#[test]
fn a_scheme_of_variables_says_their_types_and_defaults() {
    tells(
        "env = environ.Env(DEBUG=(bool, False), LANGSMITH_TRACING=(bool, True), URL=str)",
        &["env DEBUG = false <False>", "env LANGSMITH_TRACING = true <True>"],
    );
    tells(r#"env = environ.FileAwareEnv(ALLOWED_HOSTS=(list, ["a.io"]))"#, &["env ALLOWED_HOSTS = [\"a.io\"] <[\"a.io\"]>"]);
    silent_about("x = Pair(DEBUG=(bool, False))", "env DEBUG");
}

#[test]
fn a_switch_of_a_class_is_called_after_what_the_class_is_called_after() {
    says("class TelemetryConfig:\n    enabled: bool = False\n", &["key Telemetry.enabled | field enabled = false <False>"]);
    says("class TelemetryConfig:\n    endpoint: str = 'a'\n", &["field endpoint = \"a\" <'a'>"]);
    says("class Telemetry:\n    enabled = True\n", &["field enabled = true <True>"]);
    says("class Config:\n    enabled = True\n", &["field enabled = true <True>"]);
}

#[test]
fn a_parser_is_given_defaults_afterwards() {
    tells("p.set_defaults(log_prompts=True, func=run)", &["flag --log-prompts = true <True>"]);
    silent_about("p.set_defaults(func=run)", "flag");
    silent_about("p.set_other(share=True)", "flag");
}

#[test]
fn a_variable_may_be_asked_for_by_keywords() {
    says(r#"x = os.getenv(key="NO_LOGS", default="1")"#, &["env NO_LOGS = \"1\" <\"1\">"]);
}

#[test]
fn a_fallback_may_stand_in_the_next_statement() {
    tells("X = os.getenv('SHARE_DATA')\nif X is None:\n    X = 'true'\n", &["env SHARE_DATA = \"true\" <'true'>"]);
    tells("X = os.getenv('SHARE_DATA')\nif not X:\n    X = False\n", &["env SHARE_DATA = false <False>"]);
    tells("try:\n    X = os.environ['SHARE_DATA']\nexcept KeyError:\n    X = '1'\n", &["env SHARE_DATA = \"1\" <'1'>"]);
    silent_about("X = os.getenv('SHARE_DATA')\nif Y is None:\n    X = 'true'\n", "env SHARE_DATA = \"true\"");
    silent_about("Z = os.getenv('SHARE_DATA')\nif X is None:\n    X = 'true'\n", "env SHARE_DATA = \"true\"");
    silent_about("X = os.getenv('SHARE_DATA', 'no')\nif not X:\n    X = 'true'\n", "env SHARE_DATA = \"true\"");
    tells("x = strtobool(os.getenv('LOG_IT', '1')) == 1", &["env LOG_IT = true <'1'>"]);
}

#[test]
fn a_variable_without_a_fallback_is_not_written() {
    says(r#"x = os.environ["KEY_X"]"#, &["env KEY_X = null <os.environ[\"KEY_X\"]>"]);
    tells(r#"x = os.getenv("DO_NOT_TRACK") is None"#, &["env DO_NOT_TRACK = null <os.getenv(\"DO_NOT_TRACK\")>"]);
}

#[test]
fn a_comparison_with_a_word_that_is_no_switch_leaves_the_variable_as_it_is() {
    tells(r#"x = os.getenv("AUTH_TYPE", "basic") == "oidc""#, &["env AUTH_TYPE = \"basic\" <\"basic\">"]);
    tells(r#"x = os.getenv("LOG_LEVEL", "info") in ("debug", "info")"#, &["env LOG_LEVEL = \"info\" <\"info\">"]);
}

#[test]
fn helpers_and_libraries_that_read_variables_are_known_by_what_they_are_given() {
    tells("ENV_T = \"PHX_TELEMETRY\"\ndef f():\n    return flag(ENV_T, True)\n", &["env PHX_TELEMETRY = true <True>"]);
    says(r#"x = env.bool("COLLECT", default=True)"#, &["env COLLECT = true <True>"]);
    says("from decouple import config\nx = config('DEBUG', default=False, cast=bool)", &["env DEBUG = false <False>"]);
    silent_about(r#"T = NewType("A_B", "int")"#, "env");
}

#[test]
fn code_sets_variables_in_many_ways() {
    says(r#"os.environ["HF_TELEMETRY"] = "1""#, &["env HF_TELEMETRY = \"1\" <\"1\">"]);
    says(r#"os.environ.setdefault("ANON_T", "False")"#, &["env ANON_T = \"False\" <\"False\">"]);
    tells(r#"extra_env = {"Z_Z": "2"}"#, &["env Z_Z = \"2\" <\"2\">"]);
    tells(r#"SERVER = {"command": "x", "env": {"Z_Z": "2"}}"#, &["env Z_Z = \"2\" <\"2\">"]);
    tells(r#"run(["x", "FOO_BAR=1"], env={**os.environ, "Z_Z": "2"})"#, &["env FOO_BAR = \"1\" <1>", "env Z_Z = \"2\" <\"2\">"]);
}

#[test]
fn members_of_a_settings_class_are_variables_too() {
    let class = "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='my_')\n    telemetry: bool = True\n    log: str = Field('info', alias='LOGX')\n    keys: list = Field(default_factory=list)\n    need: str = Field(...)\n    a: Annotated[bool, Field(validation_alias=AliasChoices('A_X', 'B_X'))] = True\nclass T(S):\n    more: int = 60 * 60\n";
    tells(
        class,
        &[
            "field telemetry | env MY_TELEMETRY = true <True>",
            "field log | env LOGX = \"info\" <'info'>",
            "field keys | env MY_KEYS = [] <list>",
            "field a | env A_X | env B_X = true <True>",
            "field more | env MY_MORE = 3600 <60 * 60>",
        ],
    );
    silent_about(class, "need");
    says("class D(Base):\n    x: bool = field(default=False)\n    y: int\n", &["field x = false <False>"]);
}

#[test]
fn options_have_all_their_names() {
    says("p.add_argument('--no-x', dest='x', action='store_false')", &["flag --no-x = false <'store_false'>"]);
    says("p.add_argument('--share', '-s', action='store_true')", &["flag --share = false <'store_true'>"]);
    says("p.add_argument('--origins', type=json.loads, default=['*'])", &["flag --origins = [\"*\"] <['*']>"]);
    says("p.add_argument('--host')", &["flag --host = null <>"]);
    says(
        "@click.option('--share/--no-share', default=True, envvar='SHARE_X')\ndef main(share): pass",
        &["flag --share | argument main(share) | env SHARE_X = true <True>"],
    );
    says(
        "def ui(a: int = typer.Option(80, '--port'), b: Annotated[bool, typer.Option()] = True): pass",
        &["flag --port | argument ui(a) = 80 <80>", "flag --b | argument ui(b) = true <True>"],
    );
}

#[test]
fn keywords_and_parameters_are_arguments() {
    says("def launch(self, share: Optional[bool] = None): pass", &["argument launch(share) = null <None>"]);
    says("class B:\n    def __init__(self, share=True): pass", &["argument __init__(share) | argument B(share) = true <True>"]);
    says("super().__init__(share=True)", &["argument super.__init__(share) = true <True>"]);
    says("get(a, verify=False if not OWN else True)", &["argument get(verify) = false or true <False if not OWN else True>"]);
    says("f(**{'trust': True})", &["argument f(trust) = true <True>"]);
    says("partial(get, verify=False)", &["argument partial(verify) | argument get(verify) = false <False>"]);
    says("from requests import get\nget(u, verify=False).json()", &["argument requests.get(verify) = false <False>"]);
    says("basicConfig(level=logging.DEBUG)", &["argument basicConfig(level) = \"DEBUG\" <logging.DEBUG>"]);
    says(
        "dictConfig({'root': {'level': 'X'}})",
        &["argument dictConfig(root) = {…} <{'level': 'X'}>", "argument dictConfig(root.level) = \"X\" <'X'>"],
    );
}

#[test]
fn what_is_handed_on_under_its_own_name_says_nothing() {
    says("f(share=share, verify=self.verify, a=True if cfg.a is True else False, b=o['b'], c=kw.get('c'))", &[]);
    says("class A:\n    def f(self, x):\n        self.x = x\n", &[]);
    says("f(x=x if x is not None else True, y=y or 'd')", &["argument f(x) = true <True>", "argument f(y) = \"d\" <'d'>"]);
}

#[test]
fn a_variable_of_a_function_counts_where_its_value_is_plain() {
    tells("def f(path):\n    share = False\n    if hosted():\n        share = True\n    return share\n", &["field share = true <True>"]);
    silent_about("def f(path):\n    telemetry = path.exists()\n    telemetry = path\n    return telemetry\n", "telemetry");
}

#[test]
fn the_members_of_an_enumeration_are_words() {
    says("class LogLevel(enum.IntEnum):\n    DEBUG = 1\n    INFO = 2\n", &[]);
    says("class Settings:\n    DEBUG = 1\n", &["field DEBUG = 1 <1>"]);
}

#[test]
fn flags_for_another_program_are_handed_over_and_not_declared() {
    tells("chrome_options.add_argument('--no-sandbox')", &["flag --no-sandbox = true <'--no-sandbox'>"]);
    says("parser.add_argument('--share')", &["flag --share = null <>"]);
}

#[test]
fn a_widget_that_shows_a_setting_says_nothing_of_it() {
    let widget = ["argument gr.Checkbox(label) = \"t\" <'t'>", "argument gr.Checkbox(value) = ? <shared.args.trust>"];
    says("class A:\n    trust = gr.Checkbox(label='t', value=shared.args.trust)\n", &widget);
}

#[test]
fn a_name_with_one_value_is_followed_and_one_with_two_is_not() {
    tells("origins = ['*']\nf(allow=origins)", &["argument f(allow) = [\"*\"] <origins>"]);
    tells("x = 1\nx = 2\nf(a=x)", &["argument f(a) = ? <x>"]);
    tells("x = True\ndef g(x):\n    f(a=x)", &["argument f(a) = ? <x>"]);
}

#[test]
fn dictionaries_are_keys_and_fields() {
    tells(
        "LOGGING = {'loggers': {'x': {'level': 'DEBUG'}}, 'T': [{'on': True}]}",
        &["key LOGGING.loggers.x.level | field level = \"DEBUG\" <'DEBUG'>", "key LOGGING.T[0].on | field on = true <True>"],
    );
    tells("def f():\n    kwargs = dict(trust=True)\n", &["key kwargs.trust | field trust = true <True>"]);
    tells("def f():\n    kwargs = BASE | {'trust': True}\n", &["key kwargs.trust | field trust = true <True>"]);
    tells("def f():\n    kwargs = {'trust': False} | (X | {'trust': True})\n", &["key kwargs.trust | field trust = true <True>"]);
    says("app.config['SECURE'] = True", &["field SECURE = true <True>"]);
    tells("app.config.update(SECURE=False)", &["field SECURE = false <False>"]);
}

#[test]
fn a_lookup_with_a_fallback_is_a_default_of_what_is_looked_up() {
    tells("x = settings.get('verify_ssl', True)", &["field verify_ssl = true <True>"]);
    tells("x = getattr(self.config, 'redact_pii', False)", &["field redact_pii = false <False>"]);
    tells("x = kwargs.pop('host', '0.0.0.0')", &["field host = \"0.0.0.0\" <'0.0.0.0'>"]);
    let answer = said("x = answer.get('verify_ssl', True)");
    assert!(answer.iter().all(|line| !line.contains("verify_ssl")), "{answer:?}");
}

#[test]
fn lists_of_switches_are_given_and_lists_to_look_in_are_not() {
    tells(
        "def f():\n    args = ['--mute-audio', '--port=1', f'--x={y}']\n",
        &["flag --mute-audio = true <--mute-audio>", "flag --port = \"1\" <1>"],
    );
    for text in ["BLOCKED_FLAGS = ['--no-sandbox']", "if flag in ['--no-sandbox']:\n    pass\n"] {
        let lines = said(text);
        assert!(lines.iter().all(|line| !line.starts_with("flag")), "{lines:?}");
    }
}

#[test]
fn words_behind_switches_of_a_list_are_their_values() {
    tells(
        "args += ['--host', '0.0.0.0', '--port', str(port), '--reload', 'main:app', '--all', '-b']\n",
        &[
            "flag --host = \"0.0.0.0\" <0.0.0.0>",
            "flag --port = true <--port>",
            "flag --reload = true <--reload>",
            "flag --all = true <--all>",
        ],
    );
}

#[test]
fn a_list_that_is_started_is_a_command() {
    let command = "command ssh = \"ssh -o StrictHostKeyChecking=no $host $_\" <'ssh', '-o', 'StrictHostKeyChecking=no', host, f'cat {a}'>";
    for list in [
        "subprocess.run(['ssh', '-o', 'StrictHostKeyChecking=no', host, f'cat {a}'], check=True)\n",
        "ssh_cmd = ['/usr/bin/ssh', '-o', 'StrictHostKeyChecking=no', host, f'cat {a}']\n",
    ] {
        let all = said(list);
        assert!(all.iter().any(|line| line.replace("/usr/bin/", "") == command), "{all:#?}");
    }
    tells("check_call([sys.executable, '-m', 'pip', 'install', '--trusted-host', 'a'])\n", &["flag --trusted-host = \"a\" <'a'>"]);
    for list in ["names = ['ssh', '-o', 'x']\n", "draw(['ssh', '-o'])\n", "run([program, '-o'])\n", "run(['two words', '-o'])\n"] {
        let all = said(list);
        assert!(all.iter().all(|line| !line.starts_with("command")), "{all:#?}");
    }
}

#[test]
fn a_text_for_a_shell_is_read_as_commands() {
    tells("import os\nos.system('app --insecure')", &["flag --insecure = true <>"]);
    let plain = said("import subprocess\nsubprocess.run('app --insecure')");
    assert!(plain.iter().all(|line| !line.starts_with("flag")), "{plain:?}");
}

#[test]
fn what_unpacks_something_is_there_whatever_it_unpacks() {
    tells("import pickle\npickle.load(f)", &["argument pickle.load(called) = true <pickle.load>"]);
    tells("expire(timedelta(hours=1))", &["argument expire(0) = \"1 hours\" <timedelta(hours=1)>"]);
}

#[test]
fn what_is_asked_before_a_route_runs_guards_it() {
    tells("@app.route('/x')\n@login_required\ndef f(): pass", &["argument login_required(guards) = true <login_required>"]);
    tells(
        "@router.get('/x')\ndef f(user: User = Depends(get_current_user)): pass",
        &["argument Depends(guards) = true <get_current_user>"],
    );
    tells("@router.get('/x', dependencies=[Depends(verify_token)])\ndef f(): pass", &["argument Depends(guards) = true <verify_token>"]);
    tells("@router.get('/x')\ndef f(user: CurrentUserDep): pass", &["argument Depends(guards) = true <CurrentUserDep>"]);
    assert!(said("@router.get('/x')\ndef f(session: SessionDep): pass").iter().all(|line| !line.contains("Depends(guards)")));
    for text in [
        "@router.get('/x')\ndef f(users = Depends(get_user_service)): pass",
        "@router.get('/x')\ndef f(user = Depends(get_optional_user)): pass",
        "def current_user(user = Depends(active_user)): return user",
    ] {
        assert!(said(text).iter().all(|line| !line.contains("Depends(guards)")), "{:?}", said(text));
    }
}

#[test]
fn a_functions_own_names_are_its_own() {
    let share = |text: &str| {
        let all = said(text);
        all.iter()
            .filter(|line| line.contains("launch(share)"))
            .map(|line| line.split(" = ").nth(1).unwrap_or("").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(share("open = False\ndef f():\n    open = True\ndemo.launch(share=open)\n"), ["false <open>"]);
    assert_eq!(share("open = False\ndef f():\n    open = True\n    demo.launch(share=open)\n"), ["true <open>"]);
    assert_eq!(share("def f():\n    open = True\ndemo.launch(share=open)\n"), ["? <open>"]);
    assert_eq!(share("open = False\ndef f():\n    global open\n    open = True\ndemo.launch(share=open)\n"), ["? <open>"]);
    assert_eq!(share("def f():\n    open = False\n    def g():\n        demo.launch(share=open)\n"), ["false <open>"]);
    assert_eq!(
        share("def f():\n    open = False\n    def g():\n        nonlocal open\n        open = True\n    demo.launch(share=open)\n"),
        ["? <open>"]
    );
    assert_eq!(share("open = False\ndef f(open):\n    demo.launch(share=open)\n"), ["? <open>"]);
    assert_eq!(share("open = False\ndef f(open):\n    pass\ndemo.launch(share=open)\n"), ["false <open>"]);
    assert_eq!(share("open = True\ndef f(go=demo.launch(share=open)):\n    open = False\n"), ["true <open>"]);
}
