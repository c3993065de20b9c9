"""The examples in Python on the pages about limited precision."""

import doctest

import pytest

from tests.test_house import ROOT


@pytest.mark.parametrize("page", ["rounding.md", "number-formats.md"])
def test_examples_of_a_page(page):
    failed, attempted = doctest.testfile(str(ROOT / "docs" / page), module_relative=False)
    assert (failed, attempted > 3) == (0, True)
