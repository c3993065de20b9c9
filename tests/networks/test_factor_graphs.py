import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.evidence import Grade
from algebra.rank import rank_mod
from algebra.rank.field import PrimeField
from tensors.mixtures import hidden_markov, shallow_mixture, tensor_train
from tensors.networks import FactorGraph
from tensors.networks.contraction import Plan, draw_tables, matricization, plan_elimination
from tensors.networks.cuts import capacities, common_base, digits, integer_root, is_cut, minimal_cut, symmetric_bound
from tensors.networks.paths import disjoint_paths, path_tables, width
from tensors.networks.values import GraphValues
from tests.mixtures.oracles import is_separated, least_cut, rank_of, reference_graph, tensor_of
from tests.properties import examples

REFERENCE = Path(__file__).parents[1] / "data" / "mixtures_reference.jsonl"
ROWS = [json.loads(line) for line in REFERENCE.read_text().splitlines()]
MODELS = [row for row in ROWS if "model" in row]


@st.composite
def graphs(draw, most=3, tied=False):
    """Small factor graphs with a row side, connected or not."""
    variables = draw(st.integers(2, 6))
    dims = tuple(draw(st.lists(st.integers(1, most), min_size=variables, max_size=variables)))
    observed = draw(st.integers(1, min(4, variables)))
    subsets = st.lists(st.integers(0, variables - 1), min_size=0, max_size=3, unique=True).map(tuple)
    scopes = tuple(draw(st.lists(subsets, min_size=1, max_size=6)))
    graph = FactorGraph(dims, observed, scopes)
    if tied:
        shapes = {}
        for f in range(len(scopes)):
            shapes.setdefault(graph.table_shape(f), []).append(f)
        graph = FactorGraph(dims, observed, scopes, tuple(map(tuple, shapes.values())))
    return graph, draw(st.lists(st.integers(0, observed - 1), unique=True).map(sorted))


@pytest.mark.parametrize("row", MODELS, ids=lambda row: row["id"])
def test_reference_ranks_are_proved_and_certified(row):
    graph = reference_graph(row)
    bounds = graph.rank(row["I"])
    assert (bounds.lower, bounds.upper, bounds.grade) == (row["rank"], row["mincut"], Grade.PROVED)
    report = bounds.certificate().check()
    assert report.valid, report.reasons


@examples(120)
@given(graphs())
def test_the_cut_is_the_least_of_all(case):
    graph, rows = case
    cut = minimal_cut(graph, rows)
    assert cut.product == least_cut(graph, rows)
    assert is_separated(graph, set(rows), set(cut.variables))
    assert cut.product == math.prod(graph.variable_dims[v] for v in cut.variables)


@examples(100)
@given(graphs(), st.sets(st.integers(0, 5)))
def test_cuts_are_recognised(case, removed):
    graph, rows = case
    removed = {v for v in removed if v < len(graph.variable_dims)}
    assert is_cut(graph, rows, removed) == is_separated(graph, set(rows), removed)


@examples(80)
@given(graphs(tied=False), st.integers(0, 3))
def test_bounds_enclose_the_rank_of_random_tables(case, seed):
    graph, rows = case
    bounds = graph.rank(rows, seed=seed)
    draw = random.Random(seed)
    tables = [
        np.array([draw.randint(1, 10**6) for _ in range(math.prod(graph.table_shape(f)))], dtype=object)
        .reshape(graph.table_shape(f))
        .tolist()
        for f in range(len(graph.factor_scopes))
    ]
    rank = rank_of(graph, tensor_of(graph, tables), rows)
    assert bounds.lower <= rank <= bounds.upper
    report = bounds.certificate().check()
    assert report.valid, report.reasons


@examples(100)
@given(graphs())
def test_the_elimination_order_is_greedy(case):
    """Compare with an elimination that measures every variable again in every step."""
    graph, _ = case
    scopes, dims, hidden = [set(scope) for scope in graph.factor_scopes], graph.variable_dims, set(graph.hidden)
    order, work, largest = [], 0, 0
    while hidden:
        left = {v: set().union(*(scope for scope in scopes if v in scope)) - {v} for v in hidden}
        size, v = min((math.prod(dims[u] for u in left[v]), v) for v in hidden)
        order, work, largest = [*order, v], work + size * dims[v], max(largest, size)
        scopes = [*(scope for scope in scopes if v not in scope), left[v]]
        hidden.remove(v)
    plan = plan_elimination(graph.factor_scopes, dict(enumerate(dims)), graph.hidden)
    assert plan == Plan(tuple(order), work, largest)


