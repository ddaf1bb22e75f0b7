//! The automaton of Aho and Corasick (*Efficient string matching: an aid to
//! bibliographic search*, 1975) as tables of numbers.
//!
//! Its states, the beginnings of needles, are numbered breadth first. So the children of
//! a state are neighbours, and a state *fails* to one with a smaller number: the longest
//! end of it that is a state as well. The first states have a *row*, the next state for
//! each class of bytes. Others, where rows for all of them would need too much
//! memory, have children only, and what they lack is asked of the state they fail to.
//!
//! Of most rows little is ever used: the columns of frequent bytes. These lie together, a
//! cache line for each state, in front of the columns of rarer bytes, a line for each state
//! as well, and so on.

use crate::simd::Case;

/// A state: where its row begins in the first sheet. That is its number times the entries of
/// a line, and one more if the state is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State(u32);

/// The automaton of some needles.
#[derive(Debug)]
pub(super) struct Machine {
    /// The class of each byte: those that are in no needle share one.
    classes: [u8; 256],
    /// Where the entry for each byte is, counted from where the row begins.
    columns: [u32; 256],
    /// How many states have a row.
    rows: usize,
    /// The rows: a line of each, for the classes that are most frequent; a line of each for
    /// the next; and so on.
    sheets: Vec<State>,
    /// The first child of each state; those after it, before that of the next state,
    /// are the others.
    first_children: Vec<u32>,
    /// The class of bytes that leads to each state from its parent.
    last_classes: Vec<u8>,
    fails: Vec<u32>,
    /// Whether a needle that is marked is an end of each state.
    marks: Vec<bool>,
    /// The slot of the needle that each state is, if it is one.
    slots: Vec<u32>,
}

/// The slot of states that are no needle.
const NONE: u32 = u32::MAX;

/// The longest end of each state that is a needle of some kind, perhaps all of it; 0 if
/// there is none.
#[derive(Debug)]
pub(super) struct Longest(Vec<u32>);

/// The bytes of a text that are walked through at once.
pub(super) const BLOCK: usize = 64;

/// The entries of a line: for this many classes, and one that leaves room for a mark.
const LINE: usize = 16;
const LINE_CLASSES: usize = LINE - 1;

impl State {
    /// The number of the state: fewer than there are.
    #[inline]
    pub(super) fn number(self) -> usize {
        self.0 as usize / LINE
    }

    /// 1 if a needle that is marked ends where the automaton is in this state, else 0.
    #[inline]
    pub(super) fn mark(self) -> usize {
        (self.0 & 1) as usize
    }
}

impl Machine {
    /// The automaton of these needles, which must differ, with rows of this many bytes at
    /// most; it marks some of them, by their slots. None if it would have more states than
    /// can be numbered.
    pub(super) fn new(
        needles: &[Box<[u8]>],
        case: Case,
        marks: impl Fn(usize) -> bool,
        most_row_bytes: usize,
    ) -> Option<Self> {
        let (classes, class_count) = classes(needles, case);
        let mut machine = Self {
            classes,
            columns: [0; 256],
            rows: 0,
            sheets: Vec::new(),
            first_children: Vec::new(),
            last_classes: Vec::new(),
            fails: Vec::new(),
            marks: Vec::new(),
            slots: Vec::new(),
        };
        machine.add_states(needles)?;
        let sheets = class_count.div_ceil(LINE_CLASSES);
        let line_bytes = LINE * size_of::<State>();
        machine.rows = machine.states().min(most_row_bytes / (line_bytes * sheets)).max(1);
        machine.sheets = vec![State::default(); machine.rows * sheets * LINE];
        // All entries can be numbered.
        u32::try_from(machine.sheets.len()).ok()?;
        machine.columns = classes.map(|class| machine.column(class));
        machine.connect(marks);
        Some(machine)
    }

    /// How many states there are.
    pub(super) fn states(&self) -> usize {
        self.slots.len()
    }

    /// Whether each state has a row.
    pub(super) fn has_all_rows(&self) -> bool {
        self.rows == self.states()
    }

