"""Degenerate optima in closed form, and what proves that nothing is below them.

Every lower bound here is that of one variable c = |C|: with the largest beta such that v^T C v <= beta |C|,

    F >= T/2 (1 - beta c)_+^2 + lam c    or    lam c^2 / 2,

some times over; `algebra.evidence.checker.clustering` has the argument.  The minimum over c is taken at x = beta c, and
its residual y = 1 - x is the multiplier of the certificate.  For each model there are Z and C with this value: they are
written down, and their value is computed from them, not from the formula.

References
----------
.. [1] B. Haeffele, C. You, R. Vidal, A Critique of Self-Expressive Deep Subspace Clustering, ICLR 2021,
   arXiv:2010.03697.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.evidence.checker.clustering import Model, Scalar, lower_value, scalar
from algebra.exact.numbers import number_text
from algebra.shown import Shown
from tensors.clustering.model import SelfExpressiveModel

if TYPE_CHECKING:
    from algebra.evidence import Certificate

Rows = tuple[tuple[Fraction, ...], ...]

MOST_POINTS = 100  # of an optimum that is written down: the checker eliminates matrices of this size in a second
MOST_ENTRIES = 10_000  # of its embedding

KINDS = {
    "no-expression": "C = 0, with any embedding",
    "scaling": "Z = 0 only: F(mu Z, 0) tends to 0 with mu, whatever Z is",
    "one-point": "all points at 0 except one, which expresses itself",
    "two-points": "all points at 0 except two, which are equal or opposite",
    "pairs": "every point has a twin, equal or opposite, and is expressed by twins alone",
    "itself": "any embedding, with C = (1 - lam) I",
    "rank-one": "any embedding of rank one, with C a multiple of the projector on its rows",
    "collapse": "all points equal up to sign",
    "any-rows": "any d-dimensional row space, with C a multiple of the projector on it",
}


@dataclass(frozen=True)
class DegenerateOptimum(Shown):
    """The least value of a self-expressive model over all embeddings and coefficients.

    Parameters
    ----------
    model : SelfExpressiveModel
    value : Fraction
        With the normalisation ``"none"`` the infimum.
    kind : str
        What attains it, a key of `KINDS`.
    is_only : bool, optional
        Whether nothing else does; None where that is not known.
    multiplier : Fraction
        Proves that nothing is below (the dual solution y).
    threshold : Fraction, optional
        From this lam on C = 0 is optimal; None if it never is.
    """

    model: SelfExpressiveModel
    value: Fraction
    kind: str
    is_only: bool | None
    multiplier: Fraction
    threshold: Fraction | None

    @property
    def attained_by(self) -> str:
        """What attains it, in words."""
        return KINDS[self.kind]

    def point(self) -> DegeneratePoint:
        """Return an embedding and coefficients that attain it.

        Returns
        -------
        DegeneratePoint

        Raises
        ------
        InputError
            If there are too many points to write down.
        """
        if self.model.N > MOST_POINTS:
            raise InputError("N", self.model.N, f"at most {MOST_POINTS} for an optimum that is written down")
        if self.model.N * self.model.d > MOST_ENTRIES:
            raise InputError("d", self.model.d, f"at most {MOST_ENTRIES} / N for an optimum that is written down")
        return _point(self)

    def certificate(self) -> Certificate:
        """Return what an independent checker needs: the point, and the multiplier.

        Returns
        -------
        Certificate

        Raises
        ------
        InputError
            If the model has too many points, or its numbers are too long.
        """
        from algebra.evidence.certificate import Certificate, checked_claim

        point, value = self.point(), number_text(self.value)
        claim = checked_claim(
            lambda: {"quantity": "clustering-optimum", "label": self.model.label, "model": self.model.to_json()},
            value,
            value,
        )
        lower = {"rule": "key-lemma", "multiplier": number_text(self.multiplier)}
        return Certificate.of(
            claim, None, lower=lower, upper={"rule": "point", **point.to_json(self.model.regulariser)}
        )


@dataclass(frozen=True)
class DegeneratePoint(Shown):
    """An embedding, the square root of `squared_scale` times Z, and coefficients C = P - M.

    Parameters
    ----------
    squared_scale : Fraction
    Z, C : tuple of tuple of Fraction
    P, M : tuple of tuple of Fraction
        Positive semidefinite matrices: the sum of their traces is the nuclear norm of C.
    """

    squared_scale: Fraction
    Z: Rows
    C: Rows
    P: Rows
    M: Rows

    def to_json(self, regulariser: str) -> dict[str, Any]:
        """Return it as certificates have it.

        Parameters
        ----------
        regulariser : str
            Of the model; with ``nuclear`` the two parts of C are written, too.

        Returns
        -------
        dict
            The keys ``squared_scale``, ``Z``, ``C`` and ``parts``.
        """
        parts = {"P": texts(self.P), "M": texts(self.M)} if regulariser == "nuclear" else None
        scale = number_text(self.squared_scale)
        return {"squared_scale": scale, "Z": texts(self.Z), "C": texts(self.C), "parts": parts}


def texts(rows: Rows) -> list[list[str]]:
    """Write a matrix as certificates and answers have it."""
    return [[number_text(entry) for entry in row] for row in rows]


def degenerate_optimum(model: SelfExpressiveModel) -> DegenerateOptimum:
    """Return the least value of a model over all embeddings and coefficients, exactly, and what attains it.

    Parameters
    ----------
    model : SelfExpressiveModel

    Returns
    -------
    DegenerateOptimum

    Raises
    ------
    InputError
        Of a whitened embedding with another regulariser or diagonal than those whose optimum is known.

    Examples
    --------
    >>> found = degenerate_optimum(SelfExpressiveModel("frobenius", "l1", 3, "1/4", 1))
    >>> str(found.value), found.attained_by
    ('3/8', 'all points at 0 except two, which are equal or opposite')
    >>> found.certificate().check().valid
    True

    References
    ----------
    .. [1] Haeffele, You, Vidal (2021), arXiv:2010.03697; the constants are those of `docs/clustering.md`.
    """
    if model.normalisation == "whitened" and (model.regulariser == "l1" or model.diagonal == "zero"):
        allowed = "frobenius, rows, instance or none: whitened only a free diagonal without l1 is solved"
        raise InputError("normalisation", model.normalisation, allowed)
    if model.normalisation == "none":
        return DegenerateOptimum(model, Fraction(0), "scaling", True, Fraction(0), None)

    plain = _for_the_checker(model)
    bound = scalar(plain)
    multiplier = _residual(model, bound)
    kind, is_only = ("no-expression", True) if multiplier == 1 else _kind(model)
    return DegenerateOptimum(model, lower_value(plain, multiplier), kind, is_only, multiplier, _threshold(model, bound))


def _for_the_checker(model: SelfExpressiveModel) -> Model:
    kind = model.normalisation, model.regulariser, model.diagonal
    return Model(*kind, model.N, model.d, model.tau, model.lam)


def _residual(model: SelfExpressiveModel, bound: Scalar) -> Fraction:
    """Return 1 - beta c at the best c: of a norm lam / (T beta) or 1, of the square lam / (lam + T beta^2)."""
    if model.regulariser == "square":
        return model.lam / (model.lam + bound.weight * bound.beta_squared)
    threshold = _threshold(model, bound)
    return Fraction(1) if not threshold else min(Fraction(1), model.lam / threshold)


def _threshold(model: SelfExpressiveModel, bound: Scalar) -> Fraction | None:
    """Return T beta, from which on a norm costs more than it gains; 0 if C has to vanish."""
    beta = {Fraction(0): Fraction(0), Fraction(1, 4): Fraction(1, 2)}.get(bound.beta_squared, Fraction(1))
    return None if model.regulariser == "square" and beta else bound.weight * beta


def _kind(model: SelfExpressiveModel) -> tuple[str, bool | None]:
    """Return what attains the bound where C does not vanish, and whether nothing else does."""
    is_instance, is_free = model.normalisation == "instance", model.diagonal == "free"
    if model.normalisation == "whitened":
        return "any-rows", None
    if model.regulariser == "l1":
        if is_instance:
            return ("itself", None) if is_free else ("pairs", True)
        return ("one-point" if is_free else "two-points"), True
    if is_instance or (model.regulariser == "square" and not is_free):
        return "collapse", True if model.regulariser == "square" or is_free else None
    return ("rank-one", True) if is_free else ("two-points", None)


def _point(optimum: DegenerateOptimum) -> DegeneratePoint:
    """Write the optimum down: Z, and C as blocks on groups of points that are equal."""
    model, x = optimum.model, 1 - optimum.multiplier
    if optimum.kind == "scaling":
        nothing = _blocks(model.N, [], Fraction(0), is_free=False)
        return DegeneratePoint(Fraction(0), _tuples([[0] * model.N] * model.d), *nothing)
    return _point_of_units(optimum, x) if model.normalisation == "instance" else _point_of_norm(optimum, x)


def _point_of_units(optimum: DegenerateOptimum, x: Fraction) -> DegeneratePoint:
    """Place every point on the unit circle: all at one place, or in groups with a direction each."""
    N, d = optimum.model.N, optimum.model.d
    groups = [tuple(range(N))]
    if optimum.kind == "pairs":
        groups = _pairs(N)
    elif optimum.kind == "itself":
        groups = [(i,) for i in range(N)]

    rows = [[Fraction(1)] * N] if d == 1 else _directions(groups, N)
    Z = _tuples([*rows, *[[0] * N] * (d - len(rows))])
    if optimum.kind == "pairs":
        return DegeneratePoint(Fraction(1), Z, *_twins(N, groups, x))
    return DegeneratePoint(Fraction(1), Z, *_blocks(N, groups, x, optimum.model.diagonal == "free"))


def _point_of_norm(optimum: DegenerateOptimum, x: Fraction) -> DegeneratePoint:
    """Place few points or all at one place, in one row or in all; of a whitened embedding one point in each row."""
    model = optimum.model
    N, d, is_free = model.N, model.d, model.diagonal == "free"
    assert model.tau is not None

    if model.normalisation == "whitened":
        units = _tuples([[int(i == k) for i in range(N)] for k in range(d)])
        alone: list[tuple[int, ...]] = [(i,) for i in range(d)]
        return DegeneratePoint(model.tau / d, units, *_blocks(N, alone, x, is_free))

    few = {"one-point": 1, "two-points": 2}.get(optimum.kind, N)
    rows = d if model.normalisation == "rows" else 1
    Z = [[int(i < few and k < rows) for i in range(N)] for k in range(d)]
    together = [tuple(range(few))]
    return DegeneratePoint(model.tau / (few * rows), _tuples(Z), *_blocks(N, together, x, is_free))


def _tuples(rows: Any) -> Rows:
    return tuple(tuple(map(Fraction, row)) for row in rows)


def _pairs(N: int) -> list[tuple[int, ...]]:
    """Return the points in pairs, the last three together if their number is odd."""
    starts = range(0, N - N % 2, 2)
    return [(i, i + 1, i + 2) if N % 2 and i == N - 3 else (i, i + 1) for i in starts]


def _directions(groups: list[tuple[int, ...]], N: int) -> list[list[Fraction]]:
    """Return rational unit vectors in the plane, one direction a group, no two of them equal or opposite."""
    rows = [[Fraction(0)] * N, [Fraction(0)] * N]
    for t, group in enumerate(groups):
        for j in group:
            rows[0][j], rows[1][j] = Fraction(1 - t * t, 1 + t * t), Fraction(2 * t, 1 + t * t)
    return rows


def _twins(N: int, groups: list[tuple[int, ...]], x: Fraction) -> tuple[Rows, Rows, Rows]:
    """Return coefficients that express every point by x times the next one of its group; no parts are needed."""
    rows = [[Fraction(0)] * N for _ in range(N)]
    for group in groups:
        for place, j in enumerate(group):
            rows[group[place - 1]][j] = x
    return _tuples(rows), (), ()


def _blocks(N: int, groups: list[tuple[int, ...]], x: Fraction, is_free: bool) -> tuple[Rows, Rows, Rows]:
    """Return C, P, M: on each group of k points C = x E/k, or x (E - I)/(k - 1) without a diagonal, E all ones.

    E/k is the projector on the group's vector of ones.  So C has the eigenvalue x there and -x / (k - 1) beside it.
    """
    P = [[Fraction(0)] * N for _ in range(N)]
    M = [[Fraction(0)] * N for _ in range(N)]
    for group in groups:
        k = len(group)
        for i in group:
            for j in group:
                P[i][j] = x / k
                if not is_free and k > 1:
                    M[i][j] = (x / (k - 1)) * ((i == j) - Fraction(1, k))
    C = [[p - m for p, m in zip(*rows, strict=True)] for rows in zip(P, M, strict=True)]
    return _tuples(C), _tuples(P), _tuples(M)
