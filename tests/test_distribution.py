"""What the distribution says of itself: every file that tests and documents need is in it."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOT_NEEDED = {"pyproject.toml", "PKG-INFO"}  # the first is always in it, the second only there


def test_the_source_distribution_has_all_that_is_tracked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = set(project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    there = {path.name for path in ROOT.iterdir()}
    assert included <= there
    built = {"build", "dist", "node_modules"}
    files = {name for name in there if not name.startswith(".") and not name.endswith(".egg-info")}
    assert files - built - NOT_NEEDED - included == set()


def test_security_names_the_limits_in_force():
    from algebra.critical_points.files import MOST_ARRAYS, MOST_BYTES
    from algebra.exact.numbers import MOST_POWER
    from proofs_check import parsing
    from proofs_check.families._csv import MOST_COLUMNS

    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for number in (parsing.MOST_DIGITS, MOST_POWER, MOST_COLUMNS, MOST_ARRAYS):
        assert f"{number:,}" in text
    for size in (parsing.MOST_BYTES, MOST_BYTES):
        assert f"{size >> 20} MB" in text
