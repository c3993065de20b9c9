"""The benchmark runs, and the estimator that it compares with is an oracle where it takes enough inputs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tensors.attention.functions.network import AttentionNetwork

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from _attention_peer import float_dimension  # noqa: E402


@pytest.mark.parametrize(
    "network",
    [
        AttentionNetwork((3, 2), 1, 2, tokens=2),
        AttentionNetwork((3, 3, 3), (1, 2), tokens=3),
        AttentionNetwork((2, 3, 2), 2, 2, tokens=2),
        AttentionNetwork((3, 3, 3), (1, 2), kind="softmax", tokens=3),
        AttentionNetwork((2, 2), 1, 3, kind="softmax", tokens=2),
    ],
    ids=lambda network: network.label,
)
def test_floats_agree_on_small_networks(network):
    assert float_dimension(network, network.parameters + 8) == network.dimension().lower


def test_floats_are_wrong_on_deeper_ones():
    network = AttentionNetwork((3, 3, 3, 3, 3), 2, tokens=3)
    assert int(network.dimension()) == 37
    assert float_dimension(network, network.parameters + 8) < 30


def test_the_benchmark_runs():
    words = [sys.executable, str(ROOT / "benchmarks" / "attention_dimension_bench.py"), "--quick", "single"]
    answer = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "4-4-4-4" in answer.stdout
