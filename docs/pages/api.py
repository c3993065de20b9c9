"""The reference of the packages' public names: a page a room, from the names of its face.

A package with a stub ``__init__.pyi`` or an ``__all__`` lists its public names; of `proofs_check`, which has none, the
modules at its top count as rooms. A name that several rooms list is described where the innermost lists it, and the
others refer to it.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules, walk_packages
from types import ModuleType
from typing import Any

PACKAGES = ("rankcert", "algebra", "tensors", "proofs_check")
APART = ("proofs_check.papers", "proofs_check.questions", "proofs_check.families", "proofs_check.cli")

HEAD = """# Python

`import rankcert as rc` gives what is typed every day; [in Python](../../python.md) shows how. All other names are
imported from their rooms: `from tensors.attention import separation_rank`. Names that are listed nowhere here are
private and may change.

"""


@dataclass(frozen=True)
class Room:
    """A package or module, and the public names that are described on its page or elsewhere."""

    name: str
    module: ModuleType
    described: tuple[str, ...]
    elsewhere: tuple[tuple[str, str], ...]

    @property
    def says(self) -> str:
        """Return the first sentence of its docstring."""
        return first_sentence(self.module)


def first_sentence(thing: Any) -> str:
    """Return the first paragraph of a docstring in one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def modules() -> Iterator[tuple[str, ModuleType]]:
    """Yield the names of all rooms with their modules."""
    for package in PACKAGES:
        top = import_module(package)
        yield package, top
        for found in walk_packages(top.__path__, f"{package}."):
            is_private = any(part.startswith("_") for part in found.name.split("."))
            if found.ispkg and not is_private and found.name not in APART:
                yield found.name, import_module(found.name)
    for found in iter_modules(import_module("proofs_check").__path__, "proofs_check."):
        if not found.ispkg:
            yield found.name, import_module(found.name)


def public_names(name: str, module: ModuleType) -> list[str]:
    """Return the public names of a room.

    Examples
    --------
    >>> import algebra.evidence
    >>> public_names("algebra.evidence", algebra.evidence)
    ['Bounds', 'Certificate', 'check', 'Evidence', 'Grade', 'Report']
    """
    listed = getattr(module, "__all__", None) or _stubbed(module)
    if listed is not None:
        names = [each for each in listed if not inspect.ismodule(getattr(module, each))]
    elif hasattr(module, "__path__"):
        names = []  # a package that lists nothing has no names of its own
    else:
        defined = vars(module).items()
        names = [key for key, value in defined if getattr(value, "__module__", None) == name and key[0] != "_"]
    return sorted(names, key=lambda each: (each.lower(), each))


def _stubbed(module: ModuleType) -> list[str] | None:
    """The names that a stub beside the module lists, if there is one."""
    stub = Path(module.__file__ or "").with_suffix(".pyi")
    if not stub.exists():
        return None
    lines = ast.parse(stub.read_text(encoding="utf-8")).body
    return [alias.name for line in lines if isinstance(line, ast.ImportFrom) for alias in line.names]


def rooms() -> list[Room]:
    """Return all rooms that have public names, each name described in one of them."""
    found = {name: (module, public_names(name, module)) for name, module in modules()}
    homes: dict[int, tuple[str, str]] = {}
    for name in sorted(found, key=lambda each: (-each.count("."), each.startswith("rankcert"), each)):
        module, names = found[name]
        for each in names:
            thing = getattr(module, each)
            if _is_described(thing):
                homes.setdefault(id(thing), (name, _first_name(module, each)))
    result = []
    for name, (module, names) in sorted(found.items()):
        here: list[str] = []
        elsewhere: list[tuple[str, str]] = []
        for each in names:
            home = homes.get(id(getattr(module, each)), (name, each))
            if home == (name, each) or not _is_described(getattr(module, each)):
                here.append(each)
            else:
                elsewhere.append((each, ".".join(home)))
        if names:
            result.append(Room(name, module, tuple(here), tuple(elsewhere)))
    return result


def _first_name(module: ModuleType, name: str) -> str:
    """Return the name under which a thing is described: its own, unless the room has it under another name only."""
    thing = getattr(module, name)
    own = getattr(thing, "__name__", name)
    return own if getattr(module, own, None) is thing else name


def _is_described(thing: Any) -> bool:
    return inspect.isclass(thing) or inspect.isroutine(thing)


def write(folder: Path) -> None:
    """Write a page for each room, and the list of them."""
    every = rooms()
    for room in every:
        (folder / f"{room.name}.rst").write_text("\n".join(_page(room)), encoding="utf-8")
    rows = [f"| [`{room.name}`]({room.name}.rst) | {_markdown(room.says)} |" for room in every]
    listed = "\n".join(room.name for room in every)
    tree = f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    text = HEAD + "\n".join(["| room | what it holds |", "|---|---|", *rows, "", tree])
    (folder / "index.md").write_text(text, encoding="utf-8")


def _markdown(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


def _page(room: Room) -> Iterator[str]:
    """Yield the lines of a room's page: what it is, a table of its names, then each of them."""
    yield from (room.name, "=" * len(room.name), "")
    yield from (f".. automodule:: {room.name}", "   :no-members:", "")
    described = [each for each in room.described if _is_described(getattr(room.module, each))]
    values = [each for each in room.described if each not in described]
    yield from (".. currentmodule:: None", "", ".. autosummary::", "   :nosignatures:", "")
    yield from (f"   ~{room.name}.{each}" for each in described)
    yield from (f"   ~{target}" for _, target in room.elsewhere)
    yield ""
    for each in described:
        thing = getattr(room.module, each)
        if inspect.isclass(thing):
            yield f".. autoclass:: {room.name}.{each}"
            yield from ("   :members:", "   :member-order: bysource", "")
        else:
            yield from (f".. autofunction:: {room.name}.{each}", "")
    if values:
        yield from ("Values", "------", "")
        for each in values:
            yield f"- ``{each}``: ``{_value(getattr(room.module, each))}``"
        yield ""


def _value(thing: Any) -> str:
    text = " ".join(repr(thing).split())
    return text if len(text) <= 100 and " at 0x" not in text else type(thing).__name__
