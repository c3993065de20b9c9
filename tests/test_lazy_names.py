"""Packages whose names are imported when they are first used."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUBS = [stub for room in ("algebra", "tensors", "proofs_check") for stub in sorted((ROOT / room).rglob("*.pyi"))]
LAZY = (
    "algebra",
    "algebra.evidence",
    "algebra.exact",
    "algebra.graphs",
    "algebra.critical_points",
    "algebra.linear",
    "algebra.nonlinear",
    "algebra.memorization",
    "algebra.polynomial",
    "algebra.rank",
    "tensors.attention",
    "tensors.attention.patterns",
    "tensors.attention.realisation",
    "tensors.clustering",
    "tensors.formats",
    "tensors.mixtures",
    "tensors.networks",
    "tensors.convac",
    "proofs_check.engine",
)
NAMED_LIKE_THEIR_MODULES = {"tensors.convac": {"grid_tensor"}}


@pytest.mark.parametrize("package", LAZY)
def test_every_name_is_there(package):
    module = importlib.import_module(package)
    for name in module.__all__:
        assert name in dir(module)
        found = getattr(module, name)
        assert getattr(found, "__name__", name) == name
    with pytest.raises(AttributeError, match="no attribute 'unknown'"):
        module.unknown  # noqa: B018


@pytest.mark.parametrize("package", LAZY)
def test_no_name_is_a_module(package):
    """The import of a module would put it in the place of what has its name."""
    module = importlib.import_module(package)
    both = {found.name for found in pkgutil.iter_modules(module.__path__)} & set(module.__all__)
    assert both == NAMED_LIKE_THEIR_MODULES.get(package, set())


@pytest.mark.parametrize(
    ("package", "name"), [(package, name) for package, names in NAMED_LIKE_THEIR_MODULES.items() for name in names]
)
def test_a_name_stays_in_front_of_its_module(package, name):
    code = f"import {package}.{name}, {package} as p; print(callable(p.{name}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


@pytest.mark.parametrize("package", LAZY)
def test_every_name_comes_first(package):
    """No name waits for another one, in a fresh interpreter."""
    names = importlib.import_module(package).__all__
    code = f"import {package} as p; [getattr(p, n) for n in {list(reversed(names))}]"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.parent.name)
def test_type_checkers_see_every_name_of_a_stub(stub):
    """They take a name as public if it is imported as itself, or with all of another face."""
    for node in ast.parse(stub.read_text(encoding="utf-8")).body:
        assert isinstance(node, ast.ImportFrom)
        assert all(alias.name == "*" or alias.asname == alias.name for alias in node.names)


def test_an_exact_critical_point_needs_no_numpy():
    code = "import sys, algebra.critical_points.report; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_exact_numbers_are_read_without_flint():
    code = "import sys; from algebra.exact import exact_number; exact_number('x', '1/2'); print('flint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
