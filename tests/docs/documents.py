"""The documents of the repository, and the blocks of code in them."""

import json
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


def prose_of(path):
    """Return a document, or the text of a notebook, without code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
