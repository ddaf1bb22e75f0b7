#!/usr/bin/env python3
"""Prepares what the benchmarks count in, and what they must find.

usage: prepare.py [--folder FOLDER] [--mib N] [--seed N] [--most N] [--million]

Texts, each about N MiB (256):
  prose     War and Peace and Sherlock Holmes from COGREP_CORPUS, else the sample text
  logs      the logs of COGREP_CORPUS, else made-up ones
  repeated  one letter, over and over
  mixed     prose and zeros, a MiB each in turn
  misleading  a first MiB of zeros, then prose
Lists of patterns: words-N, drawn at random from Debian's wamerican-insane where that is
installed, else made up, most of them rare; common-N, words of the prose itself;
literals-N, from the rules of COGREP_CORPUS, else drawn from the logs; prefixes-N, which
share long prefixes; trigrams-N, the most frequent three bytes of the prose; with
--million, pairs-1000000, of any words, and own-pairs-1000000, which has all those of the
prose.

A text is a base, repeated; the base ends with a line feed, which no pattern has, so the
totals are those of the base, times the repetitions. They are counted by Python, and
written to expected.json. --most leaves out longer lists.
"""

import argparse
import collections
import itertools
import json
import os
import random
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = Path("/usr/share/dict/american-english-insane")
SIZES = (1, 3, 10, 100, 1_000, 10_000, 60_000)
MIB = 1 << 20
MILLION = 1_000_000


def corpus(*names):
    """The bytes of some files of the corpus, or None where there is none."""
    folder = os.environ.get("COGREP_CORPUS")
    if not folder:
        return None
    return b"".join((Path(folder) / name).read_bytes() + b"\n" for name in names)


def prose():
    books = corpus("corpora/pg2600.txt", "corpora/sherlock.txt")
    return books or (ROOT / "sample/ferryman.txt").read_bytes() + b"\n"


def logs(chance):
    real = corpus("corpora/logs/apache_logs.log", "corpora/logs/auth.log")
    if real:
        return real
    paths = [f"/{a}/{b}.html" for a in ("news", "about", "shop") for b in range(200)]
    line = '10.{}.{}.{} - - [17/May/2015:10:{:02}:{:02} +0000] "GET {} HTTP/1.1" {} {}\n'
    digits = lambda: chance.randrange(256)
    made = (
        line.format(digits(), digits(), digits(), chance.randrange(60), chance.randrange(60),
                    chance.choice(paths), chance.choice([200, 200, 200, 304, 404]),
                    chance.randrange(100_000))
        for _ in range(20_000)
    )  # fmt: skip
    return "".join(made).encode()


def vocabulary(chance, wanted):
    """Distinct words of five letters and more."""
    if WORDS.is_file():
        return [word for word in WORDS.read_bytes().split(b"\n") if len(word) >= 5]
    syllables = [a + b for a in "bdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er")]
    made = set(word.strip(b".,;:!?") for word in prose().split() if len(word) >= 7)
    while len(made) < 2 * wanted:
        made.add("".join(chance.choices(syllables, k=chance.randrange(3, 6))).encode())
    return sorted(made)


def literals(chance, lines):
    """Literals of five bytes and more, such as intrusion detection looks for."""
    listed = corpus("patterns/et-open/content-literals-printable.txt")
    if listed:
        return sorted({line for line in listed.split(b"\n") if len(line) >= 5})
    cuts = ((line, chance.randrange(len(line) - 20)) for line in lines for _ in range(2))
    return sorted({line[at : at + chance.randrange(5, 20)] for line, at in cuts})


def make_pairs(chance, words, own):
    """A million pairs of words: those that follow each other in a list, and any."""
    pairs = {b" ".join(pair) for pair in zip(own, own[1:])}
    while len(pairs) < MILLION:
        pairs.add(b" ".join(chance.sample(words, 2)))
    return chance.sample(sorted(pairs), MILLION)


