//! The patterns as they were given, on the command line and in files, and where each of them
//! was given.

use std::ffi::OsStr;
use std::ops::Range;

use cogrep_match::{PatternError, parse_list};
use cogrep_report::Rows;
use cogrep_source::SourceName;

use crate::args::lists;
use crate::args::values::shown;
use crate::error::Error;
use crate::flags::id;

/// Patterns in the order given, with the files that some of them came from.
#[derive(Debug, Default)]
pub(crate) struct PatternArgs {
    patterns: Vec<Vec<u8>>,
    /// The name of each pattern, if it was given one.
    names: Vec<Option<Vec<u8>>>,
    lists: Vec<List>,
}

/// A file of patterns, and which of the patterns it gave.
#[derive(Debug)]
struct List {
    name: SourceName,
    text: Vec<u8>,
    patterns: Range<usize>,
}

impl PatternArgs {
    /// Takes a word of the command line as a pattern.
    pub(crate) fn take_word(&mut self, word: &OsStr) {
        self.take(word.as_encoded_bytes(), None);
    }

    /// Takes the values of the flags that give patterns, in their order.
    pub(crate) fn take_flags(&mut self, flags: &[(&'static str, &OsStr)]) -> Result<(), Error> {
        let mut flags = flags.iter();
        while let Some(&(flag, value)) = flags.next() {
            match flag {
                id::PATTERN => self.take_word(value),
                id::DEF => {
                    // Its two values follow each other.
                    if let Some((_, pattern)) = flags.next() {
                        self.take(pattern.as_encoded_bytes(), Some(value.as_encoded_bytes()));
                    }
                }
                id::DEF_FILE => self.take_list(value, true)?,
                _ => self.take_list(value, false)?,
            }
        }
        Ok(())
    }

    fn take(&mut self, pattern: &[u8], name: Option<&[u8]>) {
        self.patterns.push(pattern.to_vec());
        self.names.push(name.map(<[u8]>::to_vec));
    }

    /// Takes the lines of a file: patterns, or names and patterns.
    fn take_list(&mut self, argument: &OsStr, named: bool) -> Result<(), Error> {
        let (name, text) = lists::read(argument)?;
        lists::warn(argument, &text);
        let start = self.patterns.len();
        for (nth, line) in parse_list(&text).enumerate() {
            let tab = line.iter().position(|byte| *byte == b'\t').filter(|_| named);
            match tab {
                Some(tab) => self.take(&line[tab + 1..], Some(&line[..tab])),
                None if named => {
                    let place = format!("{}:{}", shown(argument), lists::line_of(&text, nth));
                    let message = format!("{place}: no tab between a name and a pattern");
                    return Err(Error::input(message));
                }
                None => self.take(line, None),
            }
        }
        let patterns = start..self.patterns.len();
        if patterns.is_empty() {
            return Err(Error::input(format!("{}: no pattern in it", shown(argument)))
                .hint("a list has one pattern a line"));
        }
        self.lists.push(List { name, text, patterns });
        Ok(())
    }

    /// Whether nothing was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether one of the lists is standard input.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.lists.iter().any(|list| list.name == SourceName::Stdin)
    }

    /// The patterns themselves.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &[u8]> {
        self.patterns.iter().map(Vec::as_slice)
    }

    /// The name of each pattern, if it was given one.
    pub(crate) fn names(&self) -> impl Iterator<Item = Option<&[u8]>> {
        self.names.iter().map(Option::as_deref)
    }

    /// The pattern, if it is the only one.
    pub(crate) fn only_word(&self) -> Option<&OsStr> {
        let [word] = self.patterns.as_slice() else { return None };
        std::str::from_utf8(word).ok().map(OsStr::new)
    }

    /// The rows that are printed of them; expanded, each pattern has its own.
    pub(crate) fn rows(&self, expanded: bool) -> Rows {
        let given = self.patterns.iter().cloned().zip(self.names.iter().cloned());
        Rows::new(given, expanded)
    }

    /// A pattern that is refused, as an error that says where it was given.
    pub(crate) fn refused(&self, error: &PatternError) -> Error {
        let place = error.index().and_then(|index| {
            let list = self.lists.iter().find(|list| list.patterns.contains(&index))?;
            let line = lists::line_of(&list.text, index - list.patterns.start);
            Some(format!("{}:{line}: ", list.name))
        });
        let hint = match error {
            // grep counts lines by an empty pattern.
            PatternError::Empty { .. } => Some("to count lines, use -cE '^'"),
            PatternError::TooLarge { .. } => Some("allow more with --regex-size-limit"),
            _ => None,
        };
        Error::usage(format!("{}{error}", place.unwrap_or_default())).maybe_hint(hint)
    }
}
