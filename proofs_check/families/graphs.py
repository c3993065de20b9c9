"""All graphs on few vertices: how many are in each class, and which pairs methods cannot tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Any

from algebra.errors import InputError, as_integer
from proofs_check.engine.sweep import Evaluate
from proofs_check.family import Column, Family, Instance, Row, Rows, Told
from proofs_check.option import SEED, words_option
from proofs_check.show.text import number, strong
from proofs_check.words import integer

ORDERS = (1, 2, 3, 4, 5, 6, 7)
MOST = 9  # as in `algebra.graphs.atlas`, which a help need not import
CLASSES = ("discrete", "amenable", "compact", "godsil", "tinhofer", "refinable")
METHODS = {"colour-refinement": "cr_equal", "one-mark": "one_mark_equal", "2-fwl": "two_fwl_equal"}
SHOWN = 4  # words of graphs in a note


def evaluate(instance: Instance) -> Row:
    """Count among the graphs with so many vertices and edges.

    Examples
    --------
    >>> evaluate({"order": 6, "size": 6, "seed": 0})["pairs"]
    {'colour-refinement': 1, 'one-mark': 0, '2-fwl': 0}
    """
    from algebra.graphs.census import census

    return census(instance["order"], instance["size"], instance["seed"]).to_json()


@dataclass
class Atlas:
    """The graphs of some numbers of vertices, in parts of equal numbers of edges, so that a long run can be resumed.

    Parameters
    ----------
    orders : sequence of int
    seed : int
    """

    orders: Sequence[int]
    seed: int
    parts: dict[tuple[int, int], Row] = field(default_factory=dict)
    asked: bool = False

    name = "graphs"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What tells this search from others."""
        return {"orders": list(self.orders), "seed": self.seed}

    @property
    def evaluate(self) -> Evaluate:
        """What answers one part."""
        return evaluate

    def pending(self) -> Sequence[Instance]:
        """Return all parts, once."""
        if self.asked:
            return ()
        self.asked = True
        return [{"order": n, "size": m, "seed": self.seed} for n in self.orders for m in _sizes(n)]

    def receive(self, instance: Instance, result: dict[str, Any]) -> None:
        """Keep a part."""
        self.parts[instance["order"], instance["size"]] = result

    def key(self, instance: Instance) -> str:
        """Name the part."""
        return f"graph-census:n{instance['order']}:m{instance['size']}:seed={instance['seed']}"

    def cost(self, instance: Instance) -> float:
        """Nearly all graphs have about half of all edges."""
        pairs = comb(instance["order"], 2)
        return float(comb(pairs, instance["size"]) / 2**pairs * 40.0 ** instance["order"])

    def rows(self) -> list[Row]:
        """Return a row for each number of vertices all parts of which are there."""
        whole = [n for n in self.orders if all((n, m) in self.parts for m in _sizes(n))]
        return [row_of(n, [self.parts[n, m] for m in _sizes(n)], self.seed) for n in whole]

    @property
    def label(self) -> str:
        """Permanent name of what is counted."""
        return f"graphs:{','.join(map(str, self.orders))}"

    @property
    def all_parts(self) -> int:
        """How many parts there are, finished or not."""
        return sum(len(_sizes(n)) for n in self.orders)

    def result(self) -> dict[str, Any]:
        """Return the rows, and what they show."""
        rows = self.rows()
        return {
            "label": self.label,
            "orders": list(self.orders),
            "rows": rows,
            "findings": list(findings(rows)),
            "parts": self.all_parts,
            "finished_parts": len(self.parts),
            "complete": len(self.parts) == self.all_parts,
        }


def _sizes(order: int) -> range:
    """Return the numbers of edges that there are."""
    return range(comb(order, 2) + 1)


def row_of(order: int, parts: Sequence[Row], seed: int) -> Row:
    """Add up the parts of one number of vertices.

    Examples
    --------
    >>> parts = [evaluate({"order": 3, "size": m, "seed": 0}) for m in range(4)]
    >>> row_of(3, parts, 0)["graphs"]
    4
    """
    listed: dict[str, list[str]] = {}
    for part in parts:
        for name, words in part["listed"].items():
            listed.setdefault(name, []).extend(words)
    graphs, connected, pairs = (
        {name: sum(part[kind][name] for part in parts) for name in parts[0][kind]}
        for kind in ("graphs", "connected", "pairs")
    )
    return {
        "label": f"graphs:n{order}",
        "n": order,
        "graphs": graphs["all"],
        "connected": connected["all"],
        **{name: graphs[name] for name in CLASSES},
        **{f"connected_{name}": connected[name] for name in CLASSES},
        "pairs": comb(graphs["all"], 2),
        **{field: pairs[method] for method, field in METHODS.items()},
        "cr_classes": sum(part["refinement_classes"] for part in parts),
        "largest_class": max(part["largest_class"] for part in parts),
        "listed": listed,
        "open": len(listed.get("open", [])),
        "grade": "inconclusive" if "open" in listed else "proved",
        "seed": seed,
    }


