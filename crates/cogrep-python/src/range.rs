//! A range of a file: the lines that begin in it, wherever the last of them ends.
//!
//! So the ranges of a file that follow each other have each of its lines once. What is counted
//! in lines, or by patterns without a line feed, is then the sum over ranges.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use memchr::memchr;
use pyo3::prelude::*;

/// So much is read before a signal is looked for.
const PIECE_BYTES: usize = 1 << 20;

/// The mark of UTF-8, which is no part of a text.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Calls `look` with the text of the range, piece by piece, and gives the bytes of all of it.
pub(crate) fn each_piece(
    py: Python<'_>,
    path: PathBuf,
    range: Range<u64>,
    mut look: impl FnMut(&[u8]) -> PyResult<()> + Send,
) -> PyResult<u64> {
    let mut lines = Lines::new(path, range)?;
    let mut bytes = 0;
    loop {
        let piece = py.detach(|| -> PyResult<bool> {
            let piece = lines.next_piece()?;
            bytes += piece.len() as u64;
            look(piece)?;
            Ok(!piece.is_empty())
        });
        if !piece? {
            return Ok(bytes);
        }
        py.check_signals()?;
    }
}

struct Lines {
    file: BufReader<File>,
    /// Where the file is read next.
    at: u64,
    /// Where lines begin that are of the next range.
    end: u64,
    /// Whether the last line of the range is yet to end.
    is_in_line: bool,
    piece: Vec<u8>,
}

impl Lines {
    fn new(path: PathBuf, Range { start, mut end }: Range<u64>) -> io::Result<Self> {
        let mut file = File::open(path)?;
        // A line that begins here is one after a line feed.
        let mut at = start.saturating_sub(1);
        file.seek(SeekFrom::Start(at))?;
        let mut file = BufReader::with_capacity(PIECE_BYTES, file);
        if start > 0 {
            at += skip_line(&mut file, end - at)?;
        } else if file.fill_buf()?.starts_with(MARK) {
            file.consume(MARK.len());
            at = MARK.len() as u64;
            // The line after the mark is the first.
            end = end.max(at + 1);
        }
        Ok(Self { file, at, end, is_in_line: false, piece: Vec::new() })
    }

    /// The next piece; an empty one at the end.
    fn next_piece(&mut self) -> io::Result<&[u8]> {
        self.piece.clear();
        let left = self.end.saturating_sub(self.at);
        if left > 0 {
            let wanted = left.min(PIECE_BYTES as u64);
            (&mut self.file).take(wanted).read_to_end(&mut self.piece)?;
            self.is_in_line = self.piece.last().is_some_and(|last| *last != b'\n');
        } else if self.is_in_line {
            let rest = self.file.fill_buf()?;
            let line_end = memchr(b'\n', rest).map(|at| at + 1);
            self.piece.extend_from_slice(&rest[..line_end.unwrap_or(rest.len())]);
            self.file.consume(self.piece.len());
            self.is_in_line = line_end.is_none();
        }
        self.at += self.piece.len() as u64;
        Ok(&self.piece)
    }
}

/// Skips the rest of a line, or as many bytes as no line of the range can begin in. Gives how
/// many these are.
fn skip_line(file: &mut impl BufRead, most: u64) -> io::Result<u64> {
    let mut skipped = 0;
    while skipped < most {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() {
            break;
        }
        let line_end = memchr(b'\n', bytes).map(|at| at + 1);
        let length = line_end.unwrap_or(bytes.len());
        file.consume(length);
        skipped += length as u64;
        if line_end.is_some() {
            break;
        }
    }
    Ok(skipped)
}
