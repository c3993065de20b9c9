"""The published table, recomputed."""

import csv
from importlib.resources import files
from pathlib import Path

import pytest

from algebra import Grade, PolynomialNetwork

DATA = Path(str(files("proofs_check.printed") / "data" / "dao2026-search.csv"))
ROWS = list(csv.DictReader(DATA.read_text().splitlines()))


def _agrees(row: dict[str, str]) -> bool:
    network = PolynomialNetwork([int(w) for w in row["widths"].split()], int(row["degree"]))
    found = network.dimension()
    return (found.lower, found.grade, network.ambient_dimension) == (
        int(row["dimension"]),
        Grade.PROVED,
        int(row["ambient_dimension"]),
    )


def test_a_quarter_of_the_published_rows():
    assert [row for row in ROWS[::4] if not _agrees(row)] == []


@pytest.mark.slow
def test_all_published_rows_are_proved():
    assert len(ROWS) == 1576
    assert [row for row in ROWS if not _agrees(row)] == []
