"""What the generated pages of the site hold, without building it."""

import csv
import doctest
import json
import random
import re
import shutil
import subprocess
from collections import Counter
from importlib import import_module

import click
import pytest

from docs.pages import api, atlas, command_line, drawing, house, papers, way
from proofs_check.cli.app import app
from proofs_check.papers import claims_of, select
from proofs_check.papers import papers as all_papers
from proofs_check.registry import family_modules, question_modules
from tests.docs.documents import ROOT
from tests.house.imports import edges, sources

PARTS = {"goal", "rank", "evaluation"}  # of an argument, never its name


def test_every_command_has_a_section(tmp_path):
    command_line.write(tmp_path)
    text = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    for name in question_modules():
        assert f"## `rankcert {name}`\n" in text["index"]
    for name in family_modules():
        assert f"## `rankcert table {name}`\n" in text["table"]
        assert f"## `rankcert sweep {name}`\n" in text["sweep"]
    context = click.Context(app)
    for name in set(app.list_commands(context)) - set(command_line.PAGES):
        assert f"## `rankcert {name}`\n" in text["index"]


def test_every_claim_has_a_section():
    for paper in all_papers():
        claims = claims_of(paper)
        text = "\n\n".join(part for claim in claims for part in papers.described(claim))
        for claim in claims:
            assert f"`{claim.id}`" in text
            assert claim.statement in text
            assert all(f"`{hypothesis.name}`" in text for hypothesis in claim.hypotheses)


def test_a_refuted_claim_shows_its_counterexample():
    (claim,) = select(["kileel2019.unimodal"])
    text = "\n\n".join(papers.section(claim))
    assert "pnn:2-3-4-5-4-6-4-1:r2" in text
    assert "| proved |" in text


def test_every_public_name_is_described_once():
    rooms = api.rooms()
    described = Counter(f"{room.name}.{name}" for room in rooms for name in room.described)
    assert set(described.values()) == {1}
    things = Counter(
        id(thing)
        for room in rooms
        for thing in (getattr(room.module, name) for name in room.described)
        if isinstance(thing, type)
    )
    assert set(things.values()) == {1}
    for room in rooms:
        assert {target for _, target in room.elsewhere} <= set(described)
        names = {*room.described, *(name for name, _ in room.elsewhere)}
        assert names == set(api.public_names(room.name, room.module))


def test_every_package_with_names_has_a_page():
    faces = {name for name, path in sources().items() if path.with_suffix(".pyi").exists()}
    assert faces <= {room.name for room in api.rooms()}


def test_the_help_names_every_pattern(call):
    from tensors.attention.patterns.named import NAMES, parameter_ranges

    text = " ".join(call("attention", "pattern", "--help").stdout.split()).replace("- ", "-")
    for name in NAMES:
        assert f"{name} ({', '.join(parameter_ranges(name))})" in text or (not parameter_ranges(name) and name in text)


@pytest.mark.parametrize("module", ["api", "docstrings", "drawing", "formulas", "house", "site"])
def test_examples_of_the_modules_that_write_pages(module):
    if module == "formulas":
        pytest.importorskip("sphinx")
    failed, attempted = doctest.testmod(import_module(f"docs.pages.{module}"))
    assert (failed, attempted > 0) == (0, True)


