"""Upper bounds of the generic rank, for every border and every sharing: one function a theorem, and one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from algebra.evidence.reason import Reason
from algebra.memory import binomial, power
from tensors.convac.cuts import best_cut
from tensors.convac.subspaces import subspace_value
from tensors.convac.unrolled import fields_of, unroll

if TYPE_CHECKING:
    from tensors.convac.architecture import ConvACArchitecture

MOST_COPIES = 4000  # of a graph whose cut is searched
MOST_FACTORS = 20000


def zero_border_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason | None:
    """Use that zero borders can make every grid tensor 0."""
    return Reason("zero-border", 0) if architecture.vanishes else None


def templates_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason:
    """Count the rows and the columns: M to the number of positions on a side that the output depends on.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : sequence of int
        The positions of one side.

    Returns
    -------
    Reason
    """
    least = min(fields_of(architecture, tuple(rows)).counts(len(architecture.layers), 0))
    return Reason("templates", power(architecture.templates, least), details=(("positions", least),))


def pooling_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason:
    """Multiply the ranks of a window's factors, times its channels, layer by layer.

    The recursion of Cohen and Shashua (ICLR 2017, arXiv:1605.06743) for pooling windows, which holds for windows that
    overlap as well: a factor is a sum over C channels of products, so its rank is at most C times the product of the
    ranks below, and at most the templates of either side that it sees.
    """
    net, fields = architecture, fields_of(architecture, tuple(rows))
    below = [1] * net.positions
    for number, children in enumerate(fields.children):
        layer = number + 1
        is_output = layer == len(net.layers)
        channels = 1 if is_output and net.output == "single" else net.layers[number].channels
        found = []
        for position, read in enumerate(children):
            counts = fields.counts(layer, position)
            product = prod(below[q] for q in read) * channels if min(counts) else 1
            found.append(min(product, power(net.templates, min(counts))))
        below = found
    return Reason("pooling-geometry", below[0])


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
        prod(binomial(architecture.templates + n - 1, n) for n in Counter(tuple(windows[q]) for q in side).values())
        for side in ([q for q in windows if q in inside], [q for q in windows if q not in inside])
    )
    return Reason("full-sharing-symmetry", value)


def cut_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason | None:
    """Search for a small cut of the unrolled circuit; None if even the folded graph is too large.

    The product of the dimensions of a cut's variables bounds the rank (Levine, Yakira, Cohen and Shashua, ICLR 2018,
    arXiv:1704.01552); `cuts.cut_cost` counts less where copies of one vector are cut.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : sequence of int
        The positions of one side.

    Returns
    -------
    Reason or None
    """
    fields = fields_of(architecture, tuple(rows))
    graphs = ["tree"]
    if fields.copies(folded=False) > MOST_COPIES:
        graphs = ["merged", "folded"] if fields.copies(folded=True) <= MOST_COPIES else ["merged"]

    found = []
    for graph in graphs:
        unrolled = unroll(architecture, rows, folded=graph == "folded", merged=graph == "merged")
        if len(unrolled.graph.factor_scopes) <= MOST_FACTORS:
            found.append(best_cut(unrolled, fields, graph))
    return min(found, key=lambda bound: bound.value, default=None)


def subspace_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason:
    """Let the spaces of channels intersect; see `subspaces.subspace_value`."""
    return Reason("subspace-intersections", subspace_value(fields_of(architecture, tuple(rows))))


class Rule(NamedTuple):
    """A theorem, and whether it takes so little time that it is asked before anything else."""

    bound: Callable[[ConvACArchitecture, Sequence[int]], Reason | None]
    is_quick: bool


UPPER_RULES = (
    Rule(zero_border_bound, is_quick=True),
    Rule(templates_bound, is_quick=True),
    Rule(pooling_bound, is_quick=True),
    Rule(symmetry_bound, is_quick=True),
    Rule(cut_bound, is_quick=False),
    Rule(subspace_bound, is_quick=False),
)
"""Of equal bounds that of the first rule is taken."""


def quick_upper_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason:
    """Return the least of the bounds that need no search for a cut.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> quick_upper_bound(ConvAC(8, 2, [Layer(8, 8, 20, sharing="full")]), (0, 2, 4, 6)).value
    5
    """
    return _least((rule for rule in UPPER_RULES if rule.is_quick), architecture, rows)


def best_upper_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason:
    """Return the least of all bounds, those by cuts and by intersecting subspaces among them."""
    return _least(UPPER_RULES, architecture, rows)


def _least(rules: Iterable[Rule], architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason:
    best: Reason | None = None
    for rule in rules:
        found = rule.bound(architecture, rows)
        if found is not None and (best is None or found.value < best.value):
            best = found
        if best is not None and best.value <= 1:  # nothing is below 1 but 0, of zero borders
            break
    assert best is not None, "counting templates always gives a bound"
    return best
