r"""Global identifiability by the tangential contact locus: one more rank decides it, for one hidden layer.

The functions of one hidden neuron are the points c ⊗ l^r of a Segre–Veronese variety X of dimension d_0 + d_2 - 2, and
those of a network with s = d_1 neurons the sums of s of them. At s general points let the tangent spaces span as many
dimensions as there are parameters, s(d_0 + d_2 - 1), but not the whole space. A hyperplane that contains them all
touches X at the s points. If the second derivatives on X of all these hyperplanes, at one of the points, have together
rank dim X, then they touch it nowhere near that point: X is not *s-tangentially weakly defective*, and a general sum of
s points of X has one decomposition [1]_ [2]_ [3]_. So a general network has one orbit of weights under scalings and
permutations: it is globally identifiable.

With biases the weights of a neuron are a form in one more variable z, and the last bias is any multiple of z^r: X is
projected from the points b ⊗ z^r, where it keeps its dimension, and a point of it still tells its neuron.

A general network with fewer neurons than inputs or outputs depends on as many forms, or has as many independent
outputs, as it has neurons, and so has every network of that width with the same function. So d_0 and d_2 may be lowered
to d_1 first; where d_1 >= 2, hyperplanes touch X along more than the points otherwise, unique or not.

Both ranks may be seen at one choice of weights modulo a prime: where the tangent spaces span so many dimensions, the
hyperplanes move with the weights, and a minor that does not vanish there does not vanish at general weights.

References
----------
.. [1] L. Chiantini, G. Ottaviani, On generic identifiability of 3-tensors of small rank, SIAM J. Matrix Anal. Appl. 33
   (2012).
.. [2] L. Chiantini, G. Ottaviani, N. Vannieuwenhoven, An algorithm for generic and low-rank specific identifiability of
   complex tensors, SIAM J. Matrix Anal. Appl. 35 (2014).
.. [3] L. Chiantini, G. Ottaviani, N. Vannieuwenhoven, On generic identifiability of symmetric tensors of subgeneric
   rank, Trans. AMS 369 (2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from algebra.evidence.certificate import Certificate
from algebra.evidence.checker.labels import network_label
from algebra.evidence.evaluation import Evaluation, PoleError, Seen, WholeMatrix, look, suitable_prime
from algebra.memory import binomial
from algebra.polynomial.graph_conditions import monomial_values, monomials
from algebra.rank.modular_rank import feed_flint, minor_of_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.polynomial.hilbert import Architecture
    from algebra.rank.field import PrimeField

MOST_TANGENTS = 1500
"""Dimensions of the tangent spaces' span: the elimination takes seconds, and so does that of the checker."""

MOST_COORDINATES = 20_000
"""Of the space in which X lies: tangent vectors are written down in full."""

ATTEMPTS = 2
"""Choices of weights; the first has hardly ever special ones."""

EXCEPTIONS = {(3, 9, 1, 6), (4, 8, 1, 4), (6, 9, 1, 3)}
"""(d_0, d_1, d_2, r) whose contact locus is a curve, two decompositions [3]_: of one output and r >= 3, the only ones
that are not defective and do not fill."""


class Contact(NamedTuple):
    """What the contact locus says of a network with one hidden layer.

    Parameters
    ----------
    seen : Seen or None
        Where the hyperplanes' second derivatives have rank dim X; None if that was not seen.
    undecided : str
        Why nothing is decided; empty if the network is globally identifiable.
    """

    seen: Seen | None
    undecided: str = ""


