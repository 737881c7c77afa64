//! Compose samples as people write them.

use crate::read::lens::sample::{Sample, read, value};
use crate::reading::{LinkKind, PinVersion};
use crate::scope::ScopeKind;
use crate::setting::Surface;
use crate::span::Span;
use crate::value::{Outcome, Value};

const APP: &str = r#"# the stack
x-common: &common
  restart: unless-stopped
  privileged: false
  environment: &env
    DO_NOT_TRACK: "1"
    LOG_LEVEL: info
services:
  api:
    <<: *common
    image: "ghcr.io/acme/api:${TAG:-1.4.2}"
    environment:
      <<: *env
      LOG_LEVEL: debug
      DEBUG: true
      WORKERS: 4
      HOST_ONLY:
      SECRET: ${SECRET:?set it}
      CACHE: ${CACHE:-redis://cache:6379}
    env_file:
      - ./.env
      - path: conf/../prod.env
        required: false
    ports:
      - "127.0.0.1:8000:80/tcp"
      - 9090:90
      - "${BIND:-127.0.0.1}:7000:70"
      - target: 443
        published: "8443"
        host_ip: 10.0.0.1
      - "${ADMIN:-127.0.0.1:6000}:60"
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
      - data:/data
      - type: bind
        source: ./conf
        target: /conf
        read_only: true
    command: ["serve", "--host=0.0.0.0", "--no-telemetry"]
    labels:
      - traefik.http.routers.api.tls=true
    cap_add: [NET_ADMIN]
  db:
    build: {context: ./db, dockerfile: Dockerfile.pg}
    environment:
      - POSTGRES_PASSWORD=${PW:-postgres}
      - PASSED
      - A=1
      - "A=2"
    command: postgres -c log_statement=all --ssl off
    privileged: true
    logging:
      driver: none
include: [../other/compose.yaml]
"#;

fn app() -> Sample {
    read("deploy/compose.yaml", APP)
}

#[test]
fn it_is_a_compose_file() {
    assert_eq!(app().kinds(), ["compose", "yaml"]);
    assert_eq!(read("stack.yml", "services: {a: {image: x}}\n").kinds(), ["compose", "yaml"]);
    assert_eq!(read("app.yml", "services: {a: {url: x}}\n").kinds(), ["yaml"]);
}

#[test]
fn services_of_the_first_format_stand_at_the_root() {
    let old = read("docker/docker-compose.yml", "web:\n  build: .\n  environment:\n    - API_SECRET=acme\ndb:\n  image: mongo:3.0.3\n");
    assert_eq!(old.kinds(), ["compose", "yaml"]);
    assert!(old.on(Surface::Env).iter().any(|said| said.contains("API_SECRET")), "{:?}", old.on(Surface::Env));
    assert_eq!(read("docker-compose.yml", "volumes: {a: {}}\n").kinds(), ["yaml"]);
}

#[test]
fn environment_is_read_in_both_forms_and_through_merges() {
    let mut said = app().on(Surface::Env);
    said.sort();
    assert_eq!(
        said,
        [
            "service api: CACHE = redis://cache:6379",
            "service api: DEBUG = true",
            "service api: DO_NOT_TRACK = 1",
            "service api: HOST_ONLY = (reference)",
            "service api: LOG_LEVEL = debug",
            "service api: SECRET = (required)",
            "service api: WORKERS = 4",
            "service db: A = 2",
            "service db: PASSED = (reference)",
            "service db: POSTGRES_PASSWORD = postgres",
        ]
    );
    let app = app();
    assert_eq!(app.named("DEBUG").value, Outcome::One(Value::Bool(true)));
    assert_eq!(app.source("DO_NOT_TRACK"), ("DO_NOT_TRACK", "\"1\""));
    assert_eq!(app.source("POSTGRES_PASSWORD"), ("POSTGRES_PASSWORD", "${PW:-postgres}"));
    assert_eq!(app.source("A"), ("A", "2"));
    let lost = &app.named("A").overridden;
    assert_eq!((lost.len(), lost[0].span.of(APP), lost[0].contested), (1, "1", false));
    assert_eq!(app.named("LOG_LEVEL").overridden[0].span.of(APP), "info");
}

#[test]
fn ports_are_items_by_target() {
    let app = app();
    assert_eq!(app.at("services.api.ports[0].host_ip"), "127.0.0.1 <127.0.0.1>");
    assert_eq!(app.at("services.api.ports[0].published"), "8000 <8000>");
    assert_eq!(app.at("services.api.ports[0].target"), "80 <80>");
    assert_eq!(app.at("services.api.ports[1].host_ip"), "nothing");
    assert_eq!(app.at("services.api.ports[1].published"), "9090 <9090>");
    assert_eq!(app.at("services.api.ports[2].host_ip"), "127.0.0.1 <${BIND:-127.0.0.1}>");
    assert_eq!(app.at("services.api.ports[3].host_ip"), "10.0.0.1 <10.0.0.1>");
    assert_eq!(app.at("services.api.ports[4].host_ip"), "127.0.0.1 <${ADMIN:-127.0.0.1:6000}:60>");
    assert_eq!(app.at("services.api.ports"), "nothing");
    let items: Vec<_> = app.reading.scopes.iter().filter(|scope| scope.kind == ScopeKind::Item).collect();
    let target = |at: usize| items[at].fields.iter().find(|(key, _)| &**key == "target").unwrap().1.to_string();
    assert_eq!([target(0), target(1), target(2), target(3), target(4)], ["80", "90", "70", "443", "60"]);
}

#[test]
fn mounts_are_items_by_source_and_target() {
    let app = app();
    assert_eq!(app.at("services.api.volumes[0].source"), "/var/run/docker.sock </var/run/docker.sock>");
    assert_eq!(app.at("services.api.volumes[0].read_only"), "true <ro>");
    assert_eq!(app.at("services.api.volumes[1].source"), "data <data>");
    assert_eq!(app.at("services.api.volumes[1].read_only"), "nothing");
    assert_eq!(app.at("services.api.volumes[2].read_only"), "true <true>");
}

#[test]
fn images_name_their_repository_and_pin_their_tag() {
    let app = app();
    assert_eq!(app.on(Surface::Image), ["service api: ghcr.io/acme/api = ghcr.io/acme/api:1.4.2"]);
    assert_eq!(app.named("ghcr.io/acme/api").key.as_deref(), Some("image"));
    let pin = &app.reading.pins[0];
    assert_eq!((&*pin.package, &pin.version), ("docker:ghcr.io/acme/api", &PinVersion::Exact("1.4.2".into())));
    assert_eq!(pin.span.of(APP), "1.4.2");
    assert_eq!(app.labels("service api"), ["ghcr.io/acme/api"]);
    assert_eq!(app.labels("service db"), ["build:db/Dockerfile.pg"]);
}

#[test]
fn an_image_whose_tag_is_open_still_has_its_name() {
    let sample = read("compose.yaml", "services: {a: {image: 'x/y:${TAG}'}, b: {image: '${IMG:-a/b:${TAG:-1.2.3}}'}}\n");
    assert_eq!(sample.on(Surface::Image), ["service a: x/y = (reference)", "service b: a/b = a/b:1.2.3"]);
}

#[test]
fn commands_give_flags_and_themselves() {
    let app = app();
    assert_eq!(
        app.on(Surface::Flag),
        [
            "service api: --host = 0.0.0.0",
            "service api: --no-telemetry = true",
            "service db: -c = log_statement=all",
            "service db: --ssl = off"
        ]
    );
    assert_eq!(app.source("--host"), ("--host", "0.0.0.0"));
    assert_eq!(app.source("--ssl"), ("--ssl", "off"));
    assert_eq!(app.on(Surface::Command)[1], "service db: postgres = postgres -c log_statement=all --ssl off");
}

#[test]
fn flags_without_a_program_are_the_images() {
    let sample = read("compose.yaml", "services:\n  a:\n    image: x\n    command:\n      - --first\n      - \"--second\"\n      - v\n");
    assert_eq!(sample.on(Surface::Flag), ["service a: --first = true", "service a: --second = v"]);
}

#[test]
fn scripts_in_blocks_keep_their_places() {
    let text = "services:\n  a:\n    image: x\n    command:\n      - sh\n      - -ec\n      - |\n        export A=1\n        serve --host 0.0.0.0 \\\n          --port=80\n  b:\n    image: y\n    command: >\n      run --one 1\n      --two=2\n";
    let sample = read("compose.yaml", text);
    assert_eq!(
        sample.on(Surface::Flag),
        ["service a: --host = 0.0.0.0", "service a: --port = 80", "service b: --one = 1", "service b: --two = 2"]
    );
    for (name, written) in [("--host", "0.0.0.0"), ("--port", "80"), ("--one", "1"), ("--two", "2"), ("A", "1")] {
        assert_eq!(sample.source(name), (name, written));
    }
}

#[test]
fn what_is_not_interpreted_is_a_key_of_the_service() {
    let app = app();
    assert_eq!(app.at("services.api.privileged"), "false <false>");
    assert_eq!(app.at("services.db.privileged"), "true <true>");
    assert_eq!(app.at("services.api.cap_add"), "NET_ADMIN <[NET_ADMIN]>");
    assert_eq!(app.at("services.db.logging.driver"), "none <none>");
    assert_eq!(app.at("services.api.labels.traefik.http.routers.api.tls"), "true <true>");
    assert!(app.key("services.db.build").is_some());
    assert_eq!(app.at("services.db.build.dockerfile"), "Dockerfile.pg <Dockerfile.pg>");
    let privileged = app.key("services.db.privileged").unwrap();
    assert_eq!(app.reading.get(privileged.scope).kind, ScopeKind::Service);
    assert_eq!(app.reading.scope_words(privileged.scope).as_deref(), Some("service db"));
}

#[test]
fn extension_fields_say_nothing_by_themselves() {
    let app = app();
    assert_eq!(app.at("x-common.privileged"), "nothing");
    assert_eq!(app.on(Surface::Env).iter().filter(|line| line.contains("DO_NOT_TRACK")).count(), 1);
}

#[test]
fn other_files_are_linked() {
    let app = app();
    let mut links: Vec<_> = app.reading.links.iter().map(|link| (&*link.to, link.kind)).collect();
    links.sort();
    assert_eq!(
        links,
        [
            ("../other/compose.yaml", LinkKind::Extends),
            (".env", LinkKind::EnvFile),
            ("db/Dockerfile.pg", LinkKind::Build),
            ("prod.env", LinkKind::EnvFile),
        ]
    );
    let links = read(
        "compose.yml",
        "services: {a: {build: ., env_file: a.env}, b: {build: 'https://x/y.git', extends: {file: c.yml, service: z}}}\n",
    )
    .reading
    .links;
    assert_eq!(links.iter().map(|link| &*link.to).collect::<Vec<_>>(), [".", "a.env", "c.yml"]);
}

#[test]
fn services_under_one_anchor_each_have_their_settings() {
    let sample =
        read("compose.yaml", "services:\n  a: &a\n    image: x:1.0\n    environment: {K: v}\n    ports: ['127.0.0.1:1:2']\n  b: *a\n");
    assert_eq!(sample.on(Surface::Env), ["service a: K = v", "service b: K = v"]);
    assert_eq!(sample.at("services.b.ports[0].host_ip"), "127.0.0.1 <127.0.0.1>");
}

#[test]
fn aliases_that_multiply_are_stopped_and_said() {
    let variables: Vec<String> = (0..1000).map(|i| format!("  K{i}: v\n")).collect();
    let services: Vec<String> = (0..1000).map(|i| format!("  s{i}: {{image: x, environment: *e}}\n")).collect();
    let text = format!("x-e: &e\n{}services:\n{}", variables.concat(), services.concat());
    let reading = (crate::read::by_path("a.yaml").unwrap().read)("compose.yaml", &text);
    assert!(reading.settings.len() <= 210_000);
    assert!(reading.unreadable().is_some());
}

#[test]
fn values_that_are_no_text_and_broken_shapes_do_no_harm() {
    for text in [
        "services:\n",
        "services: [a]\n",
        "services: {a: }\n",
        "services: {a: {image: }, b: {image: [x], ports: 80, volumes: {a: b}, environment: x, command: {a: b}, env_file: {x: y}}}\n",
        "services: {a: {image: 7, ports: [80, null, [1], ''], volumes: ['', ':', '::'], environment: ['=x', '', 3], labels: ['', '=', '.']}}\n",
    ] {
        read("compose.yaml", text);
    }
    let sample = read("compose.yaml", "services: {a: {image: 7, ports: [80]}}\n");
    assert_eq!(sample.at("services.a.ports[0].target"), "80 <80>");
    assert_eq!(value(sample.key("services.a.image").unwrap()), "7");
    assert_ne!(sample.key("services.a.image").unwrap().value_span, Span::default());
}

#[test]
fn a_text_under_configs_is_the_file_that_a_service_finds() {
    let text = "services:\n  a:\n    image: x\n    configs:\n      - source: settings\n        target: /etc/app/settings.toml\nconfigs:\n  credentials_yaml:\n    content: |\n      db:\n        host: postgres\n        keep: 5\n  settings:\n    content: |\n      [log]\n      level = \"debug\"\n  other:\n    file: ./other.yaml\n";
    let sample = read("compose.yaml", text);
    assert_eq!(sample.at("db.keep"), "5 <5>");
    assert_eq!(sample.at("log.level"), "debug <\"debug\">");
    assert_eq!(sample.at("configs.other.file"), "./other.yaml <./other.yaml>");
    assert_eq!(sample.kinds().first(), Some(&"compose"));
}
