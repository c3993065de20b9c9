"""Which module imports which, read from the sources.

Imports inside functions and under ``if TYPE_CHECKING`` count as well: a reader has to follow them all the same.

* ``import a.b`` is an edge to ``a.b``.
* ``from a.b import name`` is an edge to ``a.b``, and where ``a.b.name`` is a module also to that. So a module that
  takes a sibling by ``from package import sibling`` depends on the package's face, and should write
  ``from package.sibling import name``.
* The stub ``__init__.pyi`` of a lazy face counts as its source: an edge from the face to each module that it names.
  This alone closes no circle: one arises only if an inner module imports a name from its own face.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("algebra", "tensors", "proofs_check", "rankcert")


@cache
def sources() -> dict[str, Path]:
    """Return the file of each module."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


@cache
def names_imported() -> dict[str, frozenset[str]]:
    """Return the dotted names that each module may import, also from elsewhere, and some of them no modules."""
    found = {}
    for name, path in sources().items():
        files = [file for file in (path, path.with_suffix(".pyi")) if file.exists()]
        trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
        is_face = path.name == "__init__.py"
        found[name] = frozenset(other for tree in trees for other in imported(name, tree, is_face))
    return found


@cache
def edges() -> frozenset[tuple[str, str]]:
    """Return all pairs (module, module that it imports) within the packages."""
    pairs = ((name, other) for name, others in names_imported().items() for other in others)
    return frozenset((name, other) for name, other in pairs if other in sources() and other != name)


def imported(name: str, tree: ast.AST, is_face: bool = False) -> Iterator[str]:
    """Yield the dotted names that a module may import, some of them no modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(name, node, is_face)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _base(name: str, node: ast.ImportFrom, is_face: bool) -> str:
    """Return what the names of a ``from … import`` are taken from, relative ones resolved."""
    if not node.level:
        return node.module
    up = node.level - is_face
    above = name.split(".")[: -up or None]
    return ".".join([*above, node.module] if node.module else above)
