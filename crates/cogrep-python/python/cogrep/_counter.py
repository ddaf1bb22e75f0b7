"""Patterns that are made ready once, and count in anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Union
from warnings import warn

from . import _cogrep
from ._counts import Counts, Key
from ._files import Input, RangeOptions, file_options, named, settle, thread_count
from ._report import PatternWarning, Report
from ._rows import RowCounts

if TYPE_CHECKING:
    from collections.abc import Sequence


Patterns = Union[Iterable[Key], Mapping[Key, Union[Key, Iterable[Key]]]]


class Counter:
    """Patterns that were made ready to be counted.

    `patterns` is a list, an iterator or a column of strings or bytes, or a mapping from names to
    patterns or to lists of patterns, whose counts are added up under the name.

    >>> Counter(["he", "she", "hers"]).count("ushers")
    Counts({'he': 1, 'she': 1, 'hers': 1})
    >>> Counter({"warm": ["love", "hope"], "cold": "hate"}).count("hope, love and hate")
    Counts({'warm': 2, 'cold': 1})

    - `ignore_case`: capital and small letters are equal, by Unicode's simple case folding.
    - `smart_case`: so they are unless a pattern has a capital letter.
    - `whole_words`: an occurrence counts only where no letter or digit is next to it.
    - `regex`: patterns are regular expressions of Rust's `regex`, matched line by line.
    - `loose_space`: a space matches any run of white space, line ends too.
    - `overlapping`: occurrences of a pattern that overlap each other count too.
    - `lines`: lines with an occurrence are counted; `whole_lines`: lines that equal the pattern.
    - `engine`: what counts, by the names of `cogrep --engine`; not to be chosen in earnest.
    - `max_line_bytes`: the longest line that regular expressions may hold.
    - `regex_size_limit`: the memory in bytes that regular expressions may take together.

    A counter never changes. Threads can share it, and it can be pickled. While it counts, other
    threads of Python run, and Ctrl-C stops it. No thread of its own is left when a call returns.
    """

    __slots__ = ("_given", "_index", "_names", "_native", "_options")

    def __init__(
        self,
        patterns: Patterns,
        *,
        ignore_case: bool = False,
        smart_case: bool = False,
        whole_words: bool = False,
        regex: bool = False,
        loose_space: bool = False,
        overlapping: bool = False,
        lines: bool = False,
        whole_lines: bool = False,
        engine: str = "auto",
        max_line_bytes: int = 16 << 20,
        regex_size_limit: int = 256 << 20,
    ) -> None:
        units = {"overlapping": overlapping, "lines": lines, "whole_lines": whole_lines}
        chosen = [name for name, is_chosen in units.items() if is_chosen]
        if len(chosen) > 1:
            raise ValueError(f"{chosen[0]} and {chosen[1]} exclude each other")
        if loose_space and (regex or lines or whole_lines):
            other = "regex" if regex else chosen[0]
            raise ValueError(f"loose_space and {other} exclude each other: no lines are left")
        names, flat, labels, places = _flatten(patterns)
        try:
            self._native = _cogrep.Counter(
                flat,
                labels,
                len(names),
                unit=chosen[0] if chosen else "occurrences",
                ignore_case=ignore_case,
                smart_case=smart_case,
                whole_words=whole_words,
                regex=regex,
                loose_space=loose_space,
                engine=engine,
                max_line_bytes=max_line_bytes,
                regex_size_limit=regex_size_limit,
            )
        except _cogrep.PatternError as error:
            if places is None or error.index is None:
                raise
            place = places[error.index]
            message = str(error).replace(f"pattern {error.index + 1} ", f"pattern {place + 1} ", 1)
            moved = _cogrep.PatternError(message)
            moved.index = place
            raise moved from None
        self._names = names
        self._index = {name: number for number, name in enumerate(names)}
        self._given = (flat, labels)
        defaults = Counter.__init__.__kwdefaults__ or {}
        options = {
            "ignore_case": ignore_case,
            "smart_case": smart_case,
            "whole_words": whole_words,
            "regex": regex,
            "loose_space": loose_space,
            "overlapping": overlapping,
            "lines": lines,
            "whole_lines": whole_lines,
            "engine": engine,
            "max_line_bytes": max_line_bytes,
            "regex_size_limit": regex_size_limit,
        }
        self._options = {
            name: value for name, value in options.items() if value != defaults.get(name)
        }
        for warning in self._native.warnings:
            warn(warning, PatternWarning, stacklevel=2)

    @classmethod
    def from_file(
        cls, path: str | os.PathLike[str], *, named: bool = False, **options: Any
    ) -> Counter:
        """The patterns of a list, one a line, as `cogrep -f` reads it.

        Blank lines are left out; spaces and `#` are text. With `named`, a line is a name, a tab
        and a pattern, as of `cogrep --def-file`.
        """
        with open(path, "rb") as file:
            text = file.read()
        if text.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = text.decode("utf-16").encode()
        patterns = [_text(line) for line in _cogrep.parse_list(text.removeprefix(b"\xef\xbb\xbf"))]
        if not named:
            return cls(patterns, **options)
        groups: dict[Key, list[Key]] = {}
        for line in patterns:
            tab: Any = "\t" if isinstance(line, str) else b"\t"
            name, found, pattern = line.partition(tab)
            if not found:
                raise ValueError(f"{os.fspath(path)}: a line has no tab: {line!r}")
            groups.setdefault(name, []).append(pattern)
        return cls(groups, **options)

    @property
    def names(self) -> list[Key]:
        """The patterns, or their names, in their order: the keys of what is counted."""
        return list(self._names)

    @property
    def ignores_case(self) -> bool:
        """Whether case is ignored, as `ignore_case` says or `smart_case` decided."""
        return self._native.ignores_case

    @property
    def reason(self) -> str:
        """What counts these patterns, and why."""
        return self._native.reason

    def count(self, text: Any, *, threads: int | None = None) -> Counts:
        """Counts in one text: a `str`, `bytes`, or anything with a buffer, such as an `mmap`.

        A `str` is not copied, nor are `bytes`. A long text is counted on all cores, or on as
        many as `threads` says.

        >>> Counter(["aa"]).count(b"aaaa")["aa"]
        2
        """
        return self._counts(self._native.count(text, thread_count(threads)))

    def count_column(
        self,
        column: Any,
        *,
        threads: int | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> Counts:
        """Counts over all rows of a column, each of which is a text of its own.

        A column is a series of polars or pandas, an array of pyarrow, anything else that offers
        Arrow, or a list or an iterator of `str`, `bytes` and `None`. A null counts nothing.

        `progress` is called with the number of rows that were counted since the last time, as
        `tqdm.update` wants it.

        >>> Counter(["ab"]).count_column(["ab", None, "a", "b", "abab"])
        Counts({'ab': 3})
        """
        found, _ = self._native.count_column(column, thread_count(threads), progress)
        return self._counts(found)

    def count_rows(
        self,
        column: Any,
        *,
        threads: int | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> RowCounts:
        """Counts by row of a column; of what is a column, see `count_column`.

        >>> counts = Counter(["a", "b"]).count_rows(["abba", None, "b"])
        >>> list(counts)
        [(0, 'a', 2), (0, 'b', 2), (2, 'b', 1)]
        """
        return RowCounts(self._names, self._native.count_rows(column, thread_count(threads), progress))

    def count_files(
        self,
        inputs: Input | Iterable[Input],
        *,
        by: Literal["file"] | None = None,
        encoding: str | None = None,
        decompress: bool = True,
        nest: int = 1,
        hidden: bool = False,
        ignore: bool = True,
        globs: Sequence[str] = (),
        types: Sequence[str] = (),
        types_not: Sequence[str] = (),
        follow: bool = False,
        one_file_system: bool = False,
        max_depth: int | None = None,
        max_file_bytes: int | None = None,
        endpoint_url: str | None = None,
        region: str | None = None,
        sign_request: bool = True,
        request_payer: bool = False,
        headers: Mapping[str, str] | None = None,
        ca_cert: str | os.PathLike[str] | None = None,
        threads: int | None = None,
        progress: Callable[[int], object] | None = None,
        errors: Literal["warn", "raise", "ignore"] = "warn",
    ) -> Report[Counts]:
        """Counts in files, folders and addresses, as the program does, and in what has a `read`.

        - `by="file"`: counts of each file, too.
        - `encoding`: that of all files; without one they are UTF-8, or what their mark says.
        - `decompress`: whether gzip, zstd, xz, bzip2 and lz4, and archives, are unpacked.
        - `nest`: archives inside archives are opened this deep.
        - `hidden`: files and folders whose names begin with a dot are read too.
        - `ignore`: whether the rules of `.gitignore` and its like hold.
        - `globs`: which files are read, as of `cogrep --glob`; with a `!` which are not.
        - `types`, `types_not`: the types of files that are read, and that are not.
        - `follow`: symbolic links are followed.
        - `one_file_system`: other file systems than that of the folder are left out.
        - `max_depth`: how deep folders are walked; 1 is the files of the folder itself.
        - `max_file_bytes`: larger files are left out.
        - `endpoint_url`, `region`: where the store of `s3://`, `gs://` and `az://` is, if the
          environment does not say it.
        - `sign_request`: whether requests to a store are signed, with what the environment has.
        - `request_payer`: who asks a store pays, and not the owner of the bucket.
        - `headers`: sent with each request over HTTP, as `{"Authorization": "Bearer ..."}`.
        - `ca_cert`: a file with an authority in PEM form that servers are trusted by, too.
        - `progress` is called with the bytes that were counted in since the last time.
        - `errors`: what is done about files that could not be read to their end. The report
          has them in any case.
        """
        options = file_options(
            inputs,
            by=by,
            encoding=encoding,
            decompress=decompress,
            nest=nest,
            hidden=hidden,
            ignore=ignore,
            globs=globs,
            types=types,
            types_not=types_not,
            follow=follow,
            one_file_system=one_file_system,
            max_depth=max_depth,
            max_file_bytes=max_file_bytes,
            endpoint_url=endpoint_url,
            region=region,
            sign_request=sign_request,
            request_payer=request_payer,
            headers=headers,
            ca_cert=ca_cert,
            threads=threads,
            progress=progress,
        )
        found, sums, sources = self._native.count_files(options)
        return settle(Report(self._counts(found), named(sources, self._counts), *sums), errors)

    def _count_range(
        self, source: str, start: int, end: int, options: RangeOptions | None = None
    ) -> tuple[Counts, int]:
        """Counts in the lines that begin in a range of a source, and the bytes of these."""
        found, text_bytes = self._native.count_range(source, start, end, options or RangeOptions())
        return self._counts(found), text_bytes

    def _counts(self, found: tuple[list[int], list[int]]) -> Counts:
        return Counts(self._names, self._index, dict(zip(*found)))

    def __reduce__(self) -> Any:
        return _restore, (self._names, *self._given, self._options)

    def __repr__(self) -> str:
        number = len(self._names)
        names = f"{list(self._names)!r}" if number <= 5 else f"{number} patterns"
        options = "".join(f", {name}={value!r}" for name, value in self._options.items())
        return f"Counter({names}{options})"


def count(text: Any, patterns: Patterns, **options: Any) -> Counts:
    """Counts in one text. A `Counter` is faster where there are several.

    >>> import cogrep
    >>> cogrep.count("Ushers", ["he", "us"], ignore_case=True)
    Counts({'he': 1, 'us': 1})
    """
    return Counter(patterns, **options).count(text)


def _flatten(
    patterns: Patterns,
) -> tuple[tuple[Key, ...], tuple[Key, ...], list[int] | None, list[int] | None]:
    """The names, the patterns, and the number of the name of each pattern, if that is not its
    own. At last the place of each pattern in what was given, if some were given twice."""
    if isinstance(patterns, (str, bytes)):
        raise TypeError(f"patterns is a list: [{patterns!r}]")
    if isinstance(patterns, Mapping):
        flat: list[Key] = []
        labels: list[int] = []
        for number, group in enumerate(patterns.values()):
            group = [group] if isinstance(group, (str, bytes)) else list(group)
            flat += group
            labels += [number] * len(group)
        return tuple(patterns), tuple(flat), labels, None
    # A column of pyarrow has objects of its own kind.
    to_list = getattr(patterns, "to_pylist", None)
    given: tuple[Key, ...] = tuple(patterns if to_list is None else to_list())
    places: dict[Key, int] = {}
    try:
        for place, name in enumerate(given):
            places.setdefault(name, place)
    except TypeError:
        return given, given, None, None  # One of them is no pattern, as is said of it soon.
    names = tuple(places)
    return names, names, None, None if len(names) == len(given) else list(places.values())


def _restore(
    names: tuple[Key, ...],
    flat: tuple[Key, ...],
    labels: list[int] | None,
    options: dict[str, Any],
) -> Counter:
    if labels is None:
        return Counter(flat, **options)
    groups: dict[Key, list[Key]] = {name: [] for name in names}
    for pattern, label in zip(flat, labels):
        groups[names[label]].append(pattern)
    return Counter(groups, **options)


def _text(line: bytes) -> Key:
    """A line as a string, or as it is if it is none."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line
