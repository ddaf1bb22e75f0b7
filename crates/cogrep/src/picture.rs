//! Pictures and the page, written to the files that were asked for.

use cogrep_core::Report;
use cogrep_core::trace::Recording;
use cogrep_report::{Collection, Rows, page, picture, timeline};

use crate::error::Error;
use crate::files::write_file;
use crate::output::{Output, PlotKind, TimelineKind};

/// Writes all that was asked for.
pub(crate) fn write(
    output: &Output,
    rows: &Rows,
    report: &Report,
    collection: &Collection,
    facts: &[(&str, String)],
) -> Result<(), Error> {
    let view = output.layout.view;
    if let Some(path) = &output.plot {
        let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
        let totals = rows.counts(&counts);
        let drawn = picture::drawn(rows, &view, &totals)
            .map_err(|error| Error::Usage(format!("--plot: {error}")))?;
        let svg = match output.plot_kind {
            PlotKind::Bars => picture::bars(rows, &drawn, &totals),
            PlotKind::Dispersion => picture::dispersion(rows, &drawn, &totals, collection),
        };
        write_file(path, |file| file.write_all(svg.as_bytes()))?;
    }
    if let Some(path) = &output.report {
        write_file(path, |mut file| page(&mut file, rows, &view, report, collection, facts))?;
    }
    Ok(())
}

/// Writes what a run spent its time on to the files that were asked for.
pub(crate) fn write_timelines(output: &Output, recording: &Recording) -> Result<(), Error> {
    for (path, kind) in &output.timelines {
        write_file(path, |mut file| match kind {
            TimelineKind::Picture => file.write_all(timeline::draw(recording).as_bytes()),
            TimelineKind::Trace => timeline::trace(&mut file, recording),
        })?;
    }
    Ok(())
}
