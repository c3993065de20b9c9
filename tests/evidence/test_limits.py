"""Small files that took hours or gigabytes are refused at once, with a reason; large honest ones pass."""

import json
import resource
import subprocess
import sys
import time
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from algebra import PolynomialNetwork
from algebra.errors import InputError
from algebra.evidence import check, checker
from algebra.evidence.certificate import certificate_wanted
from algebra.evidence.checker import claims
from algebra.evidence.checker.labels import circuit_label, graph_label, layer_label, softmax_label
from algebra.evidence.checker.limits import BEYOND, MOST_VALUE, QUICK, capped_product, multisets, power

FOLDER = Path(checker.__file__).parent


def document(claim, **proofs):
    body = {"format": checker.FORMAT, "claim": claim, **proofs, "made_by": {"rankcert": "0.1.0", "seed": 0}}
    return {**body, "digest": checker.digest(body)}


def network(described, label, size, **changes):
    claim = {"quantity": "dimension", "label": label, "network": described, "lower": size, "upper": None}
    minor = {"rule": "jacobian-minor", "prime": 8388593, "key": "k", "word_size": 1}
    return document(
        claim, lower={**minor, "rows": list(range(size)), "columns": list(range(size)), **changes}, upper=None
    )


def circuit(shape, layers, upper, lower=None, rows=(0,), templates=2):
    described = [
        dict(zip(("window", "stride", "channels", "border", "sharing"), layer, strict=True)) for layer in layers
    ]
    found = {"input_shape": shape, "templates": templates, "layers": described, "output": "linear"}
    label = circuit_label(shape, templates, [layer_label(*layer) for layer in layers], "linear")
    claim = {"quantity": "grid-tensor-rank", "label": label, "circuit": found, "row_side": list(rows)}
    return document({**claim, "lower": 1, "upper": 1}, lower=lower or {"rule": "nonzero"}, upper=upper)


def graph(dims, observed, scopes, rows, lower, upper, tied=None):
    found = {"variable_dims": dims, "observed": observed, "factor_scopes": scopes, "tied": tied}
    claim = {"quantity": "matricization-rank", "label": graph_label(dims, observed, scopes, tied), "graph": found}
    return document({**claim, "row_side": rows, "lower": 1, "upper": 2}, lower=lower, upper=upper)


def softmax(logits, upper, lower=None):
    minor = {"rule": "residue-minor", "modulus": 8388593, "base": 3, "rows": [0], "columns": [0], **(lower or {})}
    claim = {"quantity": "softmax-rank", "label": softmax_label(logits), "logits": logits, "lower": 1, "upper": 1}
    return document(claim, lower=minor, upper={"rule": upper})


def filling(corners, depth=12, degree=2, points=(), minors=()):
    regions = [{"corner": corner, "upper": [{"rule": "gauge", "value": 0}]} for corner in corners]
    claim = {
        "quantity": "minimal-filling",
        "label": f"mfa:2-1:h{depth}:r{degree}",
        "input": 2,
        "output": 1,
        "depth": depth,
        "degree": degree,
    }
    architectures = [[2, *widths, 1] for widths in points]
    return document({**claim, "architectures": architectures}, filling=list(minors), regions=regions)


def many_minors(count):
    """Architectures of depth 11 whose minors of 1,025 rows take a second each."""
    minor = {"rule": "jacobian-minor", "prime": 8388593, "key": "k", "word_size": 1}
    rows = list(range(1025))
    points = [(*[40] * 9, 40 + i) for i in range(count)]
    minors = [{**minor, "rows": rows, "columns": rows} for _ in points]
    return filling([], depth=11, points=points, minors=minors)


def activation(numerator, denominator):
    described = {"numerator": numerator, "denominator": denominator}
    named = f"{','.join(numerator)}|{','.join(denominator)}"
    found = {"widths": [2, 2, 1], "activations": [described], "biases": True}
    claim = {"quantity": "dimension", "label": f"pnn:2-2-1:a{named}:b", "network": found, "lower": 0, "upper": 9}
    chain = [{"rule": "gauge", "network": found, "value": 9, "parts": []}]
    return document(claim, lower={"rule": "trivial"}, upper=chain)


