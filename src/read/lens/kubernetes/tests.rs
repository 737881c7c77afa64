//! Manifests as people write them.

use crate::read::lens::sample::read;
use crate::reading::LinkKind;
use crate::scope::ScopeKind;
use crate::setting::Surface;

const DEPLOYMENT: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    spec:
      hostNetwork: true
      securityContext:
        runAsNonRoot: true
      initContainers:
        - name: init
          image: busybox
          command: ["sh", "-c", "curl -k https://x"]
      containers:
        - name: app
          image: acme/app:1.2.3
          args: ["--usage-stats=false", "--port", "80"]
          securityContext:
            privileged: false
          env:
            - name: DO_NOT_TRACK
              value: "1"
            - name: TOKEN
              valueFrom:
                secretKeyRef: {name: s, key: token}
            - name: HOST
              value: $(POD_IP):80
          envFrom:
            - configMapRef:
                name: app-config
            - secretRef:
                name: app-secret
      volumes:
        - name: sock
          hostPath:
            path: /var/run/docker.sock
"#;

#[test]
fn a_workload_has_its_pod_and_containers() {
    let sample = read("deploy/web.yaml", DEPLOYMENT);
    assert_eq!(sample.kinds(), ["kubernetes", "yaml"]);
    assert_eq!(sample.at("spec.replicas"), "2 <2>");
    assert_eq!(sample.at("spec.template.spec.hostNetwork"), "true <true>");
    assert_eq!(sample.at("spec.template.spec.securityContext.runAsNonRoot"), "true <true>");
    assert_eq!(sample.at("spec.template.spec.containers[0].securityContext.privileged"), "false <false>");
    assert_eq!(sample.at("spec.template.spec.volumes[0].hostPath.path"), "/var/run/docker.sock </var/run/docker.sock>");
    let inside = sample.key("spec.template.spec.containers[0].securityContext.privileged").unwrap().scope;
    assert!(sample.reading.enclosing(inside, ScopeKind::Container).is_some());
    assert!(sample.reading.enclosing(inside, ScopeKind::Pod).is_some());
    assert_eq!(sample.reading.scope_words(inside).as_deref(), Some("container app"));
    assert_eq!(sample.labels("container app"), ["acme/app"]);
    assert_eq!(sample.labels("resource Deployment/web"), ["Deployment/web"]);
}

#[test]
fn containers_have_variables_flags_images_and_links() {
    let sample = read("web.yaml", DEPLOYMENT);
    assert_eq!(
        sample.on(Surface::Env),
        ["container app: DO_NOT_TRACK = 1", "container app: TOKEN = (reference)", "container app: HOST = (reference)"]
    );
    assert_eq!(
        sample.on(Surface::Flag),
        ["container init: -k = true", "container app: --usage-stats = false", "container app: --port = 80"]
    );
    assert_eq!(sample.on(Surface::Image), ["container init: busybox = busybox", "container app: acme/app = acme/app:1.2.3"]);
    let links: Vec<_> = sample.reading.links.iter().map(|link| (&*link.to, link.kind)).collect();
    assert_eq!(links, [("app-config", LinkKind::EnvFrom), ("app-secret", LinkKind::EnvFrom)]);
    assert_eq!(sample.source("--usage-stats"), ("--usage-stats", "false"));
}

#[test]
fn pods_cron_jobs_and_other_kinds_are_found_too() {
    let sample =
        read("p.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostPID: true, containers: [{name: a, image: 'x:1.0'}]}\n");
    assert_eq!(sample.at("spec.hostPID"), "true <true>");
    assert_eq!(sample.at("spec.containers[0].name"), "a <a>");
    let text = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - {name: a, image: x, env: [{name: A_B, value: v}]}\n";
    let sample = read("c.yaml", text);
    assert_eq!(sample.on(Surface::Env), ["container a: A_B = v"]);
    assert_eq!(sample.at("spec.jobTemplate.spec.template.spec.containers[0].name"), "a <a>");
}

#[test]
fn several_documents_are_told_apart_by_kind_and_name() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {LOG_LEVEL: info}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {LOG_LEVEL: debug}\n";
    let sample = read("all.yaml", text);
    assert_eq!(sample.on(Surface::Env), ["resource ConfigMap/a: LOG_LEVEL = info", "resource ConfigMap/b: LOG_LEVEL = debug"]);
    let documents: Vec<_> =
        sample.reading.scopes.iter().filter(|scope| scope.kind == ScopeKind::Document).map(|scope| &*scope.name).collect();
    assert_eq!(documents, ["ConfigMap/a", "ConfigMap/b"]);
}

