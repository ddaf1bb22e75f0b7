//! Time stamps of lines, beside what Python reads from them.

use std::collections::BTreeSet;

use cogrep_core::time::{StampFinder, Step};

/// Written by `tests/stamps.py`: the form, a line of it, and its time.
const LINES: &str = include_str!("../stamps.tsv");

/// The time at which they are looked at, which is that of the script.
const NOW: i64 = 1_795_948_614;

#[test]
fn stamps_in_the_forms_of_many_programs_are_read_as_python_reads_them() {
    let finder = StampFinder::new(NOW);
    let step: Step = "1s".parse().unwrap();
    let mut forms = BTreeSet::new();
    for row in LINES.lines() {
        let cells: Vec<_> = row.split('\t').collect();
        let [form, line, expected] = cells[..] else { panic!("{row}") };
        let stamp = finder.find(line.as_bytes());
        let found = stamp.map(|it| step.name(it.seconds) + if it.is_utc { "Z" } else { "" });
        assert_eq!(found.as_deref(), Some(expected), "{form}: {line}");
        forms.insert(form);
    }
    assert_eq!((LINES.lines().count(), forms.len()), (240, 40));
}
