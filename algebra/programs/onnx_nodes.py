"""Nodes of ONNX files: their attributes, and how one that cannot be read is named, with what to do about it."""

from __future__ import annotations

from typing import Any

from algebra.errors import InputError

WRITTEN_OUT = "write the layer in plain Python instead, or leave it out"

ADVICE = {
    "Erf": "use the GELU with tanh (approximate='tanh'): erf has no exact counterpart here",
    "Gelu": "export it with approximate='tanh': erf has no exact counterpart here",
    "Log": "a program has no logarithm: give the network without it, as logits say, which lose nothing",
    "LogSoftmax": "give the network without it: Softmax, or the logits",
    "Softplus": "a program has no logarithm: use Silu or Relu",
    "Mish": "a program has no logarithm: use Silu",
    "Sin": "frequencies that are constant may be folded; else use rotary positions, which are products",
    "Cos": "frequencies that are constant may be folded; else use rotary positions, which are products",
    "LSTM": "unroll it: a few steps in plain Python, with sigmoid and tanh",
    "GRU": "unroll it: a few steps in plain Python, with sigmoid and tanh",
    "RNN": "unroll it: a few steps in plain Python, with tanh",
    "If": "export the branch that is taken: a program has no control flow",
    "Loop": "unroll it: a program has no control flow",
    "Scan": "unroll it: a program has no control flow",
    "Einsum": "write it as MatMul and Transpose",
    "Where": "choose by a mask that is constant, or write it with Relu",
    "TopK": "leave it out: what it chooses depends on the input",
    "ArgMax": "leave it out: what it chooses depends on the input",
    "NonZero": "leave it out: its shape depends on the input",
    "RandomNormalLike": "export the network after training: nothing is drawn then",
    "RandomUniformLike": "export the network after training: nothing is drawn then",
}
"""What to do about operations that are met, and not read."""


def place(node: Any) -> str:
    """Name a node."""
    return f"node {node.name or node.output[0]} ({node.op_type})"


def refusal(node: Any, allowed: str) -> InputError:
    """Return the error that names a node, what is allowed, and what to do."""
    return InputError(place(node), node.op_type, f"{allowed}; {ADVICE.get(node.op_type, WRITTEN_OUT)}")


def attributes(node: Any) -> dict[str, Any]:
    """Return the attributes of a node; tensors as arrays, texts as texts."""
    from onnx import helper, numpy_helper

    found = {}
    for each in node.attribute:
        value = helper.get_attribute_value(each)
        value = numpy_helper.to_array(value) if hasattr(value, "raw_data") else value
        found[each.name] = value.decode() if isinstance(value, bytes) else value
    return found
