r"""Parts of a program that are polynomial in their own weights: what can be seen of those at all.

**Theorem.** Let weights P reach the outputs only through arrays g, which are polynomials in P with coefficients that
depend on other arrays z. So f = F(q, g(P, z(q, x)), x) with the other weights q. Then dim f is at most

    dim { g(P, .) as functions of free z } + dim { (F(q, a, x), z(q, a, x)) as functions of free a and x }.

For these two functions together determine f, and the dimension of the image of a product is at most the sum.
The first summand is at most the number of coefficients of g as a polynomial in z that are linearly independent as
polynomials in P: a rank over the rational numbers, computed exactly. Where g goes into a softmax, only differences of
its entries count. Where z is centred, one row is the negative sum of the others.

Keys and queries make few bilinear forms if there are few tokens, or if a normalisation leaves few directions of them:
fewer than the weights less GL(d_k). So do outputs and values. That explains what linear symmetries leave open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb, prod
from operator import add, mul
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.programs.core import Add, Concatenate, MatMul, Multiply, Power, Reshape, Softmax, Sum, Take, Transpose
from algebra.programs.graph_text import with_own_names
from algebra.programs.lowering import Graph, Node
from algebra.programs.shifts import Absorption
from algebra.programs.symmetries import symmetries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_ENTRIES = 100
"""Of the weights of a part, and of what it takes: with more variables the polynomials take seconds."""

MOST_TERMS = 30_000
"""Products of terms in one step; with more the part is left alone."""

MOVES = Take | Transpose | Reshape | Concatenate
LINEAR = Add | Multiply | MatMul | Sum | MOVES


@dataclass(frozen=True)
class Part:
    """Weights, the arrays that are polynomial in them, and where that ends.

    Parameters
    ----------
    parameters : tuple of int
    inside : tuple of int
        The arrays that depend on them, up to the last.
    ends : tuple of int
        Those that other operations take.
    taken : tuple of int
        What they are made of beside the parameters.
    logits : tuple of (int, int)
        Ends that nothing but a softmax takes, with its axis.
    """

    parameters: tuple[int, ...]
    inside: tuple[int, ...]
    ends: tuple[int, ...]
    taken: tuple[int, ...]
    logits: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Seen:
    """What can be seen of the weights of one part: their names, and at most how many dimensions.

    `cut` says where it ends, as `algebra.evidence.checker.programs_parts` reads it.
    """

    names: tuple[str, ...]
    dimension: int
    cut: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.dimension} seen of {', '.join(self.names)}"


def reduced_to_rest(graph: Graph) -> tuple[Graph, tuple[Seen, ...]]:
    """Return the program without the parts of which less is seen than linear symmetries say, and these parts.

    The dimension is at most that of the result plus what is seen of the parts.
    """
    graph, found, tried = prepared(graph), list[Seen](), set[tuple[frozenset[str], int]]()
    while (cut := _cut(graph, tried)) is not None:
        graph, seen = cut
        found.append(seen)
    return graph, tuple(found)


def prepared(graph: Graph) -> Graph:
    """Return the program whose parts are looked for: sums are sorted, and every array has a name of its own."""
    return with_own_names(with_sorted_sums(graph))


def _cut(graph: Graph, tried: set[tuple[frozenset[str], int]]) -> tuple[Graph, Seen] | None:
    """Cut off one part, if the bound gets better by that; remember what was tried."""
    absorption, bound = Absorption(graph), without_symmetries(graph)
    for part in parts(graph):
        names = tuple(graph.nodes[i].name for i in part.parameters)
        key = frozenset(names), len(part.inside)
        if len(names) < 2 or key in tried:
            continue
        tried.add(key)
        seen = coefficients(graph, part, absorption)
        if seen is None or seen >= without_symmetries(part_graph(graph, part)):
            continue
        rest = rest_graph(graph, part)
        if seen + without_symmetries(rest) < bound:
            return rest, Seen(names, seen, _cut_text(graph, part, absorption))
    return None


def _cut_text(graph: Graph, part: Part, absorption: Absorption) -> dict[str, Any]:
    """Name the ends of a part, what it takes, the arrays that are centred along an axis, and the logits."""
    bases, zero = dict.fromkeys(j for i in part.taken for j in _bases(graph, i)), absorption.sums_to_zero
    return {
        "ends": [graph.nodes[i].name for i in part.ends],
        "taken": [graph.nodes[i].name for i in part.taken],
        "centred": [[graph.nodes[i].name, min(zero[i])] for i in bases if zero[i]],
        "logits": [[graph.nodes[i].name, axis] for i, axis in part.logits],
    }


def without_symmetries(graph: Graph) -> int:
    """Return the number of parameters less the dimension of an orbit of the symmetries."""
    return graph.count - sum(each.dimension for each in symmetries(graph)) if graph.count else 0


def with_sorted_sums(graph: Graph) -> Graph:
    """Return the program with sums of several terms ordered: linear maps first, biases last."""
    uses = graph.uses()
    terms: dict[int, list[int]] = {}
    for i, node in enumerate(graph.nodes):
        if not isinstance(node.operation, Add):
            continue
        own: list[int] = []
        for j in node.of:
            is_inner = j in terms and len(uses[j]) == 1 and j not in graph.outputs
            own += terms[j] if is_inner and graph.nodes[j].shape == node.shape else [j]
        terms[i] = own

    nodes: list[Node] = []
    place: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        if len(terms.get(i, ())) < 3:
            place[i] = len(nodes)
            nodes.append(replace(node, of=tuple(place[j] for j in node.of)))
            continue
        first, *others = sorted(terms[i], key=lambda j: _rank(graph, j))
        place[i] = place[first]
        for j in others:
            sees = nodes[place[i]].sees_input or graph.nodes[j].sees_input
            shape = np.broadcast_shapes(nodes[place[i]].shape, graph.nodes[j].shape)
            nodes.append(Node("step", shape, node.name, Add(), (place[i], place[j]), None, sees, True))
            place[i] = len(nodes) - 1
    sorted_graph = Graph(tuple(nodes), tuple(place[i] for i in graph.outputs), graph.parameters)
    return cut_graph(sorted_graph, (), sorted_graph.outputs)


def _rank(graph: Graph, i: int) -> int:
    node = graph.nodes[i]
    if isinstance(node.operation, MatMul) and graph.nodes[node.of[0]].kind == "parameter":
        return 0
    return 2 if node.kind == "parameter" else 1


def cut_graph(graph: Graph, inputs: Iterable[int], outputs: Sequence[int]) -> Graph:
    """Return what some outputs need of a program, with some arrays as free inputs."""
    free, needed, waiting = set(inputs), set[int](), list(outputs)
    while waiting:
        i = waiting.pop()
        if i not in needed:
            needed.add(i)
            waiting += [] if i in free else graph.nodes[i].of
    nodes: list[Node] = []
    place: dict[int, int] = {}
    for i in sorted(needed):
        node = graph.nodes[i]
        if i in free:
            node = Node("input", node.shape, node.name, sees_input=True)
        of = tuple(place[j] for j in node.of)
        if node.operation is not None:
            sees = [(nodes[j].sees_input, nodes[j].sees_parameter) for j in of]
            node = replace(node, of=of, sees_input=any(a for a, _ in sees), sees_parameter=any(b for _, b in sees))
        place[i] = len(nodes)
        nodes.append(node)
    names = {node.name for node in nodes if node.kind == "parameter"}
    parameters = tuple((name, shape) for name, shape in graph.parameters if name in names)
    return Graph(tuple(nodes), tuple(place[i] for i in outputs), parameters)


def part_graph(graph: Graph, part: Part) -> Graph:
    """Return a part as a program of its own; what a softmax takes of it stands behind a softmax."""
    outputs, nodes, axes = [], list(graph.nodes), dict(part.logits)
    for i in part.ends:
        outputs.append(i)
        if i in axes:
            outputs[-1] = len(nodes)
            nodes.append(Node("step", nodes[i].shape, nodes[i].name, Softmax(axes[i]), (i,), None, True, True))
    return cut_graph(replace(graph, nodes=tuple(nodes)), part.taken, outputs)


def rest_graph(graph: Graph, part: Part) -> Graph:
    """Return the program with a part's ends as inputs; what the part takes is seen, like the outputs."""
    seen = [i for i in part.taken if graph.nodes[i].sees_parameter and i not in part.ends]
    return cut_graph(graph, part.ends, tuple(dict.fromkeys((*graph.outputs, *seen))))


