"""The rank of a matricization of a circuit's grid tensor (see `circuits`), for almost all weights.

The claim is ``lower <= rank <= upper`` for the matricization with the positions ``row_side`` as rows, for all weights
over a field of characteristic 0 outside a proper algebraic subset (the upper bound for all).

**Lower bound.** ``nonzero``: positive weights make the tensor positive, unless zero borders make it vanish.
``evaluation-minor``: integer k of stream ``weights`` is weight k (layers in order, each by position, offset, channel
out, channel in, shared axes having length 1; the linear output last). At ``enumerated`` points the positions ``varied``
(of the rows, of the columns) show the digits of the point's number in base M, the last fastest, and every other
position q template number q of the stream ``templates``; at ``drawn`` points i varied positions show number
(i + 1) N + q. ``vectors``: number (i N + q) M + d of stream ``points`` is entry d at position q; this needs a circuit
that reads every input at most once, which is linear in each vector. The minor at (``rows``, ``columns``) is a unit.
Zero borders must not make the tensor vanish: then windows that leave the grid are not needed, and left as they are.
``window-equality`` and ``equality-graph``: weights with entries 0 and 1 for which the rank is known, see the functions.
``disjoint-paths``: see `circuit_paths`. A number has ``word_size`` words, 1 where that is left out.

**Upper bound.** ``zero-border``, ``templates``, ``pooling-geometry``, ``full-sharing-symmetry``: see the functions.
``subspace-intersections``: see `circuit_subspaces`. ``cut`` and ``equal-windows``: variables that separate the sides of
the unrolled circuit, see `circuit_cuts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

from .circuit_cuts import cut_value
from .circuit_paths import path_product
from .circuit_subspaces import subspace_bound
from .circuit_values import values
from .circuits import (
    Circuit,
    cell_below,
    flat,
    label_of,
    needed_positions,
    pay_for_products,
    read_circuit,
    seen_inputs,
    vanishes,
    windows,
)
from .generator import residues
from .limits import (
    LARGEST,
    MOST_VALUE,
    capped_product,
    hold,
    multisets,
    need,
    per_drawing,
    per_product,
    power,
    shown,
    spend,
)
from .minors import is_regular, read_minor, read_modulus
from .reading import fields, integer, integers, named, read_bounds, read_key, read_proofs, text, without_word_size


def grid_tensor_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the generic rank of a matricization."""
    inner = ("quantity", "label", "circuit", "row_side", "lower", "upper")
    _, name, given, side, lower, upper = fields(claim, "claim", *inner)
    proofs = read_proofs(document, "lower", "upper")
    circuit = read_circuit(given)
    need(text(name, "label") == label_of(circuit), "the label does not fit the circuit")
    rows = integers(side, "row_side", 0, circuit.positions - 1)
    need(list(rows) == sorted(set(rows)), "the row side is not sorted")
    lower, upper, between = read_bounds(lower, upper, MOST_VALUE)
    statement = f"the rank of {name} with the rows {named(rows, 'positions')} is {between} for almost all weights"
    return statement, [
        lambda: check_circuit_upper(circuit, set(rows), upper, proofs[1]),
        lambda: check_circuit_lower(circuit, set(rows), lower, proofs[0]),
    ]


def check_circuit_upper(circuit: Circuit, rows: set[int], claimed: int, proof: Any) -> None:
    """Check the upper bound."""
    need(type(proof) is dict, "the upper bound is not an object")
    if proof.get("rule") in ("cut", "equal-windows"):
        value = cut_value(circuit, rows, proof)
    else:
        (rule,) = fields(proof, "upper", "rule")
        need(type(rule) is str and rule in UPPER_RULES, "the upper bound's rule is unknown")
        value = UPPER_RULES[rule](circuit, rows)
    need(value == claimed, f"the claim's upper bound is {shown(claimed)}, but its proof gives {shown(value)}")


