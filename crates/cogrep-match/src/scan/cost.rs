//! What expressions cost: in how much text each was asked, and how long that took.
//!
//! It is noted where a plan is [watched](crate::Plan::watched), once for an expression that
//! was asked in a piece of lines, and not for a byte or a match.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What an expression cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// The bytes of the lines that it was asked in.
    pub asked_bytes: u64,
    /// Those of them that it read in one pass with other expressions.
    pub joint_bytes: u64,
    /// How long that took, and to compile it for that, on all cores together. What a pass
    /// takes is divided equally.
    pub time: Duration,
}

/// What the expressions of a plan cost, over all its scanners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// By needle.
    pub needles: Vec<Cost>,
    /// How long it took to look for the literals of all, on all cores together.
    pub literals: Duration,
}

/// Where the scanners of a plan hand over what its expressions cost.
#[derive(Debug, Default)]
pub struct Watch(Mutex<Costs>);

impl Watch {
    /// For this many needles.
    pub(crate) fn new(needles: usize) -> Self {
        Self(Mutex::new(Costs { needles: vec![Cost::default(); needles], ..Costs::default() }))
    }

    /// What was handed over so far.
    pub(crate) fn costs(&self) -> Costs {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Notes what the expressions of an engine cost.
#[derive(Debug)]
pub(crate) struct Meter {
    watch: Arc<Watch>,
    /// By slot.
    costs: Vec<Cost>,
    /// The slots of which there is something to hand over.
    asked: Vec<usize>,
    literals: Duration,
    /// When what is noted next began.
    begun: Instant,
}

impl Meter {
    /// For the expressions in this many slots.
    pub(crate) fn new(watch: &Arc<Watch>, slots: usize) -> Self {
        Self {
            watch: Arc::clone(watch),
            costs: vec![Cost::default(); slots],
            asked: Vec::new(),
            literals: Duration::ZERO,
            begun: Instant::now(),
        }
    }

    /// What is noted next begins now.
    pub(crate) fn begin(&mut self) {
        self.begun = Instant::now();
    }

    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now.duration_since(std::mem::replace(&mut self.begun, now))
    }

    /// Until now, literals were looked for.
    pub(crate) fn literals(&mut self) {
        let time = self.lap();
        self.literals += time;
    }

    /// Until now, an expression was asked in lines of this many bytes.
    pub(crate) fn asked(&mut self, slot: usize, bytes: usize) {
        let time = self.lap();
        self.add(slot, Cost { asked_bytes: bytes as u64, joint_bytes: 0, time });
    }

    /// Until now, expressions read lines of this many bytes together, or tried to.
    pub(crate) fn read(&mut self, slots: impl ExactSizeIterator<Item = usize>, bytes: usize) {
        let members = u32::try_from(slots.len()).unwrap_or(u32::MAX).max(1);
        let joint_bytes = if members > 1 { bytes as u64 } else { 0 };
        let time = self.lap() / members;
        for slot in slots {
            self.add(slot, Cost { asked_bytes: bytes as u64, joint_bytes, time });
        }
    }

    fn add(&mut self, slot: usize, cost: Cost) {
        let sum = &mut self.costs[slot];
        if *sum == Cost::default() {
            self.asked.push(slot);
        }
        *sum = sum.plus(cost);
    }

    /// Hands over what was noted, for the needles of the slots.
    pub(crate) fn hand_over(&mut self, needles: &[usize]) {
        let mut costs = self.watch.0.lock().unwrap_or_else(PoisonError::into_inner);
        costs.literals += std::mem::take(&mut self.literals);
        for slot in self.asked.drain(..) {
            let sum = &mut costs.needles[needles[slot]];
            *sum = sum.plus(std::mem::take(&mut self.costs[slot]));
        }
    }
}

impl Cost {
    fn plus(self, other: Self) -> Self {
        Self {
            asked_bytes: self.asked_bytes + other.asked_bytes,
            joint_bytes: self.joint_bytes + other.joint_bytes,
            time: self.time + other.time,
        }
    }
}
