"""Counting on Apache Spark, from version 4 on.

`count` counts in a column that Spark has; `count_files` counts in files that all machines see,
which never enter Spark, and proves that each part of them was counted once. What the latter is
made of is `spark.read.format("cogrep")`.

>>> import cogrep.spark                                                        # doctest: +SKIP
>>> cogrep.spark.count(frame, "text", ["love", "hate"], by="year").show()      # doctest: +SKIP
>>> cogrep.spark.count_files(spark, "letters/", ["love", "hate"]).counts       # doctest: +SKIP
"""

from __future__ import annotations

from ._column import count
from ._files import count_files
from ._ledger import LedgerError
from ._source import CogrepDataSource

__all__ = ["CogrepDataSource", "LedgerError", "count", "count_files"]
