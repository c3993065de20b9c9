"""The help of every command on a narrow terminal: no line too long, no example broken but where a shell allows it."""

import click
import pytest

from proofs_check.cli.app import app
from proofs_check.cli.build import shell_lines
from proofs_check.registry import family, family_modules, question, question_modules

COLUMNS = 60


def commands(group, words=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        yield (*words, name)
        if isinstance(found, click.Group):
            yield from commands(found, (*words, name))


@pytest.mark.parametrize("words", list(commands(app)), ids=" ".join)
def test_help_fits_a_narrow_terminal(call, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    answer = call(*words, "--help")
    assert answer.status == 0
    lines = answer.stdout.splitlines()
    assert max(map(len, lines)) <= COLUMNS
    assert not any(mark in answer.stdout for mark in ("<bool>", "\b", "``", ":math:"))

    name = " ".join(words)
    usage = question(name).usage if name in question_modules() else ()
    if words[0] == "table" and len(words) == 2:
        assert words[1] in family_modules()
        usage = [line for line in family(words[1]).usage if line.startswith("rankcert table ")]
    shown = {line.strip() for line in lines}
    for line in usage:
        assert {part.strip() for part in shell_lines(line).splitlines()} <= shown


def test_a_broken_line_means_the_same():
    line = "rankcert table dimensions --from architectures.csv --output 'my dimensions.csv' --resume --degree 2"
    broken = shell_lines(line)
    assert "\\\n" in broken
    assert broken.replace(" \\\n   ", "") == line
    assert max(map(len, broken.splitlines())) <= COLUMNS - 2
