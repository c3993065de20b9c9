"""What the claims about the smallest patterns, and about scales of probability maps, decide."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from random import Random

from algebra import Bounds, Grade
from proofs_check.claim import Verdict
from proofs_check.deciding.evidence import equals

Least = tuple[int, int, int, bool, int]  # n, s, p, whether with a path, arcs
Scale = tuple[int, Fraction, Fraction]  # visible keys, zeta, eta


def two_n(n: int, seed: int) -> Verdict:
    """Decide that 2n connections are enough and 2n - 1 are not: all sets of n - 1 arcs, for few tokens."""
    import networkx as nx

    from tensors.attention import minimal_pattern

    found = minimal_pattern(n, max(n - 1, 1))
    if n <= 4:
        arcs = [(k, j) for k in range(n) for j in range(n) if k != j]
        for chosen in combinations(arcs, n - 1):
            graph = nx.DiGraph(chosen)
            graph.add_nodes_from(range(n))
            if nx.is_strongly_connected(graph):
                return Verdict.violated(Grade.PROVED, reason=f"{chosen} connects {n} tokens")
    return equals(Bounds.exactly(found.connections, by="enumeration"), 2 * n, "connections")


def star_is_least(n: int, seed: int) -> Verdict:
    """Decide that fewer than 2(n - 1) arcs do not mix within two layers."""
    from tensors.attention import minimal_pattern

    found = minimal_pattern(n, 2, with_path=False)
    return equals(Bounds.exactly(found.arcs, by="enumeration"), 2 * (n - 1), "arcs")


def least_arcs(instance: Least, seed: int) -> Verdict:
    """Decide that the least number of arcs is the one stated; the pattern found is checked."""
    from tensors.attention import minimal_pattern
    from tensors.attention.patterns.minimal import has_assumption1

    n, steps, layers, with_path, arcs = instance
    found = minimal_pattern(n, steps, layers, with_path)
    if not has_assumption1(found):
        return Verdict.inconclusive("the pattern found does not do what it should")
    return equals(Bounds.exactly(found.arcs, by="enumeration"), arcs, "arcs")


def path_is_free(instance: tuple[int, int], seed: int) -> Verdict:
    """Decide that the least number of arcs is the same with and without a Hamiltonian path."""
    from tensors.attention import minimal_pattern

    n, steps = instance
    arcs = [minimal_pattern(n, steps, with_path=with_path).arcs for with_path in (True, False)]
    return equals(Bounds.exactly(arcs[0], by="enumeration"), arcs[1], "arcs with a path")


def softmax_scale(instance: Scale, seed: int) -> Verdict:
    """Decide that the scale is enough in the worst case, where all other scores are exactly zeta below."""
    from algebra.exact.balls import ball
    from algebra.exact.precision import precision
    from tensors.attention.patterns import softmax_scale

    visible, zeta, eta = instance
    with precision(128):
        t = softmax_scale(visible, zeta, eta)
        least = 1 / (1 + (visible - 1) * (-t * ball(zeta)).exp())
        if least >= 1 - ball(eta):
            return Verdict.holds(Grade.PROVED)
    return Verdict.inconclusive(f"weight {least} against 1 - {eta}")


def sparsemax_scale(instance: Scale, seed: int) -> Verdict:
    """Decide that sparsemax at the scale is one-hot."""
    from tensors.attention.patterns import sparsemax, sparsemax_scale

    visible, zeta, _ = instance
    t = sparsemax_scale(zeta)
    random = Random(f"sparsemax {instance}")
    scores = [Fraction(0)] + [-zeta - Fraction(random.randrange(3), 2) for _ in range(visible - 1)]
    scores[-1] = -zeta if visible > 1 else scores[-1]
    weights = sparsemax([t * score for score in scores])
    if weights == (1, *[0] * (visible - 1)):
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"weights {[str(weight) for weight in weights]}")
