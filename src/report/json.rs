//! The JSON report: the contract that other programs read (`schemas/privgate-report.schema.json`).

use std::io::{self, Write};

use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};

use super::escape::is_hidden;
use super::model::Report;

/// Writes the report, indented, with a line feed at the end. Hidden characters and runner commands are escaped inside strings,
/// which changes nothing for a parser and everything for a log that shows the file.
///
/// # Errors
/// What the writer answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_value(report, out)
}

/// The same for any value that a JSON format is made of.
///
/// # Errors
/// What the writer answers.
pub fn write_value(value: &impl serde::Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, Visible(PrettyFormatter::new()));
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// serde's indentation, with every hidden character as `\u....`.
struct Visible<'a>(PrettyFormatter<'a>);

impl Formatter for Visible<'_> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        let mut sharps = 0;
        for c in fragment.chars() {
            if is_hidden(c) || (c == '[' && sharps >= 2) {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            } else {
                writer.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
            }
            sharps = if c == '#' { sharps + 1 } else { 0 };
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixture;
    use super::*;

    fn schema() -> Value {
        serde_json::from_str(include_str!("../../schemas/privgate-report.schema.json")).unwrap()
    }

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_schema_is_a_valid_schema() {
        assert!(jsonschema::meta::is_valid(&schema()));
    }

    #[test]
    fn every_report_keeps_the_contract() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        for report in [fixture::report(), fixture::hostile(), fixture::quiet(), fixture::failed()] {
            let value: Value = serde_json::from_str(&written(&report)).unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    #[test]
    fn a_broken_report_is_refused() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let good: Value = serde_json::from_str(&written(&fixture::report())).unwrap();
        let breaks: [(&str, Value); 10] = [
            ("/schema", json!("privgate-report/2")),
            ("/verdict", json!("fine")),
            ("/exit", json!(9)),
            ("/date", json!("yesterday")),
            ("/findings/0/change", json!("worse")),
            ("/findings/0/line", json!(0)),
            ("/findings/0/head/state", json!(null)),
            ("/findings/0/fingerprint", json!("")),
            ("/coverage/skipped", json!(3)),
            ("/errors", json!(null)),
        ];
        for (at, broken) in breaks {
            let mut value = good.clone();
            *value.pointer_mut(at).unwrap() = broken;
            assert!(!validator.is_valid(&value), "{at}");
        }
        for key in good.as_object().unwrap().keys() {
            let mut value = good.clone();
            value.as_object_mut().unwrap().shift_remove(key);
            assert!(!validator.is_valid(&value), "without {key}");
        }
        let mut value = good.clone();
        value["surprise"] = json!(1);
        assert!(!validator.is_valid(&value));
        let mut value = good;
        value["findings"][0]["base"]["line"] = json!(null);
        assert!(!validator.is_valid(&value), "a written side has a place");
    }

    #[test]
    fn nothing_hidden_and_no_runner_command_is_in_the_bytes_and_nothing_is_lost() {
        let report = fixture::hostile();
        let text = written(&report);
        assert!(!text.chars().any(|c| is_hidden(c) && c != '\n'), "{text:?}");
        assert!(!text.contains("##["));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["findings"][0]["message"], json!(report.findings[0].message));
    }

    #[test]
    fn the_whole_report_as_programs_see_it() {
        insta::assert_snapshot!(written(&fixture::report()));
    }
}
