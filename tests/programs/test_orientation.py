"""Rows, columns and vectors: the same network has the same proved dimension, however it is written."""

import pytest

from algebra.programs import sqrt, traced
from algebra.programs.lowering import lowered
from algebra.programs.orientation import with_columns


def layer_norm(x, gain, bias, axis):
    centred = x - x.mean(axis, keepdims=True)
    return gain * centred / sqrt((centred * centred).mean(axis, keepdims=True) + "1/100") + bias


def columns(W, c, g, b, U, d, x):
    return U @ layer_norm(W @ x + c, g, b, 0) + d


def rows(W, c, g, b, U, d, x):
    return layer_norm(x @ W + c, g, b, 1) @ U + d


def transposed(W, c, g, b, U, d, x):
    return layer_norm(x @ W.T + c, g, b, 1) @ U.T + d


VECTORS = {"g": (3,), "b": (3,), "c": (3,), "d": (2,)}
WAYS = {
    "columns": (columns, {"W": (3, 2), "U": (2, 3), **{k: (*v, 1) for k, v in VECTORS.items()}}, {"x": (2, 2)}),
    "vectors": (columns, {"W": (3, 2), "U": (2, 3), **VECTORS}, {"x": (2,)}),
    "rows": (rows, {"W": (2, 3), "U": (3, 2), **VECTORS}, {"x": (2, 2)}),
    "weights transposed": (transposed, {"W": (3, 2), "U": (2, 3), **VECTORS}, {"x": (2, 2)}),
}


@pytest.mark.parametrize("way", WAYS)
def test_layer_norms_lose_the_same(way):
    """Of 23: gain, bias and a number of every row of U are absorbed, means are not seen, and the plane rotates."""
    program = traced(*WAYS[way])
    bounds = program.dimension()
    assert (program.count, bounds.lower, bounds.upper) == (23, 11, 11)
    assert sum(each.dimension for each in program.symmetries) == 12
    assert "rotations under a normalisation" in {each.rule for each in program.symmetries}


def test_arrays_with_three_axes_are_left_alone():
    program = traced(lambda W, x: x @ W, {"W": (2, 3)}, {"x": (2, 2, 2)})
    assert with_columns(lowered(program), are_rows=True) is None


def test_columns_stay_as_they_are():
    graph = lowered(traced(*WAYS["columns"]))
    assert with_columns(graph, are_rows=False).graph == graph


def test_a_vector_beside_a_matrix_is_a_row():
    """Also where the matrix has one entry: the sum has one row, and is no column."""
    graph = lowered(traced(lambda b, c, x: b + c + x, {"b": (3,), "c": (1, 1)}, {"x": (3,)}))
    assert with_columns(graph, are_rows=False) is None
    turned = with_columns(graph, are_rows=True)
    assert [node.shape for node in turned.graph.nodes if node.operation is not None] == [(3, 1), (3, 1)]
