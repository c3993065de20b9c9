"""Public names say what they take, what they return and what they refuse."""

import ast
import dataclasses
import functools
import importlib
import inspect
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("algebra", "tensors", "proofs_check")
SECTIONS = ("Parameters", "Attributes", "Returns", "Yields", "Raises")


def faces():
    """Return the packages that have a face: those with a stub, and those that list their names themselves."""
    found = set()
    for package in ("rankcert", *PACKAGES):
        for file in (ROOT / package).rglob("__init__.py"):
            if file.with_suffix(".pyi").exists() or "__all__" in file.read_text(encoding="utf-8"):
                found.add(".".join(file.parent.relative_to(ROOT).parts))
    return sorted(found)


def names_of(face):
    """Return what a face names: its functions and classes."""
    module = importlib.import_module(face)
    stub = ROOT.joinpath(*face.split("."), "__init__.pyi")
    names = getattr(module, "__all__", None) or [
        name.asname for node in ast.parse(stub.read_text(encoding="utf-8")).body for name in node.names
    ]
    things = {name: getattr(module, name) for name in names}
    return {name: x for name, x in things.items() if inspect.isfunction(x) or inspect.isclass(x)}


def methods_of(kind):
    """Return the public methods of a class of ours that are written as such: no properties, no functions in fields."""
    found = {}
    for name, member in inspect.getmembers_static(kind):
        method = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        is_ours = inspect.isfunction(method) and method.__module__.split(".")[0] in PACKAGES
        if is_ours and method.__name__ == name and not name.startswith("_"):
            found[f"{kind.__name__}.{name}"] = method
    return found


def sections(thing):
    """Return the sections of a docstring, of an object or as text."""
    text = thing if isinstance(thing, str) else inspect.getdoc(thing) or ""
    return {name for name in SECTIONS if f"{name}\n---" in text}


def missing(thing):
    """Return the sections that a docstring lacks."""
    there = sections(thing)
    if inspect.isclass(thing):
        has_fields = dataclasses.is_dataclass(thing) and dataclasses.fields(thing)
        is_told = not has_fields or issubclass(thing, BaseException) or there & {"Parameters", "Attributes"}
        return [] if is_told else ["Parameters"]

    signature = inspect.signature(thing)
    found = []
    if set(signature.parameters) - {"self", "cls"} and "Parameters" not in there:
        found.append("Parameters")
    if signature.return_annotation not in (None, "None", "NoReturn") and not there & {"Returns", "Yields"}:
        found.append("Returns")
    return found


@pytest.mark.parametrize("face", faces())
def test_public_names_have_parameters_and_returns(face):
    asked = names_of(face)
    for kind in [x for x in asked.values() if inspect.isclass(x)]:
        asked |= methods_of(kind)
    if face == "algebra.evidence.checker":  # without annotations: whether something is returned cannot be told
        asked = {name: x for name, x in asked.items() if not inspect.isfunction(x)}
    assert {name: missing(x) for name, x in asked.items() if missing(x)} == {}


def test_there_are_faces():
    assert len(faces()) > 20
    assert sum(len(names_of(face)) for face in faces()) > 400


def test_an_undocumented_function_is_found():
    def f(x: int) -> int:
        """Return it."""
        return x

    class Thing:
        def method(self, x: int) -> None:
            """Take it."""

    Thing.__module__ = Thing.method.__module__ = "algebra.thing"
    assert missing(f) == ["Parameters", "Returns"]
    assert [missing(x) for x in methods_of(Thing).values()] == [["Parameters"]]


# What no face names is read from the source. A sentence may be all where only the room itself calls a function; what
# other rooms import is documented like a face, and what is begun is complete.


@functools.cache
def public_functions():
    """Return the public functions of all modules, with their methods: places and definitions."""
    found = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            place = str(file.relative_to(ROOT))
            body = ast.parse(file.read_text(encoding="utf-8")).body
            classes = [node for node in body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
            for where, nodes in [("", body), *((f"{kind.name}.", kind.body) for kind in classes)]:
                functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
                found += [(f"{place}:{where}{node.name}", node) for node in functions if node.name[0] != "_"]
    return found


def raised_by(node):
    """Return the names of what a function raises itself; functions within it are others."""
    found = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(child, ast.Raise) and child.exc is not None:
            called = child.exc.func if isinstance(child.exc, ast.Call) else child.exc
            found.add(ast.unparse(called))
        found |= raised_by(child)
    return found


def lacks(node, is_shared=False):
    """Return the sections that a function lacks which is documented in part, or which other rooms import."""
    there = sections(ast.get_docstring(node) or "")
    marks = " ".join(map(ast.unparse, node.decorator_list))
    if "overload" in marks:
        return []
    arguments = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)} - {"self", "cls"}
    returns = node.returns is not None and ast.unparse(node.returns) not in ("None", "NoReturn")

    found = []
    if (is_shared or there & {"Returns", "Yields"}) and arguments and "Parameters" not in there:
        found.append("Parameters")
    if (is_shared or "Parameters" in there) and returns and not there & {"Returns", "Yields"}:
        found.append("Returns")
    if "InputError" in raised_by(node) and "Raises" not in there and "property" not in marks:
        found.append("Raises")
    return found


def test_what_is_documented_in_part_is_documented_whole():
    assert len(public_functions()) > 2000
    assert {place: lacks(node) for place, node in public_functions() if lacks(node)} == {}


def room_of(place):
    """Return the folder of a module below its package; a module beside the folders is a room of its own."""
    return Path(place).with_suffix("").parts[:2]


@functools.cache
def shared_names():
    """Return what modules of other rooms import from a module: pairs of a module's path and a name."""
    found = set()
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            room = room_of(file.relative_to(ROOT))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                    origin = f"{node.module.replace('.', '/')}.py"
                    found |= {(origin, name.name) for name in node.names if room_of(origin) != room}
    return found


def test_what_other_rooms_import_is_documented_whole():
    mathematics = [(place, node) for place, node in public_functions() if place.startswith(("algebra/", "tensors/"))]
    own = [(place, node) for place, node in mathematics if "/checker/" not in place]
    shared = [(place, node) for place, node in own if tuple(place.split(":")) in shared_names()]
    assert len(shared) > 300
    assert {place: lacks(node, True) for place, node in shared if lacks(node, True)} == {}


def test_a_function_that_is_documented_in_part_is_found():
    text = '''
def f(x: int) -> int:
    """Return it.

    Parameters
    ----------
    x : int
    """
    if x < 0:
        raise InputError("x", x, "at least 0")
    return x
'''
    assert lacks(ast.parse(text).body[0]) == ["Returns", "Raises"]
