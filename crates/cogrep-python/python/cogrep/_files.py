"""What is read of files and folders, and what is made of the report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypedDict, TypeVar, Union, runtime_checkable
from warnings import warn

from ._report import AnyCounts, IncompleteWarning, Report, Source


@runtime_checkable
class Readable(Protocol):
    """An object that is read like a file."""

    def read(self, size: int, /) -> str | bytes: ...


class Pinned(str):
    """The address of an object that is to be read in one version only."""

    size: int
    etag: str | None

    def __new__(cls, address: str, size: int, etag: str | None) -> Pinned:
        pinned = super().__new__(cls, address)
        pinned.size = size
        pinned.etag = etag
        return pinned


# A file, a folder, an address, or an object that is read like a file.
Input = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]", Readable]

Found = TypeVar("Found")


class Reading(TypedDict, total=False):
    """The options of `count_files`; see `Counter.count_files`."""

    by: Literal["file"] | None
    encoding: str | None
    decompress: bool
    nest: int
    hidden: bool
    ignore: bool
    globs: Sequence[str]
    types: Sequence[str]
    types_not: Sequence[str]
    follow: bool
    one_file_system: bool
    max_depth: int | None
    max_file_bytes: int | None
    endpoint_url: str | None
    region: str | None
    sign_request: bool
    request_payer: bool
    headers: Mapping[str, str] | None
    ca_cert: str | os.PathLike[str] | None
    threads: int | None
    progress: Callable[[int], object] | None


class RemoteOptions:
    """How stores are asked; the part in Rust knows the attributes by their names."""

    def __init__(
        self,
        inputs: Input | Iterable[Input] = (),
        *,
        endpoint_url: str | None = None,
        region: str | None = None,
        sign_request: bool = True,
        request_payer: bool = False,
        headers: Mapping[str, str] | None = None,
        ca_cert: str | os.PathLike[str] | None = None,
    ) -> None:
        self.endpoint_url = endpoint_url
        self.region = region
        self.sign_request = sign_request
        self.request_payer = request_payer
        self.headers = list((headers or {}).items())
        self.ca_cert = ca_cert
        self.versions = _versions(inputs)


class RangeOptions:
    """How ranges of sources are read; the part in Rust knows the attributes by their names."""

    def __init__(
        self,
        inputs: Input | Iterable[Input] = (),
        *,
        encoding: str | None = None,
        decompress: bool = True,
        **asking: Any,
    ) -> None:
        self.encoding = encoding
        self.decompress = decompress
        self.remote = RemoteOptions(inputs, **asking)


class FileOptions:
    """What the part in Rust reads: it knows the attributes by their names."""

    inputs: list[tuple[str, Readable | None]]
    by_file: bool
    encoding: str | None
    decompress: bool
    nest: int
    hidden: bool
    ignore: bool
    globs: list[str]
    types: list[str]
    types_not: list[str]
    follow: bool
    one_file_system: bool
    max_depth: int | None
    max_file_bytes: int | None
    threads: int
    progress: Callable[[int], object] | None
    remote: RemoteOptions


def file_options(
    inputs: Input | Iterable[Input],
    *,
    by: Literal["file"] | None = None,
    encoding: str | None = None,
    decompress: bool = True,
    nest: int = 1,
    hidden: bool = False,
    ignore: bool = True,
    globs: Sequence[str] = (),
    types: Sequence[str] = (),
    types_not: Sequence[str] = (),
    follow: bool = False,
    one_file_system: bool = False,
    max_depth: int | None = None,
    max_file_bytes: int | None = None,
    threads: int | None = None,
    progress: Callable[[int], object] | None = None,
    **asking: Any,
) -> FileOptions:
    if by not in (None, "file"):
        raise ValueError(f'by is "file" or None, not {by!r}')
    options = FileOptions()
    options.inputs = _inputs(inputs)
    options.by_file = by == "file"
    options.encoding = encoding
    options.decompress = decompress
    options.nest = nest
    options.hidden = hidden
    options.ignore = ignore
    options.globs = _list("globs", globs)
    options.types = _list("types", types)
    options.types_not = _list("types_not", types_not)
    options.follow = follow
    options.one_file_system = one_file_system
    options.max_depth = max_depth
    options.max_file_bytes = max_file_bytes
    options.threads = thread_count(threads)
    options.progress = progress
    options.remote = RemoteOptions(inputs, **asking)
    return options


def _versions(inputs: Input | Iterable[Input]) -> dict[str, tuple[int, str | None]]:
    if not isinstance(inputs, list):
        return {}
    pinned = [one for one in inputs if isinstance(one, Pinned)]
    return {str(one): (one.size, one.etag) for one in pinned}


def _inputs(inputs: Input | Iterable[Input]) -> list[tuple[str, Readable | None]]:
    single = isinstance(inputs, (str, bytes, os.PathLike, Readable))
    named: list[tuple[str, Readable | None]] = []
    for one in [inputs] if single else inputs:  # type: ignore[union-attr]
        if isinstance(one, (str, bytes, os.PathLike)):
            named.append((os.fsdecode(one), None))
        elif isinstance(one, Readable):
            name = getattr(one, "name", None)
            name = name if isinstance(name, str) else f"<{type(one).__name__}>"
            named.append((name, one))
        else:
            raise TypeError(f"an input is a path or has a method read, not {one!r}")
    return named


def named(
    sources: list[tuple[bytes, str, str | None, int, Found | None]],
    counts: Callable[[Found], AnyCounts],
) -> list[Source[AnyCounts]]:
    """The sources of a job, with counts as people see them."""
    return [
        Source(
            os.fsdecode(name),
            outcome,
            fault,
            text_bytes,
            None if found is None else counts(found),
        )
        for name, outcome, fault, text_bytes, found in sources
    ]


def settle(
    report: Report[AnyCounts], errors: Literal["warn", "raise", "ignore"]
) -> Report[AnyCounts]:
    """The report, unless it is incomplete and that is to be raised."""
    if not report.complete and errors == "raise":
        report.raise_if_incomplete()
    elif not report.complete and errors == "warn":
        warn(report.explain(), IncompleteWarning, stacklevel=3)
    return report


def thread_count(threads: int | None) -> int:
    if threads is None:
        return 0
    if threads < 1:
        raise ValueError(f"threads is at least 1, or None for all cores, not {threads}")
    return threads


def _list(name: str, values: Sequence[Any]) -> list[Any]:
    if isinstance(values, str):
        raise TypeError(f"{name} is a list: [{values!r}]")
    return list(values)
