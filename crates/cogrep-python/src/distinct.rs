//! Distinct texts, and how they are counted in what Python has: every word, or what an
//! expression matches.

mod sequences;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use cogrep_core::SourceReport;
use cogrep_core::measure::{
    AnyMeasure, Distinct as DistinctMatches, DistinctByLine, DistinctTexts, Layout, LineFields,
    LineText, Ngrams, Rank, UnicodeWords, Words,
};
use cogrep_core::table::{Order, Table};
use cogrep_match::{
    EngineChoice, Expansion, ExpansionCache, Hits, LineTooLong, Matching, Patterns, Plan, Scanner,
    Syntax, fold_all, word_breaks,
};
use memchr::{memchr, memrchr};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;

use self::sequences::{OfRows, OfText};
use crate::column::{self, Gather, PIECE_BYTES, Run};
use crate::counter::pattern_error;
use crate::files::{self, FileOptions, FileSums};
use crate::range::{self, RangeOptions, SourceRange};
use crate::table::{Counted, TextCounts};
use crate::{text, workers};

/// The expression that every word matches, and nothing else.
const EVERY_WORD: &str = r"\w+";

/// Rows are laid end to end up to this length.
const BATCH_BYTES: usize = 64 << 10;

/// Every word, or what an expression matches; it never changes, so threads can share it.
#[pyclass(frozen, module = "cogrep._cogrep")]
#[derive(Debug)]
pub(crate) struct Distinct {
    plan: Arc<Plan>,
    /// A group that is counted instead of the whole match: a template of it alone.
    group: Option<Arc<Expansion>>,
    what: What,
    folds: bool,
    max_line_bytes: usize,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Matches,
    Words,
    /// Words as UAX #29 has them.
    UnicodeWords,
    /// Sequences of so many words.
    Sequences(NonZeroUsize),
}

/// Counts, and the sums and the sources of a job over files.
type Report = (TextCounts, FileSums, Vec<files::SourceRow<Vec<Counted>>>);

