"""Instances that are evaluated together: the same results as one by one, whatever goes wrong."""

from pathlib import Path

import pytest

from proofs_check.engine import Store, loop, run_sweep
from proofs_check.engine.run import answers
from proofs_check.engine.tasks import FEW_TOGETHER, MOST_TOGETHER

from . import toys


@pytest.fixture(params=[1, 2])
def jobs(request, monkeypatch):
    """Everything here, or everything in a pool."""
    if request.param == 2:
        monkeypatch.setattr(loop, "WORTH_A_POOL", -1.0)
    return request.param


def calls(log):
    """Sizes of what was evaluated together, and what was evaluated alone."""
    lines = [line.split() for line in Path(log).read_text().splitlines()]
    together = [int(size) for size, what in lines if what == "together"]
    return together, sorted(int(n) for n, what in lines if what != "together")


def squares(count):
    return [{"value": n * n, "label": f"square:{n}", "grade": "proved"} for n in range(count)]


def test_small_ones_are_evaluated_together_and_the_rest_alone(tmp_path, jobs):
    log = tmp_path / "log"
    assert answers(toys.company(1600, toys.squares_together, log=str(log)), jobs=jobs) == squares(1600)
    together, alone = calls(log)
    assert sum(together) == 1500
    assert max(together) <= MOST_TOGETHER
    assert jobs == 2 or len(together) <= 1 + 1500 // FEW_TOGETHER  # not cut into small ones
    assert alone == [n for n in range(1600) if n >= 1500 or n % 7 == 0]


@pytest.mark.parametrize("evaluate", [toys.none_together, toys.too_few_together])
def test_what_goes_wrong_together_goes_right_alone(tmp_path, jobs, evaluate):
    log = tmp_path / "log"
    assert answers(toys.company(60, evaluate, log=str(log)), jobs=jobs) == squares(60)
    assert calls(log)[1] == list(range(60))


def test_what_kills_a_process_together_is_computed_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "WORTH_A_POOL", -1.0)
    log = tmp_path / "log"
    assert answers(toys.company(8, toys.deadly_together, log=str(log)), jobs=2) == squares(8)
    assert set(calls(log)[1]) == set(range(8))


def test_the_same_instance_twice_is_evaluated_once(tmp_path):
    log = tmp_path / "log"
    sweep = toys.company(40, toys.squares_together, log=str(log))
    doubled = type(sweep)(
        "twice", {}, [*sweep.instances, *sweep.instances], sweep.evaluate, sweep.key, together=sweep.together
    )
    assert answers(doubled, jobs=1) == [*squares(40), *squares(40)]
    assert calls(log)[0] == [40]


def test_an_interrupt_costs_what_is_evaluated_together_and_no_more(tmp_path):
    log = str(tmp_path / "log")
    with Store.open(tmp_path / "s.db") as store:
        sweep = toys.company(1400, toys.interrupted_together, log=log, stop=1200)
        report = run_sweep(sweep, store, jobs=1)
        assert report.interrupted
        finished = report.computed
        assert 1200 - MOST_TOGETHER < finished == len(store) == len(sweep.results) <= 1200
        report = run_sweep(toys.company(1400, toys.interrupted_together, log=log, stop=-1), store, jobs=1)
        assert (report.computed, report.reused, report.interrupted) == (1400 - finished, finished, False)


def test_progress_is_shown_in_between(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "FEW_TOGETHER", 100)
    monkeypatch.setattr(loop, "MOST_TOGETHER", 100)
    shown = []
    sweep = toys.company(1000, toys.squares_together, log=str(tmp_path / "log"))
    run_sweep(sweep, jobs=1, progress=lambda done, known, share: shown.append((done, known)))
    assert len({done for done, _ in shown}) >= 10
    assert shown[-1] == (1000, 1000)
