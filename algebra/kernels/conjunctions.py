"""The least norm that a conjunction of k literals needs: exactly, with a margin, or approximately; on three domains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from algebra.errors import InputError, as_integer, one_of
from algebra.evidence.certificate import Certificate
from algebra.evidence.checker.labels import conjunction_label
from algebra.exact.numbers import exact_number, number_text
from algebra.kernels.norms import RootSum, best_norm, conjunction_weights
from algebra.kernels.programs import Limits, least_norm, literal_count
from algebra.kernels.schemes import Scheme
from algebra.kernels.whole_cube import monomial_norm
from algebra.kernels.whole_cube_programs import whole_cube_norm
from algebra.shown import Shown

Domain = Literal["hypercube", "slice", "cube01"]
Mode = Literal["exact", "margin", "approximate"]
DOMAINS: tuple[Domain, ...] = ("hypercube", "slice", "cube01")
MODES: tuple[Mode, ...] = ("exact", "margin", "approximate")
MOST_LITERALS = 200  # of a linear program: five seconds, mostly for exact polynomials on slices
MOST_WHOLE = 400  # coordinates of the whole 0/1 cube: a concave maximum over so many weights takes seconds
MOST_SLICES = 60  # coordinates of the whole 0/1 cube, with limits
MOST_VALUES = 450  # of a predictor there, one for each weight and number of true literals: ten seconds


ONE_ORBIT = (Fraction(1),)
"""The weights of a transitive domain, which has one orbit."""

ROWS = {"multipliers": "multipliers", "predictor": "values"}
"""What the checker calls the rows of a proof, by its rule."""


@dataclass(frozen=True)
class NormProof(Shown):
    """What proves one side of a least norm.

    Parameters
    ----------
    rule : {"concave-maximum", "multipliers", "predictor"}
        The first proves both sides, by a kernel that is the best. The others are for limits of the predictor: dual
        multipliers bound the norm from below, a predictor within the limits from above.
    weights : tuple of Fraction
        Of the orbits: the slices of {0,1}^n, by their number of ones; elsewhere there is one.
    rows : tuple of tuples of Fraction
        One for each weight: multipliers of the limits, or values of the predictor, by the number of true literals.
    """

    rule: Literal["concave-maximum", "multipliers", "predictor"]
    weights: tuple[Fraction, ...]
    rows: tuple[tuple[Fraction, ...], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the proof as certificates have it.

        Returns
        -------
        dict
            The keys ``rule`` and ``weights``, and ``multipliers`` or ``values``.
        """
        rows = {ROWS[self.rule]: [_texts(row) for row in self.rows]} if self.rule in ROWS else {}
        return {"rule": self.rule, "weights": _texts(self.weights), **rows}


@dataclass(frozen=True)
class ConjunctionNorm(Shown):
    """A least norm over all Euclidean kernels with k(x, x) <= 1, enclosed.

    Parameters
    ----------
    domain : str
    n, k : int
    p : int, optional
    mode : str
    lower, upper : str
        Decimals that enclose it.
    below, above : NormProof
        What proves both sides.
    squares : tuple of Fraction, optional
        Where it is known exactly: the squares of the terms that it is the sum of.
    epsilon : Fraction, optional
    """

    domain: Domain
    n: int
    k: int
    p: int | None
    mode: Mode
    lower: str
    upper: str
    below: NormProof
    above: NormProof
    squares: tuple[Fraction, ...] | None = None
    epsilon: Fraction | None = None

    @property
    def label(self) -> str:
        """Permanent name of what was asked."""
        return conjunction_label(self.domain, self.n, self.p, self.k, self.mode, self.epsilon)

    def certificate(self) -> Certificate:
        """Return what the independent checker needs for both sides.

        Returns
        -------
        Certificate

        Examples
        --------
        >>> conjunction_norm("cube01", 6, 2, mode="margin").certificate().check().valid
        True
        """
        return Certificate.of(self._claim(), None, lower=self.below.to_json(), upper=self.above.to_json())

    def _claim(self) -> dict[str, Any]:
        return {
            "quantity": "conjunction-norm",
            "label": self.label,
            "domain": self.domain,
            "n": self.n,
            "k": self.k,
            "p": self.p,
            "mode": self.mode,
            "epsilon": None if self.epsilon is None else number_text(self.epsilon),
            "lower": number_text(Fraction(self.lower)),
            "upper": number_text(Fraction(self.upper)),
        }


def conjunction_norm(
    domain: Domain,
    n: int,
    k: int,
    p: int | None = None,
    mode: Mode = "exact",
    epsilon: Any = None,
) -> ConjunctionNorm:
    """Return the least norm that a conjunction of k literals needs of the best Euclidean kernel.

    On the cube {-1,1}^n and on slices no other kernel does better on all conjunctions of k literals at once, either
    (Theorem 2 of `docs/kernels.md`).

    Parameters
    ----------
    domain : str
        ``"hypercube"``: {-1,1}^n; ``"slice"``: 0/1 vectors of weight p; ``"cube01"``: {0,1}^n, monotone conjunctions.
    n, k : int
        Numbers of coordinates and of literals.
    p : int, optional
        Weight of the slice.
    mode : str
        ``"exact"``: the function is 1 where all literals are true, else 0; ``"margin"``: at least 1 there, at most -1
        else; ``"approximate"``: up to epsilon that of ``"exact"``.
    epsilon : int, Fraction or str, optional
        From 0 to below 1/2, for ``"approximate"`` only.

    Returns
    -------
    ConjunctionNorm

    Raises
    ------
    InputError
        If a slice is outside the cube, there are more literals than can be true, or a number is missing.

    Examples
    --------
    >>> found = conjunction_norm("hypercube", 4, 2)
    >>> [str(x) for x in found.squares], found.lower[:10]
    (['1/16', '1/2', '3/8'], '1.56947921')
    >>> found = conjunction_norm("hypercube", 8, 2, mode="margin")
    >>> float(found.lower) <= 5 <= float(found.upper), float(found.upper) - float(found.lower) < 1e-12
    (True, True)
    """
    tolerance = _checked(domain, n, k, p, mode, epsilon)
    sides = _whole_cube(n, k, mode, tolerance) if domain == "cube01" else _on_orbit(Scheme(n, p), k, mode, tolerance)
    given = None if epsilon is None else tolerance
    ends, proofs = (sides.lower, sides.upper), (sides.below, sides.above)
    return ConjunctionNorm(domain, n, k, p, mode, *ends, *proofs, sides.squares, given)


