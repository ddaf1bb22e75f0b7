//! Which mutant runs: the one whose number is in `MUTANT`. `run.py` adds this module to the
//! crate while it runs the crate's mutants.

#![allow(missing_docs, unsafe_code)]

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static RUNS: AtomicUsize = AtomicUsize::new(usize::MAX);

#[inline(always)]
pub(crate) fn on(number: usize) -> bool {
    RUNS.load(Relaxed) == number
}

/// The first panic ends the program: what fails first is enough, and nothing is shrunk.
extern "C" fn begin() {
    if let Ok(number) = std::env::var("MUTANT") {
        RUNS.store(number.parse().unwrap(), Relaxed);
        std::panic::set_hook(Box::new(|_| std::process::exit(101)));
    }
}

#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;
