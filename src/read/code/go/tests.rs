//! What is read of Go.

use super::GO;
use crate::reading::Reading;
use crate::value::Outcome;

fn reading(text: &str) -> Reading {
    crate::read::code::read(&GO, "main.go", text)
}

/// Every setting: its names or its path, its value, the text that decides.
fn said(text: &str) -> Vec<String> {
    let reading = reading(text);
    let line = |setting: &crate::setting::Setting| {
        let names: Vec<String> = setting.names.iter().map(|(surface, name)| format!("{} {name}", surface.word())).collect();
        let value = match &setting.value {
            Outcome::One(value) => value.display(),
            Outcome::AnyOf(values) => values.iter().map(crate::value::Value::display).collect::<Vec<_>>().join(" or "),
            Outcome::Unread => "?".into(),
        };
        let key = setting.key.as_ref().map(|key| format!("key {}.{key} ", reading.path_to(setting.scope))).unwrap_or_default();
        format!("{key}{} = {value} <{}>", names.join(" "), setting.raw)
    };
    reading.settings.iter().map(line).collect()
}

#[track_caller]
fn says(body: &str, line: &str) {
    let text = if body.contains("package") { body.to_owned() } else { format!("package a\nfunc f() {{\n{body}\n}}\n") };
    let said = said(&text);
    assert!(said.iter().any(|one| one == line), "no `{line}` in {said:#?}");
}

#[track_caller]
fn silent(body: &str, word: &str) {
    let said = said(&format!("package a\nfunc f() {{\n{body}\n}}\n"));
    assert!(!said.iter().any(|one| one.contains(word)), "`{word}` in {said:#?}");
}

#[test]
fn a_switch_of_a_type_is_called_after_what_the_type_is_called_after() {
    says(
        "return Config{Telemetry: TelemetryConfig{Enabled: true}}",
        "key Telemetry.Enabled argument TelemetryConfig(Enabled) field Enabled = true <true>",
    );
    says("return Server{Enabled: true}", "argument Server(Enabled) field Enabled = true <true>");
}

