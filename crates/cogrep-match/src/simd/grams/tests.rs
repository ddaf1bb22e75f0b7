//! Any grams in any text: the kernel finds what a plain search finds.

use proptest::prelude::*;

use super::scan::is_at;
use super::*;

const WANTED: [Wanted; 3] = [Wanted::Count, Wanted::CountWords, Wanted::Show];

#[derive(Default)]
struct Places(Vec<Vec<usize>>);

impl MaskSink for Places {
    fn take(&mut self, index: usize, start: usize, mask: u64) {
        assert_ne!(mask, 0);
        let bits = (0..BLOCK_BYTES).filter(|bit| mask >> bit & 1 == 1);
        self.0[index].extend(bits.map(|bit| start.wrapping_add(bit)));
    }
}

fn naive(haystack: &Haystack<'_>, gram: Gram<'_>) -> Vec<usize> {
    let grams = haystack.grams.clone();
    grams.filter(|place| is_at(haystack, gram, *place)).map(|place| place - gram.offset).collect()
}

/// Checks grams of this many bytes, by every kind of filter that suits them.
fn check(haystack: &Haystack<'_>, gram_bytes: usize, grams: &[Gram<'_>]) {
    let lowered = match haystack.case {
        Case::Matters => haystack.text.to_vec(),
        Case::Ignored => haystack.text.to_ascii_lowercase(),
    };
    let plain = Haystack { text: &lowered, case: Case::Matters, ..haystack.clone() };
    let expected: Vec<_> = grams.iter().map(|gram| naive(&plain, *gram)).collect();
    for level in SimdLevel::available() {
        let kinds = FilterKind::suiting(level, gram_bytes);
        for kind in kinds.into_iter().filter(|kind| kind.gram_bytes() == gram_bytes) {
            let mut places = Places(vec![Vec::new(); grams.len()]);
            let seen = find(level, kind, grams, haystack, &mut places);
            for (index, gram) in grams.iter().enumerate() {
                let (shown, counted) = (&places.0[index], seen.counts[index]);
                let right = match gram.wanted {
                    Wanted::Count => (vec![], expected[index].len() as u64),
                    Wanted::CountWords => words(&expected[index], shown, *gram, haystack),
                    Wanted::Show => (expected[index].clone(), 0),
                };
                let found = (shown.clone(), counted);
                assert_eq!(found, right, "{level:?} {kind:?} {gram:?} {haystack:?}");
            }
        }
    }
}

/// Which of these places are to be shown, and how many counted, given those that were shown:
/// at the edges, more may be than need be.
fn words(
    places: &[usize],
    shown: &[usize],
    gram: Gram<'_>,
    haystack: &Haystack<'_>,
) -> (Vec<usize>, u64) {
    let neighbours = |place: usize| {
        let before = place.checked_sub(1).and_then(|at| haystack.text.get(at));
        [before, haystack.text.get(place + gram.needle.len())]
    };
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let has_word = |place: usize| neighbours(place).into_iter().flatten().any(is_word);
    let is_unclear = |place: usize| {
        neighbours(place).into_iter().any(|byte| byte.is_none_or(|byte| !byte.is_ascii()))
    };
    let may_be = places.iter().copied().filter(|place| !has_word(*place));
    let (show, count): (Vec<_>, Vec<_>) =
        may_be.partition(|place| shown.contains(place) || is_unclear(*place));
    let at_edges = shown.iter().copied().filter(|place| has_word(*place));
    let mut show: Vec<_> = show.into_iter().chain(at_edges).collect();
    show.sort_unstable();
    assert!(shown.iter().all(|place| places.contains(place)));
    (show, count.len() as u64)
}

/// Texts of few letters, so that needles occur in them.
fn text(len: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&b"aaabAA@`!_ \x80\xFF"[..]), len)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn places_are_those_of_a_plain_search(
        text in text(0..400),
        needles in prop::collection::vec((text(1..24), any::<prop::sample::Index>()), 1..=MOST),
        gram_bytes in 1..=MOST,
        (start, end) in (0_usize..80, 0_usize..80),
        (first_gram, last_gram) in (0_usize..80, 0_usize..80),
        skip in 0_usize..64,
        case in prop::sample::select(&[Case::Matters, Case::Ignored][..]),
    ) {
        let mut needles = needles;
        if case == Case::Ignored {
            for (needle, _) in &mut needles {
                needle.make_ascii_lowercase();
            }
        }
        // Without the bytes skipped, blocks begin at any alignment.
        let text = &text[skip.min(text.len())..];
        let shortest = needles.iter().map(|(needle, _)| needle.len()).min().unwrap_or(1);
        let gram_bytes = gram_bytes.min(shortest);
        let grams: Vec<_> = needles
            .iter()
            .map(|(needle, at)| Gram {
                needle,
                offset: at.index(needle.len() - gram_bytes + 1),
                wanted: WANTED[at.index(WANTED.len())],
            })
            .collect();
        let within = |start: usize, end: usize| {
            let start = start.min(text.len());
            start..text.len().saturating_sub(end).max(start)
        };
        let grams_end = (text.len() + 1).saturating_sub(gram_bytes);
        let first_gram = first_gram.min(grams_end);
        let haystack = Haystack {
            text,
            case,
            ends: within(start, end),
            grams: first_gram..grams_end.saturating_sub(last_gram).max(first_gram),
        };
        check(&haystack, gram_bytes, &grams);
    }
}

#[test]
fn lengths_around_blocks() {
    for len in (0..8).chain(60..72).chain(124..136).chain(188..200) {
        let text = vec![b'a'; len];
        for needle in [&b"a"[..], b"aa", b"aaa", b"aaaa", &[b'a'; 63], &[b'a'; 64], &[b'a'; 65]] {
            let gram_bytes = needle.len().min(MOST);
            let haystack =
                Haystack { text: &text, case: Case::Matters, ends: 0..len, grams: 0..len };
            let grams = (len + 1).saturating_sub(gram_bytes);
            for offset in [0, needle.len() - gram_bytes] {
                let haystack = Haystack { grams: 0..grams, ..haystack.clone() };
                for wanted in WANTED {
                    check(&haystack, gram_bytes, &[Gram { needle, offset, wanted }]);
                }
            }
        }
    }
}

#[test]
fn every_byte_beside_a_needle() {
    let neighbours =
        (0..=255_u8).flat_map(|byte| [byte, b'q', b'z', byte, b'-', b'-', b'q', b'z', byte]);
    let text = [vec![b'-'; 100], neighbours.collect(), vec![b'-'; 200]].concat();
    let all = 0..text.len();
    for case in [Case::Matters, Case::Ignored] {
        let haystack = Haystack { text: &text, case, ends: all.clone(), grams: 0..text.len() - 1 };
        check(&haystack, 2, &[Gram { needle: b"qz", offset: 0, wanted: Wanted::CountWords }]);
    }
}

#[test]
fn needles_that_end_outside_do_not_count() {
    let text = vec![b'a'; 300];
    let needle = &b"aaaaaa"[..];
    for cut in 0..70_usize {
        for (ends, from) in [(cut..300, cut.saturating_sub(7)), (0..300 - cut, 0)] {
            for first in from..from + 9 {
                let haystack =
                    Haystack { text: &text, case: Case::Matters, ends: ends.clone(), grams: 0..0 };
                for offset in [0, 2] {
                    let grams = first..text.len() - 3;
                    let haystack = Haystack { grams, ..haystack.clone() };
                    check(&haystack, 4, &[Gram { needle, offset, wanted: Wanted::Count }]);
                }
            }
        }
    }
}
