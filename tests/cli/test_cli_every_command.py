"""Every command that there is: bad input gives one JSON object, and `--help` an example."""

import click
import pytest

from proofs_check.cli.app import app


def commands(group=app, words=()):
    """Yield the words of every command, found through the groups."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, (*words, name))
        else:
            yield (*words, name), found


EVERY = {" ".join(words): found for words, found in commands()}


@pytest.fixture(params=sorted(EVERY))
def words(request):
    return request.param


def assert_one_error(answer):
    assert answer.status == 2
    assert set(answer.json) == {"schema", "error"}
    assert set(answer.error) == {"argument", "value", "allowed", "message"}
    assert answer.error["allowed"]
    assert answer.error["message"]
    assert answer.stderr == ""


def test_an_unknown_option_is_one_object(call, words):
    assert_one_error(call(*words.split(), "--no-such-option", "--json"))


def test_a_word_that_is_missing_is_one_object(call, words):
    if any(parameter.required for parameter in EVERY[words].params):
        assert_one_error(call(*words.split(), "--json"))


def test_a_bad_word_is_one_object(call, words, tmp_path):
    """A file that is not there, a number that is none, a name that nothing has."""
    arguments = [p for p in EVERY[words].params if isinstance(p, click.Argument)]
    options = [p for p in EVERY[words].params if isinstance(p, click.Option) and p.required]
    if not arguments:
        return
    given = [word for each in options for word in (each.opts[0], str(tmp_path / "missing" / "x"))]
    answer = call(*words.split(), *given, *[str(tmp_path / "nowhere.json")] * len(arguments), "--json")
    if words == "check":  # its results say which certificates cannot be read
        assert answer.status == 2
        assert set(answer.results[0]["error"]) == {"argument", "value", "allowed", "message"}
        return
    assert_one_error(answer)


def test_the_help_says_what_it_does(call, words):
    told = call(*words.split(), "--help")
    assert told.status == 0
    assert "--json" in told.stdout
