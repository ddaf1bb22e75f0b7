//! Coroutines on stable Rust: send borrowed values in, close them, and get a
//! result back. Generators that are iterators.
//!
//! A body is an `async` closure, and a pause is an `.await`. There is no executor, no
//! macro, no thread-local and no dependency. This page goes from what an iterator is
//! to bodies that await real input. [`cookbook`] says how to do with them what programs
//! have to do, [`messages`] what the panics and the compiler mean, and [`python`] maps
//! Python's names to these.
//!
//! # Iterators
//!
//! An iterator hands out values with `next` until it is exhausted, and then stays
//! exhausted. Written by hand it keeps its place in its fields:
//!
//! ```
//! struct Countdown(u32);
//!
//! impl Iterator for Countdown {
//!     type Item = u32;
//!
//!     fn next(&mut self) -> Option<u32> {
//!         self.0 = self.0.checked_sub(1)?;
//!         Some(self.0)
//!     }
//! }
//!
//! assert_eq!(Countdown(3).collect::<Vec<_>>(), [2, 1, 0]);
//! ```
//!
//! # Generators
//!
//! A [`generator`](generator()) is an iterator whose place is a place in code. Nothing
//! runs before the first `next`; each `next` runs the body up to its next `yield_`.
//!
//! ```
//! use cosend::generator;
//!
//! let mut countdown = generator(async |mut out| {
//!     let mut n = 3;
//!     while n > 0 {
//!         n -= 1;
//!         out.yield_(n).await;
//!     }
//!     "lift-off"
//! });
//! assert_eq!(countdown.by_ref().collect::<Vec<_>>(), [2, 1, 0]);
//! assert_eq!(countdown.next(), None);
//! assert_eq!(countdown.take_result(), Some("lift-off"));
//! ```
//!
//! A body delegates by passing its [`Output`] on, to an `async fn` of its own, and
//! recursion goes through a box:
//!
//! ```
//! use cosend::{Output, generator};
//!
//! struct Tree(Vec<Tree>, u32);
//!
//! async fn walk(tree: &Tree, out: &mut Output<'_, u32>) {
//!     out.yield_(tree.1).await;
//!     for branch in &tree.0 {
//!         Box::pin(walk(branch, out)).await;
//!     }
//! }
//!
//! let tree = Tree(vec![Tree(vec![], 2), Tree(vec![Tree(vec![], 4)], 3)], 1);
//! let values = generator(async |mut out| walk(&tree, &mut out).await);
//! assert_eq!(values.collect::<Vec<_>>(), [1, 2, 3, 4]);
//! ```
//!
//! Where the depth is not known, a [`recursive`] generator delegates: it holds its bodies
//! on a stack of its own, so that a value costs the same at any depth, and a chain of a
//! million bodies does not overflow the thread's stack. It stays on its thread;
//! [`recursive_send`] makes one that does not.
//!
//! # Coroutines
//!
//! A generator is asked; a [`coroutine`](coroutine()) is told. It pauses *for* a value,
//! runs on when one is [sent](Sink::send), and is [closed](Sink::close) in the end:
//! `None` tells it so, it may clean up and report, and what it returns is what `close`
//! gives.
//!
//! ```
//! use cosend::{Input, Sink, coroutine};
//!
//! fn complain_about(word: &str) -> impl Sink<str, Return = usize> {
//!     coroutine(async move |mut text: Input<str>| {
//!         println!("Please talk to me!");
//!         let mut seen = 0;
//!         while let Some(line) = text.next().await {
//!             if line.contains(word) {
//!                 println!("Oh no: I found a {word} again!");
//!                 seen += 1;
//!             }
//!         }
//!         println!("Ok, ok: I am quitting.");
//!         seen
//!     })
//! }
//!
//! let mut complaints = complain_about("Ruby");
//! complaints.send("Test data")?;
//! complaints.send("Some more Ruby data")?;
//! assert_eq!(complaints.close(), 1);
//! # Ok::<(), cosend::Stopped>(())
//! ```
//!
//! The item is *lent*: the body sees `&str` until its next pause. So one item can go to
//! many bodies without a clone, and items may be unsized. The body states the type of
//! its items, once, in the type of its [`Input`].
//!
//! A coroutine has run up to its first pause when it is made;
//! [`coroutine_unstarted`] leaves that to you. One that is dropped is closed, and its
//! result is lost. A body that returns before it is closed has stopped: sends are
//! [`Stopped`], and its result waits. [`finish`](Sink::finish) is `close` for one that
//! you cannot give away.
//!
//! # Parsers that are fed
//!
//! A parser that does no input of its own is a coroutine of bytes. Its body asks a
//! [`Reader`] for a byte, a line, or so many bytes, as if all were there; whoever has some
//! sends them, cut as they come, from a file, a socket or a test.
//!
//! ```
//! use cosend::{Input, ReadError, Reader, Sink, coroutine};
//!
//! /// Sums up numbers, one a line.
//! fn sum() -> impl Sink<[u8], Return = Result<u64, ReadError>> {
//!     coroutine(async |bytes: Input<[u8]>| {
//!         let mut reader = Reader::new(bytes);
//!         let mut sum = 0;
//!         while !reader.is_at_end().await {
//!             let line = reader.line().await?;
//!             sum += String::from_utf8_lossy(line).parse().unwrap_or(0);
//!         }
//!         Ok(sum)
//!     })
//! }
//!
//! assert_eq!(sum().run(["1", "0\n3", "2\n"].map(str::as_bytes)), Ok(42));
//! assert_eq!(sum().run(["10\n3"].map(str::as_bytes)), Err(ReadError::Ended));
//! ```
//!
//! The examples `http`, `json` and `resp` are such parsers, of some two hundred lines each.
//!
//! # Pipelines
//!
//! Each stage owns the next one, its child, and pushes into it. What it is told at the
//! close it passes on by closing its child:
//!
//! ```
//! use cosend::{Input, Sink, coroutine, count, filter};
//!
//! /// Sends on each word of each line.
//! fn words<S: Sink<str>>(mut child: S) -> impl Sink<str, Return = S::Return> {
//!     coroutine(async move |mut lines: Input<str>| {
//!         while let Some(line) = lines.next().await {
//!             for word in line.split_whitespace() {
//!                 if child.send(word).is_err() {
//!                     return child.close();
//!                 }
//!             }
//!         }
//!         child.close()
//!     })
//! }
//!
//! let mut long_words = words(filter(|word: &str| word.len() > 4, count()));
//! long_words.send("push it through the whole pipeline")?;
//! assert_eq!(long_words.close(), 3);
//! # Ok::<(), cosend::Stopped>(())
//! ```
//!
//! The trivial stages are plain structs: [`map`], [`filter`], [`inspect`], [`take`],
//! [`collect`], [`count`] and [`fold`]. A stage that wants no more says
//! [`Stopped`], and so ends the work of all above it.
//!
//! # Networks
//!
//! [`fanout`](fanout()) feeds many children of one type, a tuple feeds children of
//! different types, and [`shared`](shared()) lets many sources feed one child:
//!
//! ```
//! use cosend::{Sink, collect, count, fanout, filter, shared};
//!
//! let grep = |word: &'static str| filter(move |line: &str| line.contains(word), count());
//! let mut network = (fanout(["love", "hate"].map(grep)), collect::<str, Vec<_>>());
//! network.send("love and hate")?;
//! network.send("love")?;
//! assert_eq!(network.close(), (vec![2, 1], vec!["love and hate".to_owned(), "love".to_owned()]));
//!
//! let mut first = shared(count());
//! let mut second = first.clone();
//! first.send("from here")?;
//! second.send("from there")?;
//! drop(first);
//! assert_eq!(second.close(), Some(2));
//! # Ok::<(), cosend::Stopped>(())
//! ```
//!
//! Stages are generic in their child, so a network is one type without a box or a
//! virtual call. Where its shape is known only at run time, `Box<dyn Sink<T, Return =
//! R>>` is a sink too:
//!
//! ```
//! use cosend::{Sink, count, fanout, fold};
//!
//! let stages: Vec<Box<dyn Sink<u32, Return = usize>>> = vec![
//!     Box::new(count()),
//!     Box::new(fold(0, |digits, number: &u32| digits + number.to_string().len())),
//! ];
//! let mut network = fanout(stages);
//! network.send(&100)?;
//! network.send(&7)?;
//! assert_eq!(network.close(), [2, 4]);
//! # Ok::<(), cosend::Stopped>(())
//! ```
//!
//! # Both ways, and errors
//!
//! A [`resumable`](resumable()) body answers: each item that goes in brings out what
//! the body yields next. Into a [`fallible`](fallible()) body errors can be thrown,
//! which come out of its pause.
//!
//! ```
//! use cosend::{FallibleInput, Port, Sink, Step, fallible, resumable};
//!
//! let (mut squares, _) = resumable(async |mut port: Port<u32, u32>| {
//!     let mut square = 0;
//!     while let Some(number) = port.yield_(square).await {
//!         square = number * number;
//!     }
//! });
//! assert_eq!(squares.resume(&7), Ok(Step::Yielded(49)));
//!
//! let mut patient = fallible(async |mut items: FallibleInput<u32, String>| {
//!     while let Some(_) = items.next().await? {}
//!     Ok(())
//! });
//! patient.send(&1)?;
//! assert_eq!(patient.throw("enough".into()), Err("enough".to_owned()));
//! # Ok::<(), cosend::Stopped>(())
//! ```
//!
//! # Asynchronous bodies
//!
//! The bodies above await nothing but their own input or output. An
//! [`owned_coroutine`] or [`owned_generator`] awaits anything, on any executor; its
//! items move in and its values move out, and it is `Send` when they are. Whoever
//! sends to it drives it: there is nothing to spawn.
//!
//! ```
//! use std::time::Duration;
//! use cosend::{OwnedInput, owned_coroutine};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let mut slow_sum = owned_coroutine(async |mut numbers: OwnedInput<u32>| {
//!     let mut sum = 0;
//!     while let Some(number) = numbers.next().await {
//!         tokio::time::sleep(Duration::from_millis(1)).await;
//!         sum += number;
//!     }
//!     sum
//! });
//! slow_sum.send(40).await?;
//! slow_sum.send(2).await?;
//! assert_eq!(slow_sum.close().await, 42);
//! # Ok::<(), cosend::Stopped>(()) }).unwrap();
//! ```
//!
//! [`owned_resumable`] answers each item. [`buffered`](OwnedCoroutine::buffered) splits a
//! coroutine into a handle and a driver, which runs in a task of its own: then stages
//! overlap, and a body goes on between two sends; [`owned_fanout`] feeds many of them. To drop an owned coroutine is to cancel
//! it; only its `close` lets the body come to its end.
//!
//! # Which one, and what it costs
//!
//! | You have | Take |
//! |---|---|
//! | values to hand out, one by one | [`generator`](generator()) |
//! | the same, where reading them may fail | [`try_generator`] |
//! | values coming in, and a result at the end | [`coroutine`](coroutine()) |
//! | bytes coming in, to be parsed | [`coroutine`](coroutine()) with a [`Reader`] |
//! | values in, and an answer to each | [`resumable`](resumable()) |
//! | a source that fails in between | [`fallible`](fallible()) |
//! | a stage without state | [`map`], [`filter`], [`inspect`] |
//! | a tree, or another recursion, to walk | [`recursive`]; [`recursive_send`] for other threads |
//! | input or output to wait for | [`owned_coroutine`], [`owned_generator`], [`owned_resumable`] |
//!
//! A coroutine is two allocations when it is made, and none afterwards: its body, of
//! the size of what lives across its pauses, and a slot of a few words. A send is a
//! call into the compiler's own state machine, two to three times what a method call
//! costs that is not inlined, and a yield less than twice; an owned send locks a free
//! mutex four times, and costs little more than that. The benchmark `costs` measures it all beside others.
//!
//! # Beside others
//!
//! | | closing seen by the body | result of a close | items lent | `Send` | type can be written | delegation, a value | without allocation |
//! |---|---|---|---|---|---|---|---|
//! | cosend | yes | yes | yes | yes | boxed | by depth; constant if [`recursive`] | no |
//! | [genawaiter](https://docs.rs/genawaiter) | no | no | no | `sync` | boxed | by depth | `stack` |
//! | [fauxgen](https://docs.rs/fauxgen) | no | no | no | not looked into | no | by depth | yes |
//! | [corosensei](https://docs.rs/corosensei) | by unwinding its stack | no | no | `unsafe` | yes | native | no |
//! | [asansio](https://docs.rs/asansio) | no | no | by lifetimes | not looked into | no | by depth | yes |
//! | [async-stream](https://docs.rs/async-stream) | no | no | it takes none | yes | boxed | by depth | yes |
//! | `gen`, `Coroutine` in `core` | no | no | no | yes | no | by depth | yes |
//!
//! All but the last are for stable Rust; fauxgen and async-stream are macros. What is not
//! lent, and needs neither a closing nor a result, needs no allocation either: one whose
//! bodies have a place on the stack is the smaller tool for that.
//!
//! A body with a stack of its own can pause in the midst of calls that know nothing of
//! it; here every call on the way to a pause is an `async fn`. A send to it, or a yield, is
//! a switch of stacks, which costs up to a fifth less than one here. In turn a stack takes
//! kilobytes, and a hundred times longer to make.
//!
//! # Limits
//!
//! - A body that awaits anything else than its input or output panics, and so does one
//!   that ignores its closing: it pauses elsewhere after `None`, or asks for more a
//!   thousand times.
//! - A lent item lasts until the next pause. Items that hold borrows are possible, but
//!   of one lifetime for all sends.
//! - A coroutine or generator is `Send` where its body and its values are, and where its
//!   items are `Sync`: they are lent across threads that the body may wait for.
//! - A drop closes a [`Coroutine`], and cancels an [`OwnedCoroutine`]: what that has not
//!   written yet is lost, unless it is closed.
//! - A [`generator`](generator()) that delegates runs all bodies on the way to the one that
//!   yields, each time: a value costs the more the deeper it comes from, and some ten
//!   thousand bodies deep the thread's stack overflows. A [`recursive`] one does not.
//! - What a body borrows stays borrowed until it is closed: declare the log before the
//!   coroutine.
//! - A drop by an unwinding that began after the coroutine was made drops the body where
//!   it stands, since another panic would abort the program. Without the feature `std` that cannot be seen, and
//!   the drop closes it even then.
//! - The unsafe code is one folder, `src/lend`: rules, each with a test, an enumeration
//!   of the slot's states, and an address sanitizer over all tests; `SAFETY.md` has it all.
#![no_std]
#![warn(unreachable_pub)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

