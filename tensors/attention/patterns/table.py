"""Named patterns side by side: steps against connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isqrt
from typing import Any

from algebra.errors import as_integer
from tensors.attention.patterns.assumption import check_assumption1
from tensors.attention.patterns.named import NAMES, named_parameters, named_pattern
from tensors.attention.patterns.pattern import SparsePattern

LENGTHS = (16, 64, 512)


@dataclass(frozen=True)
class PatternSteps:
    """Steps and connections of one pattern.

    Parameters
    ----------
    label, name : str
    n, p : int
        Tokens and layers of a period.
    steps, causal_steps : int or None
        Layers until every token sees all, or all before it; None: never.
    connections : int
        Over a period.
    largest_degree : int
    path : bool or None
        Whether there is a Hamiltonian path; None: not decided.
    assumption_1, universal : bool or None
    """

    label: str
    name: str
    n: int
    p: int
    steps: int | None
    causal_steps: int | None
    connections: int
    largest_degree: int
    path: bool | None
    assumption_1: bool | None
    universal: bool | None

    def record(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def pattern_table(lengths: Sequence[int] = LENGTHS, names: Sequence[str] = NAMES, seed: int = 0) -> list[PatternSteps]:
    """Check named patterns at several lengths, with parameters of the usual size.

    Windows and global tokens are 2 (1 in a star-transformer), strides and blocks the power of two next to the square
    root of n, so that they divide n if n is a power of two.

    Parameters
    ----------
    lengths : sequence of int
    names : sequence of str
        Names of patterns.
    seed : int
        Of random patterns.

    Returns
    -------
    list of PatternSteps
        One for each name and length; `pandas.DataFrame` takes them as they are.

    Examples
    --------
    >>> row, = pattern_table([16], ["star-transformer"])
    >>> row.steps, row.connections, row.assumption_1
    (2, 74, True)
    """
    return [_usual_row(name, as_integer("length", n, 1), seed) for name in names for n in lengths]


def _usual_row(name: str, n: int, seed: int) -> PatternSteps:
    return pattern_row(name, named_pattern(name, n, **usual_parameters(name, n, seed)))


def pattern_row(name: str, pattern: SparsePattern) -> PatternSteps:
    """Return a row of `pattern_table`.

    Parameters
    ----------
    name : str
        What the row is to be called.
    pattern : SparsePattern

    Returns
    -------
    PatternSteps

    Examples
    --------
    >>> pattern_row("ring", named_pattern("directed-ring", 3)).steps
    2
    """
    found = check_assumption1(pattern)
    return PatternSteps(
        label=pattern.label,
        name=name,
        n=pattern.n,
        p=pattern.p,
        steps=found.reach.steps,
        causal_steps=found.causal_steps,
        connections=sum(pattern.connections),
        largest_degree=max(pattern.largest_degrees),
        path=found.path.exists,
        assumption_1=found.holds,
        universal=found.universal,
    )


def usual_parameters(name: str, n: int, seed: int = 0) -> dict[str, int]:
    """Return the parameters that `pattern_table` uses.

    Parameters
    ----------
    name : str
        Of a pattern.
    n : int
        Tokens.
    seed : int
        Of patterns that are drawn.

    Returns
    -------
    dict of str to int

    Examples
    --------
    >>> usual_parameters("fixed", 512), usual_parameters("bigbird", 64)
    ({'w': 16, 'c': 1}, {'w': 2, 'g': 2, 'r': 2, 'seed': 0})
    """
    block = 1 << (isqrt(n).bit_length() - 1)
    usual = {"w": block if name.rpartition("causal-")[2].startswith(("strided", "fixed")) else 2}
    usual |= {"g": min(2, n), "r": 2, "seed": seed, "c": 1, "step": 2}
    return {key: usual[key] for key in named_parameters(name) if key in usual}


def undivided_block(n: int) -> int:
    """Return the block next above the usual one of the fixed pattern that does not divide n.

    Parameters
    ----------
    n : int
        Tokens.

    Returns
    -------
    int

    Examples
    --------
    >>> undivided_block(16), undivided_block(36)
    (5, 5)
    """
    return next(w for w in range(usual_parameters("fixed", n)["w"] + 1, n + 2) if n % w)
