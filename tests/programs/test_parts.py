"""What is seen of parts, of centred arrays and of biases: never below the rank, and equal to it for transformers."""

import csv
import random
from pathlib import Path

import pytest
from hypothesis import assume, given

from algebra.errors import InputError
from algebra.evidence.bounds import Grade
from algebra.programs import Program, softmax, traced
from algebra.programs.dimension import ProgramDimension
from algebra.programs.fusing import fused
from algebra.programs.larger import Larger
from algebra.programs.lowering import lowered
from algebra.programs.parts import reduced_to_rest, without_symmetries
from algebra.programs.symmetries import symmetries
from algebra.programs.transformers import Transformer
from proofs_check.families import transformers
from tests.programs.strategies import programs
from tests.properties import examples

ROWS = list(csv.DictReader((Path(__file__).parents[1] / "data/transformers.csv").read_text().splitlines()))


def upper_bounds(graph):
    """All upper bounds from parts of a program, fused and not."""
    found = []
    same = Larger.same(graph)
    for each in {graph, fused(same, False).graph, fused(same).graph}:
        rest, seen = reduced_to_rest(each)
        found.append(without_symmetries(rest) + sum(part.dimension for part in seen))
    return found


def rank(program):
    """A lower bound of the dimension: the rank of the Jacobian."""
    return program.dimension().lower


@examples(150)
@given(programs())
def test_parts_are_not_bounded_below_the_rank(described):
    program = Program.from_json(described)
    try:
        least = rank(program)
    except (ArithmeticError, InputError) as error:
        assume("denominator" not in str(error))
        raise
    assert min(upper_bounds(lowered(program))) >= least


@pytest.mark.parametrize("seed", range(12))
def test_random_transformers(seed):
    draw = random.Random(seed)
    heads = draw.choice([1, 2])
    network = Transformer(
        width=draw.choice([2, 3]),
        head_size=2,
        value_size=draw.choice([1, 2]),
        heads=heads,
        key_value_heads=draw.choice([1, heads]),
        tokens=draw.choice([1, 2, 3]),
        norm=draw.choice(["none", "rms", "layer"]),
        rotary=draw.random() < 0.5,
        causal=draw.random() < 0.5,
        residual=draw.random() < 0.5,
        feed_forward=draw.choice(["none", "silu", "swiglu"]),
        hidden=2,
    )
    program = network.program()
    bounds = program.dimension()
    assert bounds.lower <= min(upper_bounds(lowered(program)))
    assert bounds.lower <= bounds.upper <= network.parameters
    certificate = bounds.certificate()
    assert certificate.check().valid
    assert certificate.claim["upper"] == bounds.upper


def test_a_centred_array_hides_a_number_of_each_row():
    program = traced(lambda W, x: (W @ (x - x.mean(0, keepdims=True))) ** 3, {"W": (2, 3)}, {"x": (3, 1)})
    assert program.dimension().grade is Grade.PROVED
    assert program.dimension().lower == 4
    assert [str(each) for each in program.symmetries] == ["2 by shift before a centring of W"]


def test_biases_that_are_added():
    def network(W, b, V, c, x):
        return (W @ x + b) + (V @ x**2 + c)

    program = traced(network, {"W": (2, 2), "b": (2, 1), "V": (2, 2), "c": (2, 1)}, {"x": (2, 1)})
    assert [str(each) for each in program.symmetries] == ["2 by translation of biases between b and c"]
    assert (program.dimension().lower, program.dimension().upper) == (10, 10)


def test_biases_that_are_not_only_added_stay():
    program = traced(lambda b, c, x: (x + b) + c * x, {"b": (2, 1), "c": (2, 1)}, {"x": (2, 1)})
    assert program.symmetries == ()
    assert program.dimension().lower == 4


def test_more_keys_than_directions():
    """Keys and queries of head size 3 on tokens of width 2: of each head a matrix with four entries is seen."""

    def network(K, Q0, Q1, x):
        scores = [softmax((K @ x).T @ (Q @ x[:, :1]), 0) for Q in (Q0, Q1)]
        return scores[0] * 2 + scores[1] ** 2

    program = traced(network, {"K": (3, 2), "Q0": (3, 2), "Q1": (3, 2)}, {"x": (2, 3)})
    graph = lowered(program)
    assert without_symmetries(graph) == 18 - sum(each.dimension for each in symmetries(graph)) == 9
    assert min(upper_bounds(graph)) == 8
    assert (program.dimension().lower, program.dimension().upper) == (8, 8)
    assert program.dimension().upper_by == "parts"


def test_all_rows_of_the_reference_are_decided_or_listed():
    undecided = [row["label"] for row in ROWS if row["lower"] != row["upper"]]
    assert len(ROWS) >= 500
    page = (Path(__file__).parents[2] / "docs/programs.md").read_text()
    assert [label for label in undecided if label not in page] == []


@pytest.mark.parametrize("row", random.Random(19).sample([r for r in ROWS if int(r["parameters"]) <= 40], 12))
def test_a_sample_of_the_reference(row):
    instance = {name: int(row[name]) if name in transformers.SIZES else row[name] for name in transformers.DEFAULT}
    found = transformers.evaluate({**instance, "seed": int(row["seed"])})
    for name in ("label", "parameters", "formula", "lower", "upper", "grade"):
        assert str(found[name]) == row[name]


def test_a_question_without_an_evaluation_still_has_its_parts():
    program = Transformer(2, 2, 1, tokens=2, norm="layer", feed_forward="none").program()
    question = ProgramDimension(program)
    assert min(upper_bounds(question.graph)) == program.dimension().lower == 8


def test_coefficients_that_cancel_are_not_counted():
    """A factorisation machine: squares of inputs cancel, so that three linear and three bilinear numbers are seen."""

    def machine(w, V, x):
        return w @ x + ((V @ x) ** 2).sum(0) - (V**2 @ x**2).sum(0)

    program = traced(machine, {"w": (3,), "V": (2, 3)}, {"x": (3,)})
    bounds = program.dimension()
    assert (bounds.lower, bounds.upper, bounds.upper_by) == (6, 6, "independent-coefficients")
    assert "by the bound independent-coefficients" in bounds.explain()
