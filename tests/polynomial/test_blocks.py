"""Lower bounds from block networks: never too large, sharp where they shall be; their certificates and forgeries."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from flint import nmod_mat

from algebra import PolynomialNetwork
from algebra.errors import InputError
from algebra.evidence import checker
from algebra.polynomial.blocks import LARGEST_LEAF, Leaves, best_block_bound, block_bound, explained
from algebra.polynomial.halves import LEAF, crossing, factor_ranks, halved, spanned_by_squares
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.rules import upper_bound
from tests.properties import cases
from tests.tampering import check_forged

P = 2**31 - 1

LARGE = [
    ((16, 16, 16, 1), (3, 3), 496),
    ((20, 36, 36, 20), (3, 3), 2664),
    ((40, 70, 70, 40), (3, 3), 10360),
    ((60, 100, 100, 40), (3, 3), 19800),
    ((100, 160, 160, 60), (3, 3), 50880),
    ((200, 300, 300, 100), (3, 3), 179400),
    ((64,) * 6 + (1,), (3,) * 5, 20224),
    ((30, 40, 50, 20), (2, 4), 4110),
    # squares: few outputs, many, and more neurons at the end than forms before
    ((20, 36, 36, 20), (2, 2), 2664),
    ((30, 50, 50, 1), (2, 2), 2725),
    ((100, 160, 160, 60), (2, 2), 50880),
    ((20, 40, 10), (2,), 1160),
    ((99, 99, 99), (2,), 19503),
]


def network_of(a):
    return PolynomialNetwork(a.widths, degrees=a.degrees, biases=a.biases)


@pytest.mark.parametrize(("widths", "degrees", "value"), LARGE)
def test_large_networks_are_proved_without_a_large_elimination(widths, degrees, value):
    bounds = PolynomialNetwork(widths, degrees=degrees).dimension()
    assert (bounds.lower, bounds.upper, bounds.grade.value) == (value, value, "proved")
    assert bounds.lower_by in ("blocks", "fewer-outputs")
    chain = bounds.certificate().document["lower"]["chain"]
    assert max(len(statement.get("rows", [])) for statement in chain) <= LARGEST_LEAF


def random_architecture(random):
    depth = random.randint(2, 4)
    widths = [random.randint(1, 8) for _ in range(depth)]
    degrees = [random.choice((1, 2, 2, 3, 3, 4)) for _ in range(depth - 1)]
    return Architecture((*widths, random.randint(1, 5)), tuple(degrees), random.random() < 0.2)


def check_never_above(count, first):
    """Networks are split down to leaves of dimension 5, so that every rule is used, also where it falls short."""
    used = set()
    for number in range(first, first + count):
        a = random_architecture(Random(number))
        found = best_block_bound(a, Leaves(number, 5, LARGEST_LEAF))
        dimension = network_of(a).dimension()
        assert found is None or found.value <= dimension.lower, explained(found)
        used |= set() if found is None else set(found.names)
    return used


def test_the_bound_is_never_above_the_dimension():
    assert check_never_above(len(cases(200)), 0) == {"blocks", "fewer-outputs", "zero-biases", "jacobian-minor"}


@pytest.mark.slow
def test_the_bound_is_never_above_the_dimension_on_2000_architectures():
    check_never_above(2000, 1000)


def dense_rank(weights, degrees, rng):
    """Rank of the whole Jacobian at given weights, by FLINT, with more samples than parameters."""
    parameters = sum(w.size for w in weights)
    rows = []
    for _ in range(parameters + 8):
        values, slopes = [rng.integers(0, P, weights[0].shape[1]).astype(object)], []
        for w, r in zip(weights, degrees, strict=False):
            z = w @ values[-1] % P
            values.append(np.array([pow(int(x), r, P) for x in z], object))
            slopes.append(np.array([r * pow(int(x), r - 1, P) for x in z], object))
        adjoint = rng.integers(0, P, weights[-1].shape[0]).astype(object)
        gradient = [np.outer(adjoint, values[-1]).ravel()]
        for layer in range(len(weights) - 2, -1, -1):
            adjoint = (weights[layer + 1].T @ adjoint % P) * slopes[layer] % P
            gradient.append(np.outer(adjoint, values[layer]).ravel())
        rows.append([int(x) % P for part in reversed(gradient) for x in part])
    return nmod_mat(len(rows), parameters, [x for row in rows for x in row], P).rank()


@pytest.mark.parametrize(
    ("widths", "degrees"),
    [
        ((4, 4, 1), (3,)),
        ((4, 6, 3), (3,)),
        ((4, 4, 4, 1), (2, 3)),
        ((5, 6, 4, 2), (3, 3)),
        ((2, 4, 4, 2), (2, 4)),
        # squares: each form once, twice, thrice, before few outputs and many
        *(((4, 4, outputs), (2,)) for outputs in (1, 2, 3)),
        *(((4, 7, outputs), (2,)) for outputs in (1, 2, 3, 4, 6)),
        ((5, 11, 4), (2,)),
        ((4, 4, 6, 1), (3, 2)),
        ((4, 4, 6, 4), (2, 2)),
    ],
)
def test_the_theorem_is_sharp_at_block_weights(widths, degrees, rng):
    """The rank of the whole Jacobian at weights that join no two groups is exactly what the theorem says."""
    a = Architecture(widths, degrees)
    halves = halved(a)
    weights = []
    for layer, (before, after) in enumerate(pairwise(widths)):
        w = rng.integers(0, P, (after, before)).astype(object)
        if layer < a.depth - 1:
            columns, rows = halves[0].widths[layer], halves[0].widths[layer + 1]
            w[:rows, columns:] = 0
            w[rows:, :columns] = 0
        weights.append(w)
    own = sum(int(network_of(half).dimension()) for half in halves)
    ranks = [(found.activations, found.adjoints) for found in map(factor_ranks, halves)]
    assert dense_rank(weights, degrees, rng) == own + crossing(halves, *ranks)


def span_of_squares(outputs, neurons, before, rng):
    """Rank of w_i z_i a'_j and w'_i a_j z'_i in the tensor product, at random vectors, by FLINT."""
    (d, other_d), (alpha, other_alpha) = neurons, before
    columns = []
    for i in range(d + other_d):
        w = rng.integers(0, P, outputs).astype(object)
        z = rng.integers(0, P, alpha if i < d else other_alpha).astype(object)
        for j in range(other_alpha if i < d else alpha):
            unit = np.zeros(other_alpha if i < d else alpha, object)
            unit[j] = 1
            first, second = (z, unit) if i < d else (unit, z)
            columns.append(np.einsum("k,a,b->kab", w, first, second).ravel() % P)
    return nmod_mat(len(columns), len(columns[0]), [int(x) for column in columns for x in column], P).rank()


