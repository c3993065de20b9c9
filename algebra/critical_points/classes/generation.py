"""Exact critical points of every class, for tests, teaching and tables."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.critical_points.classes.critical_class import CriticalClass
from algebra.critical_points.classes.data import invertible_matrix
from algebra.critical_points.classes.enumeration import critical_classes
from algebra.critical_points.classes.structure import SingularStructure, singular_structure
from algebra.critical_points.problem import Problem
from algebra.exact.elimination import orthogonal_kernel
from algebra.exact.matrices import from_rows, identity, is_zero, side_by_side
from algebra.rank import rank_rational
from algebra.shown import Shown


@dataclass(frozen=True)
class GeneratedPoint(Shown):
    """An exact point and what theory says of it.

    Attributes
    ----------
    problem : Problem
        The data and the weights.
    expected : CriticalClass
        Where it comes from, with verdict, loss and inertia by theory.
    """

    problem: Problem = field(repr=False)
    expected: CriticalClass


def critical_point(expected: CriticalClass, seed: int | None = None) -> GeneratedPoint:
    """Build a critical point of this class.

    Parameters
    ----------
    expected : CriticalClass
    seed : int, optional
        Hide the structure by random changes of basis of determinant 1 or -1 in the hidden layers, and by a random part
        of W_1 that the data do not see. None: the plain form, mostly zeros and ones.

    Returns
    -------
    GeneratedPoint

    Examples
    --------
    >>> structure = singular_structure([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> classes = list(critical_classes((2, 2, 2, 2), structure))
    >>> point = critical_point(classes[-1], seed=3)
    >>> point.expected.verdict, point.problem.is_critical, point.problem.loss
    ('global_min', True, 0)
    """
    weights = _plain(expected)
    if seed is not None:
        weights = hidden_structure(weights, expected.structure, random.Random(seed))
    structure = expected.structure
    return GeneratedPoint(Problem(structure.X, structure.Y, tuple(weights)), expected)


def critical_points(
    widths: Sequence[int], X: Any, Y: Any, limit: int | None = None, seed: int | None = 0
) -> Iterator[GeneratedPoint]:
    """Build one exact critical point of every class, for given widths and rational data.

    Parameters
    ----------
    widths : sequence of int
        d_0 to d_H.
    X, Y : array_like
        Exact rationals; see `data_with_singular_values` for data with a prescribed structure.
    limit : int, optional
        Stop after so many.
    seed : int or None
        See `critical_point`; the point of number i gets seed + i.

    Yields
    ------
    GeneratedPoint

    Raises
    ------
    InputError
        If the data are not rational or the widths do not fit.

    Examples
    --------
    >>> points = critical_points((2, 2, 2), [[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> [(p.expected.kept, p.expected.verdict) for p in points][:2]
    [((), 'strict_saddle'), ((0,), 'strict_saddle')]
    """
    structure = singular_structure(X, Y)
    classes = critical_classes(widths, structure, limit)
    return (critical_point(c, None if seed is None else seed + i) for i, c in enumerate(classes))


def _plain(c: CriticalClass) -> list[fmpq_mat]:
    kept = [c.structure.directions[i] for i in c.kept]
    if c.depth == 1:
        total = fmpq_mat(c.structure.outputs, c.structure.inputs)
        return [sum((d.left * d.right for d in kept), total)]
    labels = [_labels(c, layer) for layer in range(1, c.depth)]
    first = [row for d in kept for row in d.right.table()] + [_input_row(c, label) for label in labels[0]]
    rows = from_rows(first, c.structure.inputs)
    last = side_by_side(
        [d.left for d in kept] + [_output_column(c, label) for label in labels[-1]], c.structure.outputs
    )
    return [rows, *(_step(c.rank, a, b) for a, b in pairwise(labels)), last]


Label = tuple[str, int]


def _labels(c: CriticalClass, layer: int) -> list[Label]:
    """Name the basis vectors of a hidden layer that do not carry the product, by the chains that they belong to."""
    found = [("in", i) for i, (b, _) in zip(c.dropped, c.pairs, strict=True) if b >= layer]
    found += [("out", i) for i, (_, a) in zip(c.dropped, c.pairs, strict=True) if a <= layer]
    found += [("unseen in", i) for i, b in enumerate(c.input_reach) if b >= layer]
    found += [("unseen out", i) for i, a in enumerate(c.output_reach) if a <= layer]
    return found + [("hidden", i) for i, (start, end) in enumerate(c.hidden) if start <= layer <= end]


def _input_row(c: CriticalClass, label: Label) -> list[fmpq]:
    kind, i = label
    if kind == "in":
        return list(c.structure.directions[i].right.table()[0])
    return list(c.structure.right_kernel.table()[i]) if kind == "unseen in" else [fmpq(0)] * c.structure.inputs


def _output_column(c: CriticalClass, label: Label) -> fmpq_mat:
    kind, i = label
    if kind == "out":
        return c.structure.directions[i].left
    source = c.structure.left_kernel
    column = [row[i] for row in source.table()] if kind == "unseen out" else [fmpq(0)] * c.structure.outputs
    return fmpq_mat(c.structure.outputs, 1, column)


def _step(rank: int, below: list[Label], above: list[Label]) -> fmpq_mat:
    return bordered(rank, from_rows([[int(label == other) for other in below] for label in above], len(below)))


def bordered(rank: int, block: fmpq_mat) -> fmpq_mat:
    """Return the identity of this size and, below and beside it, the block.

    Examples
    --------
    >>> bordered(1, from_rows([[2, 3]])).table()
    [[1, 0, 0], [0, 2, 3]]
    """
    columns = rank + block.ncols()
    rows = [[int(i == j) for j in range(columns)] for i in range(rank)]
    return from_rows(rows + [[0] * rank + row for row in block.table()], columns)


def hidden_structure(weights: list[fmpq_mat], structure: SingularStructure, rng: random.Random) -> list[fmpq_mat]:
    """Change the bases of the hidden layers at random, and what W_1 does to inputs that the data do not have."""
    # What W_1 does to inputs that the data do not have is free.
    unseen = orthogonal_kernel(structure.X.transpose()).transpose()
    if unseen.nrows():
        first, *others = weights
        entries = [fmpq(rng.randint(-1, 1)) for _ in range(first.nrows() * unseen.nrows())]
        added = fmpq_mat(first.nrows(), unseen.nrows(), entries) * unseen
        weights = [first + added, *others]

    # The bases of inputs and outputs stay.
    inputs, outputs = weights[0].ncols(), weights[-1].nrows()
    hidden = [invertible_matrix(w.nrows(), rng) for w in weights[:-1]]
    bases = [identity(inputs), *hidden, identity(outputs)]
    return [after * w * before.inv() for w, (before, after) in zip(weights, pairwise(bases), strict=True)]


@dataclass(frozen=True)
class AlikeClasses:
    """Classes of critical points that agree in all but their bases.

    Parameters
    ----------
    S : tuple of int
        The directions that are kept, numbered from 1.
    rank : int
    verdict : str
    loss : Fraction
    minimum_loss : Fraction or None
        None where it is irrational or cannot be read off.
    neg, zero, pos : int
        Signs of the Hessian's eigenvalues, by the conjectural closed formula.
    untightened : tuple
        Pivots of the first of them.
    exotic : bool
    classes : int
        How many there are.
    example : Problem
        The plain form of the first.
    """

    S: tuple[int, ...]
    rank: int
    verdict: str
    loss: Fraction
    minimum_loss: Fraction | None
    neg: int
    zero: int
    pos: int
    untightened: tuple[tuple[int, int], ...]
    exotic: bool
    classes: int
    example: Problem


def class_table(widths: Sequence[int], X: Any, Y: Any, limit: int = 10_000) -> list[AlikeClasses]:
    """Tabulate the classes of critical points of a small architecture, alike ones in one row.

    Parameters
    ----------
    widths : sequence of int
    X, Y : array_like
        Exact rationals.
    limit : int
        Stop after so many classes.

    Returns
    -------
    list of AlikeClasses
        In the order of their first classes.

    Raises
    ------
    InputError
        If the data are not rational or the widths do not fit.

    Examples
    --------
    >>> for row in class_table((2, 2, 2), [[1, 0], [0, 1]], [[2, 0], [0, 1]]):
    ...     print(row.S, row.verdict, row.loss, row.neg, row.zero, row.pos)
    () strict_saddle 5/2 4 0 4
    (1,) strict_saddle 1/2 1 3 4
    (2,) strict_saddle 2 2 3 3
    (1, 2) global_min 0 0 4 4
    """
    alike: dict[tuple[object, ...], list[CriticalClass]] = {}
    for c in critical_classes(widths, singular_structure(X, Y), limit):
        alike.setdefault((c.kept, c.verdict, *c.inertia.values(), c.is_exotic), []).append(c)
    return [_row(first, 1 + len(others)) for first, *others in alike.values()]


def _row(c: CriticalClass, count: int) -> AlikeClasses:
    return AlikeClasses(
        S=tuple(i + 1 for i in c.kept),
        rank=c.rank,
        verdict=c.verdict,
        loss=c.loss,
        minimum_loss=c.minimum_loss,
        **c.inertia,
        untightened=c.untightened,
        exotic=c.is_exotic,
        classes=count,
        example=critical_point(c).problem,
    )


def product_ranks(problem: Problem) -> dict[tuple[int, int], int]:
    """Return the rank of W_i ... W_j for every i >= j: with the product's directions they tell the classes apart.

    Examples
    --------
    >>> product_ranks(Problem([[1]], [[1]], [[[1]], [[0]]]))
    {(1, 1): 1, (2, 2): 0, (2, 1): 0}
    """
    ranks = {}
    for j in range(1, problem.depth + 1):
        product = None
        for i in range(j, problem.depth + 1):
            product = problem.W[i - 1] if product is None else problem.W[i - 1] * product
            ranks[i, j] = 0 if is_zero(product) else rank_rational(product)
    return dict(sorted(ranks.items(), key=lambda item: (item[0][0] - item[0][1], item)))
