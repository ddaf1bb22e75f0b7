"""The data source of Spark: `spark.read.format("cogrep")`."""

from __future__ import annotations

import base64
import gc
import json
import pickle
from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSource, DataSourceReader

from .. import _cogrep
from .._counter import Counter
from .._distinct import Matches, Words
from .._report import Report
from ._split import (
    ASKING,
    READING,
    SPLIT_BYTES,
    Piece,
    Split,
    list_inputs,
    range_options,
    splits,
)
from ._what import Packed, What, found, text, what

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql.datasource import InputPartition
    from pyspark.sql.types import StructType

ROWS = "source string, pattern string, count bigint, outcome string"
LEDGER = ROWS + ", fault string, split int, digest string, bytes bigint, sources bigint"

# Options that say what is counted, by their kind.
_SWITCHES = ("ignore_case", "smart_case", "whole_words", "regex", "loose_space", "overlapping",
             "lines", "whole_lines")  # fmt: skip
_NUMBERS = ("max_line_bytes", "regex_size_limit", "max_depth", "max_file_bytes", "nest",
            "split_bytes")  # fmt: skip
_LISTS = ("globs", "types", "types_not")
_TEXTS = ("encoding", "patterns", "patterns_file", "matches", "group", "path", "paths", "packed",
          "endpoint_url", "region")  # fmt: skip
_OTHER_SWITCHES = ("hidden", "ignore", "follow", "one_file_system", "decompress", "words",
                   "named", "ledger", "sign_request", "request_payer")  # fmt: skip


class ChangedError(Exception):
    """A file or an object is not what it was when the splits were made."""


class CogrepDataSource(DataSource):
    """Counts in files and addresses: a row for each of them and each pattern in it.

    The frame has the columns `source`, `pattern`, `count` and `outcome`. A source without any
    occurrence has a row without a pattern, and so has one that could not be read to its end. A
    large one is counted in several parts, each with rows of its own: they are to be added up.

    Options are those of `Counter` and of its `count_files`, by the same names; `patterns`, one
    a line or as a list or a mapping in JSON, or `patterns_file`; or instead `words` or
    `matches`, with `group`. `split_bytes` is about how much a task reads.
    """

    @classmethod
    def name(cls) -> str:
        return "cogrep"

    def schema(self) -> str:
        return LEDGER if read_options(self.options).get("ledger") else ROWS

    def reader(self, schema: StructType) -> DataSourceReader:
        return Reader(read_options(self.options))


def read_options(given: MutableMapping[str, str]) -> dict[str, Any]:
    """The options as Python has them."""
    options: dict[str, Any] = {}
    for name, value in given.items():
        name = name.lower()
        if name in _SWITCHES or name in _OTHER_SWITCHES:
            if value.lower() not in ("true", "false"):
                raise ValueError(f"{name} is true or false, not {value}")
            options[name] = value.lower() == "true"
        elif name in _NUMBERS:
            options[name] = int(value)
        elif name in _LISTS:
            options[name] = json.loads(value) if value.startswith("[") else value.split("\n")
        elif name in _TEXTS:
            options[name] = value
        else:
            raise ValueError(f"there is no option {name}")
    return options


def counted_by(options: Mapping[str, Any]) -> What:
    """What the options say is to be counted."""
    if "packed" in options:
        counted = pickle.loads(base64.b64decode(options["packed"]))
        assert isinstance(counted, (Counter, Words, Matches))
        return counted
    matching = {name: options[name] for name in _SWITCHES if name in options}
    limits = ("max_line_bytes", "regex_size_limit")
    matching |= {name: options[name] for name in limits if name in options}
    ways = [way for way in ("patterns", "patterns_file", "words", "matches") if options.get(way)]
    if len(ways) != 1:
        raise ValueError("one of the options patterns, patterns_file, words and matches is needed")
    if ways == ["words"]:
        return Words(**matching)
    if ways == ["matches"]:
        group = options.get("group")
        group = int(group) if group is not None and group.isdecimal() else group
        return Matches(options["matches"], group=group, **matching)
    if ways == ["patterns_file"]:
        named = options.get("named", False)
        return Counter.from_file(options["patterns_file"], named=named, **matching)
    given = options["patterns"]
    is_json = given.lstrip().startswith(("[", "{"))
    patterns = json.loads(given) if is_json else [it for it in given.split("\n") if it]
    return what(patterns, matching)


def inputs_of(options: Mapping[str, Any]) -> list[str]:
    """The files, folders and addresses that are read."""
    paths: list[str] = json.loads(options["paths"]) if "paths" in options else []
    if "path" in options:
        paths.append(options["path"])
    if not paths:
        raise ValueError("which files? give load() a path")
    return paths


