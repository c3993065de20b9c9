"""Certificates by larger programs and by parts: what the checker accepts and refuses, and that it is never wrong."""

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_parts import split_off
from algebra.evidence.checker.programs_reading import read_program
from algebra.programs import Program, exp, relu, softmax, sqrt, tanh, traced
from algebra.programs.transformers import Transformer
from tests.programs.strategies import programs
from tests.properties import examples
from tests.tampering import check_forged, put


def normed(W, g, b, V, x):
    """A layer norm of vectors between linear maps: gain, bias and a number of each row are not seen."""
    z = V @ x
    z = z - z.mean(0, keepdims=True)
    return W @ (z / sqrt((z * z).mean(0, keepdims=True) + 1) * g + b)


NORMED = {"W": (2, 3), "g": (3,), "b": (3,), "V": (3, 2)}, {"x": (2,)}


def certified(program, rule):
    bounds = program.dimension()
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert (certificate.claim["lower"], certificate.claim["upper"]) == (bounds.lower, bounds.upper)
    assert bounds.is_proved
    assert certificate.document["upper"]["rule"] == rule
    return certificate


def rows(W, g, b, V, X):
    """The same with rows, whose means are taken behind it: weights are turned, and a bias goes through the mean."""
    Z = X @ V.T
    Z = Z - Z.mean(1, keepdims=True)
    return softmax(X @ X.T, 1) @ (Z / sqrt((Z * Z).mean(1, keepdims=True) + 1) * g + b) @ W.T


def stream(E, W, U, R, x):
    z = E @ x
    return R @ (z + U @ tanh(W @ z))


def rectified(W, g, x):
    return W @ (relu(x) * g)


@pytest.mark.parametrize(
    ("network", "parameters", "inputs"),
    [
        (normed, *NORMED),
        (rows, NORMED[0], {"X": (2, 2)}),
        (stream, {"E": (3, 4), "W": (2, 3), "U": (3, 2), "R": (2, 3)}, {"x": (4, 1)}),
    ],
)
def test_larger_programs(network, parameters, inputs):
    certified(traced(network, parameters, inputs), "larger-program")


@pytest.fixture(scope="module")
def larger():
    return certified(traced(normed, *NORMED), "larger-program")


def product(body):
    """Number of the step that multiplies a map by a gain."""
    (found,) = [i for i, step in enumerate(body["upper"]["weights"]["steps"]) if step["op"] == "multiply"]
    return found


def other_operation(body):
    body["upper"]["weights"]["steps"][product(body)]["op"] = "add"


def other_gain(body):
    steps = body["upper"]["weights"]["steps"]
    steps[product(body)]["of"][1] = steps[product(body)]["of"][0]


def weights_of_inputs(body):
    body["upper"]["weights"]["steps"][0]["of"] = ["x"]


def inputs_of_weights(body):
    body["upper"]["inputs"]["steps"][0]["of"] = ["b"]


def no_polynomial(body):
    arrays, steps = body["upper"]["weights"]["arrays"], body["upper"]["weights"]["steps"]
    steps.append({"name": "e", "op": "exp", "of": [arrays["W"]]})
    arrays["W"] = "e"


def another_function(body):
    program = body["upper"]["program"]
    program["steps"].append({"name": "e", "op": "exp", "of": [program["steps"][0]["name"]]})
    program["outputs"].append("e")


def no_weights(body):
    body["upper"]["weights"]["arrays"].pop("W")


def other_shape(body):
    body["upper"]["weights"]["arrays"]["W"] = "b"


def other_outputs(body):
    body["upper"]["program"]["outputs"] = [body["upper"]["program"]["steps"][0]["name"]]


def count_alone(body):
    body["upper"]["upper"] = {"rule": "parameters"}


def drop_a_field(body):
    body["upper"]["upper"]["fields"].pop()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (other_operation, "not seen to have the program's outputs"),
        (other_gain, "not seen to have the program's outputs"),
        (other_outputs, "not seen to have the program's outputs"),
        (weights_of_inputs, "names no array that is there"),
        (inputs_of_weights, "names no array that is there"),
        (no_polynomial, "is no polynomial in those of the program"),
        (another_function, "has a function that the program does not need"),
        (no_weights, "are not those that are stated"),
        (other_shape, "has another shape"),
        (count_alone, "but the rule gives"),
        (drop_a_field, "the minor is not square"),
        (put("upper", "upper", None), "rule is none of"),
        (put("upper", "program", "constants", []), "not in an object"),
        (put("upper", "weights", None), "the weights is not an object"),
        (put("upper", "inputs", "steps", 0), "steps is not a list"),
        (put("claim", "upper", 5), "claim.upper"),
    ],
)
def test_forgeries_of_larger_programs_are_refused(larger, change, reason):
    report = check_forged(larger, change)
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


