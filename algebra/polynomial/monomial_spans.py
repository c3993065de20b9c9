"""How many dimensions the monomials of a degree in a layer's activations span: the question, from both sides.

This is the Hilbert function of the closure of what a layer yields, at general weights. From above come the bounds of
`algebra.polynomial.hilbert`; from below a rank modulo a prime. The powers of general linear combinations of the
activations span what the monomials do, so as many of them as the upper bound says are enough, at as many points.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.evidence.checker.labels import digits
from algebra.evidence.evaluation import Evaluation, Seen, WholeMatrix, quick_trial
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known, bound_generic_rank
from algebra.evidence.reason import Reason
from algebra.memory import check_fits
from algebra.polynomial.architecture import check_widths
from algebra.polynomial.certify import span_json
from algebra.polynomial.hilbert import Architecture, span
from algebra.polynomial.span import ActivationValues

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from algebra.evidence.bounds import Bounds
    from algebra.rank.field import PrimeField

TRIALS = 2
"""Where the first stays below the upper bound; the second is hardly ever greater."""


@dataclass(frozen=True)
class PowersOfCombinations(Evaluation):
    """t-th powers of random combinations of the last layer's activations, at random points.

    Parameters
    ----------
    widths, degrees : tuple of int
        Layers 0 … l and the activation degrees of layers 1 … l.
    t : int
    """

    widths: tuple[int, ...]
    degrees: tuple[int, ...]
    t: int

    rule = "monomials"

    @property
    def label(self) -> str:
        """Name of the monomials, e.g. ``monomial-span:4-6:r2:t8``."""
        widths, degrees = "-".join(map(digits, self.widths)), ",".join(map(digits, self.degrees))
        return f"monomial-span:{widths}:r{degrees}:t{digits(self.t)}"

    def suits(self, prime: int) -> bool:
        """Tell whether powers span all monomials: the prime divides no multinomial coefficient."""
        return prime > self.t

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate `rows` powers at as many points."""
        values = ActivationValues(self.widths, self.degrees, False).matrix(field, key, rows, word_size)
        combinations = field.draw(key, "combinations", (rows, self.widths[-1]), word_size)
        return WholeMatrix(field.power(field.multiply(combinations, values), self.t), field.prime)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return key and prime."""
        return {"key": seen.key, "prime": seen.prime}


@dataclass(frozen=True)
class MonomialSpan(GenericRank):
    """The span of the monomials of degree t in the activations of the last of some layers."""

    powers: PowersOfCombinations

    @property
    def label(self) -> str:
        """Label of the monomials."""
        return self.powers.label

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Forms, relations and theorems; then ranks."""
        widths, degrees, t = self.powers.widths, self.powers.degrees, self.powers.t
        found = span(Architecture((*widths, 1), degrees), len(degrees), t)
        yield AtMost(Reason(found.rule or "forms", found.value, found.about))
        check_fits("t", f"a span of up to {digits(found.value)} dimensions", 24 * found.value**2)
        for number in range(TRIALS):
            yield AtLeast(quick_trial(self.powers, known.goal, known.seed, number))

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        powers = self.powers
        layers = {"widths": list(powers.widths), "degrees": list(powers.degrees), "t": powers.t}
        return {"quantity": "monomial-span", "label": self.label, **layers}

    def upper_json(self, upper: Reason) -> list[dict[str, Any]]:
        """Write the theorem down; forms and relations are counted by whoever checks."""
        return [] if upper.about is None else [span_json(upper)]


def monomial_span(widths: Sequence[int], degrees: Sequence[int], t: int, seed: int = 0) -> Bounds:
    """Bound the span of the monomials of degree t in the activations of the last layer, at general weights.

    Parameters
    ----------
    widths : sequence of int
        Layers 0 … l, l >= 1.
    degrees : sequence of int
        Activation degrees of the layers 1 … l.
    t : int
    seed : int

    Returns
    -------
    Bounds
        Proved where both sides meet, else inconclusive: no bound of the error is known for these ranks.

    Raises
    ------
    InputError
        For layers and degrees that do not fit, or a span too large for this machine.

    Examples
    --------
    >>> monomial_span((4, 6), (2,), 4)
    125 (proved)
    >>> monomial_span((3, 5), (3,), 5)
    120..121
    """
    checked = check_widths(widths)
    powers = tuple(as_integer("degrees", degree, least=1) for degree in degrees)
    if len(powers) != len(checked) - 1:
        raise InputError("degrees", list(powers), f"one degree for each of the {len(checked) - 1} layers")
    top = as_integer("t", t, least=1)
    if top * prod(powers) > MOST_DEGREE:
        raise InputError("t", t, f"forms of degree at most {MOST_DEGREE} in the inputs")
    return bound_generic_rank(MonomialSpan(PowersOfCombinations(checked, powers, top)), seed)


MOST_DEGREE = 10_000
"""Of the monomials in the inputs: beyond, a prime of 23 bits draws too few different values."""
