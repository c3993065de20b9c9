import time

from proofs_check.engine import progress
from proofs_check.engine.progress import moving_progress


def test_progress_is_silent_without_a_terminal(capsys):
    with moving_progress("rows", 3) as show:
        show(1, 3, 0.3)
    assert capsys.readouterr() == ("", "")


def test_short_work_shows_no_bar(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with moving_progress("rows", 2) as show:
        show(2, 2, 1.0)
    assert capsys.readouterr() == ("", "")


def test_progress_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(progress, "DELAY", 0.0)
    with moving_progress("rows", 2) as show:
        show(1, 2, 0.75)
        time.sleep(0.5)
        show(2, 2, 1.0)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "2 of 2 rows" in shown.err
