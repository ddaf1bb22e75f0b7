//! Joins the pieces of a text, so that an engine finds places across their seams.
//!
//! A large piece is searched where it lies; only the zone around a seam is copied.
//! Small pieces are gathered first. What is kept is bounded by the longest needle,
//! whatever the text.

use std::ops::Range;

/// A stretch of text, and the places in it that are to be decided now.
#[derive(Clone, Debug)]
pub(crate) struct Window<'t> {
    /// The stretch, with as much around the places as the context asks for.
    pub(crate) text: &'t [u8],
    /// A place is to be decided now if it ends after `ends.start` and not after `ends.end`.
    /// The bytes of this range are in no other window's range.
    pub(crate) ends: Range<usize>,
    /// How many bytes came before `text`, in this and all earlier texts.
    pub(crate) offset: u64,
}

/// How many bytes around the end of a place a decision needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Before its last byte: the rest of the place, and what must be seen before it.
    pub before: usize,
    /// After its last byte.
    pub after: usize,
}

/// Turns the pieces of texts into windows: every end of a place is in exactly one,
/// and the ends come in order.
#[derive(Debug)]
pub(crate) struct Windower {
    context: Context,
    /// What may still be needed of the pieces so far.
    held: Vec<u8>,
    /// The ends up to here in `held` have been in a window.
    decided: usize,
    /// How many bytes came before `held`.
    offset: u64,
}

impl Windower {
    /// A windower at the start of a text.
    pub(crate) fn new(context: Context) -> Self {
        Self { context, held: Vec::new(), decided: 0, offset: 0 }
    }

