"""Integers at the edges of machine types, and the search for arithmetic that nobody guards."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest

from algebra.exact.integers import integer_array, largest_absolute, with_room
from tensors.attention import softmax_matrix, softmax_of_tokens
from tensors.attention.realisation.demand import Precision, SparseTarget
from tensors.attention.realisation.small import binary_realisation
from tensors.attention.softmax.logits import _check
from tensors.attention.softmax.residues import powers, spread

EDGES = [0, 1, -1, 2**53, 2**60 - 1, 2**60, -(2**60), 2**62, 2**63 - 1, -(2**63 - 1), -(2**63), 2**63, 2**64 + 1]


@pytest.mark.parametrize("room", [1, 2, 4, 8])
@pytest.mark.parametrize("value", EDGES)
def test_machine_integers_only_where_so_many_may_be_summed(value: int, room: int) -> None:
    found = integer_array([value, 0], room)
    assert found.tolist() == [value, 0]
    assert (found.dtype == np.int64) is (room * abs(value) < 2**63 or (room == 1 and value == -(2**63)))
    assert largest_absolute(found) == abs(value)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64])
def test_every_integer_type_at_its_edges(kind: type[np.integer]) -> None:
    ends = [int(np.iinfo(kind).min), int(np.iinfo(kind).max)]
    given = np.array(ends, kind)
    for found in (with_room(given), integer_array(given)):
        assert found.tolist() == ends
        assert (found.dtype == np.int64) is (2 * max(map(abs, ends)) < 2**63)
    assert largest_absolute(given[:0]) == 0


def test_the_least_machine_integer_as_a_logit() -> None:
    """W1: differences wrapped around, and 1 was called proved."""
    assert str(softmax_matrix([[-(2**63), 0], [0, -(2**63)]]).rank()) == "2 (proved)"
    tokens = softmax_of_tokens([[2**32, 0], [0, 2**32]], [[-(2**31), 0], [0, -(2**31)]])
    assert str(tokens.rank()) == "2 (proved)"


def test_softmax_ranks_at_the_edges_do_not_depend_on_the_unit() -> None:
    """The rank is the same after a multiplication by 2^70, which no machine integer holds."""
    random = Random(5)
    for _ in range(150):
        logits = [[random.choice(EDGES) for _ in range(3)] for _ in range(3)]
        scaled = [[entry << 70 for entry in row] for row in logits]
        assert softmax_matrix(logits).rank() == softmax_matrix(scaled).rank(), logits


def test_exponents_are_compared_with_the_logits() -> None:
    _check([0, 0, 0, 7], np.array([[0, 0], [0, 1]]), 7)
    with pytest.raises(ArithmeticError, match="row 1, column 1"):
        _check([0, 0, 0, 7], np.array([[0, 0], [0, 2]]), 7)


def test_residues_of_powers_modulo_primes_beyond_63_bits() -> None:
    exponents = [1, 5, -(2**63), 2**63 - 1]
    prime = 2**89 - 1
    assert powers(3, np.array(exponents), prime).tolist() == [pow(3, e % (prime - 1), prime) for e in exponents]


def test_the_spread_of_exponents_at_the_edges() -> None:
    for a, b in product([2**62, 2**63 - 1], [-(2**62), -(2**63)]):
        assert spread(np.array([[0, 0], [b, a]]), 2) == a - b


def test_a_binary_realisation_at_a_high_precision() -> None:
    target = SparseTarget.from_supports([[2], [0], [1], [3], [4]])
    made = binary_realisation(target, Precision.of(["1e-30", "1e-30", None]))
    assert made.logits(0)[2] > 0


# Arithmetic of numpy that knows no bounds. A module may use it for the reason that stands beside it.
UNGUARDED = re.compile(r"np\.abs\(|np\.absolute\(|\.astype\((np\.int64|int)\b|np\.(prod|dot|cumprod)\(")
ALLOWED = {
    "algebra/critical_points/floats/": "floats",
    "algebra/exact/given.py": "floats that numpy made",
    "algebra/exact/integers.py": "the one place",
    "algebra/evidence/evaluation.py": "residues modulo a prime below 2^31",
    "algebra/kernels/programs.py": "floats, which propose",
    "algebra/kernels/whole_cube.py": "floats, which propose",
    "algebra/memorization/data.py": "distances whose bound is looked at before",
    "algebra/memorization/evaluation.py": "truth values",
    "algebra/polynomial/evaluation.py": "residues",
    "algebra/polynomial/symmetries.py": "residues",
    "algebra/rank/balls.py": "floats",
    "algebra/programs/arithmetic.py": "residues, and Python's integers",
    "algebra/programs/batch.py": "floats with error bounds",
    "algebra/programs/balls.py": "floats with error bounds",
    "algebra/programs/core.py": "what an arithmetic computes",
    "algebra/programs/exponentials.py": "residues",
    "algebra/programs/independence.py": "residues as Python's integers",
    "algebra/programs/kernel_vectors.py": "residues as Python's integers",
    "algebra/programs/pattern_relations.py": "truth values times numbers up to 2^10, and floats",
    "algebra/programs/roots.py": "bits",
    "algebra/programs/sampling.py": "residues",
    "algebra/programs/shifts.py": "bits",
    "algebra/rank/modular.py": "residues, with bounds in Python's integers",
    "algebra/rank/modular_rank.py": "float64 integers up to 2^52",
    "algebra/rank/numeric.py": "floats",
    "algebra/rank/pivot_block.py": "residues",
    "algebra/rank/validation.py": "arrays without entries",
    "algebra/rounding/arrays.py": "words, with bounds in Python's integers",
    "tensors/attention/functions/certify.py": "residues",
    "tensors/attention/realisation/codes.py": "bits",
    "tensors/attention/realisation/float_scores.py": "floats, with a bound of their error",
    "tensors/attention/realisation/moment.py": "floats",
    "tensors/attention/realisation/searches.py": "bits",
    "tensors/attention/realisation/sign_keys.py": "inner products of signs",
    "tensors/attention/softmax/numeric.py": "floats",
    "tensors/attention/softmax/residues.py": "exponents modulo p - 1",
    "tensors/grid_points.py": "numbers of templates",
}
ELSEWHERE = ("algebra/evidence/checker/", "tensors/formats/", "tensors/networks/", "tensors/mixtures/")


def test_no_arithmetic_without_a_bound() -> None:
    root = Path(__file__).parents[2]
    found = []
    for room in ("algebra", "tensors"):
        for path in sorted((root / room).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if name.startswith((*ALLOWED, *ELSEWHERE)):
                continue
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [f"{name}:{i}: {line.strip()}" for i, line in enumerate(lines, 1) if UNGUARDED.search(line)]
    assert found == []
