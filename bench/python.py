#!/usr/bin/env python3
"""Compares the Python package with what people use today.

usage: bench/python.py [--rows N] [--row-bytes N] [--patterns N] [--words] [--repeat N]
                       [--program PATH]

It prints the median time of each, in turn within one run, and the ratio to cogrep; totals are
held against each other where the others can answer. What is not installed is left out. With
`--words`, whole words are counted in any case, which the others cannot do.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable

import pyarrow

import cogrep


def is_there(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def make(rows: int, row_bytes: int, patterns: int) -> tuple[list[str], list[str]]:
    """Rows of words whose frequencies are those of a language, and patterns among the words."""
    rng = random.Random(7)
    letters = "etaoinshrdlcumwfgypbvkjxqz"
    weights = [1 / (place + 2) for place in range(len(letters))]
    words = [
        "".join(rng.choices(letters, weights, k=rng.randint(2, 11))) for _ in range(max(50_000, 2 * patterns))
    ]
    words = list(dict.fromkeys(words))
    frequencies = [1 / (place + 3) for place in range(len(words))]
    text = " ".join(rng.choices(words, frequencies, k=(rows * row_bytes) // 5))
    cut = [text[at : at + row_bytes] for at in range(0, len(text), row_bytes)][:rows]
    chosen = [word for word in rng.sample(words[100:], len(words) - 100) if len(word) > 3]
    return cut, chosen[:patterns]


Cases = dict[str, Callable[[], object]]


def totals(texts: list[str], patterns: list[str], is_words: bool, program: str | None) -> Cases:
    counter = cogrep.Counter(patterns, ignore_case=is_words, whole_words=is_words)
    column = pyarrow.array(texts)
    cases: Cases = {"cogrep count_column": lambda: sum(counter.count_column(column).values())}
    if program:
        file = tempfile.NamedTemporaryFile("w", suffix=".txt")
        file.write("\n".join(texts))
        file.flush()
        words = tempfile.NamedTemporaryFile("w", suffix=".list")
        words.write("\n".join(patterns))
        words.flush()
        command = [program, "-f", words.name, "--format", "csv", "--bare", file.name]
        command += ["-i", "-w"] if is_words else []
        kept = (file, words)

        def run() -> None:
            assert kept
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)

        cases["the program on a file"] = run
    if is_words:
        return cases
    if is_there("polars") and len(patterns) <= 100:
        import polars

        series = polars.Series(texts)
        cases["polars count_matches in a loop"] = lambda: sum(
            series.str.count_matches(word, literal=True).sum() for word in patterns
        )
    cases |= automata(texts, patterns)
    return cases


def automata(texts: list[str], patterns: list[str]) -> Cases:
    cases: Cases = {}
    if is_there("ahocorasick_rs"):
        import ahocorasick_rs

        finder = ahocorasick_rs.AhoCorasick(patterns)

        def count() -> int:
            found = collections.Counter[int]()
            for text in texts:
                found.update(hit[0] for hit in finder.find_matches_as_indexes(text, overlapping=True))
            return found.total()

        cases["ahocorasick_rs"] = count
    if is_there("ahocorasick"):
        import ahocorasick

        automaton = ahocorasick.Automaton()
        for number, word in enumerate(patterns):
            automaton.add_word(word, number)
        automaton.make_automaton()

        def count_all() -> int:
            found = collections.Counter[int]()
            for text in texts:
                found.update(number for _, number in automaton.iter(text))
            return found.total()

        cases["pyahocorasick"] = count_all
    return cases


def by_row(texts: list[str], patterns: list[str], is_words: bool) -> Cases:
    counter = cogrep.Counter(patterns, ignore_case=is_words, whole_words=is_words)
    column = pyarrow.array(texts)
    cases: Cases = {"cogrep count_rows": lambda: counter.count_rows(column)}
    if not is_words:
        cases |= automata(texts, patterns)
    if is_there("sklearn"):
        from sklearn.feature_extraction.text import CountVectorizer

        vectorizer = CountVectorizer(vocabulary=dict.fromkeys(patterns) and sorted(set(patterns)))
        cases["CountVectorizer"] = lambda: vectorizer.transform(texts)
    return cases


def words(texts: list[str]) -> Cases:
    text = "\n".join(texts)
    return {
        "cogrep Words": lambda: cogrep.Words().count(text).total,
        "Counter(re.findall)": lambda: collections.Counter(re.findall(r"\w+", text)).total(),
    }


def two_threads(texts: list[str], patterns: list[str]) -> Cases:
    """Two threads of Python, each of which counts on one core, and one after the other."""
    counter = cogrep.Counter(patterns)
    column = pyarrow.array(texts)

    def count() -> None:
        counter.count_column(column, threads=1)

    def at_once() -> None:
        threads = [threading.Thread(target=count) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return {"two threads": at_once, "twice on one": lambda: (count(), count())}


def imports() -> Cases:
    def python(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    return {"python, import cogrep": python("import cogrep"), "python": python("")}


def measure(title: str, cases: Cases, repeat: int, size: int) -> None:
    print(f"\n{title}")
    times: dict[str, list[float]] = {name: [] for name in cases}
    answers = {}
    for _ in range(repeat):
        for name, case in cases.items():
            start = time.perf_counter()
            answers[name] = case()
            times[name].append(time.perf_counter() - start)
    first = next(iter(times))
    ours = statistics.median(times[first])
    for name, taken in times.items():
        median = statistics.median(taken)
        answer = answers[name] if isinstance(answers[name], int) else ""
        print(f"  {name:32} {median * 1e3:10.1f} ms {size / median / 1e6:9.0f} MB/s {median / ours:8.1f} {answer}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--row-bytes", type=int, default=100)
    parser.add_argument("--patterns", type=int, default=1000)
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--program")
    given = parser.parse_args()
    texts, patterns = make(given.rows, given.row_bytes, given.patterns)
    size = sum(map(len, texts))
    print(f"{len(texts)} rows of {given.row_bytes} bytes, {len(patterns)} patterns")
    measure("totals", totals(texts, patterns, given.words, given.program), given.repeat, size)
    measure("by row", by_row(texts, patterns, given.words), given.repeat, size)
    measure("on two threads", two_threads(texts, patterns), given.repeat, 2 * size)
    measure("every word", words(texts), given.repeat, size)
    measure("starting", imports(), 5 * given.repeat, 0)
    start = time.perf_counter()
    cogrep.Counter(patterns)
    print(f"\nmade ready in {(time.perf_counter() - start) * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
