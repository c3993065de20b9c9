"""`import rankcert as rc`: one name, what it holds, and what it says where something hides our packages."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import rankcert as rc
from proofs_check import copies

DAILY = {
    *("PolynomialNetwork", "ConvolutionalNetwork", "ConvAC", "ConvLayer", "AttentionNetwork", "FactorGraph"),
    *("Problem", "classify", "dimension_of", "Program", "programs", "table", "verify", "check"),
    *("Bounds", "Grade", "InputError", "__version__"),
}


def run(folder, *words):
    """Run Python in a folder, which comes first on its path."""
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False)


def test_what_users_type_every_day_is_there():
    assert DAILY.issubset(rc.__all__)
    assert rc.PolynomialNetwork((2, 3, 2, 1), degree=2).dimension() == 5
    assert rc.programs.transformer is importlib.import_module("algebra.programs").transformer
    assert rc.verify(["kileel2019.unimodal"]).exit_status == 0


def test_it_is_light():
    code = "import rankcert, sys; print(*sys.modules)"
    loaded = run(Path.cwd(), "-c", code).stdout.split()
    assert "rankcert" in loaded
    assert not {"numpy", "flint", "sympy", "pandas", "networkx", "scipy", "rich"} & set(loaded)


def test_python_m_runs_the_command():
    done = run(Path.cwd(), "-m", "rankcert", "dimension", "2", "3", "2", "1", "--degree", "2")
    assert "dimension 5 (proved)" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("package", copies.PACKAGES)
@pytest.mark.parametrize("form", ["{}.py", "{}/__init__.py"])
def test_a_hiding_file_is_named_with_the_cure(tmp_path, package, form):
    file = tmp_path / form.format(package)
    file.parent.mkdir(exist_ok=True)
    file.write_text("x = 1")
    done = run(tmp_path, "-c", "import rankcert")
    assert done.returncode == 1
    last = done.stderr[done.stderr.rindex("ImportError:") :]
    assert f"{package} is {file}, which is not the package of rankcert" in last
    assert "Rename" in last


@pytest.mark.parametrize("package", ["algebra", "tensors"])
def test_doctor_runs_where_we_are_hidden(tmp_path, package):
    (tmp_path / f"{package}.py").write_text("raise RuntimeError('boom')")
    done = run(tmp_path, "-m", "rankcert", "doctor")
    assert done.returncode == 1
    assert f"Rename {tmp_path / package}.py" in done.stdout
    assert done.stderr == ""


def test_the_command_says_what_hides_us(tmp_path):
    (tmp_path / "algebra.py").write_text("x = 1")
    done = run(tmp_path, "-m", "rankcert", "dimension", "2", "3", "1", "--degree", "2")
    assert done.returncode == 1
    assert f"Rename {tmp_path / 'algebra.py'}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_foreign_package_that_was_imported_before_is_seen(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "tensors.py").write_text("x = 1")
    code = "import sys; sys.path.insert(0, 'elsewhere'); import tensors; sys.path.pop(0); import rankcert"
    assert str(tmp_path / "elsewhere" / "tensors.py") in run(tmp_path, "-c", code).stderr


def test_a_distribution_that_wrote_over_ours_is_seen(tmp_path, monkeypatch):
    (tmp_path / "algebra").mkdir()
    face = tmp_path / "algebra" / "__init__.py"
    face.write_text("def solve(): ...")
    monkeypatch.setattr(copies, "FOLDER", tmp_path)
    assert not copies.is_ours("algebra", face)
    installed = Path("/usr/lib/python3/site-packages/algebra/__init__.py")
    assert "environment of its own" in copies.complaint("algebra", installed)


def test_names_that_are_classes_stand_for_one_thing():
    """Every face that users import from: a class of the same name in another one is the same class."""
    faces = [face for face in copies.FOLDER.glob("*/**/__init__.pyi") if "checker" not in face.parts]
    seen = {}
    for face in faces:
        package = ".".join(face.parent.relative_to(copies.FOLDER).parts)
        if package.split(".")[0] not in (*copies.PACKAGES, "rankcert"):
            continue
        module = importlib.import_module(package)
        for node in ast.parse(face.read_text(encoding="utf-8")).body:
            for alias in node.names:
                found = getattr(module, alias.name, None)
                if isinstance(found, type):
                    seen.setdefault(found.__name__, {})[id(found)] = f"{package}.{alias.name}"
    twice = {name: sorted(places.values()) for name, places in seen.items() if len(places) > 1}
    assert twice == {}
