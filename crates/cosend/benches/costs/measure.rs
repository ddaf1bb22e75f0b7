//! Cases that take turns.

use std::time::{Duration, Instant};

/// Operations in one round of a case.
pub(crate) const OPERATIONS: u64 = 20_000;

/// A case runs its operations, times only those, and gives a result to check.
pub(crate) type Case = fn() -> (Duration, u64);

pub(crate) struct Group {
    rounds: usize,
    cases: Vec<(&'static str, Case)>,
}

/// The best time of each case, in nanoseconds an operation.
pub(crate) struct Results(Vec<(&'static str, f64)>);

impl Group {
    pub(crate) fn new(rounds: usize) -> Self {
        Self { rounds, cases: Vec::new() }
    }

    pub(crate) fn case(&mut self, name: &'static str, case: Case) {
        self.cases.push((name, case));
    }

    /// Runs the cases in turn, and prints the best round of each.
    #[allow(clippy::cast_precision_loss, reason = "a count of operations is small")]
    pub(crate) fn run(self) -> Results {
        let mut best = vec![Duration::MAX; self.cases.len()];
        let expected = self.cases[0].1().1;
        for _ in 0..self.rounds {
            for ((name, case), best) in self.cases.iter().zip(&mut best) {
                let (time, result) = case();
                assert_eq!(result, expected, "{name} computes something else");
                *best = time.min(*best);
            }
        }
        let nanoseconds = |time: &Duration| time.as_nanos() as f64 / OPERATIONS as f64;
        let first = nanoseconds(&best[0]);
        let mut results = Vec::new();
        for ((name, _), best) in self.cases.iter().zip(&best) {
            let nanoseconds = nanoseconds(best);
            println!("  {name:26} {nanoseconds:8.2} ns {:7.2} x", nanoseconds / first);
            results.push((*name, nanoseconds));
        }
        Results(results)
    }
}

impl Results {
    fn of(&self, name: &str) -> f64 {
        self.0.iter().find(|(case, _)| *case == name).unwrap().1
    }

    /// What is missed if a case costs more than so many times another.
    pub(crate) fn over(&self, case: &str, other: &str, factor: f64) -> Option<String> {
        let ratio = self.of(case) / self.of(other);
        (ratio > factor).then(|| format!("{case} is {ratio:.2} times {other}, goal {factor}"))
    }
}

/// Times an action that runs the operations.
pub(crate) fn timed<R>(action: impl FnOnce() -> R) -> (Duration, R) {
    let start = Instant::now();
    let result = action();
    (start.elapsed(), result)
}
