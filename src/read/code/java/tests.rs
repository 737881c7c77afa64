//! Java, sentence by sentence.

use super::JAVA;
use crate::read::code;
use crate::reading::Reading;
use crate::setting::Surface;
use crate::value::{Outcome, Value};

fn reading(text: &str) -> Reading {
    let reading = code::read(&JAVA, "A.java", text);
    for setting in &reading.settings {
        assert_eq!(&*setting.raw, setting.value_span.of(text), "{setting:?}");
        assert!(!setting.name_span.of(text).is_empty(), "{setting:?}");
    }
    reading
}

/// Settings of a surface in a class as `name=value`.
fn said(body: &str, surface: Surface) -> Vec<String> {
    let text = format!("class A {{\n{body}\n}}\n");
    let reading = reading(&text);
    let names = reading.settings.iter().flat_map(|setting| setting.names.iter().map(move |(is, name)| (*is, name, &setting.value)));
    names.filter(|(is, ..)| *is == surface).map(|(_, name, value)| format!("{name}={}", shown(value))).collect()
}

/// Keys with their whole paths.
fn keys(text: &str) -> Vec<String> {
    let reading = reading(text);
    let keyed = reading.settings.iter().filter_map(|setting| Some((setting, setting.key.as_ref()?)));
    keyed.map(|(setting, key)| format!("{}.{key}={}", reading.path_to(setting.scope), shown(&setting.value))).collect()
}

fn shown(value: &Outcome) -> String {
    match value {
        Outcome::One(Value::Text(text)) => text.to_string(),
        Outcome::One(Value::List(items)) => format!("[{}]", items.iter().map(Value::display).collect::<Vec<_>>().join(",")),
        Outcome::One(value) => value.display(),
        Outcome::AnyOf(_) => "any".into(),
        Outcome::Unread => "?".into(),
    }
}

fn variable(expression: &str) -> Vec<String> {
    said(&format!("Object x = {expression};"), Surface::Env)
}

#[test]
fn a_variable_of_a_function_counts_where_its_value_is_plain() {
    let body = "void f() { boolean a = false; a = true; String level = \"debug\"; boolean b = g(); int n = 3; }";
    assert_eq!(said(body, Surface::Field), ["a=false", "a=true", "level=debug", "n=3"]);
}

#[test]
fn a_property_has_its_default() {
    assert_eq!(keys("class A { @Value(\"${server.debug-mode:true}\") boolean debug = false; }"), ["server.debug-mode=true"]);
    assert_eq!(
        said("@Value(\"${server.debug-mode:true}\") boolean debug;", Surface::Env),
        ["SERVER_DEBUG_MODE=true", "SERVER_DEBUGMODE=true"]
    );
    assert_eq!(said("@Value(\"${app.logPrompts:true}\") boolean log;", Surface::Env), ["APP_LOG_PROMPTS=true", "APP_LOGPROMPTS=true"]);
    assert_eq!(said("@Value(\"${app.port:80}\") int port;", Surface::Env), ["APP_PORT=80"]);
    assert_eq!(keys("class A { @Value(\"${a.b}\") String x; @Value(\"#{'${a.hosts:*}'.split(',')}\") List<String> y; }"), ["a.hosts=*"]);
    assert_eq!(keys("class A { @ConfigProperty(name = \"a.b\", defaultValue = \"7\") int x; }"), ["a.b=7"]);
    assert_eq!(keys("class A { String x = System.getProperty(\"a.b\", \"d\"); }"), ["a.b=d"]);
}

#[test]
fn fields_of_a_class_of_properties_are_keys() {
    let text = "@ConfigurationProperties(prefix = \"app.web\") class P {\n private boolean allowAll = true;\n private Login login = new Login();\n static class Login { int maxTries = 3; }\n}";
    assert_eq!(keys(text), ["app.web.allow-all=true", "app.web.login=?", "app.web.login.max-tries=3"]);
    assert_eq!(keys("@ConfigurationProperties(\"app\") record P(@DefaultValue(\"true\") boolean debug, String x) {}"), ["app.debug=true"]);
}

