//! The asynchronous flavour: bodies that also await real input and output.
//!
//! Nothing is lent here. Items move in, values move out, and the handles own their
//! share of the slot, so that a coroutine is `Send` when its body is: a send is a
//! future, and a future that lends could be forgotten while the body still holds
//! the loan.
//!
//! A body is driven by the task that waits for it, and inside of it: there is
//! nothing to spawn, and any executor will do. It makes progress only while
//! something is sent, asked, or closed; [`buffered`](OwnedCoroutine::buffered) gives it a
//! driver of its own.

mod buffered;
mod coroutine;
mod fanout;
#[cfg(feature = "futures")]
mod futures;
mod generator;
mod input;
mod resumable;
mod slot;

pub use buffered::Buffered;
pub use coroutine::{OwnedCoroutine, owned_coroutine};
pub use fanout::{OwnedFanout, owned_fanout};
pub use generator::{OwnedGenerator, OwnedOutput, OwnedYield, owned_generator};
pub use input::{OwnedInput, OwnedNext};
pub use resumable::{OwnedPort, OwnedResumable, owned_resumable};
