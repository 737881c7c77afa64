//! Which values count as printed, by example.

use super::calls::level_of;
use super::*;
use crate::read::code::{Language, go::GO, java::JAVA, python::PYTHON, read as read_file, rust::RUST, typescript::TYPESCRIPT};

#[track_caller]
fn check(language: &'static Language, path: &str, text: &str, expected: &str) {
    let reading = read_file(language, path, text);
    let shown = |setting: &Setting| {
        let (_, name) = setting.names.iter().find(|(surface, _)| *surface == Surface::Printed)?;
        assert!(!setting.value_span.range().is_empty(), "{name} stands nowhere");
        Some(format!(
            "{name}={}",
            match &setting.value {
                Outcome::One(value) => value.display(),
                other => format!("{other:?}"),
            }
        ))
    };
    let all: Vec<String> = reading.settings.iter().filter_map(shown).collect();
    assert_eq!(all.join(" "), expected, "{text}");
}

fn python(text: &str, expected: &str) {
    check(&PYTHON, "a.py", text, expected);
}

#[test]
fn names_in_texts_and_arguments_are_printed() {
    python("logger.info(f'asked: {prompt}')", "prompt=info said.asked=info");
    python("logging.info('asked: %s', user.email)", "user.email=info said.asked=info");
    python("self.log.debug('a' + str(self.messages))", "messages=debug");
    python("logger.info('{}'.format(request.headers))", "request.headers=info");
    python("logger.info('got', prompt=prompt[:100])", "prompt=info");
    python("print(json.dumps(request.json, indent=2))", "request.json=print");
    python("logger.info('x %s', await request.body())", "request.body=info");
    python("logger.info(data['password'])", "data.password=info");
    python("logger.info(data.get('api_key'))", "data.api_key=info");
}

#[test]
fn values_have_the_names_that_texts_give_them_too() {
    python("logger.info(f'User message: {data}')", "data=info said.user_message=info");
    python("logger.info(f'SOCKET {channel} MESSAGE: {content}')", "channel=info content=info said.message=info");
    python("logger.info('the prompt: %s (%d letters)', text, n)", "text=info said.the_prompt=info");
    python("print('Prompt:', text)", "text=print said.prompt=print");
    python("logger.info(f'Prompt: {prompt_id}, answer: {mask(a)}')", "prompt_id=info");
    check(&GO, "a.go", "package a\nfunc f() { log.Printf(\"user %d, prompt: %s\", id, text) }", "id=info text=info said.prompt=info");
    check(&TYPESCRIPT, "a.ts", "console.log(`Received message from ${from}: ${msg}`)", "from=print msg=print said.received_message=print");
}

#[test]
fn what_an_unknown_function_makes_of_a_value_is_not_printed() {
    python("logger.info(f'{len(prompt)} letters, {mask(token)}')", "");
    python("logger.info('is there: %s', prompt is not None)", "");
    python("logger.info(prompt.count('a'))", "");
    python("catalog.info(prompt)\nmath.log(prompt)\nshow(prompt)", "");
}

#[test]
fn a_value_counts_once_a_file_at_its_loudest() {
    python("def f():\n    logger.debug(prompt)\ndef g():\n    logger.info(prompt)\n    logger.debug(prompt)\n", "prompt=info");
}

#[test]
fn other_languages_print_too() {
    let ts = |text: &str, expected: &str| check(&TYPESCRIPT, "a.ts", text, expected);
    ts("console.log(`got ${req.headers}`, req.body)", "req.headers=print req.body=print");
    ts("this.logger.debug(`messages: ${JSON.stringify(messages)}`);", "messages=debug said.messages=debug");
    ts("log.info({ prompt, answer: result.text })", "prompt=info result.text=info");
    ts("console.log(process.env)", "process.env=print");
    ts("console.log(userPrompt?.length)", "user_prompt.length=print");
    check(&TYPESCRIPT, "a.tsx", "console.log(messages)", "");
    check(
        &GO,
        "a.go",
        "package a\nfunc f() { log.Printf(\"body %s\", string(body)); slog.Info(\"x\", \"p\", req.Prompt) }",
        "body=info req.prompt=info",
    );
    check(
        &GO,
        "a.go",
        "package a\nfunc f() { log.Error().Msgf(\"no %q: %s\", prompt, err); c.logger.Info().Str(\"t\", r.Token).Msg(\"x\"); e.Str(\"a\", b) }",
        "prompt=error err=error r.token=info",
    );
    check(&GO, "a.go", "package a\nfunc f() { l.Info(\"x\"); logger.With(\"a\", b).Infof(\"%v\", r.Header) }", "r.header=info");
    check(
        &RUST,
        "a.rs",
        "fn f() { info!(\"asked: {prompt}\"); tracing::debug!(body = ?body, n = body.len()); println!(\"{}\", self.key) }",
        "prompt=info body=debug key=print",
    );
    check(&JAVA, "A.java", "class A { void f() { log.info(\"asked {}\", request.getPrompt()); } }", "request.prompt=info");
}

#[test]
fn loggers_are_known_by_the_end_of_their_names() {
    for name in
        ["logger.info", "self._logger.info", "app.logger.info", "LOG.info", "requestLogger.info", "logger.opt(lazy=True).info", "log.Infof"]
    {
        assert_eq!(level_of(name), Some(calls::Level::Info), "{name}");
    }
    for name in ["dialog.info", "catalog.info", "toast.error", "np.log", "login.error", "logger.add"] {
        assert_eq!(level_of(name), None, "{name}");
    }
}

#[test]
fn a_line_tells_which_paths_it_may_print() {
    let all: Vec<String> = chains_of_line("console.log(`x ${this.req.headers['auth-key']}`, userPrompt.slice(1))").collect();
    for path in ["req.headers.auth_key", "req.headers", "user_prompt"] {
        assert!(all.iter().any(|known| known == path), "{path} is not among {all:?}");
    }
}
