"""What was counted in a text: a mapping from patterns to numbers."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, Union

from ._cogrep import counts_stream

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

# A pattern as it was given, or the name of several.
Key = Union[str, bytes]

# So many counts are shown at most, by `repr` and in notebooks.
SHOWN = 30


class Counts(Mapping[Key, int]):
    """How often each pattern occurs, zeros included: a mapping in the order of the patterns.

    >>> counts = Counter(["he", "she", "hers", "his"]).count("ushers")
    >>> counts["hers"], counts["his"], counts.total
    (1, 0, 3)
    >>> counts.most_common(1)
    [('he', 1)]

    Those of one `Counter` in several texts add up with `+`.
    """

    __slots__ = ("_found", "_index", "_names")

    _names: tuple[Key, ...]
    _index: dict[Key, int]
    _found: dict[int, int]

    def __init__(
        self, names: tuple[Key, ...], index: dict[Key, int], found: dict[int, int]
    ) -> None:
        self._names = names
        self._index = index
        # Those that are not zero, in their order.
        self._found = found

    def __getitem__(self, key: Key) -> int:
        return self._found.get(self._index[key], 0)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def items(self) -> ItemsView[Key, int]:
        return _Items(self)

    def values(self) -> ValuesView[int]:
        return _Values(self)

    def __add__(self, other: Counts) -> Counts:
        if not isinstance(other, Counts):
            return NotImplemented
        if self._names != other._names:
            raise ValueError("counts of other patterns cannot be added")
        numbers = sorted(self._found.keys() | other._found.keys())
        sums = {n: self._found.get(n, 0) + other._found.get(n, 0) for n in numbers}
        return Counts(self._names, self._index, sums)

    @property
    def total(self) -> int:
        """The sum over all patterns."""
        return sum(self._found.values())

    def found(self) -> dict[Key, int]:
        """The patterns that occur, and how often: a `dict` without zeros.

        >>> Counter(["love", "hate"]).count("love").found()
        {'love': 1}
        """
        return {self._names[number]: count for number, count in self._found.items()}

    def most_common(self, n: int | None = None) -> list[tuple[Key, int]]:
        """The `n` patterns with the largest counts, or all of them, largest first.

        Equal counts are in the order of the patterns, as of `collections.Counter`.
        """
        found = sorted(self._found.items(), key=lambda item: -item[1])
        rows = [(self._names[number], count) for number, count in found[:n]]
        if n is None or len(rows) < n:
            zeros = (name for name, at in self._index.items() if at not in self._found)
            wanted = len(self._names) if n is None else n
            rows += [(name, 0) for name, _ in zip(zeros, range(wanted - len(rows)))]
        return rows

    def to_arrow(self) -> pyarrow.Table:
        """A table of `pyarrow` with the columns `pattern` and `count`."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> polars.DataFrame:
        """A data frame of `polars` with the columns `pattern` and `count`."""
        import polars

        return polars.DataFrame({"pattern": list(self), "count": list(self.values())})

    def to_pandas(self) -> pandas.Series[int]:
        """A series of `pandas`, whose index is the patterns."""
        import pandas

        index = pandas.Index(self._names, name="pattern")
        return pandas.Series(list(self.values()), index=index, name="count", dtype="int64")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hands a table over to anything that takes Arrow, such as `pyarrow.table(counts)`."""
        return counts_stream(self._names, list(self.values()), "pattern")

    def __repr__(self) -> str:
        if len(self) <= SHOWN:
            return f"Counts({dict(self)!r})"
        shown = ", ".join(f"{name!r}: {count}" for name, count in self.most_common(SHOWN))
        return f"Counts({{{shown}, ... {len(self) - SHOWN} more}})"

    def _repr_html_(self) -> str:
        rows = list(self.items()) if len(self) <= SHOWN else self.most_common(SHOWN)
        return table_with_bars(("pattern", "count"), rows, len(self) - len(rows))


class _Items(ItemsView[Key, int]):
    """Without a look-up for each."""

    _mapping: Counts

    def __iter__(self) -> Iterator[tuple[Key, int]]:
        found = self._mapping._found
        return ((name, found.get(at, 0)) for at, name in enumerate(self._mapping._names))


class _Values(ValuesView[int]):
    _mapping: Counts

    def __iter__(self) -> Iterator[int]:
        found = self._mapping._found
        return (found.get(at, 0) for at in range(len(self._mapping._names)))


def shown(key: Any) -> str:
    """A pattern or a name for people to read."""
    return key if isinstance(key, str) else repr(key)


def table_with_bars(head: tuple[str, str], rows: list[tuple[Key, int]], more: int) -> str:
    """A table for a notebook: names, counts, and bars as long as these."""
    from html import escape

    most = max((count for _, count in rows), default=0) or 1
    lines = [
        f'<tr><th style="text-align:left">{head[0]}</th>'
        f'<th style="text-align:right">{head[1]}</th><th></th></tr>'
    ]
    for name, count in rows:
        bar = f'<div style="background:#4c78a8;height:0.8em;width:{200 * count / most:.0f}px"></div>'
        lines.append(
            f'<tr><td style="text-align:left">{escape(shown(name))}</td>'
            f'<td style="text-align:right">{count:,}</td>'
            f'<td style="text-align:left;min-width:200px">{bar}</td></tr>'
        )
    if more > 0:
        lines.append(f'<tr><td colspan="3" style="text-align:left">and {more:,} more</td></tr>')
    return f"<table>{''.join(lines)}</table>"
