"""What the prose of the first notebook rests on, in the order in which it appears.

If the library proves more some day, the text (section 6 above all) has to say so too.
"""

import pytest

from tests.notebooks.prose import assert_in_order, shown

SHOWN = (
    "65 (proved)",
    "≥ 65 jacobian-minor · ≤ 65 ambient · seed 0",
    "65 <= dim: rank of the evaluated Jacobian modulo",
    "65 >= dim(2, 3, 4, 5, 4, 6, 4, 1; 2, 2, 2, 2, 2, 2): ambient",
    "exit status 0",
    "refused: the digest does not fit",
    "refused: the minor of the lower bound vanishes",
    "[(6, 8), (7, 6)]",
    "(None, 5) · (3, 10, 5, 1) has dimension 50 (proved)",
    "(5, None) · (3, 5, 55, 1) has dimension 45 (proved)",
    "(6, 7) · (3, 6, 7, 1) has dimension 54 (proved)",
    "exit status 0 · valid: the minimal filling architectures mfa:3-1:h3:r3 are exactly the 2 listed",
    "the table agrees with the list: True",
    "the minimal filling architectures mfa:2-1:h7:r2 are exactly the 13 listed",
    "(True, [False, False, False, False, False, False])",
    "7 rows: 7 proved",
    "60 >= dim(2, 3, 3, 5, 4, 6, 4, 1; 2, 2, 2, 2, 2, 2): cut (layer 2)",
    "  9 >= dim(2, 3, 3; 2): ambient",
    "  54 >= dim(3, 5, 4, 6, 4, 1; 2, 2, 2, 2): cut (layer 2)",
    "    34 >= dim(4, 6, 4, 1; 2, 2): quadratic-output",
    "      40 >= dim(4, 6, 4; 2): ambient",
    "<td>(2, 4, 7, 6, 16, 2)</td>",
    "<td>(2, 6, 5, 38, 1)</td>",
    *(f"<td>{expected}</td>\n      <td>217</td>\n      <td>no</td>" for expected in (215, 178, 216)),
    "4 rows: 4 proved",
    "exit status 0 · valid: the dimension of pnn:2-6-5-38-1:r6 is 217",
    "14 (proved) by alexander-hirschowitz; expected 15",
    "1 symmetry beyond the scalings, of degree 9 in 6 symbols",
    "(True, False)",
    "\nTrue\n",
    "38 (proved) by symmetry; expected 39",
    "1 symmetry beyond the scalings, of degree 4 in 7 symbols",
    "\nTrue\n",
    "exit status 0",
    "refused: symmetry: a field moves the function",
    "375 rows: 375 proved",
    "14 of 375 rows, all 375 proved",
    r"\toprule",
    "11 (probable",
    "between 11 and 14 is proved",
    "(14, None)",
)


@pytest.mark.parametrize("notebook", ["01_dimensions_of_polynomial_networks.ipynb"])
def test_the_first_notebook_shows_what_its_prose_says(notebook):
    assert_in_order(shown(notebook), SHOWN)
