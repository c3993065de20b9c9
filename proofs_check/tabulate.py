"""Tables in Python: of networks, of data frames, and of families as `rankcert table NAME` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.chosen import headings_of
from proofs_check.engine.progress import moving_progress
from proofs_check.engine.run import answers, run_sweep
from proofs_check.engine.store import Store
from proofs_check.engine.sweep import FamilySweep
from proofs_check.objects import table_of
from proofs_check.registry import family

if TYPE_CHECKING:
    from proofs_check.chosen import Chosen
    from proofs_check.family import Family, Row
    from proofs_check.show.tables import Table


def rows(name: str, /, *, jobs: int | None = None, store: str | Path | None = None, **options: Any) -> list[Row]:
    """Return the rows of a family, plain JSON values in the order of its instances.

    Parameters
    ----------
    name : str
        Of the family, as in `rankcert table NAME`.
    jobs : int, optional
        Number of processes; default: all cores, once five seconds of work are left. With 1 all is computed here.
    store : path, optional
        A file that keeps the answers, and from which known ones are taken.
    **options
        Those of the command, with underscores: ``head_sizes``. Words are read as there: ``degrees="2..4"``.

    Returns
    -------
    list of Row

    Raises
    ------
    InputError
        For an unknown family or option, or a bad value.
    KeyboardInterrupt
        What was finished is in the store, if there is one.

    Examples
    --------
    >>> [row["upper"] for row in rows("head-size", sizes=[3], jobs=1)][:3]
    [0, 1, 1]
    """
    asked = family(name)
    return _rows(asked, asked.taken(options), jobs, store)


def _rows(asked: Family, told: Mapping[str, Any], jobs: int | None, store: str | Path | None) -> list[Row]:
    sweep = asked.sweep(**told)
    with ExitStack() as stack:
        opened = None if store is None else stack.enter_context(Store.open(store))
        shown = stack.enter_context(moving_progress("rows"))
        if isinstance(sweep, FamilySweep):
            answers(sweep, opened, jobs=jobs, progress=shown)
        elif run_sweep(sweep, opened, jobs=jobs, progress=shown).interrupted:
            raise KeyboardInterrupt
    return asked.rows(sweep)


def table(
    networks: Any,
    /,
    columns: Chosen | None = None,
    *,
    question: str | None = None,
    title: str = "",
    seed: int | None = None,
    log2_error: float | None = None,
    jobs: int | None = None,
    store: str | Path | None = None,
    **options: Any,
) -> Table:
    """Return a table: of a list of networks, of a data frame, or of a family by its name.

    Parameters
    ----------
    networks : iterable, data frame, or str
        Networks, circuits or factor graphs, also a single one; objects as files hold them; a data frame whose columns
        are named like the keys of a file, or one of which holds networks: its other columns stay. Or the name of a
        family, as in `rankcert table NAME`. Or anything else, say a list of results: nothing is asked of them, and
        `columns` says what is shown.
    columns : sequence or mapping, optional
        What people see, in that order: names of fields (`rankcert schema` lists them), of attributes, or of columns of
        the data frame; pairs (heading, name); or pairs (heading, function) with a function of the network. The data
        (`frame`, CSV, Parquet) hold all fields in any case. Of a family: headings, or names of its columns. Of anything
        else: attributes, methods without arguments, keys of a mapping, or functions.
    question : str, optional
        What is asked, by the words of its command, where the networks do not tell: ``"identifiability"``.
    title : str
    seed : int, optional
        Of every random choice; default 0.
    log2_error : float, optional
        Repeat what cannot be proved until this target of the error is met.
    jobs : int, optional
        Number of processes; default: all cores, once five seconds of work are left.
    store : path, optional
        A file that keeps the answers, and from which known ones are taken.
    **options
        Of networks, further keys of their file: ``row_side="left"``. Of a family, the options of its command.

    Returns
    -------
    Table
        `write` chooses the format by the extension; `frame` is the data, `shown` what people see.

    Raises
    ------
    InputError
        For what is no network, an unknown column, family or option, before any work. What goes wrong with one network
        is written in its row.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> networks = [PolynomialNetwork((2, n, 1), degree=2) for n in (1, 2, 3)]
    >>> print(table(networks, ["widths", "dimension", "filling"], jobs=1).shown.to_string(index=False))
       widths  dimension  filling
    (2, 1, 1) 2 (proved)    False
    (2, 2, 1) 3 (proved)     True
    (2, 3, 1) 3 (proved)     True
    >>> table("head-size", ["n", "least head size"], sizes=[2], jobs=1).shown.columns.tolist()
    ['n', 'least head size']
    >>> from algebra.kernels import hamming, kernel_spectrum
    >>> spectra = [kernel_spectrum(hamming(n), [n - 2 * d for d in range(n + 1)]) for n in (2, 3)]
    >>> print(table(spectra, ["rank", ("semidefinite", "is_psd")]).shown.to_string(index=False))
          rank  semidefinite
    2 (proved)          True
    3 (proved)          True
    """
    if not isinstance(networks, str):
        return table_of(
            networks,
            columns,
            name=question,
            title=title,
            seed=0 if seed is None else seed,
            log2_error=log2_error,
            jobs=jobs,
            store=store,
            extra=options,
        )

    # The options of a family: seed and target are among them where the family has them.
    asked = family(networks)
    if question is not None and not any(option.name == "question" for option in asked.options):
        raise InputError("question", question, "left out: a family has its own")
    named = {"question": question, "seed": seed, "log2_error": log2_error}
    told = asked.taken({**options, **{name: value for name, value in named.items() if value is not None}})

    found = asked.table(_rows(asked, told, jobs, store), told)
    found = found if columns is None else chosen_columns(found, columns)
    return replace(found, title=title) if title else found


def chosen_columns(whole: Table, columns: Chosen) -> Table:
    """Return a table of which people see some columns, by their headings or by their names in the data.

    Raises
    ------
    InputError
        For a column that there is not, or one that is a function.
    """
    from proofs_check.show.tables import Columns

    seen, data = whole.shown, whole.frame
    cells = {}
    for heading, source in headings_of(columns).items():
        if source not in seen and source not in data:
            names = list(dict.fromkeys([*map(str, seen.columns), *map(str, data.columns)]))
            raise InputError("columns", source, f"one of {', '.join(names)}", names)
        cells[heading] = (seen if source in seen else data)[source].tolist()
    return replace(whole, people=Columns(cells))