def parts(graph: Graph) -> list[Part]:
    """Return parts of a program, the largest first: with the biases on the way, and without."""
    uses, found = graph.uses(), dict[Part, None]()
    for with_biases in (True, False):
        for i, node in enumerate(graph.nodes):
            if node.kind == "parameter":
                found[_part_of(graph, uses, i, with_biases)] = None
    return sorted(found, key=lambda part: -sum(prod(graph.nodes[i].shape) for i in part.parameters))


def _part_of(graph: Graph, uses: list[list[int]], start: int, with_biases: bool) -> Part:
    """Collect what is polynomial in a parameter, and in those that stand beside it in products."""
    parameters, before = {start}, set[int]()
    while parameters != before:
        before = set(parameters)
        inside = set(parameters)
        for i, node in enumerate(graph.nodes):
            others = [j for j in node.of if j not in inside]
            if len(others) == len(node.of) or not isinstance(node.operation, LINEAR):
                continue
            is_product = not isinstance(node.operation, Add | Concatenate)
            if is_product or with_biases:
                parameters |= {j for j in others if graph.nodes[j].kind == "parameter"}
            if is_product and all(graph.nodes[j].kind != "parameter" for j in node.of):
                parameters |= {k for j in others for k in _maps_in_front(graph, j, with_biases)}
            if is_product or not others:
                inside.add(i)
    ends = [i for i in inside if i in graph.outputs or any(k not in inside for k in uses[i])]
    taken = {j for i in inside for j in graph.nodes[i].of if j not in inside and graph.nodes[j].constant is None}
    logits = {}
    for i in ends:
        outer = [graph.nodes[k].operation for k in uses[i] if k not in inside]
        axes = {each.axis if isinstance(each, Softmax) else None for each in outer}
        if i not in graph.outputs and len(axes) == 1 and None not in axes:
            logits[i] = next(axis for axis in axes if axis is not None)
    own, within, last, beside = (tuple(sorted(each)) for each in (parameters, inside, ends, taken))
    return Part(own, within, last, beside, tuple(sorted(logits.items())))


