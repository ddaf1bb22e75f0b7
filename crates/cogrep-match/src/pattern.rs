//! What to count: the patterns as given, and how they are meant.
//!
//! What this module refuses to do: read pattern files (it is handed their text),
//! and decide how to count. Read next: [`Plan`](crate::Plan).

use std::sync::Arc;

use regex_syntax::ast::{self, Ast};

/// What a pattern is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// Bytes to be found as they are.
    #[default]
    Literal,
    /// A regular expression of the `regex` crate, matched line by line.
    Regex,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Occurrences; those of one pattern do not overlap (`aa` twice in `aaaaa`).
    #[default]
    Occurrences,
    /// Every place where the pattern occurs (`aa` four times in `aaaaa`); for
    /// literals only.
    Overlapping,
    /// Lines with at least one occurrence.
    Lines,
    /// Lines that equal the pattern, less one final `\r` before the `\n`. It
    /// overrides [`Matching::whole_words`].
    WholeLines,
}

/// How patterns are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Matching {
    /// What a pattern is.
    pub syntax: Syntax,
    /// Whether case is ignored, by Unicode simple case folding.
    pub ignore_case: bool,
    /// Whether an occurrence counts only if neither neighbour is a word character.
    pub whole_words: bool,
    /// What is counted.
    pub unit: Unit,
}

/// What is wrong with a list of patterns.
///
/// An `index` is a place in the list as given, from 0; messages count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// A pattern without a byte: it would be everywhere.
    #[error("pattern {} is empty", index + 1)]
    Empty {
        /// Which pattern.
        index: usize,
    },
    /// A regular expression must be valid UTF-8.
    #[error("pattern {} is not valid UTF-8 (byte {}), as a regular expression must be", index + 1, at + 1)]
    NotUtf8 {
        /// Which pattern.
        index: usize,
        /// The offset of the first byte that is not.
        at: usize,
    },
    /// A regular expression is wrong.
    #[error("pattern {} is not a regular expression: {message} (column {column}): {pattern}", index + 1)]
    Regex {
        /// Which pattern.
        index: usize,
        /// The pattern.
        pattern: String,
        /// What is wrong, in a few words.
        message: String,
        /// The byte offset in the pattern at which it is wrong.
        at: usize,
        /// The same in characters, from 1.
        column: usize,
    },
    /// A regular expression is right, but with those before it needs more memory than is
    /// allowed.
    #[error(
        "pattern {} is too large a regular expression: it needs {} MiB, and all together may take {}: {pattern}",
        index + 1,
        need_bytes.div_ceil(1 << 20),
        limit_bytes >> 20
    )]
    TooLarge {
        /// Which pattern.
        index: usize,
        /// The pattern.
        pattern: String,
        /// About how much it takes when it is compiled.
        need_bytes: u64,
        /// How much all may take together.
        limit_bytes: u64,
    },
    /// Regular expressions do not overlap themselves.
    #[error(
        "overlapping occurrences are counted for literals only: a regular expression may match in several lengths at one start, so it is not certain what overlaps"
    )]
    OverlappingRegex,
    /// The engine that was chosen cannot count these patterns.
    #[error("the engine {engine} {reason}")]
    Engine {
        /// The name of the engine.
        engine: &'static str,
        /// Why not: the rest of a sentence that begins with its name.
        reason: String,
    },
}

impl PatternError {
    /// The place of the pattern in the list as given, from 0, if it is one pattern
    /// that is wrong.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        match self {
            Self::Empty { index }
            | Self::NotUtf8 { index, .. }
            | Self::Regex { index, .. }
            | Self::TooLarge { index, .. } => Some(*index),
            Self::OverlappingRegex | Self::Engine { .. } => None,
        }
    }
}

/// Patterns in the order given, and how they are meant; cheap to clone.
///
/// ```
/// use cogrep_match::{Matching, PatternError, Patterns};
///
/// let patterns = Patterns::new(["love", "hate"], Matching::default())?;
/// assert_eq!(patterns.len(), 2);
///
/// let empty = Patterns::new(["love", ""], Matching::default());
/// assert_eq!(empty.unwrap_err(), PatternError::Empty { index: 1 });
/// # Ok::<(), PatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patterns {
    given: Arc<[Vec<u8>]>,
    matching: Matching,
}

