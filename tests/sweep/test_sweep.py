import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from proofs_check.engine import FamilySweep, Store, StoreError, SweepReport, loop, run_sweep
from proofs_check.engine.run import answers
from proofs_check.engine.workers import EvaluationError
from tests.sweep import toys

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store():
    with Store.in_memory() as store:
        yield store


@pytest.fixture
def at_once(monkeypatch):
    """A pool from the start."""
    monkeypatch.setattr(loop, "WORTH_A_POOL", -1.0)


def values(sweep):
    return {instance["n"]: result["value"] for instance, result in sweep.results}


def evaluations(log):
    return [int(line.split()[0]) for line in Path(log).read_text().splitlines()] if Path(log).exists() else []


def test_every_instance_is_computed_stored_and_received(store):
    sweep, shown = toys.family(300), []
    report = run_sweep(sweep, store, progress=lambda *numbers: shown.append(numbers))
    assert isinstance(report, SweepReport)
    assert (report.computed, report.reused, report.failed, report.interrupted) == (300, 0, (), False)
    assert values(sweep) == {n: n * n for n in range(300)}
    assert len(store) == 300
    found = store.get("square:12")
    assert (found.sweep, found.label, found.grade, found.seed) == ("squares", "square:12", "proved", 7)
    assert shown[-1] == (300, 300, 1.0)


def test_what_is_stored_is_not_computed_again(store, tmp_path):
    log = {"log": str(tmp_path / "log"), "seconds": 0}
    run_sweep(toys.family(20, toys.slow_square, **log), store)
    sweep = toys.family(50, toys.slow_square, **log)
    report = run_sweep(sweep, store)
    assert (report.computed, report.reused) == (30, 20)
    assert len(values(sweep)) == 50
    assert sorted(evaluations(tmp_path / "log")) == list(range(50))
    assert [each.results for each in store.sweeps()] == [20, 50]


def test_an_adaptive_sweep_goes_on_from_its_answers(store):
    sweep, expected = toys.Collatz(27, 97, 27), {1}
    for n in (27, 97):
        while n > 1:
            expected.add(n)
            n = toys.Collatz.evaluate({"n": n})["next"]
    report = run_sweep(sweep, store)
    assert report.computed == len(sweep.seen)
    assert set(sweep.seen) == expected
    again = toys.Collatz(27)
    assert run_sweep(again, store).computed == 0
    assert len(again.seen) == 112


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor], ids=["ours", "threads"])
def test_a_question_asked_twice_at_once_is_computed_once(store, executor, at_once, tmp_path):
    log = tmp_path / "log"
    instances = [{"n": n % 5, "place": n, "seconds": 0.01, "log": str(log)} for n in range(20)]
    sweep = FamilySweep("squares", {}, instances, toys.slow_square, toys.key)
    report = run_sweep(sweep, store, executor=executor and executor(2), jobs=None if executor else 2)
    assert (report.computed, report.reused) == (5, 15)
    assert len(sweep.results) == 20
    assert sorted(evaluations(log)) == [0, 1, 2, 3, 4]


def test_results_are_received_as_they_are_stored(store):
    def tuples(instance):
        return {"pair": (1, 2), 3: "three"}

    for _ in range(2):
        sweep = FamilySweep("tuples", {}, [{"n": 1}], tuples, toys.key)
        run_sweep(sweep, store)
        assert sweep.results == [({"n": 1}, {"pair": [1, 2], "3": "three"})]


def test_a_failure_is_reported_not_stored_and_tried_again(store, tmp_path):
    cure = tmp_path / "cure"
    report = run_sweep(toys.family(5, toys.failing_square, cure=str(cure)), store)
    assert report.computed == 4
    assert [(each.key, each.message) for each in report.failed] == [("square:3", "ZeroDivisionError: no three")]
    assert report.failed[0].instance == {"n": 3, "cure": str(cure)}
    assert store.sweeps()[0].report["failed"] == 1
    cure.touch()
    report = run_sweep(toys.family(5, toys.failing_square, cure=str(cure)), store)
    assert (report.computed, report.reused, report.failed) == (1, 4, ())


def test_a_result_that_json_cannot_hold_is_a_failure(store):
    report = run_sweep(toys.family(2, toys.unwritable), store)
    assert len(report.failed) == 2
    assert "not JSON compliant" in report.failed[0].message


@pytest.mark.parametrize(("instances", "allowed"), [([], "at least one"), (iter([{"n": 1}]), "no end")])
def test_empty_and_endless_families_are_refused(instances, allowed):
    with pytest.raises(ValueError, match=allowed):
        FamilySweep("squares", {}, instances, toys.square, toys.key)


# ---- without a store, and answers in order


def test_without_a_store_the_sweep_still_has_every_answer_once(tmp_path):
    log = {"log": str(tmp_path / "log"), "seconds": 0.001}
    instances = [{"n": n % 50, **log} for n in range(200)]
    sweep = FamilySweep("squares", {}, instances, toys.slow_square, toys.key)
    report = run_sweep(sweep)
    assert (report.computed, report.reused) == (50, 150)
    assert values(sweep) == {n: n * n for n in range(50)}
    assert sorted(evaluations(tmp_path / "log")) == list(range(50))


