"""Exponentials at given weights and data: powers of one transcendental number.

Where no exponential stands behind another, every exponent at given rational weights and data is a rational number k/D,
with one denominator D for all. So every exponential is a power q^k of q = exp(1/D), which is transcendental (Hermite):
what a program computes lies in a field of rational functions of q, and a residue may stand for q. A rank modulo a prime
is a lower bound of the rank at the real numbers. Exponentials behind exponentials are refused: whether exp(1) and
exp(exp(1)) are algebraically independent, say, is an open question (Schanuel's conjecture).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.programs.arithmetic import Rationals
from algebra.programs.balls import Balls
from algebra.programs.exponentials import EXPONENTIAL
from algebra.programs.lowering import constant_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from algebra.programs.given_point import GivenPoint
    from algebra.programs.lowering import Graph
    from algebra.rank.field import PrimeField
    from algebra.types import Array

KEY = "given-exponentials"
"""Key of the residue that stands for q."""


@dataclass(frozen=True, eq=False)
class ExactPart:
    """What a program computes before its exponentials, in exact numbers.

    Parameters
    ----------
    powers : mapping of int to ndarray
        For every exponential the integers k, with the samples in front.
    numbers : Rationals
        The signs of the rectifiers that depend on no exponential.
    common : int
        The denominator D of all exponents.
    """

    powers: Mapping[int, Array] = field(default_factory=dict)
    numbers: Rationals = field(default_factory=Rationals)
    common: int = 1

    @classmethod
    def of(cls, graph: Graph, point: GivenPoint) -> ExactPart:
        """Run the part of a program that depends on no exponential.

        Raises
        ------
        PoleError
            If a denominator vanishes.
        """
        if not graph.numbers(*EXPONENTIAL):
            return cls()
        numbers = Rationals()
        exponents: dict[int, Array] = {}
        values: list[Any] = []
        for i, (node, depth) in enumerate(zip(graph.nodes, graph.depths(*EXPONENTIAL), strict=True)):
            if isinstance(node.operation, EXPONENTIAL):
                exponents[i] = values[node.of[0]]
            if depth:
                values.append(None)
            elif node.operation is not None:
                values.append(node.operation.forward(numbers, i, [values[j] for j in node.of]))
            elif node.constant is not None:
                values.append(constant_array(node.constant))
            else:
                values.append(point.leaves[node.name])

        common = lcm(*(x.denominator for array in exponents.values() for x in array.ravel().tolist()))
        return cls({i: np.asarray(array * common, object) for i, array in exponents.items()}, numbers, common)

    def residues(self, field: PrimeField) -> Any:
        """Return what stands for the exponentials modulo a prime: powers of one residue."""
        prime, base = field.prime, _base(field)

        def source(node: int, exponents: Array) -> Array:
            flat = [pow(base, int(k) % (prime - 1), prime) for k in self.powers[node].ravel().tolist()]
            return field.residues(np.array(flat, object)).reshape(self.powers[node].shape)

        return source

    def base_json(self, field: PrimeField) -> dict[str, int]:
        """Write down what stands for q, and D; nothing where there are no exponentials."""
        return {"base": _base(field), "common": self.common} if self.powers else {}


def _base(field: PrimeField) -> int:
    """Return what stands for q modulo a prime."""
    return 2 + int(field.draw(KEY, "base", (1,))[0]) % (field.prime - 2)


@dataclass(frozen=True, eq=False)
class BallsBeside(Balls):
    """Balls that take the signs that are known exactly.

    Parameters
    ----------
    exact : Rationals
    """

    exact: Rationals = field(default_factory=Rationals)

    def positive(self, node: int, z: Array) -> NDArray[np.bool_]:
        """Return the exact sign, or decide those that are decided, and note both."""
        if node not in self.exact.signs:
            return super().positive(node, z)
        self.signs[node], self.zeros[node] = self.exact.signs[node], self.exact.zeros[node]
        self.undecided[node] = np.zeros_like(self.exact.signs[node])
        return self.signs[node]
