//! The run: a job, its messages and its results.

use std::io::{self, BufWriter, IsTerminal, Write};

use cogrep_core::{Job, Network, Report, SourceReport};
use cogrep_match::{PlaceFinder, Plan};
use cogrep_report::{Format, Printer, Separator, TextStyle, escape};
use cogrep_source::Fault;

use crate::arguments::{Arguments, Output};
use crate::error::{Error, Status, complain};

/// Does what is to be done, and says how it ended.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Error> {
    let plan = Plan::new(&arguments.patterns, arguments.engine)
        .map_err(|error| arguments.given.locate(error))?;
    for warning in plan.warnings() {
        complain(&format!("warning: {}", escape(warning.to_string().as_bytes())));
    }
    if arguments.explain {
        return explain(arguments, &plan);
    }
    count(arguments, &plan)
}

/// Prints the network that would count, and why it is this one.
fn explain(arguments: &Arguments, plan: &Plan) -> Result<Status, Error> {
    let network = Network::new(plan, &arguments.patterns, arguments.max_line_bytes);
    writeln!(io::stdout(), "{}\n{}", network.shape(), plan.reason())?;
    Ok(Status::Found)
}

/// Counts and prints.
fn count(arguments: &Arguments, plan: &Plan) -> Result<Status, Error> {
    let output = &arguments.output;
    let by_source = output.by_source || output.format == Format::Jsonl;
    let finder = match arguments.show {
        0 => None,
        show => Some(
            PlaceFinder::with_line_limit(&arguments.patterns, show, arguments.max_line_bytes)
                .map_err(|error| arguments.given.locate(error))?,
        ),
    };
    let job = Job {
        patterns: &arguments.patterns,
        plan,
        inputs: &arguments.inputs,
        selection: &arguments.selection,
        open: arguments.opening.options(),
        workers: arguments.workers,
        max_line_bytes: arguments.max_line_bytes,
        by_source,
        show: finder.as_ref(),
        remember: output.format == Format::Json,
    };
    let mut printer = printer(output);
    let patterns: Vec<&[u8]> = arguments.patterns.iter().collect();
    let mut written = Ok(());
    let report = job.run(|source| {
        complain_about(source);
        if !output.quiet && written.is_ok() {
            written = printer.source(&patterns, source);
            if written.is_err() {
                // Nobody will see the rest: there is no point in counting it.
                job.open.interrupt.request();
            }
        }
    });
    written?;
    if !output.quiet {
        printer.finish(&report)?;
    }
    Ok(conclude(&report))
}

fn printer(output: &Output) -> Printer<impl Write> {
    let style = TextStyle {
        colour: output.colour.of_stdout(),
        escape: io::stdout().is_terminal(),
        bare: output.bare,
        separator: if output.null { Separator::Nul } else { Separator::Line },
    };
    Printer::new(BufWriter::new(io::stdout().lock()), output.format, style, output.by_source)
}

/// Names a source that was not read to its end, and why.
fn complain_about(source: &SourceReport) {
    let Some(fault) = source.outcome.fault() else { return };
    if matches!(fault, Fault::Interrupted) {
        return;
    }
    let name = escape(source.name.as_bytes());
    if source.text_bytes == 0 {
        complain(&format!("{name}: {fault}"));
    } else {
        complain(&format!("{name}: {fault}; {} bytes were read", source.text_bytes));
    }
}

/// The exit status; and the last line on standard error, if anything is missing.
fn conclude(report: &Report) -> Status {
    if report.interrupted {
        complain("incomplete: interrupted; these are the counts so far");
        return Status::Interrupted;
    }
    if !report.is_complete() {
        complain(&format!(
            "incomplete: {} of {} sources could not be read to the end",
            report.fault_count, report.source_count
        ));
        return Status::Trouble;
    }
    if report.has_found() { Status::Found } else { Status::NotFound }
}
