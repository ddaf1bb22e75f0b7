//! Expressions that are counted together in the same lines.

use memchr::memrchr;

use super::joint::{Joint, MOST_MEMBERS, Stuck};
use super::single::{Single, TooMuch};
use crate::engine::regex::LineRegex;
use crate::scan::interface::Output;
use crate::scan::lines::Record;

/// Expressions that are counted in all lines, as few machines as may be.
pub(crate) struct Group {
    singles: Vec<Single>,
    /// The slot of each.
    slots: Vec<usize>,
    /// Machines for all lines.
    all: Vec<Joint>,
    /// Machines for lines of ASCII.
    ascii: Vec<Joint>,
    /// The slots of expressions that are asked by themselves.
    alone: Vec<usize>,
    /// Lines of ASCII, and others.
    parts: [Vec<u8>; 2],
}

impl Group {
    /// Makes a group of expressions, each with its slot.
    pub(crate) fn new<'r>(regexes: impl Iterator<Item = (usize, &'r LineRegex)>) -> Self {
        let mut group = Self {
            singles: Vec::new(),
            slots: Vec::new(),
            all: Vec::new(),
            ascii: Vec::new(),
            alone: Vec::new(),
            parts: [Vec::new(), Vec::new()],
        };
        let (mut all, mut ascii) = (Vec::new(), Vec::new());
        for (slot, regex) in regexes {
            let made = regex.transduced().ok_or(TooMuch).and_then(|transduced| {
                let single = Single::new(transduced.hir, transduced.counted)?;
                Ok((single, transduced.is_ascii))
            });
            let Ok((single, is_ascii)) = made else {
                group.alone.push(slot);
                continue;
            };
            let to = if is_ascii { &mut ascii } else { &mut all };
            to.push(group.singles.len());
            group.singles.push(single);
            group.slots.push(slot);
        }
        let singles = &group.singles;
        let join = |mut numbers: Vec<usize>| -> Vec<Joint> {
            // A few kinds of bytes are few columns for all.
            numbers.sort_by_key(|number| singles[*number].kind_count());
            let members = numbers.chunks(MOST_MEMBERS);
            members.map(|members| Joint::new(members.to_vec(), singles)).collect()
        };
        (group.all, group.ascii) = (join(all), join(ascii));
        group
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
            let read = joints.flat_map(Joint::members).map(|number| &self.slots[*number]);
            for slot in read.chain(&self.alone) {
                ask(*slot, &piece[last..], record);
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
            for number in self.ascii.iter().flat_map(Joint::members) {
                ask(self.slots[*number], &others, record);
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
            let stuck = match joint.read(&mut self.singles, piece) {
                Ok(counts) => {
                    for (count, number) in counts.into_iter().zip(joint.members()) {
                        record.add(self.slots[*number], count);
                    }
                    if let Some(meter) = record.meter() {
                        let slots = joint.members().iter().map(|number| self.slots[*number]);
                        meter.read(slots, piece.len());
                    }
                    nth += 1;
                    continue;
                }
                Err(stuck) => stuck,
            };
            let mut members = joints.swap_remove(nth).members().to_vec();
            if let Some(meter) = record.meter() {
                meter.read(members.iter().map(|number| self.slots[*number]), 0);
            }
            let rest = match stuck {
                Stuck::Together if members.len() > 1 => members.split_off(members.len() / 2),
                stuck => {
                    let member = if let Stuck::Member(member) = stuck { member } else { 0 };
                    let slot = self.slots[members.remove(member)];
                    ask(slot, piece, record);
                    self.alone.push(slot);
                    Vec::new()
                }
            };
            for members in [members, rest] {
                if !members.is_empty() {
                    joints.push(Joint::new(members, &self.singles));
                }
            }
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
