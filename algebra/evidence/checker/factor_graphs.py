"""The rank of a matricization of a factor graph's tensor, for almost all tables.

The variables 0 ... observed-1 of a ``graph`` are observed, the others hidden; each factor has a table with one entry
for every assignment of the variables of its scope, in row-major order, the first variable slowest. The tensor is the
sum, over the values of the hidden variables, of the product of all factors; factors of one group in ``tied`` share
one table. The claim is ``lower <= rank <= upper`` for the matricization with the observed variables ``row_side`` as
rows, for all tables over a field of characteristic 0 (nonnegative real ones, too) outside a proper algebraic subset
(the upper bound for all).

**Lower bound.** ``paths``: each goes from a variable of the row side over a factor, a hidden variable, ... to an
observed variable of the other side, and has a width w. Give every variable on it a digit of w values, let the factors
on it be 1 where the digits of both neighbours agree and 0 elsewhere, and restrict the variables to the values that
their digits name; all else is 1. If the widths of the paths through each variable multiply to at most its dimension,
this is a tensor whose matricization is, up to a constant and rows and columns of zeros or equal ones, a Kronecker
product of identity matrices: its rank is at least the product of the widths. Tied factors allow no paths.
``minor``: the tables hold integers of the stream ``tables``, table after table, of a tied group where its first
factor stands. ``varied`` names observed variables with how many of their values are used, the others stay at 0. Row i
gives to those of the row side, in the order of ``varied``, the digits of i, the last one fastest; columns likewise.
The minor at (``rows``, ``columns``) is a unit modulo ``prime``. The hidden variables are summed out in ``order``; one
that no factor touches is left out.

**Upper bound.** ``cut``: without the ``variables``, no path of factors leads from the row side to another observed
variable. The matricization is a sum over the values of these variables of matrices of rank 1, so their dimensions'
product bounds its rank. ``symmetric``: observed variables are twins if each is touched by one factor only, these
factors share their table, and their scopes differ only in the twins, at the same place. Exchanging twins of one
``side`` (rows or columns) leaves the tensor as it is, so the side has no more different ones than the product, over
the classes of n twins with d values each, of binomial(d + n - 1, n).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

from .generator import residues
from .labels import graph_label
from .limits import MOST_VALUE, capped_product, hold, multisets, need, per_drawing, per_product, shown, spend
from .minors import is_regular, read_minor, read_modulus
from .reading import fields, integer, integers, named, read_bounds, read_key, read_proofs, text

ROWS, COLUMNS = -1, -2  # the axes of the minor, beside those of the variables

Piece = tuple[tuple[int, ...], list[int]]  # axes, and the entries in row-major order


class Graph(NamedTuple):
    """A factor graph; for each factor the first one that has the same table."""

    dims: tuple[int, ...]
    observed: int
    scopes: tuple[tuple[int, ...], ...]
    tables: tuple[int, ...]


def matricization_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the generic rank of a matricization."""
    inner = ("quantity", "label", "graph", "row_side", "lower", "upper")
    _, name, given, side, lower, upper = fields(claim, "claim", *inner)
    proofs = read_proofs(document, "lower", "upper")
    graph = read_graph(given)
    described = graph_label(given["variable_dims"], graph.observed, given["factor_scopes"], given["tied"])
    old = graph_label(given["variable_dims"], graph.observed, given["factor_scopes"], given["tied"], is_old=True)
    need(text(name, "label") in (described, old), "the label does not fit the graph")
    rows = integers(side, "row_side", 0, graph.observed - 1)
    need(list(rows) == sorted(set(rows)), "the row side is not sorted")
    lower, upper, between = read_bounds(lower, upper, MOST_VALUE)
    side = named(rows, "observed variables")
    statement = f"the rank of {described} with the rows {side} is {between} for almost all tables"
    return statement, [
        lambda: check_rank_upper(graph, set(rows), upper, proofs[1]),
        lambda: check_rank_lower(graph, set(rows), lower, proofs[0]),
    ]


