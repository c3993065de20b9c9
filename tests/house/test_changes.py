"""Changes since the last release: one file each, which a release joins."""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.docs.documents import ROOT

CONFIGURED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
KINDS = {kind["directory"]: kind["name"] for kind in CONFIGURED["type"]}
FRAGMENTS = sorted(path for path in (ROOT / "changes").iterdir() if path.name not in ("README.md", "template.md.jinja"))


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_every_change_is_a_named_file_of_a_kind(path):
    name, kind, suffix = path.name.split(".")
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", name)
    assert kind in KINDS
    assert suffix == "md"
    text = path.read_text(encoding="utf-8")
    assert text.strip()
    assert not text.startswith(("-", "*", "#")), "the release puts the bullet"
    assert max(map(len, text.splitlines())) <= 128


def test_how_changes_are_written_is_said():
    for path in (ROOT / "CONTRIBUTING.md", ROOT / "changes" / "README.md"):
        text = path.read_text(encoding="utf-8")
        assert all(f".{kind}.md" in text for kind in KINDS), path.name


@pytest.fixture
def checkout(tmp_path):
    """A folder with the configuration, a changelog, and one change of each kind and no other."""
    pytest.importorskip("towncrier")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "changes").mkdir()
    for name in ("README.md", "template.md.jinja"):
        shutil.copy(ROOT / "changes" / name, tmp_path / "changes")
    for kind in KINDS:
        (tmp_path / "changes" / f"some-thing.{kind}.md").write_text(f"First line {kind},\nsecond `line_1`.\n")
    head, _, _ = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("## ")
    (tmp_path / "CHANGELOG.md").write_text(f"{head}## 0.0.1\n\n- Old.\n", encoding="utf-8")
    return tmp_path


def towncrier(folder, *words):
    command = [sys.executable, "-m", "towncrier", *words, "--dir", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


EXPECTED = """## 9.9.9

### Changed

- First line changed,
  second `line_1`.

### Added

- First line added,
  second `line_1`.

### Fixed

- First line fixed,
  second `line_1`.
"""


def test_a_draft_says_what_the_release_will(checkout):
    assert EXPECTED in towncrier(checkout, "build", "--draft", "--version", "9.9.9")


def test_a_release_puts_them_above_what_was_there(checkout):
    towncrier(checkout, "build", "--yes", "--version", "9.9.9")
    text = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith(f"# Changelog\n\n{CONFIGURED['start_string']}\n{EXPECTED}\n")
    assert text.endswith("\n## 0.0.1\n\n- Old.\n")
    assert {path.name for path in (checkout / "changes").iterdir()} == {"README.md", "template.md.jinja"}


def test_the_changes_of_this_checkout_can_be_joined():
    pytest.importorskip("towncrier")
    drafted = towncrier(ROOT, "build", "--draft", "--version", "9.9.9")
    words = " ".join(drafted.split())
    assert "## 9.9.9" in drafted
    for path in FRAGMENTS:
        assert " ".join(path.read_text(encoding="utf-8").split()) in words
