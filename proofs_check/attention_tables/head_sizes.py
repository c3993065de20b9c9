"""The least head size of stochastic matrices, beside the published sufficient one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.exact.numbers import to_fmpq
from proofs_check.results import bounds_fields, known

if TYPE_CHECKING:
    from algebra import Bounds
    from proofs_check.show.tables import Table

FIELDS = {
    "label": "text",
    "matrix": "text",
    "n": "integer",
    "log_rank_lower": "integer",
    "log_rank_upper": "integer",
    "lower": "integer",
    "upper": "integer",
    "grade": "text",
    "sharp": "integer",
    "published": "integer",
    "witness": "text",
    "seed": "integer",
    "seconds": "number",
}
MOST_TOKENS = 10  # beyond, column sums of powers are too large to split into coprime factors quickly

Weight = Callable[[int, int, int, Random], int]

MATRICES: dict[str, Weight] = {
    "uniform": lambda i, j, n, random: 1,
    "2^(ij)": lambda i, j, n, random: 2 ** (i * j),
    "2^(ij) 3^(i j^2)": lambda i, j, n, random: 2 ** (i * j) * 3 ** (i * j * j),
    "2^(ij) 3^(i^2 j^2)": lambda i, j, n, random: 2 ** (i * j) * 3 ** (i * i * j * j),
    "circulant": lambda i, j, n, random: 1 + (i - j) % n,
    "two-valued": lambda i, j, n, random: 1 + (i == j),
    "random": lambda i, j, n, random: random.randint(1, 9),
    "random powers of 2": lambda i, j, n, random: 2 ** random.randrange(9),
    "b_i^(e_j)": lambda i, j, n, random: (2, 3, 5, 7)[i % 4] ** (3, 1, 4, 1, 5, 9, 2, 6)[j % 8],
}


def stochastic(name: str, n: int, seed: int = 0) -> list[list[Fraction]]:
    """Return a named n x n matrix with columns divided by their sums.

    Examples
    --------
    >>> [str(x) for x in stochastic("2^(ij)", 2)[1]]
    ['1/2', '2/3']
    """
    random = Random(f"{name} {n} {seed}")
    weights = [[MATRICES[name](i, j, n, random) for j in range(n)] for i in range(n)]
    sums = [sum(column) for column in zip(*weights, strict=True)]
    return [[Fraction(w, s) for w, s in zip(row, sums, strict=True)] for row in weights]


def head_size_rows(sizes: Sequence[int], seed: int = 0) -> list[dict[str, Any]]:
    """Decide the least head size of the named matrices of several sizes, for independent tokens.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of tokens, from 2 to 10.
    seed : int
        Of random matrices.

    Returns
    -------
    list of dict
        ``lower``, ``upper``, ``grade``: of the least head size; ``log_rank``: of the rank of log P itself; ``sharp``:
        n - 1, which is always enough; ``published``: n.

    Raises
    ------
    InputError
        For a size out of range.

    Examples
    --------
    >>> rows = {row["matrix"]: row for row in head_size_rows([3])}
    >>> rows["2^(ij)"]["upper"], rows["2^(ij)"]["log_rank"]["upper"], rows["2^(ij)"]["sharp"]
    (1, 2, 2)
    """
    for n in sizes:
        if as_integer("n", n, 2) > MOST_TOKENS:
            raise InputError("n", n, f"at most {MOST_TOKENS}")
    return [_row(name, n, seed) for name in MATRICES for n in sizes]


def _row(name: str, n: int, seed: int) -> dict[str, Any]:
    from tensors.attention import least_head_size, scores_of_probabilities

    start = time.perf_counter()
    P = stochastic(name, n, seed)
    found = least_head_size(scores_of_probabilities(P))
    assert found.bounds is not None
    return {
        "label": f"head-size:{name}:n{n}",
        "matrix": name,
        "n": n,
        **bounds_fields(found.bounds),
        "log_rank": bounds_fields(_log_rank(P)),
        "sharp": n - 1,
        "published": n,
        "witness": None if found.witness is None else found.witness.determinant,
        "seed": seed,
        "seconds": round(time.perf_counter() - start, 6),
    }


def _log_rank(P: list[list[Fraction]]) -> Bounds:

    from algebra.exact.logarithms import log_matrix
    from tensors.attention.low_rank.log_rank import log_rank

    return log_rank(log_matrix([[to_fmpq(x) for x in row] for row in P])).bounds


def head_size_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Return the table of `head_size_rows`.

    Examples
    --------
    >>> head_size_table(head_size_rows([2])).shown.columns.tolist()
    ['weights', 'n', 'rank log P', 'least head size', 'always enough', 'published', 'saved']
    """
    import pandas as pd

    from algebra import __version__
    from proofs_check.show.tables import Table, frame_of

    flat = [
        {**row, "log_rank_lower": row["log_rank"]["lower"], "log_rank_upper": row["log_rank"]["upper"]} for row in rows
    ]
    shown = pd.DataFrame({
        "weights": [row["matrix"] for row in rows],
        "n": [row["n"] for row in rows],
        "rank log P": pd.Series([known(row["log_rank"]) for row in rows], dtype=object),
        "least head size": pd.Series([known(row) for row in rows], dtype=object),
        "always enough": [row["sharp"] for row in rows],
        "published": [row["published"] for row in rows],
        "saved": [row["published"] - row["upper"] for row in rows],
    })  # fmt: skip
    notes = [
        "weights: entries of P before columns are divided by their sums; rows i and columns j from 0",
        "least head size: for independent tokens, the rank of log(P_ij / P_0j); n - 1 is always enough, n is published "
        "(Bhojanapalli et al., ICML 2020, arXiv:2002.07028)",
        f"rankcert {__version__}, seed {rows[0]['seed'] if rows else 0}",
    ]
    return Table(frame_of(flat, FIELDS), "Least head sizes of stochastic matrices", notes, shown)
