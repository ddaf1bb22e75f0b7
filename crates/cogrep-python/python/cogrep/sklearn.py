"""Counts as features for scikit-learn.

>>> from cogrep.sklearn import PatternVectorizer
>>> vectorizer = PatternVectorizer(["love", "hate"], ignore_case=True, whole_words=True)
>>> vectorizer.fit_transform(["I love it", "Hate, hate!"]).toarray()
array([[1, 0],
       [0, 2]])
>>> vectorizer.get_feature_names_out().tolist()
['love', 'hate']
"""

from __future__ import annotations

from typing import Any

import numpy
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ._counter import Counter, Patterns

__all__ = ["PatternVectorizer"]


class PatternVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Makes a sparse matrix of texts: a row for each text, a column for each pattern.

    The patterns are known before, so that fitting learns nothing; of what they and the options
    mean, see `Counter`. A column of a table that offers Arrow is taken as it is.
    """

    def __init__(
        self,
        patterns: Patterns = (),
        *,
        ignore_case: bool = False,
        whole_words: bool = False,
        regex: bool = False,
        overlapping: bool = False,
        lines: bool = False,
        binary: bool = False,
        dtype: Any = numpy.int64,
        n_jobs: int | None = None,
    ) -> None:
        self.patterns = patterns
        self.ignore_case = ignore_case
        self.whole_words = whole_words
        self.regex = regex
        self.overlapping = overlapping
        self.lines = lines
        self.binary = binary
        self.dtype = dtype
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> PatternVectorizer:
        """Makes the patterns ready."""
        self._refuse_one_text(X)
        self.counter_ = Counter(
            self.patterns,
            ignore_case=self.ignore_case,
            whole_words=self.whole_words,
            regex=self.regex,
            overlapping=self.overlapping,
            lines=self.lines,
        )
        return self

    def transform(self, X: Any) -> Any:
        """The counts of each text: a `scipy.sparse.csr_matrix`."""
        check_is_fitted(self)
        self._refuse_one_text(X)
        threads = self.n_jobs if self.n_jobs is not None and self.n_jobs > 0 else None
        counts = self.counter_.count_rows(X, threads=threads).to_scipy()
        if self.binary:
            counts.data = numpy.ones_like(counts.data)
        return counts.astype(self.dtype, copy=False)

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The names of the columns."""
        check_is_fitted(self)
        return numpy.array(self.counter_.names, dtype=object)

    def _refuse_one_text(self, X: Any) -> None:
        if isinstance(X, (str, bytes)):
            raise ValueError("X is many texts, not one")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = True
        return tags
