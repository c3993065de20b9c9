"""Every question, tested by what it declares: its example, its schema, and bad input made from both.

Nothing here names a question: those that are added are tested without an edit.
"""

import copy
import json
import re
import time
from functools import cache

import pytest
from jsonschema import Draft202012Validator

from proofs_check.registry import question, question_modules
from tests.golden.golden import CASES, golden

NAMES = sorted(question_modules())
KINDS = {"integer": int, "number": (int, float), "boolean": bool, "text": str, "list": list, "object": dict}
MOST_SECONDS = 20  # of this process: other work on the machine does not count

# what messages call a part of a key's value
PARTS = {"coordinate": "points", "point": "points", "label": "labels", "steps": "polish"}
WHOLE = ("FILE", "network")  # what they call the whole object

HOSTILE = [
    *({}, "x", "1/0", True, 1.5, float("nan"), -1, 0, 10**30, 10**5000),
    *([], [[]], [[[]]], [{}], ["x"], [None], [True], [1.5], [-1], [0], [10**30], [[-1]], [[0]], [[1.5]], [["x"]]),
    *([1] * 10**4, [[1] * 10**4], [[1]] * 10**4),
]
ENTRIES = (-1, 0, 1.5, "x", True, None, 10**30, 10**5000, float("inf"), "1e99999999", [], {})


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def ask(call, tmp_path):
    """Ask a question about an object, or about the text of a file, through the command line."""

    def run(name, given, *words, suffix=".json"):
        file = tmp_path / f"given{suffix}"
        file.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
        return call(*name.split(), *needed(name, tmp_path), file, *words)

    return run


def needed(name, folder):
    """Write and name what has to be given beside the file."""
    words = []
    for option in question(name).options:
        if option.is_needed:
            assert option.example is not None, f"{name}: an example of {option.argument}"
            word = option.example
            if not isinstance(word, str):
                word = folder / f"{option.name}.json"
                word.write_text(json.dumps(option.example), encoding="utf-8")
            words += [word] if option.is_argument else [option.spellings[0], word]
    return words


def names_in_order(name, result):
    """Return the names of the columns that a result has to have, those included that it may have and has."""
    return [column.name for column in question(name).columns if not column.only or column.name in result]


# ---- examples


def test_the_example_is_answered(ask, name):
    asked = question(name)
    answer = ask(name, asked.example, "--json")
    (result,) = answer.results
    assert answer.status == (0 if asked.is_good(result) else 1)
    assert answer.json["command"] == name
    assert list(result) == names_in_order(name, result)
    for column in asked.columns:
        value = result.get(column.name)
        assert value is None or isinstance(value, KINDS[column.kind]), column.name
        assert isinstance(value, bool) == (column.kind == "boolean" and value is not None), column.name
    assert result["seconds"] >= 0


def test_the_example_is_what_the_command_takes(call, tmp_path, name):
    asked = question(name)
    printed = call("example", *name.split()).stdout
    assert json.loads(printed) == asked.example
    words = [*name.split(), *needed(name, tmp_path), "-"]
    (result,) = call(*words, "--json", stdin=printed).results
    text = call(*words, stdin=printed).stdout
    assert text.startswith(result["label"])
    lines = call(*words, stdin=f"{json.dumps(asked.example)}\n" * 2).stdout.splitlines()
    assert lines == [asked.one_line(result)] * 2


def test_everything_is_described(name):
    asked = question(name)
    assert asked.says.endswith(".")
    assert asked.usage
    for line in asked.usage:
        assert line.startswith(f"rankcert {name} ")
    names = [column.name for column in asked.columns]
    assert len(set(names)) == len(names)
    assert all(column.says for column in asked.columns)
    assert all(option.says for option in asked.options)


GOLDEN = [case for case in CASES if not case.startswith("refused/")]


@pytest.mark.parametrize("case", GOLDEN)
def test_golden_answers_have_the_columns_in_order(case):
    stem = case.partition("/")[2]
    printed = golden(case).get(f"{stem}.json")
    answer = json.loads(printed) if printed else {}
    if answer.get("command") not in NAMES:
        return
    for result in answer["results"]:
        if "error" not in result:
            assert list(result) == names_in_order(answer["command"], result)


# ---- schemas


@cache
def schema_of(name):
    from proofs_check.reading import schema

    return schema(question(name).given)


def test_the_schema_describes_every_key(call, name):
    schema = json.loads(call("schema", *name.split()).stdout)
    assert schema == schema_of(name)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(question(name).example)
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part["additionalProperties"] is False
        assert part["description"]
        for key, described in part["properties"].items():
            assert described.get("description"), key


# ---- bad input


def places(name):
    """Yield each key: where its object lies in the example, the schema of that object, the key, and whether it must be.

    Keys of objects within the object are looked at in the first such object of the example.
    """
    schema, seen = schema_of(name), set()

    def within(path, value, described):
        described = [each for each in _options(described, schema) if _allows(each, value, schema)]
        if isinstance(value, dict):
            if not any("properties" in each for each in described):
                return  # its keys are names that the user chooses
            (described,) = described
            if described["title"] in seen:
                return
            seen.add(described["title"])
            for key in described["properties"]:
                yield path, described, key
            for key, part in value.items():
                yield from within((*path, key), part, described["properties"][key])
        elif isinstance(value, list):
            for index, part in enumerate(value):
                for each in described:
                    yield from within((*path, index), part, each.get("items", {}))

    yield from within((), question(name).example, schema)


