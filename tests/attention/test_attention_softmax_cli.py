"""The commands `rank softmax`, `attention representable` and `attention canonical`."""

import json

import pytest

from algebra.evidence import Certificate


@pytest.fixture
def file(tmp_path):
    def write(*objects, name=None):
        path = tmp_path / (name or ("given.json" if len(objects) == 1 else "given.jsonl"))
        path.write_text("\n".join(map(json.dumps, objects)))
        return path

    return write


TENTHS = [[f"{i}/10"] for i in range(12)]
FLOATS = [[i / 10] for i in range(12)]
P = [["1/2", "1/3"], ["1/2", "2/3"]]
CIRCULANT = [["1/2", "1/6", "1/3"], ["1/3", "1/2", "1/6"], ["1/6", "1/3", "1/2"]]


def test_rank_softmax(call, file, tmp_path):
    target = tmp_path / "certificate.json"
    answer = call("rank", "softmax", file({"keys": TENTHS, "queries": TENTHS}), "--certificate", target, "--json")
    (result,) = answer.results
    assert answer.status == 0
    assert (result["lower"], result["upper"], result["grade"]) == (12, 12, "proved")
    assert (result["distinct_keys"], result["numeric"], result["certificate"]) == (12, None, str(target))
    assert result["label"].startswith("softmax:12x12:")
    assert Certificate.read(target).check().valid
    assert call("check", target).status == 0


def test_rank_softmax_of_floats_is_numeric(call, file):
    path = file({"keys": FLOATS, "queries": FLOATS})
    (result,) = call("rank", "softmax", path, "--json").results
    assert (result["grade"], result["upper"]) == ("numeric", None)
    assert result["lower"] < 12
    assert set(result["numeric"]) == {"tolerance", "sigma_k", "sigma_next", "gap", "dtype", "backend", "note"}
    (exact,) = call("rank", "softmax", path, "--exact-floats", "--json").results
    assert (exact["lower"], exact["upper"], exact["grade"]) == (12, 12, "proved")
    assert "sigma_k" in call("rank", "softmax", path).stdout
    (logits,) = call("rank", "softmax", file({"logits": [[0.5, 1.5], [2.5, 0.5]]}), "--json").results
    assert (logits["lower"], logits["grade"]) == (2, "numeric")


def test_rank_softmax_of_many(call, file):
    path = file({"logits": [[0, 0], [0, 1]]}, {"keys": [[1]], "queries": [[1, 2]]}, {"keys": [[1]], "queries": [[2]]})
    answer = call("rank", "softmax", path, "--json")
    assert answer.status == 1
    assert [result.get("lower") for result in answer.results] == [2, None, 1]
    assert answer.results[1]["error"]["argument"] == "queries"
    text = call("rank", "softmax", path).stdout
    assert "rank" not in text.splitlines()[0]
    assert "2 (proved)" in text


def test_rank_softmax_for_people(call, file):
    text = call("rank", "softmax", file({"keys": [[0], [1], [1]], "queries": [[0], [1]]})).stdout
    assert "rank 2 (proved)" in text
    assert "distinct keys" in text
    assert "residue-minor" in text


def test_representable(call, file):
    answer = call("attention", "representable", file({"P": P, "head_size": 0}), "--weights", "--json")
    (result,) = answer.results
    assert (result["representable"], result["min_head_size"], result["grade"]) == (True, 1, "proved")
    assert (result["fits"], result["every_matrix_from"], result["published_threshold"]) == (False, 1, 2)
    assert result["weights"] == {
        "head_size": 1,
        "W_k X": [["0", "1"]],
        "W_q X": [["0", "log(2)"]],
        "W_q X times": "1",
    }
    assert result["witness"]["determinant"] == "log(2)"
    text = call("attention", "representable", file({"P": CIRCULANT}), "--weights").stdout
    assert "least head size 2 (proved)" in text
    assert "W_q X times: sqrt(2)" in text


def test_not_representable(call, file):
    (result,) = call("attention", "representable", file({"P": P, "X": [[1, 0]]}), "--weights", "--json").results
    assert (result["representable"], result["min_head_size"], result["weights"]) == (False, None, None)
    assert (result["grade"], result["lower"], result["witness"]) == ("proved", None, None)
    assert "least head size none (proved)" in call("attention", "representable", file({"P": P, "X": [[1, 0]]})).stdout


def test_representable_of_logits_masks_and_pairs(call, file):
    eye = [[1, 0], [0, 1]]
    path = file(
        {"logits": [[0, 1], [1, "1/2"]], "X": eye},
        {"P": [["1", "1/2"], ["0", "1/2"]], "mask": "causal"},
        {"pairs": [{"X": eye, "logits": [[0, 1], [1, 0]]}, {"X": eye, "logits": [[0, 1], [1, 1]]}]},
        {"P": P, "X": None},
    )
    results = call("attention", "representable", path, "--json").results
    assert [result["representable"] for result in results] == [True, True, False, True]
    assert [result["min_head_size"] for result in results] == [1, 0, None, 1]


