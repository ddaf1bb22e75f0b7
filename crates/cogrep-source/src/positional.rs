//! Reading at a position: the one place where files and objects are read.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::backend::Object;
use crate::buffer::Buffer;
use crate::interrupt::Interrupt;
use crate::outcome::Fault;
use crate::system;
use crate::wait::Wait;

/// What can be read at any position, by several readers at once.
#[derive(Clone)]
pub(crate) enum Positional {
    File(Arc<File>),
    Object(Arc<dyn Object>),
}

impl Positional {
    /// Whether this is a file that says that it still has this size, or more: if it ends
    /// before, the system made its size up.
    pub(crate) fn has_still(&self, size: u64) -> bool {
        match self {
            Self::File(file) => system::size_now(file).is_some_and(|now| now >= size),
            Self::Object(_) => false,
        }
    }

    /// The same, for one reader that goes through this range in order.
    pub(crate) fn in_order(&self, range: Range<u64>) -> Self {
        match self {
            Self::Object(object) => {
                object.in_order(range).map_or_else(|| self.clone(), Self::Object)
            }
            Self::File(_) => self.clone(),
        }
    }

    /// Reads once into a range of the buffer; nothing only at the end.
    ///
    /// While a disk is waited for, others may use the buffer, unless it holds something.
    pub(crate) async fn read<W: Wait>(
        &self,
        buffer: &mut Buffer,
        range: Range<usize>,
        offset: u64,
        (wait, interrupt): (&W, &Interrupt),
    ) -> Result<usize, Fault> {
        match self {
            Self::File(file) => {
                read_file(file, buffer, range, Some(offset), (wait, interrupt)).await
            }
            Self::Object(object) => {
                let bytes = offset..offset + range.len() as u64;
                let bytes = read_object(&**object, bytes, (wait, interrupt)).await?;
                buffer[range.start..][..bytes.len()].copy_from_slice(&bytes);
                Ok(bytes.len())
            }
        }
    }
}

/// Reads bytes of a range of an object; none only where it ends.
pub(crate) async fn read_object<W: Wait>(
    object: &dyn Object,
    range: Range<u64>,
    (wait, interrupt): (&W, &Interrupt),
) -> Result<Bytes, Fault> {
    let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    retry(interrupt, async || wait.finish(object.read(range.clone()), interrupt).await)
        .await
        .map(|bytes| if bytes.len() > length { bytes.slice(..length) } else { bytes })
}

/// Reads from a file, if that needs no waiting that would hold up others; else gives none.
pub(crate) fn read_file_now<W: Wait>(
    file: &File,
    buffer: &mut [u8],
    offset: Option<u64>,
    (wait, interrupt): (&W, &Interrupt),
) -> Result<Option<usize>, Fault> {
    loop {
        if interrupt.is_requested() {
            return Err(Fault::Interrupted);
        }
        match wait.read_now(file, buffer, offset) {
            None => return Ok(None),
            Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Some(result) => return Ok(Some(result?)),
        }
    }
}

/// Reads from a file, and waits where it must.
pub(crate) async fn read_file<W: Wait>(
    file: &Arc<File>,
    buffer: &mut Buffer,
    range: Range<usize>,
    offset: Option<u64>,
    (wait, interrupt): (&W, &Interrupt),
) -> Result<usize, Fault> {
    let now = &mut buffer[range.clone()];
    if let Some(read) = read_file_now(file, now, offset, (wait, interrupt))? {
        return Ok(read);
    }
    retry(interrupt, async || wait.read_later(file, buffer, range.clone(), offset).await).await
}

/// Reads again as long as a signal interrupts it, unless a stop is requested.
pub(crate) async fn retry<R>(
    interrupt: &Interrupt,
    mut read: impl AsyncFnMut() -> Result<io::Result<R>, Fault>,
) -> Result<R, Fault> {
    loop {
        if interrupt.is_requested() {
            return Err(Fault::Interrupted);
        }
        match read().await? {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return Ok(result?),
        }
    }
}
