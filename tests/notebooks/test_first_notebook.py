"""What the prose of the first notebook rests on, in the order in which it appears.

If the library proves more some day, the text (section 6 above all) has to say so too.
"""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown

SHOWN = (
    "65 (proved)",
    "≥ 65 jacobian-minor · ≤ 65 ambient · seed 0",
    numbers("65 <="),
    numbers("65 >=", "(2, 3, 4, 5, 4, 6, 4, 1; 2, 2, 2, 2, 2, 2)", "ambient"),
    "exit status 0",
    "refused: ",
    "refused: ",
    "[(6, 8), (7, 6)]",
    numbers("(None, 5)", "(3, 10, 5, 1)", "50 (proved)"),
    numbers("(5, None)", "(3, 5, 55, 1)", "45 (proved)"),
    numbers("(6, 7)", "(3, 6, 7, 1)", "54 (proved)"),
    "exit status 0 · valid: ",
    numbers("mfa:3-1:h3:r3", 2),
    numbers("True"),
    numbers("mfa:2-1:h7:r2", 13),
    "(True, [False, False, False, False, False, False])",
    numbers(7, "7 proved"),
    "60 >= dim(2, 3, 3, 5, 4, 6, 4, 1; 2, 2, 2, 2, 2, 2): cut (layer 2)",
    "  9 >= dim(2, 3, 3; 2): ambient",
    "  54 >= dim(3, 5, 4, 6, 4, 1; 2, 2, 2, 2): cut (layer 2)",
    "    34 >= dim(4, 6, 4, 1; 2, 2): quadratic-output",
    "      40 >= dim(4, 6, 4; 2): ambient",
    "<td>(2, 4, 7, 6, 16, 2)</td>",
    "<td>(2, 6, 5, 38, 1)</td>",
    *(f"<td>{expected}</td>\n      <td>217</td>\n      <td>no</td>" for expected in (215, 178, 216)),
    numbers(4, "4 proved"),
    "exit status 0 · valid: ",
    numbers("pnn:2-6-5-38-1:r6", 217),
    numbers("14 (proved)", "alexander-hirschowitz", 15),
    numbers(1, 9, 6),
    "(True, False)",
    "\nTrue\n",
    numbers("38 (proved)", "symmetry", 39),
    numbers(1, 4, 7),
    "\nTrue\n",
    "exit status 0",
    "refused: symmetry",
    numbers(375, "375 proved"),
    numbers(14, 375, "375 proved"),
    r"\toprule",
    "11 (probable",
    numbers(11, 14),
    "(14, None)",
)


@pytest.mark.parametrize("notebook", ["01_dimensions_of_polynomial_networks.ipynb"])
def test_the_first_notebook_shows_what_its_prose_says(notebook):
    assert_in_order(shown(notebook), SHOWN)
