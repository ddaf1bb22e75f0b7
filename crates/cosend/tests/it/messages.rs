//! Holds the page of messages to its word: each is one that a panic of this crate has, or that
//! the compiler gives to one of the programs in `tests/compile_fail`.

use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../../docs/messages.md");

/// The texts of all files of one kind below a folder, without backticks, and with each run of
/// white space as one blank.
fn texts(folder: &Path, kind: &str) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(texts(&path, kind));
        } else if path.extension().is_some_and(|extension| extension == kind) {
            all.push(plain(&fs::read_to_string(path).unwrap()));
        }
    }
    all
}

fn plain(text: &str) -> String {
    // A line of a string that goes on in the next one ends in a backslash.
    let text = text.replace("\\\n", " ").replace('`', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text has all parts of a message, in this order.
fn has(text: &str, message: &str) -> bool {
    let mut rest = text;
    message
        .split("...")
        .map(|part| part.trim_matches([':', ' ']))
        .filter(|part| !part.is_empty())
        .all(|part| {
            let found = rest.split_once(part);
            rest = found.map_or("", |(_, rest)| rest);
            found.is_some()
        })
}

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn each_panic_on_the_page_is_in_the_sources() {
    let sources = texts(&folder("src"), "rs");
    let messages: Vec<_> = PAGE.lines().filter_map(|line| line.strip_prefix("| `")).collect();
    assert!(messages.len() > 10);
    for message in messages {
        let message = message.split_once("` |").unwrap().0.replace("1000", "...");
        assert!(sources.iter().any(|text| has(text, &message)), "{message}");
    }
}

#[test]
fn each_error_on_the_page_is_one_that_the_compiler_gives() {
    let answers = texts(&folder("tests/compile_fail"), "stderr");
    let messages: Vec<_> = PAGE.lines().filter_map(|line| line.strip_prefix("**`")).collect();
    assert!(messages.len() > 10);
    for message in messages {
        let message = message.split_once("`**").unwrap().0;
        assert!(answers.iter().any(|text| has(text, message)), "{message}");
    }
}

#[test]
fn each_first_program_that_fails_has_its_answer_on_the_page() {
    let compile_fail = folder("tests/compile_fail");
    let mut programs = 0;
    for entry in fs::read_dir(compile_fail).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("first_") || !name.ends_with(".stderr") {
            continue;
        }
        programs += 1;
        let answer = plain(&fs::read_to_string(&path).unwrap());
        let explained = PAGE.lines().filter_map(|line| line.strip_prefix("**`")?.split_once("`**"));
        assert!(explained.into_iter().any(|(message, _)| has(&answer, message)), "{name}");
    }
    assert!(programs > 5);
}
