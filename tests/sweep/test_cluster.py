"""A real cluster of Dask on this machine, one of whose workers is killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from proofs_check.engine import Store, run_sweep
from proofs_check.engine import cluster as cluster_module
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


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1"])
def test_a_scheduler_that_does_not_answer_is_named(address):
    with pytest.raises(ValueError, match=f"--scheduler is '{address}'"), on_scheduler(address, timeout=1):
        pass


BAD_ADDRESSES = [
    "nonsense",
    "",
    "tcp://",
    "tcp://:8786",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:port",
    "tcp://127.0.0.1:99999",
    "tcp://127.0.0.1:0",
    "tcp://127.0.0.1:-1",
    "tcp://[::1:8786",
    "tcp://a b:8786",
    "tcp://me@127.0.0.1:8786",
    "tcp://127.0.0.1:8786/path",
    "tcp://tcp://127.0.0.1:8786",
    "udp://127.0.0.1:8786",
    "http://127.0.0.1:8787",
    "inproc://",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_a_malformed_address_is_refused_at_once_and_nothing_is_made(address, call, tmp_path):
    start, store = time.perf_counter(), tmp_path / "results.db"
    answer = call("sweep", "dimensions", "2", "3", "1", "--degree", "2", "--scheduler", address, "--store", store)
    assert answer.status == 2
    assert f"--scheduler is {address!r}, but it must be the address of a Dask scheduler" in answer.stderr
    assert not store.exists()
    assert time.perf_counter() - start < 2


COMMAND = [sys.executable, "-c", "from proofs_check.cli import main; main()"]
SWEEP = ["sweep", "dimensions", "3..9", "3..9", "3..9", "2..9", "--degree", "2"]


@pytest.fixture
def listener():
    """A listener that takes connections and never says a word."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        found.listen(5)
        found.settimeout(120)
        yield found


@pytest.fixture
def silent(listener):
    return f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def test_a_listener_that_never_answers_is_refused_within_the_limit(silent):
    start = time.perf_counter()
    with pytest.raises(ValueError, match="no answer within 1 seconds"), on_scheduler(silent, timeout=1):
        pass
    assert time.perf_counter() - start < 6


def test_an_interrupt_is_heard_while_nothing_answers(listener, silent):
    command = [*COMMAND, *SWEEP, "--scheduler", silent]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as run:
        connection, _ = listener.accept()  # from now on the command waits for a word
        start = time.perf_counter()
        run.send_signal(signal.SIGINT)
        message = run.stderr.read()
        assert run.wait(10) == 130
        connection.close()
    assert time.perf_counter() - start < 5
    assert "Traceback" not in message


def stopped_after(log, count, pid):
    while len(lines(log)) < count:
        time.sleep(0.01)
    os.kill(pid, signal.SIGSTOP)


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_scheduler_that_falls_silent_ends_the_sweep(tmp_path, monkeypatch, interrupted):
    monkeypatch.setattr(cluster_module, "SILENT", 60.0 if interrupted else 3.0)
    monkeypatch.setattr(cluster_module, "BEAT", 0.5)
    log = tmp_path / "log"
    other = subprocess.Popen(
        [sys.executable, "-c", SCHEDULER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    stopper = threading.Thread(target=stopped_after, args=(log, 40, other.pid))
    sweep = toys.family(2000, toys.slow_square, log=str(log), seconds=0.02)
    try:
        with Store.in_memory() as store:
            address = other.stdout.readline().strip()
            stopper.start()
            start = time.perf_counter()
            if interrupted:
                threading.Timer(6, os.kill, (os.getpid(), signal.SIGINT)).start()
                with on_scheduler(address) as executor:
                    assert run_sweep(sweep, store, executor=executor).interrupted
            else:
                with pytest.raises(ValueError, match="silent for 3 seconds"), on_scheduler(address) as executor:
                    run_sweep(sweep, store, executor=executor)
            assert time.perf_counter() - start < 16
            assert len(store) > 0
    finally:
        other.kill()
        other.communicate()
        stopper.join()


def test_a_cluster_whose_workers_are_gone_ends_the_sweep(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "SILENT", 3.0)
    monkeypatch.setattr(cluster_module, "BEAT", 0.5)
    log = tmp_path / "log"
    settings = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(**settings, silence_logs=50) as small, Store.in_memory() as store:
        scaler = threading.Timer(2.0, small.scale, (0,))
        scaler.start()
        sweep = toys.family(2000, toys.slow_square, log=str(log), seconds=0.02)
        with (
            pytest.raises(ValueError, match="no worker for 3 seconds"),
            on_scheduler(small.scheduler_address) as executor,
        ):
            run_sweep(sweep, store, executor=executor)
        assert len(store) > 0
        scaler.join()
