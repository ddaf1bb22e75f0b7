"""Counts in a column that Spark has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .._counter import Counter, Patterns
from ._what import Packed, What, found, text, what

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame

# So many tables of counts are kept before they are added up.
_TABLES = 64


def count(
    frame: DataFrame,
    column: str,
    patterns: What | Patterns,
    *,
    by: str | Sequence[str] = (),
    **options: Any,
) -> DataFrame:
    """Counts in a column of a frame, over all rows or by other columns.

    `patterns` are those of a `Counter`, with its options; or a `Counter`, `Words` or `Matches`.

    Gives a frame with the columns of `by`, `pattern` (`text` of `Words` and `Matches`) and
    `count`. Over all rows, patterns that do not occur are there with a zero; by other columns,
    only what occurs is. Each row is a text of its own, and a null has no count.

    The counts come from `mapInArrow` and a sum: nothing is written on the side, so that it
    changes no count when Spark does a task twice.
    """
    from pyspark.sql import functions
    from pyspark.sql.types import LongType, StringType, StructField, StructType

    counted = what(patterns, options)
    keys = [by] if isinstance(by, str) else list(by)
    name = "pattern" if isinstance(counted, Counter) else "text"
    for key in keys:
        if key in (name, "count"):
            raise ValueError(f"a column of by is called {key}, as one of the result is")
    chosen = frame.select(*keys, functions.col(column).alias("__text"))
    schema = StructType(
        [
            *chosen.schema.fields[:-1],
            StructField(name, StringType(), False),
            StructField("count", LongType(), False),
        ]
    )
    packed = Packed(counted)

    def run(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        return _count_batches(batches, packed, keys, name)

    counts = chosen.mapInArrow(run, schema)
    if isinstance(counted, Counter) and not keys:
        zeros = [(text(pattern), 0) for pattern in counted.names]
        counts = counts.union(frame.sparkSession.createDataFrame(zeros, schema))
    return counts.groupBy(*keys, name).agg(functions.sum("count").alias("count"))


def _count_batches(
    batches: Iterable[pyarrow.RecordBatch], packed: Packed, keys: list[str], name: str
) -> Iterator[pyarrow.RecordBatch]:
    """The sums over the batches of a task, by key and pattern."""
    import pyarrow

    counted = packed.get()
    tables: list[pyarrow.Table] = []
    for batch in batches:
        tables.append(_count_batch(batch, counted, keys, name))
        if len(tables) == _TABLES:
            tables = [_sum(pyarrow.concat_tables(tables), keys, name)]
    if tables:
        yield from _sum(pyarrow.concat_tables(tables), keys, name).to_batches()


def _count_batch(
    batch: pyarrow.RecordBatch, counted: What, keys: list[str], name: str
) -> pyarrow.Table:
    import pyarrow

    texts = batch.column(batch.num_columns - 1)
    if not keys:
        return _table(found(counted.count_column(texts, threads=1)), name)
    if isinstance(counted, Counter):
        rows = pyarrow.table(counted.count_rows(texts, threads=1))
        patterns = rows["pattern"].cast(pyarrow.string())
        table = pyarrow.table(batch.select(keys)).take(rows["row"])
        return table.append_column(name, patterns).append_column("count", rows["count"])
    groups = pyarrow.table(batch.select(keys))
    groups = groups.append_column("__row", pyarrow.array(range(batch.num_rows)))
    groups = groups.group_by(keys).aggregate([("__row", "list")])
    tables = []
    for nth in range(groups.num_rows):
        rows = groups["__row_list"][nth].values
        table = _table(found(counted.count_column(texts.take(rows), threads=1)), name)
        group = groups.select(keys).take(pyarrow.array([nth] * table.num_rows, pyarrow.int64()))
        tables.append(
            group.append_column(name, table[name]).append_column("count", table["count"])
        )
    if tables:
        return pyarrow.concat_tables(tables)
    empty = pyarrow.table(batch.select(keys)).slice(0, 0)
    nothing = _table([], name)
    return empty.append_column(name, nothing[name]).append_column("count", nothing["count"])


def _table(counts: Iterable[tuple[Any, int]], name: str) -> pyarrow.Table:
    import pyarrow

    rows = [(text(key), count) for key, count in counts]
    patterns = pyarrow.array([key for key, _ in rows], pyarrow.string())
    return pyarrow.table({name: patterns, "count": pyarrow.array([n for _, n in rows], "int64")})


def _sum(table: pyarrow.Table, keys: list[str], name: str) -> pyarrow.Table:
    sums = table.group_by([*keys, name]).aggregate([("count", "sum")])
    sums = sums.rename_columns([*keys, name, "count"])
    return sums.cast(table.schema)
