"""LaTeX of tables, read back: rows, cells, and that the page is wide enough."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import Bounds, Grade
from proofs_check.show.cells import text_cell
from proofs_check.show.latex import MOST_ROWS, TEXT_HEIGHT, TEXT_WIDTH, escape, latex_table, width_of
from proofs_check.show.tables import Columns, Table
from proofs_check.tabulate import table as family_table
from tests.properties import examples

COMMANDS = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textasciigrave{}": "`",
    r"\ldots{}": "…",
    "{[}": "[",
    "{]}": "]",
    "{*}": "*",
    "{}": "",
    r"\char34{}": '"',
    **{f"${command}$": sign for command, sign in ((r"\neq", "≠"), (r"\leq", "≤"), (r"\geq", "≥"), (r"\times", "×"))},
    **{f"${sign}$": sign for sign in "<>|"},
    **{f"\\{sign}": sign for sign in "&%$#_{}"},
}
TOKEN = re.compile("|".join(map(re.escape, sorted(COMMANDS, key=len, reverse=True))) + r"|\$([^$]*)\$|.", re.DOTALL)


def read(text):
    """Read text of LaTeX as a reader of the page does; what is no known command has to be plain."""
    assert not re.search("--|''|,,", text)
    found = ""
    for token in TOKEN.finditer(text):
        word = token[0]
        if word in COMMANDS:
            found += COMMANDS[word]
        elif token[1] is not None:
            found += re.sub(r"\^\{(.*?)\}", r"^\1", token[1]).replace(r"\ (\text{proved})", " (proved)")
        else:
            assert word not in "\\{}&%$#_^~", f"{word} in {text}"
            found += word
    return found


def rows_of(text):
    """Return the cells of a table's rows, heads not among them."""
    body = re.sub(r"(?s)\\begin\{longtable\}.*?\\endlastfoot|\\toprule.*?\\midrule", "", text)
    lines = [line.removesuffix(r" \\") for line in body.splitlines() if line.endswith(r" \\")]
    return [[read(cell.strip()) for cell in re.split(r"(?<!\\)&", line)] for line in lines]


def balanced(text):
    opened = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert not opened
    assert text.count(r"\begingroup") == text.count(r"\endgroup")


NASTY = [
    "[2, 3]",
    "*",
    "--from",
    "---",
    "a|b<c>d",
    '"x"',
    r"\input{x}$",
    "50 % & #1_2^3~",
    "2^64",
    "p < 2^-64",
    "`",
    "≠",
]


def test_nasty_cells_come_back():
    text = latex_table([("x", NASTY), ("y", range(len(NASTY)))], "50 % -- [x]", ["see --columns"], "tab:a")
    balanced(text)
    assert rows_of(text) == [[cell, str(k)] for k, cell in enumerate(NASTY)]
    assert r"\caption{50 \% -{}- {[}x{]}}" in text
    assert r"\label{tab:a}" in text
    assert r"\par\footnotesize see -{}-columns" in text


@examples(200)
@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12), min_size=1, max_size=5))
def test_any_text_comes_back(cells):
    cells = [cell.strip() for cell in cells]
    assert [read(escape(cell)) for cell in cells] == cells
    assert rows_of(latex_table([("x", cells), ("n", [1] * len(cells))])) == [[cell, "1"] for cell in cells]


def test_the_grade_that_all_rows_share_is_below():
    proved, probable = Bounds.exactly(3, by="minor"), Bounds(3, 9, Grade.PROBABLE, log2_error=-61.3)
    shared = latex_table([("dim", [proved, proved])], notes=["made"])
    assert rows_of(shared) == [["3"], ["3"]]
    assert r"\par\footnotesize proved in every row: dim" in shared
    mixed = latex_table([("dim", [proved, probable])], notes=["made"])
    assert mixed.count(r"\text{proved}") == mixed.count(r"\text{probable}") == 1
    assert "in every row" not in mixed


