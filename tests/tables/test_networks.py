"""Tables of networks, of objects as files hold them, and of data frames, in Python."""

import pandas as pd
import pytest

import rankcert as rc
from algebra.evidence import Bounds
from tests.tables.reading import check_every_format

QUADRICS = [rc.PolynomialNetwork((2, n, 1), degree=2) for n in (1, 2, 3)]


def table(networks, columns=None, **options):
    return rc.table(networks, columns, jobs=1, **options)


def test_a_list_of_networks():
    made = table(QUADRICS)
    assert list(made.shown.columns[:3]) == ["widths", "degree", "dimension"]
    assert [int(cell) for cell in made.shown["dimension"]] == [2, 3, 3] == made.frame["lower"].tolist()
    assert made.frame["label"].tolist() == [network.label for network in QUADRICS]
    assert made.notes[0] == "3 rows: 3 proved"
    assert table(iter(QUADRICS)).frame["upper"].tolist() == [2, 3, 3]
    assert table(QUADRICS[0]).shown["dimension"].tolist() == [2]


def test_it_says_what_each_network_says():
    networks = [rc.PolynomialNetwork((2, n, m, 1), degree=2) for n in (1, 2, 3) for m in (1, 2)]
    shown = table(networks, ["dimension"], seed=4).shown["dimension"]
    assert [cell.record[:6] for cell in shown] == [network.dimension(seed=4).record[:6] for network in networks]


@pytest.mark.parametrize(
    ("networks", "options", "heading", "values"),
    [
        ([rc.ConvAC(8, 2, [rc.ConvLayer(2, 2, 2)] * 3)], {"row_side": "odd-even"}, "rank", [16]),
        ([rc.AttentionNetwork((2, 2), 2), rc.AttentionNetwork((3, 3), 2)], {}, "dimension", [7, 16]),
        ([rc.AttentionStack(4, 2, 2, 2, (3, 3))], {}, "rank", [107]),
        ([rc.FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2)))], {"row_side": [0]}, "rank", [2]),
        ([rc.ConvolutionalNetwork([4, 3, 2], degree=3)], {}, "dimension", [7]),
        ([rc.PolynomialNetwork((2, 3, 1), activation=rc.Rational([0, 1, 1]))], {}, "dimension", [5]),
        ([{"widths": [2, 3, 2, 1], "degree": 2}], {}, "dimension", [5]),
        ([{"widths": [3, 5, 4]}], {"question": "threshold"}, "threshold", [2]),
    ],
)
def test_every_kind(networks, options, heading, values):
    assert table(networks, **options).shown[heading].tolist() == values


def test_columns_are_names_attributes_or_functions():
    columns = ["widths", ("N", "parameters"), ("missing", lambda n: n.ambient_dimension - n.dimension()), "upper_by"]
    made = table(QUADRICS, columns)
    assert made.shown.columns.tolist() == ["widths", "N", "missing", "upper_by"]
    assert made.shown["missing"].tolist() == made.frame["missing"].tolist() == [1, 0, 0]
    assert made.shown["widths"].tolist() == [(2, 1, 1), (2, 2, 1), (2, 3, 1)]
    assert set(made.frame) > {"lower", "upper", "grade", "defect"}  # the data hold all fields in any case

    circuits = [rc.ConvAC.stack(8, 2, 2, windows=size) for size in (2, 4)]
    sides = {side: lambda net, side=side: net.rank(side) for side in ("left", "odd-even")}
    made = table(circuits, {"circuit": "label", **sides}, row_side="left")
    assert [int(cell) for cell in made.shown["odd-even"]] == [int(net.rank("odd-even")) for net in circuits]
    assert all(isinstance(cell, Bounds) for cell in made.shown["left"])
    assert pd.api.types.is_integer_dtype(made.frame["left"])


