//! Finds runs: a number of neighbouring bytes that are all of one set.

use std::ops::Range;

use crate::engine::regex::Run;

/// The first run in the text, as many bytes of it as are asked for, from this index on.
///
/// A run of eight bytes has one at every eighth place, so most of the text is not looked at,
/// as Boyer and Moore do with the end of a pattern.
pub(super) fn find(run: &Run, text: &[u8], from: usize) -> Option<Range<usize>> {
    let is_in = |at: usize| run.has[usize::from(text[at])];
    // No run begins before this.
    let mut floor = from;
    let mut at = from + run.len - 1;
    while at < text.len() {
        if !is_in(at) {
            floor = at + 1;
            at += run.len;
            continue;
        }
        let mut start = at;
        while start > floor && is_in(start - 1) {
            start -= 1;
        }
        let mut end = at + 1;
        while end < text.len() && end - start < run.len && is_in(end) {
            end += 1;
        }
        if end - start >= run.len {
            return Some(start..end);
        }
        floor = end + 1;
        at = end + run.len;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_found_where_it_begins() {
        let mut has = [false; 256];
        has[usize::from(b'a')..=usize::from(b'b')].fill(true);
        // All texts of twelve letters, of which one is in no run.
        for bits in 0..1_u32 << 12 {
            let text: Vec<_> =
                (0..12).map(|at| if bits >> at & 1 == 1 { b'b' } else { b'-' }).collect();
            for len in 1..6 {
                let run = Run { has, len };
                for from in 0..=text.len() {
                    let is_run =
                        |start: &usize| text[*start..start + len].iter().all(|byte| *byte == b'b');
                    let expected = (from..(text.len() + 1).saturating_sub(len)).find(is_run);
                    let found = find(&run, &text, from).map(|found| found.start);
                    assert_eq!(found, expected, "{len} in {bits:012b} from {from}");
                }
            }
        }
    }
}
