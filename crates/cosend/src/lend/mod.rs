//! The lending slot: how an item gets into a suspended body by reference, and why
//! that is sound. All unsafe code of this crate is in this folder.
//!
//! A coroutine and its body share a [`Slot`]. A send puts the item's address into
//! it and polls the body once; when the send ends, nobody can take it any more. The
//! body sees the item as `&T`, borrowed from its [`Input`] handle. Two things could go
//! wrong: the body could keep the `&T` past the send, or the slot could keep the
//! address. These rules exclude both, and say why another thread may do the next send;
//! each has its test in `tests/it/lending.rs`.
//!
//! 1. *Waiting* means that the body is suspended in a pause for an item, hence that it
//!    holds no loan: a loan borrows the `Input` mutably, and so does a pause.
//! 2. A body that suspends while it is not waiting may hold a loan, so it is
//!    dropped in place, before the send returns and the loan ends.
//! 3. A pause that has given its item never touches the slot again: while the
//!    loan lives it must not be able to set *waiting*.
//! 4. The slot is not *lent* when a send ends, by return or by unwinding, whether
//!    or not the body took the item; the address in it is read while *lent* alone.
//! 5. An `Input` has a lifetime `'id` of its own, for which its body must work
//!    whatever it is: a handle does not leave its body, and two cannot be swapped.
//! 6. Everything here is invariant in `T`: an address that goes in as `&'short`
//!    must not come out as `&'static`.
//! 7. The slot is an allocation of its own, reached through shared references
//!    only, so polling the body under `&mut` never aliases it.
//! 8. One thread at a time: a slot, and the counts of the [`Link`]s to it, are used
//!    only by the owner of the coroutine, while it polls or drops the body under
//!    `&mut`, or by a thread that the body waits for. A handle cannot reach a thread
//!    that outlives the poll (rule 5). So a coroutine may go to another thread between
//!    two sends if its body and the items may: it is `Send` where the body is, which is
//!    where `T` is `Sync`, and none of this needs an atomic.
//!
//! The rules hold as well for the slots through which values leave a body: those of
//! [`Output`](crate::Output), [`Port`](crate::Port) and
//! [`FallibleInput`](crate::FallibleInput) are links with the lifetime `'id`, too, and a
//! value that moves through one must be `Send`.
#![allow(unsafe_code, reason = "the lending slot, the one door of this crate")]

mod input;
mod lender;
mod link;
mod slot;

pub use input::{Input, Item, Next};
pub(crate) use lender::{Lender, lender};
pub(crate) use link::Link;
