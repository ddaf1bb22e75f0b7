"""What was counted by row of a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ._counts import Key

if TYPE_CHECKING:
    import numpy
    import pandas
    import polars
    import pyarrow
    import scipy.sparse

    from . import _cogrep


class RowCounts:
    """How often each pattern occurs in each row; zeros are left out.

    Its table has the columns `row`, `pattern` and `count`, in the order of the rows, and then of
    the patterns.

    >>> rows = Counter(["he", "hers"]).count_rows(["ushers", None, "she", ""])
    >>> list(rows)
    [(0, 'he', 1), (0, 'hers', 1), (2, 'he', 1)]
    >>> rows.shape
    (4, 2)
    """

    __slots__ = ("_names", "_native")

    def __init__(self, names: tuple[Key, ...], native: _cogrep.RowCounts) -> None:
        self._names = names
        self._native = native

    @property
    def names(self) -> list[Key]:
        """The patterns, or their names: one for each column of `to_scipy`."""
        return list(self._names)

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows there were, and how many patterns."""
        return self._native.row_count, len(self._names)

    def __len__(self) -> int:
        """How many counts are not zero."""
        return len(self._native)

    def __iter__(self) -> Iterator[tuple[int, Key, int]]:
        for place in range(len(self._native)):
            row, label, count = self._native.get(place)
            yield row, self._names[label], count

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hands the table over to anything that takes Arrow: `polars.DataFrame(rows)`."""
        return self._native.stream(self._names)

    def _arrays(self) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        import numpy

        rows, labels, counts = self._native.buffers()
        return (
            numpy.frombuffer(rows, "int64"),
            numpy.frombuffer(labels, "int32"),
            numpy.frombuffer(counts, "int64"),
        )

    def to_arrow(self) -> pyarrow.Table:
        """The table, of `pyarrow`."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> polars.DataFrame:
        """The table, as a data frame of `polars`."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The table, as a data frame of `pandas`; the patterns are categories."""
        import pandas

        rows, labels, counts = self._arrays()
        patterns = pandas.Categorical.from_codes(labels, categories=pandas.Index(self._names))
        return pandas.DataFrame({"row": rows, "pattern": patterns, "count": counts})

    def to_scipy(self) -> scipy.sparse.csr_matrix:
        """A sparse matrix of `scipy`: a row for each row, a column for each pattern."""
        import numpy
        import scipy.sparse

        rows, labels, counts = self._arrays()
        starts = numpy.zeros(self._native.row_count + 1, "int64")
        numpy.cumsum(numpy.bincount(rows, minlength=self._native.row_count), out=starts[1:])
        return scipy.sparse.csr_matrix((counts, labels, starts), shape=self.shape)

    def __repr__(self) -> str:
        rows, patterns = self.shape
        return f"RowCounts({rows} rows, {patterns} patterns, {len(self)} counts)"

    def __reduce__(self) -> Any:
        raise TypeError("counts by row are not pickled; to_arrow, to_scipy and to_pandas are")
