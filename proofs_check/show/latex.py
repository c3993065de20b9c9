r"""Tables in LaTeX that fit a page: ``tabular`` in a float, or ``longtable`` where there are many rows.

The text of LaTeX's ``article`` on A4 paper is 345 pt wide, in 10 pt letters. A table is set in the largest size in
which its estimated width stays below that. Where the smallest is too large, text columns become paragraphs; then the
table is turned; and what is still too wide is scaled as a whole, a long table in parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from algebra.evidence import Bounds
from proofs_check.show.cells import Shown, broken, exponent, grades_below, is_huge, is_numeric, text_cell

TEXT_WIDTH, TEXT_HEIGHT = 345.0, 598.0  # points: article, 10 pt, A4
MOST_ROWS = 40  # at \normalsize a page of article has 46 lines of text; caption, head and notes take the rest
# Command, points, space beside a column; the smaller fonts of Computer Modern are the wider ones for their points.
SIZES = (("", 10.0, 6.0), ("\\small", 9.25, 4.0), ("\\footnotesize", 8.5, 3.0), ("\\scriptsize", 8.0, 2.0))
LEAST_PARAGRAPH = 30.0  # points: a narrower column has a word a line

SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "…": r"\ldots{}",
    # what OT1 fonts show as another sign
    "<": r"$<$", ">": r"$>$", "|": r"$|$", "\"": r"\char34{}", "`": r"\textasciigrave{}",
    # after a line's end these would be its arguments
    "[": "{[}", "]": "{]}", "*": "{*}",
    "≠": r"$\neq$", "≤": r"$\leq$", "≥": r"$\geq$", "×": r"$\times$", "·": r"$\cdot$", "∞": r"$\infty$",
    "−": r"$-$", "–": "--", "—": "---", "→": r"$\to$", "∈": r"$\in$", "±": r"$\pm$",
    "ᵀ": r"$^{\mathsf T}$", "¹": "$^1$", "²": "$^2$", "³": "$^3$", "⁻": "$^-$",
    "\n": " ", "\r": " ", "\t": " ",
}  # fmt: skip
POWER = re.compile(r"(?<![\w^])([0-9]+)\^(-?[0-9]+)(?![\w^])")
LIGATURE = re.compile(r"([-',])(?=\1)")  # two hyphens would be shown as a dash
APART = "\x00"  # between them
TABLE = str.maketrans(SPECIAL | {APART: "{}"})

# Widths of the letters of Computer Modern in em, rounded up; of all others that of the widest.
LETTERS = (
    ("il,.;:'![]", 0.28),
    ("fj- ", 0.34),
    ("t()rsI", 0.4),
    ("cez?", 0.48),
    ('ago0123456789/$*"', 0.5),
    ("kqvxybdhnpuSJ", 0.56),
    ("ZLFEP", 0.68),
    ("wCTBRAHNUVXY", 0.75),
    ("DKOQG=+<>&@", 0.79),
    ("m%#M", 0.92),
)
WIDTHS = {sign: width for signs, width in LETTERS for sign in signs}
WIDEST = 1.03


def escape(text: str) -> str:
    r"""Write text for LaTeX, so that it is shown as it is.

    Examples
    --------
    >>> escape("50 % of a_b"), escape("table --from x"), escape("[2, 3] < 4")
    ('50 \\% of a\\_b', 'table -{}-from x', '{[}2, 3{]} $<$ 4')
    >>> escape("p < 2^-64")
    'p $<$ $2^{-64}$'
    """
    parts = POWER.split(LIGATURE.sub(rf"\1{APART}", text))
    powers = [f"${base}^{{{power}}}$" for base, power in zip(parts[1::3], parts[2::3], strict=True)]
    between = [part.translate(TABLE) for part in parts[::3]]
    return "".join(word for pair in zip_longest(between, powers, fillvalue="") for word in pair)


def latex_cell(cell: Any) -> str:
    r"""Write a cell for LaTeX, special characters escaped.

    Examples
    --------
    >>> latex_cell((2, 3, 1)), latex_cell("50 % of a_b"), latex_cell(10**50)
    ('$(2, 3, 1)$', '50 \\% of a\\_b', '$\\approx 10^{50}$')
    """
    if isinstance(cell, Bounds):
        return cell._repr_latex_()
    if isinstance(cell, tuple) and all(isinstance(part, int) for part in cell):
        return f"${cell}$"
    if is_huge(cell):
        return rf"$\approx 10^{{{exponent(cell)}}}$"
    return escape(text_cell(cell))


def width_of(text: str) -> float:
    """Estimate how wide text is in Computer Modern of 10 points, from above.

    Examples
    --------
    >>> round(width_of("(2, 3, 1)"))
    35
    """
    return 10.0 * sum(WIDTHS.get(sign, WIDEST) for sign in text)


@dataclass(frozen=True)
class Fitted:
    """How a table is set: size, space beside columns, widths of paragraphs (None: as wide as the cells)."""

    size: str
    column_space: float
    paragraphs: tuple[float | None, ...]
    is_turned: bool = False
    is_scaled: bool = False


def fit(heads: Sequence[Sequence[str]], columns: Sequence[Sequence[Any]]) -> Fitted:
    """Choose the largest size in which a table is not wider than the text of a page.

    Parameters
    ----------
    heads : sequence of sequence of str
        The lines of each heading.
    columns : sequence of sequence
        The cells of each column.

    Returns
    -------
    Fitted
    """
    widths = [_natural(lines, cells) for lines, cells in zip(heads, columns, strict=True)]
    none: tuple[float | None, ...] = (None,) * len(widths)
    for size, points, space in SIZES:
        if _total(widths, points, space) <= TEXT_WIDTH:
            return Fitted(size, space, none)

    # Text that has spaces becomes paragraphs, the widest column first: on the page, and then on a turned one.
    size, points, space = SIZES[-1]
    for room, is_turned in ((TEXT_WIDTH, False), (TEXT_HEIGHT, True)):
        if _total(widths, points, space) <= room:
            return Fitted(size, space, none, is_turned)
        paragraphs = _paragraphs(heads, columns, widths, room, points, space)
        if paragraphs is not None:
            return Fitted(size, space, paragraphs, is_turned)
    return Fitted(size, space, none, is_scaled=True)


def _natural(lines: Sequence[str], cells: Sequence[Any]) -> float:
    return max(map(width_of, [*lines, *map(text_cell, cells)]))


def _total(widths: Sequence[float], points: float, space: float) -> float:
    return sum(widths) * points / 10.0 + 2 * space * len(widths)


def _paragraphs(
    heads: Sequence[Sequence[str]],
    columns: Sequence[Sequence[Any]],
    widths: Sequence[float],
    room: float,
    points: float,
    space: float,
) -> tuple[float | None, ...] | None:
    """Return the widths of the columns that have to be broken, in points; None where that is not enough."""
    chosen: list[float | None] = [None] * len(widths)
    breakable = [k for k, cells in enumerate(columns) if any(isinstance(c, str) and " " in c for c in cells)]
    for k in sorted(breakable, key=lambda k: -widths[k]):
        words = [word for line in [*heads[k], *map(text_cell, columns[k])] for word in line.split()]
        least = max(LEAST_PARAGRAPH, *(width_of(word) * points / 10.0 for word in words))
        others = [
            w * points / 10.0 if c is None else c for j, (w, c) in enumerate(zip(widths, chosen, strict=True)) if j != k
        ]
        left = room - sum(others) - 2 * space * len(widths)
        if left >= widths[k] * points / 10.0:
            continue
        chosen[k] = max(least, left)
        if left >= least:
            return tuple(chosen)
    return None


def latex_table(columns: Shown, title: str = "", notes: Sequence[str] = (), label: str = "") -> str:
    """Write columns as a LaTeX table that fits the page, through pandas' Styler.

    Parameters
    ----------
    columns : sequence of (str, sequence)
        Headings and cells: `Bounds`, tuples, truth values, integers, text.
    title : str
        The caption.
    notes : sequence of str
        Below the table.
    label : str
        What LaTeX's ``ref`` calls it.

    Returns
    -------
    str
    """
    import pandas as pd

    columns, said = grades_below(columns)
    cells = [column for _, column in columns]
    count = len(cells[0]) if cells else 0
    is_long = count > MOST_ROWS
    heads = [broken(heading, list(map(text_cell, column)), width_of) for heading, column in columns]
    fitted = fit(heads, cells)
    below = [*notes[:-1], *said, *notes[-1:]]
    if is_long and fitted.is_scaled:
        return _parts(columns, title, below, label)
    sides = ["r" if is_numeric(column) else "l" for column in cells]

    # positions as names: pandas' Styler needs unique ones
    rows = [[latex_cell(column[k]) for column in cells] for k in range(count)]
    styler = pd.DataFrame(rows, columns=range(len(cells)), dtype=object).style
    names = [_head(lines, side) for lines, side in zip(heads, sides, strict=True)]
    placed: dict[str, Any] = (
        {"environment": "longtable"} if is_long else {"position": "htbp", "position_float": "centering"}
    )
    body = (
        styler.hide(axis="index")
        .format_index(lambda k: names[int(str(k))], axis="columns")
        .to_latex(
            hrules=True,
            column_format="".join(_column(*each) for each in zip(sides, fitted.paragraphs, strict=True)),
            caption=escape(title) or None,
            label=label or None,
            **placed,
        )
    )
    below = [escape(note) for note in below]
    return _needs(fitted, is_long) + (_long if is_long else _float)(body, fitted, below)


def _parts(columns: Shown, title: str, notes: Sequence[str], label: str) -> str:
    """Write a long table as several, each of a page: a ``longtable`` cannot be scaled."""
    count = len(columns[0][1])
    parts = []
    for first in range(0, count, MOST_ROWS):
        rows = [(heading, cells[first : first + MOST_ROWS]) for heading, cells in columns]
        is_first, is_last = first == 0, first + MOST_ROWS >= count
        name = title if is_first else f"{title} (continued)".strip()
        parts.append(latex_table(rows, name, notes if is_last else (), label if is_first else ""))
    return "\n".join(parts)


def _head(lines: Sequence[str], side: str) -> str:
    if len(lines) == 1:
        return escape(lines[0])
    stacked = r" \\ ".join(map(escape, lines))
    return rf"\shortstack[{side}]{{{stacked}}}"


def _column(side: str, paragraph: float | None) -> str:
    return side if paragraph is None else rf">{{\raggedright\arraybackslash}}p{{{paragraph:.0f}pt}}"


def _needs(fitted: Fitted, is_long: bool) -> str:
    packages = ["amsmath", "booktabs"]
    packages += ["array"] if any(fitted.paragraphs) else []
    packages += ["longtable"] if is_long else []
    packages += ["graphicx"] if fitted.is_scaled else []
    packages += ["pdflscape" if is_long else "rotating"] if fitted.is_turned else []
    return f"% needs \\usepackage{{{','.join(packages)}}}\n"


def _setting(fitted: Fitted) -> str:
    return f"{fitted.size}\\setlength{{\\tabcolsep}}{{{fitted.column_space:g}pt}}\n" if fitted.size else ""


def _float(body: str, fitted: Fitted, notes: Sequence[str]) -> str:
    """Set the size inside the float, and put the notes below the table."""
    before, tabular, rest = body.partition("\\begin{tabular}")
    inside, end, after = rest.partition("\\end{tabular}")
    body = f"{tabular}{inside}{end}"
    if fitted.is_scaled:
        body = f"\\resizebox{{\\textwidth}}{{!}}{{%\n{body}}}"
    written = "".join(f"\\par\\footnotesize {note}\n" for note in notes)
    whole = f"{before}{_setting(fitted)}{body}{after}".replace("\\end{table}", f"{written}\\end{{table}}")
    if not fitted.is_turned:
        return whole
    return whole.replace("\\begin{table}[htbp]", "\\begin{sidewaystable}").replace("{table}", "{sidewaystable}")


def _long(body: str, fitted: Fitted, notes: Sequence[str]) -> str:
    """Set the size around the long table, and put the notes below it."""
    written = "".join(f"\\par\\noindent\\footnotesize {note}\n" for note in notes)
    whole = f"\\begingroup\n{_setting(fitted)}{body}{written}\\par\\endgroup\n"
    return f"\\begin{{landscape}}\n{whole}\\end{{landscape}}\n" if fitted.is_turned else whole