def _checked(domain: str, n: int, k: int, p: int | None, mode: str, epsilon: Any) -> Fraction:
    """Check all arguments before any work, and return epsilon."""
    one_of("domain", domain, DOMAINS)
    one_of("mode", mode, MODES)
    if (p is None) == (domain == "slice"):
        raise InputError("p", p, "the weight of the slice" if p is None else 'left out, except with "slice"')
    scheme = Scheme(n, p)
    most = n if scheme.p is None else scheme.p
    if as_integer("k", k, least=1) > most:
        reason = "n" if scheme.p is None else "p: a conjunction of more is false on the whole slice"
        raise InputError("k", k, f"at most {most}, {reason}")
    if mode != "exact" and k > MOST_LITERALS:
        raise InputError("k", k, f"at most {MOST_LITERALS} with the mode {mode}")
    if domain == "cube01" and n > MOST_WHOLE:
        raise InputError("n", n, f"at most {MOST_WHOLE} on the whole 0/1 cube")
    if mode != "exact" and domain == "cube01":
        if n > MOST_SLICES:
            raise InputError("n", n, f"at most {MOST_SLICES} with the mode {mode} on the whole 0/1 cube")
        if (k + 1) * (n + 1 - k) > MOST_VALUES:
            raise InputError("k", k, f"with (k + 1)(n + 1 - k) at most {MOST_VALUES} here: values of a predictor")
    if (epsilon is None) == (mode == "approximate"):
        raise InputError("epsilon", epsilon, 'left out, except with the mode "approximate", which needs it')
    tolerance = Fraction(0) if epsilon is None else exact_number("epsilon", epsilon)
    if not 0 <= tolerance < Fraction(1, 2):
        raise InputError("epsilon", str(tolerance), "from 0 to below 1/2: a constant is as good from there on")
    return tolerance


class _Sides(NamedTuple):
    """Both ends, with what proves them."""

    lower: str
    upper: str
    below: NormProof
    above: NormProof
    squares: tuple[Fraction, ...] | None = None


def _limits(
    k: int, mode: Mode, epsilon: Fraction, support: Sequence[int]
) -> tuple[Limits, Limits, tuple[Fraction, ...]]:
    """Return what a predictor is at least and at most, and one strictly within, by the number of true literals."""
    one, true = Fraction(1), [t == k for t in support]
    if mode == "margin":
        lower = tuple(one if is_true else None for is_true in true)
        upper = tuple(None if is_true else -one for is_true in true)
        return lower, upper, tuple(Fraction(2 if is_true else -2) for is_true in true)
    inside = tuple(Fraction(is_true) for is_true in true)
    return tuple(x - epsilon for x in inside), tuple(x + epsilon for x in inside), inside


def _on_orbit(scheme: Scheme, k: int, mode: Mode, epsilon: Fraction) -> _Sides:
    """Where the symmetries are transitive: a closed form, or a linear program with a proof."""
    if mode == "exact":
        norm = best_norm(scheme, conjunction_weights(scheme, k))
        proof = NormProof("concave-maximum", ONE_ORBIT)
        return _Sides(*norm.enclosure(), proof, proof, norm.squares)

    functions = literal_count(scheme, k)
    found = least_norm(functions, *_limits(k, mode, epsilon, functions.support))
    return _Sides(
        _decimal_below(found.lower),
        found.norm.enclosure()[1],
        NormProof("multipliers", ONE_ORBIT, (found.multipliers,)),
        NormProof("predictor", ONE_ORBIT, (found.predictor,)),
    )


def _whole_cube(n: int, k: int, mode: Mode, epsilon: Fraction) -> _Sides:
    """On {0,1}^n: a concave maximum over weights, with limits over multipliers as well."""
    if mode == "exact":
        exact = monomial_norm(n, k)
        proof = NormProof("concave-maximum", tuple(exact.weights.get(p, Fraction(0)) for p in range(n + 1)))
        return _Sides(*exact.enclosure(), proof, proof)
    found = whole_cube_norm(n, k, lambda support: _limits(k, mode, epsilon, support))
    return _Sides(
        _decimal_below(found.lower),
        found.predictor.enclosure()[1],
        NormProof("multipliers", found.multiplier_weights, found.multipliers),
        NormProof("predictor", tuple(found.predictor.weights.values()), found.values),
    )


def _texts(numbers: Iterable[Fraction]) -> list[str]:
    return [number_text(x) for x in numbers]


def _decimal_below(bound: Fraction) -> str:
    """Write what multipliers prove of a norm, which is at least 0."""
    return RootSum((max(bound, Fraction(0)) ** 2,)).enclosure()[0]
