"""`rankcert graph classify` and `rankcert table graphs`."""

import json

import pytest

from algebra.graphs import as_graph, circulant
from proofs_check.families.graphs import Atlas, evaluate, row_of
from proofs_check.tabulate import rows

CLASSES = ("discrete", "amenable", "compact", "godsil", "tinhofer", "refinable")

# of the acceptance, and others
KNOWN = {
    "EhEG": "nnyyyy",
    "EwCW": "nnyyyy",
    "FwCGg": "nnnnnn",
    "H{S{aSf": "nnnyyy",
    "IzKWWMBoW": "nnnnyy",
    "FhCGG": "nyyyyy",
    "Gr`HOk": "nnyyyy",
    "D~{": "nyyyyy",
    "?": "yyyyyy",
    "@": "yyyyyy",
    "E?Bw": "nyyyyy",
    ">>graph6<<EhEG": "nnyyyy",
}


def shown(result):
    return "".join({True: "y", False: "n", None: "?"}[result[name]["value"]] for name in CLASSES)


def test_several_words(call):
    answer = call("graph", "classify", *KNOWN, "--json")
    assert answer.status == 0
    assert [shown(result) for result in answer.results] == list(KNOWN.values())
    for result in answer.results:
        assert result["grade"] == "proved"
        assert all(result[name]["grade"] == "proved" and result[name]["by"] for name in CLASSES)


@pytest.mark.parametrize("bad", ["Ew!", "EhE", ":An", "&B_", "", " "])
def test_a_bad_word_does_not_take_the_others(call, bad):
    answer = call("graph", "classify", "EhEG", bad, "D~{", "--json")
    assert answer.status == 1
    first, wrong, last = answer.results
    assert (shown(first), shown(last)) == ("nnyyyy", "nyyyyy")
    assert wrong["word"] == bad
    assert wrong["error"]["argument"] == "graph"
    text = call("graph", "classify", "EhEG", bad, "D~{").stdout.splitlines()
    assert len(text) == 3
    assert text[1].startswith(f"{bad}: graph is ")


@pytest.mark.parametrize("bad", ["Ew!", "EhE", ":An"])
def test_a_single_bad_word(call, bad):
    answer = call("graph", "classify", bad, "--json")
    assert answer.status == 2
    assert answer.error["argument"] == "graph"
    assert answer.error["value"] == bad


def test_files(call, tmp_path):
    path = tmp_path / "graphs.jsonl"
    given = [
        {"graph": "EhEG"},
        {"graph": [[0, 1], [0, 0]]},
        {"graph": [[0, 1], [1, 0]], "colours": [0, 1]},
        {"graph": [[1]]},
        {"graph": [[0, 2], [2, 0]]},
        {"graph": "A_", "colours": [0]},
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in given))
    answer = call("graph", "classify", path, "--json")
    assert answer.status == 1
    assert shown(answer.results[0]) == "nnyyyy"
    assert shown(answer.results[2]) == "yyyyyy"
    messages = [answer.results[i]["error"]["message"] for i in (1, 3, 4, 5)]
    for part, message in zip(("symmetric", "loops", "multiple edges", "colours"), messages, strict=True):
        assert part in message


def test_reports(call):
    text = call("graph", "classify", "FwCGg").stdout
    assert "in none of the classes (proved)" in text
    assert "a cell is no orbit: 0 and 6" in text
    assert "condition A" in text
    text = call("graph", "classify", "IzKWWMBoW").stdout
    assert "0 5 | 1 2 3 4 6 7 8 9" in text
    assert "fractional vertex" in text


def test_certificates(call, tmp_path):
    path = tmp_path / "c10.json"
    assert call("graph", "classify", "IzKWWMBoW", "--certificate", path).status == 0
    assert "not compact, not Godsil, refinable" in call("check", path).stdout


def test_what_is_open_says_why(call):
    word = circulant(40, [1, 2, 5]).graph6
    (result,) = call("graph", "classify", word, "--json").results
    assert result["grade"] == "inconclusive"
    assert shown(result)[:3] == "nn?"
    assert "unknowns" in result["compact"]["evidence"]["says"]
    assert "open" in call("graph", "classify", word).stdout


def test_vertices_of_evidence_are_those_of_the_word(call):
    """The pair of C_3 + C_4, in every order of its vertices, is one of each cycle."""
    graph = as_graph("FwCGg")
    for shift in range(1, 7):
        moved = graph.relabelled([(v + shift) % 7 for v in range(7)])
        (result,) = call("graph", "classify", moved.graph6, "--json").results
        pair = result["refinable"]["evidence"]["pair"]
        assert sorted((v - shift) % 7 < 3 for v in pair) == [False, True]


# ---- the table


