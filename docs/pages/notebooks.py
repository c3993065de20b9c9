"""The notebooks with what they show.

The tests execute every notebook once. With ``RANKCERT_EXECUTED_NOTEBOOKS=FOLDER`` they leave the executed copies in a
folder, which is also where this looks first; what is missing there, or has changed since, is executed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXECUTED = "RANKCERT_EXECUTED_NOTEBOOKS"
TIMEOUT = 300  # seconds a cell; the longest takes some ten


def write(folder: Path) -> None:
    """Write all notebooks, executed, and the page that lists them."""
    import nbformat

    kept = Path(os.environ.get(EXECUTED, ROOT / "build" / "notebooks"))
    kept.mkdir(parents=True, exist_ok=True)
    names = []
    for source in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(source, as_version=4)
        copy = kept / source.name
        if not (copy.exists() and _code(nbformat.read(copy, as_version=4)) == _code(notebook)):
            execute(notebook, source.parent)
            nbformat.write(notebook, copy)
        shutil.copyfile(copy, folder / source.name)
        names.append(source.stem)
    (folder / "index.md").write_text(_index(names), encoding="utf-8")


def execute(notebook: Any, folder: Path) -> None:
    """Execute a notebook in place, in the folder where it lies."""
    from nbclient import NotebookClient

    place = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", resources=place).execute()


def _code(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells]


def _index(names: list[str]) -> str:
    listed = "\n".join(names)
    return f"""# Notebooks

Each tells one story with its numbers and pictures, as executed by the tests. To run them yourself, in a clone:

```sh
.venv/bin/pip install -e '.[notebook]' && .venv/bin/jupyter lab notebooks
```

```{{toctree}}
:maxdepth: 1

{listed}
```
"""
