//! One way to write a result, whatever its format.

use std::io::{self, Write};

use cogrep_core::{Report, SourceReport};

use crate::collection::Collection;
use crate::formats::text::TextStyle;
use crate::formats::{At, Format, Shown, Totals, slices};
use crate::row::Rows;
use crate::view::{By, View};

/// How a result is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// The format.
    pub format: Format,
    /// How text is written.
    pub style: TextStyle,
    /// What is shown.
    pub view: View,
    /// The columns that a table has room in, if that is limited.
    pub width: Option<usize>,
}

impl Layout {
    /// Whether each source must have counts of its own.
    #[must_use]
    pub fn needs_sources(&self) -> bool {
        let is_by_total = self.view.by == By::Total && self.view.names.is_none();
        !is_by_total || self.format.exporter().always_by_source()
    }

    /// Whether something is written as soon as a source has ended.
    #[must_use]
    pub fn streams(&self) -> bool {
        self.needs_sources() && !self.waits()
    }

    /// Whether nothing can be written before everything is counted.
    fn waits(&self) -> bool {
        let view = &self.view;
        self.format.exporter().waits() || view.needs_totals() || view.ranks_sources()
    }
}

/// Writes a result in one format, source by source where the format allows it.
pub struct Printer<'r, W> {
    out: W,
    layout: Layout,
    rows: &'r Rows,
    /// The order of the rows, where it is known from the start.
    order: Vec<usize>,
    has_begun: bool,
}

impl<'r, W: Write + Send> Printer<'r, W> {
    /// A printer of results to `out`.
    ///
    /// Names of sources are written as text, whatever the format.
    pub fn new(out: W, layout: Layout, rows: &'r Rows) -> Self {
        let order = if layout.waits() { Vec::new() } else { layout.view.order(rows, &[]) };
        Self { out, layout, rows, order, has_begun: false }
    }

    /// Whether [`finish`](Self::finish) wants all sources, collected.
    #[must_use]
    pub fn needs_collection(&self) -> bool {
        // Totals alone are in the report.
        self.layout.format.exporter().names_sources()
            || self.layout.waits() && self.layout.needs_sources()
    }

    /// Writes what is known once a source has ended.
    ///
    /// # Errors
    ///
    /// When the output cannot be written to.
    pub fn source(&mut self, source: &SourceReport) -> io::Result<()> {
        if self.layout.waits() {
            return Ok(());
        }
        self.write_source(source)
    }

    /// Writes the totals, or what the format has at its end, and flushes.
    ///
    /// # Errors
    ///
    /// When the output cannot be written to.
    pub fn finish(mut self, report: &Report, collection: &Collection) -> io::Result<()> {
        let exporter = self.layout.format.exporter();
        let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
        let counts = self.rows.counts(&counts);
        let ranked;
        let collection = if self.layout.view.ranks_sources() {
            ranked = collection.ranked(self.rows, self.layout.view);
            &ranked
        } else {
            collection
        };
        if self.layout.waits() {
            self.order = self.layout.view.order(self.rows, &counts);
            if !exporter.waits() {
                collection.sources.iter().try_for_each(|source| self.write_source(source))?;
            }
        }
        self.begin()?;
        if self.layout.view.names.is_some() {
            return self.out.flush();
        }
        let shown = shown(self.rows, &self.order, self.layout);
        exporter.finish(&mut self.out, &shown, &Totals { report, counts: &counts, collection })?;
        self.out.flush()
    }

    /// Writes what there is about one source and its slices.
    fn write_source(&mut self, ended: &SourceReport) -> io::Result<()> {
        let Layout { view, style, .. } = self.layout;
        if view.names.is_some() {
            if view.names_source(self.rows, ended) {
                style.name(&mut self.out, ended.name.as_bytes())?;
                style.end(&mut self.out)?;
            }
            return Ok(());
        }
        let exporter = self.layout.format.exporter();
        let by = view.by;
        self.begin()?;
        let shown = shown(self.rows, &self.order, self.layout);
        let source = &ended.name;
        for (slice, counts) in (1..).zip(slices(ended)).filter(|_| by == By::Part) {
            exporter.counts(&mut self.out, &shown, At { source, slice: Some(slice) }, counts)?;
        }
        if let Some(counts) = &ended.counts
            && (by == By::File || exporter.always_by_source())
        {
            exporter.counts(&mut self.out, &shown, At { source, slice: None }, counts)?;
        }
        match ended.outcome.fault() {
            Some(fault) => exporter.fault(&mut self.out, ended, fault),
            None => Ok(()),
        }
    }

    /// Writes what comes before all counts, unless it has been written.
    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        let shown = shown(self.rows, &self.order, self.layout);
        self.layout.format.exporter().begin(&mut self.out, &shown)
    }
}

fn shown<'a>(rows: &'a Rows, order: &'a [usize], layout: Layout) -> Shown<'a> {
    let Layout { view, style, width, .. } = layout;
    Shown { rows, order, view, style, width }
}
