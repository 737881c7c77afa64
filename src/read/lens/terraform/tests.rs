//! Terraform, sentence by sentence.

use crate::read::lens::sample::value;
use crate::reading::Reading;
use crate::setting::Setting;

fn read(path: &str, text: &str) -> Reading {
    let reading = (crate::read::by_path(path).unwrap().read)(path, text);
    for setting in &reading.settings {
        assert_eq!(setting.value_span.of(text), &*setting.raw, "{setting:?}");
    }
    assert_eq!(reading.problems, []);
    reading
}

/// `path = value` of each key that is no mapping, with its unit in front.
fn said(path: &str, text: &str) -> Vec<String> {
    let reading = read(path, text);
    let line = |setting: &Setting| {
        let unit = reading.scope_words(setting.scope).map_or_else(String::new, |words| words + ": ");
        let path = reading.path_to(setting.scope);
        let dot = if path.is_empty() { "" } else { "." };
        format!("{unit}{path}{dot}{} = {}", setting.key.as_deref().unwrap_or_default(), value(setting))
    };
    reading.settings.iter().filter(|setting| setting.key.is_some() && !setting.is_map()).map(line).collect()
}

fn variables(path: &str, text: &str) -> Vec<String> {
    let reading = read(path, text);
    let env = reading.settings.iter().filter_map(|setting| {
        let (_, name) = setting.names.iter().find(|(surface, _)| *surface == crate::setting::Surface::Env)?;
        Some(format!("{name}={}", value(setting)))
    });
    env.collect()
}

#[test]
fn a_resource_is_a_unit_below_its_type_and_name() {
    let text = "resource \"aws_s3_bucket\" \"d\" {\n  acl = \"private\"\n  versioning {\n    enabled = true\n  }\n}\nmodule \"m\" { source = \"./x\" }\n";
    assert_eq!(
        said("s3.tf", text),
        [
            "block aws_s3_bucket.d: resource.aws_s3_bucket.d.acl = private",
            "block aws_s3_bucket.d: resource.aws_s3_bucket.d.versioning.enabled = true",
            "block module.m: module.m.source = ./x"
        ]
    );
    assert_eq!(read("s3.tf", text).kinds.iter().map(|kind| kind.0).collect::<Vec<_>>(), ["terraform", "hcl"]);
}

#[test]
fn blocks_that_may_stand_again_are_items() {
    let text = "resource \"aws_security_group\" \"a\" {\n  ingress {\n    cidr_blocks = [\"0.0.0.0/0\"]\n  }\n  tag {\n    k = 1\n  }\n  tag {\n    k = 2\n  }\n  dynamic \"egress\" {\n    for_each = var.x\n    content {\n      from_port = egress.value\n    }\n  }\n}\n";
    assert_eq!(
        said("a.tf", text),
        [
            "block aws_security_group.a: resource.aws_security_group.a.ingress = {…}",
            "block aws_security_group.a: resource.aws_security_group.a.ingress[0].cidr_blocks = 0.0.0.0/0",
            "block aws_security_group.a: resource.aws_security_group.a.tag = {…}, {…}",
            "block aws_security_group.a: resource.aws_security_group.a.tag[0].k = 1",
            "block aws_security_group.a: resource.aws_security_group.a.tag[1].k = 2",
            "block aws_security_group.a: resource.aws_security_group.a.egress = {…}",
            "block aws_security_group.a: resource.aws_security_group.a.egress[0].from_port = (reference)",
        ]
    );
}

#[test]
fn references_lead_to_defaults_of_the_same_file() {
    let text = "variable \"acl\" {\n  default = \"private\"\n}\nvariable \"open\" {}\nlocals {\n  level = \"debug\"\n  both = \"${local.level}-${var.acl}\"\n  loop = local.loop\n  o = { a = 3 }\n}\nresource \"t\" \"n\" {\n  a = var.acl\n  b = \"${local.level}\"\n  c = local.both\n  d = var.open\n  e = local.loop\n  f = local.o.a\n  g = var.acl == \"x\" ? true : false\n  h = upper(var.acl)\n  i = \"${var.open}-x\"\n}\n";
    let lines: Vec<String> = said("a.tf", text).into_iter().filter_map(|line| Some(line.split_once(".t.n.")?.1.to_owned())).collect();
    assert_eq!(
        lines,
        [
            "a = private",
            "b = debug",
            "c = debug-private",
            "d = (reference)",
            "e = (reference)",
            "f = 3",
            "g = true or false",
            "h = (reference)",
            "i = (reference)"
        ]
        .map(str::to_owned)
        .to_vec()
    );
}

#[test]
fn an_environment_is_read_in_all_its_forms() {
    let text = "resource \"a\" \"b\" {\n  environment {\n    variables = {\n      A_B = \"1\"\n      \"C_D\" = 2\n    }\n  }\n  container_definitions = jsonencode([{\n    name = \"x\"\n    environment = [{ name = \"E_F\", value = \"3\" }]\n  }])\n  env {\n    name = \"G_H\"\n    value = \"4\"\n  }\n}\n";
    assert_eq!(variables("a.tf", text), ["A_B=1", "C_D=2", "E_F=3", "G_H=4"]);
}

#[test]
fn the_json_form_has_the_same_paths() {
    let text = r#"{"resource": {"aws_s3_bucket": {"d": {"acl": "private"}}}}"#;
    assert_eq!(said("s3.tf.json", text), ["block aws_s3_bucket.d: resource.aws_s3_bucket.d.acl = private"]);
}

#[test]
fn values_of_variables_are_plain_keys() {
    assert_eq!(said("prod.tfvars", "acl = \"private\"\nn = -3\nl = [1, 2]\n"), ["acl = private", "n = -3", "l = 1, 2"]);
}

#[test]
fn aliases_of_a_provider_are_apart() {
    let text = "provider \"aws\" {\n  region = \"a\"\n}\nprovider \"aws\" {\n  alias = \"x\"\n  region = \"b\"\n}\n";
    assert_eq!(
        said("p.tf", text),
        [
            "block provider.aws: provider.aws[0].region = a",
            "block provider.aws.x: provider.aws[1].alias = x",
            "block provider.aws.x: provider.aws[1].region = b"
        ]
    );
}
