//! Words of Unicode, sequences of words, and phrases with any white space.

use std::fmt::Write as _;
use std::process::Command;

use cogrep_testing::corpus;
use insta::assert_snapshot;

use crate::common::{Place, answer, expect};

#[test]
fn words_are_those_of_unicode_if_asked() {
    let text = "I can't see 3.14 snake_case, l'été; 我们在北京大学学习。\nไทยภาษา can't".as_bytes();
    let place = Place::with(&[("a.txt", text), ("b.txt", b"Can't")]);
    assert_snapshot!(place.run(["--words=unicode", "-i", "--by=file", "a.txt", "b.txt"]), @"
    a.txt:can't 2
    a.txt:3.14 1
    a.txt:i 1
    a.txt:l'été 1
    a.txt:see 1
    a.txt:snake_case 1
    a.txt:ภาษา 1
    a.txt:ไทย 1
    a.txt:北京 1
    a.txt:在 1
    a.txt:大学 1
    a.txt:学习 1
    a.txt:我们 1
    b.txt:can't 1
    ");
    assert_snapshot!(place.run(["--words=unicode", "--sort=input", "a.txt"]), @"
    I 1
    can't 2
    see 1
    3.14 1
    snake_case 1
    l'été 1
    我们 1
    在 1
    北京 1
    大学 1
    学习 1
    ไทย 1
    ภาษา 1
    ");
    assert_eq!(place.run(["--words=unicode", "--ngrams=2", "a.txt"]).status, 2);
    assert_eq!(place.run(["--words=klingon", "a.txt"]).status, 2);
    assert_eq!(place.run(["--words", "--words=unicode", "b.txt"]).out, "Can't 1\n");
}

#[test]
fn sequences_of_words_are_counted() {
    let place = Place::with(&[
        ("a.txt", "To be,\n\tor not to\r\nbe. Été".as_bytes()),
        ("b.txt", b"to be to be"),
        ("c.txt", b"be"),
    ]);
    let run = |more: &[&str]| place.run(["--words", "-i"].iter().chain(more));
    assert_snapshot!(run(&["--ngrams=2", "a.txt", "b.txt", "c.txt"]), @"
    to be 4
    be or 1
    be to 1
    be été 1
    not to 1
    or not 1
    ");
    assert_snapshot!(run(&["--ngrams=3", "--by=file", "--sort=input", "a.txt", "b.txt"]), @"
    a.txt:to be or 1
    a.txt:be or not 1
    a.txt:or not to 1
    a.txt:not to be 1
    a.txt:to be été 1
    b.txt:to be to 1
    b.txt:be to be 1
    ");
    assert_eq!(run(&["--ngrams=2", "c.txt"]), expect("", "", 1));
    assert_eq!(run(&["--ngrams=1", "c.txt"]), expect("be 1\n", "", 0));
    assert_eq!(run(&["--ngrams=0", "c.txt"]).status, 2);
    assert_eq!(
        place.run(["-o", "be", "--ngrams=2", "c.txt"]),
        expect("", "cogrep: --ngrams: of which words? add --words\n", 2)
    );
}

#[test]
fn sequences_are_those_that_python_finds() {
    const SCRIPT: &str = r"
import collections, re, sys
length, book = int(sys.argv[1]), sys.argv[2]
words = re.findall(r'[a-z0-9_]+', open(book, encoding='latin-1').read())
grams = zip(*(words[n:] for n in range(length)))
for gram, count in sorted(collections.Counter(map(' '.join, grams)).items(), key=lambda it: (-it[1], it[0])):
    print(gram, count)
";
    let Some(corpus) = corpus() else { return };
    let place = Place::new();
    let book = std::fs::read(corpus.join("corpora/pg2600.txt")).unwrap();
    let book: Vec<u8> = book.into_iter().filter(u8::is_ascii).collect();
    place.write("book", &book.to_ascii_lowercase());
    for length in ["1", "2", "5"] {
        let mut python = Command::new("python3");
        let script = ["-c", SCRIPT, length, "book"];
        let theirs = answer(python.args(script).current_dir(place.path()), b"");
        for (range, memory) in [("90000", "1G"), ("1000000000", "1G"), ("90000", "2M")] {
            let mut command = place.command();
            command.env("COGREP_RANGE", range);
            let words = ["--words", "--ngrams", length, "--max-memory", memory, "book"];
            let ours = answer(command.args(words), b"");
            assert!(ours == theirs, "{length} {range} {memory}");
        }
    }
}

#[test]
fn a_space_matches_any_white_space_if_asked() {
    let text = "not\nto be,  or not \t\r\n to\u{a0}be not\u{3000}to\ngo; nothing nott o".as_bytes();
    let place =
        Place::with(&[("a.txt", text), ("b.txt", b"not to"), ("c.txt", b"not"), ("d.txt", b"to")]);
    let run = |more: &[&str]| place.run(["--loose-space"].iter().chain(more));
    assert_eq!(run(&["not  to", "a.txt"]), expect("not  to 3\n", "", 0));
    assert_eq!(
        run(&["-w", "not to", "to\tbe", "t", "--in", "a.txt"]).out,
        "not to 3\nto\tbe 2\nt 0\n"
    );
    assert_eq!(run(&["-o", "not\nto", "a.txt", "b.txt"]).out, "not to 4\n");
    assert_eq!(
        run(&["-i", "NOT TO", "--by=file", "a.txt", "b.txt"]).out,
        "a.txt:NOT TO 3\nb.txt:NOT TO 1\nNOT TO 4\n"
    );
    // A phrase is within one source.
    assert_eq!(run(&["not to", "c.txt", "d.txt"]), expect("not to 0\n", "", 1));
    assert_eq!(place.pipe(b"not \n\n to", ["--loose-space", "not to"]).out, "not to 1\n");
    for (flag, why) in [
        ("-E", r"where \s+ matches white space within a line"),
        ("-c", "since there are no lines left"),
        ("-x", "since there are no lines left"),
    ] {
        let error = format!("cogrep: --loose-space: not with {flag}, {why}\n");
        assert_eq!(run(&["a", flag, "a.txt"]), expect("", &error, 2));
    }
    assert_eq!(run(&["a", "--show=1", "a.txt"]).status, 2);
    assert_eq!(run(&["--words", "a.txt"]).status, 2);
    assert_snapshot!(run(&["--explain", "a b", "a.txt"]).out.lines().next().unwrap(), @"cat -> loose space -> fanout -> [grep a b -> count]");
}

/// Where there is nothing but white space between words, and none of them repeats itself.
#[test]
fn phrases_are_counted_as_sequences_of_words() {
    let Some(corpus) = corpus() else { return };
    let place = Place::new();
    let book = std::fs::read_to_string(corpus.join("corpora/pg2600.txt")).unwrap();
    let is_plain = |char: char| char.is_alphanumeric() || char.is_whitespace();
    let book: String = book.chars().filter(|char| is_plain(*char)).collect();
    place.write("book", book.as_bytes());
    for case in ["-i", "-s"] {
        let pairs = place.run(["--words", "--ngrams=2", "--top=3000", case, "book"]).out;
        let pairs: Vec<(&str, &str)> = pairs
            .lines()
            .filter_map(|line| line.rsplit_once(' '))
            .filter(|(pair, _)| pair.split_once(' ').is_some_and(|(one, two)| one != two))
            .collect();
        let list: Vec<&str> = pairs.iter().map(|(pair, _)| *pair).collect();
        place.write("list", list.join("\n").as_bytes());
        let counted = place.run(["--loose-space", "-w", case, "-f", "list", "book"]).out;
        let mut expected = String::new();
        for (pair, count) in &pairs {
            let _ = writeln!(expected, "{pair} {count}");
        }
        assert!(counted == expected && pairs.len() > 2900, "{case}");
    }
}
