"""Distinct texts: every word, and what an expression matches."""

from __future__ import annotations

import collections
import gzip
import os
import pickle
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis.strategies as st
import pandas
import polars
import pyarrow
import pytest
from hypothesis import assume, given
from test_columns import KINDS
from test_counter import TEXTS

import cogrep

# What Python's `re` and Rust's `regex` both know, and mean the same by.
ASCII = st.lists(st.sampled_from(["a", "b", "ab", "1", " ", "\n", "_", "-", "x=", "A"]), max_size=40)
ASCII_TEXTS = ASCII.map("".join)
EXPRESSIONS = ["a+", "[a-z]+", r"\w+", r"\d", "b|ab", "(?:ab)+", r"\ba\w*", "^.", ".$", "x=[ab]*"]
GROUPED = [r"x=(\w*)", r"(a)b?", r"(a|ab)(b?)", r"(\w)\w*", r"\B(\w)", "(?P<one>[ab]+)1"]


def lines(text: str) -> list[str]:
    """Lines without their endings; there is none after the last line feed."""
    whole = text.split("\n")
    ended = [line.removesuffix("\r") for line in whole[:-1]]
    return ended + ([whole[-1]] if whole[-1] else [])


def expected(texts: list[str], regex: str, group: int = 0) -> collections.Counter[str]:
    found: collections.Counter[str] = collections.Counter()
    for line in [line for text in texts for line in lines(text)]:
        for match in re.finditer(regex, line):
            if match.group():
                found[match.group(group) or ""] += 1
    return found


@given(text=ASCII_TEXTS, regex=st.sampled_from(EXPRESSIONS))
def test_matches_are_those_of_python(text: str, regex: str) -> None:
    found = cogrep.Matches(regex).count(text)
    assert dict(found) == expected([text], regex)
    assert found == cogrep.Matches(regex).count(memoryview(text.encode()))


@given(text=ASCII_TEXTS, regex=st.sampled_from(GROUPED))
def test_groups_are_those_of_python(text: str, regex: str) -> None:
    assert dict(cogrep.Matches(regex, group=1).count(text)) == expected([text], regex, 1)


@given(text=ASCII_TEXTS)
def test_words_are_those_of_python(text: str) -> None:
    assert dict(cogrep.Words().count(text)) == collections.Counter(re.findall(r"\w+", text))


def sequences(text: str, length: int) -> collections.Counter[str]:
    words = re.findall(r"\w+", text)
    return collections.Counter(map(" ".join, zip(*(words[nth:] for nth in range(length)))))


@given(texts=st.lists(ASCII_TEXTS, max_size=5), length=st.integers(1, 4), ignore_case=st.booleans())
def test_sequences_are_those_of_python(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], length: int, ignore_case: bool
) -> None:
    words = cogrep.Words(ngrams=length, ignore_case=ignore_case)
    texts = [text.lower() for text in texts] if ignore_case else texts
    found = [sequences(text, length) for text in texts]
    given = [text.upper() for text in texts] if ignore_case else texts
    assert [dict(words.count(text)) for text in given] == found
    total = sum(found, collections.Counter())
    # A row is a text of its own, and so is a file.
    for column in (given, pyarrow.array(given, pyarrow.string())):
        assert dict(words.count_column(column)) == total
    folder = tmp_path_factory.mktemp("texts")
    for nth, text in enumerate(given):
        (folder / f"{nth}.txt").write_text(text)
    assert dict(words.count_files([folder]).counts) == total
    by_file = words.count_files([folder], by="file").sources
    assert {source.name: dict(source.counts or {}) for source in by_file} == {
        str(folder / f"{nth}.txt"): dict(counts) for nth, counts in enumerate(found)
    }


def test_sequences_go_across_pieces_and_are_no_less_than_words() -> None:
    text = "to be or\nnot " * 300_000
    found = cogrep.Words(ngrams=2).count(text)
    assert found["not to"] == 299_999
    assert found["or not"] == 300_000
    assert pickle.loads(pickle.dumps(cogrep.Words(ngrams=2))).count(text) == found
    assert repr(cogrep.Words(ngrams=2)) == "Words(ngrams=2, ignore_case=False)"
    with pytest.raises(ValueError, match="from 1, not 0"):
        cogrep.Words(ngrams=0)


@given(text=TEXTS, ignore_case=st.booleans())
def test_words_are_those_of_the_reference(
    oracle: ModuleType, text: str, ignore_case: bool
) -> None:
    change = oracle.fold if ignore_case else bytes
    changed: bytes = change(text.encode())
    found = cogrep.Words(ignore_case=ignore_case).count(text)
    whole = cogrep.Counter(list(found) or ["no"], whole_words=True, ignore_case=ignore_case)
    # Each word is counted as a counter of whole words counts it.
    assert dict(found) == whole.count(text).found()
    # And no word is left out.
    counted = sum(len(str(word).encode()) * count for word, count in found.items())
    assert counted == word_bytes(oracle, changed)


