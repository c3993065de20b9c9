import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import Bounds, Grade, InputError
from proofs_check.registry import family
from proofs_check.show import tables
from proofs_check.show.tables import Table, frame_of, input_column, text_cell, typed_column
from tests.properties import examples

HUGE = 10**60


@pytest.fixture
def table():
    frame = frame_of(
        [{"n": 65, "big": HUGE, "ok": True, "p": None}, {"n": None, "big": 3, "ok": None, "p": -61.25}],
        {"n": "integer", "big": "integer", "ok": "boolean", "p": "number"},
    )
    display = pd.DataFrame(
        {
            "widths": [(2, 3, 1), (2, 2)],
            "a_b|c": ["50 %", "x & y"],
            "dimension": [Bounds.exactly(65, by="x"), Bounds(3, 9, Grade.PROBABLE, log2_error=-61.3)],
            "ambient": [HUGE, 7],
            "filling": [True, None],
        }
    )
    return Table(frame, "A title", ["2 rows", "rankcert 0.0"], display)


def test_markdown(table):
    assert table.to_markdown().split("\n") == [
        "**A title**",
        "",
        "| widths    | a_b\\|c | dimension               |     ambient | filling |",
        "| :-------- | :----- | :---------------------- | ----------: | :------ |",
        "| (2, 3, 1) | 50 %   | 65 (proved)             | about 10^60 | yes     |",
        "| (2, 2)    | x & y  | 3 (probable, p < 2^-61) |           7 |         |",
        "",
        "2 rows",
        "",
        "rankcert 0.0",
        "",
        "probable: 1 value; were it greater, it would have stayed unseen with p < 2^-61",
    ]


def test_latex_has_booktabs_rules_and_escapes(table):
    text = table.to_latex()
    for part in (
        r"\usepackage{amsmath,booktabs}",
        r"\toprule",
        r"\midrule",
        r"\bottomrule",
        r"\caption{A title}",
        r"\begin{tabular}{lllrl}",
        r"widths & a\_b$|$c & dimension & ambient & filling \\",
        r"$(2, 3, 1)$ & 50 \% & $65\ (\text{proved})$ & $\approx 10^{60}$ & yes \\",
        r"x \& y & $3\ (\text{probable}, p < 2^{-61})$ & 7 &  \\",
        r"\par\footnotesize 2 rows",
    ):
        assert part in text
    assert text.count(r"\begin{") == text.count(r"\end{") == 2


def test_html_has_a_caption_and_escapes(table):
    text = table.to_html()
    assert "<caption>A title</caption>" in text
    assert "<td>x &amp; y</td>" in text
    assert "<p>2 rows</p>" in text
    assert table._repr_html_() == text


def test_csv_is_exact(table):
    assert table.to_csv() == f"n,big,ok,p\n65,{HUGE},True,\n,3,,-61.25\n"


def test_parquet_keeps_types(table, tmp_path):
    table.write(tmp_path / "t.parquet")
    frame = pd.read_parquet(tmp_path / "t.parquet", dtype_backend="numpy_nullable")
    assert frame["n"].tolist() == [65, pd.NA]
    assert str(frame["n"].dtype) == "Int64"
    assert frame["big"].tolist() == [str(HUGE), "3"]  # no integer type of Parquet holds it
    assert str(frame["ok"].dtype) == "boolean"


def test_a_plain_frame_is_its_own_display():
    text = Table(pd.DataFrame({"d": [1, 2], "x": [0.5, None]})).to_markdown()
    assert text == "|   d |   x |\n| --: | --: |\n|   1 | 0.5 |\n|   2 |     |"