def zero_border(circuit: Circuit, rows: set[int]) -> int:
    """Zero borders make the tensor vanish."""
    need(vanishes(circuit), "the tensor does not vanish")
    return 0


def templates_bound(circuit: Circuit, rows: set[int]) -> int:
    """A side of n positions that the output depends on has at most M^n different rows (or columns)."""
    used = needed_positions(circuit)[0]
    return power(circuit.templates, min(len(used & rows), len(used - rows)))


def pooling_bound(circuit: Circuit, rows: set[int]) -> int:
    """A sum over C channels of products has a rank of at most C times the product of the factors' ranks.

    And of at most the templates of either side that it sees.
    """
    pay_for_products(circuit)
    seen = seen_inputs(circuit)
    below = [1] * circuit.positions
    for k, layer in enumerate(circuit.layers):
        channels = 1 if k + 1 == len(circuit.layers) and circuit.output == "single" else layer.channels
        found = []
        for u, read in sorted(windows(circuit, k).items()):
            least = min(len(seen[k + 1][u] & rows), len(seen[k + 1][u] - rows))
            value = capped_product((channels, *(below[q] for q in read))) if least else 1
            found.append(min(value, power(circuit.templates, least)))
        below = found
    return below[0]


def symmetry_bound(circuit: Circuit, rows: set[int]) -> int:
    """Fully shared weights cannot tell positions apart that the same first windows read.

    So a side has at most C(M + n - 1, n) different rows (columns) for each class of n such positions.
    """
    need(circuit.layers[0].sharing == "full", "the first layer is not fully shared")
    used = needed_positions(circuit)
    readers: dict[int, list[int]] = {}
    for u, _, q in circuit.reads[0]:
        if u in used[1]:
            readers.setdefault(q, []).append(u)
    sides = [{q for q in readers if (q in rows) == inside} for inside in (True, False)]
    classes = [Counter(tuple(readers[q]) for q in side).values() for side in sides]
    return min(capped_product(multisets(circuit.templates, n) for n in sizes) for sizes in classes)


UPPER_RULES: dict[Any, Callable[[Circuit, set[int]], int]] = {
    "zero-border": zero_border,
    "templates": templates_bound,
    "pooling-geometry": pooling_bound,
    "full-sharing-symmetry": symmetry_bound,
    "subspace-intersections": subspace_bound,
}


def check_circuit_lower(circuit: Circuit, rows: set[int], claimed: int, proof: Any) -> None:
    """Check the lower bound."""
    need(type(proof) is dict, "the lower bound is not an object")
    rule = proof.get("rule")
    if rule == "trivial":
        fields(proof, "lower", "rule")
        value = 0
    elif rule == "nonzero":
        fields(proof, "lower", "rule")
        value = 0 if vanishes(circuit) else 1
    elif rule == "window-equality":
        fields(proof, "lower", "rule")
        value = window_equality(circuit, rows)
    elif rule == "disjoint-paths":
        value = path_product(circuit, rows, proof)
    elif rule == "equality-graph":
        value = equality_graph(circuit, rows, proof)
    else:
        value = evaluation_minor(circuit, rows, proof)
    need(value == claimed, f"the claim's lower bound is {shown(claimed)}, but its proof gives {shown(value)}")


def window_equality(circuit: Circuit, rows: set[int]) -> int:
    """In the first layer channel c selects template c at every offset; later layers sum all channels into each.

    So, up to constants, the tensor is 1 where every first window sees one template below D = min(M, C_1) only, else 0.
    Windows that share a cell act as one; each such cluster that meets both sides multiplies the rank by D.
    """
    need(not vanishes(circuit), "the tensor vanishes")
    need(len(circuit.layers) > 1 or circuit.output == "linear", "nothing sums the channels of the first layer")
    used = needed_positions(circuit)[1]
    edges = [(read[0], q) for u, read in windows(circuit, 0).items() if u in used for q in read]
    base = min(circuit.templates, circuit.layers[0].channels)
    return power(base, crossing_components(circuit, edges, rows))


