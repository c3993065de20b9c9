"""Random small programs, built from all operations."""

import numpy as np
from hypothesis import strategies as st

from algebra.programs.operations import OPERATIONS, ShapeError

SMOOTH = ("exp", "sigmoid", "tanh", "silu", "softmax")
PARAMETERS = ([2], [2, 1], [1, 2], [2, 2], [1], [])
INPUTS = ([2], [2, 1], [1], [2, 2])


@st.composite
def programs(draw, smooth=True, roots=True, rectifiers=False, most=7):
    """A program whose output sees a parameter; at most two operations with exponentials."""
    shapes = {"x": draw(st.sampled_from(INPUTS))}
    parameters = {f"w{i}": draw(st.sampled_from(PARAMETERS)) for i in range(draw(st.integers(1, 3)))}
    shapes |= parameters
    constants = {"c": draw(st.sampled_from([2, "1/3", -1, [1, "1/2"], [[1, 2], [0, 1]]]))}
    shapes["c"] = list(np.array(constants["c"], object).shape)
    allowed = [op for op in OPERATIONS if op not in (*SMOOTH, "sqrt", "relu")]
    allowed += list(SMOOTH) * smooth + ["relu"] * rectifiers
    steps, exponentials = [], 0
    for number in range(draw(st.integers(2, most))):
        op = draw(st.sampled_from(allowed + (["sqrt"] if roots else [])))
        if op in SMOOTH and exponentials == 2:
            continue
        count = {None: 2}.get(OPERATIONS[op].arity, OPERATIONS[op].arity)
        names = list(shapes)
        of = [draw(st.sampled_from(names[-4:] if i == 0 else names)) for i in range(count)]
        options = draw(options_for(op, shapes[of[0]]))
        if options is None:
            continue
        if op == "sqrt":  # of something positive
            steps += [
                {"name": f"q{number}", "op": "power", "of": of, "exponent": 2},
                {"name": f"p{number}", "op": "add", "of": [f"q{number}", "one"]},
            ]
            shapes[f"q{number}"] = shapes[f"p{number}"] = shapes[of[0]]
            constants["one"] = 1
            of = [f"p{number}"]
        try:
            found = list(OPERATIONS[op].shape([tuple(shapes[name]) for name in of], options))
        except ShapeError:
            continue
        if np.prod(found, dtype=int) > 8 or len(found) > 3:
            continue
        exponentials += op in SMOOTH
        shapes[f"s{number}"] = found
        steps.append({"name": f"s{number}", "op": op, "of": of, **options})
    output = steps[-1]["name"] if steps else "w0"
    return {
        "inputs": {"x": shapes["x"]},
        "parameters": parameters,
        "constants": constants,
        "steps": steps,
        "outputs": [output],
    }


def options_for(op, shape):
    """Options that fit an array of this shape; None if there are none."""
    if op == "power":
        return st.builds(lambda e: {"exponent": e}, st.integers(0, 3))
    if op == "reshape":
        size = int(np.prod(shape, dtype=int))
        return st.sampled_from([{"shape": each} for each in ([size], [1, size], [size, 1])])
    if op == "transpose":
        return st.permutations(range(len(shape))).map(lambda axes: {"axes": axes})
    if op in ("softmax", "sum", "concatenate", "slice", "take") and not shape:
        return st.none()
    axes = st.integers(0, max(len(shape) - 1, 0))
    if op == "softmax":
        return axes.map(lambda a: {"axis": a})
    if op == "sum":
        return st.builds(lambda a, keep: {"axis": [a], "keepdims": keep}, axes, st.booleans())
    if op == "concatenate":
        return axes.map(lambda a: {"axis": a})
    if op == "slice":
        return axes.flatmap(
            lambda a: st.integers(0, shape[a] - 1).map(lambda s: {"start": s, "stop": shape[a], "axis": a})
        )
    if op == "take":
        return axes.flatmap(
            lambda a: st.lists(st.integers(0, shape[a] - 1), min_size=1, max_size=2).map(
                lambda chosen: {"indices": chosen, "axis": a}
            )
        )
    return st.just({})
