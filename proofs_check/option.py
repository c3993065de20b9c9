"""Options: what a question or a family can be told beside its file, declared once for terminal, help and Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from proofs_check.words import Reader, at_least, integer, log2_error_of, path, text


@dataclass(frozen=True)
class Option:
    """One thing that can be told, with the keyword under which Python knows it.

    Parameters
    ----------
    name : str
        The keyword: ``head_sizes``; the terminal's spelling is ``--head-sizes`` unless `spelled` says another.
    says : str
        A sentence for the help.
    read : callable
        From the argument's name and a word to the value.
    default : Any
        Where nothing is told; shown in the help unless it is None or `says` names it after "default:".
    metavar : str
        What stands for the value in the help; empty for a flag, which is true where it is given.
    spelled : tuple of str
        Other spellings.
    called : str
        Name in messages; default: the first long spelling.
    choices : callable, optional
        Returns the words that a shell completes.
    is_argument : bool
        Whether it stands without ``--``.
    is_needed : bool
        Whether it has to be given.
    is_list : bool
        Whether several words are read, each by `read`.
    is_written : bool
        Whether it names a file that the answer is written to: refused before the work if that cannot be.
    """

    name: str
    says: str
    read: Reader = text
    default: Any = None
    metavar: str = ""
    spelled: tuple[str, ...] = ()
    called: str = ""
    choices: Callable[[], Iterable[str]] | None = None
    is_argument: bool = False
    is_needed: bool = False
    is_list: bool = False
    is_written: bool = False

    @property
    def is_flag(self) -> bool:
        """Whether it takes no value."""
        return not self.metavar

    @property
    def spellings(self) -> tuple[str, ...]:
        """How the terminal spells it."""
        return self.spelled or (f"--{self.name.replace('_', '-')}",)

    @property
    def argument(self) -> str:
        """What messages call it."""
        if self.is_argument:
            return self.called or self.metavar.strip("[]…")
        return self.called or next(word for word in self.spellings if word.startswith("--"))


SEED = Option("seed", "Seed of every random choice.", integer, 0, "N", called="seed")
ERROR = Option(
    "log2_error",
    "Where the bounds leave a gap: repeat until a greater value would have stayed unseen with probability at most P, "
    "e.g. 2^-100; default 2^-64.",
    log2_error_of,
    metavar="P",
    spelled=("--error",),
    called="error",
)
BIASES = Option("biases", "Every layer adds a bias.", default=False)
EXACT_FLOATS = Option(
    "exact_floats", "Read a float as the binary fraction that it is, instead of numerically.", default=False
)
CERTIFICATE = Option("certificate", "Write what an independent checker needs.", path, metavar="FILE", is_written=True)
OUTPUT = Option(
    "output",
    "Write to .md, .tex, .csv, .html or .parquet.",
    path,
    metavar="FILE",
    spelled=("--output", "-o"),
)
STORE = Option("store", "Keep results here, and take from here what was computed before.", path, metavar="FILE")
JOBS = Option("jobs", "Number of processes; default: all cores.", at_least(1), metavar="N", spelled=("--jobs", "-j"))
SCHEDULER = Option("scheduler", "Compute on a Dask cluster: tcp://host:8786.", metavar="ADDRESS")
JSON = Option("as_json", "Print one JSON object.", default=False, spelled=("--json",))
