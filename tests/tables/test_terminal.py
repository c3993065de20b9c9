"""Tables on narrow terminals: every cell and every column is there."""

import os
import re
import subprocess
import sys
import textwrap

import pytest

from algebra import Bounds, Grade
from proofs_check.show.cells import text_cell
from proofs_check.show.tables import Columns, Table
from proofs_check.show.terminal import MOST_ROWS, SHORT, table_text
from proofs_check.tabulate import table as family_table

MADE: dict[str, Table] = {}  # each table of a family once
PROVED = Bounds.exactly(54, by="minor")


def cells_of(columns):
    return {text_cell(cell) for _, cells in columns for cell in cells} - {""}


def headings_are_there(columns, text):
    for heading, _ in columns:
        for word in heading.split():
            assert word in text or f"{SHORT[word]}: {word}" in " ".join(text.split())


@pytest.mark.parametrize("width", [30, 60, 80, 120, 10_000])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("dimensions", {"ranges": [range(n, n + 1) for n in (2, 3, 4, 4, 4, 5, 3, 2)], "degree": "2"}),
        ("critical-points", {"widths": [2, 2, 2]}),
        ("attention-dimensions", {}),
        ("overlaps", {}),
        ("sparse-patterns", {}),
    ],
)
def test_nothing_is_cut(name, options, width):
    if name not in MADE:
        MADE[name] = family_table(name, jobs=1, **options)
    table = MADE[name]
    text = table_text(table, width)
    columns = [(heading, cells[:MOST_ROWS]) for heading, cells in table.columns]
    for cell in cells_of(columns):
        assert cell in text or ("proved in every row" in text and cell.removesuffix(" (proved)") in text)
    headings_are_there(columns, text)
    assert "…" not in text or any("…" in cell for cell in (*cells_of(columns), *table.notes, table.title))


def table_of(count=2, cell=PROVED):
    return Table(
        Columns({}), "T", ["made"], Columns({"widths": [(2, 3, 4, 4)] * count, "ambient dimension": [cell] * count})
    )


@pytest.mark.parametrize(
    ("width", "first"),
    [
        (200, "│ (2, 3, 4, 4) │ 54 (proved)       │"),
        (35, "(2, 3, 4, 4)         54"),
        (23, "(2, 3, 4, 4)         54"),
        (18, "(2, 3, 4, 4)   54"),
        (5, "(2, 3, 4, 4)         54"),
    ],
)
def test_layouts_from_wide_to_narrow(width, first):
    text = table_text(table_of(), width)
    assert first in text
    said = " ".join(text.split())
    assert ("proved in every row" in said) == ("(proved)" not in said)
    assert ("dim: dimension" in said) == (width == 18)
    if width >= 18:
        assert max(map(len, text.splitlines())) <= width


def test_a_grade_that_differs_stays_in_its_cells():
    cells = [PROVED, Bounds(3, 9, Grade.PROBABLE, log2_error=-61.3)]
    table = Table(Columns({}), "T", ["made"], Columns({"n": [1, 2], "dimension": cells}))
    text = table_text(table, 20)
    assert "54 (proved)" in text
    assert "3 (probable, p < 2^-61)" in text
    assert "in every row" not in text


def test_a_note_about_every_row_is_of_every_row():
    cells = [PROVED] * MOST_ROWS + [Bounds(3, 9, Grade.INCONCLUSIVE)]
    text = table_text(Table(Columns({}), "T", ["made"], Columns({"dimension": cells})), 10)
    assert "in every row" not in text
    assert "and 1 more rows" in " ".join(text.split())


def test_markup_and_emoji_are_text():
    table = Table(Columns({}), "T", ["made"], Columns({"x": ["[bold]a[/bold]", ":smile:"]}))
    assert "[bold]a[/bold]" in table_text(table)
    assert ":smile:" in table_text(table)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("width", [60, 80])
def test_on_a_real_terminal(width):
    """The first command of the README, in a window of so many columns."""
    script = textwrap.dedent(f"""
        import fcntl, os, pty, struct, sys, termios
        parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, {width}, 0, 0))
        pid = os.fork()
        if pid == 0:
            os.dup2(child, 1)
            from proofs_check.cli import main
            sys.argv = ["rankcert", "table", "dimensions", *"2 3..4 4 4 4 5 3 2 --degree 2 --jobs 1".split()]
            main()
        os.close(child)
        found = b""
        try:
            while block := os.read(parent, 4096):
                found += block
        except OSError:
            pass
        sys.stdout.buffer.write(found)
    """)
    settings = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
        env=settings | {"TERM": "xterm", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )
    assert "(2, 3, 4, 4, 4, 5, 3, 2)" in done.stdout
    assert "(2, 4, 4, 4, 4, 5, 3, 2)" in done.stdout
    assert "…" not in done.stdout
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", done.stdout)  # the bars of progress among them
    assert max(map(len, re.split(r"[\r\n]+", shown))) <= width
