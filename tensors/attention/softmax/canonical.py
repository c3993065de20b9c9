"""The canonical form of a multi-head softmax layer: it decides equality, head size and number of heads.

Group the heads by equal A, add their V, drop groups with V = 0. For n >= 3 tokens two layers are the same function
exactly if these groups agree: at tokens x, x + z, x, ..., x the heads have poles on z^T A x = log(n-1) + i pi (2k+1),
which differ for different A != 0, with residues proportional to V z. For n = 2 the heads (A, V) and (-A, V) add up to
(0, 2V), so (-A, V) is first replaced by (A, -V) and (0, 2V). For n = 1 there is no softmax.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import isqrt
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError
from algebra.evidence import Bounds, Grade
from algebra.exact.matrices import is_zero
from algebra.exact.pickling import frozen_hash
from algebra.random_words import residues
from algebra.rank.primes import random_prime
from algebra.shown import Shown
from tensors.attention.softmax.heads import SoftmaxHead, SoftmaxLayer, layer_residues
from tensors.attention.softmax.residues import PRIME_BITS

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SIGNS = 14
"""Groups up to which all choices of signs are tried for two tokens."""

ATTEMPTS = 20

MOST_SCORES = 1 << 22
"""Scores of all heads at an input that is written down: about ten seconds of work."""


@dataclass(frozen=True)
class Group:
    """Heads of one A, merged; V is not zero.

    Attributes
    ----------
    A, V : fmpq_mat
        Scores ``sqrt(radicand) X^T A X`` and values.
    radicand : int
    heads : tuple of int
        Which heads of the layer went into it.
    """

    A: fmpq_mat
    V: fmpq_mat
    radicand: int
    heads: tuple[int, ...]

    __hash__ = frozen_hash

    @property
    def rank(self) -> int:
        """Rank of A: the least head size that realises this group."""
        return int(self.A.rank())


@dataclass(frozen=True)
class CanonicalForm(Shown):
    """What a softmax layer computes, without what cancels.

    Attributes
    ----------
    groups : tuple of Group
        In the order in which their A first occur.
    tokens : int
    """

    groups: tuple[Group, ...]
    tokens: int

    @property
    def is_zero(self) -> bool:
        """Whether the layer is the zero function."""
        return not self.groups

    @property
    def least_head_size(self) -> int:
        """The smallest head size of any layer that is the same function."""
        return max((group.rank for group in self.groups), default=0)

    def least_heads(self) -> Bounds:
        """Bound the smallest number of heads of any layer that is the same function.

        The heads may have any size. For n = 2 a head (-A, -V) stands for the groups (A, V) and (0, -2V) at once, so
        the group of A = 0 costs no head exactly if its V is -2 times the sum of some of the other V.

        Returns
        -------
        Bounds

        Examples
        --------
        >>> from tensors.attention.softmax.heads import softmax_layer
        >>> flipped = softmax_layer([{"A": [[-1]], "V": [[1]]}], tokens=2)
        >>> len(canonical_form(flipped).groups), canonical_form(flipped).least_heads()
        (2, 1 (proved))
        """
        others = [group for group in self.groups if not is_zero(group.A)]
        rest = [group.V for group in self.groups if is_zero(group.A)]
        if self.tokens != 2 or not rest or not others:
            return Bounds.exactly(len(self.groups), by="canonical-form")
        if len(others) > MOST_SIGNS:
            by = "canonical-form"
            return Bounds(len(others), len(self.groups), Grade.INCONCLUSIVE, lower_by=by, upper_by=by)
        goal = rest[0] * fmpq(-1, 2)
        free = any(is_zero(total - goal) for total in _partial_sums([group.V for group in others]))
        return Bounds.exactly(len(others) + (not free), by="canonical-form")

    def fits_standard(self, width: int, heads: int) -> bool:
        """Tell whether head size ``width / heads`` is enough, however many heads there are.

        A layer that needs more than that is no standard layer ([1]_, Theorem 2).

        Parameters
        ----------
        width : int
            Of the tokens.
        heads : int

        Returns
        -------
        bool

        References
        ----------
        .. [1] S. Bhojanapalli, C. Yun, A. S. Rawat, S. J. Reddi, S. Kumar, "Low-rank bottleneck in multi-head
           attention models", ICML 2020, arXiv:2002.07028.
        """
        return self.least_head_size * heads <= width


def _partial_sums(matrices: list[fmpq_mat]) -> Iterator[fmpq_mat]:
    zero = fmpq_mat(matrices[0].nrows(), matrices[0].ncols())
    for chosen in product((False, True), repeat=len(matrices)):
        yield sum((V for V, taken in zip(matrices, chosen, strict=True) if taken), zero)


def canonical_form(layer: SoftmaxLayer) -> CanonicalForm:
    """Merge the heads of a layer.

    Parameters
    ----------
    layer : SoftmaxLayer

    Returns
    -------
    CanonicalForm

    Examples
    --------
    >>> from tensors.attention.softmax.heads import softmax_layer
    >>> A = [[1, 1], [0, 1]]
    >>> canonical_form(softmax_layer([{"A": A, "V": [[1, 0]]}, {"A": A, "V": [[-1, 0]]}], tokens=3)).is_zero
    True
    """
    merged: dict[Any, tuple[fmpq_mat, fmpq_mat, int, list[int]]] = {}
    for h, head in enumerate(layer.heads):
        for part in _parts(head, layer.tokens):
            radicand = 1 if is_zero(part.A) else part.radicand
            key = (radicand, tuple((int(x.p), int(x.q)) for x in part.A.entries()))
            if key in merged:
                A, V, _, heads = merged[key]
                merged[key] = (A, V + part.V, radicand, [*heads, h])
            else:
                merged[key] = (part.A, part.V, radicand, [h])
    groups = [Group(A, V, r, tuple(heads)) for A, V, r, heads in merged.values() if not is_zero(V)]
    return CanonicalForm(tuple(groups), layer.tokens)


def _parts(head: SoftmaxHead, tokens: int) -> list[SoftmaxHead]:
    """Split a head where few tokens make different A the same."""
    zero = fmpq_mat(head.A.nrows(), head.A.ncols())
    if tokens == 1:
        return [SoftmaxHead(zero, head.V)]
    first = next((x for x in head.A.entries() if x != 0), fmpq(0))
    if tokens == 2 and first < 0:
        flipped = SoftmaxHead(head.A * fmpq(-1), head.V * fmpq(-1), head.radicand)
        return [flipped, SoftmaxHead(zero, head.V * fmpq(2))]
    return [head]


@dataclass(frozen=True)
class Distinction(Shown):
    """An input at which two layers differ, with a proof by integers.

    Attributes
    ----------
    X : fmpq_mat
        The tokens, as columns.
    output, token : int
        The coordinate of the output that differs, and the token.
    prime : int
    bases : tuple of (int, int)
        What e^(sqrt(r)/D) was replaced by, for each radicand r.
    residue : int
        The difference modulo the prime; it is not zero, so the difference is not.
    """

    X: fmpq_mat
    output: int
    token: int
    prime: int
    bases: tuple[tuple[int, int], ...]
    residue: int

    __hash__ = frozen_hash


def layers_equal(first: SoftmaxLayer, second: SoftmaxLayer) -> bool:
    """Tell whether two layers are the same function, exactly.

    Parameters
    ----------
    first : SoftmaxLayer
    second : SoftmaxLayer
        Of the same widths and as many tokens.

    Returns
    -------
    bool

    Raises
    ------
    InputError
        If their widths or numbers of tokens differ.

    Examples
    --------
    >>> from tensors.attention.softmax.heads import softmax_layer
    >>> pair = softmax_layer([{"A": [[1]], "V": [[1]]}, {"A": [[-1]], "V": [[1]]}], tokens=2)
    >>> layers_equal(pair, softmax_layer([{"A": [[0]], "V": [[2]]}], tokens=2))
    True
    """
    return canonical_form(first.minus(second)).is_zero


def distinguish(first: SoftmaxLayer, second: SoftmaxLayer, seed: int = 0) -> Distinction | None:
    """Find an input at which two layers differ; None exactly if they are equal.

    Parameters
    ----------
    first, second : SoftmaxLayer
    seed : int
        Of the inputs and the residues.

    Returns
    -------
    Distinction, or None

    Raises
    ------
    InputError
        If their widths or numbers of tokens differ, or there are too many tokens for an input to be written down;
        `layers_equal` decides any number.
    ArithmeticError
        If no input is found in twenty attempts; that has not been seen.

    Examples
    --------
    >>> from tensors.attention.softmax.heads import softmax_layer
    >>> layers = [softmax_layer([{"A": [[a]], "V": [[1]]}], tokens=3) for a in (1, 2)]
    >>> distinguish(*layers).residue != 0
    True
    >>> distinguish(*[softmax_layer([{"A": [[a]], "V": [[1]]}], tokens=10**9) for a in (1, 2)])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: tokens is 1000000000, but it must be at most 1448 for an input at which two layers differ
    """
    difference = first.minus(second)
    if canonical_form(difference).is_zero:
        return None
    if not can_be_written(difference):
        most = isqrt(MOST_SCORES // len(difference.heads))
        raise InputError("tokens", difference.tokens, f"at most {most} for an input at which two layers differ")
    radicands = sorted({head.radicand for head in difference.heads})
    for attempt in range(ATTEMPTS):
        key = f"distinguish/{seed}/{attempt}"
        prime, size = random_prime(key, PRIME_BITS), difference.width * difference.tokens
        X = fmpq_mat(difference.width, difference.tokens, [x - 2 for x in residues(key, "X", 0, size, 1, 5 + attempt)])
        drawn = residues(key, "base", 0, len(radicands), 1, prime - 3)
        bases = {r: 2 + g for r, g in zip(radicands, drawn, strict=True)}
        values = layer_residues(difference, X, prime, bases)
        for i, row in enumerate(values or []):
            for j, value in enumerate(row):
                if value:
                    return Distinction(X, i, j, prime, tuple(bases.items()), value)
    raise ArithmeticError("no input was found at which the layers differ, though their canonical forms do")


def can_be_written(layer: SoftmaxLayer) -> bool:
    """Tell whether an input of a layer is evaluated in reasonable time: the scores grow with the tokens squared.

    Parameters
    ----------
    layer : SoftmaxLayer
        The difference of two, say.

    Returns
    -------
    bool
    """
    return len(layer.heads) * layer.tokens**2 <= MOST_SCORES


def check_distinction(first: SoftmaxLayer, second: SoftmaxLayer, found: Distinction) -> bool:
    """Tell whether the residue comes out again, not zero.

    Parameters
    ----------
    first, second : SoftmaxLayer
    found : Distinction
        As `distinguish` returns it.

    Returns
    -------
    bool
    """
    values = layer_residues(first.minus(second), found.X, found.prime, dict(found.bases))
    return values is not None and values[found.output][found.token] == found.residue != 0
