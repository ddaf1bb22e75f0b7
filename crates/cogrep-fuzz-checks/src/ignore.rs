//! Ignore files: whatever is in one, the walk gives what the walk of the `ignore` crate does.

use std::fs;

use ::ignore::WalkBuilder;
use cogrep_source::backend::Files;
use cogrep_source::{Input, Selection};

/// Walks through a small tree with this ignore file.
///
/// # Panics
///
/// When it finds other files than the crate does, or fails.
pub fn ignore(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a", "b.txt", "sub/a", "sub/c.rs", "sub/in/d"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        fs::write(path, "love").expect("a file");
    }
    fs::write(folder.path().join(".ignore"), data).expect("a file");
    let selection = Selection::default();
    let inputs = [Input::Path(folder.path().to_owned())];
    let found: Vec<String> = selection
        .sources(&inputs, &Files)
        .map(|source| source.expect("all can be read").to_string())
        .collect();
    let walk = WalkBuilder::new(folder.path()).sort_by_file_name(Ord::cmp).build();
    let files = walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let expected: Vec<String> = files.map(|entry| entry.path().display().to_string()).collect();
    assert_eq!(found, expected);
}