def test_the_page_on_evidence_names_every_bound():
    """All names that golden answers and the atlas hold, and those of reasons in the sources."""
    text = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`\n]+)`", text))
    golden = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "golden").rglob("*.json"))
    found = set(re.findall(r'"(?:lower_by|upper_by)": "([^"]+)"', golden))
    found |= {row["upper_by"] for row in atlas.read("defects")}
    sources = [path for room in ("algebra", "tensors") for path in (ROOT / room).rglob("*.py")]
    for path in sources:
        outside = re.sub(r"^ *(>>>|\.\.\.) .*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= set(re.findall(r'\bReason\(\s*"([^"]+)"', outside))
    assert len(found) > 60
    assert found - named - PARTS == set()


# ---- the house


def test_arrows_are_imports_and_imply_all_others():
    import networkx as nx

    graph = house.imports()
    part = house.parts(graph)
    imported = {(house.room_of(name), house.room_of(other)) for name, other in edges()}
    between = {(part.get(room), part.get(other)) for room, other in imported}
    drawn = house.arrows(graph)
    assert set(drawn) <= between
    implied = nx.transitive_closure(nx.DiGraph(drawn))
    assert {(part[room], part[other]) for room, other in graph.edges if part[room] != part[other]} <= set(implied.edges)


def test_no_arrow_passes_behind_a_room():
    graph = house.imports()
    part = house.parts(graph)
    levels = [list(dict.fromkeys(part[room] for room in level)) for level in house.floors(graph)]
    wide = dict.fromkeys(part.values(), 100.0)
    placed = drawing.layout(levels, house.arrows(graph), wide, 1500)
    slots = [(node, chain) for chain in placed.chains.values() for node in chain[1:-1]]
    assert slots
    for slot, _ in slots:
        for node in levels[int(slot[-1])]:
            assert abs(placed.x[slot] - placed.x[node]) > wide[node] / 2


def test_arrows_lead_downwards():
    graph = house.imports()
    floor = {room: count for count, level in enumerate(house.floors(graph)) for room in level}
    assert set(floor) == set(graph)
    assert all(floor[room] >= floor[other] for room, other in graph.edges)


def test_the_number_comes_by_at_every_station():
    assert [(module, function) for module, function, _ in way.stations()] == [each[:2] for each in way.WAY]


def test_a_station_off_the_way_is_an_error(monkeypatch):
    monkeypatch.setattr(way, "WAY", (*way.WAY, ("algebra.graphs.graph", "SimpleGraph.of", "never")))
    with pytest.raises(LookupError, match=r"SimpleGraph\.of"):
        list(way.stations())


# ---- the atlas


def test_the_page_of_the_atlas_has_all_that_the_tables_have():
    data = atlas.data()
    with (ROOT / "atlas" / "minimal-filling.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sum(len(each["hidden"]) for each in data["lists"].values()) == len(rows)
    row = random.Random(0).choice(rows)
    assert [int(width) for width in row["widths"].split()[1:-1]] in data["lists"][row["list"]]["hidden"]
    json.dumps(data)


ANSWERS = """
const { answers, numbersOf } = require(process.argv[1]);
const atlas = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
const asked = JSON.parse(process.argv[3]);
console.log(JSON.stringify(asked.map(([text, degree]) => Object.fromEntries(answers(atlas, numbersOf(text), degree)))));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="the script of the page needs a JavaScript runtime")
def test_what_the_look_up_answers(tmp_path):
    data = tmp_path / "atlas.json"
    data.write_text(json.dumps(atlas.data()), encoding="utf-8")
    asked = [["2-3-4-5-4-6-4-1", 2], ["(2, 3, 4, 5, 5, 6, 4, 1)", 2], ["2 2 2 2 2 2 2 1", 2], ["2 3 1", 3], ["9 9", 9]]
    script = str(ROOT / "docs" / "_static" / "lookup.js")
    run = ["node", "-e", ANSWERS, script, str(data), json.dumps(asked)]
    found = json.loads(subprocess.run(run, capture_output=True, text=True, check=True).stdout)
    minimal, wider, narrow, small, unknown = found
    assert (minimal["filling"], minimal["minimal filling"]) == ("yes (proved)", "yes (proved)")
    assert (wider["filling"], wider["minimal filling"]) == ("yes (proved)", "no (proved)")
    assert "2-3-4-5-4-6-4-1" in wider["minimal ones below it"]
    assert narrow["filling"] == "no (proved)"
    assert small["dimension"] == "4"
    assert unknown[""] == "The atlas has nothing on this architecture."
