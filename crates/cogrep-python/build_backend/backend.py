"""Builds wheels that carry the program, and source distributions that can build such wheels.

`pip wheel`, `pip install` and `python -m build` call these functions. Maturin builds the
extension and packs the wheel; what is added here is the program, which is another crate of the
same workspace. So a source distribution is the workspace, with two files more at its root.

On Linux the extension has what the program does, and what is added is a small launcher, so that
the wheel has that code once. Elsewhere a library finds what it wants in libraries only that it
names, so the wheel has the whole program beside the extension.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import maturin
from maturin import get_requires_for_build_editable, get_requires_for_build_wheel

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

CRATE = Path(__file__).resolve().parent.parent
WORKSPACE = CRATE.parent.parent
LAUNCHER = CRATE / "launcher" / "launcher.c"
SCRIPTS = CRATE / "cogrep.data" / "scripts"
NAME = "cogrep.exe" if os.name == "nt" else "cogrep"

# What builds the workspace; its lock file names all members.
PARTS = ["Cargo.toml", "Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", "README.md"]
FOLDERS = ["bench/throughput", "crates", "xtask"]
LEFT_OUT = {"__pycache__", "cogrep.data", "target", ".pytest_cache", ".mypy_cache"}

PROJECT = """\
[build-system]
requires = ["maturin>=1.10,<2"]
build-backend = "backend"
backend-path = ["crates/cogrep-python/build_backend"]
"""


def build_program() -> None:
    """Builds the whole program and puts it where maturin takes the scripts of a wheel from."""
    command = ["cargo", "build", "--release", "--locked", "--package", "cogrep"]
    subprocess.run(command, cwd=WORKSPACE, check=True)
    target = WORKSPACE / os.environ.get("CARGO_TARGET_DIR", "target")
    built = target / os.environ.get("CARGO_BUILD_TARGET", "") / "release" / NAME
    shutil.copy2(built, SCRIPTS / NAME)


def build_launcher(extension: bytes) -> None:
    """Builds the launcher for an extension, and puts it where the program would be."""
    with tempfile.TemporaryDirectory() as place:
        library = Path(place) / "extension.so"
        library.write_bytes(extension)
        names = "".join(f"void *{name};\n" for name in names_of_python(library))
        (Path(place) / "python_names.h").write_text(names)
        command = [os.environ.get("CC", "cc"), "-O2", "-Wall", "-Werror", "-s", "-rdynamic"]
        command += [f"-I{place}", f'-DVERSION="{version()}"', LAUNCHER, "-ldl"]
        subprocess.run([*command, "-o", SCRIPTS / NAME], check=True)


def names_of_python(library: Path) -> list[str]:
    """What an extension wants of Python."""
    command = [os.environ.get("NM", "nm"), "-D", "--undefined-only", "--format=posix", library]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = (line.split()[0] for line in listed.splitlines())
    return [name for name in names if name.startswith(("Py", "_Py"))]


def version() -> str:
    """The version of the program, as Cargo writes it."""
    command = ["cargo", "pkgid", "--package", "cogrep"]
    said = subprocess.run(command, cwd=WORKSPACE, check=True, capture_output=True, text=True)
    return re.split("[#@]", said.stdout.strip())[-1]


def takes_launcher() -> bool:
    """Whether the wheel is for Linux, and the C compiler for the machine that it is for."""
    return sys.platform == "linux" and "CARGO_BUILD_TARGET" not in os.environ


def enter() -> None:
    """Maturin looks for its project in the current folder, and packs less tightly unless told."""
    SCRIPTS.mkdir(parents=True, exist_ok=True)
    os.chdir(CRATE)
    os.environ.setdefault("MATURIN_PEP517_ARGS", "--compression-level 9")


def build_wheel(wheel_directory: str, *arguments: Any, **options: Any) -> str:
    folder = os.path.abspath(wheel_directory)
    enter()
    if not takes_launcher():
        build_program()
        return maturin.build_wheel(folder, *arguments, **options)
    # The launcher needs the extension, which is built once: the second wheel is packed only.
    (SCRIPTS / NAME).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as place:
        first = maturin.build_wheel(place, *arguments, **options)
        with zipfile.ZipFile(Path(place) / first) as wheel:
            names = wheel.namelist()
            extension = next(name for name in names if name.endswith(".so"))
            build_launcher(wheel.read(extension))
    return maturin.build_wheel(folder, *arguments, **options)


def build_editable(wheel_directory: str, *arguments: Any, **options: Any) -> str:
    folder = os.path.abspath(wheel_directory)
    enter()
    build_program()
    return maturin.build_editable(folder, *arguments, **options)


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: Any = None) -> str:
    folder = os.path.abspath(metadata_directory)
    enter()
    return maturin.prepare_metadata_for_build_wheel(folder, config_settings)


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def get_requires_for_build_sdist(config_settings: Any = None) -> list[str]:
    return []


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    folder = Path(sdist_directory).resolve()
    with tempfile.TemporaryDirectory() as place:
        made = Path(place)
        metadata = made / prepare_metadata_for_build_wheel(place) / "METADATA"
        lines = metadata.read_text(encoding="utf-8").splitlines()
        version = next(line.split()[1] for line in lines if line.startswith("Version:"))
        base = f"cogrep-{version}"
        (made / "pyproject.toml").write_text(PROJECT)
        with tarfile.open(folder / f"{base}.tar.gz", "w:gz") as archive:
            archive.add(metadata, f"{base}/PKG-INFO", filter=plain)
            archive.add(made / "pyproject.toml", f"{base}/pyproject.toml", filter=plain)
            for path in files():
                name = path.relative_to(WORKSPACE).as_posix()
                archive.add(path, f"{base}/{name}", filter=plain)
    return f"{base}.tar.gz"


def files() -> Iterator[Path]:
    """The files of the workspace that a source distribution has, in a fixed order."""
    yield from (WORKSPACE / part for part in PARTS)
    for folder in FOLDERS:
        for path in sorted((WORKSPACE / folder).rglob("*")):
            parts = set(path.relative_to(WORKSPACE).parts)
            is_left_out = LEFT_OUT & parts or path.suffix in (".so", ".pyd")
            if path.is_file() and not is_left_out:
                yield path


def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without a trace of who made it, and when."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    return entry
