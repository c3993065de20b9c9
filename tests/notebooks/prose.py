"""What an executed notebook shows, and whether it is what its prose rests on.

With RANKCERT_EXECUTED_NOTEBOOKS=FOLDER the executed notebooks are kept there; the site shows them.
"""

import html
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def shown(name):
    """Everything that the executed notebook shows, as text."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    path = ROOT / "notebooks" / name
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=place).execute()
    if kept := os.environ.get("RANKCERT_EXECUTED_NOTEBOOKS"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, Path(kept) / name)
    pieces = []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if output["output_type"] == "stream":  # a line may come in several pieces
            pieces.append(output["text"])
        data = output.get("data", {})
        pieces += [f"\n{data[kind]}\n" for kind in ("text/plain", "text/html") if kind in data]
    return "".join(pieces)


def without_tags(text):
    """Leave out the tags and the boxes of tables, and line breaks."""
    bare = re.sub(r"</?[a-z][^>]*>|[\u2500-\u257f]", " ", html.unescape(text))
    return re.sub(r"\s+", " ", bare)


def numbers(*values):
    """Numbers, names and grades that stand in this order in one sentence; the words between them are free.

    No other number stands between them.
    """
    return re.compile(r"(?<!\d)" + r"[^\d\n]{1,200}?".join(re.escape(str(value)) for value in values))


def assert_in_order(text, expected):
    """Each piece of text, or what `numbers` names, stands after the one before; they may share one character."""
    place = 0
    for piece in expected:
        pattern = piece if isinstance(piece, re.Pattern) else re.compile(re.escape(piece))
        found = pattern.search(text, place)
        assert found, (pattern.pattern, text[place : place + 600])
        place = found.end() - 1
