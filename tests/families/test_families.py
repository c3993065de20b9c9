"""Every family, tested by what it declares: its example, its columns, its options, and bad words made for each of them.

Nothing here names a family: those that are added are tested without an edit.
"""

import csv
import itertools
import json
import pickle
import re
import shlex
import signal
from contextlib import contextmanager
from functools import cache

import pytest
from loky import ProcessPoolExecutor

from algebra.errors import InputError
from proofs_check.cli.build import Word
from proofs_check.engine.run import run_sweep
from proofs_check.engine.sweep import FamilySweep
from proofs_check.registry import family, family_modules
from proofs_check.show.cells import text_cell
from proofs_check.show.terminal import MOST_ROWS, SHORT, table_text

NAMES = sorted(family_modules())
FORMATS = (".md", ".tex", ".csv", ".html", ".parquet")
KINDS = {"integer": int, "number": (int, float), "boolean": bool, "text": str}
BAD_WORDS = ("x", "-1", "", "1..", 10**30, f"1..{10**30}", "1/0", "nan", "1e400", "é")
MOST_SECONDS = 20  # of this process: other work on the machine does not count, unless it all stands still
TIMES = ("seconds", "run_seconds")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def pool():
    """Two processes, for all families."""
    with ProcessPoolExecutor(2) as executor:
        yield executor


def words_of(name, told):
    """Return the words of a command line that choose these options."""
    chosen = [option for option in family(name).options if option.name in told]
    assert len(chosen) == len(told)
    return [word for option in chosen for word in option.words(told[option.name])]


def instances_of(name, told):
    sweep = family(name).sweep(**told)
    return sweep, list(sweep.instances if isinstance(sweep, FamilySweep) else sweep.pending())


@cache
def made(name):
    """Run a family's example here, and return its sweep and its rows."""
    sweep = family(name).sweep(**family(name).example)
    report = run_sweep(sweep, jobs=1)
    assert not report.failed
    return sweep, family(name).rows(sweep)


def timeless(value):
    """Leave out how long things took."""
    if isinstance(value, dict):
        return {key: timeless(each) for key, each in value.items() if key not in TIMES}
    return [timeless(each) for each in value] if isinstance(value, list) else value


def table_of(name):
    return family(name).table(made(name)[1], family(name).example)


# ---- what is declared


def test_everything_is_described(name):
    asked = family(name)
    assert asked.name == name
    assert asked.says.endswith(".")
    assert asked.usage
    assert all(line.startswith(f"rankcert table {name}") for line in asked.usage)
    assert all(option.says for option in asked.options)
    assert all(option.name in asked.example for option in asked.options if option.is_needed)
    assert made(name)[1], "the example of a family has rows"


def test_values_are_written_as_they_are_read(name):
    for option in family(name).options:
        for value in (option.default, family(name).example.get(option.name)):
            if value is None or option.is_flag or (value == option.default and not option.is_list):
                continue
            words = option.words(value)
            words = words if option.is_argument else words[1::2]
            found = [option.read(option.argument, word) for word in words]
            assert list(map(plain, found)) == list(map(plain, value if option.is_list else [value])), option.name


def plain(value):
    """Compare ranges and lists by what is in them, and a number with a list of it."""
    return list(value) if isinstance(value, range | list | tuple) else value if isinstance(value, str) else [value]


def test_what_is_said_of_a_default_is_true(name):
    for option in family(name).options:
        said = re.search(r"default: ([^;]*?)\.?$", option.says)
        if said is None:
            continue
        assert option.default is not None or not option.is_needed, option.name
        words = said[1].split() if option.is_list else [said[1]]
        try:
            found = [option.read(option.argument, word) for word in words]
        except InputError:
            continue  # it is said in words
        if option.default not in (None, ()) and not all(isinstance(each, str) for each in found):
            default = option.default if option.is_list else [option.default]
            assert list(map(plain, found)) == list(map(plain, default)), option.name


def test_choices_complete_and_are_read(name):
    for option in family(name).options:
        if option.choices is None:
            continue
        choices = list(option.choices())
        assert [item.value for item in Word(option).shell_complete(None, None, "")] == choices
        first = choices[0][:2]
        offered = [item.value for item in Word(option).shell_complete(None, None, first)]
        assert choices[0] in offered
        assert all(word.startswith(first) for word in offered)
        for word in choices:
            option.read(option.argument, word)


