"""What the claims about sparse attention patterns decide, on random and on named patterns."""

from __future__ import annotations

from math import ceil
from random import Random
from typing import TYPE_CHECKING, Any

from algebra import Bounds, Grade
from proofs_check.claim import Verdict
from proofs_check.deciding.evidence import within

if TYPE_CHECKING:
    from tensors.attention import SparsePattern

Drawn = tuple[int, int, int, int]  # n, p, percent of the arcs, seed
Named = tuple[str, tuple[tuple[str, int], ...]]  # name, parameters with n
Block = tuple[int, int]  # n, w


Sets = list[list[set[int]]]


def pattern_of(instance: Drawn) -> SparsePattern:
    """Return a random pattern with all self-loops.

    Examples
    --------
    >>> pattern_of((3, 2, 50, 0)).p
    2
    """
    from tensors.attention import SparsePattern

    n, p, percent, _ = instance
    random = Random(f"pattern {instance}")
    layers = [[[j for j in range(n) if j == k or random.randrange(100) < percent] for k in range(n)] for _ in range(p)]
    return SparsePattern.from_lists(layers)


def named(instance: Named) -> SparsePattern:
    """Return a named pattern.

    Examples
    --------
    >>> named(("directed-ring", (("n", 4),))).connections
    (8,)
    """
    from tensors.attention import named_pattern

    name, parameters = instance
    return named_pattern(name, **dict(parameters))


def steps_by_definition(layers: Sets, most: int) -> int | None:
    """Return the least s with S_k^s = [n] for all k, by the definition; None if there is none up to `most`.

    Examples
    --------
    >>> steps_by_definition([[{0, 1}, {0, 1, 2}, {1, 2}]], 9)
    2
    """
    n = len(layers[0])
    seen = [set(row) for row in layers[0]]
    for s in range(1, most + 1):
        if all(len(row) == n for row in seen):
            return s
        seen = [set().union(*(seen[j] for j in row)) for row in layers[s % len(layers)]]
    return None


def _sets(pattern: SparsePattern) -> Sets:
    return [[set(row) for row in layer] for layer in pattern.lists()]


def _graph(pattern: SparsePattern) -> Any:
    return pattern.digraph()


def reach(instance: Drawn, seed: int) -> Verdict:
    """Decide that reach holds, by the definition, exactly if the union is strongly connected, by networkx."""
    import networkx as nx

    from tensors.attention.patterns import is_closed, reach

    pattern = pattern_of(instance)
    steps = steps_by_definition(_sets(pattern), pattern.p * pattern.n + 1)
    if (steps is not None) != nx.is_strongly_connected(_graph(pattern)):
        return Verdict.violated(Grade.PROVED, reason=f"steps {steps}, and the union is the other way")
    found = reach(pattern)
    if found.steps != steps or (steps is None and not is_closed(pattern.union, found.closed_set or ())):
        return Verdict.inconclusive(f"the checker says {found}, the definition {steps}")
    return Verdict.holds(Grade.PROVED)


def without_loops(n: int, seed: int) -> Verdict:
    """Decide that a directed cycle without self-loops mixes, as it is strongly connected."""
    from tensors.attention import SparsePattern
    from tensors.attention.patterns import reach

    found = reach(SparsePattern.from_lists([[[(k - 1) % n] for k in range(n)]]))
    if found.steps is not None:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"the directed cycle of {n} tokens permutes its tokens for ever")


def between(instance: Drawn, seed: int) -> Verdict:
    """Decide diam(U) <= s <= p diam(U) <= p (n - 1)."""
    import networkx as nx

    from tensors.attention.patterns import reach

    pattern = pattern_of(instance)
    steps = reach(pattern).steps
    assert steps is not None
    diameter = nx.diameter(_graph(pattern)) if pattern.n > 1 else 1
    bounds = Bounds.exactly(steps, by="reach")
    return Verdict.all_of([
        within(bounds, max(diameter, 1), pattern.p * max(diameter, 1), "steps"),
        within(bounds, 1, pattern.p * max(pattern.n - 1, 1), "steps"),
    ])  # fmt: skip


def degrees(instance: Drawn, seed: int) -> Verdict:
    """Decide that the product of the largest degrees of the first s layers is at least n."""
    from tensors.attention.patterns import reach

    pattern = pattern_of(instance)
    steps = reach(pattern).steps
    assert steps is not None
    reached = 1
    for layer in range(steps):
        reached *= pattern.largest_degrees[layer % pattern.p]
    return within(Bounds.exactly(reached, by="degrees"), low=pattern.n, name="product of the degrees")


def is_connected(instance: Drawn) -> bool:
    """Tell whether the union of the layers is strongly connected."""
    import networkx as nx

    return bool(nx.is_strongly_connected(_graph(pattern_of(instance))))


def window_connections(n: int, w: int) -> int:
    """Return n(2w + 1) - w(w + 1).

    Examples
    --------
    >>> window_connections(16, 1)
    46
    """
    return n * (2 * w + 1) - w * (w + 1)


