"""The splits of a job: which files, and which ranges of large ones, a task counts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql.datasource import InputPartition

from .. import _cogrep
from .._files import Input, Pinned, RangeOptions, file_options
from ._what import What

# How much a task reads, unless said.
SPLIT_BYTES = 128 << 20

# What it takes to open a file, in bytes that could be read meanwhile.
_OPEN_BYTES = 64 << 10

# The options that say which files are read, and those that say how.
SELECTING = ("hidden", "ignore", "globs", "types", "types_not", "follow", "one_file_system",
             "max_depth", "max_file_bytes")  # fmt: skip
READING = ("encoding", "decompress", "nest")
# Those that say how stores are asked.
ASKING = ("endpoint_url", "region", "sign_request", "request_payer")

_PAGES = ("http://", "https://")
_SCHEMES = ("s3://", "gs://", "az://", *_PAGES)


def is_address(path: str) -> bool:
    """Whether it is the address of a text on a network, or of many, and not a file."""
    return path.lower().startswith(_SCHEMES)


@dataclass(frozen=True)
class Piece:
    """A file or an address, or a range of one: the lines that begin in it."""

    path: str
    size: int
    #: When a file was changed last, in nanoseconds; of an address, its entity tag.
    changed: int | str | None
    #: Where the range begins and ends; none, if it is the whole file.
    start: int | None = None
    end: int | None = None

    @property
    def name(self) -> str:
        """What is shown of it: of an address, no secrets."""
        return _cogrep.shown(self.path) if is_address(self.path) else self.path

    def __str__(self) -> str:
        return self.name if self.start is None else f"{self.name} ({self.start} to {self.end})"

    def input(self) -> Input:
        """What is read: of an address, its version only."""
        if not is_address(self.path):
            return self.path
        assert not isinstance(self.changed, int)
        return Pinned(self.path, self.size, self.changed)

    def is_unchanged(self) -> bool:
        """Whether it is as it was when the splits were made, as far as can be told beforehand:
        an address is asked for in its version, and given in no other."""
        if is_address(self.path):
            return True
        try:
            now = os.stat(self.path)
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed)


class Split(InputPartition):
    """What one task counts: its pieces are counted once, or not at all."""

    def __init__(self, number: int, pieces: tuple[Piece, ...]) -> None:
        super().__init__(number)
        self.number = number
        self.pieces = pieces

    def digest(self) -> str:
        """A digest of the names, versions and ranges of its pieces."""
        digest = hashlib.sha256()
        for piece in self.pieces:
            fields = (piece.path, piece.size, piece.changed, piece.start, piece.end)
            digest.update(repr(fields).encode("utf-8", "surrogateescape") + b"\0")
        return digest.hexdigest()

    def __str__(self) -> str:
        if not self.pieces:
            return f"split {self.number}, of nothing"
        more = "" if len(self.pieces) == 1 else f" and {len(self.pieces) - 1} more"
        return f"split {self.number}: {self.pieces[0]}{more}"


def list_inputs(inputs: Iterable[str], options: Mapping[str, Any]) -> list[Piece]:
    """All files and addresses of the inputs, each of them whole, in their order."""
    listing = {name: options[name] for name in (*SELECTING, *ASKING) if name in options}
    selected, faults = _cogrep.list_files(file_options(list(inputs), **listing))
    for path, fault in faults:
        if is_address(path):
            raise OSError(f"{path}: {fault}")
    # A file that cannot be listed is opened all the same, so that the report says why it cannot
    # be.
    found = [*selected, *((path, None) for path, _ in faults)]
    return [_whole(path, version) for path, version in found]


def splits(
    listed: Iterable[Piece], counted: What, options: Mapping[str, Any], split_bytes: int
) -> list[Split]:
    """All splits of a job, of about even size."""
    made: list[Split] = []
    pieces: list[Piece] = []
    taken = 0
    listed = list(listed)
    large = [whole for whole in listed if whole.size > split_bytes]
    divisible = set(_divisible(large, counted, options))
    for whole in listed:
        for piece in _ranges(whole, split_bytes) if whole in divisible else [whole]:
            span = piece.size if piece.start is None else (piece.end or 0) - piece.start
            if pieces and taken + span > split_bytes:
                made.append(Split(len(made), tuple(pieces)))
                pieces, taken = [], 0
            pieces.append(piece)
            taken += span + _OPEN_BYTES
    if pieces:
        made.append(Split(len(made), tuple(pieces)))
    # A job has a task at least, which then counts nothing.
    return made or [Split(0, ())]


def _whole(path: str, version: tuple[int, str | None] | None) -> Piece:
    if is_address(path):
        if version is None and path.lower().startswith(_PAGES):
            # Several tasks, or one that is repeated, could not tell that it has changed.
            unknown = "its server does not give its size and a strong entity tag"
            raise ValueError(f"{_cogrep.shown(path)}: {unknown}")
        if version is None:
            raise FileNotFoundError(f"{path}: there is no such object")
        return Piece(path, *version)
    try:
        facts = os.stat(path)
    except OSError:
        return Piece(path, 0, 0)
    return Piece(path, facts.st_size, facts.st_mtime_ns)


def _ranges(whole: Piece, split_bytes: int) -> list[Piece]:
    number = -(-whole.size // split_bytes)
    path, size, changed = whole.path, whole.size, whole.changed
    ends = [size * nth // number for nth in range(number + 1)]
    return [Piece(path, size, changed, start, end) for start, end in zip(ends, ends[1:])]


def _divisible(
    wholes: list[Piece], counted: What, options: Mapping[str, Any]
) -> Iterator[Piece]:
    """Those of which ranges can be counted by themselves."""
    if not wholes or not counted._native.is_by_line:
        return
    given = range_options(wholes, options)
    answers = _cogrep.are_divisible([whole.path for whole in wholes], given)
    yield from (whole for whole, answer in zip(wholes, answers) if answer)


def range_options(pieces: Iterable[Piece], options: Mapping[str, Any]) -> RangeOptions:
    """How ranges of these are read."""
    given = {name: options[name] for name in ("encoding", "decompress", *ASKING) if name in options}
    return RangeOptions([piece.input() for piece in pieces], **given)
