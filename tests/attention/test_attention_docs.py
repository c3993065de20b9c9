"""What the pages on attention show is what the commands print."""

import re
import shlex
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = {"attention.md": 9, "attention-depth.md": 6}


def transcripts(page):
    """Return for each indented block its pairs (command, output)."""
    blocks, inside = [], False
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
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
    lines = [line.rstrip() for line in re.sub(r"[\d.e-]+ s$", "0 s", text, flags=re.MULTILINE).splitlines()]
    return "\n".join(lines).strip()


@pytest.fixture
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_folder")
@pytest.mark.parametrize("page", COMMANDS)
def test_the_page_shows_what_the_commands_print(call, page):
    commands = 0
    for command, shown in (pair for block in transcripts(page) for pair in block):
        words = shlex.split(command)
        if words[0] == "cat":
            Path(words[1]).write_text(shown, encoding="utf-8")
            continue
        silent = ">" in words
        answer = call(*words[1 : words.index(">") if silent else None])
        assert answer.status == 0, command
        assert tidy(shown) == ("" if silent else tidy(answer.stdout)), command
        commands += 1
    assert commands == COMMANDS[page]
