"""Claims about colour refinement, trees, Tinhofer's procedure, CFI graphs and message passing, on all small graphs."""

from algebra.evidence import Grade
from proofs_check.claim import Outcome
from proofs_check.papers import select
from proofs_check.papers.cai1992 import BASES


def test_a_wrong_solver_is_found(monkeypatch):
    """The claim looks at the certificates themselves."""
    monkeypatch.setattr("algebra.graphs.is_fractional_isomorphism", lambda *given: False, raising=False)
    (claim,) = select(["tinhofer1986.fractional-isomorphism"])
    verdict = claim.check(6)
    assert verdict.outcome is Outcome.VIOLATED
    assert verdict.grade is Grade.PROVED
    assert verdict.reason.startswith("graph:")


def test_the_bases_have_their_treewidths():
    import networkx as nx
    from networkx.algorithms.approximation import treewidth_min_degree

    for word, treewidth in BASES.values():
        graph = nx.from_graph6_bytes(word.encode())
        assert treewidth_min_degree(graph)[0] == treewidth
        assert min(dict(nx.degree(graph)).values()) >= 2
        if treewidth == 3:  # at least: contraction to K4, or minimal degree 3
            assert min(dict(nx.degree(graph)).values()) == 3
