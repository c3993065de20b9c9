"""The page of `rankcert verify`: what it holds, and what a browser makes of it."""

import json
import re
from dataclasses import replace

import pytest

from proofs_check.show.formulas import mathml
from proofs_check.show.report import Finding, VerifyReport, sections
from proofs_check.verify import verify
from tests.browser import DARK, LIGHT, NARROW, framed, needs_browser, run_in_browser, with_script

NAMES = ["kileel2019", "dao2026.counterexample", "shahverdi2024.dimension"]


@pytest.fixture(scope="module")
def report():
    return verify(NAMES, jobs=1)


@pytest.fixture(scope="module")
def page(report):
    return report.to_html()


def test_sections_have_anchors_links_and_totals(report, page):
    papers = sections(report.rows)
    assert [paper.key for paper in papers] == ["kileel2019", "dao2026", "shahverdi2024"]
    for paper in papers:
        assert page.count(f'id="{paper.key}"') == 1
        assert page.count(f'href="#{paper.key}"') == 2
    for row in report.rows:
        assert page.count(f'id="{row.claim}"') == 1
    assert '<a href="https://arxiv.org/abs/1905.12207">arXiv:1905.12207</a>' in page
    assert page.count("Kileel, M. Trager, J. Bruna") == 1  # not once a claim
    assert f"<b>{len(report.rows)}</b> claims of <b>3</b> papers" in page
    assert re.search(r"rankcert \d+\.\d+\.\d+, \d{4}-\d\d-\d\d, seed 0", page)


def test_items_stand_beside_the_claims_and_sources_above(report):
    (kileel, *_) = sections(report.rows)
    assert kileel.reference.endswith("arXiv:1905.12207")
    assert "Conjecture 12" in [item for _, item in kileel.rows]
    assert sum(count for _, count in kileel.totals) == len(kileel.rows)
    alone = sections(
        [replace(report.rows[0], source="A, B", paper="x"), replace(report.rows[0], source="C", paper="x")]
    )
    assert (alone[0].reference, [item for _, item in alone[0].rows]) == ("", ["A, B", "C"])


def test_an_interrupted_page_says_how_far_it_is(report):
    part = VerifyReport(report.rows[:2], 0, planned=len(report.rows))
    assert f"Interrupted: 2 of {len(report.rows)} claims are finished." in part.to_html()
    assert "Interrupted" not in VerifyReport(report.rows, 0, planned=len(report.rows)).to_html()


def test_formulas_are_mathml():
    pytest.importorskip("latex2mathml")
    made = mathml(r"\binom{n}{2} \le \text{a\_b and \textit{c}}")
    assert made.startswith("<math ")
    assert "<mfrac" in made
    assert "\\" not in re.sub(r'aria-label="[^"]*"', "", made)
    assert mathml("a < b & c") == "<code>a &lt; b &amp; c</code>"  # not LaTeX; whatever it is, it is escaped
    assert "<script" not in mathml("<script>alert(1)</script>")


def test_every_statement_can_be_drawn():
    pytest.importorskip("latex2mathml")
    from proofs_check.papers import select

    bad = []
    for claim in select():
        made = re.sub(r'aria-label="[^"]*"', "", mathml(claim.statement))
        if not made.startswith("<math") or "\\" in made:
            bad.append(claim.id)
    assert bad == []


@needs_browser
def test_filter_and_sort_in_a_browser(tmp_path, page, report):
    script = """
      const seen = () => articles.filter(a => !a.hidden).length, said = [seen()];
      words.value = "unimodal"; show(); said.push(seen());
      words.value = ""; outcome.value = "violated (known false)"; show(); said.push(seen());
      outcome.value = ""; order.value = "claim"; show();
      said.push([...main.querySelectorAll("article")].map(a => a.id).join(" "));
      order.value = ""; show(); said.push(main.querySelectorAll("section > article").length);
      document.title = JSON.stringify([said, count.textContent]);
    """
    shown = run_in_browser(tmp_path, with_script(page, script))
    all_rows, rows = len(report.rows), report.rows
    unimodal = sum("unimodal" in f"{row.claim} {row.statement} {row.note}".lower() for row in rows)
    refuted = sum(row.outcome == "violated (known false)" for row in rows)
    names = " ".join(sorted(row.claim for row in rows))
    said = re.search(r"<title>(.*?)</title>", shown)[1].replace("&quot;", '"')
    counts, text = json.loads(said)
    assert counts[0] == counts[4] == all_rows
    assert 0 < unimodal <= counts[1] < all_rows
    assert counts[2] == refuted > 0
    assert sorted(counts[3].split()) == names.split()
    assert text == f"{all_rows} of {all_rows} claims"


@needs_browser
@pytest.mark.parametrize("width", [NARROW, 1200])
def test_no_page_is_wider_than_its_window(tmp_path, page, report, width):
    long = Finding("pnn:" + "-".join(["123"] * 200), "x" * 500, "proved")
    rows = (*report.rows, replace(report.rows[0], claim="kileel2019.long", counterexamples=(long,)))
    document = VerifyReport(rows, 0).to_html()
    outer = framed(document.replace("<details", "<details open"), width)
    shown = run_in_browser(tmp_path, outer, "--virtual-time-budget=5000")
    assert int(re.search(r"<title>width (\d+)</title>", shown)[1]) <= width


@needs_browser
@pytest.mark.parametrize(("scheme", "is_dark"), [(DARK, True), (LIGHT, False)])
def test_light_and_dark_can_be_read(tmp_path, page, scheme, is_dark):
    """Texts have a contrast of at least 4.5 against the page, as WCAG asks of them."""
    script = """
      const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(x => x / 255)
        .map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b; };
      const page = light(getComputedStyle(document.body).backgroundColor);
      const least = Math.min(...["body", "small", "a[href^=https]", ".good", ".known", ".quiet"].map(name => {
        const text = light(getComputedStyle(document.querySelector(name)).color);
        return (Math.max(page, text) + 0.05) / (Math.min(page, text) + 0.05); }));
      document.title = JSON.stringify([page, least]);
    """
    shown = run_in_browser(tmp_path, with_script(page, script), scheme)
    background, contrast = json.loads(re.search(r"<title>(.*?)</title>", shown)[1])
    assert (background < 0.2) == is_dark
    assert contrast >= 4.5
