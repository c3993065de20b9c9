"""The house: which room imports which, read from the sources, and one number's way from the command to the certificate.

Nothing of it is drawn by hand. The rooms stand on floors that follow from the imports; the way is recorded while the
command runs, and a station at which it does not come by is an error.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path

import networkx as nx

from docs.pages.api import rooms as described_rooms
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


def arrows(graph: nx.DiGraph[str]) -> list[tuple[str, str]]:
    """Return the arrows that are drawn: those that no chain of others implies."""
    condensed = nx.condensation(graph)
    kept = nx.transitive_reduction(condensed)
    place = condensed.graph["mapping"]
    seen: set[tuple[int, int]] = set()
    found = []
    for room, other in sorted(graph.edges):
        pair = (place[room], place[other])
        if pair[0] == pair[1] or (kept.has_edge(*pair) and pair not in seen):
            found.append((room, other))
            seen.add(pair)
    return found


# ---- the picture

WIDTH, MARGIN, TALL, GAP = 860, 120, 34, 34  # of the picture, left of the rooms, of a room, between floors


@dataclass(frozen=True)
class Box:
    """Where a room is drawn: the middle of its upper side, and its width."""

    x: float
    y: float
    width: float


def boxes(levels: Sequence[Sequence[str]]) -> dict[str, Box]:
    """Return where each room is drawn; the ground floor is at the bottom."""
    found = {}
    for count, level in enumerate(reversed(levels)):
        each = (WIDTH - MARGIN) / len(level)
        for place, room in enumerate(level):
            wide = min(each - 14, 9 * len(room.rpartition(".")[2]) + 26)
            found[room] = Box(MARGIN + each * (place + 0.5), 20 + count * (TALL + GAP), wide)
    return found


def picture() -> str:
    """Return the rooms and arrows as SVG."""
    graph = imports()
    levels = floors(graph)
    drawn = boxes(levels)
    height = 20 + len(levels) * (TALL + GAP)
    lines = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="The rooms of the library, and what imports what">',
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="head" d="M0,0 L8,4 L0,8 z"/></marker></defs>',
    ]
    lines += [_arrow(drawn[room], drawn[other]) for room, other in arrows(graph)]
    pages = {room.name for room in described_rooms()}
    lines += [_room(room, box, pages) for room, box in drawn.items()]
    for package in PACKAGES:
        (lowest, *_) = [level for level in levels if level[0].partition(".")[0] == package]
        y = drawn[lowest[0]].y + TALL / 2 + 5
        lines.append(f'<text class="floor" x="4" y="{y:.0f}">{package}</text>')
    return "\n".join([*lines, "</svg>"])


def _arrow(start: Box, end: Box) -> str:
    y, target = start.y + TALL, end.y
    if target < y:  # rooms of one floor
        return (
            f'<path class="arrow" marker-end="url(#head)" d="M{start.x:.0f},{y} '
            f'C{start.x:.0f},{y + 24} {end.x:.0f},{y + 24} {end.x:.0f},{y + 2}"/>'
        )
    bend = (target - y) / 2
    return (
        f'<path class="arrow" marker-end="url(#head)" d="M{start.x:.0f},{y} '
        f'C{start.x:.0f},{y + bend:.0f} {end.x:.0f},{target - bend:.0f} {end.x:.0f},{target}"/>'
    )


def _room(room: str, box: Box, pages: set[str]) -> str:
    name = escape(room.rpartition(".")[2].replace("_", " "))
    left = box.x - box.width / 2
    shape = (
        f'<rect class="room" x="{left:.0f}" y="{box.y}" width="{box.width:.0f}" height="{TALL}" rx="6"/>'
        f'<text class="room-name" x="{box.x:.0f}" y="{box.y + TALL / 2 + 4:.0f}">{name}</text>'
    )
    return f'<a href="../api/{room}.html">{shape}</a>' if room in pages else shape


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
out, so a room also uses what its arrows lead to in several steps. The picture is drawn from the imports when the site
is built. [Contributing](../project/contributing.md) says where a new architecture, theorem or question goes.

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
    text = inspect.getdoc(import_module(room)) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("``", "`")
