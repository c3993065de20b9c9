"""The Python on the page docs/functions-as-tensors.md; its commands are in tests/house/test_transcripts.py."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "functions-as-tensors.md"


def test_the_examples_of_the_page():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, tried) == (0, 11)
