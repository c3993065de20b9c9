"""Reference data: each file is described, and what a second program can make anew is the same."""

from itertools import islice
from pathlib import Path

import pytest

from tests.data import remake

DATA = Path(__file__).parents[1] / "data"


def test_every_file_is_described():
    described = (DATA / "README.md").read_text(encoding="utf-8")
    names = [path.name for path in DATA.iterdir() if path.is_file() and path.suffix != ".md"]
    assert [name for name in names if f"`{name}`" not in described] == []


@pytest.mark.parametrize("compare", remake.COMPARED)
def test_the_first_rows_are_made_anew(compare):
    for name, said, found in islice(compare(), 6):
        assert said == found, name


@pytest.mark.slow
@pytest.mark.parametrize("compare", remake.COMPARED)
def test_all_rows_are_made_anew(compare):
    assert [name for name, said, found in compare() if said != found] == []
