"""Tables and rows of families in Python, as `rankcert table NAME` makes them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofs_check.engine.run import answers, run_sweep
from proofs_check.engine.store import Store
from proofs_check.engine.sweep import FamilySweep
from proofs_check.registry import family

if TYPE_CHECKING:
    from proofs_check.family import Row
    from proofs_check.show.tables import Table


def rows(name: str, /, *, jobs: int | None = None, store: str | Path | None = None, **options: Any) -> list[Row]:
    """Return the rows of a family, plain JSON values in the order of its instances.

    Parameters
    ----------
    name : str
        Of the family, as in `rankcert table NAME`.
    jobs : int, optional
        Number of processes; default: all cores, once a second of work is left. With 1 everything is computed here.
    store : path, optional
        A file that keeps the answers, and from which known ones are taken.
    **options
        Those of the command, with underscores: ``head_sizes``.

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
    sweep = asked.sweep(**options)
    with ExitStack() as stack:
        opened = None if store is None else stack.enter_context(Store.open(store))
        if isinstance(sweep, FamilySweep):
            answers(sweep, opened, jobs=jobs)
        elif run_sweep(sweep, opened, jobs=jobs).interrupted:
            raise KeyboardInterrupt
    return asked.rows(sweep)


def table(name: str, /, *, jobs: int | None = None, store: str | Path | None = None, **options: Any) -> Table:
    """Return the table of a family; see `rows` for the arguments.

    Examples
    --------
    >>> table("head-size", sizes=[2], jobs=1).shown.columns.tolist()
    ['weights', 'n', 'rank log P', 'least head size', 'always enough', 'published', 'saved']
    """
    return family(name).table(rows(name, jobs=jobs, store=store, **options), options)
