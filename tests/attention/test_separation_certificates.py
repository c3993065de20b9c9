"""Certificates of separation ranks: each rule is checked, and forgeries are refused."""

import copy
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import algebra.evidence.checker
from algebra.evidence import check, checker
from tensors.attention import AttentionStack
from tests.tampering import forged, put

STACKS = {
    "minor": AttentionStack(2, 1, 2, 2, (2, 2)),
    "heads": AttentionStack(3, 3, 1, 2, (3, 3)),
    "sum": AttentionStack(3, 1, 3, 2, (1, 2)),
    "embedding": AttentionStack(4, 1, 4, 2, (4, 4), embedding_rank=2),
    "residual": AttentionStack(3, 1, 2, 2, (2, 2), residual=True),
    "residual embedding": AttentionStack(3, 1, 3, 2, (3, 3), 2, True),
    "one layer": AttentionStack(3, 2, 1, 1, (1, 1)),
    "line": AttentionStack(1, 1, 1, 5, (2, 2)),
    "form": AttentionStack(3, 1, 3, 9, (4, 3)),
    "form of a part": AttentionStack(40, 2, 20, 8, (4, 3)),
    "entry": AttentionStack(768, 12, 64, 3, (1024, 800)),
    "texts": AttentionStack(3, 1, 3, 2, (3, 2), vocabulary=3, positions=True),
    "words": AttentionStack(2, 1, 2, 2, (4, 5), vocabulary=3),
    "few words of many layers": AttentionStack(3, 1, 2, 30, (3, 3), vocabulary=2),
    "short texts": AttentionStack(3, 3, 1, 2, (2, 2), vocabulary=2, positions=True, residual=True),
    "pooled": AttentionStack(2, 1, 2, 2, (1, 2), pooled=True),
    "pooled residual": AttentionStack(2, 1, 2, 2, (2, 2), residual=True, pooled=True),
    "power": AttentionStack(20, 1, 20, 20, (20, 20)),
}


@cache
def certificate(name):
    return STACKS[name].separation_rank().certificate()


def document(name):
    return copy.deepcopy(certificate(name).document)


@pytest.mark.parametrize("name", list(STACKS))
def test_certificates_are_valid_and_guarded(name):
    good = document(name)
    report = check(good)
    assert report.valid, report.reasons
    assert report.statement.startswith("the separation rank of separation:")
    assert not check({**good, "lower": good["lower"] | {"more": 1}}).valid
    assert not check(forged(document(name), put("lower", "more", 1))).valid
    assert not check(forged(document(name), put("upper", "more", 1))).valid
    upper = good["claim"]["upper"]
    assert not check(
        forged(document(name), lambda body: body["claim"].update(lower=min(good["claim"]["lower"] - 1, 0)))
    ).valid
    assert not check(forged(document(name), lambda body: body["claim"].update(upper=upper - 1))).valid


def test_each_degree_has_a_certificate():
    stack = STACKS["heads"]
    for k, rank in enumerate([1, 6, 15, 18, 3]):
        certificate = stack.rank_of_degree(k).certificate()
        assert certificate.claim["degree"] == k
        assert (certificate.claim["lower"], certificate.claim["upper"]) == (rank, rank)
        assert certificate.check().statement == f"the rank in degree {k} of {stack.label} is {rank}"
    for k, bounds in enumerate(stack.separation().degrees):
        assert bounds.certificate().claim["degree"] == k
        assert bounds.certificate().check().valid
    assert not check(_fresh(certificate.document, put("claim", "degree", 3))).valid
    assert not check(_fresh(certificate.document, put("claim", "degree", 5))).valid
    assert not check(_fresh(certificate.document, put("lower", "prime", 3))).valid


def test_a_form_of_a_part_says_something_of_low_degrees_only():
    """The degree of its powers is (3^7 - 1)/2 = 1093, for one layer of eight; beyond, it has no terms."""
    stack = STACKS["form of a part"]
    certificate = stack.rank_of_degree(2).certificate()
    assert certificate.document["lower"]["rule"] == "copied-form"
    assert certificate.check().valid
    beyond = _fresh(certificate.document, put("claim", "degree", 1094))
    assert "the form says nothing of this degree" in check(beyond).reasons


