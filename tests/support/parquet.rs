//! Tables for tests, by a writer that others wrote. The library's own tests take this file too.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// A table with one column, `text`, of such a kind (`(STRING)`).
pub fn table(kind: &str, values: &[&str], packed: Compression) -> Vec<u8> {
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