#[pymethods]
impl Distinct {
    /// Makes an expression ready; without one, every word is counted.
    #[new]
    #[pyo3(signature = (
        expression, group, *, ngrams, unicode, ignore_case, smart_case, whole_words,
        max_line_bytes, regex_size_limit,
    ))]
    #[expect(
        clippy::too_many_arguments,
        clippy::fn_params_excessive_bools,
        reason = "named, and checked in Python"
    )]
    fn new(
        py: Python<'_>,
        expression: Option<&str>,
        group: Option<GroupName>,
        ngrams: usize,
        unicode: bool,
        ignore_case: bool,
        smart_case: bool,
        whole_words: bool,
        max_line_bytes: usize,
        regex_size_limit: u64,
    ) -> PyResult<Self> {
        let what = match NonZeroUsize::new(ngrams) {
            _ if expression.is_some() => What::Matches,
            _ if unicode => What::UnicodeWords,
            // A sequence of one word is a word.
            Some(words) if words.get() > 1 => What::Sequences(words),
            _ => What::Words,
        };
        let expression = expression.unwrap_or(EVERY_WORD);
        let matching =
            Matching { syntax: Syntax::Regex, ignore_case, whole_words, ..Matching::default() };
        let made = py.detach(|| {
            let mut patterns = Patterns::new([expression], matching)?;
            if smart_case && !patterns.any_uppercase() {
                patterns = Patterns::new([expression], Matching { ignore_case: true, ..matching })?;
            }
            let plan = Plan::with_regex_limit(&patterns, EngineChoice::Auto, regex_size_limit)?;
            let template = |group: &GroupName| format!("${{{group}}}");
            let expansion = |group| Expansion::new(&plan, template(group).as_bytes());
            let expansion = group.as_ref().map(expansion).transpose()?;
            Ok((plan, expansion))
        });
        let (plan, expansion) = made.map_err(|error| pattern_error(py, &error))?;
        if let (Some(group), Some(expansion)) = (group, &expansion)
            && (!group.can_be() || !expansion.unknown_groups().is_empty())
        {
            let message = match group {
                GroupName::Number(number) => format!("there is no group {number}"),
                GroupName::Name(name) => format!("there is no group with the name {name}"),
            };
            return Err(PyIndexError::new_err(message));
        }
        let group = expansion.map(Arc::new);
        let folds = plan.matching().ignore_case;
        Ok(Self { plan: Arc::new(plan), group, what, folds, max_line_bytes })
    }

    /// Whether case is ignored, as smart case may have decided.
    #[getter]
    fn ignores_case(&self) -> bool {
        self.folds
    }

    /// Whether the counts of lines add up to those of a text.
    #[getter]
    fn is_by_line(&self) -> bool {
        !matches!(self.what, What::Sequences(_))
    }

    /// Counts in one text.
    fn count(&self, text: &Bound<'_, PyAny>, threads: usize) -> PyResult<TextCounts> {
        if let What::Sequences(length) = self.what {
            let (table, measure) = self.sequences(length);
            // They go across lines, so these are gone through in order.
            text::gather_lines(text, 1, || OfText::new(measure.clone()))?;
            drop(measure);
            return counts(text.py(), &table);
        }
        let table = Arc::new(Table::new());
        let threads = workers::threads(threads);
        text::gather_lines(text, threads, || Tabled::new(self, &table))?;
        counts(text.py(), &table)
    }

    /// Counts over the rows of a column.
    fn count_column(
        &self,
        column: &Bound<'_, PyAny>,
        threads: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<TextCounts> {
        let run = Run { threads: workers::threads(threads), progress };
        if let What::Sequences(length) = self.what {
            let (table, measure) = self.sequences(length);
            column::gather(column, &run, || OfRows::new(measure.clone()))?;
            return counts(column.py(), &table);
        }
        let table = Arc::new(Table::new());
        column::gather(column, &run, || Tabled::new(self, &table))?;
        counts(column.py(), &table)
    }

    /// Counts in files, folders and objects that can be read.
    fn count_files(&self, py: Python<'_>, mut options: FileOptions<'_>) -> PyResult<Report> {
        // Sources have tables, and no counts of patterns.
        let by_file = std::mem::take(&mut options.by_file);
        let layout = Layout { by_source: by_file, ..Layout::default() };
        let table = Arc::new(Table::new());
        let (plan, measure) = self.measure(&table, layout)?;
        let mut rows: Vec<(Rank, files::SourceRow<Vec<Counted>>)> = Vec::new();
        let observe = |source: &SourceReport| {
            let rank = Rank { ordinal: source.ordinal, member: source.member };
            rows.push((rank, files::row(source, by_file.then(Vec::new))));
        };
        let measures = vec![measure];
        let job = files::Counting {
            plan: &plan,
            max_line_bytes: self.max_line_bytes,
            loose_space: false,
            measures,
        };
        let report = files::run(py, job, &options, by_file, observe)?;
        let counts = py.detach(|| {
            if !by_file {
                return TextCounts::new(&table, layout);
            }
            let total = Table::new();
            let mut places: HashMap<Rank, usize> =
                rows.iter().enumerate().map(|(nth, (rank, _))| (*rank, nth)).collect();
            DistinctTexts::new(&table, layout, Order::Count, cores())?.for_each(|text| {
                total.with(|local| local.add(text.text, text.count));
                let place = places.get_mut(&text.source);
                if let Some(found) = place.and_then(|place| rows[*place].1.4.as_mut()) {
                    found.push(Counted::new(text.text, text.count));
                }
                Ok::<_, io::Error>(())
            })?;
            TextCounts::new(&Arc::new(total), Layout::default())
        })?;
        Ok((counts, files::sums(&report), rows.into_iter().map(|(_, row)| row).collect()))
    }

    /// Counts in the lines that begin in a range of a file or an object.
    fn count_range(
        &self,
        py: Python<'_>,
        name: OsString,
        start: u64,
        end: u64,
        options: RangeOptions,
    ) -> PyResult<(TextCounts, u64)> {
        let range = SourceRange { name, start, end, options };
        if matches!(self.what, What::Sequences(_)) {
            let message = "sequences of words go across the ranges of a file; count whole files";
            return Err(PyValueError::new_err(message));
        }
        let table = Arc::new(Table::new());
        let mut tabled = Tabled::new(self, &table);
        let mut unscanned = Vec::new();
        let bytes = range::each_piece(py, &range, |piece| {
            unscanned.extend_from_slice(piece);
            let cut = self.last_cut(&unscanned);
            if self.what != What::Words && unscanned.len() - cut > self.max_line_bytes {
                return Err(text::too_long(LineTooLong { limit_bytes: self.max_line_bytes }));
            }
            tabled.scan(&unscanned[..cut]).map_err(text::too_long)?;
            unscanned.drain(..cut);
            Ok(())
        })?;
        tabled.scan(&unscanned).map_err(text::too_long)?;
        drop(tabled);
        Ok((counts(py, &table)?, bytes))
    }
}