@dataclass(frozen=True)
class ContactHessians(Evaluation):
    """Second derivatives on X, at the first point, of hyperplanes that contain the tangent spaces at all points.

    Parameters
    ----------
    architecture : Architecture
        One hidden layer.
    ends : (int, int)
        d_0 and d_2, or what they are lowered to.
    """

    architecture: Architecture
    ends: tuple[int, int]

    rule = "contact-locus"

    @property
    def label(self) -> str:
        """Name of the Hessians, e.g. ``contact-locus:pnn:3-8-1:r6``."""
        return f"{self.rule}:{label_of(self.architecture)}"

    @property
    def neurons(self) -> int:
        """How many points s."""
        return self.architecture.widths[1]

    @property
    def variables(self) -> int:
        """Variables of the forms; a bias is one more."""
        return self.ends[0] + self.architecture.biases

    @property
    def outputs(self) -> int:
        """Entries of c."""
        return self.ends[1]

    @property
    def tangents(self) -> int:
        """Dimension that the tangent spaces span unless X is defective."""
        return self.neurons * (self.variables + self.outputs - 1)

    @property
    def coordinates(self) -> int:
        """Dimension of the space of outputs; with biases modulo the constants."""
        n, r = self.variables, self.architecture.degrees[0]
        return self.outputs * (binomial(r + n - 1, n - 1) - self.architecture.biases)

    @property
    def dimension(self) -> int:
        """Dimension of X as a projective variety."""
        return self.variables + self.outputs - 2

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate; tangent spaces that span less than they should are a pole."""
        points = self.points(field, key, word_size)
        chosen = self.pivots(points, field)
        return WholeMatrix(self.hessians(points, self.hyperplanes(points, chosen, field, key), field), field.prime)

    def points(self, field: PrimeField, key: str, word_size: int = 1) -> Points:
        """Draw the points and take the derivatives of the monomials at them."""
        s, m = self.neurons, self.outputs
        n, r = self.variables, self.architecture.degrees[0]
        forms = field.draw(key, "forms", (s, n), word_size)
        outputs = field.draw(key, "outputs", (s, m), word_size)
        exponents = monomials(n, r)[: -1 if self.architecture.biases else None]
        first = np.stack([_derivative(field, forms, exponents, (i,)) for i in range(n)], axis=1)
        return Points(forms, outputs, exponents, monomial_values(field, forms, exponents), first)

    def tangent_vectors(self, points: Points, field: PrimeField) -> NDArray[Any]:
        """Return, for each point, e_a ⊗ l^r for all outputs a, and c ⊗ l^(r-1) x_i for all variables i."""
        s, m = points.outputs.shape
        n, count = points.first.shape[1:]
        rows = np.zeros((s, m + n, m, count))
        for a in range(m):
            rows[:, a, a] = points.values
        for b in range(m):
            rows[:, m:, b] = field.times(points.outputs[:, b, None, None], points.first)
        return rows.reshape(s, m + n, m * count)

    def pivots(self, points: Points, field: PrimeField) -> list[int]:
        """Return coordinates in which the tangent vectors are independent, as many as there should be."""
        free = self._free(self.tangent_vectors(points, field))
        columns = minor_of_array(free, field.prime, self.tangents)[1]
        if len(columns) < self.tangents:
            raise PoleError("the tangent spaces span less than they should at these points")
        return sorted(columns)

    def _free(self, tangents: NDArray[Any]) -> NDArray[Any]:
        """Leave out, at each point, the last tangent vector: Euler's formula makes it depend on the others."""
        return tangents[:, :-1].reshape(self.tangents, -1)

    def hyperplanes(self, points: Points, pivots: list[int], field: PrimeField, key: str) -> NDArray[Any]:
        """Return general hyperplanes that contain all tangent vectors, as many as can cut the contact locus down."""
        free = self._free(self.tangent_vectors(points, field))
        others = np.setdiff1d(np.arange(self.coordinates), pivots)
        count = min(len(others), self.dimension + 1)
        chosen = field.draw(key, "hyperplanes", (len(others), count))
        right = field.multiply(free[:, others], chosen)
        solved = feed_flint(free[:, pivots], field.prime).solve(feed_flint(right, field.prime))
        found = np.zeros((count, self.coordinates))
        found[:, others] = chosen.T
        values = [int(solved[i, j]) for i in range(self.tangents) for j in range(count)]
        found[:, pivots] = -np.array(values, float).reshape(self.tangents, count).T
        return field.residues(found)

    def hessians(self, points: Points, hyperplanes: NDArray[Any], field: PrimeField) -> NDArray[Any]:
        """Return the second derivatives of h(c ⊗ l^r) in c and l at the first point, for each hyperplane h in turn."""
        m, n = points.outputs.shape[1], self.variables
        sides = hyperplanes.reshape(len(hyperplanes), m, -1)
        found = np.zeros((len(hyperplanes), m + n, m + n))
        for a in range(m):
            mixed = field.multiply(sides[:, a], points.first[0].T)
            found[:, a, m:] = found[:, m:, a] = mixed
        weighted = field.zeros(sides[:, 0].shape)
        for b in range(m):
            weighted = field.plus(weighted, field.times(points.outputs[0, b, None, None], sides[:, b]))
        for i in range(n):
            for j in range(i, n):
                second = _derivative(field, points.forms[:1], points.exponents, (i, j))
                found[:, m + i, m + j] = found[:, m + j, m + i] = field.multiply(weighted, second.T)[:, 0]
        return found.reshape(-1, m + n)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return key and prime."""
        return {"key": seen.key, "prime": seen.prime}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Name the coordinates of the tangent spaces' minor, the hyperplanes, and the minor of their Hessians."""
        from algebra.rank.field import prime_field

        field = prime_field(seen.prime)
        points = self.points(field, seen.key)
        pivots = self.pivots(points, field)
        size = self.variables + self.outputs
        used = self.hyperplanes(points, pivots, field, seen.key)[: max(rows, default=0) // size + 1]
        return {
            "rule": self.rule,
            **self.details(seen),
            "ends": list(self.ends),
            "coordinates": pivots,
            "hyperplanes": [[int(c) % seen.prime for c in row] for row in used],
            "rows": list(rows),
            "columns": list(columns),
        }


class Points(NamedTuple):
    """Points of X: forms l, outputs c, exponents of the monomials, their values and their first derivatives at l."""

    forms: NDArray[Any]
    outputs: NDArray[Any]
    exponents: NDArray[np.int64]
    values: NDArray[Any]
    first: NDArray[Any]


def _derivative(
    field: PrimeField, points: NDArray[Any], exponents: NDArray[np.int64], variables: tuple[int, ...]
) -> NDArray[Any]:
    """Return a derivative of all monomials at points: points times monomials."""
    left, factor = exponents.copy(), np.ones(len(exponents), np.int64)
    for i in variables:
        factor *= left[:, i]
        left[:, i] = np.maximum(left[:, i] - 1, 0)
    values: NDArray[Any] = field.times(monomial_values(field, points, left), field.residues(factor)[None, :])
    return values


def contact_locus(architecture: Architecture) -> Contact:
    """Decide by the contact locus whether a network with one hidden layer is globally identifiable.

    Parameters
    ----------
    architecture : Architecture
        One hidden layer of degree at least 2, that reaches its naive dimension.

    Returns
    -------
    Contact

    Examples
    --------
    Of the networks (3, s, 1) of degree 6 those with up to eight neurons; nine are a published exception:

    >>> from algebra.polynomial.hilbert import Architecture
    >>> contact_locus(Architecture((3, 8, 1), (6,))).undecided
    ''
    >>> contact_locus(Architecture((3, 9, 1), (6,))).undecided  # doctest: +NORMALIZE_WHITESPACE
    'the contact locus seems to be of positive dimension: the Hessians of the hyperplanes have rank 1 of 2;
    a published exception'
    """
    d0, d1, d2 = architecture.widths
    lowered, whole = (min(d0, d1), min(d2, d1)), (d0, d2)
    found = _contact_locus(ContactHessians(architecture, lowered))
    if found.seen is not None or lowered == whole:
        return found
    other = _contact_locus(ContactHessians(architecture, whole))
    return found if other.seen is None else other


def _contact_locus(hessians: ContactHessians) -> Contact:
    architecture = hessians.architecture
    if hessians.tangents >= hessians.coordinates:
        return Contact(None, "the tangent spaces fill the space: no hyperplane contains them")
    if hessians.tangents > MOST_TANGENTS or hessians.coordinates > MOST_COORDINATES:
        return Contact(None, f"the tangent spaces span {hessians.tangents:,} dimensions: too many to be looked at")

    ranks = []
    for attempt in range(ATTEMPTS):
        key = f"{hessians.label}/attempt={attempt}"
        try:
            seen = look(hessians, key, hessians.dimension, suitable_prime(hessians))
        except ArithmeticError:
            return Contact(None, "the tangent spaces were not seen to span as many dimensions as there are parameters")
        if seen.rank >= hessians.dimension:
            return Contact(seen)
        ranks.append(seen.rank)
    shown = f"the Hessians of the hyperplanes have rank {max(ranks)} of {hessians.dimension}"
    is_published = (*architecture.widths, *architecture.degrees) in EXCEPTIONS and not architecture.biases
    known = "; a published exception" if is_published else ""
    return Contact(None, f"the contact locus seems to be of positive dimension: {shown}{known}")


def contact_certificate(seen: Seen) -> Certificate:
    """Write down that a network is globally identifiable, for the independent checker.

    Examples
    --------
    >>> from algebra.polynomial.hilbert import Architecture
    >>> contact_certificate(contact_locus(Architecture((3, 3, 1), (4,))).seen).check().statement
    'pnn:3-3-1:r4 is globally identifiable'
    """
    hessians = seen.evaluation
    assert isinstance(hessians, ContactHessians)
    a = hessians.architecture
    claim = {"quantity": "global-identifiability", "label": label_of(a), "network": a.to_json()}
    return Certificate.of(claim, None, contact=seen.minor_json())


def label_of(a: Architecture) -> str:
    """Permanent label of the network."""
    return network_label(a.widths, list(map(str, a.degrees)), True, a.biases)
