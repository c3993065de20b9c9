"""Certificates of dimensions at given weights: what the independent checker accepts, and what it refuses."""

import copy
import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.evidence import checker
from algebra.programs import Program, relu, traced
from tests.programs.strategies import programs
from tests.programs.test_quiet_neurons import SHAPES, exact_rank, network
from tests.properties import examples
from tests.tampering import check_forged, put

CASES = json.loads((Path(__file__).parents[1] / "data/programs.json").read_text())
GIVEN = {case["id"]: case for case in CASES if case["mode"] != "generic"}
CHECKER = Path(checker.__file__).parent


@pytest.mark.parametrize("name", GIVEN)
def test_known_programs(name):
    described = {key: value for key, value in GIVEN[name]["program"].items() if key not in ("values", "data")}
    program = Program.from_json(described)
    bounds = program.dimension_at(GIVEN[name]["program"]["values"], GIVEN[name]["program"]["data"]).bounds
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == certificate.claim["upper"] == bounds.lower


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("samples", [1, 5, 40])
def test_claims_hold_at_kinks(seed, samples):
    """Of small integers many pre-activations are exactly 0."""
    numbers = np.random.default_rng(seed)
    weights = {name: numbers.integers(-2, 3, shape).tolist() for name, shape in SHAPES.items()}
    data = numbers.integers(-2, 3, (samples, 2)).tolist()
    found = traced(network, SHAPES, {"x": (2,)}).dimension_at(weights, {"x": data})
    certificate = found.bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == exact_rank(weights, data) <= certificate.claim["upper"]