@examples(80)
@given(graphs(tied=True), st.integers(0, 3))
def test_bounds_of_tied_factors(case, seed):
    graph, rows = case
    bounds = graph.rank(rows, seed=seed)
    draw = random.Random(seed)
    tables = []
    for f, first in enumerate(graph.tables):
        entries = [draw.randint(1, 10**6) for _ in range(math.prod(graph.table_shape(f)))]
        tables.append(
            np.array(entries, dtype=object).reshape(graph.table_shape(f)).tolist() if f == first else tables[first]
        )
    assert bounds.lower <= rank_of(graph, tensor_of(graph, tables), rows) <= bounds.upper
    report = bounds.certificate().check()
    assert report.valid, report.reasons


@examples(60)
@given(graphs())
def test_swapping_the_sides_changes_nothing(case):
    graph, rows = case
    others = [v for v in range(graph.observed) if v not in rows]
    one, two = graph.rank(rows), graph.rank(others)
    assert (one.upper, one.lower) == (two.upper, two.lower)


@examples(80)
@given(graphs(most=5))
def test_paths_are_attained_by_their_tables(case):
    graph, rows = case
    wires = disjoint_paths(graph, rows)
    tables = [table.tolist() for table in path_tables(graph, wires)]
    if math.prod(graph.variable_dims) > 3000:
        return
    assert rank_of(graph, tensor_of(graph, tables), rows) == width(wires) <= least_cut(graph, rows)


@examples(60)
@given(graphs(most=1).flatmap(lambda case: st.tuples(st.just(case), st.sampled_from([2, 3]))))
def test_powers_of_one_integer_are_always_met(case_and_base):
    (graph, rows), base = case_and_base
    draw = random.Random(len(graph.factor_scopes))
    dims = tuple(base ** draw.randint(0, 2) for _ in graph.variable_dims)
    powers = FactorGraph(dims, graph.observed, graph.factor_scopes)
    bounds = powers.rank(rows)
    assert bounds.grade is Grade.PROVED
    assert bounds.lower_by == "disjoint-paths"


@examples(60)
@given(graphs(), st.integers(0, 5))
def test_contraction_agrees_with_the_sum_over_everything(case, seed):
    graph, rows = case
    prime = 8388593
    field = PrimeField(prime)
    tables = draw_tables(graph, field, f"test/{seed}")
    columns = [v for v in range(graph.observed) if v not in rows]
    found = matricization(
        graph, tables, *({v: graph.variable_dims[v] for v in side} for side in (rows, columns)), field
    )
    entries = tensor_of(graph, [table.astype(int).tolist() for table in tables])
    place = np.moveaxis(np.arange(len(entries)).reshape(graph.variable_dims[: graph.observed]), rows, range(len(rows)))
    expected = np.array(list(entries.values()), dtype=object)[place.reshape(found.shape)]
    assert ((found.astype(int).astype(object) - expected) % prime == 0).all()


