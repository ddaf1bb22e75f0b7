"""The examples of the guide, `docs/python.md`, as a reader would type them."""

from __future__ import annotations

import doctest
import os
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[3] / "docs" / "python.md"


def test_the_examples_of_the_guide_are_right(tmp_path: Path) -> None:
    if not GUIDE.exists():
        pytest.skip("the guide is not a part of the source distribution")
    blocks = re.findall(r"^```pycon\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 10
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, GUIDE.name, str(GUIDE), 0)
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert doctest.DocTestRunner().run(test).failed == 0
    finally:
        os.chdir(before)
