"""Multi-head softmax layers with rational weights: f(X) = sum_h V_h X softmax(X^T A_h X)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt, lcm
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq, fmpq_mat

from algebra.errors import InputError, as_integer
from algebra.exact.matrices import rational_matrix
from algebra.exact.pickling import frozen_hash
from algebra.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class SoftmaxHead(Shown):
    """One head: the scores are ``sqrt(radicand) X^T A X``, the values ``V X``.

    Parameters
    ----------
    A : fmpq_mat, d x d
    V : fmpq_mat, d' x d
    radicand : int
        Without square factors; not 1 if a division by sqrt(head size) leaves a root.
    """

    A: fmpq_mat
    V: fmpq_mat
    radicand: int = 1

    __hash__ = frozen_hash


@dataclass(frozen=True)
class SoftmaxLayer(Shown):
    """A sum of heads, as a function of so many tokens.

    Parameters
    ----------
    heads : tuple of SoftmaxHead
        All of one width d and one output width d'; at least one.
    tokens : int
    """

    heads: tuple[SoftmaxHead, ...]
    tokens: int

    @property
    def width(self) -> int:
        """Dimension of a token."""
        return int(self.heads[0].A.nrows())

    @property
    def output_width(self) -> int:
        """Dimension of an output."""
        return int(self.heads[0].V.nrows())

    def minus(self, other: SoftmaxLayer) -> SoftmaxLayer:
        """Return the difference of two layers as a layer.

        Parameters
        ----------
        other : SoftmaxLayer

        Returns
        -------
        SoftmaxLayer
            It has the heads of both.

        Raises
        ------
        InputError
            If their widths or numbers of tokens differ.
        """
        for name in ("tokens", "width", "output_width"):
            if getattr(self, name) != getattr(other, name):
                raise InputError(name, getattr(other, name), f"the same for both layers: {getattr(self, name)}")
        negated = tuple(SoftmaxHead(h.A, h.V * fmpq(-1), h.radicand) for h in other.heads)
        return SoftmaxLayer(self.heads + negated, self.tokens)

    def balls(self, X: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Evaluate at tokens given by balls, at the precision in force.

        Parameters
        ----------
        X : rows of ``arb`` or ``fmpq``, d x n

        Returns
        -------
        list of list of arb, d' x n
        """
        count = len(X[0])
        total = [[arb(0) for _ in range(count)] for _ in range(self.output_width)]
        for head in self.heads:
            # X P, a column of P at a time, then V.
            P = head_matrix_balls(head, X)
            columns = list(zip(*P, strict=True))
            mixed = [[_dot(row, column) for column in columns] for row in X]
            for out, row in zip(total, head.V.table(), strict=True):
                for j, column in enumerate(zip(*mixed, strict=True)):
                    out[j] += _dot(row, column)
        return total


