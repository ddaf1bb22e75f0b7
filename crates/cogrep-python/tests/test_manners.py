"""Threads, Ctrl-C, files, the program, and what is shown to type checkers."""

from __future__ import annotations

import doctest
import gzip
import importlib
import io
import mmap
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pytest

import cogrep

COUNTER = cogrep.Counter(["he", "she", "hers", "his"])


def test_the_examples_of_the_documentation_are_right() -> None:
    modules = ["_counter", "_counts", "_distinct", "_files", "_rows", "_report", "_text_counts"]
    for name in ["cogrep", *(f"cogrep.{module}" for module in modules)]:
        module = importlib.import_module(name)
        names = {"Counter": cogrep.Counter, "Words": cogrep.Words}
        assert doctest.testmod(module, extraglobs=names).failed == 0


def endless() -> Any:
    while True:
        yield "ushers " * 100


class Endless(io.RawIOBase):
    """A file without an end."""

    def read(self, size: int = -1) -> bytes:
        # In lines, since one without an end is an error.
        return b"ushers\n" * 1000


def huge_text(folder: Path) -> mmap.mmap:
    """A text that no test sees the end of: a file with nothing in it but its length."""
    with (folder / "huge").open("wb+") as file:
        file.truncate(1 << 40)
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def huge_column() -> pyarrow.Array:
    """A column of many terabytes, all of whose rows are the same megabyte."""
    text = b"ushers to " * 100_000
    kind = [("length", "i4"), ("start", "S4"), ("buffer", "i4"), ("offset", "i4")]
    views = numpy.zeros(20_000_000, dtype=kind)
    views["length"], views["start"] = len(text), text[:4]
    buffers = [None, pyarrow.py_buffer(views), pyarrow.py_buffer(text)]
    return pyarrow.Array.from_buffers(pyarrow.binary_view(), len(views), buffers)


