import os
import signal
import time
from contextlib import closing

import pytest

from proofs_check import execution
from proofs_check.execution import run_all


def square(number):
    return number * number


def where(seconds):
    time.sleep(seconds)
    return os.getpid(), os.environ.get("OPENBLAS_NUM_THREADS")


def fail(number):
    if number == 7:
        raise ZeroDivisionError
    return number


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(execution, "LOOK", 0.0)
    monkeypatch.setattr(execution, "WORTH_A_POOL", 0.0)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_item_has_its_answer(jobs, at_once):
    items = list(range(200))
    assert sorted(run_all(square, items, jobs=jobs)) == [(n, n * n) for n in items]
    assert sorted(run_all(square, items, jobs=jobs, cost=lambda n: 200 - n)) == [(n, n * n) for n in items]


def test_nothing_to_do():
    assert list(run_all(square, [])) == []


def test_equal_items_are_computed_once():
    seen = []
    found = sorted(run_all(lambda n: seen.append(n) or n, [5, 3, 5, 5], jobs=1, key=int))
    assert found == [(0, 5), (1, 3), (2, 5), (3, 5)]
    assert sorted(seen) == [3, 5]


def test_little_work_stays_here():
    assert {pid for _, (pid, _) in run_all(where, [0.001] * 20, jobs=2)} == {os.getpid()}


def test_much_work_goes_to_processes_with_one_blas_thread(at_once):
    found = [answer for _, answer in run_all(where, [0.1] * 12, jobs=2)]
    workers = {pid for pid, _ in found} - {os.getpid()}
    assert len(workers) == 2
    assert {threads for pid, threads in found if pid in workers} == {"1"}


def test_the_dearest_go_first(monkeypatch):
    sent = []
    monkeypatch.setattr(execution, "LOOK", 0.0)
    monkeypatch.setattr(execution, "WORTH_A_POOL", 0.0)
    monkeypatch.setattr(execution, "_pool", lambda function, work, seconds, jobs: sent.extend(work) or iter(()))
    done = [answer for _, answer in run_all(square, [3, 1, 2, 4], jobs=2, cost=float)]
    assert done == [1]  # the cheapest shows how long the others take
    assert [item for _, item in sent] == [4, 3, 2]


def test_an_exception_is_raised_here(at_once):
    with pytest.raises(ZeroDivisionError):
        list(run_all(fail, list(range(20)), jobs=2))


def test_closing_early_is_quiet(at_once, capfd):
    with closing(run_all(where, [0.01] * 100, jobs=2)) as answers:
        for _ in range(5):
            next(answers)
    assert capfd.readouterr().err == ""


def test_signals_are_restored(at_once):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    list(run_all(square, list(range(10)), jobs=2))
    with execution.terminated_as_interrupted(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_progress_is_silent_without_a_terminal(capsys):
    with execution.progress(3, "rows") as advance:
        advance(0)
    assert capsys.readouterr() == ("", "")


def test_progress_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with execution.progress(2, "rows", [1.0, 3.0]) as advance:
        advance(1)
        advance(0)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "2 of 2 rows" in shown.err
