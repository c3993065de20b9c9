"""The benchmark's peers answer the same questions, where floats can."""

import importlib
from fractions import Fraction

import numpy as np
import pytest

from algebra.kernels import conjunction_norm, hamming, kernel_spectrum, learn


def test_peers_agree():
    bench = importlib.import_module("kernels_bench")
    values = [Fraction(1, 1 + d) for d in range(9)]
    exact = [Fraction(x) for x in kernel_spectrum(hamming(8), values).eigenvalues]
    assert bench.krawtchouk_product(8, values) == exact
    assert np.linalg.eigvalsh(bench.quotient_matrix(8, values)) == pytest.approx(sorted(map(float, exact)), abs=1e-12)
    norm = conjunction_norm("hypercube", 20, 5, mode="margin")
    assert bench.float_program(20, 5) == pytest.approx(float(norm.upper), rel=1e-9)
    points, labels = bench.sample(20, 6)
    found = learn(points, labels, ridge="1/10")
    assert bench.searched(found, 0.1) == pytest.approx(float(found.lower), rel=1e-5)
