//! What stands in for the files of a job: text from a program of one's own, or
//! faults, put in where real ones would come from.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use crate::input::SourceName;

/// Opens sources in place of the system.
///
/// It is asked for every source by its name; where it has nothing, the system opens
/// the file. The rest of a job does not know the difference, so that what goes wrong
/// here goes through everything that a broken disk would go through.
///
/// ```
/// use std::io;
/// use cogrep_source::{Chunk, OpenOptions, SourceName, StandIn, StandIns, Text};
///
/// let stand_ins = StandIns::new(|name| match name.as_bytes() {
///     b"hello" => Some(Ok(StandIn::new(&b"to be or"[..]).of_size(18))),
///     _ => None,
/// });
/// let options = OpenOptions { stand_ins, ..OpenOptions::default() };
/// let name = SourceName::Path("hello".into());
/// let mut text = Text::open(&name, &options)?;
/// let mut chunk = Chunk::new();
/// text.read(&mut chunk);
/// assert_eq!(chunk.bytes(), b"to be or");
/// assert!(!text.outcome().is_complete(), "10 bytes are missing");
/// # Ok::<(), cogrep_source::Fault>(())
/// ```
#[derive(Clone, Default)]
pub struct StandIns(Option<Arc<Open>>);

type Open = dyn Fn(&SourceName) -> Option<io::Result<StandIn>> + Send + Sync;

impl StandIns {
    /// Those that this opens.
    pub fn new(
        open: impl Fn(&SourceName) -> Option<io::Result<StandIn>> + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(open)))
    }

    pub(crate) fn open(&self, name: &SourceName) -> Option<io::Result<StandIn>> {
        self.0.as_ref().and_then(|open| open(name))
    }
}

impl fmt::Debug for StandIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "StandIns(..)" } else { "StandIns" })
    }
}

/// What is read in place of a file.
///
/// Its reads wait on the spot; one that gives [`io::ErrorKind::WouldBlock`] is asked
/// again when others have gone on.
pub struct StandIn {
    pub(crate) reader: Box<dyn Read>,
    pub(crate) size: Option<u64>,
}

impl StandIn {
    /// One that ends where the reader does.
    pub fn new(reader: impl Read + 'static) -> Self {
        Self { reader: Box::new(reader), size: None }
    }

    /// It has so many bytes; where there are fewer, it is partial.
    #[must_use]
    pub fn of_size(self, bytes: u64) -> Self {
        Self { size: Some(bytes), ..self }
    }
}
