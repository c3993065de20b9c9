"""Random data sets to memorise."""

import pytest

from algebra import InputError
from algebra.memorization import random_data


@pytest.mark.parametrize(("count", "dimension", "classes"), [(1, 1, 1), (30, 1, 2), (12, 3, 5)])
def test_sizes(count, dimension, classes):
    data = random_data(count, dimension, classes, seed=3)
    assert (len(data), data.dimension, data.classes) == (count, dimension, classes)
    assert all(x.denominator == 1 and 0 <= x < 10 * count for point in data.points for x in point)
    assert set(data.labels) <= set(range(classes))
    assert data == random_data(count, dimension, classes, seed=3)


def test_the_seed_decides():
    assert random_data(9, 2, 2, seed=0) != random_data(9, 2, 2, seed=1)


@pytest.mark.parametrize(
    ("sizes", "argument"), [((0, 1, 1), "count"), ((1, 0, 1), "dimension"), ((1, 1, 0), "classes")]
)
def test_sizes_are_at_least_1(sizes, argument):
    with pytest.raises(InputError) as refused:
        random_data(*sizes)
    assert refused.value.argument == argument
