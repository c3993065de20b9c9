import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "memorization_bench.py"


def test_the_benchmark_runs():
    done = subprocess.run([sys.executable, SCRIPT, "--quick"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "times faster" in done.stdout
    assert subprocess.run([sys.executable, SCRIPT, "none"], capture_output=True, check=False).returncode == 2
