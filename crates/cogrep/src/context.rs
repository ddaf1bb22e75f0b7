//! What a command is run in: the environment, the terminal, and Ctrl-C.
//!
//! Variables are read here and nowhere else, except for those that say whether to colour.
//! Counts do not depend on them; they are for tests and measurements.

use std::env;
use std::ffi::{OsStr, OsString};
use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use cogrep_match::SimdLevel;
use cogrep_report::escape;
use cogrep_source::{Interrupt, Io};

use crate::args;
use crate::error::Error;
use crate::ui::interrupt;
use crate::ui::terminal::Terminal;

/// What all commands of one process share.
#[derive(Debug)]
pub(crate) struct Context {
    /// What standard output is.
    pub(crate) terminal: Terminal,
    /// How files are read (`COGREP_IO`).
    pub(crate) io: Io,
    /// Whether one source is read after the other, on one thread (`COGREP_IO`).
    pub(crate) is_serial: bool,
    /// The ranges in which large files are counted, in bytes, unless it is up to the
    /// program (`COGREP_RANGE`).
    pub(crate) range_bytes: Option<NonZeroU64>,
    /// What was typed.
    pub(crate) command: String,
    /// When it began, in seconds since 1970 (`SOURCE_DATE_EPOCH`, as all programs have it whose
    /// output is to be the same each time).
    pub(crate) begun: i64,
    interrupt: OnceLock<Interrupt>,
}

impl Context {
    /// Reads the environment of what was typed, and sets the vector instructions that the process uses
    /// (`COGREP_SIMD`).
    pub(crate) fn from_env(typed: &[OsString]) -> Result<Self, Error> {
        choose_simd(env::var_os("COGREP_SIMD").as_deref())?;
        let (io, is_serial) = io(env::var_os("COGREP_IO").as_deref())?;
        Ok(Self {
            terminal: Terminal::stdout(),
            io,
            is_serial,
            range_bytes: range_bytes(env::var_os("COGREP_RANGE").as_deref())?,
            command: args::command_line(typed),
            begun: begun(env::var_os("SOURCE_DATE_EPOCH").as_deref()),
            interrupt: OnceLock::new(),
        })
    }

    /// Ctrl-C, which is listened for from the first call on.
    pub(crate) fn interrupt(&self) -> &Interrupt {
        self.interrupt.get_or_init(interrupt::listen)
    }
}

/// The variables in which the tools of object stores keep where these are, and credentials.
#[cfg(feature = "remote")]
pub(crate) fn store_variables() -> Vec<(String, String)> {
    let is_of_store = |name: &str| {
        ["AWS_", "AZURE_", "GOOGLE_", "STORAGE_EMULATOR_HOST"].iter().any(|it| name.starts_with(it))
    };
    // What is no text cannot be said to a store.
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    variables.filter(|(name, _)| is_of_store(name)).collect()
}

/// Sets the default level of the process from the value of the variable.
fn choose_simd(name: Option<&OsStr>) -> Result<(), Error> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(()) };
    let level = name.to_string_lossy().parse::<SimdLevel>();
    level.and_then(SimdLevel::set_default).map_err(|error| {
        // The error begins with the name.
        Error::usage(format!("COGREP_SIMD={error}"))
    })
}

/// How files are read, for tests of what platforms other than Linux do, and of what
/// event loops are good for.
fn io(value: Option<&OsStr>) -> Result<(Io, bool), Error> {
    match value.map(OsStr::as_encoded_bytes) {
        None | Some(b"" | b"auto") => Ok((Io::Auto, false)),
        Some(b"portable") => Ok((Io::Portable, false)),
        Some(b"serial") => Ok((Io::Auto, true)),
        Some(other) => Err(Error::usage(format!("COGREP_IO={}: no such way", escape(other)))
            .hint("there are auto, portable, serial")),
    }
}

/// The time, unless another one is given.
fn begun(given: Option<&OsStr>) -> i64 {
    let given = given.and_then(|given| given.to_str()?.parse().ok());
    // Up to the year 9999, after which no date is written as others are.
    let given = given.filter(|seconds| (0..253_402_300_800).contains(seconds));
    given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
    })
}

/// The ranges in which workers count in one file: with small ones, small files are divided
/// too.
fn range_bytes(bytes: Option<&OsStr>) -> Result<Option<NonZeroU64>, Error> {
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
    let number = bytes.to_str().and_then(|bytes| bytes.parse().ok());
    number.map(Some).ok_or_else(|| {
        let given = escape(bytes.as_encoded_bytes());
        Error::usage(format!("COGREP_RANGE={given}: not a number of bytes, from 1"))
    })
}
