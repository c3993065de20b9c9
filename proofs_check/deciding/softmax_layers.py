"""What the claims about multi-head softmax layers decide, on small random ones."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from algebra import Bounds, Grade
from proofs_check.claim import Verdict
from proofs_check.deciding.attention import random_matrix

if TYPE_CHECKING:
    from tensors.attention import SoftmaxLayer

Layers = tuple[int, int, int]  # d, h, seed
Pair = tuple[int, int, bool, int]  # n, d, whether the two are one function, seed


def weights_of(d: int, heads: int, size: int, seed: int) -> list[dict[str, list[list[int]]]]:
    """Return random W_q, W_k (size x d) and V (d x d) of each head.

    Examples
    --------
    >>> sorted(weights_of(2, 1, 1, 0)[0])
    ['V', 'W_k', 'W_q']
    """
    random = Random(f"layer {d} {heads} {size} {seed}")
    shapes = {"W_q": (size, d), "W_k": (size, d), "V": (d, d)}
    return [{name: random_matrix(random, *shape) for name, shape in shapes.items()} for _ in range(heads)]


def included(instance: Layers, seed: int) -> Verdict:
    """Decide that a standard layer is a layer of larger heads: rows of zeros, and the scale put right."""
    from tensors.attention import layers_equal, softmax_layer

    d, heads, number = instance
    size = d // heads
    larger = 4 * size  # so that sqrt(larger / size) is rational
    weights = weights_of(d, heads, size, number)
    padded = [
        {
            "W_q": [[2 * x for x in row] for row in head["W_q"]] + [[0] * d] * (larger - size),
            "W_k": head["W_k"] + [[0] * d] * (larger - size),
            "V": head["V"],
        }
        for head in weights
    ]
    if layers_equal(softmax_layer(weights, 3), softmax_layer(padded, 3)):
        return Verdict.holds(Grade.PROVED)
    return Verdict.inconclusive("the padded layer is another function")


def strict(instance: Layers, seed: int, cancel: bool) -> Verdict:
    """Decide that a layer with heads of more than d/h is no standard one; two heads that cancel are, if asked for."""
    from tensors.attention import canonical_form, softmax_layer

    d, heads, number = instance
    weights = weights_of(d, heads + 1, d // heads + 1, number)
    if cancel:
        (first, *rest) = weights_of(d, 1, d // heads + 1, number)
        weights = [first, {**first, "V": [[-x for x in row] for row in first["V"]]}, *rest]
    form = canonical_form(softmax_layer(weights, 3))
    if form.fits_standard(d, heads):
        return Verdict.violated(Grade.PROVED, reason=f"head size {form.least_head_size} is enough, once merged")
    return Verdict.holds(Grade.PROVED, Bounds.exactly(form.least_head_size, by="canonical-form"))


def pair_of(instance: Pair) -> tuple[SoftmaxLayer, SoftmaxLayer]:
    """Return two layers: the second the first with its heads split and turned round, or with one weight changed.

    Examples
    --------
    >>> first, second = pair_of((3, 2, True, 0))
    >>> len(first.heads), len(second.heads)
    (2, 4)
    """
    from tensors.attention import softmax_layer

    n, d, same, _ = instance
    random = Random(f"pair {instance}")
    heads = [{"A": random_matrix(random, d, d), "V": random_matrix(random, d, d)} for _ in range(2)]
    split: list[dict[str, list[list[int]]]] = []
    for head in reversed(heads):
        part = random_matrix(random, d, d)
        rest = [[v - p for v, p in zip(*rows, strict=True)] for rows in zip(head["V"], part, strict=True)]
        split += [{"A": head["A"], "V": part}, {"A": head["A"], "V": rest}]
    if not same:
        changed = [list(row) for row in split[0]["A"]]
        changed[0][0] += 1
        split[0] = {"A": changed, "V": split[0]["V"]}
    return softmax_layer(heads, n), softmax_layer(split, n)


def canonical(instance: Pair, seed: int) -> Verdict:
    """Decide that canonical forms agree exactly if the layers do: unequal ones by an input, equal ones by residues."""
    from tensors.attention import canonical_form, check_distinction, distinguish, layers_equal

    first, second = pair_of(instance)
    forms = [{(str(g.A), str(g.V)) for g in canonical_form(layer).groups} for layer in (first, second)]
    if (forms[0] == forms[1]) != layers_equal(first, second):
        return Verdict.violated(Grade.PROVED, reason="the forms agree and the layers do not, or the other way round")
    found = distinguish(first, second, seed)
    if found is None:
        return Verdict.holds(Grade.PROVED) if _vanishes(first, second) else Verdict.inconclusive("residues differ")
    if not check_distinction(first, second, found):
        return Verdict.inconclusive("the input does not tell the layers apart")
    return Verdict.holds(Grade.PROVED)


def _vanishes(first: SoftmaxLayer, second: SoftmaxLayer) -> bool:
    from flint import fmpq_mat

    from tensors.attention.softmax.heads import layer_residues

    difference, prime = first.minus(second), 2147483647
    d, n = difference.width, difference.tokens
    X = fmpq_mat(d, n, [(7 * i * i + 3 * i) % 11 - 5 for i in range(d * n)])
    bases = {head.radicand: 48271 + head.radicand for head in difference.heads}
    values = layer_residues(difference, X, prime, bases)
    return values is not None and not any(map(any, values))


def opposite(d: int, seed: int, tokens: int) -> Verdict:
    """Decide that (A, V), (-A, V) are not the same function as (0, 2V)."""
    from tensors.attention import layers_equal, softmax_layer

    random = Random(f"opposite {d}")
    A, V = random_matrix(random, d, d), random_matrix(random, d, d)
    minus = [[-a for a in row] for row in A]
    twice, zero = [[2 * v for v in row] for row in V], [[0] * d] * d
    pair = softmax_layer([{"A": A, "V": V}, {"A": minus, "V": V}], tokens)
    if layers_equal(pair, softmax_layer([{"A": zero, "V": twice}], tokens)):
        return Verdict.violated(Grade.PROVED, reason=f"n = {tokens}: two heads of A and -A are one of A = 0")
    return Verdict.holds(Grade.PROVED)
