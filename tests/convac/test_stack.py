"""Stacks of like layers on a grid that shrinks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from tensors.convac import ConvAC, WindowFamily
from tests.properties import examples


@pytest.mark.parametrize(
    ("arguments", "options", "label"),
    [
        ((8, 2, 3, 2), {}, "convac:8:M2:w2s2c3-w2s2c3-w2s2c3"),
        ((8, 2, 3, 8), {}, "convac:8:M2:w8s8c3"),
        ((8, 2, 3, 3, 1, 2), {}, "convac:8:M2:w3s1c3-w8s8c3"),
        ((8, 2, 3, 3, 1, 2), {"border": "valid"}, "convac:8:M2:w3s1c3,valid-w6s6c3"),
        ((8, 2, 3, 3, 1, 1), {}, "convac:8:M2:w8s8c3"),
        (((4, 6), 2, 2, (2, 3)), {}, "convac:4x6:M2:w2x3s2x3c2-w2x2s2x2c2"),
        ((8, 2, [2, 3, 1], [3, 4], [1, 4], 3), {}, "convac:8:M2:w3s1c2-w4s4c3-w2s2c1"),
        ((8, 2, 2, [2, 4]), {"sharing": "sliding"}, "convac:8:M2:w2s2c2,sliding-w4s4c2,sliding"),
        ((1, 2, 2, 1), {}, "convac:1:M2:w1s1c2"),
    ],
)
def test_labels(arguments, options, label):
    assert ConvAC.stack(*arguments, **options).label == label


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("window", [3, 5, 8])
def test_overlap_and_stride_on_eight_by_eight(window, stride):
    """The question of a reader: which overlap and stride, six layers, 8 x 8."""
    net = ConvAC.stack((8, 8), templates=2, channels=2, windows=window, strides=stride, depth=6)
    assert len(net.layers) <= 6
    assert net.shapes[-1] == (1, 1)
    assert net.layers[0].window == (window, window)
    assert net.layers[0].stride == (stride, stride)


@examples(60)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 5), st.integers(1, 3))
def test_stride_one_is_the_family_of_windows(size, window, depth, channels):
    window = min(window, size)
    family = WindowFamily("stack", channels=channels, depth=depth, sharing="none")
    assert ConvAC.stack(size, 2, channels, window, 1, depth + 1) == family.circuit([size], window)


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"windows": 9}, "windows"),
        ({"windows": []}, "windows"),
        ({"windows": (2, 2)}, "windows"),
        ({"windows": "2"}, "windows"),
        ({"windows": 2, "strides": 1}, "depth"),
        ({"windows": 2, "depth": 0}, "depth"),
        ({"windows": 2, "depth": 10**9}, "depth"),
        ({"windows": [2, 2, 2], "depth": 2}, "depth"),
        ({"windows": 2, "channels": 0}, "channels"),
        ({"windows": 2, "strides": 3, "depth": 2}, "strides"),
        ({"windows": 2, "border": "none"}, "border"),
    ],
)
def test_bad_input(options, argument):
    with pytest.raises(InputError) as caught:
        ConvAC.stack(8, 2, **{"channels": 2, **options})
    assert caught.value.argument == argument
