"""Every block of code in the documents runs, or is read by what it is written for.

* Python with prompts runs, all of a page in one session.
* Lines that begin with ``rankcert`` are read by the command line: commands, options and values exist.
* Indented sessions that begin with ``$`` are in tests/house/test_transcripts.py, examples of file formats in
  tests/house/test_reference.py, and quotations of sources in tests/test_house.py.
"""

import doctest
import json
import shlex

import click
import pytest

from algebra.errors import InputError
from proofs_check.cli.app import app
from tests.docs.documents import DOCUMENTS, blocks, name_of

KINDS = {"python", "json", "sh", "text", "csv", "{toctree}", "{eval-rst}"}
ELSEWHERE = {"README.md", "CONTRIBUTING.md"}  # tests/test_house.py runs them
WITH_PYTHON = [path for path in DOCUMENTS if ">>> " in path.read_text(encoding="utf-8")]
COMMANDS = [
    (name_of(path), line.split("#")[0].strip())
    for path in DOCUMENTS
    for kind, body in blocks(path)
    if kind == "sh"
    for line in body.replace("\\\n", " ").splitlines()
    if line.startswith("rankcert ")
]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_the_kind_of_every_block_is_known(path):
    assert {kind for kind, _ in blocks(path)} <= KINDS


@pytest.mark.parametrize("path", [path for path in WITH_PYTHON if name_of(path) not in ELSEWHERE], ids=name_of)
def test_python_on_a_page_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed, attempted = doctest.testfile(str(path), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (failed, attempted > 0) == (0, True)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_python_has_prompts_and_json_is_json(path):
    for kind, body in blocks(path):
        if kind == "python":
            assert body.startswith((">>> ", "# ")), body  # what is quoted begins with the name of its file
        elif kind == "json":
            json.loads(body)


def test_there_are_commands():
    assert len(COMMANDS) > 60


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_line_is_read(page, line, tmp_path, monkeypatch):
    """Up to where it would begin to work; files need not exist."""
    monkeypatch.chdir(tmp_path)
    for part in line.split(" | "):
        words = shlex.split(part)
        assert words[0] == "rankcert"
        words = words[1 : words.index(">") if ">" in words else None]
        command, context = app, click.Context(app, info_name="rankcert")
        while isinstance(command, click.Group):
            found = command.get_command(context, words[0])
            if found is None:
                assert getattr(command, "own", None) is not None, f"{words[0]} is no command"
                found = command.own()
                words = ["", *words]
            command, words = found, words[1:]
            context = click.Context(command, parent=context)
        try:
            command.make_context(command.name, list(words))
        except InputError as error:
            if "No such file" not in error.allowed:
                raise
