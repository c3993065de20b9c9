"""The exact room stands on no other one, and the rooms that stand on it have no circle of imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BELOW = {"algebra.shown", "algebra.types", "algebra.errors", "algebra.lazy", "algebra.memory", "algebra.sequences"}


def imports(path):
    """Modules that a file imports anywhere in it, lazily or for types only; faces are read from their stubs."""
    for source in (path, path.with_suffix(".pyi")):
        if not source.exists():
            continue
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)


def modules(room):
    for path in sorted((ROOT / room).rglob("*.py")):
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def test_the_exact_room_stands_on_none():
    for name, path in modules("algebra/exact"):
        ours = {found for found in imports(path) if found.split(".")[0] in ("algebra", "tensors", "proofs_check")}
        assert all(found in BELOW or found.startswith("algebra.exact") for found in ours), name


@pytest.mark.parametrize("room", ["exact", "critical_points", "nonlinear", "linear", "memorization"])
def test_no_circle(room):
    edges = {name: {found for found in imports(path) if found != name} for name, path in modules(f"algebra/{room}")}
    while edges:
        free = {name for name, below in edges.items() if not below & set(edges)}
        assert free, f"each imports another one: {sorted(edges)}"
        edges = {name: below for name, below in edges.items() if name not in free}
