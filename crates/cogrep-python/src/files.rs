//! Files, folders and addresses, and objects of Python that can be read like files.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Cursor, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cogrep_core::measure::AnyMeasure;
use cogrep_core::network::{Extension, loose_space};
use cogrep_core::{Job, Progress as Seen, Report, SourceReport};
use cogrep_match::Plan;
use cogrep_source::backend::{Backend, Facts, Listing, Opened};
use cogrep_source::{
    Encoding, Fault, Input, Interrupt, OpenOptions, Selected, Selection, SourceName, TypeChoice,
    block_on,
};
use futures_util::future::{BoxFuture, FutureExt, ready};
use futures_util::stream::{self, StreamExt};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::labels::{self, Found};
use crate::names::bytes_of;
use crate::prepared::Prepared;
use crate::remote::{self, ChangedError, ObjectVersion, RemoteOptions};
use crate::workers::{self, Progress};

/// What is to be read, and how; an object of Python with these attributes.
#[derive(FromPyObject)]
#[expect(clippy::struct_excessive_bools, reason = "options that are independent of each other")]
pub(crate) struct FileOptions<'py> {
    /// Paths, addresses, and names of objects that can be read, each with its object.
    inputs: Vec<(OsString, Option<Bound<'py, PyAny>>)>,
    pub(crate) by_file: bool,
    encoding: Option<String>,
    decompress: bool,
    nest: u32,
    hidden: bool,
    ignore: bool,
    follow: bool,
    one_file_system: bool,
    max_depth: Option<usize>,
    max_file_bytes: Option<u64>,
    globs: Vec<String>,
    types: Vec<String>,
    types_not: Vec<String>,
    threads: usize,
    progress: Option<Bound<'py, PyAny>>,
    remote: RemoteOptions,
}

/// A source: its name, how it ended, what went wrong, the bytes of its text, and its counts.
pub(crate) type SourceRow<C> = (Vec<u8>, &'static str, Option<String>, u64, Option<C>);

/// How many sources there were, how many of them partial and failed, and the bytes of text.
pub(crate) type FileSums = (u64, u64, u64, u64);

/// What is counted in files.
pub(crate) struct Counting<'a> {
    pub(crate) plan: &'a Arc<Plan>,
    pub(crate) max_line_bytes: usize,
    pub(crate) loose_space: bool,
    pub(crate) measures: Vec<AnyMeasure>,
}

/// Counts as the options say.
pub(crate) fn count(
    py: Python<'_>,
    counter: &Prepared,
    options: &FileOptions<'_>,
) -> PyResult<(Found, FileSums, Vec<SourceRow<Found>>)> {
    let mut sources = Vec::new();
    let observe = |source: &SourceReport| {
        let counts = source.counts.as_ref().map(|counts| {
            let by_pattern = counts.to_vec(counter.plan.patterns().len());
            labels::found(&counter.labels.sums(by_pattern.into_iter()))
        });
        sources.push(row(source, counts));
    };
    let Prepared { plan, max_line_bytes, loose_space, .. } = counter;
    let job = Counting {
        plan,
        max_line_bytes: *max_line_bytes,
        loose_space: *loose_space,
        measures: Vec::new(),
    };
    let report = run(py, job, options, options.by_file, observe)?;
    let totals = counter.labels.sums(report.patterns.iter().map(|pattern| pattern.count));
    Ok((labels::found(&totals), sums(&report), sources))
}

