"""Global identifiability by contact loci: published cases, theorems, a slow oracle; certificates and forgeries."""

from itertools import combinations_with_replacement, product

import pytest
import sympy

from algebra import Grade, PolynomialNetwork
from algebra.polynomial.contact import EXCEPTIONS, contact_certificate, contact_locus
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.identifiability import by_rank, identifiability, kruskal, kruskal_with_biases
from tests.tampering import check_forged, put


def one_layer(d0, d1, d2, r, biases=False):
    return Architecture((d0, d1, d2), (r,), biases)


def net(d0, d1, d2, r, biases=False):
    return PolynomialNetwork((d0, d1, d2), degree=r, biases=biases)


@pytest.mark.parametrize("case", [(3, 8, 1, 6), (4, 7, 1, 4), (6, 8, 1, 3), (3, 5, 3, 3)])
def test_published_cases_are_globally_identifiable(case):
    found = identifiability(net(*case))
    by = "kruskal" if kruskal.applies(net(*case)) else "contact-locus"
    assert (found.finitely, found.globally, found.globally_by) == (True, True, by)
    assert (found.grade, found.undecided) == (Grade.PROVED, "")
    report = contact_certificate(contact_locus(one_layer(*case)).seen).check()
    assert (report.valid, report.statement) == (True, f"{net(*case).label} is globally identifiable")


@pytest.mark.parametrize("case", sorted(EXCEPTIONS))
def test_the_published_exceptions_stay_undecided(case):
    found = identifiability(net(*case))
    assert (found.finitely, found.globally, found.globally_by) == (True, None, "")
    d0, _, d2, _ = case
    assert f"rank {d0 + d2 - 3} of {d0 + d2 - 2}; a published exception" in found.undecided
    with pytest.raises(ValueError, match="not decided by the contact locus"):
        found.certificate()


def test_binary_forms_are_as_sylvester_says():
    """A general binary form of degree r is a sum of s powers in one way if 2s < r + 1; else the parameters fill."""
    for r in range(2, 9):
        for s in range(1, r + 2):
            found = contact_locus(one_layer(2, s, 1, r))
            assert (found.seen is not None) == (2 * s < r + 1), (r, s)


def test_what_kruskal_decides_the_contact_locus_decides_or_fills():
    for d0, d1, d2, r in product((2, 3, 4), (2, 3, 4, 5), (1, 2, 3), (2, 3, 4)):
        if kruskal.applies(net(d0, d1, d2, r)):
            found = contact_locus(one_layer(d0, d1, d2, r))
            assert found.seen is not None or "fill" in found.undecided, (d0, d1, d2, r, found)


def test_what_is_globally_identifiable_is_so_finitely():
    for d0, d1, d2, r, biases in product((1, 2, 3), (1, 2, 3, 5), (1, 2, 4), (2, 3, 4), (False, True)):
        found = identifiability(net(d0, d1, d2, r, biases))
        if found.globally:
            assert by_rank(net(d0, d1, d2, r, biases)).finitely is True, (d0, d1, d2, r, biases)
        assert (found.globally is None) == bool(found.undecided)


def test_every_width_below_an_identifiable_one_is_identifiable():
    for d0, d2, r in [(3, 1, 6), (3, 2, 3), (4, 1, 4), (3, 3, 3)]:
        seen = [contact_locus(one_layer(d0, s, d2, r)).seen is not None for s in range(1, 9)]
        exceptions = [s for s in range(1, 9) if (d0, s, d2, r) in EXCEPTIONS]
        last = max(s for s in range(1, 9) if seen[s - 1])
        assert all(seen[s - 1] for s in range(1, last + 1) if s not in exceptions)


@pytest.mark.parametrize(
    ("d0", "d1", "d2", "r"), [(5, 2, 1, 3), (2, 3, 6, 4), (6, 3, 5, 3), (2, 2, 3, 2), (4, 1, 3, 2)]
)
def test_ends_that_are_wider_than_the_layer_are_lowered(d0, d1, d2, r):
    found = contact_locus(one_layer(d0, d1, d2, r))
    lowered = contact_locus(one_layer(min(d0, d1), d1, min(d1, d2), r))
    assert found.seen is not None or lowered.seen is None
    if found.seen is not None:
        assert contact_certificate(found.seen).check().valid


def test_biases_are_one_more_variable():
    """The last bias takes one coordinate from each output, and nothing else changes."""
    assert contact_locus(one_layer(2, 7, 1, 6, biases=True)).seen is not None
    found = contact_locus(one_layer(2, 9, 1, 6, biases=True))
    assert found.seen is None
    assert "fill" in found.undecided
    for d0, d1, d2, r in product((1, 2, 3), (1, 2, 3), (1, 2, 3), (3, 4, 5)):
        network = net(d0, d1, d2, r, biases=True)
        if kruskal_with_biases.applies(network):
            found = identifiability(network)
            assert found.globally or "fill" in found.undecided, network