def _maps_in_front(graph: Graph, i: int, with_biases: bool) -> list[int]:
    """Return the weights of the linear maps that an array comes out of, keys or queries, say."""
    node = graph.nodes[i]
    if isinstance(node.operation, MatMul):
        return [j for j in node.of if graph.nodes[j].kind == "parameter"]
    if node.kind == "parameter":
        return [i] if with_biases else []
    return (
        [k for j in node.of for k in _maps_in_front(graph, j, with_biases)]
        if isinstance(node.operation, Add | MOVES)
        else []
    )


def coefficients(graph: Graph, part: Part, absorption: Absorption) -> int | None:
    """Return how many coefficients of a part are linearly independent; None if it is too large to say."""
    from flint import Ordering, fmpq_mpoly_ctx

    bases = list(dict.fromkeys(j for i in part.taken for j in _bases(graph, i)))
    sizes = [prod(graph.nodes[i].shape) for i in (*part.parameters, *bases)]
    own = sum(sizes[: len(part.parameters)])
    if own > MOST_ENTRIES or sum(sizes) - own > MOST_ENTRIES:
        return None

    context = fmpq_mpoly_ctx.get([f"v{k}" for k in range(sum(sizes))], Ordering.lex)
    variables = iter(context.gens())
    values: dict[int, Any] = {}
    for i, size in zip((*part.parameters, *bases), sizes, strict=True):
        array = _filled([next(variables) for _ in range(size)], graph.nodes[i].shape)
        zero = absorption.sums_to_zero[i]
        if i in bases and zero:  # the last line is the negative sum of the others
            lines = np.moveaxis(array, min(zero), 0)
            lines[-1] = -lines[:-1].sum(axis=0) if len(lines) > 1 else lines[0] * 0
        values[i] = array

    wanted = _with_moves(graph, part, bases)
    for i in sorted(wanted):
        if i not in values:
            found = _value(graph, i, values, context)
            if found is None:
                return None
            values[i] = found
    rows = _rows(part, values, own)
    return _rank_over_q(rows)


def independent_coefficients(graph: Graph) -> int | None:
    """Bound the dimension of a polynomial program by how many of its coefficients are linearly independent.

    The outputs are polynomials in the inputs; their coefficients are polynomials in the weights. None if the program is
    no polynomial, or too large.

    Examples
    --------
    >>> from algebra.programs.lowering import lowered
    >>> from algebra.programs.tracing import traced
    >>> program = traced(lambda V, x: ((V @ x) ** 2 - V**2 @ x**2).sum(0), {"V": (2, 3)}, {"x": (3,)})
    >>> independent_coefficients(lowered(program))
    3
    """
    from flint import Ordering, fmpq_mpoly_ctx

    leaves = {kind: [i for i, node in enumerate(graph.nodes) if node.kind == kind] for kind in ("parameter", "input")}
    own, beside = (sum(prod(graph.nodes[i].shape) for i in each) for each in leaves.values())
    steps = [node.operation for node in graph.nodes if node.operation is not None]
    if max(own, beside) > MOST_ENTRIES or not all(isinstance(each, LINEAR | Power) for each in steps):
        return None

    context = fmpq_mpoly_ctx.get([f"v{k}" for k in range(own + beside)], Ordering.lex)
    variables = iter(context.gens())
    values: dict[int, Any] = {}
    for i in (*leaves["parameter"], *leaves["input"]):
        shape = graph.nodes[i].shape
        values[i] = _filled([next(variables) for _ in range(prod(shape))], shape)
    for i in range(len(graph.nodes)):
        if i not in values:
            found = _value(graph, i, values, context)
            if found is None:
                return None
            values[i] = found
    whole = Part(tuple(leaves["parameter"]), (), tuple(dict.fromkeys(graph.outputs)), (), ())
    return _rank_over_q(_rows(whole, values, own))


