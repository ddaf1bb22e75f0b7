"""Counts on a cluster of Spark: those of one machine."""

from __future__ import annotations

import collections
import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import needs_spark

import cogrep

needs_spark()

import cogrep.spark
from cluster import same
from cogrep.spark import LedgerError, _split
from cogrep.spark._ledger import check

pytestmark = pytest.mark.filterwarnings("ignore")

PATTERNS = ["love", "hate", "to be", "no such", "café"]


@pytest.fixture
def folder(spark_texts: Path) -> Path:
    return spark_texts


def rows(frame: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in frame.collect()), key=repr)


TEXTS = [("a", "love and hate"), ("a", None), ("b", "love love\nto be"), (None, "café, LOVE"), ("b", "")]


def test_a_column_is_counted(spark: Any) -> None:
    frame = spark.createDataFrame(TEXTS, ["kind", "text"]).repartition(3)
    texts = [text for _, text in TEXTS]
    for options in ({}, {"ignore_case": True, "whole_words": True}):
        counter = cogrep.Counter(PATTERNS, **options)  # type: ignore[arg-type]
        found = cogrep.spark.count(frame, "text", PATTERNS, **options)
        assert rows(found) == sorted(counter.count_column(texts).items(), key=repr)
        found = cogrep.spark.count(frame, "text", counter, by="kind")
        expected: dict[Any, int] = collections.Counter()
        for kind, text in TEXTS:
            for pattern, count in counter.count(text or "").found().items():
                expected[kind, pattern] += count
        assert rows(found) == sorted(((*key, n) for key, n in expected.items()), key=repr)
    for what in (cogrep.Words(), cogrep.Matches(r"\w(\w)", group=1)):
        found = cogrep.spark.count(frame, "text", what)
        assert rows(found) == sorted(what.count_column(texts).items(), key=repr)
        found = cogrep.spark.count(frame, "text", what, by=["kind"])
        expected = collections.Counter()
        for kind, text in TEXTS:
            for word, count in what.count(text or "").items():
                expected[kind, word] += count
        assert rows(found) == sorted(((*key, n) for key, n in expected.items()), key=repr)
    with pytest.raises(ValueError, match="called count"):
        cogrep.spark.count(frame.withColumn("count", frame["text"]), "text", ["a"], by="count")
    with pytest.raises(TypeError, match="an option of the Words"):
        cogrep.spark.count(frame, "text", cogrep.Words(), ignore_case=True)


@pytest.mark.parametrize("split_bytes", [1 << 30, 100_000])
def test_files_are_counted_as_on_one_machine(spark: Any, folder: Path, split_bytes: int) -> None:
    for what in (
        cogrep.Counter(PATTERNS, ignore_case=True),
        cogrep.Counter({"warm": ["love", "be\r\n"], "cold": "hate"}),
        cogrep.Counter(["to be", "love and"], loose_space=True),
        cogrep.Words(),
        cogrep.Words(unicode=True),
        # What goes across lines is counted in whole files.
        cogrep.Words(ngrams=2),
        cogrep.Matches(r"(\w+)@", group=1),
    ):
        if split_bytes < 1 << 30:
            expected = what.count_files(folder)
            found = cogrep.spark.count_files(spark, folder, what, split_bytes=split_bytes)
            same(found, expected)
            assert list(found.counts) == list(expected.counts) and found.sources == []
        expected = what.count_files(folder, by="file")
        found = cogrep.spark.count_files(spark, folder, what, by="file", split_bytes=split_bytes)
        same(found, expected)
        facts = [(it.name, dict(it.counts), it.text_bytes) for it in found.sources]
        assert facts == [(it.name, dict(it.counts or {}), it.text_bytes) for it in expected.sources]
    found = cogrep.spark.count_files(spark, folder, ["to"], globs=["*.txt"], max_depth=1)
    same(found, cogrep.Counter(["to"]).count_files(folder, globs=["*.txt"], max_depth=1))


def test_nothing_is_counted_as_nothing(spark: Any, tmp_path: Path) -> None:
    found = cogrep.spark.count_files(spark, tmp_path, ["love"], by="file")
    same(found, cogrep.Counter(["love"]).count_files(tmp_path))
    assert dict(found.counts) == {"love": 0} and found.sources == []


def test_faults_are_reported(spark: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"love " * 100_000)[:200])
    inputs = [tmp_path / "cut.gz", tmp_path / "none", folder / "large.log"]
    expected = cogrep.Counter(["love"]).count_files(inputs, errors="ignore")
    with pytest.warns(cogrep.IncompleteWarning, match="2 of 3 files"):
        found = cogrep.spark.count_files(spark, inputs, ["love"])
    same(found, expected)
    assert [(it.name, it.outcome, it.fault) for it in found.sources] == [
        (it.name, it.outcome, it.fault) for it in expected.sources
    ]
    with pytest.raises(cogrep.IncompleteError):
        cogrep.spark.count_files(spark, inputs, ["love"], errors="raise")


