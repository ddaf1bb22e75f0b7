//! One literal, at the speed of a substring search.
//!
//! The search is `memchr::memmem`: two rare bytes of the needle by vector
//! instructions, and Two-Way where they mislead. For a few patterns, a pass each over
//! a piece in the cache is the fastest of the portable ways.

use std::sync::Arc;

use memchr::memmem::Finder;

use crate::scan::group::Group;
use crate::scan::interface::Output;
use crate::scan::judge::Judge;
use crate::scan::literal::{Find, Literals};
use crate::scan::window::Window;

/// The slot of the only needle.
const SLOT: usize = 0;

/// Counts one literal; see the head of the module.
#[derive(Debug)]
pub(crate) struct Memmem {
    group: Arc<Group>,
    finder: Finder<'static>,
}

impl Memmem {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "memmem";

    /// Makes ready to count the only needle of the group.
    ///
    /// # Panics
    ///
    /// When the group has none or more than one.
    pub(crate) fn new(group: Group) -> Self {
        let [needle] = group.bytes() else { panic!("this engine counts one needle") };
        let finder = Finder::new(needle).into_owned();
        Self { group: Arc::new(group), finder }
    }
}

impl Literals for Memmem {
    const NAME: &'static str = Self::NAME;
    const LOWERS_ASCII: bool = false;

    fn group(&self) -> &Arc<Group> {
        &self.group
    }

    fn find(self: Arc<Self>) -> impl Find + 'static {
        Search { engine: self }
    }
}

#[derive(Debug)]
struct Search {
    engine: Arc<Memmem>,
}

impl Find for Search {
    fn find<O: Output>(&mut self, window: &Window<'_>, judge: &mut Judge<O>) {
        let finder = &self.engine.finder;
        let len = finder.needle().len();
        let text = &window.text[..window.ends.end];
        let mut from = (window.ends.start + 1).saturating_sub(len);
        if judge.may_add(SLOT) && !self.engine.group.may_overlap(SLOT) {
            judge.add(SLOT, finder.find_iter(&text[from..]).count() as u64);
            return;
        }
        loop {
            from = from.max(judge.next_start(SLOT, window));
            let Some(found) = text.get(from..).and_then(|rest| finder.find(rest)) else { return };
            judge.place(SLOT, window, from + found + len);
            from += found + 1;
        }
    }
}