/// Runs a job over what is to be read.
pub(crate) fn run(
    py: Python<'_>,
    counting: Counting<'_>,
    options: &FileOptions<'_>,
    names_all: bool,
    observe: impl FnMut(&SourceReport) + Send,
) -> PyResult<Report> {
    let input = |(name, object): &(OsString, Option<_>)| match object {
        None => options.remote.input(name),
        Some(_) => Input::Name(object_name(name)),
    };
    let inputs: Vec<Input> = options.inputs.iter().map(input).collect();
    let objects = Arc::new(Objects::new(&options.inputs, options.remote.backend()?));
    remote::look_up_untagged(py, &inputs, &*objects)?;
    let (interrupt, mut waker) = interrupt()?;
    let open = OpenOptions {
        backend: Arc::clone(&objects) as Arc<dyn Backend>,
        encoding: options.encoding.as_deref().map(encoding).transpose()?,
        interrupt: interrupt.clone(),
        no_decompress: !options.decompress,
        nest: options.nest,
        ..OpenOptions::default()
    };
    let seen = Seen::new();
    let job = Job {
        selection: selection(options)?,
        open,
        max_line_bytes: counting.max_line_bytes,
        workers: NonZeroUsize::new(options.threads),
        by_source: options.by_file,
        measures: counting.measures,
        extension: counting.loose_space.then_some(Extension(&loose_space)),
        progress: Some(&seen),
        ..Job::new(counting.plan, &inputs)
    };
    let mut progress = Progress::new(options.progress.as_ref());
    let watch = || match objects.take_error() {
        Some(error) => Err(error),
        None => progress.tell(seen.text_bytes()),
    };
    // What waits for a pipe is woken, since the other end of the interrupt's pipe is closed.
    let stop = || {
        interrupt.request();
        drop(waker.take());
    };
    let observe = Mutex::new(observe);
    let changed = Mutex::new(None);
    let run = || {
        let mut observe = observe.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = changed.lock().unwrap_or_else(PoisonError::into_inner);
        job.run(|source| {
            let has_changed = |fault: &Fault| remote::has_changed(&source.name, fault);
            if source.outcome.fault().is_some_and(has_changed) {
                changed.get_or_insert_with(|| remote::address(&source.name));
            }
            if names_all || source.outcome.fault().is_some() {
                observe(source);
            }
        })
    };
    let report = workers::run(py, 1, watch, stop, run)?;
    let changed = changed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = changed.filter(|_| options.remote.has_versions()) {
        return Err(ChangedError::new_err(name));
    }
    Ok(report.into_iter().next().expect("there was one worker"))
}

/// A name that cannot be listed, and why.
type Unlisted = (OsString, String);

/// A file or an address that would be read; of an address, what its server says of it.
type Listed = (OsString, Option<ObjectVersion>);

/// The files that would be read, and what is wrong with those that cannot be.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "it was made of an object for this call")]
pub(crate) fn list_files(
    py: Python<'_>,
    options: FileOptions<'_>,
) -> PyResult<(Vec<Listed>, Vec<Unlisted>)> {
    let inputs: Vec<Input> =
        options.inputs.iter().map(|(name, _)| options.remote.input(name)).collect();
    let selection = selection(&options)?;
    let remote = options.remote.remote(false)?;
    let shown =
        |name: &SourceName| name.path().map_or_else(|| name.to_string().into(), OsString::from);
    let look_up = async |selected: Selected| match selected {
        Ok(SourceName::Remote(name)) => match remote::version(&remote, &name).await {
            Ok(version) => Ok((name.address().into(), version)),
            Err(fault) => Err((name.shown().into(), fault.to_string())),
        },
        Ok(name) => Ok((shown(&name), None)),
        Err((name, fault)) => Err((shown(&name), fault.to_string())),
    };
    py.detach(|| {
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        let mut sources = selection.sources(&inputs, &*remote);
        loop {
            let some: Vec<_> = sources.by_ref().take(LISTED).collect();
            if some.is_empty() {
                return Ok((found, faults));
            }
            let some = stream::iter(some).map(look_up).buffered(remote::LOOKUPS);
            for listed in block_on(some.collect::<Vec<_>>()) {
                match listed {
                    Ok(listed) => found.push(listed),
                    Err(unlisted) => faults.push(unlisted),
                }
            }
            // A walk may be long.
            #[expect(clippy::redundant_closure_for_method_calls, reason = "of any lifetime")]
            Python::attach(|py| py.check_signals())?;
        }
    })
}

/// So many sources are listed before a signal is looked for.
const LISTED: usize = 1000;

pub(crate) fn sums(report: &Report) -> FileSums {
    (report.source_count, report.partial_count, report.failed_count, report.text_bytes)
}

/// A source with its counts.
pub(crate) fn row<C>(source: &SourceReport, counts: Option<C>) -> SourceRow<C> {
    let fault = source.outcome.fault().map(ToString::to_string);
    let name = source.name.as_bytes().to_vec();
    (name, source.outcome.as_str(), fault, source.text_bytes, counts)
}

pub(crate) fn encoding(name: &str) -> PyResult<Encoding> {
    name.parse()
        .map_err(|error: cogrep_source::UnknownEncoding| PyValueError::new_err(error.to_string()))
}

