"""Nodes of ONNX files: their arrays and attributes, and how one that cannot be read is named, with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from algebra.errors import InputError
from algebra.programs.tracing import Trace, Traced

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


def refusal(node: Any, allowed: str, words: Iterable[str] = ()) -> InputError:
    """Return the error that names a node, what is allowed, and what to do; it suggests one of some kinds of nodes."""
    return InputError(place(node), node.op_type, f"{allowed}; {ADVICE.get(node.op_type, WRITTEN_OUT)}", words)


def attributes(node: Any) -> dict[str, Any]:
    """Return the attributes of a node; tensors as arrays, texts as texts."""
    from onnx import helper, numpy_helper

    found = {}
    for each in node.attribute:
        value = helper.get_attribute_value(each)
        value = numpy_helper.to_array(value) if hasattr(value, "raw_data") else value
        found[each.name] = value.decode() if isinstance(value, bytes) else value
    return found


CONSTANTS = ("value", "value_float", "value_floats", "value_int", "value_ints")
"""Attributes of nodes that are constant."""


class Reader:
    """The arrays of a network while its nodes are read."""

    def __init__(
        self, trace: Trace, fixed: Mapping[str, Any], opset: int, handlers: Mapping[str, Callable[[Reader, Any], Any]]
    ) -> None:
        self.trace, self.opset, self.handlers = trace, opset, handlers
        self.numbers: dict[str, Any] = dict(fixed)
        self.arrays: dict[str, Traced] = {}

    def array(self, name: str) -> Traced:
        """Return an array by its name; a constant becomes one when it is used."""
        if name not in self.arrays:
            values = self.numbers[name]
            exact = values.astype(float) if values.dtype.kind == "f" else values
            self.arrays[name] = self.trace.constant(np.asarray(exact).tolist())
        return self.arrays[name]

    def integers(self, node: Any, place: int, attribute: str) -> list[int] | None:
        """Return integers that are an input in new opsets and an attribute in old ones; None if they are not there."""
        given = attributes(node).get(attribute)
        if given is None and len(node.input) > place and node.input[place]:
            if node.input[place] not in self.numbers:
                raise refusal(node, f"with {attribute} that are constant")
            given = self.numbers[node.input[place]]
        return None if given is None else [int(x) for x in np.ravel(given)]

    def _fold(self, node: Any) -> None:
        """Compute a node whose inputs are constant, as the reference of ONNX does."""
        from onnx.reference import ReferenceEvaluator

        found = ReferenceEvaluator(node).run(None, {name: self.numbers[name] for name in node.input if name})
        self.numbers |= dict(zip(node.output, map(np.asarray, found), strict=False))

    def read(self, node: Any) -> None:
        """Read one node.

        Raises
        ------
        InputError
            If the node has no handler or no value, or its handler refuses it; the message names the node.
        """
        if node.op_type == "Constant":
            ((name, value),) = attributes(node).items()
            if name not in CONSTANTS:
                raise refusal(node, f"with one of the attributes {', '.join(CONSTANTS)}")
            self.numbers[node.output[0]] = np.asarray(value)
            return
        if node.op_type == "Shape":
            self.numbers[node.output[0]] = np.array(self.array(node.input[0]).shape, np.int64)
            return
        if all(name in self.numbers for name in node.input if name):
            self._fold(node)
            return
        if node.op_type not in self.handlers:
            raise refusal(node, f"one of {', '.join(sorted(self.handlers))}", sorted(self.handlers))
        try:
            found = self.handlers[node.op_type](self, node)
        except InputError as error:
            raise error.renamed(f"{place(node)}: {error.argument}") from None
        outputs = found if isinstance(found, list) else [found]
        self.arrays |= dict(zip(node.output, outputs, strict=False))