def test_a_denominator_that_is_0_at_the_weights_proves_nothing():
    """v (1 - s / s) is 0 for all v and s. At s = u - u it seems to be v, if 1 / s may be anything."""
    program = traced(lambda w, x: w * x, {"w": ()}, {"x": ()})
    certificate = program.dimension().certificate()
    steps = [
        {"name": "t", "op": "reciprocal", "of": ["s"]},
        {"name": "p", "op": "multiply", "of": ["s", "t"]},
        {"name": "q", "op": "subtract", "of": ["one", "p"]},
        {"name": "v", "op": "multiply", "of": ["w", "q"]},
        {"name": "y", "op": "multiply", "of": ["v", "x"]},
    ]
    parameters = {"w": [], "s": []}
    zero = {"program": {"inputs": {"x": []}, "parameters": parameters, "constants": {"one": 1}}}
    zero["program"] |= {"steps": steps, "outputs": ["y"]}
    zero["weights"] = {"steps": [{"name": "s", "op": "subtract", "of": ["w", "w"]}], "arrays": {"w": "w", "s": "s"}}
    zero["inputs"] = {"steps": [], "arrays": {"x": "x"}}
    fields = [[[0, None, 1]], [[1, None, 1]]]
    nothing = {"rule": "symmetries", "fields": fields, "prime": 8388587, "key": "k", "columns": [0, 1]}

    def change(body):
        body["claim"]["lower"] = body["claim"]["upper"] = 0
        body["lower"] = {"rule": "trivial"}
        body["upper"] = {"rule": "larger-program", **zero, "upper": nothing}

    report = check_forged(certificate, change)
    assert report.reasons == ("the larger program has a function that the program does not need",)


@pytest.fixture(scope="module")
def parts():
    """Keys and queries behind a centring, and a softmax: fewer bilinear forms than symmetries say."""
    program = Transformer(2, 2, 1, tokens=2, norm="layer", feed_forward="none").program()
    found = certified(program, "larger-program")
    assert found.document["upper"]["upper"]["rule"] == "parts"
    return found


def part_of(body):
    return body["upper"]["upper"]["parts"][0]


def on_part(key, value):
    return lambda body: part_of(body).update({key: value})


def repeat_an_end(body):
    part_of(body)["ends"] *= 2


def turn_logits(body):
    part_of(body)["logits"][0][1] = 1


def logits_of_another(body):
    part_of(body)["logits"][0][0] = part_of(body)["taken"][0]


def centre_another(body):
    part_of(body)["centred"] = [[part_of(body)["ends"][0], 0]]


def take_the_end(body):
    part_of(body)["taken"].append(part_of(body)["ends"][0])


def claim_less(body):
    body["claim"]["lower"] = body["claim"]["upper"] = 2
    body["lower"]["rows"], body["lower"]["columns"] = ([0, 1], [0, 1])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (on_part("ends", []), "the ends are not different steps"),
        (on_part("ends", ["x"]), "the ends are not different steps"),
        (repeat_an_end, "the ends are not different steps"),
        (on_part("ends", None), "not made of lists"),
        (on_part("taken", ["nothing"]), "what is taken is not there"),
        (on_part("centred", []), "of the parts alone"),
        (on_part("centred", [["x", 0]]), "not seen to add up to 0"),
        (on_part("centred", [[1, 0, 0]]), "not a name and a number"),
        (centre_another, "not seen to add up to 0"),
        (on_part("logits", []), "but the rule gives"),
        (turn_logits, "not seen by a softmax of their line alone"),
        (logits_of_another, "logits are no ends"),
        (take_the_end, "logits are outputs, or taken"),
        (claim_less, "of the parts alone"),
        (put("upper", "upper", "parts", None), "parts is not a list"),
        (put("upper", "upper", "parts", []), "not seen to leave"),
    ],
)
def test_forgeries_of_parts_are_refused(parts, change, reason):
    report = check_forged(parts, change)
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


def part(ends, taken, centred=(), logits=()):
    return {"ends": ends, "taken": taken, "centred": list(centred), "logits": list(logits)}


def test_what_comes_behind_an_end_does_not_make_it():
    """Taken from a copy of itself, an end would be no polynomial in weights at all."""
    steps = [
        {"name": "h", "op": "matmul", "of": ["W", "x"]},
        {"name": "copy", "op": "reshape", "of": ["h"], "shape": [2, 1]},
    ]
    shapes = {"inputs": {"x": [2]}, "parameters": {"W": [2, 2]}, "constants": {}}
    program = read_program({**shapes, "steps": steps, "outputs": ["h"]})
    assert split_off(program, part(["h"], ["x"]))[0] == 4
    for taken in (["copy"], ["h"], ["x", "copy"]):
        assert split_off(program, part(["h"], taken))[0] == 4


