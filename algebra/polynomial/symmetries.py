r"""Discovered symmetries: vector fields tangent to the fibres of a one-hidden-layer network, found and then proved.

A *defect* that counting does not see has a reason: weights can move beyond the scalings without changing the function.
On the slice of `algebra.polynomial.slices` such a motion is a vector field :math:`\xi` whose components are polynomials
in few symbols s, with :math:`d\Phi(s)\,\xi(s) = 0` *identically*. It is

- found: kernels of the evaluated Jacobian at many points of the slice, modulo a prime, are interpolated as rational
  functions of the symbols, cleared of denominators and lifted to integers;
- proved: the identity is expanded with exact integer polynomials. Nothing depends on how the field was found.

k independent fields prove dim V <= n(d) - k. So the exceptional cases of Alexander and Hirschowitz, or of
Segre–Veronese varieties, need not be believed: `discover` finds their reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.polynomial.interpolation import (
    Exponents,
    Polynomial,
    Values,
    count_monomials,
    denominator,
    interpolate,
    lift_polynomials,
    line_degrees,
    monomials,
)
from algebra.polynomial.jacobian import sweep
from algebra.polynomial.layout import layout
from algebra.polynomial.slices import Slice, has_slice, slice_of, symbols_of_slice
from algebra.rank.field import PrimeField
from algebra.rank.modular_rank import feed_flint
from algebra.rank.primes import DEFAULT_PRIME

if TYPE_CHECKING:
    import sympy

    from algebra.polynomial.hilbert import Architecture

LINE_POINTS = 34  # degrees of numerator and denominator up to 15
MOST_SYMBOLS = 12
MOST_DEGREE = 24  # of the activation: the identity is expanded
MOST_MONOMIALS = 2400
MOST_FIELDS = 12
SPARE = 4
SHOWN = 12  # components in a rich display


@dataclass(frozen=True)
class SymmetryField:
    """A polynomial vector field on the slice: for each moved parameter its component, a polynomial in the symbols."""

    components: tuple[tuple[int, tuple[tuple[Exponents, int], ...]], ...]

    @property
    def degree(self) -> int:
        """Largest total degree of a component."""
        return max(sum(e) for _, terms in self.components for e, _ in terms)

    def component(self, parameter: int) -> Polynomial:
        """Component along a parameter."""
        return dict(dict(self.components).get(parameter, ()))


@dataclass(frozen=True, repr=False)
class Symmetries:
    """Independent fields beyond the scalings, each verified identically.

    Parameters
    ----------
    architecture : Architecture
    fields : tuple of SymmetryField
        Field number f has a non-zero component along parameter ``pivots[f]``, and the others have none there.
    pivots : tuple of int
    """

    architecture: Architecture
    fields: tuple[SymmetryField, ...]
    pivots: tuple[int, ...]

    @property
    def bound(self) -> int:
        """The upper bound of the dimension that they prove."""
        return self.architecture.naive - len(self.fields)

    def __repr__(self) -> str:
        return f"<Symmetries of {self.architecture.widths}: {self}>"

    def __str__(self) -> str:
        degrees = sorted({field.degree for field in self.fields})
        count = len(self.slice.symbols)
        return (
            f"{len(self.fields)} symmetr{'y' if len(self.fields) == 1 else 'ies'} beyond the scalings, of degree "
            f"{', '.join(map(str, degrees))} in {count} symbols: dimension at most {self.bound}"
        )

    @property
    def slice(self) -> Slice:
        """The slice on which the fields live."""
        return slice_of(self.architecture)

    def components(self, field: int = 0) -> dict[sympy.Symbol, sympy.Expr]:
        """Components of a field as factored sympy expressions, by the parameter that they move."""
        from sympy import Integer, factor

        from algebra.polynomial.symbolic import parameter_symbols

        names = parameter_symbols(self.architecture.network)
        symbols = [names[q] for q in self.slice.symbols]

        def expression(terms: tuple[tuple[Exponents, int], ...]) -> sympy.Expr:
            monomials = [prod((s**e for s, e in zip(symbols, es, strict=True)), start=Integer(c)) for es, c in terms]
            return factor(sum(monomials, Integer(0)))

        return {names[q]: expression(terms) for q, terms in self.fields[field].components}

    def _repr_latex_(self) -> str:
        from sympy import latex

        moved = [rf"\delta {latex(w)} &= {latex(e)}" for w, e in self.components(0).items()]
        moved = moved if len(moved) <= SHOWN else [*moved[:SHOWN], r"&\;\;\vdots"]
        return r"$\begin{aligned}" + r" \\ ".join(moved) + r"\end{aligned}$"

    def describe(self, field: int = 0) -> dict[str, str]:
        """Components of a field as readable text, by the names that `PolynomialNetwork.polynomials` uses."""
        from algebra.polynomial.symbolic import parameter_symbols

        names = [str(s) for s in parameter_symbols(self.architecture.network)]
        symbols = [names[q] for q in self.slice.symbols]
        return {f"δ{names[q]}": _text(dict(terms), symbols) for q, terms in self.fields[field].components}


@lru_cache(maxsize=1024)
def discover(architecture: Architecture) -> Symmetries | None:
    """Search the hidden symmetries of a one-hidden-layer network; None if there are none or they are out of reach.

    Parameters
    ----------
    architecture : Architecture
        One hidden layer, no narrower than inputs and outputs.

    Returns
    -------
    Symmetries or None
        None does *not* prove that there is no symmetry: only degrees up to 24, 12 symbols, 2,400 monomials and 12
        fields are tried.

    Examples
    --------
    Why five fourth powers in three variables do not fill (Alexander–Hirschowitz):

    >>> from algebra.polynomial.hilbert import Architecture
    >>> found = discover(Architecture((3, 5, 1), (4,)))
    >>> print(found)
    1 symmetry beyond the scalings, of degree 9 in 6 symbols: dimension at most 14
    """
    if not has_slice(architecture) or not 2 <= architecture.degrees[0] <= MOST_DEGREE:
        return None
    if not 0 < symbols_of_slice(architecture) <= MOST_SYMBOLS:
        return None
    search = _Search(architecture, slice_of(architecture))
    fields = search.fields()
    if not fields or not all(is_symmetry(architecture, field) for field in fields):
        return None
    return Symmetries(architecture, tuple(fields), search.pivots)


def is_symmetry(architecture: Architecture, field: SymmetryField) -> bool:
    """Expand dΦ(s) ξ(s) over the integers and tell whether it vanishes identically.

    For each output j the polynomial Σ_i δW2[j,i] L_i^r + r W2[j,i] L_i^(r-1) δL_i + δb_j in inputs and symbols.
    """
    from flint import Ordering, fmpz_mpoly_ctx

    plane = slice_of(architecture)
    (d0, d1, d2), r, biases = architecture.widths, architecture.degrees[0], architecture.biases
    context = fmpz_mpoly_ctx.get([f"v{i}" for i in range(d0 + len(plane.symbols))], Ordering.lex)
    variables = context.gens()
    symbol = dict(zip(plane.symbols, variables[d0:], strict=True))
    zero = context.from_dict({})
    weights = [symbol[q] if c is None else zero + c for q, c in enumerate(plane.entries)]
    motion = [zero] * len(weights)
    for q, terms in field.components:
        motion[q] = context.from_dict({(0,) * d0 + e: c for e, c in terms})
    inputs = [*variables[:d0], *([zero + 1] if biases else [])]
    start = d1 * (d0 + biases)

    def affine(of: list[Any], i: int) -> Any:
        rows = [i * d0 + j for j in range(d0)] + ([d1 * d0 + i] if biases else [])
        return sum((of[q] * x for q, x in zip(rows, inputs, strict=True)), zero)

    forms, moved = [affine(weights, i) for i in range(d1)], [affine(motion, i) for i in range(d1)]
    for j in range(d2):
        change = motion[start + d2 * d1 + j] if biases else zero
        for i in range(d1):
            q = start + j * d1 + i
            below = forms[i] ** (r - 1)
            change += below * (motion[q] * forms[i] + r * weights[q] * moved[i])
        if change != zero:
            return False
    return True


class _Search:
    """Interpolation of the kernel on a slice."""

    def __init__(self, architecture: Architecture, plane: Slice) -> None:
        self.network = architecture.network
        self.plane = plane
        self.free = np.array(plane.free)
        self.random = np.random.Philox(key=2026)
        kernel = self._kernel(self._draw(1)[0])
        self.pivots: tuple[int, ...] = () if kernel is None else tuple(int(q) for q in kernel[1])

    def fields(self) -> list[SymmetryField]:
        """All fields, or none."""
        if not 0 < len(self.pivots) <= MOST_FIELDS:
            return []
        shapes = [self._shape(f) for f in range(len(self.pivots))]
        found = []
        for f, shape in enumerate(shapes):
            field = None if shape is None else self._field(f, *shape)
            if field is None:
                return []
            found.append(field)
        return found

    def _shape(self, f: int) -> tuple[list[Exponents], list[Exponents]] | None:
        """Monomials of the numerators and of the common denominator of the field, from its degrees along lines."""
        symbols = len(self.plane.symbols)
        base, direction = self._draw(2)
        degrees = [self._degrees(f, base, direction)]
        for i in range(symbols):
            axis = np.zeros(symbols, np.int64)
            axis[i] = 1
            degrees.append(self._degrees(f, base, axis))
        if any(d is None for d in degrees):
            return None
        top, *tops = [d[0] for d in degrees if d is not None]
        bottom, *bottoms = [d[1] for d in degrees if d is not None]
        if count_monomials(top, tops) + count_monomials(bottom, bottoms) > MOST_MONOMIALS:
            return None
        return monomials(symbols, top, tuple(tops)), monomials(symbols, bottom, tuple(bottoms))

    def _degrees(self, f: int, base: Values, direction: Values) -> tuple[int, int] | None:
        """Degrees of a random combination of the components along a line: the common denominator shows."""
        t = np.arange(1, LINE_POINTS + 1)
        values = self._sample((base + t[:, None] * direction) % DEFAULT_PRIME, f)
        return None if values is None else line_degrees(self._combine(values), t, DEFAULT_PRIME)

    def _combine(self, values: Values) -> Values:
        products = values * _random_residues(np.random.Philox(key=len(self.free)), values.shape[1]) % DEFAULT_PRIME
        return np.asarray(products.sum(axis=1) % DEFAULT_PRIME)

    def _field(self, f: int, top: list[Exponents], bottom: list[Exponents]) -> SymmetryField | None:
        points = self._draw(len(top) + len(bottom) + SPARE)
        values = self._sample(points, f)
        if values is None:
            return None
        below = denominator(self._combine(values), points, top, bottom, DEFAULT_PRIME)
        if below is None:
            return None
        at_points = _evaluate(bottom, below, points)
        cleared = values * at_points[:, None] % DEFAULT_PRIME
        above = interpolate(cleared, points, top, DEFAULT_PRIME)
        if above is None:
            return None
        lifted = lift_polynomials([(top, above[:, i]) for i in range(above.shape[1])], DEFAULT_PRIME)
        if lifted is None:
            return None
        return SymmetryField(
            tuple((int(q), tuple(sorted(p.items()))) for q, p in zip(self.free, lifted, strict=True) if p)
        )

    def _draw(self, count: int) -> Values:
        return _random_residues(self.random, count * len(self.plane.symbols)).reshape(count, -1)

    def _sample(self, points: Values, f: int) -> Values | None:
        """Kernel vector number f (normalised at the pivots) at each point; None if the kernel changes shape."""
        rows = []
        for point in points:
            kernel = self._kernel(point)
            if kernel is None or tuple(int(q) for q in kernel[1]) != self.pivots:
                return None
            rows.append(kernel[0][f])
        return np.array(rows)

    def _kernel(self, point: Values) -> tuple[Values, Values] | None:
        """Kernel of the Jacobian on the free parameters at a point: one row a pivot, and the pivots' parameters."""
        field = PrimeField(DEFAULT_PRIME)
        weights = np.zeros(len(self.plane.entries), np.int64)
        weights[list(self.plane.symbols)] = point
        for q, value in enumerate(self.plane.entries):
            if value is not None:
                weights[q] = value
        samples = len(self.free) + SPARE
        key = f"symmetries:{self.network.label}"
        x = field.draw(key, "points", (samples, self.network.widths[0])).T
        c = field.draw(key, "covectors", (samples, self.network.widths[-1])).T
        evaluated = sweep(layout(self.network), field, field.residues(weights), x, c)
        matrix = field.residues(evaluated.places(self.free)).T
        form, rank = feed_flint(matrix, DEFAULT_PRIME).rref()
        count = len(self.free)
        if rank == count:
            return None
        reduced = np.array([int(v) for v in form.entries()], np.int64).reshape(samples, count)[:rank]
        leading = (reduced != 0).argmax(axis=1)
        others = np.setdiff1d(np.arange(count), leading)
        kernel = np.zeros((others.size, count), np.int64)
        kernel[np.arange(others.size), others] = 1
        kernel[:, leading] = -reduced[:, others].T % DEFAULT_PRIME
        return kernel, self.free[others]


def _random_residues(generator: np.random.Philox, count: int) -> Values:
    residues: Values = (np.asarray(generator.random_raw(count)) % DEFAULT_PRIME).astype(np.int64)
    return residues


def _evaluate(exponents: list[Exponents], coefficients: Values, points: Values) -> Values:
    from algebra.polynomial.interpolation import evaluate_monomials

    table = evaluate_monomials(exponents, points, DEFAULT_PRIME)
    return np.array(
        [sum(int(a) * int(b) for a, b in zip(row, coefficients, strict=True)) % DEFAULT_PRIME for row in table]
    )


def _text(polynomial: Polynomial, symbols: list[str]) -> str:
    terms = []
    for exponents, c in sorted(polynomial.items(), reverse=True):
        factors = [s if e == 1 else f"{s}^{e}" for s, e in zip(symbols, exponents, strict=True) if e]
        terms.append(
            "*".join([*([str(c)] if abs(c) != 1 or not factors else []), *factors])
            if c != -1 or not factors
            else "-" + "*".join(factors)
        )
    return " + ".join(terms).replace("+ -", "- ") or "0"
