//! The backend of the example, as a program would use it.

use std::sync::{Arc, Mutex};

use cogrep_core::{Counter, Input, OpenOptions, Options};
use rusqlite::Connection;

#[path = "../../examples/backend.rs"]
#[allow(dead_code, reason = "of the example only its backend is wanted")]
mod column;

#[test]
fn rows_of_a_database_are_sources() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.db");
    let database = Connection::open(&path).unwrap();
    database.execute("CREATE TABLE messages (text TEXT)", []).unwrap();
    for row in 1..=100 {
        let text = "love ".repeat(row);
        database.execute("INSERT INTO messages VALUES (?1)", [text]).unwrap();
    }

    let names = ["messages", "text"].map(str::to_owned);
    let backend = Arc::new(column::Column(Mutex::new(database), names));
    let open = OpenOptions { backend, ..OpenOptions::default() };
    let options = Options { open, by_source: true, ..Options::default() };
    let mut counter = Counter::new(["love"], options).unwrap();
    counter.count(&[Input::Name("messages".into()), Input::Name("messages/7".into())]);
    let report = counter.finish();
    assert_eq!(report.patterns[0].count, 100 * 101 / 2 + 7);
    assert!(report.is_complete() && report.source_count == 101);
    let last = report.sources.last().unwrap();
    assert_eq!(last.name.to_string(), "messages/7");
    assert_eq!(last.counts.as_ref().unwrap().to_vec(1), [7]);
}