    /// Numbers all states, and knows their children and needles.
    fn add_states(&mut self, needles: &[Box<[u8]>]) -> Option<()> {
        // The needles that begin with a state are neighbours in their order.
        let mut order: Vec<u32> = (0..u32::try_from(needles.len()).ok()?).collect();
        order.sort_unstable_by_key(|slot| &needles[*slot as usize]);
        let mut begin_with = Vec::new();
        begin_with.push(0..order.len());
        self.last_classes.push(0);
        let (mut depth, mut depth_ends) = (0, 1);
        let mut state = 0;
        while state < begin_with.len() {
            if state == depth_ends {
                (depth, depth_ends) = (depth + 1, begin_with.len());
            }
            let mut slots = begin_with[state].clone();
            let first = order.get(slots.start);
            let needle = first.filter(|slot| needles[**slot as usize].len() == depth);
            self.slots.push(needle.copied().unwrap_or(NONE));
            slots.start += usize::from(needle.is_some());
            self.first_children.push(u32::try_from(begin_with.len()).ok()?);
            let byte = |slot: &u32| needles[*slot as usize][depth];
            for alike in order[slots.clone()].chunk_by(|one, other| byte(one) == byte(other)) {
                self.last_classes.push(self.classes[usize::from(byte(&alike[0]))]);
                begin_with.push(slots.start..slots.start + alike.len());
                slots.start += alike.len();
            }
            state += 1;
        }
        self.first_children.push(u32::try_from(begin_with.len()).ok()?);
        // The last state can be numbered.
        u32::try_from(begin_with.len() * LINE).ok().map(|_| ())
    }

    /// Finds what each state fails to, and whether it is marked, and fills the rows.
    fn connect(&mut self, marks: impl Fn(usize) -> bool) {
        let states = self.states();
        self.fails = vec![0; states];
        self.marks = vec![false; states];
        for state in 0..states {
            let row = |state| self.state(state).0 as usize;
            let (fail, row) = (row(self.fails[state] as usize), row(state));
            if (1..self.rows).contains(&state) {
                for sheet in (0..self.sheets.len()).step_by(self.rows * LINE) {
                    let line = sheet + fail..sheet + fail + LINE_CLASSES;
                    self.sheets.copy_within(line, sheet + row);
                }
            }
            for child in self.first_children[state]..self.first_children[state + 1] {
                let (child, class) = (child as usize, self.last_classes[child as usize]);
                if state > 0 {
                    let fail = self.next_by(self.state(self.fails[state] as usize), class);
                    self.fails[child] = u32::try_from(fail.number()).unwrap_or_default();
                }
                let slot = Some(self.slots[child]).filter(|slot| *slot != NONE);
                let is_marked = slot.is_some_and(|slot| marks(slot as usize));
                self.marks[child] = is_marked || self.marks[self.fails[child] as usize];
                if state < self.rows {
                    let column = self.column(class) as usize;
                    self.sheets[row + column] = self.state(child);
                }
            }
        }
    }

    /// The state of this number.
    fn state(&self, number: usize) -> State {
        // It was checked that all can be numbered.
        let row = u32::try_from(number * LINE).unwrap_or_default();
        State(row + u32::from(self.marks[number]))
    }

    /// Where the entry for a class is, counted from where a row begins.
    fn column(&self, class: u8) -> u32 {
        let (sheet, at) = (usize::from(class) / LINE_CLASSES, usize::from(class) % LINE_CLASSES);
        u32::try_from(sheet * self.rows * LINE + at).unwrap_or_default()
    }

    /// The state after this one and a byte.
    #[inline]
    pub(super) fn next(&self, state: State, byte: u8) -> State {
        if state.number() < self.rows {
            self.entry(state, byte)
        } else {
            self.next_of_children(state.number(), self.classes[usize::from(byte)])
        }
    }

    /// The state after one that has a row.
    #[inline]
    fn entry(&self, State(row): State, byte: u8) -> State {
        self.sheets[row as usize + self.columns[usize::from(byte)] as usize]
    }