# ---- instances and keys


def test_instances_are_plain_and_the_same_again(name):
    asked = family(name)
    sweep, instances = instances_of(name, asked.example)
    assert instances == instances_of(name, asked.example)[1]
    assert json.loads(json.dumps(instances, allow_nan=False)) == instances
    pickle.dumps((sweep.evaluate, instances))


def test_keys_tell_different_instances_apart(name):
    """Those of the example, and of the example with each of its numbers one greater and each flag given."""
    asked, found = family(name), {}
    for told in (asked.example, *neighbours(asked)):
        try:
            sweep, instances = instances_of(name, told)
        except InputError:
            continue
        for instance in instances:
            key = sweep.key(instance)
            assert isinstance(key, str)
            assert key.isprintable()
            assert "object at" not in key
            others = found.setdefault(key, [])
            if instance not in others:
                others.append(instance)
    for key, instances in found.items():
        answers = [timeless(sweep.evaluate(instance)) for instance in instances if len(instances) > 1]
        for one, other in itertools.pairwise(answers):
            assert one == other, f"{key}: {instances}"


def neighbours(asked):
    """Yield the options of a family's example with one of them changed."""
    for option in asked.options:
        value = asked.example.get(option.name, option.default)
        if option.is_flag:
            yield {**asked.example, option.name: True}
        elif option.choices is not None:
            yield from (
                {**asked.example, option.name: [c] if option.is_list else c} for c in list(option.choices())[:4]
            )
        elif value is not None:
            yield {**asked.example, option.name: greater(value)}


def greater(value):
    if isinstance(value, range):
        return range(value.start + 1, value.stop + 1)
    if isinstance(value, list | tuple):
        return type(value)(map(greater, value))
    return value + 1 if isinstance(value, int) else value


def test_other_processes_answer_the_same(name, pool):
    sweep = family(name).sweep(**family(name).example)
    report = run_sweep(sweep, executor=pool)
    assert not report.failed
    assert timeless(family(name).rows(sweep)) == timeless(made(name)[1])


# ---- tables


def test_cells_are_of_their_kinds(name):
    rows = made(name)[1]
    columns = family(name).columns
    columns = columns if isinstance(columns, tuple) else columns(rows)
    for column in columns:
        for row in rows:
            column.shown_cell(row)
            if not column.kind:
                continue
            value = column.cell(row)
            assert value is None or isinstance(value, KINDS[column.kind]), column.name
            assert isinstance(value, bool) == (column.kind == "boolean" and value is not None), column.name
    names = [column.name for column in columns if column.kind]
    assert len(set(names)) == len(names)