def search(orders: Sequence[int] = ORDERS, seed: int = 0) -> Atlas:
    """Return the search over all graphs with these numbers of vertices.

    Raises
    ------
    InputError
        For a number that is not from 1 to 9.
    """
    for order in orders:
        if as_integer("n", order, 1) > MOST:
            raise InputError("n", order, f"at most {MOST}: there are 12,005,168 graphs on 10 vertices")
    return Atlas(tuple(dict.fromkeys(orders)), seed)


# ---- for people


def _with_connected(name: str) -> Callable[[Row], str]:
    """Return what shows a count, and how many of them are connected."""
    of_connected = "connected" if name == "graphs" else f"connected_{name}"
    return lambda row: f"{number(row[name])} ({number(row[of_connected])})"


def findings(rows: Rows) -> Iterator[str]:
    """Say what the rows show: which classes are equal, what separates them, which methods tell all graphs apart."""
    for row in rows:
        for name, words in row["listed"].items():
            more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
            yield f"n = {row['n']}: {name}: {', '.join(words[:SHOWN])}{more}"
    for name, shown in (("one_mark_equal", "one marking over all vertices"), ("two_fwl_equal", "2-FWL")):
        if rows and not any(row[name] for row in rows):
            yield f"{shown} tells all these graphs apart, of one number of vertices"


def notes(rows: Rows, told: Told) -> Iterator[str]:
    """Explain the columns, and list what is remarkable."""
    yield "numbers of graphs up to isomorphism, in brackets of connected ones"
    yield "CR equal, M_1 equal, 2-FWL equal: pairs that are not isomorphic, and that the method cannot tell apart"
    yield from findings(rows)


def text(found: Atlas, rows: Rows, instances: int) -> str:
    """Say what a sweep has found, for people."""
    head = f"{strong(found.label)}: {len(found.parts)} of {found.all_parts} parts"
    counts = [f"  n = {row['n']}: {number(row['graphs'])} graphs, {number(row['compact'])} compact" for row in rows]
    return "\n".join([head, *counts, *(f"  {finding}" for finding in findings(rows))])


CLASS_COLUMNS = tuple(
    column
    for name in CLASSES
    for column in (
        Column(name, heading=name, shown=_with_connected(name), says=f"how many are {name}"),
        Column(f"connected_{name}", says="how many of these are connected"),
    )
)

FAMILY = Family(
    name="graphs",
    says="All graphs on few vertices: how many are in each class, and which pairs methods cannot tell apart.",
    about="8 vertices take some ten seconds, 9 some minutes; with --store FILE they can be interrupted and resumed.",
    search=search,
    evaluate=evaluate,
    key=lambda i: f"graph-census:n{i['order']}:m{i['size']}:seed={i['seed']}",
    columns=(
        Column("label", "text"),
        Column("n", heading="n", says="number of vertices"),
        Column("graphs", heading="graphs", shown=_with_connected("graphs"), says="how many there are"),
        Column("connected", says="how many of them are connected"),
        *CLASS_COLUMNS,
        Column("pairs", heading="pairs", says="pairs of graphs that are not isomorphic"),
        Column("cr_equal", heading="CR equal", says="pairs that colour refinement cannot tell apart"),
        Column("cr_classes", heading="CR classes", says="classes of graphs that it cannot tell apart"),
        Column("largest_class", heading="largest", says="graphs in the largest of them"),
        Column(
            "one_mark_equal", heading="M_1 equal", says="pairs that one marking over all vertices cannot tell apart"
        ),
        Column("two_fwl_equal", heading="2-FWL equal", says="pairs that 2-FWL cannot tell apart"),
        Column("open", says="graphs with a class that is not decided"),
        Column("grade", "text"),
        Column("seed"),
    ),
    title="All graphs on few vertices",
    notes=notes,
    options=(
        words_option("orders", "Numbers of vertices, from 1 to 9; default: 1 to 7.", integer, ORDERS, "[N]…"),
        SEED,
    ),
    example={"orders": [3, 4]},
    text=text,
    usage=("rankcert table graphs", "rankcert table graphs 8 9 --store graphs.db --output graphs.csv"),
)
