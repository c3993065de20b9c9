"""Programs that are refused, in a sentence that names the place; and programs that are merely large."""

import math

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.programs import GivenPoint, Program, given_dimension, traced


def described(steps, outputs=None, **keys):
    found = {"inputs": {"x": [2]}, "parameters": {"w": [2], "W": [2, 3]}, "constants": {"c": "3/2"}}
    return {**found, "steps": steps, "outputs": outputs or [steps[-1]["name"]], **keys}


def step(op, *of, name="y", **options):
    return {"name": name, "op": op, "of": list(of), **options}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (described([step("add", "w", "z")]), r"steps\.y: of is 'z', but it must be the name of an array"),
        (described([step("add", "y", "w")]), r"steps\.y: of is 'y'"),  # a circle
        (described([step("add", "w", "x", name="w")]), "a new name"),
        (described([step("matmul", "W", "x")]), r"steps\.y is '\[2, 3\] and \[2\]'"),
        (described([step("adds", "w", "x")]), r"did you mean add\?"),
        (described([step("power", "w", exponent=-1)]), r"steps\.y: exponent is -1"),
        (described([step("power", "w")]), "exponent is missing"),
        (described([step("sum", "w", axis=[1])]), "an axis of an array of shape"),
        (described([step("sum", "w", axis=[0], keepdim=True)]), "keepdim is True, but it must be left out"),
        (described([step("reshape", "w", shape=[3])]), "2 entries"),
        (described([step("slice", "w", start=1, stop=3, axis=0)]), "stop is 3"),
        (described([step("take", "w", indices=[2], axis=0)]), "below 2"),
        (described([step("add", "w", "x")], constants={"c": "pi"}), r"constants\.c is 'pi'"),
        (described([step("add", "w", "x")], constants={"c": float("nan")}), r"constants\.c is nan"),
        (described([step("add", "w", "x")], constants={"c": [[1], [2, 3]]}), "nested lists of equal lengths"),
        (described([step("add", "w", "x")], parameters={}), "at least one array"),
        (described([step("add", "x", "x")], inputs={"x": [0]}), r"inputs\.x is 0"),
        (described([step("add", "w", "x")], ["z"]), "outputs is 'z'"),
        (described([step("add", "w", "x")], inputs={"x": [10**9]}), "entries"),
    ],
)
def test_what_is_refused(given, message):
    with pytest.raises(InputError, match=message):
        Program.from_json(given)


def test_denominators_that_vanish_everywhere():
    steps = [step("subtract", "x", "x", name="z"), step("divide", "w", "z")]
    with pytest.raises(InputError, match="vanishes everywhere"):
        Program.from_json(described(steps)).dimension()


def test_more_memory_than_there_is_is_refused_before_the_work():
    program = traced(lambda W, x: W @ x, {"W": (8_000, 8_000)}, {"x": (8_000, 1)})
    with pytest.raises(InputError, match="memory"):
        program.dimension()


def test_large_exponents_and_long_chains():
    tower = [step("power", "c", name="a", exponent=10**9), step("power", "a", name="b", exponent=10**9)]
    assert str(Program.from_json(described([*tower, step("multiply", "b", "w")])).dimension()) == "2 (proved)"
    chain = [step("multiply", "w", "x", name="s0")]
    chain += [step("power", f"s{i}", name=f"s{i + 1}", exponent=3) for i in range(200)]
    assert str(Program.from_json(described(chain)).dimension()) == "2 (proved)"


def test_at_given_weights():
    program = Program.from_json(described([step("multiply", "w", "x")], parameters={"w": [2]}))
    with pytest.raises(InputError, match=r"values\.w is \[3\], but it must be of the shape \[2\]"):
        GivenPoint.read(program, {"w": [1, 2, 3]}, {"x": [[1, 2]]})
    with pytest.raises(InputError, match=r"data\.x"):
        GivenPoint.read(program, {"w": [1, 2]}, {"x": [1, 2]})
    with pytest.raises(InputError, match="keys w"):
        GivenPoint.read(program, {"v": [1, 2]}, {"x": [[1, 2]]})
    high = Program.from_json(described([step("power", "w", exponent=10**9)], parameters={"w": [2]}))
    with pytest.raises(InputError, match="degree"):
        given_dimension(GivenPoint.read(high, {"w": [1, 2]}, {"x": [[1, 2]]}))
    smooth = Program.from_json(described([step("sqrt", "w")], parameters={"w": [2]}))
    with pytest.raises(InputError, match="not rational"):
        given_dimension(GivenPoint.read(smooth, {"w": [1, 2]}, {"x": [[1, 2]]}))


def test_control_flow_is_refused():
    with pytest.raises(InputError, match="no control flow"):
        traced(lambda w, x: x if w else w, {"w": (2,)}, {"x": (2,)})


@pytest.mark.parametrize(
    "function",
    [lambda W, x: np.exp(W @ x), lambda W, x: math.exp(W @ x), lambda W, x: W.dot(x), lambda W, y: W @ y],
    ids=["numpy", "math", "a method", "names"],
)
def test_functions_of_other_packages_are_refused_with_what_there_is(function):
    with pytest.raises(InputError, match=r"takes x, W by name.* and exp, sqrt, relu"):
        traced(function, {"W": (2, 2)}, {"x": (2, 1)})
