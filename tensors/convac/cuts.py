"""Cuts of an unrolled circuit: which are worth a look, and what each says of the rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import log2, prod

from algebra.evidence.error import log2_of
from algebra.evidence.reason import Reason
from algebra.memory import binomial
from tensors.convac.equal_windows import Equal, crossing_first_windows
from tensors.convac.unrolled import Copy, Fields, Unrolled


def best_cut(unrolled: Unrolled, fields: Fields, graph: str) -> Reason:
    """Return the least bound by one of the cuts that are worth a look.

    Parameters
    ----------
    unrolled : Unrolled
    fields : Fields
        Of the same circuit and row side.
    graph : str
        Which graph it was unrolled into, for the evidence.

    Returns
    -------
    Reason
    """
    equal = Equal.of(fields)
    cuts = list(candidate_cuts(unrolled, equal))
    if equal is not None:
        cuts += first_window_cuts(unrolled, crossing_first_windows(fields, unrolled.copies))

    # What is cut without need may still let copies be exchanged: each cut is tried with it and without.
    tried = dict.fromkeys(kept for cut in cuts for kept in (irredundant(unrolled, cut), cut))
    return min((_cut_reason(unrolled, kept, equal, graph) for kept in tried), key=lambda bound: bound.value)


def _cut_reason(unrolled: Unrolled, cut: tuple[int, ...], equal: Equal | None, graph: str) -> Reason:
    """Bound the rank by a cut, under the name of the least argument that suffices."""
    dims, times = unrolled.graph.variable_dims, unrolled.times
    plain = prod(dims[v] ** times.get(v, 1) for v in cut)
    reused = cut_cost(unrolled, cut)
    value = reused if equal is None else min(reused, cut_cost(unrolled, cut, equal))
    rule = "equal-windows" if value < reused else "min-cut-reuse" if reused < plain else "min-cut"
    copies = [_named(unrolled, v) for v in cut]
    return Reason(rule, value, details=(("graph", graph), ("variables", list(cut)), ("copies", copies)))


def candidate_cuts(unrolled: Unrolled, equal: Equal | None = None) -> Iterator[tuple[int, ...]]:
    """Cuts worth a look: the minimal one, and those that prefer copies of one vector, or of windows that are equal."""
    from tensors.networks.cuts import PRECISION, minimal_cut
    from tensors.networks.flows import Flow

    if not unrolled.times:
        yield minimal_cut(unrolled.graph, unrolled.row_side).variables
    dims, times = unrolled.graph.variable_dims, unrolled.times
    namings = [unrolled.copies]
    if equal is not None:
        namings += [{v: equal.name(copy, side) for v, copy in unrolled.copies.items()} for side in (True, False)]
    for names in namings:
        totals = Counter(dict.fromkeys(names.values(), 0))
        for v, name in names.items():
            totals[name] += times.get(v, 1)
        if unrolled.times or max(totals.values(), default=1) > 1:
            sizes = [log2(dim) * times.get(v, 1) for v, dim in enumerate(dims)]
            for v, name in names.items():
                together = log2_of(binomial(dims[v] + totals[name] - 1, totals[name]))
                sizes[v] = together * (times.get(v, 1) / totals[name])
            yield Flow.of(unrolled.graph, unrolled.row_side, [round(size * 2**PRECISION) for size in sizes]).cut


def first_window_cuts(unrolled: Unrolled, crossing: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The first windows that see both sides, with and without the output, where that separates the sides."""
    root = next(iter(unrolled.copies))
    for cut in (crossing, (root, *(v for v in crossing if v != root))):
        if _reached(unrolled, set(cut), True).isdisjoint(_reached(unrolled, set(cut), False)):
            yield cut


def irredundant(unrolled: Unrolled, variables: tuple[int, ...]) -> tuple[int, ...]:
    """Leave out, one after the other, variables without which the others still separate the two sides."""
    graph, rows = unrolled.graph, set(unrolled.row_side)
    kept = set(variables)
    reached = {side: _reached(unrolled, kept, side) for side in (True, False)}
    for v in variables:
        beside = {u for factor in graph.factors_of[v] for u in graph.factor_scopes[factor]}
        touched = [s for s in reached if not beside.isdisjoint(reached[s]) or (v < graph.observed and (v in rows) == s)]
        if len(touched) < 2:
            kept.discard(v)
            for side in touched:
                _spread(unrolled, kept, reached[side], v)
    return tuple(v for v in variables if v in kept)


