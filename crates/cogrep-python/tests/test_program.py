"""The program that comes with the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cogrep
from cogrep.__main__ import find_program

pytestmark = pytest.mark.skipif(
    "site-packages" not in str(cogrep.__file__),
    reason="the package was not installed from its wheel",
)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the wheel has the whole program")


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, **options)  # type: ignore[call-overload, no-any-return]


def test_it_counts(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ushers, she said")
    done = run(find_program(), "he", "--format", "csv", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "he,2" in done.stdout
    assert run(find_program(), "his", tmp_path).returncode == 1


def test_python_starts_it() -> None:
    done = run(sys.executable, "-m", "cogrep", "--version")
    assert (done.returncode, done.stdout) == (0, f"cogrep {cogrep.__version__}\n")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    done = run(find_program(), "he", "--in", "gone.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "he 0\n")
    assert done.stderr.startswith("cogrep: gone.txt: no such file\n")


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")
def test_standard_output_may_be_closed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("he")
    command = f"'{find_program()}' he a.txt --save saved >&-"
    done = run("sh", "-c", command, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard output" in done.stderr
    # It was not taken for the file that was opened next.
    assert run(find_program(), "--merge", "saved", cwd=tmp_path).stdout == "he 1\n"


@pytest.mark.skipif(os.name == "nt", reason="a pipe of Unix")
def test_a_reader_may_go_away(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(map(str, range(100_000))))
    command = f"'{find_program()}' -o -E '[0-9]+' a.txt | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = run("bash", "-c", command, cwd=tmp_path)
    assert done.stdout == "0 1\n0\n"
    assert done.stderr == ""


@on_linux
@pytest.mark.parametrize("place", ["lib/python3.99/site-packages", "local/lib/python3.99/dist-packages", "."])
def test_the_extension_is_found_where_it_is_installed(place: str, tmp_path: Path) -> None:
    root = tmp_path / "a[b]*c"
    for folder in ("bin", f"{place}/cogrep"):
        (root / folder).mkdir(parents=True)
    program = Path(shutil.copy(find_program(), root / "bin"))
    done = run(program, "--version")
    assert (done.returncode, done.stdout) == (2, "")
    assert "python3 -m cogrep" in done.stderr
    # A file that is no extension of this version is passed over.
    (root / place / "cogrep" / "_cogrep.a.so").write_bytes(b"\x7fELF")
    shutil.copy(str(cogrep._cogrep.__file__), root / place / "cogrep")
    link = tmp_path / "link"
    link.symlink_to(program)
    for command in (program, link):
        done = run(command, "--version")
        assert (done.returncode, done.stdout) == (0, f"cogrep {cogrep.__version__}\n")
