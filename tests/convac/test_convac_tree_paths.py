import copy
from math import prod
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import algebra.evidence.checker as checker
from algebra.errors import InputError
from algebra.evidence import Grade
from tensors.convac import ConvAC, ConvLayer, matricization_rank, sampling
from tensors.convac.cuts import irredundant
from tensors.convac.sampling import LARGEST, best_sample
from tensors.convac.tree_paths import is_free_tree, tree_paths_bound
from tensors.convac.unrolled import unroll
from tensors.convac.upper_bounds import best_upper_bound
from tensors.networks import FactorGraph
from tensors.networks.cuts import is_cut
from tests.convac.circuits import circuits
from tests.properties import examples

ROWS = tuple(sorted(Random(5).sample(range(64), 32)))


def deep(channels, templates, **more):
    return ConvAC(64, templates, [ConvLayer(2, 2, c, **more) for c in channels])


@pytest.mark.parametrize(
    ("channels", "templates", "rank"),
    [((2,) * 6, 2, 2**26), ((2, 4, 4, 8, 2, 2), 4, 2**26), ((4, 4, 4, 4, 2, 2), 2, 2**30), ((3,) * 5 + (2,), 3, 3**26)],
)
def test_trees_whose_rank_is_beyond_evaluation_are_proved(channels, templates, rank):
    found = deep(channels, templates).rank(ROWS)
    assert (found.lower, found.upper, found.grade) == (rank, rank, Grade.PROVED)
    assert found.lower_by == "disjoint-paths"
    assert found.certificate().check().valid


def test_shared_weights_and_overlaps_get_no_paths():
    assert not is_free_tree(deep((2,) * 6, 2, sharing="sliding"))
    assert not is_free_tree(ConvAC(4, 2, [ConvLayer(2, 1, 2), ConvLayer(4, 4, 2)]))
    assert tree_paths_bound(deep((2,) * 6, 2, sharing="full"), ROWS, 2**32) is None
    assert deep((2,) * 6, 2, sharing="sliding").rank(ROWS).lower_by == "window-equality"


@examples(40)
@given(circuits(), st.data())
def test_paths_never_exceed_the_rank(net, data):
    rows = tuple(sorted(data.draw(st.sets(st.integers(0, net.positions - 1), min_size=1, max_size=net.positions - 1))))
    found = tree_paths_bound(net, rows, 1 << 60)
    if found is not None:
        bounds = net.rank(rows)
        assert bounds.upper is not None
        assert found.value <= bounds.upper
        assert found.value == prod(path["width"] for path in found.detail("paths"))


def wider(document):
    document["lower"]["paths"][0]["width"] += 1


def one_sided(document):
    document["lower"]["paths"][0]["ends"][1] = document["lower"]["paths"][0]["ends"][0]


def twice(document):
    document["lower"]["paths"].append(document["lower"]["paths"][0])


def shared(document):
    document["claim"]["circuit"]["layers"][0]["sharing"] = "sliding"
    document["claim"]["label"] = document["claim"]["label"].replace("M2:w2s2c2", "M2:w2s2c2,sliding")


@pytest.mark.parametrize(
    ("change", "reason"),
    [(wider, "more than"), (one_sided, "start and end"), (twice, "more than"), (shared, "free matrices")],
)
def test_forged_paths_are_refused(change, reason):
    document = copy.deepcopy(deep((2,) * 6, 2).rank(ROWS).certificate().document)
    change(document)
    document["digest"] = checker.digest(document)
    report = checker.check(document)
    assert not report.valid
    assert any(reason in text for text in report.reasons)


@examples(60)
@given(circuits(), st.data())
def test_cuts_lose_what_they_do_not_need_and_no_more(net, data):
    rows = tuple(sorted(data.draw(st.sets(st.integers(0, net.positions - 1), min_size=1, max_size=net.positions - 1))))
    unrolled = unroll(net, rows)
    every = tuple(range(len(unrolled.graph.variable_dims)))
    kept = irredundant(unrolled, every)
    assert is_cut(unrolled.graph, unrolled.row_side, kept)
    for v in kept:
        assert not is_cut(unrolled.graph, unrolled.row_side, [u for u in kept if u != v])


def test_no_long_search_for_a_bound_that_cannot_be_met(monkeypatch):
    net = ConvAC((8, 8), 2, [ConvLayer(3, 1, 2, sharing="full")] * 3 + [ConvLayer(8, 8, 2, sharing="full")])
    rows = tuple(q for q in range(64) if q % 8 < 4)
    goal = best_upper_bound(net, rows).value
    assert goal > 2 * LARGEST
    measured = []
    real = sampling.look
    monkeypatch.setattr(sampling, "look", lambda values, *more: measured.append(values.largest) or real(values, *more))
    assert best_sample(net, rows, goal).rank >= 256
    assert max(measured) <= 1024


def test_paths_over_two_factors_of_the_same_variables():
    graph = FactorGraph((4, 4, 6, 6), 2, ((0, 2), (2, 0), (2, 3), (3, 2), (3, 1), (1,), ()))
    found = graph.rank([0])
    assert (found.lower, found.upper) == (4, 4)
    assert found.certificate().check().valid


@pytest.mark.parametrize("table", [[[1, 0], [0]], [[1, None], [0, 1]], [[1, "0"], [0, 1]], [[1, True], [0, 1]], "x", 3])
def test_bad_tables_of_representation_functions(table):
    with pytest.raises(InputError, match="representation"):
        matricization_rank(ConvAC(4, 2, [ConvLayer(4, 4, 2)]), [0], representation=table)


def test_an_object_is_no_row_side():
    with pytest.raises(InputError, match="row_side"):
        FactorGraph((2, 2), 2, ((0, 1),)).rank({})


def test_sizes_that_cannot_be_handled_are_refused():
    for shape, layers in (
        ((4096, 4096), [ConvLayer(4096, 4096, 2)]),
        (100_000, [ConvLayer(50_000, 1, 2), ConvLayer(100_000, 100_000, 2)]),
        (4, [ConvLayer(2, 2, 2), ConvLayer(2, 10**30, 2)]),
    ):
        with pytest.raises(InputError, match="at most"):
            ConvAC(shape, 2, layers)


def test_a_hundred_thousand_patches_need_little_memory():
    net = ConvAC(100_000, 2, [ConvLayer(100_000, 100_000, 2)])
    assert (net.rank("left").lower, net.rank("odd-even").upper) == (2, 2)
