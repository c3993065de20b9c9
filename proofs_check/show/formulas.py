"""Formulas of LaTeX as MathML, which browsers draw without a network."""

from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree

from markupsafe import Markup, escape

WITHIN_TEXT = re.compile(r"\\textit\{([^{}]*)\}")
"""Slanted words within a text, which MathML would need to take apart; they are put between quotation marks."""

ALPHABET = re.compile(r"\\(math(?:bb|bf|cal|frak|rm|sf|scr|tt)) (\w)")
"""A letter of another alphabet without braces: the converter would ask for it by an attribute that no browser heeds."""

ARROW = re.compile(r"<mi>(&#x027F[58-A];)</mi>")
"""Long arrows, which the converter takes for letters, without space around them."""

BOLD = re.compile(r'<mn mathvariant="bold">(\d+)</mn>')
"""A bold number; browsers know the letters of other alphabets, but not the attribute that asks for them."""

COLUMN = re.compile(r'columnalign="(left|right)"')
"""On which side the entries of a column stand, of which browsers are told by a style."""

FUNCTION = re.compile(r"(<mrow>)?<m([io])>([a-z]{2,})</m\2>(?=(<mo[^>]*>&#x00028;)?)")
"""The name of a function, with what stands before it; and after it, if that is a parenthesis."""

PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
"""How many parts an element has; with fewer, something is missing in the formula."""

LEFT_OVER = re.compile(r"\\[A-Za-z]+|\\.")
"""A command that the converter does not know and leaves as it is."""

ESCAPED = re.compile(r"(\\(?:texttt|text|mathrm)\{[^{}]*)\\_")


@cache
def mathml(latex: str) -> Markup:
    r"""Return a formula as MathML; as its source, if it cannot be read or `latex2mathml` is not installed.

    Parameters
    ----------
    latex : str
        Without dollars.

    Returns
    -------
    Markup
        HTML that is safe to put into a page.
    """
    try:
        return drawn(latex)
    except (ImportError, ValueError):
        return Markup("<code>{}</code>").format(latex)


def drawn(latex: str, display: str = "block") -> Markup:
    r"""Return a formula as MathML.

    Parameters
    ----------
    latex : str
        Without dollars.
    display : {"block", "inline"}
        Whether it stands by itself or in a line of text.

    Returns
    -------
    Markup
        HTML that is safe to put into a page; its label is the source.

    Raises
    ------
    ImportError
        If `latex2mathml` is not installed.
    ValueError
        If the formula has a mistake, or a command that is not known.

    Examples
    --------
    >>> drawn("a < b", "inline")[:56]
    Markup('<math aria-label="a &lt; b" xmlns="http://www.w3.org/199')
    >>> drawn(r"\unheard{a}")
    Traceback (most recent call last):
    ValueError: the formula \unheard{a} cannot be drawn: it has \unheard
    """
    from latex2mathml.converter import convert

    # Write what the converter does not read in a way that it does.
    plain = ALPHABET.sub(r"\\\1{\2}", WITHIN_TEXT.sub(r"“\1”", latex)).replace("{aligned}", "{align*}")
    while ESCAPED.search(plain):
        plain = ESCAPED.sub(r"\1_", plain)

    try:
        made = convert(plain, display=display)
    except Exception as error:  # the converter has errors of its own for each way in which a formula is wrong
        raise ValueError(f"the formula {latex} cannot be drawn: {type(error).__name__}") from error
    mistake = _mistake(plain, made)
    if mistake:
        raise ValueError(f"the formula {latex} cannot be drawn: {mistake}")
    return Markup("{}").format(Markup(_for_browsers(made).replace("<math ", f'<math aria-label="{escape(latex)}" ', 1)))


def _for_browsers(made: str) -> str:
    """Say in a way that browsers heed what the converter says by attributes, or not at all."""
    made = ARROW.sub(r"<mo>\1</mo>", BOLD.sub(_bold, made))
    made = made.replace('mathvariant="monospace"', 'style="font-family: monospace"')
    made = COLUMN.sub(r'style="text-align: \1; padding: 0.15em 0"', made)
    return FUNCTION.sub(_function, made)


def _mistake(latex: str, made: str) -> str:
    """Say what is wrong with a formula, if the converter has passed over it."""
    if left := LEFT_OVER.search(made):
        return f"it has {left[0]}"
    braces = re.sub(r"\\.", "", latex)
    if braces.count("{") != braces.count("}"):
        return "its braces are not balanced"
    try:
        elements = list(ElementTree.fromstring(made).iter())
    except ElementTree.ParseError:  # such as & outside of a table
        return "a character stands where it cannot"
    for element in elements:
        name = element.tag.rpartition("}")[2]
        if len(element) != PARTS.get(name, len(element)):
            return f"{name} has not {PARTS[name]} parts"
    return ""


def _function(found: re.Match[str]) -> str:
    """Set the name of a function as TeX does: thin spaces around it, none at the left end or before a parenthesis."""
    before = found[1] or ""
    left = "0" if before else "0.167em"
    right = "0" if found[4] else "0.167em"
    return f'{before}<mo lspace="{left}" rspace="{right}">{found[3]}</mo>'


def _bold(found: re.Match[str]) -> str:
    return f"<mn>{''.join(chr(ord('𝟎') + int(digit)) for digit in found[1])}</mn>"
