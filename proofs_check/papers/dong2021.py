r"""Y. Dong, J.-B. Cordonnier, A. Loukas: pure attention loses rank doubly exponentially with depth."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

from algebra import Grade
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.attention import random_matrix
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from tensors.attention import Collapse, SoftmaxLayer

PAPER = Paper(
    "dong2021",
    "Y. Dong, J.-B. Cordonnier, A. Loukas, Attention is not all you need: pure attention loses rank doubly "
    "exponentially with depth, ICML 2021",
    "2103.03404",
)
OWN = PAPER.beside("the rankcert developers, after Dong, Cordonnier, Loukas, ICML 2021", "2103.03404")

Instance = tuple[int, int, int, int, int]  # n, d, H, L, denominator of the weights

BITS = 256


def layers_of(instance: Instance) -> tuple[list[SoftmaxLayer], list[list[Fraction]]]:
    """Return L random layers of H heads, their weights over a denominator, and different tokens d x n.

    Examples
    --------
    >>> layers, X = layers_of((3, 2, 1, 4, 8))
    >>> len(layers), len(X), len(X[0])
    (4, 2, 3)
    """
    from tensors.attention import softmax_layer

    n, d, heads, depth, denominator = instance
    random = Random(f"collapse {instance}")

    def matrix() -> list[list[Fraction]]:
        return [[Fraction(x, denominator) for x in row] for row in random_matrix(random, d, d, 8)]

    layers = [softmax_layer([{"A": matrix(), "V": matrix()} for _ in range(heads)], n) for _ in range(depth)]
    X = random_matrix(random, d, n, 8)
    while len(set(zip(*X, strict=True))) < n:
        X = random_matrix(random, d, n, 8)
    return layers, [[Fraction(x, 8) for x in row] for row in X]


def collapse_of(instance: Instance) -> Collapse:
    """Return the diameters of the tokens, layer by layer, and the bounds.

    Examples
    --------
    >>> len(collapse_of((3, 2, 1, 2, 8)).one_step)
    2
    """
    from tensors.attention import rank_collapse

    layers, X = layers_of(instance)
    return rank_collapse(layers, X, BITS)


def _below(diameters: Any, bounds: Any, name: str) -> Verdict:
    """Decide that balls are at most others: by comparing them, certain either way or not at all."""
    for depth, (delta, bound) in enumerate(zip(diameters, bounds, strict=True), start=1):
        if delta > bound:
            return Verdict.violated(
                Grade.PROVED, reason=f"layer {depth}: {_short(delta)} exceeds the {name} {_short(bound)}"
            )
        if not delta <= bound:
            return Verdict.inconclusive(f"layer {depth}: {_short(delta)} against {_short(bound)} is not decided")
    return Verdict.holds(Grade.PROVED)


def _short(ball: Any) -> str:
    return str(ball.str(8, radius=False))


def _cubic(instance: Instance, seed: int) -> Verdict:
    found = collapse_of(instance)
    return _below(found.deltas[1:], found.cubic, "bound")


INSTANCES: tuple[Instance, ...] = (
    *product((2, 3, 5), (1, 2, 3), (1, 2), (1,), (4, 16)),
    *product((3, 4), (2, 3), (1, 2), (3, 4), (8, 24)),
)
SMALL: Hypothesis[Instance] = Hypothesis("sqrt(c) delta(X) < 1", lambda instance: collapse_of(instance).collapses)


@OWN.states(
    r"\delta(Y) \le \delta(X) \sum_h \|V_h\| \tanh\bigl(\|A_h\| \delta(X)^2/4\bigr)"
    r" \text{ for } Y = \sum_h V_h X \operatorname{softmax}(X^T A_h X)",
    on=lambda: INSTANCES,
)
def one_step(instance: Instance, seed: int) -> Verdict:
    """delta is the largest distance of two tokens, norms are spectral.

    In balls of 256 bits. The paper's own bound has other norms and constants, and its hypotheses vary between
    versions; it is not checked here.
    """
    found = collapse_of(instance)
    return _below(found.deltas[1:], found.one_step, "bound")


@OWN.states(
    r"c = \max_l \tfrac14 \sum_h \|V_h\|\|A_h\| \implies \delta_L \le c^{(3^L-1)/2}\, \delta_0^{3^L}",
    on=lambda: INSTANCES,
)
def doubly_exponential(instance: Instance, seed: int) -> Verdict:
    """The rate 3^L is the paper's; with this constant there is no further condition."""
    return _cubic(instance, seed)


@OWN.states(
    r"\sqrt{c}\,\delta_0 < 1 \implies \delta_L \le c^{(3^L-1)/2}\, \delta_0^{3^L} \to 0",
    SMALL,
    on=lambda: INSTANCES,
)
def collapse(instance: Instance, seed: int) -> Verdict:
    return _cubic(instance, seed)


@OWN.states(
    r"\delta(Y) \le \delta(X) \sum_h \|V_h\| \tfrac12 \max_{j,k} \|P^h_j - P^h_k\|_1",
    on=lambda: INSTANCES,
)
def dobrushin(instance: Instance, seed: int) -> Verdict:
    found = collapse_of(instance)
    return _below(found.deltas[1:], found.two_point, "bound")


@OWN.states(
    r"\sup_X \delta(Y) / \bigl(\delta(X) \|V\| \tanh(\|A\| \delta(X)^2/4)\bigr) = 1",
    on=lambda: (1, 2, 5, 20),
)
def sharp(scale: int, seed: int) -> Verdict:
    """Attained by two tokens of one coordinate; checked up to 10^-6."""
    # The one-step bound is attained up to 10^-6, by two tokens of one coordinate.
    from tensors.attention import rank_collapse, softmax_layer

    layer = softmax_layer([{"A": [[scale]], "V": [[1]]}], 2)
    half = Fraction(1, 2)
    found = rank_collapse([layer], [[-half, half]], BITS)
    if found.deltas[1] > found.one_step[0] * (10**6 - 1) / 10**6:
        return Verdict.holds(Grade.PROVED)
    return Verdict.inconclusive(f"{found.deltas[1]} is below the bound {found.one_step[0]}")


def _diameter(tokens: list[list[Any]]) -> Any:
    from itertools import combinations

    from flint import arb

    columns = list(zip(*tokens, strict=True))
    pairs = list(combinations(columns, 2))
    squares = [sum(((a - b) * (a - b) for a, b in zip(*pair, strict=True)), arb(0)) for pair in pairs]
    found = squares[0]
    for square in squares[1:]:
        found = found.max(square)
    return found.sqrt()


@OWN.states(
    r"\delta(X + Y) \le \delta(X) \sum_h \|V_h\| \tanh\bigl(\|A_h\| \delta(X)^2/4\bigr)",
    on=lambda: INSTANCES[:12],
    kind=Kind.FALSE_CONJECTURE,
)
def skip_connections(instance: Instance, seed: int) -> Verdict:
    """With a skip connection tokens need not approach each other, as the paper says, too."""
    # The one-step bound for X + f(X).
    from flint import arb, fmpq

    from algebra.exact.matrices import rational_matrix
    from algebra.exact.precision import precision
    from tensors.attention.collapse import contraction_bound, diameter_squared

    layers, X = layers_of(instance)
    tokens = rational_matrix("X", X)
    with precision(BITS):
        rows = zip(tokens.table(), layers[0].balls(tokens.table()), strict=True)
        added = [[arb(x) + y for x, y in zip(*pair, strict=True)] for pair in rows]
        delta = _diameter(added)
        bound = contraction_bound(layers[0], arb(fmpq(diameter_squared(tokens))).sqrt())
        return _below([delta], [bound], "bound")
