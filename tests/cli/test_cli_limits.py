"""What could fill time or memory is refused before: long numbers, many keys and columns, endless files."""

import json
import os
import time

import pytest

from algebra import InputError
from algebra.reading import MOST_DIGITS, parse_object
from proofs_check.cli.app import app  # noqa: F401 - imports are not timed

LIMIT = 30  # seconds; each took more than a minute


@pytest.fixture(autouse=True)
def within_seconds():
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < LIMIT


@pytest.mark.parametrize("quote", ["", '"'])
def test_an_integer_of_ten_megabytes(call, tmp_path, quote):
    file = tmp_path / "n.json"
    file.write_text(f'{{"widths": [2, 3, 1], "degree": {quote}{"9" * 10**7}{quote}}}')
    answer = call("dimension", file, "--json")
    assert answer.status == 2
    assert "at most 100,000 digits" in answer.error["message"]


def test_many_integers_just_within_the_limit_are_looked_at_once():
    text = f"[{','.join(['9' * MOST_DIGITS] * 20)}]"
    with pytest.raises(InputError, match="a JSON object"):
        parse_object(text, "f.json")


def test_long_strings_are_for_those_who_ask():
    text = f'{{"n": "{"9" * (MOST_DIGITS + 1)}"}}'
    with pytest.raises(InputError, match="digits"):
        parse_object(text, "f.json")
    assert len(parse_object(text, "f.json", long_strings=True)["n"]) == MOST_DIGITS + 1
    with pytest.raises(InputError, match="digits"):
        parse_object(text.replace('"9', "9").replace('9"', "9"), "f.json", long_strings=True)


def test_many_keys():
    keys = ",".join(f'"k{k}": 1' for k in range(700_000))
    with pytest.raises(InputError, match="k699999 is"):
        parse_object(f'{{{keys}, "k699999": 2}}', "f.json")


def test_many_columns(call, tmp_path):
    file = tmp_path / "c.csv"
    names = ",".join(f"c{k}" for k in range(1_200_000))
    file.write_text(f"{names}\n{names}\n")
    answer = call("table", "dimensions", "--from", file, "--json")
    assert answer.status == 2
    assert "10,000 columns" in answer.error["message"]


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="a device of Unix")
def test_a_file_without_end(call):
    answer = call("dimension", "/dev/zero")
    assert answer.status == 2
    assert "256 MB" in answer.stderr


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("architecture;degree\n2 3 1;2\n", "its columns are architecture, degree"),
        ("architecture\tdegree\n2 3 1\t2\n", "its columns are architecture, degree"),
        ("Breadths,degree\n2 3 1,2\n", "its columns are Breadths, degree"),
        ('widths,degree\n"[2, 3, 1",2\n', "column widths is '[2, 3, 1'"),
    ],
)
def test_a_csv_file_that_is_not_ours_says_what_it_has(call, tmp_path, head, says):
    file = tmp_path / "c.csv"
    file.write_text(head)
    assert says in call("table", "dimensions", "--from", file).stderr


def test_json_readers_can_read_huge_numbers(call):
    answer = call("dimension", 1000, 2, 2, 2, 2, 2, 2, 2, 1, "--degree", 10, "--json")
    (result,) = json.loads(answer.stdout)["results"]
    assert isinstance(result["ambient_dimension"], str)
    assert len(result["ambient_dimension"]) == 4429
    assert isinstance(result["lower"], int)


def test_standard_input_is_utf8_whatever_the_terminal(call):
    answer = call("dimension", "-", "--json", stdin='{"größe": 1}'.encode())
    assert answer.error["argument"] == "größe"
