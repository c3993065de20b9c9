"""Links within the built site: each leads to a page that is there, and to a place on it.

    python -m docs.pages.links build/site

prints those that do not, and what pages would load from elsewhere; its exit status is 1 if there is anything. Sphinx
itself warns of links between documents; here is seen what became of them, of those in raw HTML, and of those of the
theme. Links that lead elsewhere need a network: ``nox -s linkcheck`` follows them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src")}
"""What a browser fetches to show a page."""

NOT_SHOWN = {"canonical", "search", "next", "prev", "index", "genindex"}
"""Relations of a page to others, which nothing fetches."""


class Page(HTMLParser):
    """The links of one page and the places that others may lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places = {"", "top"}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag is called, where it leads and what it loads."""
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        for name in ("href", "src"):
            if name not in given:
                continue
            is_loaded = (tag, name) in LOADED and given.get("rel") not in NOT_SHOWN
            (self.loaded if is_loaded else self.links).append(given[name])


def broken(site: Path) -> Iterator[str]:
    """Yield what is wrong with the links of a site, one line each.

    Parameters
    ----------
    site : Path
        The folder of the built site.
    """
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        here = path.relative_to(site.resolve())
        for link in page.loaded:
            if urlsplit(link).netloc:
                yield f"{here}: loads {link}"
        for link in dict.fromkeys([*page.loaded, *page.links]):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not aim.exists():
                yield f"{here}: {link} leads to no file"
            elif aim in pages and unquote(parts.fragment) not in pages[aim].places:
                yield f"{here}: {link} leads to no place on its page"


def main(arguments: list[str]) -> int:
    """Print what is wrong; return 1 if anything is."""
    found = list(broken(Path(arguments[0])))
    print(*found, sep="\n", end="\n" * bool(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
