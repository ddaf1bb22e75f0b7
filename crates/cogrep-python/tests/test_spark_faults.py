"""Counts on a cluster of Spark, whatever happens to it: those of one machine, or an exception.

The tests do not wait for a time: a task waits at a gate until what is to happen has happened.
`COGREP_SPARK_RUNS` says how many runs there are in which several things happen at random; with
`-s`, each says what happened and how it ended.
"""

from __future__ import annotations

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Store, needs_spark

import cogrep

needs_spark()

import cluster
import cogrep.spark
from cluster import Cluster, facts, same
from cogrep.spark import LedgerError, _files, _source

pytestmark = pytest.mark.filterwarnings("ignore")

PATTERNS = ["love", "hate", "to be", "no such", "café"]
# Several splits for the large file, and for the small ones together.
SPLIT_BYTES = 200_000
# A gate that stays closed for so long will never be opened.
PATIENCE_SECONDS = 300.0

Event = Callable[[], object]


class Stage:
    """Where tasks and the test wait for each other: files, since tasks run elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def gated(self, gates: dict[int, int], slow: int | None) -> type[_source.CogrepDataSource]:
        """The data source, whose tasks wait at gates, by the numbers of their splits. The first
        task of a slow split waits until another one has begun."""
        folder = str(self.folder)

        def wait_for(name: str) -> None:
            end = time.monotonic() + PATIENCE_SECONDS
            while not os.path.exists(os.path.join(folder, name)):
                if time.monotonic() > end:
                    raise RuntimeError(f"nobody opens {name}")
                time.sleep(0.01)

        def put(name: str) -> bool:
            try:
                os.close(os.open(os.path.join(folder, name), os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return False
            return True

        class Reader(_source.Reader):
            def read(self, partition: Any) -> Iterator[Any]:
                if partition.number == slow:
                    if not put("first"):
                        put("second")
                    wait_for("second")
                if partition.number in gates:
                    put(f"reached {gates[partition.number]}")
                    wait_for(f"open {gates[partition.number]}")
                return super().read(partition)

        class Gated(_source.CogrepDataSource):
            def reader(self, schema: Any) -> Any:
                return Reader(_source.read_options(self.options))

        return Gated

    def run(self, events: list[Event], count: Callable[[], Any]) -> Any:
        """Counts, while each event happens at its gate."""
        is_over = threading.Event()
        raised: list[BaseException] = []

        def happen() -> None:
            try:
                for number, event in enumerate(events):
                    while not (self.folder / f"reached {number}").exists():
                        if is_over.wait(0.01):
                            return
                    event()
                    (self.folder / f"open {number}").touch()
            except BaseException as error:
                raised.append(error)

        thread = threading.Thread(target=happen)
        thread.start()
        try:
            return count()
        finally:
            is_over.set()
            thread.join()
            assert not raised, raised


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "stage")


def kill_an_executor(spark: Any, rng: random.Random) -> None:
    application = spark.sparkContext.applicationId
    # One that was killed before may not have been replaced yet.
    while not cluster.kill_executor(application, rng.choice):
        time.sleep(0.01)


def lose_shuffle_files(standalone: Cluster) -> None:
    for file in standalone.folder.rglob("shuffle_*"):
        file.unlink(missing_ok=True)


def test_executors_that_are_killed_change_no_count(
    spark: Any, spark_texts: Path, monkeypatch: pytest.MonkeyPatch, stage: Stage
) -> None:
    rng = random.Random(1)
    monkeypatch.setattr(_files, "CogrepDataSource", stage.gated({1: 0, 4: 1, 5: 2}, None))
    counter = cogrep.Counter(PATTERNS, ignore_case=True)
    found = stage.run(
        [lambda: kill_an_executor(spark, rng)] * 3,
        lambda: cogrep.spark.count_files(spark, spark_texts, counter, split_bytes=SPLIT_BYTES),
    )
    same(found, counter.count_files(spark_texts))
    assert (stage.folder / "open 2").exists()


def test_a_worker_that_is_replaced_changes_no_count(
    spark: Any,
    standalone: Cluster,
    spark_texts: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: Stage,
) -> None:
    monkeypatch.setattr(_files, "CogrepDataSource", stage.gated({3: 0}, None))
    counter = cogrep.Counter(PATTERNS)
    found = stage.run(
        [standalone.replace_worker],
        lambda: cogrep.spark.count_files(spark, spark_texts, counter, split_bytes=SPLIT_BYTES),
    )
    same(found, counter.count_files(spark_texts))
    assert (stage.folder / "open 0").exists()


def test_a_task_that_runs_twice_is_counted_once(
    spark: Any, spark_texts: Path, monkeypatch: pytest.MonkeyPatch, stage: Stage
) -> None:
    monkeypatch.setattr(_files, "CogrepDataSource", stage.gated({}, 3))
    found = cogrep.spark.count_files(spark, spark_texts, PATTERNS, split_bytes=SPLIT_BYTES)
    same(found, cogrep.Counter(PATTERNS).count_files(spark_texts))
    assert (stage.folder / "second").exists()


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
    spark: Any, spark_texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    for name in ("a", "b", "c"):
        shutil.copy(spark_texts / "large.log", tmp_path / name)
    changed = str(tmp_path / "c")
    options = {"split_bytes": (spark_texts / "large.log").stat().st_size}
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
    spark: Any, spark_texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = _files._frame
    for break_it, field in [
        (lambda frame: frame.where("split is null or split <> 1"), "missing"),
        (lambda frame: frame.unionAll(frame.where("split = 1")), "doubled"),
    ]:
        monkeypatch.setattr(_files, "_frame", lambda *given, it=break_it: it(make(*given)))
        with pytest.raises(LedgerError, match="split 1: ") as raised:
            cogrep.spark.count_files(spark, spark_texts, PATTERNS, split_bytes=SPLIT_BYTES)
        assert len(getattr(raised.value, field)) == 1

    # A file that comes after the driver has listed the others.
    shutil.copytree(spark_texts, tmp_path / "more")

    def later(*given: Any) -> Any:
        (tmp_path / "more" / "000").write_text("love")
        return make(*given)

    monkeypatch.setattr(_files, "_frame", later)
    with pytest.raises(LedgerError, match="changed meanwhile"):
        cogrep.spark.count_files(spark, tmp_path / "more", PATTERNS, split_bytes=SPLIT_BYTES)


class Sources:
    """A folder of files, and objects in a store, which can be changed."""

    def __init__(self, folder: Path, texts: Path, store: Store, prefix: str) -> None:
        self.folder = folder
        self.store = store
        self.prefix = prefix
        shutil.copytree(texts, folder)
        self.keys = [f"{prefix}{nth}" for nth in range(8)]
        for nth, key in enumerate(self.keys):
            store.put(key, b"to be or not to be, love\n" * (1 + 1000 * nth))
        self.inputs = [str(folder), f"s3://bucket/{prefix}"]

    def change(self, rng: random.Random) -> str:
        """Changes one of them in some way. Gives its name, as an exception has it."""
        how = rng.choice(["append", "rewrite", "remove"])
        if rng.random() < 0.5:
            key = rng.choice(self.keys)
            if how == "remove":
                self.store.delete(key)
            else:
                # Of the same length as before, or longer.
                more = b"love\n" if how == "append" else b""
                number = 1 + 1000 * self.keys.index(key)
                self.store.put(key, b"to be or not to be, hate\n" * number + more)
            return f"s3://bucket/{key}"
        path = rng.choice(sorted(path for path in self.folder.rglob("*") if path.is_file()))
        if how == "append":
            with path.open("ab") as file:
                file.write(b"love\n")
        elif how == "rewrite":
            path.write_bytes(path.read_bytes().replace(b"love", b"hate"))
        else:
            path.unlink()
        return str(path)


@pytest.mark.parametrize("seed", range(int(os.environ.get("COGREP_SPARK_RUNS", "3"))))
def test_a_result_is_right_or_there_is_none(
    spark: Any,
    standalone: Cluster,
    store: Store,
    spark_texts: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: Stage,
    seed: int,
) -> None:
    rng = random.Random(seed)
    sources = Sources(tmp_path / "texts", spark_texts, store, f"run {seed}/")
    changed: list[str] = []
    happening: dict[str, Event] = {
        "an executor killed": lambda: kill_an_executor(spark, rng),
        "a worker replaced": standalone.replace_worker,
        "shuffle files lost": lambda: lose_shuffle_files(standalone),
        "a source changed": lambda: changed.append(sources.change(rng)),
    }
    kinds = rng.choices(list(happening), [6, 2, 2, 2], k=rng.randrange(1, 4))
    counter = cogrep.Counter(PATTERNS, ignore_case=True)

    def count_here() -> Any:
        return counter.count_files(sources.inputs, endpoint_url=store.url, errors="ignore")

    def count_there() -> Any:
        return cogrep.spark.count_files(
            spark, sources.inputs, counter, split_bytes=SPLIT_BYTES, endpoint_url=store.url
        )

    before = count_here()
    assert before.complete and before.source_count == 31
    options = {"endpoint_url": store.url}
    listed = _files.list_inputs(sources.inputs, options)
    split_count = len(_files.splits(listed, counter, options, SPLIT_BYTES))
    gates = sorted(rng.sample(range(split_count), len(kinds)))
    slow = rng.randrange(split_count) if rng.random() < 0.5 else None
    gated = stage.gated({split: number for number, split in enumerate(gates)}, slow)
    monkeypatch.setattr(_files, "CogrepDataSource", gated)
    about = f"run {seed}: {', '.join(kinds)}{'' if slow is None else ', a slow split'}"
    try:
        found = stage.run([happening[kind] for kind in kinds], count_there)
    except LedgerError as error:
        print(f"{about}: LedgerError, {', '.join(error.changed)}")
        # It says what is wrong, and nothing else is.
        assert not error.missing and not error.doubled and not error.unknown
        assert error.changed
        for name in error.changed:
            assert any(name.startswith(it) for it in changed), (name, changed)
        return
    # What was changed after it had been counted is as it was before.
    assert facts(found) in (facts(before), facts(count_here()))
    print(f"{about}: equal")
    if not changed:
        assert facts(found) == facts(before)
    if slow is not None:
        assert (stage.folder / "second").exists()
