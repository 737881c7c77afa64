//! What is read of Rust.

use super::RUST;
use crate::reading::Reading;
use crate::value::Outcome;

fn reading(text: &str) -> Reading {
    crate::read::code::read(&RUST, "src/main.rs", text)
}

/// Every setting: its names, its value, the text that decides.
fn said(text: &str) -> Vec<String> {
    let line = |setting: &crate::setting::Setting| {
        let names: Vec<String> = setting.names.iter().map(|(surface, name)| format!("{} {name}", surface.word())).collect();
        let value = match &setting.value {
            Outcome::One(value) => value.display(),
            Outcome::AnyOf(values) => values.iter().map(crate::value::Value::display).collect::<Vec<_>>().join(" or "),
            Outcome::Unread => "?".into(),
        };
        format!("{} = {value} <{}>", names.join(" "), setting.raw)
    };
    reading(text).settings.iter().map(line).collect()
}

#[track_caller]
fn says(text: &str, line: &str) {
    let said = said(text);
    assert!(said.iter().any(|one| one == line), "no `{line}` in {said:#?}");
}

/// The same inside of a function.
#[track_caller]
fn does(body: &str, line: &str) {
    says(&format!("fn f() {{\n{body}\n}}\n"), line);
}

#[test]
fn options_by_derive_have_their_flag_variable_and_member_as_names() {
    let option =
        |attribute: &str, kind: &str| format!("struct Args {{\n    /// Doc.\n    #[{attribute}]\n    pub send_stats: {kind},\n}}\n");
    let names = "flag --send-stats env SEND_STATS field send_stats";
    says(&option(r#"clap(default_value = "false", long, env)"#, "bool"), &format!("{names} = false <\"false\">"));
    says(&option(r#"arg(long, env = "SEND_STATS", default_value_t = true)"#, "bool"), &format!("{names} = true <true>"));
    says(&option("arg(long, env)", "bool"), &format!("{names} = false <>"));
    says(&option("arg(long, env)", "Option<String>"), &format!("{names} = null <>"));
    says(
        &option(r#"arg(short, long = "stats", default_value = "0.0.0.0")"#, "String"),
        "flag --stats field send_stats = 0.0.0.0 <\"0.0.0.0\">",
    );
    says(&option(r#"arg(long, default_value_t = String::from("::"))"#, "String"), "flag --send-stats field send_stats = :: <\"::\">");
    says(&option("arg(long, default_value_t = Level::Debug)", "Level"), "flag --send-stats field send_stats = Level::Debug <Level::Debug>");
    says(&option("arg(long, default_value_t = pick())", "u16"), "flag --send-stats field send_stats = ? <pick()>");
    assert_eq!(said(&option("command(flatten)", "Other")), Vec::<String>::new());
}

#[test]
fn options_by_builder_are_read_too() {
    does(
        r#"Command::new("x").arg(Arg::new("host").long("host").env("APP_HOST").default_value("0.0.0.0"));"#,
        "flag --host env APP_HOST = 0.0.0.0 <\"0.0.0.0\">",
    );
    does(r#"let a = Arg::new("d").long("debug").action(ArgAction::SetTrue);"#, "flag --debug = false <>");
}

#[test]
fn serde_gets_its_defaults_from_functions_of_the_file() {
    let text = "struct C {\n    #[serde(default = \"yes\")]\n    telemetry: bool,\n    #[serde(default, rename = \"d\")]\n    debug: bool,\n}\nfn yes() -> bool {\n    true\n}\n";
    says(text, "field telemetry = true <true>");
    says(text, "field debug field d = false <>");
}

#[test]
fn a_default_impl_gives_the_fields_of_its_type() {
    let text = "struct C;\nimpl Default for C {\n    fn default() -> Self {\n        Self { telemetry: true, host: \"::\".to_string(), who: vec![\"*\", \"a\"], level: Level::Warn, other: Default::default() }\n    }\n}\n";
    says(text, "field telemetry = true <true>");
    says(text, "field host = :: <\"::\">");
    says(text, "field who = *, a <vec![\"*\", \"a\"]>");
    says(text, "field level = Level::Warn <Level::Warn>");
    let reading = reading(text);
    let setting = reading.settings.first().unwrap();
    assert_eq!(&*reading.get(setting.scope).name, "C");
}

#[test]
fn variables_have_the_fallback_that_stands_around_them() {
    let host = "env APP_HOST = 0.0.0.0 <\"0.0.0.0\">";
    does(r#"let h = env::var("APP_HOST").unwrap_or("0.0.0.0".into());"#, host);
    does(r#"let h = std::env::var("APP_HOST").unwrap_or_else(|_| "0.0.0.0".to_string());"#, host);
    does(r#"let h = match env::var("APP_HOST") { Ok(v) => v, Err(_) => "0.0.0.0".to_owned() };"#, host);
    does(r#"let h = if let Ok(v) = env::var("APP_HOST") { v } else { "0.0.0.0".into() };"#, host);
    does(r#"let h = get_env("APP_HOST", "0.0.0.0");"#, host);
    does(r#"let h = option_env!("APP_HOST").unwrap_or("0.0.0.0");"#, host);
    does(r#"let h = env::var("APP_HOST")?;"#, "env APP_HOST = null <env::var(\"APP_HOST\")>");
    says("use std::env::var;\nfn f() { let h = var(\"APP_HOST\").unwrap_or_default(); }\n", "env APP_HOST = null <var(\"APP_HOST\")>");
}

#[test]
fn a_switch_from_a_variable_is_as_nobody_sets_it() {
    does(r#"let t = env::var("APP_STATS").map(|v| v == "1").unwrap_or(false);"#, "env APP_STATS = false <false>");
    does(r#"let t = env::var("APP_STATS").map(|v| v != "0").unwrap_or(true);"#, "env APP_STATS = true <true>");
    does(r#"let t = !env::var("NO_STATS").is_ok_and(|v| v == "1");"#, "env NO_STATS = false <env::var(\"NO_STATS\")>");
    does(r#"let t = env::var("APP_STATS").as_deref() != Ok("false");"#, "env APP_STATS = true <env::var(\"APP_STATS\")>");
}

#[test]
fn calls_and_literals_name_what_they_get() {
    let text = "use reqwest::Client;\nfn f() {\n    let c = Client::builder().danger_accept_invalid_certs(true).build();\n    let o = Options { debug: true, host: args.host.clone(), level: x };\n}\n";
    says(text, "argument reqwest::Client::builder.danger_accept_invalid_certs(0) = true <true>");
    says(text, "argument Options(debug) field debug = true <true>");
    says(text, "argument Options(level) field level = ? <x>");
    assert!(!said(text).iter().any(|line| line.contains("host")), "handed on");
    does(r#"cmd.env("DO_NOT_TRACK", "1");"#, "env DO_NOT_TRACK = 1 <\"1\">");
}

#[test]
fn constants_are_fields_and_are_resolved() {
    let text = "const HOST: &str = \"0.0.0.0\";\nstatic KEEP: u64 = 60 * 60 * 1_000u64;\nfn f() { serve(HOST); }\n";
    says(text, "field HOST = 0.0.0.0 <\"0.0.0.0\">");
    says(text, "field KEEP = 3600000 <60 * 60 * 1_000u64>");
    says(text, "argument serve(0) = 0.0.0.0 <HOST>");
}

#[test]
fn deep_and_broken_code_ends() {
    for text in
        ["(".repeat(5_000), "a(".repeat(5_000), "x.y(1)".repeat(3_000), ".z(env::var(\"AAA\")".repeat(2_000), "S { a: ".repeat(3_000)]
    {
        reading(&format!("fn f() {{ x{text}"));
    }
    reading("struct A { #[arg(long, default_value_t = ");
}

#[test]
fn a_name_in_capitals_is_an_argument_by_that_name() {
    does("CorsLayer::new().allow_origin(Any);", "argument CorsLayer::new.allow_origin(0) = Any <Any>");
}

#[test]
fn a_builder_of_settings_has_the_key_at_the_end_of_a_path() {
    does(r#"let c = Config::builder().set_default("telemetry.enabled", true)?;"#, "field enabled = true <true>");
    let reading = reading("fn f() { let c = Config::builder().set_default(\"telemetry.enabled\", true)?; }");
    let keyed = reading.settings.iter().find(|setting| setting.key.as_deref() == Some("enabled")).unwrap();
    assert_eq!(reading.path_to(keyed.scope), "telemetry");
}

#[test]
fn an_address_in_numbers_is_one() {
    does("let a = SocketAddr::from(([127, 0, 0, 1], 3000));", "argument SocketAddr::from(0) = 127.0.0.1 <[127, 0, 0, 1]>");
    does("let a = std::net::SocketAddr::from(([0, 0, 0, 0], 3000));", "argument std::net::SocketAddr::from(0) = 0.0.0.0 <[0, 0, 0, 0]>");
}
