import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest

from proofs_check.engine import Record, Store, StoreError, store_file
from proofs_check.engine.store_file import release


def record(n, **more):
    result = {"value": n * n, "grade": "proved", "label": f"square:{n}", **more}
    return Record(f"square:{n}", "squares", {"n": n, "seed": 5}, result, seconds=0.5)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results.db"


def test_what_is_put_is_there_when_opened_again(path):
    with Store.open(path) as store:
        store.put([record(2), record(3)])
    with Store.open(path, read_only=True) as store:
        assert store.get("square:3").result == record(3).result
        found = store.get_many(["square:2", "square:9", "square:2"])
        assert len(store) == 2
    assert list(found) == ["square:2"]
    assert (found["square:2"].label, found["square:2"].grade, found["square:2"].seed) == ("square:2", "proved", 5)
    assert [file.name for file in path.parent.iterdir()] == ["results.db"]  # one file when nobody uses it


def test_a_record_takes_the_place_of_an_older_one(path):
    with Store.open(path) as store:
        store.put([record(2)])
        store.put([record(2, grade="probable")])
        assert store.get("square:2").grade == "probable"
        assert len(store) == 1


def test_integers_of_any_size_survive(path):
    big = 7**9000
    assert sys.get_int_max_str_digits() < 7600
    with Store.open(path) as store:
        store.put([Record("big", "numbers", {"n": -big}, {"value": big, "list": [big]}, seed=big)])
        found = store.get("big")
        store.export(path.with_suffix(".csv"))
        frame = store.frame()
    assert (found.instance["n"], found.result["value"], found.result["list"], found.seed) == (-big, big, [big], big)
    assert frame["value"].tolist() == [big]
    assert len(path.with_suffix(".csv").read_text()) > 7600 * 3


@pytest.mark.parametrize("bad", [{"value": float("nan")}, {"value": {1, 2}}])
def test_what_json_cannot_hold_is_refused_whole(path, bad):
    with Store.open(path) as store:
        with pytest.raises((ValueError, TypeError)):
            store.put([record(1), Record("bad", "numbers", {}, bad)])
        assert len(store) == 0


def test_a_read_only_store_cannot_be_written(path):
    Store.open(path).close()
    with Store.open(path, read_only=True) as store, pytest.raises(StoreError, match="open for writing"):
        store.put([record(1)])


# ---- sweeps and frames


def test_a_frame_has_flat_exact_nullable_columns(path):
    with Store.in_memory() as store:
        store.put(
            [
                Record("a", "s", {"n": 1, "value": 0}, {"value": 2**63, "ok": True, "x": 1, "end": {"in": 2}}),
                Record("b", "s", {"n": 2, "value": 0}, {"value": None, "ok": None, "x": 0.5, "widths": [2, 3]}),
            ]
        )
        frame = store.frame()
    kinds = {
        "n": "Int64",
        "value": "Int64",
        "value_found": "object",
        "ok": "boolean",
        "x": "Float64",
        "end.in": "Int64",
    }
    assert {name: str(frame[name].dtype) for name in kinds} == kinds
    assert frame["value_found"].tolist() == [2**63, None]
    assert frame["widths"].tolist()[1] == "2 3"


def test_a_frame_of_a_sweep_has_the_results_it_took_from_another(path):
    with Store.open(path) as store:
        first, second = store.begin("first", {}), store.begin("second", {"n": 3})
        store.put([record(1), record(2)], first)
        store.add_members(second, ["square:2"])
        store.end(second, {"computed": 0})
        assert store.begin("second", {"n": 3}) == second
        assert store.frame("second")["key"].tolist() == ["square:2"]
        assert len(store.frame()) == 2
        described = store.sweeps()
    assert [(each["name"], each["results"]) for each in described] == [("first", 2), ("second", 1)]
    assert described[1]["report"] == {"computed": 0}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_exports_are_what_the_frame_is(path, suffix):
    with Store.open(path) as store:
        store.put([record(n) for n in range(20)])
        store.export(path.with_suffix(suffix))
    read = pd.read_csv if suffix == ".csv" else pd.read_parquet
    assert read(path.with_suffix(suffix))["value"].tolist() == [n * n for n in range(20)]


def test_an_export_of_another_kind_is_refused(path):
    with Store.open(path) as store, pytest.raises(ValueError, match=r"\.csv or \.parquet"):
        store.export("results.xlsx")


def test_an_empty_store_has_an_empty_frame(path):
    with Store.open(path) as store:
        assert store.frame().empty
        assert store


# ---- files that are no store of ours


def test_other_files_are_refused_and_untouched(tmp_path):
    text, database = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("dear diary, " * 20)
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE results (key TEXT)")
    connection.close()
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in (text, database)}
    for file in before:
        for read_only in (False, True):
            with pytest.raises(StoreError, match="stays as it is"):
                Store.open(file, read_only)
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in before} == before
    assert sorted(tmp_path.iterdir()) == [text, database]


def test_folders_that_do_not_exist(tmp_path):
    with pytest.raises(StoreError, match="a folder that exists"):
        Store.open(tmp_path / "nowhere" / "results.db")
    with pytest.raises(StoreError, match="file that exists"):
        Store.open(tmp_path / "results.db", read_only=True)
    with pytest.raises(StoreError, match="file that can be read"):
        Store.open(tmp_path)


