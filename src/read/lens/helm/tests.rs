//! Values files as charts have them.

use crate::read::lens::sample::read;
use crate::reading::PinVersion;
use crate::setting::Surface;

const VALUES: &str = r#"image:
  registry: ghcr.io
  repository: acme/app
  tag: "1.2.3"
  pullPolicy: Always
sidecar:
  image: "acme/sidecar:2.0"
worker:
  image:
    repository: acme/worker
    tag: ""
number:
  image: {repository: acme/number, tag: 1.10}
digested:
  image: {repository: acme/d, digest: "sha256:aa"}
git:
  repository: https://github.com/acme/app
env:
  DO_NOT_TRACK: "1"
extraEnv:
  - name: LOG_LEVEL
    value: debug
  - name: TOKEN
    valueFrom: {secretKeyRef: {name: s, key: k}}
podSecurityContext:
  runAsNonRoot: true
"#;

#[test]
fn values_are_told_by_name_and_place() {
    for path in ["values.yaml", "chart/values-prod.yaml", "deploy/prod.values.yaml", "charts/a/env/x.yaml"] {
        assert_eq!(read(path, "a: 1\n").kinds(), ["helm-values", "yaml"], "{path}");
    }
    assert_eq!(read("charts/a/Chart.yaml", "name: a\n").kinds(), ["yaml"]);
    assert_eq!(read("charts/a/x.yaml", "apiVersion: v1\nkind: Service\n").kinds(), ["kubernetes", "yaml"]);
    assert_eq!(read("config.yaml", "a: 1\n").kinds(), ["yaml"]);
}

#[test]
fn images_in_parts_are_joined() {
    let sample = read("values.yaml", VALUES);
    let mut images = sample.on(Surface::Image);
    images.sort();
    assert_eq!(
        images,
        [
            "acme/d = acme/d@sha256:aa",
            "acme/number = acme/number:1.10",
            "acme/sidecar = acme/sidecar:2.0",
            "acme/worker = acme/worker",
            "ghcr.io/acme/app = ghcr.io/acme/app:1.2.3",
        ]
    );
    assert_eq!(sample.source("ghcr.io/acme/app"), ("tag", "\"1.2.3\""));
    assert_eq!(sample.source("acme/worker"), ("repository", "acme/worker"));
    let pinned = |name: &str| sample.reading.pins.iter().find(|pin| &*pin.package == name).unwrap().version.clone();
    assert_eq!(pinned("docker:ghcr.io/acme/app"), PinVersion::Exact("1.2.3".into()));
    assert_eq!(pinned("docker:acme/worker"), PinVersion::Any);
    let image = sample.named("ghcr.io/acme/app");
    assert_eq!(sample.reading.path_to(image.scope), "image");
}

#[test]
fn a_tag_beside_an_image_belongs_to_it() {
    let sample = read(
        "values.yaml",
        "image: acme/operator\nimageTag: latest\nweb:\n  image: host:5000/acme/web\n  imageTag: 1.10\nother:\n  image: acme/x:2\n  imageTag: y\n",
    );
    let mut images = sample.on(Surface::Image);
    images.sort();
    images.retain(|image| image.contains(':') && !image.ends_with("= host:5000/acme/web"));
    assert_eq!(images, ["acme/operator = acme/operator:latest", "acme/x = acme/x:2", "host:5000/acme/web = host:5000/acme/web:1.10"]);
    assert_eq!(sample.source("host:5000/acme/web"), ("image", "host:5000/acme/web"));
}

#[test]
fn everything_else_is_a_key_and_variables_have_their_names() {
    let sample = read("values.yaml", VALUES);
    assert_eq!(sample.at("podSecurityContext.runAsNonRoot"), "true <true>");
    assert_eq!(sample.at("image.pullPolicy"), "Always <Always>");
    assert_eq!(sample.at("env.DO_NOT_TRACK"), "1 <\"1\">");
    assert_eq!(sample.on(Surface::Env), ["DO_NOT_TRACK = 1", "LOG_LEVEL = debug", "TOKEN = (reference)"]);
}

#[test]
fn a_template_is_read_by_what_it_becomes() {
    let text = "{{- if .Values.on }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"x.fullname\" . }}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"\n          args: [\"--usage={{ .Values.usage }}\", \"--port=80\"]\n          env:\n            - name: DO_NOT_TRACK\n              value: {{ .Values.track | default \"1\" | quote }}\n            - name: LOG_LEVEL\n              value: {{ .Values.level }}\n{{- end }}\n";
    let sample = read("chart/templates/app.yaml", text);
    assert_eq!(sample.kinds(), ["kubernetes", "yaml"]);
    assert!(sample.reading.templated);
    assert_eq!(sample.on(Surface::Env), ["container app: DO_NOT_TRACK = 1", "container app: LOG_LEVEL = (reference)"]);
    assert_eq!(sample.on(Surface::Flag), ["container app: --usage = (reference)", "container app: --port = 80"]);
}

#[test]
fn block_texts_that_are_files_are_read_as_such() {
    let text = "server:\n  grafana.ini: |\n    [users]\n    allow_sign_up = true\ntempo:\n  config: |\n    {{- if .Values.minio }}\n    storage:\n      insecure: true\n    {{- end }}\n  extraConfig: |\n    just words\n    in two lines\n";
    let sample = read("charts/a/values.yaml", text);
    assert_eq!(sample.at("users.allow_sign_up"), "true <true>");
    assert_eq!(sample.at("storage.insecure"), "true <true>");
    assert!(sample.key("tempo.config").is_none());
    assert!(sample.key("tempo.extraConfig").is_some());
}

#[test]
fn arguments_of_a_chart_are_flags() {
    let text = "proxy:\n  extraArgs:\n    - --log-level=debug\n  cmd: [configurable-http-proxy, --ip=0.0.0.0]\n  args: [a, b]\n";
    let sample = read("charts/a/values.yaml", text);
    assert_eq!(sample.on(Surface::Flag), ["--log-level = debug", "--ip = 0.0.0.0"]);
    assert_eq!(sample.source("--log-level"), ("--log-level", "debug"));
}

#[test]
fn a_text_that_refers_to_a_value_of_its_file_has_it() {
    let text =
        "reporting: true\nloki:\n  config: |\n    usage:\n      enabled: {{ .Values.reporting }}\n      other: {{ .Values.missing }}\n";
    let sample = read("charts/a/values.yaml", text);
    assert_eq!(sample.at("usage.enabled"), "true <{{ .Values.reporting }}>");
    assert_eq!(sample.at("usage.other"), "(reference) <{{ .Values.missing }}>");
}
