"""Nonlinear networks whose certified constants are held against Jacobians at random points, in ball arithmetic."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, arb_mat, fmpq, fmpq_mat

from algebra import Grade
from algebra.exact.balls import WORKING_BITS
from algebra.exact.precision import precision
from algebra.nonlinear import FunctionSpaceCheck, check_function_space
from algebra.nonlinear.activation import activation_of, leaky_softplus
from proofs_check.claim import Verdict

SLACK = fmpq(1) - fmpq(1, 1 << 40)
POINTS = 5
TENTH = Fraction(1, 10)


def _sigmoid(t: arb) -> arb:
    return 1 / (1 + (-t).exp())


def _leaky(t: arb) -> arb:
    return t / 10 + ((1 + t.exp()).log() - arb(2).log()) * 9 / 10


# name -> the activation and its derivative
FUNCTIONS: dict[str, tuple[Callable[[arb], arb], Callable[[arb], arb]]] = {
    "identity": (lambda t: t, lambda t: arb(1)),
    "x+tanh": (lambda t: t + t.tanh(), lambda t: 2 - t.tanh() * t.tanh()),
    "x+arctan": (lambda t: t + t.atan(), lambda t: 1 + 1 / (1 + t * t)),
    "leaky_softplus(1/10)": (_leaky, lambda t: arb(fmpq(1, 10)) + _sigmoid(t) * 9 / 10),
}


@dataclass(frozen=True)
class Net:
    """A network with layers phi(W_i x), the last one linear or not, and random rational weights.

    Examples
    --------
    >>> Net((3, 2, 1), "x+tanh", False, 0).label
    'net:3-2-1:x+tanh:seed 0'
    """

    widths: tuple[int, ...]
    activation: str
    activate_output: bool
    seed: int

    @property
    def label(self) -> str:
        """Short name."""
        last = ":activated output" if self.activate_output else ""
        return f"net:{'-'.join(map(str, self.widths))}:{self.activation}{last}:seed {self.seed}"

    @property
    def weights(self) -> tuple[fmpq_mat, ...]:
        """W_1 to W_H."""
        return _weights(self)

    def is_activated(self, layer: int) -> bool:
        """Whether layer i applies the activation, i from 1 on."""
        return layer < len(self.widths) - 1 or self.activate_output


@lru_cache(maxsize=256)
def _weights(net: Net) -> tuple[fmpq_mat, ...]:
    generator = random.Random(net.seed)
    sizes = zip(net.widths[1:], net.widths, strict=False)
    return tuple(fmpq_mat(a, b, [fmpq(generator.randint(-5, 5), 3) for _ in range(a * b)]) for a, b in sizes)


def nets(theorem: str) -> tuple[Net, ...]:
    """Return the instances of one theorem; for some the certificate fails.

    Examples
    --------
    >>> len(nets("4.1"))
    24
    """
    wide = ((3, 3, 2), (2, 4, 3, 1), (3, 2, 2, 2))
    tall = ((2, 2, 4, 3), (1, 3, 2), (2, 2, 3, 2))
    shapes = wide if theorem == "4.1" else tall
    return tuple(Net(widths, name, seed == 1, seed) for widths in shapes for name in FUNCTIONS for seed in (0, 1))


def check_of(net: Net, theorem: str) -> FunctionSpaceCheck | None:
    """Return what the checker says of one theorem.

    Examples
    --------
    >>> check_of(Net((2, 2, 1), "x+tanh", False, 0), "4.1").theorem
    '4.1'
    """
    known = leaky_softplus(TENTH) if net.activation.startswith("leaky") else activation_of(net.activation)
    found = check_function_space(net.weights, known, net.activate_output)
    return next((check for check in found if check.theorem == theorem), None)


def theorem_applies(net: Net, theorem: str) -> bool:
    """Tell whether every hypothesis that the checker can test holds."""
    found = check_of(net, theorem)
    return found is not None and found.testable_hold


def verified_bounds(net: Net, theorem: str, seed: int) -> Verdict:
    """Hold the constants that the checker certifies against the network at random points, in ball arithmetic."""
    found = check_of(net, theorem)
    assert found is not None
    generator = random.Random(seed)
    split = found.split or 1
    low, high = found.squared_bounds.get("f", Fraction(1)), found.squared_bounds["g"]
    with precision(WORKING_BITS):
        for _ in range(POINTS):
            point = [arb(fmpq(generator.randint(-30, 30), 10)) for _ in range(net.widths[0])]
            inner = _run(net, 1, split - 1, point)[0]
            if not _norm(inner) >= _norm(point) * arb(fmpq(low.numerator, low.denominator) * SLACK):
                return Verdict.violated(Grade.PROVED, reason="|f(u)| is less than eps |u|")
            middle = _run(net, split, split, inner)[0]
            if not _is_at_least(_run(net, split + 1, len(net.weights), middle)[1], high):
                return Verdict.violated(Grade.PROVED, reason="the Jacobian of g has a singular value below eps")
    return Verdict.holds(Grade.PROVED)


def _run(net: Net, first: int, last: int, point: Sequence[arb]) -> tuple[list[arb], arb_mat]:
    """Return the layers' value and Jacobian at a point."""
    value, derivative = FUNCTIONS[net.activation]
    size = len(point)
    vector, jacobian = list(point), arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    for layer in range(first, last + 1):
        W = arb_mat(net.weights[layer - 1])
        inside = list((W * arb_mat(len(vector), 1, vector)).entries())
        jacobian = W * jacobian
        if net.is_activated(layer):
            rows = [[derivative(t) * entry for entry in row] for t, row in zip(inside, jacobian.table(), strict=True)]
            jacobian, inside = arb_mat(rows), [value(t) for t in inside]
        vector = inside
    return vector, jacobian


def _norm(vector: Sequence[arb]) -> Any:
    return sum((entry * entry for entry in vector), arb(0))


def _is_at_least(jacobian: arb_mat, square: Fraction) -> bool:
    """Tell whether J Jᵀ exceeds this multiple of the identity, less a part in 2^40: all leading minors are positive."""
    shift = arb(fmpq(square.numerator, square.denominator) * SLACK)
    rows = (jacobian * jacobian.transpose()).table()
    shifted = [[entry - shift if i == j else entry for j, entry in enumerate(row)] for i, row in enumerate(rows)]
    return all(arb_mat([row[:n] for row in shifted[:n]]).det() > 0 for n in range(1, len(rows) + 1))
