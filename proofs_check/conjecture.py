r"""Your own conjecture: two sides that are compared at every instance of a family, each with what is proved of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from numbers import Rational
from typing import Any

from algebra import Bounds, Grade
from algebra.errors import InputError
from proofs_check.claim import AnyClaim, Claim, Hypothesis, Kind, Source, Verdict

PAPER = "mine"
"""Where an own claim is filed; its id is ``mine.name``."""

Side = Callable[..., Any]
Hypotheses = Callable[..., Any] | Mapping[str, Callable[..., Any]] | None


def equality(
    statement: str,
    family: Iterable[Any] | Callable[[], Iterable[Any]],
    left: Side,
    right: Side,
    *,
    when: Hypotheses = None,
    name: str = "",
    note: str = "",
) -> AnyClaim:
    r"""Return the claim that two numbers are equal at every instance of a family.

    Parameters
    ----------
    statement : str
        LaTeX, without dollars.
    family : iterable, or a callable that returns one
        The instances. A tuple is handed over as several arguments, a mapping as named ones, anything else as one.
    left, right : callable
        Of an instance: an integer, a fraction, or `Bounds`, as every rank and dimension of this library is.
    when : callable, or dict of str to callable, optional
        Hypotheses, with their names if they have some. Where one fails the claim says nothing.
    name : str
        Names the claim: ``mine.name``. Default: a hash of the statement.
    note : str
        What a finite check leaves out.

    Returns
    -------
    Claim
        `verify` runs it on all cores and resumes it; ``claim.check(instance)`` decides one instance.

    Raises
    ------
    InputError
        If the family is empty, or a side is no function.

    Notes
    -----
    An instance holds as far as both sides are known: `proved`, or `probable` where a side is. It is violated, and that
    is proved, where the bounds of the two sides exclude each other; everything else is inconclusive. An instance that a
    side refuses is inconclusive, too, with the reason.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> claim = equality(
    ...     r"\dim V_{(2,n,1),2} = \min(2n, 3)",
    ...     [(n,) for n in range(1, 5)],
    ...     lambda n: PolynomialNetwork((2, n, 1), degree=2).dimension(),
    ...     lambda n: min(2 * n, 3),
    ...     name="quadrics",
    ... )
    >>> claim.check((2,)).outcome.value, claim.check((2,)).reason
    ('holds', '3 (proved) = 3')
    """
    return _comparison("=", statement, family, left, right, when, name, note)


def inequality(
    statement: str,
    family: Iterable[Any] | Callable[[], Iterable[Any]],
    left: Side,
    right: Side,
    *,
    when: Hypotheses = None,
    name: str = "",
    note: str = "",
) -> AnyClaim:
    r"""Return the claim that the left number is at most the right one at every instance of a family.

    Parameters
    ----------
    statement, family, left, right, when, name, note
        As for `equality`.

    Returns
    -------
    Claim

    Examples
    --------
    >>> even = {"n is even": lambda n: n % 2 == 0}
    >>> claim = inequality(r"n^2 \le 2^n", range(6), lambda n: n * n, lambda n: 2**n, when=even)
    >>> [claim.check(n).outcome.value for n in (2, 3)]
    ['holds', 'not_applicable']
    """
    return _comparison("<=", statement, family, left, right, when, name, note)


def _comparison(
    relation: str, statement: str, family: Any, left: Side, right: Side, when: Hypotheses, name: str, note: str
) -> AnyClaim:
    for side, function in (("left", left), ("right", right)):
        if not callable(function):
            raise InputError(side, function, "a function of an instance")
    if not isinstance(statement, str) or not statement:
        raise InputError("statement", statement, "LaTeX that says what is claimed")
    if not callable(family):
        if isinstance(family, str) or not isinstance(family, Iterable):
            raise InputError("family", family, "the instances, or a function that returns them")
        family = partial(tuple, tuple(family))
        if not family():
            raise InputError("family", (), "at least one instance")

    holds = [when] if callable(when) or when is None else list(getattr(when, "values", list)())
    if not holds or not all(callable(each) for each in holds if each is not None):
        raise InputError("when", when, 'a function of an instance, or such as {"n > 0": lambda n: n > 0}')
    given: Mapping[str, Callable[..., Any]] = {}
    if when is not None:
        given = {"the condition of the claim": when} if callable(when) else when
    hypotheses = tuple(Hypothesis(said, partial(_called, each)) for said, each in given.items())
    short = name or f"claim-{sha256(statement.encode()).hexdigest()[:8]}"
    decide = partial(_decided, relation, left, right)
    source = Source(PAPER, "own claim")
    return Claim(f"{PAPER}.{short}", statement, source, hypotheses, family, decide, Kind.CONJECTURE, note)


def _called(function: Callable[..., Any], instance: Any) -> Any:
    """Hand over an instance: a tuple as several arguments, a mapping as named ones."""
    if isinstance(instance, Mapping):
        return function(**instance)
    return function(*instance) if isinstance(instance, tuple) else function(instance)


@dataclass(frozen=True)
class Known:
    """What is known of one side: its ends, how far proved, and the bounds behind it."""

    lower: Any
    upper: Any  # None: not known
    grade: Grade
    text: str
    evidence: tuple[Bounds, ...] = ()

    @property
    def is_value(self) -> bool:
        """Whether it is one number: proved, or up to its grade."""
        return self.grade is not Grade.INCONCLUSIVE


def _known(side: str, value: Any) -> Known:
    if isinstance(value, Bounds):
        return Known(value.lower, value.upper, value.grade, str(value), (value,))
    plain = getattr(value, "item", None)  # numbers of numpy
    value = plain() if callable(plain) else value
    if isinstance(value, Rational) or (hasattr(value, "p") and hasattr(value, "q")):
        return Known(value, value, Grade.PROVED, str(value))
    raise InputError(side, value, "an integer, a fraction, or Bounds: a float proves nothing")


def _decided(relation: str, left: Side, right: Side, instance: Any, seed: int) -> Verdict:
    """Compare the two sides at one instance; what a side refuses is inconclusive."""
    try:
        a, b = (_known(side, _called(given, instance)) for side, given in (("left", left), ("right", right)))
    except InputError as error:
        return Verdict.inconclusive(str(error))
    evidence = a.evidence + b.evidence

    # What the proved ends exclude is refuted; what they force holds.
    less = a.upper is not None and a.upper < b.lower
    greater = b.upper is not None and b.upper < a.lower
    if greater or (less and relation == "="):
        sign = ">" if greater else "<"
        return Verdict.violated(_excluding(a, b), *evidence, reason=f"{a.text} {sign} {b.text}")
    at_most = a.upper is not None and a.upper <= b.lower
    at_least = b.upper is not None and b.upper <= a.lower
    grade = Grade.weakest((a.grade, b.grade))
    if at_most and (relation == "<=" or at_least):
        proved = Grade.PROVED if Grade.NUMERIC not in (a.grade, b.grade) else Grade.NUMERIC
        return Verdict.holds(proved, *evidence, reason=f"{a.text} {relation} {b.text}")

    # Beyond that, values are taken up to their grade.
    if not (a.is_value and b.is_value):
        return Verdict.inconclusive(f"{a.text} and {b.text} leave it open", *evidence)
    if a.lower == b.lower or (relation == "<=" and a.lower < b.lower):
        return Verdict.holds(grade, *evidence, reason=f"{a.text} {relation} {b.text}")
    return Verdict.violated(grade, *evidence, reason=f"{a.text} {'<' if a.lower < b.lower else '>'} {b.text}")


def _excluding(a: Known, b: Known) -> Grade:
    """Ends are proved, but those of numeric values are not."""
    return Grade.NUMERIC if Grade.NUMERIC in (a.grade, b.grade) else Grade.PROVED
