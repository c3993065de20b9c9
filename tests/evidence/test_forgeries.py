"""Whatever is changed in a certificate is refused: by the digest, and by recomputation if the digest is fresh."""

import copy
import time

import pytest

from algebra.evidence import check

HUGE = 10**400


def leaves(value, path=()):
    """Walk through every place of a document."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    yield path, value


def put(document, path, value):
    """Change one place of a document."""
    *above, last = path
    for key in above:
        document = document[key]
    document[last] = value


def refused(document, part=""):
    """Refuse quickly, with a reason."""
    start = time.process_time()
    report = check(document)
    assert not report.valid
    assert report.reasons
    assert all(report.reasons)
    assert part in "; ".join(report.reasons), report.reasons
    assert time.process_time() - start < 5
    return report


# Of no consequence for the truth of the claim; the digest alone guards them.
NOTES = {("made_by", "seed"), ("made_by", "rankcert")}


@pytest.mark.parametrize("name", ["many rules", "spans", "linear with biases", "convolution", "inverse", "hilbert"])
def test_every_place_is_guarded_by_the_digest(name, make):
    document = make(name)
    for path, value in list(leaves(document)):
        if path and path != ("format",):
            tampered = copy.deepcopy(document)
            put(tampered, path, value + 1 if type(value) is int else "else")
            refused(tampered, "the digest does not fit" if path != ("digest",) else "digest")


WRONG = ["1", 1.0, True, None, -1, HUGE, [], {}, "x" * 10, float("nan"), [[]]]
REPRESENTED = list(map(repr, WRONG))  # True is 1.0


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("name", ["many rules", "spans", "linear with biases", "convolution", "inverse"])
def test_wrong_types_are_refused_with_a_fresh_digest(name, wrong, every, make, forge):
    """A third of the places for each wrong value, another third for the next: each place meets every third value."""
    document = make(name)
    for path, value in list(leaves(document))[REPRESENTED.index(repr(wrong)) % every :: every]:
        if not path or path[-1] == "digest" or path in NOTES or path[-1] in ("key", "span_key") or value == wrong:
            continue
        if type(value) is type(wrong) is str or (path == ("claim", "upper") and wrong is None):
            continue
        try:
            forged = forge(document, lambda d, path=path: put(d, path, wrong))
        except ValueError:  # not even JSON: no digest can be fresh
            forged = copy.deepcopy(document)
            put(forged, path, wrong)
        refused(forged)


@pytest.mark.parametrize("name", ["many rules", "spans", "linear with biases", "convolution", "inverse", "hilbert"])
def test_unknown_and_missing_fields_are_refused(name, make, forge):
    document = make(name)
    objects = [(path, value) for path, value in leaves(document) if isinstance(value, dict)]
    for path, value in objects:
        refused(forge(document, lambda d, path=path: put(d, (*path, "more"), 1)), "unknown fields")
        for field in set(value) - {"digest"}:

            def drop(d, path=path, field=field):
                for key in path:
                    d = d[key]
                del d[field]

            refused(forge(document, drop))


def assign(*path_and_value):
    *path, value = path_and_value
    return lambda document: put(document, path, value)


def both(*changes):
    return lambda document: [change(document) for change in changes]


def each_value(document, amount):
    for statement in document["upper"]:
        statement["value"] += amount


FORGERIES = {
    "a larger lower bound": ("ambient", assign("claim", "lower", 6), "between 6"),
    "bounds that both grow": (
        "ambient",
        both(assign("claim", "lower", 6), assign("claim", "upper", 6), assign("upper", 0, "value", 6)),
        "the minor has size 5",
    ),
    "a smaller upper bound": ("ambient", both(assign("claim", "upper", 4), assign("claim", "lower", 4)), "minor has"),
    "a claim without its proof": ("ambient", assign("upper", None), "no proof"),
    "a proof without its claim": ("ambient", assign("claim", "upper", None), "no proof"),
    "an empty chain": ("ambient", assign("upper", []), "not a list of statements"),
    "a value below the rule's": (
        "polynomial",
        lambda d: both(
            assign("claim", "upper", d["claim"]["lower"]),
            assign("upper", 0, "value", d["upper"][0]["value"] - 1),
        )(d),
        "does not give the value",
    ),
    "all values lower": (
        "many rules",
        both(lambda d: each_value(d, -1), assign("claim", "upper", 59), assign("claim", "lower", 59)),
        "does not give the value",
    ),
    "another label": ("ambient", assign("claim", "label", "pnn:2-3-2-1:r3"), "label"),
    "a label of another kind": ("convolution", assign("claim", "label", "pnn:4-3-2:r3"), "label"),
    "another network": (
        "ambient",
        both(assign("claim", "network", "widths", [2, 2, 2, 1]), assign("claim", "label", "pnn:2-2-2-1:r2")),
        "another network",
    ),
    "another quantity": ("ambient", assign("claim", "quantity", "rank"), "about none of dimension"),
    "another format": ("ambient", assign("format", "rankcert-certificate/2"), "format"),
    "a repeated row": ("ambient", lambda d: d["lower"]["rows"].__setitem__(0, d["lower"]["rows"][1]), "repeats"),
    "a repeated column": (
        "ambient",
        lambda d: d["lower"]["columns"].__setitem__(0, d["lower"]["columns"][1]),
        "repeats",
    ),
    "a row too many": ("ambient", lambda d: d["lower"]["rows"].append(99), "not square"),
    "a column beyond": ("ambient", assign("lower", "columns", 0, 14), "between 0 and 13"),
    "a negative row": ("ambient", assign("lower", "rows", 0, -1), "not an integer"),
    "a row of absurd number": ("ambient", assign("lower", "rows", 0, 1 << 41), "not an integer"),
    "a minor that is too large to be true": (
        "ambient",
        both(
            assign("claim", "lower", 6),
            assign("claim", "upper", None),
            assign("upper", None),
            assign("lower", "rows", list(range(6))),
            assign("lower", "columns", list(range(6))),
        ),
        "vanishes",
    ),
    "a modulus of 1": ("ambient", assign("lower", "prime", 1), "prime"),
    "a modulus without units": ("ambient", assign("lower", "prime", 2 * 3 * 5 * 7 * 11 * 13), "vanishes"),
    "a modulus of 2": ("ambient", assign("lower", "prime", 2), "vanishes"),
    "a modulus of absurd size": ("ambient", assign("lower", "prime", 1 << 5000), "prime"),
    "an unknown lower rule": ("ambient", assign("lower", "rule", "oracle"), "unknown"),
    "a trivial rule for a rank": ("ambient", assign("lower", {"rule": "trivial"}), "trivial"),
    "words of no size": ("ambient", assign("lower", "word_size", 0), "word_size"),
    "words of absurd size": ("ambient", assign("lower", "word_size", 10**9), "word_size"),
    "a key that is not ASCII": ("ambient", assign("lower", "key", "\ud800"), "ASCII"),
    "an unknown upper rule": ("ambient", assign("upper", 0, "rule", "oracle"), "unknown"),
    "a rule that is no string": ("ambient", assign("upper", 0, "rule", ["cut"]), "ASCII"),
    "a rule of another network": ("ambient", assign("upper", 0, "rule", "one-layer"), "hidden layer"),
    "an exception that is none": ("ambient", assign("upper", 0, "rule", "alexander-hirschowitz"), "no exception"),
    "another exception that is none": ("ambient", assign("upper", 0, "rule", "segre-veronese"), "no known exception"),
    "a part of itself": ("many rules", assign("upper", -1, "parts", 0, 99), "not an integer"),
    "a bool for a part": ("exception", assign("upper", 0, "parts", [False]), "parts"),
    "a network's width as a bool": ("smallest", assign("claim", "network", "widths", [True, 1]), "widths"),
    "biases as a number": ("ambient", assign("claim", "network", "biases", 0), "true or false"),
    "a degree too many": ("ambient", assign("claim", "network", "degrees", [2, 2, 2]), "each hidden layer"),
    "an absurd degree": ("ambient", assign("claim", "network", "degrees", [2, 1 << 14001]), "too long"),
    "an absurd width": ("ambient", assign("claim", "network", "widths", [2, 3, 2, 1 << 39]), ""),
    "a single width": ("ambient", assign("claim", "network", "widths", [2]), "widths"),
    "too many layers": ("ambient", assign("claim", "network", "widths", [2] * 10**5), "widths"),
    "a coefficient not in lowest terms": (
        "polynomial",
        assign("claim", "network", "activations", 0, "numerator", 2, "2/4"),
        "lowest terms",
    ),
    "a coefficient of division by zero": (
        "polynomial",
        assign("claim", "network", "activations", 0, "numerator", 2, "1/0"),
        "coefficient",
    ),
    "a coefficient that is a number": (
        "polynomial",
        assign("claim", "network", "activations", 0, "numerator", 2, 2),
        "coefficient",
    ),
    "a denominator of zero": (
        "inverse",
        assign("claim", "network", "activations", 0, "denominator", []),
        "denominator",
    ),
    "a modulus that divides a coefficient": ("polynomial", assign("lower", "prime", 2), "no unit"),
    "a modulus that divides a denominator": ("inverse", assign("lower", "prime", 2), "no unit"),
    "a convolution of absurd size": (
        "convolution",
        assign("claim", "network", "convolution", {"filters": [9] * 3, "strides": [1, 1 << 39, 1]}),
        "",
    ),
    "a convolution of too many strides": (
        "convolution",
        assign("claim", "network", "convolution", "strides", [1] * 4),
        "do not fit",
    ),
    "a rule too much for a convolution": ("convolution", assign("upper", 0, "rule", "one-layer"), "does not speak"),
    "the ambient space of no polynomials": ("inverse", assign("upper", 0, "rule", "ambient"), "not a polynomial"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_with_a_fresh_digest_are_refused(name, make, forge):
    base, change, part = FORGERIES[name]
    refused(forge(make(base), change), part)


@pytest.mark.parametrize("name", ["many rules", "spans", "hilbert", "linear", "linear with biases", "mixed degrees"])
def test_no_value_of_a_chain_can_be_lowered(name, make, forge):
    document = make(name)
    for i, statement in enumerate(document["upper"]):
        if i < len(document["upper"]) - 1:
            refused(forge(document, assign("upper", i, "value", statement["value"] - 1)), "does not give the value")


@pytest.mark.parametrize("name", ["many rules", "spans", "hilbert", "linear", "linear with biases", "mixed degrees"])
def test_every_statement_needs_its_parts_and_its_layer(name, make, forge):
    document = make(name)
    for i, statement in enumerate(document["upper"]):
        for wrong in (i, i + 1, len(document["upper"])):  # itself, the next, none
            for j in range(len(statement["parts"])):
                refused(forge(document, assign("upper", i, "parts", j, wrong)), "parts")
        refused(forge(document, assign("upper", i, "parts", [0] * (len(statement["parts"]) + 1))), "parts")
        for layer in (0, len(statement["widths"]) - 1, 10**6, True):
            if "layer" in statement:
                refused(forge(document, assign("upper", i, "layer", layer)), "layer")
        wider = [*statement["widths"][:-1], statement["widths"][-1] + 1]
        refused(forge(document, assign("upper", i, "widths", wider)))


@pytest.mark.parametrize("name", ["spans", "spans with biases", "bottleneck", "bottleneck with biases"])
def test_spans_are_recomputed(name, make, forge):
    document = make(name)
    places = [i for i, statement in enumerate(document["upper"]) if "span_rows" in statement]
    assert places
    for i in places:
        statement = document["upper"][i]
        count, width = len(statement["span_rows"]), max(statement["widths"])
        larger = both(
            assign("upper", i, "span_rows", list(range(count + 1))),
            assign("upper", i, "span_columns", list(range(count + 1))),
        )
        assert count <= width + 1
        refused(forge(document, both(larger, assign("upper", i, "value", statement["value"] - 1))))
        smaller = both(assign("upper", i, "span_rows", []), assign("upper", i, "span_columns", []))
        refused(forge(document, smaller), "does not give the value")
        refused(forge(document, assign("upper", i, "span_columns", [0] * count)))
        refused(forge(document, assign("upper", i, "span_prime", 2 * 3 * 5 * 7 * 11)))


def test_symmetries_are_expanded(make, forge):
    document = make("symmetry")
    (statement,) = document["upper"]
    (field,) = statement["fields"]
    for i, (_, component) in enumerate(field):
        place = ("upper", 0, "fields", 0, i)
        refused(forge(document, assign(*place, 1, 0, 1, component[0][1] + 1)), "moves the function")
        refused(forge(document, assign(*place, 1, 0, 0, 0, 101)), "exponents")
        refused(forge(document, assign(*place, 1, 0, 0, [])), "exponent")
        refused(forge(document, assign(*place, 0, 10**9)), "a parameter")
    lower = both(assign("upper", 0, "value", 37), assign("claim", "upper", 37), assign("claim", "lower", 37))
    refused(forge(document, lower), "does not give the value")
    refused(forge(document, both(lower, assign("upper", 0, "fields", [field, field]))), "not independent")
    refused(forge(document, both(lower, assign("upper", 0, "fields", [field, []]))), "not independent")
    refused(forge(document, assign("upper", 0, "fields", [])), "does not give the value")
    refused(forge(document, assign("upper", 0, "fields", [[*field, field[0]]])), "two components")


def test_a_minor_of_absurd_size_is_refused_before_any_work(make, forge):
    widths = [900, 900, 1]
    change = both(
        assign("claim", "network", "widths", widths),
        assign("claim", "network", "degrees", [2]),
        assign("claim", "label", "pnn:900-900-1:r2"),
        assign("claim", "lower", 200_000),
        assign("claim", "upper", None),
        assign("upper", None),
        assign("lower", "rows", list(range(200_000))),
        assign("lower", "columns", list(range(200_000))),
    )
    refused(forge(make("ambient"), change), "too large")


@pytest.mark.parametrize(("degree", "part"), [(1 << 15, "does not give the value"), (1 << 40, "degree is too large")])
def test_towers_of_degrees_do_not_hang(degree, part, make, forge):
    widths, degrees = [1000, 1001] + [3] * 900 + [1], [degree] * 901
    if degree == 1 << 15:
        degrees[450:] = [1] * 451
    about = {"widths": widths, "degrees": degrees, "biases": False}
    head = {"rule": "gauge", "widths": widths[:2], "degrees": [], "biases": False, "value": 1 << 39, "parts": []}
    shown = degree if len(set(degrees)) == 1 else ",".join(map(str, degrees))

    def change(document):
        document["claim"]["network"] = about
        document["claim"]["label"] = f"pnn:{'-'.join(map(str, widths))}:r{shown}"
        document["claim"]["upper"] = 5
        document["upper"] = [head, {"rule": "hilbert", **about, "value": 5, "parts": [0], "layer": 1}]

    refused(forge(make("ambient"), change), part)


@pytest.mark.parametrize(
    "document",
    [None, [], 7, "text", {}, {"format": "rankcert-certificate/1"}, {1: 2, "format": "rankcert-certificate/1"}],
)
def test_what_is_no_certificate_is_refused(document):
    refused(document)
