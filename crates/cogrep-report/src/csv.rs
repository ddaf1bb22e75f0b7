//! CSV by RFC 4180 (but with `\n` line ends): `source,pattern,count`.
//!
//! The source is empty in the rows of totals over all sources. Names and patterns
//! stand in their own bytes, whatever they are.

use std::io::{self, Write};

/// Writes the names of the columns.
pub(crate) fn header(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"source,pattern,count\n")
}

/// Writes a row a pattern.
pub(crate) fn rows<'a>(
    out: &mut impl Write,
    source: &[u8],
    rows: impl Iterator<Item = (&'a [u8], u64)>,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
    for (pattern, count) in rows {
        writer.write_record([source, pattern, count.to_string().as_bytes()])?;
    }
    writer.flush()
}
