"""What looks for broken links in the built site finds each kind, and nothing else."""

import pytest

from docs.pages.links import broken, main

RIGHT = """<html><head><link rel="stylesheet" href="_static/site.css"><link rel="canonical" href="https://x.org/"></head>
<body><h1 id="top-of-it">One</h1><a href="#top-of-it">here</a><a href="sub/two.html#place%20b">there</a>
<a href="https://arxiv.org/abs/1">elsewhere</a><a href="mailto:a@b.c">mail</a><a href="#">up</a>
<a href="data:text/csv,1">data</a></body></html>"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "site.css").write_text("", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "two.html").write_text('<p id="place b"><a href="../one.html">back</a></p>', encoding="utf-8")
    (tmp_path / "one.html").write_text(RIGHT, encoding="utf-8")
    return tmp_path


def test_right_links_are_right(site, capsys):
    assert list(broken(site)) == []
    assert main([str(site)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<a href="three.html">x</a>', "sub/bad.html: three.html leads to no file"),
        ('<a href="../one.html#nowhere">x</a>', "sub/bad.html: ../one.html#nowhere leads to no place on its page"),
        ('<a href="#nowhere">x</a>', "sub/bad.html: #nowhere leads to no place on its page"),
        ('<img src="../img/none.png">', "sub/bad.html: ../img/none.png leads to no file"),
        ('<script src="https://cdn.org/x.js"></script>', "sub/bad.html: loads https://cdn.org/x.js"),
        ('<link rel="stylesheet" href="//cdn.org/x.css">', "sub/bad.html: loads //cdn.org/x.css"),
    ],
)
def test_each_kind_of_broken_link_is_found(site, capsys, html, said):
    (site / "sub" / "bad.html").write_text(html, encoding="utf-8")
    assert list(broken(site)) == [said]
    assert main([str(site)]) == 1
    assert capsys.readouterr().out == f"{said}\n"