def make_lists(chance, log_base, most):
    words = vocabulary(chance, max(SIZES))
    strings = literals(chance, [line for line in log_base.split(b"\n") if len(line) > 40])
    lists = {f"words-{n}": chance.sample(words, n) for n in SIZES if n <= len(words)}
    lists |= {f"literals-{n}": chance.sample(strings, n) for n in SIZES if n <= len(strings)}
    common = sorted({word for word in prose().split() if len(word) >= 5 and word.isalpha()})
    lists |= {f"common-{n}": chance.sample(common, n) for n in SIZES[2:] if n <= len(common)}
    book = prose()
    trigrams = collections.Counter(book[at : at + 3] for at in range(len(book) - 2))
    # A carriage return at the end of a line of a list is not of the pattern.
    frequent = (three for three, _ in trigrams.most_common() if not set(three) & set(b"\r\n"))
    lists["trigrams-1000"] = list(itertools.islice(frequent, 1000))
    if most >= MILLION:
        lists["pairs-1000000"] = make_pairs(chance, words, [])
        own = [word for word in book.split() if len(word) >= 3]
        lists["own-pairs-1000000"] = make_pairs(chance, words, own)
    lists["prefixes-1000"] = [b"abcdefghij" * 3 + b"%05d" % n for n in range(1000)]
    lists["letters-26"] = [bytes([letter]) for letter in range(97, 123)]
    lists["a-2"] = [b"aa", b"aaaaaaaaab"]
    lists["love-1"] = [b"love"]
    lists["love-3"] = [b"love", b"hate", b"hope"]
    return {name: list_ for name, list_ in lists.items() if len(list_) <= most}


def make_bases(chance):
    """The bases of the texts, with how often each stands in a MiB-sized text."""
    book, log = prose(), logs(chance)
    block = book[: book.rfind(b"\n", 0, min(MIB, len(book))) + 1]
    zeros = bytes(MIB - 1) + b"\n"
    return {
        "prose": (b"", book),
        "logs": (b"", log),
        "repeated": (b"", b"a" * (MIB - 1) + b"\n"),
        "mixed": (b"", block + zeros),
        "misleading": (zeros, book),
    }


def count(text, patterns, ignore_case):
    """How often each pattern occurs, by Python's own non-overlapping count."""
    if ignore_case:
        text, patterns = text.lower(), [pattern.lower() for pattern in patterns]
    if len(patterns) <= 10_000:
        return [text.count(pattern) for pattern in patterns]
    # A look at each place for each length of pattern takes less time than so many searches.
    counts, ends = collections.Counter(), {pattern: 0 for pattern in patterns}
    for length in {len(pattern) for pattern in ends}:
        for at in range(len(text) - length + 1):
            there = text[at : at + length]
            if ends.get(there, len(text)) <= at:
                counts[there] += 1
                ends[there] = at + length
    return [counts[pattern] for pattern in patterns]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "target/bench")
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=max(SIZES))
    parser.add_argument("--million", action="store_true")
    options = parser.parse_args()
    if options.million:
        options.most = MILLION
    chance = random.Random(options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)

    bases = make_bases(chance)
    lists = make_lists(chance, bases["logs"][1], options.most)
    for name, patterns in lists.items():
        (options.folder / f"{name}.list").write_bytes(b"\n".join(patterns) + b"\n")

    repetitions = {}
    for name, (head, base) in bases.items():
        repetitions[name] = max(1, options.mib * MIB // len(base))
        with open(options.folder / f"{name}.txt", "wb") as text:
            text.write(head)
            for _ in range(repetitions[name]):
                text.write(base)

    cases = tomllib.loads((ROOT / "bench/cases.toml").read_text())["case"]
    expected = {}
    for case in cases:
        text, list_, ignore_case = case["text"], case["list"], case.get("ignore_case", False)
        if list_ not in lists:
            print(f"left out: {case['name']}: no list {list_}")
            continue
        head, base = bases[text]
        in_base = count(base, lists[list_], ignore_case)
        in_head = count(head, lists[list_], ignore_case)
        expected[case["name"]] = [h + b * repetitions[text] for h, b in zip(in_head, in_base)]
        print(f"{case['name']}: {sum(expected[case['name']])} occurrences", flush=True)
    (options.folder / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    main()
