"""Pictures of attention matrices and patterns, against what is computed."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import InputError
from proofs_check.plots import (
    layers_until_seen,
    pattern_figure,
    realised,
    realised_matrix_figure,
    target_matrix,
)
from tensors.attention import SparsePattern, SparseTarget, check_assumption1, named_pattern, realise
from tensors.attention.patterns import reach
from tests.properties import examples

PRECISION = ("1/100", "1/10", None)


def shifts(length=8):
    return SparseTarget.from_supports([[(i + 1) % length, (i + 4) % length] for i in range(length)], [[1, 2]] * length)


def pixels(axes):
    return np.asarray(axes.get_images()[0].get_array())


def layers_of(pattern, k, j, most):
    """The definition of Yun et al., on sets."""
    for steps in range(1, most + 1):
        seen = [set(tokens) for tokens in pattern.lists()[0]]
        for done in range(1, steps):
            layer = pattern.lists()[done % pattern.p]
            seen = [set().union(*(seen[i] for i in tokens)) for tokens in layer]
        if j in seen[k]:
            return steps
    return 0


patterns = st.integers(1, 5).flatmap(
    lambda n: st.lists(
        st.lists(st.sets(st.integers(0, n - 1), min_size=1).map(sorted), min_size=n, max_size=n), min_size=1, max_size=3
    )
).map(SparsePattern.from_lists)  # fmt: skip


@examples(60)
@given(patterns)
def test_layers_until_seen_by_definition(pattern):
    found = layers_until_seen(pattern)
    most = 2 * pattern.n * pattern.p
    expected = [[layers_of(pattern, k, j, most) for j in range(pattern.n)] for k in range(pattern.n)]
    assert found.tolist() == expected


@pytest.mark.parametrize(("name", "n", "values"), [("fixed", 16, {"w": 4}), ("logsparse-both-sides", 64, {})])
def test_the_last_pair_is_seen_after_all_steps(name, n, values):
    pattern = named_pattern(name, n, **values)
    assert layers_until_seen(pattern).max() == reach(pattern).steps


def test_a_pattern_that_fails_shows_who_sees_nothing():
    pattern = named_pattern("fixed", 8, w=3)
    figure = pattern_figure(pattern)
    first, second, seen, *graphs = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    assert figure.get_suptitle() == "fixed:n8:w3:c1: assumption 1 does not hold; some tokens never see others"
    assert (pixels(first) > 0).tolist() == pattern.masks()[0].tolist()
    assert (pixels(second) > 0).tolist() == pattern.masks()[1].tolist()
    path = {(k, j) for layer in (first, second) for k, j in np.argwhere(pixels(layer) == 2).tolist()}
    assert path == {(k + 1, k) for k in range(7)}
    assert (pixels(seen) == layers_until_seen(pattern)).all()
    assert [axes.get_title() for axes in graphs] == ["layer 1", "layer 2", "all layers"]
    yellow = {text.get_text() for text in graphs[-1].texts if text.get_color() == "black"} - {""}
    assert yellow - {"vermilion: a path through all\nyellow: never see the rest"} == set("012345")


def test_a_pattern_that_holds():
    figure = pattern_figure(check_assumption1(named_pattern("star-transformer", 6)))
    assert figure.get_suptitle() == "star-transformer:n6: assumption 1 holds; all is seen after 2 layers"
    assert [axes.get_title() for axes in figure.axes][:3] == [
        "24 connections",
        "as a digraph",
        "layers until $k$ has seen $j$",
    ]


def test_missing_self_loops_are_crossed():
    figure = pattern_figure(SparsePattern.from_lists([[[1], [2], [0]]]))
    assert figure.get_suptitle().endswith("assumption 1 does not hold; all is never seen at once")
    assert sorted(tuple(map(float, line.get_xydata()[0])) for line in figure.axes[0].lines) == [
        (k, k) for k in range(3)
    ]


def test_large_patterns_have_no_digraphs():
    figure = pattern_figure(named_pattern("strided", 64, w=8))
    assert len([axes for axes in figure.axes if axes.get_images()]) == 3
    assert len(figure.axes) == 4


def test_realised_matrices_are_drawn_beside_their_targets():
    found = realise(shifts(), PRECISION)
    figure = realised_matrix_figure(found)
    wanted, reached, exponents = (axes for axes in figure.axes if axes.get_label() != "<colorbar>")
    assert pixels(wanted)[0].tolist() == [0, 1 / 3, 0, 0, 2 / 3, 0, 0, 0]
    np.testing.assert_allclose(pixels(reached), found.realisation.approximate_matrix())
    assert np.abs(pixels(reached) - pixels(wanted)).max() < 0.02
    assert pixels(exponents).max() == 0
    assert pixels(exponents)[pixels(wanted) == 0].max() < -2
    assert figure.get_suptitle() == "8 tokens in 4 dimensions by moment: verified exactly"


def test_an_unmet_demand_is_said():
    found = realise(shifts(), ("1/100", "1/100", "1/100"), "projection", dimension=32)
    assert not found.verified
    assert realised_matrix_figure(found).get_suptitle().endswith("the demand is NOT met")


def test_target_matrix_is_stochastic():
    rows = target_matrix(SparseTarget.from_matrix([["1/3", "2/3"], [0, 1]]))
    assert rows.tolist() == [[float(Fraction(1, 3)), float(Fraction(2, 3))], [0.0, 1.0]]


def test_what_cannot_be_drawn(monkeypatch):
    nothing = realise(shifts(), PRECISION, "signs", dimension=2)
    assert nothing.realisation is None
    with pytest.raises(InputError, match="out of reach"):
        realised_matrix_figure(nothing)
    with pytest.raises(InputError, match="512 tokens"):
        pattern_figure(named_pattern("directed-ring", 513))
    with pytest.raises(InputError, match="4 layers"):
        pattern_figure(SparsePattern.from_lists([[[0, 1], [0, 1]]] * 5))
    monkeypatch.setattr(realised, "MOST_PRODUCTS", 200)
    with pytest.raises(InputError, match="products"):
        realised_matrix_figure(realise(shifts(), PRECISION))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=r"pip install matplotlib"):
        pattern_figure(named_pattern("dense", 2))
