//! The patterns as they were given, on the command line and in files, and where
//! each of them stands.

use std::ffi::OsStr;
use std::ops::Range;

use cogrep_match::{PatternError, parse_list};
use cogrep_report::Rows;
use cogrep_source::{Input, SourceName, read_all};

use crate::error::{Error, shown};
use crate::flags::id;

/// Patterns in the order given, with the files that some of them came from.
#[derive(Debug, Default)]
pub(crate) struct Given {
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

impl Given {
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
        let (name, text) = read(argument)?;
        let start = self.patterns.len();
        for (nth, line) in parse_list(&text).enumerate() {
            let tab = line.iter().position(|byte| *byte == b'\t').filter(|_| named);
            match tab {
                Some(tab) => self.take(&line[tab + 1..], Some(&line[..tab])),
                None if named => {
                    let line = line_of(&text, nth);
                    return Err(Error::NoTab { name: shown(argument), line });
                }
                None => self.take(line, None),
            }
        }
        let patterns = start..self.patterns.len();
        if patterns.is_empty() {
            return Err(Error::EmptyList(shown(argument)));
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

    /// What is printed of them; expanded, each by itself.
    pub(crate) fn rows(&self, expanded: bool) -> Rows {
        let given = self.patterns.iter().cloned().zip(self.names.iter().cloned());
        Rows::new(given, expanded)
    }

    /// Says of a pattern that was refused where it stands.
    pub(crate) fn locate(&self, source: PatternError) -> Error {
        let origin = source.index().and_then(|index| {
            let list = self.lists.iter().find(|list| list.patterns.contains(&index))?;
            Some(format!("{}:{}", list.name, line_of(&list.text, index - list.patterns.start)))
        });
        Error::Pattern { origin, source }
    }
}

/// Reads a list to its end.
pub(crate) fn read(argument: &OsStr) -> Result<(SourceName, Vec<u8>), Error> {
    let name = Input::from_argument(argument).name();
    match read_all(&name) {
        Ok(text) => Ok((name, text)),
        Err(fault) => Err(Error::List { name: shown(argument), fault }),
    }
}

/// The number of the line, from 1, that holds the nth entry of a list, from 0.
fn line_of(text: &[u8], nth: usize) -> usize {
    let is_blank = |line: &[u8]| matches!(line, b"" | b"\r");
    let mut lines = text.split(|&byte| byte == b'\n').enumerate();
    let line = lines.by_ref().filter(|(_, line)| !is_blank(line)).nth(nth);
    line.map_or(0, |(before, _)| before + 1)
}
