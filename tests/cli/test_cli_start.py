import json
import subprocess
import sys

HEAVY = {
    "pandas",
    "sympy",
    "tensorly",
    "networkx",
    "pyarrow",
    "joblib",
    "loky",
    "filelock",
    "ml_dtypes",
    "scipy",
    "sklearn",
    "numba",
    "rich",
    "pydantic",
    "matplotlib",
}
CODE = """
import atexit, sys
from proofs_check.cli import main
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
main()
"""


def modules_after(*words):
    return {name.split(".")[0] for name in every_module_after(*words)}


def every_module_after(*words):
    done = subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_a_dimension_imports_nothing_heavy():
    for words in (
        ["2", "3", "2", "1", "--degree", "2"],
        ["2", "3", "2", "1", "--degree", "2", "--seed", "1", "--json"],
    ):
        assert not HEAVY & modules_after("dimension", *words)


def test_a_comparison_of_graphs_imports_nothing_heavy():
    assert not HEAVY & modules_after("graph", "compare", "EhEG", "EwCW")


def test_a_small_factor_graph_is_cut_without_a_library(tmp_path):
    given = {"variable_dims": [4, 4, 2], "observed": 2, "factor_scopes": [[0, 2], [1, 2]], "row_side": [0]}
    graph = tmp_path / "graph.json"
    graph.write_text(json.dumps(given))
    assert not (HEAVY - {"pydantic"}) & modules_after("rank", "factor-graph", str(graph))


def test_claims_are_listed_without_what_would_run_them():
    loaded = every_module_after("verify", "--claims")
    assert "proofs_check.papers.kileel2019" in loaded
    running = {"proofs_check.engine", "proofs_check.family", "proofs_check.own_claims", "proofs_check.verify"}
    assert not (running | {"tensors.convac.question", "sqlite3"}) & loaded


def test_a_help_imports_no_arithmetic():
    for words in (
        ["--help"],
        ["dimension", "--help"],
        ["rank", "factor-graph", "--help"],
        ["table", "kernels", "--help"],
    ):
        assert not (HEAVY - {"rich"} | {"numpy", "flint"}) & modules_after(*words)


def test_a_table_to_csv_imports_no_pandas(tmp_path):
    given, made = tmp_path / "given.csv", tmp_path / "made.csv"
    given.write_text("widths,degree\n2 3 1,2\n")
    for words in (("--from", given), ("2", "3", "2..3", "1", "--degree", "2")):
        loaded = modules_after("table", "dimensions", *map(str, words), "--output", str(made), "--jobs", "1")
        assert not HEAVY & loaded
        assert made.read_text().startswith("widths,degree")
        made.unlink()


def test_an_exact_critical_point_imports_even_less(tmp_path):
    point = tmp_path / "point.json"
    point.write_text('{"X": [[1]], "Y": [[2]], "W": [[["1/2"]], [["1"]]]}')
    loaded = modules_after("critical-point", str(point))
    assert "flint" in loaded
    assert not (HEAVY - {"pydantic"} | {"numpy"}) & loaded


def test_a_closed_pipe_is_quiet():
    code = "from proofs_check.cli import main; main()"
    command = [sys.executable, "-c", code, "dimension", "2", "3", "2", "1", "--degree", "2", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 141


def test_completion_is_offered():
    code = "from proofs_check.cli import main; main()"
    command = [sys.executable, "-c", code, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "--install-completion" in done.stdout
