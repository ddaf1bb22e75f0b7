"""What was counted in files, and how completely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._counts import Counts, Key, table_with_bars
from ._text_counts import TextCounts

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


# What was counted: patterns, or texts that were not known before.
AnyCounts = TypeVar("AnyCounts", Counts, TextCounts)


class IncompleteError(Exception):
    """Something could not be read to its end. `report` has what was counted."""

    def __init__(self, message: str, report: Report[Any] | None = None) -> None:
        super().__init__(message)
        self.report = report


class IncompleteWarning(UserWarning):
    """Something could not be read to its end."""


class PatternWarning(UserWarning):
    """A pattern is counted, but can occur nowhere."""


class Source(Generic[AnyCounts]):
    """A file that was read, or a member of an archive, or an object."""

    __slots__ = ("counts", "fault", "name", "outcome", "text_bytes")

    #: Its path, as it was reached.
    name: str
    #: How it ended: `complete`, `partial` or `failed`.
    outcome: str
    #: What went wrong, if anything did.
    fault: str | None
    #: How many bytes of text were counted in.
    text_bytes: int
    #: Its counts, if these were asked for by file.
    counts: AnyCounts | None

    def __init__(
        self, name: str, outcome: str, fault: str | None, text_bytes: int, counts: AnyCounts | None
    ) -> None:
        self.name = name
        self.outcome = outcome
        self.fault = fault
        self.text_bytes = text_bytes
        self.counts = counts

    @property
    def complete(self) -> bool:
        """Whether it was read to its end."""
        return self.outcome == "complete"

    def __repr__(self) -> str:
        fault = "" if self.fault is None else f", {self.fault!r}"
        return f"Source({self.name!r}, {self.outcome}{fault})"


class Report(Generic[AnyCounts]):
    """The counts over all files, and how each of these ended."""

    __slots__ = (
        "counts", "failed_count", "partial_count", "source_count", "sources", "text_bytes"
    )  # fmt: skip

    #: Over all files.
    counts: AnyCounts
    #: The files in their order: all of them with `by="file"`, else those with a fault.
    sources: list[Source[AnyCounts]]
    #: How many files there were.
    source_count: int
    #: How many of them were read to some point that is not their end.
    partial_count: int
    #: How many of them could not be read at all.
    failed_count: int
    #: How many bytes of text were counted in.
    text_bytes: int

    def __init__(
        self,
        counts: AnyCounts,
        sources: list[Source[AnyCounts]],
        source_count: int,
        partial_count: int,
        failed_count: int,
        text_bytes: int,
    ) -> None:
        self.counts = counts
        self.sources = sources
        self.source_count = source_count
        self.partial_count = partial_count
        self.failed_count = failed_count
        self.text_bytes = text_bytes

    @property
    def complete(self) -> bool:
        """Whether every file was read to its end."""
        return self.partial_count + self.failed_count == 0

    @property
    def faults(self) -> list[Source[AnyCounts]]:
        """The files that were not read to their end."""
        return [source for source in self.sources if not source.complete]

    def explain(self) -> str:
        """What is missing, in a sentence; an empty one if nothing is."""
        faults = self.faults
        if not faults:
            return ""
        number = self.partial_count + self.failed_count
        more = "" if len(faults) == 1 else f", and {len(faults) - 1} more"
        first = f"{faults[0].name}: {faults[0].fault}{more}"
        return f"{number} of {self.source_count} files could not be read to the end: {first}"

    def raise_if_incomplete(self) -> None:
        """Raises an `IncompleteError` if a file was not read to its end."""
        if not self.complete:
            raise IncompleteError(self.explain(), self)

    def _columns(self) -> dict[str, list[str] | list[Key] | list[int]]:
        """A row for each file and pattern; without counts by file, for each pattern."""
        files: list[str] = []
        patterns: list[Key] = []
        counts: list[int] = []
        for source in self.sources:
            if source.counts is not None:
                files += [source.name] * len(source.counts)
                patterns += source.counts
                counts += source.counts.values()
        what = "text" if isinstance(self.counts, TextCounts) else "pattern"
        if not files:
            return {what: list(self.counts), "count": list(self.counts.values())}
        return {"file": files, what: patterns, "count": counts}

    def to_arrow(self) -> pyarrow.Table:
        """A table of `pyarrow`: `file` (where counted by file), `pattern` or `text`, and `count`."""
        import pyarrow

        return pyarrow.table(self._columns())

    def to_polars(self) -> polars.DataFrame:
        """The same as a data frame of `polars`."""
        import polars

        return polars.DataFrame(self._columns())

    def to_pandas(self) -> pandas.DataFrame:
        """The same as a data frame of `pandas`."""
        import pandas

        return pandas.DataFrame(self._columns())

    def __repr__(self) -> str:
        missing = "" if self.complete else ", incomplete"
        return f"Report({self.counts!r}, {self.source_count} files{missing})"

    def _repr_html_(self) -> str:
        from html import escape

        text = self.counts._repr_html_()
        if any(source.counts for source in self.sources):
            totals: list[tuple[Key, int]] = [
                (source.name, source.counts.total)
                for source in self.sources
                if source.counts is not None
            ]
            shown = sorted(totals, key=lambda row: -row[1])[:30]
            text += table_with_bars(("file", "count"), shown, len(totals) - len(shown))
        return text + (f"<p>{escape(self.explain())}</p>" if not self.complete else "")
