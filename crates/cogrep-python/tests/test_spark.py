"""Counts on a cluster of Spark: those of one machine, whatever happens to its processes."""

from __future__ import annotations

import collections
import gzip
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import skip

import cogrep

pytestmark = pytest.mark.filterwarnings("ignore")

try:
    import pyspark  # noqa: F401
except ImportError:
    skip("there is no pyspark", allow_module_level=True)
if shutil.which("java") is None:
    skip("there is no Java", allow_module_level=True)
if not Path("/proc/self/cmdline").exists():
    skip("the system does not list processes", allow_module_level=True)

import cluster
import cogrep.spark
from cogrep.spark import LedgerError, _files, _source, _split
from cogrep.spark._ledger import check

WORDS = ["love", "hate", "hope", "to", "be", "or", "not", "LOVE", "café"]
PATTERNS = ["love", "hate", "to be", "no such", "café"]


@pytest.fixture(scope="module")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cluster.Cluster]:
    cluster.environment()
    made = cluster.Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def spark(standalone: cluster.Cluster) -> Iterator[Any]:
    quick = {
        "spark.speculation": "true",
        "spark.speculation.interval": "50ms",
        "spark.speculation.multiplier": "2",
        "spark.speculation.quantile": "0.3",
        "spark.speculation.minTaskRuntime": "300ms",
    }
    made = cluster.session(standalone.url, **quick)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some small files, one of them packed, and a large one."""
    made = tmp_path_factory.mktemp("texts")
    rng = random.Random(5)
    for nth in range(20):
        words = rng.choices(WORDS, k=rng.randrange(200))
        text = "".join(word + rng.choice([" ", "\n", "\r\n"]) for word in words)
        (made / f"{nth:02}.txt").write_bytes(text.encode())
    (made / "packed.gz").write_bytes(gzip.compress(b"to be or not to be, love\n" * 1000))
    line = "to be or not to be: love and café, 10.0.0.7 and love@here\n"
    (made / "large.log").write_text("".join(f"{n} {line}" for n in range(20_000)))
    (made / "sub").mkdir()
    (made / "sub" / "empty").write_text("")
    return made


def rows(frame: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in frame.collect()), key=repr)


def same(found: Any, expected: Any) -> None:
    """Reports of the same counts, and of sources that ended in the same way."""
    assert dict(found.counts) == dict(expected.counts)
    assert found.source_count == expected.source_count
    assert found.text_bytes == expected.text_bytes
    assert (found.partial_count, found.failed_count) == (
        expected.partial_count,
        expected.failed_count,
    )


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
        cogrep.Words(),
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
        ({"patterns": "a", "path": "s3://bucket/a"}, "only files that all machines see"),
    ]:
        with pytest.raises(Exception, match=message):
            spark.read.format("cogrep").options(**{"path": str(folder), **options}).load().collect()


def watched() -> type[_source.CogrepDataSource]:
    """The data source with tasks that take long enough for something to happen meanwhile."""

    class Reader(_source.Reader):
        def read(self, partition: Any) -> Iterator[Any]:
            time.sleep(0.05)
            return super().read(partition)

    class Slow(_source.CogrepDataSource):
        def reader(self, schema: Any) -> Any:
            return Reader(_source.read_options(self.options))

    return Slow


def run_and_disturb(spark: Any, folder: Path, disturb: Any) -> Any:
    """Counts, while something happens to the cluster."""
    context = spark.sparkContext
    tracker = context.statusTracker()
    over = threading.Event()

    def watch() -> None:
        # Something is going on: some tasks are done, and others are not.
        while not over.is_set():
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            if any(stage and stage.numCompletedTasks > 0 for stage in stages):
                if disturb():
                    return
            over.wait(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        return cogrep.spark.count_files(
            spark, folder, PATTERNS, ignore_case=True, split_bytes=40_000, by="file"
        )
    finally:
        over.set()
        watcher.join()


@pytest.mark.parametrize("seed", range(int(os.environ.get("COGREP_SPARK_RUNS", "2"))))
def test_executors_that_are_killed_change_no_count(
    spark: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(_files, "CogrepDataSource", watched())
    rng = random.Random(seed)
    application = spark.sparkContext.applicationId
    left = rng.randrange(1, 3)
    killed = []

    def disturb() -> bool:
        nonlocal left
        if cluster.kill_executor(application, rng.choice):
            killed.append(True)
            left -= 1
            time.sleep(rng.random())
        return left == 0

    found = run_and_disturb(spark, folder, disturb)
    same(found, cogrep.Counter(PATTERNS, ignore_case=True).count_files(folder, by="file"))
    assert killed


def test_a_worker_that_is_replaced_changes_no_count(
    spark: Any, standalone: cluster.Cluster, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_files, "CogrepDataSource", watched())
    replaced = []

    def disturb() -> bool:
        standalone.replace_worker()
        replaced.append(True)
        return True

    found = run_and_disturb(spark, folder, disturb)
    same(found, cogrep.Counter(PATTERNS, ignore_case=True).count_files(folder, by="file"))
    assert replaced


def test_a_task_that_runs_twice_is_counted_once(
    spark: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    class Reader(_source.Reader):
        def read(self, partition: Any) -> Iterator[Any]:
            if partition.number == 3:
                try:
                    first.touch(exist_ok=False)
                except FileExistsError:
                    second.touch()
                # The first one is late until Spark has started another one.
                for _ in range(3000):
                    if second.exists():
                        break
                    time.sleep(0.01)
            return super().read(partition)

    class Late(_source.CogrepDataSource):
        def reader(self, schema: Any) -> Any:
            return Reader(_source.read_options(self.options))

    monkeypatch.setattr(_files, "CogrepDataSource", Late)
    found = cogrep.spark.count_files(spark, folder, PATTERNS, split_bytes=100_000)
    same(found, cogrep.Counter(PATTERNS).count_files(folder))
    assert second.exists()


def changing(path: str, when: int) -> type[_source.CogrepDataSource]:
    """The data source, while whose tasks a file is changed."""

    class Reader(_source.Reader):
        def read(self, partition: Any) -> Iterator[Any]:
            if partition.number == when:
                with open(path, "a") as file:
                    file.write("love\n")
            return super().read(partition)

        def count(self, split: Any, counted: Any, rows: Any) -> None:
            super().count(split, counted, rows)
            if split.number == -when:
                with open(path, "a") as file:
                    file.write("love\n")

    class Changing(_source.CogrepDataSource):
        def reader(self, schema: Any) -> Any:
            return Reader(_source.read_options(self.options))

    return Changing


@pytest.mark.parametrize("when", [2, -2])
def test_a_file_that_is_changed_is_named(
    spark: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    for name in ("a", "b", "c"):
        shutil.copy(folder / "large.log", tmp_path / name)
    changed = str(tmp_path / "c")
    options = {"split_bytes": (folder / "large.log").stat().st_size}
    monkeypatch.setattr(_files, "CogrepDataSource", changing(changed, when))
    with pytest.raises(LedgerError, match="changed meanwhile: .*c") as raised:
        cogrep.spark.count_files(spark, tmp_path, PATTERNS, **options)
    assert raised.value.changed == [changed] and not raised.value.missing


def test_a_task_fails_whose_file_is_changed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("love")
    reader = _source.Reader({"patterns": "love", "path": str(tmp_path)})
    (split,) = reader.partitions()
    (batch,) = reader.read(split)
    assert batch.to_pylist() == [
        {"source": str(tmp_path / "a"), "pattern": "love", "count": 1, "outcome": "complete"}
    ]
    (tmp_path / "a").write_text("love and hate")
    with pytest.raises(_source.ChangedError, match="a was changed while it was counted"):
        list(reader.read(split))
    (tmp_path / "a").unlink()
    with pytest.raises(_source.ChangedError, match="a was changed while it was counted"):
        list(reader.read(split))


def test_splits_that_are_lost_or_doubled_are_named(
    spark: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = _files._frame
    for break_it, field in [
        (lambda frame: frame.where("split is null or split <> 1"), "missing"),
        (lambda frame: frame.unionAll(frame.where("split = 1")), "doubled"),
    ]:
        monkeypatch.setattr(_files, "_frame", lambda *given, it=break_it: it(make(*given)))
        with pytest.raises(LedgerError, match="split 1: ") as raised:
            cogrep.spark.count_files(spark, folder, PATTERNS, split_bytes=100_000)
        assert len(getattr(raised.value, field)) == 1

    # A file that comes after the driver has listed the others.
    shutil.copytree(folder, tmp_path / "more")

    def later(*given: Any) -> Any:
        (tmp_path / "more" / "000").write_text("love")
        return make(*given)

    monkeypatch.setattr(_files, "_frame", later)
    with pytest.raises(LedgerError, match="changed meanwhile"):
        cogrep.spark.count_files(spark, tmp_path / "more", PATTERNS, split_bytes=100_000)


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
    made = _split.splits([str(tmp_path)], cogrep.Counter(["love"]), {}, most)
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
    whole = _split.splits([str(tmp_path)], cogrep.Counter(["e\nl"]), {}, most)
    assert all(piece.start is None for split in whole for piece in split.pieces)


def test_a_local_cluster_counts_the_same(folder: Path) -> None:
    code = (
        "import sys, cluster, cogrep.spark; cluster.environment();"
        "spark = cluster.session('local-cluster[2,1,1024]');"
        "report = cogrep.spark.count_files(spark, sys.argv[1], ['love'], split_bytes=100_000);"
        "print('counted', report.counts['love'], report.source_count); spark.stop()"
    )
    command = [sys.executable, "-c", code, str(folder)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])
    }
    printed = subprocess.run(command, capture_output=True, text=True, env=environment)
    expected = cogrep.Counter(["love"]).count_files(folder)
    line = f"counted {expected.counts['love']} {expected.source_count}\n"
    assert printed.stdout.endswith(line), printed.stderr[-3000:]


