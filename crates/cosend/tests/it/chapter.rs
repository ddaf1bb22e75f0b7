//! The chapter's two programs against the same programs in Python: the stages in
//! this process on a thousand random texts, the built examples on some of them.
//!
//! The texts are ASCII, line ends of all kinds included. Patterns hold no line
//! ends, since Python turns `\r\n` and `\r` into `\n` before its programs see them.

use std::env;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cosend::{Sink, fanout};

#[path = "../../examples/stages/mod.rs"]
mod stages;
use stages::{cat, count, grep};

const QUESTIONS: usize = 1_000;
/// How many of them the example binaries are run on as well.
const RUNS: usize = 10;

/// A text, and what is to be counted in it.
struct Question {
    ignore_case: bool,
    text: Vec<u8>,
    patterns: Vec<String>,
}

/// What the two programs print for it, as sorted lines: the order in which
/// Python drops the branches of `mgrep` is its own affair.
#[derive(Debug, PartialEq)]
struct Answer {
    grep: Vec<String>,
    mgrep: Vec<String>,
}

/// The generator splitmix64 of Steele, Lea and Flood (2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ (word >> 31)) % bound as u64).expect("below a usize")
    }

    fn ascii(&mut self, alphabet: &[u8], length: usize) -> Vec<u8> {
        (0..length).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    /// A text over few letters, in which patterns repeat and overlap, or over many.
    fn question(&mut self) -> Question {
        let all: Vec<u8> = (0..=127).collect();
        let alphabets: [&[u8]; 4] = [b"aA\n", b"abAB\n", b"love LOVE\r\n", &all];
        let alphabet = alphabets[self.below(alphabets.len())];
        let letters: Vec<u8> =
            alphabet.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
        let length = self.below(400);
        let patterns = (0..=self.below(5))
            .map(|_| {
                let length = 1 + self.below(3);
                String::from_utf8(self.ascii(&letters, length)).unwrap()
            })
            .collect();
        Question { ignore_case: self.below(2) == 0, text: self.ascii(alphabet, length), patterns }
    }
}

impl Question {
    /// What the stages of the examples answer.
    fn answer(&self) -> Answer {
        let mut chain = grep(&self.patterns[0], self.ignore_case, count(&self.patterns[0]));
        cat(&self.text[..], self.ignore_case, &mut chain).unwrap();
        let mut tree =
            fanout(self.patterns.iter().map(|word| grep(word, self.ignore_case, count(word))));
        cat(&self.text[..], self.ignore_case, &mut tree).unwrap();
        let totals = self.patterns.iter().zip(tree.close());
        Answer {
            grep: vec![format!("{} {}", self.patterns[0], chain.close())],
            mgrep: sorted(totals.map(|(word, total)| format!("{word} {total}")).collect()),
        }
    }

    /// One line of what `answer.py` reads.
    fn as_line(&self) -> String {
        let mut line = String::from(if self.ignore_case { "i " } else { "- " });
        hex(&mut line, &self.text);
        for pattern in &self.patterns {
            line.push(' ');
            hex(&mut line, pattern.as_bytes());
        }
        line.push('\n');
        line
    }

    /// What the example binaries print.
    fn run(&self, file: &Path) -> Answer {
        std::fs::write(file, &self.text).unwrap();
        Answer {
            grep: self.print("grep", &self.patterns[..1], file),
            mgrep: self.print("mgrep", &self.patterns, file),
        }
    }

    fn print(&self, name: &str, patterns: &[String], file: &Path) -> Vec<String> {
        let flag = self.ignore_case.then_some("-i");
        let output = example(name).args(flag).args(patterns).arg(file).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        printed(&output.stdout)
    }
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

fn printed(output: &[u8]) -> Vec<String> {
    let output = std::str::from_utf8(output).unwrap();
    sorted(output.split_terminator('\n').map(str::to_owned).collect())
}

/// An example, run through cargo, which sees to it that it is up to date.
fn example(name: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["run", "--quiet", "--profile", "test", "-p", "cosend", "--example", name, "--"]);
    command
}

/// What the programs in Python print for each text, or nothing where there is no
/// Python.
fn python(asked: &[Question]) -> Option<Vec<Answer>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/chapter");
    let started = Command::new("python3")
        .args(["-B", "answer.py"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut answers = match started {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        started => started.unwrap(),
    };
    let mut questions = answers.stdin.take().unwrap();
    let text: String = asked.iter().map(Question::as_line).collect();
    let asking = std::thread::spawn(move || questions.write_all(text.as_bytes()));
    let output = answers.wait_with_output().unwrap();
    asking.join().unwrap().unwrap();
    assert!(output.status.success(), "Python failed");

    let answer = |line: &str| {
        let (grep, mgrep) = line.split_once(' ').unwrap();
        Answer { grep: printed(&unhex(grep)), mgrep: printed(&unhex(mgrep)) }
    };
    Some(String::from_utf8(output.stdout).unwrap().lines().map(answer).collect())
}

fn hex(line: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(line, "{byte:02x}").unwrap();
    }
}

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..][..2], 16).unwrap())
        .collect()
}

#[test]
fn the_programs_agree_with_python() {
    let seed = match env::var("COSEND_SEED") {
        Ok(seed) => seed.parse().expect("COSEND_SEED is a number"),
        Err(_) => RandomState::new().build_hasher().finish(),
    };
    println!("COSEND_SEED={seed} repeats this run");
    let mut random = Random(seed);
    let questions: Vec<Question> = (0..QUESTIONS).map(|_| random.question()).collect();
    let Some(answers) = python(&questions) else {
        println!("skipped: there is no python3");
        return;
    };
    assert_eq!(answers.len(), QUESTIONS);
    for (number, (question, answer)) in questions.iter().zip(&answers).enumerate() {
        assert_eq!(question.answer(), *answer, "COSEND_SEED={seed}, question {number}");
    }

    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("chapter.txt");
    // An argument of a process cannot hold a NUL, and the first must not look like `-i`.
    let fits = |(question, _): &(&Question, &Answer)| {
        !question.patterns.iter().any(|pattern| pattern.contains('\0') || pattern == "-i")
    };
    for (question, answer) in questions.iter().zip(&answers).filter(fits).take(RUNS) {
        assert_eq!(question.run(&file), *answer, "COSEND_SEED={seed}");
    }
}

#[test]
fn a_missing_file_is_an_error_that_names_it() {
    for name in ["grep", "mgrep"] {
        let output = example(name).args(["love", "no-such-file"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.starts_with(&format!("{name}: no-such-file: ")), "{message}");
        assert_eq!(output.stdout, b"");
    }
}