def test_the_span_of_squares_is_never_less_than_the_theorem_says(rng):
    sharp = 0
    for _ in cases(60):
        outputs, d, other_d, alpha, other_alpha = (int(x) for x in rng.integers(1, 6, 5))
        bound = spanned_by_squares(outputs, (d, alpha), (other_d, other_alpha))
        rank = span_of_squares(outputs, (d, other_d), (alpha, other_alpha), rng)
        assert bound <= rank
        sharp += bound == rank
    assert sharp > 30


def test_squares_before_one_output_lose_what_the_orthogonal_group_turns():
    """With r = 2 the two tensor products of a layer meet in one multidegree: their sum is above the dimension."""
    a = Architecture((4, 4, 1), (2,))
    own = sum(int(network_of(half).dimension()) for half in halved(a))
    assert own + crossing(halved(a), ((2, 2), (2,)), ((2, 2), (2,))) == int(network_of(a).dimension()) == 10
    assert spanned_by_squares(1, (2, 2), (2, 2)) == 4 < 2 * 2 + 2 * 2


def test_ranks_of_activations_and_adjoints_are_those_of_the_whole():
    for widths, degrees in (((10, 40, 12, 2), (3, 2)), ((3, 50, 5, 1), (2, 3)), ((2, 60, 40, 1), (4, 2))):
        a = Architecture(widths, degrees)
        found = factor_ranks(a)
        assert all(x <= y for x, y in zip(found.activations, widths[:-1], strict=True))
        for layer, rank in enumerate(found.activations[1:], start=1):
            whole = int(PolynomialNetwork((*widths[: layer + 1], 200), degrees=degrees[:layer]).dimension())
            part = int(PolynomialNetwork((*widths[: layer + 1], 199), degrees=degrees[:layer]).dimension())
            assert rank == whole - part


def test_the_same_seed_gives_the_same_bound_and_another_other_weights():
    a = Architecture((12, 20, 20, 1), (3, 3))
    first, second = block_bound(a, 1), block_bound(a, 2)
    assert first.value == second.value == 620
    assert "seed=1" in explained(first)
    assert "seed=2" in explained(second)


