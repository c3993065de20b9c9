"""Claims of Park, Lee, Yun and Shin, COLT 2021, and the formulas that are wrong as printed."""

from proofs_check.claim import Outcome
from proofs_check.papers import select
from proofs_check.papers.park2021 import DATA, EQUAL_PIECES, RUNS, cells_of, data_of

CLAIMS = select(["park2021"])


def test_every_printed_formula_has_its_correction():
    ids = {claim.id for claim in CLAIMS}
    printed = {name for name in ids if name.endswith("-printed")}
    assert len(printed) == 5
    assert {name.removesuffix("-printed") for name in printed} <= ids


def test_the_printed_coefficient_matters_from_width_7_on():
    (claim,) = select(["park2021.equal-pieces-printed"])
    wrong = {instance[0] for instance in EQUAL_PIECES if claim.check(instance).outcome is Outcome.VIOLATED}
    assert wrong == {7, 9, 11}


def test_the_printed_coefficient_of_runs_matters_for_some():
    (claim,) = select(["park2021.runs-printed-sum"])
    wrong = {instance[0] for instance in RUNS if claim.check(instance).outcome is Outcome.VIOLATED}
    assert wrong == {4, 6}  # with two runs there is no sum


def test_the_clamped_threshold_matters_for_some():
    (claim,) = select(["park2021.runs-printed-threshold"])
    wrong = [instance for instance in RUNS if claim.check(instance).outcome is Outcome.VIOLATED]
    assert 0 < len(wrong) < len(RUNS)


def test_the_printed_test_for_bits_reads_nothing_for_binary_labels():
    (claim,) = select(["park2021.bits-printed"])
    assert claim.check((1, (1, 0, 1))).reason == "cell 0 of (1, 0, 1) gives 0"
    assert claim.check((2, (3, 0, 1))).outcome is Outcome.HOLDS


def test_hypotheses():
    (claim,) = select(["park2021.width-3"])
    assert claim.check((3, 1, 2, 0)).outcome is Outcome.NOT_APPLICABLE


def test_a_wrong_formula_is_seen(monkeypatch):
    from algebra.memorization import constructions as module

    monkeypatch.setitem(module.CONSTRUCTIONS, "width3", module.CONSTRUCTIONS["staircase"])
    (claim,) = select(["park2021.width-3"])
    assert claim.check(DATA[0]).outcome is Outcome.HOLDS  # the staircase memorises, too
    monkeypatch.setattr(module, "check", lambda network, data: module.Check(False, 1, 1, 0))
    assert claim.check(DATA[0]).outcome is Outcome.VIOLATED


def test_instances_are_what_they_say():
    count, dimension, classes, _ = DATA[-1]
    data = data_of(DATA[-1])
    assert (len(data), data.dimension, data.classes) == (count, dimension, classes)
    assert len(set(cells_of(RUNS[0]))) == RUNS[0][1]
