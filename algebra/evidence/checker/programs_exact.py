"""A program at given weights and samples, in exact numbers: its scalars, and their derivatives along vectors.

A rectifier is active where its argument is above 0, and its derivative is 0 elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from .limits import MOST_BITS, hold, need, per_product, spend
from .programs_intervals import rounded
from .programs_reading import EXPONENTIALS, Program
from .programs_signs import ENCLOSED, Ratio, active_from, form_at, function, length, pay, plus
from .programs_tape import Rational

Values = dict[int, Ratio]

Vector = dict[int, int]
"""Of weights, by number: integers that are not 0."""


class Given(NamedTuple):
    """A program with its weights, also over one denominator, and its inputs at each sample, as numbers."""

    program: Program
    weights: list[Rational]
    ratios: list[Ratio]
    samples: list[list[Rational]]

    @property
    def rows(self) -> int:
        """Outputs times samples."""
        return len(self.samples) * len(self.program.outputs)

    def values(self, t: int) -> Values:
        """Return all scalars that the outputs need at a sample; of a program with exponentials those before them."""
        p, z = self.program, Values()
        inputs = over_one(self.samples[t])
        hold(len(p.needed), 200, "the program at a sample")
        spend(4 * len(p.needed), "the program at a sample")
        for u in p.needed:
            kind, of, terms, number = p.tape.made[u]
            if p.exponents and (kind in EXPONENTIALS or not z.keys() >= set(of)):
                continue
            if kind == "weight":
                z[u] = self.ratios[number]
            elif kind == "input":
                z[u] = inputs[number]
            elif kind == "form":
                z[u] = form_at(terms, of, z)
            elif kind == "relu":
                z[u] = z[of[0]] if z[of[0]][0] > 0 else (0, 1)
            elif z[of[0]][0] == 0 and kind == "power":
                z[u] = (0, 1)
            else:
                z[u] = function(kind, z[of[0]], number)
        return z

    def active(self, t: int) -> frozenset[int]:
        """Return the rectifiers that are active at a sample: exactly, or beside exponentials by intervals."""
        if not self.program.exponents:
            return active(self.program, self.values(t))
        p, before = self.program, self.values(t)
        z = {u: rounded(Fraction(*value)) for u, value in before.items()}
        found = [u for u, value in before.items() if p.tape.made[u].kind == "relu" and value[0] > 0]
        return active_from(p, z, found, {u for u, value in before.items() if value[0] == 0}, ENCLOSED)


def over_one(numbers: Sequence[Rational]) -> list[Ratio]:
    """Return numbers over one denominator, so that sums of their products are over one, too."""
    common = 1
    spend(20 * len(numbers), "the weights and the data")
    for value in numbers:
        common = lcm(common, value.denominator)
        need(common.bit_length() <= MOST_BITS, "the weights or the data have too many denominators")
    return [(value.numerator * (common // value.denominator), common) for value in numbers]


def active(p: Program, z: Values) -> frozenset[int]:
    """Return the rectifiers that are active."""
    return frozenset(u for u in p.needed if p.tape.made[u].kind == "relu" and z[u][0] > 0)


def reached(p: Program, vector: Vector) -> list[int]:
    """Return the scalars that weights change, without these, in order."""
    found = set(vector)
    spend(10 * sum(1 + len(p.tape.made[u].of) for u in p.needed), "a vector of the kernel")
    for u in p.needed:
        if not found.isdisjoint(p.tape.made[u].of):
            found.add(u)
    return sorted(found - set(vector))


def changes_outputs(p: Program, z: Values, vector: Vector, above: Sequence[int]) -> bool:
    """Tell whether the derivative of an output along a vector is not 0, at the values of all scalars.

    Weight q is scalar q of the tape; `above` are the scalars that it reaches. Derivatives that are 0 are left out.
    """
    spend(10 * (len(vector) + len(above)), "a vector of the kernel")
    found: Values = {q: (c, 1) for q, c in vector.items()}
    for u in above:
        total = (0, 1)
        for factor, v in slopes(p, u, z, found):
            total = plus(total, (factor[0] * found[v][0], factor[1] * found[v][1]))
        if total[0]:
            found[u] = total
    return any(u in found for u in p.outputs)


def slopes(p: Program, u: int, z: Values, moved: Values) -> Iterator[tuple[Ratio, int]]:
    """Yield the partial derivatives of a scalar in those that move."""
    kind, of, terms, number = p.tape.made[u]
    if kind == "form":
        pay(2 * len(terms), [z[v] for v in of] + [moved[v] for v in of if v in moved])
        for symbol, c in terms:
            for place, v in enumerate(symbol):
                if v in moved:
                    others = symbol[:place] + symbol[place + 1 :]
                    above, below = z[others[0]] if others else (1, 1)
                    yield (above * c.numerator, below * c.denominator), v
        return
    (v,) = of
    if v not in moved:
        return
    pay(2, [z[v], moved[v]])
    above, below = z[v]
    if kind == "relu":
        if above > 0:
            yield (1, 1), v
    elif kind == "power":
        bits = length(z[v]) * number
        need(bits <= MOST_BITS, "the numbers at a sample are too long")
        spend(4 * per_product(bits), "a vector of the kernel")
        yield (number * above ** (number - 1), below ** (number - 1)), v
    else:
        above, below = z[u]
        yield (-above * above, below * below), v
