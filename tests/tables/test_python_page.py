"""The page on Python names all that the face holds; tests/docs runs its examples."""

from pathlib import Path

import pytest

import rankcert as rc

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="only a source tree has documents")


def test_the_rooms_and_classes_that_it_names_are_there():
    text = PAGE.read_text(encoding="utf-8")
    rooms = {name for name in rc.__all__ if type(getattr(rc, name)).__name__ == "module"}
    assert {name for name in rooms if f"`rc.{name}`" not in text} == set()
