//! How the lines or the words of a text are spread over its bytes, for the axis of a plot.

use cogrep_match::{Hit, Words, word_breaks};
use cogrep_source::{Fault, Role};
use memchr::{memchr_iter, memrchr};

use crate::measure::{Dispersion, Measure, Piece, TextFacts};

/// What a text has besides bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Division {
    /// Lines; the last may have no line feed.
    Lines,
    /// Words: longest runs of word characters.
    Words,
}

impl Division {
    /// All that there are.
    pub const ALL: [Self; 2] = [Self::Lines, Self::Words];

    /// The name, in the plural.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Words => "words",
        }
    }
}

/// Finds out how many lines or words of a text end before each of its bytes, so that it can be
/// said in these where something is.
#[derive(Clone, Copy, Debug)]
pub struct Divide(pub Division);

/// How many lines or words of a text end in each bin of its bytes.
///
/// The bins are those of a [`Dispersion`], so they take no more memory for a longer text. Only
/// what may be parts of a word at the ends of a range is held besides: in text without any
/// space or sign of ASCII, that is all of it.
#[derive(Clone, Debug)]
pub struct Divisions {
    division: Division,
    /// The last bytes of all lines or words.
    ends: Dispersion,
    /// The end of what was gone through.
    end: u64,
    open: Open,
}

/// What is not known to have ended.
#[derive(Clone, Debug)]
enum Open {
    /// Whether the last line has bytes and no line feed.
    Line(bool),
    /// Parts of words.
    Words(Box<OpenWords>),
}

#[derive(Clone, Debug)]
struct OpenWords {
    finder: Words,
    /// Whether the text, or the range up to here, has a place that no word is across.
    has_break: bool,
    /// What is before the first such place.
    head: Part,
    /// What is after the last.
    tail: Part,
}

/// A part of a text, and where it begins.
#[derive(Clone, Debug)]
struct Part {
    start: u64,
    bytes: Vec<u8>,
}

impl Measure for Divide {
    type State = Divisions;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn begin(&self, text: &TextFacts) -> Result<Divisions, Fault> {
        let part = || Part { start: text.start, bytes: Vec::new() };
        let open = match self.0 {
            Division::Lines => Open::Line(false),
            Division::Words => Open::Words(Box::new(OpenWords {
                finder: Words::new(),
                has_break: text.start == 0,
                head: part(),
                tail: part(),
            })),
        };
        Ok(Divisions { division: self.0, ends: Dispersion::of(1), end: text.start, open })
    }

    fn hit(&self, _: &mut Divisions, _: Hit) {}

    fn piece(&self, state: &mut Divisions, piece: &Piece<'_>) {
        if piece.role != Role::Text || piece.text.is_empty() {
            return;
        }
        state.end = piece.end();
        match &mut state.open {
            Open::Line(is_open) => {
                for at in memchr_iter(b'\n', piece.text) {
                    state.ends.add(0, piece.offset + at as u64);
                }
                *is_open = memrchr(b'\n', piece.text) != Some(piece.text.len() - 1);
            }
            Open::Words(open) => open.piece(piece.text, piece.offset, &mut state.ends),
        }
    }

    fn join(&self, state: &mut Divisions, next: Divisions) {
        match (&mut state.open, next.open) {
            (Open::Line(is_open), Open::Line(next_is_open)) => {
                *is_open = if next.end > state.end { next_is_open } else { *is_open };
            }
            (Open::Words(open), Open::Words(next)) => open.join(*next, &mut state.ends),
            _ => unreachable!("ranges of a text are measured alike"),
        }
        state.end = state.end.max(next.end);
        state.ends.join(next.ends);
    }

    fn by_pattern(&self, mut state: Divisions, _: &[usize]) -> Divisions {
        // The text has ended, and with it its last line or word.
        match &mut state.open {
            Open::Line(is_open) => {
                if std::mem::take(is_open) {
                    state.ends.add(0, state.end - 1);
                }
            }
            Open::Words(open) => {
                let OpenWords { finder, head, tail, .. } = &mut **open;
                head.close(finder, &mut state.ends);
                tail.close(finder, &mut state.ends);
            }
        }
        state
    }
}

impl Divisions {
    /// Divisions from their bins, as [`Dispersion::from_bins`] takes them.
    #[must_use]
    pub fn from_bins(division: Division, bin_bytes: u64, bins: Vec<(u32, u64)>) -> Option<Self> {
        let ends = Dispersion::from_bins(bin_bytes, vec![bins])?;
        Some(Self { division, ends, end: 0, open: Open::Line(false) })
    }

    /// What they are.
    #[must_use]
    pub fn division(&self) -> Division {
        self.division
    }

    /// How many bytes a bin has.
    #[must_use]
    pub fn bin_bytes(&self) -> u64 {
        self.ends.bin_bytes()
    }