def test_a_long_table_breaks_over_pages():
    count = MOST_ROWS + 1
    text = latex_table([("n", list(range(count)))], "Many", ["a note"], "tab:many")
    balanced(text)
    assert len(rows_of(text)) == count
    assert r"\begin{longtable}" in text
    assert r"\begin{table}" not in text
    assert r"\endfirsthead" in text
    assert text.count(r"\label{tab:many}") == 1
    assert r"\usepackage{amsmath,booktabs,longtable}" in text
    assert "longtable" not in latex_table([("n", list(range(MOST_ROWS)))])


def width_on_paper(text):
    """Estimate the width of a table from its own text, as it is set."""
    _, points = next(
        (
            (size, points)
            for size, points in ((r"\scriptsize", 8.0), (r"\footnotesize\set", 8.5), (r"\small", 9.25))
            if size in text
        ),
        ("", 10.0),
    )
    space = float(found[1]) if (found := re.search(r"tabcolsep\}\{(\d+)pt", text)) else 6.0
    form = re.search(r"\\begin\{(?:tabular|longtable)\}\{(.*)\}\n", text)[1]
    sides = re.findall(r"p\{(\d+)pt\}|[lr]", form.replace(r">{\raggedright\arraybackslash}", ""))
    rows = rows_of(text)
    assert len(sides) == len(rows[0]) or not rows
    columns = list(zip(*rows, strict=True))
    widths = [
        float(side) if side else max(map(width_of, column)) * points / 10
        for side, column in zip(sides, columns, strict=True)
    ]
    return sum(widths) + 2 * space * len(widths)


WORDS = "no reason why a sentence in a cell should be wider than the paper is; it becomes a paragraph"


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("columns", [2, 8, 14])
def test_the_page_is_wide_enough(count, columns):
    cells = [(f"heading number {k}", [10**k + row for row in range(count)]) for k in range(columns)]
    text = latex_table([*cells, ("why", [WORDS] * count)], "Title")
    balanced(text)
    is_turned = "sidewaystable" in text or "landscape" in text
    is_scaled = r"\resizebox{\textwidth}{!}" in text
    assert is_scaled or width_on_paper(text) <= (TEXT_HEIGHT if is_turned else TEXT_WIDTH) + 1
    assert [row[-1] for row in rows_of(text)] == [WORDS] * count
    assert "array" in text.splitlines()[0] or is_scaled


