//! How a table is counted: by which measure, or by the totals of literals alone.

use std::env;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use cogrep_core::measure::{
    AnyMeasure, Distinct, DistinctByLine, DistinctText, Layout, LineFields, LineKind, LineText,
    Lines, Ngrams, Rank, Times, UnicodeWords, Words,
};
use cogrep_core::network::with_loose_space;
use cogrep_core::table::{First, MemoryLimit, Order, Table};
use cogrep_core::time::{StampFinder, Step};
use cogrep_match::{EngineChoice, Expansion, Matching, Patterns, Plan, Syntax, Unit, fold_all};
use cogrep_report::{By, Rows};

use super::tabled::{Tabled, order};
use crate::args::{CountArgs, DistinctArgs, What};
use crate::commands::job::plan;
use crate::error::Error;
use crate::ui::messages;

/// How a table is counted.
pub(super) struct Method {
    pub(super) plan: Arc<Plan>,
    /// None where the totals of literals say it all.
    pub(super) measure: Option<AnyMeasure>,
    pub(super) table: Arc<Table>,
    pub(super) layout: Layout,
    pub(super) order: Order,
    /// Whether texts are counted, and not only patterns.
    pub(super) has_texts: bool,
    fields: Arc<LineFields>,
    loose_space: bool,
}

impl Method {
    pub(super) fn new(args: &CountArgs, what: &DistinctArgs, rows: &Rows) -> Result<Self, Error> {
        let has_texts = what.what != What::Patterns;
        let layout = Layout {
            by_source: args.output.view.by == By::File,
            by_time: what.time.is_some(),
            by_key: what.key.is_some(),
            by_row: rows.len() > 1 || !has_texts,
        };
        let order = order(args.output.view.sort);
        let table =
            Arc::new(Table::with_limit(order == Order::First, Some(memory_limit(what.max_memory))));
        let fields = Arc::new(fields(what));
        let method = |plan, measure| Self {
            plan,
            measure,
            table: Arc::clone(&table),
            layout,
            order,
            has_texts,
            fields: Arc::clone(&fields),
            loose_space: args.loose_space,
        };
        if let Some((plan, measure)) = without_patterns(args, what, &table, (layout, order)) {
            return Ok(method(plan, Some(measure)));
        }
        let plan = plan(args)?;
        let matching = plan.matching();
        let mut rows_of = vec![Vec::new(); plan.needle_count()];
        for (nth, row) in rows.iter().enumerate() {
            row.patterns.iter().for_each(|pattern| rows_of[plan.needles()[*pattern]].push(nth));
        }
        let measure = if layout.by_time || layout.by_key || what.template.is_some() {
            let text = match &what.template {
                Some(template) => LineText::Expanded(expansion(args, &plan, template)?),
                None if !has_texts => LineText::None,
                None if matching.ignore_case => LineText::Folded,
                None => LineText::AsFound,
            };
            Some(DistinctByLine::new(&table, layout, &fields, rows_of, text).into())
        } else {
            let is_needed = matching.syntax == Syntax::Regex;
            is_needed.then(|| Distinct::new(&table, layout, matching.ignore_case, rows_of).into())
        };
        Ok(method(plan, measure))
    }

    /// Why it is this one.
    pub(super) fn reason(&self) -> &str {
        if self.plan.patterns().is_empty() {
            return "a table alone, since no pattern has to be looked for";
        }
        self.plan.reason()
    }

    /// The table, sorted.
    pub(super) fn tabled(&self, workers: Option<NonZeroUsize>) -> Result<Tabled, Error> {
        let what = (self.has_texts, self.step());
        Tabled::new(&self.table, self.layout, self.order, what, workers)
    }

    /// The length of the steps of time, if there are any.
    pub(super) fn step(&self) -> Option<Step> {
        self.fields.times.as_ref().map(Times::step)
    }

    /// Whether stamps with an offset and others without were counted together.
    pub(super) fn has_mixed_times(&self) -> bool {
        self.fields.times.as_ref().is_some_and(Times::are_mixed)
    }

    /// Adds the counts of literals, which match no other texts than themselves.
    pub(super) fn add_literals(&self, rows: &Rows, source: Rank, counts: &[u64]) {
        for (nth, row) in rows.iter().enumerate() {
            for pattern in row.patterns.iter().copied().filter(|pattern| counts[*pattern] > 0) {
                let bytes = rows.pattern(pattern);
                let folds = self.plan.matching().ignore_case;
                let loose = self.loose_space.then(|| with_loose_space(bytes));
                let bytes = loose.as_deref().unwrap_or(bytes);
                let text = if folds { fold_all(bytes) } else { bytes.to_vec() };
                let first = First { offset: pattern as u64, ..First::default() };
                let counted = DistinctText {
                    source,
                    time: None,
                    key: Vec::new(),
                    row: nth,
                    text: &text,
                    count: counts[pattern],
                    first,
                };
                self.layout.add_text(&self.table, &counted);
            }
        }
    }
}

