"""One attention layer with given rational weights: scores, attention matrices and outputs, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.exact.arrays import exact_array, modulo, rank_factors, tidy, zeros
from algebra.exact.given import plain_array
from algebra.frozen import set_fields
from algebra.rank import rank_rational
from algebra.rank.primes import as_prime
from algebra.shown import Shown
from tensors.attention.functions.architecture import check_kind
from tensors.attention.softmax.residues import powers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from algebra.types import Array


RATIONAL_KINDS = "one whose outputs are rational: lightning, polynomial, normalised; of softmax, take `residues`"


@dataclass(frozen=True, eq=False)
class AttentionHead(Shown):
    """A head X -> V X P, with scores (K X)^T (Q X).

    Parameters
    ----------
    K, Q : object arrays, shape (head size, d)
    V : object array, shape (d', d)
    """

    K: Array
    Q: Array
    V: Array

    @property
    def A(self) -> Array:
        """The score matrix K^T Q, of shape (d, d)."""
        return np.asarray(self.K.T @ self.Q)

    @property
    def head_size(self) -> int:
        """Rows of K and Q."""
        return int(self.K.shape[0])

    @property
    def score_rank(self) -> int:
        """Rank of the score matrix: at most the head size."""
        return rank_rational(self.A)

    @property
    def value_rank(self) -> int:
        """Rank of the values."""
        return rank_rational(self.V)


@dataclass(frozen=True, eq=False, init=False)
class AttentionLayer(Shown):
    r"""A layer :math:`Y = \sum_h V_h X P_h` with rational weights, evaluated exactly.

    Tokens are columns; scores :math:`Z = (K X)^T (Q X)` without a factor, row = key, column = query. Divide K by a
    number for a scale; :math:`1/\sqrt a` is rational for squares a only and is never rounded here.

    Parameters
    ----------
    heads : sequence of (K, Q, V)
        Matrices of integers, fractions or strings "p/q".
    kind : {"lightning", "polynomial", "normalised", "softmax"}
    score_power : int
        For the kind ``"polynomial"``.
    visible, blocked : matrix of truth values, optional
        Which keys a query sees, or which it does not see: entry (j, q) is about key j and query q. At most one of the
        two; a matrix that is called a mask could mean either. Weights that are not visible are exact zeros.

    Raises
    ------
    InputError
        For shapes that do not fit, both masks, a query that sees nothing.

    Examples
    --------
    >>> layer = AttentionLayer([([[1, 0]], [[0, 1]], [[1, 0], [0, 2]])])
    >>> layer([[1, 2], [3, "1/2"]]).tolist()
    [[15, Fraction(5, 2)], [24, 4]]
    """

    heads: tuple[AttentionHead, ...]
    kind: str
    score_power: int
    visible: NDArray[np.bool_] | None

    def __init__(
        self,
        heads: Iterable[tuple[Any, Any, Any]],
        kind: str = "lightning",
        *,
        score_power: int = 1,
        visible: Any = None,
        blocked: Any = None,
    ) -> None:
        check_kind(kind, power := as_integer("score_power", score_power, 1))
        set_fields(self, heads=_read_heads(heads), kind=kind, score_power=power, visible=_read_mask(visible, blocked))

    @property
    def width(self) -> int:
        """Width d of the tokens."""
        return int(self.heads[0].V.shape[1])

    @property
    def output_width(self) -> int:
        """Width d' of the outputs."""
        return int(self.heads[0].V.shape[0])

    def scores(self, X: Any) -> list[Array]:
        """Return (K X)^T (Q X) of every head, masks left out.

        Parameters
        ----------
        X : matrix of rational numbers, shape (d, n)
            One column a token.

        Returns
        -------
        list of numpy.ndarray, shape (n, n)
            Rows are keys, columns queries.

        Raises
        ------
        InputError
            If X is no rational matrix with d rows.
        """
        tokens = self._tokens(X)
        return [(head.K @ tokens).T @ (head.Q @ tokens) for head in self.heads]

    def weights(self, X: Any) -> list[Array]:
        """Return the attention matrix P of every head.

        Parameters
        ----------
        X : matrix of rational numbers, shape (d, n)
            One column a token.

        Returns
        -------
        list of numpy.ndarray, shape (n, n)
            Rows are keys, columns queries.

        Raises
        ------
        InputError
            For softmax, whose weights are not rational; if a column of normalised scores sums to 0.
        """
        if self.kind == "softmax":
            raise InputError("kind", self.kind, RATIONAL_KINDS)
        found = [self._masked(scores**self.score_power) for scores in self.scores(X)]
        if self.kind == "normalised":
            found = [_normalised(scores) for scores in found]
        return found

    def __call__(self, X: Any) -> Array:
        """Return the outputs, one column a token.

        Raises
        ------
        InputError
            As `weights` does.
        """
        tokens = self._tokens(X)
        pairs = zip(self.heads, self.weights(X), strict=True)
        return tidy(
            sum(((head.V @ tokens) @ P for head, P in pairs), start=zeros((self.output_width, tokens.shape[1])))
        )

    def residues(self, X: Any, prime: int, base: int) -> Array:
        """Return the outputs modulo a prime, with e^(1/D) replaced by `base` for softmax.

        With D the common denominator of all scores, e^(1/D) is transcendental (Hermite and Lindemann), so this
        is a homomorphism: outputs of two layers that differ modulo the prime are different.

        Parameters
        ----------
        X : matrix of rational numbers
        prime : int
            Below 2^63; it must not divide a denominator.
        base : int
            Not divisible by the prime; not used unless the kind is softmax.

        Returns
        -------
        numpy.ndarray
            One column a token.

        Raises
        ------
        InputError
            For a modulus that is not prime, or divides a denominator, or makes a column sum 0.
        """
        modulus, tokens = as_prime("prime", prime), self._tokens(X)
        base = as_integer("base", base)
        if base % modulus == 0:
            raise InputError("base", base, "an integer that the prime does not divide")
        scores = self.scores(X)
        common = lcm(*(Fraction(z).denominator for each in scores for z in each.flat))
        total = zeros((self.output_width, tokens.shape[1]))
        for head, Z in zip(self.heads, scores, strict=True):
            if self.kind == "softmax":
                exponents = np.asarray(np.frompyfunc(lambda z: int(z * common), 1, 1)(Z))
                raw = self._masked(powers(base, exponents, modulus).astype(object))
            else:
                raw = self._masked(modulo(Z, modulus) ** self.score_power)
            P = _normalised_mod(raw, modulus) if self.kind in ("softmax", "normalised") else raw
            total = (total + modulo(head.V @ tokens, modulus) @ P) % modulus
        return total

    def _tokens(self, X: Any) -> Array:
        tokens = exact_array("X", X)
        if tokens.shape[0] != self.width:
            raise InputError("X", X, f"a matrix with {self.width} rows: one column for each token")
        if self.visible is not None and tokens.shape[1] != self.visible.shape[0]:
            raise InputError("X", X, f"a matrix with {self.visible.shape[0]} columns, as many as the mask has")
        return tokens

    def _masked(self, scores: Array) -> Array:
        return scores if self.visible is None else np.where(self.visible, scores, 0)


def _read_heads(heads: Iterable[tuple[Any, Any, Any]]) -> tuple[AttentionHead, ...]:
    found = []
    for i, triple in enumerate(heads):
        if not isinstance(triple, (tuple, list)) or len(triple) != 3:
            raise InputError(f"heads[{i}]", triple, "three matrices (K, Q, V)")
        parts = [exact_array(f"heads[{i}].{name}", part) for name, part in zip("KQV", triple, strict=True)]
        found.append(AttentionHead(*parts))
        if parts[0].shape != parts[1].shape:
            raise InputError(f"heads[{i}].Q", parts[1].shape, f"of the shape of K, {parts[0].shape}")
        width, shape = parts[0].shape[1], found[0].V.shape
        if parts[2].shape != shape or shape[1] != width:
            raise InputError(
                f"heads[{i}].V", parts[2].shape, f"a matrix with {width} columns, of one shape for all heads"
            )
    if not found:
        raise InputError("heads", [], "at least one head (K, Q, V)")
    return tuple(found)


def _read_mask(visible: Any, blocked: Any) -> NDArray[np.bool_] | None:
    if visible is None and blocked is None:
        return None
    if visible is not None and blocked is not None:
        raise InputError("blocked", blocked, "left out when visible is given")
    name, given = ("blocked", blocked) if visible is None else ("visible", visible)
    mask = plain_array(name, given)
    if mask.dtype != bool or mask.ndim != 2 or mask.shape[0] != mask.shape[1]:
        raise InputError(name, given, "a square matrix of True and False: rows are keys, columns are queries")
    seen = mask if visible is not None else ~mask
    empty = np.flatnonzero(~seen.any(axis=0))
    if empty.size:
        raise InputError(name, given, f"such that every query sees a key: query {empty[0]} sees none")
    return seen


def _normalised(scores: Array) -> Array:
    sums = scores.sum(axis=0)
    if any(s == 0 for s in sums):
        raise InputError("X", sums.tolist(), "such that no column of the scores sums to 0")
    return np.asarray(scores * np.array([Fraction(1) / s for s in sums], object))


def _normalised_mod(scores: Array, prime: int) -> Array:
    sums = [int(s) % prime for s in scores.sum(axis=0)]
    if not all(sums):
        raise InputError("prime", prime, "one for which no column sum vanishes")
    return np.asarray(scores * np.array([pow(s, -1, prime) for s in sums], object) % prime)


def layer_of_forms(forms: Sequence[tuple[Any, Any]]) -> AttentionLayer:
    """Return the lightning layer with given score matrices A and values V, factored exactly with the least head sizes.

    Parameters
    ----------
    forms : sequence of (A, V)

    Returns
    -------
    AttentionLayer

    Raises
    ------
    InputError
        For shapes that do not fit.

    Examples
    --------
    >>> layer = layer_of_forms([([[1, 2], [2, 4]], [[1, 0]])])
    >>> layer.heads[0].head_size, layer.heads[0].A.tolist()
    (1, [[1, 2], [2, 4]])
    """
    heads = []
    for A, V in forms:
        left, right = rank_factors(A)
        heads.append((left.T, right, V))
    return AttentionLayer(heads)