def hessian_rank(d0, d1, d2, r):
    """Return the rank of the stacked Hessians by sympy over the rationals, from explicit polynomials."""
    x, c = sympy.symbols(f"x:{d0}"), sympy.symbols(f"c:{d2}")
    power = [sympy.prod(x[i] for i in chosen) for chosen in combinations_with_replacement(range(d0), r)]
    image = [a * m for a in c for m in power]
    unknowns = [*c, *x]
    points = [{v: sympy.Integer(pow(7 * i + 3, k + 2, 101)) for k, v in enumerate(unknowns)} for i in range(d1)]
    tangents = [[sympy.diff(f, v).subs(at) for f in image] for at in points for v in unknowns]
    hyperplanes = sympy.Matrix(tangents).nullspace()
    rows = []
    for h in hyperplanes:
        touching = sum(a * f for a, f in zip(h, image, strict=True))
        rows += sympy.hessian(touching, unknowns).subs(points[0]).tolist()
    return sympy.Matrix(tangents).rank(), sympy.Matrix(rows).rank()


@pytest.mark.parametrize("case", [(3, 3, 1, 4), (2, 2, 2, 3), (2, 3, 1, 6), (2, 2, 1, 4), (2, 4, 2, 4), (3, 3, 1, 2)])
def test_ranks_are_those_of_the_rational_hessians(case):
    d0, d1, d2, _ = case
    tangents, rank = hessian_rank(*case)
    found = contact_locus(one_layer(*case))
    assert d1 >= max(d0, d2)
    proved = tangents == d1 * (d0 + d2 - 1) and rank == d0 + d2 - 2
    assert (found.seen is not None) == proved
    if found.seen is not None:
        assert found.seen.rank == rank


def test_what_is_not_asked_says_why():
    deep = identifiability(PolynomialNetwork((3, 3, 2, 2), degree=2))
    assert (deep.finitely, deep.globally) == (True, None)
    assert "conjecture" in deep.undecided
    assert identifiability(net(3, 3, 3, 2)).globally_by == "kruskal"
    refuted = identifiability(net(2, 5, 1, 2))
    assert (refuted.globally, refuted.globally_by) == (False, refuted.decided_by)
    assert "span 4,060 dimensions" in contact_locus(one_layer(20, 203, 1, 4)).undecided
    defective = contact_locus(one_layer(3, 5, 2, 3))
    assert defective.seen is None


def test_forged_certificates_are_refused():
    certificate = contact_certificate(contact_locus(one_layer(3, 8, 1, 6)).seen)
    proof = certificate.document["contact"]
    widths = ("claim", "network", "widths")
    labelled = {1: 9, 0: 4, 2: 2}
    forgeries = [
        (put("contact", "hyperplanes", 0, 0, (proof["hyperplanes"][0][0] + 1) % proof["prime"]), "does not contain"),
        (put("contact", "hyperplanes", 0, [0] * 28), "Hessians vanishes"),
        (put("contact", "hyperplanes", []), "no hyperplanes"),
        (put("contact", "hyperplanes", 0, [0] * 27), "as many coordinates"),
        (put("contact", "rows", [0]), "not square"),
        (put("contact", "columns", [0, 0]), "repeats"),
        (put("contact", "coordinates", proof["coordinates"][:-1]), "not as many as tangent vectors"),
        (put("contact", "coordinates", [*proof["coordinates"][:-1], 99]), "list index|vanishes|beyond the space"),
        (put("contact", "key", "another"), "vanishes|does not contain"),
        (put("contact", "prime", 7), "vanishes|hyperplane|not an integer"),
        (put("contact", "rule", "rank"), "unknown"),
        (put("contact", "ends", [2, 1]), "ends"),
        (put("claim", "label", "pnn:3-9-1:r6"), "label"),
        (put("claim", "network", "degrees", [1]), "label"),
    ]
    import re

    for change, part in forgeries:
        report = check_forged(certificate, change)
        assert not report.valid
        assert re.search(part, "; ".join(report.reasons)), report.reasons

    for place, value in labelled.items():  # another network under its own label: its tangent spaces are others

        def other(document, place=place, value=value):
            put(*widths, place, value)(document)
            document["claim"]["label"] = f"pnn:{'-'.join(map(str, document['claim']['network']['widths']))}:r6"

        assert not check_forged(certificate, other).valid


def test_a_smaller_minor_does_not_do():
    """The exception (3, 9, 1; 6) with all that it has: one rank less than the dimension of X."""
    certificate = contact_certificate(contact_locus(one_layer(3, 8, 1, 6)).seen)

    def change(document):
        document["contact"]["rows"] = document["contact"]["rows"][:1]
        document["contact"]["columns"] = document["contact"]["columns"][:1]

    assert "dimension of X" in check_forged(certificate, change).reasons[0]
