"""The steps of a program, run with numpy as its JSON says."""

from fractions import Fraction

import numpy as np


def evaluated(program, values, point):
    """Run the steps of a program with numpy, as its JSON says."""
    described = program.to_json()
    arrays = {**values, **point}
    for name, value in described["constants"].items():
        arrays[name] = np.vectorize(lambda x: float(Fraction(x)), otypes=[float])(np.array(value, object))
    for step in described["steps"]:
        arrays[step["name"]] = numpy_step(step, [np.asarray(arrays[name], float) for name in step["of"]])
    return [arrays[name] for name in described["outputs"]]


def numpy_step(step, of):
    a = of[0]
    simple = {
        "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "matmul": np.matmul,
        "negative": np.negative, "reciprocal": np.reciprocal, "exp": np.exp, "sqrt": np.sqrt, "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0), "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    }  # fmt: skip
    if step["op"] in simple:
        return simple[step["op"]](*of)
    return {
        "power": lambda: a ** step["exponent"],
        "silu": lambda: a / (1 + np.exp(-a)),
        "softmax": lambda: np.exp(a) / np.exp(a).sum(axis=step["axis"], keepdims=True),
        "sum": lambda: a.sum(axis=tuple(step["axis"]), keepdims=step.get("keepdims", False)),
        "transpose": lambda: a.transpose(step["axes"]),
        "reshape": lambda: a.reshape(step["shape"]),
        "concatenate": lambda: np.concatenate(of, axis=step["axis"]),
        "slice": lambda: a.take(range(step["start"], step["stop"]), axis=step["axis"]),
        "take": lambda: a.take(step["indices"], axis=step["axis"]),
    }[step["op"]]()
