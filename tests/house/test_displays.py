"""Every public class shows itself, in few lines, and a display starts no rank."""

import enum
import importlib
import inspect
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import rankcert as rc
from algebra.drawn import LARGEST
from algebra.kernels import KernelSpectrum, hamming
from algebra.rounding import Law
from algebra.shown import MOST_FACTS, Shown
from tensors.attention import SparseTarget
from tensors.convac import rank_spectrum
from tests.exact.test_pickling import MADE
from tests.test_house import ROOT

PLAIN_TUPLES = {"Entry"}  # of three numbers
LONGEST_DISPLAY = 60_000
COMPUTING = ("algebra/rank/", "algebra/evidence/generic_rank", "algebra/exact/elimination", "algebra/exact/spectra")


def public_classes():
    """Return the classes that the faces of the packages name."""
    found = set()
    for stub in sorted(ROOT.glob("*/**/__init__.pyi")):
        place = stub.parent.relative_to(ROOT).parts
        if place[0] in ("algebra", "tensors", "proofs_check", "rankcert"):
            face = importlib.import_module(".".join(place))
            found |= {thing for name in getattr(face, "__all__", ()) if inspect.isclass(thing := getattr(face, name))}
    return sorted(found, key=lambda each: (each.__module__, each.__name__))


def shows_itself(thing):
    """Tell whether a class is one that people look at, and if so whether it has a display."""
    is_no_result = issubclass(thing, enum.Enum | Exception) or getattr(thing, "_is_protocol", False)
    return is_no_result or inspect.isabstract(thing) or thing.__name__ in PLAIN_TUPLES or hasattr(thing, "_repr_html_")


def test_every_public_class_has_a_display():
    classes = public_classes()
    assert len(classes) > 150
    assert [f"{each.__module__}.{each.__name__}" for each in classes if not shows_itself(each)] == []


def called_while(function):
    """Return what a function returns, and the files of ours whose functions it called."""
    files = set()
    sys.setprofile(lambda frame, event, argument: files.add(frame.f_code.co_filename))
    try:
        found = function()
    finally:
        sys.setprofile(None)
    return found, {Path(file).relative_to(ROOT).as_posix() for file in files if file.startswith(str(ROOT))}


def wide_spectrum():
    return KernelSpectrum(tuple(range(1, 2000)), rc.Bounds.exactly(3, "x"), 1, 1, True, tuple(map(str, range(1999))))


FIVE = rc.SimpleGraph.of_edges(5, [(0, 2), (0, 4), (1, 3), (3, 4)])
MORE = {
    "spectrum": lambda: rank_spectrum(rc.ConvAC(4, 2, [rc.ConvLayer(2, 2, 2), rc.ConvLayer(2, 2, 2)])),
    "kernel": lambda: rc.kernel_spectrum(hamming(4), [1, 0, 0, 0, 0]),
    "wide kernel": wide_spectrum,
    "law": lambda: Law.of({0: 1, 1: 2, 5: Fraction(1, 3)}),
    "wide law": lambda: Law.of(dict.fromkeys(range(5000), 1)),
    "long number": lambda: Law(((10**5000, 1),)),
    "graph": lambda: FIVE,
    "graph classes": lambda: rc.classify_graph(FIVE),
    "wide network": lambda: rc.PolynomialNetwork((2, 10**30, 1), degree=2),
    "large pattern": lambda: rc.named_pattern("dense", n=2000),
    "realised": lambda: rc.realise(SparseTarget.from_matrix([[1, 0], ["1/2", "1/2"]]), ("1/10", "1/10", None)),
    "memorized": lambda: rc.memorize([[str(i)] for i in range(30)], [i % 2 for i in range(30)]),
    "check of a certificate": lambda: rc.check({}),
    "certificate": lambda: rc.PolynomialNetwork((2, 2, 1), degree=2).dimension().certificate(),
    "trained point": lambda: rc.classify([[1.0]], [[1.0]], [[[0.5]], [[2.000001]]]),
    "factor graph": lambda: rc.FactorGraph((2, 2, 2), 2, ((0, 2), (1, 2))),
    "verify": lambda: rc.verify(["kileel2019.unimodal"]),
}


@pytest.mark.parametrize("name", [*MADE, *MORE])
def test_a_display_is_short_and_starts_no_rank(name):
    made = {**MADE, **MORE}[name]()
    if not hasattr(made, "_repr_html_"):
        made = made.bounds if hasattr(made, "bounds") else made
    shown, called = called_while(made._repr_html_)
    assert 0 < len(shown) < LONGEST_DISPLAY
    assert [file for file in called if file.startswith(COMPUTING)] == []
    written, called = called_while(lambda: repr(made))
    assert 0 < len(written) < 8000
    assert [file for file in called if file.startswith(COMPUTING)] == []


def test_what_is_drawn():
    circuit = rc.ConvAC(4, 2, [rc.ConvLayer(2, 2, 3), rc.ConvLayer(2, 2, 2)])
    assert circuit._repr_html_().count("<rect") == 4 + 2 + 1
    assert "3 channels" in circuit._repr_html_()
    assert rc.named_pattern("star", n=5)._repr_html_().count("<rect") == 25
    assert "<svg" not in rc.named_pattern("star", n=LARGEST + 1)._repr_html_()
    assert rank_spectrum(circuit)._repr_html_().count("<rect") == len(rank_spectrum(circuit).counts)
    assert FIVE._repr_html_().count("<circle") == 5
    assert "<circle" in rc.PolynomialNetwork((2, 3, 1), degree=2)._repr_html_()


def test_plain_text_says_what_it_is():
    assert (
        repr(rc.named_pattern("star", n=64)) == "SparsePattern(pattern:star:n64: 64 tokens, 1 layer, 190 connections)"
    )
    assert repr(Law.of({0: 1, 1: 1})) == "Law(weights=((0, 1), (1, 1)))"


def test_critical_points_are_tables_of_facts():
    shown = MADE["classification"]()._repr_html_()
    assert "strict saddle (proved)" in shown
    assert ">gradient</th>" in shown
    assert (
        r"\begin{pmatrix} 2 &amp; 0 \\ 0 &amp; 1 \end{pmatrix}"
        in rc.Problem([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[1, 0], [0, 1]]])._repr_html_()
    )


def test_certificates_say_what_they_say():
    certificate = MORE["certificate"]()
    assert "dimension of pnn:2-2-1:r2 = 3" in certificate._repr_html_()
    assert "<b>not proved</b>" in rc.check({})._repr_html_()


def test_what_users_named_is_escaped_and_facts_are_capped():
    class Many(Shown):
        def shown_facts(self):
            return ((f"<{i}>", "<b>") for i in range(10**9))

    shown = Many()._repr_html_()
    assert shown.count("<tr>") == MOST_FACTS + 1
    assert "<b><" not in shown
    assert "&lt;0&gt;" in shown
