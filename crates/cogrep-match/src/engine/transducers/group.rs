//! Expressions that are counted together in the same lines.

use memchr::memrchr;

use super::budget::Budget;
use super::joint::{Joint, MOST_MEMBERS, Member, Stuck};
use super::single::{Single, TooMuch};
use crate::engine::regex::LineRegex;
use crate::scan::interface::Output;
use crate::scan::lines::Record;

/// The memory of all machines of a group. A worker has two groups at the most.
pub(crate) const MACHINES_BYTES: usize = 32 << 20;

/// Expressions that are counted in all lines, as few machines as may be.
pub(crate) struct Group {
    /// Machines for all lines.
    all: Vec<Joint>,
    /// Machines for lines of ASCII.
    ascii: Vec<Joint>,
    /// The slots of expressions that are asked by themselves.
    alone: Vec<usize>,
    /// The memory that is left for machines.
    budget: Budget,
    /// Lines of ASCII, and others.
    parts: [Vec<u8>; 2],
}

impl Group {
    /// Makes a group of expressions, each with its slot, whose machines take so much memory at
    /// the most.
    pub(crate) fn new<'r>(
        regexes: impl Iterator<Item = (usize, &'r LineRegex)>,
        machines_bytes: usize,
    ) -> Self {
        let mut group = Self {
            all: Vec::new(),
            ascii: Vec::new(),
            alone: Vec::new(),
            budget: Budget::new(machines_bytes),
            parts: [Vec::new(), Vec::new()],
        };
        let (mut all, mut ascii) = (Vec::new(), Vec::new());
        for (slot, regex) in regexes {
            let made = regex.transduced().ok_or(TooMuch).and_then(|transduced| {
                let single = Single::new(&transduced, &mut group.budget)?;
                Ok((Member { slot, single }, transduced.is_ascii))
            });
            match made {
                Ok((member, true)) => ascii.push(member),
                Ok((member, false)) => all.push(member),
                Err(TooMuch) => group.alone.push(slot),
            }
        }
        for (members, is_ascii) in [(all, false), (ascii, true)] {
            let mut joints = Vec::new();
            group.join_all(members, &mut joints);
            *(if is_ascii { &mut group.ascii } else { &mut group.all }) = joints;
        }
        group
    }

    /// Joins transducers, in as many machines as they are for.
    fn join_all(&mut self, mut members: Vec<Member>, joints: &mut Vec<Joint>) {
        // A few kinds of bytes are few columns for all.
        members.sort_by_key(|member| member.single.kind_count());
        let mut members = members.into_iter().peekable();
        while members.peek().is_some() {
            let some = members.by_ref().take(MOST_MEMBERS).collect();
            self.join(some, joints);
        }
    }

    /// Joins transducers. If there is no memory for that, their expressions are asked by
    /// themselves.
    fn join(&mut self, members: Vec<Member>, joints: &mut Vec<Joint>) {
        match Joint::new(members, &mut self.budget) {
            Ok(joint) => joints.push(joint),
            Err(members) => members.into_iter().for_each(|member| self.leave(member)),
        }
    }

    /// From now on this expression is asked by itself.
    fn leave(&mut self, mut member: Member) {
        member.single.give_back(&mut self.budget);
        self.alone.push(member.slot);
    }

    /// Counts in whole lines. What a machine cannot count, `ask` does: the expression in this
    /// slot is asked in these lines.
    pub(crate) fn count<O: Output>(
        &mut self,
        piece: &[u8],
        record: &mut Record<O>,
        mut ask: impl FnMut(usize, &[u8], &mut Record<O>),
    ) {
        // A carriage return at the end of the text ends no line.
        if piece.ends_with(b"\r") {
            let last = memrchr(b'\n', piece).map_or(0, |line_feed| line_feed + 1);
            let joints = self.all.iter().chain(&self.ascii);
            for slot in joints.flat_map(Joint::slots).chain(self.alone.iter().copied()) {
                ask(slot, &piece[last..], record);
            }
            if last > 0 {
                self.count(&piece[..last], record, ask);
            }
            return;
        }
        for slot in &self.alone {
            ask(*slot, piece, record);
        }
        let [mut ascii, mut others] = std::mem::take(&mut self.parts);
        let is_ascii = self.ascii.is_empty() || piece.is_ascii();
        if !is_ascii {
            part(piece, &mut ascii, &mut others);
            for slot in self.ascii.iter().flat_map(Joint::slots) {
                ask(slot, &others, record);
            }
        }
        let mut joints = std::mem::take(&mut self.all);
        self.read(&mut joints, piece, record, &mut ask);
        self.all = std::mem::replace(&mut joints, std::mem::take(&mut self.ascii));
        self.read(&mut joints, if is_ascii { piece } else { &ascii }, record, &mut ask);
        self.ascii = joints;
        self.parts = [ascii, others];
    }

    /// Reads lines with these machines, and changes those that do not suit the text.
    fn read<O: Output>(
        &mut self,
        joints: &mut Vec<Joint>,
        piece: &[u8],
        record: &mut Record<O>,
        ask: &mut impl FnMut(usize, &[u8], &mut Record<O>),
    ) {
        let mut nth = 0;
        while let Some(joint) = joints.get_mut(nth) {
            let read = joint.read(piece, &mut self.budget);
            if let Some(meter) = record.meter() {
                meter.read(joint.slots(), if read.is_ok() { piece.len() } else { 0 });
            }
            let stuck = match read {
                Ok(counts) => {
                    for (count, slot) in counts.into_iter().zip(joint.slots()) {
                        record.add(slot, count);
                    }
                    nth += 1;
                    continue;
                }
                Err(stuck) => stuck,
            };
            let alone = self.alone.len();
            let mut members = joints.swap_remove(nth).into_members(&mut self.budget);
            let rest = match stuck {
                Stuck::Together if members.len() > 1 => members.split_off(members.len() / 2),
                stuck => {
                    let member = if let Stuck::Member(member) = stuck { member } else { 0 };
                    self.leave(members.remove(member));
                    Vec::new()
                }
            };
            for members in [members, rest] {
                if !members.is_empty() {
                    self.join(members, joints);
                }
            }
            // Those that no machine has any more have not read these lines.
            self.alone[alone..].iter().for_each(|slot| ask(*slot, piece, record));
        }
    }
}

/// Parts lines of ASCII from others.
fn part(lines: &[u8], ascii: &mut Vec<u8>, others: &mut Vec<u8>) {
    ascii.clear();
    others.clear();
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let to = if line.is_ascii() { &mut *ascii } else { &mut *others };
        to.extend_from_slice(line);
    }
}
