//! What a collector does is what its pipelines list.

use crate::read::lens::sample::read;

const SAMPLE: &str = "receivers:
  otlp: {protocols: {grpc: {endpoint: '${env:IP:-127.0.0.1}:4317'}, http: {endpoint: '${env:POD_IP}:4318'}}}
  zipkin: {endpoint: 0.0.0.0:9411}
processors:
  batch:
  redaction/pii: {allow_all_keys: false}
  attributes/unused: {actions: []}
exporters:
  debug: {verbosity: detailed}
  otlp: {endpoint: a.example:4317, tls: {insecure: false}}
connectors: {count: {spans: 1}, routing: {a: 1}}
extensions: {zpages: {endpoint: 0.0.0.0:1}, pprof: {endpoint: localhost:2}}
service:
  extensions: [pprof]
  telemetry: {logs: {level: info}}
  pipelines:
    traces:
      receivers: [otlp]
      processors: [redaction/pii, batch]
      exporters: [otlp, count]
    metrics/two:
      receivers: [count]
      exporters: [otlp]
";

#[test]
fn a_processor_counts_by_its_type_and_keeps_its_name_beside_it() {
    let sample = read("otel.yaml", SAMPLE);
    assert_eq!(sample.kinds(), ["otel-collector", "yaml"]);
    assert_eq!(sample.at("service.pipelines.traces.processors"), "redaction, batch <[redaction/pii, batch]>");
    assert_eq!(sample.at("service.pipelines.traces.processor_names"), "redaction/pii, batch <[redaction/pii, batch]>");
    let setting = sample.key("service.pipelines.traces.processors").unwrap();
    assert_eq!(setting.item_spans.iter().map(|span| span.of(&sample.text)).collect::<Vec<_>>(), ["redaction/pii", "batch"]);
    assert_eq!(sample.at("service.pipelines.traces.exporters"), "otlp, count <[otlp, count]>");
    assert_eq!(sample.at("service.pipelines.metrics/two.processors"), "nothing");
    assert_eq!(sample.at("service.telemetry.logs.level"), "info <info>");
}

#[test]
fn what_no_pipeline_lists_is_off() {
    let sample = read("otel.yaml", SAMPLE);
    for off in [
        "receivers.zipkin.endpoint",
        "receivers.zipkin",
        "processors.attributes/unused.actions",
        "exporters.debug.verbosity",
        "connectors.routing.a",
        "extensions.zpages.endpoint",
    ] {
        assert_eq!(sample.at(off), "nothing", "{off}");
    }
    assert_eq!(sample.at("receivers.otlp.protocols.grpc.endpoint"), "127.0.0.1:4317 <'${env:IP:-127.0.0.1}:4317'>");
    assert_eq!(sample.at("receivers.otlp.protocols.http.endpoint"), "(reference) <'${env:POD_IP}:4318'>");
    assert_eq!(sample.at("exporters.otlp.tls.insecure"), "false <false>");
    assert_eq!(sample.at("processors.redaction/pii.allow_all_keys"), "false <false>");
    assert_eq!(sample.at("connectors.count.spans"), "1 <1>");
    assert_eq!(sample.at("extensions.pprof.endpoint"), "localhost:2 <localhost:2>");
}

#[test]
fn a_list_that_is_not_known_may_list_everything() {
    let sample =
        read("otel.yaml", "exporters: {debug: {verbosity: detailed}}\nservice: {pipelines: {logs: {exporters: ['${env:EXPORTER}']}}}\n");
    assert_eq!(sample.at("exporters.debug.verbosity"), "detailed <detailed>");
}

#[test]
fn an_aliased_component_is_on_under_the_name_that_is_listed() {
    let sample = read(
        "otel.yaml",
        "exporters:\n  debug: &d {verbosity: normal}\n  debug/2: *d\nservice: {pipelines: {logs: {exporters: [debug/2]}}}\n",
    );
    assert_eq!(sample.at("exporters.debug.verbosity"), "nothing");
    assert_eq!(sample.at("exporters.debug/2.verbosity"), "normal <normal>");
}

#[test]
fn parts_of_a_configuration_without_pipelines_keep_their_keys() {
    let sample = read("otel.yaml", "exporters: {debug: {verbosity: detailed}}\n");
    assert_eq!(sample.kinds(), ["yaml"]);
    assert_eq!(sample.at("exporters.debug.verbosity"), "detailed <detailed>");
}
