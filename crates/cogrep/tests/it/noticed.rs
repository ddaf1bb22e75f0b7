//! What is said of sources and rules that are not what they seem: it changes no count and no
//! exit status.

use insta::assert_snapshot;

use crate::common::{Place, expect};

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn text_of_another_encoding_is_named() {
    let text = "love and hate\n".repeat(5);
    let mut big: Vec<u8> = vec![0xfe, 0xff];
    big.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    let wide: Vec<u8> = text.chars().flat_map(|unit| u32::from(unit).to_le_bytes()).collect();
    let marked = [&b"\xff\xfe\0\0"[..], &wide].concat();
    let place = Place::with(&[
        ("little", &utf_16(&text)),
        ("big", &big),
        ("wide", &wide),
        ("marked", &marked),
    ]);
    assert_snapshot!(place.run(["love", "little", "big", "wide", "marked"]), @"
    love 5
    ----- standard error
    cogrep: little: this looks like UTF-16LE, and was read as UTF-8; --encoding utf-16le counts in it
    cogrep: marked: this looks like UTF-32LE, and was read as UTF-16LE; iconv -f UTF-32LE -t utf-8 makes it so
    cogrep: wide: this looks like UTF-32LE, and was read as UTF-8; iconv -f UTF-32LE -t utf-8 makes it so
    ");
    assert_eq!(place.run(["love", "--encoding=utf-16le", "little"]), expect("love 5\n", "", 0));
    for name in ["utf-16", "UTF16", "utf_16"] {
        let encoding = format!("--encoding={name}");
        assert_eq!(place.run(["love", &encoding, "little", "big"]), expect("love 10\n", "", 0));
    }
    assert_eq!(place.run(["love", "--encoding=none", "little"]).err, "");
}

#[test]
fn many_are_counted_and_not_listed() {
    let place = Place::new();
    for number in 10..30 {
        place.write(format!("many/{number}"), &utf_16("love and hate\n"));
    }
    let answer = place.run(["love", "many"]);
    assert_eq!((answer.out.as_str(), answer.status), ("love 0\n", 1));
    assert_eq!(answer.err.lines().count(), 11, "{}", answer.err);
    assert!(answer.err.ends_with("cogrep: and 10 more like the last\n"), "{}", answer.err);
}

#[test]
fn packed_data_that_is_not_unpacked_is_named() {
    let place = Place::with(&[
        ("a.lzma", b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x36\x1b\x9b\xcd"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("a.Z", b"\x1f\x9d\x90\x6c\xde"),
    ]);
    assert_snapshot!(place.run(["love", "a.lzma", "a.7z", "a.Z"]), @"
    love 0
    ----- standard error
    cogrep: a.7z: this is 7z data, which is not unpacked here; it was read as it is; unpack it, and pipe it in
    cogrep: a.Z: this is compress (.Z) data, which is not unpacked here; it was read as it is; unpack it, and pipe it in
    cogrep: a.lzma: this is lzma data, which is not unpacked here; it was read as it is; unpack it, and pipe it in
    ----- status 1
    ");
    let asked = place.run(["love", "--no-decompress", "a.lzma", "a.7z", "a.Z"]);
    assert_eq!(asked, expect("love 0\n", "", 1));
}

#[test]
fn rules_that_are_none_are_named_once_and_passed_over() {
    let place = Place::with(&[
        ("tree/.ignore", b"# fine\na{\n*.log\n"),
        ("tree/a.txt", b"love"),
        ("tree/a.log", b"love"),
        ("tree/in/b.txt", b"love"),
        ("tree/in/.ignore", b"[z-a]\n"),
    ]);
    assert_snapshot!(place.run(["love", "tree"]), @"
    love 2
    ----- standard error
    cogrep: tree/.ignore: line 2: a{: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
    cogrep: tree/in/.ignore: line 1: [z-a]: invalid range; 'z' > 'a'
    ");
    // The same above what is walked: the file's name is whole there.
    let answer = place.run(["love", "tree/in"]);
    assert_eq!((answer.out.as_str(), answer.status), ("love 1\n", 0));
    assert_eq!(answer.err.lines().count(), 2, "{}", answer.err);
    assert!(answer.err.contains("tree/.ignore: line 2: a{"), "{}", answer.err);
    let by_file = place.run(["love", "tree", "--by=file"]);
    assert_eq!((by_file.status, by_file.err.lines().count()), (0, 2), "{}", by_file.err);
}
