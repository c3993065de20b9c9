import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pandas as pd
import pytest

from algebra.errors import InputError
from proofs_check.engine import Record, Store, StoreError, run_sweep, store_file
from proofs_check.engine.store_file import release
from tests.sweep import toys


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
    assert [(each.name, each.results) for each in described] == [("first", 2), ("second", 1)]
    assert described[1].report == {"computed": 0}


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


SCHEMA_1 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE results (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, sweep TEXT NOT NULL, label TEXT, instance TEXT NOT NULL,
    result TEXT NOT NULL, grade TEXT, seed, version TEXT NOT NULL, seconds REAL, made_at TEXT NOT NULL
);
CREATE TABLE sweeps (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, parameters TEXT NOT NULL, version TEXT NOT NULL,
    started_at TEXT NOT NULL, ended_at TEXT, report TEXT, UNIQUE (name, parameters, version)
);
CREATE TABLE members (
    sweep INTEGER NOT NULL REFERENCES sweeps, result INTEGER NOT NULL REFERENCES results, PRIMARY KEY (sweep, result)
) WITHOUT ROWID;
"""


@pytest.fixture
def old(path):
    """A store of schema 1 with 20 results."""
    connection = sqlite3.connect(path)
    connection.executescript(f"PRAGMA application_id = {store_file.APPLICATION}; {SCHEMA_1}")
    meta = {"schema": "1", "made_by": "rankcert 0.4.0", "made_at": "2026-01-01"}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    marks = ",".join("?" * 10)
    rows = [record(n, pad=None).row() for n in range(19)] + [record(19, pad=7**9000).row()]
    connection.executemany(f"INSERT INTO results ({store_file.ROW}) VALUES ({marks})", rows)
    connection.execute("INSERT INTO sweeps VALUES (1, 'squares', '{}', '0.4.0', 'then', NULL, NULL)")
    connection.execute("INSERT INTO members SELECT 1, id FROM results")
    connection.commit()
    connection.close()
    return path


def test_a_store_of_schema_1_is_read_as_it_is(old):
    before = old.read_bytes()
    with Store.open(old, read_only=True) as store:
        assert store.get("square:3").result["value"] == 9
        assert len(list(store.records("squares"))) == 20
        assert store.sweeps()[0].results == 20
    assert old.read_bytes() == before


def test_a_store_of_schema_1_is_migrated_when_it_is_written_to(old):
    with Store.open(old) as store:
        assert store._all("SELECT value FROM meta WHERE name = 'schema'") == [("2",)]
        store.put([record(20)])
    with Store.open(old, read_only=True) as store:
        assert {each.result["value"] for each in store.records("squares")} == {n * n for n in range(21)}
        assert store.get("square:19").result["pad"] == 7**9000
        assert None not in {check for (check,) in store._all("SELECT checksum FROM results")}


def test_an_unreadable_result_of_schema_1_is_a_sentence(old):
    with sqlite3.connect(old) as connection:
        connection.execute("""UPDATE results SET result = '{"value' WHERE key = 'square:3'""")
    connection.close()
    with (
        Store.open(old, read_only=True) as store,
        pytest.raises(StoreError, match="'square:3' is not what was written"),
    ):
        store.get("square:3")


def test_a_schema_from_which_nothing_leads_here_is_refused(old):
    with sqlite3.connect(old) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'schema'")
    connection.close()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="start a new store"):
            Store.open(old, read_only)


# ---- damage


def spoil(path, statement):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(statement)
    connection.commit()
    connection.close()


def read_all(path):
    with Store.open(path, read_only=True) as store:
        return store.sweeps(), {each.key: each.result["value"] for each in store.records("squares")}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE results SET result = replace(result, '9', '8') WHERE key = 'square:3'",
        "UPDATE results SET key = 'square:9' WHERE key = 'square:3'",
        "UPDATE results SET grade = 'probable' WHERE key = 'square:3'",
        "UPDATE results SET seconds = 0.25 WHERE key = 'square:3'",
        "UPDATE results SET seed = 4 WHERE key = 'square:3'",
        "UPDATE results SET result = '[' WHERE key = 'square:3'",
        "UPDATE results SET checksum = NULL WHERE key = 'square:3'",
        "UPDATE members SET result = 99 WHERE result = 4",
        "UPDATE members SET sweep = 2 WHERE result = 4",
        "UPDATE sweeps SET name = 'squarer'",
        "UPDATE sweeps SET parameters = '{'",
        "UPDATE sweeps SET report = '{'",
        "UPDATE meta SET value = 'q' WHERE name = 'schema'",
        "UPDATE meta SET name = 'schena' WHERE name = 'schema'",
        "UPDATE sqlite_master SET sql = replace(sql, 'id INTEGER', 'id INTEGES') WHERE name = 'results'",
        "UPDATE sqlite_master SET sql = replace(sql, 'grade', 'grede') WHERE name = 'results'",
    ],
)
def test_damage_is_a_sentence(path, statement):
    with Store.open(path) as store:
        store.begin("squares", {})
        store.put([record(n) for n in range(5)], 1)
    spoil(path, statement)
    with pytest.raises(StoreError, match="damaged"):
        read_all(path)


def test_a_damaged_result_ends_a_sweep_with_a_cure(path):
    with Store.open(path) as store:
        store.put([record(n) for n in range(5)])
    spoil(path, "UPDATE results SET result = replace(result, '9', '8') WHERE key = 'square:3'")
    with Store.open(path) as store, pytest.raises(StoreError, match="DELETE FROM results WHERE id = 4;") as caught:
        run_sweep(toys.family(5), store)
    connection = sqlite3.connect(path)
    connection.executescript(str(caught.value).split('"')[1])
    connection.close()
    with Store.open(path) as store:
        sweep = toys.family(5)
        assert run_sweep(sweep, store).computed == 1
        assert {instance["n"]: result["value"] for instance, result in sweep.results}[3] == 9
        assert len(list(store.records())) == 5


def flipped_bits(path, count):
    """A store with one flipped bit after the other."""
    content, dice = path.read_bytes(), random.Random(count)
    for number in range(count):
        spoilt = bytearray(content)
        bit = dice.randrange(8 * len(content))
        spoilt[bit // 8] ^= 1 << bit % 8
        file = path.with_name(f"{number}.db")
        file.write_bytes(spoilt)
        yield bit, file


@pytest.mark.parametrize("count", [60, pytest.param(3000, marks=pytest.mark.slow)])
def test_a_flipped_bit_is_a_sentence_or_changes_nothing(path, count):
    right = {f"square:{n}": n * n for n in range(30)}
    with Store.open(path) as store:
        run_sweep(toys.family(30), store)
    for bit, file in flipped_bits(path, count):
        with suppress(InputError):
            assert read_all(file)[1] == right, bit
        with suppress(InputError), Store.open(file) as store:
            sweep = toys.family(30)
            run_sweep(sweep, store)
            assert {f"square:{each['n']}": result["value"] for each, result in sweep.results} == right, bit


# ---- special files


def refused(path, match, read_only=False):
    with pytest.raises(StoreError, match=match):
        Store.open(path, read_only)


@pytest.mark.parametrize("read_only", [False, True])
def test_only_a_regular_file_is_a_store(tmp_path, read_only):
    (tmp_path / "dangling.db").symlink_to(tmp_path / "nowhere.db")
    (tmp_path / "loop.db").symlink_to(tmp_path / "loop.db")
    os.mkfifo(tmp_path / "pipe.db")
    (tmp_path / "to_pipe.db").symlink_to(tmp_path / "pipe.db")
    before = sorted(tmp_path.iterdir())
    refused(os.devnull, "not a device", read_only)
    refused(tmp_path / "dangling.db", "a link to .*nowhere.db, which does not exist", read_only)
    refused(tmp_path / "loop.db", "a file that can be read", read_only)
    refused(tmp_path / "pipe.db", "not a pipe", read_only)
    refused(tmp_path / "to_pipe.db", "not a pipe", read_only)
    refused(tmp_path, "not a folder", read_only)
    refused(":memory:", "needs no store", read_only)
    refused(tmp_path / "file::memory:", "needs no store", read_only)
    assert sorted(tmp_path.iterdir()) == before
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_link_leads_to_the_store_and_to_its_lock(path, tmp_path):
    link = tmp_path / "folder" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    Store.open(path).close()
    with Store.open(link) as store:
        refused(path, f"process {os.getpid()}")
        store.put([record(1)])
    assert link.is_symlink()
    assert [file.name for file in link.parent.iterdir()] == ["link.db"]
    with Store.open(path), pytest.raises(StoreError, match=f"process {os.getpid()}"):
        Store.open(link)
    with Store.open(link, read_only=True) as store:
        assert len(store) == 1


def test_a_store_with_two_names_is_read_only(path):
    Store.open(path).close()
    os.link(path, path.with_name("copy.db"))
    refused(path, "hard links")
    Store.open(path, read_only=True).close()


@pytest.mark.parametrize("suffix", store_file.BESIDE)
@pytest.mark.parametrize("make", [os.symlink, os.link])
def test_what_stands_beside_a_store_is_never_written_through(path, suffix, make):
    diary = path.with_name("diary.txt")
    diary.write_text("dear diary")
    Store.open(path).close()
    make(diary, path.with_name(f"{path.name}{suffix}"))
    refused(path, "remove it")
    assert diary.read_text() == "dear diary"


def test_a_lock_that_is_put_in_place_at_the_last_moment_is_not_written_to(path, monkeypatch):
    diary = path.with_name("diary.txt")
    diary.write_text("dear diary")
    os.link(diary, path.with_name(f"{path.name}.lock"))
    monkeypatch.setattr(store_file, "_check_beside", lambda *files: None)
    Store.open(path).close()
    assert diary.read_text() == "dear diary"


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
    store.close()


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
