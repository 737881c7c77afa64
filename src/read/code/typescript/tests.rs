//! What TypeScript and JavaScript give, sentence by sentence.

use crate::read::by_path;
use crate::reading::Reading;
use crate::setting::{Setting, Surface};
use crate::value::{Outcome, Value};

fn read(path: &str, text: &str) -> Reading {
    let reading = (by_path(path).unwrap().read)(path, text);
    assert_eq!(reading.problems, [], "{text}");
    for setting in &reading.settings {
        assert_eq!(setting.value_span.of(text), &*setting.raw, "{setting:?}");
    }
    reading
}

fn all(text: &str, surface: Surface, name: &str) -> Vec<(String, String)> {
    all_of(&read("a.ts", text), text, surface, name)
}

fn all_of(reading: &Reading, text: &str, surface: Surface, name: &str) -> Vec<(String, String)> {
    let named = |setting: &&Setting| setting.names.iter().any(|(s, n)| *s == surface && &**n == name);
    let settings = reading.settings.iter().filter(named);
    settings.map(|setting| (shown(&setting.value), setting.value_span.of(text).to_owned())).collect()
}

fn shown(value: &Outcome) -> String {
    match value {
        Outcome::One(Value::Text(text)) => format!("'{text}'"),
        Outcome::One(value) => value.display(),
        Outcome::AnyOf(values) => values.iter().map(Value::display).collect::<Vec<_>>().join(" | "),
        Outcome::Unread => "?".into(),
    }
}

#[track_caller]
fn gives(text: &str, surface: Surface, name: &str, value: &str, source: &str) {
    let found = all(text, surface, name);
    let want = vec![(value.to_owned(), source.to_owned())];
    assert_eq!(found, want, "{name} of {text}\n{:#?}", listed(&read("a.ts", text)));
}

#[track_caller]
fn nothing(text: &str, surface: Surface, name: &str) {
    assert_eq!(all(text, surface, name), [], "{name} of {text}");
}

fn listed(reading: &Reading) -> Vec<String> {
    reading.settings.iter().map(|setting| format!("{:?} {:?} = {}", setting.names, setting.key, shown(&setting.value))).collect()
}

#[test]
fn a_variable_of_a_function_counts_where_its_value_is_plain() {
    gives("function f() { const share = true; g(share); }", Surface::Field, "share", "true", "true");
    gives("function f() { let origin; if (x) { origin = '*'; } }", Surface::Field, "origin", "'*'", "'*'");
    nothing("function f(x) { const share = x.y(); g(share); }", Surface::Field, "share");
}

// --- variables ---

#[test]
fn a_variable_has_the_value_that_holds_when_nobody_sets_it() {
    let env = |text: &str, value: &str, source: &str| gives(text, Surface::Env, "TELEMETRY", value, source);
    env("f(process.env.TELEMETRY)", "null", "process.env.TELEMETRY");
    env("const t = process.env.TELEMETRY ?? 'on';", "'on'", "'on'");
    env("const t = process.env['TELEMETRY'] || \"on\";", "'on'", "\"on\"");
    env("const t = (process.env.TELEMETRY ?? 'TRUE').toLowerCase() === 'true';", "true", "'TRUE'");
    env("const t = process.env.TELEMETRY !== 'false';", "true", "process.env.TELEMETRY");
    env("const t = process.env.TELEMETRY === 'true';", "false", "process.env.TELEMETRY");
    env("const t = Boolean(process.env.TELEMETRY);", "null", "process.env.TELEMETRY");
    env("const t = !process.env.TELEMETRY;", "null", "process.env.TELEMETRY");
    env("const t = Number(process.env.TELEMETRY ?? 5);", "5", "5");
    env("const t = parseInt(process.env.TELEMETRY || '5', 10);", "5", "'5'");
    env("const t = ['1', 'true'].includes(process.env.TELEMETRY ?? '1');", "true", "'1'");
    env("const t = import.meta.env.TELEMETRY ?? true;", "true", "true");
    env("const t = Bun.env.TELEMETRY ?? true;", "true", "true");
    env("const t = Deno.env.get('TELEMETRY') ?? 'x';", "'x'", "'x'");
    env("const t = getEnv('TELEMETRY', 'x');", "'x'", "'x'");
    env("const t = flag('TELEMETRY', true);", "true", "true");
    env("const t = this.config.get<string>('TELEMETRY', 'x');", "'x'", "'x'");
    env("const { TELEMETRY = 'on', B } = process.env;", "'on'", "'on'");
    env("const e = process.env; const t = e.TELEMETRY ?? 'x';", "'x'", "'x'");
    env("import { env } from '$env/dynamic/private'; f(env.TELEMETRY ?? 'x');", "'x'", "'x'");
    env("import { env } from '~/env.mjs'; f({ telemetry: env.TELEMETRY });", "null", "env.TELEMETRY");
    env("const D = 'x'; const t = process.env.TELEMETRY ?? D;", "'x'", "D");
    env("const t = process.env.TELEMETRY ? Number(process.env.TELEMETRY) : 0.5;", "0.5", "0.5");
    env("process.env.TELEMETRY ??= '1';", "'1'", "'1'");
    env("const hosts = process.env.TELEMETRY?.split(',') ?? ['*'];", "*", "['*']");
}

