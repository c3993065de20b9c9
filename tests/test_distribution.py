"""What the distribution says of itself: every file that tests and documents need is in it."""

import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_NEEDED = {"pyproject.toml"}  # is always in it


def test_the_source_distribution_has_all_that_is_tracked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = set(project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    assert included <= {path.name for path in ROOT.iterdir()}
    if not (ROOT / ".git").exists():
        pytest.skip("only a clone knows what is tracked")

    # What somebody tries out in a clone is no part of it.
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tracked = {Path(name).parts[0] for name in listed.split("\0") if name}
    files = {name for name in tracked if not name.startswith(".")}
    assert files - NOT_NEEDED - included == set()
    assert "README.md" in files


def test_security_names_the_limits_in_force():
    from algebra import reading
    from algebra.critical_points.files import MOST_ARRAYS
    from algebra.exact.numbers import MOST_POWER
    from proofs_check.families._csv import MOST_COLUMNS

    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for number in (reading.MOST_DIGITS, MOST_POWER, MOST_COLUMNS, MOST_ARRAYS):
        assert f"{number:,}" in text
    assert text.count(f"{reading.MOST_BYTES >> 20} MB") == 2
