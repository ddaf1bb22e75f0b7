"""Columns of every kind."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import hypothesis.strategies as st
import numpy
import pandas
import polars
import pyarrow
import pytest
from hypothesis import given
from reference import counts
from test_counter import OPTIONS, PATTERNS, TEXTS

import cogrep

Texts = list[str | None]


def chunked(texts: Texts) -> pyarrow.ChunkedArray:
    pieces = [texts[:1], [], texts[1:4], texts[4:]]
    return pyarrow.chunked_array(pieces, pyarrow.string())


def sliced(texts: Texts) -> pyarrow.Array:
    return pyarrow.array(["ab", *texts, "ab"], pyarrow.string())[1 : len(texts) + 1]


def sliced_dictionary(texts: Texts) -> pyarrow.Array:
    whole = pyarrow.array(["unused ab", *texts, "ab"], pyarrow.string()).dictionary_encode()
    return whole[1 : len(texts) + 1]


def dictionaries(texts: Texts) -> pyarrow.ChunkedArray:
    pieces = [texts[:3], texts[3:]]
    kind = pyarrow.string()
    return pyarrow.chunked_array([pyarrow.array(it, kind).dictionary_encode() for it in pieces])


KINDS: dict[str, Callable[[Texts], Any]] = {
    "list": list,
    "iterator": iter,
    "tuple of bytes": lambda texts: tuple(None if it is None else it.encode() for it in texts),
    "numpy": lambda texts: numpy.array(texts, object),
    "string": lambda texts: pyarrow.array(texts, pyarrow.string()),
    "large_string": lambda texts: pyarrow.array(texts, pyarrow.large_string()),
    "string_view": lambda texts: pyarrow.array(texts, pyarrow.string_view()),
    "binary": lambda texts: pyarrow.array(texts, pyarrow.binary()),
    "large_binary": lambda texts: pyarrow.array(texts, pyarrow.large_binary()),
    "binary_view": lambda texts: pyarrow.array(texts, pyarrow.binary_view()),
    "chunked": chunked,
    "sliced": sliced,
    "dictionary": lambda texts: pyarrow.array(texts, pyarrow.string()).dictionary_encode(),
    "sliced dictionary": sliced_dictionary,
    "dictionaries": dictionaries,
    "polars": lambda texts: polars.Series(texts, dtype=polars.String),
    "polars, sliced": lambda texts: polars.Series(["ab", *texts], dtype=polars.String)[1:],
    "polars, categories": lambda texts: polars.Series(texts, dtype=polars.Categorical),
    "polars, binary": lambda texts: polars.Series(
        [None if it is None else it.encode() for it in texts], dtype=polars.Binary
    ),
    "pandas": lambda texts: pandas.Series(texts, dtype="str"),
    "pandas, objects": lambda texts: pandas.Series(texts, dtype=object),
    "pandas, arrow": lambda texts: pandas.Series(texts, dtype=pandas.ArrowDtype(pyarrow.string())),
    "pandas, categories": lambda texts: pandas.Series(texts, dtype="category"),
}


@pytest.mark.filterwarnings("ignore::cogrep.PatternWarning")
@given(
    texts=st.lists(st.none() | TEXTS, max_size=12),
    patterns=PATTERNS,
    options=OPTIONS,
    kind=st.sampled_from(list(KINDS)),
    threads=st.sampled_from([1, 2, None]),
)
def test_a_column_of_any_kind_counts_as_its_texts_one_by_one(
    oracle: ModuleType,
    texts: Texts,
    patterns: list[str],
    options: dict[str, bool],
    kind: str,
    threads: int | None,
) -> None:
    counter = cogrep.Counter(patterns, **options)  # type: ignore[arg-type]
    by_row = [counts(oracle, it or "", patterns, **options) for it in texts]
    expected = [
        (row, pattern, count)
        for row, of_row in enumerate(by_row)
        for pattern, count in zip(patterns, of_row)
        if count
    ]
    found = counter.count_rows(KINDS[kind](texts), threads=threads)
    assert list(found) == expected
    assert found.shape == (len(texts), len(patterns))
    dense = numpy.array(by_row).reshape(len(texts), len(patterns))
    assert (found.to_scipy().toarray() == dense).all()
    totals = counter.count_column(KINDS[kind](texts), threads=threads)
    assert list(totals.values()) == dense.sum(axis=0).tolist()


@pytest.mark.parametrize("kind", ["list", "iterator", "string", "dictionary", "polars"])
def test_many_rows_are_counted_on_several_threads(kind: str) -> None:
    words = ["ab", "aab", None, "", "b" * 70, "ab " * 30, "a\nb", "ba" * 100]
    texts: Texts = list(itertools.islice(itertools.cycle(words), 40_000))
    counter = cogrep.Counter(["ab", "b", "ba", "a\nb"])
    one = [list(counter.count(it or "").values()) for it in words]
    expected = numpy.array(one).sum(axis=0) * (len(texts) // len(words))
    told: list[int] = []
    found = counter.count_column(KINDS[kind](texts), threads=3, progress=told.append)
    assert list(found.values()) == expected.tolist()
    rows = counter.count_rows(KINDS[kind](texts), threads=3)
    assert rows.to_scipy()[39_997].toarray()[0].tolist() == one[5]
    if kind != "dictionary":
        assert sum(told) == len(texts)


def test_a_row_of_many_megabytes() -> None:
    texts = ["ab", "ab " * 400_000, "b"]
    counter = cogrep.Counter(["ab", "b a"])
    rows = counter.count_rows(pyarrow.array(texts))
    assert list(rows) == [(0, "ab", 1), (1, "ab", 400_000), (1, "b a", 399_999)]


def test_results_go_to_other_libraries() -> None:
    counter = cogrep.Counter(["he", "hers", b"\xff"])
    rows = counter.count_rows(["ushers", None, "he"])
    assert rows.to_arrow()["row"].to_pylist() == [0, 0, 2]
    plain = cogrep.Counter(["he", "hers"])
    rows = plain.count_rows(["ushers", None, "he"])
    expected = [(0, "he", 1), (0, "hers", 1), (2, "he", 1)]
    assert [tuple(row.values()) for row in rows.to_arrow().to_pylist()] == expected
    assert rows.to_polars().rows() == expected
    assert list(rows.to_pandas().itertuples(index=False, name=None)) == expected
    assert polars.DataFrame(rows).rows() == expected
    found = plain.count("he")
    assert found.to_arrow().to_pydict() == {"pattern": ["he", "hers"], "count": [1, 0]}
    assert found.to_polars().rows() == [("he", 1), ("hers", 0)]
    assert found.to_pandas().to_dict() == {"he": 1, "hers": 0}


def test_columns_of_other_things_are_refused() -> None:
    counter = cogrep.Counter(["a"])
    for column, message in [
        ("text", "a column has many texts"),
        ([1], "row 0: a text is a str, bytes or None"),
        (["a", "b", 2.5], "row 2"),
        (pyarrow.array([1]), "strings or bytes, not Int64"),
        (polars.DataFrame({"a": ["x"]}), "name one column of the table"),
        (3, "not iterable"),
    ]:
        with pytest.raises(TypeError, match=message):
            counter.count_column(column)
        with pytest.raises(TypeError, match=message):
            counter.count_rows(column)


def test_a_line_that_is_too_long_is_an_error_with_its_row() -> None:
    counter = cogrep.Counter(["a+"], regex=True, max_line_bytes=10)
    texts = ["a"] * 30_000 + ["a" * 11]
    for column in (texts, pyarrow.array(texts)):
        with pytest.raises(ValueError, match="row 30000: a line is longer than 10 bytes"):
            counter.count_column(column)


def test_an_iterator_that_fails_stops_the_count() -> None:
    def failing() -> Any:
        yield from ["a"] * 100_000
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        cogrep.Counter(["a"]).count_column(failing())
