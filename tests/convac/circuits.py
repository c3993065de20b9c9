"""Random circuits for hypothesis."""

from hypothesis import strategies as st

from tensors.convac import ConvAC, ConvLayer

SHAPES = [(2,), (3,), (4,), (5,), (6,), (2, 2), (2, 3), (3, 2), (2, 2, 2)]


@st.composite
def circuits(draw, most=6, borders=("clip", "clip", "same", "valid", "zero")):
    shape = draw(st.sampled_from([s for s in SHAPES if _count(s) <= most]))
    layers, grid = [], shape
    for _ in range(draw(st.integers(0, 2))):
        window = [draw(st.integers(1, h)) for h in grid]
        stride = [draw(st.integers(1, r)) for r in window]
        border = draw(st.sampled_from(borders))
        sharing = draw(st.sampled_from(["none", "sliding", "full"]))
        layers.append(ConvLayer(window, stride, draw(st.integers(1, 3)), border, sharing))
        axes = zip(grid, window, stride, strict=True)
        grid = [(h - r) // s + 1 if border == "valid" else -(-h // s) for h, r, s in axes]
    layers.append(
        ConvLayer(grid, grid, draw(st.integers(1, 3)), "clip", draw(st.sampled_from(["none", "sliding", "full"])))
    )
    templates = draw(st.integers(1, 3)) if _count(shape) <= 4 else 2
    return ConvAC(shape, templates, layers, draw(st.sampled_from(["linear", "single"])))


def _count(shape):
    count = 1
    for size in shape:
        count *= size
    return count