@pytest.mark.parametrize("widths", ["2 3 2 1", "2,3,2,1", "(2, 3, 2, 1)", "[2, 3, 2, 1]", "2-3-2-1", (2, 3, 2, 1)])
def test_a_data_frame_keeps_its_columns(widths):
    given = pd.DataFrame({"paper": ["a", "b"], "widths": [widths, (2, 3, 1)], "degree": [2.0, 3.0], "claimed": [6, 4]})
    made = table(given)
    assert made.shown["dimension"].tolist() == [5, 4]
    assert made.frame["paper"].tolist() == ["a", "b"]
    assert made.frame["claimed"].tolist() == [6, 4]
    assert (made.frame["lower"] == made.frame["claimed"]).tolist() == [False, True]


def test_a_data_frame_of_networks():
    made = table(pd.DataFrame({"name": ["x", "y", "z"], "network": QUADRICS}), ["name", "dimension"])
    assert made.shown.values.tolist() == [["x", 2], ["y", 3], ["z", 3]]


def test_missing_cells_are_left_out():
    given = pd.DataFrame({"widths": ["2 3 1", "2 3 1"], "degree": [2, None], "degrees": [None, "3"]})
    assert table(given).shown["dimension"].tolist() == [3, 4]


def test_a_family_with_chosen_columns():
    made = table("head-size", ["n", ("least", "least head size"), "upper"], sizes=[3], title="Heads")
    assert made.shown.columns.tolist() == ["n", "least", "upper"]
    assert made.title == "Heads"
    assert made.shown["n"].tolist() == [3] * len(made.shown)
    with pytest.raises(rc.InputError, match="columns is 'nothing', but it must be one of weights, n"):
        table("head-size", ["nothing"], sizes=[3])


def test_one_bad_object_leaves_the_others_their_answers():
    made = table([{"widths": [2, 3, 1], "degree": 2}, {"widths": [2, 0, 1], "degree": 2}])
    assert made.shown["dimension"].tolist() == [3, None]
    assert "widths" in made.shown["error"][1]
    assert made.frame["lower"].tolist() == [3, pd.NA]


def test_a_store_is_not_asked_twice(tmp_path, monkeypatch):
    store = tmp_path / "answers.db"
    first = table(QUADRICS, store=store).frame
    monkeypatch.setattr("proofs_check.question.Question.ask", None)  # whoever asks now fails
    assert table(QUADRICS, store=store).frame.equals(first)


@pytest.mark.parametrize(
    ("networks", "options", "argument"),
    [
        ([], {}, "networks"),
        (3, {}, "networks"),
        ([3], {}, "networks[0]"),
        ([QUADRICS[0], rc.ConvAC.stack(4, 2, 2, 2)], {}, "networks[1]"),
        (QUADRICS, {"columns": ["dimnsion"]}, "columns"),
        (QUADRICS, {"columns": ["_fields"]}, "columns"),
        (QUADRICS, {"columns": "dimension"}, "columns"),
        (QUADRICS, {"row_side": "left"}, "row_side"),
        ([rc.ConvAC.stack(4, 2, 2, 2)], {}, "row_side"),
        (QUADRICS, {"question": "dimensions of all"}, "NAME"),
        ("head-size", {"question": "dimension"}, "question"),
        ("no-family", {}, "NAME"),
    ],
)
def test_bad_input_is_refused_before_any_work(networks, options, argument, monkeypatch):
    monkeypatch.setattr("proofs_check.objects.run_sweep", None)
    with pytest.raises(rc.InputError) as caught:
        table(networks, **options)
    assert caught.value.argument == argument


def test_every_format_has_the_same_cells(tmp_path):
    made = table(QUADRICS, ["widths", "dimension"])
    check_every_format(tmp_path, made.write, rows=len(QUADRICS))


# ---- of anything else