fn selection(options: &FileOptions<'_>) -> PyResult<Selection> {
    let mut selection = Selection::default();
    selection.hidden = options.hidden;
    selection.no_ignore = !options.ignore;
    selection.follow = options.follow;
    selection.one_file_system = options.one_file_system;
    selection.max_depth = options.max_depth;
    selection.max_file_bytes = options.max_file_bytes;
    let refused = |rule: cogrep_source::BadRule| PyValueError::new_err(rule.to_string());
    if !options.globs.is_empty() {
        selection.set_globs(&options.globs).map_err(refused)?;
    }
    if !options.types.is_empty() || !options.types_not.is_empty() {
        let wanted = options.types.iter().map(TypeChoice::Wanted);
        let unwanted = options.types_not.iter().map(TypeChoice::Unwanted);
        selection.set_types(wanted.chain(unwanted)).map_err(refused)?;
    }
    Ok(selection)
}

/// A request to stop that also ends the wait for a pipe, where the system can.
#[cfg(unix)]
fn interrupt() -> io::Result<(Interrupt, Option<io::PipeWriter>)> {
    use std::os::fd::OwnedFd;

    let (wake, waker) = io::pipe()?;
    let interrupt = Interrupt::with_wake(Arc::default(), Arc::new(OwnedFd::from(wake).into()));
    Ok((interrupt, Some(waker)))
}

#[cfg(not(unix))]
fn interrupt() -> io::Result<(Interrupt, Option<()>)> {
    Ok((Interrupt::new(), None))
}

fn object_name(name: &OsStr) -> SourceName {
    SourceName::memory(&*name.to_string_lossy())
}

/// Objects of Python, each of which is read once, and what another backend has.
#[derive(Debug)]
struct Objects {
    others: Arc<dyn Backend>,
    /// The objects under each name, in their order.
    by_name: Mutex<HashMap<SourceName, Vec<Py<PyAny>>>>,
    /// What an object raised.
    error: Arc<Mutex<Option<PyErr>>>,
}

impl Objects {
    fn new(inputs: &[(OsString, Option<Bound<'_, PyAny>>)], others: Arc<dyn Backend>) -> Self {
        let mut by_name = HashMap::<_, Vec<_>>::new();
        for (name, object) in inputs.iter().rev() {
            if let Some(object) = object {
                by_name.entry(object_name(name)).or_default().push(object.clone().unbind());
            }
        }
        Self { others, by_name: Mutex::new(by_name), error: Arc::default() }
    }

    fn take_error(&self) -> Option<PyErr> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Backend for Objects {
    fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        match name {
            SourceName::Memory(_) => ready(Ok(Facts::file(None))).boxed(),
            _ => self.others.facts(name),
        }
    }

    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        if !matches!(name, SourceName::Memory(_)) {
            return self.others.open(name);
        }
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let object = by_name.get_mut(name).and_then(Vec::pop);
        let opened = object.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into());
        let reader = opened.map(|object| {
            let reader =
                ObjectReader { object, given: Cursor::default(), error: Arc::clone(&self.error) };
            Opened::Reader { reader: Box::new(reader), size: None }
        });
        ready(reader).boxed()
    }

    fn path<'a>(&self, name: &'a SourceName) -> Option<&'a Path> {
        self.others.path(name)
    }

    fn list(&self, folder: &SourceName) -> Listing<'_> {
        self.others.list(folder)
    }
}

/// An object with a method `read`, as a reader.
struct ObjectReader {
    object: Py<PyAny>,
    /// What it gave last.
    given: Cursor<Vec<u8>>,
    error: Arc<Mutex<Option<PyErr>>>,
}

/// So much is asked of an object at a time.
const ASK_BYTES: usize = 1 << 20;

impl ObjectReader {
    fn ask(&self) -> PyResult<Vec<u8>> {
        Python::attach(|py| {
            let given = self.object.bind(py).call_method1("read", (ASK_BYTES,))?;
            bytes_of(&given)
        })
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given.position() == self.given.get_ref().len() as u64 {
            self.given = Cursor::new(self.ask().map_err(|error| {
                let message = error.to_string();
                self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                io::Error::other(message)
            })?);
        }
        self.given.read(buffer)
    }
}
