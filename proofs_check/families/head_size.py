"""The least head size of stochastic matrices, beside the published sufficient one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random

from algebra.errors import InputError, as_integer
from proofs_check.family import Column, Family, Instance, Row, bounds_cell
from proofs_check.option import SEED, words_option
from proofs_check.results import bounds_fields, known
from proofs_check.words import integer

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


def instances(sizes: Sequence[int] = (2, 3, 5, 8), seed: int = 0) -> list[Instance]:
    """Every named matrix of these numbers of tokens, from 2 to 10.

    Raises
    ------
    InputError
        If a number of tokens is not from 2 to 10.
    """
    for n in sizes:
        if as_integer("n", n, 2) > MOST_TOKENS:
            raise InputError("n", n, f"at most {MOST_TOKENS}")
    return [{"matrix": name, "n": n, "seed": seed} for name in MATRICES for n in sizes]


def evaluate(instance: Instance) -> Row:
    """Decide the least head size of one matrix, for independent tokens.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``lower``, ``upper``, ``grade``: of the least head size; ``log_rank``: of the rank of log P itself; ``sharp``:
        n - 1, which is always enough; ``published``: n.

    Examples
    --------
    >>> row = evaluate({"matrix": "2^(ij)", "n": 3, "seed": 0})
    >>> row["upper"], row["log_rank"]["upper"], row["sharp"]
    (1, 2, 2)
    """
    from algebra.exact.logarithms import log_matrix
    from algebra.exact.numbers import to_fmpq
    from tensors.attention import least_head_size, scores_of_probabilities
    from tensors.attention.low_rank.log_rank import log_rank

    P = stochastic(instance["matrix"], instance["n"], instance["seed"])
    found = least_head_size(scores_of_probabilities(P))
    assert found.bounds is not None
    logarithms = log_rank(log_matrix([[to_fmpq(x) for x in row] for row in P])).bounds
    return {
        "label": f"head-size:{instance['matrix']}:n{instance['n']}",
        "matrix": instance["matrix"],
        "n": instance["n"],
        **bounds_fields(found.bounds),
        "log_rank": bounds_fields(logarithms),
        "sharp": instance["n"] - 1,
        "published": instance["n"],
        "witness": None if found.witness is None else found.witness.determinant,
        "seed": instance["seed"],
    }


FAMILY = Family(
    name="head-size",
    says="Least head sizes of stochastic matrices, beside n - 1, which is always enough, and the published n.",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: f"head-size:{i['matrix']}:n{i['n']}:seed={i['seed']}",
    columns=(
        Column("label", "text"),
        Column("matrix", "text", "weights", says="how the weights are made, before each column is divided by its sum"),
        Column("n", heading="n", says="number of tokens"),
        Column(
            "log_rank_lower", value=lambda row: row["log_rank"]["lower"], says="proved lower bound on the rank of log P"
        ),
        Column("log_rank_upper", value=lambda row: row["log_rank"]["upper"], says="proved upper bound on it"),
        Column("", "", "rank log P", lambda row: known(row["log_rank"])),
        Column("lower", heading="least head size", shown=bounds_cell, says="proved lower bound on the least head size"),
        Column("upper", says="proved upper bound on it"),
        Column("grade", "text"),
        Column("sharp", heading="always enough", says="n - 1, a head size that is always enough"),
        Column("published", heading="published", says="n, the published one that is enough"),
        Column("", "", "saved", lambda row: row["published"] - row["upper"]),
        Column("witness", "text", says="a determinant of logarithms that is not zero, or a ball around it"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Least head sizes of stochastic matrices",
    notes=lambda rows, told: (
        "weights: entries of P before columns are divided by their sums; rows i and columns j from 0",
        "least head size: for independent tokens, the rank of log(P_ij / P_0j); n - 1 is always enough, n is published "
        "(Bhojanapalli et al., ICML 2020, arXiv:2002.07028)",
    ),
    options=(
        words_option("sizes", "Numbers of tokens, from 2 to 10; default: 2 3 5 8.", integer, (2, 3, 5, 8), "[N]…"),
        SEED,
    ),
    cost=lambda instance: float(instance["n"]) ** 4,
    example={"sizes": [2, 3]},
    usage=("rankcert table head-size", "rankcert table head-size 4 6 --seed 1 --output head-size.csv"),
)