def test_weights_are_not_centred():
    steps = [
        {"name": "z", "op": "subtract", "of": ["w", "w"]},
        {"name": "m", "op": "negative", "of": ["w"]},
        {"name": "c", "op": "concatenate", "of": ["w", "m"], "axis": 0},
        {"name": "y", "op": "multiply", "of": ["c", "x"]},
    ]
    shapes = {"inputs": {"x": []}, "parameters": {"w": [1]}, "constants": {}}
    program = read_program({**shapes, "steps": steps, "outputs": ["y"]})
    with pytest.raises(Refused, match="a weight is said to be centred"):
        split_off(program, part(["y"], ["c", "x"], [["c", 0]]))
    assert split_off(program, part(["y"], ["x"]))[0] == 1


def test_logits_that_nothing_sees():
    """A softmax of one number is 1; an end that is not needed is no input of the rest."""
    network = traced(
        lambda W, V, x: softmax(W @ x, 0) @ (V @ x).reshape(1, 1), {"W": (1, 2), "V": (1, 2)}, {"x": (2, 1)}
    )
    program = read_program(network.to_json())
    first = program.given["steps"][0]["name"]
    seen, rest = split_off(program, part([first], ["x"], logits=[[first, 0]]))
    assert (seen, rest.parameters) == (0, 2)


def test_coefficients():
    def machine(w, V, x):
        return w @ x + ((V @ x) ** 2).sum(0) - (V**2 @ x**2).sum(0)

    found = certified(traced(machine, {"w": (3,), "V": (2, 3)}, {"x": (3,)}), "independent-coefficients")
    less = check_forged(found, lambda body: body["claim"].update(lower=5, upper=5))
    assert any("but the rule gives 6" in each for each in less.reasons)


def test_functions_of_inputs_alone_are_numbers_of_a_polynomial():
    certificate = traced(rectified, {"W": (1, 2), "g": (2,)}, {"x": (2,)}).dimension().certificate()
    assert not check_forged(certificate, put("upper", {"rule": "parameters"})).valid
    assert check_forged(certificate, put("upper", {"rule": "independent-coefficients"})).valid


def test_coefficients_of_what_is_no_polynomial():
    network = traced(lambda W, V, x: V @ tanh(W @ x), {"W": (2, 1), "V": (1, 2)}, {"x": (1,)})
    report = check_forged(network.dimension().certificate(), put("upper", {"rule": "independent-coefficients"}))
    assert report.reasons == ("the program is no polynomial in its weights",)
    program = read_program(network.to_json())
    last = program.given["steps"][-1]["name"]
    with pytest.raises(Refused, match="no polynomial in weights and in what it takes"):
        split_off(program, part([last], ["x"]))


def bounds_of(described):
    """Both bounds of the dimension; of a program without parameters it is 0."""
    if not described["parameters"]:
        return 0, 0
    bounds = Program.from_json(described).dimension()
    return bounds.lower, bounds.upper


@examples(150)
@given(programs(rectifiers=True), st.integers(0, 2**20))
def test_parts_of_random_programs_are_not_bounded_below_the_rank(described, seed):
    draw = random.Random(seed)
    names = [step["name"] for step in described["steps"]]
    assume(names)
    ends = draw.sample(names, draw.randint(1, min(2, len(names))))
    others = [*described["inputs"], *described["parameters"], *names]
    taken = draw.sample(others, draw.randint(0, len(others)))
    softmaxes = {step["of"][0]: step["axis"] for step in described["steps"] if step["op"] == "softmax"}
    logits = [[name, softmaxes[name]] for name in ends if name in softmaxes]
    try:
        seen, rest = split_off(read_program(Program.from_json(described).to_json()), part(ends, taken, logits=logits))
        least, most = bounds_of(described)[0], seen + bounds_of(rest.given)[1]
    except (Refused, InputError, ArithmeticError):  # no such part; a pole everywhere
        assume(False)
    assert most >= least


def test_exponentials_of_weights_beside_rectifiers():
    network = traced(lambda a, b, x: relu(a + x) + exp(b) * x[:1], {"a": (2,), "b": (2,)}, {"x": (2,)})
    bounds = network.dimension()
    assert (bounds.lower, bounds.upper) == (4, 4)
    assert bounds.certificate().check().valid