def stated(instance: Named) -> tuple[int, tuple[int, ...]]:
    """Return steps and connections of each layer as their formulas say.

    Examples
    --------
    >>> stated(("star-transformer", (("n", 16),)))
    (2, (74,))
    """
    name, parameters = instance
    values = dict(parameters)
    n, w, g = values["n"], values.get("w", 1), values.get("g", 0)
    log = n.bit_length() - 1
    formulas: dict[str, tuple[int, tuple[int, ...]]] = {
        "dense": (1, (n * n,)),
        "sliding-window": (ceil((n - 1) / w), (window_connections(n, w),)),
        "circular-window": (ceil(n // 2 / w), (n * (2 * w + 1),)),
        "directed-ring": (n - 1, (2 * n,)),
        "star": (2, (3 * n - 2,)),
        "star-transformer": (2, (5 * n - 6,)),
        "longformer": (2, (window_connections(n, w) + 2 * g * (n - w - 1) - g * (g - 1),)),
        "strided": (2, (window_connections(n, w), sum(len(range(k % w, n, w)) for k in range(n)))),
        "fixed": (2, (n * w, n * n // w + n - n // w)),
        "logsparse": (log, (n + sum(k.bit_length() for k in range(1, n)),)),
    }
    return formulas[name]


def as_stated(instance: Named, seed: int) -> Verdict:
    """Decide that steps and connections are what `stated` says."""
    from tensors.attention import check_assumption1

    found = check_assumption1(named(instance))
    steps, connections = stated(instance)
    got = found.causal_steps if found.pattern.is_causal and found.pattern.n > 1 else found.reach.steps
    if (got, found.pattern.connections) == (steps, connections):
        return Verdict.holds(Grade.PROVED)
    reason = f"{found.pattern.label}: steps {got}, connections {found.pattern.connections}, not {steps}, {connections}"
    return Verdict.violated(Grade.PROVED, reason=reason)


def assumption1(pattern: SparsePattern) -> Verdict:
    """Decide Assumption 1 for a pattern, and check the certificate."""
    from tensors.attention import check_assumption1
    from tensors.attention.patterns import is_closed, is_gamma

    found = check_assumption1(pattern)
    if found.holds:
        assert found.path.gamma is not None
        good = is_gamma(pattern.union, found.path.gamma)
        return Verdict.holds(Grade.PROVED) if good else Verdict.inconclusive("the path found is none")
    if found.holds is None:
        return Verdict.inconclusive("no Hamiltonian path was found or excluded")
    closed = found.reach.closed_set
    if closed is not None and is_closed(pattern.union, closed):
        return Verdict.violated(Grade.PROVED, reason=f"{pattern.label}: tokens {list(closed)} never see the others")
    return Verdict.violated(Grade.PROVED, reason=f"{pattern.label}: part 2 or 3 fails")


def fixed(instance: Block, seed: int, repair: bool = False) -> Verdict:
    """Decide Assumption 1 for the fixed pattern, repaired or not."""
    from tensors.attention import named_pattern

    n, w = instance
    return assumption1(named_pattern("fixed", n, w=w, repair=repair))


def strided(instance: Block, seed: int) -> Verdict:
    """Decide Assumption 1 for the strided pattern."""
    from tensors.attention import named_pattern

    n, w = instance
    return assumption1(named_pattern("strided", n, w=w))


def swapped(instance: Block, seed: int) -> Verdict:
    """Decide that the fixed pattern takes two layers, and three with its layers swapped."""
    from tensors.attention import named_pattern
    from tensors.attention.patterns import steps_by_rotation

    n, w = instance
    steps = steps_by_rotation(named_pattern("fixed", n, w=w))
    if steps == (2, 3):
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"steps {steps}")


def star(n: int, seed: int) -> Verdict:
    """Decide that a star without window mixes in two layers and has no Hamiltonian path."""
    from tensors.attention import check_assumption1, named_pattern
    from tensors.attention.patterns.path_obstacles import obstacle

    found = check_assumption1(named_pattern("star", n))
    if found.reach.steps == 2 and found.path.exists is False and obstacle(found.pattern.union) is not None:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"steps {found.reach.steps}, path {found.path.exists}")


def causal(instance: Drawn, seed: int) -> Verdict:
    """Decide that a pattern without later tokens never mixes."""
    from tensors.attention import SparsePattern
    from tensors.attention.patterns import reach

    lists = pattern_of(instance).lists()
    causal = SparsePattern.from_lists([[[j for j in row if j <= k] for k, row in enumerate(layer)] for layer in lists])
    found = reach(causal)
    if found.steps is None and found.closed_set is not None:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"all tokens are seen after {found.steps} layers")


def with_window(instance: Drawn, seed: int) -> Verdict:
    """Decide that a pattern with k -> k-1 everywhere and reach meets all of Assumption 1."""
    from tensors.attention import SparsePattern

    lists = pattern_of(instance).lists()
    for k in range(1, instance[0]):
        lists[0][k] = sorted({*lists[0][k], k - 1})
    lists[0][0] = sorted({*lists[0][0], instance[0] - 1})
    return assumption1(SparsePattern.from_lists(lists))


def parameters(name: str, n: int, **values: int) -> Named:
    """Return a named pattern with n tokens and other parameters."""
    return (name, (("n", n), *values.items()))
