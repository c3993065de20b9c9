import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import InputError
from proofs_check.cli.failures import plain
from proofs_check.families._csv import result_names
from proofs_check.show.text import aligned, number
from proofs_check.words import log2_error_of, span


@pytest.mark.parametrize(
    ("word", "value"),
    [("2^-100", -100.0), ("2**-100", -100.0), ("10^-3", -9.965784), ("1/1000", -9.965784), ("1e-3", -9.965784),
     ("0.5", -1.0), ("1e-9999", -33215.96), ("2^-5000", -5000.0)],
)  # fmt: skip
def test_error_probability(word, value):
    assert log2_error_of("error", word) == pytest.approx(value)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "0",
        "1",
        "0.6",
        "-1",
        "2^",
        "^2",
        "2^3",
        "2^x",
        "1/0",
        "0^2",
        "nan",
        "inf",
        "2^nan",
        "1e-99999999",
        "1e999999999",
        "2^-1e99999999",
        "1e-99999999^2",
        "1e-999999",
    ],
)
def test_bad_error_probability(word):
    with pytest.raises(InputError, match="error"):
        log2_error_of("error", word)


@given(st.integers(1, 500), st.integers(0, 500))
def test_spans(low, length):
    assert list(span("widths", f"{low}..{low + length}")) == list(range(low, low + length + 1))
    assert list(span("widths", str(low))) == [low]


@given(st.lists(st.sampled_from(["widths", "lower", "lower_found", "seed", "x"]), unique=True))
def test_no_column_has_two_owners(inputs):
    fields = dict.fromkeys(["lower", "upper", "seed"], "integer")
    names = result_names(inputs, fields, ("seed",))
    assert not set(names.values()) & set(inputs)
    assert ("seed" in names) == ("seed" not in inputs)


def test_small_words():
    assert number(2**100 - 1) == str(2**100 - 1)
    assert number(10**5000) == "about 10^5000"
    assert number(10**5000 // 2) == "about 10^4999"
    assert aligned([("a", "1")]) == "  a  1"
    assert plain({1, 2}) == "{1, 2}"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["dimension", "2", "3", "1"], "degree is missing; it must be"),
        (["dimension", "2", "3..4", "1", "--degree", "2"], "`rankcert table dimensions` takes ranges"),
        (["verify", "shair2018"], "did you mean sharir2018?"),
        (["dim"], "Did you mean 'dimension'?"),
    ],
)
def test_what_is_meant_is_said(call, words, sentence):
    answer = call(*words)
    assert answer.status == 2
    assert sentence in " ".join(answer.stderr.split())


def test_help_is_a_word_too(call):
    assert call("help", "threshold").stdout == call("threshold", "--help").stdout
    assert call("help").stdout == call("--help").stdout
