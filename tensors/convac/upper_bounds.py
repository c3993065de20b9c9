"""Upper bounds of the generic rank, for every border and every sharing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import comb, log2, prod
from typing import TYPE_CHECKING

from algebra.evidence.error import log2_of
from algebra.evidence.reason import Reason
from tensors.convac.equal_windows import Equal, crossing_first_windows
from tensors.convac.subspaces import subspace_value
from tensors.convac.unrolled import Copy, Fields, Unrolled, fields_of, unroll

if TYPE_CHECKING:
    from tensors.convac.architecture import ConvACArchitecture

MOST_COPIES = 4000  # of a graph whose cut is searched
MOST_FACTORS = 20000


def quick_upper_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason:
    """Return the least of the bounds that need no search for a cut.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> quick_upper_bound(ConvAC(8, 2, [Layer(8, 8, 20, sharing="full")]), (0, 2, 4, 6)).value
    5
    """
    if architecture.vanishes:
        return Reason("zero-border", 0)
    fields = fields_of(architecture, tuple(rows))
    bounds = [templates_bound(fields), pooling_bound(fields), symmetry_bound(architecture, rows)]
    return min((bound for bound in bounds if bound is not None), key=lambda bound: bound.value)


def best_upper_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason:
    """Return the least of all bounds, those by cuts and by intersecting subspaces among them."""
    quick = quick_upper_bound(architecture, rows)
    if quick.value <= 1:
        return quick
    bounds = [quick, cut_bound(architecture, rows), subspace_bound(fields_of(architecture, tuple(rows)))]
    return min((bound for bound in bounds if bound is not None), key=lambda bound: bound.value)


def templates_bound(fields: Fields) -> Reason:
    """Count the rows and the columns: M to the number of positions on a side that the output depends on."""
    least = min(fields.counts(len(fields.architecture.layers), 0))
    return Reason("templates", fields.architecture.templates**least, details=(("positions", least),))


def pooling_bound(fields: Fields) -> Reason:
    """Multiply the ranks of a window's factors, times its channels, layer by layer.

    The recursion of Cohen and Shashua (ICLR 2017, arXiv:1605.06743) for pooling windows, which holds for windows that
    overlap as well: a factor is a sum over C channels of products, so its rank is at most C times the product of the
    ranks below, and at most the templates of either side that it sees.
    """
    net = fields.architecture
    below = [1] * net.positions
    for number, children in enumerate(fields.children):
        layer = number + 1
        is_output = layer == len(net.layers)
        channels = 1 if is_output and net.output == "single" else net.layers[number].channels
        found = []
        for position, read in enumerate(children):
            counts = fields.counts(layer, position)
            product = prod(below[q] for q in read) * channels if min(counts) else 1
            found.append(min(product, net.templates ** min(counts)))
        below = found
    return Reason("pooling-geometry", below[0])


def subspace_bound(fields: Fields) -> Reason:
    """Let the spaces of channels intersect; see `subspaces.subspace_value`."""
    return Reason("subspace-intersections", subspace_value(fields))


def symmetry_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason | None:
    """Use that fully shared weights cannot tell positions apart that the same first windows read.

    The tensor is symmetric in n such positions of one side; symmetric tensors of M letters span ``C(M + n - 1, n)``
    dimensions instead of ``M^n``.
    """
    if architecture.layers[0].sharing != "full":
        return None
    windows: dict[int, list[int]] = {}
    reads = architecture.reads[0]
    for output, position in zip(reads.outputs.tolist(), reads.inputs.tolist(), strict=True):
        if architecture.covered[1][output]:
            windows.setdefault(position, []).append(output)
    inside = set(rows)
    value = min(
        prod(comb(architecture.templates + n - 1, n) for n in Counter(tuple(windows[q]) for q in side).values())
        for side in ([q for q in windows if q in inside], [q for q in windows if q not in inside])
    )
    return Reason("full-sharing-symmetry", value)


def cut_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason | None:
    """Search for a small cut of the unrolled circuit; None if even the folded graph is too large.

    The product of the dimensions of a cut's variables bounds the rank (Levine, Yakira, Cohen and Shashua, ICLR 2018,
    arXiv:1704.01552); `cut_cost` counts less where copies of one vector are cut.
    """
    fields = fields_of(architecture, tuple(rows))
    graphs = [{"folded": False}]
    if fields.copies(False) > MOST_COPIES:
        graphs = [{"merged": True}] + [{"folded": True}] * (fields.copies(True) <= MOST_COPIES)
    found = [_graph_bound(architecture, rows, **graph) for graph in graphs]
    return min((bound for bound in found if bound is not None), key=lambda bound: bound.value, default=None)


def _graph_bound(architecture: ConvACArchitecture, rows: Sequence[int], **graph: bool) -> Reason | None:
    unrolled = unroll(architecture, rows, **graph)
    if len(unrolled.graph.factor_scopes) > MOST_FACTORS:
        return None
    fields = fields_of(architecture, tuple(rows))
    equal = Equal.of(fields)
    cuts = list(_cuts(unrolled, equal))
    if equal is not None:
        cuts += _first_cuts(unrolled, crossing_first_windows(fields, unrolled.copies))
    tried = dict.fromkeys(kept for cut in cuts for kept in (_irredundant(unrolled, cut), cut))
    found = []
    for kept in tried:
        plain = prod(unrolled.graph.variable_dims[v] ** unrolled.times.get(v, 1) for v in kept)
        reused = cut_cost(unrolled, kept)
        value = reused if equal is None else min(reused, cut_cost(unrolled, kept, equal))
        rule = "equal-windows" if value < reused else "min-cut-reuse" if reused < plain else "min-cut"
        details = (
            ("graph", next((name for name, on in graph.items() if on), "tree")),
            ("variables", list(kept)),
            ("copies", [_named(unrolled, v) for v in kept]),
        )
        found.append(Reason(rule, value, details=details))
    return min(found, key=lambda bound: bound.value)


def _cuts(unrolled: Unrolled, equal: Equal | None = None) -> Iterator[tuple[int, ...]]:
    """Cuts worth a look: the minimal one, and those that prefer copies of one vector, or of windows that are equal."""
    from tensors.min_cut import PRECISION, Flow, minimal_cut

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
                together = log2_of(comb(dims[v] + totals[name] - 1, totals[name]))
                sizes[v] = together * (times.get(v, 1) / totals[name])
            yield Flow.of(unrolled.graph, unrolled.row_side, [round(size * 2**PRECISION) for size in sizes]).cut


def _first_cuts(unrolled: Unrolled, crossing: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The first windows that see both sides, with and without the output, where that separates the sides."""
    root = next(iter(unrolled.copies))
    for cut in (crossing, (root, *(v for v in crossing if v != root))):
        if _reached(unrolled, set(cut), True).isdisjoint(_reached(unrolled, set(cut), False)):
            yield cut


def _irredundant(unrolled: Unrolled, variables: tuple[int, ...]) -> tuple[int, ...]:
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
        value *= prod(comb(channels + count - 1, count) for channels, count in together.values())
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
