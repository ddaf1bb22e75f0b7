"""Counts in the expressions of polars: `import cogrep.polars` adds them to every expression.

>>> import polars
>>> import cogrep
>>> import cogrep.polars
>>> counter = cogrep.Counter(["he", "hers"])
>>> frame = polars.DataFrame({"text": ["ushers", None, "she"]})
>>> frame.select(polars.col("text").cogrep.total(counter)).to_series().to_list()
[2, None, 1]

Each row is a text of its own; a null stays a null.
"""

from __future__ import annotations

from functools import partial

import polars

from ._counter import Counter
from ._counts import Key

__all__ = ["CogrepExpressions"]


@polars.api.register_expr_namespace("cogrep")
class CogrepExpressions:
    """What `polars.col(...).cogrep` can do."""

    def __init__(self, expression: polars.Expr) -> None:
        self._expression = expression

    def total(self, counter: Counter) -> polars.Expr:
        """How often any of the patterns occurs in a row: an `Int64`."""
        return self._expression.map_batches(
            partial(_total, counter), return_dtype=polars.Int64, is_elementwise=True
        )

    def count(self, counter: Counter) -> polars.Expr:
        """How often each pattern occurs in a row: a struct with a field for each of them.

        `unnest` makes columns of it. Where there are many patterns, `found` is smaller.
        """
        fields = polars.Struct({_text(name): polars.Int64 for name in counter.names})
        return self._expression.map_batches(
            partial(_count, counter), return_dtype=fields, is_elementwise=True
        )

    def found(self, counter: Counter) -> polars.Expr:
        """The patterns that occur in a row: a list of structs of `pattern` and `count`."""
        item = polars.Struct({"pattern": polars.String, "count": polars.Int64})
        return self._expression.map_batches(
            partial(_found, counter), return_dtype=polars.List(item), is_elementwise=True
        )


def _text(name: Key) -> str:
    return name if isinstance(name, str) else name.decode("utf-8", "backslashreplace")


def _nulls(series: polars.Series, result: polars.Series) -> polars.Series:
    """Nulls where the texts are."""
    if series.null_count() == 0:
        return result
    frame = polars.DataFrame({"text": series.is_not_null(), "result": result})
    return frame.select(polars.when("text").then("result")).to_series()


def _total(counter: Counter, series: polars.Series) -> polars.Series:
    sums = counter.count_rows(series).to_scipy().sum(axis=1)
    return _nulls(series, polars.Series(series.name, sums.A1, polars.Int64))


def _count(counter: Counter, series: polars.Series) -> polars.Series:
    columns = counter.count_rows(series).to_scipy().tocsc()
    fields = {
        _text(name): columns[:, [at]].toarray()[:, 0] for at, name in enumerate(counter.names)
    }
    result = polars.DataFrame(fields).to_struct(series.name)
    return _nulls(series, result)


def _found(counter: Counter, series: polars.Series) -> polars.Series:
    counts = counter.count_rows(series)
    by_row = (
        counts.to_polars()
        .select("row", polars.struct(polars.col("pattern").cast(polars.String), "count").alias("it"))
        .group_by("row", maintain_order=True)
        .agg("it")
    )
    rows = polars.DataFrame({"row": range(len(series))}, schema={"row": polars.Int64})
    result = rows.join(by_row, on="row", how="left", maintain_order="left")["it"]
    empty = polars.lit([], dtype=result.dtype)
    result = polars.select(polars.coalesce(result, empty)).to_series()
    return _nulls(series, result.alias(series.name))
