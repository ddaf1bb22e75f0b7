//! A pass over a text in memory allocates nothing that grows with it, shown with an allocator
//! that adds up what it is asked for.
#![allow(unsafe_code, reason = "a global allocator is an unsafe trait")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use cogrep_match::{EngineChoice, Hits, Matching, Patterns, Plan, Scanner, Syntax};

/// The system's allocator, adding up the bytes that each thread asks it for and has.
struct Adding;

thread_local! {
    static ASKED_BYTES: Cell<usize> = const { Cell::new(0) };
    /// What it has now, and the most that it had.
    static LIVE_BYTES: Cell<[isize; 2]> = const { Cell::new([0; 2]) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Adding {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED_BYTES.set(ASKED_BYTES.get() + layout.size());
        add(layout.size().cast_signed());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        add(-layout.size().cast_signed());
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(address, layout) }
    }
}

fn add(bytes: isize) {
    let [live, most] = LIVE_BYTES.get();
    let live = live + bytes;
    LIVE_BYTES.set([live, live.max(most)]);
}

#[global_allocator]
static ALLOCATOR: Adding = Adding;

/// How many bytes an action asks for.
fn asked_bytes(action: impl FnOnce()) -> usize {
    let before = ASKED_BYTES.get();
    action();
    ASKED_BYTES.get() - before
}

/// What the next pass asks for over this many megabytes, once others have been made.
fn bytes_of_a_pass(plan: &Arc<Plan>, megabytes: usize) -> usize {
    let line = "Of love and hate and hope, and of those who were there; \u{c9}t\u{e9}.\n";
    let text = line.repeat((megabytes << 20) / line.len());
    let mut scanner: Scanner = Scanner::new(Arc::clone(plan));
    scanner.count(text.as_bytes()).unwrap();
    asked_bytes(|| {
        scanner.feed(text.as_bytes()).unwrap();
        scanner.end_text();
    })
}

#[test]
fn a_pass_over_a_text_allocates_nothing_that_grows_with_it() {
    let many: Vec<String> = (0..500).map(|number| format!("word{number}")).collect();
    let lists: [&[String]; 2] = [&["love".into(), "hate".into(), "that".into()], &many];
    for list in lists {
        for (syntax, ignore_case) in
            [(Syntax::Literal, false), (Syntax::Literal, true), (Syntax::Regex, false)]
        {
            let matching = Matching { syntax, ignore_case, ..Matching::default() };
            let patterns = Patterns::new(list.iter().map(String::as_bytes), matching).unwrap();
            let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
            let (short, long) = (bytes_of_a_pass(&plan, 2), bytes_of_a_pass(&plan, 8));
            assert!(long <= short.max(64 << 10), "{matching:?}: {short} bytes, then {long}");
        }
    }
}

#[test]
fn hits_take_memory_for_those_that_are_there() {
    let patterns = Patterns::new(["nowhere"], Matching::default()).unwrap();
    let plan = Plan::new(&patterns, EngineChoice::Auto).unwrap();
    let text = "somewhere else\n".repeat(1 << 19);
    let mut scanner = Scanner::<Hits>::new(plan);
    scanner.feed(text.as_bytes()).unwrap();
    let asked = asked_bytes(|| scanner.feed(text.as_bytes()).unwrap());
    assert!(asked < 64 << 10, "{asked} bytes");
}

/// The most bytes that an action has at once, beside what there was before.
fn most_bytes(action: impl FnOnce()) -> isize {
    let [before, _] = LIVE_BYTES.get();
    LIVE_BYTES.set([before, before]);
    action();
    LIVE_BYTES.get()[1] - before
}

/// Numbers that look random.
fn numbers() -> impl Iterator<Item = usize> {
    let mut seed = 5_u64;
    std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::from(seed.to_be_bytes()[0])
    })
}

/// Expressions that read all of a text which gives them ever new states.
#[test]
fn expressions_take_memory_up_to_a_bound() {
    let mut random = numbers();
    let mut letter = || char::from(b"abcdefghijklmnopqrst"[random.next().unwrap() % 20]);
    let mut letters = || -> String { (0..4).map(|_| letter()).collect() };
    let expressions: Vec<String> = (0..500)
        .map(|nth| format!("[{}x][a-t ]{{{}}}[{}y]", letters(), 5 + nth % 9, letters()))
        .collect();
    let byte = |number: usize| b"abcdefghijklmnopqrst    \n"[number % 25];
    let text: Vec<u8> = numbers().map(byte).take(400_000).collect();
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    let patterns = Patterns::new(expressions, matching).unwrap();
    let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let bytes = most_bytes(|| {
        let mut scanner: Scanner = Scanner::new(plan);
        scanner.count(&text).unwrap();
    });
    // By its own count 160 MiB for what is learnt; there are maps and what is compiled besides.
    assert!(bytes < 256 << 20, "{bytes} bytes");
}

/// A literal of which there is one at every byte of a line.
#[test]
fn a_long_line_takes_memory_once() {
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    let patterns = Patterns::new(["x{5,}q"], matching).unwrap();
    let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let line = vec![b'x'; 8 << 20];
    let bytes = most_bytes(|| {
        let mut scanner: Scanner = Scanner::new(plan);
        scanner.count(&line).unwrap();
    });
    assert!(bytes < 24 << 20, "{bytes} bytes");
}
