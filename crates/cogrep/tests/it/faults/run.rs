//! Runs of the program in which something fails.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::{Operation, SUBJECTS, Subject};
use crate::common::Place;

/// Far more than any run takes, even on a busy machine.
const MOST: Duration = Duration::from_mins(1);

/// How many files are in the folder, and lines in the file.
const FILES: usize = 20;
const LINES: usize = 24_000;

const LINE: &str = "love and hate\n";

/// What a file of the folder holds: the same every five bytes, since several threads read it,
/// and each of them may get five.
const SMALL: &str = "love\nlove\nlove\nlove\n";

/// How something is made to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// Nothing fails.
    None,
    /// These system calls are traced, and this happens in one of them.
    Inject { calls: String, what: String },
    /// A limit of the shell's.
    Limit(String),
    /// The first read gives a few bytes.
    ShortRead,
}

impl Means {
    pub(super) fn inject(calls: &str, what: String) -> Self {
        Self::Inject { calls: calls.to_owned(), what }
    }

    /// Whether it goes on failing: then no message can be written either, where it is writing
    /// that fails.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Self::Inject { what, .. } if what.ends_with('+'))
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("nothing"),
            Self::Inject { calls, what } => write!(f, "inject={calls}:{what}"),
            Self::Limit(limit) => f.write_str(limit),
            Self::ShortRead => f.write_str("a short read"),
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Status(i32),
    Signal(i32),
    Never,
}

/// What a run left.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) ended: Ended,
    pub(super) out: Vec<u8>,
    pub(super) err: String,
    /// The file that the subject writes.
    pub(super) file: Option<Vec<u8>>,
    /// Files under another name that were left.
    pub(super) left: usize,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let out = self.out[..self.out.len().min(200)].escape_ascii();
        write!(f, "  {:?}, out: {out}, err: {}", self.ended, self.err.escape_debug())
    }
}

/// Whether `strace` is there and may trace, and what packs.
pub(super) fn can_run() -> Result<(), &'static str> {
    if Command::new("gzip").arg("--version").output().is_err() {
        return Err("there is no gzip");
    }
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    match traced {
        Err(_) => Err("there is no strace"),
        Ok(output) if !output.status.success() => Err("strace may trace nothing here"),
        Ok(_) => Ok(()),
    }
}

