"""A lower bound of separation ranks for every depth: a form in the Gram matrix that later layers copy.

*Theorem (E2).* Let gamma be the first diagonal entry of the Gram matrix after r + 1 layers, a form of degree 3^(r+1) in
the s entries of G, and omega the first coordinate of the output there. Let there be a point G* with gamma = 0, grad
gamma and omega not zero, at which the Hessian of gamma, bordered by the gradient, has rank s (the greatest possible at
a zero). Then for all L >= r + 2 and m = (3^(L-r-1) - 1)/2

    rank f_k >= mon(s - 1, k) for k <= m,     separation rank >= binom(s - 1 + m, m).

Proof: later layers whose only weights are Q = K = V = e_1^T (first row) and O = e_1 give F = gamma^m omega. Let P be a
form of degree k <= m with P(d/dG) F = 0. Its terms with the lowest power of gamma say that P(grad gamma) vanishes on
{gamma = 0} near G*. The bordered Hessian has the kernel that Euler's relation gives and no other, so grad gamma
immerses {gamma = 0}: its image is a hypersurface, and all such P are multiples of one form. At most mon(s, k - 1) of
the mon(s, k) derivatives are lost.

The hypothesis is checked modulo a prime, where roots exist: a zero with a gradient that is not zero lifts to the p-adic
numbers (Hensel), and what does not vanish modulo p does not vanish there. A stack contains those of less width, fewer
heads and smaller heads, and the rank for more tokens is no less; so the form of a part of the stack is enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import combinations_with_replacement
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import nmod_poly

from algebra.evidence.checker.gram_forms import mon
from algebra.evidence.checker.separation_values import coefficients_at
from algebra.evidence.reason import Reason
from algebra.rank.field import prime_field
from algebra.rank.modular_rank import minor_of_array
from algebra.rank.primes import DEFAULT_PRIME
from tensors.attention.depth.architecture import StackArchitecture
from tensors.attention.depth.evaluation import Layer, draw_layers

if TYPE_CHECKING:
    from algebra.rank.field import PrimeField
    from algebra.types import Array

MOST_WIDTH = 8
"""Width of the part whose form is used: at 8 there are 666 second derivatives, which take the checker seconds."""

MOST_BELOW = 2
"""Layers below the form, r. Two are enough for all widths up to 8 that were tried."""

ATTEMPTS = 12
"""Lines on which a root is looked for; a random polynomial has one modulo p with probability about 0.63."""


@dataclass(frozen=True)
class CopiedForm:
    """A form and a point at which the hypothesis holds modulo a prime.

    Parameters
    ----------
    stack : StackArchitecture
        The part of the given stack, r + 1 layers deep.
    key : str
        From which its weights are drawn.
    prime : int
    point : tuple of int
        The entries of G* on and above the diagonal, row by row.
    rows, columns : tuple of int
        Of a minor of size s of the bordered Hessian that is not zero; row and column s are the border.
    """

    stack: StackArchitecture
    key: str
    prime: int
    point: tuple[int, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what the checker needs."""
        sizes = {name: getattr(self.stack, name) for name in ("width", "heads", "head_size", "layers")}
        where = {"key": self.key, "prime": self.prime, "point": list(self.point)}
        return {**sizes, **where, "rows": list(self.rows), "columns": list(self.columns)}


def copied_form_bound(stack: StackArchitecture, k: int | None = None) -> Reason | None:
    """Return the lower bound of rank f_k, or of the whole rank; None where no form is found.

    Parameters
    ----------
    stack : StackArchitecture
    k : int, optional
        The degree; default: the whole rank.

    Returns
    -------
    Reason or None

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> copied_form_bound(StackArchitecture(2, 1, 2, 4, (2, 2))).value
    105
    """
    if stack.vocabulary is not None:
        return None

    # The widest part that has a form: heads smaller than the width may see too little of it.
    for width in range(min(stack.seen_width, *stack.tokens, MOST_WIDTH), 1, -1):
        part = StackArchitecture(width, min(stack.heads, width), min(stack.head_size, width), 1, (width, width))
        for below in range(min(MOST_BELOW, stack.layers - 2) + 1):
            form = find_form(replace(part, layers=below + 1))
            if form is not None:
                m = (3 ** (stack.layers - below - 1) - 1) // 2
                return None if k is not None and k > m else _bound(form, below, m, k)
    return None


def _bound(form: CopiedForm, below: int, m: int, k: int | None) -> Reason:
    s = form.stack.gram_size
    value = mon(s, m) if k is None else mon(s - 1, k)
    return Reason("copied-form", value, details=(("below", below), ("m", m), ("form", form)))


