"""The one mechanism: grades, repetitions and errors, on a matrix whose rank everybody sees."""

from dataclasses import dataclass

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_info

from algebra.errors import InputError
from algebra.evidence.bounds import Grade
from algebra.evidence.error import EntrySize, log2_of_sum, log2_trial_error, word_size_for
from algebra.evidence.evaluation import ATTEMPTS, PoleError, WholeMatrix, look, quick_trial
from algebra.evidence.generic_rank import AtLeast, AtMost, Known, bound_generic_rank
from algebra.evidence.reason import Reason
from algebra.rank.field import PrimeField
from algebra.rank.threads import LEAST_LIMITED, ONE_THREAD
from tensors.attention import AttentionNetwork


@dataclass(frozen=True)
class Product:
    """A product of generic matrices, n x rank x n."""

    rank: int
    n: int = 9
    error: float = -50.0
    poles: int = 0

    label = "product"
    rule = "minor"

    def suits(self, prime):
        return prime != 8388593

    def at(self, field, key, rows, word_size):
        if self.poles and not key.endswith(f"again={self.poles}"):
            raise PoleError(key)
        left = field.draw(key, "left", (rows, self.rank), word_size)
        right = field.draw(key, "right", (self.rank, self.n), word_size)
        return WholeMatrix(field.multiply(left, right), field.prime)

    def log2_error(self, rank, rows, word_size):
        return self.error * word_size

    def details(self, seen):
        return {"key": seen.key}

    def minor_json(self, seen, rows, columns):
        return {"rows": list(rows), "columns": list(columns)}

    def explain(self, seen):
        return f"{seen.rank} <= rank: seen under {seen.key}"


@dataclass(frozen=True)
class Question:
    """The rank of a product, with a bound that need not be sharp."""

    matrix: Product
    upper: int
    theorem: int = 0
    hopeless: bool = False

    label = "product"

    def arguments(self, known):
        yield AtMost(Reason("count", self.matrix.n))
        if self.theorem:
            yield AtLeast(Reason("theorem", self.theorem))
        yield AtMost(Reason("better", self.upper))
        yield AtLeast(quick_trial(self.matrix, known.goal, known.seed, 0))

    def repeated(self, known):
        return None if self.hopeless else self.matrix

    def certified(self, evidence):
        return evidence.lower, evidence.upper

    def claim(self):
        return {"quantity": "rank", "label": self.label}

    def lower_json(self, lower):
        return {"rule": lower.rule}

    def upper_json(self, upper):
        return {"rule": upper.rule}

    def explain(self, evidence):
        return f"{evidence.lower.explain()}\n{evidence.upper.explain()}"


def test_both_sides_meet():
    found = bound_generic_rank(Question(Product(4), 4))
    assert (found.lower, found.grade, found.lower_by, found.upper_by) == (4, Grade.PROVED, "minor", "better")
    assert found.evidence.trials == 1
    assert "seen under product/seed=0/trial=0" in found.explain()
    assert found.certificate().document["lower"]["rows"] == [0, 1, 2, 3]
    assert found.evidence.to_json() == {"lower": {"key": "product/seed=0/trial=0"}, "upper": {}}


def test_a_theorem_that_meets_the_bound_ends_the_search():
    found = bound_generic_rank(Question(Product(4), 4, theorem=9))
    assert (found.lower, found.lower_by, found.upper_by, found.evidence.trials) == (9, "theorem", "count", 0)


def test_a_theorem_above_what_is_seen_is_kept():
    found = bound_generic_rank(Question(Product(4), 6, theorem=5))
    assert (found.lower, found.lower_by, found.grade) == (5, "theorem", Grade.PROBABLE)
    assert found.evidence.seen.rank == 4


@pytest.mark.parametrize("target", [None, -30, -64, -65, -300, -4096])
def test_targets_are_reached(target):
    found = bound_generic_rank(Question(Product(4), 6), log2_error=target)
    assert (found.lower, found.upper, found.grade) == (4, 6, Grade.PROBABLE)
    assert found.log2_error <= (-64 if target is None else target)


def test_repetitions_add_up():
    found = bound_generic_rank(Question(Product(4), 6), log2_error=-1000)
    assert found.log2_error == -1200  # three trials of eight words
    assert found.evidence.trials == 1 + 3


@pytest.mark.parametrize("error", [0.0, 27.0, -0.2])
def test_numbers_too_short_for_any_word_size_are_inconclusive(error):
    found = bound_generic_rank(Question(Product(4, error=error), 6), log2_error=-30)
    assert (found.lower, found.upper, found.grade, found.log2_error) == (4, 6, Grade.INCONCLUSIVE, None)


def test_what_cannot_be_repeated_is_inconclusive():
    assert bound_generic_rank(Question(Product(4), 6, hopeless=True)).grade is Grade.INCONCLUSIVE