    /// The state after this one and a byte of a class.
    fn next_by(&self, state: State, class: u8) -> State {
        if state.number() < self.rows {
            self.sheets[state.0 as usize + self.column(class) as usize]
        } else {
            self.next_of_children(state.number(), class)
        }
    }

    /// The next state after one that has no row.
    #[inline(never)]
    fn next_of_children(&self, mut state: usize, class: u8) -> State {
        loop {
            let children = self.first_children[state]..self.first_children[state + 1];
            let classes = &self.last_classes[children.start as usize..children.end as usize];
            if let Some(nth) = classes.iter().position(|other| *other == class) {
                return self.state(children.start as usize + nth);
            }
            state = self.fails[state] as usize;
            if state < self.rows {
                return self.next_by(self.state(state), class);
            }
        }
    }

    /// Walks on through several texts at once, and notes the state after each byte.
    pub(super) fn trace<const LANES: usize>(
        &self,
        states: &mut [State; LANES],
        texts: [&[u8; BLOCK]; LANES],
        traces: &mut [[State; BLOCK]; LANES],
    ) {
        if self.has_all_rows() {
            // Nothing is called then, and all stays in registers.
            trace(states, texts, traces, |state, byte| self.entry(state, byte));
        } else {
            trace(states, texts, traces, |state, byte| self.next(state, byte));
        }
    }

    /// The state that these bytes lead to.
    pub(super) fn led_to(&self, state: State, text: &[u8]) -> State {
        text.iter().fold(state, |state, byte| self.next(state, *byte))
    }

    /// The longest end of each state that is a needle of these slots.
    pub(super) fn longest(&self, is_of_these: impl Fn(usize) -> bool) -> Longest {
        let mut longest: Vec<u32> = Vec::with_capacity(self.states());
        for (state, (slot, fail)) in (0..).zip(self.slots.iter().zip(&self.fails)) {
            let is_one = *slot != NONE && is_of_these(*slot as usize);
            longest.push(if is_one {
                state
            } else {
                longest.get(*fail as usize).map_or(0, |it| *it)
            });
        }
        Longest(longest)
    }

    /// The slots of these needles that end where the automaton is in this state, the
    /// longest first.
    #[inline]
    pub(super) fn ends<'m>(
        &'m self,
        longest: &'m Longest,
        state: State,
    ) -> impl Iterator<Item = usize> + 'm {
        let mut needle = longest.0[state.number()];
        std::iter::from_fn(move || {
            let slot = (needle != 0).then(|| self.slots[needle as usize] as usize);
            needle = longest.0[self.fails[needle as usize] as usize];
            slot
        })
    }

    /// Adds to each needle's count how often the states were visited that it is an end of,
    /// and forgets the visits.
    pub(super) fn settle(&self, visits: &mut [u32], mut add: impl FnMut(usize, u64)) {
        // What a state fails to comes before it, and so gets all that is to be passed on.
        for state in (1..visits.len()).rev() {
            let visited = std::mem::take(&mut visits[state]);
            if visited > 0 {
                visits[self.fails[state] as usize] += visited;
                if self.slots[state] != NONE {
                    add(self.slots[state] as usize, u64::from(visited));
                }
            }
        }
        visits[..1].fill(0);
    }
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "each of the two has a loop of its own")]
fn trace<const LANES: usize>(
    states: &mut [State; LANES],
    texts: [&[u8; BLOCK]; LANES],
    traces: &mut [[State; BLOCK]; LANES],
    next: impl Fn(State, u8) -> State,
) {
    let mut now = *states;
    for at in 0..BLOCK {
        for lane in 0..LANES {
            now[lane] = next(now[lane], texts[lane][at]);
            traces[lane][at] = now[lane];
        }
    }
    *states = now;
}