def test_tables_are_written_in_every_format(name, tmp_path):
    rows, table = made(name)[1], table_of(name)
    for suffix in FORMATS:
        table.write(tmp_path / f"table{suffix}")
        assert (tmp_path / f"table{suffix}").stat().st_size
    for frame in (table.frame, table.shown):
        assert frame.columns.is_unique
        assert len(frame) <= len(rows)
    with open(tmp_path / "table.csv", newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert len(found) == len(rows)
    assert list(found[0]) == list(table.frame.columns)
    named = [c for c in table.frame.columns if all(str(v).strip() for v in table.frame[c]) and not is_number(table, c)]
    assert named, "a column says of each row what it is about"


def test_no_terminal_is_too_narrow_for_a_cell(name):
    table = table_of(name)
    cells = {text_cell(cell) for _, column in table.columns for cell in column[:MOST_ROWS]} - {""}
    for width in (60, 80):
        text = table_text(table, width)
        assert [cell for cell in cells if cell not in text and cell.removesuffix(" (proved)") not in text] == []
        words = {word for heading, _ in table.columns for word in heading.split()}
        said = " ".join(text.split())
        assert [word for word in words if word not in text and f"{SHORT.get(word)}: {word}" not in said] == []


def is_number(table, column):
    return all(isinstance(value, int | float) for value in table.frame[column].dropna())


# ---- in the terminal


def test_the_command_answers_as_python_does(call, name):
    """What was made with one job is what two would make."""
    answer = call("table", name, *words_of(name, family(name).example), "--json", "--jobs", 2)
    assert answer.status == 0
    assert answer.json["command"] == f"table {name}"
    expected = [family(name).result(row) for row in made(name)[1]]
    assert timeless(answer.results) == timeless(json.loads(json.dumps(expected)))


def test_a_store_saves_the_second_run(call, name, tmp_path):
    store, file, words = tmp_path / "s.db", tmp_path / "t.csv", words_of(name, family(name).example)
    written, reports = [], []
    for _ in range(2):
        assert call("table", name, *words, "--store", store, "-o", file).status == 0
        written.append(file.read_bytes())
        file.unlink()
        (kept,) = call("store", "show", store, "--json").results[0]["sweeps"]
        reports.append(kept["report"])
    assert written[0] == written[1]
    assert reports[0]["computed"] > 0 == reports[1]["computed"]

    (swept,) = call("sweep", name, *words, "--store", store, "--json").results
    assert (swept["computed"], swept["failed"], swept["interrupted"]) == (0, [], False)
    assert swept["reused"] == reports[1]["reused"]
    assert call("sweep", name, *words, "--store", store).status == 0


def test_the_last_remark_makes_the_table_again(call, name, tmp_path):
    assert call("table", name, *words_of(name, family(name).example), "-o", tmp_path / "first.md").status == 0
    first = (tmp_path / "first.md").read_text(encoding="utf-8")
    lines = [line for line in first.splitlines() if line.startswith("rankcert table ")]
    command = shlex.split(lines[-1].partition(" (rankcert ")[0])
    assert command[:3] == ["rankcert", "table", name]
    assert call(*command[1:], "-o", tmp_path / "again.md").status == 0
    assert (tmp_path / "again.md").read_text(encoding="utf-8") == first


@pytest.mark.parametrize("group", ["table", "sweep"])
def test_the_help_names_every_option(call, monkeypatch, name, group):
    monkeypatch.setenv("COLUMNS", "160")
    told = call(group, name, "--help").stdout
    for option in family(name).options:
        for spelling in (option.metavar,) if option.is_argument else option.spellings:
            assert spelling in told, option.name
    for spelling in ("--store", "--jobs", "--scheduler", "--json", *(["-o"] if group == "table" else [])):
        assert spelling in told


# ---- bad input


def test_bad_words_are_answered_or_refused(call, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    asked, output = family(name), tmp_path / "t.csv"
    for option in asked.options:
        words = [] if option.is_flag else ["file/in", ""] if "FOLDER" in option.metavar else BAD_WORDS
        for bad in map(str, words):
            told = {each: value for each, value in asked.example.items() if each != option.name}
            given = ["--", bad] if option.is_argument else [option.spellings[0], bad]
            assert_refused_or_written(call, ["table", name, *words_of(name, told), "--json", "-o", output, *given])


def assert_refused_or_written(call, words):
    shown, output = " ".join(map(str, words)), words[words.index("-o") + 1]
    with at_most(MOST_SECONDS, shown):
        answer = call(*words)
    assert answer.status == 2 or "file/in" not in words, shown
    if answer.status == 2:
        error = answer.error
        assert set(error) == {"argument", "value", "allowed", "message"}, shown
        assert error["message"].startswith(error["argument"]), shown
    else:
        assert answer.status in (0, 1), shown
        assert answer.results or "row 1: " in answer.stderr, shown
    written = [path.name for path in output.parent.glob("*t.csv*")]
    assert written == ([] if answer.status == 2 else [output.name]), shown
    output.unlink(missing_ok=True)


@contextmanager
def at_most(seconds, shown):
    """Fail where something takes longer."""

    def late(number, frame):
        pytest.fail(f"{shown} took longer than {seconds} s")  # no Exception: nothing takes it for an instance's

    timers = {signal.SIGPROF: (signal.ITIMER_PROF, seconds), signal.SIGALRM: (signal.ITIMER_REAL, 10 * seconds)}
    before = {number: signal.signal(number, late) for number in timers}
    for timer, most in timers.values():
        signal.setitimer(timer, most)
    try:
        yield
    finally:
        for number, (timer, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def test_an_unknown_option_is_refused(name):
    with pytest.raises(InputError, match="no_such_option"):
        family(name).sweep(**family(name).example, no_such_option=1)