TEMPLATES = {"rule": "templates"}
MANY = 40_000
NO_PATHS = {"rule": "paths", "paths": []}
TABLE = {
    "rule": "minor",
    "prime": 8388593,
    "key": "k",
    "word_size": 64,
    "varied": [[0, 1]],
    "rows": [0],
    "columns": [0],
}
LONG = [str(10**400 * i + 1) for i in range(1, 200)]
BOMBS = {
    "a stride of a thousand millions": lambda: network(
        {"convolution": {"filters": [2, 2], "strides": [10**9, 1]}, "degrees": [2]}, "cnn:k2-2:s1000000000-1:r2", 1
    ),
    "a convolution of a thousand sizes": lambda: network(
        {"convolution": {"filters": [10**6] * 3, "strides": [1] * 3}, "degrees": [2, 2]},
        "cnn:k1000000-1000000-1000000:s1-1-1:r2",
        1,
    ),
    "wide layers": lambda: network(
        {"widths": [10**4, 10**4, 1], "degrees": [2], "biases": False}, "pnn:10000-10000-1:r2", 1
    ),
    "long words": lambda: network(
        {"widths": [20, 20, 1], "degrees": [2], "biases": False},
        "pnn:20-20-1:r2",
        200,
        prime=(1 << 4096) - 5,
        word_size=64,
    ),
    "many positions": lambda: circuit([10**8], [([1], [10**8], 1, "clip", "none")], TEMPLATES),
    "a wide window": lambda: circuit(
        [9999], [([9999], [1], 1, "clip", "none"), ([9999], [9999], 1, "clip", "none")], TEMPLATES
    ),
    "a deep circuit": lambda: circuit(
        [300], [([2], [1], 2, "clip", "full")] * 999 + [([300], [300], 1, "clip", "none")], TEMPLATES
    ),
    "many axes": lambda: circuit([1] * 10**5, [([1] * 10**5, [1] * 10**5, 1, "clip", "none")], TEMPLATES),
    "large products": lambda: circuit(
        [10**5], [([10**5], [10**5], 3, "clip", "none")], {"rule": "pooling-geometry"}, None, range(0, 10**5, 2), 2**40
    ),
    "twins": lambda: graph(
        [2] * MANY,
        MANY,
        [list(range(MANY))],
        [0],
        NO_PATHS,
        {"rule": "symmetric", "side": "rows"},
    ),
    "tied twins": lambda: graph(
        [1 << 40] * MANY,
        MANY,
        [[i] for i in range(MANY)],
        list(range(0, MANY, 2)),
        NO_PATHS,
        {"rule": "symmetric", "side": "rows"},
        [list(range(MANY))],
    ),
    "a table": lambda: graph(
        [2, 2, 10**6],
        2,
        [[0, 2], [1, 2]],
        [0],
        {**TABLE, "columns": [0], "order": [2]},
        {"rule": "cut", "variables": [0]},
    ),
    "huge exponents": lambda: softmax([["0", "0"], ["0", "1" + "0" * 400], ["0", "1"]], "evaluation"),
    "exponents of a few gigabytes": lambda: softmax([["0", "0"], ["0", "10000000000"], ["0", "1"]], "evaluation"),
    "powers of long residues": lambda: softmax(
        [[str(10**400 * i * j + i * j * j) for j in range(60)] for i in range(60)],
        "distinct-rows",
        {"modulus": (1 << 4096) + 1, "rows": list(range(60)), "columns": list(range(60))},
    ),
    "long coefficients": lambda: activation(LONG, LONG[::-1]),
    "regions that split in very many widths": lambda: filling([[k] * 899 for k in range(1, 5)], 900, 1),
    "many large minors": lambda: many_minors(40),
    "many regions": lambda: filling([[1 + (i * 37 + k * 61) % 2000 for k in range(11)] for i in range(4000)]),
}


@pytest.mark.parametrize("name", BOMBS)
def test_small_files_that_took_hours_are_refused_at_once(name):
    made = BOMBS[name]()
    start, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = check(made)
    assert not report.valid
    assert all(report.reasons)
    assert time.process_time() - start < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 400_000


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda: many_minors(40), "the minors of the architectures"),
        (lambda: filling([[1] * 998] * 3000, 999, 1), "the chains of the regions"),
        (lambda: filling([[1] * 899, [2] * 899], 900, 1), "the regions"),
    ],
    ids=["minors", "chains", "regions"],
)
def test_lists_of_architectures_are_estimated_before_the_work(made, reason):
    start = time.process_time()
    report = check(made())
    assert any(reason in each and "too large" in each for each in report.reasons)
    assert time.process_time() - start < 3


def of_long_words(width):
    described = {"widths": [1, width, 1], "degrees": [2], "biases": False}
    return network(described, f"pnn:1-{width}-1:r2", 1, word_size=64)


