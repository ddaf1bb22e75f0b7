//! Archives that are made by hand: every kind of member, cut off, damaged and hostile.

use proptest::prelude::*;

use super::super::testing::{Unpacked, said, unpack_as};
use super::super::{Formats, Recognition};
use super::*;
use crate::Outcome;

/// Writes one header after the other, each with its bytes.
#[derive(Clone, Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn entry(&mut self, name: &str, type_: u8, bytes: &[u8]) -> &mut Self {
        self.header(name, type_, bytes.len() as u64, |_| {}).bytes(bytes)
    }

    fn header(
        &mut self,
        name: &str,
        type_: u8,
        size: u64,
        change: impl FnOnce(&mut [u8; 512]),
    ) -> &mut Self {
        let mut block = [0; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[100..107].copy_from_slice(b"0000644");
        block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        block[156] = type_;
        block[257..265].copy_from_slice(b"ustar\x0000");
        change(&mut block);
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend(block);
        self
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend(bytes);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn end(&self) -> Vec<u8> {
        [&self.0[..], &[0; 1024]].concat()
    }
}

fn unpack(packed: &[u8]) -> (Vec<Unpacked>, Outcome) {
    unpack_as(Formats::built_in(), packed, usize::MAX)
}

fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while format!("{length}{rest}").len() != length {
        length += 1;
    }
    format!("{length}{rest}")
}

fn is_corrupt(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Partial(Fault::Corrupt { format: "tar" }))
}

/// One of every kind of member.
fn all_kinds() -> Writer {
    let mut tar = Writer::default();
    let map = "2\n0\n4\n1000\n4\n";
    let mut mapped = [map.as_bytes(), &vec![0; 512 - map.len()]].concat();
    mapped.extend(b"lovehate");
    tar.entry("a", b'0', b"love")
        .entry("folder/", b'5', b"")
        .entry("old/", 0, b"")
        .entry("v7", 0, b"hate")
        .entry("link", b'2', b"")
        .header("hard", b'1', 4, |_| {})
        .entry("pipe", b'6', b"")
        .entry("././@LongLink", b'L', format!("{}f\0", "long/".repeat(40)).as_bytes())
        .entry("long/long/", b'0', b"hope")
        .header("c", b'0', 0, |block| block[345..348].copy_from_slice(b"b/d"))
        .entry("x", b'x', (record("path", "n\nw") + &record("size", "5")).as_bytes())
        .header("short", b'0', 0, |_| {})
        .bytes(b"trust")
        .header("sparse", b'S', 8, |block| {
            block[257..265].copy_from_slice(b"ustar  \0");
            block[386..410].copy_from_slice(b"00000000002\x0000000000004\0");
            block[410..434].copy_from_slice(b"00000002000\x0000000000004\0");
            block[483..495].copy_from_slice(b"00000002010\0");
        })
        .bytes(b"lovehate")
        .entry(
            "x",
            b'x',
            [
                record("GNU.sparse.major", "1"),
                record("GNU.sparse.name", "mapped"),
                record("GNU.sparse.realsize", "1004"),
            ]
            .concat()
            .as_bytes(),
        )
        .entry("GNUSparseFile.0/mapped", b'0', &mapped)
        .entry(
            "x",
            b'x',
            (record("GNU.sparse.size", "6") + &record("GNU.sparse.map", "1,2,4,1")).as_bytes(),
        )
        .entry("listed", b'0', b"abc");
    tar
}

#[test]
fn every_kind_of_member_is_read() {
    let (unpacked, outcome) = unpack(&all_kinds().end());
    assert!(outcome.is_complete(), "{outcome:?}");
    let long = format!("box!{}f", "long/".repeat(40));
    let sparse = [b"\0\0love", &[0; 1018][..], b"hate", &[0; 4]].concat();
    let mapped = [b"love", &[0; 996][..], b"hate"].concat();
    let expected: [(&str, &[u8], bool); 8] = [
        ("box!a", b"love", true),
        ("box!v7", b"hate", true),
        (&long, b"hope", true),
        ("box!b/d/c", b"", true),
        ("box!n\nw", b"trust", true),
        ("box!sparse", &sparse, true),
        ("box!mapped", &mapped, true),
        ("box!listed", b"\0ab\0c\0", true),
    ];
    assert_eq!(said(&unpacked), expected);
}