#[test]
fn what_a_variable_is_compared_with_turns_it_round() {
    gives("const off = process.env.NO_LOGS !== 'true';", Surface::Env, "NO_LOGS", "false", "process.env.NO_LOGS");
}

#[test]
fn a_variable_that_is_on_when_it_is_missing_is_on() {
    let text = "if (process.env.TELEMETRY === undefined || process.env.TELEMETRY === 'true') start();";
    assert!(all(text, Surface::Env, "TELEMETRY").iter().all(|(value, _)| value == "true"), "{:?}", all(text, Surface::Env, "TELEMETRY"));
    let text = "const t = process.env.TELEMETRY == null ? true : process.env.TELEMETRY === 'true';";
    assert!(all(text, Surface::Env, "TELEMETRY").iter().all(|(value, _)| value == "true"), "{:?}", all(text, Surface::Env, "TELEMETRY"));
}

#[test]
fn several_variables_share_a_fallback() {
    let text = "const t = process.env.FIRST || process.env.SECOND || 'x';";
    gives(text, Surface::Env, "FIRST", "'x'", "'x'");
    gives(text, Surface::Env, "SECOND", "'x'", "'x'");
    let text = "const t = process.env.FIRST !== 'false' || process.env.SECOND === 'true';";
    gives(text, Surface::Env, "FIRST", "true", "process.env.FIRST");
    gives(text, Surface::Env, "SECOND", "false", "process.env.SECOND");
}

#[test]
fn the_kind_of_deployment_has_no_default() {
    let text = "Sentry.init({ debug: process.env.NODE_ENV !== 'production', rate: process.env.NODE_ENV === 'production' ? 0.1 : 1 });";
    gives(text, Surface::Argument, "Sentry.init(debug)", "true | false", "process.env.NODE_ENV !== 'production'");
    gives(text, Surface::Argument, "Sentry.init(rate)", "0.1 | 1", "process.env.NODE_ENV === 'production' ? 0.1 : 1");
    assert!(all(text, Surface::Env, "NODE_ENV").iter().all(|(value, _)| value == "null"));
}

#[test]
fn variables_that_the_code_sets() {
    gives("process.env.TELEMETRY = '1';", Surface::Env, "TELEMETRY", "'1'", "'1'");
    gives("Object.assign(process.env, { TELEMETRY: '1' });", Surface::Env, "TELEMETRY", "'1'", "'1'");
    gives("spawn('x', [], { env: { ...process.env, TELEMETRY: '1' } });", Surface::Env, "TELEMETRY", "'1'", "'1'");
    gives("const env = { TELEMETRY: '1' };", Surface::Env, "TELEMETRY", "'1'", "'1'");
    gives("run(['docker', '-e', 'TELEMETRY=1']);", Surface::Env, "TELEMETRY", "'1'", "1");
}

// --- schemas ---

