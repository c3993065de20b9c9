"""Architectures as people write them: files with any separator, lists in any form, columns of any name, claims."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import InputError, PolynomialNetwork
from proofs_check.families import dimensions
from proofs_check.families._csv import read_csv
from proofs_check.words import integers, is_integers
from tests.properties import examples

FORMS = {
    "spaces": " ".join,
    "commas": ",".join,
    "semicolons": ";".join,
    "tuple": lambda words: f"({', '.join(words)})",
    "short tuple": lambda words: f"({','.join(words)},)",
    "list": lambda words: f"[{', '.join(words)}]",
    "set": lambda words: f"{{{','.join(words)}}}",
    "hyphens": "-".join,
    "spaced hyphens": " - ".join,
    "times": "x".join,
    "arrows": " -> ".join,
    "dashes": "–".join,
}
WIDTHS = st.lists(st.integers(1, 60), min_size=2, max_size=6)


@examples(200)
@given(WIDTHS, st.sampled_from(sorted(FORMS)))
def test_every_form_is_read(widths, form):
    word = FORMS[form](list(map(str, widths)))
    assert integers("widths", word) == widths
    assert integers("widths", f"  {word} ") == widths
    assert integers("widths", word.split(" ")) == widths
    assert is_integers(word)


@pytest.mark.parametrize("word", ["2 -3 1", "2-3,1", "(2,3,1", "2,3]", "2.5 1", "(2,3)(1)", "2,,3", "x", "[2, 3, 1)"])
def test_what_is_no_list_is_refused(word):
    if word in ("2,,3", "2 -3 1"):  # as ever: two integers; and a negative one, which the network refuses
        assert 3 in map(abs, integers("widths", word))
        return
    with pytest.raises(InputError, match=r"such as 2 3 1, 2,3,1, \(2, 3, 1\), \[2, 3, 1\] or 2-3-1"):
        integers("widths", word)


@pytest.mark.parametrize(
    "words", [["(2,3,1)"], ["2,3,1"], ["2-3-1"], ["[2, 3, 1]"], ["(2,", "3,", "1)"], ["2", "3", "1"]]
)
def test_dimension_and_threshold_of_one_word(call, words):
    answer = call("dimension", *words, "--degree", 2, "--json")
    assert answer.results[0]["widths"] == [2, 3, 1]
    assert answer.results[0]["lower"] == 3
    assert call("threshold", *words, "--json").results[0]["label"] == "threshold:2-3-1"


def test_a_list_without_its_end_is_no_file(call):
    answer = call("dimension", "(2,3,1", "--degree", 2, "--json")
    assert (answer.status, answer.error["argument"]) == (2, "widths")


# ---- files


@st.composite
def files(draw):
    """A file of networks: its bytes, and what is in it."""
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    rows = draw(st.lists(st.tuples(WIDTHS, st.integers(1, 5), st.text("ab c", max_size=3)), min_size=1, max_size=4))
    form = FORMS[draw(st.sampled_from(sorted(FORMS)))]
    header = draw(st.sampled_from([("widths", "degree", "note"), ("Widths", "DEGREE", "note; or, what")]))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=draw(st.sampled_from(["\n", "\r\n"])))
    writer.writerow(header)
    writer.writerows((form(list(map(str, widths))), degree, note) for widths, degree, note in rows)
    return text.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))), rows


@examples(150)
@given(files())
def test_every_separator_and_form_in_a_file(tmp_path_factory, file):
    content, rows = file
    path = tmp_path_factory.mktemp("files") / "in.csv"
    path.write_bytes(content)
    found = dimensions.instances(source=path)
    assert [(each["widths"], each["degree"]) for each in found] == [(widths, degree) for widths, degree, _ in rows]
    assert [list(each["cells"].values())[2] for each in found] == [note for *_, note in rows]


def test_lists_in_brackets_need_no_quotes(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text('n,widths,degree\n1,(2, 3, 1),2\n2,[2,4,1],3\n3,"(2, 5, 1)",2\n')
    header, rows = read_csv(path)
    assert header == ["n", "widths", "degree"]
    assert [row["widths"] for row in rows] == ["(2, 3, 1)", "[2,4,1]", "(2, 5, 1)"]
    path.write_text("widths,degree\n2,3,1,2\n")
    with pytest.raises(InputError, match=r"row 1 .* in quotes or brackets"):
        read_csv(path)


def test_quotes_after_a_space_are_quotes(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text('widths, degree\n"(2, 3, 1)", 2\n2, "3"\n')
    assert [list(row.values()) for row in read_csv(path)[1]] == [["(2, 3, 1)", "2"], ["2", "3"]]


def test_the_line_for_excel_is_no_header(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("sep=;\nwidths;degree\n2 3 1;2\n")
    assert read_csv(path)[0] == ["widths", "degree"]


@pytest.mark.parametrize(
    "names", [("d_0", "d_1", "d_2", "d_3"), ("W1", "W2", "W3", "W4"), ("layer 0", "layer 1", "layer 2", "layer 3")]
)
def test_one_column_a_layer(tmp_path, names):
    path = tmp_path / "in.csv"
    path.write_text(f"{','.join(names)},degree\n2,3,1,,2\n2,3,2,1,2\n")
    assert [each["widths"] for each in dimensions.instances(source=path)] == [[2, 3, 1], [2, 3, 2, 1]]
    path.write_text(f"{','.join(names)},degree\n2,,1,3,2\n")
    with pytest.raises(InputError, match=r"row 1, column .*only the last columns are empty"):
        dimensions.instances(source=path)


def test_layers_are_in_the_order_of_their_numbers(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("degree,d_2,d_0,d_1,n_7\n2,1,2,3,9\n")
    (found,) = dimensions.instances(source=path)
    assert found["widths"] == [2, 3, 1]


def test_columns_of_other_names(call, tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("architecture;in;mid;out;r;bias\n2-3-1;2;4;1;2;yes\n")
    told = ("--degree-column", "R", "--biases-column", "bias", "--output", output)
    assert call("table", "dimensions", "--from", source, "--widths-column", "Architecture", *told).status == 0
    (row,) = csv.DictReader(output.read_text().splitlines())
    assert (row["architecture"], row["label"]) == ("2-3-1", "pnn:2-3-1:r2:b")
    assert call("table", "dimensions", "--from", source, "--widths-column", "in,mid,out", *told).status == 0
    assert next(csv.DictReader(output.read_text().splitlines()))["label"] == "pnn:2-4-1:r2:b"


def test_a_table_of_another_file_is_resumed(call, tmp_path, monkeypatch):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("architecture;r;Seed;d\n2-3-1;2;3;3\n(2,4,1);2;;3\n")
    told = ("--widths-column", "architecture", "--degree-column", "r", "--compare", "d", "--output", output)
    assert call("table", "dimensions", "--from", source, *told).status == 0
    first = output.read_text()
    monkeypatch.setattr(PolynomialNetwork, "dimension", None)
    answer = call("table", "dimensions", "--from", source, *told, "--resume")
    assert answer.status == 0
    assert "2 of 2 rows taken" in answer.stderr
    assert output.read_text() == first


# ---- claims


@pytest.fixture
def claims(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("widths;degree;dim\n2-3-2-1;2;6\n2-3-1;2;3\n2-4-1;2;3.0\n2-5-1;2;\n")
    return source


def test_what_differs_is_marked_and_counted(call, claims, tmp_path):
    answer = call("table", "dimensions", "--from", claims, "--compare", "Dim")
    assert answer.status == 1
    assert answer.stderr.count("differs") == 1
    assert "row 1 differs: pnn:2-3-2-1:r2: dim is 6, dimension 5 (proved)" in " ".join(answer.stderr.split())
    assert "2 agree, 1 differ, 1 claim nothing" in answer.stdout
    assert [line.count("≠") for line in answer.stdout.splitlines() if "(2, 3, 2, 1)" in line] == [1]
    output = tmp_path / "out.csv"
    assert call("table", "dimensions", "--from", claims, "--compare", "dim", "--output", output).status == 1
    assert [row["agrees"] for row in csv.DictReader(output.read_text().splitlines())] == ["False", "True", "True", ""]
    found = call("table", "dimensions", "--from", claims, "--compare", "dim", "--json")
    assert found.status == 1
    assert [each["agrees"] for each in json.loads(found.stdout)["results"]] == [False, True, True, None]


def test_claims_that_are_right_end_well(call, claims):
    claims.write_text("widths;degree;dim\n2-3-1;2;3\n")
    assert call("table", "dimensions", "--from", claims, "--compare", "dim").status == 0


@pytest.mark.parametrize(
    ("lower", "upper", "grade", "claim", "agrees"),
    [
        (3, 5, "inconclusive", 4, None),
        (3, 5, "inconclusive", 6, False),
        (3, 5, "inconclusive", 2, False),
        (3, 5, "probable", 3, True),
        (3, 5, "probable", 4, False),
        (3, 3, "proved", 3, True),
        (3, 3, "proved", None, None),
    ],
)
def test_a_claim_is_judged_by_what_is_known(lower, upper, grade, claim, agrees):
    row = {"lower": lower, "upper": upper, "grade": grade, "log2_error": -64.0 if grade == "probable" else None}
    instance = {"widths": [2, 3, 1], "cells": {}, "compared": "d", "claimed": claim}
    assert dimensions.joined(instance, row)["agrees"] is agrees


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (["--compare", "nothing"], "--compare"),
        (["--widths-column", "nothing"], "--widths-column"),
        (["--widths-column", "widths,widths"], "--widths-column"),
        (["--degree-column", "nothing"], "--degree-column"),
        (["--biases-column", "nothing"], "--biases-column"),
        (["--compare", "widths"], "row 1, column widths"),
    ],
)
def test_bad_columns_are_refused_before_the_work(call, claims, monkeypatch, words, argument):
    monkeypatch.setattr(PolynomialNetwork, "dimension", None)
    answer = call("table", "dimensions", "--from", claims, *words, "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


@pytest.mark.parametrize("option", ["--compare", "--widths-column", "--degree-column", "--biases-column"])
def test_columns_without_a_file_are_refused(call, option):
    answer = call("table", "dimensions", 2, 3, 1, "--degree", 2, option, "x", "--json")
    assert (answer.status, answer.error["argument"]) == (2, option)


def test_what_is_accepted_is_said(call, tmp_path):
    shown = " ".join(call("table", "dimensions", "--help").stdout.split())
    for part in ("semicolons", "(2, 3, 1)", "2-3-1", "--compare", "d_0"):
        assert part in shown
    source = tmp_path / "in.csv"
    source.write_text("architecture;r\n2-3-1;2\n")
    message = call("table", "dimensions", "--from", source).stderr
    for part in ("widths", "d_0, d_1", "--widths-column", "its columns are architecture, r"):
        assert part in message