def test_a_wrong_upper_bound_is_noticed():
    with pytest.raises(ArithmeticError, match="exceeds the upper bound 3"):
        bound_generic_rank(Question(Product(4), 3))


@pytest.mark.parametrize(("seed", "log2_error", "argument"), [(0.5, None, "seed"), (0, 1, "log2_error")])
def test_bad_input(seed, log2_error, argument):
    with pytest.raises(InputError) as caught:
        bound_generic_rank(Question(Product(4), 4), seed, log2_error)
    assert caught.value.argument == argument


def test_a_pole_is_met_with_the_next_key():
    seen = look(Product(2, poles=3), "key", 2, 101)
    assert (seen.key, seen.rank) == ("key/again=3", 2)
    with pytest.raises(ArithmeticError, match="independent keys"):
        look(Product(2, poles=ATTEMPTS), "key", 2, 101)


@pytest.mark.parametrize(("goal", "threads"), [(LEAST_LIMITED, 1), (ONE_THREAD, 2)])
def test_small_matrices_are_evaluated_and_eliminated_with_one_thread(goal, threads):
    seen = []

    class Watched(Product):
        def at(self, field, key, rows, word_size):
            seen.append(min(found["num_threads"] for found in threadpool_info()))
            return super().at(field, key, rows, word_size)

    with ThreadpoolController().limit(limits=2):
        assert look(Watched(2), "key", goal, 101).rank == 2
    assert seen == [threads]


def test_a_rank_that_is_not_seen_again_is_an_error():
    seen = look(Product(3), "key", 3, 101)
    assert len(seen.minor_json()["rows"]) == 3
    broken = type(seen)(seen.evaluation, "key", 101, 1, 4)
    with pytest.raises(ArithmeticError, match="was not seen again"):
        broken.minor_json()


def test_earlier_trials_say_nothing_of_a_greater_rank():
    known = Known(0, upper=Reason("count", 9))
    known.take(AtLeast(look(Product(2), "a", 9, 2**61 - 1, is_random=True)))
    assert known.log2_error == -50
    known.take(AtLeast(look(Product(3), "b", 9, 2**61 - 1, is_random=True)))
    known.take(AtLeast(look(Product(2), "c", 9, 2**61 - 1, is_random=True)))
    assert known.log2_error == -100
    assert len(known.repeats) == 2


@pytest.mark.parametrize("rank", [1, 5, 40, 70])
@pytest.mark.parametrize("is_transposed", [False, True])
@pytest.mark.parametrize("prime", [8388593, 2**61 - 1, 2**89 - 1])
def test_whole_matrices_of_known_rank(rank, is_transposed, prime):
    """Few rows and many columns are compressed, but for large primes; a minor names rows and columns."""
    field = PrimeField(prime)
    left, right = field.draw("known", "left", (80, rank)), field.draw("known", "right", (rank, 300))
    array = field.multiply(left, right)
    matrix = WholeMatrix(array.T if is_transposed else array, prime, is_transposed, np.arange(1000, 1300))
    assert matrix.rank(75) == rank
    rows, columns = matrix.minor(rank)
    assert len(rows) == len(columns) == rank
    assert set(rows) <= set(range(80))
    assert set(columns) <= set(range(1000, 1300))
    places = np.ix_(rows, [c - 1000 for c in columns])
    assert WholeMatrix(array[places], prime).rank(rank) == rank


def test_poles_are_met_in_at_most_half_of_the_trials():
    """Repetition at most doubles the bound only then; longer words are drawn otherwise."""
    rare, frequent = EntrySize(6, 400, poles=1 << 50), EntrySize(6, 400, poles=1 << 61)
    plain = log2_trial_error(EntrySize(6, 400), 5, 1)
    assert log2_trial_error(rare, 5, 1) == plain + 1
    assert log2_trial_error(frequent, 5, 1) == 0
    assert log2_trial_error(frequent, 5, 2) == log2_trial_error(EntrySize(6, 400), 5, 2) + 1
    assert word_size_for(-30, lambda size: log2_trial_error(frequent, 5, size)) == 2


def test_the_sum_of_a_table_is_rounded_up():
    assert -63.0 <= log2_of_sum([-64.0, -64.0]) < -62.999
    assert log2_of_sum([-64.0] + [-5000.0] * 9) >= -64.0


def test_positive_exponents_are_never_printed():
    """Degrees of 2^76 in one-word numbers gave an "error" of 2^27, and with a target the search never ended."""
    tail = (1,) * 46
    network = AttentionNetwork((2, 3, *tail), (4, *tail), (4, *tail), tokens=3)
    for target in (None, -30, -200):
        found = network.dimension(log2_error=target)
        assert (found.lower, found.upper, found.grade) == (15, 16, Grade.PROBABLE)
        assert found.log2_error <= (-64 if target is None else target)