#[test]
fn a_lone_separator_makes_no_document() {
    let text = "---\n# nothing\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {LOG_LEVEL: info}\n---\n";
    assert!(read("a.yaml", text).reading.scopes.iter().all(|scope| scope.kind != ScopeKind::Document));
}

#[test]
fn a_list_holds_resources() {
    let text = "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a}\n    data: {A_B: '1'}\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: p}\n    spec: {containers: [{name: c, image: x, env: [{name: C_D, value: '2'}]}]}\n";
    let sample = read("list.yaml", text);
    assert_eq!(sample.on(Surface::Env), ["resource ConfigMap/a: A_B = 1", "container c: C_D = 2"]);
}

#[test]
fn a_file_in_a_config_map_is_read_as_that_file() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: conf\ndata:\n  plain.key: x\n  application.yaml: |\n    logging:\n      level:\n        root: DEBUG\n\n    server: {port: 80}\n  LOG: a\n";
    let sample = read("cm.yaml", text);
    assert_eq!(sample.kinds(), ["kubernetes", "yaml", "spring"]);
    assert_eq!(sample.at("logging.level.root"), "DEBUG <DEBUG>");
    assert_eq!(sample.at("server.port"), "80 <80>");
    let root = sample.key("logging.level.root").unwrap();
    assert_eq!(root.name_span.of(text), "root");
    assert_eq!(sample.reading.scope_words(root.scope).as_deref(), Some("document application.yaml"));
    assert_eq!(sample.on(Surface::Env), ["resource ConfigMap/conf: LOG = a"]);
}

#[test]
fn a_file_inside_a_file_inside_a_file_is_not_followed() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n    apiVersion: v1\n    kind: ConfigMap\n    data:\n      b.yaml: |\n        deep: 1\n";
    let sample = read("cm.yaml", text);
    assert_eq!(sample.at("deep"), "nothing");
    assert!(sample.reading.settings.iter().any(|setting| setting.raw.contains("deep: 1")));
}

#[test]
fn secrets_say_what_their_base64_holds() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  POSTGRES_PASSWORD: cG9zdGdyZXM=\nstringData:\n  API_KEY: abc\n";
    let sample = read("s.yaml", text);
    assert_eq!(sample.on(Surface::Env), ["resource Secret/s: POSTGRES_PASSWORD = postgres", "resource Secret/s: API_KEY = abc"]);
    assert_eq!(sample.source("POSTGRES_PASSWORD"), ("POSTGRES_PASSWORD", "cG9zdGdyZXM="));
}

#[test]
fn an_audit_policy_is_a_kind_of_its_own() {
    let text =
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: Metadata\n    resources: [{group: '', resources: [secrets]}]\n";
    let sample = read("audit.yaml", text);
    assert_eq!(sample.kinds(), ["kubernetes-audit-policy", "yaml"]);
    assert_eq!(sample.at("rules[0].level"), "Metadata <Metadata>");
}

#[test]
fn broken_shapes_do_no_harm() {
    for text in [
        "apiVersion: v1\nkind: Pod\nspec: {containers: [x, {name: [y], env: {A: b}, image: [z], command: {a: b}, envFrom: x}]}\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: x\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: {a.yaml: 3, b.yaml: [x], c.yaml: }\n",
        "apiVersion: v1\nkind: Secret\ndata: {A: '%%%', B: }\n",
        "apiVersion: v1\nkind: List\nitems: x\n",
    ] {
        read("a.yaml", text);
    }
}

#[test]
fn a_kustomization_gives_its_generators_variables_and_its_inline_manifests() {
    let text = "configMapGenerator:\n  - name: env\n    literals: [LOG_LEVEL=debug, A_B=\"c\"]\nsecretGenerator:\n  - name: s\n    literals:\n      - DB_PASSWORD=postgres\npatches:\n  - target: {kind: Deployment}\n    patch: '[{op: add, path: /spec/x, value: true}]'\n  - patch: |-\n      apiVersion: v1\n      kind: Pod\n      metadata: {name: p}\n      spec: {containers: [{name: a, env: [{name: C_D, value: e}]}]}\n";
    let sample = read("overlays/kustomization.yaml", text);
    let said = sample.on(Surface::Env);
    let ends: Vec<&str> = said.iter().map(|line| line.rsplit(": ").next().unwrap()).collect();
    assert_eq!(ends, ["LOG_LEVEL = debug", "A_B = c", "DB_PASSWORD = postgres", "C_D = e"]);
    assert!(read("other.yaml", text).on(Surface::Env).is_empty());
}