def word_bytes(oracle: ModuleType, text: bytes) -> int:
    return sum(len(char.encode()) for char in text.decode() if oracle.is_word(char))


@given(texts=st.lists(st.none() | TEXTS, max_size=12), regex=st.sampled_from([*EXPRESSIONS, "É|k"]))
@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_every_kind_are_counted_row_by_row(
    kind: str, texts: list[str | None], regex: str
) -> None:
    # Categories of nothing are numbers to pandas.
    assume("categories" not in kind or any(text is not None for text in texts))
    for what in (cogrep.Words(), cogrep.Matches(regex, ignore_case=True)):
        by_row = [what.count(text) for text in texts if text is not None]
        total = sum(by_row, cogrep.TextCounts({}))
        found = what.count_column(KINDS[kind](texts), threads=2)
        assert dict(found) == dict(total)
        assert found.total == sum(found.values()) and len(found) == len(dict(found))


@pytest.mark.parametrize("threads", [1, 2, 5, None])
def test_a_long_text_is_counted_in_pieces(threads: int | None) -> None:
    text = "to be or not to be\nGET /index 200\r\n" * 100_000 + "x" * 3_000_000 + " end"
    words = cogrep.Words().count(text, threads=threads)
    assert words.most_common(2) == [("be", 200_000), ("to", 200_000)]
    assert words["x" * 3_000_000] == words["end"] == 1 and words["none"] == 0
    codes = cogrep.Matches(r" (\d+)$", group=1).count(text.encode(), threads=threads)
    assert dict(codes) == {"200": 100_000}
    column = [text[:1000]] * 3000
    assert cogrep.Words().count_column(column, threads=threads).total == 3000 * len(
        re.findall(r"\w+", text[:1000])
    )


def test_the_most_frequent_come_first_and_ties_by_their_bytes() -> None:
    counts = cogrep.Words().count("c b a é b")
    assert list(counts.items()) == [("b", 2), ("a", 1), ("c", 1), ("é", 1)]
    assert counts.most_common(2) == [("b", 2), ("a", 1)] and counts.most_common()[-1] == ("é", 1)
    assert repr(counts) == "TextCounts({'b': 2, 'a': 1, 'c': 1, 'é': 1})"
    assert "b" in counts and "d" not in counts and counts["d"] == 0
    assert "and 10 more" in cogrep.Words().count(" ".join(map(str, range(40))))._repr_html_()
    assert "... 10 more" in repr(cogrep.Words().count(" ".join(map(str, range(40)))))


def test_counts_add_up_and_are_handed_on() -> None:
    counts = cogrep.Words().count("a b b") + cogrep.Words().count("a a c")
    assert list(counts.items()) == [("a", 3), ("b", 2), ("c", 1)] and counts.total == 6
    for it in (counts, cogrep.Words().count("a b b a a c"), pickle.loads(pickle.dumps(counts))):
        assert it == counts
        assert pyarrow.table(it).to_pydict() == {"text": ["a", "b", "c"], "count": [3, 2, 1]}
        assert it.to_arrow().equals(pyarrow.table(it))
        table: Any = polars.from_arrow(it.to_arrow())
        assert table.rows() == it.to_polars().rows() == it.most_common()
        assert it.to_pandas().to_dict() == dict(it)
        assert isinstance(it.to_pandas(), pandas.Series)


def test_what_is_no_unicode_is_bytes() -> None:
    counts = cogrep.Matches(r"(?-u:\xff)+|a").count(b"a\xff\xff a")
    assert dict(counts) == {"a": 2, b"\xff\xff": 1}
    assert pyarrow.table(counts)["text"].to_pylist() == [b"a", b"\xff\xff"]


def test_options_of_matches() -> None:
    text = "Love loves LOVE"
    assert dict(cogrep.Matches("love", ignore_case=True).count(text)) == {"love": 3}
    assert dict(cogrep.Matches("love", smart_case=True).count(text)) == {"love": 3}
    assert dict(cogrep.Matches("Love", smart_case=True).count(text)) == {"Love": 1}
    assert dict(cogrep.Matches("love", whole_words=True, ignore_case=True).count(text)) == {"love": 2}
    assert cogrep.Matches("love", smart_case=True).ignores_case
    assert dict(cogrep.Matches("(?P<n>o)v", group="n").count(text)) == {"o": 2}
    with pytest.raises(IndexError, match="no group 2"):
        cogrep.Matches("(a)", group=2)
    with pytest.raises(IndexError, match="no group with the name x"):
        cogrep.Matches("(a)", group="x")
    with pytest.raises(cogrep.PatternError, match="unclosed group"):
        cogrep.Matches("(a")
    with pytest.raises(cogrep.PatternError, match="too large"):
        cogrep.Matches(r"\w{1000}", regex_size_limit=1 << 20)
    with pytest.raises(cogrep.PatternError, match="too large"):
        cogrep.Counter([r"\w{1000}"], regex=True, regex_size_limit=1 << 20)
    with pytest.raises(ValueError, match="max_line_bytes"):
        cogrep.Matches("a", max_line_bytes=100).count_column(["a", "a" * 1000, "b"])
    assert cogrep.Matches("a+", max_line_bytes=1000).count("a" * 1000).total == 1


