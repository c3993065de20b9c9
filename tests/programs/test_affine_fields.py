"""Affine fields are found where the graph shows nothing, proved, and carried by certificates."""

from fractions import Fraction

import pytest

from algebra.evidence.checker.programs_fields import Derivation
from algebra.evidence.checker.programs_reading import read_program
from algebra.programs import exp, relu, softmax, tanh, traced
from algebra.programs.affine_fields import affine_fields

X = {"x": (2,)}


def two_heads(K, k, Q, q, V, v, W, w, x):
    """Split the rows into two heads, as frameworks do: each has a group of its own."""
    queries, keys, values = ((x @ M + m).reshape(3, 2, 2).transpose(1, 0, 2) for M, m in ((Q, q), (K, k), (V, v)))
    mixed = softmax(queries @ keys.transpose(0, 2, 1), 2) @ values
    return mixed.transpose(1, 0, 2).reshape(3, 4) @ W + w


HEADS = {"K": (3, 4), "k": (4,), "Q": (3, 4), "q": (4,), "V": (3, 4), "v": (4,), "W": (4, 3), "w": (3,)}

NETWORKS = {
    "a factor of an exponential": (lambda a, b, c, x: c * exp(a * x + b), {"a": (), "b": (), "c": ()}, {"x": ()}, 2),
    "factors of exponentials": (
        lambda A, b, c, x: c @ exp(A @ x + b), {"A": (3, 2), "b": (3,), "c": (1, 3)}, X, 9
    ),
    "an exponential of an exponential": (
        lambda A, b, C, d, e, x: e @ exp(C @ exp(A @ x + b) + d),
        {"A": (2, 2), "b": (2,), "C": (2, 2), "d": (2,), "e": (1, 2)},
        X,
        10,
    ),
    "a factor of a Gaussian": (
        lambda a, b, c, d, x: d * exp(a * x * x + b * x + c), dict.fromkeys("abcd", ()), {"x": ()}, 3
    ),
    "biases of linear maps": (
        lambda A, B, C, a, b, c, x: A @ (B @ (C @ x + c) + b) + a,
        {"A": (2, 1), "B": (1, 2), "C": (2, 2), "a": (2,), "b": (1,), "c": (2,)},
        X,
        5,
    ),
    "the bias of values, in rows": (
        lambda K, Q, V, W, k, q, v, w, x: softmax((x @ Q + q) @ (x @ K + k).T, 1) @ (x @ V + v) @ W + w,
        {"K": (3, 2), "Q": (3, 2), "V": (3, 2), "W": (2, 3), "k": (2,), "q": (2,), "v": (2,), "w": (3,)},
        {"x": (3, 3)},
        21,
    ),
    "heads that a reshape makes": (two_heads, HEADS, {"x": (3, 3)}, 63 - 4 - 16 - 4),
    "maxout": (
        lambda A, B, v, x: v @ (relu(A @ x - B @ x) + B @ x), {"A": (3, 2), "B": (3, 2), "v": (1, 3)}, X, 8
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_dimensions_are_proved_and_certified(name):
    function, parameters, inputs, dimension = NETWORKS[name]
    program = traced(function, parameters, inputs)
    bounds = program.dimension()
    assert (bounds.lower, bounds.upper) == (dimension, dimension)
    assert sum(each.dimension for each in program.symmetries) == program.count - dimension
    certificate = bounds.certificate()
    assert certificate.check().valid
    assert (certificate.claim["lower"], certificate.claim["upper"]) == (dimension, dimension)


def test_names_say_what_is_lost():
    program = traced(*NETWORKS["factors of exponentials"][:3])
    assert [str(each) for each in program.symmetries] == [
        "3 by factor of an exponential that its bias absorbs between b and c"
    ]
    assert "of 12 parameters 3 are lost:" in program.dimension().explain()


def test_nothing_is_found_where_nothing_is_lost():
    program = traced(lambda W, b, v, x: v @ tanh(W @ x + b), {"W": (3, 2), "b": (3,), "v": (1, 3)}, X)
    found = affine_fields(program)
    assert (found.symmetries, found.fields) == ((), ())


def test_fields_of_exponentials_are_moved_along_exactly():
    """The flow of db = t, dc = -c t multiplies c by e^-t: nothing but the derivative is looked at by the rules."""
    tape = read_program(traced(*NETWORKS["a factor of an exponential"][:3]).to_json())
    derivation, minus = Derivation(tape), Fraction(-1)
    assert derivation.is_symmetry({1: {None: Fraction(1)}, 2: {2: minus}})
    assert not derivation.is_symmetry({1: {None: Fraction(1)}, 2: {2: Fraction(1)}})
    assert not derivation.is_symmetry({0: {None: Fraction(1)}, 2: {2: minus}})


def test_larger_programs_are_searched_along_their_axes():
    """64 weights: too many for all entries of M, but b_i may move by row i of W."""
    program = traced(
        lambda W, b, V, c, x: (V @ (W @ x + b) + c) ** 2 + tanh(V @ (W @ x + b) + c),
        {"W": (4, 5), "b": (4,), "V": (8, 4), "c": (8,)},
        {"x": (5,)},
    )
    bounds = program.dimension()
    assert (bounds.lower, bounds.upper) == (8 * 4 + 4 * 5 - 16 + 8, 8 * 4 + 4 * 5 - 16 + 8)
