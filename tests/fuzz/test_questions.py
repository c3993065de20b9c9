"""A hundred thousand calls, half of them here: questions about objects that were changed at random.

No call ends in another error than ours, none hangs, and none accepts what it cannot have understood: a misspelt key, a
number that is infinite or none, floats behind a proof. `RANKCERT_TEST_MULTIPLIER` multiplies the number of calls.
"""

import json
import math
import random

import pytest

from algebra.errors import InputError
from algebra.reading import parse_object
from proofs_check.registry import question, question_modules
from proofs_check.show.envelope import json_text
from tests.fuzz.mutations import TooSlow, changed, floats_in, limited
from tests.golden.golden import CASES
from tests.properties import times

SEED = 20261128
CALLS = 60_000
NAMES = sorted(question_modules())
PARTS = 4
"""So that a run on several cores shares the work, and a failure is found again sooner."""

EXACT_BY_NATURE = ("round", "ktanh", "kernel", "memorize", "critical-point", "program", "graph network")
"""Questions in which a float is refused, or is exactly the number that it is, or is measured beside what is proved."""


def starts(name):
    """Return the example of a question, and the objects of its golden answers."""
    found = [dict(question(name).example)]
    for case in CASES.values():
        command = case["command"]
        if command.startswith(f"{name} ") and isinstance(case.get("given.json"), dict):
            found.append(case["given.json"])
    return [each for each in found if len(json.dumps(each)) < 2000]


def beside(name, tmp_path):
    """Return what has to be given beside an object: the network that `memorize check` asks about."""
    told = {}
    for option in question(name).options:
        if option.is_needed:
            file = tmp_path / f"{option.name}.json"
            file.write_text(json.dumps(option.example))
            told[option.name] = option.read(option.argument, str(file))
    return told


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", NAMES)
def test_changed_objects_are_answered_or_refused(name, part, tmp_path):
    asked, choose = question(name), random.Random(f"{SEED} {name} {part}")
    told = beside(name, tmp_path)
    given, refusals = starts(name), []
    for number in range(times(CALLS // (len(NAMES) * PARTS)) + 1):
        found, has_unknown = changed(choose.choice(given), choose)
        text = json.dumps(found, default=str)
        try:
            with limited():
                result = asked.ask(parse_object(text, "fuzzed.json"), **told)
                printed = json_text({"schema": 1, "command": name, "results": [result]})
                assert asked.text(result)
                assert asked.one_line(result)
        except InputError as refusal:
            refusals.append(refusal)
            continue
        except (Exception, TooSlow) as problem:
            raise AssertionError(f"{name}, call {number} of part {part}: {text[:2000]}") from problem
        assert_meant(name, found, has_unknown, result, printed, text)
    for refusal in refusals:
        assert str(refusal).startswith(refusal.argument)
        assert json_text({"message": str(refusal)})


def assert_meant(name, found, has_unknown, result, printed, text):
    """What was answered has bounds in order, is valid JSON, and does not rest on what cannot be understood."""
    shown = f"{name}: {text[:1500]}\n{printed[:500]}"
    assert not has_unknown, shown
    assert json.loads(printed, parse_constant=lambda word: pytest.fail(f"{word} in {shown}"))
    lower, upper = result.get("lower"), result.get("upper")
    if isinstance(lower, int) and isinstance(upper, int):
        assert lower <= upper, shown
    floats = list(floats_in(json.loads(text)))
    assert not any(math.isnan(x) or x == math.inf for x in floats), shown
    measured = any(math.isfinite(x) for x in floats)
    if measured and not name.startswith(EXACT_BY_NATURE):
        assert result.get("grade") not in ("proved", "probable"), shown