#[test]
fn a_schema_gives_the_default_of_its_variable() {
    let env = |value: &str, given: &str, source: &str| {
        let text = format!("import {{ str, bool }} from 'envalid';\nconst S = z.object({{\n  TELEMETRY: {value},\n}});");
        gives(&text, Surface::Env, "TELEMETRY", given, source);
        gives(&text, Surface::Field, "TELEMETRY", given, source);
    };
    env("z.enum(['true', 'false']).default('true')", "'true'", "'true'");
    env("z\n    .string()\n    .optional()\n    .default('x')\n    .transform((s) => s === 'x')", "'x'", "'x'");
    env("z.enum(['true', 'false']).optional()", "null", "optional");
    env("z.coerce.number().default(60 * 60)", "3600", "60 * 60");
    env("z.string().catch('x')", "'x'", "'x'");
    env("z.string().default(() => 'x')", "'x'", "'x'");
    env("Joi.boolean().default(true)", "true", "true");
    env("yup.string().default('x').required()", "'x'", "'x'");
    env("v.optional(v.boolean(), true)", "true", "true");
    env("z.preprocess(Number, z.number().default(3))", "3", "3");
    env("bool({ default: true, desc: 'x' })", "true", "true");
    env("{ format: Boolean, default: true }", "true", "true");
}

#[test]
fn a_schema_under_a_name_and_one_in_options() {
    let text = "const on = z.boolean().default(true);\nexport const env = createEnv({ server: { TELEMETRY: on }, runtimeEnv: { TELEMETRY: process.env.TELEMETRY } });";
    gives(text, Surface::Env, "TELEMETRY", "true", "on");
}

#[test]
fn an_option_may_name_its_variable() {
    let text = "const config = convict({ telemetry: { enabled: { doc: 'x', format: Boolean, default: true, env: 'TELEMETRY' } } });";
    gives(text, Surface::Env, "TELEMETRY", "true", "true");
    gives(text, Surface::Field, "enabled", "true", "true");
}

// --- calls ---

#[test]
fn options_of_calls_are_arguments() {
    let text = "import * as S from '@sentry/nextjs';\nimport { init } from '@sentry/node';\nS.init({ sendDefaultPii: true, a: { b: [1, 'x'] }, integrations: [S.replayIntegration({ maskAllText: false })] });\ninit({ debug: true });";
    gives(text, Surface::Argument, "Sentry.init(sendDefaultPii)", "true", "true");
    gives(text, Surface::Argument, "Sentry.init(a)", "{…}", "{");
    gives(text, Surface::Argument, "Sentry.init(a.b)", "1, x", "[1, 'x']");
    gives(text, Surface::Argument, "Sentry.replayIntegration(maskAllText)", "false", "false");
    gives(text, Surface::Argument, "Sentry.init(debug)", "true", "true");
    gives("app.use(cors());\nnew Foo<Bar>({ telemetry: !0 });", Surface::Argument, "Foo(telemetry)", "true", "!0");
    gives("server.listen(3000, '0.0.0.0');", Surface::Argument, "server.listen(1)", "'0.0.0.0'", "'0.0.0.0'");
    gives("require('pino')({ redact: ['a'] });", Surface::Argument, "pino(redact)", "a", "['a']");
    gives("a.b().c({ x: LogLevel.DEBUG });", Surface::Argument, "a.b.c(x)", "'DEBUG'", "LogLevel.DEBUG");
    gives("f({ x: -1, ...rest, y: 0.5 as number })", Surface::Argument, "f(y)", "0.5", "0.5");
}

#[test]
fn every_call_is_a_scope_that_knows_who_takes_it() {
    let reading = read("a.ts", "const replay = Sentry.replayIntegration();\nfetch('https://a.example');");
    let labels: Vec<&str> = reading.scopes.iter().flat_map(|scope| &scope.labels).map(|label| &**label).collect();
    assert_eq!(labels, ["Sentry.replayIntegration replay", "fetch https://a.example"]);
}

