//! A scanner whose long lines do not keep a request to stop waiting.
//!
//! A regular expression may take seconds for a line of megabytes, and cannot be stopped in the
//! middle of it. So long lines are searched on a thread of their own. When a stop is
//! requested, it is left to itself, and what is in the line is not counted.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::Builder;
use std::time::Duration;

use cogrep_match::{LineTooLong, Output, Plan, Scanner};
use cogrep_source::Interrupt;

/// A line is long from this many bytes on. A slow expression takes 0.1 s for as many, and to
/// start a thread takes a thousandth of that.
const LONG_BYTES: usize = 256 << 10;

/// So often the request to stop is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// A scanner that does not keep a request to stop waiting; see the head of the module.
pub(super) struct Patient<O: Output> {
    /// None if it was left to itself.
    scanner: Option<Scanner<O>>,
    plan: Arc<Plan>,
    interrupt: Interrupt,
}

impl<O: Output> Patient<O> {
    pub(super) fn new(scanner: Scanner<O>, interrupt: Interrupt) -> Self {
        Self { plan: Arc::clone(scanner.plan()), scanner: Some(scanner), interrupt }
    }

    /// The plan that it follows.
    pub(super) fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The scanner, unless a stop was requested and it was left to itself.
    pub(super) fn get(&mut self) -> Option<&mut Scanner<O>> {
        self.scanner.as_mut()
    }

    /// Whether the line at hand is a long one.
    pub(super) fn is_in_long_line(&self) -> bool {
        self.scanner.as_ref().is_some_and(|scanner| scanner.held_bytes() >= LONG_BYTES)
    }

    /// Goes on in the next piece of the text; see [`Scanner::feed`].
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<(), LineTooLong> {
        if self.is_in_long_line() && piece.contains(&b'\n') {
            let piece = piece.to_vec();
            return self.apart(move |scanner| scanner.feed(&piece)).unwrap_or(Ok(()));
        }
        self.get().map_or(Ok(()), |scanner| scanner.feed(piece))
    }

    /// Ends the text; see [`Scanner::end_text`].
    pub(super) fn end_text(&mut self) {
        if self.is_in_long_line() {
            self.apart(Scanner::end_text);
        } else if let Some(scanner) = self.get() {
            scanner.end_text();
        }
    }

    /// Does something with the scanner on a thread of its own, unless a stop is requested
    /// first.
    fn apart<F, R>(&mut self, action: F) -> Option<R>
    where
        F: FnOnce(&mut Scanner<O>) -> R + Send + 'static,
        R: Send + 'static,
    {
        let scanner = self.scanner.take()?;
        // What comes back if no thread can be had.
        let (lend, lent) = mpsc::sync_channel::<(Scanner<O>, F)>(1);
        let (give, given) = mpsc::sync_channel(1);
        let work = move || {
            if let Ok((mut scanner, action)) = lent.recv() {
                let result = action(&mut scanner);
                // Nobody waits for it if a stop was requested.
                let _ = give.send((scanner, result));
            }
        };
        let Ok(thread) = Builder::new().name("long line".into()).spawn(work) else {
            let mut scanner = scanner;
            let result = action(&mut scanner);
            self.scanner = Some(scanner);
            return Some(result);
        };
        let _ = lend.send((scanner, action));
        loop {
            match given.recv_timeout(LOOK) {
                Ok((scanner, result)) => {
                    self.scanner = Some(scanner);
                    return Some(result);
                }
                Err(RecvTimeoutError::Timeout) if self.interrupt.is_requested() => return None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return thread.join().map_or_else(|panic| resume_unwind(panic), |()| None);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cogrep_match::{EngineChoice, Matching, Patterns, Syntax, Totals};

    use super::*;

    fn patient(expression: &str, interrupt: &Interrupt) -> Patient<Totals> {
        let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
        let patterns = Patterns::new([expression], matching).unwrap();
        let plan = Plan::new(&patterns, EngineChoice::Auto).unwrap();
        Patient::new(Scanner::new(plan), interrupt.clone())
    }

    #[test]
    fn long_lines_count_as_others_do() {
        let mut patient = patient("a+", &Interrupt::new());
        let long = "a ".repeat(LONG_BYTES);
        let text = format!("a\n{long}\na a\n{long}");
        for piece in text.as_bytes().chunks(100_000) {
            patient.feed(piece).unwrap();
        }
        patient.end_text();
        let counts = patient.get().unwrap().take_counts();
        assert_eq!(counts.to_vec(1), [3 + 2 * LONG_BYTES as u64]);
    }

    #[test]
    fn a_request_to_stop_is_heard_within_a_long_line() {
        let interrupt = Interrupt::new();
        // A lazy automaton has a new state at nearly every byte.
        let mut patient = patient("[abc].{20}y", &interrupt);
        let mut random = 1_u64;
        let line: Vec<u8> = std::iter::repeat_with(|| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            b"abcxy .-"[usize::from(random.to_be_bytes()[0]) % 8]
        })
        .take(8 << 20)
        .collect();
        patient.feed(&line).unwrap();
        assert!(patient.is_in_long_line());
        interrupt.request();
        // It would take seconds.
        patient.feed(b"\n").unwrap();
        assert!(patient.get().is_none(), "the line was searched to its end");
        patient.feed(b"a\n").unwrap();
        patient.end_text();
    }
}
