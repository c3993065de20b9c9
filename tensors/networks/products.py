"""Sums of products from trains and trees: the conversions that may grow exponentially."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from algebra.errors import InputError
from tensors.networks.arrays import factored, is_exact
from tensors.networks.formats import CP, Train
from tensors.networks.trees import Leaf, Tree, TreeNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.types import Array


MOST_TERMS = 1 << 16


def cp_of_train(train: Train) -> CP:
    """Return a sum of products: the bonds between pairs of modes are written out, each pair is factored.

    At most ``r^(N/2 - 1) min(r, M)^(N/2)`` terms for even N; at least ``min(r, M)^(N/2)`` are needed almost always.

    Parameters
    ----------
    train : Train
        A tensor train.

    Returns
    -------
    CP

    Raises
    ------
    InputError
        For floats, or more than 2^16 terms.

    Examples
    --------
    >>> from tensors.formats import train_of_cp
    >>> cp_of_train(train_of_cp(CP([[[1, 2], [3, 4]]] * 4))).terms
    2
    """
    if not is_exact(*train.cores):
        raise InputError("train", "floats", "integers and fractions: the ranks of pairs are decided exactly")
    paths: dict[int, list[tuple[Array, ...]]] = {0: [()]}
    for first in range(0, len(train.cores), 2):
        steps = _pair_terms(train.cores[first : first + 2])
        longer: dict[int, list[tuple[Array, ...]]] = {}
        for (before, after), pieces in steps.items():
            terms = [(*path, *piece) for path in paths.get(before, []) for piece in pieces]
            longer.setdefault(after, []).extend(terms)
        paths = longer
        _limited(sum(map(len, paths.values())))
    return _summed(paths.get(0, []), train.shape)


def cp_of_tree(tree: Tree) -> CP:
    """Return a sum of products: all nodes are written out, terms that are 0 left out.

    Parameters
    ----------
    tree : Tree
        A hierarchical Tucker tensor.

    Returns
    -------
    CP

    Raises
    ------
    InputError
        For more than 2^16 terms.

    Examples
    --------
    >>> from tensors.formats import tree_of_cp
    >>> cp_of_tree(tree_of_cp(CP([[[1, 2], [3, 4]]] * 4))).terms
    2
    """
    modes = range(len(tree.shape))
    terms = [tuple(term[mode] for mode in modes) for term in _terms(tree.root)[0]]
    return _summed(terms, tree.shape)


def _terms(node: TreeNode) -> list[list[dict[int, Array]]]:
    """For each of a node's tensors its products: a vector for each mode."""
    if isinstance(node, Leaf):
        return [[{node.mode: column}] for column in node.matrix.T]
    left, right = _terms(node.left), _terms(node.right)

    # How many there will be of each tensor: one for each two products that an entry of the core joins.
    counts = np.multiply.outer(list(map(len, left)), list(map(len, right)))
    joined = (node.core != 0) * counts[:, :, None]
    _limited(int(max(joined.sum(axis=(0, 1)))))

    # An entry of the core multiplies the vector of one mode.
    found: list[list[dict[int, Array]]] = [[] for _ in range(node.rank)]
    for a, b, c in zip(*np.nonzero(node.core), strict=True):
        entry = node.core[a, b, c]
        for one, other in product(left[a], right[b]):
            mode = min(one)
            found[c].append({**one, **other, mode: one[mode] * entry})
    return found


def _pair_terms(cores: Sequence[Array]) -> dict[tuple[int, int], list[tuple[Array, ...]]]:
    """For the bonds before and after one or two cores, the products that their sum needs."""
    found: dict[tuple[int, int], list[tuple[Array, ...]]] = {}
    if len(cores) == 1:
        core = cores[0]
        for a, c in np.ndindex(core.shape[0], core.shape[2]):
            found[a, c] = [(core[a, :, c],)]
        return found

    # The matrix between two bonds, in as many products as it has rank.
    joined = np.tensordot(cores[0], cores[1], axes=1)
    for a, c in np.ndindex(joined.shape[0], joined.shape[3]):
        matrix = joined[a, :, :, c]
        if matrix.any():
            left, right = factored(matrix)
            found[a, c] = list(zip(left.T, right, strict=True))
    return found


def _limited(count: int) -> None:
    if count > MOST_TERMS:
        raise InputError("tensor", f"{count} products", f"one that is written as at most {MOST_TERMS} products")


def _summed(terms: Sequence[tuple[Array, ...]], shape: tuple[int, ...]) -> CP:
    """Write terms as factors; no terms as one that is 0."""
    if not terms:
        return CP([np.zeros((size, 1), dtype=np.int64) for size in shape])
    return CP([np.stack(vectors, axis=1) for vectors in zip(*terms, strict=True)])
