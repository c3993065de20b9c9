"""From a sparse attention matrix and precisions to inputs that realise it, verified entry by entry."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from algebra.errors import InputError, as_integer, instance_of, one_of
from algebra.evidence import Bounds, Grade
from algebra.exact.numbers import exact_number
from algebra.shown import Shown
from tensors.attention.realisation.demand import Precision, SparseTarget
from tensors.attention.realisation.lower_bounds import dimension_lower_bound, universal_keys_dimension
from tensors.attention.realisation.moment import moment_realisation
from tensors.attention.realisation.realisation import Realisation
from tensors.attention.realisation.searches import (
    code_choices,
    code_realisation,
    projection_realisation,
    sign_realisation,
)
from tensors.attention.realisation.small import binary_realisation, trivial_realisation
from tensors.attention.realisation.verification import Verification, verify

LARGEST_FLOAT = Fraction(sys.float_info.max)
METHODS = ("auto", "moment", "signs", "projection", "gold", "kerdock", "binary", "trivial")


@dataclass(frozen=True)
class Realised(Shown):
    """Outcome of `realise`.

    Parameters
    ----------
    target : SparseTarget
    precision : Precision
    realisation : Realisation or None
        The best that was found; None if the method found nothing to show.
    verification : Verification or None
        What it reaches, exactly.
    bounds : Bounds
        On the least dimension for this matrix at this precision.
    tried : tuple of str
        Constructions in the order in which they were tried, with what came of them.
    """

    target: SparseTarget
    precision: Precision
    realisation: Realisation | None
    verification: Verification | None
    bounds: Bounds
    tried: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether every entry was checked to meet the demand."""
        return self.verification is not None and self.verification.holds


@dataclass(frozen=True)
class _Options:
    margin: float
    seed: int
    dimension: int | None
    most_range: float


def realise(
    target: SparseTarget,
    precision: Any,
    method: str = "auto",
    *,
    margin: Any = "1/2",
    seed: int = 0,
    dimension: int | None = None,
    most_range: Any = None,
) -> Realised:
    """Construct inputs for which attention with fixed weights shows a sparse matrix to given precisions.

    The demand is that of Likhosherstov, Choromanski and Weller (arXiv:2106.03764): see `Precision`.

    Parameters
    ----------
    target : SparseTarget
        Rows are queries.
    precision : Precision or sequence
        ``(eps_1, eps_2, eps_3)``; eps_3 may be None.
    method : str
        ``"auto"``: of all constructions the one with the fewest dimensions that meets the demand. ``"moment"``: 2k
        dimensions, logits as large as they come. ``"signs"``: random signs with the given margin. ``"gold"`` and
        ``"kerdock"``: codes. ``"projection"``: random projection. ``"binary"``: permutations. ``"trivial"``: L - 1.
    margin : rational
        Of the random signs, above 0 and below 1.
    seed : int
        Of every random choice.
    dimension : int, optional
        For signs, codes and projection: this one instead of a search.
    most_range : rational, optional
        With ``"auto"``: the largest difference of two logits in a row that is allowed.

    Returns
    -------
    Realised
        If the demand is out of the method's reach, what was reached.

    Raises
    ------
    InputError
        If an argument is out of range or does not fit the method.

    Examples
    --------
    >>> target = SparseTarget.from_supports([[(i + 1) % 64, (i + 7) % 64] for i in range(64)])
    >>> found = realise(target, ["1/100", "1/10", None])
    >>> found.verified, found.realisation.dimension, found.realisation.method
    (True, 4, 'moment')
    """
    instance_of("target", target, SparseTarget, "SparseTarget.from_matrix or from_supports")
    wanted = Precision.of(precision)
    one_of("method", method, METHODS)
    options = _options(method, margin, seed, dimension, most_range)
    if method == "binary" and target.k > 1:
        binary_realisation(target, wanted)
    tried: list[str] = []
    best: Checked | None = None
    for name, build in _candidates(target, wanted, method, options):
        realisation = build()
        if realisation is None:
            tried.append(f"{name}: out of reach")
            continue
        verification = verify(target, realisation, wanted)
        good = verification.holds and (method != "auto" or verification.logit_range <= options.most_range)
        tried.append(f"{name}: {'verified' if good else 'not enough'}")
        if good or best is None or _rank(verification) >= _rank(best[1]):
            best = realisation, verification
        if good:
            break
    if options.most_range < math.inf and best is not None and best[1].holds:
        best = _fewer_signs(target, wanted, options, best, tried)
    made, checked = best or (None, None)
    return Realised(target, wanted, made, checked, _bounds(target, wanted, best), tuple(tried))


Checked = tuple[Realisation, Verification]


def _fewer_signs(
    target: SparseTarget, precision: Precision, options: _Options, best: Checked, tried: list[str]
) -> Checked:
    """Replace a realisation with bounded logits by one with fewer random signs, if there is one."""
    usual = math.ceil(16 * target.k * math.log(target.length + 1)) + 64
    most = min(best[0].dimension - 1, usual)
    found = None if most < target.k else _signs(target, precision, options, most)
    tried.append(f"signs, at most {most}: {'out of reach' if found is None else 'verified'}")
    return best if found is None else (found, verify(target, found, precision))


def _rank(verification: Verification) -> int:
    return sum((verification.zeros_met, verification.ratios_met, verification.uniform_met))


