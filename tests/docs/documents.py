"""The documents of the repository, and the blocks of code in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "RELEASING.md", "benchmarks/README.md"]
DOCUMENTS = sorted(
    [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "atlas").glob("*.md"), *(ROOT / name for name in PROJECT)]
)
FENCED = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def blocks(path):
    """Return the fenced blocks of a document as pairs (kind, text)."""
    return [(kind.strip(), body) for kind, body in FENCED.findall(path.read_text(encoding="utf-8"))]
