"""Texts that were not known before: every word, or what an expression matches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

from . import _cogrep
from ._files import Input, RangeOptions, file_options, named, settle, thread_count
from ._report import Report
from ._text_counts import TextCounts

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._files import Reading


class _Distinct:
    """What counts distinct texts."""

    __slots__ = ("_arguments", "_native")

    _native: _cogrep.Distinct
    _arguments: tuple[Any, ...]

    def count(self, text: Any, *, threads: int | None = None) -> TextCounts:
        """Counts in one text; of what is a text, see `Counter.count`."""
        return TextCounts(self._native.count(text, thread_count(threads)))

    def count_column(
        self,
        column: Any,
        *,
        threads: int | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> TextCounts:
        """Counts over all rows of a column; of what is a column, see `Counter.count_column`."""
        native = self._native.count_column(column, thread_count(threads), progress)
        return TextCounts(native)

    def count_files(
        self,
        inputs: Input | Iterable[Input],
        *,
        errors: Literal["warn", "raise", "ignore"] = "warn",
        **options: Unpack[Reading],
    ) -> Report[TextCounts]:
        """Counts in files and folders. The options are those of `Counter.count_files`."""
        counts, sums, sources = self._native.count_files(file_options(inputs, **options))
        by_source = named(sources, lambda found: TextCounts(dict(found)))
        if options.get("by") is None:
            by_source = [source for source in by_source if not source.complete]
        return settle(Report(TextCounts(counts), by_source, *sums), errors)

    def _count_range(
        self, source: str, start: int, end: int, options: RangeOptions | None = None
    ) -> tuple[TextCounts, int]:
        """Counts in the lines that begin in a range of a source, and the bytes of these."""
        counts, text_bytes = self._native.count_range(source, start, end, options or RangeOptions())
        return TextCounts(counts), text_bytes


class Words(_Distinct):
    """Every word: the longest runs of letters, marks, digits and `_`, by Unicode.

    With `ignore_case`, words that differ in case only are one, and shown in lower case.

    >>> Words(ignore_case=True).count("To be, or not to be").most_common(2)
    [('be', 2), ('to', 2)]

    The count of a word is that of a `Counter` with `whole_words`.

    With `ngrams`, it is every sequence of so many words of a text, joined by one space, whatever
    is between them, line ends too.

    >>> Words(ngrams=2, ignore_case=True).count("To be,\\nor not to be").most_common(1)
    [('to be', 2)]

    With `unicode`, words are those of the Unicode standard, UAX #29: `can't` and `3.14` are
    words, and where a script has no spaces a dictionary finds them.

    >>> Words(unicode=True).count("I can't; 他们知道。").most_common()
    [('I', 1), ("can't", 1), ('他们', 1), ('知道', 1)]
    """

    __slots__ = ()

    def __init__(
        self, *, ngrams: int = 1, unicode: bool = False, ignore_case: bool = False
    ) -> None:
        if ngrams < 1:
            raise ValueError(f"ngrams is the number of words of a sequence, from 1, not {ngrams}")
        if unicode and ngrams > 1:
            raise ValueError("words of the Unicode standard are not counted in sequences")
        self._arguments = (ngrams, unicode, ignore_case)
        self._native = _cogrep.Distinct(
            None,
            None,
            ngrams=ngrams,
            unicode=unicode,
            ignore_case=ignore_case,
            smart_case=False,
            whole_words=False,
            max_line_bytes=16 << 20,
            regex_size_limit=256 << 20,
        )

    def __reduce__(self) -> Any:
        return _words, self._arguments

    def __repr__(self) -> str:
        ngrams, unicode, ignore_case = self._arguments
        rule = ", unicode=True" if unicode else ""
        return f"Words(ngrams={ngrams}{rule}, ignore_case={ignore_case})"


class Matches(_Distinct):
    """Each text that a regular expression matches, line by line.

    >>> Matches(r"\\d+").count("10 and 20 and 10").most_common()
    [('10', 2), ('20', 1)]

    With `group`, by number or by name, it is what the group matches: nothing, where the group
    takes no part in a match.

    >>> Matches(r"(\\w+)@", group=1).count("love@here, hate@there, love@there").most_common(1)
    [('love', 2)]

    - `ignore_case`: capital and small letters are equal, and texts are shown in lower case.
    - `smart_case`: so they are unless the expression has a capital letter.
    - `whole_words`: a match counts only where no letter or digit is next to it.
    - `max_line_bytes`: the longest line that it may hold.
    - `regex_size_limit`: the memory in bytes that the expression may take.
    """

    __slots__ = ()

    def __init__(
        self,
        regex: str,
        *,
        group: int | str | None = None,
        ignore_case: bool = False,
        smart_case: bool = False,
        whole_words: bool = False,
        max_line_bytes: int = 16 << 20,
        regex_size_limit: int = 256 << 20,
    ) -> None:
        options = {
            "ignore_case": ignore_case,
            "smart_case": smart_case,
            "whole_words": whole_words,
            "max_line_bytes": max_line_bytes,
            "regex_size_limit": regex_size_limit,
        }
        self._arguments = (regex, group, options)
        self._native = _cogrep.Distinct(
            regex,
            group,
            ngrams=1,
            unicode=False,
            ignore_case=ignore_case,
            smart_case=smart_case,
            whole_words=whole_words,
            max_line_bytes=max_line_bytes,
            regex_size_limit=regex_size_limit,
        )

    @property
    def ignores_case(self) -> bool:
        """Whether case is ignored, as `ignore_case` says or `smart_case` decided."""
        return self._native.ignores_case

    def __reduce__(self) -> Any:
        return _matches, self._arguments

    def __repr__(self) -> str:
        regex, group, _ = self._arguments
        return f"Matches({regex!r})" if group is None else f"Matches({regex!r}, group={group!r})"


def _words(ngrams: int, unicode: bool, ignore_case: bool) -> Words:
    return Words(ngrams=ngrams, unicode=unicode, ignore_case=ignore_case)


def _matches(regex: str, group: int | str | None, options: dict[str, Any]) -> Matches:
    return Matches(regex, group=group, **options)
