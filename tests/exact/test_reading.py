"""Files of others: what has no end, is no file, or holds what would take long is refused, whoever reads it."""

import os
from pathlib import Path

import pytest

from algebra import InputError
from algebra.critical_points import Problem
from algebra.critical_points.files import read_arrays
from algebra.evidence import Certificate
from algebra.programs.onnx_files import initialisers
from algebra.programs.weights import read_weights
from algebra.reading import MOST_BYTES, MOST_DIGITS, check_archive, read_text

READERS = {
    "text": (".txt", read_text),
    "arrays": (".npz", read_arrays),
    "weights": (".json", read_weights),
    "weights of safetensors": (".safetensors", read_weights),
    "weights of ONNX": (".onnx", initialisers),
    "a problem": (".json", Problem.from_file),
    "a problem of arrays": (".npz", Problem.from_file),
    "a certificate": (".json", Certificate.read),
}


def needed(suffix):
    if suffix in (".onnx", ".safetensors"):
        pytest.importorskip(suffix[1:])


@pytest.mark.parametrize("reader", READERS)
def test_a_device_without_an_end_is_not_read(tmp_path, reader):
    suffix, read = READERS[reader]
    needed(suffix)
    path = tmp_path / f"endless{suffix}"
    path.symlink_to("/dev/zero")
    with pytest.raises(InputError, match="but it must be"):
        read(path)


@pytest.mark.parametrize("reader", READERS)
def test_what_is_too_large_is_not_read(tmp_path, reader):
    suffix, read = READERS[reader]
    needed(suffix)
    path = tmp_path / f"large{suffix}"
    path.touch()
    os.truncate(path, MOST_BYTES + 1)  # without blocks on the disk
    with pytest.raises(InputError):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only some systems have pipes with names")
@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".onnx"])
def test_archives_are_no_pipes(tmp_path, suffix):
    needed(suffix)
    os.mkfifo(tmp_path / f"pipe{suffix}")
    with pytest.raises(InputError, match="not a device or a pipe"):
        read_weights(tmp_path / f"pipe{suffix}")
    with pytest.raises(InputError, match="not a folder"):
        check_archive(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        check_archive(Path("nowhere.npz"))


@pytest.mark.parametrize("read", [read_weights, Problem.from_file])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 200_000, "nested too deeply"),
        (f'{{"X": {"9" * (MOST_DIGITS + 1)}}}', "digits"),
        ('{"X": 1, "X": 2}', "once"),
    ],
    ids=["nested", "long", "twice"],
)
def test_hostile_json(tmp_path, read, text, said):
    path = tmp_path / "hostile.json"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only some systems have pipes with names")
def test_rows_are_not_taken_from_a_pipe(call, tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    answer = call("table", "dimensions", 2, "3..4", 1, "--degree", 2, "--output", tmp_path / "t.csv", "--resume")
    assert answer.status == 2
    assert "not a device or a pipe" in answer.stderr
