"""Threads, Ctrl-C, files, the program, and what is shown to type checkers."""

from __future__ import annotations

import doctest
import gzip
import importlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pytest

import cogrep

COUNTER = cogrep.Counter(["he", "she", "hers", "his"])


def test_the_examples_of_the_documentation_are_right() -> None:
    for name in ["", "._counter", "._counts", "._rows", "._report"]:
        module = importlib.import_module(f"cogrep{name}")
        names = {"Counter": cogrep.Counter}
        assert doctest.testmod(module, extraglobs=names).failed == 0


def endless() -> Any:
    while True:
        yield "ushers " * 100


def slow_pipe() -> Any:
    read, _ = os.pipe()
    return os.fdopen(read, "rb")


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
@pytest.mark.parametrize(
    "call",
    [
        lambda: COUNTER.count("ushers " * 30_000_000, threads=1),
        lambda: COUNTER.count_column(endless()),
        lambda: COUNTER.count_rows(pyarrow.array(["ushers " * 100] * 300_000), threads=1),
        lambda: COUNTER.count_files(slow_files()),
    ],
    ids=["text", "iterator", "rows", "files"],
)
def test_ctrl_c_stops_a_count(call: Callable[[], object]) -> None:
    sent: list[float] = []

    def interrupt() -> None:
        sent.append(time.perf_counter())
        signal.raise_signal(signal.SIGINT)

    # The handler of Python runs on the main thread, wherever the signal is raised.
    timer = threading.Timer(0.15, interrupt)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            call()
            time.sleep(10)
        took = time.perf_counter() - sent[0]
    finally:
        timer.join()
    # A tenth of a second, and some patience with a machine that does other things.
    assert took < 1.0


def slow_files() -> Any:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            time.sleep(0.001)
            return b"ushers " * 1000

    return [Endless()]


def test_no_thread_is_left() -> None:
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        pytest.skip("the system does not list threads")
    before = len(list(tasks.iterdir()))
    COUNTER.count("ushers " * 1_000_000, threads=4)
    COUNTER.count_column(["ushers"] * 100_000, threads=4)
    COUNTER.count_rows(pyarrow.array(["ushers " * 10] * 50_000), threads=4)
    COUNTER.count_files(Path(__file__).parent, threads=4)
    # Threads of other libraries may have ended meanwhile.
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

    def failing(_: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        COUNTER.count_files(folder, progress=failing)


def test_the_program_comes_with_the_package(folder: Path) -> None:
    if "site-packages" not in str(cogrep.__file__):
        pytest.skip("the package was not installed from its wheel")
    from cogrep.__main__ import find_program

    command = [find_program(), "he", "--format", "csv", str(folder)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "he,2" in printed
    command = [sys.executable, "-m", "cogrep", "--version"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == f"cogrep {cogrep.__version__}\n"


def test_nothing_but_the_standard_library_is_imported() -> None:
    code = "import sys, cogrep; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert not {"numpy", "pandas", "polars", "pyarrow", "scipy"} & set(printed.split())
