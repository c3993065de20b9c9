"""The public names of the room, which are imported when they are first used."""

import importlib
import subprocess
import sys

import pytest

from tensors import attention
from tests.house.imports import edges

HEAVY = (
    "algebra.critical_points",
    "algebra.linear",
    "algebra.rank",
    "tensors.attention.softmax.matrix",
    "tensors.attention.realisation",
)


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'softmax_ranks'"):
        attention.softmax_ranks  # noqa: B018
    with pytest.raises(ImportError):
        importlib.import_module("tensors.attention.softmax_ranks")


@pytest.mark.parametrize("what", ["import tensors.attention", "from tensors.attention import check_assumption1"])
def test_patterns_need_no_linear_algebra(what):
    script = f"import sys; {what}; print(*[name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


# From below to above; folders of one line know nothing of each other. What stands directly in the room is above all.
FOLDERS = (("functions", "softmax", "patterns", "realisation", "depth"), ("low_rank",))
ROOM = "tensors.attention."


def height_of(module):
    """Return line and name of a module's folder."""
    folder = module.removeprefix(ROOM).partition(".")[0]
    found = [i for i, line in enumerate(FOLDERS) if folder in line]
    return (found[0], folder) if found else (len(FOLDERS), "")


def test_folders_import_downwards_only():
    pairs = [pair for pair in edges() if all(name.startswith(ROOM) for name in pair)]
    assert len({height_of(name)[1] for pair in pairs for name in pair}) == sum(map(len, FOLDERS)) + 1
    for name, other in pairs:
        mine, its = height_of(name), height_of(other)
        assert mine == its or mine[0] > its[0], f"{name} imports {other}"
