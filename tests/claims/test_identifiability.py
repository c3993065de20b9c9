"""Identifiability: theorems agree with ranks, and each says which."""

from __future__ import annotations

from itertools import product

import pytest

from algebra import ConvolutionalNetwork, Grade, InputError, PolynomialNetwork, Rational
from algebra.polynomial.identifiability import (
    THEOREMS,
    bias_blocks,
    blocks,
    by_rank,
    identifiability,
    kruskal,
    localization_blocks,
)


def net(*widths: int, r: int | tuple[int, ...] = 2, biases: bool = False) -> PolynomialNetwork:
    degrees = (r,) * (len(widths) - 2) if isinstance(r, int) else r
    return PolynomialNetwork(widths, degrees=degrees, biases=biases)


SMALL = [net(*w, r=r) for h in (2, 3) for w in product((1, 2, 3), repeat=h + 1) for r in (1, 2, 3)]
BIASED = [net(*w, r=r, biases=True) for w in product((1, 2, 3), repeat=4) for r in (1, 2, 4)]
MIXED = [net(*w, r=r) for w in product((2, 3), repeat=5) for r in ((2, 3, 2), (3, 1, 2), (1, 2, 4))]


@pytest.mark.parametrize("networks", [SMALL, BIASED, MIXED], ids=["small", "biased", "mixed"])
def test_theorems_agree_with_ranks(networks):
    names = set()
    for network in networks:
        found, rank = identifiability(network), by_rank(network)
        assert found.finitely == rank.finitely, (network, found, rank)
        names.add(found.decided_by)
    assert len(names) >= 3


@pytest.mark.parametrize(
    ("network", "theorem"),
    [
        (net(3, 2, r=()), "one layer"),
        (net(3, 3, 3), "kruskal"),
        (net(2, 3, 3, 2, r=5), "high degrees"),
        (net(4, 3, 2, 2), "non-increasing widths"),
        (net(3, 2, 3, 3, r=(2, 3)), "bounded decoder"),
        (net(4, 3, 5, 5, r=(2, 3)), "bounded decoder"),
        (net(3, 4, 3, 4, r=4), "localization"),
        (net(1, 1, 2, r=3, biases=True), "biases"),
    ],
)
def test_the_theorem_that_decides(network, theorem):
    found = identifiability(network)
    assert (found.finitely, found.decided_by, found.grade) == (True, theorem, Grade.PROVED)
    assert found.bounds is None
    assert by_rank(network).finitely is True


def test_global_only_where_a_theorem_says_so():
    assert identifiability(net(3, 3, 3)).globally is True
    assert identifiability(net(4, 3, 2, 2)).globally is None
    assert identifiability(net(2, 5, 1)).globally is False


def test_width_one_and_linear_layers_satisfy_no_theorem():
    for network in (net(3, 1, 2), net(2, 1, 1, 2), net(3, 2, 3, r=1), net(3, 3, 3, 3, r=(1, 2)), net(1, 2, 2)):
        assert not any(theorem.applies(network) for theorem in THEOREMS), network
    assert identifiability(net(3, 1, 2)).finitely is True  # decided by its rank
    assert identifiability(net(3, 2, 3, r=1)).finitely is False


def test_refutation_by_a_block_names_it():
    found = identifiability(net(2, 4, 4, 2))
    assert found.finitely is False
    assert "(2, 4, 4)" in found.decided_by
    assert "section 3" in found.theorem


def test_kruskal_is_sharp_where_it_says():
    assert kruskal.applies(net(2, 3, 1, r=5))
    assert not kruskal.applies(net(2, 3, 1, r=4))
    assert identifiability(net(2, 3, 1, r=4)).finitely is False


def test_blocks():
    network = net(2, 4, 3, 2, r=(2, 3))
    assert [b.label for b in blocks(network)] == ["pnn:2-4-3:r2", "pnn:4-3-2:r3"]
    assert [b.label for b in localization_blocks(network)] == ["pnn:2-4-3:r2", "pnn:2-3-2:r3"]
    assert [b.label for b in bias_blocks(network)] == ["pnn:3-5-3:r2", "pnn:3-4-2:r3"]


def test_other_networks_are_decided_by_rank():
    inverse = PolynomialNetwork((2, 3, 2), activation=Rational([1], [0, 1]))
    assert identifiability(inverse).decided_by == "rank"
    assert identifiability(inverse).finitely is True
    assert identifiability(ConvolutionalNetwork([3, 2], degree=2)).finitely is True


def test_bad_seed():
    with pytest.raises(InputError, match="seed"):
        identifiability(net(3, 3, 3), seed="x")


def test_html_shows_the_theorem():
    assert "Proposition 12" in identifiability(net(3, 3, 3))._repr_html_()
