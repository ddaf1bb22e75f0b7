//! What matches of an expression look like in ASCII text: the sets of bytes that they begin
//! with, one after the other.

use regex_syntax::hir::{Hir, HirKind, Look, Repetition};

use super::required::{byte_frequency, bytes_of};
use crate::simd::SimdLevel;
use crate::simd::shapes::{MOST_REACH, MOST_SETS, MOST_SLOTS, Shape, Step};

/// Steps of a shape, at the most: beyond that, the automaton is as fast.
const MOST_STEPS: usize = 64;

/// The shape of an expression for ASCII, and how frequent places are where it may begin, by a
/// guess.
pub(super) fn of(hir: &Hir) -> Option<(Shape, f64)> {
    let vectors = SimdLevel::process_default().vectors()?;
    // With less of the expression, there are fewer steps.
    let reaches = [MOST_REACH, MOST_REACH / 2, MOST_REACH / 4];
    reaches.into_iter().find_map(|reach| {
        let mut reading = Reading::default();
        // The byte after the last one is looked at, too.
        let part = reading.part(hir, reach - 1).part;
        let mut steps = Vec::new();
        push(&part, 0, &mut steps)?;
        if reading.sets.len() > MOST_SETS || steps.len() > MOST_STEPS {
            return None;
        }
        let frequency = reading.frequency(&part);
        Some((Shape::new(vectors, &reading.sets, steps, reach), frequency))
    })
}

/// A part of a shape.
#[derive(Clone, Debug)]
enum Part {
    /// A byte of this set.
    Set(usize),
    /// The next byte is one of this set, or is not.
    Next(usize, bool),
    /// The byte before is one of this set, or is not.
    Before(usize, bool),
    /// Of the next byte and the one before, one is in this set; or both or none are.
    Edge(usize, bool),
    Sequence(Vec<Part>),
    Choice(Vec<Part>),
    Repeated {
        part: Box<Part>,
        min: usize,
        max: usize,
    },
}

/// A part that was read.
struct Read {
    part: Part,
    /// How many bytes it has at the most.
    width: usize,
    /// Whether it is only the beginning of what there was: anything may follow.
    is_open: bool,
}

impl Read {
    fn whole(part: Part, width: usize) -> Self {
        Self { part, width, is_open: false }
    }

    /// Nothing is known.
    fn open() -> Self {
        Self { part: Part::Sequence(Vec::new()), width: 0, is_open: true }
    }
}

/// An expression that is read from its beginning, as far as there is room.
#[derive(Default)]
struct Reading {
    sets: Vec<[bool; 128]>,
}

impl Reading {
    /// The number of a set.
    fn set(&mut self, has: [bool; 128]) -> usize {
        let known = self.sets.iter().position(|set| *set == has);
        known.unwrap_or_else(|| {
            self.sets.push(has);
            self.sets.len() - 1
        })
    }

    fn set_of(&mut self, is_in: impl Fn(u8) -> bool) -> usize {
        self.set(std::array::from_fn(|byte| u8::try_from(byte).is_ok_and(&is_in)))
    }

    fn part(&mut self, hir: &Hir, room: usize) -> Read {
        match hir.kind() {
            HirKind::Empty => Read::whole(Part::Sequence(Vec::new()), 0),
            HirKind::Literal(_) | HirKind::Class(_) if room == 0 => Read::open(),
            HirKind::Literal(literal) => {
                let some = &literal.0[..literal.0.len().min(room)];
                let parts = some.iter().map(|byte| Part::Set(self.set_of(|other| other == *byte)));
                let part = Part::Sequence(parts.collect());
                Read { part, width: some.len(), is_open: some.len() < literal.0.len() }
            }
            HirKind::Class(class) => {
                let has = bytes_of(class);
                Read::whole(Part::Set(self.set_of(|byte| has[usize::from(byte)])), 1)
            }
            HirKind::Look(look) => self.look(*look),
            HirKind::Repetition(repetition) => self.repeated(repetition, room),
            HirKind::Capture(capture) => self.part(&capture.sub, room),
            HirKind::Concat(hirs) => {
                let (mut parts, mut width) = (Vec::new(), 0);
                for hir in hirs {
                    let read = self.part(hir, room - width);
                    parts.push(read.part);
                    width += read.width;
                    if read.is_open {
                        return Read { part: Part::Sequence(parts), width, is_open: true };
                    }
                }
                Read::whole(Part::Sequence(parts), width)
            }
            HirKind::Alternation(hirs) => {
                let reads: Vec<_> = hirs.iter().map(|hir| self.part(hir, room)).collect();
                let width = reads.iter().map(|read| read.width).max().unwrap_or(0);
                let is_open = reads.iter().any(|read| read.is_open);
                let parts = reads.into_iter().map(|read| read.part).collect();
                Read { part: Part::Choice(parts), width, is_open }
            }
        }
    }

