//! How a table is counted: by which measure, or by the totals of literals alone.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use cogrep_core::measure::{
    AnyMeasure, Distinct, DistinctByLine, Fold, Layout, LineFields, Lines, Rank, Times, Words,
};
use cogrep_core::table::{First, Order, Table};
use cogrep_core::time::{StampFinder, Step};
use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Syntax, Unit, fold_all};
use cogrep_report::{By, Rows, Sort};

use crate::args::{CountArgs, DistinctArgs, What};
use crate::commands::job::plan;
use crate::error::Error;

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
        let order = match args.output.view.sort {
            Sort::Count => Order::Count,
            Sort::Name => Order::Text,
            Sort::Input => Order::First,
        };
        let table = Arc::new(Table::with_first(order == Order::First));
        let fields = Arc::new(fields(what));
        let method = |plan, measure| Self {
            plan,
            measure,
            table: Arc::clone(&table),
            layout,
            order,
            has_texts,
            fields: Arc::clone(&fields),
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
        let measure = if layout.by_time || layout.by_key {
            let fold = if matching.ignore_case { Fold::Yes } else { Fold::No };
            let text = has_texts.then_some(fold);
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
                let text = if folds { fold_all(bytes) } else { bytes.to_vec() };
                let first = First { offset: pattern as u64, ..First::default() };
                self.layout.add(&self.table, source, nth, &text, counts[pattern], first);
            }
        }
    }
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
    if layout.by_time || layout.by_key || args.engine != EngineChoice::Auto {
        return None;
    }
    let is_plain = !layout.by_source && order != Order::First;
    let measure = match what.what {
        What::Words if is_plain => Words::new(table, args.patterns.matching().ignore_case).into(),
        What::Matches if is_whole_lines(&args.patterns) => Lines::new(table, layout).into(),
        _ => return None,
    };
    let none = Patterns::new(std::iter::empty::<&[u8]>(), Matching::default()).ok()?;
    Some((Arc::new(Plan::new(&none, EngineChoice::Auto).ok()?), measure))
}

/// Whether the only pattern is an expression that matches whole lines.
fn is_whole_lines(patterns: &Patterns) -> bool {
    let matching =
        Matching { syntax: Syntax::Regex, unit: Unit::Occurrences, ..Matching::default() };
    let mut all = patterns.iter();
    let first = all.next();
    patterns.matching() == matching && all.next().is_none() && matches!(first, Some(b".+" | b".*"))
}
