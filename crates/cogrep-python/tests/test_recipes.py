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


def test_the_recipes_count(tmp_path: Path) -> None:
    if not DOCUMENT.exists():
        pytest.skip("the document is not a part of the source distribution")
    section = DOCUMENT.read_text().split("## Dask and Ray")[1].split("\n## ")[0]
    blocks = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    letters = tmp_path / "letters"
    letters.mkdir()
    for nth in range(10):
        (letters / f"{nth}.txt").write_text("Love, and hate, and love. " * nth)
    if find_spec("dask") is None:
        skip("there is no dask")
    code = blocks[0] + "print(dict(total))\n"
    expected = ["{'love': 90, 'hate': 45}"]
    if find_spec("ray") is not None:
        limits = "num_cpus=2, include_dashboard=False, object_store_memory=100_000_000"
        code += f"import ray\nray.init({limits}, log_to_driver=False)\n"
        code += blocks[1] + "print(dict(total))\n"
        expected *= 2
    path = os.pathsep.join(sys.path)
    environment = os.environ | {"PYTHONPATH": path, "RAY_USAGE_STATS_ENABLED": "0"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines() == expected, done.stderr[-3000:]
