"""Ctrl-C: what is finished is kept, a sentence says how much and how to go on, and the same command does."""

import json
import re
import signal
import subprocess
import sys
import time

import pytest

from proofs_check.engine import Store
from proofs_check.papers import select

COMMAND = [sys.executable, "-c", "from proofs_check.cli import main; main()"]
SECONDS = 60  # a deadline; none of it is waited for

CASES = {
    "sweep dimensions": ["sweep", "dimensions", "3..9", "3..9", "3..9", "2..9", "--degree", "2"],
    "table paper": ["table", "paper", "dao2026-search", "--jobs", "1"],
    "table unimodality": ["table", "unimodality", "--largest", "200", "--jobs", "1"],
    "verify": ["verify"],
}


def stored(path):
    with Store.open(path, read_only=True) as store:
        return len(store)


def interrupted(words, path, after=1):
    """Start a command, press Ctrl-C when the store holds more than so many results, and return what it said."""
    run = subprocess.Popen(
        [*COMMAND, *words, "--store", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and run.poll() is None and not (path.exists() and stored(path) > after):
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    error = run.communicate(timeout=SECONDS)[1]
    assert run.returncode == 130, error
    assert "Traceback" not in error
    return error


@pytest.mark.parametrize("case", sorted(CASES))
def test_what_is_finished_is_kept_and_the_same_command_goes_on(case, tmp_path):
    path, html = tmp_path / "s.db", tmp_path / "report.html"
    words = [*CASES[case], *(["--html", str(html)] if case == "verify" else [])]
    said = interrupted(words, path)
    (line,) = [line for line in said.splitlines() if line.startswith("rankcert: interrupted")]
    assert line.endswith("the same command continues")
    finished, kept = int(re.search(r"\d+", line)[0]), stored(path)
    assert kept > 1
    assert finished == kept or case == "table paper"  # rows that ask the same share an answer
    if case == "verify":
        assert str(html) in line
        page = html.read_text(encoding="utf-8")
        assert sum(f"{claim.id}<" in page for claim in select(())) == kept

    interrupted(words, path, after=kept)
    assert stored(path) > kept


def test_a_table_that_is_interrupted_is_written_as_far_as_it_is(tmp_path):
    path, file = tmp_path / "s.db", tmp_path / "t.csv"
    said = interrupted([*CASES["table unimodality"], "--output", str(file)], path)
    assert f"and in {file}; the same command continues" in said
    assert len(file.read_text(encoding="utf-8").splitlines()) == stored(path) + 1


def test_json_says_that_it_was_interrupted(tmp_path):
    words = [*CASES["sweep dimensions"], "--store", str(tmp_path / "s.db"), "--json"]
    run = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while run.poll() is None and not ((tmp_path / "s.db").exists() and stored(tmp_path / "s.db")):
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    (result,) = json.loads(run.communicate(timeout=SECONDS)[0])["results"]
    assert result["interrupted"]
    assert result["count"] == len(result["rows"]) == stored(tmp_path / "s.db")