    fn look(&mut self, look: Look) -> Read {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let line_feed = |byte: u8| byte == b'\n';
        let part = match look {
            Look::StartLF => Part::Before(self.set_of(line_feed), true),
            Look::EndLF => Part::Next(self.set_of(line_feed), true),
            Look::WordAscii => Part::Edge(self.set_of(word), true),
            Look::WordAsciiNegate => Part::Edge(self.set_of(word), false),
            Look::WordStartHalfAscii => Part::Before(self.set_of(word), false),
            Look::WordEndHalfAscii => Part::Next(self.set_of(word), false),
            Look::WordStartAscii => {
                let word = self.set_of(word);
                Part::Sequence(vec![Part::Before(word, false), Part::Next(word, true)])
            }
            Look::WordEndAscii => {
                let word = self.set_of(word);
                Part::Sequence(vec![Part::Before(word, true), Part::Next(word, false)])
            }
            // The others are not for lines, or not for ASCII.
            _ => return Read::open(),
        };
        Read::whole(part, 0)
    }

    fn repeated(&mut self, repetition: &Repetition, room: usize) -> Read {
        let Read { part, width, is_open } = self.part(&repetition.sub, room);
        let times = |times: u32| usize::try_from(times).unwrap_or(usize::MAX);
        let min = times(repetition.min);
        if is_open {
            return if min == 0 { Read::open() } else { Read { part, width, is_open } };
        }
        let fitting = room.checked_div(width).unwrap_or(1);
        let max = repetition.max.map(times).filter(|max| *max <= fitting);
        let is_open = max.is_none();
        // Where there is no room for all, it is the fewest that are looked for.
        let min = min.min(fitting);
        let max = max.unwrap_or(min);
        Read {
            part: Part::Repeated { part: Box::new(part), min, max },
            width: width * max,
            is_open,
        }
    }

    /// How frequent the places are where a part may begin, by a guess.
    fn frequency(&self, part: &Part) -> f64 {
        match part {
            Part::Set(set) => {
                let has = |byte: &u8| self.sets[*set][usize::from(*byte)];
                (0..0x80).filter(has).map(byte_frequency).sum::<f64>().min(1.0)
            }
            Part::Next(..) | Part::Before(..) | Part::Edge(..) => 1.0,
            Part::Sequence(parts) => parts.iter().map(|part| self.frequency(part)).product(),
            Part::Choice(parts) => {
                parts.iter().map(|part| self.frequency(part)).sum::<f64>().min(1.0)
            }
            Part::Repeated { part, min, .. } => {
                self.frequency(part).powi(i32::try_from(*min).unwrap_or(i32::MAX))
            }
        }
    }
}

/// Appends the steps of a part, from its end; `None` if there are not enough slots from this
/// one on.
fn push(part: &Part, slot: usize, steps: &mut Vec<Step>) -> Option<()> {
    if steps.len() > MOST_STEPS {
        return None;
    }
    let is_free = |slot: usize| (slot < MOST_SLOTS).then_some(());
    match part {
        Part::Set(set) => steps.push(Step::Then(*set)),
        Part::Next(set, is) => steps.push(Step::Next(*set, *is)),
        Part::Before(set, is) => steps.push(Step::Before(*set, *is)),
        Part::Edge(set, is) => steps.push(Step::Edge(*set, *is)),
        Part::Sequence(parts) => {
            for part in parts.iter().rev() {
                push(part, slot, steps)?;
            }
        }
        Part::Choice(parts) => {
            let (rest, all) = (slot, slot + 1);
            is_free(all)?;
            steps.push(Step::Keep(rest));
            for (nth, part) in parts.iter().enumerate() {
                if nth > 0 {
                    steps.push(Step::Keep(all));
                    steps.push(Step::Load(rest));
                }
                push(part, slot + 2, steps)?;
                if nth > 0 {
                    steps.push(Step::Or(all));
                }
            }
        }
        Part::Repeated { part, min, max } => {
            if max > min {
                is_free(slot)?;
                steps.push(Step::Keep(slot));
            }
            for _ in *min..*max {
                push(part, slot + 1, steps)?;
                steps.push(Step::Or(slot));
            }
            for _ in 0..*min {
                push(part, slot + 1, steps)?;
            }
        }
    }
    Some(())
}
