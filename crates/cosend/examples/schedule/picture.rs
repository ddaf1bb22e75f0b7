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
/// How far the lanes are from the left, where the names of the tasks are.
const LEFT: f64 = 30.0;
const LANE: f64 = 18.0;
const TITLE: f64 = 34.0;
const AXIS: f64 = 30.0;
const LEGEND: f64 = 30.0;

/// The tasks, each with its colour and the lane in which it is drawn.
const TASKS: [(char, &str); 4] =
    [('A', "#0072b2"), ('B', "#e69f00"), ('C', "#009e73"), ('D', "#cc79a7")];

/// Draws the pictures to one scale: the width is the longest of the totals.
pub(crate) fn svg(pictures: &[Picture]) -> String {
    let longest = pictures.iter().map(|it| it.total.as_secs_f64()).fold(1e-9, f64::max);
    let scale = WIDTH / longest;
    let mut rows = legend();
    let mut top = LEGEND;
    for picture in pictures {
        draw(&mut rows, picture, top, scale);
        top += TITLE + LANE * 4.0 + AXIS;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {top:.0}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>Which task computes, and which waits, over time</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{rows}</svg>\n",
        LEFT + WIDTH + 40.0
    )
}

/// What the colours mean.
fn legend() -> String {
    let mut legend = String::new();
    for (index, (task, colour)) in (0_u8..).zip(TASKS) {
        let across = LEFT + 130.0 * f64::from(index);
        // Writing into a `String` does not fail.
        let _ = writeln!(
            legend,
            "<rect x=\"{across:.0}\" y=\"8\" width=\"14\" height=\"14\" fill=\"{colour}\"/>\
             <text x=\"{:.0}\" y=\"20\">{task} computes</text>",
            across + 20.0
        );
    }
    let across = LEFT + 130.0 * 4.0;
    let _ = writeln!(
        legend,
        "<rect x=\"{across:.0}\" y=\"8\" width=\"14\" height=\"14\" fill=\"#ddd\"/>\
         <text x=\"{:.0}\" y=\"20\">it does not: it waits, or is not begun, or over</text>",
        across + 20.0
    );
    legend
}

/// Draws one way of running the tasks: its title, a lane for each task, and the time.
fn draw(rows: &mut String, picture: &Picture, top: f64, scale: f64) {
    let total = picture.total.as_secs_f64();
    let lanes = top + TITLE;
    let _ = writeln!(
        rows,
        "<text x=\"{LEFT:.0}\" y=\"{:.0}\" font-weight=\"bold\">{}: {} ms</text>",
        lanes - 8.0,
        picture.title,
        picture.total.as_millis(),
    );
    for (index, (task, colour)) in (0_u8..).zip(TASKS) {
        let down = lanes + LANE * f64::from(index);
        let _ = writeln!(
            rows,
            "<text x=\"8\" y=\"{:.0}\">{task}</text>\
             <rect x=\"{LEFT:.0}\" y=\"{:.0}\" width=\"{:.1}\" height=\"{:.0}\" fill=\"#ddd\"/>",
            down + LANE - 5.0,
            down + 2.0,
            total * scale,
            LANE - 4.0,
        );
        for span in picture.spans.iter().filter(|span| span.task == task) {
            let (start, end) = (span.start.as_secs_f64() * scale, span.end.as_secs_f64() * scale);
            let _ = writeln!(
                rows,
                "<rect x=\"{:.1}\" y=\"{:.0}\" width=\"{:.1}\" height=\"{:.0}\" \
                 fill=\"{colour}\"><title>{task}</title></rect>",
                LEFT + start,
                down + 2.0,
                (end - start).max(0.5),
                LANE - 4.0,
            );
        }
    }
    axis(rows, lanes + LANE * 4.0, total, scale);
}

/// Draws the time, with a mark each 100 ms.
fn axis(rows: &mut String, down: f64, total: f64, scale: f64) {
    let _ =
        writeln!(rows, "<path d=\"M{LEFT:.0} {down:.0}h{:.1}\" stroke=\"#555\"/>", total * scale);
    for mark in (0_u32..).map(|mark| mark * 100).take_while(|&it| f64::from(it) <= total * 1000.0) {
        let across = LEFT + f64::from(mark) / 1000.0 * scale;
        let unit = if mark == 0 { " ms" } else { "" };
        let _ = writeln!(
            rows,
            "<path d=\"M{across:.1} {down:.0}v4\" stroke=\"#555\"/>\
             <text x=\"{across:.1}\" y=\"{:.0}\" fill=\"#555\" font-size=\"11\">{mark}{unit}</text>",
            down + 16.0,
        );
    }
}
