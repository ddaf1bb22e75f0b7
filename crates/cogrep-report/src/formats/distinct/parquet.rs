//! Distinct texts as Parquet.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use super::{DistinctColumn, DistinctSummary};
use crate::formats::parquet::{GROUP_ROWS, optional, output_error, required};

/// The version of the schema.
const SCHEMA: u32 = 1;

/// Writes groups of rows.
pub(super) struct Printer<W: Write + Send> {
    file: SerializedFileWriter<W>,
    /// By column.
    cells: Vec<Vec<Vec<u8>>>,
    counts: Vec<u64>,
}

impl<W: Write + Send> Printer<W> {
    pub(super) fn new(out: W, columns: &[DistinctColumn]) -> io::Result<Self> {
        let created_by = concat!("cogrep ", env!("CARGO_PKG_VERSION")).to_owned();
        let properties = WriterProperties::builder().set_created_by(created_by).build();
        let schema = schema(columns).map_err(output_error)?;
        let file =
            SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(output_error)?;
        Ok(Self { file, cells: vec![Vec::new(); columns.len()], counts: Vec::new() })
    }

    pub(super) fn row(&mut self, cells: &[&[u8]], count: u64) -> io::Result<()> {
        self.cells.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell.to_vec()));
        self.counts.push(count);
        if self.counts.len() == GROUP_ROWS {
            self.write_group().map_err(output_error)
        } else {
            Ok(())
        }
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.cells {
            let text = |cell: &Vec<u8>| ByteArray::from(&*String::from_utf8_lossy(cell));
            required::<ByteArrayType, _>(&mut group, column.iter().map(text))?;
            let exact = |cell: &Vec<u8>| {
                std::str::from_utf8(cell).is_err().then(|| ByteArray::from(cell.clone()))
            };
            optional::<ByteArrayType, _>(&mut group, column.iter().map(exact))?;
            column.clear();
        }
        let counts = self.counts.drain(..).map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        required::<Int64Type, _>(&mut group, counts)?;
        group.close().map(drop)
    }

    pub(super) fn finish(mut self, summary: &DistinctSummary) -> io::Result<()> {
        if !self.counts.is_empty() {
            self.write_group().map_err(output_error)?;
        }
        let facts = [
            ("cogrep.schema", SCHEMA.to_string()),
            ("cogrep.bytes", summary.bytes.to_string()),
            ("cogrep.complete", summary.complete.to_string()),
        ];
        for (key, value) in facts {
            self.file.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
        }
        self.file.close().map(drop).map_err(output_error)
    }
}

fn schema(columns: &[DistinctColumn]) -> Result<TypePtr, ParquetError> {
    let mut fields = Vec::new();
    for column in columns {
        let string = Type::primitive_type_builder(column.name(), Physical::BYTE_ARRAY)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(Some(LogicalType::String))
            .with_converted_type(ConvertedType::UTF8);
        fields.push(Arc::new(string.build()?));
        let name = format!("{}_bytes", column.name());
        let exact = Type::primitive_type_builder(&name, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::OPTIONAL);
        fields.push(Arc::new(exact.build()?));
    }
    let count = Type::primitive_type_builder("count", Physical::INT64);
    fields.push(Arc::new(count.with_repetition(Repetition::REQUIRED).build()?));
    Type::group_type_builder("distinct").with_fields(fields).build().map(Arc::new)
}
