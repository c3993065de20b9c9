"""No circles of imports, and rooms that depend only on the rooms below them."""

import ast

import networkx as nx
import pytest

from tests.house.imports import edges, imported, sources

# From below to above. A room may import what stands on the lines before its own; rooms of one line know nothing of each
# other. Several modules that make one room are joined by spaces.
ALGEBRA = [
    ["errors version frozen lazy memory types random_words reading writing sequences escape shown drawn"],
    ["exact"],
    ["rank"],
    ["evidence"],
    ["polynomial", "critical_points", "memorization", "kernels", "rounding", "graphs"],
    ["nonlinear"],
    ["linear", "programs"],
]
TENSORS = [
    ["reading exact_arrays matricization grid_points"],
    ["networks"],
    ["convac", "mixtures", "attention", "clustering"],
    ["formats"],
]
ROOMS = {"algebra": ALGEBRA, "tensors": TENSORS}
CHECKER = "algebra.evidence.checker"


def test_no_circle_of_imports():
    """Lazy imports and type-only ones count: a reader follows them all the same."""
    parts = nx.strongly_connected_components(nx.DiGraph(edges()))
    assert [sorted(part) for part in parts if len(part) > 1] == []


def test_no_room_imports_what_stands_above_it():
    assert sorted((name, other) for name, other in edges() if not _is_allowed(name, other)) == []


def test_every_module_has_a_room():
    for name in sources():
        package = name.partition(".")[0]
        if package in ROOMS and name != package:
            assert _place(name) is not None, f"{name}: say in {package.upper()} where its room stands"


def test_the_checker_stands_alone():
    used = {other for name, other in edges() if _is_checker(name) and not _is_checker(other)}
    assert not used


def _is_checker(name):
    return name == CHECKER or name.startswith(f"{CHECKER}.")


def _is_allowed(name, other):
    """Say whether the module may import the other one, as far as rooms go."""
    package, above = name.partition(".")[0], other.partition(".")[0]
    if package != above or package not in ROOMS or name == package:
        return True  # directions between packages are tested in test_house.py; a package's face may import all of it
    if other == package:
        return False
    mine, its = _place(name), _place(other)
    return mine == its or mine is None or its is None or mine[0] > its[0]


def _place(name):
    """Return line and column of a module's room."""
    package, _, rest = name.partition(".")
    room = rest.partition(".")[0]
    for i, line in enumerate(ROOMS[package]):
        for j, names in enumerate(line):
            if room in names.split():
                return i, j
    return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.c", {"a.c"}),
        ("from a.c import f", {"a.c", "a.c.f"}),
        ("def g():\n    from a import c", {"a", "a.c"}),
        ("if TYPE_CHECKING:\n    from a.c import F", {"a.c", "a.c.F"}),
        ("from . import c", {"a", "a.c"}),
        ("from .c import f", {"a.c", "a.c.f"}),
        ("from a.b.c import f as f", {"a.b.c", "a.b.c.f"}),
    ],
)
def test_how_imports_are_read(text, expected):
    assert set(imported("a.b", ast.parse(text))) == expected


def test_relative_imports_of_a_face():
    assert set(imported("a.b", ast.parse("from .c import f"), is_face=True)) == {"a.b.c", "a.b.c.f"}