@st.composite
def given_programs(draw, smooth=False):
    """A program of rational functions and rectifiers, perhaps exponentials, with weights and two samples."""
    program = draw(programs(smooth=smooth, roots=False, rectifiers=True))
    number = st.sampled_from([0, 1, -1, 2, -3, 0.5, -0.75])

    def array(shape):
        flat = draw(st.lists(number, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
        return np.array(flat).reshape(shape).tolist()

    values = {name: array(shape) for name, shape in program["parameters"].items()}
    return program, values, {"x": array([2, *program["inputs"]["x"]])}


@given(given_programs())
@examples(60)
def test_random_programs(case):
    described, values, data = case
    try:
        bounds = Program.from_json(described).dimension_at(values, data).bounds
    except InputError:  # a denominator that vanishes
        return
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    # Without a vector of the kernel that is reconstructed the claim is weaker, never stronger.
    assert certificate.claim["lower"] == bounds.lower <= bounds.upper <= certificate.claim["upper"]


def test_floats_two_outputs_and_the_checker_alone(tmp_path):
    numbers = np.random.default_rng(1)
    program = traced(lambda W, V, x: V @ relu(W @ x), {"W": (4, 3), "V": (2, 4)}, {"x": (3,)})
    values = {"W": numbers.standard_normal((4, 3)), "V": numbers.standard_normal((2, 4))}
    certificate = program.dimension_at(values, {"x": numbers.standard_normal((30, 3))}).bounds.certificate()
    assert certificate.claim["lower"] == certificate.claim["upper"] == 16
    path = tmp_path / "certificate.json"
    certificate.write(path)
    run = subprocess.run([sys.executable, "-I", CHECKER, path], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"valid: {certificate.check().statement}\n"
    assert re.search(r"at the given weights, on 30 samples \(sha256 [0-9a-f]{32}\), is 16\n", run.stdout)


def test_the_ambient_space_bounds_at_every_weight():
    """Cubes of floats: the vectors of the kernel are too long to be reconstructed, and not needed."""
    numbers = np.random.default_rng(0)
    program = traced(lambda W, V, x: V @ (W @ x) ** 3, {"W": (3, 2), "V": (2, 3)}, {"x": (2,)})
    values = {"W": numbers.standard_normal((3, 2)), "V": numbers.standard_normal((2, 3))}
    bounds = program.dimension_at(values, {"x": numbers.standard_normal((30, 2))}).bounds
    assert (bounds, bounds.upper_by) == (8, "ambient")
    certificate = bounds.certificate()
    assert certificate.check().valid
    assert certificate.document["upper"] == {"rule": "ambient"}
    report = check_forged(certificate, lambda body: body["claim"].update(lower=7, upper=7))
    assert any("the claim's upper bound is 7, but the rule gives 8" in each for each in report.reasons)


@pytest.fixture(scope="module")
def certificate():
    """Four neurons, of which one is never active and two are at the same samples; a kink."""
    weights = {"W": [[1], [2], [-1], [-1]], "b": [0, 1, "1/2", -3], "V": [[1, -2, 3, 1]]}
    shapes = {"W": (4, 1), "b": (4,), "V": (1, 4)}
    program = traced(lambda W, b, V, x: V @ relu(W @ x + b), shapes, {"x": (1,)})
    found = program.dimension_at(weights, {"x": [[-1], [0], ["1/3"], [1], [2], [-2]]})
    assert found.kinks
    certificate = found.bounds.certificate()
    assert certificate.check().valid
    assert certificate.document["upper"]["vectors"]
    assert certificate.document["upper"]["fields"]
    return certificate


def claim_less(body):
    """Add a vector that moves one weight alone."""
    upper = body["upper"]
    more = next(q for q in range(12) if q not in upper["columns"])
    upper["vectors"].append([[more, 1]])
    upper["columns"].append(more)
    body["claim"]["upper"] = body["claim"]["upper"] - 1
    body["claim"]["lower"] = body["claim"]["upper"]
    body["lower"]["rows"].pop()
    body["lower"]["columns"].pop()


def repeat_a_vector(body):
    body["upper"]["vectors"][1:] = body["upper"]["vectors"][:1] * len(body["upper"]["vectors"][1:])


def repeat_a_field(body):
    body["upper"]["fields"][1] = body["upper"]["fields"][0]


def one_more_row(body):
    body["lower"]["rows"].append(next(t for t in range(6) if t not in body["lower"]["rows"]))
    body["lower"]["columns"].append(next(q for q in range(12) if q not in body["lower"]["columns"]))
    body["claim"]["lower"] += 1
    body["claim"]["upper"] += 1


def drop_samples(body):
    del body["claim"]["data"]["x"][2:]


def an_entry_twice(body):
    body["upper"]["vectors"][0].append(body["upper"]["vectors"][0][0])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put("claim", "upper", 3), "claim.upper is not an integer between 5"),
        (put("claim", "label", "program:" + "0" * 32), "the label does not fit"),
        (put("claim", "values", "V", [[1, -2, 3]]), "an array of another shape"),
        (put("claim", "values", "U", [1]), "not one array for every name"),
        (put("claim", "values", "V", 0, 0, 0), "the minor of the lower bound vanishes"),
        (put("claim", "values", "b", 0, "2/4"), "not in lowest terms"),
        (put("claim", "values", "b", 0, "2"), "an integer is written as a string"),
        (put("claim", "values", "b", 0, 0.5), "a value is no integer"),
        (put("claim", "data", "x", [1, 2]), "an array of another shape"),
        (put("claim", "data", "x", 1, 0, "-1/4"), "a vector changes an output"),
        (drop_samples, "an entry of rows"),
        (claim_less, "a vector changes an output"),
        (repeat_a_vector, "not shown to be independent"),
        (repeat_a_field, "not shown to be independent"),
        (an_entry_twice, "moves a weight twice"),
        (put("upper", "vectors", 0, 0, 1, 0), "an entry 0"),
        (put("upper", "vectors", 0, 0, 0, 12), "a weight is not an integer"),
        (put("upper", "fields", 0, 0, 2, 7), "not seen to leave the functions alone"),
        (put("upper", "rule", "samples"), "unknown fields"),
        (put("upper", {"rule": "ambient"}), "no polynomial in its inputs"),
        (put("upper", {"rule": "symmetries"}), "none of parameters, samples, ambient, kernel-vectors"),
        (one_more_row, "the minor of the lower bound vanishes"),
        (put("lower", "rows", 0, 6), "an entry of rows"),
        (put("lower", "prime", 1), "prime is not an integer between 2"),
        (put("lower", "rule", "program-minor"), "rule is unknown"),
        (put("claim", "quantity", "program-dimension"), "unknown fields"),
    ],
)
def test_forgeries_are_refused(certificate, change, reason):
    report = check_forged(certificate, change)
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


