"""The house: which room imports which, read from the sources, and one number's way from the command to the certificate.

Nothing of it is drawn by hand. The rooms stand on floors that follow from the imports; the way is recorded while the
command runs, and a station at which it does not come by is an error.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html import escape
from importlib import import_module
from pathlib import Path

import networkx as nx

from docs.pages.api import first_sentence
from docs.pages.api import rooms as described_rooms
from docs.pages.drawing import Node, layout
from docs.pages.way import COMMAND, stations
from proofs_check.show.reference import markdown_table
from tests.house.imports import PACKAGES, edges, sources

FOUNDATIONS = "foundations"  # the modules at the top of a package

# ---- rooms and arrows


def room_of(module: str) -> str:
    """Return the room of a module.

    Examples
    --------
    >>> room_of("algebra.rank.field"), room_of("algebra.errors"), room_of("rankcert")
    ('algebra.rank', 'algebra.foundations', 'rankcert')
    """
    package, *rest = module.split(".")
    if package == "rankcert":
        return package
    is_inside = len(rest) > 1 or f"{module}.__init__" in _packages()
    return f"{package}.{rest[0]}" if rest and is_inside else f"{package}.{FOUNDATIONS}"


def _packages() -> frozenset[str]:
    return frozenset(f"{name}.__init__" for name, path in sources().items() if path.name == "__init__.py")


def imports() -> nx.DiGraph[str]:
    """Return the graph of rooms; an edge leads to a room that is imported. The faces of packages are left out."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(room_of(name) for name in sources() if name not in PACKAGES or name == "rankcert")
    for name, other in edges():
        if other in PACKAGES or (name in PACKAGES and name != "rankcert"):
            continue
        if room_of(name) != room_of(other):
            graph.add_edge(room_of(name), room_of(other))
    return graph


def floors(graph: nx.DiGraph[str]) -> list[list[str]]:
    """Return the rooms from the ground up: a room stands above those that it imports, and a package above others.

    Rooms that import each other stand on one floor.
    """
    condensed = nx.condensation(graph)
    height: dict[str, int] = {}
    for part in reversed(list(nx.topological_sort(condensed))):
        members = condensed.nodes[part]["members"]
        below = [height[other] for room in members for other in graph[room] if other in height]
        height |= dict.fromkeys(members, max(below, default=-1) + 1)
    found = []
    for package in PACKAGES:
        mine = sorted(room for room in graph if room.partition(".")[0] == package)
        levels = sorted({height[room] for room in mine})
        found += [[room for room in mine if height[room] == level] for level in levels]
    return found


def parts(graph: nx.DiGraph[str]) -> dict[str, Node]:
    """Return for each room the rooms that it is one part with: those that import each other."""
    found = [tuple(sorted(members)) for members in nx.strongly_connected_components(graph)]
    return {room: part for part in found for room in part}


def arrows(graph: nx.DiGraph[str]) -> list[tuple[Node, Node]]:
    """Return the arrows that are drawn between parts: those that no chain of others implies."""
    part = parts(graph)
    between: nx.DiGraph[Node] = nx.DiGraph()
    between.add_nodes_from(part.values())
    between.add_edges_from((part[room], part[other]) for room, other in graph.edges if part[room] != part[other])
    return sorted(nx.transitive_reduction(between).edges)


# ---- the picture

WIDTH, MARGIN, TALL, GAP = 900, 96, 32, 36  # of the picture, left of the rooms, of a room, between floors
INSIDE = 7  # between the rooms of one part, and around them