def test_small_networks_are_ranked_as_before():
    assert PolynomialNetwork((4, 6, 6, 2), degree=3).dimension().lower_by == "jacobian-minor"
    assert upper_bound(Architecture((4, 6, 6, 2), (3, 3))).value <= LEAF


def test_memory_is_not_asked_for_where_blocks_decide(monkeypatch):
    monkeypatch.setattr("algebra.memory.available_memory", lambda: 1 << 28)
    assert PolynomialNetwork((100, 160, 160, 60), degree=3).dimension().value == 50880
    with pytest.raises(InputError, match="GiB needed"):
        PolynomialNetwork((10, 160, 160, 160, 60), degree=2).dimension()


def test_widths_beyond_all_words_are_halved_a_hundred_times():
    width = 10**30
    bounds = PolynomialNetwork((width, width + 7, width + 3, 3), degree=3).dimension()
    assert bounds.grade.value == "proved"
    assert len(bounds.explain().splitlines()) < 2000  # of a tree with 2^90 paths
    with pytest.raises(InputError, match="the checker refuses it"):
        bounds.certificate()


# Certificates.


@pytest.fixture(scope="module", params=[3, 2], ids=["cubes", "squares"])
def certificate(request):
    """One with leaves, blocks, fewer outputs and independent neurons."""
    return PolynomialNetwork((40, 70, 70, 40), degree=request.param).dimension().certificate()


@pytest.mark.parametrize(
    ("widths", "degrees", "biases"),
    [*((widths, degrees, False) for widths, degrees, _ in LARGE), ((20, 30, 30, 4), (3, 3), True)],
)
def test_certificates_are_accepted_within_the_ordinary_budget(widths, degrees, biases):
    found = PolynomialNetwork(widths, degrees=degrees, biases=biases).dimension().certificate()
    report = found.check()
    assert report.valid, report.reasons
    assert len(found.to_json()) < 20_000


