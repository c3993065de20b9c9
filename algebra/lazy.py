"""Packages whose names are imported from their modules when they are first used.

The face of a package is written once, in the stub ``__init__.pyi`` beside a short ``__init__.py``: type checkers and
editors read it as it is, and `lazy_face` makes of it what Python needs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Face = tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]


def lazy_face(package: str, file: str) -> Face:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package, as its stub lists them.

    No name may be that of a module of the package: importing the module would hide what it holds. A name may be that
    of another package: ``from algebra import graphs as graphs``.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    file : str
        Its ``__file__``; the stub beside it, ``__init__.pyi``, holds nothing but lines
        ``from algebra.rank.primes import is_prime as is_prime``; ``import *`` takes in another face.

    Returns
    -------
    (callable, callable, list of str)

    Examples
    --------
    >>> import algebra.exact
    >>> find, names, every = lazy_face("algebra.exact", algebra.exact.__file__)
    >>> find("exact_number")("x", "1/2"), "exact_number" in names(), "exact_number" in every
    (Fraction(1, 2), True, True)
    """
    stub = ast.parse(Path(file).with_suffix(".pyi").read_text(encoding="utf-8"))
    place: dict[str, str] = {}
    for node in stub.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            taken = [alias.name for alias in node.names]
            place |= dict.fromkeys(import_module(node.module).__all__ if taken == ["*"] else taken, node.module)

    def find(name: str) -> Any:
        if name not in place:
            # Python's traceback suggests the name that was meant
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules.get(package)
            )
        found = _found(place[name], name)
        setattr(sys.modules[package], name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *place})

    return find, names, sorted(place)


def _found(module: str, name: str) -> Any:
    """Return what ``from module import name`` gives: an attribute, else a module within the package."""
    holder = import_module(module)
    try:
        return getattr(holder, name)
    except AttributeError:
        if not hasattr(holder, "__path__"):
            raise
    return import_module(f"{module}.{name}")