def test_another_sign_is_another_matrix(certificate):
    """With the dead neuron alive, its weights are seen: the vectors that moved them alone are refused."""
    report = check_forged(certificate, put("claim", "values", "b", 3, 3))
    assert any("a vector changes an output" in each for each in report.reasons)


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([("a", "exp", "w"), ("y", "exp", "a")], "an exponential stands behind another"),
        ([("a", "exp", "w"), ("y", "reciprocal", "a")], "a denominator stands behind an exponential"),
        ([("y", "sqrt", "w")], "square roots have no rational values"),
    ],
)
def test_what_has_no_rational_values(steps, reason):
    listed = [{"name": name, "op": op, "of": [of]} for name, op, of in steps]
    program = {"inputs": {"x": []}, "parameters": {"w": []}, "constants": {}, "steps": listed, "outputs": ["y"]}
    claim = {"quantity": "batch-functional-dimension", "label": Program.from_json(program).label, "program": program}
    claim |= {"values": {"w": 1}, "data": {"x": [1]}, "lower": 0, "upper": 1}
    document = {"format": checker.FORMAT, "claim": claim, "lower": {"rule": "trivial"}, "upper": {"rule": "samples"}}
    document["made_by"] = {"rankcert": "0.1.0", "seed": 0}
    report = checker.check({**document, "digest": checker.digest(document)})
    assert report.reasons == (reason,)


def test_what_is_too_large_is_refused_before_the_work(certificate):
    """A power of a power of 10^15 has numbers that no memory holds."""
    steps = [{"name": "a", "op": "power", "of": ["w"], "exponent": 10**4}]
    steps += [{"name": "y", "op": "power", "of": ["a"], "exponent": 10**4}]
    program = {"inputs": {}, "parameters": {"w": []}, "constants": {}, "steps": steps, "outputs": ["y"]}

    def change(body):
        body["claim"] |= {"program": program, "label": Program.from_json(program).label, "lower": 0, "upper": 0}
        body["claim"] |= {"values": {"w": 3}, "data": {}}
        body["lower"] = {"rule": "trivial"}
        body["upper"] = {
            "rule": "kernel-vectors",
            "fields": [],
            "vectors": [[[0, 1]]],
            "prime": 8388593,
            "columns": [0],
        }

    report = check_forged(certificate, change)
    assert report.reasons == ("the numbers at a sample are too long",)


def test_products_that_no_float_holds_are_not_zero():
    """1e-200 times itself underflows, and the neuron is active all the same; 0 times 1 is a kink."""
    program = traced(lambda w, v, x: v * relu(w * x), {"w": (), "v": ()}, {"x": ()})
    tiny = program.dimension_at({"w": 1e-200, "v": 1}, {"x": [1e-200]})
    assert (tiny.bounds, tiny.kinks) == (1, ())
    assert tiny.bounds.certificate().check().valid
    kink = program.dimension_at({"w": 1, "v": 1}, {"x": [0]})
    assert (kink.bounds, [each.sample for each in kink.kinks]) == (0, [0])
    matrix = traced(lambda W, v, x: v @ relu(W @ x), {"W": (2, 2), "v": (2,)}, {"x": (2,)})
    found = matrix.dimension_at({"W": [[1e-200, 0], [0, 1e-200]], "v": [1, 1]}, {"x": [[1e-200, 0], [0, -1]]})
    assert found.bounds == 1
    assert [each.sample for each in found.kinks] == [0, 1]


