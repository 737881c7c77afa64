//! What the columns of text in a Parquet file hold, one value a line, so that it is looked at as any other text (feature `parquet`).

use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::ColumnReader;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

/// Values that are read of one column of one group of rows.
const VALUES: usize = 50_000;
/// Values that are read at once.
const BATCH: usize = 1024;
/// Text that one file may give; the description says how much a group holds before it is unpacked.
const MOST: usize = 64 << 20;

/// The texts of a file.
#[derive(Debug, Default)]
pub struct Texts {
    /// Each value is a line; line ends in a value are blanks.
    pub lines: Vec<u8>,
    /// Some values were not read: too many, or packed in a way that is not known here.
    pub partly: bool,
}

/// The values of all columns of text; none where the file cannot be understood.
#[must_use]
pub fn texts(bytes: &[u8]) -> Option<Texts> {
    let file = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).ok()?;
    let mut texts = Texts::default();
    for group in 0..file.num_row_groups() {
        let rows = file.get_row_group(group).ok()?;
        for column in 0..rows.num_columns() {
            let about = rows.metadata().column(column);
            if !is_text(about.column_descr()) {
                continue;
            }
            let size = usize::try_from(about.uncompressed_size()).unwrap_or(usize::MAX);
            if texts.lines.len().saturating_add(size) > MOST {
                texts.partly = true;
                continue;
            }
            match rows.get_column_reader(column) {
                Ok(reader) => texts.column(reader),
                Err(_) => texts.partly = true,
            }
        }
    }
    Some(texts)
}

/// Whether a column says that it holds text.
fn is_text(column: &ColumnDescriptor) -> bool {
    let said = matches!(column.logical_type_ref(), Some(LogicalType::String | LogicalType::Json | LogicalType::Enum));
    let older = matches!(column.converted_type(), ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM);
    column.physical_type() == Type::BYTE_ARRAY && (said || older)
}

impl Texts {
    fn column(&mut self, reader: ColumnReader) {
        let ColumnReader::ByteArrayColumnReader(mut reader) = reader else { return };
        let mut seen = 0;
        loop {
            let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
            let Ok((records, ..)) = reader.read_records(BATCH, Some(&mut defined), Some(&mut repeated), &mut values) else {
                self.partly = true;
                return;
            };
            for value in &values {
                self.lines.extend(value.data().iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
                self.lines.push(b'\n');
            }
            seen += values.len();
            if records == 0 {
                return;
            }
            if seen >= VALUES || self.lines.len() > MOST {
                self.partly = true;
                return;
            }
        }
    }
}

#[cfg(test)]
#[path = "../../tests/support/parquet.rs"]
mod tables;

#[cfg(test)]
pub(super) mod tests {
    use parquet::basic::Compression;

    use super::*;

    pub use super::tables::table as file;

    #[test]
    fn texts_are_lines_however_they_are_packed() {
        for packed in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW] {
            let texts = texts(&file("(STRING)", &["one", "two\nlines", "one"], packed)).unwrap();
            assert_eq!(String::from_utf8(texts.lines).unwrap(), "one\ntwo lines\none\n");
            assert!(!texts.partly);
        }
    }

    #[test]
    fn bytes_that_are_no_text_and_damaged_files_give_nothing() {
        assert!(texts(&file("", &["one"], Compression::UNCOMPRESSED)).unwrap().lines.is_empty());
        let whole = file("(STRING)", &["one"], Compression::UNCOMPRESSED);
        assert!(texts(&whole[..whole.len() - 9]).is_none());
        assert!(texts(b"PAR1PAR1").is_none());
    }
}
