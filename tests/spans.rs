//! What a reader says it read stands in the file, byte for byte, and no text makes a reader panic. The samples stand in `support/samples.rs`.

#![allow(clippy::restriction, clippy::format_collect, clippy::format_push_string, reason = "a test may fail loudly")]

#[path = "support/samples.rs"]
mod samples;

use proptest::prelude::*;

use samples::{SAMPLES, of, read};

#[test]
fn what_was_read_stands_under_its_span() {
    for (path, text) in SAMPLES {
        let reading = read(path, text);
        assert!(!reading.settings.is_empty(), "{path}: nothing was read");
        let broken = reading.unreadable();
        assert_eq!(broken, None, "{path}");
    }
}

#[test]
fn other_line_ends_and_a_byte_order_mark_change_no_setting() {
    for (path, text) in SAMPLES.iter().filter(|(path, text)| !text.contains('\r') && of(path).name != "dockerfile") {
        let said = |text: &str| {
            let reading = read(path, text);
            reading
                .settings
                .iter()
                .map(|setting| (reading.path_of(setting), format!("{:?}", setting.value).replace("\\r\\n", "\\n")))
                .collect::<Vec<_>>()
        };
        let plain = said(text);
        assert_eq!(plain, said(&format!("\u{feff}{text}")), "{path} with a byte order mark");
        assert_eq!(plain, said(&text.replace('\n', "\r\n")), "{path} with CRLF");
        assert_eq!(plain, said(&format!("{text}\n\n")), "{path} with empty lines at its end");
    }
}

#[test]
fn any_prefix_of_a_sample_is_read_soundly() {
    for (path, text) in SAMPLES {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            read(path, &text[..end]);
        }
    }
}

#[test]
fn the_same_text_gives_the_same_reading() {
    for (path, text) in SAMPLES {
        assert_eq!(format!("{:?}", read(path, text)), format!("{:?}", read(path, text)));
    }
}

/// Pieces that mean something to one format or another.
const PIECES: &[&str] = &[
    "",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "  ",
    ":",
    ": ",
    "- ",
    "'",
    "\"",
    "\\",
    "\\\n",
    "#",
    "{",
    "}",
    "[",
    "]",
    ",",
    "|",
    "|\n",
    ">-\n",
    "&a",
    "*a",
    "<<: *a",
    "---\n",
    "...\n",
    "? ",
    "!x ",
    "${",
    "${A:-",
    "}}",
    "{{",
    "{{- ",
    "${{ ",
    "$",
    "$(",
    "`",
    "=",
    "+=",
    "export ",
    "<<EOF\n",
    "EOF\n",
    "FROM ",
    "RUN ",
    "ENV ",
    "\u{feff}",
    "\0",
    "é",
    "\u{2028}",
    "\u{1F980}",
    "[[",
    "\"\"\"",
    "'''",
    "//",
    "/*",
    "*/",
    "null",
    "true",
    "0x",
    "1e999",
    "-",
    "\u{85}",
    "%TAG ! x\n",
];

/// CASES=100000 looks longer.
fn cases() -> u32 {
    std::env::var("CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_sample_makes_a_reader_panic(
        sample in 0..SAMPLES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, 0..PIECES.len()), 1..8),
    ) {
        let (path, text) = SAMPLES[sample];
        let mut text = text.to_owned();
        for (at, removed, piece) in edits {
            let floor = |mut at: usize| { while !text.is_char_boundary(at) { at -= 1; } at };
            let start = floor(at.index(text.len() + 1));
            let end = floor((start + removed).min(text.len())).max(start);
            text.replace_range(start..end, PIECES[piece]);
        }
        read(path, &text);
    }

    #[test]
    fn no_pile_of_pieces_makes_a_reader_panic(sample in 0..SAMPLES.len(), pieces in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        read(SAMPLES[sample].0, &text);
    }

    #[test]
    fn a_sample_under_another_readers_name_is_read_soundly(sample in 0..SAMPLES.len(), name in 0..SAMPLES.len()) {
        read(SAMPLES[name].0, SAMPLES[sample].1);
    }
}

/// Words that a command writes into a file at the very end of a script: what the file holds ends with a line that the script has not.
#[test]
fn a_scope_of_a_written_file_ends_with_its_script() {
    for text in [
        "echo \"[Unit]\nX=1\n\" > a.service",
        "echo \"A X_Y=1\n: \"${L > a.service <s [0.0.0:80 --p@",
        "main() {\n  echo \"ADDR X_Y=1 -p 0.0.0.0:80:80 --priv EMPTY=\n: \"${LEt > a.service <st [0.0.0:80:80 --pr@",
    ] {
        samples::sound("install.sh", text, &read("install.sh", text));
    }
}

/// A script of a workflow that is the last thing of its file, without a line end: the text of the script has one all the same.
#[test]
fn what_a_script_at_the_end_of_a_file_holds_ends_with_the_file() {
    let before = "on: {push: {branches: [main]}}\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n";
    for script in [
        "          export C=1\n          serve --x y \\\n            --z|\n          export C=1\n          serve secrets.D }}\"%J",
        "          serve \"a\n          b",
        "          serve --x 'a",
    ] {
        let text = format!("{before}{script}");
        let path = ".github/workflows/ci.yml";
        samples::sound(path, &text, &read(path, &text));
    }
}