#[test]
fn what_was_read_before_a_cut_is_there_and_the_cut_is_named() {
    let whole = all_kinds().end();
    let (all, _) = unpack(&whole);
    for cut in 512..whole.len() {
        let (unpacked, outcome) = unpack(&whole[..cut]);
        // With a block of zeros it has ended; before that it may be missing a member.
        assert_eq!(outcome.is_complete(), cut >= whole.len() - 512, "{cut}: {outcome:?}");
        for (nth, (name, text, outcome)) in unpacked.iter().enumerate() {
            assert_eq!(*name, all[nth].0);
            assert!(all[nth].1.starts_with(text));
            assert!(!outcome.is_complete() || *text == all[nth].1);
        }
    }
}

#[test]
fn after_a_damaged_header_the_next_member_is_looked_for() {
    let mut tar = Writer::default();
    tar.entry("a", b'0', b"love").entry("b", b'0', &[b'x'; 2000]).entry("c", b'0', b"hope");
    let mut packed = tar.end();
    packed[1024 + 3] = b'!';
    let (unpacked, outcome) = unpack(&packed);
    let expected = [("box!a", &b"love"[..], true), ("box!c", b"hope", true)];
    assert_eq!(said(&unpacked), expected);
    assert!(is_corrupt(&outcome), "{outcome:?}");
}

#[test]
fn damage_of_the_first_header_is_not_silent() {
    let packed = all_kinds().end();
    let whole = unpack(&packed).0;
    // Without what says that it is a tar, it is none.
    for place in (0..512).filter(|place| !(257..265).contains(place)) {
        let mut damaged = packed.clone();
        damaged[place] ^= 1;
        let found = unpack(&damaged);
        assert!(is_corrupt(&found.1) || said(&found.0) == said(&whole), "{place}: {:?}", found.1);
    }
    for length in 265..512 {
        let outcome = unpack(&packed[..length]).1;
        assert!(!matches!(outcome, Outcome::Complete), "{length}: {outcome:?}");
    }
}

#[test]
fn archives_one_after_the_other_are_read_and_what_is_none_is_named() {
    let mut tar = Writer::default();
    let one = tar.entry("a", b'0', b"love").end();
    let (unpacked, outcome) = unpack(&[&one[..], &one].concat());
    assert!(unpacked.len() == 2 && outcome.is_complete());
    let (unpacked, outcome) = unpack(&[&one[..], &[b'x'; 600]].concat());
    assert_eq!(unpacked.len(), 1);
    assert!(matches!(outcome, Outcome::Partial(Fault::Trailing { .. })), "{outcome:?}");
    let (_, outcome) = unpack(&[&one[..], &[0; 100]].concat());
    assert!(outcome.is_complete(), "the last block may be short");
}