def test_an_adaptive_sweep_without_a_store_asks_nothing_twice():
    sweep = toys.Collatz(27, 97, 27)
    report = run_sweep(sweep)
    assert report.computed == len(sweep.seen) == len(set(sweep.seen))


@pytest.mark.parametrize("jobs", [1, 2])
def test_answers_come_in_the_order_of_the_instances(jobs, at_once):
    numbers = [5, 3, 5, 8, 1, 3]
    sweep = FamilySweep("squares", {}, [{"n": n} for n in numbers], toys.square, toys.key, lambda i: i["n"])
    assert [result["value"] for result in answers(sweep, jobs=jobs)] == [n * n for n in numbers]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_first_failure_is_raised_and_ends_the_run(jobs, at_once, store, tmp_path):
    sweep = toys.family(5, toys.failing_square, cure=str(tmp_path / "cure"))
    with pytest.raises(ZeroDivisionError, match="no three"):
        answers(sweep, store, jobs=jobs)
    (tmp_path / "cure").touch()
    sweep = toys.family(5, toys.failing_square, cure=str(tmp_path / "cure"))
    assert [result["value"] for result in answers(sweep, store, jobs=jobs)] == [0, 1, 4, 9, 16]


def test_an_exception_that_cannot_be_sent_is_told_in_words(at_once):
    report = run_sweep(toys.family(2, toys.failing_unsendably), jobs=2)
    assert [each.message for each in report.failed] == ["UnsendableError: one and two"] * 2
    with pytest.raises(EvaluationError, match=r"^UnsendableError: one and two$"):
        answers(toys.family(2, toys.failing_unsendably), jobs=2)
    with pytest.raises(toys.UnsendableError):
        answers(toys.family(2, toys.failing_unsendably), jobs=1)


def test_answers_of_what_kills_its_process_are_an_error(at_once, tmp_path):
    with pytest.raises(EvaluationError, match="died 3 times"):
        answers(toys.family(12, toys.fragile_square, log=str(tmp_path), once=False), jobs=2)


def test_an_interrupt_of_answers_is_raised_when_the_processes_are_gone(at_once, store, tmp_path):
    log = tmp_path / "log"
    sweep = toys.family(400, toys.slow_square, log=str(log), seconds=0.03)
    timer = threading.Timer(2.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        answers(sweep, store, jobs=2)
    timer.join()
    assert not [pid for pid in pids(log) if is_running(pid)]
    assert len(store) > 10


# ---- processes


def test_little_work_stays_here_and_much_goes_to_processes_with_one_blas_thread(store, monkeypatch):
    monkeypatch.setattr(loop, "BUSY", 1.0)  # these evaluations sleep
    monkeypatch.setattr(loop, "WORTH_A_POOL", 1.0)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    sweep = toys.family(80, toys.threads)
    run_sweep(sweep, store, jobs=2)
    here = [result for _, result in sweep.results if result["pid"] == os.getpid()]
    there = [result for _, result in sweep.results if result["pid"] != os.getpid()]
    assert 2 <= len(here) < 30
    assert {result["threads"] for result in there} == {"1"}
    assert len({result["pid"] for result in there}) == 2


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_computes(store, kind):
    sweep = toys.family(200)
    settings = {} if kind is ThreadPoolExecutor else {"mp_context": get_context("spawn")}
    with kind(2, **settings) as executor:
        assert run_sweep(sweep, store, executor=executor).computed == 200
        assert executor.submit(abs, -1).result() == 1  # it is its owner's to close
    assert len(values(sweep)) == 200


def test_the_dearest_go_first_and_small_ones_together(store, tmp_path):
    log = tmp_path / "log"
    sweep = toys.family(300, toys.slow_square, log=str(log), seconds=0.001)
    with ThreadPoolExecutor(1) as executor:
        submitted = []
        submit = executor.submit
        executor.submit = lambda *words: submitted.append(len(words[2])) or submit(*words)
        run_sweep(sweep, store, executor=executor)
    assert evaluations(log)[0] == 299
    assert sum(submitted) >= 300
    assert len(submitted) < 60


def test_what_kills_its_process_fails_alone(store, at_once, tmp_path):
    sweep = toys.family(25, toys.fragile_square, log=str(tmp_path), once=False)
    report = run_sweep(sweep, store, jobs=2)
    assert {each.instance["n"] for each in report.failed} == {0, 10, 20}
    assert "died 3 times" in report.failed[0].message
    assert report.computed == 22


def test_a_process_that_dies_once_costs_nothing(store, at_once, tmp_path):
    sweep = toys.family(25, toys.fragile_square, log=str(tmp_path), once=True)
    report = run_sweep(sweep, store, jobs=2)
    assert (report.computed, report.failed) == (25, ())


def test_a_given_pool_that_breaks_ends_the_sweep_with_what_was_finished(store, tmp_path):
    sweep = toys.family(25, toys.fragile_square, log=str(tmp_path), once=False)
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(ValueError, match="one that keeps working"),
    ):
        run_sweep(sweep, store, executor=executor)
    assert 1 <= len(store) <= 4  # 24 to 21 came before 20


