"""Certificates of programs: what the independent checker accepts, and what it refuses."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given

from algebra.errors import InputError
from algebra.evidence import checker
from algebra.programs import Program, exp, relu, sqrt, traced
from algebra.programs import softmax as softmax_of
from algebra.programs.transformers import transformer
from tests.programs.strategies import programs
from tests.properties import examples
from tests.tampering import check_forged, put

CASES = {case["id"]: case for case in json.loads((Path(__file__).parents[1] / "data/programs.json").read_text())}
GENERIC = [name for name, case in CASES.items() if case["mode"] == "generic" and "relation" not in name]
CHECKER = Path(checker.__file__).parent


def certificate_of(program):
    return Program.from_json(program).dimension().certificate()


@pytest.mark.parametrize("name", GENERIC)
def test_known_programs(name):
    certificate = certificate_of(CASES[name]["program"])
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == certificate.claim["upper"] == CASES[name]["rank"]


def test_the_checker_alone(tmp_path):
    path = tmp_path / "certificate.json"
    certificate_of(CASES["norm/rms-gain-linear"]["program"]).write(path)
    run = subprocess.run([sys.executable, "-I", CHECKER, path], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("valid: the dimension of program:")


@pytest.mark.parametrize("name", [name for name in CASES if "relation" in name])
def test_relations_between_exponentials(name):
    certificate = certificate_of(CASES[name]["program"])
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == CASES[name]["rank"]
    assert certificate.document["lower"]["exponents"]["relations"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put(0, 1, 0, 1, 3), "does not hold"),
        (put(0, 2, True), "not as many pairs as exponents"),
        (put(0, 1, 0, 0, 0), "comes later"),
        (lambda relations: relations.append(relations[0]), "two relations"),
        (lambda relations: relations.clear(), "not as many pairs as exponents"),
    ],
)
def test_false_relations_are_refused(change, reason):
    certificate = certificate_of(CASES["relation/double"]["program"])
    assert certificate.document["lower"]["exponents"]["relations"] == [[0, [[1, 2]], False]]
    report = check_forged(certificate, lambda body: change(body["lower"]["exponents"]["relations"]))
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


def exponentials_of(*exponents):
    """The function (w_1, w_2, ...) -> sum of w_i exp(s_i)."""
    steps, constants, parameters = [], {}, {}
    for i, exponent in enumerate(exponents):
        constants[f"c{i}"], parameters[f"w{i}"] = exponent, []
        steps.append({"name": f"s{i}", "op": "multiply", "of": [f"c{i}", "x"]})
        steps.append({"name": f"e{i}", "op": "exp", "of": [f"s{i}"]})
        steps.append({"name": f"p{i}", "op": "multiply", "of": [f"e{i}", f"w{i}"]})
        steps.append({"name": f"y{i}", "op": "add", "of": [f"y{i - 1}" if i else "zero", f"p{i}"]})
    constants["zero"] = 0
    return {"inputs": {"x": []}, "parameters": parameters, "constants": constants, "steps": steps, "outputs": [f"y{i}"]}


def test_multiples_of_one_exponent():
    certificate = certificate_of(exponentials_of(1, 2, -3))
    assert certificate.check().valid
    assert certificate.claim["lower"] == 3


def test_fractional_multiples_are_refused_by_name():
    with pytest.raises(InputError, match="no rules for such relations between exponentials"):
        certificate_of(exponentials_of(2, 3, 5))


def test_exponentials_of_numbers():
    steps = [{"name": "e", "op": "exp", "of": ["c"]}, {"name": "y", "op": "multiply", "of": ["e", "w"]}]
    constants = {"c": ["1/2", "-2/3"]}
    program = {"inputs": {}, "parameters": {"w": [2]}, "constants": constants, "steps": steps, "outputs": ["y"]}
    certificate = certificate_of(program)
    assert certificate.check().valid
    assert certificate.claim["lower"] == 2


def rectified(*ops):
    """A layer, functions of its neurons one after another, and a linear map."""
    steps = [{"name": "h", "op": "matmul", "of": ["W", "x"]}]
    for op in ops:
        steps.append({"name": op, "op": op, "of": [steps[-1]["name"]]})
    steps.append({"name": "y", "op": "matmul", "of": ["V", ops[-1]]})
    parameters = {"W": [3, 2], "V": [1, 3]}
    return {"inputs": {"x": [2]}, "parameters": parameters, "constants": {}, "steps": steps, "outputs": ["y"]}


def test_rectifiers():
    certificate = certificate_of(rectified("relu"))
    assert certificate.check().valid
    assert certificate.claim["lower"] == certificate.claim["upper"] == 6


def test_no_rectifier_has_another_sign_than_its_own():
    """A key of the signs under which other neurons are active at the samples of the minor, or too few of them."""
    certificate = certificate_of(rectified("relu"))
    reports = [check_forged(certificate, put("lower", "signs", f"key {i}")) for i in range(20)]
    assert any("the minor of the lower bound vanishes" in report.reasons for report in reports)
    assert not check_forged(certificate, put("lower", "signs", None)).valid


def test_a_kink_proves_nothing():
    """The argument w * 0 x + ... is exactly 0 at every sample: x - x, as the program writes it with a product."""
    program = {
        "inputs": {"x": [], "z": []},
        "parameters": {"w": []},
        "constants": {"one": 1},
        "steps": [
            {"name": "a", "op": "add", "of": ["x", "one"]},
            {"name": "b", "op": "multiply", "of": ["a", "w"]},
            {"name": "c", "op": "multiply", "of": ["x", "w"]},
            {"name": "d", "op": "add", "of": ["c", "w"]},
            {"name": "e", "op": "subtract", "of": ["b", "d"]},
            {"name": "f", "op": "relu", "of": ["e"]},
            {"name": "y", "op": "add", "of": ["f", "w"]},
        ],
        "outputs": ["y"],
    }
    lower = {"rule": "program-minor", "prime": 8388587, "key": "k", "forced": [], "rows": [0], "columns": [0]}
    lower |= {"exponents": None, "roots": [], "signs": "k"}
    report = checker.check(document_of(program, lower, 1))
    assert report.reasons == ("a denominator, or the argument of a rectifier, vanishes at a sample",)


def two_layers(norm):
    """Attention and a network with rectifiers, twice: exponentials, and roots, stand behind rectifiers."""

    def run(X, **w):
        for k in "12":
            X = X + w[f"V{k}"] @ X @ softmax_of((w[f"K{k}"] @ X).T @ (w[f"Q{k}"] @ X), 0)
            X = X / sqrt((X**2).sum(0, keepdims=True) + 1) if norm else X
            X = X + w[f"U{k}"] @ relu(w[f"W{k}"] @ X)
        return X

    return traced(run, {f"{name}{k}": (2, 2) for k in "12" for name in "QKVWU"}, {"X": (2, 2)})


@pytest.fixture(scope="module", params=["exponentials", "roots", "both"])
def rectified_inside(request):
    """Rectifiers behind which exponentials, square roots, or both stand."""
    if request.param == "roots":
        program = traced(
            lambda W, V, X: V @ (sqrt(relu(W @ X) ** 2 + 1) + relu(X)), {"W": (2, 2), "V": (1, 2)}, {"X": (2,)}
        )
    else:
        program = two_layers(request.param == "both")
    bounds = program.dimension()
    assert bounds.is_proved
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == certificate.claim["upper"] == bounds.lower
    assert len(certificate.document["lower"]["exponents"]) == len(certificate.document["lower"]["roots"]) > 0
    return certificate


def drop_a_proof(body):
    body["lower"]["exponents"].pop()
    body["lower"]["roots"].pop()


def other_pairs(body):
    """Repeat a pair of points in every proof."""
    for proof in body["lower"]["exponents"]:
        if proof is not None:
            proof["pairs"][1] = proof["pairs"][0]
    for proofs in body["lower"]["roots"]:
        for proof in proofs:
            proof["pairs"] = proof["pairs"][:-1]


NOT_ONE = "there is not one proof of independence for every pattern"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put("lower", "exponents", None), NOT_ONE),
        (put("lower", "roots", None), NOT_ONE),
        (put("lower", "exponents", []), NOT_ONE),
        (drop_a_proof, NOT_ONE),
        (other_pairs, "repeats a number|not shown to be independent"),
        (put("lower", "signs", None), "signs are for rectifiers only"),
    ],
)
def test_forgeries_of_rectifiers_inside_are_refused(rectified_inside, change, reason):
    report = check_forged(rectified_inside, change)
    assert not report.valid
    assert any(re.search(reason, each) for each in report.reasons), report.reasons


def test_other_signs_need_other_proofs(rectified_inside):
    """Other patterns, in another order, or samples at which a sign is not decided."""
    if len(rectified_inside.document["lower"]["exponents"]) > 1:
        reports = [check_forged(rectified_inside, put("lower", "signs", f"key {i}")) for i in range(8)]
        assert not any(report.valid for report in reports)


def test_an_exponent_that_a_rectifier_makes_0_is_dependent():
    """Where the rectifier is not active, exp is 1: no residue of its own stands for it."""
    program = traced(lambda w, v, x: v * exp(relu(w * x)), {"w": (), "v": ()}, {"x": ()})
    bounds = program.dimension()
    assert bounds == 2
    certificate = bounds.certificate()
    assert certificate.check().valid
    proof = certificate.document["lower"]["exponents"][0]

    def one_for_all(count):
        def change(body):
            body["lower"] |= {"exponents": [proof] * count, "roots": [[]] * count, "signs": "other"}

        return change

    reasons = [str(check_forged(certificate, one_for_all(count)).reasons) for count in (1, 2)]
    assert any("the minor of the exponents vanishes" in each for each in reasons), reasons


def attention(norm):
    """One head, and a network with rectifiers behind it; perhaps with a norm of the last token."""

    def run(Q, K, V, W, U, X):
        z = V @ X @ softmax_of((K @ X).T @ (Q @ X[:, 1:2]), 0)
        z = z / sqrt((z**2).sum(0, keepdims=True) + 1) if norm else z
        return U @ relu(W @ z)

    shapes = {"Q": (2, 2), "K": (2, 2), "V": (2, 2), "W": (3, 2), "U": (2, 3)}
    return traced(run, shapes, {"X": (2, 2)})


@pytest.fixture(scope="module", params=[False, True])
def rectified_attention(request):
    """Rectifiers beside a softmax, and beside a square root as well."""
    bounds = attention(request.param).dimension()
    assert bounds.is_proved
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == certificate.claim["upper"] == bounds.lower
    return certificate


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put("lower", "signs", None), "signs are for rectifiers only"),
        (put("lower", "signs", "x" * 10**5), "short ASCII string"),
        (put("lower", "exponents", None), "exponents is not an object"),
        (lambda body: body["lower"]["rows"].append(10**9), "the minor is not square"),
        (lambda body: body["claim"].update(upper=body["claim"]["upper"] + 1, lower=body["claim"]["lower"] + 1), "size"),
    ],
)
def test_forgeries_of_rectified_attention_are_refused(rectified_attention, change, reason):
    report = check_forged(rectified_attention, change)
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


def test_other_signs_prove_less_of_rectified_attention(rectified_attention):
    """Under another key a sample may have no signs, or a pattern at which the minor vanishes."""
    reports = [check_forged(rectified_attention, put("lower", "signs", f"key {i}")) for i in range(20)]
    assert any("the minor of the lower bound vanishes" in report.reasons for report in reports)


@given(programs(rectifiers=True))
@examples(40)
def test_random_programs_with_everything(given_program):
    program = Program.from_json(given_program)
    try:
        bounds = program.dimension()
        certificate = bounds.certificate()
    except (InputError, ArithmeticError):  # a pole everywhere; relations
        return
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] <= bounds.lower <= bounds.upper <= certificate.claim["upper"]


@given(programs(smooth=False, roots=False, rectifiers=True))
@examples(40)
def test_random_programs_with_rectifiers(given_program):
    program = Program.from_json(given_program)
    try:
        bounds = program.dimension()
    except (InputError, ArithmeticError):  # a pole everywhere
        return
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    # Rules that the checker does not know give a weaker claim, never a stronger one.
    assert certificate.claim["lower"] <= bounds.lower <= bounds.upper <= certificate.claim["upper"]


@pytest.mark.parametrize(
    ("options", "dimension"),
    [
        ({"norm": "none", "feed_forward": "none", "residual": False}, 26),
        ({"norm": "none", "heads": 2, "feed_forward": "silu"}, None),
        ({"norm": "rms"}, 70),
    ],
)
def test_transformers(options, dimension):
    program = transformer(4, 2, 2, **options)
    certificate = program.dimension().certificate()
    assert certificate.check().valid
    assert certificate.claim["lower"] == certificate.claim["upper"]
    assert dimension is None or certificate.claim["lower"] == dimension


@given(programs())
@examples(40)
def test_random_programs(given_program):
    program = Program.from_json(given_program)
    try:
        bounds = program.dimension()
    except (InputError, ArithmeticError):  # a pole everywhere
        return
    try:
        certificate = bounds.certificate()
    except InputError:  # relations, which the checker has no rules for
        return
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] <= bounds.lower <= bounds.upper <= certificate.claim["upper"]


SOFTMAX = {
    "inputs": {"x": [2, 2]},
    "parameters": {"K": [2, 2], "Q": [2, 2], "V": [2, 2], "g": [2, 1]},
    "constants": {"third": "1/3", "one": 1},
    "steps": [
        {"name": "s", "op": "power", "of": ["x"], "exponent": 2},
        {"name": "m", "op": "sum", "of": ["s"], "axis": [0], "keepdims": True},
        {"name": "e", "op": "add", "of": ["m", "third"]},
        {"name": "r", "op": "sqrt", "of": ["e"]},
        {"name": "n", "op": "divide", "of": ["x", "r"]},
        {"name": "u", "op": "multiply", "of": ["n", "g"]},
        {"name": "k", "op": "matmul", "of": ["K", "u"]},
        {"name": "q", "op": "matmul", "of": ["Q", "u"]},
        {"name": "t", "op": "transpose", "of": ["k"], "axes": [1, 0]},
        {"name": "z", "op": "matmul", "of": ["t", "q"]},
        {"name": "p", "op": "softmax", "of": ["z"], "axis": 0},
        {"name": "v", "op": "matmul", "of": ["V", "u"]},
        {"name": "y", "op": "matmul", "of": ["v", "p"]},
    ],
    "outputs": ["y"],
}


@pytest.fixture(scope="module")
def softmax():
    """A certificate with exponentials, roots, fields and forced residues."""
    certificate = certificate_of(SOFTMAX)
    assert certificate.check().valid
    assert certificate.document["lower"]["forced"]
    return certificate


def drop_a_field(document):
    document["upper"]["fields"].pop()


def repeat_a_row(body):
    body["lower"]["rows"][1] = body["lower"]["rows"][0]


def repeat_a_field(body):
    body["upper"]["fields"][1] = body["upper"]["fields"][0]


def spoil_a_field(body):
    body["upper"]["fields"][0][0][2] = 7


def claim_more_symmetries(body):
    """Add the field that moves V alone."""
    body["upper"]["fields"].append([[q, q, 1] for q in range(8, 12)])
    body["upper"]["columns"] = list(range(len(body["upper"]["fields"])))
    body["claim"]["lower"] = body["claim"]["upper"] = body["claim"]["upper"] - 1
    body["lower"]["rows"].pop()
    body["lower"]["columns"].pop()


def forget_the_roots(body):
    """With nothing forced some radicands are no squares."""
    body["lower"]["forced"] = []


def fewer_exponents(body):
    body["lower"]["exponents"]["pairs"].pop()


def repeat_a_pair(body):
    body["lower"]["exponents"]["pairs"][1] = body["lower"]["exponents"]["pairs"][0]


def repeat_a_pair_of_roots(body):
    body["lower"]["roots"][0]["pairs"][1] = body["lower"]["roots"][0]["pairs"][0]


def another_program(body):
    body["claim"]["program"]["steps"][3]["op"] = "exp"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put("claim", "lower", 7), "the claim's lower bound is 7"),
        (drop_a_field, "the minor is not square"),
        (put("claim", "label", "program:" + "0" * 32), "the label does not fit"),
        (another_program, "the label does not fit"),
        (repeat_a_row, "repeats a row"),
        (put("lower", "prime", 8388592), "3 modulo 4"),
        (forget_the_roots, "a square root is not there"),
        (put("lower", "exponents", None), "exponents is not an object"),
        (fewer_exponents, "not as many pairs as exponents"),
        (repeat_a_pair, "repeats a number"),
        (put("lower", "roots", []), "level by level"),
        (repeat_a_pair_of_roots, "repeats a number"),
        (put("upper", "rule", "parameters"), "unknown fields"),
        (repeat_a_field, "not shown to be independent"),
        (spoil_a_field, "not seen to leave the functions alone"),
        (claim_more_symmetries, "not seen to leave the functions alone"),
        (put("upper", "fields", 0, 0, 0, 10**6), "a weight is not an integer"),
    ],
)
def test_forgeries_are_refused(softmax, change, reason):
    report = check_forged(softmax, change)
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


def document_of(program, lower, value):
    """A certificate of a lower bound alone, sealed."""
    label = Program.from_json(program).label
    claim = {"quantity": "program-dimension", "label": label, "program": program, "lower": value, "upper": None}
    made_by = {"rankcert": "0.1.0", "seed": 0}
    document = {"format": checker.FORMAT, "claim": claim, "lower": lower, "upper": None, "made_by": made_by}
    return {**document, "digest": checker.digest(document)}


def related(op):
    """The function (u, v, w) -> op(u x^2) + op(4 u x^2), of which one is a function of the other."""
    steps = [
        {"name": "s", "op": "power", "of": ["x"], "exponent": 2},
        {"name": "a", "op": "multiply", "of": ["s", "u"]},
        {"name": "b", "op": "multiply", "of": ["a", "four"]},
        {"name": "p", "op": op, "of": ["a"]},
        {"name": "q", "op": op, "of": ["b"]},
        {"name": "r", "op": "multiply", "of": ["v", "p"]},
        {"name": "t", "op": "multiply", "of": ["w", "q"]},
        {"name": "y", "op": "add", "of": ["r", "t"]},
    ]
    parameters = {"u": [], "v": [], "w": []}
    return {"inputs": {"x": []}, "parameters": parameters, "constants": {"four": 4}, "steps": steps, "outputs": ["y"]}


@pytest.mark.parametrize(
    ("op", "reason"), [("exp", "the minor of the exponents vanishes"), ("sqrt", "roots are not shown")]
)
def test_dependent_functions_are_never_independent(op, reason):
    """Whatever pairs are shown; the minor of the Jacobian itself, with free residues, would be too large."""
    pairs = list(range(2 if op == "exp" else 40))
    proof = {"prime": 8388587, "key": "k", "pairs": pairs, "weights": [], "forced": []}
    if op == "exp":
        proof["relations"] = []
    lower = {"rule": "program-minor", "prime": 8388587, "key": "k", "forced": [], "rows": [0, 1, 2]}
    lower |= {"columns": [0, 1, 2], "exponents": proof if op == "exp" else None, "signs": None}
    lower["roots"] = [proof] if op == "sqrt" else []
    report = checker.check(document_of(related(op), lower, 3))
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


HUGE = 10**9
POWERS = [
    {"name": f"s{i}", "op": "power", "of": [f"s{i - 1}" if i else "w"], "exponent": 2**13000 + i} for i in range(300)
]
HOSTILE = {
    "a huge weight": {"parameters": {"w": [HUGE, HUGE]}, "steps": []},
    "a huge product": {
        "parameters": {"w": [3000, 3000]},
        "steps": [{"name": "y", "op": "matmul", "of": ["w", "w"]}],
    },
    "broadcast": {
        "parameters": {"w": [20000, 1], "v": [1, 20000]},
        "steps": [{"name": "y", "op": "multiply", "of": ["w", "v"]}],
    },
    "doubled again and again": {
        "parameters": {"w": [2]},
        "steps": [
            {"name": f"s{i}", "op": "concatenate", "of": [f"s{i - 1}" if i else "w"] * 2, "axis": 0} for i in range(60)
        ],
    },
    "squared again and again": {
        "parameters": {"w": []},
        "constants": {"c": 3},
        "steps": [
            {"name": f"s{i}", "op": "power", "of": [f"s{i - 1}" if i else "c"], "exponent": 2} for i in range(60)
        ],
    },
    "a long softmax": {
        "parameters": {"w": [20000]},
        "steps": [{"name": "y", "op": "softmax", "of": ["w"], "axis": 0}],
    },
    "many axes": {
        "parameters": {"w": [1]},
        "steps": [{"name": "y", "op": "reshape", "of": ["w"], "shape": [2**39] * 10000}],
    },
    "taken often": {
        "parameters": {"w": [1000, 1000]},
        "steps": [{"name": "y", "op": "take", "of": ["w"], "indices": [0] * 100_000, "axis": 1}],
    },
}


@pytest.mark.parametrize("upper", [{"rule": "ambient"}, {"rule": "symmetries", "fields": [[[0, 0, 1]]]}])
def test_long_degrees_are_refused_before_the_work(upper):
    """Powers of powers, of degrees with thousands of digits: in the inputs, and along a vector field."""
    name = "x" if upper["rule"] == "ambient" else "v"
    steps = [{**POWERS[0], "of": [name]}, *POWERS[1:], {"name": "y", "op": "multiply", "of": ["s299", "w"]}]
    program = {"inputs": {"x": []}, "parameters": {"v": [], "w": []}, "constants": {}, "steps": steps, "outputs": ["y"]}
    document = document_of(program, {"rule": "trivial"}, 0)
    extra = {} if upper["rule"] == "ambient" else {"prime": 8388593, "key": "k", "columns": [0]}
    document["claim"]["upper"], document["upper"] = 1, {**upper, **extra}
    start = time.monotonic()
    report = checker.check({**document, "digest": checker.digest(document)})
    assert not report.valid
    assert any("too long" in reason for reason in report.reasons), report.reasons
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("name", HOSTILE)
def test_huge_programs_are_refused_before_the_work(name):
    program = {"inputs": {}, "constants": {}, **HOSTILE[name]}
    program["outputs"] = [program["steps"][-1]["name"] if program["steps"] else "w"]
    document = document_of(SOFTMAX, {"rule": "trivial"}, 0)
    document["claim"] |= {"program": program, "label": "program:"}
    start = time.monotonic()
    report = checker.check({**document, "digest": checker.digest(document)})
    assert not report.valid
    assert any("too l" in each or "axes" in each for each in report.reasons), report.reasons
    assert time.monotonic() - start < 30  # some seconds on a quiet machine


def test_translations_of_biases_are_certified():
    """In front of a softmax mean the bias of the values reaches the output as it is: its weights add up to 1."""

    def network(K, V, b, c, x):
        return (V @ x + b) @ softmax_of((K @ x).T @ x, 0) + c

    program = traced(network, {"K": (2, 2), "V": (2, 2), "b": (2, 1), "c": (2, 1)}, {"x": (2, 3)})
    bounds = program.dimension()
    certificate = bounds.certificate()
    assert "2 by translation of biases between b and c" in map(str, program.symmetries)
    assert certificate.check().valid
    assert (certificate.claim["lower"], certificate.claim["upper"]) == (bounds.lower, bounds.upper) == (10, 10)


def steps_of(*steps):
    """Steps named by their first words: (name, op, of, options)."""
    return [{"name": name, "op": op, "of": of, **(options[0] if options else {})} for name, op, of, *options in steps]


BIASED = {
    "inputs": {"x": [2, 1]},
    "parameters": {"W": [3, 2], "b": [3, 1], "V": [1, 3], "c": [1, 1]},
    "constants": {},
    "steps": steps_of(
        ("h", "matmul", ["W", "x"]),
        ("z", "add", ["h", "b"]),
        ("s", "power", ["z"], {"exponent": 2}),
        ("o", "matmul", ["V", "s"]),
        ("y", "add", ["o", "c"]),
    ),
    "outputs": ["y"],
}


def test_a_network_with_biases_is_recognised():
    certificate = certificate_of(BIASED)
    assert certificate.document["upper"]["rule"] == "network"
    assert certificate.document["upper"]["network"]["biases"] is True
    report = certificate.check()
    assert report.valid, report.reasons


def subtract_a_bias(body):
    body["claim"]["program"]["steps"][1]["op"] = "subtract"


def add_a_bias_twice(body):
    steps = body["claim"]["program"]["steps"]
    steps[1]["name"] = "once"
    steps.insert(2, {"name": "z", "op": "add", "of": ["once", "b"]})


def forget_the_biases(body):
    body["upper"]["network"]["biases"] = False


@pytest.mark.parametrize("change", [subtract_a_bias, add_a_bias_twice, forget_the_biases])
def test_what_is_not_that_network_is_not_taken_for_it(change):
    """Subtracting is as good, but not seen; adding twice is a linear map of another kind."""
    good = certificate_of(BIASED)

    def changed(body):
        change(body)
        body["claim"]["label"] = Program.from_json(body["claim"]["program"]).label

    report = check_forged(good, changed)
    assert any("not seen to be" in each for each in report.reasons), report.reasons


def test_relations_between_exponents_that_are_powers():
    """exp((x + u)^3) and exp(2 (x + u)^3): the second is the first one's square, whatever is expanded."""
    steps = steps_of(
        ("z", "add", ["x", "u"]),
        ("a", "power", ["z"], {"exponent": 3}),
        ("b", "multiply", ["a", "two"]),
        ("p", "exp", ["a"]),
        ("q", "exp", ["b"]),
        ("r", "multiply", ["v", "p"]),
        ("t", "multiply", ["w", "q"]),
        ("y", "add", ["r", "t"]),
    )
    parameters = {"u": [], "v": [], "w": []}
    program = {"inputs": {"x": []}, "parameters": parameters, "constants": {"two": 2}, "steps": steps, "outputs": ["y"]}
    certificate = certificate_of(program)
    assert certificate.document["lower"]["exponents"]["relations"] == [[1, [[0, 2]], False]]
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == 3
    wrong = check_forged(certificate, put("lower", "exponents", "relations", 0, 1, 0, 1, 3))
    assert "a relation between exponents does not hold" in wrong.reasons


