"""Which pages of the site are written, and where links between documents lead there.

    python -m docs.pages.site

writes all of them into `docs/generated`; building the site does it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from os.path import relpath
from pathlib import Path
from shutil import rmtree
from typing import Any

from docs.pages import api, atlas, command_line, house, notebooks, papers

ROOT = Path(__file__).resolve().parents[2]
GENERATED = "generated"

# Documents outside of `docs`, and the page that each is on the site.
PROJECT = {
    "README.md": "generated/project/readme.md",
    "CHANGELOG.md": "generated/project/changelog.md",
    "CONTRIBUTING.md": "generated/project/contributing.md",
    "RELEASING.md": "generated/project/releasing.md",
    "SECURITY.md": "generated/project/security.md",
    "benchmarks/README.md": "generated/project/benchmarks.md",
}

WRITERS: dict[str, Callable[[Path], None]] = {
    "papers": papers.write,
    "command-line": command_line.write,
    "api": api.write,
    "atlas": atlas.write,
    "house": house.write,
    "notebooks": notebooks.write,
}


def write(docs: Path) -> None:
    """Write all generated pages below a folder of documents."""
    folder = docs / GENERATED
    rmtree(folder, ignore_errors=True)
    for name, writer in WRITERS.items():
        (folder / name).mkdir(parents=True)
        writer(folder / name)
    for name, page in PROJECT.items():
        target = docs / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(redirected((ROOT / name).read_text(encoding="utf-8"), name, page), encoding="utf-8")


def read_source(app: Any, docname: str, content: list[str]) -> None:
    """Redirect the links of a page that stands in `docs` as it is."""
    page = Path(app.env.doc2path(docname, base=False)).as_posix()
    if page.endswith(".md") and not page.startswith(f"{GENERATED}/"):
        # a doctest ends with an empty line, which no reader needs
        text = re.sub(r"\n\n(```$)", r"\n\1", content[0], flags=re.MULTILINE)
        content[0] = redirected(text, f"docs/{page}", page)


def redirected(text: str, source: str, page: str) -> str:
    """Let the links of a document lead to pages of the site.

    Parameters
    ----------
    text : str
    source : str
        Where the document lies in the repository; its links start there.
    page : str
        Where it lies below `docs`.

    Returns
    -------
    str
        Links to files that the site does not have are left out, but not their text.

    Examples
    --------
    >>> redirected("[limits](docs/limits.md#what)", "README.md", "generated/project/readme.md")
    '[limits](../../limits.md#what)'
    >>> redirected("[peers](_peers.py)", "benchmarks/README.md", "generated/project/benchmarks.md")
    'peers'
    """
    here = Path(source).parent

    def mended(found: re.Match[str]) -> str:
        mark, label, target, anchor = found.group(1), found.group(2), found.group(3), found.group(4) or ""
        if ":" in target or not target:
            return found.group(0)
        aim = relpath(here / target, ".")
        place = PROJECT.get(aim) or _below_docs(aim)
        if place is None:
            return label
        return f"{mark}[{label}]({relpath(place, Path(page).parent)}{anchor})"

    return re.sub(r"(!?)\[([^\]]*)\]\(([^)#\s]*)(#[^)\s]*)?\)", mended, text)


def _below_docs(aim: str) -> str | None:
    if aim.startswith("notebooks/") and aim.endswith(".ipynb"):
        return f"{GENERATED}/{aim}"
    is_shown = aim.endswith((".md", ".png", ".svg"))
    return aim.removeprefix("docs/") if aim.startswith("docs/") and is_shown else None


if __name__ == "__main__":
    write(ROOT / "docs")