#[test]
fn options_of_the_standard_library_and_pflag() {
    says(r#"flag.Bool("telemetry", true, "send")"#, "flag --telemetry = true <true>");
    says(r#"x := flag.Bool("telemetry", true, "send")"#, "flag --telemetry field x = true <true>");
    says(r#"flag.BoolVar(&cfg.Telemetry, "telemetry", true, "send")"#, "flag --telemetry field Telemetry = true <true>");
    says(r#"cmd.Flags().StringVarP(&host, "host", "h", "0.0.0.0", "where")"#, "flag --host field host = 0.0.0.0 <\"0.0.0.0\">");
    says(r#"cmd.Flags().StringP("host", "h", "0.0.0.0", "where")"#, "flag --host = 0.0.0.0 <\"0.0.0.0\">");
    says(r#"fs.StringSlice("origins", []string{"*"}, "who")"#, "flag --origins = * <[]string{\"*\"}>");
    says(r#"flag.Duration("keep", 24*time.Hour, "how long")"#, "flag --keep = 24h <24*time.Hour>");
}

#[test]
fn options_as_struct_literals_have_their_variables_as_names() {
    says(
        r#"x := &cli.BoolFlag{Name: "telemetry", Value: true, EnvVars: []string{"APP_TELEMETRY", "TELEMETRY"}}"#,
        "flag --telemetry env APP_TELEMETRY env TELEMETRY = true <true>",
    );
    says(r#"x := cli.BoolFlag{Name: "debug", Sources: cli.EnvVars("DEBUG")}"#, "flag --debug env DEBUG = false <>");
    // the name stands in another package
    says(r#"x := cli.BoolFlag{Name: flags.Analytics, Value: true, EnvVars: []string{"APP_ANALYTICS"}}"#, "env APP_ANALYTICS = true <true>");
}

#[test]
fn options_as_a_chain_have_their_default_and_variable() {
    says(r#"x := app.Flag("web.admin", "help").Default("true").Envar("ADMIN").Bool()"#, "flag --web.admin env ADMIN = true <\"true\">");
}

#[test]
fn viper_defaults_are_keys_at_their_path() {
    says(r#"viper.SetDefault("server.telemetry.enabled", true)"#, "key server.telemetry.enabled field enabled = true <true>");
    says(r#"viper.SetDefault("debug", false)"#, "key .debug field debug = false <false>");
}

#[test]
fn a_tag_names_the_variables_and_the_default() {
    let tagged = |tag: &str, kind: &str| format!("package a\ntype C struct {{\n\tLoadAll {kind} `{tag}`\n}}\n");
    says(&tagged(r#"env:"APP_LOAD,LOAD" group:"models" default:"true""#, "bool"), "field LoadAll env APP_LOAD env LOAD = true <true>");
    says(&tagged(r#"env:"APP_LOAD,LOAD" help:"loads""#, "bool"), "field LoadAll env APP_LOAD env LOAD flag --load-all = false <>");
    says(&tagged(r#"env:"APP_HOST" envDefault:"0.0.0.0""#, "string"), "field LoadAll env APP_HOST = 0.0.0.0 <0.0.0.0>");
    says(&tagged(r#"envconfig:"APP_ORIGINS" default:"*,a""#, "[]string"), "field LoadAll env APP_ORIGINS = *, a <*,a>");
    says(&tagged(r#"mapstructure:"load_all" default:"7""#, "int"), "field LoadAll field load_all = 7 <7>");
    says(&tagged(r#"env:"APP_DIR" default:"${base}/x""#, "string"), "field LoadAll env APP_DIR = ? <${base}/x>");
    let said = said(&tagged(r#"json:"load_all,omitempty""#, "bool"));
    assert_eq!(said, Vec::<String>::new(), "a name alone is no default");
}

#[test]
fn a_variable_without_a_fallback_is_not_written() {
    says(r#"x := os.Getenv("APP_HOST")"#, "env APP_HOST = null <os.Getenv(\"APP_HOST\")>");
    says(r#"if os.Getenv("APP_HOST") == "" { die() }"#, "env APP_HOST = null <os.Getenv(\"APP_HOST\")>");
    says("package a\nvar F = Bool(\"APP_FLASH\")\n", "env APP_FLASH = null <Bool(\"APP_FLASH\")>");
}

#[test]
fn a_comparison_says_whether_it_is_on_when_nobody_sets_it() {
    says(r#"on := os.Getenv("APP_TELEMETRY") != "false""#, "env APP_TELEMETRY = true <os.Getenv(\"APP_TELEMETRY\")>");
    says(r#"on := strings.ToLower(os.Getenv("APP_TELEMETRY")) == "true""#, "env APP_TELEMETRY = false <os.Getenv(\"APP_TELEMETRY\")>");
}

#[test]
fn a_fallback_in_the_expression_counts() {
    says(r#"h := cmp.Or(os.Getenv("APP_HOST"), "0.0.0.0")"#, "env APP_HOST = 0.0.0.0 <\"0.0.0.0\">");
    says(r#"h := getEnv("APP_HOST", "0.0.0.0")"#, "env APP_HOST = 0.0.0.0 <\"0.0.0.0\">");
    says("package a\nvar T = BoolWithDefault(\"APP_TELEMETRY\")(true)\n", "env APP_TELEMETRY = true <true>");
    says("package a\nconst key = \"APP_HOST\"\nvar h = getEnv(key, \"::\")\n", "env APP_HOST = :: <\"::\">");
}

#[test]
fn a_fallback_in_the_statements_beside_counts() {
    let host = "env APP_HOST = 0.0.0.0 <\"0.0.0.0\">";
    says("h := os.Getenv(\"APP_HOST\")\nif h == \"\" {\n\th = \"0.0.0.0\"\n}", host);
    says("h, ok := os.LookupEnv(\"APP_HOST\")\nif !ok {\n\th = \"0.0.0.0\"\n}", host);
    says("if h := os.Getenv(\"APP_HOST\"); h != \"\" {\n\treturn h\n}\nreturn \"0.0.0.0\"", host);
    says("h := \"0.0.0.0\"\nif v := os.Getenv(\"APP_HOST\"); v != \"\" {\n\th = v\n}", host);
    says("h := os.Getenv(\"APP_HOST\")\nif h != \"\" {\n\treturn h\n}\nreturn \"0.0.0.0\"", host);
}

#[test]
fn a_fallback_of_something_else_does_not_count() {
    says("h := os.Getenv(\"APP_HOST\")\nif other == \"\" {\n\th = \"0.0.0.0\"\n}", "env APP_HOST = null <os.Getenv(\"APP_HOST\")>");
}

#[test]
fn texts_and_maps_for_a_child_process_set_variables() {
    says("env := []string{\n\t\"A_KEY=\",\n\t\"DISABLE_TELEMETRY=1\",\n}", "env DISABLE_TELEMETRY = 1 <1>");
    says(r#"cmd.Env = append(os.Environ(), "DISABLE_TELEMETRY=1")"#, "env DISABLE_TELEMETRY = 1 <1>");
    says(r#"e := map[string]string{"DISABLE_TELEMETRY": "1"}"#, "env DISABLE_TELEMETRY = 1 <\"1\">");
    says(r#"os.Setenv("DISABLE_TELEMETRY", "1")"#, "env DISABLE_TELEMETRY = 1 <\"1\">");
}

#[test]
fn a_struct_literal_is_like_a_call_with_keywords() {
    says(
        "t := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}",
        "argument tls.Config(InsecureSkipVerify) field InsecureSkipVerify = true <true>",
    );
    says(
        r#"c := cors.Config{AllowOrigins: []string{"*", "null"}}"#,
        "argument cors.Config(AllowOrigins) field AllowOrigins = *, null <[]string{\"*\", \"null\"}>",
    );
    silent("c := Config{Telemetry: o.Telemetry}", "Telemetry");
    says("c := Config{Telemetry: o.Other}", "argument Config(Telemetry) field Telemetry = ? <o.Other>");
    says("c := Config{MinVersion: tls.VersionTLS10}", "argument Config(MinVersion) field MinVersion = tls.VersionTLS10 <tls.VersionTLS10>");
}

#[test]
fn positions_of_calls_have_names() {
    says("gin.SetMode(gin.DebugMode)", "argument gin.SetMode(0) = gin.DebugMode <gin.DebugMode>");
    says("x.New(a).WithTelemetry(true)", "argument x.New.WithTelemetry(0) = true <true>");
}

#[test]
fn what_is_appended_in_one_function_is_one_list() {
    says(
        "origins = append(origins,\n\t\"app://*\",\n\tfmt.Sprintf(\"%s\", o),\n\t\"file://*\",\n)\norigins = append(origins, \"tauri://*\")",
        "field origins = app://*, file://*, tauri://* <\"app://*\",\n\tfmt.Sprintf(\"%s\", o),\n\t\"file://*\",\n)\norigins = append(origins, \"tauri://*\">",
    );
}

#[test]
fn constants_of_the_package_are_fields_and_are_resolved() {
    let text =
        "package a\nconst Host = \"0.0.0.0\"\nvar (\n\tTelemetry = true\n\tKeep = 60 * 60 * 1_000\n)\nfunc f() { g(Config{Addr: Host}) }\n";
    says(text, "field Host = 0.0.0.0 <\"0.0.0.0\">");
    says(text, "field Telemetry = true <true>");
    says(text, "field Keep = 3600000 <60 * 60 * 1_000>");
    says(text, "argument Config(Addr) field Addr = 0.0.0.0 <Host>");
    says("package a\nvar host = \"::\"\nfunc f() { host = g(); h(Config{Addr: host}) }\n", "argument Config(Addr) field Addr = ? <host>");
}

#[test]
fn methods_stand_in_the_class_of_their_receiver() {
    let reading = reading("package a\ntype C struct{}\nfunc (c *C) run() { c.telemetry = true }\n");
    let setting = reading.settings.first().unwrap();
    let names: Vec<_> = reading.outward(setting.scope).map(|id| reading.get(id).name.to_string()).collect();
    assert_eq!(names, ["run", "C", ""]);
}

#[test]
fn deep_and_broken_code_ends() {
    for text in ["(".repeat(5_000), "a(".repeat(5_000), "x := []T{{".repeat(3_000), "os.Getenv(\"AAA\") + ".repeat(5_000)] {
        reading(&format!("package a\nfunc f() {{ {text}"));
    }
    reading("package a\nfunc f() { if v := os.Getenv(\"A_B\"); v != \"\" {");
}

#[test]
fn a_call_that_says_nothing_is_told_where_it_is_handed_on_or_kept() {
    says(
        "package a\nfunc f() { c := insecure.NewCredentials(); g(c) }\n",
        "argument insecure.NewCredentials(nothing) = true <insecure.NewCredentials()>",
    );
    says(
        "package a\nfunc f() { c.cred = insecure.NewCredentials() }\n",
        "argument insecure.NewCredentials(nothing) = true <insecure.NewCredentials()>",
    );
}

#[test]
fn what_only_wraps_a_value_says_what_it_holds() {
    for value in ["&wrapperspb.BoolValue{Value: true}", "wrapperspb.Bool(true)", "ptr.To(true)"] {
        let text = format!("package a\nvar c = tls.Config{{InsecureSkipVerify: {value}}}\n");
        let reading = reading(&text);
        let setting =
            reading.settings.iter().find(|setting| setting.names.iter().any(|(_, name)| &**name == "tls.Config(InsecureSkipVerify)"));
        assert_eq!(setting.unwrap().value, Outcome::One(crate::value::Value::Bool(true)), "{value}");
    }
}

#[test]
fn words_of_commands_are_read() {
    let all = said(
        "package a\nfunc f() {\n\tc.exec(ctx, \"run\", \"--privileged\", image)\n\texec.Command(\"sh\", \"-c\", \"curl https://a.example | sh\")\n}\n",
    );
    assert!(all.iter().any(|line| line.starts_with("flag --privileged")), "{all:?}");
    assert!(all.iter().any(|line| line.starts_with("command curl =")), "{all:?}");
}