impl Patterns {
    /// Takes patterns in order; the same may come twice.
    ///
    /// # Errors
    ///
    /// An empty pattern; a regular expression that is not valid UTF-8 or not valid;
    /// regular expressions with [`Unit::Overlapping`].
    pub fn new<P: Into<Vec<u8>>>(
        given: impl IntoIterator<Item = P>,
        matching: Matching,
    ) -> Result<Self, PatternError> {
        let given: Arc<[Vec<u8>]> = given.into_iter().map(Into::into).collect();
        if let Some(index) = given.iter().position(Vec::is_empty) {
            return Err(PatternError::Empty { index });
        }
        if matching.syntax == Syntax::Regex {
            if matching.unit == Unit::Overlapping {
                return Err(PatternError::OverlappingRegex);
            }
            for (index, pattern) in given.iter().enumerate() {
                parse(index, pattern, matching.ignore_case)?;
            }
        }
        Ok(Self { given, matching })
    }

    /// How they are meant.
    pub fn matching(&self) -> Matching {
        self.matching
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// The patterns as they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.given.iter().map(Vec::as_slice)
    }

    /// Whether any pattern has an upper-case character: what smart case asks.
    ///
    /// In a regular expression only the characters that it matches literally are
    /// looked at: the capitals in `\W` and `\p{Greek}` are none.
    pub fn any_uppercase(&self) -> bool {
        self.given.iter().any(|pattern| match self.matching.syntax {
            Syntax::Literal => {
                pattern.utf8_chunks().any(|chunk| chunk.valid().chars().any(char::is_uppercase))
            }
            Syntax::Regex => str::from_utf8(pattern)
                .ok()
                .and_then(|pattern| ast::parse::Parser::new().parse(pattern).ok())
                .is_some_and(|ast| has_uppercase_literal(&ast)),
        })
    }
}

/// Splits the text of a pattern list into its patterns, one a line.
///
/// Lines end with `\n` or `\r\n`; blank lines are skipped; spaces and `#` are text.
///
/// ```
/// use cogrep_match::parse_list;
///
/// let list: Vec<_> = parse_list(b"war\r\n\n# peace \n").collect();
/// assert_eq!(list, [&b"war"[..], b"# peace "]);
/// ```
pub fn parse_list(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
}

/// Parses a regular expression as the `regex` crate does for bytes.
pub(crate) fn parse(
    index: usize,
    pattern: &[u8],
    ignore_case: bool,
) -> Result<regex_syntax::hir::Hir, PatternError> {
    let text = str::from_utf8(pattern)
        .map_err(|error| PatternError::NotUtf8 { index, at: error.valid_up_to() })?;
    let mut parser =
        regex_syntax::ParserBuilder::new().utf8(false).case_insensitive(ignore_case).build();
    parser.parse(text).map_err(|error| {
        let (message, at) = match &error {
            regex_syntax::Error::Parse(error) => {
                (error.kind().to_string(), error.span().start.offset)
            }
            regex_syntax::Error::Translate(error) => {
                (error.kind().to_string(), error.span().start.offset)
            }
            other => (other.to_string(), 0),
        };
        let column = text[..at].chars().count() + 1;
        PatternError::Regex { index, pattern: text.into(), message, at, column }
    })
}

