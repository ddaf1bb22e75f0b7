//! The bytes of a text in their order, from as many requests as it takes.
//!
//! The next ranges are fetched while one is read, as long as there is room for them. What is
//! read now needs no such room: it is handed on piece by piece, and waits where it is not taken.
//! So a text that holds something that others wait for is never kept waiting by them.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::Stream;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::flow::{Slot, Tries};
use super::request::{Answer, Identity, Target, ask};
use super::thread::Task;
use super::{Counters, RemoteFault, Shared};

/// So many pieces of what is read now wait to be taken.
const PIECES: usize = 2;

/// So much is fetched at first of a text that is read in ranges, and at first behind a range:
/// enough to tell what it is, and for the rest of most lines.
pub(super) const FIRST_BYTES: u64 = 64 << 10;

/// The bytes of a text, or of a part of it.
pub(super) struct Pieces {
    fetch: Arc<Fetch>,
    thread: Handle,
    /// The ranges that are under way, in their order.
    coming: VecDeque<Coming>,
    /// Where the next range begins.
    next: u64,
    /// So far the bytes are wanted; what is behind is fetched only when it is asked for.
    wanted: u64,
    /// How much is fetched at once behind what is wanted: the more, the more of it was.
    unwanted_bytes: u64,
    /// Where the text ends.
    end: u64,
    /// For the range that is read now: until the end of the text, so that it never waits for
    /// other texts.
    slot: Option<Slot>,
}

/// A range that is under way.
struct Coming {
    messages: mpsc::Receiver<Message>,
    /// The room that its bytes take until they are read, if they come ahead.
    ahead: Option<OwnedSemaphorePermit>,
    /// The bytes that were read, and whose room was not given back yet.
    read_bytes: usize,
    _task: Task<()>,
}

/// What comes of a range.
enum Message {
    Piece(Bytes),
    Fault(RemoteFault),
    End,
}

impl Pieces {
    /// The bytes from the start of a range on, which is wanted; the text ends at `end`.
    pub(super) fn new(
        fetch: Arc<Fetch>,
        thread: Handle,
        range: Range<u64>,
        end: u64,
        slot: Slot,
    ) -> Self {
        Self {
            fetch,
            thread,
            coming: VecDeque::new(),
            next: range.start,
            wanted: range.end,
            unwanted_bytes: FIRST_BYTES,
            end,
            slot: Some(slot),
        }
    }

    /// Starts to fetch a range.
    pub(super) fn start(
        &mut self,
        range: Range<u64>,
        answer: Option<Answer>,
        ahead: Option<(OwnedSemaphorePermit, Slot)>,
    ) {
        let (ahead, slot) = ahead.unzip();
        // What comes ahead has all its room already.
        let most = if ahead.is_some() { usize::MAX >> 3 } else { PIECES };
        let (sender, messages) = mpsc::channel(most);
        let fetch = Arc::clone(&self.fetch);
        let task = Task::spawn(&self.thread, async move {
            let _slot = slot;
            let end = fetch.run(range, answer, &sender).await;
            // It fails where nobody waits for it.
            let _ = sender.send(end.map_or_else(Message::Fault, |()| Message::End)).await;
        });
        self.coming.push_back(Coming { messages, ahead, read_bytes: 0, _task: task });
    }

    /// Starts to fetch more ranges: the one that is read next in any case, and one ahead, if
    /// there is room for it.
    pub(super) fn start_more(&mut self) {
        let shared = Arc::clone(&self.fetch.shared);
        let most = shared.settings.range_bytes.max(1);
        let mut has_begun = false;
        while self.next < self.end {
            let length = if self.next < self.wanted {
                most.min(self.wanted - self.next)
            } else if self.coming.is_empty() {
                let length = self.unwanted_bytes.min(most).min(self.end - self.next);
                self.unwanted_bytes = self.unwanted_bytes.saturating_mul(2);
                length
            } else {
                break;
            };
            let ahead = if self.coming.is_empty() {
                None
            } else {
                // One at a time: what begins together waits for the server together.
                if has_begun {
                    break;
                }
                has_begun = true;
                let Some(ahead) = shared.flow.try_ahead(length) else { break };
                let Some(slot) = shared.flow.try_slot() else { break };
                Some((ahead, slot))
            };
            let range = self.next..self.next + length;
            self.next = range.end;
            self.start(range, None, ahead);
        }
    }