    /// The bins in which lines or words end, in order, and how many.
    pub fn bins(&self) -> impl Iterator<Item = (u32, u64)> {
        self.ends.bins(0)
    }
}

impl OpenWords {
    fn piece(&mut self, text: &[u8], offset: u64, ends: &mut Dispersion) {
        let Self { finder, has_break, head, tail } = self;
        let Some((first, last)) = word_breaks(text) else {
            if *has_break { tail } else { head }.bytes.extend_from_slice(text);
            return;
        };
        if *has_break {
            tail.bytes.extend_from_slice(&text[..first]);
            tail.close(finder, ends);
        } else {
            *has_break = true;
            head.bytes.extend_from_slice(&text[..first]);
        }
        let start = offset + first as u64;
        finder.find(&text[first..last], |word| ends.add(0, start + word.end as u64 - 1));
        tail.start = offset + last as u64;
        tail.bytes.extend_from_slice(&text[last..]);
    }

    fn join(&mut self, next: Self, ends: &mut Dispersion) {
        let Self { finder, has_break, head, tail } = self;
        if *has_break {
            tail.bytes.extend(next.head.bytes);
            if next.has_break {
                tail.close(finder, ends);
            }
        } else {
            head.bytes.extend(next.head.bytes);
        }
        if next.has_break {
            *has_break = true;
            *tail = next.tail;
        }
    }
}

impl Part {
    /// Adds the ends of its words, and forgets it.
    fn close(&mut self, finder: &mut Words, ends: &mut Dispersion) {
        finder.find(&self.bytes, |word| ends.add(0, self.start + word.end as u64 - 1));
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Rank;

    const TEXTS: [&str; 7] = [
        "",
        "word",
        "\n\none line, and no more\n",
        "it's the last\nthat has no end",
        "l'été 水滸 x\u{301}_1 \u{212a}",
        "\u{e9}t\u{e9}",
        " \n",
    ];

    /// The bins of a text that is gone through in two ranges, and in pieces of so many bytes.
    fn divided(division: Division, text: &[u8], cut: usize, piece_bytes: usize) -> Vec<(u32, u64)> {
        let measure = Divide(division);
        let range = |start: usize, range: &[u8]| {
            let facts = TextFacts {
                needles: 0,
                longest_bytes: 0,
                text_bytes: None,
                start: start as u64,
                source: Rank::default(),
            };
            let mut state = measure.begin(&facts).unwrap();
            for (nth, text) in range.chunks(piece_bytes).enumerate() {
                let offset = (start + nth * piece_bytes) as u64;
                let piece =
                    Piece { text, offset, role: Role::Text, is_last: false, hits: &[], settled: 0 };
                measure.piece(&mut state, &piece);
            }
            state
        };
        let mut state = range(0, &text[..cut]);
        measure.join(&mut state, range(cut, &text[cut..]));
        measure.by_pattern(state, &[]).bins().collect()
    }

    /// The last bytes of what a text has, found character by character.
    fn ends(division: Division, text: &str) -> Vec<(u32, u64)> {
        let is_inside = |char: char| match division {
            Division::Lines => char != '\n',
            Division::Words => cogrep_match::word::is_word(char),
        };
        let mut ends = Vec::new();
        let mut was_inside = false;
        for (at, char) in text.char_indices().chain([(text.len(), '\n')]) {
            let has_end = was_inside && !is_inside(char);
            let is_line_feed = division == Division::Lines && at < text.len() && char == '\n';
            if is_line_feed {
                ends.push((u32::try_from(at).unwrap(), 1));
            } else if has_end {
                ends.push((u32::try_from(at).unwrap() - 1, 1));
            }
            was_inside = is_inside(char);
        }
        ends
    }

    #[test]
    fn however_a_text_is_cut_it_has_the_same_lines_and_words() {
        for text in TEXTS {
            for division in Division::ALL {
                let expected = ends(division, text);
                for cut in 0..=text.len() {
                    for piece_bytes in 1..8 {
                        let found = divided(division, text.as_bytes(), cut, piece_bytes);
                        assert_eq!(
                            found, expected,
                            "{division:?} of {text:?}, {cut}, {piece_bytes}"
                        );
                    }
                }
            }
        }
        assert_eq!(ends(Division::Lines, TEXTS[3]), [(13, 1), (28, 1)]);
        assert_eq!(ends(Division::Words, TEXTS[3]).len(), 8);
    }

    #[test]
    fn bins_grow_with_the_text() {
        let text = b"a b\n".repeat(2_000);
        let lines = divided(Division::Lines, &text, 5_001, 4096);
        assert_eq!(lines.iter().map(|(_, count)| count).sum::<u64>(), 2_000);
        assert!(lines.len() <= 2_000, "{}", lines.len());
        let words = divided(Division::Words, &text, 5_001, 4096);
        assert_eq!(words.iter().map(|(_, count)| count).sum::<u64>(), 4_000);
    }
}
