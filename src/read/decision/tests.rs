//! What the files decide, by the examples of the programs' own documentation.

use super::*;

fn asked(language: Language, text: &str, questions: &[(&str, bool)]) {
    let lines: Vec<&str> = text.lines().collect();
    for (path, expected) in questions {
        let (of, at) = if language == Language::Owners { ("*", *path) } else { (*path, "/") };
        assert_eq!(decide(language, &lines, &[of], &[at]), Some(vec![*expected]), "{path} by {text:?}");
    }
}

#[test]
fn git_matches_as_its_manual_says() {
    let git = |text: &str, questions: &[(&str, bool)]| asked(Language::Git, text, questions);
    git("hello.*", &[("hello.txt", true), ("a/hello.java", true)]);
    git("/hello.*", &[("hello.txt", true), ("a/hello.java", false)]);
    git("foo/", &[("foo", false), ("foo/x", true), ("a/foo/x", true)]);
    git("doc/frotz/", &[("doc/frotz/x", true), ("a/doc/frotz/x", false)]);
    git("foo/*", &[("foo/test.json", true), ("foo/bar/hello.c", true), ("foo", false)]);
    git("**/foo", &[("foo", true), ("a/b/foo", true)]);
    git("**/foo/bar", &[("foo/bar", true), ("x/foo/bar", true), ("foo/x/bar", false)]);
    git("abc/**", &[("abc/x/y", true), ("abc", false)]);
    git("a/**/b", &[("a/b", true), ("a/x/b", true), ("a/x/y/b", true), ("b", false)]);
    git("*.log\n!keep.log", &[("a.log", true), ("keep.log", false), ("x/keep.log", false)]);
    git("logs/\n!logs/keep", &[("logs/keep", true)]);
    git("/*\n!/foo\n/foo/*\n!/foo/bar", &[("x", true), ("foo/bar", false), ("foo/bar/y", false), ("foo/x", true)]);
    git("\\!x\n\\#y", &[("!x", true), ("#y", true)]);
    git(".env*\n!.env.example", &[(".env", true), (".env.local", true), (".env.example", false)]);
    git("{a,b}\n[", &[("a", false), ("{a,b}", true), ("[", false)]);
}

#[test]
fn docker_starts_at_the_root_and_takes_back_from_ignored_folders() {
    let docker = |text: &str, questions: &[(&str, bool)]| asked(Language::Docker, text, questions);
    docker("*/temp*", &[("somedir/temporary.txt", true), ("temp", false), ("a/b/temp", false), ("somedir/temp/x", true)]);
    docker("temp?", &[("tempa", true), ("temp", false), ("a/tempa", false)]);
    docker("**/*.go", &[("a.go", true), ("x/y/a.go", true)]);
    docker("*.md\n!README.md", &[("a.md", true), ("README.md", false), ("x/a.md", false)]);
    docker("*.md\n!README*.md\nREADME-secret.md", &[("README-a.md", false), ("README-secret.md", true)]);
    docker("node_modules\n!node_modules/keep", &[("node_modules/x", true), ("node_modules/keep/y", false)]);
    docker("/.env\n./data/", &[(".env", true), ("a/.env", false), ("data/x", true)]);
    docker("**\n!src", &[("a", true), ("src/x", false)]);
}

#[test]
fn owners_are_those_of_the_last_line() {
    let owners = |text: &str, questions: &[(&str, bool)]| asked(Language::Owners, text, questions);
    owners("* @a", &[("x", true), ("a/b/c", true)]);
    owners("*.js @a", &[("x.js", true), ("a/x.js", true), ("x.ts", false)]);
    owners("/build/logs/ @a", &[("build/logs/x", true), ("a/build/logs/x", false)]);
    owners("docs/* @a", &[("docs/getting-started.md", true), ("docs/build-app/troubleshooting.md", false)]);
    owners("apps/ @a", &[("apps/x", true), ("a/apps/x", true)]);
    owners("**/logs @a", &[("build/logs/x", true), ("deeply/nested/logs/y", true)]);
    owners("/apps/ @a\n/apps/github", &[("apps/x", true), ("apps/github/y", false)]);
    owners("!x @a\n[Section] @b", &[("x", false)]);
    let lines = ["* @Org/Privacy dev@x.org # both", "/docs/ @b"];
    assert_eq!(decide(Language::Owners, &lines, &["@org/privacy", "@b"], &["policies/a", "docs/a"]), Some(vec![true, false, false, true]));
}

#[test]
fn what_decides_is_one_list_of_lines() {
    let text = "# c\r\n*.log  \r\n\n!a\\ \n";
    let reading = read("x/.gitignore", text);
    let setting = &reading.settings[0];
    assert_eq!(setting.value, Outcome::One(Value::List(vec![Value::text("*.log"), Value::text("!a\\ ")])));
    assert_eq!((&*setting.raw, setting.names[0].0), (setting.value_span.of(text), Surface::Decision));
    assert_eq!(setting.item_spans.iter().map(|span| span.of(text)).collect::<Vec<_>>(), ["*.log", "!a\\ "]);
    assert_eq!(read("Dockerfile.dockerignore", "").settings[0].value, Outcome::One(Value::List(Vec::new())));
}

proptest::proptest! {
    #[test]
    fn no_pattern_does_harm(text in "[a!#/*?\\[\\]\\\\{} \\n.é-]{0,40}", path in "[a/.é]{0,10}") {
        let lines: Vec<&str> = text.lines().collect();
        for language in [Language::Git, Language::Docker, Language::Owners] {
            let _ = decide(language, &lines, &[&path], &["/", &path]);
            let _ = read(language.name(), &text);
        }
    }
}