def test_the_data_source_gives_a_frame(spark: Any, folder: Path) -> None:
    expected = cogrep.Counter(PATTERNS, ignore_case=True).count_files(folder, by="file")
    (folder.parent / "patterns").write_text("\n".join(PATTERNS))
    for name, value in [
        ("patterns", "\n".join(PATTERNS)),
        ("patterns", '["love", "hate", "to be", "no such", "café"]'),
        ("patterns_file", str(folder.parent / "patterns")),
    ]:
        reader = spark.read.format("cogrep").option(name, value).option("ignore_case", "true")
        frame = reader.option("split_bytes", 100_000).load(str(folder))
        assert frame.columns == ["source", "pattern", "count", "outcome"]
        sums: dict[Any, int] = collections.Counter()
        for row in frame.collect():
            assert row.outcome == "complete" and (row.pattern is None) == (row["count"] == 0)
            sums[row.source, row.pattern] += row["count"]
        for source in expected.sources:
            assert source.counts is not None
            for pattern, count in source.counts.items():
                assert sums[source.name, pattern] == count
    reader = spark.read.format("cogrep").option("matches", r"(\w+)@").option("group", "1")
    assert reader.load(str(folder)).groupBy("pattern").count().count() == 2
    for options, message in [
        ({"pattern": "a"}, "there is no option pattern"),
        ({}, "one of the options patterns"),
        ({"words": "yes"}, "words is true or false"),
    ]:
        with pytest.raises(Exception, match=message):
            spark.read.format("cogrep").options(**{"path": str(folder), **options}).load().collect()


def test_the_ledger_is_checked() -> None:
    expected = [_split.Split(n, (_split.Piece(f"file {n}", n, n),)) for n in range(4)]
    ledger = [(it.number, it.digest(), "counted", None, 1) for it in expected]
    check(expected, ledger)
    for changed, field, named in [
        (ledger[1:], "missing", "split 0: file 0"),
        ([*ledger, ledger[2]], "doubled", "split 2: file 2"),
        ([*ledger[1:], (0, ledger[0][1], "counted", None, 2)], "doubled", "split 0: file 0"),
        ([*ledger[1:], (0, "other", "counted", None, 1)], "changed", "split 0: file 0"),
        ([*ledger[1:], (0, "any", "changed", "file 0", 1)], "changed", "file 0"),
        ([*ledger, (7, "other", "counted", None, 1)], "unknown", "split 7"),
    ]:
        with pytest.raises(LedgerError) as raised:
            check(expected, changed)  # type: ignore[arg-type]
        assert getattr(raised.value, field) == [named] and named in str(raised.value)
    with pytest.raises(LedgerError, match="not counted: .*, and 5 more"):
        check([_split.Split(n, expected[0].pieces) for n in range(10)], [])


def test_splits_are_of_even_size_and_have_every_byte_once(tmp_path: Path) -> None:
    sizes = [0, 1, 10, 100, 1000, 10, 10, 5000, 100_000, 3, 250_000]
    for nth, size in enumerate(sizes):
        (tmp_path / f"{nth:02}").write_bytes(b"love\n" * (size // 5) + b"x" * (size % 5))
    most = 200_000
    listed = _split.list_inputs([str(tmp_path)], {})
    made = _split.splits(listed, cogrep.Counter(["love"]), {}, most)
    assert [split.number for split in made] == list(range(len(made)))
    pieces = [piece for split in made for piece in split.pieces]
    for nth, size in enumerate(sizes):
        of_file = [piece for piece in pieces if piece.path == str(tmp_path / f"{nth:02}")]
        if len(of_file) == 1:
            assert of_file[0].start is None and of_file[0].size == size
        else:
            ends = [0, *(piece.end for piece in of_file)]
            assert [piece.start for piece in of_file] == ends[:-1] and ends[-1] == size
    for split in made:
        assert sum(piece.size if piece.end is None else piece.end - (piece.start or 0)
                   for piece in split.pieces) <= most  # fmt: skip
    # A pattern with a line feed may be where two ranges meet.
    whole = _split.splits(listed, cogrep.Counter(["e\nl"]), {}, most)
    assert all(piece.start is None for split in whole for piece in split.pieces)


def test_a_local_cluster_counts_the_same(folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, cluster, cogrep.spark;"
        "cluster.environment(pathlib.Path(sys.argv[2]));"
        "spark = cluster.session('local-cluster[2,1,1024]');"
        "report = cogrep.spark.count_files(spark, sys.argv[1], ['love'], split_bytes=100_000);"
        "print('counted', report.counts['love'], report.source_count); cluster.stop(spark);"
        "print('left', cluster.kill_the_rest())"
    )
    command = [sys.executable, "-c", code, str(folder), str(tmp_path)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])
    }
    printed = subprocess.run(command, capture_output=True, text=True, env=environment)
    expected = cogrep.Counter(["love"]).count_files(folder)
    line = f"counted {expected.counts['love']} {expected.source_count}\nleft []\n"
    assert printed.stdout.endswith(line), printed.stderr[-3000:]