#[test]
fn what_is_passed_on_is_not_written_here() {
    nothing("f({ telemetry, verify: options.verify, x: this.x })", Surface::Argument, "f(telemetry)");
    nothing("f({ verify: options.verify })", Surface::Argument, "f(verify)");
    nothing("f({ verify: !!opts.verify })", Surface::Argument, "f(verify)");
    gives("f({ verify: options.verify ?? true })", Surface::Argument, "f(verify)", "true", "true");
    gives("f({ verify: opts.verify === undefined ? true : opts.verify })", Surface::Argument, "f(verify)", "true", "true");
    gives("const verify = false; f({ verify })", Surface::Argument, "f(verify)", "false", "verify");
}

#[test]
fn a_constant_is_known_where_it_is_used() {
    gives("const HOSTS = ['*'] as const;\ncors({ origin: HOSTS });", Surface::Argument, "cors(origin)", "*", "HOSTS");
    let text = "const eu = process.env.CLOUD_REGION !== undefined ? ['EU'].includes(process.env.CLOUD_REGION) : false;\nreplay({ maskAllText: !eu });";
    gives(text, Surface::Argument, "replay(maskAllText)", "true | false", "!eu");
}

#[test]
fn a_component_is_called_with_its_attributes() {
    let text = "const a = <Provider debug options={{ mask: false }} host=\"x\" onClick={() => 1}><p class=\"x\">a</p></Provider>;";
    let reading = read("a.tsx", text);
    let one = |name: &str| all_of(&reading, text, Surface::Argument, name);
    assert_eq!(one("Provider(debug)"), [("true".into(), "debug".into())]);
    assert_eq!(one("Provider(options.mask)"), [("false".into(), "false".into())]);
    assert_eq!(one("Provider(host)"), [("'x'".into(), "\"x\"".into())]);
    let text = "const a = <Head><script async src={`https://x/${ID}`} /><p title=\"b\" /></Head>;";
    let reading = read("a.tsx", text);
    assert_eq!(all_of(&reading, text, Surface::Argument, "script(src)"), [("?".into(), "`https://x/${ID}`".into())]);
    assert_eq!(all_of(&reading, text, Surface::Argument, "p(title)"), []);
}

#[test]
fn declared_options_are_flags() {
    gives("program.option('-t, --telemetry <x>', 'about', true);", Surface::Flag, "--telemetry", "true", "true");
    gives("yargs.option('telemetry', { type: 'boolean', default: true });", Surface::Flag, "--telemetry", "true", "true");
}

// --- fields ---

#[test]
fn parameters_and_what_is_taken_apart_have_defaults() {
    gives("function f(a, telemetry = true) {}", Surface::Argument, "f(telemetry)", "true", "true");
    gives("const f = ({ telemetry = true, log: { level = 'x' } = {} }: P = {}) => 1;", Surface::Argument, "f(telemetry)", "true", "true");
    gives("const f = ({ telemetry = true, log: { level = 'x' } = {} }: P = {}) => 1;", Surface::Argument, "f(log.level)", "'x'", "'x'");
    gives("const { logPrompts = false } = options;", Surface::Field, "logPrompts", "false", "false");
    gives("class A { run(verify: boolean = false) {} }", Surface::Argument, "run(verify)", "false", "false");
}

#[test]
fn members_and_constants_are_fields() {
    gives("class A { private telemetry: boolean = true; static x = 1; }", Surface::Field, "telemetry", "true", "true");
    gives("export const TELEMETRY_ON = true;", Surface::Field, "TELEMETRY_ON", "true", "true");
    gives("app.settings.debug = true;", Surface::Field, "debug", "true", "true");
    gives("app.config['DEBUG'] = true;", Surface::Field, "DEBUG", "true", "true");
    gives("Foo.defaultProps = { telemetry: true };", Surface::Field, "telemetry", "true", "true");
    gives("const MAX_AGE = 60 * 60 * 24;", Surface::Field, "MAX_AGE", "86400", "60 * 60 * 24");
    gives(
        "const csp = `default-src 'self';\n  script-src *`;",
        Surface::Field,
        "csp",
        "'default-src 'self';\n  script-src *'",
        "`default-src 'self';\n  script-src *`",
    );
    nothing("const on = process.env.TELEMETRY ?? 'x';", Surface::Field, "on");
    nothing("const [on, setOn] = useState(true);", Surface::Field, "on");
}

