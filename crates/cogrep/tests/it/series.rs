//! Counts as lines: what is drawn is what was counted, step by step.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use insta::assert_snapshot;

use crate::common::{Place, expect};

/// The counts of a picture, by line and by what is below it.
fn drawn(place: &Place, file: &str) -> BTreeMap<(String, String), u64> {
    let svg = fs::read_to_string(place.path().join(file)).unwrap();
    let mut counts = BTreeMap::new();
    for line in svg.split("<g data-pattern=\"").skip(1) {
        let name = line.split_once('"').unwrap().0;
        for point in line.split("data-group=\"").skip(1) {
            let (group, rest) = point.split_once("\" data-count=\"").unwrap();
            let count = rest.split_once('"').unwrap().0.parse().unwrap();
            assert_eq!(counts.insert((name.to_owned(), group.to_owned()), count), None);
        }
    }
    counts
}

/// The counts of lines of CSV: what is below a point, its line, and the count.
fn printed(csv: &str) -> BTreeMap<(String, String), u64> {
    let cells = csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    cells.map(|cells| ((cells[1].into(), cells[0].into()), cells[2].parse().unwrap())).collect()
}

/// Lines with a time stamp, some minutes apart.
fn log() -> String {
    let levels = ["ERROR", "WARN", "INFO", "ERROR disk", "INFO"];
    let lines = (0..300).map(|nth| (nth / 60, nth % 60, levels[nth * nth % 5]));
    lines.fold(String::new(), |mut log, (hour, minute, level)| {
        // No line in the hour from two on.
        let hour = if hour < 2 { hour } else { hour + 1 };
        let _ = writeln!(log, "2026-03-01T{hour:02}:{minute:02}:00 {level}");
        log
    })
}

#[test]
fn counts_over_time_are_drawn_with_every_step() {
    let place = Place::with(&[("app.log", log().as_bytes())]);
    let flags = ["ERROR", "WARN", "--by=time=1h", "--plot=out.svg", "--plot-kind=series"];
    let answer = place.run(flags.into_iter().chain(["--format=csv", "--in", "app.log"]));
    let counts = printed(&answer.out);
    // Six steps, one of them without a count.
    assert_eq!(counts.len(), 12, "{answer}");
    assert_eq!(drawn(&place, "out.svg"), counts);
    // What is shown of it changes nothing.
    let chosen = place.run(flags.into_iter().chain(["--top=1", "-q", "--in", "app.log"]));
    assert_eq!(chosen, expect("", "", 0));
    assert_eq!(drawn(&place, "out.svg"), counts);
    // A page with the plot for a wide window and for a narrow one.
    let page = ["--plot=out.html", "--in", "app.log"];
    place.run(flags.into_iter().filter(|flag| !flag.starts_with("--plot=")).chain(page));
    let page = fs::read_to_string(place.path().join("out.html")).unwrap();
    assert_eq!(page.matches("<polyline").count(), 4);
}

#[test]
fn texts_over_time_are_drawn_and_merged() {
    let place = Place::with(&[("app.log", log().as_bytes())]);
    let flags = ["-oE", "[A-Z]{4,}", "--by=time=1h", "--plot=out.svg", "--plot-kind=series"];
    let answer = place.run(flags.into_iter().chain(["--format=csv", "--save=saved", "app.log"]));
    let counts = printed(&answer.out);
    let mut drawn_counts = drawn(&place, "out.svg");
    let merged = ["--merge", "saved", "--plot=merged.svg", "--plot-kind=series", "-q"];
    assert_eq!(place.run(merged), expect("", "", 0));
    assert_eq!(drawn(&place, "merged.svg"), drawn_counts);
    // Each text has a point at each step; where it does not occur, no row.
    drawn_counts.retain(|_, count| *count > 0);
    assert_eq!(drawn_counts, counts);
    assert_eq!(place.run(["--merge", "saved", "--plot=bars.svg", "-q"]), expect("", "", 0));
    let bars = fs::read_to_string(place.path().join("bars.svg")).unwrap();
    assert_eq!(bars.matches("data-count").count(), counts.len());
}

#[test]
fn parts_of_a_text_are_drawn_as_lines() {
    let place = Place::with(&[("text", "love hate\n".repeat(50).as_bytes())]);
    let flags = ["love", "hate", "--by=part=5", "--plot=out.svg", "--plot-kind=series", "-q"];
    assert_eq!(place.run(flags.into_iter().chain(["--in", "text"])), expect("", "", 0));
    let counts = drawn(&place, "out.svg");
    assert_eq!(counts.len(), 10);
    assert!(counts.values().all(|count| *count == 10), "{counts:?}");
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let words = (b'a'..=b'n').map(|letter| format!("2026-03-01 {}\n", letter as char));
    let log = "start\n".to_owned() + &words.collect::<String>();
    let place = Place::with(&[("log", log.as_bytes())]);
    let series = ["--plot=out.svg", "--plot-kind=series", "-q"];
    assert_snapshot!(place.run(["a", "log"].into_iter().chain(series)), @"
    ----- standard error
    cogrep: --plot-kind series: a line over what? add --by time=1h or --by part=20
    ----- status 2
    ");
    let words = ["-oE", r"\b[a-z]+\b", "--by=time=1d", "log"].into_iter();
    assert_snapshot!(place.run(words.chain(series)), @"
    ----- standard error
    cogrep: warning: --plot: 1 occurrences before the first time stamp of a text are not drawn
    cogrep: warning: --plot: 14 lines cannot be told apart; the 12 with the largest counts are drawn
    ");
    assert_eq!(drawn(&place, "out.svg").len(), 12);
    place.run(["a", "--save=counts", "-q", "log"]);
    assert_snapshot!(place.run(["--merge", "counts"].into_iter().chain(series)), @"
    ----- standard error
    cogrep: --plot-kind series: a line over what? add --by part=20, as the parts were saved
    ----- status 2
    ");
    place.run(["-oE", "[a-z]+", "--save=saved", "-q", "log"]);
    assert_snapshot!(place.run(["--merge", "saved"].into_iter().chain(series)), @"
    ----- standard error
    cogrep: --by time=1h: was not saved, of these tables; run every part with --by time=1h
    ----- status 2
    ");
}
