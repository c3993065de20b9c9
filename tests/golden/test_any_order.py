"""The same answer in a fresh process and after any other calls: nothing is remembered that changes an answer."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import golden
from tests.golden.golden import CASES

ROOT = Path(__file__).parents[2]

# One of every kind; the first two are the pair of which one answer changed the other's bounds.
FRESH = [
    "exact/dimension-symmetry-gap",
    "exact/dimension-symmetry-in-a-part",
    "exact/convac-minor-and-cut",
    "exact/factor-graph-symmetry",
    "exact/softmax-vanishing-minors",
    "exact/attention-softmax-deep",
    "exact/critical-point",
    "exact/memorize-build-width3",
    "probable/attention-probable",
    "refused/convac",
]


@pytest.mark.parametrize("name", FRESH)
def test_in_a_fresh_process(name):
    assert golden.answer(name, golden.run_fresh) == golden.golden(name)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_after_any_other_calls(seed):
    names = [*CASES, *FRESH]  # some twice: after the other calls they are asked again
    random.Random(seed).shuffle(names)
    words = [sys.executable, "-m", "tests.golden.golden", *names]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_bound_does_not_depend_on_what_was_asked_before():
    code = """
from algebra import PolynomialNetwork
from algebra.polynomial.dimension import best_upper_bound
network = PolynomialNetwork((3, 5, 4), degree=2, biases=True)
before = best_upper_bound(network)
network.dimension()
after = best_upper_bound(network)
print(before.value, after.value)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    before, after = done.stdout.split()
    assert before == after