/// Python's generators and coroutines, and what they are here.
#[cfg(all(doc, feature = "std"))]
#[doc = include_str!("../docs/python.md")]
pub mod python {}

/// Fields, threads, tasks, errors, back-pressure, debugging, and no standard library.
#[cfg(all(doc, feature = "std"))]
#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}

/// What the panics and the compiler say, and what to do.
#[cfg(all(doc, feature = "std"))]
#[doc = include_str!("../docs/messages.md")]
pub mod messages {}

/// The README's program is a test too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod body;
mod coroutine;
mod fallible;
mod fanout;
mod generator;
mod lend;
#[cfg(feature = "std")]
mod owned;
mod reader;
mod recursive;
mod resumable;
mod resume;
mod shared;
mod sink;
mod stages;
#[cfg(feature = "std")]
mod sync;
mod try_generator;

pub use coroutine::{
    BoxCoroutine, BoxUnstarted, Coroutine, LocalBoxCoroutine, LocalBoxUnstarted, Unstarted,
    coroutine, coroutine_unstarted,
};
pub use fallible::{BoxFallible, Fallible, FallibleInput, LocalBoxFallible, NextOrError, fallible};
pub use fanout::{Fanout, fanout};
pub use generator::{BoxGenerator, Generator, LocalBoxGenerator, Output, Yield, generator};
pub use lend::{Input, Item, Next};
#[cfg(feature = "std")]
pub use owned::{
    Buffered, OwnedCoroutine, OwnedFanout, OwnedGenerator, OwnedInput, OwnedNext, OwnedOutput,
    OwnedPort, OwnedResumable, OwnedYield, owned_coroutine, owned_fanout, owned_generator,
    owned_resumable,
};
pub use reader::{ReadError, Reader};
#[cfg(feature = "std")]
pub use recursive::{AnyThread, SendBranch, SendRecursive, recursive_send};
pub use recursive::{Branch, Kind, OneThread, Recursive, recursive};
pub use resumable::{
    BoxResumable, BoxUnstartedResumable, LocalBoxResumable, LocalBoxUnstartedResumable, Port,
    Resumable, Step, UnstartedResumable, resumable, resumable_unstarted,
};
pub use resume::Resume;
pub use shared::{Shared, SharedError, shared};
pub use sink::{BoxSink, LocalBoxSink, MapResult, Settled, Sink, Stopped};
pub use stages::{
    Batch, Collect, Count, Dedup, Enumerate, Expand, Filter, FilterMap, FlatMap, Fold, ForEach,
    Inspect, Last, Map, Max, Min, Partition, Project, Route, Scan, Skip, SkipWhile, Sum, Take,
    TakeWhile, TryFilter, TryFold, TryForEach, TryMap, Window, Zip, ZipLeft, ZipRight, batch,
    collect, count, dedup, enumerate, expand, filter, filter_map, flat_map, fold, for_each,
    inspect, last, map, max, merge, min, partition, project, route, scan, skip, skip_while, stage,
    sum, take, take_while, try_filter, try_fold, try_for_each, try_map, window, zip,
};
#[cfg(feature = "std")]
pub use stages::{Writer, writer};
pub use try_generator::{TryGenerator, try_generator};