FOREIGN = "import os, sys; open(os.environ['RAN'], 'a').write(f'{__name__} {sys.argv}\\n'); raise ImportError"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_nothing_is_imported_from_the_working_directory(tmp_path, jobs):
    """As an installed command runs: its own folder is on the path, the working directory is not."""
    command, folder, ran = tmp_path / "bin" / "rankcert.py", tmp_path / "data", tmp_path / "ran"
    for name in (command.parent, folder):
        name.mkdir()
    pool = "import proofs_check.engine.loop as r; r.WORTH_A_POOL = -1.0"
    command.write_text(f"if __name__ == '__main__':\n    {pool}\n    from proofs_check.cli import main; main()\n")
    for name in ("random", "json", "numpy", "signal", "pickle", "loky", "multiprocessing", "algebra", "sitecustomize"):
        (folder / f"{name}.py").write_text(FOREIGN)
    words = ["table", "dimensions", "2", "3..5", "1", "--degree", "2", "--jobs", jobs, "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RAN": str(ran)}
    done = subprocess.run([sys.executable, command, *words], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not ran.exists()


def test_the_processes_keep_the_path_and_the_environment_of_this_one(at_once):
    sweep = toys.family(4, toys.surroundings)
    run_sweep(sweep, jobs=2)
    assert "PYTHONSAFEPATH" not in os.environ
    assert {result["safe"] for _, result in sweep.results} == {None}
    assert all(result["path"] == [place or os.getcwd() for place in sys.path] for _, result in sweep.results)


# ---- ends


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_what_is_finished(store, number):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    report = run_sweep(toys.family(50, toys.interrupting_square, stop=20, signal=int(number)), store)
    assert report.interrupted
    assert report.computed == len(store) == 20
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    report = run_sweep(toys.family(50, toys.interrupting_square, stop=-1, signal=0), store)
    assert (report.computed, report.reused, report.interrupted) == (30, 20, False)


def test_an_interrupt_keeps_what_processes_have_finished(store, at_once, tmp_path):
    log = tmp_path / "log"
    sweep = toys.family(400, toys.slow_square, log=str(log), seconds=0.03)
    timer = threading.Timer(2.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    start = time.perf_counter()
    report = run_sweep(sweep, store, jobs=2)
    timer.join()
    assert report.interrupted
    assert time.perf_counter() - start < 7
    done = evaluations(log)
    assert 10 < report.computed == len(store) <= len(done)
    assert len(done) - report.computed <= 2 * 2 * 10  # what was under way
    report = run_sweep(toys.family(60, toys.slow_square, log=str(log), seconds=0), store)
    assert report.computed + report.reused == 60


def test_a_store_that_fails_ends_the_sweep(tmp_path):
    with Store.open(tmp_path / "results.db") as store:
        store.begin("squares", {})
        pages = store._all("PRAGMA page_count")[0][0]
        store._connection.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(StoreError, match="disk with room left"):
            run_sweep(toys.family(3000), store)
    Store.open(tmp_path / "results.db").close()


def pids(log):
    return {int(line.split()[1]) for line in Path(log).read_text().splitlines()}


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")


SCRIPT = """
import sys
from proofs_check.engine import Store, run_sweep
from tests.sweep import toys
with Store.open(sys.argv[1]) as store:
    run_sweep(toys.family(400, toys.slow_square, log=sys.argv[2], seconds=0.02), store, jobs=2)
"""


def test_a_sweep_that_was_killed_continues(tmp_path):
    path, log = tmp_path / "results.db", tmp_path / "log"
    sweep = subprocess.Popen([sys.executable, "-c", SCRIPT, str(path), str(log)], cwd=ROOT)
    while len(evaluations(log)) < 80:
        time.sleep(0.05)
    sweep.kill()
    sweep.wait()
    end = time.monotonic() + 60
    while [pid for pid in pids(log) if is_running(pid)]:  # the pool ends with its parent, which it looks for
        assert time.monotonic() < end, "processes of the pool are left"
        time.sleep(0.05)
    done = len(evaluations(log))
    with Store.open(path) as store:
        report = run_sweep(toys.family(400, toys.slow_square, log=str(log), seconds=0), store)
    assert report.computed + report.reused == 400
    assert report.reused >= 20
    assert done - report.reused < 200  # what was computed since the last writing


def test_the_benchmark_runs():
    command = [sys.executable, str(ROOT / "benchmarks" / "sweep_bench.py"), "--quick", "overhead", "store"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Overhead" in done.stdout


def test_processes_that_start_are_deaf_to_ctrl_c():
    """In a process of its own: Python's tracker of resources starts once, and then let the signals through."""
    script = """
import os, signal
from proofs_check.engine.workers import Workers

if __name__ == "__main__":
    with Workers(None, 2) as workers:
        future = workers.submit(int, "3")
        for pid in list(workers._executor._processes):
            os.kill(pid, signal.SIGINT)
        print(future.result(timeout=60))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (run.stdout, run.returncode) == ("3\n", 0), run.stderr
    assert "Traceback" not in run.stderr