def read_graph(value: Any) -> Graph:
    """Return a factor graph."""
    given, observed, scopes, tied = fields(value, "graph", "variable_dims", "observed", "factor_scopes", "tied")
    dims = integers(given, "variable_dims", 1)
    observed = integer(observed, "observed", 1, len(dims))
    need(type(scopes) is list and (tied is None or type(tied) is list), "factor_scopes or tied is not a list")
    read = tuple(integers(scope, "a scope", 0, len(dims) - 1) for scope in scopes)
    need(all(len(set(scope)) == len(scope) for scope in read), "a scope repeats a variable")

    # Tied factors have the table of the first of their group.
    groups = [integers(group, "a group of tied", 0, len(read) - 1) for group in tied or []]
    members = [f for group in groups for f in group]
    need(len(set(members)) == len(members), "a factor is tied twice")
    tables = list(range(len(read)))
    for group in groups:
        shapes = {tuple(dims[v] for v in read[f]) for f in group}
        need(len(shapes) <= 1, "tied factors differ in shape")
        first = min(group, default=0)
        for f in group:
            tables[f] = first
    return Graph(dims, observed, read, tuple(tables))


def check_rank_upper(graph: Graph, rows: set[int], claimed: int, proof: Any) -> None:
    """Check the upper bound."""
    need(type(proof) is dict, "the upper bound is not an object")
    if proof.get("rule") == "symmetric":
        _, side = fields(proof, "upper", "rule", "side")
        need(side in ("rows", "columns"), "the side is neither rows nor columns")
        value = symmetric_bound(graph, [v for v in range(graph.observed) if (v in rows) == (side == "rows")])
    else:
        rule, variables = fields(proof, "upper", "rule", "variables")
        need(rule == "cut", "the upper bound's rule is unknown")
        cut = integers(variables, "variables", 0, len(graph.dims) - 1)
        need(list(cut) == sorted(set(cut)), "the variables of the cut are not sorted")
        need(not reached_beyond(graph, rows, set(cut)), "the variables do not separate the two sides")
        value = capped_product(graph.dims[v] for v in cut)
    need(value == claimed, f"the claim's upper bound is {shown(claimed)}, but its proof gives {shown(value)}")


def symmetric_bound(graph: Graph, side: list[int]) -> int:
    """Return the number of different rows (or columns) that twins leave."""
    spend(sum(20 + len(scope) ** 2 for scope in graph.scopes), "the twins")
    touching: dict[int, list[int]] = {v: [] for v in side}
    for f, scope in enumerate(graph.scopes):
        for v in scope:
            if v in touching:
                touching[v].append(f)

    # Twins are alone in factors of one table, at one place of equal scopes: exchanging their values changes nothing.
    classes: Counter[tuple[Any, int]] = Counter()
    for v, factors in touching.items():
        kind: Any = v
        if len(factors) == 1:
            (f,) = factors
            scope = graph.scopes[f]
            others = tuple(-1 if u == v else u for u in scope)
            kind = graph.tables[f], scope.index(v), others
        classes[kind, graph.dims[v]] += 1

    # n twins of d values: a multiset of n of them decides.
    return capped_product(multisets(d, n) for (_, d), n in classes.items())


def reached_beyond(graph: Graph, rows: set[int], removed: set[int]) -> bool:
    """Tell whether a path of factors leads from the row side to another observed variable, not over `removed`."""
    touching: dict[int, list[int]] = {}
    for f, scope in enumerate(graph.scopes):
        for v in scope:
            touching.setdefault(v, []).append(f)
    seen = rows - removed
    waiting, done = list(seen), set()
    while waiting:
        for f in touching.get(waiting.pop(), ()):
            if f not in done:
                done.add(f)
                fresh = set(graph.scopes[f]) - removed - seen
                seen |= fresh
                waiting += fresh
    return any(v < graph.observed and v not in rows for v in seen)


def check_rank_lower(graph: Graph, rows: set[int], claimed: int, proof: Any) -> None:
    """Check the lower bound."""
    need(type(proof) is dict, "the lower bound is not an object")
    if proof.get("rule") == "paths":
        _, paths = fields(proof, "lower", "rule", "paths")
        value = product_of_paths(graph, rows, paths)
    else:
        value = size_of_minor(graph, rows, proof)
    need(value == claimed, f"the claim's lower bound is {shown(claimed)}, but its proof gives {shown(value)}")