def _fresh(body, change):
    changed = copy.deepcopy(body)
    change(changed)
    return {**changed, "digest": checker.digest(changed)}


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("minor", put("claim", "label", "other"), "label"),
        ("minor", put("claim", "stack", "width", 3), "label|head_size"),
        ("minor", put("claim", "stack", "tokens", [2]), "tokens"),
        ("minor", put("claim", "stack", "tokens", [2, 0]), "tokens"),
        ("minor", put("claim", "stack", "head_size", 3), "head_size"),
        ("minor", put("claim", "stack", "layers", 10**6), "layers"),
        ("minor", put("claim", "stack", "embedding_rank", 2), "embedding_rank"),
        ("minor", put("claim", "stack", "vocabulary", 2), "label"),
        ("minor", put("claim", "stack", "positions", True), "positions without a vocabulary"),
        ("texts", put("claim", "stack", "vocabulary", 4), "label"),
        ("texts", put("claim", "stack", "vocabulary", None), "positions without"),
        ("texts", put("claim", "stack", "positions", False), "label"),
        ("texts", put("claim", "stack", "tokens", [3, 3]), "label"),
        ("texts", put("claim", "degree", 2), "vocabulary ranks do not add up"),
        ("texts", put("claim", "lower", 8), "its proof gives"),
        ("texts", put("lower", "rows", 0, [0, 1, 3]), "a text"),
        ("texts", put("lower", "rows", 0, [0, 1]), "as long as"),
        ("texts", put("lower", "columns", 1, [0, 0]), "vanishes"),
        ("texts", put("lower", "columns", 0, 3), "a text"),
        ("texts", put("lower", "rows", []), "no texts"),
        ("texts", lambda body: body["lower"]["rows"].pop(), "not square"),
        ("texts", put("lower", {"rule": "line"}), "not for vocabularies"),
        ("texts", put("lower", {"rule": "copied-entry"}), "not for vocabularies"),
        ("texts", put("upper", {"rule": "one-layer"}), "one layer, or a vocabulary"),
        ("texts", put("upper", {"rule": "line"}), "line"),
        ("words", put("upper", {"rule": "ambient"}), "ambient gives"),
        ("words", put("claim", "upper", 11), "claim.upper"),
        ("short texts", put("claim", "stack", "residual", False), "label"),
        ("minor", put("upper", {"rule": "vocabulary"}), "for vocabularies"),
        ("minor", put("upper", {"rule": "texts"}), "for vocabularies"),
        ("pooled", put("claim", "quantity", "separation-rank"), "claim"),
        ("pooled", put("claim", "lower", 30), "give"),
        ("pooled", lambda body: body["lower"]["sides"].reverse(), "its proof gives|vanishes"),
        ("pooled", lambda body: body["upper"]["sides"].pop(), "one proof for each side"),
        ("pooled", put("upper", "sides", 0, "value", 15), "gives 16"),
        ("pooled", put("lower", "rule", "sum-over-degrees"), "rule of a pooled output"),
        ("pooled", put("claim", "label", "separation:2:h1:a2:l2:n1-2"), "label"),
        ("pooled", put("claim", "stack", "tokens", [2, 1]), "label"),
        ("minor", put("claim", "degree", 2), "vanishes"),
        ("minor", put("claim", "lower", 17), "its proof gives 18"),
        ("minor", put("claim", "upper", None), "claim.upper"),
        ("minor", put("lower", "prime", 2), "vanishes"),
        ("minor", put("lower", "rows", [0] * 18), "repeats"),
        ("minor", put("lower", "word_size", 0), "word_size"),
        ("minor", put("lower", "rule", "else"), "rule is unknown"),
        ("minor", put("lower", {"rule": "one-layer"}), "more than one layer"),
        ("minor", put("lower", {"rule": "line"}), "its proof gives 5"),
        ("minor", put("lower", None), "not an object"),
        ("minor", put("upper", {"rule": "else"}), "rule is unknown"),
        ("minor", put("upper", {"rule": "line"}), "line"),
        ("minor", put("upper", {"rule": "residual"}), "residual"),
        ("heads", put("upper", {"rule": "ambient"}), "ambient gives 49"),
        ("sum", lambda body: body["lower"]["degrees"].pop(), "one proof for each degree"),
        ("sum", put("lower", "degrees", 2, "value", 20), "its proof gives 19"),
        ("sum", put("lower", "degrees", 2, "proof", "prime", 12), "too small for the degree"),
        ("residual", put("upper", {"rule": "sum-over-degrees"}), "residual"),
        ("residual", put("claim", "degree", 1), "residual"),
        ("form", put("lower", "point", 0, 0), "does not vanish"),
        ("form", put("lower", "point", [1]), "symmetric"),
        ("form", put("lower", "layers", 1), None),
        ("form", put("lower", "layers", 9), "no layer is left"),
        ("form", put("lower", "width", 4), "width"),
        ("form", put("lower", "heads", 2), "heads"),
        ("form", put("lower", "rows", [0, 1]), "square|too small"),
        ("form", put("lower", "key", "other"), "does not vanish"),
        ("form", put("lower", "prime", 1), "prime"),
        ("form", put("claim", "stack", "layers", 8), "label"),
        ("form of a part", put("lower", "width", 41), "width"),
        ("entry", put("claim", "stack", "tokens", [1024, 768]), "label"),
        ("entry", put("claim", "stack", "heads", 13), "label"),
        ("entry", put("lower", {"rule": "copied-power"}), "too small for a power"),
        ("entry", put("claim", "lower", 10**30), "its proof gives"),
        ("one layer", put("lower", {"rule": "copied-entry"}), "no layer that copies"),
        ("power", put("lower", {"rule": "copied-entry"}), "its proof gives"),
        ("power", put("lower", {"rule": "copied-form"}), "lower"),
        ("power", put("claim", "stack", "layers", 11), "label"),
    ],
)
def test_forgeries_are_refused(name, change, reason):
    report = check(forged(document(name), change))
    assert not report.valid
    assert reason is None or any(part in "; ".join(report.reasons) for part in reason.split("|")), report.reasons


@pytest.mark.parametrize("wrong", [None, True, -1, "1", 1.5, [], {}, 10**30])
def test_wrong_types_are_refused(wrong):
    for name in ("sum", "form", "texts", "pooled"):
        good = document(name)
        for section in ("lower", "upper", "claim"):
            for key in good[section]:
                if good[section][key] != wrong and (key, wrong) not in (("key", "1"), ("upper", 10**30)):
                    assert not check(forged(document(name), put(section, key, wrong))).valid, (section, key)
        for key in good["claim"]["stack"]:
            if good["claim"]["stack"][key] != wrong:
                assert not check(forged(document(name), put("claim", "stack", key, wrong))).valid, key


def test_the_checker_needs_no_toolkit(tmp_path):
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(document("form")), encoding="utf-8")
    folder = Path(algebra.evidence.checker.__file__).parent
    run = subprocess.run([sys.executable, "-I", folder, file], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.startswith("valid: the separation rank of separation:3:h1:a3:l9:n4-3 is at least")
