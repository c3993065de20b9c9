"""Whatever is given to whatever command: an answer, or one sentence, within seconds, in 4 GiB.

The table is in `tests.cli.huge`. Each command runs in a process of its own, with limits of address space and CPU time.
A quick selection runs always; all of them are slow together.
"""

import json
import os
import re
from pathlib import Path

import pytest

from proofs_check.registry import family_modules, question_modules
from tests.cli.huge import BATCHES, CASES, LONG_WORK, outcome

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of processes are those of Unix")

SECONDS = 30
"""Of CPU time: what is refused takes less than one."""

QUICK = [
    "dimension: hidden 10^400",
    "dimension: inputs 10^400",
    "dimension: widths 10^4",
    "dimension: two hidden 10^6, cubes",
    "identifiability: strides 10^9",
    "attention dimension: softmax, tokens 10^400",
    "attention pattern: sliding 20,000",
    "attention pattern: ring 20,000",
    "critical-point: weights of 60",
    "kernel spectrum: hypercube, power of powers",
    "memorize build: 50,000 points",
    "program: a matrix of 10^400",
    "rank attention: layers 10^400",
    "rank convac: templates 10^400",
    "rank factor-graph: chain of 2 x 50,000",
    "round: fraction bits 10^400",
    "table defects --largest 1000000000",
    "table mixtures 99999999999999999999999",
    "sweep minimal-filling --input 2 --output 1 --depth 10000000000 --degree 2",
    "table minimal-filling --input 2 --output 1000000 --depth 3 --degree 2",
    "plot heatmap 2 1..1000000000 1..1000000000 1 --degree 2",
]


def check(name, folder):
    found = outcome(CASES[name], folder, SECONDS)
    assert found.status in (0, 1, 2), f"{name}: {found.stderr[-2000:]}"
    assert "Traceback" not in found.stderr
    assert "MemoryError" not in found.stderr + found.stdout
    if found.status == 2:
        assert "but it must be" in found.stderr, found.stderr
        assert found.stdout == ""


@pytest.mark.parametrize("name", QUICK)
def test_some_huge_inputs(name, tmp_path):
    check(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(CASES) - set(QUICK) - set(LONG_WORK)))
def test_every_huge_input(name, tmp_path):
    check(name, tmp_path)


def test_every_command_and_every_family_is_there():
    first = {name.split(":")[0] for name in CASES}
    assert set(question_modules()) <= first
    asked = {tuple(str(word) for word in words[:2] if isinstance(word, str)) for words in CASES.values()}
    others = {"batch", "paper"}  # lists of objects that are given, and of printed rows
    assert {("table", name) for name in family_modules()} - asked <= {("table", name) for name in others}
    assert {("sweep", name) for name in family_modules()} - asked <= {("sweep", name) for name in others}


def test_the_page_of_limits_names_every_command():
    page = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    named = {word for line in rows for word in re.findall("`([^`]+)`", line.split("|")[1])}
    named |= {word.strip() for line in rows for word in line.split("|")[1].split(",")}
    assert sorted(set(question_modules()) - named) == []


@pytest.mark.parametrize("command", sorted(BATCHES))
def test_a_huge_line_leaves_the_others_their_answers(command, tmp_path):
    """The example of the command stands before and behind the huge ones."""
    from proofs_check.registry import question

    example = dict(question(command).example)
    found = outcome((*command.split(), [example, *BATCHES[command], example], "--json"), tmp_path, SECONDS)
    assert found.status in (0, 1), found.stderr[-2000:]  # 1: a line is refused
    rows = json.loads(found.stdout)["results"]
    assert len(rows) == len(BATCHES[command]) + 2
    for row in (rows[0], rows[-1]):
        assert "error" not in row
        assert "label" in row
    for row in rows[1:-1]:
        assert "label" in row or "but it must be" in row["error"]["message"]