CALLS: dict[str, Callable[[Path], object]] = {
    "text": lambda folder: COUNTER.count(huge_text(folder)),
    "text, one thread": lambda folder: COUNTER.count(huge_text(folder), threads=1),
    "iterator": lambda _: COUNTER.count_column(endless()),
    "column": lambda _: COUNTER.count_column(huge_column()),
    "rows": lambda _: COUNTER.count_rows(huge_column(), threads=1),
    "files": lambda _: COUNTER.count_files(Endless()),
    "words of a column": lambda _: cogrep.Words().count_column(huge_column()),
    "words of an iterator": lambda _: cogrep.Words().count_column(endless()),
    "matches in files": lambda _: cogrep.Matches("[a-z]+").count_files(Endless()),
    "a range": lambda folder: huge_text(folder) and COUNTER._count_range(
        str(folder / "huge"), 0, 1 << 40
    ),
}  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c_stops_a_count(name: str, tmp_path: Path) -> None:
    # What starts the tests may have the signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    # None of these calls would end by itself. The handler of Python runs on the main thread,
    # wherever the signal is raised.
    timer = threading.Timer(0.05, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    has_ended = False
    with pytest.raises(KeyboardInterrupt):
        CALLS[name](tmp_path)
        has_ended = True
        # Here, and not in what runs the tests, the signal comes then.
        while True:
            time.sleep(0.01)
    timer.join()
    signal.signal(signal.SIGINT, before)
    assert not has_ended


def test_no_thread_is_left() -> None:
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        pytest.skip("the system does not list threads")
    before = len(list(tasks.iterdir()))
    COUNTER.count("ushers " * 1_000_000, threads=4)
    COUNTER.count_column(["ushers"] * 100_000, threads=4)
    COUNTER.count_rows(pyarrow.array(["ushers " * 10] * 50_000), threads=4)
    COUNTER.count_files(Path(__file__).parent, threads=4)
    # The system takes a moment to forget a thread that has ended; threads of other libraries
    # may have ended meanwhile.
    for _ in range(1000):
        if len(list(tasks.iterdir())) <= before:
            break
        time.sleep(0.01)
    assert len(list(tasks.iterdir())) <= before


def test_threads_share_a_counter() -> None:
    found: list[cogrep.Counts] = []
    texts = pyarrow.array(["ushers"] * 20_000)
    threads = [
        threading.Thread(target=lambda: found.append(COUNTER.count_column(texts)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [it["she"] for it in found] == [20_000] * 8


def count_in_child(counter: cogrep.Counter) -> tuple[dict[Any, int], int]:
    texts = pyarrow.array(["ushers"] * 50_000)
    words = cogrep.Words().count_column(texts, threads=4)
    return dict(counter.count_column(texts, threads=4)), words["ushers"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_processes_count_after_a_fork(method: str) -> None:
    here = count_in_child(COUNTER)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(count_in_child, [COUNTER] * 4) == [here] * 4
    assert count_in_child(COUNTER) == here


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_fork_while_another_thread_counts_is_none_of_its_business() -> None:
    is_over = threading.Event()

    def rows() -> Any:
        while not is_over.is_set():
            yield "ushers " * 100

    counting = threading.Thread(target=lambda: COUNTER.count_column(rows(), threads=2))
    counting.start()
    try:
        child = os.fork()
        if child == 0:
            # The other thread is not there, and is not waited for.
            is_right = COUNTER.count("ushers " * 1_000_000, threads=2)["she"] == 1_000_000
            os._exit(0 if is_right else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        is_over.set()
        counting.join()


def test_all_that_counts_is_pickled() -> None:
    named = cogrep.Counter({"a": ["x", "y"], b"\xff": "z"}, ignore_case=True, lines=True)
    for counter in (COUNTER, named, cogrep.Counter([b"\xff", "a"], engine="naive")):
        again = pickle.loads(pickle.dumps(counter))
        assert repr(again) == repr(counter) and again.names == counter.names
        counts = counter.count("X z a ushers")
        assert again.count("X z a ushers") == counts
        assert pickle.loads(pickle.dumps(counts)) == counts


def test_notebooks_show_tables_with_bars() -> None:
    shown = cogrep.Counter(["<b>", "a"]).count("aa <b>")._repr_html_()
    assert "&lt;b&gt;" in shown and "<b>" not in shown and "width:200px" in shown
    assert shown.count("<tr>") == 3
    nothing = cogrep.Counter(["a"]).count("")._repr_html_()
    assert "width:0px" in nothing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("ushers his")
    (tmp_path / "b.log").write_bytes(gzip.compress(b"he"))
    (tmp_path / ".hidden").write_text("he he")
    (tmp_path / ".ignore").write_text("ignored\n")
    (tmp_path / "ignored").write_text("he he he")
    return tmp_path


def test_files_are_counted_as_by_the_program(folder: Path) -> None:
    report = COUNTER.count_files(folder, by="file")
    assert dict(report.counts) == {"he": 2, "she": 1, "hers": 1, "his": 1}
    assert [Path(source.name).name for source in report.sources] == ["a.txt", "b.log"]
    assert report.complete and report.source_count == 2 and report.text_bytes == 12
    one = report.sources[1]
    assert one.complete and one.counts is not None and one.counts["he"] == 1
    assert report.to_pandas()["count"].sum() == 5
    assert "a.txt" in report._repr_html_()
    for options, count in [
        ({"hidden": True}, 4),
        ({"ignore": False}, 5),
        ({"globs": ["*.txt"]}, 1),
        ({"globs": ["!*.txt"]}, 1),
        ({"types": ["log"]}, 1),
        ({"decompress": False}, 1),
        ({"max_file_bytes": 5}, 0),
        ({"max_depth": 0}, 0),
        ({"encoding": "utf-16le"}, 0),
    ]:
        assert COUNTER.count_files([folder], **options).counts["he"] == count, options  # type: ignore[arg-type]


def test_objects_are_read_like_files(folder: Path) -> None:
    with (folder / "a.txt").open("rb") as file, (folder / "a.txt").open() as text:
        packed = io.BytesIO(gzip.compress(b"she"))
        inputs = [file, text, packed, io.StringIO("his"), folder / "a.txt"]
        report = COUNTER.count_files(inputs, by="file")
    assert [source.name for source in report.sources][2:4] == ["<BytesIO>", "<StringIO>"]
    assert dict(report.counts) == {"he": 4, "she": 4, "hers": 3, "his": 4}


def test_what_an_object_raises_is_raised() -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise LookupError("no page")

    with pytest.raises(LookupError, match="no page"):
        COUNTER.count_files(Broken())


def test_a_missing_file_is_reported_as_asked(folder: Path) -> None:
    inputs = [folder / "none", folder / "a.txt"]
    message = "1 of 2 files could not be read to the end: .*none: no such file"
    with pytest.warns(cogrep.IncompleteWarning, match=message):
        report = COUNTER.count_files(inputs)
    assert not report.complete and report.counts["she"] == 1
    assert report.faults[0].outcome == "failed"
    with pytest.raises(cogrep.IncompleteError) as raised:
        COUNTER.count_files(inputs, errors="raise")
    assert raised.value.report is not None and raised.value.report.counts["she"] == 1
    assert COUNTER.count_files(inputs, errors="ignore").failed_count == 1


def test_options_that_make_no_sense_are_refused(folder: Path) -> None:
    for options in [
        {"encoding": "klingon"},
        {"types": ["klingon"]},
        {"globs": ["a{"]},
        {"by": "line"},
        {"threads": 0},
    ]:
        with pytest.raises(ValueError):
            COUNTER.count_files(folder, **options)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="globs is a list"):
        COUNTER.count_files(folder, globs="*.txt")


def test_progress_is_told_in_steps(folder: Path) -> None:
    told: list[int] = []
    COUNTER.count_files(folder, progress=told.append)
    assert sum(told) == 12
    for column in (["ushers"] * 100_000, pyarrow.array(["ushers"] * 100_000), iter(["he"] * 10)):
        for what in (COUNTER, cogrep.Words()):
            told.clear()
            rows = 10 if not hasattr(column, "__len__") else 100_000
            what.count_column(column, threads=2, progress=told.append)
            assert sum(told) in (rows, 0) and all(more > 0 for more in told)
            if rows == 100_000:
                assert sum(told) == rows
    told.clear()
    COUNTER.count_rows(pyarrow.array(["ushers"] * 100_000), progress=told.append)
    assert sum(told) == 100_000

    def failing(_: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        COUNTER.count_files(folder, progress=failing)


def test_nothing_but_the_standard_library_is_imported() -> None:
    code = "import sys, cogrep; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert not {"numpy", "pandas", "polars", "pyarrow", "scipy"} & set(printed.split())
