//! The page: what its policy allows.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cogrep_core::{Outcome, PatternCount, Report, SourceName, SourceReport};
use cogrep_report::{About, Collection, Rows, View, page};
use cogrep_testing::skip;

fn written() -> String {
    written_with(&Collection::new())
}

fn written_with(collection: &Collection) -> String {
    let report = Report {
        patterns: vec![PatternCount { pattern: b"love".to_vec(), count: 3, places: Vec::new() }],
        source_count: 0,
        partial_count: 0,
        failed_count: 0,
        cores: 1,
        sources: Vec::new(),
        text_bytes: 12,
        interrupted: false,
        notices: Vec::new(),
        members_left_out: BTreeMap::new(),
    };
    let rows = Rows::new([(b"love".to_vec(), None)], false);
    let about = About { command: "cogrep '</code>'", unit: "occurrences", ..About::default() };
    let mut out = Vec::new();
    page(&mut out, &rows, &View::default(), &report, collection, &about).unwrap();
    String::from_utf8(out).unwrap()
}

/// The digest in the policy is that of the script, by a program that knows nothing of it.
#[test]
fn the_policy_allows_the_script_and_no_other() {
    let page = written();
    let (_, script) = page.split_once("<script>").unwrap();
    let script = script.split_once("</script>").unwrap().0;
    assert!(!page.contains("script-src 'unsafe-inline'"));
    let sha256sum = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = sha256sum else { return skip("there is no sha256sum") };
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let hex = std::str::from_utf8(&output.stdout[..64]).unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|nth| u8::from_str_radix(&hex[2 * nth..2 * nth + 2], 16).unwrap()).collect();
    let policy = format!("script-src 'sha256-{}';", STANDARD.encode(bytes));
    assert!(page.contains(&policy), "the page should have {policy}");
}

/// The script takes each line for a row, whatever the names of files are.
#[test]
fn a_long_table_is_lines_of_text_to_the_script() {
    let page = |sources: usize| {
        let mut collection = Collection::new();
        for nth in 0..sources {
            let name = SourceName::from(PathBuf::from(format!("{nth}\n</noscript>")));
            collection.push(&SourceReport::new(name, Outcome::Complete, 1));
        }
        written_with(&collection)
    };
    assert!(!page(500).contains("noscript>\n"));
    let page = page(501);
    let (_, table) = page.split_once("<noscript>\n").unwrap();
    let table = table.split_once("</noscript>").unwrap().0;
    let rows = table.split_once("<tbody>\n").unwrap().1.split_once("\n</tbody>").unwrap().0;
    assert_eq!(rows.lines().count(), 501);
    assert!(rows.lines().all(|row| row.starts_with("<tr>") && row.ends_with("</tr>")));
}

#[test]
fn a_page_without_a_date_is_the_same_each_time() {
    let page = written();
    assert_eq!(page, written());
    assert!(page.contains("cogrep &#39;&lt;/code&gt;&#39;</code>"));
}
