//! The plot of a run: as it was, and as the same pieces would have run one source after the
//! other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use cogrep_core::trace::{Activity, Cause, Recording, Span, Task, Track};

use super::lane::{BUSY, Lane};
use super::{Serial, duration, name, percent};
use crate::number::separated;
use crate::plots::{Canvas, LABEL_COLUMNS, MARGIN, begin, cut_front, markup};

/// The width of the part in which something is drawn, in pixels.
const PLOT: usize = 900;

/// Where that part begins, after the labels.
const LEFT: usize = MARGIN + 240;

/// The width of the part after it, with the shares.
const RIGHT: usize = 130;

/// The heights of what a core does, of a source, and of all that wait.
const CORE: usize = 28;
const SOURCE: usize = 18;
const WAITING: usize = 64;

/// More cores than this are not drawn.
const MOST_CORES: usize = 64;

/// The most sources that have a row each.
const MOST_SOURCES: usize = 24;

/// Of more sources, the number of those that have one: those that took longest.
const LONGEST_SOURCES: usize = 12;

/// Both parts of the plot have one scale, unless one is longer by more than this factor.
const ONE_SCALE: u64 = 6;

const STYLE: &str = "\
.timeline .head{font-weight:600}\
.timeline .count{fill:#009e73}.timeline .decode{fill:#cc79a7}.timeline .read{fill:#0072b2}\
.timeline .walk{fill:#e69f00}.timeline .loop{fill:#8c959f}\
.timeline .disk{fill:#9ecae9}.timeline .other{fill:#c9b3e6}.timeline .turn{fill:#d8dde2}\
.timeline .held{fill:#d1242f}\
@media(prefers-color-scheme:dark){\
.timeline .count{fill:#2fbf8f}.timeline .decode{fill:#e29bc3}.timeline .read{fill:#4aa8e0}\
.timeline .loop{fill:#77818c}\
.timeline .disk{fill:#2f5f80}.timeline .other{fill:#6a5490}.timeline .turn{fill:#3a424b}\
.timeline .held{fill:#ff7b72}}";

/// What waits, by the slots of a [`Lane`].
const WAITS: [(usize, &str); 3] = [(0, "disk"), (1, "other"), (2, "turn")];

fn slot(cause: Cause) -> usize {
    match cause {
        Cause::Disk => 0,
        Cause::Writer => 1,
        Cause::Turn => 2,
    }
}

/// Draws a run as it was, core by core and source by source, and below it the same pieces one
/// source after the other; both with the share of the time in which a core was busy.
///
/// Of many sources, those that took longest have a row of their own; the others are in the
/// rows of the cores, and in a row that shows how many wait at each time. The two parts are
/// groups with `data-picture`, `data-nanoseconds` and `data-busy`.
#[must_use]
pub fn draw(recording: &Recording) -> String {
    let serial = Serial::new(recording);
    let mut page = Page { svg: String::new(), y: MARGIN };
    page.legend();
    page.run(recording, &serial);
    page.y += 28;
    page.serial(recording, &serial);
    let height = page.y + MARGIN;
    let mut svg = begin(
        "timeline",
        Canvas::FILE.untitled(),
        "What a run spent its time on",
        LEFT + PLOT + RIGHT,
        height,
    );
    let _ =
        write!(svg, "<style>{STYLE}</style>\n<g class=\"timeline\">\n{}</g>\n</svg>\n", page.svg);
    svg
}

/// How much time each of the two parts covers.
fn scales(recording: &Recording, serial: &Serial) -> [u64; 2] {
    let (run, serial) = (recording.wall.max(1), serial.nanoseconds.max(1));
    let longer = run.max(serial);
    if longer / run.min(serial) >= ONE_SCALE { [run, serial] } else { [longer, longer] }
}

/// A plot that grows downwards. Writing to a string does not fail, here and below.
struct Page {
    svg: String,
    y: usize,
}

impl Page {
    fn text(&mut self, x: usize, y: usize, class: &str, anchor: &str, text: &str) {
        let text = markup(text);
        let _ = writeln!(
            self.svg,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    }

    /// A label before what is drawn, and a word after it.
    fn labels(&mut self, height: usize, label: &str, after: &str) {
        let middle = self.y + height / 2 + 5;
        let shown = cut_front(label, LABEL_COLUMNS);
        let _ = writeln!(
            self.svg,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}<title>{}</title></text>",
            LEFT - 12,
            markup(&shown),
            markup(label)
        );
        self.text(LEFT + PLOT + 10, middle, "soft", "start", after);
    }