def test_patience_is_a_choice(monkeypatch):
    """600,000 weights are more than are held by default with words of 64; to a tenth of the patience, a tenth is."""
    assert "--patient allows more" in check(of_long_words(3 * 10**5)).reasons[0]
    monkeypatch.setattr(claims, "QUICK", QUICK._replace(memory=QUICK.memory // 10))
    assert "--patient allows more" in check(of_long_words(3 * 10**4)).reasons[0]
    assert check(of_long_words(3 * 10**4), patient=True).valid


@pytest.mark.parametrize("degree", [2**40 + 1, 10**4000], ids=["2^40 + 1", "10^4000"])
def test_what_the_library_writes_its_checker_accepts(degree):
    certificate = PolynomialNetwork((2, 3, 1), degree=degree).dimension().certificate()
    assert certificate.check().valid
    assert json.loads(certificate.to_json())["claim"]["lower"] == 6


def test_a_million_neurons_are_checked():
    report = PolynomialNetwork((1, 10**6, 1), degree=2).dimension().certificate().check()
    assert report.statement == "the dimension of pnn:1-1000000-1:r2 is 1"
    assert report.valid


@pytest.mark.parametrize(
    ("widths", "degree", "reason"),
    [((2, 3, 1), 10**4400, "too long"), ((1,) * 1100, 2, "1000 widths"), ((2, 10**13, 1), 2, "an entry of widths")],
    ids=["degree", "depth", "width"],
)
def test_what_the_checker_does_not_read_is_refused_before_the_work(widths, degree, reason):
    network = PolynomialNetwork(widths, degree=degree)
    with certificate_wanted(), pytest.raises(InputError, match=reason):
        network.dimension()
    if len(widths) > 3:  # the others are too large for the library
        with pytest.raises(InputError, match=reason):
            network.dimension().certificate()


@pytest.mark.parametrize("rule", [[], {}, None, 1, True, ["cut"]], ids=repr)
@pytest.mark.parametrize("side", ["lower", "upper"])
@pytest.mark.parametrize("name", ["attention-heads", "convac-left", "factor-graph-chain", "softmax-minor"])
def test_rules_of_any_type_are_refused(name, side, rule):
    """They were looked up in a table, and a list is no key of one."""
    path = Path(__file__).parent.parent / "golden" / "exact" / f"{name}.certificate.json"
    found = json.loads(path.read_text())
    found |= {"made_by": {"rankcert": "0.1.0", "seed": 0}, side: {**found[side], "rule": rule}}
    for proof in (found[side], {"rule": rule}, rule):
        report = check({**found, side: proof, "digest": checker.digest({**found, side: proof})})
        assert not report.valid
        assert not any("malformed" in reason for reason in report.reasons), report.reasons


def test_exceptions_inside_are_refusals(monkeypatch):
    from algebra.evidence.checker import claims

    def broken(claim, document):
        return "", [lambda: 1 // 0, lambda: [].pop()]

    monkeypatch.setitem(claims.QUANTITIES, "dimension", broken)
    report = check(PolynomialNetwork((2, 3, 1), degree=2).dimension().certificate().document)
    assert [reason.split()[4] for reason in report.reasons] == ["ZeroDivisionError", "IndexError"]


def run_alone(*words):
    """Run the checker as a stranger does."""
    return subprocess.run(
        [sys.executable, "-I", str(FOLDER), *map(str, words)], capture_output=True, text=True, check=False
    )


def test_the_other_files_are_still_checked(tmp_path, call):
    good = tmp_path / "good.json"
    PolynomialNetwork((2, 3, 1), degree=2).dimension().certificate().write(good)
    for name, content in {
        "nested": json.dumps(document({})).replace('"claim": {}', '"claim": ' + "[" * 500 + "]" * 500),
        "digits": good.read_text().replace('"lower": 3', '"lower": ' + "3" * 5000),
        "bomb": json.dumps(BOMBS["many positions"]()),
        "long": good.read_text() + " " * QUICK.text,
    }.items():
        bad = tmp_path / f"{name}.json"
        bad.write_text(content)
        done = run_alone(bad, good)
        assert done.returncode == 1, done.stderr
        assert f"{bad}: refused: " in done.stdout
        assert f"{good}: valid: the dimension of pnn:2-3-1:r2 is 3" in done.stdout

        answer = call("check", bad, good, "--json")
        assert answer.status == 1
        assert [result["valid"] for result in answer.results] == [False, True]
        assert answer.results[0]["reasons"]

    (tmp_path / "none.json").write_text("nothing")
    done = run_alone(tmp_path / "none.json", tmp_path / "missing.json", good)
    assert done.returncode == 2
    assert done.stderr.count("not a certificate") == 2
    assert "valid: the dimension" in done.stdout


def test_the_command_says_how_it_is_used(call, tmp_path):
    for words in ((), ("--help",), ("--unknown", "file")):
        done = run_alone(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert "usage: checker [--patient] FILE..." in done.stderr
    good = tmp_path / "good.json"
    PolynomialNetwork((2, 3, 1), degree=2).dimension().certificate().write(good)
    assert run_alone("--patient", good).returncode == 0
    assert call("check", good, "--patient").status == 0


def test_products_stop_beyond_what_can_be_claimed():
    assert (power(3, 4), multisets(3, 2), capped_product([2, 3, 5])) == (81, 6, 30)
    assert power(2, 10**12) == multisets(2**40, 10**12) == multisets(10**6, 10**6) == BEYOND
    assert capped_product([MOST_VALUE] * 10) == BEYOND
    assert power(1, 10**12) == multisets(1, 10**12) == 1
    assert multisets(2, 10**12) == 10**12 + 1
    for d in range(1, 7):
        for n in range(7):
            assert multisets(d, n) == len(list(combinations_with_replacement(range(d), n)))
