"""What the pages show is what the commands print.

A block that begins with ``$`` is a session in an empty folder: ``$ cat FILE`` shows a file, which is written, and after
``$ rankcert …`` stands what is printed. Seconds may differ, and what stands for the rest of a line after ``…`` as well.
"""

import re
import shlex
from pathlib import Path

import pytest

from tests.test_house import ROOT

PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
NOT_ON_THE_PAGE = {"trained.npz"}  # files that a page cannot show


def transcripts(page):
    """Return for each indented block its pairs (command, output)."""
    blocks, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("    $ "):
            if not inside:
                blocks.append([])
            blocks[-1].append((line[6:], []))
            inside = True
        elif inside and (line.startswith("    ") or not line):
            blocks[-1][-1][1].append(line[4:])
        else:
            inside = False
    return [[(command, "\n".join(lines).strip()) for command, lines in block] for block in blocks]


def tidy(text):
    seconds = r"[\d.]+(e-\d+)? s(?=$|,)"
    lines = [line.rstrip() for line in re.sub(seconds, "0 s", text, flags=re.MULTILINE).splitlines()]
    return "\n".join(lines).strip()


def test_there_are_transcripts():
    shown = [command for page in PAGES for block in transcripts(page) for command, _ in block]
    assert sum(command.startswith("rankcert ") for command in shown) > 15


@pytest.mark.parametrize("page", [page for page in PAGES if transcripts(page)], ids=lambda page: page.name)
def test_the_page_shows_what_the_commands_print(call, tmp_path, monkeypatch, page):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")
    for command, shown in (pair for block in transcripts(page) for pair in block):
        words = shlex.split(command)
        if words[0] == "cat":
            Path(words[1]).write_text(shown + "\n", encoding="utf-8")
            continue
        if NOT_ON_THE_PAGE & set(words):
            continue
        is_silent = ">" in words
        answer = call(*words[1 : words.index(">") if is_silent else None])
        has_bad_lines = "\nline " in shown
        assert answer.status == has_bad_lines, command
        assert tidy(shown) == ("" if is_silent else tidy(answer.stdout)), command
