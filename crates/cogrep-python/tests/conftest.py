"""What the tests share: the reference counter and how many random cases are tried.

As in the tests in Rust: `COGREP_CORPUS` names the folder of the reference counter and of real
texts, `COGREP_NO_SKIP` makes a test fail that lacks something, and `COGREP_THOROUGH` asks for
all random cases.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import hypothesis
import pytest


def is_on(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


hypothesis.settings.register_profile(
    "cogrep",
    max_examples=300 if is_on("COGREP_THOROUGH") else 30,
    deadline=None,
    derandomize=not is_on("COGREP_THOROUGH"),
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("cogrep")


def skip(reason: str, *, allow_module_level: bool = False) -> NoReturn:
    """Leaves out a test, or all of a module, that lacks something; fails where all have to run."""
    if is_on("COGREP_NO_SKIP"):
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=allow_module_level)


def corpus() -> Path:
    folder = os.environ.get("COGREP_CORPUS", "")
    if not folder:
        reason = "COGREP_CORPUS names no folder of real texts"
        if os.environ.get("COGREP_NO_SKIP") == "except-corpus":
            pytest.skip(reason)
        skip(reason)
    return Path(folder)


@pytest.fixture(scope="session")
def oracle() -> ModuleType:
    """The reference counter: `counts(text, patterns, fold=..., word=...)`."""
    path = corpus() / "oracle" / "count.py"
    spec = importlib.util.spec_from_file_location("oracle_count", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["oracle_count"] = module
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    with warnings.catch_warnings():
        # It leaves the closing of its tables to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        module.folding()
        module.word_ranges()
    return module


@pytest.fixture(scope="session")
def texts() -> Path:
    return corpus() / "corpora"
