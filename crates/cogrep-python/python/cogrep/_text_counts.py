"""How often each distinct text was counted."""

from __future__ import annotations

from collections import Counter as PythonCounter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ._cogrep import TextCounts as Native
from ._cogrep import counts_stream
from ._counts import SHOWN, Key, table_with_bars

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class TextCounts(Mapping[Key, int]):
    """Texts and how often each occurs: a mapping, the most frequent first.

    Equal counts are in the order of the texts. What does not occur has a count of zero, as in a
    `collections.Counter`. A text that is no Unicode is `bytes`.

    >>> counts = Words().count("to be or not to be")
    >>> counts.most_common(1), counts["love"], len(counts), counts.total
    ([('be', 2)], 0, 4, 6)

    Those of several texts add up with `+`.
    """

    __slots__ = ("_counts", "_native")

    def __init__(self, found: Native | dict[Key, int]) -> None:
        native = not isinstance(found, dict)
        self._native: Native | None = found if native else None  # type: ignore[assignment]
        # Only where a text is asked for; there may be many.
        self._counts: dict[Key, int] | None = None if native else found  # type: ignore[assignment]

    def _dict(self) -> dict[Key, int]:
        if self._counts is None:
            assert self._native is not None
            self._counts = dict(self._native.items(None))
        return self._counts

    def __getitem__(self, text: Key) -> int:
        return self._dict().get(text, 0)

    def __contains__(self, text: object) -> bool:
        return text in self._dict()

    def __iter__(self) -> Iterator[Key]:
        return iter(self._dict())

    def __len__(self) -> int:
        return len(self._dict()) if self._native is None else len(self._native)

    def __add__(self, other: TextCounts) -> TextCounts:
        if not isinstance(other, TextCounts):
            return NotImplemented
        sums = PythonCounter(self._dict())
        sums.update(other._dict())
        return TextCounts(dict(sorted(sums.items(), key=_rank)))

    @property
    def total(self) -> int:
        """The sum over all texts."""
        return sum(self._dict().values()) if self._native is None else self._native.total

    def most_common(self, n: int | None = None) -> list[tuple[Key, int]]:
        """The `n` most frequent texts, or all of them."""
        if self._native is not None and self._counts is None:
            return self._native.items(n)
        return list(self._dict().items())[:n]

    def to_arrow(self) -> pyarrow.Table:
        """A table of `pyarrow` with the columns `text` and `count`."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> polars.DataFrame:
        """The same as a data frame of `polars`."""
        import polars

        return polars.DataFrame({"text": list(self), "count": list(self.values())})

    def to_pandas(self) -> pandas.Series[int]:
        """A series of `pandas`, whose index is the texts."""
        import pandas

        index = pandas.Index(list(self), name="text")
        return pandas.Series(list(self.values()), index=index, name="count", dtype="int64")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hands a table over to anything that takes Arrow, such as `pyarrow.table(counts)`."""
        if self._native is not None:
            return self._native.stream()
        return counts_stream(tuple(self), list(self.values()), "text")

    def __reduce__(self) -> Any:
        return TextCounts, (self._dict(),)

    def __repr__(self) -> str:
        shown = dict(self.most_common(SHOWN))
        if len(self) <= SHOWN:
            return f"TextCounts({shown!r})"
        rows = ", ".join(f"{text!r}: {count}" for text, count in shown.items())
        return f"TextCounts({{{rows}, ... {len(self) - SHOWN} more}})"

    def _repr_html_(self) -> str:
        rows = self.most_common(SHOWN)
        return table_with_bars(("text", "count"), rows, len(self) - len(rows))


def _rank(item: tuple[Key, int]) -> tuple[int, bytes]:
    text, count = item
    return -count, text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
