r"""J.-Y. Cai, M. Fürer, N. Immerman: pairs of graphs that k-dimensional refinement cannot tell apart."""

from __future__ import annotations

from proofs_check.claim import Verdict
from proofs_check.deciding.graphs import none_of
from proofs_check.paper import Paper

PAPER = Paper(
    "cai1992",
    "J.-Y. Cai, M. Fürer, N. Immerman, An optimal lower bound on the number of variables for graph identification, "
    "Combinatorica 12 (1992) 389-410",
)
BASES = {"K3": ("Bw", 2), "C4": ("Cl", 2), "K4": ("C~", 3), "K2,3": ("D]o", 2), "prism": ("E{Sw", 3)}
"""graph6 word and treewidth of connected graphs."""


@PAPER.states(
    r"\text{Over a connected base of treewidth } k+1 \text{ the even and the odd graph are not isomorphic, } "
    r"k\text{-FWL cannot tell them apart, } (k+1)\text{-FWL can}",
    on=lambda: tuple(BASES),
)
def twist(name: str, seed: int) -> Verdict:
    """For k = 1 and 2; (k+1)-FWL is run for k = 1.

    The criterion by treewidth is of Dvořák, and of Dell, Grohe and Rattan.
    """
    # k-FWL cannot tell the even and the odd graph over a base of treewidth k+1 apart; they are not isomorphic.
    from algebra.graphs import cfi, compare_graphs, folklore_difference

    word, treewidth = BASES[name]
    even, odd = cfi(word), cfi(word, is_twisted=True)
    found = compare_graphs(even, odd)
    wrong = []
    if not found.fractional:
        wrong.append("colour refinement tells them apart")
    if treewidth >= 3 and folklore_difference(even, odd, 2) is not None:
        wrong.append("2-FWL tells them apart")
    if treewidth == 2 and folklore_difference(even, odd, 2) is None:
        wrong.append("2-FWL does not tell them apart")
    if found.is_isomorphic is not False:
        wrong.append("they are isomorphic")
    return none_of(wrong)