fn key(path: &str, text: &str, dotted: &str) -> Vec<String> {
    let reading = read(path, text);
    let of = |setting: &&Setting| {
        let scope = reading.path_to(setting.scope);
        let step = setting.key.as_deref().unwrap_or("");
        !step.is_empty() && (if scope.is_empty() { step.to_owned() } else { format!("{scope}.{step}") }) == dotted
    };
    reading.settings.iter().filter(of).map(|setting| shown(&setting.value)).collect()
}

#[test]
fn configuration_is_keys() {
    assert_eq!(key("a.ts", "export const SETTINGS: S = { url: 'https://x', a: { b: 1 } };", "SETTINGS.url"), ["'https://x'"]);
    assert_eq!(key("a.ts", "export const SETTINGS: S = { a: { 'b-c': 1 } } satisfies T;", "SETTINGS.a.b-c"), ["1"]);
    assert_eq!(key("next.config.js", "module.exports = { images: { domains: ['*'] } };", "images.domains"), ["*"]);
    assert_eq!(key("a.mjs", "export default { server: { host: true } };", "server.host"), ["true"]);
    assert_eq!(key("vite.config.ts", "export default defineConfig({ server: { host: true } });", "server.host"), ["true"]);
    assert_eq!(key("vite.config.ts", "export default defineConfig(({ mode }) => ({ server: { host: true } }));", "server.host"), ["true"]);
    assert_eq!(key("a.ts", "function f() { return { telemetry: true }; }", "telemetry"), ["true"]);
    let csp = "const csp = { 'script-src': [\"'self'\", process.env.NEXT_PUBLIC_URL, 'https://a.example'] };";
    assert_eq!(key("a.js", csp, "csp.script-src"), ["'self', https://a.example"]);
}

#[test]
fn objects_behind_a_condition_are_read_on_both_sides() {
    let options = "new Db({ kind: 'a', ...(key ? { ssl: { strict: false, key } } : on ? { ssl: { strict: true } } : {}) });";
    let reading = read("a.ts", options);
    let values: Vec<String> = all_of(&reading, options, Surface::Argument, "Db(ssl.strict)").into_iter().map(|(value, _)| value).collect();
    assert_eq!(values, ["false", "true"]);
    assert_eq!(key("a.ts", "function f() { const tls = on === true ? { tls: { strict: false } } : {}; }", "tls.tls.strict"), ["false"]);
    assert_eq!(key("a.ts", "export const a = { b: on && { c: 1 } };", "a.b.c"), ["1"]);
}

#[test]
fn a_call_that_says_nothing_is_an_option_where_it_is_handed_on() {
    let text = "app.use(cors());\nstart();";
    let reading = read("a.ts", text);
    assert_eq!(all_of(&reading, text, Surface::Argument, "cors(nothing)"), [("true".into(), "cors()".into())]);
    assert_eq!(all_of(&reading, text, Surface::Argument, "start(nothing)"), []);
}

// --- scripts in other files ---

#[test]
fn scripts_are_read_where_they_stand() {
    let svelte = "<!-- é -->\n<script lang=\"ts\" generics=\"T extends A<B>\">\n  export let telemetry: boolean = true;\n  const é = 1;\n</script>\n<p on:click={() => f({ x: 1 })}>é</p>\n<style>a { b: c }</style>\n";
    for path in ["a.svelte", "a.vue"] {
        let reading = read(path, svelte);
        assert_eq!(all_of(&reading, svelte, Surface::Field, "telemetry"), [("true".into(), "true".into())]);
        assert_eq!(all_of(&reading, svelte, Surface::Argument, "f(x)"), []);
    }
    let astro = "---\nconst telemetry = true;\n---\n<p>{telemetry}</p>\n<script>const a = 1</script>";
    let reading = read("a.astro", astro);
    assert_eq!(all_of(&reading, astro, Surface::Field, "telemetry"), [("true".into(), "true".into())]);
    assert_eq!(all_of(&reading, astro, Surface::Field, "a"), [("1".into(), "1".into())]);
}

