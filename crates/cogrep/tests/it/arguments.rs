//! Command lines that make no sense: whatever is asked for, the program ends with a status
//! and, where that is a failure, with a reason. The flags are those of its own help, so new
//! ones are tried too.

use std::collections::BTreeSet;
use std::process::Stdio;

use cogrep_testing::share;

use crate::common::{Place, answer};

/// What flags and inputs are given, sensible and not.
const VALUES: [&str; 36] = [
    "love",
    "a.txt",
    "list",
    "packed.gz",
    "tree",
    "gone",
    "saved",
    "out.svg",
    "out.html",
    "",
    "-",
    "--",
    "0",
    "1",
    "2",
    "-1",
    "3/7",
    "0/0",
    "1.5M",
    "10MB",
    "99999999999999999999",
    "1e9",
    "text",
    "json",
    "parquet",
    "file",
    "part=3",
    "key=\\w+",
    "time=1h",
    "utf-16",
    "(",
    "[z-a]",
    "*.txt",
    "a=b",
    "é\u{202e}",
    "\u{1b}[31m",
];

/// Numbers that look random, and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        let Self(state) = self;
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*state >> 33).unwrap() % most
    }

    fn of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// The names of all flags, short and long.
fn flags(help: &str) -> Vec<&str> {
    let words = help.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'));
    let is_flag = |word: &&str| word.starts_with("--") && word.len() > 4;
    let is_short = |word: &&str| word.len() == 2 && word.starts_with('-');
    let names: BTreeSet<&str> = words.filter(|word| is_flag(word) || is_short(word)).collect();
    names.into_iter().filter(|name| *name != "--").collect()
}

fn place() -> Place {
    Place::with(&[
        ("a.txt", b"love and hate\n2024-05-01T00:00:00Z love\n"),
        ("list", b"love\nhate\n"),
        ("packed.gz", b"\x1f\x8b\x08\0cut off"),
        ("tree/b.txt", b"love"),
        ("tree/.ignore", b"[z-a]\n"),
    ])
}

#[test]
fn every_command_line_ends_with_a_status_and_a_reason() {
    let help = place().run(["--help"]).out;
    let flags = flags(&help);
    assert!(flags.len() > 50, "{flags:?}");
    let mut random = Random(1);
    let mut ended = [0; 4];
    for _ in 0..share(1500) {
        // What one run writes is not there for the next.
        let place = place();
        let mut arguments: Vec<String> = Vec::new();
        // Most begin in a way that makes sense.
        if random.below(4) > 0 {
            arguments.extend(["love", "a.txt"].map(str::to_owned));
        }
        for _ in 0..=random.below(3) {
            match random.below(3) {
                0 => arguments.push(random.of(&flags).to_owned()),
                1 => arguments.push(format!("{}={}", random.of(&flags), random.of(&VALUES))),
                _ => arguments.push(random.of(&VALUES).to_owned()),
            }
        }
        let mut command = place.command();
        let answer = answer(command.args(&arguments).stdin(Stdio::null()), b"");
        let context = format!("{arguments:?}: {answer:?}");
        let status = usize::try_from(answer.status).ok().and_then(|status| ended.get_mut(status));
        *status.unwrap_or_else(|| panic!("{context}")) += 1;
        assert!(!answer.err.contains("panicked"), "{context}");
        assert!(answer.status != 2 || answer.err.starts_with("cogrep: "), "{context}");
        let is_plain = |letter: char| letter == '\n' || !letter.is_control();
        assert!(answer.err.chars().all(is_plain), "{context}");
    }
    // Some make sense, and some do not.
    assert!(ended[0] > 0 && ended[2] > 0, "{ended:?}");
    println!("{ended:?}");
}