@lru_cache(maxsize=256)
def find_form(part: StackArchitecture) -> CopiedForm | None:
    """Search random weights and lines for a point at which the hypothesis holds; None if there is none."""
    field, d = prime_field(DEFAULT_PRIME), part.width
    for attempt in range(ATTEMPTS):
        key = f"{part.label}/form={attempt}"
        layers = draw_layers(part, field, key)
        start, direction = (_symmetric(field.draw(key, name, (part.gram_size,)), d) for name in ("start", "direction"))
        root = _root(layers, field, start, direction)
        if root is None:
            continue
        point = field.plus(start, field.times(direction, field.number(root)))
        bordered, omega = bordered_hessian(layers, field, point)
        rows, columns = minor_of_array(bordered, field.prime, part.gram_size)
        if len(rows) == part.gram_size and bordered[-1].any() and omega.any():
            entries = tuple(int(x) % field.prime for x in point[np.triu_indices(d)])
            return CopiedForm(part, key, field.prime, entries, tuple(rows), tuple(columns))
    return None


def _root(layers: list[Layer], field: PrimeField, start: Array, direction: Array) -> int | None:
    """Return a root of gamma on a line: its values at 3^(r+1) + 1 points are interpolated."""
    p = field.prime

    # The values of gamma at as many points of the line as its degree asks for.
    count = 3 ** len(layers) + 1
    times = np.arange(count, dtype=float)[:, None, None]
    gram, _ = _forward(layers, field, [field.plus(start, field.times(times, direction))])
    values = [int(x) % p for x in gram[0][:, 0, 0]]

    # The polynomial through them, and its roots modulo the prime: those of linear factors.
    weights = (coefficients_at(k, count - 1, p) for k in range(count))
    polynomial = nmod_poly([sum(map(mul, each, values)) % p for each in weights], p)
    linear = [factor for factor, _ in polynomial.factor()[1] if factor.degree() == 1]
    if not linear:
        return None
    constant, slope = int(linear[0][0]), int(linear[0][1])
    return -constant * pow(slope, -1, p) % p


def bordered_hessian(layers: list[Layer], field: PrimeField, point: Array) -> tuple[Array, Array]:
    """Return the second derivatives of gamma in the entries of G, with the gradient as border, and omega there.

    All pairs of entries at once: G* + eps_1 E_i + eps_2 E_j with eps_1^2 = eps_2^2 = 0.
    """
    d = len(point)
    s = d * (d + 1) // 2
    units = [_symmetric(unit, d) for unit in np.eye(s)]
    pairs = list(combinations_with_replacement(range(s), 2))
    first, second = (np.array([units[pair[side]] for pair in pairs]) for side in (0, 1))
    gram, omega = _forward(layers, field, [np.array([point] * len(pairs)), first, second, np.zeros_like(first)])

    bordered = np.zeros((s + 1, s + 1))
    for number, (i, j) in enumerate(pairs):
        bordered[i, j] = bordered[j, i] = gram[3][number, 0, 0]
        bordered[i, s] = bordered[s, i] = gram[1][number, 0, 0]
    return bordered, omega[0][0]


Jet = list["Array"]
"""a + b eps_1 + c eps_2 + d eps_1 eps_2, stacks of matrices; or a alone."""


def _forward(layers: list[Layer], field: PrimeField, gram: Jet) -> tuple[Jet, Jet]:
    """Return the Gram matrix after the layers, and the first row of the product of all M."""
    total: Jet | None = None
    for layer in layers:
        image: Jet = [np.zeros(())] * len(gram)
        for P, S in layer.factors:
            image = [field.plus(x, field.multiply(field.multiply(P, y), S)) for x, y in zip(image, gram, strict=True)]
        turned = [each.swapaxes(-1, -2) for each in image]
        gram = _times(_times(image, gram, field), turned, field)
        total = image if total is None else _times(image, total, field)
    assert total is not None
    return gram, [each[:, 0] for each in total]


def _times(a: Jet, b: Jet, field: PrimeField) -> Jet:
    """Multiply jets of matrices."""
    if len(a) == 1:
        return [field.multiply(a[0], b[0])]
    terms = (((0, 0),), ((0, 1), (1, 0)), ((0, 2), (2, 0)), ((0, 3), (1, 2), (2, 1), (3, 0)))
    return [reduce(field.plus, (field.multiply(a[i], b[j]) for i, j in each)) for each in terms]


def _symmetric(entries: Array, d: int) -> Array:
    """Return the symmetric matrix with these entries on and above the diagonal."""
    found = np.zeros((d, d))
    found[np.triu_indices(d)] = entries
    return np.triu(found) + np.triu(found, 1).T
