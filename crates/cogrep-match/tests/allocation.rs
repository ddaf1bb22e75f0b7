//! A pass over a text in memory allocates nothing that grows with it, shown with an allocator
//! that adds up what it is asked for.
#![allow(unsafe_code, reason = "a global allocator is an unsafe trait")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use cogrep_match::{EngineChoice, Hits, Matching, Patterns, Plan, Scanner, Syntax};

/// The system's allocator, adding up the bytes that each thread asks it for.
struct Adding;

thread_local! {
    static ASKED_BYTES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Adding {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED_BYTES.set(ASKED_BYTES.get() + layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(address, layout) }
    }
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
