//! Compressed data as other programs write it, named, piped in and found in folders.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use cogrep_testing::skip;

use crate::common::{Answer, Place, answer, expect};

const TEXT: &str = "love and hate\n";
const LINES: usize = 20_000;

/// Files of the formats that Python writes, each of several members: by name.
fn written_by_python(place: &Place) -> Option<Vec<&'static str>> {
    const PROGRAM: &str = r#"
import bz2, gzip, lzma, sys
text = sys.stdin.buffer.read()
half = len(text) // 2 + 3
def members(pack):
    return pack(text[:half]) + pack(b"") + pack(text[half:])
for name, pack in [
    ("gzip", gzip.compress),
    ("bzip2", bz2.compress),
    ("xz", lzma.compress),
    ("xz-9", lambda text: lzma.compress(text, preset=9)),
    ("xz-crc32", lambda text: lzma.compress(text, check=lzma.CHECK_CRC32)),
]:
    with open("packed/" + name, "wb") as file:
        file.write(members(pack))
"#;
    place.write("packed/.folder", b"");
    let mut command = Command::new("python3");
    command.current_dir(place.path()).args(["-c", PROGRAM]).stdin(Stdio::piped());
    if Command::new("python3").arg("--version").output().is_err() {
        skip("there is no python3");
        return None;
    }
    let written = answer(&mut command, TEXT.repeat(LINES).as_bytes());
    if written.status != 0 {
        skip(&format!("python3 cannot pack here: {}", written.err));
        return None;
    }
    Some(vec!["gzip", "bzip2", "xz", "xz-9", "xz-crc32"])
}

/// A text as each of these programs packs it that is here, by the program's name.
fn packed_by_programs(place: &Place, text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let plain = place.write("plain.txt", text);
    let pack = |[program, flag]: [&'static str; 2]| {
        let output = Command::new(program).args([flag, "-c"]).arg(&plain).output();
        let Ok(output) = output else {
            skip(&format!("there is no {program}"));
            return None;
        };
        Some((program, output.stdout))
    };
    [["gzip", "-1"], ["bzip2", "-9"], ["xz", "-6"], ["zstd", "-3"], ["lz4", "-1"]]
        .into_iter()
        .filter_map(pack)
        .collect()
}

/// Files of it.
fn written_by_programs(place: &Place) -> Vec<&'static str> {
    let packed = packed_by_programs(place, TEXT.repeat(LINES).as_bytes());
    let write = |(program, bytes): (&'static str, Vec<u8>)| {
        place.write(format!("packed/{program}"), &bytes);
        program
    };
    packed.into_iter().map(write).collect()
}

#[test]
fn what_other_programs_packed_is_counted_in() {
    let place = Place::new();
    let check = |names: &[&str]| {
        for name in names {
            let whole = format!("love {LINES}\n");
            let path = format!("packed/{name}");
            assert_eq!(place.run(["love", &path]), expect(&whole, "", 0), "{name}");
            let bytes = std::fs::read(place.path().join(&path)).unwrap();
            assert_eq!(place.pipe(&bytes, ["love"]), expect(&whole, "", 0), "{name}, piped in");
            let as_it_is = place.run(["love", "--no-decompress", &path]);
            // Some formats keep a new word as it is, once.
            assert!(["love 0\n", "love 1\n"].contains(&as_it_is.out.as_str()), "{name}");
        }
        let all = format!("love {}\n", LINES * names.len());
        assert_eq!(place.run(["love", "packed"]), expect(&all, "", 0), "the folder");
    };
    if let Some(names) = written_by_python(&place) {
        check(&names);
        std::fs::remove_dir_all(place.path().join("packed")).unwrap();
    }
    check(&written_by_programs(&place));
}

/// The decoders together have so much memory, and no more of them work at once than it
/// is enough for; nothing waits forever.
#[test]
fn many_large_windows_are_served_one_after_the_other() {
    let place = Place::new();
    // A frame that asks for 128 MiB: a window of 2^27 bytes, then one raw last block.
    let mut frame = b"\x28\xb5\x2f\xfd\0\x88".to_vec();
    frame.extend_from_slice(&[0x21, 0, 0]);
    frame.extend_from_slice(b"love");
    let text = frame.repeat(50);
    for nth in 0..100 {
        place.write(format!("tree/{nth:03}.zst"), &text);
    }
    for threads in ["1", "3"] {
        for io in ["auto", "portable"] {
            let mut command = place.command();
            command.env("COGREP_IO", io).args(["love", "tree", "-j", threads]);
            assert_eq!(answer(&mut command, b""), expect("love 5000\n", "", 0));
        }
    }
}

