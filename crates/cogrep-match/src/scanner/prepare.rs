//! From the pieces of a text to what scans are fed: folded where case is ignored, and
//! grouped into whole lines where an engine needs them.

use std::borrow::Cow;

use memchr::{memchr, memrchr};

use crate::plan::Plan;
use crate::text::fold::{Change, Folder};
use crate::text::line::{LineGrouper, LineTooLong};

/// What is done with a text before it is scanned.
#[derive(Debug)]
pub(super) enum Prepare {
    /// Nothing.
    Plain,
    /// Its case is folded.
    Fold(Box<Fold>),
    /// Its lines are made whole.
    Lines(LineGrouper),
}

/// A text that goes through a folder.
#[derive(Debug)]
pub(super) struct Fold {
    folder: Folder,
    folded: Vec<u8>,
    changes: Vec<Change>,
    /// Which characters are tracked; none for totals.
    tracking: Tracking,
    /// Whether text has been folded before.
    has_begun: bool,
}

/// Which changes of characters are tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tracking {
    None,
    /// Those that change a character's length: offsets after them are others.
    Lengths,
    /// All. Where a pattern has parts of characters, it can match a part of one.
    All,
}

/// Lines are passed on in pieces of at most this many bytes, unless one is longer: what
/// one engine has looked at is then still in the cache when the next one does.
const LINE_PIECE_BYTES: usize = 64 << 10;

impl Prepare {
    /// What the engines of a plan ask for.
    pub(super) fn new(plan: &Plan, tracks: bool, line_limit_bytes: usize) -> Self {
        if plan.needs_whole_lines() {
            Self::Lines(LineGrouper::new(line_limit_bytes))
        } else if plan.folds() {
            Self::Fold(Box::new(Fold {
                folder: plan.folder(),
                folded: Vec::new(),
                changes: Vec::new(),
                tracking: Tracking::new(plan, tracks),
                has_begun: false,
            }))
        } else {
            Self::Plain
        }
    }

    /// Passes on what is ready with the next piece, with the characters that changed.
    pub(super) fn feed(
        &mut self,
        piece: &[u8],
        mut pass_on: impl FnMut(&[u8], &[Change]),
    ) -> Result<(), LineTooLong> {
        match self {
            Self::Plain => pass_on(piece, &[]),
            Self::Fold(fold) => fold.feed(piece, pass_on),
            Self::Lines(grouper) => {
                return grouper.feed(piece, |lines| {
                    pieces_of(lines).for_each(|piece| pass_on(piece, &[]));
                });
            }
        }
        Ok(())
    }

    /// How many bytes of the text are kept back.
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Self::Plain | Self::Fold(_) => 0,
            Self::Lines(grouper) => grouper.held_bytes(),
        }
    }

    /// Ends the text, and passes on what was kept back.
    pub(super) fn finish(&mut self, mut pass_on: impl FnMut(&[u8], &[Change])) {
        match self {
            Self::Plain => {}
            Self::Fold(fold) => {
                fold.folded.clear();
                fold.folder.finish(&mut fold.folded);
                fold.has_begun = false;
                if !fold.folded.is_empty() {
                    pass_on(&fold.folded, &[]);
                }
            }
            Self::Lines(grouper) => grouper.end_text(|line| {
                pieces_of(line).for_each(|piece| pass_on(piece, &[]));
            }),
        }
    }
}

impl Fold {
    fn feed(&mut self, mut rest: &[u8], mut pass_on: impl FnMut(&[u8], &[Change])) {
        if self.folder.leaves(rest) {
            pass_on(rest, &[]);
            return;
        }
        while !rest.is_empty() {
            let most = if self.has_begun { Folder::PIECE_BYTES } else { Folder::FIRST_BYTES };
            let piece;
            (piece, rest) = rest.split_at(rest.len().min(most));
            self.folded.clear();
            self.changes.clear();
            self.tracking.fold(&mut self.folder, piece, &mut self.folded, &mut self.changes);
            pass_on(&self.folded, &self.changes);
            self.has_begun = true;
        }
    }
}

impl Tracking {
    fn new(plan: &Plan, tracks: bool) -> Self {
        match (tracks, plan.has_parts_of_characters()) {
            (false, _) => Self::None,
            (true, false) => Self::Lengths,
            (true, true) => Self::All,
        }
    }

    fn fold(
        self,
        folder: &mut Folder,
        piece: &[u8],
        folded: &mut Vec<u8>,
        changes: &mut Vec<Change>,
    ) {
        match self {
            Self::None => folder.fold(piece, folded),
            Self::Lengths => folder.fold_and_track(piece, folded, false, changes),
            Self::All => folder.fold_and_track(piece, folded, true, changes),
        }
    }
}

/// Text around a range as scans are shown it, and the characters that changed.
pub(super) fn around<'t>(
    plan: &Plan,
    tracks: bool,
    text: &'t [u8],
) -> (Cow<'t, [u8]>, Vec<Change>) {
    let mut folder = plan.folder();
    if !plan.folds() || folder.leaves(text) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let (mut folded, mut changes) = (Vec::new(), Vec::new());
    Tracking::new(plan, tracks).fold(&mut folder, text, &mut folded, &mut changes);
    folder.finish(&mut folded);
    (Cow::Owned(folded), changes)
}

/// Whole lines, cut between lines.
fn pieces_of(mut lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let most = lines.len().min(LINE_PIECE_BYTES);
        let end = match memrchr(b'\n', &lines[..most]) {
            Some(line_feed) if lines.len() > most => line_feed + 1,
            _ => memchr(b'\n', &lines[most..]).map_or(lines.len(), |at| most + at + 1),
        };
        let piece;
        (piece, lines) = lines.split_at(end);
        (!piece.is_empty()).then_some(piece)
    })
}