/// A folder with all that the subjects read.
pub(super) struct Bench {
    place: Place,
    packed: Vec<u8>,
    plain: HashMap<Subject, Run>,
    /// Of each subject and set of calls: the first call after the program's own beginning, and
    /// the last.
    numbers: Mutex<HashMap<(Subject, String), (usize, usize)>>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let place = Place::new();
        let text = LINE.repeat(LINES);
        place.write("file", text.as_bytes());
        for number in 0..FILES {
            place.write(format!("folder/{number}"), SMALL.as_bytes());
        }
        let path = |name: &str| place.path().join(name);
        assert!(Command::new("gzip").arg("-k").arg(path("file")).status().unwrap().success());
        fs::rename(path("file.gz"), path("packed")).unwrap();
        let packed = fs::read(path("packed")).unwrap();
        let mut bench = Self { place, packed, plain: HashMap::new(), numbers: Mutex::default() };
        for subject in SUBJECTS {
            let run = bench.run(subject, &Means::None);
            let love = if subject == Subject::Folder { FILES * 4 } else { LINES };
            let is_right = run.out == format!("love {love}\n").into_bytes();
            assert!(run.ended == Ended::Status(0) && is_right, "{subject:?}: {run}");
            bench.plain.insert(subject, run);
        }
        bench
    }

    /// The run in which nothing failed.
    pub(super) fn plain(&self, subject: Subject) -> &Run {
        &self.plain[&subject]
    }

    /// The numbers of the first and the last of these calls that a thread makes, but for those
    /// that come before the program begins.
    pub(super) fn numbers(&self, subject: Subject, calls: &str) -> (usize, usize) {
        let mut numbers = self.numbers.lock().unwrap();
        *numbers.entry((subject, calls.to_owned())).or_insert_with(|| {
            let traced = format!("trace={calls},rt_sigaction");
            let mut strace = Command::new("strace");
            strace.args(["-f", "-o", "log", "-e", &traced]).args(self.only(subject, calls));
            strace.arg(env!("CARGO_BIN_EXE_cogrep")).args(subject.arguments());
            self.finish(subject, &mut strace, None);
            count(&fs::read_to_string(self.place.path().join("log")).unwrap(), calls)
        })
    }

    /// Has only calls about some files fail: threads wake each other by writing, which no
    /// system refuses.
    fn only(&self, subject: Subject, calls: &str) -> Vec<PathBuf> {
        if calls == Operation::Write.calls() && subject.output().is_none() {
            vec!["-P".into(), self.place.path().canonicalize().unwrap().join("out")]
        } else {
            Vec::new()
        }
    }

    fn script(&self, subject: Subject, means: &Means) -> Command {
        let program = env!("CARGO_BIN_EXE_cogrep");
        let mut command = match means {
            Means::None => Command::new(program),
            Means::Inject { calls, what } => {
                let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{what}"));
                let mut strace = Command::new("strace");
                strace.args(["-f", "--seccomp-bpf", "-o", "/dev/null", "-e", &trace]);
                strace.args(["-e", &inject]).args(self.only(subject, calls)).arg(program);
                strace
            }
            Means::Limit(limit) => {
                let mut bash = Command::new("bash");
                bash.arg("-c").arg(format!("{limit}; exec \"$0\" \"$@\"")).arg(program);
                bash
            }
            // A pipe gives what its writer writes.
            Means::ShortRead if subject == Subject::Pipe => Command::new(program),
            Means::ShortRead => {
                let bytes = match subject {
                    Subject::Compressed => &self.packed[..5],
                    Subject::Folder => &SMALL.as_bytes()[..5],
                    _ => &LINE.as_bytes()[..5],
                };
                let hex =
                    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
                let inject = format!("inject=read,pread64:retval=5:poke_exit=@arg2={hex}:when=1");
                let mut paths = vec![subject.input().to_owned()];
                if subject == Subject::Folder {
                    paths = (0..FILES).map(|number| format!("folder/{number}")).collect();
                }
                let mut strace = Command::new("strace");
                strace.args(["-f", "-o", "/dev/null", "-e", "trace=read,pread64", "-e", &inject]);
                for path in paths {
                    strace.arg("-P").arg(self.place.path().join(path).canonicalize().unwrap());
                }
                strace.arg(program);
                strace.env("COGREP_IO", "portable");
                strace
            }
        };
        command.args(subject.arguments());
        command
    }

    /// Runs the program. The file that it replaces holds something of the same kind before.
    pub(super) fn run(&self, subject: Subject, means: &Means) -> Run {
        let path = |name: &str| self.place.path().join(name);
        for left in self.left() {
            fs::remove_file(left).unwrap();
        }
        if let Some(name) = subject.output() {
            fs::write(path(name), old(subject)).unwrap();
        }
        let piece = if *means == Means::ShortRead { Some(5) } else { None };
        let (ended, err) = self.finish(subject, &mut self.script(subject, means), piece);
        Run {
            ended,
            out: fs::read(path("out")).unwrap(),
            err,
            file: subject.output().and_then(|name| fs::read(path(name)).ok()),
            left: self.left().len(),
        }
    }

    /// Whether the system starts the program under a limit; if not, it ends it before it does
    /// anything.
    pub(super) fn is_started(&self, limit: &str) -> bool {
        let mut bash = Command::new("bash");
        bash.args(["-c", &format!("{limit}; exec \"$0\" --version")]);
        bash.arg(env!("CARGO_BIN_EXE_cogrep")).stdin(Stdio::null());
        let output = bash.current_dir(self.place.path()).output();
        output.is_ok_and(|output| output.status.success())
    }

    /// The files that a run leaves where it is killed.
    fn left(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.place.path()).unwrap().map(|entry| entry.unwrap().path());
        entries
            .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".cogrep-"))
            .collect()
    }

    /// Waits for a command, and ends it with all that it started if it takes too long.
    fn finish(
        &self,
        subject: Subject,
        command: &mut Command,
        piece: Option<usize>,
    ) -> (Ended, String) {
        let is_piped = subject == Subject::Pipe;
        let mut child = command
            .current_dir(self.place.path())
            .env_remove("RUST_BACKTRACE")
            .stdin(if is_piped { Stdio::piped() } else { Stdio::null() })
            .stdout(File::create(self.place.path().join("out")).unwrap())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let feeder = child.stdin.take().map(|mut stdin| {
            std::thread::spawn(move || {
                let text = LINE.repeat(LINES);
                let short = piece.map_or(0, |piece| piece * 500);
                let (begin, rest) = text.as_bytes().split_at(short);
                // A program that has ended reads no more.
                let mut pieces = begin.chunks(piece.unwrap_or(1));
                let _ = pieces.try_for_each(|piece| stdin.write_all(piece));
                let _ = stdin.write_all(rest);
            })
        });
        let mut stderr = child.stderr.take().unwrap();
        let messages = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stderr.read_to_end(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let ended = wait(&mut child);
        if let Some(feeder) = feeder {
            feeder.join().unwrap();
        }
        (ended, messages.join().unwrap())
    }
}

fn wait(child: &mut Child) -> Ended {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            let signal = status.signal().map(Ended::Signal);
            return signal.unwrap_or_else(|| Ended::Status(status.code().unwrap_or(-1)));
        }
        if begun.elapsed() > MOST {
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            child.wait().unwrap();
            return Ended::Never;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What is there before a file is written.
pub(super) fn old(subject: Subject) -> Vec<u8> {
    match subject {
        Subject::Saved => b"{\"cogrep_result\":1,\"part\":1,\"of\":1}\n".to_vec(),
        _ => b"<!DOCTYPE html>\n<title>old</title>\n".to_vec(),
    }
}

/// The first and the last number of the calls in a log of `strace`. The program begins by
/// listening for its own abortion; what comes before is the system's and Rust's.
fn count(log: &str, calls: &str) -> (usize, usize) {
    let names: Vec<&str> = calls.split(',').map(|name| name.trim_start_matches('?')).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let (mut main, mut before) = (None, None);
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((name, arguments)) = rest.trim_start().split_once('(') else { continue };
        let main = *main.get_or_insert(thread);
        if thread == main && name == "rt_sigaction" && arguments.starts_with("SIGABRT") {
            before.get_or_insert(counts.get(main).copied().unwrap_or(0));
        }
        if names.contains(&name) {
            *counts.entry(thread).or_default() += 1;
        }
    }
    // None, where only calls about some files are in the log.
    let before = before.unwrap_or(0);
    (before + 1, counts.into_values().max().unwrap_or(0))
}
