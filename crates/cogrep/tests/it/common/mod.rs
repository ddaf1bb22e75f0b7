//! Runs of the program in a clean environment: an empty folder of its own, and no
//! variables except those that a test sets.

#[cfg(unix)]
pub(crate) mod waiting;

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use cogrep_testing::skip;
use tempfile::TempDir;

/// A folder to run the program in.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a run printed, and its exit status.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: i32,
}

/// As snapshots have it: what was printed, and below a rule the messages and the exit
/// status, unless there are none and it is 0.
impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.out)?;
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            formatter.write_str("(without a line feed)\n")?;
        }
        if !self.err.is_empty() {
            write!(formatter, "----- standard error\n{}", self.err)?;
        }
        if self.status != 0 {
            writeln!(formatter, "----- status {}", self.status)?;
        }
        Ok(())
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code().unwrap_or(-1),
        }
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A place with these files in it.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Self {
        let place = Self::new();
        for (name, bytes) in files {
            place.write(name, bytes);
        }
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program, ready to run here.
    pub(crate) fn command(&self) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_cogrep"))
    }

    /// Another copy of the program, ready to run here.
    pub(crate) fn command_of(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).env_clear().stdin(Stdio::null());
        command
    }

    /// The program with signals as they are by default: whatever starts the tests may ignore
    /// some of them, as a shell does for what runs in the background. None where there is no
    /// command for that.
    pub(crate) fn with_default_signals(&self) -> Option<Command> {
        let is_there = Command::new("env").args(["--default-signal=INT", "true"]).output();
        if !is_there.is_ok_and(|output| output.status.success()) {
            skip("there is no env --default-signal");
            return None;
        }
        let mut command = self.command_of("env");
        command.args(["--default-signal=INT,TERM,HUP", env!("CARGO_BIN_EXE_cogrep")]);
        Some(command)
    }

    /// Runs the program with these arguments, and nothing on standard input.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        answer(self.command().args(arguments), b"")
    }

    /// Runs the program with this piped into it.
    pub(crate) fn pipe<S: AsRef<OsStr>>(
        &self,
        input: &[u8],
        arguments: impl IntoIterator<Item = S>,
    ) -> Answer {
        answer(self.command().args(arguments).stdin(Stdio::piped()), input)
    }
}

/// Runs a command to its end; its standard input, if piped, is fed these bytes.
pub(crate) fn answer(command: &mut Command, input: &[u8]) -> Answer {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let feeder = child.stdin.take().map(|mut stdin| {
        let input = input.to_vec();
        // A program that does not read all of it closes the pipe, which is its right.
        std::thread::spawn(move || drop(stdin.write_all(&input)))
    });
    let output = child.wait_with_output().unwrap();
    if let Some(feeder) = feeder {
        feeder.join().unwrap();
    }
    output.into()
}

/// What a run should give.
pub(crate) fn expect(out: &str, err: &str, status: i32) -> Answer {
    Answer { out: out.to_owned(), err: err.to_owned(), status }
}
