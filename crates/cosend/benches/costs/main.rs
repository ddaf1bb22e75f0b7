//! What coroutines and generators cost, beside what does the same otherwise.
//!
//! ```text
//! cargo bench -p cosend
//! CARGO_PROFILE_BENCH_LTO=off CARGO_PROFILE_BENCH_CODEGEN_UNITS=16 cargo bench -p cosend
//! ```
//!
//! Machines are noisy, so only ratios within one run count. All cases of a group
//! take turns, many short rounds each, and the best round of each is shown; no
//! harness on crates.io interleaves its cases like that. Every case computes the
//! same result, which is checked. Inputs go through `black_box`.
//!
//! Goals that a run misses are listed at its end.
//!
//! On 2026-11-30, nine runs one after the other, on a virtual machine that others used at
//! the same time (AMD EPYC, Rust 1.95). Ratios of medians, and in brackets of single runs:
//!
//! | | of a plain call | of genawaiter | of corosensei |
//! |---|---|---|---|
//! | a send | 2.18 (2.15 to 2.26) | 0.81 (0.78 to 0.82) | 1.02 (0.93 to 1.08) |
//! | a yield | 1.19 (1.17 to 1.19) | 0.88 (0.87 to 0.88) | 0.68 (0.66 to 0.68) |
//!
//! The plain call is seven instructions with its loop, and where that loop happens to lie
//! makes a quarter of its time. A send is some fifty. Fewer of them are no faster: to take
//! an item without looking whether there is one, to leave no panic in a pause, and to let a
//! pause know whether it was polled before made no difference that can be told from noise,
//! or a loss. None of it was kept.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and may fail")]
#![allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    reason = "what a send is compared with has its signature"
)]

mod cases;
mod measure;
mod memory;
mod whole;

use measure::Group;

/// What differs by less than this in one run is the same.
const NO_SLOWER: f64 = 1.05;

fn main() {
    // `cargo test --benches` asks whether it runs, not how fast.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { 200 } else { 1 };
    let mut missed = Vec::new();

    println!("send: one number into a body that adds it up");
    let mut group = Group::new(rounds);
    group.case("plain call, not inlined", cases::send_plain);
    group.case("state machine by hand", cases::send_by_hand);
    group.case("cosend coroutine", cases::send_cosend);
    group.case("cosend resumable", cases::send_resumable);
    group.case("cosend owned coroutine", cases::send_owned);
    group.case("a free mutex, four times", cases::send_by_locks);
    group.case("genawaiter", cases::send_genawaiter);
    group.case("corosensei", cases::send_corosensei);
    let send = group.run();
    missed.extend(send.over("cosend coroutine", "plain call, not inlined", 2.2));
    missed.extend(send.over("cosend coroutine", "genawaiter", NO_SLOWER));
    missed.extend(send.over("cosend coroutine", "corosensei", NO_SLOWER));
    missed.extend(send.over("cosend owned coroutine", "a free mutex, four times", 1.25));

    println!("chain: three stages, into a body that keeps a string");
    let mut group = Group::new(rounds);
    group.case("plain calls, not inlined", cases::chain_plain);
    group.case("cosend", cases::chain_cosend);
    group.case("cosend, boxed", cases::chain_boxed);
    group.case("genawaiter", cases::chain_genawaiter);
    group.case("corosensei", cases::chain_corosensei);
    let chain = group.run();
    missed.extend(chain.over("cosend", "plain calls, not inlined", 2.0));
    missed.extend(chain.over("cosend", "genawaiter", 1.25));
    missed.extend(chain.over("cosend", "corosensei", 1.25));

    println!("yield: one number out of a body that counts");
    let mut group = Group::new(rounds);
    group.case("plain call, not inlined", cases::yield_plain);
    group.case("iterator by hand", cases::yield_by_hand);
    group.case("cosend generator", cases::yield_cosend);
    group.case("genawaiter", cases::yield_genawaiter);
    group.case("corosensei", cases::yield_corosensei);
    let yields = group.run();
    missed.extend(yields.over("cosend generator", "genawaiter", NO_SLOWER));
    missed.extend(yields.over("cosend generator", "corosensei", NO_SLOWER));
    if rounds > 1 {
        cases::python();
    }

    println!("create, start and drop");
    let mut group = Group::new(rounds);
    group.case("a box", cases::create_box);
    group.case("cosend coroutine", cases::create_coroutine);
    group.case("cosend generator", cases::create_generator);
    group.case("genawaiter", cases::create_genawaiter);
    group.case("corosensei", cases::create_corosensei);
    group.run();

    missed.extend(whole::delegation(rounds));
    missed.extend(whole::overlap());
    missed.extend(memory::million());
    if rounds > 1 {
        for goal in &missed {
            println!("missed: {goal}");
        }
    }
}