def test_representable_of_floats(call, file):
    path = file({"P": [[0.5, 0.3], [0.5, 0.7]], "head_size": 1})
    (result,) = call("attention", "representable", path, "--json").results
    assert (result["grade"], result["min_head_size"], result["fits"]) == ("numeric", 1, True)
    assert result["numeric"]["backend"] == "numpy"
    refused = call("attention", "representable", path, "--exact-floats", "--json")
    assert refused.status == 2  # 0.3 + 0.7 is not 1 in binary fractions
    (result,) = call(
        "attention", "representable", file({"logits": [[0.5, 0.25], [1, 0]]}), "--exact-floats", "--json"
    ).results
    assert (result["grade"], result["min_head_size"]) == ("proved", 1)


BAD = [
    ({"P": [["1/2", "1/2"], ["1/3", "2/3"]]}, "P"),
    ({"P": [["1", "1/2"], ["0", "1/2"]]}, "P[1][0]"),
    ({"P": P, "mask": [[1, 0], [1, 1]]}, "true_means"),
    ({"P": P, "logits": [[1]]}, "FILE"),
    ({}, "FILE"),
    ({"P": P, "x": 1}, "x"),
    ({"P": P, "head_size": -1}, "head_size"),
    ({"P": [[0.5, 0.3], [0.5, 0.7]], "X": [[1, 0], [0, 1]]}, "P"),
    ({"pairs": [{"P": P}]}, "pairs[0]"),
    ({"pairs": []}, "pairs"),
    ({"P": 3}, "P"),
    ({"P": [[True]]}, "P[0][0]"),
]


@pytest.mark.parametrize(("given", "argument"), BAD)
def test_bad_matrices(call, file, given, argument):
    answer = call("attention", "representable", file(given), "--json")
    assert answer.status == 2
    assert answer.error["argument"] == argument


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"keys": [[1]]}, "FILE"),
        ({"keys": [[1]], "queries": [[1]], "logits": [[1]]}, "FILE"),
        ({"tokens": 1}, "tokens"),
    ],
)
def test_bad_tokens(call, file, given, argument):
    answer = call("rank", "softmax", file(given), "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


def test_no_certificate_of_floats_or_of_many(call, file, tmp_path):
    target = tmp_path / "certificate.json"
    many = file({"logits": [[1]]}, {"logits": [[1]]})
    for path in (file({"keys": FLOATS, "queries": FLOATS}), many):
        assert call("rank", "softmax", path, "--certificate", target, "--json").error["argument"] == "--certificate"
    assert not target.exists()


A = [[1, 1], [0, 1]]
HEADS = [{"A": A, "V": [[1, 0]]}, {"A": A, "V": [[-1, 0]]}, {"A": [[0, 1], [0, 0]], "V": [["1/2", 1]]}]


def test_canonical(call, file):
    (result,) = call("attention", "canonical", file({"heads": HEADS, "tokens": 3}), "--json").results
    assert (result["groups"], result["min_head_size"], result["min_heads"]) == (1, 1, 1)
    assert result["canonical"][0]["V"] == [["1/2", "1"]]
    assert (result["equal"], result["grade"]) == (None, "proved")
    assert "  1 group\n" in call("attention", "canonical", file({"heads": HEADS, "tokens": 3})).stdout


def test_two_layers(call, file):
    same = file({"heads": HEADS, "tokens": 3, "other": HEADS[2:]})
    (result,) = call("attention", "canonical", same, "--json").results
    assert (result["equal"], result["distinction"]) == (True, None)
    assert "the same function" in call("attention", "canonical", same).stdout
    different = file({"heads": HEADS, "tokens": 3, "other": HEADS[:1]})
    (result,) = call("attention", "canonical", different, "--json", "--seed", 5).results
    assert result["equal"] is False
    assert 0 < result["distinction"]["residue"] < result["distinction"]["prime"]
    assert "differ" in call("attention", "canonical", different).stdout

    many = file({"heads": HEADS, "other": [{"A": HEADS[0]["A"], "V": [[7, 7]]}], "tokens": 10**400})
    (result,) = call("attention", "canonical", many, "--json").results
    assert (result["equal"], result["distinction"]) == (False, None)
    assert "too many tokens to be written down" in call("attention", "canonical", many).stdout


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"heads": HEADS}, "tokens"),
        ({"tokens": 3}, "heads"),
        ({"heads": [], "tokens": 3}, "heads"),
        ({"heads": HEADS, "tokens": "3"}, "tokens"),
        ({"heads": HEADS, "tokens": 3, "other": [{"A": [[1]], "V": [[1]]}]}, "width"),
    ],
)
def test_bad_layers(call, file, given, argument):
    answer = call("attention", "canonical", file(given), "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


def test_batches_of_layers(call, file):
    answer = call("attention", "canonical", file({"heads": HEADS, "tokens": 2}, {"heads": 1, "tokens": 2}))
    assert answer.status == 1
    assert "1 group, head size" in answer.stdout
    assert "line 2" in answer.stdout


def test_truth_values_among_floats_are_refused(call, file):
    answer = call("rank", "softmax", file({"logits": [[1.5, True]]}), "--json")
    assert answer.status == 2