def test_they_are_pickled_and_shown() -> None:
    for what in (
        cogrep.Words(ignore_case=True),
        cogrep.Matches("(?P<n>a)b", group="n", ignore_case=True, whole_words=True),
    ):
        again = pickle.loads(pickle.dumps(what))
        assert repr(again) == repr(what)
        assert dict(again.count("AB ab abc")) == dict(what.count("AB ab abc"))
    assert repr(cogrep.Matches("a")) == "Matches('a')"


def test_files_are_counted_and_by_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("to be x=1 or\nnot x=22")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"be x=1"))
    (tmp_path / "empty").write_text("")
    for what, total, second in [
        (cogrep.Words(), {"1": 2, "be": 2, "x": 3, "22": 1, "not": 1, "or": 1, "to": 1}, ["1", "be", "x"]),
        (cogrep.Matches(r"x=(\d+)", group=1), {"1": 2, "22": 1}, ["1"]),
        (cogrep.Matches(r"x=\d"), {"x=1": 2, "x=2": 1}, ["x=1"]),
    ]:
        plain = what.count_files(tmp_path)
        by_file = what.count_files([tmp_path], by="file")
        assert dict(plain.counts) == dict(by_file.counts) == total
        assert plain.sources == [] and plain.source_count == 3 and plain.complete
        assert [os.path.basename(it.name) for it in by_file.sources] == ["a.txt", "b.gz", "empty"]
        counts = [it.counts for it in by_file.sources]
        assert counts[1] is not None and sorted(map(str, counts[1])) == second
        assert counts[2] is not None and len(counts[2]) == 0
        assert sum((it for it in counts if it is not None), cogrep.TextCounts({})) == by_file.counts
        assert set(by_file.to_pandas().columns) == {"file", "text", "count"}
    with pytest.warns(cogrep.IncompleteWarning, match="no such file"):
        report = cogrep.Words().count_files([tmp_path / "none", tmp_path / "a.txt"])
    assert [it.outcome for it in report.sources] == ["failed"] and report.counts["x"] == 2


def test_real_words_are_those_of_python(texts: Path) -> None:
    text = (texts / "sherlock.txt").read_text()
    # Python and Unicode agree on what a word is but for marks, of which there are none.
    words: Any = collections.Counter(re.findall(r"\w+", text))
    assert dict(cogrep.Words().count(text)) == words
    assert dict(cogrep.Words().count_column(text.split("\n"))) == words
    assert dict(cogrep.Words().count_files(texts / "sherlock.txt").counts) == words


def test_ranges_of_a_file_add_up(tmp_path: Path) -> None:
    text = "\ufeffto be\nor not\n" + "x" * 50 + "\n\nto be\r\nlast line to"
    file = tmp_path / "text"
    file.write_bytes(text.encode())
    size = file.stat().st_size
    counter = cogrep.Counter(["to", "be", "x", "\ufeff", "line"], whole_words=True)
    for step in (1, 2, 3, 7, 20, 64, size):
        ends = [*range(0, size, step), size]
        for what in (counter, cogrep.Words(), cogrep.Matches(r"(\w)\w*", group=1)):
            parts = [what._count_range(str(file), *it) for it in zip(ends, ends[1:])]
            total = parts[0][0]
            for counts, _ in parts[1:]:
                total = total + counts  # type: ignore[operator]
            assert total == what.count(text.removeprefix("\ufeff"))
            assert sum(text_bytes for _, text_bytes in parts) == size - 3


def test_words_of_the_standard_are_those_of_the_program(tmp_path: Path) -> None:
    text = "I can't, 3.14 and 他们知道。_ __ can't\r\nÉtat état\n" * 3
    (tmp_path / "a.txt").write_text(text)
    for ignore_case in (False, True):
        words = cogrep.Words(unicode=True, ignore_case=ignore_case)
        found = words.count(text)
        assert found["can't"] == 6 and found["3.14"] == 3 and found["知道"] == 3 and found["_"] == 0
        assert found["état"] == (6 if ignore_case else 3)
        rows = text.splitlines()
        assert words.count_column(rows) == found == words.count_column(pyarrow.array(rows))
        assert words.count_files(tmp_path).counts == found
        assert words.count_files([tmp_path], by="file").sources[0].counts == found
        assert pickle.loads(pickle.dumps(words)).count(text) == found
    with pytest.raises(ValueError, match="sequences"):
        cogrep.Words(unicode=True, ngrams=2)
