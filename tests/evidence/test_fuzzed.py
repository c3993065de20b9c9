"""Mutated certificates: none crashes, hangs, takes much memory, or is accepted while it says something else."""

import copy
import json
import random
import time
from pathlib import Path

import pytest

from algebra.evidence import checker
from tests.properties import times

GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("*/*.certificate.json"))
SECONDS = 40  # for one mutant, on a busy machine; the budget is ten on a quiet one
ODD = [0, 1, -1, True, False, None, "", "0", "1/1", "-0", [], {}, [[]], 2**31, 2**63, 2**64, 10**12, 10**30, 10**400]


def original(path):
    document = json.loads(path.read_text())
    document["made_by"]["rankcert"] = "0.1.0"  # the golden files mask it
    return document


def places(value, path=()):
    """Walk through every place but the digest."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if (*path, key) != ("digest",):
            yield (*path, key)
            if isinstance(item, dict | list):
                yield from places(item, (*path, key))


def mutate(document, choose):
    """Change one place."""
    *above, last = choose.choice(list(places(document)))
    inner = document
    for key in above:
        inner = inner[key]
    value = inner[last]
    kind = choose.randrange(8)
    if kind == 0:
        del inner[last]
    elif kind == 1:
        inner[last] = copy.deepcopy(choose.choice(ODD))
    elif kind == 2 and isinstance(inner, list):
        inner.insert(choose.randrange(len(inner) + 1), copy.deepcopy(value))
    elif kind == 3 and isinstance(inner, list):
        other = choose.randrange(len(inner))
        inner[last], inner[other] = inner[other], inner[last]
    elif kind == 4 and type(value) is int:
        inner[last] = choose.choice([value + 1, value - 1, -value, value * 10**6, 1 << abs(value) % 5000, str(value)])
    elif kind == 5 and isinstance(value, list):
        inner[last] = value * choose.choice([0, 2, 3, 50])
    elif kind == 6:
        for _ in range(choose.choice([1, 2, 50])):
            value = [value]
        inner[last] = value
    else:
        *others, name = choose.choice(list(places(document)))
        source = document
        for key in others:
            source = source[key]
        inner[last] = copy.deepcopy(source[name])


def meaning(document):
    """What a certificate states: its claim, in canonical JSON, which tells 1 from true."""
    return json.dumps(document["claim"], sort_keys=True)


def weaker(claim, than):
    """Tell whether a claim follows from another: the same object, and bounds that enclose the others."""
    inner = {name: value for name, value in claim.items() if name not in ("lower", "upper")}
    if inner != {name: value for name, value in than.items() if name not in ("lower", "upper")} or "lower" not in than:
        return False
    above = claim["upper"] is None or (than["upper"] is not None and claim["upper"] >= than["upper"])
    return claim["lower"] <= than["lower"] and above


def try_mutants(seed, count, originals, most=SECONDS):
    choose = random.Random(seed)
    accepted = 0
    for _ in range(count):
        path = choose.choice(list(originals))
        document = copy.deepcopy(originals[path])
        for _ in range(choose.choice([1, 1, 1, 2, 4])):
            mutate(document, choose)
        if choose.random() < 0.95:
            try:
                document["digest"] = checker.digest(document)
            except ValueError:
                continue
        start = time.perf_counter()
        report = checker.check(document)
        assert time.perf_counter() - start < most, (path.name, document)
        assert report.valid or report.reasons
        assert all(report.reasons) or report.valid
        if report.valid and meaning(document) != meaning(originals[path]):
            accepted += 1
            assert weaker(document["claim"], originals[path]["claim"]) or proves_anew(document), (path.name, document)
    return accepted


def proves_anew(document):
    """A mutant may speak of another object and be right: its label and the statement are then that object's own."""
    from algebra.evidence.checker.claims import checks_of
    from algebra.evidence.checker.limits import PATIENT, patience

    with patience(PATIENT):
        statement, _ = checks_of(document["claim"], document)
    object_names = {"network", "graph", "circuit", "logits", "architectures", "program"} & set(document["claim"])
    return bool(object_names) and document["claim"]["label"].split(":")[0] in statement


@pytest.fixture(scope="module")
def originals():
    found = {path: original(path) for path in GOLDEN}
    for document in found.values():
        document["digest"] = checker.digest(document)
        assert checker.check(document).valid
    return found


def test_some_mutants(originals):
    try_mutants(0, times(1500), originals)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_many_mutants(part, originals):
    try_mutants(1000 + part, times(10_000), originals)


def test_texts_that_are_cut_or_changed(originals):
    """Bytes, not values: whatever the file holds, it is not a certificate, or is checked like one."""
    choose = random.Random(5)
    for _ in range(times(500)):
        raw = bytearray(json.dumps(originals[choose.choice(list(originals))]).encode())
        for _ in range(choose.choice([1, 2, 5])):
            place = choose.randrange(len(raw))
            change = choose.randrange(3)
            if change == 0:
                raw[place] = choose.randrange(256)
            elif change == 1:
                del raw[place : place + choose.choice([1, 10, 10**6])]
            else:
                raw[place:place] = choose.choice([b"9" * 5000, b"[" * 5000, b'"', b"{}", b"\xff", b"1e999", b"NaN"])
            if not raw:
                break
        try:
            document = checker.parse(bytes(raw))
        except (ValueError, RecursionError):
            continue
        report = checker.check(document)
        assert report.reasons or report.valid