    /// The background of a strip that covers a part of the time.
    fn band(&mut self, height: usize, time: u64, all: u64) {
        let (y, width) = (self.y, x(time, all) - x(0, all));
        let _ = writeln!(
            self.svg,
            "<rect class=\"band\" x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{height}\"/>"
        );
    }

    fn legend(&mut self) {
        const ENTRIES: [(&str, &str); 9] = [
            ("count", "counting"),
            ("decode", "decoding"),
            ("read", "reading"),
            ("walk", "walking"),
            ("loop", "event loop"),
            ("disk", "waits for the disk"),
            ("other", "waits for a writer"),
            ("turn", "waits for its turn"),
            ("held", "held its core"),
        ];
        let mut x = MARGIN;
        let y = self.y + 12;
        for (class, word) in ENTRIES {
            let _ = if class == "held" {
                writeln!(self.svg, "<path class=\"held\" d=\"M{x} {}h12l-6 9z\"/>", y - 9)
            } else {
                writeln!(
                    self.svg,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"12\" height=\"12\"/>",
                    y - 11
                )
            };
            self.text(x + 18, y, "soft", "start", word);
            x += 18 + word.len() * 7 + 24;
        }
        self.y += 36;
    }

    fn begin_picture(&mut self, which: &str, nanoseconds: u64, busy: f64, head: &str) {
        let _ = writeln!(
            self.svg,
            "<g data-picture=\"{which}\" data-nanoseconds=\"{nanoseconds}\" \
             data-busy=\"{busy:.4}\">"
        );
        self.y += 16;
        self.text(MARGIN, self.y, "head", "start", head);
        self.y += 12;
    }

    /// The run as it was.
    fn run(&mut self, recording: &Recording, serial: &Serial) {
        let cores = recording.cores.len();
        let [all, _] = scales(recording, serial);
        let many = if cores == 1 { "" } else { "s" };
        let head = format!(
            "As it ran: {} on {cores} core{many}, {} busy",
            duration(recording.wall),
            percent(recording.busy_share())
        );
        self.begin_picture("run", recording.wall, recording.busy_share(), &head);
        let holds: usize = recording.cores.iter().map(|core| core.holds.len()).sum();
        if holds > 0 {
            self.y += 12;
        }
        for core in recording.cores.iter().take(MOST_CORES) {
            self.core(recording, core, all, CORE);
        }
        if cores > MOST_CORES {
            self.labels(SOURCE, "", &format!("and {} more cores", cores - MOST_CORES));
            self.y += SOURCE;
        }
        if let Some(walk) = &recording.walk {
            self.core(recording, walk, all, CORE / 2);
        }
        self.sources(recording, all);
        self.axis(all);
        for line in notes(recording) {
            self.text(LEFT, self.y + 14, "soft", "start", &line);
            self.y += 18;
        }
        self.svg.push_str("</g>\n");
    }

    fn core(&mut self, recording: &Recording, track: &Track, all: u64, height: usize) {
        self.band(height, recording.wall, all);
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let busy = track.busy() as f64 / recording.wall.max(1) as f64;
        self.labels(height, &track.name, &format!("{} busy", percent(busy)));
        let mut lane = Lane::new(PLOT, all);
        for span in &track.spans {
            lane.add(span.start, &span.took);
        }
        self.lane(&lane, height, height, &BUSY);
        for hold in &track.holds {
            let (x, top) = (x(hold.start, all), self.y);
            let name = markup(&name(recording, hold.task));
            let _ = writeln!(
                self.svg,
                "<path class=\"held\" data-held=\"{0}\" d=\"M{x:.1} {1}h8l-4 7z\">\
                 <title>{name} held its core for {2}</title></path>",
                hold.nanoseconds,
                top.saturating_sub(8),
                duration(hold.nanoseconds)
            );
        }
        self.y += height + 10;
    }

    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn lane(&mut self, lane: &Lane, height: usize, unit: usize, classes: &[(usize, &str)]) {
        let bottom = (self.y + height.midpoint(unit)) as f64;
        lane.draw(&mut self.svg, (LEFT, bottom), unit as f64, classes);
    }