@pytest.mark.parametrize(
    ("symbols", "rank", "variables", "expected"),
    [(3, 2, 4, 6), (4, 2, 4, 8), (4, 3, 4, 12), (3, 2, 6, 18), (4, 2, 6, 32), (4, 2, 8, 128), (4, 3, 8, 192)],
)
def test_trains_have_more_rank_than_the_theorem_says(symbols, rank, variables, expected):
    bounds = tensor_train(variables, symbols, rank).rank(range(0, variables, 2))
    assert (bounds.lower, bounds.upper) == (expected, expected)
    assert expected >= min(symbols, rank) ** (variables // 2)


def test_shared_emissions_make_the_tensor_symmetric():
    bounds = shallow_mixture(8, symbols=2, states=9, tied=True).graph.rank([0, 1, 2, 3])
    assert (bounds.lower, bounds.upper, bounds.upper_by) == (5, 5, "symmetry")
    assert bounds.certificate().check().valid
    free = shallow_mixture(8, symbols=2, states=9).graph.rank([0, 1, 2, 3])
    assert free.lower == 9


def test_chains_of_hundreds_of_variables():
    chain = hidden_markov(600, symbols=3, states=2).graph
    bounds = chain.rank(range(0, 600, 2))
    assert bounds.lower == bounds.upper == 2**300
    assert bounds.certificate().check().valid
    stationary = hidden_markov(600, symbols=3, states=2, stationary=True).graph
    assert int(stationary.rank(range(300))) == 2
    block = stationary.rank(range(200, 400))
    assert (block.lower, block.upper, block.lower_by) == (4, 4, "minor")
    assert block.certificate().check().valid


def test_a_rank_beyond_what_is_evaluated_stays_open(monkeypatch):
    chain = hidden_markov(64, symbols=2, states=2, stationary=True).graph
    bounds = chain.rank(range(0, 64, 8))
    assert bounds.lower == bounds.upper == 2**8
    monkeypatch.setattr("tensors.networks.question.MOST_SIDE", 100)
    wide = hidden_markov(16, symbols=2, states=2, stationary=True).graph.rank(range(0, 16, 2))
    assert (wide.lower, wide.upper, wide.grade) == (64, 256, Grade.INCONCLUSIVE)
    assert wide.certificate().check().valid


def test_evidence_keeps_what_was_seen():
    bounds = tensor_train(4, symbols=4, rank=3).rank([0, 2])
    evidence = bounds.evidence
    assert isinstance(evidence.lower.evaluation, GraphValues)
    assert evidence.lower.rank == len(evidence.lower.minor_json()["rows"]) == 12
    assert "12 <= value: minor" in bounds.explain()


def test_same_seed_same_answer_and_certificate():
    graph = tensor_train(4, symbols=4, rank=3)
    first, second, other = (graph.rank([0, 2], seed=s).certificate() for s in (3, 3, 4))
    assert first.document == second.document != other.document


def test_dimension_one_and_disconnected_parts():
    graph = FactorGraph((1, 3, 1, 2), 3, ((0, 3), (1,), ()))
    assert int(graph.rank([0])) == int(graph.rank([])) == int(graph.rank([0, 1, 2])) == 1
    assert int(FactorGraph((3, 3), 2, ()).rank([0])) == 1


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"variable_dims": [4, 4, 0]}, "variable_dims"),
        ({"variable_dims": [4, 4, 2.0]}, "variable_dims"),
        ({"variable_dims": [4, True, 2]}, "variable_dims"),
        ({"variable_dims": "442"}, "variable_dims"),
        ({"observed": 0}, "observed"),
        ({"observed": 4}, "observed"),
        ({"observed": "2"}, "observed"),
        ({"factor_scopes": [[0, 3]]}, "factor_scopes"),
        ({"factor_scopes": [[0, 0]]}, "factor_scopes"),
        ({"factor_scopes": [0, 1]}, "factor_scopes"),
        ({"factor_scopes": [[-1, 0]]}, "factor_scopes"),
        ({"tied": [[0, 2]]}, "tied"),
        ({"tied": [[0], [0]]}, "tied"),
        ({"tied": [[0, 1]], "variable_dims": [4, 3, 2]}, "tied"),
        ({"tied": [0, 1]}, "tied"),
    ],
)
def test_bad_graphs_are_refused(change, argument):
    good = {"variable_dims": [4, 4, 2], "observed": 2, "factor_scopes": [[0, 2], [1, 2]], "tied": None}
    with pytest.raises(InputError) as caught:
        FactorGraph.from_json({**good, **change})
    assert caught.value.argument == argument


@pytest.mark.parametrize("rows", [[2], [0, 0], [-1], "left", [0.0], None, 0, [True]])
def test_bad_row_sides_are_refused(rows):
    with pytest.raises(InputError) as caught:
        FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2))).rank(rows)
    assert caught.value.argument == "row_side"


def test_missing_fields_are_named():
    with pytest.raises(InputError, match="observed"):
        FactorGraph.from_json({"variable_dims": [2], "factor_scopes": []})


def test_json_round_trip():
    graph = hidden_markov(4, 3, 2, stationary=True).graph
    same = FactorGraph.from_json(json.loads(json.dumps(graph.to_json())))
    assert same == graph
    assert type(same) is FactorGraph


def test_capacities_are_exact_for_powers():
    assert common_base((9, 27, 1)) == 3
    assert common_base((36, 6)) == 6
    assert common_base((12, 18)) is None
    assert capacities((9, 27, 1)) == (2, 3, 0)
    assert [digits(26, 3), digits(27, 3), digits(10**30, 10)] == [2, 3, 30]
    assert integer_root(10**400 - 1, 4) == 10**100 - 1


def test_symmetric_bound_wants_the_same_place():
    graph = FactorGraph((2, 2, 2, 2), 3, ((0, 3), (3, 1), (2, 3)), ((0, 1, 2),))
    assert symmetric_bound(graph, [0, 1]) == 4
    assert symmetric_bound(graph, [0, 2]) == 3


def test_the_minor_is_what_the_rank_core_sees():
    graph = tensor_train(6, symbols=3, rank=2)
    field = PrimeField(8388593)
    tables = draw_tables(graph, field, "any key")
    matrix = matricization(graph, tables, {0: 3, 2: 3, 4: 3}, {1: 3, 3: 3, 5: 3}, field)
    assert rank_mod(matrix.astype(np.int64)) == 18