    /// How many bytes came before what is held, in this and all earlier texts.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Adds the next piece, and shows what can be decided with it.
    pub(crate) fn feed(&mut self, piece: &[u8], mut decide: impl FnMut(&Window<'_>)) {
        let Context { before, after } = self.context;
        let reach = before + after;
        if piece.len() <= reach {
            self.gather(piece, decide);
            return;
        }
        let held = self.held.len();
        let start = if held == 0 {
            0
        } else {
            self.held.extend_from_slice(&piece[..reach]);
            decide(&self.window(held + before));
            before
        };
        self.offset += held as u64;
        let end = piece.len() - after;
        decide(&Window { text: piece, ends: start..end, offset: self.offset });

        let kept = end.saturating_sub(before);
        self.held.clear();
        self.held.extend_from_slice(&piece[kept..]);
        self.decided = end - kept;
        self.offset += kept as u64;
    }

    /// Shows what can be decided of small pieces that were gathered.
    pub(crate) fn catch_up(&mut self, mut decide: impl FnMut(&Window<'_>)) {
        let end = self.held.len().saturating_sub(self.context.after);
        if end > self.decided {
            decide(&self.window(end));
            self.decided = end;
        }
    }

    /// Begins after these bytes of a text. The places that end in them are decided elsewhere.
    /// Gives the offset after them.
    pub(crate) fn begin_range(&mut self, before: &[u8]) -> u64 {
        let held = before.len().min(self.context.before);
        self.offset += (before.len() - held) as u64;
        self.held.clear();
        self.held.extend_from_slice(&before[before.len() - held..]);
        self.decided = held;
        self.offset + held as u64
    }

    /// Ends a range of a text that these bytes follow, and shows what was still undecided.
    /// Gives the offset of its end.
    pub(crate) fn end_range(&mut self, after: &[u8], mut decide: impl FnMut(&Window<'_>)) -> u64 {
        let end = self.held.len();
        self.held.extend_from_slice(after);
        decide(&self.window(end));
        let offset = self.offset + end as u64;
        self.drop_held(self.held.len());
        self.decided = 0;
        offset
    }

    /// Ends the text, and shows what was still undecided.
    pub(crate) fn end_text(&mut self, decide: impl FnMut(&Window<'_>)) {
        self.end_range(&[], decide);
    }

    /// Adds a small piece, and shows what is held only when it has become much: each byte is
    /// then looked at a few times, however small the pieces are.
    fn gather(&mut self, piece: &[u8], mut decide: impl FnMut(&Window<'_>)) {
        let Context { before, after } = self.context;
        self.held.extend_from_slice(piece);
        if self.held.len() > 2 * (before + after) + 16 {
            let end = self.held.len() - after;
            decide(&self.window(end));
            self.drop_held(end - before);
            self.decided = before;
        }
    }

    fn window(&self, end: usize) -> Window<'_> {
        Window { text: &self.held, ends: self.decided..end, offset: self.offset }
    }

    fn drop_held(&mut self, len: usize) {
        self.held.drain(..len);
        self.offset += len as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds pieces of these lengths in turn, and checks all that a window promises.
    fn check(context: Context, text: &[u8], lens: &[usize]) {
        let mut windower = Windower::new(context);
        for text_start in [0, text.len()] {
            let mut decided = 0;
            let mut most_held = 0;
            let mut look = |window: &Window<'_>| {
                let at = usize::try_from(window.offset).unwrap() - text_start;
                assert_eq!(window.text, &text[at..at + window.text.len()]);
                assert_eq!(at + window.ends.start, decided);
                decided = at + window.ends.end;
                let complete = at == 0 || window.ends.start >= context.before;
                assert!(complete, "{context:?} {lens:?} {window:?}");
                let rest = window.text.len() - window.ends.end;
                assert!(rest >= context.after || at + window.text.len() == text.len());
            };
            let (mut rest, mut lens) = (text, lens.iter().cycle());
            while !rest.is_empty() {
                let piece = rest.split_off(..rest.len().min(*lens.next().unwrap())).unwrap();
                windower.feed(piece, &mut look);
                if rest.len().is_multiple_of(3) {
                    windower.catch_up(&mut look);
                }
                most_held = most_held.max(windower.held.len());
            }
            windower.end_text(&mut look);
            assert_eq!(decided, text.len());
            assert!(most_held <= 2 * (context.before + context.after) + 16);
        }
    }

    #[test]
    fn every_end_is_shown_once_in_order_and_with_its_context() {
        let text: Vec<u8> = (0..=255).cycle().take(700).collect();
        for before in [0, 1, 2, 5, 40] {
            for after in [0, 1, 4] {
                for lens in [&[1][..], &[2], &[3, 1], &[7], &[50, 1, 1, 100], &[0, 200, 3], &[700]]
                {
                    check(Context { before, after }, &text, lens);
                }
                check(Context { before, after }, b"", &[1]);
            }
        }
    }

    #[test]
    fn a_part_is_shown_with_its_surroundings_and_nothing_else() {
        let text: Vec<u8> = (0..=255).cycle().take(300).collect();
        for (before, after) in [(0, 0), (1, 2), (7, 4), (40, 0)] {
            for (start, end) in [(1, 2), (5, 5), (20, 290), (60, 61), (100, 140)] {
                for len in [1, 3, 50, 300] {
                    let mut windower = Windower::new(Context { before, after });
                    let mut decided = start;
                    let mut look = |window: &Window<'_>| {
                        let at = usize::try_from(window.offset).unwrap();
                        assert_eq!(window.text, &text[at..at + window.text.len()]);
                        assert_eq!(at + window.ends.start, decided);
                        decided = at + window.ends.end;
                        assert!(at == 0 || window.ends.start >= before);
                        let rest = window.text.len() - window.ends.end;
                        assert!(rest >= after || at + window.text.len() == text.len());
                    };
                    assert_eq!(windower.begin_range(&text[..start]), start as u64);
                    text[start..end].chunks(len).for_each(|piece| windower.feed(piece, &mut look));
                    let rest = &text[end..(end + after).min(text.len())];
                    assert_eq!(windower.end_range(rest, &mut look), end as u64);
                    assert_eq!(decided, end);
                }
            }
        }
    }

    #[test]
    fn a_large_piece_is_not_copied() {
        let mut windower = Windower::new(Context { before: 3, after: 0 });
        let piece = vec![b'a'; 1000];
        windower.feed(&piece, |_| ());
        let mut copied = 0;
        windower.feed(&piece, |window| {
            if !std::ptr::eq(window.text.as_ptr(), piece.as_ptr()) {
                copied += window.text.len();
            }
        });
        assert_eq!(copied, 6);
    }
}
