"""The least norm that a conjunction of k literals needs: exactly, with a margin, or approximately; on three domains."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from algebra.errors import InputError, as_integer, one_of
from algebra.exact.numbers import exact_number, number_text
from algebra.kernels.norms import RootSum, best_norm, conjunction_weights
from algebra.kernels.programs import least_norm, literal_count
from algebra.kernels.schemes import Scheme
from algebra.kernels.whole_cube import monomial_norm

Domain = Literal["hypercube", "slice", "cube01"]
Mode = Literal["exact", "margin", "approximate"]
DOMAINS: tuple[Domain, ...] = ("hypercube", "slice", "cube01")
MODES: tuple[Mode, ...] = ("exact", "margin", "approximate")
MOST_LITERALS = 200  # of a linear program: five seconds, mostly for exact polynomials on slices
MOST_WHOLE = 400  # coordinates of the whole 0/1 cube: a concave maximum over so many weights takes seconds
MOST_SLICES = 60  # of programs, one a slice, for the whole 0/1 cube


@dataclass(frozen=True)
class ConjunctionNorm:
    """A least norm over all Euclidean kernels with k(x, x) <= 1, enclosed.

    Parameters
    ----------
    label : str
        Permanent name of what was asked.
    lower, upper : str
        Decimals that enclose it.
    epsilon : Fraction, optional
    squares : tuple of Fraction, optional
        Where it is known exactly: the squares of the terms that it is the sum of.
    certificate : dict
        What proves both sides, as JSON values.
    """

    label: str
    lower: str
    upper: str
    certificate: dict[str, Any]
    squares: tuple[Fraction, ...] | None = None
    epsilon: Fraction | None = None


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
    side = _whole_cube(n, k, mode, tolerance) if domain == "cube01" else _on_orbit(Scheme(n, p), k, mode, tolerance)
    where = f"n{n}" if p is None else f"n{n}:p{p}"
    how = mode if epsilon is None else f"{mode}:{number_text(tolerance)}"
    given = None if epsilon is None else tolerance
    return ConjunctionNorm(
        f"conjunction:{domain}:{where}:k{k}:{how}", side.lower, side.upper, side.certificate, side.squares, given
    )


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
    if mode != "exact" and domain == "cube01" and n > MOST_SLICES:
        raise InputError("n", n, f"at most {MOST_SLICES} with the mode {mode} on the whole 0/1 cube")
    if (epsilon is None) == (mode == "approximate"):
        raise InputError("epsilon", epsilon, 'left out, except with the mode "approximate", which needs it')
    tolerance = Fraction(0) if epsilon is None else exact_number("epsilon", epsilon)
    if not 0 <= tolerance < Fraction(1, 2):
        raise InputError("epsilon", str(tolerance), "from 0 to below 1/2: a constant is as good from there on")
    return tolerance


@dataclass(frozen=True)
class _Sides:
    lower: str
    upper: str
    certificate: dict[str, Any]
    squares: tuple[Fraction, ...] | None = None


def _on_orbit(scheme: Scheme, k: int, mode: Mode, epsilon: Fraction) -> _Sides:
    """Where the symmetries are transitive: a closed form, or a linear program with a proof."""
    if mode == "exact":
        weights = conjunction_weights(scheme, k)
        norm = best_norm(scheme, weights)
        theta = [number_text(w / m) for w, m in zip(weights, scheme.multiplicities, strict=False)]
        certificate = {"rule": "cauchy-schwarz", "squared_eigenvalues": theta}
        return _Sides(*norm.enclosure(), certificate, norm.squares)

    functions = literal_count(scheme, k)
    one, true = Fraction(1), [t == k for t in functions.support]
    if mode == "margin":
        lower = tuple(one if is_true else None for is_true in true)
        upper = tuple(None if is_true else -one for is_true in true)
        inside = [Fraction(2 if is_true else -2) for is_true in true]
    else:
        inside = [Fraction(is_true) for is_true in true]
        lower = tuple(value - epsilon for value in inside)
        upper = tuple(value + epsilon for value in inside)
    found = least_norm(functions, lower, upper, inside)
    proved = RootSum((max(found.lower, Fraction(0)) ** 2,)).enclosure()[0]
    return _Sides(proved, found.norm.enclosure()[1], found.certificate())


def _whole_cube(n: int, k: int, mode: Mode, epsilon: Fraction) -> _Sides:
    """On {0,1}^n: a concave maximum; else between the best slice and the cube {-1,1}^n, whose kernels are fewer."""
    if mode == "exact":
        found = monomial_norm(n, k)
        return _Sides(*found.enclosure(), found.certificate())

    above = _on_orbit(Scheme(n), k, mode, epsilon)
    slices = {p: _on_orbit(Scheme(n, p), k, mode, epsilon) for p in range(k, n + 1)}
    best = max(slices, key=lambda p: Fraction(slices[p].lower))
    certificate = {
        "rule": "between-slices-and-hypercube",
        "slice": best,
        "lower": slices[best].certificate,
        "upper": above.certificate,
    }
    return _Sides(slices[best].lower, above.upper, certificate)
