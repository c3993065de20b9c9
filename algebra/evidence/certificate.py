"""Certificates: JSON documents that a stranger can check; `algebra.evidence.checker` specifies them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import algebra.evidence.checker as checker
from algebra.errors import InputError
from algebra.escape import escape
from algebra.evidence.checker.labels import digits
from algebra.evidence.checker.limits import MOST_VALUE
from algebra.evidence.wanted import WANTED
from algebra.version import __version__
from algebra.writing import WritingError, write_file

if TYPE_CHECKING:
    from os import PathLike

    from algebra.evidence.checker import Report

MOST_DIGITS = "one whose bounds have at most 4200 digits"
"""What `MOST_VALUE` of the checker allows, in words."""

LONG = re.compile(r"(?<![0-9])[0-9]{4301}")
MOST_DIGITS_OF_JSON = "of integers with at most 4300 digits: readers of JSON refuse longer ones"
NOT_ONE = "the path of a rankcert certificate (JSON)"


@dataclass(frozen=True)
class Certificate:
    """A claim with everything that is needed to check it.

    Parameters
    ----------
    document : dict
        The JSON document; `Certificate.of` makes it. It is not copied: leave it as it is.

    Examples
    --------
    >>> from algebra.polynomial.network import PolynomialNetwork
    >>> certificate = PolynomialNetwork((2, 3, 2, 1), degree=2).dimension().certificate()
    >>> certificate.check().valid
    True
    """

    document: dict[str, Any]

    @classmethod
    def of(cls, claim: dict[str, Any], seed: int | None, **proofs: Any) -> Certificate:
        """Return the certificate of a claim, made by this version.

        Parameters
        ----------
        claim : dict
            ``quantity``, ``label``, the object, and what is claimed of it.
        seed : int or None
            Noted in the document.
        **proofs
            What proves the claim, as JSON values; as a rule ``lower`` and ``upper``.

        Returns
        -------
        Certificate
        """
        return cls.from_body({"claim": claim, **proofs, "made_by": {"rankcert": __version__, "seed": seed}})

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Certificate:
        """Add format and digest to a body (``claim``, ``lower``, ``upper``, ``made_by``).

        Parameters
        ----------
        body : dict
            The keys of the format but ``format`` and ``digest``.

        Returns
        -------
        Certificate
        """
        document = {"format": checker.FORMAT, **body}
        return cls({**document, "digest": checker.digest(document)})

    @classmethod
    def read(cls, path: str | PathLike[str], patient: bool = False) -> Certificate:
        """Read a certificate from a file, of at most 8 MB unless `patient`; it is not checked yet.

        Parameters
        ----------
        path : str or path-like
        patient : bool
            Read a larger file, too.

        Returns
        -------
        Certificate

        Raises
        ------
        InputError
            If the file is not JSON, or not a certificate.
        OSError
            If it cannot be read.
        """
        try:
            document = checker.parse(checker.read_bytes(path, patient), patient)
        except (ValueError, RecursionError, checker.Refused):
            raise InputError("path", str(path), NOT_ONE) from None
        return cls(document)

    def write(self, path: str | PathLike[str]) -> None:
        """Write the certificate to a file, indented, lists of numbers on one line each.

        Parameters
        ----------
        path : str or path-like

        Raises
        ------
        WritingError
            If the file cannot be written, or an integer is too long for JSON; an old file is then as it was. See
            `algebra.writing` for links and devices.
        """
        write_file(path, self.to_json())

    def to_json(self) -> str:
        """Return the document as JSON text, indented, lists of numbers on one line each.

        Returns
        -------
        str

        Raises
        ------
        WritingError
            If an integer in it has more than 4,300 digits, which readers of JSON refuse.
        """
        try:
            shown = json.dumps(self.document, indent=1)
        except ValueError:  # Python has that limit too, unless it was lifted
            shown = None
        if shown is None or LONG.search(shown):
            raise WritingError("certificate", self.label, MOST_DIGITS_OF_JSON)
        lists = re.compile(r"\[\s+(-?\d+(?:,\s+-?\d+)*)\s+\]")
        return lists.sub(lambda found: f"[{','.join(found[1].replace(',', ' ').split())}]", shown) + "\n"

    def check(self, patient: bool = False) -> Report:
        """Check the claim, trusting nothing that can be recomputed.

        Parameters
        ----------
        patient : bool
            Take up to about an hour and 8 GB where that is needed, instead of ten seconds and 400 MB.

        Returns
        -------
        Report
            Whether it is valid, what it states, and else why it is refused.
        """
        return checker.check(self.document, patient)

    @property
    def claim(self) -> dict[str, Any]:
        """What is claimed."""
        found: dict[str, Any] = self.document["claim"]
        return found

    @property
    def label(self) -> str:
        """Label of the network that the claim is about."""
        return str(self.claim["label"])

    @property
    def digest(self) -> str:
        """The hash of everything else."""
        return str(self.document["digest"])

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Certificate: {self._sentence()}, {self.digest[:19]}>"

    def _repr_html_(self) -> str:
        shown, digest = escape(self._sentence()), escape(self.digest)
        held = ", ".join(escape(name) for name in self.document if name not in ("claim", "digest"))
        how = "rankcert check FILE verifies it, independently"
        return f"<b>Certificate</b> {shown}<br><small>holds {held}; {how}<br><code>{digest}</code></small>"

    def _sentence(self) -> str:
        quantity = str(self.claim["quantity"]).replace("-", " ")
        if "lower" not in self.claim:  # it is no number that is claimed
            return f"{quantity}, {self.label}"

        lower, upper = self.claim["lower"], self.claim["upper"]
        known, most = (digits(side) if isinstance(side, int) else side or "" for side in (lower, upper))
        value = f"= {known}" if lower == upper else f"in {known}..{most}"
        return f"{quantity} of {self.label} {value}"


@contextmanager
def certificate_wanted() -> Iterator[None]:
    """Refuse, before its work, a question whose certificate the checker would not read.

    Yields
    ------
    None
    """
    token = WANTED.set(True)
    try:
        yield
    finally:
        WANTED.reset(token)


def check_claim(claim: Callable[[], dict[str, Any]]) -> None:
    """Look at the claim of the first question that is asked while a certificate is wanted.

    Raises
    ------
    InputError
        As `checked_claim`.
    """
    WANTED.set(False)  # questions that this one asks get no certificate
    checked_claim(claim, 0, 0)


def checked_claim(claim: Callable[[], dict[str, Any]], lower: int | str, upper: int | str | None) -> dict[str, Any]:
    """Return a claim with its bounds; not about an object that the checker refuses, however patient.

    Parameters
    ----------
    claim : callable
        Without arguments; it makes the claim, but for its bounds.
    lower, upper : int or str
        None: there is no upper bound.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        With the checker's reason: the object is too large, or its numbers are too long.
    """
    try:
        found = {**claim(), "lower": lower, "upper": upper}
        checker.read_claim(found)
    except checker.Refused as refusal:
        raise InputError("--certificate", "asked for", f"left out: the checker refuses it ({refusal})") from None
    except InputError:
        raise
    except ValueError:  # a label would have more digits than Python writes
        raise InputError("--certificate", "asked for", "left out: a number is too long") from None
    return found


def check_digits(argument: str, value: Any, bound: int | None) -> None:
    """Refuse a bound with more digits than JSON readers accept.

    Parameters
    ----------
    argument : str
        Name of what the bound follows from, as the caller knows it.
    value : object
        What was given.
    bound : int or None

    Raises
    ------
    InputError
        If it is too long.
    """
    if bound is not None and bound > MOST_VALUE:
        raise InputError(argument, value, MOST_DIGITS)
