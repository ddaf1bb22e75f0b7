//! The tests of cosend, in one program: one module a subject.
//!
//! Beside it stand only the tests that need a program of their own: one that counts
//! allocations, one that asks the compiler, and the models that run under loom.
#![allow(clippy::unwrap_used, reason = "all of this program is a test")]

// The parsers of the examples do without the standard library.
extern crate alloc;

#[cfg(feature = "futures")]
mod async_comprehensions;
#[cfg(feature = "std")]
mod async_generators;
mod attacks;
mod attacks_through_others;
mod behaviours;
mod chapter;
mod chapter_page;
mod coroutine;
mod delegation;
#[cfg(unix)]
mod examples;
mod fallible;
mod generator;
mod lending;
mod messages;
mod network;
mod network_property;
#[cfg(feature = "futures")]
mod owned_adapters;
#[cfg(feature = "std")]
mod owned_buffered;
#[cfg(feature = "std")]
mod owned_coroutine;
#[cfg(feature = "std")]
mod owned_fanout;
#[cfg(feature = "std")]
mod owned_generator;
#[cfg(feature = "std")]
mod owned_resumable;
#[cfg(feature = "std")]
mod owned_wakers;
mod parsers;
mod parsers_json;
#[cfg(unix)]
mod parsers_redis;
mod programs;
#[cfg(feature = "std")]
mod programs_in_tasks;
mod programs_of_series;
mod reader;
mod recursive;
#[cfg(feature = "std")]
mod recursive_send;
mod resumable;
#[cfg(feature = "std")]
mod shown;
mod slot_model;
mod stage_list;
mod stages;
mod support;
mod threads;
