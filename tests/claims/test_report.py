"""Reports: JSON, HTML, terminal, exit status, certificates."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from algebra import __version__
from proofs_check.cli.app import app
from proofs_check.papers import papers
from proofs_check.verify import Finding, VerifyReport, run, verify

FIELDS = {"claim", "paper", "statement", "instances", "holds", "violated", "inconclusive", "not_applicable", "grade"}


@pytest.fixture(scope="module")
def report():
    return verify(["kileel2019.unimodal", "kileel2019.wide-enough", "usevich2025.biases"])


def invoke(*arguments: str):
    return CliRunner().invoke(app, ["verify", *arguments])


def test_envelope(report):
    found = json.loads(report.to_json())
    assert (found["schema"], found["version"], found["command"], found["seed"]) == (1, __version__, "verify", 0)
    assert all(row.keys() >= FIELDS for row in found["results"])
    assert all(row["not_applicable_because"] for row in found["results"] if row["not_applicable"])


def test_exit_status(report):
    assert report.exit_status == 0
    failed = replace(report.rows[1], outcome="violated", expected=False)
    assert VerifyReport((report.rows[0], failed), 0).exit_status == 1


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "br", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_balanced_escaped_and_needs_nothing_else(report):
    nasty = Finding('<script>alert("x")</script>', "a < b & c", "proved", ('x"y.json',))
    rows = (*report.rows, replace(report.rows[0], statement="a<b", note="<i>", counterexamples=(nasty,) * 30))
    page = VerifyReport(rows, 0).to_html()
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert page.count("<script") == 1
    assert "alert" not in page[page.index("<script") :]
    assert "a&lt;b" in page or "<mo>&#x0003C;</mo>" in page
    assert "and 10 more" in page
    assert 'x"y' not in page
    assert "src=" not in page
    assert "@import" not in page
    assert all(link.startswith(("#", "https://arxiv.org/abs/", "x")) for link in re.findall(r'href="([^"]*)"', page))
    assert report._repr_html_().startswith("<table>")
    assert f"${report.rows[0].statement}$" in unescape(report._repr_html_())


def test_jobs_change_nothing():
    names = ["usevich2025.localization-converse", "grosdos2025", "dao2026.counterexample"]
    rows = [[replace(row, seconds=0) for row in verify(names, jobs=jobs).rows] for jobs in (1, 2)]
    assert rows[0] == rows[1]


def test_certificates_of_counterexamples_check(tmp_path):
    pytest.importorskip("algebra.polynomial.certify")
    from algebra.evidence.certificate import Certificate

    row = verify(["open_questions.expected-upward-closed"], certificates=tmp_path / "new").rows[0]
    paths = [path for found in row.counterexamples for path in found.certificates]
    assert len(paths) >= 2
    assert all(Certificate.read(path).check().valid for path in paths)


def test_progress_counts_the_claims():
    done = []
    verify(["dao2026.counterexample", "kileel2019.wide-enough"], jobs=1, progress=lambda *counts: done.append(counts))
    assert done[-1] == (2, 2, 1.0)


def test_outcomes_are_stored_and_taken_again(tmp_path, monkeypatch):
    names, store = ["dao2026.counterexample", "open_questions.expected-upward-closed"], tmp_path / "claims.db"
    first = verify(names, store=store)
    monkeypatch.setattr("proofs_check.claim_run.run", None)  # nothing is run again
    assert verify(names, store=store) == first


def test_terminal_table():
    result = invoke("kileel2019")
    assert result.exit_code == 0
    assert "all as expected" in result.stdout
    assert "violated" in result.stdout
    assert "pnn:2-3-4-5-4-6-4-1:r2" in result.stdout


def test_terminal_json_and_html(tmp_path):
    page = tmp_path / "report.html"
    result = invoke("dao2026", "shahverdi2024.dimension", "--json", "--html", str(page), "--seed", "3")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["seed"] == 3
    assert {row["paper"] for row in found["results"]} == {"dao2026", "shahverdi2024"}
    assert page.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("arguments", [("nobody1900",), ("kileel2019.nothing",), ("kileel2019", "--jobs", "0")])
def test_bad_input(arguments):
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "must be" in result.stderr
    assert result.stdout == ""
    found = json.loads(invoke(*arguments, "--json").stdout)
    assert found["schema"] == 1
    assert found["error"].keys() == {"argument", "value", "allowed", "message"}


def test_bad_input_names_the_papers():
    assert all(paper in invoke("nobody1900").stderr for paper in papers())


def test_unwritable_page(tmp_path):
    result = invoke("dao2026.counterexample", "--html", str(tmp_path / "missing" / "x.html"))
    assert result.exit_code == 2


def test_list_of_claims():
    listed = invoke("kileel2019", "--claims")
    assert "kileel2019.unimodal" in listed.stdout
    assert "Conjecture 12" in listed.stdout
    assert listed.stdout.count("arXiv:1905.12207") == 1  # not once a claim
    assert listed.stdout.splitlines()[-1].endswith("claims of 1 paper")
    found = json.loads(invoke("usevich2025", "--claims", "--json").stdout)
    assert all(entry["statement"] and entry["hypotheses"] for entry in found["results"])


def test_violation_exits_with_one(monkeypatch):
    right = run
    monkeypatch.setattr("proofs_check.claim_run.run", lambda *claim, **_: replace(right(*claim, **_), expected=False))
    assert invoke("dao2026.counterexample", "--json").exit_code == 1


def test_run_on_other_instances():
    from proofs_check.papers import select

    (claim,) = select(["kileel2019.wide-enough"])
    assert run(claim, instances=[]).outcome == "not tested"
