"""ONNX files: every operation gives what ONNX's own reference gives, and networks have their dimension."""

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

from algebra.errors import InputError  # noqa: E402
from algebra.programs.onnx_files import HANDLERS, read_onnx  # noqa: E402
from tests.programs.numpy_steps import evaluated  # noqa: E402


def model(nodes, inputs, outputs, weights, opset=18):
    """A model; `nodes` as (op, inputs, outputs, attributes)."""
    made = [helper.make_node(op, of, to, name=f"{op}/{i}", **keys) for i, (op, of, to, keys) in enumerate(nodes)]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()]
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    held = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph(made, "network", values, results, held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def floats(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).uniform(0.5, 1.5, shape).astype(np.float32)


def integers(*values):
    return np.array(values, np.int64)


# op, inputs (shape, weights or integers), attributes
OPERATIONS = [
    ("Abs", [(2, 3)], {}), ("Add", [(2, 3), floats(3)], {}), ("Cast", [(2, 3)], {"to": TensorProto.FLOAT}),
    ("BatchNormalization", [(2, 3, 4), floats(3), floats(3), floats(3), floats(3)], {}),
    ("Concat", [(2, 3), floats(2, 2)], {"axis": 1}),
    ("Conv", [(1, 2, 5), floats(3, 2, 2)], {}),
    ("Conv", [(1, 2, 5, 4), floats(4, 1, 2, 3), floats(4)], {"pads": [1, 0, 0, 2], "strides": [2, 1], "group": 2}),
    ("Conv", [(2, 2, 6), floats(2, 2, 2)], {"dilations": [2], "pads": [1, 1]}),
    ("Div", [(2, 3), floats(3)], {}), ("Dropout", [(2, 3)], {}), ("Exp", [(2, 3)], {}), ("Flatten", [(2, 3, 2)], {}),
    ("Gather", [(2, 3), integers(2, 0)], {"axis": 1}), ("Gather", [(2, 3), integers(-1)], {}),
    ("Gemm", [(2, 3), floats(4, 3), floats(4)], {"transB": 1}),
    ("Gemm", [(3, 2), floats(3, 4), floats(4)], {"transA": 1, "alpha": 0.5, "beta": 2.0}),
    ("Identity", [(2, 3)], {}), ("LayerNormalization", [(2, 3), floats(3), floats(3)], {"axis": -1}),
    ("LeakyRelu", [(2, 3)], {"alpha": 0.25}), ("MatMul", [(2, 3), floats(3, 2)], {}),
    ("Max", [(2, 3), floats(3)], {}), ("Min", [(2, 3), floats(3)], {}), ("Mul", [(2, 3), floats(3)], {}),
    ("Neg", [(2, 3)], {}), ("Pow", [(2, 3), np.float32(2)], {}), ("Pow", [(2, 3), np.float32(0.5)], {}),
    ("Reciprocal", [(2, 3)], {}), ("ReduceMean", [(2, 3), integers(1)], {"keepdims": 0}),
    ("ReduceSum", [(2, 3), integers(-1)], {}), ("ReduceSum", [(2, 3)], {"keepdims": 0}), ("Relu", [(2, 3)], {}),
    ("Reshape", [(2, 3), integers(0, -1, 1)], {}), ("Sigmoid", [(2, 3)], {}),
    ("Slice", [(2, 5), integers(1), integers(5), integers(1), integers(2)], {}),
    ("Slice", [(2, 5), integers(0, -3), integers(1, 9)], {}),
    ("Softmax", [(2, 3)], {"axis": 0}), ("Split", [(2, 5), integers(2, 3)], {"axis": 1}), ("Sqrt", [(2, 3)], {}),
    ("Squeeze", [(1, 3, 1), integers(0)], {}), ("Sub", [(2, 3), floats(3)], {}), ("Sum", [(2, 3), floats(3)], {}),
    ("Tanh", [(2, 3)], {}), ("Transpose", [(2, 3, 4)], {"perm": [2, 0, 1]}), ("Transpose", [(2, 3)], {}),
    ("Unsqueeze", [(2, 3), integers(0, -1)], {}),
    ("AveragePool", [(1, 2, 5)], {"kernel_shape": [2], "strides": [2]}),
    ("AveragePool", [(1, 2, 4, 5)], {"kernel_shape": [2, 3], "pads": [1, 0, 0, 2], "strides": [1, 2]}),
    ("AveragePool", [(1, 1, 4)], {"kernel_shape": [2], "pads": [1, 1], "count_include_pad": 1}),
    ("Celu", [(2, 3)], {"alpha": 2.0}), ("Elu", [(2, 3)], {"alpha": 0.5}), ("Selu", [(2, 3)], {}),
    ("Clip", [(2, 3), np.float32(-0.5), np.float32(1)], {}), ("Clip", [(2, 3), np.float32(0.75)], {}),
    ("Expand", [(1, 3), integers(2, 1, 1)], {}), ("Gelu", [(2, 3)], {"approximate": "tanh"}),
    ("GlobalAveragePool", [(1, 2, 3, 2)], {}), ("GlobalMaxPool", [(1, 2, 3, 2)], {}),
    ("GroupNormalization", [(1, 4, 3), floats(4), floats(4, seed=1)], {"num_groups": 2}),
    ("HardSigmoid", [(2, 3)], {"alpha": 0.5, "beta": 0.25}), ("HardSwish", [(2, 3)], {}),
    ("InstanceNormalization", [(2, 3, 4), floats(3), floats(3, seed=1)], {}),
    ("MaxPool", [(1, 2, 5)], {"kernel_shape": [2]}),
    ("MaxPool", [(1, 2, 5, 6)], {"kernel_shape": [2, 3], "strides": [2, 1], "dilations": [2, 1]}),
    ("Mean", [(2, 3), floats(3), floats(3, seed=1)], {}), ("PRelu", [(2, 3), floats(3)], {}),
    ("Pad", [(2, 3), integers(1, 0, 0, 2)], {}), ("RMSNormalization", [(2, 3), floats(3)], {}),
    ("ReduceL2", [(2, 3), integers(1)], {}), ("ReduceMax", [(2, 3), integers(0)], {"keepdims": 0}),
    ("ReduceMax", [(2, 3)], {}), ("ReduceSumSquare", [(2, 3), integers(1)], {"keepdims": 0}),
    ("Swish", [(2, 3)], {"alpha": 0.5}),
]  # fmt: skip


SIGNED = (
    "Abs",
    "Relu",
    "LeakyRelu",
    "Celu",
    "Elu",
    "Selu",
    "Clip",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "PRelu",
    "Swish",
)
OPSETS = {"Swish": 24, "RMSNormalization": 23, "GroupNormalization": 21, "Gelu": 20}


@pytest.mark.parametrize("case", range(len(OPERATIONS)))
def test_operations_beside_the_reference(case):
    op, given, keys = OPERATIONS[case]
    if OPSETS.get(op, 18) > onnx.defs.onnx_opset_version():
        pytest.skip(f"this onnx is older than {op}")
    point, weights, names = {}, {}, []
    for i, each in enumerate(given):
        names.append(f"a{i}")
        if isinstance(each, tuple):
            point[f"a{i}"] = floats(*each, seed=7) * np.where(floats(*each, seed=8) > 1, 1, -1 if op in SIGNED else 1)
        else:
            weights[f"a{i}"] = np.asarray(each)
    outputs = ["y", "z"] if op == "Split" else ["y"]
    unknown = model(
        [(op, names, outputs, keys), ("Add", ["y", "w"], ["sum"], {})],
        {name: list(array.shape) for name, array in point.items()},
        ["sum", *outputs[1:]],
        {**weights, "w": floats(2, seed=9)[:1] * np.ones(2, np.float32)[:1]},
        OPSETS.get(op, 18),
    )
    expected = ReferenceEvaluator(unknown).run(None, {k: v.astype(np.float32) for k, v in point.items()})
    floating = [
        name
        for name, array in weights.items()
        if array.dtype.kind == "f" and op not in ("Pow", "BatchNormalization", "Clip")
    ]
    for unknowns in (["w"], ["w", *floating]):  # constants, and weights
        network = read_onnx(unknown, unknowns)
        found = evaluated(network.program, network.values, point)
        for a, b in zip(found, expected, strict=True):
            assert a.shape == b.shape
            assert np.allclose(a, b, rtol=1e-4, atol=1e-5)


def perceptron(activation="Relu"):
    nodes = [
        ("Gemm", ["x", "W1", "b1"], ["h"], {"transB": 1}),
        (activation, ["h"], ["a"], {}),
        ("Gemm", ["a", "W2", "b2"], ["y"], {"transB": 1}),
    ]
    weights = {"W1": floats(5, 2), "b1": floats(5), "W2": floats(1, 5, seed=3), "b2": floats(1)}
    return model(nodes, {"x": [1, 2]}, ["y"], weights)


def test_a_network_has_the_dimension_of_its_program(tmp_path):
    path = tmp_path / "network.onnx"
    onnx.save(perceptron(), path)
    network = read_onnx(path)
    assert str(network.program.dimension()) == "16 (proved)"  # 21 less a scaling for each neuron
    data = {"x": [[[x, y]] for x in (-2, -1, 0.5, 1) for y in (-1, 0.25, 2, 3)]}
    at = network.program.dimension_at(network.values, data)
    assert at.bounds.lower == at.bounds.upper


def test_unknown_operations_are_named():
    with pytest.raises(InputError, match=r"node Erf/1 \(Erf\)"):
        read_onnx(perceptron("Erf"))


REFUSED = {
    "Erf": ({}, [], "approximate='tanh'"),
    "Gelu": ({}, [], "approximate='tanh'"),
    "Log": ({}, [], "no logarithm"),
    "Softplus": ({}, [], "use Silu"),
    "LogSoftmax": ({}, [], "the logits"),
    "Sin": ({}, [], "rotary"),
    "ArgMax": ({}, [], "depends on the input"),
    "MaxPool": ({"kernel_shape": [2], "pads": [1, 1]}, [], "without pads"),
    "AveragePool": ({"kernel_shape": [2], "ceil_mode": 1}, [], "ceil_mode 0"),
    "Pad": ({"mode": "reflect"}, [integers(0, 0, 1, 0, 0, 1)], "with zeros"),
    "Pow": ({}, [np.float32(1.5)], "an integer, or 1/2"),
}


@pytest.mark.parametrize("op", REFUSED)
def test_what_is_refused_says_where_and_what_to_do(op):
    keys, held, advice = REFUSED[op]
    weights = {f"a{i}": np.asarray(each) for i, each in enumerate(held)}
    unknown = model([("Mul", ["x", "w"], ["h"], {}), (op, ["h", *weights], ["y"], keys)], {"x": [1, 2, 6]}, ["y"],
                    {**weights, "w": floats(6)}, 20)  # fmt: skip
    with pytest.raises(InputError, match=rf"node {op}/1 \({op}\)") as refused:
        read_onnx(unknown)
    assert advice in str(refused.value)


def test_softmax_of_old_opsets_is_over_all_later_axes():
    old = model([("Softmax", ["x"], ["s"], {}), ("Mul", ["s", "w"], ["y"], {})], {"x": [2, 3, 2]}, ["y"],
                {"w": floats(2)}, 11)  # fmt: skip
    network, point = read_onnx(old), {"x": floats(2, 3, 2, seed=4)}
    whole = np.exp(point["x"].reshape(2, 6))
    expected = (whole / whole.sum(axis=1, keepdims=True)).reshape(2, 3, 2) * floats(2)
    assert np.allclose(evaluated(network.program, network.values, point)[0], expected, rtol=1e-5)


@pytest.mark.parametrize("attribute", ["value_float", "value_int", "value_floats", "value"])
def test_constants_of_all_kinds(attribute):
    given = {"value_float": 2.0, "value_int": 2, "value_floats": [2.0, 3.0]}
    value = given.get(attribute, numpy_helper.from_array(floats(2)))
    unknown = model([("Constant", [], ["c"], {attribute: value}), ("Mul", ["w", "c"], ["d"], {}),
                     ("Mul", ["x", "d"], ["y"], {})], {"x": [2]}, ["y"], {"w": floats(2)})  # fmt: skip
    network, point = read_onnx(unknown), {"x": floats(2, seed=2)}
    number = given.get(attribute, floats(2))
    assert np.allclose(evaluated(network.program, network.values, point)[0], point["x"] * floats(2) * number)


def test_what_is_no_model_is_refused(tmp_path):
    path = tmp_path / "network.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(InputError, match="an ONNX model"):
        read_onnx(path)
    with pytest.raises(InputError, match="can be read"):
        read_onnx(tmp_path / "nowhere.onnx")
    with pytest.raises(InputError, match="one of W1, b1"):
        read_onnx(perceptron(), ["W3"])


def test_every_operation_is_tested():
    assert {op for op, _, _ in OPERATIONS} == set(HANDLERS)


def test_every_operation_is_documented():
    page = (Path(__file__).parents[2] / "docs/programs.md").read_text()
    listed = page.partition("These operations of ONNX are read:")[2].partition("\n\n")[0]
    assert set(listed.replace(".", "").replace(",", " ").split()) == set(HANDLERS)


MADE_BY_TORCH = {"perceptron": 10, "block": None, "convolution": None, "gated": None}


@pytest.mark.parametrize("name", MADE_BY_TORCH)
def test_files_made_by_torch(name):
    path = Path(__file__).parents[1] / f"data/onnx/{name}.onnx"
    network, model_of_file = read_onnx(path), onnx.load(path)
    point = {k: floats(*shape, seed=5) for k, shape in network.program.inputs.items()}
    expected = ReferenceEvaluator(model_of_file).run(None, point)
    for a, b in zip(evaluated(network.program, network.values, point), expected, strict=True):
        assert np.allclose(a, b, rtol=1e-3, atol=1e-4)
    bounds = network.program.dimension()
    assert 0 < bounds.lower <= bounds.upper <= network.program.count
    assert MADE_BY_TORCH[name] in (None, bounds.value)