def product_of_paths(graph: Graph, rows: set[int], paths: Any) -> int:
    """Return the product of the widths, if the paths are what the rule asks for."""
    need(type(paths) is list, "paths is not a list")
    need(not paths or graph.tables == tuple(range(len(graph.scopes))), "tied factors allow no paths")
    carried = [1] * len(graph.dims)
    scopes = list(map(set, graph.scopes))
    widths = []
    for entry in paths:
        width, given = fields(entry, "a path", "width", "path")
        width, path = integer(width, "a width", 1), integers(given, "a path")
        variables, factors = path[::2], path[1::2]
        need(len(path) % 2 == 1 and len(path) >= 3, "a path does not go from variable to variable")
        need(max(variables) < len(graph.dims) and max(factors) < len(graph.scopes), "a path leaves the graph")
        need(variables[0] in rows and variables[-1] < graph.observed, "a path does not start and end as it should")
        need(
            variables[-1] not in rows and min(variables[1:-1], default=graph.observed) >= graph.observed,
            "a path ends on the way, or where it started",
        )
        ends = zip(variables, factors, variables[1:], strict=False)
        need(all(v in scopes[f] and w in scopes[f] for v, f, w in ends), "a path jumps")
        for v in variables:
            carried[v] *= width
            need(carried[v] <= graph.dims[v], "a variable carries more than its dimension")
        widths.append(width)
    return capped_product(widths)