#[test]
fn what_is_wrong_with_packed_data_is_said() {
    let place = Place::new();
    written_by_programs(&place);
    let path: PathBuf = place.path().join("packed/gzip");
    let Ok(gzip) = std::fs::read(&path) else { return skip("there is no gzip") };
    let incomplete = "cogrep: incomplete: 1 of 1 sources could not be read to the end\n";
    let run = |bytes: &[u8]| {
        place.write("a.gz", bytes);
        place.run(["love", "a.gz"])
    };
    let cut = run(&gzip[..gzip.len() / 2]);
    assert_eq!(cut.status, 2);
    assert!(cut.err.starts_with("cogrep: a.gz: the gzip data is cut off; "), "{}", cut.err);
    assert!(cut.err.ends_with(incomplete));
    let count: usize = cut.out.trim_end().strip_prefix("love ").unwrap().parse().unwrap();
    assert!((1000..LINES).contains(&count), "what came before the cut counts: {count}");

    let garbage = run(&[&gzip[..], b"garbage"].concat());
    assert_eq!((garbage.out, garbage.status), (format!("love {LINES}\n"), 2));
    let said = "cogrep: a.gz: something that is no gzip data follows the gzip data; ";
    assert!(garbage.err.starts_with(said), "{}", garbage.err);

    // What shows its length only at the end cannot be divided into equal parts.
    place.write("a.gz", &gzip);
    let parts = place.run(["love", "a.gz", "--by", "part=2"]);
    assert!(parts.err.contains("its length is not known before it is read"), "{}", parts.err);
    assert_eq!(parts.status, 2);
}

/// How many lines a text has that is large enough to be decoded ahead.
fn many_lines() -> u32 {
    if cogrep_testing::is_thorough() { 80_000 } else { 20_000 }
}

/// A large text, packed by each of the programs that are here.
fn large(place: &Place) -> Vec<(&'static str, Vec<u8>)> {
    let line = |nth: u32| format!("{nth:x} love {:x} and hate\n", nth.wrapping_mul(2_654_435_761));
    packed_by_programs(place, (0..many_lines()).map(line).collect::<String>().as_bytes())
}

/// With a core to spare, another thread decodes what takes long to count in; what is
/// counted and what is said of the source is the same.
#[test]
fn counts_and_outcomes_do_not_depend_on_who_decodes() {
    let place = Place::new();
    for (name, packed) in large(&place) {
        let middle = packed.len() / 2;
        let mut corrupt = packed.clone();
        corrupt[middle..middle + 8].fill(0xa5);
        let variants = [
            ("whole", &packed[..], 0),
            ("cut off", &packed[..middle], 2),
            ("corrupt", &corrupt, 2),
            ("followed by something", &[&packed[..], b"garbage"].concat(), 2),
        ];
        for (variant, bytes, status) in variants {
            place.write("file", bytes);
            let run = |io: &str, range: &str, input: &str, threads: &str| {
                let mut command = place.command();
                command.env("COGREP_IO", io).env("COGREP_RANGE", range).stdin(Stdio::piped());
                command.args(["love", "h[a]te", "-E", "--by=file", "--in", input, threads]);
                answer(&mut command, bytes)
            };
            // Files that are larger than a range are read on an event loop.
            let ways = [("auto", ""), ("auto", "1000"), ("portable", "1000")];
            for (input, ways) in [("file", &ways[..]), ("-", &ways[..1])] {
                let alone = run("serial", "", input, "-j1");
                assert_eq!(alone.status, status, "{name}, {variant}");
                for (io, range) in ways {
                    let counted = run(io, range, input, "-j2");
                    assert_eq!(counted, alone, "{name}, {variant}, {input} {io} {range}");
                }
            }
        }
    }
}

/// A thread that decodes ahead and waits for its pipe is woken, too.
#[test]
#[cfg(unix)]
fn an_interrupt_keeps_what_was_unpacked() {
    use std::io::Write;

    use crate::common::waiting;

    let place = Place::new();
    for (name, packed) in large(&place) {
        let Some(mut command) = place.with_default_signals() else { return };
        command.args(["l[o]ve", "-E", "-", "-j2"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&packed).unwrap();
        waiting::wait_until_idle(&child, &[&stdin]);
        waiting::interrupt(&child);
        let answer = Answer::from(child.wait_with_output().unwrap());
        drop(stdin);
        let said = "cogrep: incomplete: interrupted; these are the counts so far\n";
        assert_eq!((answer.err.as_str(), answer.status), (said, 130), "{name}");
        let count = answer.out.strip_prefix("l[o]ve ").unwrap().trim_end().parse();
        assert!((1..=many_lines()).contains(&count.unwrap()), "{name}: {}", answer.out);
    }
}
