//! What a worker does between the chunks of a text: it records what it spends its time on,
//! keeps the progress up to date, and gives way to others.

use cogrep_source::{Chunk, RangeText, Role, Text};

use super::{Turns, Worker};
use crate::network::Hooks;
use crate::run::pace::Pace;
use crate::trace::Activity;

/// What is done between the chunks of a member.
pub(super) struct Plain<'w, 'a, W>(pub(super) &'w Worker<'a, W>);

impl<T, W: Turns> Hooks<T> for Plain<'_, '_, W> {
    fn before_fetch(&mut self, _: &T) {
        self.0.enter(Activity::Read);
    }

    fn before_send(&mut self, chunk: &Chunk) {
        self.0.before_send(chunk);
    }

    async fn after_send(&mut self, _: &mut T, chunk: &mut Chunk) {
        // The next source to go on finds the buffer in the cache.
        self.0.wait.take_back(chunk);
        self.0.give_way().await;
    }
}

/// What is done between the chunks of a text, which may be worth a thread that decodes it.
pub(super) struct Paced<'w, 'a, W> {
    pub(super) worker: &'w Worker<'a, W>,
    pub(super) pace: Pace,
}

impl<W: Turns> Hooks<Text<W>> for Paced<'_, '_, W> {
    fn before_fetch(&mut self, text: &Text<W>) {
        self.worker.enter(Activity::Read);
        self.pace.begin(text);
    }

    fn before_send(&mut self, chunk: &Chunk) {
        self.pace.fetched();
        self.worker.before_send(chunk);
    }

    async fn after_send(&mut self, text: &mut Text<W>, chunk: &mut Chunk) {
        if self.pace.counted(chunk.bytes().len()) && self.worker.schedule.may_read_ahead() {
            text.read_ahead();
        }
        Plain(self.worker).after_send(text, chunk).await;
    }
}

/// What is done between the chunks of a range.
pub(super) struct Ranged<'w, 'a, W> {
    pub(super) worker: &'w Worker<'a, W>,
    /// How much text the range had so far.
    pub(super) text_bytes: u64,
}

impl<W: Turns> Hooks<RangeText<W>> for Ranged<'_, '_, W> {
    fn before_fetch(&mut self, _: &RangeText<W>) {
        self.worker.enter(Activity::Read);
    }

    fn before_send(&mut self, chunk: &Chunk) {
        self.worker.before_send(chunk);
        if chunk.role() == Role::Text {
            self.text_bytes += chunk.bytes().len() as u64;
        }
    }

    async fn after_send(&mut self, _: &mut RangeText<W>, _: &mut Chunk) {
        self.worker.give_way().await;
    }
}