def test_an_upper_bound_and_its_proof_are_there_together(certificate):
    def without(*places):
        def change(body):
            for place in places:
                (body["claim"] if place == "claim" else body)["upper"] = None

        return change

    assert check_forged(certificate, without("claim", "proof")).valid
    for place in ("claim", "proof"):
        report = check_forged(certificate, without(place))
        assert report.reasons == ("the claim's upper bound has no proof, or the proof no claim",)


def test_inverses_at_given_weights():
    """w / (u x + 1) at u = 1/2, w = 3: the derivatives by both are independent at two samples."""
    program = traced(lambda u, w, x: w / (u * x + 1), {"u": (), "w": ()}, {"x": ()})
    found = program.dimension_at({"u": "1/2", "w": 3}, {"x": [0, 1, 2]})
    certificate = found.bounds.certificate()
    assert (certificate.claim["lower"], certificate.claim["upper"]) == (2, 2)
    assert certificate.check().valid


@pytest.mark.parametrize(("c", "dimension", "last"), [(3, 1, 3), (5, 2, "-2/3")])
def test_vectors_of_the_kernel_through_powers_and_inverses(c, dimension, last):
    """((a + 2 b) x + 1)^3 / (c x + 2): a and b act through their sum, and as c does where c = 2 (a + 2 b).

    At x = -2/3 the numerator vanishes, and with c = 3 the denominator.
    """
    shapes = {"a": (), "b": (), "c": ()}
    program = traced(lambda a, b, c, x: ((a + 2 * b) * x + 1) ** 3 / (c * x + 2), shapes, {"x": ()})
    found = program.dimension_at({"a": "1/2", "b": "1/2", "c": c}, {"x": [0, 1, 2, last]})
    certificate = found.bounds.certificate()
    assert found.bounds == dimension
    assert certificate.claim["lower"] == certificate.claim["upper"] == dimension
    assert certificate.check().valid


@given(st.lists(st.sampled_from([1, 2, -1, "1/3", 0.5]), min_size=4, max_size=4))
@examples(40)
def test_programs_that_divide_beside_an_exact_jacobian(weights):
    """The dimension of (a x + b) / (c x^2 + d x + 7) is the rank of its Jacobian, by the quotient rule."""
    points = [Fraction(n) for n in (-1, 0, 1, 2, 3, 5)]
    a, b, c, d = map(Fraction, weights)
    rows = []
    for x in points:
        above, below = a * x + b, c * x * x + d * x + 7
        if below == 0:
            return
        slope = -above / below**2
        rows.append([x / below, 1 / below, x * x * slope, x * slope])
    names = dict.fromkeys("abcd", ())
    program = traced(lambda a, b, c, d, x: (a * x + b) / (c * x * x + d * x + 7), names, {"x": ()})
    bounds = program.dimension_at(dict(zip("abcd", weights, strict=True)), {"x": points}).bounds
    assert bounds == sympy.Matrix(rows).rank()
    assert bounds.certificate().check().valid


def test_zero_over_zero_in_front_of_a_rectifier_is_refused():
    program = traced(lambda w, x: w * relu(x / x), {"w": ()}, {"x": ()})
    with pytest.raises(InputError, match="no denominator vanishes"):
        program.dimension_at({"w": 1}, {"x": [0, 1]})


def test_the_statement_names_the_point():
    """A proof may hold at other weights, too; then it says which."""
    program = traced(network, SHAPES, {"x": (2,)})
    weights = {name: np.ones(shape, int).tolist() for name, shape in SHAPES.items()}
    document = program.dimension_at(weights, {"x": [[1, 2], [3, 5]]}).bounds.certificate().document
    other = copy.deepcopy(document)
    other["claim"]["values"]["d"] = [7]
    other["digest"] = checker.digest(other)
    first, second = checker.check(document), checker.check(other)
    assert first.valid
    assert second.valid
    assert first.statement != second.statement
