"""No formula of a page is taken for emphasis: an underscore between marks of punctuation begins or ends one."""

import re

import pytest
from markdown_it import MarkdownIt

from tests.docs.documents import DOCUMENTS, name_of

STRAY = re.compile(r"[\w)\]}’'^]<em>.{0,60}|.{0,60}</em>[\w{(]", re.DOTALL)
"""Emphasis that begins or ends inside a word or a formula."""


def stray(text):
    """Return where emphasis is that nobody meant."""
    return STRAY.findall(MarkdownIt("commonmark").enable("table").render(text))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_no_formula_is_taken_for_emphasis(path):
    assert not stray(path.read_text(encoding="utf-8"))


def test_what_is_found():
    assert stray("a^(l−1)_j(x_{g'}) as it once stood")
    assert not stray("an *ordinary* emphasis, d_0 and x_{g'}")
