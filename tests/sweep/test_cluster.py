"""A real cluster of Dask on this machine, one of whose workers is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from proofs_check.engine import Store, run_sweep
from proofs_check.engine.workers import on_scheduler, width_of
from tests.sweep import toys

ROOT = Path(__file__).parents[2]
distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets of the cluster that end with it
    pytest.mark.filterwarnings("ignore:Port 8787 is already in use:UserWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster():
    settings = {"n_workers": 3, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**settings, silence_logs=50) as cluster:
        yield cluster


def lines(log):
    return [tuple(map(int, line.split())) for line in Path(log).read_text().splitlines()] if Path(log).exists() else []


def kill_after(log, count, pid):
    while len(lines(log)) < count:
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)


def kill_one_worker_after(log, count, killed):
    while len(lines(log)) < count:
        time.sleep(0.01)
    killed.append(lines(log)[-1][1])
    os.kill(killed[0], signal.SIGKILL)


def test_a_killed_worker_loses_nothing_and_little_is_computed_twice(cluster, tmp_path):
    count, log, killed = 300, tmp_path / "log", []
    sweep = toys.family(count, toys.slow_square, log=str(log), seconds=0.02)
    killer = threading.Thread(target=kill_one_worker_after, args=(log, 60, killed))
    killer.start()
    with Store.open(tmp_path / "results.db") as store, on_scheduler(cluster.scheduler_address) as executor:
        assert width_of(executor) == 3
        report = run_sweep(sweep, store, executor=executor)
        assert len(store) == count
    killer.join()
    assert (report.computed, report.failed) == (count, ())
    assert {instance["n"]: result["value"] for instance, result in sweep.results} == {n: n * n for n in range(count)}
    times = Counter(n for n, _ in lines(log))
    assert set(times) == set(range(count))
    assert len({pid for _, pid in lines(log)}) >= 3
    # in flight on the killed worker: two chunks, each of at most 0.15 s by the estimate
    assert sum(times.values()) - count <= 2 * 10
    assert max(times.values()) <= 2


def test_an_interrupt_keeps_what_the_cluster_has_finished(cluster, tmp_path):
    log = tmp_path / "log"
    timer = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with Store.in_memory() as store, on_scheduler(cluster.scheduler_address) as executor:
        sweep = toys.family(2000, toys.slow_square, log=str(log), seconds=0.02)
        report = run_sweep(sweep, store, executor=executor)
        timer.join()
        assert report.interrupted
        assert 0 < report.computed == len(store) <= len(lines(log))


def test_the_command_runs_on_a_cluster(cluster, call, tmp_path):
    words = ["sweep", "dimensions", "2", "3..4", "1..2", "1", "--degree", "2", "--store", tmp_path / "results.db"]
    result = call(*words, "--scheduler", cluster.scheduler_address, "--json").results[0]
    assert (result["computed"], result["count"], result["failed"]) == (4, 4, [])


SCHEDULER = """
from distributed import LocalCluster
if __name__ == "__main__":
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    print(cluster.scheduler_address, flush=True)
    input()
"""


def test_a_scheduler_that_stops_ends_the_sweep_with_what_was_finished(tmp_path):
    log = tmp_path / "log"
    other = subprocess.Popen(
        [sys.executable, "-c", SCHEDULER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    killer = threading.Thread(target=kill_after, args=(log, 40, other.pid))
    with Store.in_memory() as store, other:
        address = other.stdout.readline().strip()
        killer.start()
        with pytest.raises(ValueError, match="--scheduler is"), on_scheduler(address) as executor:
            run_sweep(toys.family(2000, toys.slow_square, log=str(log), seconds=0.02), store, executor=executor)
        assert len(store) > 0
    killer.join()


def test_a_cluster_without_workers_is_refused():
    settings = {"n_workers": 0, "processes": False, "dashboard_address": None}
    with (
        distributed.LocalCluster(**settings, silence_logs=50) as empty,
        pytest.raises(ValueError, match="at least one worker"),
        on_scheduler(empty.scheduler_address, timeout=1),
    ):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "udp://127.0.0.1:8786"])
def test_a_scheduler_that_does_not_answer_is_named(address):
    with pytest.raises(ValueError, match=f"--scheduler is '{address}'"), on_scheduler(address, timeout=1):
        pass