    /// The sources: each, or how many wait and those that took longest.
    fn sources(&mut self, recording: &Recording, all: u64) {
        let rows = rows(recording);
        if rows.many > rows.shown.len() {
            self.waiting(recording, all);
        }
        if !rows.shown.is_empty() {
            self.y += 8;
        }
        if rows.many > rows.shown.len() && !rows.shown.is_empty() {
            let head = format!(
                "the {} of {} sources that took longest",
                rows.shown.len(),
                separated(rows.many as u64)
            );
            self.text(LEFT, self.y + 10, "soft", "start", &head);
            self.y += 18;
        }
        for row in rows.shown {
            self.labels(SOURCE, &name(recording, row.task), &row.cores());
            let mut waits = Lane::new(PLOT, all);
            for (start, end, cause) in &row.waits {
                waits.add_amount(*start, *end, end - start, slot(*cause));
            }
            self.lane(&waits, SOURCE, SOURCE / 3, &WAITS);
            let mut busy = Lane::new(PLOT, all);
            for span in &row.spans {
                busy.add(span.start, &span.took);
            }
            self.lane(&busy, SOURCE, SOURCE - 4, &BUSY);
            self.y += SOURCE;
        }
        self.y += 6;
    }

    /// How many sources wait at each time.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn waiting(&mut self, recording: &Recording, all: u64) {
        let mut lane = Lane::new(PLOT, all);
        for wait in recording.cores.iter().flat_map(|core| &core.waits) {
            lane.add_amount(wait.start, wait.end, wait.waited, slot(wait.cause));
        }
        let most = lane.most(&[0, 1, 2]);
        if most < 0.5 {
            return;
        }
        self.band(WAITING, recording.wall, all);
        self.labels(WAITING, "sources that wait", &format!("at most {most:.0}"));
        let bottom = (self.y + WAITING) as f64;
        lane.draw(&mut self.svg, (LEFT, bottom), WAITING as f64 / most, &WAITS);
        self.y += WAITING + 10;
    }

    /// The same pieces, one source after the other.
    fn serial(&mut self, recording: &Recording, serial: &Serial) {
        let [of_run, all] = scales(recording, serial);
        let head = format!(
            "The same pieces, one source after the other: {} on one core, {} busy",
            duration(serial.nanoseconds),
            percent(serial.busy_share())
        );
        self.begin_picture("serial", serial.nanoseconds, serial.busy_share(), &head);
        self.band(CORE, serial.nanoseconds, all);
        self.labels(CORE, "one core", &format!("{} busy", percent(serial.busy_share())));
        let mut lane = Lane::new(PLOT, all);
        for piece in &serial.pieces {
            lane.add(piece.start, &piece.took);
        }
        self.lane(&lane, CORE, CORE, &BUSY);
        let (end, top) = (x(recording.wall, all), self.y);
        let _ = writeln!(
            self.svg,
            "<path class=\"end\" d=\"M{end:.1} {}V{}\"><title>the run above, {}</title></path>",
            top - 4,
            top + CORE + 4,
            duration(recording.wall)
        );
        self.y += CORE + 10;
        self.axis(all);
        let scale = if of_run == all { "" } else { "another scale than above; " };
        let note = format!("{scale}the dashed line is where the run above ended");
        self.text(LEFT, self.y + 14, "soft", "start", &note);
        self.y += 18;
        self.svg.push_str("</g>\n");
    }

    /// The axis of time, with some numbers.
    fn axis(&mut self, all: u64) {
        let y = self.y;
        let step = step(all);
        let ticks: Vec<u64> = (0..=all / step).map(|nth| nth * step).collect();
        let _ = write!(self.svg, "<path class=\"line\" d=\"M{LEFT} {y}h{PLOT}");
        for at in &ticks {
            let _ = write!(self.svg, "M{:.1} {y}v5", x(*at, all));
        }
        self.svg.push_str("\"/>\n");
        for at in ticks {
            let label = if at == 0 { "0".to_owned() } else { round(at) };
            let _ = writeln!(
                self.svg,
                "<text class=\"soft\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
                x(at, all),
                y + 20
            );
        }
        self.y += 24;
    }
}