def size_of_minor(graph: Graph, side: set[int], proof: Any) -> int:
    """Return the size of the minor, if it is not zero."""
    names = ("rule", "prime", "key", "word_size", "varied", "rows", "columns", "order")
    rule, prime, key, size, varied, rows, columns, order = fields(proof, "lower", *names)
    need(rule == "minor", "the lower bound's rule is unknown")
    counts = read_varied(graph, varied)
    sides = [[n for v, n in counts.items() if (v in side) == inside] for inside in (True, False)]
    lengths = [capped_product(numbers) for numbers in sides]
    rows, columns = read_minor(rows, columns, lengths[0] - 1, lengths[1] - 1)
    hidden = integers(order, "order", graph.observed, len(graph.dims) - 1)
    need(
        len(hidden) == len(graph.dims) - graph.observed == len(set(hidden)), "order does not list the hidden variables"
    )
    m, size, key = read_modulus(prime, len(rows)), integer(size, "word_size", 1, 64), read_key(key)
    entries = sum(capped_product(graph.dims[v] for v in scope) for scope in graph.scopes)
    hold(entries, 60 + 8 * size + m.bit_length() // 8, "the tables")
    spend(per_drawing(entries, size), "the tables")
    tables = draw_tables(graph, key, size, m)
    values = {**values_of(counts, side, True, ROWS, rows), **values_of(counts, side, False, COLUMNS, columns)}
    dims = {**dict(enumerate(graph.dims)), ROWS: len(rows), COLUMNS: len(columns)}
    pieces = [restricted(graph, f, tables[graph.tables[f]], values, dims) for f in range(len(graph.scopes))]
    need(is_regular(minor_of(sum_out(pieces, hidden, dims, m), dims, m), m), "the minor of the lower bound vanishes")
    return len(rows)


def read_varied(graph: Graph, value: Any) -> dict[int, int]:
    """Return the observed variables that vary, and how many values they take."""
    need(type(value) is list, "varied is not a list")
    pairs = [integers(pair, "varied", 0) for pair in value]
    good = all(len(pair) == 2 and pair[0] < graph.observed and 1 <= pair[1] <= graph.dims[pair[0]] for pair in pairs)
    need(good and len({pair[0] for pair in pairs}) == len(pairs), "varied names no distinct observed variables")
    return {pair[0]: pair[1] for pair in pairs}


def draw_tables(graph: Graph, key: str, size: int, m: int) -> dict[int, list[int]]:
    """Draw the tables again."""
    found, start = {}, 0
    for f, scope in enumerate(graph.scopes):
        if graph.tables[f] == f:
            length = prod(graph.dims[v] for v in scope)
            found[f] = residues(key, "tables", start, length, size, m)
            start += length
    return found


def values_of(
    counts: dict[int, int], side: set[int], inside: bool, axis: int, places: tuple[int, ...]
) -> dict[int, tuple[int, list[int]]]:
    """Return, for each varied variable of a side, the axis it belongs to and its value at each place."""
    own = [v for v in counts if (v in side) == inside]
    hold(len(own) * len(places), 60, "the varied values")
    spend(len(own) * len(places) * (2 + len(own) // 100), "the varied values")  # numbers of points may be long
    found, step = {}, 1
    for v in reversed(own):
        found[v] = axis, [place // step % counts[v] for place in places]
        step *= counts[v]
    return found


def restricted(
    graph: Graph, f: int, table: list[int], values: dict[int, tuple[int, list[int]]], dims: dict[int, int]
) -> Piece:
    """Return the entries of a factor at the values of the observed variables."""
    scope = graph.scopes[f]
    hidden = [v for v in scope if v >= graph.observed]
    steps = steps_of(scope, dims)

    # The piece has the axes of the minor that its varied variables belong to, and those of its hidden variables.
    ends = {values[v][0] for v in scope if v in values}
    size = prod(dims[axis] for axis in ends) * prod(dims[v] for v in hidden)
    hold(size, 100, "a factor")
    spend(4 * size * (1 + len(scope)), "a factor")

    # Places in the table; observed variables that are not varied stay at 0.
    axes: list[int] = []
    places = [0]
    for axis in (ROWS, COLUMNS):
        own = [v for v in scope if v in values and values[v][0] == axis]
        if own:
            shifts = [sum(steps[v] * values[v][1][i] for v in own) for i in range(dims[axis])]
            axes.append(axis)
            places = [place + shift for place in places for shift in shifts]
    for v in hidden:
        axes.append(v)
        places = [place + steps[v] * i for place in places for i in range(dims[v])]
    return tuple(axes), [table[place] for place in places]


def steps_of(axes: tuple[int, ...], dims: dict[int, int]) -> dict[int, int]:
    """Return by how much the place of an entry grows along each axis, in row-major order."""
    steps, step = {}, 1
    for v in reversed(axes):
        steps[v] = step
        step *= dims[v]
    return steps


def sum_out(pieces: list[Piece], order: tuple[int, ...], dims: dict[int, int], m: int) -> list[Piece]:
    """Sum the product of the pieces over the hidden variables; the remaining ones have no axes but the minor's."""
    held = dict(enumerate(pieces))
    touching: dict[int, set[int]] = {}
    for i, (axes, _) in held.items():
        for v in axes:
            touching.setdefault(v, set()).add(i)

    for v in order:
        names = sorted(touching.pop(v, ()))
        if not names:
            continue

        # Multiply what touches the variable, its axis last.
        parts = [held.pop(i) for i in names]
        spend(10 * sum(1 + len(axes) for axes, _ in parts), "the sums")
        left = dict.fromkeys(u for axes, _ in parts for u in axes if u != v)
        joint = [*left, v]
        size = capped_product([dims[u] for u in joint])
        pay_for_product(size, len(parts), len(joint), m)
        total = product(parts, joint, dims, m)

        # The sums over it are a new piece.
        after = len(pieces) + v
        held[after] = tuple(left), [sum(total[i : i + dims[v]]) % m for i in range(0, size, dims[v])]
        for u in left:
            touching[u].difference_update(names)
            touching[u].add(after)
    return list(held.values())


def pay_for_product(size: int, parts: int, axes: int, m: int) -> None:
    """Pay for the product of so many pieces over axes with so many places."""
    hold(size, 250 + 2 * (m.bit_length() // 8), "a sum")
    spend(20 * parts * axes + size * (parts + 1) * 3 * per_product(m.bit_length()), "the sums")


def product(parts: list[Piece], joint: list[int], dims: dict[int, int], m: int) -> list[int]:
    """Multiply pieces: the entries over the joint axes, row-major."""
    found: list[int] = []
    for axes, entries in parts:
        # Where the entry for each place of the product stands.
        steps = steps_of(axes, dims)
        places = [0]
        for v in joint:
            step = steps.get(v, 0)
            places = [place + step * i for place in places for i in range(dims[v])]

        if found:
            found = [x * entries[place] % m for x, place in zip(found, places, strict=True)]
        else:
            found = [entries[place] for place in places]
    return found


def minor_of(pieces: list[Piece], dims: dict[int, int], m: int) -> list[list[int]]:
    """Multiply what is left into the matrix of the minor."""
    pay_for_product(dims[ROWS] * dims[COLUMNS], len(pieces), 2, m)
    ones: Piece = ((ROWS, COLUMNS), [1] * (dims[ROWS] * dims[COLUMNS]))
    entries = product([ones, *pieces], [ROWS, COLUMNS], dims, m)
    width = dims[COLUMNS]
    return [entries[i : i + width] for i in range(0, len(entries), width)] if entries else []
