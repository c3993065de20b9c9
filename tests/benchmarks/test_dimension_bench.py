"""The benchmarks run, and the methods they compare with are independent oracles of the library."""

import csv
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import _peers
import numpy as np
import pytest
from _bounds import cut_and_gauge

from algebra import PolynomialNetwork
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.rules import upper_bound

ROOT = Path(__file__).parents[2]
TINY = [((2, 3), 2), ((1, 1, 1), 2), ((2, 3, 1), 2), ((3, 2, 2), 3), ((2, 3, 2, 1), 2), ((3, 3, 3, 2), 2)]
DEFECTIVE = [((3, 5, 1), 4), ((5, 7, 1), 3), ((4, 5, 3), 2), ((2, 2, 2, 2, 2), 2)]


def dimension(network):
    return PolynomialNetwork(*network).dimension().lower


@pytest.mark.parametrize("network", TINY + DEFECTIVE)
def test_single_samples_and_interpolation_give_the_same_dimension(network):
    assert _peers.per_sample(*network) == dimension(network)


@pytest.mark.parametrize("network", TINY[:4])
def test_a_symbolic_jacobian_gives_the_same_dimension(network):
    assert _peers.symbolic(*network) == dimension(network)


def test_gradients_of_single_samples_are_derivatives():
    rng = np.random.default_rng(0)
    weights = [rng.integers(-3, 4, shape) for shape in ((2, 2), (2, 2))]

    def output(first, second):
        return int((second @ (first @ [1, 2]) ** 2)[1])

    exact = []
    for k, shape in enumerate(((2, 2), (2, 2))):
        for place in np.ndindex(shape):
            values = []
            for step in (1, -1):  # central differences are exact for quadratic polynomials
                moved = [matrix.copy() for matrix in weights]
                moved[k][place] += step
                values.append(output(*moved))
            exact.append((values[0] - values[1]) // 2)
    found = _peers.gradient([w % _peers.PRIME for w in weights], 2, np.array([1, 2]), 1)
    assert [(int(x) + 50) % _peers.PRIME - 50 for x in found] == exact


@pytest.mark.skipif(_peers.macaulay2_command() is None, reason="Macaulay2 is not installed")
def test_macaulay2_gives_the_same_dimension():
    assert _peers.macaulay2((2, 3, 2, 1), 2)[0] == dimension(((2, 3, 2, 1), 2))


def test_cuts_and_gauge_are_bounds_that_the_library_does_not_exceed():
    with (files("proofs_check.printed") / "data" / "dao2026-search.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[::25]
    for row in rows:
        widths, degree = tuple(map(int, row["widths"].split())), int(row["degree"])
        bound = cut_and_gauge(widths, degree)
        assert int(row["dimension"]) <= upper_bound(Architecture(widths, (degree,) * (len(widths) - 2))).value <= bound


def run(*words):
    command = [sys.executable, str(ROOT / "benchmarks" / "dimension_bench.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_cheap_sections_run():
    done = run("--quick", "batch", "start")
    assert done.returncode == 0, done.stderr
    assert "skipped" in done.stdout or "batched" in done.stdout


@pytest.mark.slow
def test_all_sections_run():
    done = run("--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "published rows" in done.stdout


def test_an_unknown_section_is_named():
    done = run("peer")
    assert done.returncode == 2
    assert "no section peer" in done.stderr


def test_a_disagreement_ends_with_status_one(monkeypatch, capsys):
    import dimension_bench

    monkeypatch.setattr(dimension_bench._peers, "per_sample", lambda widths, degree: 4)
    assert dimension_bench.main(["--quick", "peers"]) == 1
    assert "disagreement" in capsys.readouterr().out


def test_cold_is_cold():
    """After the caches are emptied, no module of the room remembers a network."""
    import pkgutil
    from importlib import import_module

    import _timing

    import algebra.polynomial

    PolynomialNetwork((3, 4, 5, 2), 2, biases=True).dimension()
    _timing.clear_caches()
    names = [f"algebra.polynomial.{module.name}" for module in pkgutil.iter_modules(algebra.polynomial.__path__)]
    caches = [value for name in names for value in vars(import_module(name)).values() if hasattr(value, "cache_info")]
    filled = {cache.__name__ for cache in caches if cache.cache_info().currsize}
    assert filled <= {"_power"}  # of an exponent, not of a network
