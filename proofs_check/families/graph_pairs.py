"""Pairs of graphs that colour refinement cannot tell apart, and which methods can."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer, one_of
from proofs_check.family import Column, Family, Instance, Row
from proofs_check.option import repeated_option, words_option
from proofs_check.words import integer, text

if TYPE_CHECKING:
    from algebra.graphs import SimpleGraph

NAMES = ("c6-2c3", "c7-c3c4", "cfi-k3", "rook-shrikhande", "cfi-k4")
MOST_ORDER = 7
"""Of all graphs with so many vertices: networkx holds those up to 7."""


def instances(pairs: Sequence[str] = NAMES, orders: Sequence[int] = ()) -> list[Instance]:
    """Return the named pairs, and all equivalent pairs with so many vertices.

    Raises
    ------
    InputError
        For a name that there is not, or more than 7 vertices.

    Examples
    --------
    >>> [each["pair"] for each in instances(["c6-2c3"], [6])]
    ['c6-2c3', '', '', '', '']
    """
    for name in pairs:
        one_of("PAIR", name, NAMES)
    for order in orders:
        if not 1 <= as_integer("--order", order) <= MOST_ORDER:
            raise InputError("--order", order, f"from 1 to {MOST_ORDER}")
    return [{"pair": name, "first": "", "second": ""} for name in pairs] + [
        {"pair": "", "first": first, "second": second} for order in orders for first, second in _equivalent(order)
    ]


def _equivalent(order: int) -> list[tuple[str, str]]:
    from itertools import combinations

    from proofs_check.deciding.graphs import equivalent_graphs

    return [
        (first.graph6, second.graph6)
        for graphs in equivalent_graphs(order)
        for first, second in combinations(graphs, 2)
    ]


def evaluate(instance: Instance) -> Row:
    """Ask every method about one pair.

    Examples
    --------
    >>> row = evaluate(instances(["rook-shrikhande"], [])[0])
    >>> row["two_fwl"], row["tinhofer"], row["first_is_tinhofer"], row["second_is_tinhofer"]
    (False, True, True, False)
    """
    from algebra.graphs import as_graph, automorphism_group, compare_graphs, is_path_invariant, is_tinhofer, named_pair

    start = time.perf_counter()
    if instance["pair"]:
        first, second = named_pair(instance["pair"])
    else:
        first, second = as_graph(instance["first"]), as_graph(instance["second"])
    found = compare_graphs(first, second)
    separated, others = found.separated_by(), found.others()

    def each(of: Callable[[SimpleGraph], int | bool | None]) -> tuple[int | bool | None, int | bool | None]:
        return of(first), of(second)

    groups = each(lambda graph: automorphism_group(graph).order)
    tinhofer = each(lambda graph: None if (decided := is_tinhofer(graph)) is None else decided.holds)
    invariant = each(lambda graph: is_path_invariant(graph).holds)
    return {
        "label": found.label,
        "pair": instance["pair"],
        "order": first.order,
        "isomorphic": found.is_isomorphic,
        "refinement": separated["colour-refinement"],
        "walks": others["walks"],
        "one_mark": others["one-mark"],
        "tinhofer": separated["tinhofer"],
        "one_run_is_proof": found.is_no_proved,
        "two_fwl": separated["2-fwl"],
        "three_fwl": others["3-fwl"],
        "first_automorphisms": groups[0],
        "second_automorphisms": groups[1],
        "first_is_tinhofer": tinhofer[0],
        "second_is_tinhofer": tinhofer[1],
        "first_path_invariant": invariant[0],
        "second_path_invariant": invariant[1],
        "grade": "proved" if found.is_isomorphic is not None else "inconclusive",
        "seconds": round(time.perf_counter() - start, 6),
    }


def _key(instance: Instance) -> str:
    return f"graph-pair:{instance['pair'] or instance['first'] + ':' + instance['second']}"


def _told(name: str) -> Callable[[Row], str]:
    """Write whether a method tells the pair apart."""
    return lambda row: {True: "yes", False: "no", None: "open"}[row[name]]


def _both(name: str) -> Callable[[Row], str]:
    return lambda row: f"{_told(f'first_{name}')(row)}, {_told(f'second_{name}')(row)}"


FAMILY = Family(
    name="graph-pairs",
    says="Pairs of graphs that colour refinement cannot tell apart: which methods can.",
    instances=instances,
    evaluate=evaluate,
    key=_key,
    columns=(
        Column("label", "text", "graphs", lambda row: row["pair"] or row["label"], says="graph6 words of both"),
        Column("pair", "text", says="c6-2c3: one cycle and two; cfi-…: Cai, Fürer and Immerman over a base"),
        Column("order", heading="vertices"),
        Column("isomorphic", "boolean", says="whether they are; null if that is open"),
        Column("refinement", "boolean", says="whether colour refinement tells them apart"),
        Column("walks", "boolean", says="whether numbers of walks do"),
        Column(
            "one_mark", "boolean", "one mark", _told("one_mark"), says="whether M_1 does: each vertex marked in turn"
        ),
        Column("tinhofer", "boolean", says="whether Tinhofer's procedure does, with all choices in the second graph"),
        Column(
            "one_run_is_proof",
            "boolean",
            "one run is proof",
            _told("one_run_is_proof"),
            says="whether one path of marks is an invariant of either graph, so that its no is right; null: open",
        ),
        Column("two_fwl", "boolean", "2-FWL", _told("two_fwl"), says="folklore, on pairs (= 3-OWL)"),
        Column("three_fwl", "boolean", "3-FWL", _told("three_fwl"), says="folklore, on triples (= 4-OWL)"),
        Column(
            "first_automorphisms",
            heading="automorphisms",
            shown=lambda row: f"{row['first_automorphisms']}, {row['second_automorphisms']}",
            says="of the first graph",
        ),
        Column("second_automorphisms", says="of the second graph"),
        Column("first_is_tinhofer", "boolean", "Tinhofer graphs", _both("is_tinhofer"), says="of the first graph"),
        Column("second_is_tinhofer", "boolean", says="of the second graph"),
        Column("first_path_invariant", "boolean", says="whether one path of marks is an invariant of the first graph"),
        Column("second_path_invariant", "boolean", says="of the second graph"),
        Column("grade", "text"),
        Column("seconds", "number"),
    ),
    title="Pairs of graphs that colour refinement cannot tell apart",
    notes=lambda rows, told: (
        "yes: the method tells the pair apart; pairs without a name are all equivalent ones with so many vertices",
    ),
    options=(
        words_option("pairs", "Names of pairs; default: all.", text, NAMES, "[PAIR]…"),
        repeated_option(
            "orders",
            "Also all equivalent pairs with so many vertices, from 1 to 7.",
            integer,
            (),
            "N",
            spelled=("--order",),
        ),
    ),
    example={"pairs": ["c6-2c3"], "orders": [6]},
    usage=("rankcert table graph-pairs", "rankcert table graph-pairs rook-shrikhande --order 7 --output pairs.tex"),
)
