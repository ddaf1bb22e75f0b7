"""The recipes of `docs/cluster.md` for Dask and Ray, as they are there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import skip

DOCUMENT = Path(__file__).parents[3] / "docs" / "cluster.md"


COUNTS = "{'love': 90, 'hate': 45}\n"


@pytest.fixture
def recipes() -> list[str]:
    if not DOCUMENT.exists():
        pytest.skip("the document is not a part of the source distribution")
    section = DOCUMENT.read_text().split("## Dask and Ray")[1].split("\n## ")[0]
    return re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def run(code: str, folder: Path) -> str:
    (folder / "letters").mkdir()
    for nth in range(10):
        (folder / "letters" / f"{nth}.txt").write_text("Love, and hate, and love. " * nth)
    path = os.pathsep.join(sys.path)
    environment = os.environ | {"PYTHONPATH": path, "RAY_USAGE_STATS_ENABLED": "0"}
    command = [sys.executable, "-c", code + "print(dict(total))\n"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_the_recipe_for_dask_counts(recipes: list[str], tmp_path: Path) -> None:
    if find_spec("dask") is None:
        skip("there is no dask")
    assert run(recipes[0], tmp_path) == COUNTS


def test_the_recipe_for_ray_counts(recipes: list[str], tmp_path: Path) -> None:
    if find_spec("ray") is None:
        # There is none yet for each version of Python.
        pytest.skip("there is no ray")
    # What both recipes begin with, up to where Dask comes in.
    counter = recipes[0].split("count = dask")[0].replace("import dask\n", "")
    limits = "num_cpus=2, include_dashboard=False, object_store_memory=100_000_000"
    start = f"import ray\nray.init({limits}, log_to_driver=False)\n"
    assert run(counter + start + recipes[1], tmp_path) == COUNTS
