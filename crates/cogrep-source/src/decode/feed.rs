//! What text is made of: unpacked bytes, which may be decoded ahead on another thread.

use std::sync::Arc;

use super::Unpacked;
use super::ahead::Ahead;
use crate::buffer::{Buffer, Spare};
use crate::chunk::Chunk;
use crate::outcome::Outcome;
use crate::raw::{Filled, Raw};
use crate::wait::Wait;

/// The unpacked bytes of a source, here or on another thread: always one of the two.
pub(crate) struct Feed<R> {
    here: Option<Unpacked<R>>,
    ahead: Option<Ahead<R>>,
}

impl<R: Raw> Feed<R> {
    pub(crate) fn new(raw: R) -> Self {
        Self { here: Some(Unpacked::new(raw)), ahead: None }
    }

    /// What unpacks the bytes, if it does so on this thread.
    pub(crate) fn here(&self) -> Option<&Unpacked<R>> {
        self.here.as_ref()
    }

    /// The same, to be taken.
    pub(crate) fn into_here(self) -> Option<Unpacked<R>> {
        self.here
    }

    /// The bytes read from the source so far, compressed if they are; of a source that is
    /// decoded ahead, those that the text so far came from.
    pub(crate) fn read_bytes(&self) -> u64 {
        match &self.ahead {
            Some(ahead) => ahead.read_bytes(),
            None => self.here().map_or(0, |here| here.raw().delivered()),
        }
    }

    /// Whether a read may wait for ever, and not only for a disk or a network.
    pub(crate) fn is_stream(&self) -> bool {
        match &self.ahead {
            Some(ahead) => ahead.is_stream(),
            None => self.here().is_some_and(|here| here.raw().is_stream()),
        }
    }

    /// Whether all that will come has come.
    pub(crate) fn has_ended(&self) -> bool {
        self.here().is_some_and(Unpacked::has_ended)
    }

    /// Whether it goes through a decoder on this thread, and could on another.
    pub(crate) fn can_go_ahead(&self) -> bool {
        self.here().is_some_and(|here| here.plain().is_none() && !here.has_ended())
    }

    /// Decodes on another thread from now on, this much at once, if it
    /// [can](Self::can_go_ahead) and the system gives a thread.
    pub(crate) fn go_ahead(&mut self, step_bytes: usize, spare: Arc<Spare>) {
        if self.can_go_ahead()
            && let Some(unpacked) = self.here.take()
        {
            match Ahead::begin(unpacked, step_bytes, spare) {
                Ok(ahead) => self.ahead = Some(ahead),
                Err(unpacked) => self.here = Some(*unpacked),
            }
        }
    }

    /// Reads the beginning: see [`Unpacked::begin`].
    pub(crate) async fn begin<W: Wait>(
        &mut self,
        wait: &W,
        chunk: &mut Chunk,
        least: usize,
        no_decompress: bool,
    ) -> Filled {
        match &mut self.here {
            Some(here) if !no_decompress => here.begin(wait, chunk, least).await,
            _ => self.fill_chunk(wait, chunk, least).await,
        }
    }

    /// See [`Unpacked::fill_chunk`].
    pub(crate) async fn fill_chunk<W: Wait>(
        &mut self,
        wait: &W,
        chunk: &mut Chunk,
        least: usize,
    ) -> Filled {
        match &mut self.here {
            Some(here) => here.fill_chunk(wait, chunk, least).await,
            None => Filled(self.take(|ahead| ahead.fill_chunk(chunk))),
        }
    }

    /// See [`Unpacked::fill`].
    pub(crate) async fn fill<W: Wait>(
        &mut self,
        wait: &W,
        buffer: &mut Buffer,
        room: usize,
        least: usize,
    ) -> usize {
        match &mut self.here {
            Some(here) => here.fill(wait, buffer, room, least).await,
            None => self.take(|ahead| ahead.fill(&mut buffer[..room])),
        }
    }

    /// Takes of what was decoded on another thread; after the last of it, everything is as
    /// if it had been decoded here.
    fn take(&mut self, fill: impl FnOnce(&mut Ahead<R>) -> usize) -> usize {
        let Some(ahead) = &mut self.ahead else { return 0 };
        let filled = fill(ahead);
        if let Some(unpacked) = ahead.end() {
            self.here = Some(unpacked);
            self.ahead = None;
        }
        filled
    }

    /// How the source ended. To be asked after its end.
    pub(crate) fn outcome(&self) -> Outcome {
        self.here().map_or(Outcome::Complete, Unpacked::outcome)
    }
}
