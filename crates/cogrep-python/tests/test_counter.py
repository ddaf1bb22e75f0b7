"""Patterns, options, and counts in one text."""

from __future__ import annotations

import copy
import mmap
import pickle
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from reference import count, counts

import cogrep

# Few letters, so that they meet; and what the rules treat in a way of its own.
ATOMS = ["a", "b", "ab", "A", " ", "\n", "\r", "é", "É", "\u212a", "k", "ſ", "漢", "\u0301", "_"]
TEXTS = st.lists(st.sampled_from(ATOMS), max_size=40).map("".join)
PATTERNS = st.lists(
    st.lists(st.sampled_from(ATOMS), min_size=1, max_size=4).map("".join),
    min_size=1,
    max_size=8,
    unique=True,
)
OPTIONS = st.fixed_dictionaries(
    {"ignore_case": st.booleans(), "whole_words": st.booleans()},
).flatmap(
    lambda both: st.sampled_from([{}, {"lines": True}, {"whole_lines": True}, {"overlapping": True}])
    .map(lambda unit: both | unit)
)  # fmt: skip


@pytest.mark.filterwarnings("ignore::cogrep.PatternWarning")
@given(text=TEXTS, patterns=PATTERNS, options=OPTIONS)
def test_counts_are_those_of_the_reference(
    oracle: ModuleType, text: str, patterns: list[str], options: dict[str, bool]
) -> None:
    counter = cogrep.Counter(patterns, **options)  # type: ignore[arg-type]
    expected = counts(oracle, text, patterns, **options)
    assert list(counter.count(text).values()) == expected
    assert list(counter.count(text.encode()).values()) == expected
    assert list(counter.count(memoryview(text.encode())).values()) == expected


def test_real_text_counts_as_the_reference(oracle: ModuleType, texts: Path) -> None:
    text = (texts / "sherlock.txt").read_bytes()[:60_000]
    patterns = ["the", "Holmes", "upon the", "z", "\r\n", "no such thing"]
    for options in ({}, {"ignore_case": True, "whole_words": True}):
        counter = cogrep.Counter(patterns, **options)  # type: ignore[arg-type]
        assert list(counter.count(text).values()) == counts(oracle, text, patterns, **options)


def test_each_pattern_is_counted_as_if_it_were_alone() -> None:
    found = cogrep.Counter(["he", "she", "hers", "his"]).count("ushers")
    assert dict(found) == {"he": 1, "she": 1, "hers": 1, "his": 0}
    assert found.total == 3
    assert found.found() == {"he": 1, "she": 1, "hers": 1}
    assert found.most_common(2) == [("he", 1), ("she", 1)]
    assert found.most_common()[-1] == ("his", 0)


@pytest.mark.parametrize("threads", [1, 2, 5, None])
@pytest.mark.parametrize("options", [{}, {"ignore_case": True, "whole_words": True}])
def test_a_long_text_is_counted_in_ranges(threads: int | None, options: dict[str, bool]) -> None:
    text = "aaa Aa é\u212a aaaa\n" * 150_000
    patterns = ["aa", "aaa", "é", "k", "a\n", "\na"]
    counter = cogrep.Counter(patterns, **options)  # type: ignore[arg-type]
    once = counter.count(text[:16])
    found = counter.count(text, threads=threads)
    assert found == counter.count(text.encode(), threads=threads)
    assert found == counter.count(memoryview(text.encode()), threads=threads)
    if not options:
        assert [found[it] for it in patterns] == [count(text, it) for it in patterns]
    assert found["aa"] == once["aa"] * 150_000


def test_regular_expressions_are_matched_line_by_line() -> None:
    text = "a1\nb22\r\n" * 300_000
    counter = cogrep.Counter([r"\d+$", "^b", "a.b"], regex=True)
    assert list(counter.count(text).values()) == [600_000, 300_000, 0]
    assert list(counter.count(text, threads=1).values()) == [600_000, 300_000, 0]
    lines = cogrep.Counter(["2"], regex=True, lines=True)
    assert lines.count("22\n2\n")["2"] == 2


def test_what_is_no_unicode_counts_too() -> None:
    assert cogrep.count(b"\xff\xfe\xff", [b"\xff"])[b"\xff"] == 2
    assert cogrep.count("a\ud800a", ["a", "\ud800"]) == {"a": 2, "\ud800": 1}


def test_a_mark_within_a_string_is_text() -> None:
    assert cogrep.count("\ufeffa", ["\ufeff"])["\ufeff"] == 1


@pytest.mark.parametrize("kind", [bytearray, memoryview, lambda it: it.decode()])
def test_a_text_comes_in_many_kinds(kind: Any) -> None:
    assert cogrep.count(kind(b"ab cab"), ["ab"])["ab"] == 2


def test_a_mapped_file_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"ab " * 1_000_000)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        assert cogrep.count(text, ["ab"])["ab"] == 1_000_000


def test_smart_case() -> None:
    assert cogrep.Counter(["love"], smart_case=True).ignores_case
    assert not cogrep.Counter(["love", "Hate"], smart_case=True).ignores_case


def test_names_stand_for_several_patterns() -> None:
    counter = cogrep.Counter({"warm": ["love", "hope"], "cold": "hate", "none": []})
    assert dict(counter.count("hope, love and hate")) == {"warm": 2, "cold": 1, "none": 0}
    twice = cogrep.Counter({"one": ["a", "b"], "other": ["b", "c"]})
    assert list(twice.count_rows(["abc", "b"])) == [
        (0, "one", 2), (0, "other", 2), (1, "one", 1), (1, "other", 1)
    ]  # fmt: skip


