"""What the checker's own command prints and returns, here without a process of its own."""

import runpy
import sys
from pathlib import Path

import pytest

from algebra.evidence import checker
from tests.tampering import forged, put

FOLDER = Path(checker.__file__).parent


@pytest.fixture
def files(tmp_path, make):
    """Give a right certificate, a forged one, and a file that is none."""
    from algebra.evidence import Certificate

    good, bad, none = (tmp_path / name for name in ("good.json", "bad.json", "none.json"))
    document = make("ambient")
    Certificate(document).write(good)
    Certificate(forged(document, put("claim", "lower", 6))).write(bad)
    none.write_text("{}", encoding="utf-8")
    return {"good": good, "bad": bad, "none": none, "deep": _deep(tmp_path), "absent": tmp_path / "absent.json"}


def _deep(folder):
    path = folder / "deep.json"
    path.write_text("[" * 100_000 + "]" * 100_000, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "status", "said", "warned"),
    [
        ("good", 0, "valid: the dimension of pnn:2-3-2-1:r2 is 5\n", ""),
        ("bad", 1, "refused: ", ""),
        ("none", 2, "", "not a certificate: "),
        ("deep", 2, "", "not a certificate: it is nested too deeply"),
        ("absent", 2, "", "not a certificate: "),
    ],
)
def test_one_file(files, capsys, name, status, said, warned):
    assert checker.main([str(files[name])]) == status
    shown = capsys.readouterr()
    assert shown.out.startswith(said)
    assert shown.err.startswith(warned)
    assert bool(shown.out) == bool(said)


def test_every_file_is_looked_at_and_the_worst_status_is_returned(files, capsys):
    """Each line names its file; what is no certificate stops nothing."""
    paths = [str(files[name]) for name in ("bad", "none", "good")]
    assert checker.main(["--patient", *paths]) == 2
    shown = capsys.readouterr()
    first, second = shown.out.splitlines()
    assert first.startswith(f"{paths[0]}: refused: ")
    assert second.startswith(f"{paths[2]}: valid: ")
    assert shown.err.startswith(f"{paths[1]}: not a certificate: ")
    assert checker.main([paths[2], paths[0]]) == 1


@pytest.mark.parametrize("words", [[], ["--patient"], ["--help", "file.json"]])
def test_without_files_it_says_how_it_is_used(words, capsys):
    assert checker.main(words) == 2
    assert capsys.readouterr().err.startswith("usage: checker [--patient] FILE...")


@pytest.mark.parametrize(("name", "status"), [("good", 0), ("bad", 1)])
def test_the_folder_is_a_program(files, capsys, monkeypatch, name, status):
    """It loads itself as a package of its own, and leaves the library's alone."""
    monkeypatch.setattr(sys, "argv", ["checker", str(files[name])])
    monkeypatch.setitem(sys.modules, "checker", None)
    before = {key for key in sys.modules if key.startswith("checker.")}
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(FOLDER), run_name="__main__")
    for key in {key for key in sys.modules if key.startswith("checker.")} - before:
        del sys.modules[key]
    assert ended.value.code == status
    assert capsys.readouterr().out
