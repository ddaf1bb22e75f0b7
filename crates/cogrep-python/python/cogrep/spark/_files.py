"""Counts in files and objects on a cluster: each part of them once, or an exception."""

from __future__ import annotations

import base64
import json
import os
from collections import Counter as PythonCounter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Union

from .._counter import Counter, Patterns
from .._counts import Counts, Key
from .._files import settle
from .._report import Report, Source
from .._text_counts import TextCounts
from ._ledger import check
from ._source import CogrepDataSource, inputs_of
from ._split import ASKING, READING, SELECTING, SPLIT_BYTES, list_inputs, splits
from ._what import Packed, What, text, what

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Paths = Union[str, "os.PathLike[str]", Iterable[Union[str, "os.PathLike[str]"]]]

# So many tasks a core even out that some take longer than others.
_TASKS = 4
# More than this is too much to read once more where a machine is lost.
_MOST_SPLIT_BYTES = 1 << 30


def count_files(
    spark: SparkSession,
    inputs: Paths,
    patterns: What | Patterns,
    *,
    by: Literal["file"] | None = None,
    split_bytes: int | None = None,
    errors: Literal["warn", "raise", "ignore"] = "warn",
    **options: Any,
) -> Report[Any]:
    """Counts in files and folders that all machines see under the same names, and in what is at
    addresses such as `s3://bucket/prefix/`.

    `patterns` and the options are those of a `Counter` and of its `count_files`, or `patterns`
    is a `Counter`, `Words` or `Matches`. The report is that of `Counter.count_files`.

    The driver lists them and makes splits of about `split_bytes`, 128 MiB to 1 GiB unless said:
    several small files, or a range of a large one. With its counts, each split gives a row for
    the ledger, with a digest of the names, versions and ranges in it. The result is given
    only if each split is in the ledger once, with the digest that the driver expects; otherwise
    a `LedgerError` names what is missing, doubled or changed.
    """
    given_names = [name for name in (*SELECTING, *READING, *ASKING) if name in options]
    reading = {name: options.pop(name) for name in given_names}
    counted = what(patterns, options)
    given = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
    paths = [_absolute(os.fspath(path)) for path in given]
    inputs_of({"paths": json.dumps(paths)})
    listed = list_inputs(paths, reading)
    if split_bytes is None:
        split_bytes = _split_bytes(spark, sum(piece.size for piece in listed))
    expected = splits(listed, counted, reading, split_bytes)
    frame = _frame(spark, paths, counted, reading, split_bytes)
    rows = _collect(frame, by)
    ledger = [row for row in rows if row.split is not None]
    check(expected, [(r.split, r.digest, r.outcome, r.fault, r.times) for r in ledger])
    names = {text(name): name for name in counted.names} if isinstance(counted, Counter) else {}
    sums: PythonCounter[Key] = PythonCounter()
    by_source: dict[str, PythonCounter[Key]] = {}
    text_bytes: PythonCounter[str] = PythonCounter()
    faults: dict[str, tuple[str, str | None]] = {}
    for row in rows:
        if row.split is not None:
            continue
        if row.pattern is not None:
            key = names.get(row.pattern, row.pattern)
            sums[key] += row.count_sum
            by_source.setdefault(row.source, PythonCounter())[key] += row.count_sum
        elif row.source is not None:
            by_source.setdefault(row.source, PythonCounter())
            text_bytes[row.source] += row.bytes
        if row.fault is not None:
            faults[row.source] = (row.outcome, row.fault)
    wanted = sorted(by_source if by == "file" else faults, key=lambda name: name or "")
    sources: list[Source[Any]] = [
        Source(
            name,
            *faults.get(name, ("complete", None)),
            text_bytes[name],
            _counts(counted, by_source[name]) if by == "file" else None,
        )
        for name in wanted
    ]
    partial = sum(outcome == "partial" for outcome, _ in faults.values())
    report: Report[Any] = Report(
        _counts(counted, sums),
        sources,
        sum(row.sources for row in ledger),
        partial,
        len(faults) - partial,
        sum(row.bytes for row in ledger),
    )
    return settle(report, errors)


def _split_bytes(spark: SparkSession, total_bytes: int) -> int:
    """How much a task reads: a task costs Spark about as much as it takes to count in 100 MB."""
    try:
        cores = spark.sparkContext.defaultParallelism
    except Exception:
        # A session that is connected to a server does not know.
        return SPLIT_BYTES
    return min(max(total_bytes // (_TASKS * cores) + 1, SPLIT_BYTES), _MOST_SPLIT_BYTES)


def _absolute(path: str) -> str:
    return path if "://" in path else os.path.abspath(path)


def _frame(
    spark: SparkSession,
    paths: list[str],
    counted: What,
    reading: dict[str, Any],
    split_bytes: int,
) -> DataFrame:
    spark.dataSource.register(CogrepDataSource)
    packed = base64.b64encode(Packed(counted).pickled).decode()
    reader = spark.read.format("cogrep").option("packed", packed).option("ledger", "true")
    reader = reader.option("split_bytes", split_bytes).option("paths", json.dumps(paths))
    for name, value in reading.items():
        if value is None:
            continue
        shown = json.dumps(list(value)) if isinstance(value, (list, tuple)) else value
        reader = reader.option(name, shown)
    return reader.load()


def _collect(frame: DataFrame, by: Literal["file"] | None) -> list[Any]:
    """The counts and the ledger, from one and the same run."""
    from pyspark.sql import functions

    if by != "file":
        # Which source it is matters only where something is wrong with it.
        is_needed = functions.col("fault").isNotNull()
        source = functions.when(is_needed, functions.col("source"))
        frame = frame.withColumn("source", source)
    keys = ["source", "pattern", "outcome", "fault", "split", "digest"]
    sums = frame.groupBy(*keys).agg(
        functions.sum("count").alias("count_sum"),
        functions.sum("bytes").alias("bytes"),
        functions.sum("sources").alias("sources"),
        functions.count("*").alias("times"),
    )
    return sums.collect()


def _counts(counted: What, sums: PythonCounter[Key]) -> Counts | TextCounts:
    if isinstance(counted, Counter):
        index = counted._index
        numbers = sorted((index[key], count) for key, count in sums.items())
        return Counts(counted._names, index, dict(numbers))
    ordered = sorted(sums.items(), key=lambda item: (-item[1], text(item[0])))
    return TextCounts(dict(ordered))
