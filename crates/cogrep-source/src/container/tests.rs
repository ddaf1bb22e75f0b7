//! A container of a simple format, whole, cut off and damaged.

use std::sync::Arc;

use proptest::prelude::*;

use super::testing::{Pieces, Unpacked, said, unpack_as};
use super::*;
use crate::source::{Content, Source};
use crate::wait::{Blocking, block_on};

/// `BOX\n`, then for each member a line `name length sum`, its bytes and a line feed; an
/// empty line at the end. The sum is that of the bytes, modulo 256.
#[derive(Debug)]
struct Boxes;

impl ContainerFormat for Boxes {
    fn name(&self) -> &'static str {
        "box"
    }

    fn start_bytes(&self) -> usize {
        4
    }

    fn recognise(&self, start: &[u8]) -> Recognition {
        start.starts_with(b"BOX\n").into()
    }

    fn split(&self) -> Box<dyn Splitter> {
        Box::new(Unbox::Start)
    }
}

enum Unbox {
    Start,
    Between,
    Inside { left: usize, sum: u8 },
    After { sum: u8 },
}

impl Splitter for Unbox {
    fn step(&mut self, bytes: &[u8], _: bool, member: &mut [u8]) -> Split {
        let within = |taken, written| Split { taken, written, event: Event::Within };
        match self {
            Self::Start if bytes.len() >= 4 => {
                *self = Self::Between;
                within(4, 0)
            }
            Self::Between => {
                let Some(end) = memchr::memchr(b'\n', bytes) else { return within(0, 0) };
                let line = String::from_utf8_lossy(&bytes[..end]).into_owned();
                let words: Vec<&str> = line.split(' ').collect();
                let event = match words[..] {
                    [""] => Event::Over(None),
                    [name, length, sum] => {
                        let left = length.parse().unwrap();
                        *self = Self::Inside { left, sum: sum.parse().unwrap() };
                        Event::Begin { name: name.into(), size: Some(left as u64) }
                    }
                    _ => Event::Over(Some(Fault::Corrupt { format: "box" })),
                };
                Split { taken: end + 1, written: 0, event }
            }
            Self::Inside { left: 0, sum } => {
                *self = Self::After { sum: *sum };
                within(0, 0)
            }
            Self::Inside { left, sum } => {
                let length = (*left).min(bytes.len()).min(member.len());
                member[..length].copy_from_slice(&bytes[..length]);
                *left -= length;
                *sum = bytes[..length].iter().fold(*sum, |sum, byte| sum.wrapping_sub(*byte));
                if *left == 0 {
                    *self = Self::After { sum: *sum };
                }
                within(length, length)
            }
            Self::After { sum } if !bytes.is_empty() => {
                let fault = (*sum != 0).then_some(Fault::Corrupt { format: "box" });
                *self = Self::Between;
                Split { taken: 1, written: 0, event: Event::End(fault) }
            }
            Self::Start | Self::After { .. } => within(0, 0),
        }
    }
}

fn pack(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = b"BOX\n".to_vec();
    for (name, bytes) in members {
        let sum = bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        packed.extend(format!("{name} {} {sum}\n", bytes.len()).into_bytes());
        packed.extend(*bytes);
        packed.push(b'\n');
    }
    packed.push(b'\n');
    packed
}

fn unpack(packed: &[u8], piece: usize) -> (Vec<Unpacked>, Outcome) {
    let format: Arc<dyn ContainerFormat> = Arc::new(Boxes);
    unpack_as([format].into_iter().collect(), packed, piece)
}

#[test]
fn members_have_names_texts_and_outcomes_of_their_own() {
    let long = b"0123456789".repeat(50_000);
    let packed = pack(&[("a", b"love"), ("b", b""), ("c/d", &long)]);
    for piece in [1, 3, 1000, usize::MAX] {
        let (unpacked, outcome) = unpack(&packed, piece);
        let expected =
            [("box!a", &b"love"[..], true), ("box!b", b"", true), ("box!c/d", &long, true)];
        assert!(said(&unpacked) == expected && outcome.is_complete());
    }
}

