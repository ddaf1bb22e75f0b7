//! `--pre`: another program, what it prints for a file, and that in place of the file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use cogrep_source::backend::{Backend, Facts, Kind, Listing, Opened};
use cogrep_source::{Fault, SourceName};
use futures_util::future::{BoxFuture, FutureExt, ready};

use crate::args::PreArgs;

/// Opens files as what a program prints for them, and everything else as another backend does.
#[derive(Debug)]
pub(super) struct Preprocessor {
    args: PreArgs,
    others: Arc<dyn Backend>,
}

impl Preprocessor {
    pub(super) fn new(args: PreArgs, others: Arc<dyn Backend>) -> Self {
        Self { args, others }
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
        let printed = Printed::Not { command, path: path.to_owned() };
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
enum Printed {
    /// It was not started: that is left to the thread that reads.
    Not {
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
        if let Self::Not { command, path } = self {
            // What is wrong with the file is not the program's fault.
            let file = File::open(&*path)?;
            let command = std::mem::take(command);
            let child = start(&command, path, file)
                .map_err(|error| failed(&command, &Fault::from(error)))?;
            *self = Self::Running { command, child };
        }
        let Self::Running { command, child } = self else { return Ok(0) };
        let read = child.stdout.as_mut().map_or(Ok(0), |out| out.read(buffer))?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        let status = child.wait()?;
        let ended = if status.success() { Ok(0) } else { Err(failed(command, &status)) };
        *self = Self::Ended;
        ended
    }
}

impl Drop for Printed {
    fn drop(&mut self) {
        if let Self::Running { child, .. } = self {
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
