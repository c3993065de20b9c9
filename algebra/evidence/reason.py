"""Reasons: one argument for a bound, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One argument for a bound of an integer; with its parts a tree.

    Parameters
    ----------
    rule : str
        Name of the argument.
    value : int
        The bound that it proves.
    about : object, optional
        What it speaks of, if that is not the question itself; ``str(about)`` is shown.
    parts : tuple of Reason
        The bounds that it rests on.
    details : tuple of (str, value)
        What it was computed from, in the order in which it is shown.
    note : object, optional
        A longer object that proves it (found symmetries, say); ``str(note)`` is shown.

    Examples
    --------
    >>> part = Reason("ambient", 3, about="dim V", details=(("space", 3),))
    >>> print(Reason("width-one", 6, parts=(part,)).explain())
    6 >= value: width-one
      3 >= dim V: ambient (space 3)
    """

    rule: str
    value: int
    about: Any = None
    parts: tuple[Reason, ...] = ()
    details: tuple[tuple[str, Any], ...] = ()
    note: Any = None

    def nodes(self) -> Iterator[Reason]:
        """Return the tree's nodes, parts before the whole."""
        found, waiting = [], [self]
        while waiting:
            found.append(waiting.pop())
            waiting.extend(found[-1].parts)
        return reversed(found)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all the rules in the tree, the root's first, each once."""
        return tuple(dict.fromkeys(node.rule for node in reversed(list(self.nodes()))))

    def detail(self, name: str) -> Any:
        """Return one of the details; None if there is none of that name."""
        return dict(self.details).get(name)

    def to_json(self) -> dict[str, Any]:
        """Return the details as plain JSON values."""
        return dict(self.details)

    def explain(self, of: str = "value", sign: str = ">=", indent: str = "") -> str:
        """Return the tree as text: each bound with its rule and what it rests on.

        Parameters
        ----------
        of : str
            What the bound is of, where the reason itself does not say.
        sign : str
            ``">="`` for an upper bound, ``"<="`` for a lower one.
        indent : str
            Put before every line.

        Returns
        -------
        str
        """
        shown = ", ".join(f"{name} {value}" for name, value in self.details)
        about = of if self.about is None else str(self.about)
        line = f"{indent}{self.value} {sign} {about}: {self.rule}{f' ({shown})' if shown else ''}"
        if self.note is not None:
            line += f" ({self.note})"
        return "\n".join([line, *(part.explain(of, sign, indent + "  ") for part in self.parts)])
