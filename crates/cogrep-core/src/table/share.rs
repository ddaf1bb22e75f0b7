//! Work that several threads share.

use std::num::NonZeroUsize;
use std::thread::{self, Builder};

/// Does this on as many threads as there are cores, this one among them, or on fewer where the
/// system gives none: each takes what is left of the work until nothing is.
pub(super) fn share(cores: NonZeroUsize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 1..cores.get() {
            if Builder::new().spawn_scoped(scope, &work).is_err() {
                break;
            }
        }
        work();
    });
}
