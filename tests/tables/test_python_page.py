"""The page on Python says what Python says, and names all that the face holds."""

import doctest
from pathlib import Path

import pytest

import rankcert as rc

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="only a source tree has documents")


def test_its_examples_run():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False)
    assert attempted > 15
    assert failed == 0


def test_the_rooms_and_classes_that_it_names_are_there():
    text = PAGE.read_text(encoding="utf-8")
    rooms = {name for name in rc.__all__ if type(getattr(rc, name)).__name__ == "module"}
    assert {name for name in rooms if f"`rc.{name}`" not in text} == set()
