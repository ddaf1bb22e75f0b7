//! `--pre`: another program, what it prints for a file, and that in place of the file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use cogrep_source::backend::{Backend, Facts, Kind, Listing, Opened};
use cogrep_source::{Fault, Interrupt, SourceName};
use futures_util::future::{BoxFuture, FutureExt, ready};

use crate::args::PreArgs;

/// Opens files as what a program prints for them, and everything else as another backend does.
#[derive(Debug)]
pub(super) struct Preprocessor {
    args: PreArgs,
    others: Arc<dyn Backend>,
    interrupt: Interrupt,
}

impl Preprocessor {
    pub(super) fn new(args: PreArgs, others: Arc<dyn Backend>, interrupt: Interrupt) -> Self {
        Self { args, others, interrupt }
    }

    /// The path of a file that the program is run for.
    fn chosen<'a>(&self, name: &'a SourceName) -> Option<&'a Path> {
        name.path().filter(|_| self.args.globs.leaves_out(name.as_bytes(), None).is_none())
    }
}

impl Backend for Preprocessor {
    fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        let facts = self.others.facts(name);
        if self.chosen(name).is_none() {
            return facts;
        }
        // How much is printed is not known before.
        let is_file = |facts: &Facts| facts.kind == Kind::File;
        facts
            .map(move |facts| facts.map(|it| if is_file(&it) { Facts::file(None) } else { it }))
            .boxed()
    }

    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        let Some(path) = self.chosen(name) else { return self.others.open(name) };
        let command = self.args.command.clone();
        let run = Run::Ahead { command, path: path.to_owned() };
        let printed = Printed { run, interrupt: self.interrupt.clone() };
        ready(Ok(Opened::Reader { reader: Box::new(printed), size: None })).boxed()
    }

    fn path<'a>(&self, name: &'a SourceName) -> Option<&'a Path> {
        if self.chosen(name).is_some() { None } else { self.others.path(name) }
    }

    fn list(&self, folder: &SourceName) -> Listing<'_> {
        self.others.list(folder)
    }
}

/// What a program prints for a file.
struct Printed {
    run: Run,
    interrupt: Interrupt,
}

/// How far the program is.
enum Run {
    /// It was not started: that is left to the thread that reads.
    Ahead {
        command: OsString,
        path: PathBuf,
    },
    Running {
        command: OsString,
        child: Child,
    },
    Ended,
}

impl Read for Printed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Run::Ahead { command, path } = &mut self.run {
            // What is wrong with the file is not the program's fault.
            let file = File::open(path.as_path())?;
            let command = std::mem::take(command);
            let child = start(&command, path, file)
                .map_err(|error| failed(&command, &Fault::from(error)))?;
            self.run = Run::Running { command, child };
        }
        let Run::Running { command, child } = &mut self.run else { return Ok(0) };
        let Some(out) = &mut child.stdout else { return Ok(0) };
        wait_for(out, &self.interrupt)?;
        let read = out.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        let status = child.wait()?;
        let ended = if status.success() { Ok(0) } else { Err(failed(command, &status)) };
        self.run = Run::Ended;
        ended
    }
}

/// Waits until a program has printed something or has ended, or until a stop is requested,
/// which is an interrupted read.
#[cfg(unix)]
fn wait_for(out: &ChildStdout, interrupt: &Interrupt) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    // A request does not end the wait, so it is looked for in between.
    const STEP: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
    while !interrupt.is_requested() {
        match poll(&mut [PollFd::new(out, PollFlags::IN)], Some(&STEP)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(io::ErrorKind::Interrupted.into())
}

/// There is no such wait.
#[cfg(not(unix))]
fn wait_for(_: &ChildStdout, _: &Interrupt) -> io::Result<()> {
    Ok(())
}

impl Drop for Printed {
    fn drop(&mut self) {
        if let Run::Running { child, .. } = &mut self.run {
            // Nobody wants the rest. What has ended by itself cannot be ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts a program for a file, which is its argument and its standard input.
fn start(command: &OsString, path: &Path, file: File) -> io::Result<Child> {
    Command::new(command).arg(path).stdin(file).stdout(Stdio::piped()).spawn()
}

fn failed(command: &OsString, reason: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(format!("--pre {}: {reason}", command.display()))
}