@pytest.mark.parametrize("ops", [("relu", "relu"), ("relu", "power"), ("power", "relu"), ("inverse", "relu")])
def test_signs_of_rectifiers_behind_and_before_other_functions(ops):
    """A rectifier that is 0 stays so; a power or an inverse has the sign of its argument, if the power is odd."""
    steps = [("h", "matmul", ["W", "x"])]
    for i, op in enumerate(ops):
        before = steps[-1][0]
        inverse = (f"f{i}", "divide", ["one", before])
        steps.append(inverse if op == "inverse" else (f"f{i}", op, [before], {"exponent": 3} if op == "power" else {}))
    steps.append(("y", "matmul", ["V", steps[-1][0]]))
    shapes = {"inputs": {"x": [2]}, "parameters": {"W": [3, 2], "V": [1, 3]}, "constants": {"one": 1}}
    certificate = certificate_of({**shapes, "steps": steps_of(*steps), "outputs": ["y"]})
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == certificate.claim["upper"] == 6  # one weight a neuron only scales another


def of_numbers(op, *numbers):
    """The function (w_1, ...) -> sum of w_i op(c_i) x for numbers c_i."""
    steps = steps_of(
        ("a", op, ["c"]),
        ("b", "multiply", ["a", "w"]),
        ("s", "multiply", ["b", "x"]),
        ("y", "sum", ["s"], {"axis": [0]}),
    )
    shapes = {"inputs": {"x": []}, "parameters": {"w": [len(numbers)]}, "constants": {"c": list(numbers)}}
    return {**shapes, "steps": steps, "outputs": ["y"]}