def test_the_tables_of_the_note():
    found = {row["n"]: row for row in rows("graphs", orders=[1, 4, 6], jobs=1)}
    assert [found[n]["graphs"] for n in (1, 4, 6)] == [1, 11, 156]
    assert [found[6][name] for name in CLASSES] == [8, 148, 156, 156, 156, 156]
    assert [found[6][f"connected_{name}"] for name in CLASSES] == [8, 105, 112, 112, 112, 112]
    assert (found[6]["pairs"], found[6]["cr_equal"], found[6]["cr_classes"]) == (12090, 4, 152)
    assert (found[6]["one_mark_equal"], found[6]["two_fwl_equal"], found[6]["largest_class"]) == (0, 0, 2)


def test_seven_vertices():
    (row,) = rows("graphs", orders=[7], jobs=1)
    assert (row["graphs"], row["connected"], row["pairs"], row["cr_equal"]) == (1044, 853, 544446, 22)
    assert [row[name] for name in CLASSES] == [152, 1000, 1042, 1042, 1042, 1042]
    assert (row["one_mark_equal"], row["two_fwl_equal"], row["cr_classes"]) == (0, 0, 1022)
    assert len(row["listed"]["not refinable"]) == 2


@pytest.mark.slow
def test_eight_vertices():
    (row,) = rows("graphs", orders=[8], jobs=1)
    assert [row[name] for name in CLASSES] == [3696, 11892, 12315, 12315, 12315, 12315]
    assert (row["cr_equal"], row["cr_classes"], row["largest_class"]) == (350, 12095, 8)
    assert (row["one_mark_equal"], row["two_fwl_equal"]) == (0, 0)


def test_an_interrupted_search_has_the_rows_that_are_whole():
    atlas = Atlas((3, 4), 0)
    parts = atlas.pending()
    assert [each["order"] for each in parts] == [3] * 4 + [4] * 7
    assert not atlas.pending()
    for instance in parts[:-1]:
        atlas.receive(instance, evaluate(instance))
    assert [row["n"] for row in atlas.rows()] == [3]
    assert (atlas.result()["complete"], atlas.result()["finished_parts"]) == (False, 10)
    atlas.receive(parts[-1], evaluate(parts[-1]))
    assert atlas.rows()[1]["graphs"] == 11
    assert atlas.result()["complete"]
    assert len({atlas.key(instance) for instance in parts}) == len(parts)


def test_rows_add_up():
    parts = [evaluate({"order": 4, "size": m, "seed": 0}) for m in range(7)]
    row = row_of(4, parts, 0)
    assert (row["graphs"], row["connected"], row["pairs"], row["open"], row["grade"]) == (11, 6, 55, 0, "proved")


@pytest.mark.parametrize("order", ["0", "10", "x"])
def test_numbers_that_there_are_not(call, order):
    answer = call("table", "graphs", order, "--json")
    assert answer.status == 2


def test_sweeps_and_tables_say_what_they_found(call):
    text = call("table", "graphs", 7, "--jobs", 1).stdout
    assert "not refinable" in text
    assert "2-FWL tells all these graphs apart" in text
    assert "4 of 4 parts" in call("sweep", "graphs", 3, "--jobs", 1).stdout


def test_named_graphs():
    found = {
        row["name"]: row for row in rows("graph-classes", names=["cube", "prism-6", "frucht", "karate-club"], jobs=1)
    }
    shown_rows = {
        name: "".join("n?y"[[False, None, True].index(row[each])] for each in CLASSES) for name, row in found.items()
    }
    assert shown_rows == {"cube": "nnyyyy", "prism-6": "nnnnyy", "frucht": "nnnnnn", "karate-club": "nyyyyy"}


@pytest.mark.parametrize(("order", "count"), [(6, 7), (7, 3), (8, 11), (9, 7)])
def test_circulants_are_compact(order, count):
    """Section 5.5 of the note: 7, 3, 11, 7 circulants with an edge on 6, 7, 8, 9 vertices."""
    found = rows("graph-classes", circulants=order, jobs=1)
    assert len(found) == count
    assert all(row["compact"] is True for row in found)


@pytest.mark.slow
def test_every_named_graph_is_settled():
    found = {row["name"]: row for row in rows("graph-classes", jobs=1)}
    assert {row["grade"] for row in found.values()} == {"proved"}
    assert {name for name, row in found.items() if row["compact"]} == {"cube", "prism-5", "karate-club"}
    not_compact = {"rook-3x3", "rook-3x4", "paley-13", "petersen", "heawood", "moebius-kantor", "pappus", "desargues"}
    assert {name for name, row in found.items() if row["godsil"] and not row["compact"]} == not_compact
    assert {name for name, row in found.items() if row["refinable"] and not row["tinhofer"]} == {"shrikhande"}


@pytest.mark.parametrize("words", [["nobody"], ["--circulants", "2"], ["--circulants", "13"]])
def test_graphs_that_there_are_not(call, words):
    assert call("table", "graph-classes", *words, "--json").status == 2
