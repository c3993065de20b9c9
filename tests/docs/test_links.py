"""Links of documents lead to files that exist and to headings that they have, in the repository and on the site."""

import re
from pathlib import Path

import pytest

from docs.pages.site import GENERATED, PROJECT, WRITERS, redirected
from tests.docs.documents import DOCUMENTS, ROOT, name_of, prose_of

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# pages that the site writes, and that documents lead to
WRITTEN = {f"docs/{GENERATED}/{name}/index.md" for name in WRITERS} | {f"docs/{GENERATED}/atlas/lookup.md"}


def anchors(path):
    """Return the anchors of a document's headings, as repositories and the site make them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower().strip()).replace(" ", "-") for heading in headings}


LINKED = [*DOCUMENTS, *sorted((ROOT / "notebooks").glob("*.ipynb"))]


@pytest.mark.parametrize("path", LINKED, ids=name_of)
def test_links_lead_somewhere(path):
    for link in LINK.findall(prose_of(path)):
        if ":" in link:
            continue
        target, _, anchor = link.partition("#")
        aim = (path.parent / target).resolve() if target else path
        name = aim.relative_to(ROOT).as_posix()
        assert aim.exists() or name in WRITTEN, f"{name_of(path)}: {link}"
        if anchor and name not in WRITTEN:
            assert anchor in anchors(aim), f"{name_of(path)}: {link}"


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.name != "CHANGELOG.md"], ids=name_of)
def test_files_that_are_named_exist(path):
    """Those of the repository; the changelog may name what has gone."""
    top = r"(?:algebra|tensors|proofs_check|rankcert|tests|benchmarks|docs|atlas|notebooks|\.ci)"
    for name in re.findall(rf"`({top}/[\w./-]+)`", path.read_text(encoding="utf-8")):
        places = [ROOT / name, path.parent / name]
        assert any(place.exists() or list(place.parent.glob(f"{place.name}.*")) for place in places), name


def test_there_are_links():
    assert sum(len(LINK.findall(prose_of(path))) for path in LINKED) > 80


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere_on_the_site(path):
    """After they are redirected, they stay below the folder of the documents."""
    source = name_of(path)
    page = PROJECT.get(source, source.removeprefix("docs/"))
    notebooks = {f"docs/{GENERATED}/{name_of(each)}" for each in (ROOT / "notebooks").glob("*.ipynb")}
    written = WRITTEN | {f"docs/{name}" for name in PROJECT.values()} | notebooks
    for link in LINK.findall(redirected(prose_of(path), source, page)):
        if ":" not in link and not link.startswith("#"):
            aim = (ROOT / "docs" / Path(page).parent / link.partition("#")[0]).resolve()
            place = aim.relative_to(ROOT).as_posix()
            assert place.startswith("docs/"), f"{source}: {link}"
            assert place in written or aim.exists(), f"{source}: {link}"


def test_every_page_is_in_the_table_of_contents():
    contents = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^([a-z][\w/-]*)$", contents, re.MULTILINE))
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert pages <= listed
    assert {page for page in listed if page.startswith(GENERATED)} >= {f"{GENERATED}/{name}/index" for name in WRITERS}