#[test]
fn a_fallback_for_a_member_of_options_is_its_default() {
    gives("const t = opts.verifySsl ?? true;", Surface::Field, "verifySsl", "true", "true");
    gives("listen(config.host || '127.0.0.1');", Surface::Field, "host", "'127.0.0.1'", "'127.0.0.1'");
    nothing("const t = answer.verifySsl ?? true;", Surface::Field, "verifySsl");
}

#[test]
fn lists_of_switches_are_flags() {
    gives("const o = { args: ['--no-sandbox'] };", Surface::Flag, "--no-sandbox", "true", "--no-sandbox");
    nothing("if (['--no-sandbox'].includes(flag)) { f(); }", Surface::Flag, "--no-sandbox");
    gives("execSync('app --insecure');", Surface::Flag, "--insecure", "true", "");
}

#[test]
fn a_program_and_its_list_of_words_are_a_command() {
    gives("spawn('curl', ['-k', url]);", Surface::Command, "curl", "'curl -k $url'", "'curl', ['-k', url");
    gives("const cmd = ['curl', '-k', url];", Surface::Command, "curl", "'curl -k $url'", "'curl', '-k', url");
    gives("const o = { args: ['--host', '0.0.0.0'] };", Surface::Flag, "--host", "'0.0.0.0'", "0.0.0.0");
    nothing("show('curl', ['-k', url]);", Surface::Command, "curl");
    nothing("spawn(program, ['-k', url]);", Surface::Command, "curl");
}

#[test]
fn what_stands_between_a_path_and_its_handler_guards_the_route() {
    gives("router.get('/x', requireAuth, (req, res) => res.end());", Surface::Argument, "requireAuth(guards)", "true", "requireAuth");
    gives("app.post('/x', [limit, auth.isAdmin()], handler);", Surface::Argument, "isAdmin(guards)", "true", "auth.isAdmin");
    nothing("router.get('/x', requireAuth);", Surface::Argument, "requireAuth(guards)");
    nothing("cache.get('x', requireAuth);", Surface::Argument, "requireAuth(guards)");
    nothing("get('/x', requireAuth, handler);", Surface::Argument, "requireAuth(guards)");
}

#[test]
fn an_object_that_a_name_takes_later_is_read_like_one_it_starts_with() {
    let text = "function f() { let tls = undefined; if (on()) { tls = { rejectUnauthorized: false } } return tls }";
    gives(text, Surface::Field, "rejectUnauthorized", "false", "false");
}

#[test]
fn objects_with_a_name_are_the_options_of_what_takes_them() {
    let text = "const options = { origin: '*' };\napp.use(cors(options));\n";
    assert_eq!(all(text, Surface::Argument, "cors(origin)"), [("'*'".into(), "'*'".into())]);
    let text = "const cookie = { secure: true };\napp.use(session({ cookie }));\n";
    assert_eq!(all(text, Surface::Argument, "session(cookie.secure)").len(), 1);
    let text = "const base = { origin: '*' };\napp.use(cors({ ...base, methods: 'GET' }));\n";
    assert_eq!(all(text, Surface::Argument, "cors(origin)").len(), 1);
    // another function's, and a name of two objects
    let text = "function a() {\n  const o = { origin: '*' };\n}\nfunction b(o) {\n  cors(o);\n}\n";
    assert_eq!(all(text, Surface::Argument, "cors(origin)"), []);
    let text = "if (a) {\n  f();\n}\nconst o = { origin: '*' };\nconst o = { origin: 'x' };\ncors(o);\n";
    assert_eq!(all(text, Surface::Argument, "cors(origin)"), []);
}

#[test]
fn a_plugin_that_is_registered_is_called() {
    assert_eq!(all("app.register(cors, { origin: true });\n", Surface::Argument, "cors(origin)").len(), 1);
    assert_eq!(all("app.register(helmet);\n", Surface::Argument, "helmet(nothing)").len(), 1);
}

#[test]
fn an_element_of_a_package_without_attributes_is_there() {
    let text = "import { Analytics } from '@vercel/analytics/react';\nexport const A = () => <Analytics />;\n";
    assert_eq!(all_of(&read("a.tsx", text), text, Surface::Argument, "vercel.Analytics(nothing)").len(), 1);
}
