//! The pictures of the CPU over time, one below the other, as an SVG.

use std::fmt::Write;
use std::time::Duration;

/// A stretch of time in which a task computed.
pub(crate) struct Span {
    pub(crate) task: char,
    pub(crate) start: Duration,
    pub(crate) end: Duration,
}

/// One way of running the tasks, and when each of them had the CPU.
pub(crate) struct Picture {
    pub(crate) title: &'static str,
    pub(crate) total: Duration,
    pub(crate) spans: Vec<Span>,
}

const WIDTH: f64 = 900.0;
const ROW: f64 = 80.0;
const LANE: f64 = 9.0;
const BAR: f64 = 4.0 * LANE;

/// The colour of a task, and how far down in the bar it has its lane.
fn lane(task: char) -> (&'static str, f64) {
    match task {
        'A' => ("#0072b2", 0.0),
        'B' => ("#e69f00", LANE),
        'C' => ("#009e73", 2.0 * LANE),
        _ => ("#cc79a7", 3.0 * LANE),
    }
}

/// Draws the pictures to one scale: the width is the longest of the totals.
pub(crate) fn svg(pictures: &[Picture]) -> String {
    let longest = pictures.iter().map(|it| it.total.as_secs_f64()).fold(1e-9, f64::max);
    let across = |time: Duration| time.as_secs_f64() / longest * WIDTH;
    let mut rows = String::new();
    let mut top = 0.0;
    for picture in pictures {
        let milliseconds = picture.total.as_millis();
        let idle = across(picture.total);
        // Writing into a `String` does not fail.
        let _ = writeln!(
            rows,
            "<text x=\"0\" y=\"{:.0}\">{}: {milliseconds} ms</text>\n\
             <rect x=\"0\" y=\"{:.0}\" width=\"{idle:.1}\" height=\"{BAR}\" fill=\"#eee\"/>",
            top + 20.0,
            picture.title,
            top + 28.0,
        );
        for span in &picture.spans {
            let (start, end) = (across(span.start), across(span.end));
            let (colour, down) = lane(span.task);
            let _ = writeln!(
                rows,
                "<rect x=\"{start:.1}\" y=\"{:.0}\" width=\"{:.1}\" height=\"{LANE}\" \
                 fill=\"{colour}\"><title>{}</title></rect>",
                top + 28.0 + down,
                (end - start).max(0.5),
                span.task,
            );
        }
        top += ROW;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-10 0 {:.0} {top:.0}\" \
         font-family=\"sans-serif\" font-size=\"14\">\n\
         <title>Which task has the CPU (grey: none), over time</title>\n{rows}</svg>\n",
        WIDTH + 20.0
    )
}