    /// There will be no more.
    fn close(&mut self) {
        self.next = self.end;
        self.coming.clear();
        self.slot = None;
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            self.start_more();
            let Some(coming) = self.coming.front_mut() else {
                self.close();
                return Poll::Ready(None);
            };
            match coming.messages.poll_recv(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Message::Piece(piece))) => {
                    coming.give_back(piece.len());
                    return Poll::Ready(Some(Ok(piece)));
                }
                Poll::Ready(Some(Message::End)) => drop(self.coming.pop_front()),
                Poll::Ready(other) => {
                    let fault = match other {
                        Some(Message::Fault(fault)) => fault,
                        // The thread has ended, or the task has panicked.
                        _ => RemoteFault::Connection("the connection was given up".to_owned()),
                    };
                    self.close();
                    return Poll::Ready(Some(Err(io::Error::other(fault))));
                }
            }
        }
    }
}

impl Coming {
    /// Gives back the room of bytes that were read.
    fn give_back(&mut self, bytes: usize) {
        self.read_bytes += bytes;
        if let Some(ahead) = &mut self.ahead {
            drop(ahead.split((self.read_bytes >> 10).min(ahead.num_permits())));
        }
        self.read_bytes &= (1 << 10) - 1;
    }
}

/// How the ranges of a text are fetched.
pub(super) struct Fetch {
    pub(super) shared: Arc<Shared>,
    pub(super) target: Target,
    pub(super) identity: Identity,
    /// Whether the server gave all of it where a range was asked for.
    pub(super) is_whole: bool,
}

/// Why a range was not copied to its end.
enum Stop {
    Fault(RemoteFault),
    /// Nobody waits for it.
    Unwanted,
}

impl From<RemoteFault> for Stop {
    fn from(fault: RemoteFault) -> Self {
        Self::Fault(fault)
    }
}

impl Fetch {
    /// Fetches a range to its end, and goes on at the byte that was reached wherever that
    /// fails.
    async fn run(
        &self,
        range: Range<u64>,
        mut answer: Option<Answer>,
        sender: &mpsc::Sender<Message>,
    ) -> Result<(), RemoteFault> {
        let mut at = range.start;
        let mut tries = Tries::from(at);
        loop {
            let copied = match answer.take() {
                Some(answer) => self.copy(answer, &mut at, range.end, sender).await,
                None => match self.ask(at..range.end).await {
                    Ok(answer) => self.copy(answer, &mut at, range.end, sender).await,
                    Err(fault) => Err(fault.into()),
                },
            };
            match copied {
                Ok(()) | Err(Stop::Unwanted) => return Ok(()),
                Err(Stop::Fault(fault)) => {
                    let is_lost = self.is_whole && at > 0 && !self.identity.is_certain();
                    if is_lost && fault.is_transient() {
                        return Err(RemoteFault::NotResumable(Box::new(fault)));
                    }
                    tries.again(&self.shared, fault, at).await?;
                }
            }
        }
    }

    async fn ask(&self, range: Range<u64>) -> Result<Answer, RemoteFault> {
        let is_all = self.is_whole && range.start == 0;
        let asked = (!is_all).then(|| range.clone());
        let answer = ask(&self.shared, &self.target, asked, &self.identity).await?;
        // All of it again, from its start, is of use only where there were no ranges before:
        // else a large text would be fetched once for each of its ranges.
        let is_usable = answer.is_range || self.is_whole;
        if is_usable { Ok(answer) } else { Err(RemoteFault::OtherRange) }
    }

    /// Copies the bytes of an answer from `at` to the end.
    async fn copy(
        &self,
        mut answer: Answer,
        at: &mut u64,
        end: u64,
        sender: &mpsc::Sender<Message>,
    ) -> Result<(), Stop> {
        // What was read already is read again where there are no ranges.
        let mut skipped = *at - answer.start;
        let end = if answer.is_range { answer.end.unwrap_or(end) } else { end };
        loop {
            let mut piece = match answer.response.chunk().await {
                Ok(Some(piece)) => piece,
                // All that was asked for has come.
                Err(_) if *at == end => return Ok(()),
                Ok(None) if *at == end || end == u64::MAX => return Ok(()),
                Ok(None) => return Err(RemoteFault::Short.into()),
                Err(error) => return Err(RemoteFault::of_client(error).into()),
            };
            Counters::add(&self.shared.traffic.received_bytes, piece.len() as u64);
            let skip = skipped.min(piece.len() as u64);
            skipped -= skip;
            let _ = piece.split_to(usize::try_from(skip).unwrap_or(piece.len()));
            if piece.is_empty() {
                continue;
            }
            let left = end - *at;
            let is_more = piece.len() as u64 > left;
            if is_more {
                piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            }
            *at += piece.len() as u64;
            if !piece.is_empty() && sender.send(Message::Piece(piece)).await.is_err() {
                return Err(Stop::Unwanted);
            }
            if is_more {
                return Err(RemoteFault::Long.into());
            }
        }
    }
}
