"""Errors that name the argument, the value and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = TypeVar("Kind")

TEXT = (str, bytes, bytearray, memoryview)
"""Sequences to Python, but no lists of numbers."""


class InputError(ValueError):
    """A bad argument, refused before any heavy work.

    Parameters
    ----------
    argument : str
        Name of the argument, as the caller knows it.
    value : Any
        The value that was given.
    allowed : str
        What would have been accepted, as the end of the sentence "it must be …".
    words : iterable of str
        Where it is one of some words: these; the message suggests the one that was meant. See `one_of`.

    Examples
    --------
    >>> raise InputError("degree", 0, "an integer of at least 1")
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: degree is 0, but it must be an integer of at least 1
    """

    def __init__(self, argument: str, value: Any, allowed: str, words: Iterable[str] = ()) -> None:
        super().__init__(argument, value, allowed)
        self.argument = argument
        self.value = value
        self.allowed = allowed
        self.words = tuple(words)

    def renamed(self, argument: str) -> InputError:
        """Return the same error of an argument that is called otherwise.

        Parameters
        ----------
        argument : str
            Its name, as the caller knows it.

        Returns
        -------
        InputError
        """
        return InputError(argument, self.value, self.allowed, self.words)

    def __str__(self) -> str:
        """Give the sentence that names all three; of an argument without a value it says that it is missing."""
        if self.value is None:
            return f"{self.argument} is missing; it must be {self.allowed}"
        shown = _shown(self.value)
        if len(shown) > 200:
            shown = shown[:200] + "…"
        return f"{self.argument} is {shown}, but it must be {self.allowed}{self._hint}"

    @property
    def _hint(self) -> str:
        """Suggest the word that was meant, as it was written or in small letters."""
        if not isinstance(self.value, str):
            return ""
        return meant(self.value, self.words) or meant(self.value.lower(), self.words)


def _shown(value: Any) -> str:
    """Write a value as Python does; integers that are longer than it writes are abbreviated."""
    try:
        return repr(value)
    except ValueError:
        if isinstance(value, int):
            return f"{'-' if value < 0 else ''}about 10^{int(value.bit_length() * 0.30103)}"
        return f"of type {type(value).__name__} with an integer of more than 4300 digits"


def as_integer(argument: str, value: Any, least: int | None = None, allowed: str | None = None) -> int:
    """Return `value` as an int if it is an integer (numpy's and flint's too) of at least `least`.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : object
    least : int, optional
        The least value that is allowed.
    allowed : str, optional
        What the message says is allowed; default: an integer, of at least `least`.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it is a bool, not an integer, or too small.

    Examples
    --------
    >>> as_integer("seed", 7)
    7
    """
    if type(value) is int and (least is None or value >= least):  # nearly always: spare the rest
        return value
    from operator import index

    wanted = allowed or ("an integer" if least is None else f"an integer of at least {least}")
    try:
        if is_truth_value(value):
            raise TypeError
        number = index(value)
    except (TypeError, ValueError):  # the latter of bounds that do not meet
        raise InputError(argument, value, wanted) from None
    if least is not None and number < least:
        raise InputError(argument, value, wanted)
    return number


def is_truth_value(value: Any) -> bool:
    """Tell whether a value is Python's or numpy's truth value, without importing numpy; its older ones are indices.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool

    Examples
    --------
    >>> is_truth_value(True), is_truth_value(1)
    (True, False)
    """
    return type(value).__name__ in ("bool", "bool_")


def one_of(argument: str, value: Any, names: Iterable[str], allowed: str | None = None) -> str:
    """Return `value` if it is one of these words; an array, say, is compared with none of them.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : object
    names : iterable of str
        The words.
    allowed : str, optional
        What the message says is allowed; default: "one of" these words.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If it is not.

    Examples
    --------
    >>> one_of("mode", "margin", ["exact", "margin"])
    'margin'
    """
    known = list(names)
    if not isinstance(value, str) or value not in known:
        raise InputError(argument, value, allowed or f"one of {', '.join(known)}", known)
    return value


def instance_of(argument: str, value: Any, kind: type[Kind], made_by: str) -> Kind:
    """Return `value` if it is of a class of ours.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : Any
    kind : type
    made_by : str
        What makes one, for the message.

    Returns
    -------
    object
        The value itself.

    Raises
    ------
    InputError
        If it is not.

    Examples
    --------
    >>> instance_of("scheme", "hypercube", int, "hamming(n)")
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: scheme is 'hypercube', but it must be an int, which hamming(n) makes
    """
    if not isinstance(value, kind):
        article = "an" if kind.__name__[:1].lower() in "aeiou" else "a"
        raise InputError(argument, value, f"{article} {kind.__name__}, which {made_by} makes")
    return value


def check_keys(given: Mapping[str, Any], allowed: Iterable[str], required: Iterable[str] = ()) -> None:
    """Refuse unknown keys by name, and missing ones.

    Parameters
    ----------
    given : mapping of str to object
    allowed : iterable of str
        All keys that there may be.
    required : iterable of str
        Those that there must be.

    Raises
    ------
    InputError
        Naming the key.

    Examples
    --------
    >>> check_keys({"width": 3}, ["widths", "degree"])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: width is 3, but it must be left out: the keys are widths, degree (did you mean widths?)
    """
    names = list(allowed)
    for key, value in given.items():
        if key not in names:
            raise InputError(key, value, f"left out: the keys are {', '.join(names)}{meant(key, names)}")
    for key in required:
        if key not in given:
            raise InputError(key, None, f"given: the keys are {', '.join(names)}")


def meant(word: str, names: Iterable[str]) -> str:
    """Return the end of a sentence that suggests the name closest to a word; nothing if none is close.

    Parameters
    ----------
    word : str
    names : iterable of str

    Returns
    -------
    str

    Examples
    --------
    >>> meant("heat-map", ["heatmap", "staircase"]), meant("map", ["heatmap"])
    (' (did you mean heatmap?)', '')
    """
    from difflib import get_close_matches

    close = get_close_matches(str(word), list(names), n=1, cutoff=0.7)
    return f" (did you mean {close[0]}?)" if close else ""