def _dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Return the scalar product in balls."""
    return sum((x * y for x, y in zip(left, right, strict=True)), arb(0))


def head_matrix_balls(head: SoftmaxHead, X: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return softmax(X^T A X), columns summing to 1, in balls at the precision in force."""
    root = arb(head.radicand).sqrt()
    scores = [[root * z for z in row] for row in bilinear(head.A.table(), X)]
    columns = [softmax_balls(column) for column in zip(*scores, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def softmax_balls(scores: Sequence[Any]) -> list[Any]:
    """Return the softmax of some balls, however large they are.

    It stays the same when a number is taken from all scores: without the greatest of them no exponential overflows.
    Where they are not known well enough, an entry is at least known to lie between 0 and 1.

    Examples
    --------
    >>> [bool(x > 0.5) for x in softmax_balls([arb(2) ** 1400, arb(2) ** 1401])]
    [False, True]
    >>> softmax_balls([arb(0), arb(0, 10**60)])
    [[+/- 1.01], [+/- 1.01]]
    """
    greatest = max(score.mid() for score in scores)
    weights = [(score - greatest).exp() for score in scores]
    total = sum(weights, arb(0))
    return [within_unit(weight / total) for weight in weights]


def within_unit(value: Any) -> Any:
    """Return what a ball may be if its number lies between 0 and 1."""
    unit = arb(0.5, 0.5)
    return value.intersection(unit) if value.is_finite() else unit


def bilinear(A: Sequence[Sequence[Any]], X: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the matrix of the x_i^T A x_j, for the columns of X, of any numbers.

    Examples
    --------
    >>> bilinear([[1, 2], [0, 1]], [[1, 0], [0, 1]])
    [[1, 2], [0, 1]]
    """

    def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
        """Return the scalar product; it starts with a zero of the tokens' kind."""
        return sum((x * y for x, y in zip(left, right, strict=True)), 0 * right[0])

    tokens = list(zip(*X, strict=True))
    acted = [[dot(row, token) for row in A] for token in tokens]
    return [[dot(image, token) for image in acted] for token in tokens]


def softmax_layer(heads: Sequence[Mapping[str, Any]], tokens: int) -> SoftmaxLayer:
    """Read a layer.

    Parameters
    ----------
    heads : sequence of mappings
        Each with ``A`` (d x d), or ``W_q`` and ``W_k`` (a x d; then A = W_k^T W_q / sqrt(a)); and with ``V`` (d' x d),
        or ``W_v`` and ``W_o`` (then V = W_o W_v). All rational.
    tokens : int
        n, at least 1.

    Returns
    -------
    SoftmaxLayer

    Raises
    ------
    InputError
        If a name is missing or unknown, or sizes do not fit.

    Examples
    --------
    >>> softmax_layer([{"A": [[1, 1], [0, 1]], "V": [[1, 0]]}], tokens=3).output_width
    1
    """
    as_integer("tokens", tokens, 1)
    if not isinstance(heads, (list, tuple)) or not heads:
        raise InputError("heads", heads, 'a list of at least one object {"A": …, "V": …}')
    read = tuple(_read_head(f"heads[{h}]", given) for h, given in enumerate(heads))
    first = read[0]
    for h, head in enumerate(read):
        if head.A.nrows() != first.A.nrows():
            raise InputError(f"heads[{h}].A", heads[h], f"of the width {first.A.nrows()} of the first head")
        if head.V.nrows() != first.V.nrows():
            raise InputError(f"heads[{h}].V", heads[h], f"with {first.V.nrows()} rows, as in the first head")
    return SoftmaxLayer(read, tokens)


def _read_head(name: str, given: Any) -> SoftmaxHead:
    """Read one head; `name` is what errors call it."""
    keys = set(given) if isinstance(given, dict) else set()
    scores = keys & {"A", "W_q", "W_k"}
    values = keys & {"V", "W_v", "W_o"}
    has_scores = scores in ({"A"}, {"W_q", "W_k"})
    has_values = values in ({"V"}, {"W_v", "W_o"})
    if not has_scores or not has_values or keys != scores | values:
        raise InputError(name, given, 'an object with "A", or "W_q" and "W_k"; and "V", or "W_v" and "W_o"')
    read = {key: rational_matrix(f"{name}.{key}", value) for key, value in given.items()}

    # The scores.
    A, radicand = (read["A"], 1) if "A" in read else _from_weights(name, read)
    if A.nrows() != A.ncols():
        raise InputError(f"{name}.A", given["A"], "a square matrix")

    # The values.
    if "V" not in read and read["W_o"].ncols() != read["W_v"].nrows():
        raise InputError(f"{name}.W_o", given["W_o"], f"a matrix with {read['W_v'].nrows()} columns, as W_v has rows")
    V = read["V"] if "V" in read else read["W_o"] * read["W_v"]
    if V.ncols() != A.ncols():
        shown = [list(map(str, row)) for row in V.tolist()]
        raise InputError(f"{name}.V", shown, f"a matrix with {A.ncols()} columns")
    return SoftmaxHead(A, V, radicand)


def _from_weights(name: str, read: Mapping[str, fmpq_mat]) -> tuple[fmpq_mat, int]:
    """Return W_k^T W_q / sqrt(a) = A sqrt(radicand): with a = f^2 s it is W_k^T W_q sqrt(s) / (f s)."""
    key, query = read["W_k"], read["W_q"]
    if (key.nrows(), key.ncols()) != (query.nrows(), query.ncols()):
        raise InputError(f"{name}.W_q", [query.nrows(), query.ncols()], f"of the shape of W_k: {key.nrows()} rows")
    square, free = square_part(key.nrows())
    return key.transpose() * query * fmpq(1, square * free), free


def square_part(number: int) -> tuple[int, int]:
    """Return f and s without square factors, with number = f^2 s.

    Examples
    --------
    >>> square_part(72)
    (6, 2)
    """
    found = next(f for f in range(isqrt(number), 0, -1) if number % (f * f) == 0)
    return found, number // (found * found)


def layer_residues(layer: SoftmaxLayer, X: fmpq_mat, prime: int, bases: Mapping[int, int]) -> list[list[int]] | None:
    """Evaluate a layer at rational tokens with residues in the place of exponentials.

    For each radicand r the scores are sqrt(r) times multiples of 1/D; e^(sqrt(r)/D) is replaced by ``bases[r]``. These
    numbers are algebraically independent (Lindemann, Weierstrass), so this is a homomorphism of rings.

    Parameters
    ----------
    layer : SoftmaxLayer
    X : fmpq_mat
        One column a token.
    prime : int
    bases : mapping of int to int
        For each radicand of a head a residue that is not zero.

    Returns
    -------
    list of list of int, or None
        None if a denominator is zero modulo the prime.

    Examples
    --------
    >>> layer = softmax_layer([{"A": [[0]], "V": [[2]]}], tokens=2)
    >>> layer_residues(layer, fmpq_mat(1, 2, [1, 3]), 101, {1: 5})
    [[4, 4]]
    """
    scores = [X.transpose() * head.A * X for head in layer.heads]

    # D of each radicand: the least common denominator of its scores.
    common: dict[int, int] = {}
    for head, each in zip(layer.heads, scores, strict=True):
        denominators = (int(z.q) for z in each.entries())
        common[head.radicand] = lcm(common.get(head.radicand, 1), *denominators)

    found = [[0] * layer.tokens for _ in range(layer.output_width)]
    try:
        for head, each in zip(layer.heads, scores, strict=True):
            # The exponentials, and the inverse sum of each column.
            base = bases[head.radicand]
            scaled = each * fmpq(common[head.radicand])
            weights = [[pow(base, int(z.p), prime) for z in row] for row in scaled.table()]
            inverses = [pow(sum(column), -1, prime) for column in zip(*weights, strict=True)]

            # V X P.
            for out, values in zip(found, (head.V * X).table(), strict=True):
                residues = [_residue(x, prime) for x in values]
                for j, inverse in enumerate(inverses):
                    mixed = sum(x * row[j] for x, row in zip(residues, weights, strict=True))
                    out[j] = (out[j] + inverse * mixed) % prime
    except ValueError:  # pow: what is zero has no inverse
        return None
    return found


def _residue(x: fmpq, prime: int) -> int:
    return int(x.p) * pow(int(x.q), -1, prime) % prime
