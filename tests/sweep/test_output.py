"""What is finished is kept: by an interrupt, by two, by a kill, and by a shorter table in the same place."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from importlib.resources import files
from pathlib import Path

import pytest

from proofs_check.cli import families
from proofs_check.engine import Store, run_sweep
from proofs_check.engine.output import free_name, rows_in
from proofs_check.engine.workers import Interrupts
from proofs_check.tabulate import table
from tests.sweep import toys
from tests.sweep.waiting import has_rows, has_stored, wait_until

ROOT = Path(__file__).parents[2]
PUBLISHED = Path(str(files("proofs_check.printed") / "data" / "dao2026-search.csv"))
COMMAND = [sys.executable, "-c", "from proofs_check.cli import main; main()"]
LONG = ["table", "dimensions", "--from", str(PUBLISHED)]
SHORT = ["table", "dimensions", "2", "3..4", "1", "--degree", "2"]
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# ---- a second after it is finished a row is safe


@pytest.fixture
def heard():
    """Every signal is heard, as in a terminal: whoever runs the tests may ignore some, as nohup does."""
    before = {each: signal.getsignal(each) for each in SIGNALS}
    for each in SIGNALS:
        signal.signal(each, signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL)
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_every_signal_that_ends_a_job_keeps_what_is_finished(heard, number):
    before = [signal.getsignal(each) for each in SIGNALS]
    with Store.in_memory() as store:
        report = run_sweep(toys.family(50, toys.interrupting_square, stop=20, signal=int(number)), store)
        assert (report.interrupted, report.computed, len(store)) == (True, 20, 20)
    assert [signal.getsignal(each) for each in SIGNALS] == before


def test_a_signal_that_is_ignored_ends_nothing(heard):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Store.in_memory() as store:
        report = run_sweep(toys.family(50, toys.interrupting_square, stop=20, signal=int(signal.SIGHUP)), store)
        assert (report.interrupted, report.computed, len(store)) == (False, 50, 50)
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


def test_rows_are_written_while_a_long_instance_is_computed(tmp_path):
    path, seen = tmp_path / "results.db", []

    def look():
        with Store.open(path, read_only=True) as store:
            seen.append(len(store))

    looker = threading.Timer(1.6, look)
    with Store.open(path) as store:
        looker.start()
        run_sweep(toys.family(10, toys.last_is_long, last=9, seconds=2.5), store, jobs=1)
        looker.join()
    assert seen == [9]


def test_what_the_writing_thread_meets_ends_the_sweep(tmp_path, monkeypatch):
    with Store.open(tmp_path / "results.db") as store:
        store.begin("squares", {})
        pages = store._all("PRAGMA page_count")[0][0]
        store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        start = time.perf_counter()
        with pytest.raises(ValueError, match="disk with room left"):
            run_sweep(toys.family(1000, toys.padded, seconds=0.005), store, jobs=1)
        assert time.perf_counter() - start < 4


def test_a_kill_of_a_table_loses_seconds(tmp_path):
    output = tmp_path / "t.csv"
    with subprocess.Popen([*COMMAND, *LONG, "--output", output, "--jobs", "1"], stderr=subprocess.PIPE) as run:
        wait_until(lambda: has_rows(output), run)
        run.kill()
    assert rows_in(output) > 0


@pytest.mark.parametrize(
    ("jobs", "pause"),
    [
        *(("1", 0.02), ("2", 0.15), ("2", 0.3)),
        *(pytest.param(*other, marks=pytest.mark.slow) for other in (("2", 0.02), ("1", 0.15), ("1", 0.3))),
    ],
)
def test_two_interrupts_lose_nothing(tmp_path, jobs, pause):
    output = tmp_path / "t.csv"
    command = [*COMMAND, *LONG, "--output", output, "--jobs", jobs]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
        wait_until(lambda: has_rows(output), run)
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(pause)
        os.killpg(run.pid, signal.SIGINT)
        message = run.stderr.read()
        assert run.wait(30) == 130
    assert "Traceback" not in message
    assert f"interrupted: {rows_in(output)} of 1576 rows are finished and in {output}" in message
    assert rows_in(output) > 0


def test_a_sweep_hears_only_the_first_interrupt(tmp_path):
    store = tmp_path / "results.db"
    words = ["sweep", "dimensions", *["3..15"] * 4, "--degree", "2", "--store", str(store), "--json"]
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        wait_until(lambda: has_stored(store), run)
        for _ in range(5):
            run.send_signal(signal.SIGINT)
            time.sleep(0.05)
        out, err = run.communicate(timeout=20)
    assert run.returncode == 130, err
    (result,) = json.loads(out)["results"]
    assert 0 < len(result["rows"]) == result["computed"]


def test_the_first_interrupt_is_let_through_and_no_other():
    with Interrupts(is_open=True) as interrupts:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert interrupts.asked
    with Interrupts(is_open=True) as outer:
        with Interrupts():
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)  # the inner one has been heard
        assert outer.asked


def test_what_is_held_is_done_before_the_interrupt():
    done = []

    def write(interrupts):
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)
            done.append("written")

    with Interrupts(is_open=True) as interrupts, pytest.raises(KeyboardInterrupt):
        write(interrupts)
    assert done == ["written"]


# ---- a shorter table never takes the place of a longer one


@pytest.mark.parametrize("suffix", [".csv", ".md", ".tex", ".html", ".parquet"])
@pytest.mark.parametrize("name", ["dimensions", "head-size"])
def test_rows_are_counted(tmp_path, suffix, name):
    options = {"ranges": [range(2, 3), range(3, 7), range(1, 2)], "degree": "2"} if name == "dimensions" else {}
    made = table(name, jobs=1, **(options or {"sizes": [2, 3]}))
    path = tmp_path / f"t{suffix}"
    assert rows_in(path) == 0
    made.write(path)
    assert rows_in(path) == len(made.frame if suffix in (".csv", ".parquet") else made.shown) > 1


def test_files_without_a_table_have_no_rows(tmp_path):
    for name, content in {"a.csv": b"", "b.csv": b"\xff\xfe", "c.parquet": b"PAR1", "d.md": b"# notes"}.items():
        (tmp_path / name).write_bytes(content)
        assert rows_in(tmp_path / name) == 0
    os.mkfifo(tmp_path / "e.csv")
    assert rows_in(tmp_path / "e.csv") == 0
    assert free_name(tmp_path / "a.csv").name == "a.new.csv"
    (tmp_path / "a.new.csv").touch()
    assert free_name(tmp_path / "a.csv").name == "a.new2.csv"


@pytest.mark.parametrize("suffix", [".csv", ".md", ".parquet"])
def test_a_shorter_table_goes_beside_a_longer_one(call, tmp_path, suffix):
    output = tmp_path / f"t{suffix}"
    call("table", "dimensions", "2", "3..8", "1", "--degree", "2", "--output", output)
    before = output.read_bytes()
    answer = call(*SHORT, "--output", output)
    assert answer.status == 0
    assert output.read_bytes() == before
    assert rows_in(tmp_path / f"t.new{suffix}") == 2
    assert f"2 rows: 2 proved, in {tmp_path / f't.new{suffix}'} ({output} has more rows and stays" in answer.stderr


def test_a_table_of_the_same_length_or_longer_takes_the_place(call, tmp_path):
    output = tmp_path / "t.csv"
    for last in ("4", "4", "5"):
        answer = call("table", "dimensions", "2", f"3..{last}", "1", "--degree", "2", "--output", output)
        assert f"in {output}\n" in answer.stderr
    assert list(tmp_path.iterdir()) == [output]


def test_an_interrupted_table_leaves_a_longer_one_and_says_how_to_go_on(tmp_path):
    output, beside = tmp_path / "t.csv", tmp_path / "t.new.csv"
    output.write_text("lower\n" + "1\n" * 8000)
    with subprocess.Popen([*COMMAND, *LONG, "--output", output], stderr=subprocess.PIPE, text=True) as run:
        wait_until(lambda: has_rows(beside), run)
        run.send_signal(signal.SIGINT)
        message = run.stderr.read()
    assert rows_in(output) == 8000
    assert f"in {beside} ({output} has more rows and stays as it is)" in message
    assert f"--output {beside} --resume continues" in message
    assert 0 < rows_in(beside) < 1576


def test_what_was_beside_goes_when_the_table_is_longer(tmp_path, monkeypatch, call):
    output = tmp_path / "t.csv"
    call("table", "dimensions", "2", "3..6", "1", "--degree", "2", "--output", output)
    monkeypatch.setattr(families, "SAVE_EVERY", 0.0)
    monkeypatch.setattr(families, "SAVE_SHARE", 1.0)
    call("table", "dimensions", "2", "3..9", "1..9", "1", "--degree", "2", "--output", output, "--jobs", "1")
    assert rows_in(output) == 63
    assert list(tmp_path.iterdir()) == [output]


def test_a_smaller_atlas_is_refused_before_the_work(call, tmp_path):
    file = tmp_path / "thresholds.csv"
    file.write_text("label\n" + "pnn:2-2:r2\n" * 100_000)
    answer = call("atlas", "thresholds", "--folder", tmp_path, "--json")
    assert (answer.status, answer.error["argument"]) == (2, "largest")
    assert rows_in(file) == 100_000


# ---- stores


def test_a_mistyped_sweep_never_empties_a_file(call, tmp_path):
    store, output = tmp_path / "s.db", tmp_path / "s.csv"
    call("sweep", "dimensions", "2", "3..6", "1", "--degree", "2", "--store", store)
    assert call("store", "export", store, output).status == 0
    before = output.read_bytes()
    answer = call("store", "export", store, output, "--sweep", "dimension", "--json")
    assert (answer.status, answer.error["argument"], answer.error["value"]) == (2, "--sweep", "dimension")
    assert "dimensions" in answer.error["allowed"]
    assert output.read_bytes() == before
    assert call("store", "export", store, output, "--sweep", "dimensions").status == 0


def test_no_results_replace_nothing(call, tmp_path):
    store, output = tmp_path / "s.db", tmp_path / "s.csv"
    Store.open(store).close()
    output.write_text("n\n1\n")
    answer = call("store", "export", store, output)
    assert answer.status == 2
    assert output.read_text() == "n\n1\n"
    assert "has no sweep" in answer.stderr or "no result to export" in answer.stderr
    assert call("store", "export", store, output, "--sweep", "squares").status == 2


def test_a_table_in_the_place_of_its_store_is_refused(call, tmp_path):
    store, link = tmp_path / "s.csv", tmp_path / "link.csv"
    call(*SHORT, "--store", store)
    link.symlink_to(store)
    before = store.read_bytes()
    for output in (store, link):
        assert call(*SHORT, "--store", store, "--output", output, "--json").error["argument"] == "output"
        assert call("store", "export", store, output, "--json").error["argument"] == "output"
    assert (
        call("verify", "kileel2019.unimodal", "--store", store, "--html", store, "--json").error["argument"] == "html"
    )
    assert store.read_bytes() == before


@pytest.mark.parametrize("store", [":memory:", "file::memory:", os.devnull])
def test_what_is_no_file_is_no_store(call, tmp_path, monkeypatch, store):
    monkeypatch.chdir(tmp_path)
    answer = call(*SHORT, "--store", store, "--json")
    assert (answer.status, answer.error["argument"]) == (2, "store")
    assert list(tmp_path.iterdir()) == []