def test_a_pattern_that_is_given_twice_is_one_key() -> None:
    assert dict(cogrep.Counter(["b", "a", "b"]).count("bab")) == {"b": 2, "a": 1}
    both = cogrep.Counter(["b", b"b"])
    assert dict(both.count("bab")) == {"b": 2, b"b": 2}
    assert list(both.count_rows(["bb"])) == [(0, "b", 2), (0, b"b", 2)]


def test_an_error_has_the_index_of_the_pattern() -> None:
    for patterns, index in [(["a", ""], 1), (["a", "b", "a", ""], 3)]:
        with pytest.raises(cogrep.PatternError, match=f"pattern {index + 1} is empty") as raised:
            cogrep.Counter(patterns)
        assert raised.value.index == index
    with pytest.raises(cogrep.PatternError, match="unclosed group") as raised:
        cogrep.Counter(["a", "(b"], regex=True)
    assert raised.value.index == 1
    with pytest.raises(cogrep.PatternError) as raised:
        cogrep.Counter(["a"], regex=True, overlapping=True)
    assert raised.value.index is None
    assert issubclass(cogrep.PatternError, ValueError)


def test_slips_are_refused() -> None:
    counter = cogrep.Counter(["a"])
    for call in [
        lambda: cogrep.Counter("abc"),
        lambda: cogrep.Counter([1]),  # type: ignore[list-item]
        lambda: cogrep.Counter([["a"]]),  # type: ignore[list-item]
        lambda: counter.count(1),
        lambda: counter.count(["a"]),
        lambda: counter.count_files([1]),  # type: ignore[list-item]
    ]:
        with pytest.raises(TypeError):
            call()
    for call in [
        lambda: cogrep.Counter(["a"], lines=True, overlapping=True),
        lambda: cogrep.Counter(["a"], engine="warp"),
        lambda: counter.count("a", threads=0),
        lambda: cogrep.Counter(["a+"], regex=True, max_line_bytes=3).count("aaaaa"),
    ]:
        with pytest.raises(ValueError):
            call()
    with pytest.raises(KeyError):
        counter.count("a")["b"]


def test_a_pattern_that_can_occur_nowhere_is_a_warning() -> None:
    with pytest.warns(cogrep.PatternWarning, match="pattern 2 has a line feed"):
        cogrep.Counter(["a", "a\nb"], lines=True)


def test_counters_and_counts_are_pickled() -> None:
    for counter in [
        cogrep.Counter(["Love", b"\xff"], ignore_case=True, whole_words=True),
        cogrep.Counter({"a": ["b", "c"], "d": "e"}),
        cogrep.Counter(["a", "b", "a"]),
    ]:
        again = pickle.loads(pickle.dumps(counter))
        assert repr(again) == repr(counter)
        found = counter.count("love \xff bce aab")
        assert again.count("love \xff bce aab") == found
        assert pickle.loads(pickle.dumps(found)) == found
        assert copy.deepcopy(found) == found
    assert "ignore_case=True" in repr(cogrep.Counter(["a"], ignore_case=True))


def test_counts_add_up() -> None:
    counter = cogrep.Counter(["a", "b", "c"])
    assert dict(counter.count("ab") + counter.count("bc")) == {"a": 1, "b": 2, "c": 1}
    with pytest.raises(ValueError):
        counter.count("a") + cogrep.Counter(["a"]).count("a")


def test_counts_are_shown_as_a_table() -> None:
    found = cogrep.count("a<b>a", ["a", "<b>"])
    html = found._repr_html_()
    assert "&lt;b&gt;" in html and "width:200px" in html and "width:100px" in html
    many = cogrep.count("7 17", [str(number) for number in range(100)])
    assert "and 70 more" in many._repr_html_()
    assert repr(many).endswith("... 70 more})")


def test_lists_are_read_from_files(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_bytes(b"\xef\xbb\xbflove\r\n\n# hate \n\xff\n")
    assert cogrep.Counter.from_file(path).names == ["love", "# hate ", b"\xff"]
    path.write_bytes("war\npeace\n".encode("utf-16"))
    assert cogrep.Counter.from_file(path, ignore_case=True).names == ["war", "peace"]
    path.write_bytes(b"warm\tlove\ncold\thate\nwarm\thope\n")
    counter = cogrep.Counter.from_file(path, named=True)
    assert dict(counter.count("love hope hate")) == {"warm": 2, "cold": 1}
    path.write_bytes(b"warm love\n")
    with pytest.raises(ValueError, match="has no tab"):
        cogrep.Counter.from_file(path, named=True)


def test_no_patterns_count_nothing() -> None:
    counter = cogrep.Counter([])
    assert dict(counter.count("a")) == {}
    assert counter.count_rows(["a"]).shape == (1, 0)


def test_a_space_matches_any_white_space(tmp_path: Path) -> None:
    counter = cogrep.Counter(["to be", "be  or"], loose_space=True)
    text = "to\n be\tor\u2003not to   be" * 3
    (tmp_path / "a.txt").write_text(text)
    expected = {"to be": 6, "be  or": 3}
    assert dict(counter.count(text)) == expected
    assert dict(counter.count(memoryview(text.encode()))) == expected
    assert dict(counter.count_column([text, None, "to", "be"])) == expected
    assert [found for found in counter.count_rows([text, "", "to\r\nbe"])] == [
        (0, "to be", 6), (0, "be  or", 3), (2, "to be", 1)
    ]  # fmt: skip
    assert dict(counter.count_files(tmp_path).counts) == expected
    assert dict(pickle.loads(pickle.dumps(counter)).count(text)) == expected
    long = "to \n be " * 400_000
    assert counter.count(long)["to be"] == 400_000
    for other in ("regex", "lines", "whole_lines"):
        with pytest.raises(ValueError, match=f"loose_space and {other}"):
            cogrep.Counter(["a"], loose_space=True, **{other: True})