class Reader(DataSourceReader):
    """Makes splits, on the driver; counts in one, on some machine."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = dict(options)
        counted = counted_by(options)
        self.packed = Packed(counted)

    def partitions(self) -> list[InputPartition]:
        options = self.options
        split_bytes = options.get("split_bytes", SPLIT_BYTES)
        listed = list_inputs(inputs_of(options), options)
        return list(splits(listed, self.packed.get(), options, split_bytes))

    def read(self, partition: InputPartition) -> Iterator[pyarrow.RecordBatch]:
        assert isinstance(partition, Split)
        _freeze_once()
        rows = Rows(self.options.get("ledger", False))
        counted = self.packed.get()
        changed = [piece for piece in partition.pieces if not is_kept(piece)]
        if not changed:
            try:
                self.count(partition, counted, rows)
            except _cogrep.ChangedError as error:
                changed = [piece for piece in partition.pieces if piece.path == str(error)]
                if not changed:
                    raise
            else:
                changed = [piece for piece in partition.pieces if not is_kept(piece)]
        if changed and not rows.has_ledger:
            raise ChangedError(f"{changed[0].name} was changed while it was counted")
        if changed:
            # Nothing of what was counted is given away.
            rows = Rows(True)
        rows.close(partition, changed)
        yield from rows.batches()

    def count(self, split: Split, counted: What, rows: Rows) -> None:
        given = {name: self.options[name] for name in (*READING, *ASKING) if name in self.options}
        whole = [piece.input() for piece in split.pieces if piece.start is None]
        if whole:
            report: Report[Any] = counted.count_files(
                whole, by="file", threads=1, errors="ignore", **given
            )
            rows.add_report(report)
        for piece in split.pieces:
            if piece.start is not None and piece.end is not None:
                how = range_options([piece], self.options)
                counts, size = counted._count_range(piece.path, piece.start, piece.end, how)
                rows.add(piece.name, counts, "complete", None, size)
                rows.add_sums(size, int(piece.start == 0))


_frozen = False


def _freeze_once() -> None:
    """Lets the garbage collector leave alone what is there.

    Spark has it run after each task, and to look through all that the modules hold took 40 ms of
    a processor each time: as long as it takes to count in some 100 MB.
    """
    global _frozen
    if not _frozen:
        gc.freeze()
        _frozen = True


def is_kept(piece: Piece) -> bool:
    """Whether a piece is as it was; one that was not there then may be missing still."""
    return piece.changed == 0 or piece.is_unchanged()


class Rows:
    """The rows of a task, with those of the ledger or without."""

    def __init__(self, has_ledger: bool) -> None:
        self.has_ledger = has_ledger
        self.rows: list[tuple[Any, ...]] = []
        self.bytes = 0
        self.sources = 0

    def add(
        self, source: str, counts: Any, outcome: str, fault: str | None, text_bytes: int
    ) -> None:
        source = source.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        before = len(self.rows)
        for key, count in found(counts):
            self.rows.append((source, text(key), count, outcome, fault, None, None, None, None))
        if len(self.rows) == before or fault is not None or self.has_ledger:
            self.rows.append((source, None, 0, outcome, fault, None, None, text_bytes, None))

    def add_report(self, report: Report[Any]) -> None:
        for source in report.sources:
            counts = source.counts or {}
            self.add(source.name, counts, source.outcome, source.fault, source.text_bytes)
        self.add_sums(report.text_bytes, report.source_count)

    def add_sums(self, text_bytes: int, sources: int) -> None:
        self.bytes += text_bytes
        self.sources += sources

    def close(self, split: Split, changed: list[Piece]) -> None:
        """Adds the row of the ledger, which says that the split was counted."""
        if not self.has_ledger:
            return
        outcome = "changed" if changed else "counted"
        fault = str(changed[0]) if changed else None
        ledger = (split.number, split.digest(), self.bytes, self.sources)
        self.rows.append((None, None, None, outcome, fault, *ledger))

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow

        strings, longs = pyarrow.string(), pyarrow.int64()
        kinds = [strings, strings, longs, strings]
        if self.has_ledger:
            kinds += [strings, pyarrow.int32(), strings, longs, longs]
        names = [field.split()[0] for field in (LEDGER if self.has_ledger else ROWS).split(", ")]
        for start in range(0, len(self.rows), 1 << 16):
            rows = self.rows[start : start + (1 << 16)]
            columns = list(zip(*rows))[: len(kinds)]
            arrays = [pyarrow.array(column, kind) for column, kind in zip(columns, kinds)]
            yield pyarrow.RecordBatch.from_arrays(arrays, names)
