"""Families of circuits that differ in their windows."""

import pytest

from algebra import InputError
from tensors.convac import WindowFamily
from tensors.convac.window_family import FAMILIES


def test_circuits():
    assert WindowFamily("pooling").circuit([8], 1).label == "convac:8:M2:w8s8c2,sliding"
    assert WindowFamily("stack", depth=3).circuit([1], 1).positions == 1
    assert not any(layer.overlaps for layer in WindowFamily("pooling").circuit([6, 4], 3).layers)
    assert all(WindowFamily("stack", last=1).circuit([n, n], 2).layers[-1].channels == 1 for n in (2, 3, 5))


@pytest.mark.parametrize("name", FAMILIES)
def test_the_last_product_leaves_one_position(name):
    for shape in ([1], [7], [4, 6]):
        for window in range(1, min(shape) + 1):
            circuit = WindowFamily(name, templates=3, channels=2, last=4).circuit(shape, window)
            assert circuit.layers[-1].channels == 4
            assert circuit.templates == 3
            assert circuit.rank([0]).upper <= 3 if circuit.positions > 1 else len(circuit.layers) == 1


@pytest.mark.parametrize(
    ("given", "argument"),
    [({"name": "tree"}, "family"), ({"templates": 0}, "templates"), ({"depth": 0}, "depth"), ({"last": 0}, "last")],
)
def test_bad_families(given, argument):
    with pytest.raises(InputError) as refused:
        WindowFamily(**given)
    assert refused.value.argument == argument


@pytest.mark.parametrize("window", [0, 5])
def test_a_window_has_to_fit(window):
    with pytest.raises(InputError, match="between 1 and 4"):
        WindowFamily().circuit([8, 4], window)
