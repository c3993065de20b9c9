"""Sizes are checked before anything is built: what a short line of input can ask for, and what it gets."""

import pytest

from algebra import ConvolutionalNetwork, PolynomialNetwork
from algebra.errors import InputError
from algebra.memory import _container_limit, available_memory, binomial, check_fits, gibibytes, physical_memory
from algebra.polynomial.evaluation import evaluate
from algebra.polynomial.graph_conditions import graph_conditions, graph_labels
from algebra.polynomial.hilbert import Architecture, forms
from algebra.polynomial.interpolation import count_monomials, monomials
from algebra.polynomial.jacobian import jacobian
from algebra.polynomial.layout import layout
from algebra.polynomial.rules import upper_bound
from algebra.polynomial.span_rules import least_span
from algebra.polynomial.symmetries import discover
from algebra.rank.field import PrimeField


@pytest.mark.parametrize(
    ("widths", "degrees", "value"),
    [
        ((3, 5, 6, 6, 6, 6, 1), (5,) * 5, 130),
        ((3, 5, 4, 4, 4, 4, 4, 4, 4, 1), (3,) * 8, 102),
        ((3, 5, 2, 1), (3, 400), 19),
        ((3, 5, 2, 1), (3, 10**30), 19),
    ],
)
def test_double_points_of_high_degree_list_no_monomials(widths, degrees, value):
    assert PolynomialNetwork(widths, degrees=degrees).dimension().value == value


def test_double_points_of_any_size_are_refused_at_once():
    huge = 10**30
    assert graph_conditions(3, 5, 3, huge) is None
    assert graph_labels(huge, huge + 2, 3) == () == graph_labels(3, 5, huge)
    assert graph_conditions(huge, huge + 2, huge, huge) is None
    for widths, degrees in [
        ((huge, huge + 1, 2 * huge - 1), (huge, 2)),
        ((3, 4, 5), (huge, 2)),
        ((3, 4, 5), (2, huge)),
    ]:
        assert least_span(widths, degrees, huge, huge) is None
    assert least_span((3, 4, 5), (2, 2), huge, 10**70).rule == "double-points"


def test_long_powers_and_binomials_are_not_computed():
    assert forms(2, 10**400) == 10**400 * (10**400 + 1) // 2
    assert binomial(10**25, 150) == binomial(10**25 - 1, 149) + binomial(10**25 - 1, 150)
    assert binomial(3000, 1500) == binomial(2999, 1499) * 2
    with pytest.raises(InputError, match="spaces of forms"):
        forms(10**9, 10**9)
    huge = Architecture((10**10, 10**10 + 1, 1), (3,))
    assert upper_bound(huge).rule == "gauge"


def test_symmetries_of_wide_networks_make_no_slice():
    assert discover(Architecture((3, 10**12, 1), (2,))) is None
    assert discover(Architecture((10**12, 10**12, 10**12), (2,))) is None


def test_monomials_are_counted_before_they_are_listed():
    assert count_monomials(24, (24,) * 12) == 1251677700
    assert len(monomials(3, 4, (2, 1, 3))) == count_monomials(4, (2, 1, 3))


def test_limits_of_the_process_and_of_the_container_count(tmp_path, monkeypatch):
    import resource

    before = available_memory()
    assert before <= physical_memory()
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1 << 20, resource.RLIM_INFINITY))
    assert available_memory() == 1 << 20
    with pytest.raises(InputError, match="fits into memory"):
        check_fits("network", "one", (1 << 20) + 1)

    inner = tmp_path / "fs" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "cgroup").write_text("12:cpu:/old\n0::/a/b\n")
    assert _container_limit(str(tmp_path / "cgroup"), str(tmp_path / "fs")) is None
    (inner / "memory.max").write_text("max\n")
    (tmp_path / "fs" / "a" / "memory.max").write_text("4096\n")
    _container_limit.cache_clear()
    assert _container_limit(str(tmp_path / "cgroup"), str(tmp_path / "fs")) == 4096
    _container_limit.cache_clear()
    assert _container_limit(str(tmp_path / "none"), str(tmp_path)) is None
    _container_limit.cache_clear()


def test_memory_of_any_size_is_named():
    assert gibibytes(10**4000).startswith("more than 2^")


@pytest.mark.parametrize(("widths", "value"), [((1,) * 200, 200), ((2,) * 200 + (1,), 798), ((1,) * 1500, 1500)])
def test_no_bound_recurses_in_the_depth(widths, value):
    assert upper_bound(Architecture(widths, (2,) * (len(widths) - 2), biases=True)).value == value


def test_a_deep_network_is_asked_for_its_dimension():
    assert PolynomialNetwork((1,) * 200, degree=2, biases=True).dimension().value == 200


@pytest.mark.parametrize(
    ("filters", "strides", "value"),
    [
        ([2, 2, 2, 2], [100, 100, 100, 1], 5),
        ([2, 2, 2, 2], [1000, 1000, 1000, 1], 5),
        ([2, 2], [10**7, 1], 3),
        ([2, 2], [10**400, 1], 3),
        ([2, 2, 2], [10**9, 10**9, 1], 4),
    ],
)
def test_inputs_that_no_output_reads_cost_nothing(filters, strides, value):
    assert ConvolutionalNetwork(filters, strides, degree=2).dimension().value == value


def test_filters_that_jump_read_the_same_points_as_if_all_were_drawn():
    jumping, field = ConvolutionalNetwork([2, 1, 2], [3, 2, 1], degree=2), PrimeField(8388593)
    plan = layout(jumping)
    assert plan.inputs.tolist() == [0, 1, 6, 7]
    assert plan.widths == (4, 2, 2, 1)
    points = field.draw("k", "points", (5, jumping.widths[0]))
    seen = jacobian(jumping, field, "k", 5)
    assert (seen.activations[:4] == points[:, plan.inputs].T).all()
    outputs = evaluate(jumping, [1, 2, 1, 3, 4], [range(1, 9)])
    assert outputs.tolist() == [[3 * (1 + 4) ** 4 + 4 * (7 + 16) ** 4]]


def test_filters_of_any_size_are_refused_before_the_work():
    for filters in ([10**12, 2], [10**400], [10**6, 10**6, 10**6]):
        with pytest.raises(InputError, match="fits into memory"):
            layout(ConvolutionalNetwork(filters, degree=2 if len(filters) > 1 else None))