def _options(method: str, margin: Any, seed: int, dimension: Any, most_range: Any) -> _Options:
    share = exact_number("margin", margin)
    if not 0 < share < 1:
        raise InputError("margin", str(share), "above 0 and below 1")
    if dimension is not None:
        as_integer("dimension", dimension, 1)
        if method not in ("signs", "projection", "gold", "kerdock"):
            raise InputError("dimension", dimension, f"left out: the method {method} has its own")
    limit = math.inf
    if most_range is not None:
        if method != "auto":
            raise InputError("most_range", str(most_range), "left out unless the method is auto")
        exact = exact_number("most_range", most_range)
        if exact <= 0:
            raise InputError("most_range", str(most_range), "above 0")
        limit = float(min(exact, LARGEST_FLOAT))
    return _Options(float(share), as_integer("seed", seed), dimension, limit)


Build = Callable[[], Realisation | None]


def _candidates(target: SparseTarget, precision: Precision, method: str, options: _Options) -> list[tuple[str, Build]]:
    """Return the constructions to try, in order."""
    if target.length == 1 or method == "trivial":
        return [("trivial", lambda: trivial_realisation(target, precision))]
    if method in ("gold", "kerdock"):
        return _codes(target, precision, method, options)
    single: dict[str, Build] = {
        "moment": lambda: _moment(target, precision),
        "projection": lambda: projection_realisation(target, precision, options.seed, options.dimension),
        "binary": lambda: binary_realisation(target, precision),
    }
    if method == "signs":
        free = Precision(precision.zeros, precision.ratios)
        return [
            ("signs", lambda: _signs(target, precision, options)),
            ("signs, zeros and margin as they come", lambda: _signs(target, free, replace(options, margin=0.0))),
        ]
    return _auto(target, precision, options) if method == "auto" else [(method, single[method])]


def _auto(target: SparseTarget, precision: Precision, options: _Options) -> list[tuple[str, Build]]:
    """Order all constructions that can meet the demand by their dimension."""
    length, k, most_range = target.length, target.k, options.most_range
    found: list[tuple[int, str, Build]] = [
        (max(length - 1, 0), "trivial", lambda: trivial_realisation(target, precision))
    ]
    if target.is_uniform and min(map(len, target.supports)) == length:
        found.append((0, "constant", lambda: _constant(length)))
    if precision.uniform is None:
        found.append((universal_keys_dimension(length, k), "moment", lambda: _moment(target, precision)))
        if k == 1:
            found.append(((length - 1).bit_length(), "binary", lambda: binary_realisation(target, precision)))
    if precision.uniform is not None or most_range < math.inf:
        for size, kind, m in code_choices(length, length - 2):
            build: Build = lambda kind=kind, m=m: code_realisation(target, precision, kind, m, most_range)  # type: ignore[misc]  # noqa: E731
            found.append((size, f"{kind} {size}", build))
    return [(name, build) for _, name, build in sorted(found, key=lambda choice: choice[0])]


def _constant(length: int) -> Realisation:
    empty = np.zeros((length, 0), np.int64)
    return Realisation(empty, empty, (1,) * length, "constant")


def _moment(target: SparseTarget, precision: Precision) -> Realisation:
    if 2 * target.k >= target.length - 1:
        return trivial_realisation(target, precision)
    return moment_realisation(target, precision)


def _signs(
    target: SparseTarget, precision: Precision, options: _Options, most: int | None = None
) -> Realisation | None:
    margin = 0.0 if options.most_range < math.inf else options.margin
    sizes = {"first": options.dimension, "most": options.dimension} if options.dimension else {"most": most}
    return sign_realisation(target, precision, margin, options.seed, most_range=options.most_range, **sizes)


def _codes(target: SparseTarget, precision: Precision, kind: str, options: _Options) -> list[tuple[str, Build]]:
    length = target.length
    choices = [
        (size, m)
        for size, name, m in code_choices(length, options.dimension or max(4 * length, 1 << 10))
        if name == kind and size == (options.dimension or size)
    ]
    if not choices:
        raise InputError("dimension", options.dimension, f"the length of a {kind} code with at least {length} keys")
    found: list[tuple[str, Build]] = []
    for size, m in choices:
        found.append((f"{kind} {size}", lambda m=m: code_realisation(target, precision, kind, m)))  # type: ignore[misc]
    last = choices[-1]
    found.append((f"{kind} {last[0]}, zeros as they come", lambda: _without_uniform(target, precision, kind, last[1])))
    return found


def _without_uniform(target: SparseTarget, precision: Precision, kind: str, m: int) -> Realisation | None:
    """Show what a code reaches when the uniformity of the zeros is not asked for."""
    return code_realisation(target, Precision(precision.zeros, precision.ratios), kind, m)


def _bounds(target: SparseTarget, precision: Precision, best: Checked | None) -> Bounds:
    lower, by = dimension_lower_bound(target, precision)
    upper, upper_by = max(target.length - 1, 0), "trivial"
    if best is not None and best[1].holds and best[0].dimension <= upper:
        upper, upper_by = best[0].dimension, best[0].method
    grade = Grade.PROVED if lower == upper else Grade.INCONCLUSIVE
    return Bounds(lower, upper, grade, lower_by=by, upper_by=upper_by)
