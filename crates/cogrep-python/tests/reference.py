"""Counts of literals by the letter of the rules, with the reference counter where it is there."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType, SimpleNamespace


def as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def count(text: str | bytes, pattern: str | bytes, *, overlapping: bool = False) -> int:
    """Occurrences, one after the other."""
    text, pattern = as_bytes(text), as_bytes(pattern)
    total = start = 0
    while (at := text.find(pattern, start)) >= 0:
        total += 1
        start = at + (1 if overlapping else len(pattern))
    return total


def counts(
    oracle: ModuleType,
    text: str | bytes,
    patterns: Iterable[str | bytes],
    *,
    ignore_case: bool = False,
    whole_words: bool = False,
    lines: bool = False,
    whole_lines: bool = False,
    overlapping: bool = False,
) -> list[int]:
    """The counts of the reference counter."""
    arguments = SimpleNamespace(w=whole_words, x=whole_lines, lines=lines, overlapping=overlapping)
    change = oracle.fold if ignore_case else bytes
    text = change(as_bytes(text))
    return [oracle.occurrences(text, change(as_bytes(it)), arguments) for it in patterns]
