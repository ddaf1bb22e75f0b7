"""Exact counts of many patterns in text.

>>> import cogrep
>>> counter = cogrep.Counter(["love", "hate"], ignore_case=True, whole_words=True)
>>> counter.count("Love is not love, and gloves are not love.")
Counts({'love': 3, 'hate': 0})

A `Counter` is made ready once and counts in anything: a `str` or `bytes` (`count`), a column of
a table (`count_column`, `count_rows`), files and folders (`count_files`). Each pattern is counted
as if it were alone, and a pattern that does not occur has a count of zero.

Where it is not known before what to count, `Words` counts every word, and `Matches` each text
that a regular expression matches.
"""

from __future__ import annotations

from ._cogrep import VERSION as __version__
from ._cogrep import PatternError
from ._counter import Counter, count
from ._counts import Counts
from ._distinct import Matches, Words
from ._report import IncompleteError, IncompleteWarning, PatternWarning, Report, Source
from ._rows import RowCounts
from ._text_counts import TextCounts

__all__ = [
    "Counter",
    "Counts",
    "IncompleteError",
    "IncompleteWarning",
    "Matches",
    "PatternError",
    "PatternWarning",
    "Report",
    "RowCounts",
    "Source",
    "TextCounts",
    "Words",
    "__version__",
    "count",
]