/// The template for the matches, and a warning where it names what no pattern has.
fn expansion(args: &CountArgs, plan: &Plan, template: &str) -> Result<Arc<Expansion>, Error> {
    let expansion = Expansion::new(plan, template.as_bytes());
    let expansion = expansion.map_err(|error| args.given.refused(&error))?;
    for group in expansion.unknown_groups() {
        messages::warning(&format!(
            "--replace: no pattern has a group {group}, which is empty then; a name ends before a \
             letter in ${{NAME}} only"
        ));
    }
    Ok(Arc::new(expansion))
}

/// How much memory a table may take, and where the rest goes.
pub(in crate::commands) fn memory_limit(max_memory: Option<u64>) -> MemoryLimit {
    let bytes = max_memory.unwrap_or_else(|| memory_bytes() / 2);
    MemoryLimit { bytes: usize::try_from(bytes).unwrap_or(usize::MAX), folder: scratch_folder() }
}

/// The memory that there is, for this program and all others.
fn memory_bytes() -> u64 {
    use sysinfo::{MemoryRefreshKind, RefreshKind, System};

    let wanted = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(wanted);
    // A container may have less than the machine.
    let of_group = system.cgroup_limits().map(|limits| limits.total_memory).filter(|it| *it > 0);
    let bytes = of_group.unwrap_or(u64::MAX).min(system.total_memory());
    // Where it is not known, there is no machine with less.
    if bytes == 0 { 1 << 30 } else { bytes }
}

/// The folder of temporary files: one on a disk, if there is such a one, since what is in
/// memory must not go to memory.
fn scratch_folder() -> PathBuf {
    let on_disk = Path::new("/var/tmp");
    if cfg!(unix) && env::var_os("TMPDIR").is_none() && on_disk.is_dir() {
        return on_disk.to_path_buf();
    }
    env::temp_dir()
}

/// By what lines are counted.
fn fields(what: &DistinctArgs) -> LineFields {
    let times = what.time.map(|step| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let finder = StampFinder::new(i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
        let finder = match &what.time_format {
            Some(format) => finder.with_format(format),
            None => finder,
        };
        Times::new(finder, step)
    });
    LineFields { key: what.key.clone(), times }
}

/// Words and lines are counted faster than expressions find them.
fn without_patterns(
    args: &CountArgs,
    what: &DistinctArgs,
    table: &Arc<Table>,
    (layout, order): (Layout, Order),
) -> Option<(Arc<Plan>, AnyMeasure)> {
    let is_by_line = layout.by_time || layout.by_key || what.template.is_some();
    if what.what == What::UnicodeWords {
        let folds = args.patterns.matching().ignore_case;
        let measure = UnicodeWords::new(table, layout, folds);
        return Some((no_patterns()?, measure.into()));
    }
    if is_by_line || args.engine != EngineChoice::Auto && what.ngrams.is_none() {
        return None;
    }
    let is_plain = !layout.by_source && order != Order::First;
    let folds = args.patterns.matching().ignore_case;
    let measure = match what.what {
        What::Words if what.ngrams.is_some() => {
            Ngrams::new(table, layout, folds, what.ngrams.unwrap_or(NonZeroUsize::MIN)).into()
        }
        What::Words if is_plain => Words::new(table, folds).into(),
        What::Matches => Lines::new(table, layout, whole_lines(&args.patterns)?).into(),
        _ => return None,
    };
    Some((no_patterns()?, measure))
}

fn no_patterns() -> Option<Arc<Plan>> {
    let none = Patterns::new(std::iter::empty::<&[u8]>(), Matching::default()).ok()?;
    Some(Arc::new(Plan::new(&none, EngineChoice::Auto).ok()?))
}

/// Which lines the only pattern matches as a whole, if it does that.
fn whole_lines(patterns: &Patterns) -> Option<LineKind> {
    let matching = patterns.matching();
    let mut all = patterns.iter();
    let pattern = all.next().filter(|_| matching.syntax == Syntax::Regex && all.len() == 0)?;
    // A fold of case would be one of each line, and words end within lines.
    let is_plain = !matching.ignore_case && !matching.whole_words;
    match (matching.unit, pattern) {
        (Unit::WholeLines, b".*") if !matching.ignore_case => Some(LineKind::Whole),
        (Unit::WholeLines, b".+") if !matching.ignore_case => Some(LineKind::Filled),
        (Unit::Occurrences, b".*" | b".+") if is_plain => Some(LineKind::Parts),
        _ => None,
    }
}
