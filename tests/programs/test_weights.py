"""Weights and data from files of four kinds: the same exact numbers."""

import json

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.programs.weights import read_weights
from proofs_check.families.relu import network_of

NETWORK = network_of([2, 3, 1])
GENERATOR = np.random.default_rng(5)
WEIGHTS = {name: GENERATOR.normal(size=shape).astype(np.float32) for name, shape in NETWORK.parameters.items()}
DATA = {"x": GENERATOR.normal(size=(60, 2))}


def expected():
    weights = {name: array.tolist() for name, array in WEIGHTS.items()}
    return NETWORK.dimension_at(weights, {"x": DATA["x"].tolist()}).bounds


def written(folder, suffix):
    path = folder / f"weights{suffix}"
    if suffix == ".npz":
        np.savez(path, **WEIGHTS)
    elif suffix == ".json":
        path.write_text(json.dumps({name: array.tolist() for name, array in WEIGHTS.items()}))
    elif suffix == ".safetensors":
        pytest.importorskip("safetensors.numpy").save_file(WEIGHTS, path)
    else:
        onnx = pytest.importorskip("onnx")
        tensors = [onnx.numpy_helper.from_array(array, name) for name, array in WEIGHTS.items()]
        graph = onnx.helper.make_graph([], "weights", [], [], tensors)
        path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    return path


@pytest.mark.parametrize("suffix", [".npz", ".json", ".safetensors", ".onnx"])
def test_every_kind_of_file(suffix, tmp_path, call):
    weights, data = written(tmp_path, suffix), tmp_path / "data.npz"
    np.savez(data, **DATA)
    (tmp_path / "network.json").write_text(json.dumps(NETWORK.to_json()))
    answer = call("program", tmp_path / "network.json", "--values", weights, "--data", data, "--json")
    assert answer.status == 0
    (result,) = answer.results
    assert result["at"] == "given"
    assert (result["lower"], result["upper"]) == (expected().lower, expected().upper)


def test_others_are_left_out_and_missing_ones_are_named(tmp_path):
    np.savez(tmp_path / "w.npz", a=[1, 2], b=[0.5])
    assert read_weights(tmp_path / "w.npz", ["b"]) == {"b": [0.5]}
    with pytest.raises(InputError, match=r"the array c; it has a, b"):
        read_weights(tmp_path / "w.npz", ["a", "c"])


@pytest.mark.parametrize("name", ["w.npz", "w.json", "w.safetensors", "w.onnx"])
@pytest.mark.parametrize("text", [None, "", "[1, 2", "[]"])
def test_bad_files(name, text, tmp_path):
    if name.endswith(".safetensors"):
        pytest.importorskip("safetensors")
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError):
        read_weights(tmp_path / name, ["a"])


def test_weights_without_data(tmp_path, call):
    (tmp_path / "network.json").write_text(json.dumps(NETWORK.to_json()))
    answer = call("program", tmp_path / "network.json", "--values", written(tmp_path, ".json"), "--json")
    assert answer.status == 2
    assert "values and data belong together" in str(answer.error)
