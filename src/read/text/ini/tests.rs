//! INI and properties, sentence by sentence.

use super::*;

fn said(path: &str, text: &str) -> Vec<String> {
    let reading = read(path, text);
    for setting in &reading.settings {
        assert_eq!(setting.value_span.of(text), &*setting.raw);
    }
    let shown = |value: &Outcome| match value {
        Outcome::One(Value::Text(text)) => format!("'{text}'"),
        Outcome::One(value) => value.display(),
        _ => "?".into(),
    };
    let path = |s: &Setting| {
        let scope = reading.path_to(s.scope);
        let key = s.key.clone().unwrap_or_default();
        if scope.is_empty() { key.to_string() } else { format!("{scope}.{key}") }
    };
    reading.settings.iter().map(|s| format!("{}={}", path(s), shown(&s.value))).collect()
}

#[test]
fn keys_stand_in_their_sections() {
    let text = "top = 1\n[a]\nx = true\ny: some text ; note\n[a.b]\nz = 1.5 # note\n[a]\nw=\"q ; r\"\n";
    assert_eq!(said("x.ini", text), ["top=1", "a.x=true", "a.y='some text'", "a.b.z=1.5", "a.w='q ; r'"]);
}

#[test]
fn git_sections_have_a_second_name() {
    let text = "[http \"https://x.y\"]\n\tsslVerify = false\n\tproxy =\n[core]\n\tbare\n";
    let reading = read(".gitconfig", text);
    assert_eq!(reading.path_to(reading.settings[0].scope), "http.https://x.y");
    assert_eq!(said(".gitconfig", text), ["http.https://x.y.sslVerify=false", "http.https://x.y.proxy=''", "core.bare=true"]);
}

#[test]
fn indented_lines_go_on_with_a_value() {
    let text = "[options]\ninstall_requires =\n    a==1\n    b>=2\nx = 1\n";
    assert_eq!(said("setup.cfg", text), ["options.install_requires='a==1\nb>=2'", "options.x=1"]);
    assert_eq!(said("x.ini", "[a]\nb = 1\n  c = 2\nd = 1,\n  2\n"), ["a.b=1", "a.c=2", "a.d='1,\n2'"]);
}

#[test]
fn a_hash_that_starts_a_word_is_a_value() {
    assert_eq!(said("x.ini", "a = #fff\nb = # note\nc = x#y\n"), ["a='#fff'", "b=''", "c='x#y'"]);
}

#[test]
fn the_last_of_equal_keys_wins() {
    let reading = read("x.ini", "[a]\nx=1\n[a]\nx=2\n");
    assert_eq!(reading.settings.len(), 1);
    assert_eq!(reading.settings[0].overridden[0].value, Outcome::One(Value::Int(1)));
    assert!(!reading.settings[0].overridden[0].contested);
}

#[test]
fn dots_of_a_property_are_steps() {
    let text = "# c\n! c\nlogging.level.root=DEBUG\nserver.port: 80\nkey value\n a\\ b = x\\\n   y \\u00e9\nempty=\n";
    assert_eq!(said("a.properties", text), ["logging.level.root='DEBUG'", "server.port=80", "key='value'", "a b='xy é'", "empty=''"]);
    let reading = read("a.properties", text);
    assert_eq!(reading.path_to(reading.settings[0].scope), "logging.level");
}

#[test]
fn spring_expressions_give_their_fallback() {
    let text = "a=${B}\nc=${D:true}\nd=x-${e.f:g}\n";
    assert_eq!(said("a.properties", text), ["a=?", "c=true", "d='x-g'"]);
    assert_eq!(read("a.properties", text).settings[0].mark, Mark::Reference);
}

#[test]
fn a_byte_order_mark_and_crlf_are_read_over() {
    assert_eq!(said("x.ini", "\u{feff}[a]\r\nb=1\r\n"), ["a.b=1"]);
    assert_eq!(said("x.properties", "\u{feff}a.b=1\r\nc=2\r"), ["a.b=1", "c=2"]);
}

#[test]
fn sections_are_recognised_in_files_named_conf() {
    assert!(looks_like("# c\n[supervisord]\nx=1"));
    assert!(!looks_like("server {\n}"));
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "([ -~é\\n\\r\\t\u{feff}]|\\\\u00|\\\\\\n|\\[a\\]|\\n  ){0,60}") {
        said("x.ini", &text);
        said("x.cfg", &text);
        said("x.properties", &text);
    }
}

#[test]
fn logging_by_file_has_a_section_for_each_logger() {
    let text = "[loggers]\nkeys=root,app\n[logger_app]\nlevel=DEBUG\nhandlers=file\nqualname=app\n[handler_file]\nargs=('app.log', 'a')\n";
    let reading = read("logging.ini", text);
    let at = |path: &str| reading.settings.iter().find(|setting| reading.path_of(setting) == path).map(|setting| setting.value.clone());
    assert_eq!(at("logger_app.level"), Some(Outcome::text("DEBUG")));
    assert_eq!(at("handler_file.args"), Some(Outcome::text("('app.log', 'a')")));
}