def cut_cost(unrolled: Unrolled, cut: Sequence[int], equal: Equal | None = None) -> int:
    """Bound the rank by a cut: count the functions of one side that its variables distinguish.

    For each value of the cut's variables the tensor is a function of the rows times one of the columns; the rank is at
    most the number of different functions on either side. If t copies of one vector of C channels are cut, what reads
    them lies on the other side, and nothing else is cut below them, then the functions do not change when the copies'
    values are exchanged: C^t becomes C(C + t - 1, t).

    The same holds for copies of windows that are equal functions of that side (see `equal_windows.equal_windows`): the
    values of the cut enter what lies below them through these functions alone. Where one window of a fully shared layer
    reads them all, it may lie on that side too, for it multiplies each of their values by the same matrix.

    Parameters
    ----------
    unrolled : Unrolled
    cut : sequence of int
        Variables that separate the row side from the other observed variables.
    equal : Equal, optional
        Which windows of the circuit are equal; without it only copies of one vector are exchanged.

    Returns
    -------
    int
    """
    dims, times, removed = unrolled.graph.variable_dims, unrolled.times, set(cut)
    above_cut = _above(unrolled, cut)
    best: int = prod(dims[v] ** times.get(v, 1) for v in cut)
    for side in (True, False):
        reached = _reached(unrolled, removed, side)
        together: dict[tuple[Copy, int], tuple[int, int]] = {}
        value = 1
        for v in cut:
            group = None if v in above_cut else _group(unrolled, v, side, reached, equal)
            if group is None:
                value *= dims[v] ** times.get(v, 1)
            else:
                together[group] = dims[v], together.get(group, (0, 0))[1] + times.get(v, 1)
        value *= prod(binomial(channels + count - 1, count) for channels, count in together.values())
        best = min(best, value)
    return best


def _group(unrolled: Unrolled, v: int, side: bool, reached: set[int], equal: Equal | None) -> tuple[Copy, int] | None:
    """Name the copies whose values a copy may exchange with its own, as far as one side can tell; None for no others.

    What reads a copy lies on this side only if its other variables do; if those are cut, on either.
    """
    if v not in unrolled.copies:
        return None
    copy, parents = unrolled.copies[v], unrolled.parents.get(v, ())
    name = copy if equal is None else equal.name(copy, side)
    if reached.isdisjoint(parents):
        return name, -1
    is_alike = equal is not None and equal.is_read_alike(copy) and len(parents) == 1 and v not in unrolled.times
    return (name, parents[0]) if is_alike else None


def _above(unrolled: Unrolled, cut: Sequence[int]) -> set[int]:
    """Variables that read, through others, a variable of the cut."""
    found: set[int] = set()
    waiting = list(cut)
    while waiting:
        fresh = [v for v in unrolled.parents.get(waiting.pop(), ()) if v not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _reached(unrolled: Unrolled, removed: set[int], row_side: bool) -> set[int]:
    """Variables that one side reaches without the cut."""
    rows = set(unrolled.row_side)
    reached: set[int] = set()
    for v in range(unrolled.graph.observed):
        if (v in rows) == row_side and v not in removed:
            _spread(unrolled, removed, reached, v)
    return reached


def _spread(unrolled: Unrolled, removed: set[int], reached: set[int], start: int) -> None:
    """Add a variable and what it reaches without the cut."""
    graph = unrolled.graph
    if start in reached:
        return
    reached.add(start)
    waiting = [start]
    while waiting:
        for factor in graph.factors_of[waiting.pop()]:
            fresh = [v for v in graph.factor_scopes[factor] if v not in reached and v not in removed]
            reached.update(fresh)
            waiting += fresh


def _named(unrolled: Unrolled, variable: int) -> list[int]:
    """A variable of a cut as layer and position; inputs are of layer 0."""
    return list(unrolled.copies.get(variable, (0, variable)))