/// Whether the expression has an upper-case character that means itself.
fn has_uppercase_literal(ast: &Ast) -> bool {
    struct Finder {
        found: bool,
    }

    impl Finder {
        fn look_at(&mut self, char: char) {
            self.found |= char.is_uppercase();
        }
    }

    impl ast::Visitor for Finder {
        type Output = bool;
        type Err = std::convert::Infallible;

        fn finish(self) -> Result<bool, Self::Err> {
            Ok(self.found)
        }

        fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
            if let Ast::Literal(literal) = ast {
                self.look_at(literal.c);
            }
            Ok(())
        }

        fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), Self::Err> {
            match item {
                ast::ClassSetItem::Literal(literal) => self.look_at(literal.c),
                ast::ClassSetItem::Range(range) => {
                    self.look_at(range.start.c);
                    self.look_at(range.end.c);
                }
                _ => {}
            }
            Ok(())
        }
    }

    let Ok(found) = ast::visit(ast, Finder { found: false });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGEX: Matching = Matching {
        syntax: Syntax::Regex,
        ignore_case: false,
        whole_words: false,
        unit: Unit::Occurrences,
    };

    fn uppercase(pattern: &[u8], matching: Matching) -> bool {
        Patterns::new([pattern], matching).unwrap().any_uppercase()
    }

    #[test]
    fn smart_case_sees_capitals_of_any_script() {
        let plain = Matching::default();
        for (pattern, expected) in [
            ("love", false),
            ("Love", true),
            ("straße", false),
            ("жЖ", true),
            ("\\W", true),
            ("漢", false),
        ] {
            assert_eq!(uppercase(pattern.as_bytes(), plain), expected, "{pattern}");
        }
        assert!(uppercase(b"\xFFA", plain));
        assert!(!uppercase(b"\xFFa", plain));
    }

    #[test]
    fn smart_case_does_not_take_escapes_for_capitals() {
        for (pattern, expected) in [
            (r"\W\S\D\B", false),
            (r"\p{Greek}\pL\P{Lu}", false),
            (r"[[:alpha:]]", false),
            (r"(?P<Name>a)", false),
            (r"\WA", true),
            (r"[a-Z&&\W]", true),
            (r"[A-z]", true),
            (r"[xÄ]", true),
            (r"a|(b(?:C))", true),
        ] {
            let pattern = pattern.replace("a-Z", "0-Z");
            assert_eq!(uppercase(pattern.as_bytes(), REGEX), expected, "{pattern}");
        }
    }

    #[test]
    fn a_bad_expression_is_shown_with_its_column() {
        let error = Patterns::new(["a", "é(b"], REGEX).unwrap_err();
        let PatternError::Regex { index, at, column, .. } = &error else { panic!("{error}") };
        assert_eq!((*index, *at, *column), (1, 2, 2));
        assert!(
            error
                .to_string()
                .starts_with("pattern 2 is not a regular expression: unclosed group (column 2)")
        );
    }

    #[test]
    fn refused_lists() {
        assert_eq!(
            Patterns::new([&b"a\xFF"[..]], REGEX).unwrap_err(),
            PatternError::NotUtf8 { index: 0, at: 1 }
        );
        assert!(matches!(
            Patterns::new([r"\p{Nothing}"], REGEX).unwrap_err(),
            PatternError::Regex { at: 0, column: 1, .. }
        ));
        let overlapping = Matching { unit: Unit::Overlapping, ..REGEX };
        assert_eq!(Patterns::new(["a"], overlapping).unwrap_err(), PatternError::OverlappingRegex);
        assert_eq!(
            Patterns::new(["a", "", ""], REGEX).unwrap_err(),
            PatternError::Empty { index: 1 }
        );
    }

    #[test]
    fn a_list_may_be_empty() {
        let list =
            |given: &[&str]| Patterns::new(given.iter().copied(), Matching::default()).unwrap();
        assert!(list(&[]).is_empty());
        assert!(!list(&["a"]).is_empty());
        assert_eq!((list(&[]).len(), list(&["a", "a", "b"]).len()), (0, 3));
    }

    #[test]
    fn list_lines() {
        let list = |text: &'static str| parse_list(text.as_bytes()).collect::<Vec<_>>();
        assert!(list("").is_empty());
        assert!(list("\r\n\n\r\n").is_empty());
        assert_eq!(list("a\r"), [b"a"]);
        assert_eq!(list(" a\r\r\nb"), [&b" a\r"[..], b"b"]);
    }
}