/// What is in a table, sorted.
fn counts(py: Python<'_>, table: &Arc<Table>) -> PyResult<TextCounts> {
    Ok(py.detach(|| TextCounts::new(table, Layout::default()))?)
}

fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

impl Distinct {
    /// Where a text may be cut so that nothing that counts is across.
    fn last_cut(&self, text: &[u8]) -> usize {
        if self.what == What::Words {
            return word_breaks(text).map_or(0, |(_, last)| last);
        }
        memrchr(b'\n', text).map_or(0, |at| at + 1)
    }

    /// A table, and what fills it with sequences of this many words.
    fn sequences(&self, length: NonZeroUsize) -> (Arc<Table>, Ngrams) {
        let table = Arc::new(Table::new());
        let measure = Ngrams::new(&table, Layout::default(), self.folds, length);
        (table, measure)
    }

    /// What fills a table in a job.
    fn measure(&self, table: &Arc<Table>, layout: Layout) -> PyResult<(Arc<Plan>, AnyMeasure)> {
        let words: Option<AnyMeasure> = match self.what {
            What::Words if !layout.by_source => Some(Words::new(table, self.folds).into()),
            What::UnicodeWords => Some(UnicodeWords::new(table, layout, self.folds).into()),
            What::Sequences(length) => Some(Ngrams::new(table, layout, self.folds, length).into()),
            What::Words | What::Matches => None,
        };
        if let Some(words) = words {
            let none = Patterns::new(std::iter::empty::<&[u8]>(), Matching::default());
            let none = none.and_then(|none| Plan::new(&none, EngineChoice::Auto));
            let none = none.map_err(|error| PyValueError::new_err(error.to_string()))?;
            return Ok((Arc::new(none), words));
        }
        let rows = vec![vec![0]];
        let measure = match &self.group {
            None => DistinctMatches::new(table, layout, self.folds, rows).into(),
            Some(group) => {
                let fields = Arc::new(LineFields { key: None, times: None });
                let text = LineText::Expanded(Arc::clone(group));
                DistinctByLine::new(table, layout, &fields, rows, text).into()
            }
        };
        Ok((Arc::clone(&self.plan), measure))
    }
}

/// A group as Python names it.
enum GroupName {
    /// By its number, from 1; 0 is the whole match.
    Number(usize),
    Name(String),
}

