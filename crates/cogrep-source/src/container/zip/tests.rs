//! Archives that are made by hand: by the directory and as a stream, cut off, damaged and
//! hostile.

use std::io::Write;

use proptest::prelude::*;

use super::super::testing::{Unpacked, said, unpack_as, unpack_file, unpack_file_with};
use super::super::{Formats, Recognition};
use super::*;
use crate::{Notice, OpenOptions, Outcome};

/// Writes one member after the other, and the directory.
#[derive(Clone, Default)]
struct Writer {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    members: u16,
}

/// How a member is written.
#[derive(Clone, Copy, Default)]
struct How {
    method: u16,
    flags: u16,
    /// Numbers are in extra fields of 64 bits.
    is_large: bool,
    unix_mode: u32,
}

const DEFLATE: How = How { method: 8, flags: 0, is_large: false, unix_mode: 0o100_644 };
const STORED: How = How { method: 0, ..DEFLATE };
const LATER: How = How { flags: 8, ..DEFLATE };

fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn sum(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

impl Writer {
    fn member(&mut self, name: &str, bytes: &[u8], how: How) -> &mut Self {
        let packed = if how.method == 8 { deflate(bytes) } else { bytes.to_vec() };
        let sizes = (packed.len() as u64, bytes.len() as u64);
        self.raw(name, &packed, sum(bytes), sizes, how)
    }

    fn raw(
        &mut self,
        name: &str,
        packed: &[u8],
        sum: u32,
        (packed_size, size): (u64, u64),
        how: How,
    ) -> &mut Self {
        let offset = self.bytes.len() as u64;
        let is_later = how.flags & 8 != 0;
        let (mut extra, mut central_extra) = (Vec::new(), Vec::new());
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        let mut sizes = [small(packed_size), small(size)].concat();
        let mut start = small(offset);
        if how.is_large {
            let numbers = [size.to_le_bytes(), packed_size.to_le_bytes()].concat();
            extra = [&b"\x01\x00\x10\x00"[..], &numbers].concat();
            central_extra = [&b"\x01\x00\x18\x00"[..], &numbers, &offset.to_le_bytes()].concat();
            sizes = vec![0xff; 8];
            start = [0xff; 4];
        }
        let local_sizes = if is_later { vec![0; 8] } else { sizes.clone() };
        let local_extra = if is_later { Vec::new() } else { extra };
        let local_sum = if is_later { [0; 4] } else { sum.to_le_bytes() };
        let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap().to_le_bytes();
        let head = [how.flags.to_le_bytes(), how.method.to_le_bytes(), [0; 2], [0; 2]].concat();
        let lengths = [length(name.as_bytes()), length(&local_extra)].concat();
        self.bytes.extend(
            [&record::LOCAL[..], &[20, 0], &head, &local_sum, &local_sizes, &lengths].concat(),
        );
        self.bytes.extend([name.as_bytes(), &local_extra, packed].concat());
        if is_later {
            let numbers = [sum.to_le_bytes(), small(packed_size), small(size)].concat();
            self.bytes.extend([&record::DESCRIPTOR[..], &numbers].concat());
        }
        let lengths = [length(name.as_bytes()), length(&central_extra), [0; 2]].concat();
        let attributes = [&[0; 4][..], &(how.unix_mode << 16).to_le_bytes()].concat();
        self.directory.extend(
            [&record::CENTRAL[..], &[20, 3, 20, 0], &head, &sum.to_le_bytes(), &sizes].concat(),
        );
        self.directory.extend([&lengths[..], &attributes, &start, name.as_bytes()].concat());
        self.directory.extend(central_extra);
        self.members += 1;
        self
    }

    fn end(&self) -> Vec<u8> {
        let small = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
        let numbers = [self.members.to_le_bytes(), self.members.to_le_bytes()].concat();
        let places = [small(self.directory.len()), small(self.bytes.len())].concat();
        let end = [&record::END[..], &[0; 4], &numbers, &places, &[0; 2]].concat();
        [&self.bytes[..], &self.directory, &end].concat()
    }
}

fn streamed(packed: &[u8]) -> (Vec<Unpacked>, Outcome) {
    unpack_as(Formats::built_in(), packed, usize::MAX)
}

fn all_kinds() -> Writer {
    let mut zip = Writer::default();
    let long = b"0123456789".repeat(20_000);
    zip.member("a", b"love", STORED)
        .member("folder/", b"", STORED)
        .member("folder/b", &long, DEFLATE)
        .member("large", b"hate", How { is_large: true, ..DEFLATE })
        .member("empty", b"", STORED)
        .member("later", &long, LATER)
        .member("stored later", b"PK\x07\x08 PK and hope", How { method: 0, ..LATER })
        .member("last", b"trust", DEFLATE);
    zip
}

fn expected(long: &[u8]) -> Vec<(&'static str, &[u8], bool)> {
    vec![
        ("box!a", b"love", true),
        ("box!folder/b", long, true),
        ("box!large", b"hate", true),
        ("box!empty", b"", true),
        ("box!later", long, true),
        ("box!stored later", b"PK\x07\x08 PK and hope", true),
        ("box!last", b"trust", true),
    ]
}

#[test]
fn members_are_found_by_the_directory_and_in_a_stream() {
    let long = b"0123456789".repeat(20_000);
    let packed = all_kinds().end();
    for (unpacked, outcome) in [unpack_file(&packed), streamed(&packed)] {
        assert!(outcome.is_complete(), "{outcome:?}");
        assert!(said(&unpacked) == expected(&long), "{:?}", unpacked.len());
    }
    for piece in [1, 13, 1000] {
        let (unpacked, outcome) = unpack_as(Formats::built_in(), &packed, piece);
        assert!(said(&unpacked) == expected(&long) && outcome.is_complete(), "{piece}");
    }
}

#[test]
fn what_cannot_be_unpacked_is_named_and_the_others_are_read() {
    let mut zip = Writer::default();
    zip.member("a", b"love", DEFLATE)
        .raw("secret", b"xxxx", 0, (4, 4), How { flags: 1, ..DEFLATE })
        .raw("odd", b"xxxx", 0, (4, 4), How { method: 97, ..DEFLATE })
        .raw("bad", &[0xff; 50], 0, (50, 100), DEFLATE)
        .raw("wrong", &deflate(b"hate"), 7, (deflate(b"hate").len() as u64, 4), DEFLATE)
        .raw("short", b"love", sum(b"love"), (4, 5), STORED)
        .member("z", b"hope", DEFLATE);
    let packed = zip.end();
    for (unpacked, outcome) in [unpack_file(&packed), streamed(&packed)] {
        assert!(outcome.is_complete(), "{outcome:?}");
        let faults: Vec<String> = unpacked
            .iter()
            .map(|(name, _, outcome)| {
                let fault = outcome.fault().map_or_else(String::new, ToString::to_string);
                format!("{name} {} {fault}", outcome.as_str())
            })
            .collect();
        assert_eq!(
            faults,
            [
                "box!a complete ",
                "box!secret failed it is encrypted",
                "box!odd failed it is packed by method 97, which is not known here",
                "box!bad failed the zip data is corrupt",
                "box!wrong partial the zip data does not have its check sum",
                "box!short partial the zip data is corrupt",
                "box!z complete ",
            ]
        );
    }
}

#[test]
fn members_that_overlap_are_refused_and_the_others_are_read() {
    let mut zip = Writer::default();
    zip.member("a", b"love", STORED).member("b", b"hate", STORED).member("c", b"hope", STORED);
    // The second one begins where the first does.
    let at = zip.directory.windows(4).enumerate();
    let starts: Vec<usize> =
        at.filter(|(_, bytes)| bytes == record::CENTRAL).map(|(at, _)| at).collect();
    zip.directory[starts[1] + 42..][..4].fill(0);
    let (unpacked, _) = unpack_file(&zip.end());
    let whole: Vec<bool> = unpacked.iter().map(|(_, _, outcome)| outcome.is_complete()).collect();
    assert_eq!(whole, [false, false, true]);
    assert!(matches!(unpacked[0].2.fault(), Some(Fault::Overlap { .. })));
}

#[test]
fn links_are_left_out_by_the_directory() {
    let mut zip = Writer::default();
    zip.member("link", b"a", How { unix_mode: 0o120_777, ..STORED }).member("a", b"love", STORED);
    let (unpacked, outcome) = unpack_file(&zip.end());
    assert_eq!(said(&unpacked), [("box!a", &b"love"[..], true)]);
    assert!(outcome.is_complete());
}

#[test]
fn what_could_not_be_a_link_a_device_or_a_folder_is_read() {
    let long = b"love ".repeat(1000);
    let mode = |unix_mode| How { unix_mode, ..STORED };
    let mut zip = Writer::default();
    zip.member("link", b"a", How { method: 8, ..mode(0o120_755) })
        .member("lines", b"love\nhate\n", How { method: 8, ..mode(0o120_644) })
        .member("long", &long, mode(0o120_777))
        .member("pipe", b"", mode(0o010_644))
        .member("socket", b"love", mode(0o140_644))
        .member("kept", b"", mode(0o040_755))
        .member("folder", b"hate", How { method: 8, ..mode(0o040_644) })
        .member("folder/", b"hope", STORED)
        .member("old/", b"", How { method: 8, ..STORED })
        .member("odd", b"trust", mode(0o110_644))
        .raw("damaged", &[0xff; 50], 0, (50, 100), How { method: 8, ..mode(0o120_644) });
    let (unpacked, outcome) = unpack_file(&zip.end());
    assert_eq!(
        said(&unpacked),
        [
            ("box!lines", &b"love\nhate\n"[..], true),
            ("box!long", &long, true),
            ("box!socket", b"love", true),
            ("box!folder", b"hate", true),
            ("box!folder/", b"hope", true),
            ("box!odd", b"trust", true),
            ("box!damaged", b"", false),
        ]
    );
    assert!(outcome.is_complete());
}

#[test]
fn a_member_with_two_names_is_read_by_that_of_the_directory_and_noticed() {
    let mut zip = Writer::default();
    zip.member("new/a", b"love", STORED).member("new/b", b"hate", DEFLATE);
    let name = |nth: u8| memchr::memmem::find(&zip.directory, &[b'/', nth]).unwrap();
    let (first, second) = (name(b'a'), name(b'b'));
    zip.directory[first + 1] = b'e';
    zip.directory[second] = b'\\';
    let options = OpenOptions::default();
    let (unpacked, outcome) = unpack_file_with(&zip.end(), &options);
    let expected = [("box!new/e", &b"love"[..], true), ("box!new\\b", b"hate", true)];
    assert_eq!(said(&unpacked), expected);
    assert!(outcome.is_complete());
    let notices = options.notices.take();
    let [(name, notice)] = &notices[..] else { panic!("{notices:?}") };
    assert!(name.to_string().ends_with("!new/e"), "{name}");
    assert_eq!(*notice, Notice::OtherName("new/a".to_owned()));
}

#[test]
fn a_zip_without_its_end_is_read_as_a_stream_and_the_cut_is_named() {
    let whole = all_kinds().end();
    let (all, _) = streamed(&whole);
    for cut in (4..whole.len()).step_by(if cfg!(debug_assertions) { 3 } else { 1 }) {
        for (unpacked, outcome) in [unpack_file(&whole[..cut]), streamed(&whole[..cut])] {
            assert!(!outcome.is_complete(), "{cut}");
            for (nth, (name, text, outcome)) in unpacked.iter().enumerate() {
                assert_eq!(*name, all[nth].0);
                assert!(all[nth].1.starts_with(text));
                assert!(!outcome.is_complete() || *text == all[nth].1, "{cut}");
            }
        }
    }
}

/// What the end says of the directory leads there, and is held against it in a stream.
#[test]
fn an_end_that_says_other_things_is_named() {
    let packed = all_kinds().end();
    let end = packed.len() - 22;
    // Members, bytes, and a position that is too large: one that is too small is right where
    // something is before the zip.
    for place in [10, 12, 19] {
        let mut damaged = packed.clone();
        damaged[end + place] ^= 1;
        for (is_file, (_, outcome)) in [(true, unpack_file(&damaged)), (false, streamed(&damaged))]
        {
            let is_named = matches!(outcome, Outcome::Partial(_) | Outcome::Failed(_));
            assert!(is_named, "{place}, a file: {is_file}");
        }
    }
}

#[test]
fn it_is_told_from_text_by_its_first_bytes() {
    assert_eq!(Zip.recognise(b""), Recognition::Not);
    assert_eq!(Zip.recognise(b"P"), Recognition::Unsure);
    assert_eq!(Zip.recognise(b"PK\x05\x06"), Recognition::Is);
    assert_eq!(Zip.recognise(b"PKware"), Recognition::Not);
    let (unpacked, outcome) = unpack_file(&Writer::default().end());
    assert!(unpacked.is_empty() && outcome.is_complete());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is damaged, reading ends, and a member that is whole was not touched.
    #[test]
    fn damage_anywhere_is_survived(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..4),
    ) {
        let mut zip = Writer::default();
        zip.member("a", b"love", STORED)
            .member("b", &b"love and hate ".repeat(50), DEFLATE)
            .member("c", b"hope", LATER)
            .member("d", b"PK\x07\x08", How { method: 0, ..LATER })
            .member("e", b"trust", How { is_large: true, ..DEFLATE });
        let mut packed = zip.end();
        let length = packed.len();
        for (at, bit) in flips {
            packed[4 + at.index(length - 4)] ^= 1 << bit;
        }
        for (unpacked, _) in [unpack_file(&packed), streamed(&packed)] {
            prop_assert!(unpacked.len() <= 6);
        }
    }
}