#[test]
fn a_damaged_member_does_not_end_its_container() {
    let mut packed = pack(&[("a", b"love"), ("b", b"hate"), ("c", b"hope")]);
    let at = packed.windows(4).position(|bytes| bytes == b"hate").unwrap();
    packed[at] = b'H';
    let (unpacked, outcome) = unpack(&packed, usize::MAX);
    let expected =
        [("box!a", &b"love"[..], true), ("box!b", b"Hate", false), ("box!c", b"hope", true)];
    assert_eq!(said(&unpacked), expected);
    assert!(outcome.is_complete());
}

#[test]
#[cfg(feature = "gzip")]
fn members_and_the_container_itself_may_be_compressed_or_encoded() {
    use std::io::Write;

    let gzip = |plain: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    };
    let packed = gzip(&pack(&[("a", &gzip(b"love")), ("b", b"\xFF\xFEh\0i\0"), ("c", b"hope")]));
    for piece in [1, 1000] {
        let (unpacked, outcome) = unpack(&packed, piece);
        let expected =
            [("box!a", &b"love"[..], true), ("box!b", b"hi", true), ("box!c", b"hope", true)];
        assert!(said(&unpacked) == expected && outcome.is_complete());
    }
    let (unpacked, outcome) = unpack(&packed[..packed.len() - 12], 1000);
    assert!(!unpacked.is_empty());
    assert!(
        matches!(outcome, Outcome::Partial(Fault::Truncated { format: "gzip" })),
        "{outcome:?}"
    );
}

/// What is not read of a member is skipped.
#[test]
fn members_need_not_be_read() {
    let long = b"0123456789".repeat(50_000);
    let packed = pack(&[("a", &long), ("b", b""), ("c", &long)]);
    let options = OpenOptions {
        backend: Arc::new(Pieces(packed, 1000)),
        containers: [Arc::new(Boxes) as Arc<dyn ContainerFormat>].into_iter().collect(),
        ..OpenOptions::default()
    };
    let name = SourceName::memory("box");
    block_on(async {
        let source = Source::open(&name, &options, Blocking(())).await.unwrap();
        let mut chunk = Chunk::new();
        let Content::Container(mut container) = source.begin(&mut chunk).await else {
            panic!("it is a container");
        };
        let mut names = Vec::new();
        loop {
            match container.next(&mut chunk, &Selection::default()).await {
                Next::Nested { .. } => unreachable!("no member is a container"),
                Next::End { outcome, .. } => {
                    assert!(outcome.is_complete());
                    break;
                }
                Next::Member(member) => {
                    names.push(member.name().to_string());
                    assert_eq!(
                        member.text_bytes(),
                        Some(if names.len() == 2 { 0 } else { 500_000 })
                    );
                    *container = member.end().1;
                }
            }
        }
        assert_eq!(names, ["box!a", "box!b", "box!c"]);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever is cut off, what came before is read, and the end is named.
    #[test]
    fn a_cut_container_is_partial(
        texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..5),
        cut in any::<prop::sample::Index>(),
        piece in 1..20_usize,
    ) {
        let texts: Vec<Vec<u8>> =
            texts.into_iter().map(|text| [b"text: ".to_vec(), text].concat()).collect();
        let members: Vec<(&str, &[u8])> = texts.iter().map(|text| ("m", &**text)).collect();
        let packed = pack(&members);
        let kept = 4 + cut.index(packed.len() - 4);
        let (unpacked, outcome) = unpack(&packed[..kept], piece);
        let is_cut = matches!(outcome.fault(), Some(Fault::Truncated { format: "box" }));
        prop_assert!(is_cut, "{outcome:?}");
        for (nth, (_, text, outcome)) in unpacked.iter().enumerate() {
            prop_assert!(texts[nth].starts_with(text));
            prop_assert!(!outcome.is_complete() || texts[nth] == *text);
            prop_assert!(outcome.is_complete() || nth + 1 == unpacked.len());
        }
    }
}
