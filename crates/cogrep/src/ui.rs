//! What the user sees of a run besides its result: messages, progress, what it took.

pub(crate) mod interrupt;
pub(crate) mod messages;
pub(crate) mod notices;
pub(crate) mod progress_bar;
pub(crate) mod refused;
pub(crate) mod stats;
pub(crate) mod stdout;
pub(crate) mod terminal;
