//! Pipelines as people write them.

use crate::read::lens::sample::read;
use crate::reading::LinkKind;
use crate::setting::Surface;

const CI: &str = r#"stages: [test]
include:
  - local: /ci/common.yml
  - project: acme/templates
    ref: v2
    file: x.yml
variables:
  DO_NOT_TRACK: "1"
  MODE:
    value: safe
    description: the mode
  IMAGE: $CI_REGISTRY/x
default:
  image: python:3.12-slim
.base:
  variables: {LEVEL: base}
gate:
  extends: .base
  image: {name: "acme/gate:1.2.3", entrypoint: [""]}
  services:
    - postgres:16.2
    - {name: "redis:7", alias: cache, variables: {REDIS_X: "1"}}
  variables:
    LEVEL: job
  before_script:
    - export EXPORTED=1
  script:
    - privgate check --ci
    - |
      tool --first 1
      tool --second=2
  allow_failure: true
"#;

#[test]
fn variables_of_the_pipeline_and_of_jobs() {
    let sample = read(".gitlab-ci.yml", CI);
    assert_eq!(sample.kinds(), ["gitlab-ci", "yaml"]);
    assert_eq!(
        sample.on(Surface::Env),
        [
            "DO_NOT_TRACK = 1",
            "MODE = safe",
            "IMAGE = (reference)",
            "job .base: LEVEL = base",
            "service cache: REDIS_X = 1",
            "job gate: LEVEL = job",
            "job gate: EXPORTED = 1",
        ]
    );
    assert_eq!(sample.source("MODE"), ("MODE", "safe"));
}

#[test]
fn jobs_have_images_commands_and_keys() {
    let sample = read("ci/build.gitlab-ci.yml", CI);
    assert_eq!(
        sample.on(Surface::Image),
        [
            "python = python:3.12-slim",
            "job gate: acme/gate = acme/gate:1.2.3",
            "service 0: postgres = postgres:16.2",
            "service cache: redis = redis:7"
        ]
    );
    assert_eq!(sample.on(Surface::Flag), ["job gate: --ci = true", "job gate: --first = 1", "job gate: --second = 2"]);
    assert_eq!(sample.source("--second"), ("--second", "2"));
    assert_eq!(sample.at("gate.allow_failure"), "true <true>");
    assert_eq!(sample.on(Surface::Dependency), ["acme/templates = v2"]);
}

#[test]
fn includes_and_extensions_are_links() {
    let sample = read(".gitlab/ci/a.yml", CI);
    let links: Vec<_> = sample.reading.links.iter().map(|link| (&*link.to, link.kind)).collect();
    assert_eq!(links, [("../../ci/common.yml", LinkKind::Extends), (".base", LinkKind::Extends)]);
}

#[test]
fn broken_shapes_do_no_harm() {
    for text in [
        "variables: [x]\njob: {script: {a: b}, image: [x], services: y, variables: z}\n",
        "include: {a: b}\njob: {script: [[[x]], {a: b}, 3]}\n",
    ] {
        read(".gitlab-ci.yml", text);
    }
}
