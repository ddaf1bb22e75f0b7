"""The part of the package that is written in Rust."""

from collections.abc import Callable
from typing import Any, TypeVar

from ._counts import Key

VERSION: str

_T = TypeVar("_T")
_Found = tuple[list[int], list[int]]
# How many sources there were, how many of them partial and failed, and the bytes of text.
_Sums = tuple[int, int, int, int]
# What a listing says of an object: its size, and its entity tag.
_Version = tuple[int, str | None]
# Its name, how it ended, what went wrong, the bytes of its text, and its counts.
_Source = tuple[bytes, str, str | None, int, _T | None]

class PatternError(ValueError):
    index: int | None

class ChangedError(OSError): ...

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
        loose_space: bool,
        engine: str,
        max_line_bytes: int,
        regex_size_limit: int,
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
    def count_files(self, options: Any) -> tuple[_Found, _Sums, list[_Source[_Found]]]: ...
    @property
    def is_by_line(self) -> bool: ...
    def count_range(
        self, source: str, start: int, end: int, options: Any
    ) -> tuple[_Found, int]: ...

class Distinct:
    def __new__(
        cls,
        expression: str | None,
        group: int | str | None,
        *,
        ngrams: int,
        unicode: bool,
        ignore_case: bool,
        smart_case: bool,
        whole_words: bool,
        max_line_bytes: int,
        regex_size_limit: int,
    ) -> Distinct: ...
    @property
    def is_by_line(self) -> bool: ...
    @property
    def ignores_case(self) -> bool: ...
    def count(self, text: Any, threads: int) -> TextCounts: ...
    def count_column(
        self, column: Any, threads: int, progress: Callable[[int], object] | None
    ) -> TextCounts: ...
    def count_files(
        self, options: Any
    ) -> tuple[TextCounts, _Sums, list[_Source[list[tuple[Key, int]]]]]: ...
    def count_range(
        self, source: str, start: int, end: int, options: Any
    ) -> tuple[TextCounts, int]: ...

class TextCounts:
    total: int
    def __len__(self) -> int: ...
    def items(self, most: int | None) -> list[tuple[Key, int]]: ...
    def stream(self) -> object: ...

class RowCounts:
    row_count: int
    def __len__(self) -> int: ...
    def buffers(self) -> tuple[bytes, bytes, bytes]: ...
    def get(self, place: int) -> tuple[int, int, int]: ...
    def stream(self, names: tuple[Key, ...]) -> object: ...

def counts_stream(names: tuple[Key, ...], counts: list[int], title: str) -> object: ...
def list_files(options: Any) -> tuple[list[tuple[str, _Version | None]], list[tuple[str, str]]]: ...
def shown(address: str) -> str: ...
def are_divisible(sources: list[str], options: Any) -> list[bool]: ...
def parse_list(text: bytes) -> list[bytes]: ...
