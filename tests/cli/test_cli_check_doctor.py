import json
import subprocess
import sys

import pytest

from algebra import PolynomialNetwork
from proofs_check.cli import doctor


@pytest.fixture
def certificate(tmp_path):
    file = tmp_path / "good.json"
    PolynomialNetwork((2, 3, 2, 1), degree=2).dimension().certificate().write(file)
    return file


@pytest.fixture
def tampered(certificate):
    document = json.loads(certificate.read_text())
    document["claim"]["lower"] += 1
    file = certificate.with_name("tampered.json")
    file.write_text(json.dumps(document))
    return file


def test_valid(call, certificate):
    answer = call("check", certificate)
    assert answer.status == 0
    assert "valid, the dimension of pnn:2-3-2-1:r2 is 5" in answer.stdout


def test_refused(call, certificate, tampered):
    answer = call("check", certificate, tampered, "--json")
    assert answer.status == 1
    assert [result["valid"] for result in answer.results] == [True, False]
    assert answer.results[1]["reasons"]
    assert "REFUSED" in call("check", tampered).stdout


def test_not_a_certificate(call, certificate, tmp_path):
    other = tmp_path / "other.json"
    other.write_text("nothing")
    answer = call("check", certificate, other, tmp_path / "missing.json", "--json")
    assert answer.status == 2
    assert [("error" in result) for result in answer.results] == [False, True, True]
    assert "must be a rankcert certificate" in call("check", other).stderr


def test_doctor(call):
    answer = call("doctor", "--json")
    assert answer.status == 0
    labels = {result["label"] for result in answer.results}
    assert {"python", "numpy", "BLAS", "package algebra", "self test: certificate"} <= labels
    assert all(result["good"] for result in answer.results)
    assert "All is well." in call("doctor").stdout


def test_doctor_reports_what_is_missing(call, monkeypatch):
    needed = ["numpy>=2.0", "no-such-library", "no-such-extra>=1; extra == 'parquet'", "pytest; extra == 'test'"]
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: needed)
    answer = call("doctor")
    assert answer.status == 1
    assert "pip install no-such-library" in answer.stdout
    assert "for the extra parquet: pip install no-such-extra" in answer.stdout
    assert "pytest" not in answer.stdout
    assert doctor.library("no-such-extra", "parquet").good


def test_doctor_reports_a_failing_self_test(call, monkeypatch):
    def wrong():
        raise AssertionError("5 is 6")

    monkeypatch.setattr(doctor, "TESTS", {"arithmetic": wrong})
    answer = call("doctor")
    assert answer.status == 1
    assert "AssertionError: 5 is 6" in answer.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [("x = 1", "foreign"), ("raise RuntimeError('boom')", "boom"), ("import no_such_thing", "no_such_thing")],
)
def test_foreign_algebra_is_explained(tmp_path, content, said):
    (tmp_path / "algebra").mkdir()
    (tmp_path / "algebra" / "__init__.py").write_text(content)

    def run(*words):
        code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from proofs_check.cli import main; main()"
        return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)

    found = run("doctor")
    assert found.returncode == 1
    assert said in found.stdout or "foreign" in found.stdout
    assert f"Rename {tmp_path / 'algebra'}, or run Python in another folder." in found.stdout
    if content == "x = 1":
        dimension = run("dimension", "2", "3", "1", "--degree", "2")
        assert dimension.returncode == 1
        assert "rankcert doctor" in dimension.stderr
        assert "Traceback" not in dimension.stderr


@pytest.mark.parametrize(
    ("file", "package"),
    [("tensors.py", "tensors"), ("algebra/__init__.py", "algebra"), ("rankcert.py", "rankcert")],
)
def test_doctor_sees_what_hides_us_in_the_folder_where_it_runs(call, tmp_path, monkeypatch, file, package):
    """Its own folder comes first on the path of a console script, so it has to look."""
    hiding = tmp_path / file
    hiding.parent.mkdir(exist_ok=True)
    hiding.write_text("x = 1")
    monkeypatch.chdir(tmp_path)
    answer = call("doctor", "--json")
    assert answer.status == 1
    bad = [result for result in answer.results if not result["good"]]
    assert [result["found"] for result in bad] == [f"{hiding} hides ours"]
    assert bad[0]["advice"].startswith(f"{package} is {hiding}, which is not")
    assert "Rename" in call("doctor").stdout


def test_a_folder_without_init_hides_nothing(call, tmp_path, monkeypatch):
    (tmp_path / "tensors").mkdir()
    (tmp_path / "tensors" / "data.txt").write_text("1 2 3")
    monkeypatch.chdir(tmp_path)
    assert call("doctor").status == 0