def test_the_checker_needs_nothing_but_python(certificate, tmp_path):
    path = tmp_path / "certificate.json"
    certificate.write(path)
    folder = Path(checker.__file__).parent
    done = subprocess.run([sys.executable, "-I", folder, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "10360" in done.stdout


def first(document, rule):
    """Return the first statement of a rule."""
    return next(statement for statement in document["lower"]["chain"] if statement["rule"] == rule)


def raise_everything(document):
    """Claim one more everywhere."""
    document["claim"]["lower"] += 1
    document["lower"]["chain"][-1]["value"] += 1


def lower_the_last_degree(document):
    """Of a linear layer at the end the rule does not speak."""
    first_degree = document["claim"]["network"]["degrees"][0]
    for statement in document["lower"]["chain"]:
        statement["degrees"][-1] = 1
    document["claim"]["network"]["degrees"] = [first_degree, 1]
    document["claim"]["label"] = f"pnn:40-70-70-40:r{first_degree},1"
    document["upper"][0]["degrees"] = [first_degree, 1]


def make_a_leaf_smaller(document):
    """One row and one column less: still a minor, but not of the naive dimension."""
    leaf = first(document, "jacobian-minor")
    leaf["rows"].pop()
    leaf["columns"].pop()
    leaf["value"] -= 1


FORGERIES = {
    "more is claimed than the last rule gives": raise_everything,
    "a leaf of a greater value": lambda d: first(d, "jacobian-minor").update(
        value=first(d, "jacobian-minor")["value"] + 1
    ),
    "a column of a leaf twice": lambda d: first(d, "jacobian-minor")["columns"].__setitem__(
        0, first(d, "jacobian-minor")["columns"][1]
    ),
    "a leaf about another network": lambda d: first(d, "jacobian-minor")["widths"].__setitem__(0, 90),
    "a part that comes later": lambda d: first(d, "blocks").update(parts=[10**3, 10**3]),
    "one part in the place of two": lambda d: first(d, "blocks").update(parts=first(d, "blocks")["parts"][:1]),
    "the factors of another network": lambda d: d["lower"]["chain"][-1].update(factors=[1]),
    "parts that are no halves": lambda d: first(d, "blocks")["widths"].__setitem__(1, 99),
    "parts of other degrees": lambda d: first(d, "blocks").update(degrees=[4] * len(first(d, "blocks")["degrees"])),
    "linear at the end": lower_the_last_degree,
    "more outputs than there are": lambda d: first(d, "fewer-outputs")["widths"].__setitem__(-1, 39),
    "a rule that there is not": lambda d: d["lower"]["chain"][-1].update(rule="hopeful"),
    "an unknown field": lambda d: d["lower"]["chain"][-1].update(note="trust me"),
    "an empty chain": lambda d: d["lower"].update(chain=[]),
    "biases that are not there": lambda d: d["lower"]["chain"][-1].update(biases=True),
    "independent neurons of too small a dimension": make_a_leaf_smaller,
    "independent neurons of another network": lambda d: first(d, "independent")["widths"].__setitem__(0, 1),
    "independent neurons with other degrees": lambda d: first(d, "independent").update(degrees=[3, 4]),
    "independent neurons without a reason": lambda d: first(d, "independent").update(parts=[]),
    "ranks in the place of a dimension": lambda d: first(d, "independent").update(
        parts=[d["lower"]["chain"].index(first(d, "independent"))]
    ),
}

OF_FACTORS = {
    "a sample twice in a rank of activations": lambda d: first(d, "factors")["activations"][0][1].__setitem__(
        0, first(d, "factors")["activations"][0][1][1]
    ),
    "a neuron more in the rank of adjoints": lambda d: first(d, "factors")["adjoints"][0][0].append(10**6),
    "activations in the place of adjoints": lambda d: first(d, "factors").update(
        adjoints=first(d, "factors")["activations"]
    ),
    "a modulus that divides the degrees": lambda d: first(d, "factors").update(prime=3),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_chains_are_refused(certificate, name):
    report = check_forged(certificate, FORGERIES[name])
    assert not report.valid
    assert report.reasons


@pytest.fixture(scope="module")
def certificate_of_squares():
    """Of less than the naive dimension: its activations and adjoints are looked at, those of halves add up."""
    return PolynomialNetwork((30, 50, 50, 1), degree=2).dimension().certificate()


def direct_sum(document):
    """Claim that both tensor products of the last hidden layer are a direct sum, as with cubes."""
    statement = document["lower"]["chain"][-1]
    halves = [document["lower"]["chain"][i] for i in statement["parts"]]
    statement["value"] += halves[0]["widths"][-2] * halves[1]["widths"][-2]
    document["claim"].update(lower=statement["value"], upper=None)
    document["upper"] = None


def test_squares_before_one_output_are_not_claimed_to_be_independent(certificate_of_squares):
    report = check_forged(certificate_of_squares, direct_sum)
    assert report.reasons == ("blocks does not give the value 3350 of pnn:30-50-50-1:r2, but 2725",)


@pytest.mark.parametrize("name", OF_FACTORS)
def test_forged_ranks_of_activations_and_adjoints_are_refused(certificate_of_squares, name):
    assert {"factors", "sums"} <= {statement["rule"] for statement in certificate_of_squares.document["lower"]["chain"]}
    report = check_forged(certificate_of_squares, OF_FACTORS[name])
    assert not report.valid
    assert report.reasons


def test_a_naive_dimension_makes_neurons_independent():
    """Every small network that has it: ranks of its activations and adjoints, at other weights, are full."""
    seen = 0
    for number in range(300):
        a = random_architecture(Random(number))._replace(biases=False)
        dimension = network_of(a).dimension()
        if a.depth > 1 and dimension.lower == a.naive:
            seen += 1
            assert factor_ranks(a, seed=number).is_full
    assert seen > 50


def test_a_chain_that_asks_for_too_much_is_refused_before_the_work(certificate_of_squares):
    wide = {"widths": [10**6, 10**6, 10**6, 1], "degrees": [3, 3]}
    report = check_forged(certificate_of_squares, lambda d: first(d, "factors").update(wide))
    assert not report.valid
    assert "too large" in report.reasons[0]


def test_the_command_line_writes_and_checks_it(call, tmp_path):
    path = tmp_path / "certificate.json"
    answer = call("dimension", 40, 70, 70, 40, "--degree", 3, "--certificate", path, "--json")
    result = answer.results[0]
    assert (result["lower"], result["grade"], result["lower_by"]) == (10360, "proved", "fewer-outputs")
    assert json.loads(path.read_text())["lower"]["rule"] == "block-networks"
    assert call("check", path).status == 0


def test_halves_have_all_outputs(certificate):
    report = check_forged(certificate, lambda d: first(d, "blocks")["widths"].__setitem__(-1, 41))
    assert report.reasons == ("blocks: the parts are no two blocks of the network",)


def test_halves_are_of_the_same_degrees(certificate):
    report = check_forged(certificate, FORGERIES["parts of other degrees"])
    assert report.reasons == ("blocks: the parts are no two blocks of the network",)
