"""Closed, full and abandoned streams; encodings that lack signs. Real processes, for pytest's streams are whole."""

import json
import os
import shlex
import subprocess
import sys
import time

import pytest

DIMENSION = "dimension 2 3 1 --degree 2"
BAD = "dimension 2 0 1 --degree 2"
HELPS = ("dimension", "plot", "memorize build", "rank convac", "table paper", "table critical-points")


def shell(line, cwd=None, **variables):
    """Run a line of sh, in which rankcert is the command."""
    command = f"{shlex.quote(sys.executable)} -c 'from proofs_check.cli import main; main()'"
    line = line.replace("rankcert", command)
    here = os.getcwd()
    environment = {**os.environ, "PYTHONPATH": here, **variables}
    environment.pop("PYTHONUNBUFFERED", None)
    return subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, errors="replace", cwd=cwd, env=environment, timeout=100
    )


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (f"rankcert {DIMENSION} >&-", 0),
        (f"rankcert {BAD} 2>&-", 2),
        (f"rankcert {BAD} >&- 2>&- <&-", 2),
        ("rankcert dimension - <&-", 2),
        (f"rankcert {BAD} 2>/dev/full", 2),
    ],
)
def test_a_closed_stream_is_as_good_as_null(line, status):
    done = shell(line)
    assert done.returncode == status
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_table_is_written_without_stderr(tmp_path):
    done = shell("rankcert table dimensions 2 3..4 1 --degree 2 --output o.csv 2>&-", tmp_path)
    assert done.returncode == 0
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("words", [DIMENSION, f"{DIMENSION} --json", f"{BAD} --json", "--version", "dimension --help"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_stdout_is_a_sentence(words, unbuffered):
    done = shell(f"PYTHONUNBUFFERED={unbuffered} rankcert {words} >/dev/full")
    assert done.returncode == 2
    assert done.stderr == "rankcert: stdout cannot be written (No space left on device)\n"


@pytest.mark.parametrize("words", [DIMENSION, f"{BAD} --json", "--version", "dimension --help", "--nonsense --json"])
def test_a_pipe_that_nobody_reads_ends_quietly(words):
    done = shell(f"{{ rankcert {words}; echo $? >&2; }} | true")
    # `true` may still be there when a short text is written
    assert done.stderr.splitlines()[-1] in ("141", "0", "2")
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


CUT_SHORT = """
import signal
from proofs_check.cli.streams import guarded

signal.signal(signal.SIGALRM, lambda number, frame: None)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
with guarded():
    print("x" * 300_000, flush=True)
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_signals_cut_no_text_short(unbuffered):
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen([sys.executable, "-c", CUT_SHORT], stdout=subprocess.PIPE, env=environment) as run:
        time.sleep(1)  # the pipe is full, and signals come
        assert run.communicate()[0] == b"x" * 300_000 + b"\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp932"])
@pytest.mark.parametrize("words", HELPS)
def test_help_in_a_narrow_encoding(words, encoding):
    done = shell(f"rankcert {words} --help", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")


def test_json_keeps_to_what_the_encoding_holds(tmp_path):
    (tmp_path / "key.json").write_text('{"größe": 1}', encoding="utf-8")
    done = shell("rankcert dimension key.json --json", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["argument"] == "größe"
    for command in ("schema rank convac", "example attention pattern", "doctor --json"):
        assert json.loads(shell(f"rankcert {command}", PYTHONIOENCODING="ascii").stdout)


def test_text_in_a_narrow_encoding(tmp_path):
    (tmp_path / "fx.json").write_text('{"name": "fixed", "n": 40, "w": 3}')
    assert shell("rankcert attention pattern fx.json", tmp_path, PYTHONIOENCODING="ascii").returncode == 0
