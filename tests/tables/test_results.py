import json

import pytest

from algebra import Bounds, ConvolutionalNetwork, Grade, PolynomialNetwork, Rational
from proofs_check.results import DIMENSION_FIELDS, dimension_result, known, reaches

NETWORK = PolynomialNetwork((2, 3, 2, 1), degree=2)  # naive 9, ambient 5


@pytest.mark.parametrize(
    "network",
    [
        NETWORK,
        PolynomialNetwork((2, 4, 3, 1), degrees=[2, 3], biases=True),
        PolynomialNetwork((2, 3)),
        PolynomialNetwork((2, 3, 1), activation=Rational([0, 1], [1, "1/2"])),
        ConvolutionalNetwork([2, 2], [1, 2], degree=2),
    ],
)
def test_results_are_plain_json_and_complete(network):
    result = dimension_result(network, network.dimension(), 0.25)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert set(DIMENSION_FIELDS) <= set(result)
    assert result["lower"] + result["fibre_dimension"] == network.parameters
    assert result["lower"] + result["defect"] == network.expected_dimension
    assert str(known(result)) == str(network.dimension())


@pytest.mark.parametrize("grade", [Grade.PROBABLE, Grade.INCONCLUSIVE])
def test_an_open_gap_decides_only_what_it_proves(grade):
    bounds = Bounds(3, 4, grade, log2_error=-60.0 if grade is Grade.PROBABLE else None)
    result = dimension_result(NETWORK, bounds, 0.0)
    assert (result["defect"], result["fibre_dimension"]) == (None, None)
    assert (result["reaches_naive"], result["filling"]) == (False, False)  # 4 < 5 < 9
    assert dimension_result(NETWORK, Bounds(4, 5, Grade.INCONCLUSIVE), 0.0)["filling"] is None
    assert known(result).record == bounds.record


def test_no_upper_bound():
    assert reaches(Bounds(3, None, Grade.INCONCLUSIVE), 4) is None
    assert reaches(Bounds(4, None, Grade.INCONCLUSIVE), 4) is True
    assert reaches(Bounds(4, None, Grade.INCONCLUSIVE), None) is None
