//! Keys of lines: what a group of a regular expression catches.

use std::ops::Range;

use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;

use crate::pattern::{self, PatternError};

/// An expression that gives a line a key: what its first group matches, or all of it if it
/// has none, where it matches first.
///
/// ```
/// use cogrep_match::LineKey;
///
/// let key = LineKey::new(r#""(GET|POST) "#)?;
/// let line = br#"10.0.0.7 - - "POST /login HTTP/1.1" 200"#;
/// let mut cache = key.cache();
/// assert_eq!(key.find(&mut cache, line).map(|key| &line[key]), Some(&b"POST"[..]));
/// assert_eq!(key.find(&mut cache, b"-"), None);
/// # Ok::<(), cogrep_match::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LineKey {
    regex: Regex,
    group: usize,
}

/// What a [`LineKey`] needs to work with.
#[derive(Clone, Debug)]
pub struct LineKeyCache(Captures);

/// A key is looked for in one line after another, so its expression may be this large.
const MOST_BYTES: usize = 64 << 20;

impl LineKey {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// When it is not a regular expression, or needs too much memory.
    pub fn new(expression: &str) -> Result<Self, PatternError> {
        let hir = pattern::parse(0, expression.as_bytes(), false)?;
        let config = Regex::config().utf8_empty(false).nfa_size_limit(Some(MOST_BYTES));
        let regex = Regex::builder().configure(config).build_from_hir(&hir);
        // How much it needs is not known: more than there may be.
        let regex = regex.map_err(|_| PatternError::TooLarge {
            index: 0,
            pattern: expression.to_owned(),
            need_bytes: MOST_BYTES as u64 + 1,
            limit_bytes: MOST_BYTES as u64,
        })?;
        let group = usize::from(regex.captures_len() > 1);
        Ok(Self { regex, group })
    }

    /// What [`find`](Self::find) needs; it may be used for many lines.
    #[must_use]
    pub fn cache(&self) -> LineKeyCache {
        LineKeyCache(self.regex.create_captures())
    }

    /// Where the key of a line is, without the ending of the line; nowhere if it has none.
    #[must_use]
    pub fn find(&self, cache: &mut LineKeyCache, line: &[u8]) -> Option<Range<usize>> {
        if self.group == 0 {
            return self.regex.find(line).map(|found| found.range());
        }
        self.regex.search_captures(&Input::new(line), &mut cache.0);
        cache.0.get_group(self.group).map(|group| group.range())
    }
}
