//! Parquet: typed columns, for programs that analyse data.
//!
//! Columns of schema 1, with a row for each count:
//!
//! | column | type | |
//! |---|---|---|
//! | `source` | string, may be null | null in the rows of totals over all sources |
//! | `source_bytes` | binary, may be null | the exact name, where it is not UTF-8 |
//! | `part` | 32-bit integer, may be null | from 1, by part |
//! | `name` | string, may be null | the name, if the pattern was given one |
//! | `id` | 32-bit integer | the index of the pattern in the list as given, from 0 |
//! | `pattern` | string | |
//! | `pattern_bytes` | binary, may be null | the exact pattern, where it is not UTF-8 |
//! | `count` | 64-bit integer | |
//!
//! Patterns under one name have a row each: a query can add them up. The file's metadata has `cogrep.schema`, `cogrep.bytes` and `cogrep.complete`.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use crate::formats::{Exporter, Out, Shown, TableForm, Totals, slices};
use crate::view::By;

/// The version of the schema.
const SCHEMA: u32 = 1;

/// The rows that are gathered before they are written, which bounds the memory.
pub(super) const GROUP_ROWS: usize = 1 << 17;

/// A line of the table.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    source: Option<&'a [u8]>,
    part: Option<usize>,
    name: Option<&'a [u8]>,
    id: usize,
    pattern: &'a [u8],
    count: u64,
}

/// The format.
#[derive(Debug)]
pub(super) struct Parquet;

impl Exporter for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn table_form(&self) -> TableForm {
        TableForm::Parquet
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn waits(&self) -> bool {
        true
    }

    fn finish(&self, out: &mut Out<'_>, shown: &Shown<'_>, result: &Totals<'_>) -> io::Result<()> {
        let report = result.report;
        let facts = [
            ("cogrep.schema", SCHEMA.to_string()),
            ("cogrep.bytes", report.text_bytes.to_string()),
            ("cogrep.complete", report.is_complete().to_string()),
        ];
        let facts = facts.map(|(key, value)| KeyValue::new(key.to_owned(), value));
        let properties = WriterProperties::builder()
            .set_created_by(concat!("cogrep ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(facts.to_vec()))
            .build();
        let schema = schema().map_err(output_error)?;
        let mut file =
            SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(output_error)?;
        let mut rows = lines(shown, result).peekable();
        while rows.peek().is_some() {
            let lines: Vec<Line<'_>> = rows.by_ref().take(GROUP_ROWS).collect();
            let group = file.next_row_group().map_err(output_error)?;
            write_group(group, &lines).map_err(output_error)?;
        }
        file.close().map(|_| ()).map_err(output_error)
    }
}

/// The lines of the table: those of each source or slice, or else the totals.
fn lines<'a>(shown: &Shown<'a>, result: &Totals<'a>) -> impl Iterator<Item = Line<'a>> {
    let Shown { rows, view, .. } = *shown;
    let Totals { report, counts, collection } = *result;
    let (by, min_count) = (view.by, view.min_count);
    let order = view.order(rows, counts);
    let patterns: Vec<(usize, Option<&[u8]>)> = order
        .iter()
        .map(|row| rows.get(*row))
        .flat_map(|row| row.patterns.iter().map(|id| (*id, row.name.as_deref())))
        .collect();
    let block = move |source, part, counts: Vec<u64>| {
        let line = |(id, name): &(usize, _)| Line {
            source,
            part,
            name: *name,
            id: *id,
            pattern: rows.pattern(*id),
            count: counts[*id],
        };
        let lines = patterns.iter().map(line).filter(|line| line.count >= min_count);
        lines.collect::<Vec<_>>()
    };
    let counted = report.patterns.iter().map(|pattern| pattern.count).collect();
    let total = (by == By::Total).then(|| block(None, None, counted));
    let all = rows.pattern_count();
    let by_source = collection.sources.iter().flat_map(move |source| {
        let slices = (1..).zip(slices(source)).filter(move |_| by == By::Part);
        let slices = slices.map(|(slice, counts)| (Some(slice), counts));
        let whole = source.counts.iter().filter(move |_| by == By::File);
        slices
            .chain(whole.map(|counts| (None, counts)))
            .map(move |(slice, counts)| (Some(source.name.as_bytes()), slice, counts.to_vec(all)))
    });
    let by_source = by_source.flat_map(move |(source, slice, counts)| block(source, slice, counts));
    total.into_iter().flatten().chain(by_source)
}

fn schema() -> Result<TypePtr, ParquetError> {
    const OPTIONAL: Repetition = Repetition::OPTIONAL;
    const REQUIRED: Repetition = Repetition::REQUIRED;

    let string = |name, repetition| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::String))
            .with_converted_type(ConvertedType::UTF8)
            .build()
    };
    let plain = |name, physical, repetition| {
        Type::primitive_type_builder(name, physical).with_repetition(repetition).build()
    };
    let fields = [
        string("source", OPTIONAL)?,
        plain("source_bytes", Physical::BYTE_ARRAY, OPTIONAL)?,
        plain("part", Physical::INT32, OPTIONAL)?,
        string("name", OPTIONAL)?,
        plain("id", Physical::INT32, REQUIRED)?,
        string("pattern", REQUIRED)?,
        plain("pattern_bytes", Physical::BYTE_ARRAY, OPTIONAL)?,
        plain("count", Physical::INT64, REQUIRED)?,
    ];
    let fields = fields.into_iter().map(Arc::new).collect();
    Type::group_type_builder("counts").with_fields(fields).build().map(Arc::new)
}

fn write_group<W: Write + Send>(
    mut group: SerializedRowGroupWriter<'_, W>,
    rows: &[Line<'_>],
) -> Result<(), ParquetError> {
    let text = |bytes: &[u8]| ByteArray::from(String::from_utf8_lossy(bytes).as_ref());
    let odd =
        |bytes: &[u8]| std::str::from_utf8(bytes).is_err().then(|| ByteArray::from(bytes.to_vec()));
    let small = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let large = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);

    optional::<ByteArrayType, _>(&mut group, rows.iter().map(|row| row.source.map(text)))?;
    optional::<ByteArrayType, _>(&mut group, rows.iter().map(|row| row.source.and_then(odd)))?;
    optional::<Int32Type, _>(&mut group, rows.iter().map(|row| row.part.map(small)))?;
    optional::<ByteArrayType, _>(&mut group, rows.iter().map(|row| row.name.map(text)))?;
    required::<Int32Type, _>(&mut group, rows.iter().map(|row| small(row.id)))?;
    required::<ByteArrayType, _>(&mut group, rows.iter().map(|row| text(row.pattern)))?;
    optional::<ByteArrayType, _>(&mut group, rows.iter().map(|row| odd(row.pattern)))?;
    required::<Int64Type, _>(&mut group, rows.iter().map(|row| large(row.count)))?;
    group.close().map(|_| ())
}

/// Writes the next column, of which some values may be missing.
pub(super) fn optional<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut levels, mut present) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        present.extend(value);
    }
    column::<T, W>(group, &present, Some(&levels))
}

/// Writes the next column.
pub(super) fn required<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: impl Iterator<Item = T::T>,
) -> Result<(), ParquetError> {
    column::<T, W>(group, &values.collect::<Vec<_>>(), None)
}

fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}

/// The error of the output, if it is one.
pub(super) fn output_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::other(other),
    }
}
