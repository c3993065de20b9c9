"""Commands answer as they did, byte for byte; see `golden.py` for what is kept and how to write it anew."""

import json
import os

import pytest

from tests.golden import golden
from tests.golden.golden import CASES, GROUPS, HERE

WRITE = os.environ.get("RANKCERT_WRITE_GOLDEN") == "1"
MOST_BYTES = 600_000


@pytest.mark.parametrize("name", CASES)
def test_the_answer_is_the_golden_one(name):
    if WRITE:
        golden.write(name)
    found, expected = golden.answer(name), golden.golden(name)
    assert expected, "without a golden: write it with RANKCERT_WRITE_GOLDEN=1"
    assert found.keys() == expected.keys()
    for file in expected:
        if file.endswith(".json"):  # for a readable report of what differs
            assert json.loads(found[file]) == json.loads(expected[file])
        assert found[file] == expected[file]


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("refused/")])
def test_grades_are_those_of_the_group(name):
    (printed,) = [text for file, text in golden.golden(name).items() if file in _printed(name)]
    if name.startswith("exact/"):
        assert '"probable"' not in printed
        assert '"numeric"' not in printed.replace('"numeric": null', "")
    else:
        assert any(f'"{grade}"' in printed for grade in ("probable", "numeric", "inconclusive"))


def test_refusals_name_what_is_wrong():
    for name in GROUPS["refused"]:
        (printed,) = golden.golden(f"refused/{name}").values()
        content = json.loads(printed)
        error = content["error"] if "error" in content else content["results"][0]["error"]
        assert set(error) == {"argument", "value", "allowed", "message"}, name


def test_every_golden_has_a_case_and_all_are_small():
    files = [path for group in GROUPS for path in (HERE / group).iterdir()]
    known = {(name.partition("/")[0], file) for name in CASES for file in golden.golden(name)}
    assert {(path.parent.name, path.name) for path in files} == known
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


def test_every_command_has_a_golden():
    """But `doctor` describes the machine, `plot` draws, examples and schemas are tested for each question."""
    from proofs_check.cli.app import app

    asked = [tuple(case["command"].split()) for case in CASES.values() if case.get("status") != 2]
    for words in _commands(app):
        if words[0] not in ("doctor", "plot", "example", "schema"):
            ways = [words, ("table", *words[1:]), ("sweep", *words[1:])] if words[0] in ("table", "sweep") else [words]
            assert any(command[: len(way)] == way for command in asked for way in ways), words


def _printed(name):
    stem = name.partition("/")[2]
    return f"{stem}.json", f"{stem}.txt"


def _commands(app):
    """Yield the words of every command that is not a group."""
    import click

    def leaves(command, words):
        if not hasattr(command, "list_commands"):
            yield words
            return
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from leaves(command.get_command(context, name), (*words, name))

    return list(leaves(app, ()))
