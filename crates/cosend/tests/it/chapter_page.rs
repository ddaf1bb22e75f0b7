//! Holds `docs/chapter.md` to its word: its listings are parts of the programs, and its
//! sessions at Python's prompt go as they are shown. What its commands print is compared
//! by `.ci/check_docs.py`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The page, where the repository is complete: the package alone does not have it.
fn page() -> Option<String> {
    fs::read_to_string(root().join("docs/chapter.md")).ok()
}

/// All programs of a language that the page may quote.
fn programs(folder: &Path, extension: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            programs(&path, extension, found);
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(format!("\n{}", fs::read_to_string(path).unwrap()));
        }
    }
}

/// The code blocks of this language, and the line at which each begins.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<(usize, &'a str)> {
    let mark = format!("```{language}\n");
    let starts = page.match_indices(&mark);
    let block = |(at, _): (usize, &str)| {
        let body = &page[at + mark.len()..];
        (page[..at].lines().count() + 1, &body[..body.find("```").unwrap()])
    };
    starts.map(block).collect()
}

#[test]
fn each_listing_is_a_part_of_a_program() {
    let Some(page) = page() else { return };
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (language, extension) in [("python", "py"), ("rust", "rs")] {
        let mut known = Vec::new();
        programs(&crate_folder.join("examples"), extension, &mut known);
        programs(&crate_folder.join("tests/it/chapter"), extension, &mut known);
        let blocks = blocks(&page, language);
        assert!(blocks.len() > 5, "{language}");
        for (line, block) in blocks {
            for part in block.trim_end().split("\n\n") {
                let part = format!("\n{}\n", part.trim_matches('\n'));
                let is_known = known.iter().any(|program| program.contains(&part));
                assert!(is_known, "docs/chapter.md:{line}: no program has this:{part}");
            }
        }
    }
}

#[test]
fn each_session_goes_as_it_is_shown() {
    if page().is_none() {
        return;
    }
    let python = Command::new("python3")
        .args(["-B", "-m", "doctest", "docs/chapter.md"])
        .current_dir(root())
        .env("PYTHONPATH", "crates/cosend/examples/python")
        .output();
    match python {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            cogrep_testing::skip("there is no python3");
        }
        ended => {
            let ended = ended.unwrap();
            assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
        }
    }
}
