//! The places of regular expressions.

use std::ops::Range;

use memchr::memchr;
use regex_automata::meta::Cache;

use super::{Excerpt, Found, Place};
use crate::engine::LineRegex;
use crate::pattern::{Matching, PatternError};
use crate::text::line::{LineGrouper, LineTooLong, without_ending};

/// Finds the places of regular expressions, line by line.
#[derive(Clone, Debug)]
pub(super) struct RegexPlaces {
    grouper: LineGrouper,
    lines: Lines,
}

impl RegexPlaces {
    pub(super) fn new(
        needles: &[usize],
        distinct: &[Box<[u8]>],
        matching: Matching,
        mut found: Found,
        line_limit_bytes: usize,
    ) -> Result<Self, PatternError> {
        found.look_for(distinct.len());
        let regexes = LineRegex::compile(needles, distinct, matching)?;
        let regexes = regexes.into_iter().map(|regex| (regex.create_cache(), regex)).collect();
        let lines = Lines { regexes, found, offset: 0, line: 1 };
        Ok(Self { grouper: LineGrouper::new(line_limit_bytes), lines })
    }

    pub(super) fn found(&self) -> &Found {
        &self.lines.found
    }

    pub(super) fn found_mut(&mut self) -> &mut Found {
        &mut self.lines.found
    }

    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<(), LineTooLong> {
        let Self { grouper, lines } = self;
        if lines.found.is_full() {
            return Ok(());
        }
        grouper.feed(piece, |piece| lines.look_through(piece))
    }

    pub(super) fn finish(self) -> Found {
        let Self { mut grouper, mut lines } = self;
        grouper.end_text(|piece| lines.look_through(piece));
        lines.found
    }
}

/// The way through the lines of a text.
#[derive(Clone, Debug)]
struct Lines {
    /// By needle.
    regexes: Vec<(Cache, LineRegex)>,
    found: Found,
    /// Where the next line begins.
    offset: u64,
    /// Its number, from 1.
    line: u64,
}

impl Lines {
    fn look_through(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let end = memchr(b'\n', piece).map_or(piece.len(), |at| at + 1);
            let (line, rest) = piece.split_at(end);
            for needle in 0..self.regexes.len() {
                self.look_for(needle, without_ending(line));
            }
            self.offset += end as u64;
            self.line += 1;
            piece = rest;
        }
    }

    fn look_for(&mut self, needle: usize, line: &[u8]) {
        let mut start = 0;
        while self.found.lacks(needle) {
            let (cache, regex) = &mut self.regexes[needle];
            if regex.counts_lines() {
                if let Some(matched) = regex.find_any(cache, line) {
                    self.add(needle, line, matched);
                }
                return;
            }
            let Some(matched) = regex.find(cache, line, start) else { return };
            start = matched.end;
            self.add(needle, line, matched);
        }
    }

    fn add(&mut self, needle: usize, line: &[u8], matched: Range<usize>) {
        let bytes = self.offset + matched.start as u64..self.offset + matched.end as u64;
        let line_number = self.line;
        self.found.add(needle, bytes.clone(), || Place {
            bytes,
            line: line_number,
            column: matched.start as u64 + 1,
            excerpt: Excerpt::new(line, 0, matched),
        });
    }
}
