import json

import numpy as np
import pytest

from algebra.errors import InputError
from tensors.convac import ConvAC, ConvLayer
from tensors.matricization import NAMED, all_partitions, column_positions, row_positions
from tests.convac.oracle import windows


@pytest.mark.parametrize("border", ["clip", "same", "valid", "zero"])
@pytest.mark.parametrize(
    ("shape", "window", "stride"), [((7,), (3,), (2,)), ((5, 4), (3, 2), (1, 2)), ((4,), (4,), (1,))]
)
def test_reads_are_the_windows(border, shape, window, stride):
    layer = ConvLayer(window, stride, 2, border)
    net = ConvAC(shape, 2, [layer, ConvLayer(*[_after(shape, layer)] * 2, 1)])
    reads = net.reads[0]
    expected = [(u, o, q) for u, cells in enumerate(windows(shape, layer)) for o, q in cells if q is not None]
    assert list(zip(*(numbers.tolist() for numbers in reads), strict=True)) == expected


def _after(shape, layer):
    return [
        (h - r) // s + 1 if layer.border == "valid" else -(-h // s)
        for h, r, s in zip(shape, layer.window, layer.stride, strict=True)
    ]


def test_json_goes_there_and_back():
    net = ConvAC((4, 6), 3, [ConvLayer((2, 3), 1, 5, "same", "sliding"), ConvLayer((4, 6), (4, 6), 2)], "single")
    assert ConvAC.from_json(json.loads(json.dumps(net.to_json()))) == net
    assert net.label == "convac:4x6:M3:w2x3s1x1c5,same,sliding-w4x6s4x6c2:single"
    assert net.parameters == 6 * 5 * 3 + 24 * 2 * 5
    assert hash(net) == hash(ConvAC.from_json(net.to_json()))


def test_valid_borders_may_leave_the_end_uncovered():
    net = ConvAC(8, 2, [ConvLayer(3, 2, 2, "valid"), ConvLayer(3, 3, 1)])
    assert np.flatnonzero(~net.covered[0]).tolist() == [7]
    assert net.rank([7]).lower == net.rank([7]).upper == 1


def test_zero_borders_vanish_only_where_a_window_is_cut():
    assert ConvAC(6, 2, [ConvLayer(2, 1, 2, "zero"), ConvLayer(6, 6, 2)]).rank("left").upper == 0
    whole = ConvAC(4, 2, [ConvLayer(2, 2, 2, "zero"), ConvLayer(2, 2, 2)])
    assert not whole.vanishes
    assert whole.rank("odd-even").lower == 4


PAIRS = {"window": [2], "stride": [2], "channels": 1}
BAD = [
    ({"input_shape": []}, "input_shape"),
    ({"input_shape": [0]}, "input_shape"),
    ({"input_shape": "8"}, "input_shape"),
    ({"input_shape": [8.0]}, "input_shape"),
    ({"input_shape": [1 << 25]}, "input_shape"),
    ({"templates": 0}, "templates"),
    ({"templates": True}, "templates"),
    ({"layers": []}, "layers"),
    ({"layers": "w2"}, "layers"),
    ({"output": "sum"}, "output"),
    ({"layers": [{"window": [9], "stride": [9], "channels": 1}]}, "window of layer 1"),
    ({"layers": [PAIRS, {"window": [5], "stride": [5], "channels": 1}]}, "window of layer 2"),
    ({"layers": [{"window": [2], "stride": [3], "channels": 1}, PAIRS]}, "stride of layer 1"),
    ({"layers": [{"window": [7], "stride": [8], "channels": 1}]}, "stride of layer 1"),
    ({"layers": [{"window": [2], "stride": [2], "channels": 1}]}, "layers"),
    ({"layers": [{"window": [8], "stride": [8], "channels": 0}]}, "channels"),
    ({"layers": [{"window": [8], "stride": [0], "channels": 1}]}, "stride"),
    ({"layers": [{"window": [8, 8], "stride": [8], "channels": 1}]}, "window"),
    ({"layers": [{"window": [8], "stride": [8, 8], "channels": 1}]}, "stride"),
    ({"layers": [{"window": [8], "stride": [8], "channels": 1, "border": "reflect"}]}, "border"),
    ({"layers": [{"window": [8], "stride": [8], "channels": 1, "sharing": "shared"}]}, "sharing"),
    ({"layers": [{"window": [8], "stride": [8]}]}, "channels"),
    ({"layers": [{"window": [8], "stride": [8], "channels": 1, "dilation": 2}]}, "dilation"),
    ({"layers": [7]}, "layers"),
    ({"colour": 1}, "colour"),
]  # fmt: skip
GOOD = {"input_shape": [8], "templates": 2, "layers": [{"window": [8], "stride": [8], "channels": 1}]}


@pytest.mark.parametrize(("change", "argument"), BAD)
def test_bad_architectures_are_named(change, argument):
    with pytest.raises(InputError) as caught:
        ConvAC.from_json({**GOOD, **change})
    assert caught.value.argument == argument


def test_one_number_per_axis_is_asked_for_in_files_only():
    with pytest.raises(InputError, match="one per axis"):
        ConvAC.from_json({**GOOD, "input_shape": [8, 8]})
    assert ConvAC((8, 8), 2, [ConvLayer(8, 8, 1)]).layers[0].window == (8, 8)


@pytest.mark.parametrize(
    ("row_side", "positions"),
    [
        ("left", (0, 1, 4, 5, 8, 9)),
        ("top", (0, 1, 2, 3)),
        ("odd-even", (0, 2, 4, 6, 8, 10)),
        ("checkerboard", (0, 2, 5, 7, 8, 10)),
        ("quadrants", (0, 1, 6, 7, 10, 11)),
        ([3, 1], (1, 3)),
        (np.array([5]), (5,)),
    ],
)
def test_partitions(row_side, positions):
    assert row_positions((3, 4), row_side) == positions
    assert sorted(positions + column_positions(12, positions)) == list(range(12))


@pytest.mark.parametrize("row_side", ["right", [], list(range(12)), [0, 0], [12], [-1], [0.5], 3, None, {"a": 1}])
def test_bad_partitions(row_side):
    with pytest.raises(InputError, match="row_side"):
        row_positions((3, 4), row_side)


def test_named_partitions_of_one_cell_are_refused():
    for name in NAMED:
        with pytest.raises(InputError, match="row_side"):
            row_positions((1,), name)


def test_all_partitions_come_once():
    for count in (2, 3, 4, 5):
        found = [
            frozenset([frozenset(rows), frozenset(column_positions(count, rows))]) for rows in all_partitions(count)
        ]
        assert len(found) == len(set(found)) == 2 ** (count - 1) - 1