def test_rectifiers_of_numbers_are_numbers():
    """A column of the Jacobian is 0 where the number is negative, and no other one is."""
    certificate = certificate_of(of_numbers("relu", -3, 2))
    assert (certificate.claim["lower"], certificate.document["lower"]["columns"]) == (1, [1])
    assert certificate.check().valid
    wrong = check_forged(certificate, put("lower", "columns", [0]))
    assert wrong.reasons == ("the minor of the lower bound vanishes",)


def test_roots_of_negative_numbers_are_no_numbers():
    """Those of squares are; with any other one the checker has no rule, so nothing is proved from below."""
    lower = {"rule": "program-minor", "prime": 8388587, "key": "k", "forced": [], "rows": [0], "columns": [0]}
    lower |= {"exponents": None, "roots": [], "signs": None}
    assert checker.check(document_of(of_numbers("sqrt", 9, "4/25"), lower, 1)).valid
    lower["numbers"] = [5]
    report = checker.check(document_of(of_numbers("sqrt", -9, 4), lower, 1))
    assert report.reasons == ("the checker has no rule for roots of negative numbers",)


def test_a_rectifier_of_a_rectifier_beside_an_exponential():
    """Its sign is decided by intervals: one that is 0 stays 0, and one that is not is its argument."""

    def network(W, V, u, w, x):
        return V @ relu(relu(W @ x)) + w * exp(u * x[0])

    shapes = {"W": (3, 2), "V": (1, 3), "u": (1,), "w": (1,)}
    certificate = traced(network, shapes, {"x": (2,)}).dimension().certificate()
    assert certificate.claim["lower"] == certificate.claim["upper"] == 8
    assert certificate.check().valid
