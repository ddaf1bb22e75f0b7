//! Where the text comes in.

use std::io::{self, BufRead};

use cosend::Sink;

use super::lowercase;

/// Sends a text line by line, each with its line feed, and in lower case if case
/// is to be ignored; then drops the child, which closes it.
///
/// A line is any bytes. Reading ends early when the child takes no more.
pub(crate) fn cat(
    mut text: impl BufRead,
    ignore_case: bool,
    mut child: impl Sink<[u8]>,
) -> io::Result<()> {
    let mut line = Vec::new();
    while text.read_until(b'\n', &mut line)? > 0 {
        if ignore_case {
            line = lowercase(&line);
        }
        if child.pass(&line).is_err() {
            break;
        }
        line.clear();
    }
    Ok(())
}
