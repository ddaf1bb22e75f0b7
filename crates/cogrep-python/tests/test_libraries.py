"""Expressions of polars, and features for scikit-learn."""

from __future__ import annotations

import doctest
import pickle

import numpy
import polars
import pyarrow
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator

import cogrep
import cogrep.polars
import cogrep.sklearn
from cogrep.sklearn import PatternVectorizer

FRAME = polars.DataFrame({"text": ["ushers", None, "", "his hers"], "group": ["a", "a", "b", "b"]})
COUNTER = cogrep.Counter(["he", "hers", "his"])


def test_the_examples_of_the_modules_are_right() -> None:
    assert doctest.testmod(cogrep.polars).failed == 0
    assert doctest.testmod(cogrep.sklearn).failed == 0


def test_expressions_count_by_row() -> None:
    text = polars.col("text").cogrep  # type: ignore[attr-defined]
    total = FRAME.select(text.total(COUNTER))["text"]
    assert total.to_list() == [2, None, 0, 3]
    counts = FRAME.select(text.count(COUNTER))["text"].to_list()
    assert counts[0] == {"he": 1, "hers": 1, "his": 0}
    assert counts[1] is None or set(counts[1].values()) == {None}
    assert counts[3] == {"he": 1, "hers": 1, "his": 1}
    found = FRAME.select(text.found(COUNTER))["text"].to_list()
    assert found[0] == [{"pattern": "he", "count": 1}, {"pattern": "hers", "count": 1}]
    assert found[1:3] == [None, []]


def test_expressions_work_in_lazy_frames_and_groups() -> None:
    text = polars.col("text").cogrep  # type: ignore[attr-defined]
    lazy = FRAME.lazy().with_columns(text.total(COUNTER).alias("n"))
    by_group = lazy.group_by("group").agg(polars.col("n").sum()).sort("group").collect()
    assert by_group["n"].to_list() == [2, 3]
    assert lazy.collect_schema()["n"] == polars.Int64


def test_a_vectorizer_keeps_to_the_rules_of_estimators() -> None:
    vectorizer = PatternVectorizer(["a", "b"])
    # Most checks are on tables of numbers, and left out for what takes texts.
    with pytest.warns(SkipTestWarning):
        check_estimator(vectorizer)
    for check in [
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_tags_renamed,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
    ]:
        check("PatternVectorizer", vectorizer)
    with pytest.raises(NotFittedError):
        vectorizer.transform(["a"])


def test_a_vectorizer_fits_into_a_pipeline() -> None:
    texts = ["I love it", "I hate it", "lovely", "hateful, hateful"] * 5
    labels = [1, 0, 1, 0] * 5
    vectorizer = PatternVectorizer(["love", "hate"], ignore_case=True)
    pipeline = make_pipeline(vectorizer, LogisticRegression())
    assert pipeline.fit(texts, labels).predict(["love", "HATE"]).tolist() == [1, 0]
    again = pickle.loads(pickle.dumps(pipeline))
    assert again.predict(["love"]).tolist() == [1]
    assert clone(vectorizer).fit(texts).get_feature_names_out().tolist() == ["love", "hate"]
    binary = PatternVectorizer(["hate"], binary=True, dtype=numpy.float32).fit(texts)
    matrix = binary.transform(pyarrow.array(["hate hate", None]))
    assert matrix.dtype == numpy.float32
    assert matrix.toarray().tolist() == [[1.0], [0.0]]
