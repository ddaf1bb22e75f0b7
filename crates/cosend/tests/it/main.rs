//! The tests of cosend, in one program: one module a subject.
//!
//! Beside it stand only the tests that need a program of their own: one that counts
//! allocations, one that asks the compiler, and the models that run under loom.
#![allow(clippy::unwrap_used, reason = "all of this program is a test")]

mod behaviours;
mod chapter;
mod coroutine;
mod delegation;
#[cfg(unix)]
mod examples;
mod fallible;
mod generator;
mod lending;
mod network;
mod network_property;
#[cfg(feature = "std")]
mod owned;
mod resumable;
mod slot_model;
mod stage_list;
mod stages;
mod support;
mod threads;
