"""The benchmark's points are of the classes that it says, and its float Hessian is the exact one."""

from pathlib import Path

import numpy as np
import pytest

from algebra.critical_points import PointVerdict, classify, hessian
from algebra.exact.dyadic import nearest_floats


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    import critical_point_bench

    return critical_point_bench


@pytest.mark.parametrize(("width", "depth"), [(2, 2), (3, 3), (4, 4), (12, 3)])
def test_every_class_is_decided_rightly(bench, width, depth):
    for seed, recipe in enumerate(bench.recipes_of(depth)):
        assert classify(bench.critical_point(recipe, width, depth, seed)).verdict is recipe.verdict, recipe


def test_float_hessian_is_the_exact_one(bench):
    for seed, recipe in enumerate(bench.recipes_of(3)):
        point = bench.critical_point(recipe, 3, 3, seed)
        exact = nearest_floats(hessian(point))
        assert np.allclose(bench.float_hessian(point), exact, atol=1e-8 * np.abs(exact).max())


def test_tables_are_printed(bench):
    tally, weights = bench.measured(2, 3)
    assert (tally.right, tally.float_right, weights) == (5, 5, 12)
    assert bench.close_singular_values().row_count == 5
    assert PointVerdict.STRICT_SADDLE.is_saddle


def test_networks_grow_until_the_budget_is_spent(bench):
    assert list(bench.growing(0.0, 2)) == []
