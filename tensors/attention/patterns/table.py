"""Named patterns side by side: steps against connections."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any

from algebra.errors import as_integer
from tensors.attention.patterns.assumption import check_assumption1
from tensors.attention.patterns.named import NAMES, named_parameters, named_pattern
from tensors.attention.patterns.pattern import SparsePattern

LENGTHS = (16, 64, 512)


def pattern_table(
    lengths: Sequence[int] = LENGTHS, names: Sequence[str] = NAMES, seed: int = 0
) -> list[dict[str, Any]]:
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
    list of dict
        One for each name and length: label, n, p, steps, causal_steps, connections (over a period), path,
        assumption_1 and universal.

    Examples
    --------
    >>> row, = pattern_table([16], ["star-transformer"])
    >>> row["steps"], row["connections"], row["assumption_1"]
    (2, 74, True)
    """
    return [_usual_row(name, as_integer("length", n, 1), seed) for name in names for n in lengths]


def _usual_row(name: str, n: int, seed: int) -> dict[str, Any]:
    return pattern_row(name, named_pattern(name, n, **usual_parameters(name, n, seed)))


def pattern_row(name: str, pattern: SparsePattern) -> dict[str, Any]:
    """Return a row of `pattern_table`.

    Parameters
    ----------
    name : str
        What the row is to be called.
    pattern : SparsePattern

    Examples
    --------
    >>> pattern_row("ring", named_pattern("directed-ring", 3))["steps"]
    2
    """
    found = check_assumption1(pattern)
    return {
        "label": pattern.label,
        "name": name,
        "n": pattern.n,
        "p": pattern.p,
        "steps": found.reach.steps,
        "causal_steps": found.causal_steps,
        "connections": sum(pattern.connections),
        "largest_degree": max(pattern.largest_degrees),
        "path": found.path.exists,
        "assumption_1": found.holds,
        "universal": found.universal,
    }


def usual_parameters(name: str, n: int, seed: int = 0) -> dict[str, int]:
    """Return the parameters that `pattern_table` uses.

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

    Examples
    --------
    >>> undivided_block(16), undivided_block(36)
    (5, 5)
    """
    return next(w for w in range(usual_parameters("fixed", n)["w"] + 1, n + 2) if n % w)
