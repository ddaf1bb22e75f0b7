//! Short words and how often each occurs, in a table that fits into the cache of a core: a
//! word is one load, one mask and one comparison there, with the place where it is looked for
//! first.

use super::SimdLevel;
use super::dispatch::dispatch;
use super::vector::{Block, Short};

/// Words of at most this many bytes are short.
pub(crate) const SHORT: usize = 16;

/// How many places there are.
const PLACES: usize = 1 << 16;

/// At most this many words are in them: looking for one takes few steps until then.
const MOST: usize = PLACES / 2;

/// For each length, which bytes of sixteen are of a word.
static MASKS: [[u8; SHORT]; SHORT + 1] = {
    let mut masks = [[0; SHORT]; SHORT + 1];
    let mut length = 1;
    while length <= SHORT {
        let mut at = 0;
        while at < length {
            masks[length][at] = 0xFF;
            at += 1;
        }
        length += 1;
    }
    masks
};

/// A place of the table: a word, with zeros after it, and how often it was counted. No word has
/// a zero byte, and none is empty: there is none in a place of zeros.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(32))]
struct Place {
    word: [u8; SHORT],
    count: u64,
}

/// Short words and their counts. It may hold a word twice: what is reported adds up.
#[derive(Debug)]
pub(crate) struct ShortWords {
    level: SimdLevel,
    places: Box<[Place; PLACES]>,
    /// How many words there are.
    length: usize,
}

impl ShortWords {
    pub(crate) fn new(level: SimdLevel) -> Self {
        let places = vec![Place::default(); PLACES].into_boxed_slice();
        Self { level, places: places.try_into().expect("as many places as that"), length: 0 }
    }

    /// Counts the words of these runs, which are words if they are ASCII; those that are not, or
    /// that are long, are appended to `others`. When it is full, it stops: gives how many runs
    /// it is done with.
    ///
    /// # Panics
    ///
    /// If the text has no sixteen bytes from the beginning of a run on, or a run ends before
    /// it begins.
    pub(crate) fn count(
        &mut self,
        text: &[u8],
        runs: &[[u32; 2]],
        others: &mut Vec<[u32; 2]>,
    ) -> usize {
        self.add::<true>(text, runs, others)
    }

    /// Counts one short word, unless it is full: says whether it did.
    pub(crate) fn count_one(&mut self, word: &[u8]) -> bool {
        let mut text = [0; SHORT];
        text[..word.len()].copy_from_slice(word);
        #[allow(clippy::cast_possible_truncation, reason = "sixteen at most")]
        let run = [0, word.len() as u32];
        self.add::<false>(&text, &[run], &mut Vec::new()) == 1
    }

    /// Words are what runs of ASCII are, or what all of these are.
    fn add<const ASCII: bool>(
        &mut self,
        text: &[u8],
        runs: &[[u32; 2]],
        others: &mut Vec<[u32; 2]>,
    ) -> usize {
        let Self { level, places, length } = self;
        let level = *level;
        dispatch!(SimdLevel: level, fn<B, const ASCII: bool>(
            text: &[u8],
            runs: &[[u32; 2]],
            others: &mut Vec<[u32; 2]>,
            places: &mut [Place; PLACES],
            length: &mut usize,
        ) -> usize {
            // SAFETY: compiled for the instructions of `B`.
            unsafe { add::<B, ASCII>(text, runs, others, places, length) }
        })
    }

    /// Reports each word, and forgets them.
    pub(crate) fn drain(&mut self, report: &mut impl FnMut(&[u8], u64)) {
        if self.length == 0 {
            return;
        }
        self.length = 0;
        for place in &mut self.places[..] {
            if place.count > 0 {
                let length = SHORT - u128::from_le_bytes(place.word).leading_zeros() as usize / 8;
                report(&place.word[..length], place.count);
                *place = Place::default();
            }
        }
    }
}