def picture() -> str:
    """Return the rooms and arrows as SVG."""
    graph = imports()
    part = parts(graph)
    levels = [list(dict.fromkeys(part[room] for room in level)) for level in floors(graph)]
    wide = {node: sum(map(_width, node)) + INSIDE * (len(node) + 1) * (len(node) > 1) for node in part.values()}
    placed = layout(levels, arrows(graph), wide, WIDTH - MARGIN)
    height = (len(levels)) * (TALL + GAP)
    top = {node: height - (count + 1) * (TALL + GAP) + GAP / 2 for count, level in enumerate(levels) for node in level}
    lines = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="The rooms of the library, and what imports what">',
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="head" d="M0,0 L8,4 L0,8 z"/></marker></defs>',
    ]
    for chain in placed.chains.values():
        ends = (top[chain[0]] + TALL, top[chain[-1]])
        lines.append(_arrow([MARGIN + placed.x[node] for node in chain], *ends))
    pages = {room.name for room in described_rooms()}
    for node, y in top.items():
        lines += _part(node, MARGIN + placed.x[node], y, wide[node], pages)
    for package in PACKAGES:
        (lowest, *_) = [level for level in levels if level[0][0].partition(".")[0] == package]
        lines.append(f'<text class="floor" x="0" y="{top[lowest[0]] + TALL / 2 + 5:.0f}">{package}</text>')
    return "\n".join([*lines, "</svg>"])


def _width(room: str) -> float:
    return 7.6 * len(room.rpartition(".")[2]) + 18


def _arrow(x: list[float], y: float, end: float) -> str:
    """An arrow that bends between the floors, and goes straight past each."""
    path = [f"M{x[0]:.0f},{y:.0f}"]
    for place, (left, right) in enumerate(itertools.pairwise(x)):
        is_last = place == len(x) - 2
        below = end if is_last else y + GAP
        path.append(f"C{left:.0f},{y + GAP / 2:.0f} {right:.0f},{below - GAP / 2:.0f} {right:.0f},{below:.0f}")
        y = below + TALL
        if not is_last:
            path.append(f"L{right:.0f},{y:.0f}")
    return f'<path class="arrow" marker-end="url(#head)" d="{" ".join(path)}"/>'


def _part(node: Node, x: float, y: float, wide: float, pages: set[str]) -> Iterator[str]:
    """The rooms of a part, side by side, with an outline if there are several."""
    left = x - wide / 2
    if len(node) > 1:
        yield (
            f'<rect class="part" x="{left:.0f}" y="{y - INSIDE:.0f}" width="{wide:.0f}" '
            f'height="{TALL + 2 * INSIDE}" rx="9"/>'
        )
        left += INSIDE
    for room in node:
        name = escape(room.rpartition(".")[2].replace("_", " "))
        shape = (
            f'<rect class="room" x="{left:.0f}" y="{y:.0f}" width="{_width(room):.0f}" height="{TALL}" rx="6"/>'
            f'<text class="room-name" x="{left + _width(room) / 2:.0f}" y="{y + TALL / 2 + 4:.0f}">{name}</text>'
        )
        yield f'<a href="../api/{room}.html">{shape}</a>' if room in pages else shape
        left += _width(room) + INSIDE


# ---- the page


def write(folder: Path) -> None:
    """Write the page."""
    (folder / "index.md").write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the page: picture, way, and what each room is for."""
    command = " ".join(COMMAND)
    steps = "\n".join(
        f"{count}. `{module}.{function}`: {says}." for count, (module, function, says) in enumerate(stations(), 1)
    )
    graph = imports()
    rows = []
    for room in [room for level in floors(graph) for room in level]:
        below = ", ".join(f"`{other}`" for other in sorted(graph[room]))
        rows.append([f"`{room}`", _sentence(room), below])
    return f"""# The house

Four packages, one above the other; an arrow leads to a room that is imported. Arrows that follow from others are left
out, so a room also uses what its arrows lead to in several steps. Rooms in a dashed frame use each other; their modules
do so without a circle. The picture is drawn from the imports when the site is built.
[Contributing](../project/contributing.md) says where a new architecture, theorem or question goes.

```{{raw}} html
<div class="house">
{picture()}
</div>
```

## One number's way

`rankcert {command} FILE`, followed by `rankcert check FILE`. The stations are recorded while the command runs.

{steps}

## Rooms

{markdown_table(["room", "what it holds", "imports"], rows)}
"""


def _sentence(room: str) -> str:
    package, _, rest = room.partition(".")
    if rest == FOUNDATIONS:
        return f"The modules at the top of `{package}`."
    return first_sentence(import_module(room)).replace("``", "`")