def _options(described, schema):
    if "$ref" in described:
        return _options(schema["$defs"][described["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in described:
        return [option for each in described["anyOf"] for option in _options(each, schema)]
    return [described]


def _allows(described, value, schema):
    return Draft202012Validator({**described, "$defs": schema.get("$defs", {})}).is_valid(value)


def changed(name, path, change):
    """Return the example with the object at a path replaced by what `change` makes of it."""
    found = copy.deepcopy(question(name).example)
    if not path:
        return change(found)
    *above, last = path
    here = found
    for step in above:
        here = here[step]
    here[last] = change(here[last])
    return found


def keys_of(name):
    schema = schema_of(name)
    parts = [schema, *schema.get("$defs", {}).values()]
    return [key for part in parts for key in part["properties"]]


def assert_refused(answer, argument=None):
    assert answer.status == 2, answer.stdout[:300]
    error = answer.error
    assert set(error) == {"argument", "value", "allowed", "message"}
    assert error["allowed"]
    assert error["message"].startswith(error["argument"])
    if argument is not None:
        assert error["argument"] == argument


def test_missing_keys_are_named(ask, name):
    for path, described, key in places(name):
        if key in described.get("required", []):
            given = changed(name, path, lambda found, key=key: {k: v for k, v in found.items() if k != key})
            assert_refused(ask(name, given, "--json"), key)
            given = changed(name, path, lambda found, key=key: {**found, key: None})
            assert_refused(ask(name, given, "--json"), key)


def test_misspelt_keys_are_answered_with_the_right_one(ask, name):
    for path, described, key in places(name):
        middle = len(key) // 2
        for misspelt in (key[:middle] + key[middle + 1 :], key[: middle + 1] + key[middle:]):
            if not misspelt or misspelt in described["properties"]:
                continue

            def misspell(found, key=key, misspelt=misspelt):
                return {**{k: v for k, v in found.items() if k != key}, misspelt: found.get(key, 1)}

            answer = ask(name, changed(name, path, misspell), "--json")
            assert_refused(answer, misspelt)
            if len(key) > 1:  # of two letters one is half
                assert f"did you mean {key}?" in answer.error["message"]


def test_bad_values_are_answered_or_refused(ask, name):
    schema = schema_of(name)
    for path, described, key in places(name):
        for value in HOSTILE:
            given = changed(name, path, lambda found, key=key, value=value: {**found, key: value})
            start = time.process_time()
            answer = ask(name, given, "--json")
            seconds = time.process_time() - start
            shown = f"{name}: {key} = {str(value)[:40]} took {seconds:.1f} s"
            assert seconds < MOST_SECONDS, shown
            assert_answered_or_names_a_key(name, answer, shown)
            # The schema is asked last: jsonschema is slow with long lists.
            is_refused_by_name = answer.status == 2 and key in answer.error["message"]
            assert is_refused_by_name or _allows(described["properties"][key], value, schema), shown


def leaves(value, path=()):
    """Yield the path to the first number or word of each list in an object, and to all that are in none."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list) and value:
        yield from leaves(value[0], (*path, 0))
    else:
        yield path


def test_bad_entries_are_answered_or_refused(ask, name):
    for path in leaves(question(name).example):
        for value in ENTRIES:
            start = time.process_time()
            answer = ask(name, changed(name, path, lambda found, value=value: value), "--json")
            seconds = time.process_time() - start
            shown = f"{name}: {path} = {str(value)[:40]} took {seconds:.1f} s"
            assert seconds < MOST_SECONDS, shown
            assert_answered_or_names_a_key(name, answer, shown)


def assert_answered_or_names_a_key(name, answer, shown):
    if answer.status != 2:
        (result,) = answer.results
        assert list(result) == names_in_order(name, result), shown
        return
    assert_refused(answer)
    words = re.findall(r"[A-Za-z]\w*", answer.error["argument"])
    named = {each for word in words for each in (word, PARTS.get(word, re.sub(r"_\d+$", "", word)))}
    assert named & {*keys_of(name), *WHOLE}, f"{shown}\n{answer.error['message'][:300]}"


def test_a_bad_line_leaves_the_others(ask, name):
    good = json.dumps(question(name).example)
    lines = [good, "{}", "{", good, '{"no such key": 1}', "[]", "", good]
    answer = ask(name, "\n".join(lines), "--json", suffix=".jsonl")
    assert answer.status == 1
    bad = [result["line"] for result in answer.results if "error" in result]
    assert bad == [2, 3, 5, 6]
    assert len(answer.results) == 7
    printed = ask(name, "\n".join(lines), suffix=".jsonl").stdout.splitlines()
    assert [line.split(":")[0] for line in printed if line.startswith("line ")] == [f"line {n}" for n in bad]


def test_a_key_that_is_given_twice_is_refused(ask, name):
    example = question(name).example
    key = next(iter(example))
    text = json.dumps(example)
    assert_refused(ask(name, f'{{"{key}": {json.dumps(example[key])}, {text[1:]}', "--json"), key)