/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn add<B: Block, const ASCII: bool>(
    text: &[u8],
    runs: &[[u32; 2]],
    others: &mut Vec<[u32; 2]>,
    places: &mut [Place; PLACES],
    length: &mut usize,
) -> usize {
    for (nth, run) in runs.iter().enumerate() {
        let [start, end] = run.map(|bound| bound as usize);
        let near = &text[start..start + SHORT];
        let Some(mask) = MASKS.get(end - start) else {
            others.push(*run);
            continue;
        };
        // SAFETY: the caller answers for the instructions; all three are sixteen bytes.
        let (at, is_there) = unsafe {
            let word = B::Short::load(near.as_ptr()).and(B::Short::load(mask.as_ptr()));
            if ASCII && !word.is_ascii() {
                others.push(*run);
                continue;
            }
            let at = word.hash() as usize % PLACES;
            (at, word.equals(B::Short::load(places[at].word.as_ptr())))
        };
        if is_there {
            places[at].count += 1;
        } else if !add_after(places, at, &near[..end - start], length) {
            return nth;
        }
    }
    runs.len()
}

/// Adds a word that is not in the first place where it is looked for, unless there is no room:
/// says whether it did.
#[cold]
#[inline(never)]
fn add_after(
    places: &mut [Place; PLACES],
    mut at: usize,
    bytes: &[u8],
    length: &mut usize,
) -> bool {
    let mut word = [0; SHORT];
    word[..bytes.len()].copy_from_slice(bytes);
    while places[at].count > 0 {
        if places[at].word == word {
            places[at].count += 1;
            return true;
        }
        at = (at + 1) % PLACES;
    }
    let has_room = *length < MOST;
    if has_room {
        *length += 1;
        places[at] = Place { word, count: 1 };
    }
    has_room
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Runs of these words in a text, which has sixteen bytes more.
    fn text_of(words: &[&[u8]]) -> (Vec<u8>, Vec<[u32; 2]>) {
        let (mut text, mut runs) = (Vec::new(), Vec::new());
        for word in words {
            let start = u32::try_from(text.len()).unwrap();
            text.extend_from_slice(word);
            runs.push([start, u32::try_from(text.len()).unwrap()]);
            text.push(b' ');
        }
        text.extend([b'x'; SHORT]);
        (text, runs)
    }

    fn drained(words: &mut ShortWords) -> BTreeMap<Vec<u8>, u64> {
        let mut all = BTreeMap::new();
        words.drain(&mut |word, count| *all.entry(word.to_vec()).or_insert(0) += count);
        all
    }

    #[test]
    fn short_words_are_counted_and_the_others_are_given_back() {
        let long = [b'a'; SHORT + 1];
        let words: Vec<&[u8]> =
            vec![b"to", b"be", &long[1..], &long, "été".as_bytes(), b"To", b"to", b"b"];
        let (text, runs) = text_of(&words);
        for level in SimdLevel::available() {
            let mut table = ShortWords::new(level);
            let mut others = Vec::new();
            assert_eq!(table.count(&text, &runs, &mut others), runs.len());
            assert_eq!(others, [runs[3], runs[4]], "{level:?}");
            assert!(table.count_one("été".as_bytes()) && table.count_one(b"be"));
            let expected: [(&[u8], u64); 6] = [
                (b"To", 1),
                (b"b", 1),
                (b"be", 2),
                (&long[1..], 1),
                (b"to", 2),
                ("été".as_bytes(), 1),
            ];
            let expected: BTreeMap<_, _> =
                expected.into_iter().map(|(word, count)| (word.to_vec(), count)).collect();
            assert_eq!(drained(&mut table), expected, "{level:?}");
            assert_eq!(drained(&mut table), BTreeMap::new());
        }
    }

    #[test]
    fn a_full_table_stops_where_a_word_is_new() {
        let words: Vec<Vec<u8>> =
            (0..MOST + 10).map(|nth| format!("{:x}", nth * 7).into_bytes()).collect();
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let (text, runs) = text_of(&words);
        for level in SimdLevel::available() {
            let mut table = ShortWords::new(level);
            let mut others = Vec::new();
            assert_eq!(table.count(&text, &runs, &mut others), MOST, "{level:?}");
            assert_eq!(table.count(&text, &runs[..MOST], &mut others), MOST, "all are known");
            assert!(!table.count_one(b"new") && table.count_one(words[0]));
            let all = drained(&mut table);
            assert_eq!((all.len(), all[words[0]], all[words[1]]), (MOST, 3, 2));
            assert_eq!(table.count(&text, &runs[MOST..], &mut others), 10);
            assert!(others.is_empty());
        }
    }
}
