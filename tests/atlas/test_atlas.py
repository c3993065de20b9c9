"""The atlas: a random sample of its rows from nothing, and the command that regenerates it."""

import csv
import io
import random
from dataclasses import replace
from itertools import pairwise
from math import comb
from pathlib import Path

import pytest
from click.testing import CliRunner

from algebra import InputError, PolynomialNetwork
from algebra.evidence import Certificate
from proofs_check.atlas import chapters, tables
from proofs_check.cli.app import app
from proofs_check.families import thresholds
from proofs_check.filling import FillingProblem
from tests.polynomial import definition

ROOT = Path(__file__).parent.parent.parent
SEED = 20261121


def rows_of(name):
    with (ROOT / "atlas" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sample(rows, count):
    return random.Random(SEED).sample(rows, min(count, len(rows)))


def assert_same(row, chapter, instance):
    """Answer an instance anew, and compare the row of the file with that of the table."""
    family = chapters()[chapter]
    (again,) = csv.DictReader(io.StringIO(tables(family, [family.evaluate(instance)])[chapter].to_csv()))
    assert row == again


def test_thresholds_again():
    for row in sample(rows_of("thresholds"), 25):
        assert_same(row, "thresholds", {"widths": [int(w) for w in row["widths"].split()]})


def test_defects_again():
    for row in sample(rows_of("defects"), 60):
        instance = {"widths": [int(w) for w in row["widths"].split()], "degree": int(row["degree"])}
        assert_same(row, "defects", instance)


def test_defects_by_the_definition():
    """An upper bound of the file is seldom missed by one draw modulo a large prime; a wrong number always is."""
    small = [row for row in rows_of("defects") if int(row["naive_dimension"]) <= 40]
    defective = [row for row in small if row["defect"] != "0"]
    for row in sample(defective, 20) + sample(small, 20):
        widths = [int(w) for w in row["widths"].split()]
        found = definition.dimension(widths, int(row["degree"]), SEED)
        assert found == int(row["dimension"]) == int(row["expected_dimension"]) - int(row["defect"]), row["label"]


def test_thresholds_by_the_definition():
    """The last degree from 2 on at which the dimension is not the naive one; 1 where there is none."""
    checked = [row for row in rows_of("thresholds") if len(row["widths"].split()) <= 4 and int(row["bound"]) <= 6]
    for row in sample(checked, 8):
        widths = [int(w) for w in row["widths"].split()]
        naive = sum(a * b for a, b in pairwise(widths)) - sum(widths[1:-1])
        below = [r for r in range(2, int(row["bound"]) + 3) if definition.dimension(widths, r, SEED) < naive]
        assert max(below, default=1) == int(row["threshold"]), row["label"]


def test_minimal_filling_architectures_by_the_definition():
    """It fills the space of all forms, and no network with one neuron less does."""
    small = [row for row in rows_of("minimal-filling") if int(row["parameters"]) <= 36]
    for row in sample(small, 6):
        widths, degree = [int(w) for w in row["widths"].split()], int(row["degree"])
        forms = widths[-1] * comb(widths[0] + degree ** (len(widths) - 2) - 1, widths[0] - 1)
        assert definition.dimension(widths, degree, SEED) == forms
        for k in range(1, len(widths) - 1):
            smaller = [w - (i == k) for i, w in enumerate(widths)]
            assert min(smaller) == 0 or definition.dimension(smaller, degree, SEED) < forms, row["label"]


def test_unimodality_again():
    cheap = [row for row in rows_of("unimodality") if int(row["ambient_dimension"]) <= 90]
    for row in sample(cheap, 12):
        instance = {name: int(row[name]) for name in ("input", "output", "depth", "degree")}
        assert_same(row, "unimodality", instance)


def test_minimal_filling_architectures_again():
    rows = rows_of("minimal-filling")
    for row in sample(rows, 15):
        network = PolynomialNetwork([int(w) for w in row["widths"].split()], int(row["degree"]))
        assert network.label == row["label"]
        assert network.is_filling()
        if row["grade"] == "proved":
            assert not any(smaller.is_filling() for smaller in network.predecessors())


def test_lists_and_summary_agree():
    counted = {}
    for row in rows_of("minimal-filling"):
        total, failing = counted.get(row["list"], (0, 0))
        counted[row["list"]] = (total + 1, failing + (row["unimodal"] == "False"))
    for row in rows_of("unimodality"):
        assert counted[row["label"]] == (int(row["architectures"]), int(row["non_unimodal"]))


def test_every_list_is_complete_and_the_words_say_so():
    rows = rows_of("unimodality")
    assert all(row["complete"] == "True" and row["open_regions"] == "0" for row in rows)
    total = sum(int(row["architectures"]) for row in rows)
    assert total == len(rows_of("minimal-filling"))
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"{total:,} minimal filling architectures in {len(rows)} lists, {len(rows)} of them" in readme
    page = (ROOT / "docs" / "atlas" / "unimodality.md").read_text(encoding="utf-8")
    assert f"{total} minimal filling architectures in {len(rows)} lists, {len(rows)} of them" in page
    assert "Open" not in page


def test_what_was_open_is_excluded():
    """Ends 4 and 1, depth 5, squares: the corners of the two last regions."""
    problem = FillingProblem(4, 1, 5, 2)
    for corner, value in {(6, None, None, None): 907, (8, None, 22, 15): 966}.items():
        assert problem.ambient_dimension == 969
        assert problem.is_excluded(corner)
        assert problem.excluding_bound(corner).value == value


@pytest.mark.parametrize("name", ["thresholds", "defects", "unimodality", "minimal-filling"])
def test_labels_are_permanent_and_every_row_has_a_grade(name):
    rows = rows_of(name)
    labels = [row["label"] for row in rows]
    assert len(set(labels)) == len(labels) > 50
    assert {row["grade"] for row in rows} <= {"proved", "probable", "inconclusive"}


@pytest.mark.parametrize("name", ["thresholds", "defects", "unimodality"])
def test_pages_say_how_they_were_made(name):
    page = (ROOT / "docs" / "atlas" / f"{name}.md").read_text(encoding="utf-8")
    assert f"rankcert atlas {name}" in page
    assert "seed 0" in page
    assert "seconds of one core" in page


def test_one_command_regenerates_a_chapter(tmp_path):
    command = ["atlas", "unimodality", "--largest", "12", "--folder", str(tmp_path / "a"), "--pages", str(tmp_path)]
    ended = CliRunner().invoke(app, [*command, "--jobs", "1"])
    assert ended.exit_code == 0
    assert "unimodality:" in ended.stdout
    with (tmp_path / "a" / "unimodality.csv").open(newline="") as file:
        again = list(csv.DictReader(file))
    kept = [row for row in rows_of("unimodality") if int(row["ambient_dimension"]) <= 12]
    assert again == kept


def test_tables_stay_as_they_are_when_an_instance_fails(tmp_path, monkeypatch):
    evaluate = thresholds.evaluate

    def failing(instance):
        if instance["widths"] == [2, 3, 2]:
            raise ArithmeticError("no such luck")
        return evaluate(instance)

    chapter = chapters()["thresholds"]
    monkeypatch.setattr("proofs_check.atlas.chapters", lambda: {"thresholds": replace(chapter, evaluate=failing)})
    kept = tmp_path / "thresholds.csv"
    kept.write_text("as it was", encoding="utf-8")
    folders = ["--folder", str(tmp_path), "--pages", str(tmp_path), "--largest", "3", "--jobs", "1"]
    result = CliRunner().invoke(app, ["atlas", "thresholds", *folders])
    assert result.exit_code == 1
    assert "no such luck" in result.stderr
    assert "tables stay as they are" in result.stderr
    assert kept.read_text(encoding="utf-8") == "as it was"
    assert not (tmp_path / "thresholds.md").exists()


def test_the_certificates_are_valid():
    files = sorted((ROOT / "atlas" / "certificates").glob("*.json"))
    assert len(files) > 15
    for file in files:
        assert Certificate.read(file).check().valid, file


def test_the_page_says_what_the_certificates_of_the_gaps_say():
    page = (ROOT / "docs" / "bounds.md").read_text(encoding="utf-8")
    files = sorted((ROOT / "atlas" / "certificates").glob("monomial-span_*.json"))
    assert len(files) == 6
    for file in files:
        claim = Certificate.read(file).claim
        layers = f"({', '.join(map(str, claim['widths']))}; {', '.join(map(str, claim['degrees']))})"
        (row,) = [line for line in page.splitlines() if line.startswith("| (") and layers in line.split("|")[1]]
        assert row.split("|")[2:5] == [f" {claim[name]} " for name in ("t", "lower", "upper")]


def test_counterexamples_to_unimodality_are_certified_minimal():
    network = PolynomialNetwork((2, 6, 5, 38, 1), 6)
    claims = {}
    for each in (network, *network.predecessors()):
        file = ROOT / "atlas" / "certificates" / f"{each.label.replace(':', '_')}.json"
        claims[each.label] = Certificate.read(file).claim
    assert claims.pop(network.label)["lower"] == network.ambient_dimension
    assert len(claims) == 3
    assert all(claim["upper"] < network.ambient_dimension for claim in claims.values())


def test_bad_chapters_and_bounds():
    assert CliRunner().invoke(app, ["atlas", "everything"]).exit_code == 2
    with pytest.raises(InputError, match="smallest"):
        chapters()["thresholds"].sweep(smallest=3)
    with pytest.raises(InputError, match="largest"):
        chapters()["unimodality"].sweep(largest=0)
    with pytest.raises(InputError, match="largest"):
        chapters()["thresholds"].sweep(largest=1)