def _bases(graph: Graph, i: int) -> list[int]:
    """Return the arrays whose entries an array takes and moves, and nothing else."""
    node = graph.nodes[i]
    if node.constant is not None:
        return []
    return [j for k in node.of for j in _bases(graph, k)] if isinstance(node.operation, MOVES) else [i]


def _with_moves(graph: Graph, part: Part, bases: list[int]) -> set[int]:
    wanted, waiting = set[int](), list(part.ends)
    while waiting:
        i = waiting.pop()
        if i not in wanted:
            wanted.add(i)
            waiting += [] if i in bases else graph.nodes[i].of
    return wanted


def _value(graph: Graph, i: int, values: dict[int, Any], context: Any) -> Any:
    """Return the polynomials of one array; None if they grow too large."""
    from flint import fmpq

    node = graph.nodes[i]
    if node.constant is not None:
        return _filled([context.constant(fmpq(x.numerator, x.denominator)) for x in node.constant.entries], node.shape)
    operation, taken = node.operation, [values[j] for j in node.of]
    if isinstance(operation, Multiply | MatMul):
        terms = [sum(len(p) for p in array.ravel()) for array in taken]
        if terms[0] * terms[1] > MOST_TERMS * (taken[0].shape[-1] if isinstance(operation, MatMul) else 1):
            return None
        if isinstance(operation, MatMul):
            return np.matmul(*taken)
    if isinstance(operation, Power):
        return _power(taken[0], operation.exponent)
    if isinstance(operation, Add | Multiply):
        plus_or_times = add if isinstance(operation, Add) else mul
        pairs = zip(*(np.broadcast_to(array, node.shape).ravel() for array in taken), strict=True)
        return _filled([plus_or_times(a, b) for a, b in pairs], node.shape)
    if isinstance(operation, Sum):
        return taken[0].sum(axis=operation.axes, keepdims=True)
    if isinstance(operation, Transpose):
        return taken[0].transpose(operation.axes)
    if isinstance(operation, Reshape):
        return taken[0].reshape(operation.shape)
    if isinstance(operation, Take):
        return taken[0].take(operation.indices, axis=operation.axis)
    assert isinstance(operation, Concatenate)
    return np.concatenate(taken, axis=operation.axis)


def _power(array: Any, exponent: int) -> Any:
    """Return powers of polynomials; None if they grow too large."""
    longest = max((len(p) for p in array.ravel()), default=0)
    if comb(longest + exponent - 1, exponent) * array.size > MOST_TERMS:
        return None
    return _filled([p**exponent for p in array.ravel()], array.shape)


def _filled(entries: list[Any], shape: tuple[int, ...]) -> Any:
    """Return an array of polynomials; numpy would take one polynomial for a list of its terms."""
    flat = np.empty(len(entries), object)
    for k, entry in enumerate(entries):
        flat[k] = entry
    return flat.reshape(shape)


def _rows(part: Part, values: dict[int, Any], own: int) -> list[dict[tuple[int, ...], Any]]:
    """Return the coefficients of all entries of all ends, as polynomials in the weights."""
    rows: list[dict[tuple[int, ...], Any]] = []
    axes = dict(part.logits)
    for i in part.ends:
        array = values[i]
        if i in axes:
            lines = np.moveaxis(array, axes[i], 0)
            array = lines[:-1] - lines[-1:]
        for entry in array.ravel():
            by_input: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
            for exponents, coefficient in entry.to_dict().items():
                if any(exponents[:own]):  # what no weight multiplies does not vary
                    by_input.setdefault(exponents[own:], {})[exponents[:own]] = coefficient
            rows += by_input.values()
    return rows


def _rank_over_q(rows: list[dict[tuple[int, ...], Any]]) -> int:
    from flint import fmpq_mat

    distinct = {frozenset((key, str(c)) for key, c in row.items()): row for row in rows}
    columns = {key: k for k, key in enumerate(dict.fromkeys(key for row in distinct.values() for key in row))}
    matrix = fmpq_mat(len(distinct), len(columns))
    for k, row in enumerate(distinct.values()):
        for key, c in row.items():
            matrix[k, columns[key]] = c
    return int(matrix.rank())