def test_write_keeps_the_old_file_if_it_fails(table, tmp_path, monkeypatch):
    target = tmp_path / "t.csv"
    target.write_text("old")

    def fail(table):
        raise RuntimeError("disk")

    monkeypatch.setitem(tables.WRITERS, ".csv", fail)
    with pytest.raises(RuntimeError):
        table.write(target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_written_files_have_ordinary_permissions(table, tmp_path):
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    for suffix in tables.WRITERS:
        table.write(tmp_path / f"t{suffix}")
        assert (tmp_path / f"t{suffix}").stat().st_mode == ordinary.stat().st_mode


def test_parquet_without_pyarrow_is_refused(table, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install pyarrow"):
        table.write(tmp_path / "t.parquet")


def test_input_columns_stay_as_written():
    assert input_column(["1", "", "-3"]).tolist() == [1, pd.NA, -3]
    assert input_column(["01", "2"]).tolist() == ["01", "2"]
    assert input_column(["", ""]).tolist() == ["", ""]
    assert input_column([str(HUGE)]).tolist() == [str(HUGE)]


def test_integers_are_never_rounded():
    assert typed_column([2**62 + 1, None], "integer").tolist() == [2**62 + 1, pd.NA]
    assert typed_column([2**70 + 1, None], "integer").tolist() == [2**70 + 1, None]


def test_missing_cells_are_empty():
    assert [text_cell(cell) for cell in (None, pd.NA, float("nan"), pd.NaT)] == [""] * 4


FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "'=1",
    "''=1",
    "'word",
    "-1/2",
    "-3 4",
    "+",
    "<b>",
]


def test_formulas_are_harmless_in_csv_and_come_back():
    import csv
    import io

    frame = pd.DataFrame({"=name": FORMULAS, "n": range(-6, 6), "o": pd.Series([None, 2**70, *FORMULAS[:10]])})
    text = Table(frame).to_csv()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0] == "'=name"
    for row, cell in zip(rows[1:], FORMULAS, strict=True):
        assert row[0][0] not in "=@\t"
        assert tables.as_it_was(row[0]) == cell
    assert [row[0] for row in rows[1:]][-5:] == ["'word", "-1/2", "-3 4", "+", "<b>"]
    assert [int(row[1]) for row in rows[1:]] == list(range(-6, 6))
    assert rows[2][2] == str(2**70)
    assert frame["=name"].tolist() == FORMULAS  # the data are as they were


def test_a_table_with_formulas_is_resumed(call, tmp_path):
    given, made = tmp_path / "g.csv", tmp_path / "m.csv"
    given.write_text("widths,degree,=note\n2 3 1,2,=1+1\n2 4 1,2,'=x\n")
    words = ("table", "dimensions", "--from", given, "--output", made)
    assert call(*words).status == 0
    first = made.read_text()
    assert "'=1+1" in first
    answer = call(*words, "--resume")
    assert "2 of 2 rows taken" in answer.stderr
    assert made.read_text() == first


def test_nothing_that_is_shown_is_html_or_a_command():
    evil = ["<script>x</script>", "a|b\\|c\rd", "&lt;", "[x](javascript:y)", r"\input{x}$", "p < 2^-64"]
    table = Table(pd.DataFrame({"<i>": evil}), "<b>", ["<img src=x>"])
    markdown = table.to_markdown()
    assert not any(f"<{tag}" in markdown for tag in ("script", "/script", "i", "b", "img"))
    assert "&amp;lt;" in markdown
    assert "p < 2^-64" in markdown
    assert len(markdown.split("\n")) == 2 + 2 + len(evil) + 2
    assert r"a\|b\\\|c d" in markdown
    html = table.to_html()
    assert not any(f"<{tag}" in html for tag in ("script", "i>", "b>", "img"))
    latex = table.to_latex()
    assert r"\input" not in latex
    assert r"\textbackslash{}input\{x\}\$" in latex


CELLS = {
    "integer": st.none() | st.integers(-(2**80), 2**80),
    "number": st.none() | st.integers(-9, 9) | st.floats() | st.floats(-1, 1).map(lambda x: round(x, 6)),
    "boolean": st.none() | st.booleans(),
    "text": st.none() | st.sampled_from(FORMULAS) | st.text(st.characters(codec="utf-8"), max_size=8),
}


@st.composite
def typed_columns(draw):
    kinds = draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=4))
    rows = draw(st.integers(0, 4))
    cells = {f"=c{k}": draw(st.lists(CELLS[kind], min_size=rows, max_size=rows)) for k, kind in enumerate(kinds)}
    return tables.Columns(cells, dict(zip(cells, kinds, strict=True)))


@examples(100)
@given(typed_columns())
def test_csv_without_pandas_is_that_of_pandas(columns):
    assert columns.to_csv() == Table(columns.frame()).to_csv()


@pytest.mark.parametrize("name", ["head-size", "clustering", "rounding"])
def test_tables_without_pandas_are_those_of_data_frames(name):
    """The table of a family, and the same with all data frames made."""
    chosen = family(name)
    table = chosen.table([chosen.evaluate(each) | {"seconds": 0.5} for each in chosen.sweep().instances[:5]])
    frames = Table(table.frame, table.title, table.remarks, table.display)
    for suffix in (".csv", ".md", ".html", ".tex"):
        assert tables.WRITERS[suffix](table) == tables.WRITERS[suffix](frames)
    assert table.notes == frames.notes
    assert table.numeric == frames.numeric
    assert [table.length(is_data) for is_data in (True, False)] == [frames.length(is_data) for is_data in (True, False)]