impl GroupName {
    /// Whether an expression can have such a group: a name is none that reads as a number, or
    /// would end a template.
    fn can_be(&self) -> bool {
        match self {
            Self::Number(_) => true,
            Self::Name(name) => {
                name.parse::<usize>().is_err() && !name.is_empty() && !name.contains('}')
            }
        }
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Name(name) => name.fmt(formatter),
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for GroupName {
    type Error = PyErr;

    fn extract(object: pyo3::Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(number) = object.extract() {
            return Ok(Self::Number(number));
        }
        Ok(Self::Name(object.extract()?))
    }
}

/// Texts that become entries of a table.
struct Tabled<'a> {
    what: &'a Distinct,
    table: &'a Table,
    /// Rows laid end to end: what is counted depends on lines only.
    joined: Vec<u8>,
    scanner: Scanner<Hits>,
    cache: Option<ExpansionCache>,
    unicode_words: Option<UnicodeWords>,
}

impl<'a> Tabled<'a> {
    fn new(what: &'a Distinct, table: &'a Arc<Table>) -> Self {
        let scanner = Scanner::with_line_limit(Arc::clone(&what.plan), what.max_line_bytes);
        let cache = what.group.as_ref().map(|group| group.cache());
        let unicode_words = (what.what == What::UnicodeWords)
            .then(|| UnicodeWords::new(table, Layout::default(), what.folds));
        Self { what, table, joined: Vec::new(), scanner, cache, unicode_words }
    }

    /// Counts in what was laid end to end.
    fn flush(&mut self) {
        let joined = std::mem::take(&mut self.joined);
        // Each of its lines is short enough, or it would not be there.
        let _ = self.scan(&joined);
        self.joined = joined;
        self.joined.clear();
    }

    /// Counts in a text.
    fn scan(&mut self, text: &[u8]) -> Result<(), LineTooLong> {
        let Self { what, table, scanner, cache, unicode_words, .. } = self;
        if let Some(words) = unicode_words {
            words.add(text);
            return Ok(());
        }
        if what.what == What::Words {
            table.with(|local| local.add_words(text, what.folds));
            return Ok(());
        }
        let fed = scanner.feed(text);
        scanner.end_text();
        let index = |at: u64| usize::try_from(at).expect("a place in a text in memory");
        let mut hits = scanner.take_hits().peekable();
        if hits.peek().is_none() {
            return fed;
        }
        table.with(|local| {
            let mut expanded = Vec::new();
            for hit in hits {
                let found = index(hit.start)..index(hit.end);
                if let (Some(group), Some(cache)) = (&what.group, &mut *cache) {
                    let start = memrchr(b'\n', &text[..found.start]).map_or(0, |at| at + 1);
                    let in_line = found.start - start..found.end - start;
                    expanded.clear();
                    group.append(cache, hit.needle, line_at(text, start), in_line, &mut expanded);
                    local.add(&expanded, 1);
                } else if what.folds {
                    local.add(&fold_all(&text[found]), 1);
                } else {
                    local.add(&text[found], 1);
                }
            }
        });
        fed
    }
}

/// The line that begins here, without its ending.
fn line_at(text: &[u8], start: usize) -> &[u8] {
    let line = &text[start..];
    let Some(end) = memchr(b'\n', line) else { return line };
    line[..end].strip_suffix(b"\r").unwrap_or(&line[..end])
}

impl Gather for Tabled<'_> {
    fn push(&mut self, row: &[u8], is_stopped: &dyn Fn() -> bool) -> Result<(), LineTooLong> {
        // Before a line feed a carriage return would be a part of the line's ending.
        let is_joined =
            row.len() < BATCH_BYTES.min(self.what.max_line_bytes) && row.last() != Some(&b'\r');
        if is_joined {
            self.joined.extend_from_slice(row);
            if row.last().is_some_and(|last| *last != b'\n') {
                self.joined.push(b'\n');
            }
            if self.joined.len() >= BATCH_BYTES {
                self.flush();
            }
            return Ok(());
        }
        let mut rest = row;
        while rest.len() > PIECE_BYTES && !is_stopped() {
            let Some(after) = memchr(b'\n', &rest[PIECE_BYTES..]) else { break };
            let (lines, more) = rest.split_at(PIECE_BYTES + after + 1);
            self.scan(lines)?;
            rest = more;
        }
        if !is_stopped() {
            self.scan(rest)?;
        }
        Ok(())
    }

    fn end_stretch(&mut self, _: u64) {
        self.flush();
    }
}
