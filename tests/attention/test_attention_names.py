"""The public names of the room, which are imported when they are first used."""

import importlib
import subprocess
import sys

import pytest

from tensors import attention

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
