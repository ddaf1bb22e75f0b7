//! What the owned flavour shares its slots through. Its models under loom, in
//! `tests/loom`, are compiled with loom's own of the same names.

pub(crate) use alloc::sync::Arc;
pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};