def test_results_make_a_table_of_their_attributes():
    spectra = [rc.kernels.kernel_spectrum(rc.kernels.hamming(n), [n - 2 * d for d in range(n + 1)]) for n in (2, 3)]
    made = table(spectra, ["rank", ("semidefinite", "is_psd"), ("half", lambda each: each.rank.lower / 2)])
    assert all(isinstance(cell, Bounds) for cell in made.shown["rank"])
    assert made.frame.values.tolist() == [[2, True, 1.0], [3, True, 1.5]]
    assert made.notes[0] == "2 rows: 2 proved"


def test_dictionaries_numbers_and_rows_make_tables():
    made = table([{"n": 2, "text": "a"}, {"n": 3, "text": None}], ["text", ("square", lambda each: each["n"] ** 2)])
    assert made.frame["square"].tolist() == [4, 9]
    assert made.frame["text"].isna().tolist() == [False, True]
    assert table(range(3), {"n": int, "even": lambda n: n % 2 == 0}).frame["even"].tolist() == [True, False, True]
    assert table(pd.DataFrame({"x": [1, 2], "y": [3, 4]}), ["y"]).frame.values.tolist() == [[3], [4]]


@pytest.mark.parametrize(
    ("things", "columns", "options", "said"),
    [
        ([object()], ["size"], {}, "columns is 'size', but it must be an attribute of the object"),
        ([{"n": 1}], ["m"], {}, "columns is 'm', but it must be one of n"),
        ([1], [], {}, "columns is .*at least one column"),
        ([1], [("a", 3)], {}, "columns is .*a list of names"),
        ([1], ["real", "real"], {}, "columns is 'real', but it must be a heading that comes once"),
        ([1], ["real"], {"row_sides": "left"}, "row_sides is 'left', but it must be left out"),
        ([rc.PolynomialNetwork((2, 3, 1), 2)], ["with_width"], {}, "columns is 'with_width', but.*without arguments"),
    ],
)
def test_what_a_column_may_be(things, columns, options, said):
    with pytest.raises(rc.InputError, match=said):
        table(things, columns, **options)


def test_a_table_prints_itself():
    text = repr(table(QUADRICS, ["widths", "dimension"]))
    assert "│ (2, 1, 1) │ 2 (proved) │" in text
    assert "\x1b" not in text
    assert "write(FILE) writes all of them" in repr(table(range(200), {"n": int}))
    assert "kileel2019.unimodal" in repr(rc.verify(["kileel2019.unimodal"]))


# ---- options of families


def test_options_are_read_as_on_the_command_line():
    assert table("overlaps", windows=2, grid="4x4").frame["lower"].tolist() == [2, 32]
    assert table("overlaps", windows=["2"], grid=[(4, 4)], partition="0,1").frame["lower"].tolist() == [2, 4]
    one, listed = table("head-size", sizes="2").frame, table("head-size", sizes=[2]).frame
    assert one["label"].tolist() == listed["label"].tolist()


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("overlaps", {"grid": (4, 4)}, r"grid is 4, but it must be a list, such as \(4, 4\)"),
        ("overlaps", {"family": "stak"}, "family is 'stak', but it must be one of .*did you mean stack"),
        ("overlaps", {"border": "clp"}, "border is 'clp', but it must be one of .*did you mean clip"),
        ("head-size", {"sizes": 2.5}, "sizes is 2.5, but it must be a list, with entries such as 2"),
        ("head-size", {"sizes": {3}}, r"sizes is \{3\}, but it must be a list, with entries such as 2"),
        ("head-size", {"sizes": [2.5]}, "sizes is 2.5, but it must be an integer, such as 2"),
        ("head-size", {"seed": 2.5}, "seed is 2.5, but it must be an integer, such as 0"),
        ("head-size", {"seed": "a"}, "seed is 'a', but it must be an integer"),
        ("training", {"step": "x"}, "step is 'x', but it must be an integer of at least 0"),
        ("dimensions", {"biases": "yes", "ranges": "2"}, "biases is 'yes', but it must be True or False"),
    ],
)
def test_options_of_another_kind_are_refused(name, options, said):
    with pytest.raises(rc.InputError, match=said):
        table(name, **options)