def test_a_damaged_store_is_reported(path):
    with Store.open(path) as store:
        store.put([record(n) for n in range(500)])
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(path)
    assert path.read_bytes() == bytes(content)


# ---- other versions


def test_a_store_of_a_later_version_is_refused_with_advice(path):
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema'")
    connection.close()
    with pytest.raises(StoreError, match="git pull"):
        Store.open(path)
    with pytest.raises(StoreError, match="schema 99"):
        Store.open(path, read_only=True)


def test_a_store_of_an_earlier_version_is_migrated(path, monkeypatch):
    with Store.open(path) as store:
        store.put([record(2)])
    monkeypatch.setattr(store_file, "SCHEMA", 2)
    with pytest.raises(StoreError, match="start a new store"):
        Store.open(path)
    monkeypatch.setattr(store_file, "MIGRATIONS", {1: ["ALTER TABLE results ADD COLUMN note TEXT"]})
    with pytest.raises(StoreError, match="open it once for writing"):
        Store.open(path, read_only=True)
    with Store.open(path) as store:
        assert store.get("square:2").result["value"] == 4
    with Store.open(path, read_only=True) as store:
        assert len(store) == 1


# ---- two processes

HOLDER = """
import sys
from proofs_check.engine import Record, Store
with Store.open(sys.argv[1]) as store:
    store.put([Record("a", "s", {}, {"value": 1})])
    print("open", flush=True)
    sys.stdin.read()
"""
WRITER = """
import sys
from proofs_check.engine import Record, Store
number = int(sys.argv[2])
with Store.open(sys.argv[1]) as store:
    while True:
        store.put([Record(f"row:{number + i}", "s", {"n": i}, {"value": number, "pad": "x" * 500}) for i in range(7)])
        number += 7
        print(number, flush=True)
"""


def child(code, *words):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_second_writer_is_told_who_writes_and_may_read(path):
    with child(HOLDER, path) as holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match=f"process {holder.pid} on"):
            Store.open(path)
        with Store.open(path, read_only=True) as store:
            assert store.get("a").result == {"value": 1}
        holder.stdin.close()
        holder.wait()
    with Store.open(path) as store:  # the lock went with its process
        assert len(store) == 1


def test_the_same_process_cannot_write_twice(path):
    with Store.open(path), pytest.raises(StoreError, match=f"process {os.getpid()}"):
        Store.open(path)


def test_a_lock_file_that_was_left_behind_blocks_nobody(path):
    lock = path.with_name(f"{path.name}.lock")
    lock.write_text("process 1 on the moon\n")
    with Store.open(path):
        assert lock.read_text().startswith(f"process {os.getpid()} on")
    assert not lock.exists()


def test_closing_twice_leaves_the_next_writer_alone(path):
    first = Store.open(path)
    first.close()
    with Store.open(path):
        first.close()
        with pytest.raises(StoreError, match=f"process {os.getpid()}"):
            Store.open(path)


def test_another_thread_may_give_the_lock_back(path):
    store = Store.open(path)
    thread = threading.Thread(target=release, args=(store._lock,))
    thread.start()
    thread.join()
    Store.open(path).close()


def test_nothing_acknowledged_is_lost_to_a_kill(path):
    number = 0
    for _ in range(6):
        with child(WRITER, path, number) as writer:
            line = writer.stdout.readline()
            time.sleep(random.uniform(0.0, 0.2))
            writer.send_signal(signal.SIGKILL)
            lines = [line, *writer.stdout]
        number = int([line for line in lines if line.endswith("\n")][-1])
        with Store.open(path) as store:
            assert store._all("PRAGMA integrity_check") == [("ok",)]
            rows = len(store)
            assert rows % 7 == 0  # whole batches
            assert number <= rows <= number + 7
            assert store.get(f"row:{number - 1}").result["pad"] == "x" * 500
        number = rows


def test_a_full_disk_is_reported_and_what_was_there_stays(path):
    with Store.open(path) as store:
        store.put([record(n) for n in range(100)])
        pages = store._all("PRAGMA page_count")[0][0]
        store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreError, match="disk with room left"):
            store.put([record(n, pad="x" * 1000) for n in range(100, 400)])
        assert len(store) == 100
        assert store.get("square:7").result["value"] == 49
    with Store.open(path) as store:
        store.put([record(100)])
        assert len(store) == 101


def put_until_full(store, stored):
    while True:
        store.put([record(len(stored) + i, pad=os.urandom(400).hex()) for i in range(20)])
        stored += range(20)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")
def test_a_disk_that_is_really_full(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no tmpfs here")
    try:
        store = Store.open(disk / "results.db")
        stored = []
        with pytest.raises(StoreError, match="room left"):
            put_until_full(store, stored)
        assert stored
        store.close()
        with Store.open(disk / "results.db", read_only=True) as store:
            assert len(store) == len(stored)
            assert store._all("PRAGMA integrity_check") == [("ok",)]
    finally:
        subprocess.run(["umount", disk], check=True)