/// What else is to be said of a run.
fn notes(recording: &Recording) -> Vec<String> {
    let mut notes = Vec::new();
    let held: u64 = recording.cores.iter().map(|core| core.held).sum();
    let holds = recording.cores.iter().flat_map(|core| &core.holds);
    if let Some(longest) = holds.max_by_key(|hold| hold.nanoseconds) {
        let times =
            if held == 1 { "once".to_owned() } else { format!("{} times", separated(held)) };
        notes.push(format!(
            "held its core for more than {} without giving way: {times}, for {} at most, {}",
            round(Recording::HELD),
            duration(longest.nanoseconds),
            name(recording, longest.task)
        ));
    }
    let busy: u64 = recording.tracks().map(Track::busy).sum();
    let displaced: u64 = recording.tracks().filter_map(|track| track.displaced).sum();
    if displaced > busy / 50 {
        notes.push(format!(
            "for {} the system gave a core to another thread; below that is left out",
            duration(displaced)
        ));
    }
    notes
}

/// A source with a row of its own.
struct Row<'a> {
    task: Task,
    spans: Vec<&'a Span>,
    waits: Vec<(u64, u64, Cause)>,
    on: BTreeSet<usize>,
    start: u64,
    end: u64,
}

impl Row<'_> {
    fn cores(&self) -> String {
        let numbers: Vec<String> = self.on.iter().map(|core| (core + 1).to_string()).collect();
        let many = if numbers.len() == 1 { "" } else { "s" };
        format!("core{many} {}", numbers.join(", "))
    }
}

/// The sources that have rows, and how many there are.
struct Shown<'a> {
    shown: Vec<Row<'a>>,
    many: usize,
}

/// The sources that are known apart, in the order in which they began; if there are too
/// many, those that took longest.
fn rows(recording: &Recording) -> Shown<'_> {
    let mut rows = BTreeMap::<Task, Row<'_>>::new();
    for (nth, core) in recording.cores.iter().enumerate() {
        let is_source = |span: &&Span| span.folded == 1 || span.activity().is_some();
        let works = |span: &&Span| {
            [Activity::Read, Activity::Decode, Activity::Count]
                .iter()
                .any(|kind| span.took[*kind as usize] > 0)
        };
        for span in core.spans.iter().filter(is_source).filter(works) {
            let row = row(&mut rows, span.task, nth, span.start, span.end());
            row.spans.push(span);
        }
        for wait in core.waits.iter().filter(|wait| wait.folded == 1) {
            let row = row(&mut rows, wait.task, nth, wait.start, wait.end);
            row.waits.push((wait.start, wait.end, wait.cause));
        }
    }
    let is_folded =
        |core: &Track| core.spans.iter().any(|span| span.folded > 1 && span.activity().is_none());
    let many = rows.len().max(recording.names.len());
    let mut shown: Vec<Row<'_>> = rows.into_values().collect();
    if many > MOST_SOURCES {
        shown.sort_by_key(|row| std::cmp::Reverse(row.end - row.start));
        shown.truncate(LONGEST_SOURCES);
    }
    // Where spans were merged it is not known what a single source did.
    if recording.cores.iter().any(is_folded) {
        shown.clear();
    }
    shown.sort_by_key(|row| (row.start, row.task));
    Shown { shown, many }
}

fn row<'r, 'a>(
    rows: &'r mut BTreeMap<Task, Row<'a>>,
    task: Task,
    core: usize,
    start: u64,
    end: u64,
) -> &'r mut Row<'a> {
    let blank =
        || Row { task, spans: Vec::new(), waits: Vec::new(), on: BTreeSet::new(), start, end };
    let row = rows.entry(task).or_insert_with(blank);
    row.on.insert(core);
    row.start = row.start.min(start);
    row.end = row.end.max(end);
    row
}

/// The pixel of a time.
#[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
fn x(at: u64, all: u64) -> f64 {
    LEFT as f64 + at as f64 / all.max(1) as f64 * PLOT as f64
}

/// A round distance between the numbers of an axis, of which there are four to ten.
fn step(all: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for times in [1, 2, 5] {
            let step = unit.saturating_mul(times);
            if all / step <= 9 {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// A round length of time in words.
fn round(nanoseconds: u64) -> String {
    let words = duration(nanoseconds);
    let Some((number, unit)) = words.split_once(' ') else { return words };
    let number = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    };
    format!("{number} {unit}")
}