@pytest.mark.parametrize("count", [1, 90])
def test_what_is_too_wide_for_any_page_is_scaled(count):
    wide = tuple(range(30))
    text = latex_table([("n", list(range(count))), *((f"h{k}", [wide] * count) for k in range(8))], "T", ["made"], "l")
    balanced(text)
    assert [row[0] for row in rows_of(text)] == list(map(str, range(count)))
    assert text.count(r"\begin{table}") == -(-count // MOST_ROWS)
    assert text.count("made") == text.count(r"\label{l}") == text.count(r"\caption{T}") == 1
    assert r"\resizebox{\textwidth}{!}{%" in text
    assert "graphicx" in text.splitlines()[0]


def test_widths_are_those_of_computer_modern():
    """Letters as matplotlib's own copy of the font has them."""
    pytest.importorskip("matplotlib")
    import string

    import matplotlib as mpl
    from matplotlib import ft2font

    # before matplotlib 3.10 a number of the module
    flags = getattr(ft2font, "LoadFlags", None)
    unhinted = ft2font.LOAD_NO_HINTING if flags is None else flags.NO_HINTING
    font = ft2font.FT2Font(f"{mpl.get_data_path()}/fonts/ttf/cmr10.ttf")
    font.set_size(10, 72)
    for sign in string.ascii_letters + string.digits + "(),.;:'!/=+-[] ?%&#@":
        exact = font.load_char(ord(sign), flags=unhinted).linearHoriAdvance / 65536
        assert exact - 0.05 <= width_of(sign) <= exact + 1.1


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("head-size", {"sizes": [2, 3]}),
        ("critical-points", {"widths": [2, 2, 2]}),
        ("dimensions", {"ranges": [range(2, 3), range(3, 50), range(1, 2)], "degree": "2"}),
        ("overlaps", {}),
    ],
)
def test_tables_of_families_come_back(name, options):
    made = family_table(name, jobs=1, **options)
    text = made.to_latex()
    balanced(text)
    shown = [[text_cell(cell) for cell in row] for row in made.shown.itertuples(index=False)]
    below = "proved in every row" in text
    for mine, theirs in zip(rows_of(text), shown, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            assert one in (other, other.removesuffix(" (proved)") if below else other)


# ---- chosen columns


@pytest.fixture
def table():
    data = Columns(
        {
            "widths": ["2 3 1", "2 4 1"],
            "lower": [3, 3],
            "upper": [3, 3],
            "grade": ["proved"] * 2,
            "log2_error": [None] * 2,
        },
        {"widths": "text", "lower": "integer", "upper": "integer", "grade": "text", "log2_error": "number"},
    )
    people = Columns({"widths": [(2, 3, 1), (2, 4, 1)], "least value": [Bounds.exactly(3, by="x")] * 2})
    return Table(data, "T", ["made"], people)


def test_columns_are_chosen_for_people_and_data(table):
    some = table.chosen(["Least Value", "widths"])
    assert some.headings == ["least value", "widths"]
    assert some.to_csv().splitlines()[0] == "lower,upper,grade,log2_error,widths"
    assert rows_of(some.to_latex()) == [["3", "(2, 3, 1)"], ["3", "(2, 4, 1)"]]
    data = table.chosen(["grade"])
    assert data.to_csv() == "grade\nproved\nproved\n"
    assert data.headings == ["grade"]
    framed = Table(table.frame, "T", ["made"], table.display).chosen(["Least Value", "widths"])
    assert framed.to_csv() == some.to_csv()
    assert framed.to_markdown() == some.to_markdown()


@pytest.mark.parametrize("names", [["width"], ["widths", "Widths"], [""]])
def test_unknown_columns_are_refused(table, names):
    from algebra import InputError

    with pytest.raises(InputError, match="--columns"):
        table.chosen(names)


def test_columns_caption_and_label_on_the_command_line(call, tmp_path):
    output = tmp_path / "t.tex"
    words = ("table", "dimensions", 2, "3..5", 1, "--degree", 2, "--output", output)
    assert call(*words, "--columns", "dimension,widths", "--caption", "My 1st & only", "--label", "tab:x_1").status == 0
    text = output.read_text()
    assert rows_of(text) == [["3", f"(2, {d}, 1)"] for d in (3, 4, 5)]
    assert r"\caption{My 1st \& only}" in text
    assert r"\label{tab:x_1}" in text
    shown = call("table", "dimensions", 2, "3..5", 1, "--degree", 2, "--columns", "lower,label").stdout
    assert "pnn:2-3-1:r2" in shown
    assert "filling" not in shown


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (["--columns", "dimensoin"], "--columns"),
        (["--columns", "a,,b"], "--columns"),
        (["--label", "tab:x"], "--label"),
        (["--label", "tab}x", "--output", "t.tex"], "--label"),
        (["--label", "tab:x", "--output", "t.md"], "--label"),
        (["--columns", "widths", "--output", "t.csv", "--resume"], "--columns"),
    ],
)
def test_bad_forms_are_refused_before_the_work(call, monkeypatch, words, argument):
    from algebra import PolynomialNetwork

    monkeypatch.setattr(PolynomialNetwork, "dimension", None)
    answer = call("table", "dimensions", 2, 3, 1, "--degree", 2, *words)
    assert answer.status == 2
    assert argument in answer.stderr


def test_columns_that_only_rows_can_tell_lose_nothing(call):
    answer = call("table", "paper", "dao2026-counterexample", "--columns", "widths,nothing")
    assert answer.status == 2
    assert "--columns is 'nothing'" in answer.stderr
    assert "mark" in answer.stdout
