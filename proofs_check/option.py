"""Options: what a question or a family can be told beside its file, declared once for terminal, help and Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, SupportsIndex

from algebra.errors import InputError
from algebra.sequences import as_list
from proofs_check.words import Reader, at_least, folder, integer, label_of, log2_error_of, names_of, path, spelled, text


def value_text(value: Any) -> str:
    """Write a value as a word that means it: ranges, lists with commas, files without their folders."""
    if isinstance(value, range):
        return spelled(value)
    if isinstance(value, list | tuple):
        return ",".join(map(value_text, value))
    return value.name if isinstance(value, Path) else str(value)


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
    write : callable
        From a value to the word that `read` reads.
    example : str or dict
        Of an option that has to be given: a word that goes with the question's example, or the object in a file that
        is named.
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
    write: Callable[[Any], str] = value_text
    example: Any = None

    @property
    def is_flag(self) -> bool:
        """Whether it takes no value."""
        return not self.metavar

    @property
    def spellings(self) -> tuple[str, ...]:
        """How the terminal spells it."""
        return self.spelled or (f"--{self.name.replace('_', '-')}",)

    def words(self, value: Any) -> list[str]:
        """Return the words of a command line that tell a value.

        Examples
        --------
        >>> SEED.words(3), BIASES.words(True), ERROR.words(-100.0)
        (['--seed', '3'], ['--biases'], ['--error', '2^-100'])
        """
        if self.is_flag:
            return [self.spellings[0]] if value else []
        if self.is_list:
            each = [self.write(one) for one in value]
            return each if self.is_argument else [word for one in each for word in (self.spellings[0], one)]
        return [self.write(value)] if self.is_argument else [self.spellings[0], self.write(value)]

    def taken(self, value: Any) -> Any:
        """Return a value that Python was told: words are read as on the command line, one value may stand for a list.

        Raises
        ------
        InputError
            For what cannot be read, and what is not like the default.

        Examples
        --------
        >>> bits = Option("bits", "", integer, (0, 2), "[B]…", is_list=True)
        >>> bits.taken(4), bits.taken(["4", 8]), bits.taken(range(3))
        ([4], [4, 8], range(0, 3))
        >>> bits.taken(2.5)
        Traceback (most recent call last):
        ...
        algebra.errors.InputError: bits is 2.5, but it must be a list, with entries such as 0
        """
        if value is None or self.is_flag:
            return value if value is None else self._like(value, False)
        if self.is_list:
            return self._list(value)
        if isinstance(value, str):
            return self.read(self.name, value)
        is_sequence = isinstance(self.default, tuple | list | range)
        if is_sequence and isinstance(value, int) and not isinstance(value, bool):
            return [value]
        return self._like(value, self.default)

    def _list(self, value: Any) -> Any:
        if isinstance(value, str | int):
            value = [value]
        sample = next(iter(self.default or ()), None)
        entries = as_list(self.name, value, "a list" + ("" if sample is None else f", with entries such as {sample!r}"))
        if any(isinstance(each, str) for each in entries):
            value = [self.read(self.name, each) if isinstance(each, str) else each for each in entries]
        for each in value if isinstance(value, tuple | list | range) else (value := entries):
            self._like(each, sample)
        return value

    def _like(self, value: Any, sample: Any) -> Any:
        """Return a value if it is of the kind of another one."""
        kinds = {
            bool: (bool,),
            int: (SupportsIndex, tuple, list, range),
            str: (str, tuple, list),
            tuple: (tuple, list, range),
        }
        is_alike = isinstance(value, kinds.get(type(sample), (object,)))
        if not is_alike or (isinstance(value, bool) and type(sample) is int):
            wanted = {bool: "True or False", int: "an integer", str: "text"}.get(type(sample), "a list")
            raise InputError(self.name, value, f"{wanted}, such as {sample!r}")
        return value

    @property
    def argument(self) -> str:
        """What messages call it."""
        if self.is_argument:
            return self.called or self.metavar.strip("[]…")
        return self.called or next(word for word in self.spellings if word.startswith("--"))


def words_option(
    name: str, says: str, read: Reader = text, default: Any = None, metavar: str = "", **more: Any
) -> Option:
    """Return the option of an argument of several words, each of them read by `read`.

    Examples
    --------
    >>> words_option("sizes", "Numbers of tokens.", integer, (2, 3), "[N]…").words([5, 8])
    ['5', '8']
    """
    return Option(name, says, read, default, metavar, is_argument=True, is_list=True, **more)


def repeated_option(name: str, says: str, read: Reader, default: Any, metavar: str, **more: Any) -> Option:
    """Return an option that may be given several times.

    Examples
    --------
    >>> repeated_option("orders", "Numbers of vertices.", integer, (), "N", spelled=("--order",)).words([5, 8])
    ['--order', '5', '--order', '8']
    """
    return Option(name, says, read, default, metavar, is_list=True, **more)


SEED = Option("seed", "Seed of every random choice.", integer, 0, "N", called="seed")
ERROR = Option(
    "log2_error",
    "If the value cannot be proved, repeat the random test until a larger value would have been missed with "
    "probability at most P, e.g. 2^-100; default 2^-64.",
    log2_error_of,
    metavar="P",
    spelled=("--error",),
    called="error",
    write=lambda value: f"2^{value:g}",
)
BIASES = Option("biases", "Every layer adds a bias.", default=False)
EXACT_FLOATS = Option(
    "exact_floats", "Read a float as the binary fraction that it is, instead of numerically.", default=False
)
CERTIFICATE = Option(
    "certificate",
    "Save the proof to FILE; `rankcert check FILE` verifies it without using rankcert's own algorithms.",
    path,
    metavar="FILE",
    is_written=True,
)
OUTPUT = Option(
    "output",
    "Write to .md, .tex, .csv, .html or .parquet.",
    path,
    metavar="FILE",
    spelled=("--output", "-o"),
)
COLUMNS = Option(
    "wanted",
    "Only these columns, in this order, separated by commas: headings of the table, or names of its data.",
    names_of,
    metavar="NAME,NAME…",
    spelled=("--columns",),
)
CAPTION = Option("caption", "The table's caption, instead of its title.", metavar="TEXT")
TABLE_LABEL = Option("label", "What \\ref calls a .tex table, such as tab:dimensions.", label_of, metavar="LABEL")
RESUME = Option("resume", "Keep the finished rows that the --output already holds (.csv).", default=False)
STORE = Option("store", "Keep results here, and take from here what was computed before.", path, metavar="FILE")
JOBS = Option("jobs", "Number of processes; default: all cores.", at_least(1), metavar="N", spelled=("--jobs", "-j"))
CERTIFICATES = Option("certificates", "Write certificates of counterexamples.", folder, metavar="FOLDER")
SCHEDULER = Option("scheduler", "Compute on a Dask cluster: tcp://host:8786.", metavar="ADDRESS")
JSON = Option("as_json", "Print one JSON object.", default=False, spelled=("--json",))
