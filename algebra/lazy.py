"""Packages whose names are imported from their modules when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazy_exports(
    package: str, modules: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package.

    No name may be that of a module of the package: importing the module would hide what it holds.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    modules : mapping
        From each module to the names that the package takes from it.

    Examples
    --------
    >>> find, names = lazy_exports("algebra.rank", {"primes": ["is_prime"]})
    >>> find("is_prime")(7), "is_prime" in names()
    (True, True)
    """
    place = {name: module for module, names in modules.items() for name in names}

    def find(name: str) -> Any:
        if name not in place:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{place[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *place})

    return find, names