#[test]
fn members_with_impossible_sizes_are_faults() {
    let binary = |block: &mut [u8; 512]| {
        block[124..136].fill(0);
        block[124] = 0x80;
        block[128..136].copy_from_slice(&(1_u64 << 63).to_be_bytes());
    };
    let mut tar = Writer::default();
    tar.header("huge", b'0', 0, binary).bytes(b"love").entry("b", b'0', b"hate");
    let (unpacked, outcome) = unpack(&tar.end());
    assert!(unpacked[0].1.starts_with(b"love") && !unpacked[0].2.is_complete());
    assert!(!outcome.is_complete());

    let bad: [&[(&str, &str)]; 7] = [
        &[("GNU.sparse.size", "4611686018427387904"), ("GNU.sparse.map", "0,1")],
        &[("GNU.sparse.size", "10"), ("GNU.sparse.map", "5,5,0,5")],
        &[("GNU.sparse.size", "10"), ("GNU.sparse.map", "0,11")],
        &[("GNU.sparse.size", "10"), ("GNU.sparse.map", "18446744073709551615,2")],
        &[("GNU.sparse.size", "100"), ("GNU.sparse.map", "0,99")],
        &[("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "9")],
        &[("GNU.sparse.size", "3"), ("GNU.sparse.map", "0,1,2")],
    ];
    for records in bad {
        let records: String = records.iter().map(|(key, value)| record(key, value)).collect();
        let mut tar = Writer::default();
        tar.entry("a", b'0', b"love")
            .entry("x", b'x', records.as_bytes())
            .entry("bad", b'0', b"99999999999999999999999999")
            .entry("c", b'0', b"hope");
        let (unpacked, outcome) = unpack(&tar.end());
        assert_eq!(unpacked.len(), 3, "{records}");
        assert!(unpacked[2].2.is_complete() && unpacked[2].1 == b"hope", "{records}");
        assert!(!unpacked[1].2.is_complete() || !outcome.is_complete(), "{records}");
    }
}

#[test]
fn records_and_long_names_are_bounded() {
    // More names after each other than any archive has.
    let mut tar = Writer::default();
    for _ in 0..1000 {
        tar.entry("././@LongLink", b'L', b"name\0");
        tar.entry("x", b'x', record("comment", "love").repeat(100).as_bytes());
    }
    tar.entry("a", b'0', b"love");
    // A record that is larger than what is kept.
    let large = record("comment", &"x".repeat(usize::try_from(MOST_RECORD_BYTES).unwrap()));
    tar.entry("x", b'x', large.as_bytes()).entry("b", b'0', b"hate");
    let (unpacked, outcome) = unpack(&tar.end());
    let expected = [("box!name", &b"love"[..], true), ("box!b", b"hate", true)];
    assert_eq!(said(&unpacked), expected, "{outcome:?}");
    assert!(is_corrupt(&outcome), "{outcome:?}");
}

#[test]
fn text_is_told_from_archives_as_early_as_can_be() {
    let recognise = |bytes: &[u8]| Tar.recognise(bytes);
    assert_eq!(recognise(b""), Recognition::Not);
    assert_eq!(recognise(b"love"), Recognition::Unsure);
    assert_eq!(recognise(&b"love ".repeat(30)), Recognition::Not);
    assert_eq!(recognise(&b"love ".repeat(200)), Recognition::Not);
    let tar = all_kinds().end();
    assert_eq!(recognise(&tar), Recognition::Is);
    for length in 1..265 {
        assert_eq!(recognise(&tar[..length]), Recognition::Unsure);
    }
    assert_eq!(recognise(&tar[..265]), Recognition::Is);
    let without_magic = |name: &str| {
        let mut tar = Writer::default();
        tar.header(name, 0, 0, |block| block[257..265].fill(0)).end()
    };
    assert_eq!(recognise(&without_magic("a")), Recognition::Is);
    assert_eq!(recognise(&without_magic("a\nb")), Recognition::Not);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is damaged, reading ends, and what is not whole says so or was not touched.
    #[test]
    fn damage_anywhere_is_survived(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..4),
    ) {
        let mut packed = all_kinds().end();
        let length = packed.len();
        for (at, bit) in flips {
            packed[at.index(length)] ^= 1 << bit;
        }
        if Tar.recognise(&packed) == Recognition::Is {
            let (unpacked, _) = unpack(&packed);
            prop_assert!(unpacked.len() <= 10);
        }
    }
}

#[test]
fn pieces_of_any_length_give_the_same() {
    let packed = all_kinds().end();
    let whole = unpack(&packed);
    for piece in [1, 7, 511, 513] {
        let (unpacked, outcome) = unpack_as(Formats::built_in(), &packed, piece);
        assert!(said(&unpacked) == said(&whole.0) && outcome.is_complete(), "{piece}");
    }
}
