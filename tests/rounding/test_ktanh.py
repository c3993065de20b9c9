"""K-TanH: the words of tanh, tables and their optimality, beside slow and independent programs."""

import hashlib
import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.rounding import Entry, KTanhTable, Layout, bfloat16_value, correctly_rounded_tanh, optimal_table
from algebra.rounding.ktanh_bfloat16 import reference_word, word_of
from algebra.rounding.ktanh_errors import TableErrors
from tests.properties import examples

DATA = json.loads((Path(__file__).parents[1] / "data" / "ktanh_tables.json").read_text(encoding="utf-8"))
QUARTER, END = Fraction(1, 4), Fraction(15, 4)
DEFAULT = Layout.between(3, QUARTER, END)


def float_of(words):
    """The values of words: bfloat16 is the upper half of float32."""
    return (np.asarray(words, dtype=np.uint32) << 16).view(np.float32).astype(np.float64)


def to_words(values):
    """Round finite floats to the nearest words, ties to even, through float32."""
    bits = np.asarray(values, dtype=np.float32).view(np.uint32).astype(np.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


WORDS = np.arange(1 << 16, dtype=np.uint16)
FINITE = (WORDS & 0x7FFF) < 0x7F80


# ---- words, and tanh correctly rounded


def test_values_are_those_of_float32():
    values = float_of(WORDS[FINITE])
    assert [bfloat16_value(int(word)) for word in WORDS[FINITE]] == [Fraction(x) for x in values.tolist()]
    assert all(bfloat16_value(int(word)) is None for word in WORDS[~FINITE])


def test_every_positive_number_is_found_again():
    assert all(word_of(bfloat16_value(word)) == word for word in range(1, 0x7F80))
    assert not any(map(word_of, [Fraction(0), Fraction(-1), Fraction(1, 3), Fraction(257, 256), Fraction(2) ** -134,
                                 Fraction(2) ** 128, Fraction(2) ** 5000]))  # fmt: skip


def test_the_reference_is_the_one_of_all_words():
    digest = hashlib.sha256(correctly_rounded_tanh().astype("<u2").tobytes()).hexdigest()
    assert digest == "82d3b0e25604fe5ab607624b8dc1bbee87014a633ee5d6f18c71fe54e7524743"


def test_floats_agree_with_the_reference_at_all_words():
    """A second opinion: no value of tanh is so near to a tie that the error of a float matters."""
    assert (to_words(np.tanh(float_of(WORDS[FINITE]))) == correctly_rounded_tanh()[FINITE]).all()


@pytest.mark.parametrize(("word", "expected"), DATA["reference_samples"].items())
def test_samples_of_the_reference(word, expected):
    assert reference_word(int(word, 16)) == int(expected, 16)


def test_the_reference_is_odd_and_monotone():
    found = correctly_rounded_tanh()
    assert (found[WORDS ^ 0x8000] == found ^ 0x8000).all()
    assert (np.diff(found[:0x7F81].astype(int)) >= 0).all()


# ---- tables


@pytest.mark.parametrize("row", DATA["tables"], ids=lambda r: "-".join(str(r[k]) for k in list(r)[:5]))
def test_optimal_tables_have_the_known_errors(row):
    layout = Layout.between(row["mantissa_bits"], Fraction(row["T1"]), Fraction(row["T2"]))
    table = optimal_table(layout, row["carry"], row["monotone_required"])
    found = TableErrors(table)
    assert found.max_abs == pytest.approx(row["max_abs_error"], abs=1e-12)
    assert found.mean_abs == pytest.approx(row["mean_abs_error"], abs=1e-9)
    assert (found.max_ulp, found.exact, len(found.words)) == (row["max_ulp"], row["exact"], row["inputs"])
    assert len(table.entries) == row["entries"]
    assert table.is_monotone or not row["monotone_required"]


@pytest.mark.parametrize(
    ("bits", "carry", "monotone", "ulp"),
    [(2, False, False, 14), (2, True, False, 4), (3, False, False, 5), (3, True, False, 3), (4, False, False, 5),
     (4, True, False, 2), (5, False, False, 1), (5, True, False, 1), (2, False, True, 14), (2, True, True, 6),
     (3, False, True, 5), (3, True, True, 4), (4, False, True, 5), (4, True, True, 4), (5, False, True, 4),
     (5, True, True, 4)],
)  # fmt: skip
def test_least_distances_in_words(bits, carry, monotone, ulp):
    table = optimal_table(Layout.between(bits, QUARTER, END), carry, monotone, "ulp")
    assert TableErrors(table).max_ulp == ulp


@pytest.mark.parametrize(
    ("bits", "low", "high", "carry", "everywhere", "ulp"),
    [(3, "1/4", "111/32", False, 0.00892035, None), (3, "1/4", "4", False, 0.00892035, None),
     (2, "1/64", "15/4", False, 0.03788284, None), (2, "1/64", "15/4", True, 0.01404708, None),
     (3, "1/64", "15/4", True, 0.00892035, 4), (4, "1/64", "15/4", True, 0.00537303, 2)],
)  # fmt: skip
def test_other_thresholds(bits, low, high, carry, everywhere, ulp):
    found = TableErrors(optimal_table(Layout.between(bits, Fraction(low), Fraction(high)), carry))
    assert found.max_abs_everywhere == pytest.approx(everywhere, abs=1e-8)
    assert ulp is None or found.max_ulp_everywhere == ulp


def test_what_passes_and_what_saturates():
    table = optimal_table(DEFAULT)
    assert TableErrors(table).max_ulp == 6
    assert TableErrors(optimal_table(Layout.between(5, QUARTER, END))).max_ulp_everywhere == 5  # at 0.249
    assert TableErrors(optimal_table(Layout.between(7, Fraction(1, 16), END), carry=True)).max_ulp_everywhere == 0


# ---- an independent search: every exponent, shift and addend, in another arithmetic


def _searched(words, carry):
    """Try all 256 x 8 x 256 entries near tanh with long doubles, each answer made bit by bit."""
    words = np.asarray(words, dtype=np.int64)
    truth = np.tanh(float_of(words).astype(np.longdouble))
    exponents = {int(word) >> 7 for word in to_words(truth.astype(float))}
    best = np.inf
    for exponent in range(min(exponents) - 1, max(exponents) + 2):
        for shift in range(8):
            sums = ((words & 0x7F) >> shift)[None, :] + np.arange(-128, 128)[:, None]
            answers = (exponent << 7) + sums
            is_fine = carry | ((sums >= 0) & (sums < 128)).all(axis=1)
            errors = np.abs(float_of(np.maximum(answers, 0)) - truth).max(axis=1)
            best = min(best, errors[is_fine].min(initial=np.inf))
    return float(best)


@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize("layout", [Layout(1, 0x3E80, 0x4070), Layout(3, 0x3E80, 0x4070), Layout(2, 0x3C93, 0x4019)])
def test_every_entry_is_as_good_as_any_other(layout, carry):
    found = TableErrors(optimal_table(layout, carry))
    for number, piece in enumerate(layout.pieces):
        assert found.of_entry(number)[0] == pytest.approx(_searched(piece, carry), abs=1e-15)


def _least_monotone(layout, carry, shifts):
    """Compare all chains of entries: for each last answer the least level at which a table can end there."""
    reached = {layout.first - 1: 0.0}
    for piece in layout.pieces:
        words = np.asarray(piece, dtype=np.int64)
        truth = np.tanh(float_of(words))
        after = {}
        for shift in range(shifts):
            amounts = (words & 0x7F) >> shift
            for base in range(0x3C00, 0x3F90):
                answers = base + amounts
                if not carry and answers[0] >> 7 != answers[-1] >> 7:
                    continue
                error = float(np.abs(float_of(answers) - truth).max())
                level = min((max(level, error) for last, level in reached.items() if last <= answers[0]), default=2.0)
                after[int(answers[-1])] = min(after.get(int(answers[-1]), 2.0), level)
        # a greater last answer only counts if its level is less
        reached, least = {}, 2.0
        for last, level in sorted(after.items()):
            if level < least:
                reached[last] = least = level
    return min(level for last, level in reached.items() if last <= 0x3F80)


@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize("layout", [Layout(0, 0x3E80, 0x4070), Layout(2, 0x3F00, 0x3F80), Layout(4, 0x3E80, 0x3EC8)])
def test_no_monotone_table_is_better(layout, carry):
    table = optimal_table(layout, carry, monotone=True)
    assert table.is_monotone
    assert TableErrors(table).max_abs == pytest.approx(_least_monotone(layout, carry, 8), abs=1e-13)


layouts = st.builds(
    lambda bits, first, length: Layout(bits, first, min(first + length, 0x4180)),
    st.integers(0, 7), st.integers(0x3B00, 0x3F80), st.integers(1, 400),
)  # fmt: skip


@examples(15)
@given(layouts, st.booleans(), st.booleans(), st.sampled_from(["abs", "ulp"]))
def test_any_table_in_any_layout(layout, carry, monotone, objective):
    table = optimal_table(layout, carry, monotone, objective)
    free = optimal_table(layout, True, False, objective)
    found, other = TableErrors(table), TableErrors(free)
    assert (found.max_abs >= other.max_abs) if objective == "abs" else (found.max_ulp >= other.max_ulp)
    assert table.is_monotone or not monotone
    for entry, piece in zip(table.entries, layout.pieces, strict=True):
        assert -128 <= entry.addend <= 127
        assert all(a <= b for a, b in pairwise(map(entry.answer, piece)))
        assert carry or all(entry.answer(word) >> 7 == entry.exponent for word in piece)
    assert [table.apply(int(word)) for word in WORDS[::7]] == table.words[::7].tolist()


# ---- all words


@pytest.mark.parametrize(("carry", "monotone"), [(False, False), (True, False), (True, True)])
def test_the_readable_form_and_the_fast_one_agree_on_every_word(carry, monotone):
    table = optimal_table(DEFAULT, carry, monotone)
    answers = table.words
    assert [table.apply(int(word)) for word in WORDS] == answers.tolist()

    nan = (WORDS & 0x7FFF) > 0x7F80
    assert (answers[nan] == (WORDS[nan] | 0x40)).all()
    assert (answers >> 15 == WORDS >> 15).all()
    assert (answers[WORDS ^ 0x8000] == answers ^ 0x8000).all()
    assert ((answers[~nan] & 0x7FFF) <= 0x3F80).all()
    assert (answers[0x4070:0x7F81] == 0x3F80).all()
    assert (answers[:0x3E80] == WORDS[:0x3E80]).all()
    assert (np.diff(answers[:0x7F81].astype(int)) >= 0).all() == table.is_monotone
    error = np.abs(float_of(answers[FINITE]) - np.tanh(float_of(WORDS[FINITE]))).max()
    assert error == pytest.approx(TableErrors(table).max_abs_everywhere, abs=1e-12)


def test_descents_of_the_unconstrained_table():
    answers = optimal_table(DEFAULT).words[0x3E7F:0x4071].astype(int)
    assert (np.diff(answers) < 0).sum() == 7


# ---- bad input


@pytest.mark.parametrize("word", [-1, 1 << 16, 1.5, True, "0x3f00", None])
def test_no_word(word):
    for ask in (optimal_table(DEFAULT).apply, reference_word, bfloat16_value):
        with pytest.raises(InputError, match="word"):
            ask(word)


@pytest.mark.parametrize(
    ("fields", "named"),
    [((8, 0x3E80, 0x4070), "mantissa_bits"), ((-1, 0x3E80, 0x4070), "mantissa_bits"), ((3, 0x4070, 0x4070), "t2"),
     ((3, 0, 0x4070), "first"), ((3, 0x3E80, 0x7F80), "last"), ((3, 1.5, 0x4070), "first")],
)  # fmt: skip
def test_no_layout(fields, named):
    with pytest.raises(InputError, match=named):
        Layout(*fields)


@pytest.mark.parametrize("entry", [Entry(256, 0, 0), Entry(126, 8, 0), Entry(126, 0, 128), Entry(126, 0, 1)])
def test_no_entry(entry):
    with pytest.raises(InputError, match=r"entries\[0\]"):
        KTanhTable(Layout(0, 0x3F00, 0x3F80), (entry,))
    with pytest.raises(InputError, match="entries"):
        KTanhTable(Layout(1, 0x3F00, 0x3F80), (entry,))


def test_no_search():
    with pytest.raises(InputError, match="objective"):
        optimal_table(DEFAULT, objective="mean")
    with pytest.raises(InputError, match="largest_shift"):
        optimal_table(DEFAULT, largest_shift=8)
    with pytest.raises(InputError, match="monotone"):
        optimal_table(Layout.between(3, Fraction(2), Fraction(4)), monotone=True)