#[test]
fn a_variable_is_what_nobody_setting_it_gives() {
    assert_eq!(variable("System.getenv(\"A_B\")"), ["A_B=null"]);
    assert_eq!(variable("System.getenv(\"A_B\") != null ? System.getenv(\"A_B\") : \"d\""), ["A_B=d"]);
    assert_eq!(variable("System.getenv(\"A_B\") == null ? \"d\" : System.getenv(\"A_B\")"), ["A_B=d"]);
    assert_eq!(variable("Optional.ofNullable(System.getenv(\"A_B\")).orElse(\"d\")"), ["A_B=d"]);
    assert_eq!(variable("Optional.ofNullable(System.getenv(\"A_B\")).map(Boolean::parseBoolean).orElse(true)"), ["A_B=true"]);
    assert_eq!(variable("System.getenv().getOrDefault(\"A_B\", \"d\")"), ["A_B=d"]);
    assert_eq!(variable("Boolean.parseBoolean(System.getenv().getOrDefault(\"A_B\", \"true\"))"), ["A_B=true"]);
    assert_eq!(variable("\"true\".equals(System.getenv(\"A_B\"))"), ["A_B=false"]);
    assert_eq!(variable("!\"false\".equalsIgnoreCase(System.getenv(\"A_B\"))"), ["A_B=true"]);
    assert_eq!(variable("getEnv(\"A_B\", false)"), ["A_B=false"]);
    assert_eq!(said("static final String N = \"A_B\"; String x = System.getenv(N);", Surface::Env), ["A_B=null"]);
    assert_eq!(said("void f() { if (System.getenv(\"A_B\") != null) { g(); } }", Surface::Env), ["A_B=null"]);
}

#[test]
fn a_field_is_what_it_starts_with() {
    let fields = "private static final long TTL = 60 * 60 * 24L; boolean on = !false; String[] a = {\"*\"}; List<String> b = List.of(\"x\", \"y\"); Object c = new C(); String e = System.getenv(\"E_F\");";
    assert_eq!(said(fields, Surface::Field), ["TTL=86400", "on=true", "a=[*]", "b=[x,y]", "c=?"]);
    assert_eq!(said("Duration d = Duration.ofDays(30);", Surface::Field), ["d=30d"]);
}

#[test]
fn setters_and_members_set_fields() {
    let body = "void f(C c, boolean x) { c.setAllowCredentials(true); c.setAllowedOrigins(Arrays.asList(\"*\")); c.setX(x); this.telemetry = true; this.y = y; }";
    assert_eq!(said(body, Surface::Field), ["allowCredentials=true", "allowedOrigins=[*]", "telemetry=true"]);
}

#[test]
fn arguments_have_the_name_of_their_call() {
    let arguments = |body: &str| said(&format!("void f() {{ {body} }}"), Surface::Argument);
    assert_eq!(
        arguments("registry.addMapping(\"/**\").allowedOrigins(\"*\");"),
        ["registry.addMapping(0)=/**", "addMapping(0)=/**", "registry.addMapping.allowedOrigins(0)=*", "allowedOrigins(0)=*"]
    );
    assert_eq!(arguments("new Server(8080, \"0.0.0.0\");"), ["Server(0)=8080", "Server(1)=0.0.0.0"]);
    assert_eq!(said("@CrossOrigin(origins = \"*\") void f() {}", Surface::Argument), ["CrossOrigin(origins)=*"]);
}

#[test]
fn what_is_disabled_is_an_argument_of_its_own() {
    for body in [
        "http.csrf(csrf -> csrf.disable());",
        "http.csrf(AbstractHttpConfigurer::disable);",
        "http.csrf().disable();",
        "http.csrf(c -> { c.disable(); });",
    ] {
        let found = said(&format!("void f() {{ {body} }}"), Surface::Argument);
        assert!(found.contains(&"csrf(disable)=true".to_owned()), "{body}: {found:?}");
    }
}

#[test]
fn options_have_their_defaults() {
    assert_eq!(
        said("@Option(names = {\"-s\", \"--share\"}, defaultValue = \"true\") boolean s;", Surface::Flag),
        ["-s=true", "--share=true"]
    );
}

#[test]
fn what_code_sets_for_others_is_a_variable_or_a_property() {
    assert_eq!(said("void f() { env.put(\"A_B\", \"1\"); }", Surface::Env), ["A_B=1"]);
    assert_eq!(keys("class A { void f() { System.setProperty(\"a.b\", \"true\"); } }"), ["a.b=true"]);
}

#[test]
fn what_spring_asks_of_any_request() {
    let chain = |end: &str| {
        said(
            &format!(
                "void f(HttpSecurity h) {{ h.authorizeHttpRequests(a -> a.requestMatchers(\"/x\").permitAll().anyRequest().{end}); }}"
            ),
            Surface::Argument,
        )
    };
    assert!(chain("authenticated()").contains(&"anyRequest(asks)=authenticated".to_owned()), "{:?}", chain("authenticated()"));
    assert!(chain("permitAll()").contains(&"anyRequest(asks)=permitAll".to_owned()));
    assert!(chain("hasRole(\"ADMIN\")").contains(&"anyRequest(asks)=hasRole".to_owned()));
    assert!(
        !said("void f(HttpSecurity h) { h.requestMatchers(\"/x\").permitAll(); }", Surface::Argument)
            .iter()
            .any(|one| one.contains("asks"))
    );
}
