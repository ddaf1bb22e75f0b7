"""The part of the package that is written in Rust."""

from collections.abc import Callable
from typing import Any

from ._counts import Key

VERSION: str

_Found = tuple[list[int], list[int]]

class PatternError(ValueError):
    index: int | None

class Counter:
    def __new__(
        cls,
        patterns: tuple[Key, ...],
        labels: list[int] | None,
        count: int,
        *,
        unit: str,
        ignore_case: bool,
        smart_case: bool,
        whole_words: bool,
        regex: bool,
        engine: str,
        max_line_bytes: int,
    ) -> Counter: ...
    @property
    def ignores_case(self) -> bool: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def reason(self) -> str: ...
    def count(self, text: Any, threads: int) -> _Found: ...
    def count_column(
        self, column: Any, threads: int, progress: Callable[[int], object] | None
    ) -> tuple[_Found, int]: ...
    def count_rows(
        self, column: Any, threads: int, progress: Callable[[int], object] | None
    ) -> RowCounts: ...
    def count_files(self, options: Any) -> FileReport: ...

class FileReport:
    found: _Found
    sources: list[tuple[bytes, str, str | None, int, _Found | None]]
    source_count: int
    partial_count: int
    failed_count: int
    text_bytes: int

class RowCounts:
    row_count: int
    def __len__(self) -> int: ...
    def buffers(self) -> tuple[bytes, bytes, bytes]: ...
    def get(self, place: int) -> tuple[int, int, int]: ...
    def stream(self, names: tuple[Key, ...]) -> object: ...

def counts_stream(names: tuple[Key, ...], counts: list[int]) -> object: ...
def parse_list(text: bytes) -> list[bytes]: ...