/// The class of each byte, and how many classes there are.
fn classes(needles: &[Box<[u8]>], case: Case) -> ([u8; 256], usize) {
    let mut occurs = [0_usize; 256];
    for byte in needles.iter().flat_map(|needle| needle.iter()) {
        occurs[usize::from(*byte)] += 1;
    }
    // Frequent ones first: so the part of a row that is much used is in few cache lines.
    let mut bytes: Vec<_> = (0..=u8::MAX).filter(|byte| occurs[usize::from(*byte)] > 0).collect();
    bytes.sort_by_key(|byte| std::cmp::Reverse(occurs[usize::from(*byte)]));
    // Others share the first, if there are any.
    let others = usize::from(bytes.len() < occurs.len());
    let mut classes = [0; 256];
    for (class, byte) in (others..).zip(&bytes) {
        classes[usize::from(*byte)] = u8::try_from(class).unwrap_or_default();
    }
    let count = others + bytes.len();
    if case == Case::Ignored {
        for byte in b'A'..=b'Z' {
            classes[usize::from(byte)] = classes[usize::from(byte.to_ascii_lowercase())];
        }
    }
    (classes, count)
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_needles_that_end_somewhere_are_those_that_stand_there(
            needles in btree_set(vec(prop::sample::select(&b"abc\xff"[..]), 1..6), 1..20),
            text in vec(prop::sample::select(&b"abcABd\xff"[..]), 0..80),
            rows in 1_usize..40,
            case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
        ) {
            let needles: Vec<_> = needles.into_iter().map(Vec::into_boxed_slice).collect();
            let room = rows * LINE * size_of::<State>();
            let machine = Machine::new(&needles, case, |slot| slot % 2 == 0, room).unwrap();
            prop_assert_eq!(machine.rows, rows.min(machine.states()));
            let (all, even) = (machine.longest(|_| true), machine.longest(|slot| slot % 2 == 0));
            let mut state = State::default();
            let mut visits = vec![0; machine.states()];
            let mut expected = vec![0; needles.len()];
            for (at, byte) in text.iter().enumerate() {
                state = machine.next(state, *byte);
                visits[state.number()] += 1;
                let read = match case {
                    Case::Matters => text[..=at].to_vec(),
                    Case::Ignored => text[..=at].to_ascii_lowercase(),
                };
                let ends = |slot: &usize| read.ends_with(&needles[*slot]);
                let mut ending: Vec<_> = (0..needles.len()).filter(ends).collect();
                for slot in &ending {
                    expected[*slot] += 1;
                }
                ending.sort_by_key(|slot| std::cmp::Reverse(needles[*slot].len()));
                prop_assert_eq!(&machine.ends(&all, state).collect::<Vec<_>>(), &ending);
                ending.retain(|slot| slot % 2 == 0);
                prop_assert_eq!(&machine.ends(&even, state).collect::<Vec<_>>(), &ending);
                prop_assert_eq!(state.mark(), usize::from(!ending.is_empty()));
                let longest = needles.iter().map(|needle| needle.len()).max().unwrap();
                let from = (at + 1).saturating_sub(longest);
                let near = machine.led_to(State::default(), &text[from..=at]);
                prop_assert_eq!(state, near, "no more is remembered than the longest needle");
            }
            let mut counts = vec![0; needles.len()];
            machine.settle(&mut visits, |slot, count| counts[slot] += count);
            prop_assert_eq!(counts, expected);
            prop_assert!(visits.iter().all(|visited| *visited == 0));
        }
    }

    #[test]
    fn all_bytes_may_differ() {
        let needles: Vec<Box<[u8]>> = (0..=255).map(|byte| [byte].into()).collect();
        let machine = Machine::new(&needles, Case::Matters, |_| false, usize::MAX).unwrap();
        let all = machine.longest(|_| true);
        for byte in 0..=255 {
            let state = machine.next(State::default(), byte);
            assert_eq!(machine.ends(&all, state).collect::<Vec<_>>(), [usize::from(byte)]);
        }
        let nothing = Machine::new(&[], Case::Matters, |_| false, usize::MAX).unwrap();
        assert_eq!((nothing.states(), nothing.next(State::default(), 7)), (1, State::default()));
    }
}