def equality_graph(circuit: Circuit, rows: set[int], proof: Any) -> int:
    """Two paths of offsets lead from layer K, not the last, down to the input.

    The graph has an edge between the ends of both paths from each position of layer K (those that the output depends
    on) where both stay inside. Each layer up to K carries the indicators of D templates along both paths, in one block
    of channels as long as the paths agree and in two blocks after, and is constant at other offsets; layer K+1 sums
    the channels. The tensor is, up to constants, the product over the edges of "both ends show the same template".
    """
    _, depth, paths = fields(proof, "lower", "rule", "layer", "paths")
    need(not vanishes(circuit), "the tensor vanishes")
    k = integer(depth, "layer", 1, len(circuit.layers) - 1)
    need(type(paths) is list and len(paths) == 2, "there are not two paths")
    both = [read_path(circuit, k, path) for path in paths]
    inner = circuit.layers[:k]
    need(all(layer.sharing != "full" or prod(layer.window) == 1 for layer in inner), "weights do not know offsets")
    agree = [both[0][: j + 1] == both[1][: j + 1] for j in range(k - 1)]
    halves = [layer.channels // (1 if same else 2) for layer, same in zip(inner, agree, strict=False)]
    base = min(circuit.templates, inner[-1].channels, *halves)
    spend(60 * k * len(circuit.shapes[0]) * prod(circuit.shapes[k]), "the paths from all positions")
    used = needed_positions(circuit)[k]
    edges = []
    for u, place in enumerate(product(*map(range, circuit.shapes[k]))):
        ends = [path_end(circuit, k, place, path) for path in both]
        if u in used and ends[0] is not None and ends[1] is not None:
            edges.append((ends[0], ends[1]))
    return power(base, crossing_components(circuit, edges, rows))


def read_path(circuit: Circuit, k: int, value: Any) -> list[tuple[int, ...]]:
    """Return the offsets of a path at the layers 1 … K."""
    need(type(value) is list and len(value) == k, "a path has not one offset per layer")
    path = [integers(offset, "an offset") for offset in value]
    for offset, layer in zip(path, circuit.layers, strict=False):
        good = len(offset) == len(layer.window) and all(o < r for o, r in zip(offset, layer.window, strict=True))
        need(good, "an offset is not inside its window")
    return path


def path_end(circuit: Circuit, k: int, place: tuple[int, ...], path: list[tuple[int, ...]]) -> int | None:
    """Follow a path down to the input; None where it leaves the grid."""
    cell: tuple[int, ...] | None = place
    for layer in range(k - 1, -1, -1):
        if cell is not None:
            cell = cell_below(circuit.layers[layer], cell, path[layer], circuit.shapes[layer])
    return None if cell is None else flat(cell, circuit.shapes[0])


def crossing_components(circuit: Circuit, edges: list[tuple[int, int]], rows: set[int]) -> int:
    """Count the connected components that meet both sides."""
    parent = list(range(circuit.positions))

    def root(q: int) -> int:
        while parent[q] != q:
            parent[q] = q = parent[parent[q]]
        return q

    for a, b in edges:
        parent[root(a)] = root(b)
    met = [{root(q) for q in range(circuit.positions) if (q in rows) == inside} for inside in (True, False)]
    return len(met[0] & met[1])


def evaluation_minor(circuit: Circuit, rows: set[int], proof: Any) -> int:
    """Return the size of the minor, if it is a unit."""
    names = ("rule", "prime", "key", "scheme", "varied", "count", "rows", "columns")
    proof, words = without_word_size(proof, "lower")
    rule, prime, key, scheme, varied, count, chosen, columns = fields(proof, "lower", *names)
    need(rule == "evaluation-minor", "the lower bound's rule is unknown")
    need(scheme in ("enumerated", "drawn", "vectors"), "the scheme is unknown")
    need(not vanishes(circuit), "the tensor vanishes")  # windows that zero borders make 0 are evaluated like any other
    most = integer(count, "count", 1, LARGEST) - 1
    chosen, columns = read_minor(chosen, columns, most, most)
    size = len(chosen)
    m, key = read_modulus(prime, size), read_key(key)
    need(type(varied) is list and len(varied) == 2, "varied is not two lists")
    sides = [integers(side, "varied", 0, circuit.positions - 1) for side in varied]
    need(all(len(set(side)) == len(side) for side in sides), "varied repeats a position")
    need(all((q in rows) == (k == 0) for k, side in enumerate(sides) for q in side), "varied mixes the sides")
    if scheme == "vectors":
        need(is_multilinear(circuit), "vectors need a circuit that reads every input once")
        sides = [tuple(q for q in range(circuit.positions) if (q in rows) == inside) for inside in (True, False)]
    if scheme == "enumerated":
        for points, side in zip((chosen, columns), sides, strict=True):
            need(max(points, default=0) < power(circuit.templates, len(side)), "a point is beyond the enumeration")
    pay_for_points(circuit, size, max(map(len, sides)), m, words)
    vectors = [
        {i: {q: vector(circuit, key, scheme, side, i, q, m, words) for q in side} for i in points}
        for side, points in zip(sides, (chosen, columns), strict=True)
    ]
    moving = {q for side in sides for q in side}
    fixed = {q: unit(circuit, drawn_template(circuit, key, q)) for q in range(circuit.positions) if q not in moving}
    need(is_regular(values(circuit, key, fixed, vectors, m, words), m), "the minor of the lower bound vanishes")
    return size


def pay_for_points(circuit: Circuit, size: int, varied: int, m: int, words: int) -> None:
    """Pay for what the positions show at all points, for the weights, and for the channels at all pairs of points."""
    templates, bits = circuit.templates, m.bit_length()
    hold((circuit.positions + 2 * size * varied) * templates, 16 + bits // 8, "what the positions show")
    spend(10 * circuit.positions * (1 + templates), "what the positions show")
    spend(2 * size * varied * (20 + varied + per_drawing(templates, words)), "what the positions show")

    weights = multiply = 0
    layers = zip(circuit.layers, circuit.reads, circuit.shapes[1:], circuit.channels, strict=False)
    for layer, reads, shape, below in layers:
        places = prod(shape) if layer.sharing == "none" else 1
        offsets = 1 if layer.sharing == "full" else prod(layer.window)
        weights += (places * offsets * below + 1) * layer.channels
        multiply += len(reads) * (20 + layer.channels * (4 + below)) + prod(shape) * layer.channels
    hold(weights, 120 + 8 * words, "the weights")
    pairs = size * size + 2 * size + 1
    spend(per_drawing(weights, words) + pairs * multiply * per_product(bits), "the circuit at all points")


def is_multilinear(circuit: Circuit) -> bool:
    """Tell whether every input is read at most once."""
    copies = {0: 1}
    for reads in reversed(circuit.reads):
        below: dict[int, int] = {}
        for u, _, q in reads:
            below[q] = below.get(q, 0) + copies.get(u, 0)
        copies = below
    return max(copies.values()) <= 1


def vector(
    circuit: Circuit, key: str, scheme: str, side: tuple[int, ...], i: int, q: int, m: int, size: int = 1
) -> list[int]:
    """Return what position q shows at point i."""
    count = circuit.templates
    if scheme == "vectors":
        return residues(key, "points", (i * circuit.positions + q) * count, count, size, m)
    if scheme == "drawn":
        return unit(circuit, drawn_template(circuit, key, (i + 1) * circuit.positions + q))
    return unit(circuit, i // power(count, len(side) - 1 - side.index(q)) % count)


def drawn_template(circuit: Circuit, key: str, number: int) -> int:
    """Return a number of the stream of templates."""
    return residues(key, "templates", number, 1, 1, circuit.templates)[0]


def unit(circuit: Circuit, template: int) -> list[int]:
    """Return a unit vector."""
    return [int(d == template) for d in range(circuit.templates)]
