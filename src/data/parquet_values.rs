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
pub(super) mod tests {
    use std::sync::Arc;

    use parquet::basic::Compression;
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    /// A table with one column, `text`.
    pub fn file(kind: &str, values: &[&str], packed: Compression) -> Vec<u8> {
        let schema = parse_message_type(&format!("message m {{ OPTIONAL BYTE_ARRAY text {kind}; }}")).unwrap();
        let properties = WriterProperties::builder().set_compression(packed).build();
        let mut out = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut out, Arc::new(schema), Arc::new(properties)).unwrap();
        let mut rows = writer.next_row_group().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = values.iter().map(|value| ByteArray::from(*value)).collect();
        column.typed::<ByteArrayType>().write_batch(&values, Some(&vec![1; values.len()]), None).unwrap();
        column.close().unwrap();
        rows.close().unwrap();
        writer.close().unwrap();
        out
    }

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
