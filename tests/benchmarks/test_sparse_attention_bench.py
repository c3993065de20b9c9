"""The benchmark runs, and knows the cases in which a float softmax misjudges a matrix that is right."""

import importlib
from argparse import Namespace

import pytest


@pytest.fixture(name="bench")
def _bench():
    return importlib.import_module("sparse_attention_bench")


def test_sections_run(bench, capsys):
    for name in ("codes", "minimal"):
        bench.SECTIONS[name](Namespace(quick=True))
    printed = capsys.readouterr().out
    assert "kerdock" in printed
    assert "per second" in printed


def test_floats_say_no_to_a_matrix_that_is_right(bench):
    from tensors.attention.realisation import verify
    from tensors.attention.realisation.moment import moment_realisation
    from tensors.attention.realisation.small import trivial_realisation

    target = bench.target_of(64, 8, weighted=True)
    moment, trivial = (build(target, bench.PRECISION) for build in (moment_realisation, trivial_realisation))
    assert verify(target, moment, bench.PRECISION).holds
    assert verify(target, trivial, bench.PRECISION).holds
    assert bench.as_a_float_would_say(target, trivial)
    assert not bench.as_a_float_would_say(target, moment)
