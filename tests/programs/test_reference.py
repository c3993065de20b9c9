"""Published and checked numbers: programs, what they are lost to, and programs that say the same in other words."""

import json
from pathlib import Path

import pytest

from algebra.evidence.bounds import Grade
from algebra.programs import GivenPoint, Program, given_dimension

CASES = {case["id"]: case for case in json.loads((Path(__file__).parents[1] / "data/programs.json").read_text())}
GENERIC = [name for name, case in CASES.items() if case["mode"] == "generic"]
GIVEN = [name for name, case in CASES.items() if case["mode"] == "given"]


@pytest.mark.parametrize("name", GENERIC)
def test_dimensions(name):
    case = CASES[name]
    program = Program.from_json(case["program"])
    bounds = program.dimension()
    assert program.count == case["parameters"]
    assert bounds.lower == case["rank"]
    if case["tight"]:
        assert (bounds.upper, bounds.grade) == (case["rank"], Grade.PROVED)
    else:
        assert bounds.upper >= case["rank"]


@pytest.mark.parametrize("name", [name for name in GENERIC if CASES[name]["rules"]])
def test_each_lost_parameter_has_its_reason(name):
    case, lost = CASES[name], {}
    for symmetry in Program.from_json(case["program"]).symmetries:
        lost[symmetry.rule] = lost.get(symmetry.rule, 0) + symmetry.dimension
    assert lost == {rule["rule"]: rule["dimension"] for rule in case["rules"]}


@pytest.mark.parametrize("name", [name for name in GENERIC if "equivalent" in CASES[name]])
def test_programs_that_say_the_same(name):
    case = CASES[name]
    for described in (case["program"], case["equivalent"]):
        assert Program.from_json(described).dimension().lower == case["rank"]


@pytest.mark.parametrize("name", GIVEN)
def test_dimensions_at_given_weights(name):
    case = CASES[name]
    described = {key: value for key, value in case["program"].items() if key not in ("values", "data")}
    point = GivenPoint.read(Program.from_json(described), case["program"]["values"], case["program"]["data"])
    found = given_dimension(point)
    assert found.bounds.lower == found.bounds.upper == case["rank"]
    assert found.patterns == case["patterns"]
    assert [kink.to_json() for kink in found.kinks] == case.get("kinks", [])


def test_a_label_is_that_of_the_program():
    described = CASES["gated/swiglu"]["program"]
    program = Program.from_json(described)
    assert Program.from_json(program.to_json()).label == program.label
    other = {**described, "outputs": ["s1"]}
    assert Program.from_json(other).label != program.label
