"""What a sweep is: one question asked of many instances, and what a run of it reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from algebra.errors import InputError
from algebra.shown import Shown

Instance = dict[str, Any]
Evaluate = Callable[[Instance], dict[str, Any]]
EvaluateTogether = Callable[[Sequence[Instance]], Sequence[dict[str, Any] | None]]


class Sweep(Protocol):
    """A question about a family of instances; the next ones may depend on the answers so far.

    `name` and `parameters` say which sweep it is. `evaluate` stands at the top of a module, so that other processes can
    import it, and turns an instance into a result, both plain JSON values.
    """

    @property
    def name(self) -> str:
        """Name of the question."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What else tells this sweep from others, plain JSON values."""

    @property
    def evaluate(self) -> Evaluate:
        """The function that answers one instance."""

    def pending(self) -> Sequence[Instance]:
        """Return instances wanted now, none that was returned before; none at all: wait for results, or the end.

        Returns
        -------
        sequence of dict
        """

    def receive(self, instance: Instance, result: dict[str, Any]) -> None:
        """Take a result, in any order.

        Parameters
        ----------
        instance : dict
            One that was pending.
        result : dict
            Plain JSON values.
        """

    def key(self, instance: Instance) -> str:
        """Return the permanent key of what is computed, the same in every sweep that asks the same.

        Parameters
        ----------
        instance : dict

        Returns
        -------
        str
        """

    def cost(self, instance: Instance) -> float:
        """Return a rough measure of the time it takes, in any unit.

        Parameters
        ----------
        instance : dict

        Returns
        -------
        float
        """


@runtime_checkable
class Search(Sweep, Protocol):
    """A sweep whose answers are rows of a table, and a result that says what the whole search has shown."""

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows that are known so far.

        Returns
        -------
        list of dict
        """

    def result(self) -> dict[str, Any]:
        """Return what is known so far, plain JSON values.

        Returns
        -------
        dict
        """


@dataclass(frozen=True)
class Together:
    """How many instances are answered at once, sooner than one by one, and with the same results.

    Parameters
    ----------
    evaluate : callable
        At the top of a module, like that of one instance. From instances to a result for each, in order; None for one
        that is to be asked alone. Where it raises, all of them are asked alone.
    gains : callable
        Whether an instance is worth asking together with others: small ones are, and a few hundred of them take a
        fraction of a second.
    """

    evaluate: EvaluateTogether
    gains: Callable[[Instance], bool]


@dataclass(frozen=True)
class FamilySweep(Shown):
    """A sweep over a finite family that is known beforehand.

    Parameters
    ----------
    name : str
    parameters : dict
    instances : sequence of dict
    evaluate : callable
    key : callable
    cost : callable, optional
        Default: all the same.
    may_be_empty : bool
        Whether a family without instances is fine.
    together : Together, optional
        How many instances are answered at once.

    Examples
    --------
    >>> def square(instance):
    ...     return {"value": instance["n"] ** 2}
    >>> def squares(last):
    ...     family = [{"n": n} for n in range(last)]
    ...     return FamilySweep("squares", {"last": last}, family, square, key=lambda i: f"square:{i['n']}")
    >>> from proofs_check.engine import Store, run_sweep
    >>> with Store.in_memory() as store:
    ...     first, second = (run_sweep(squares(last), store) for last in (3, 5))
    >>> first.computed, second.computed, second.reused
    (3, 2, 3)
    """

    name: str
    parameters: Mapping[str, Any]
    instances: Sequence[Instance]
    evaluate: Evaluate
    key: Callable[[Instance], str]
    cost: Callable[[Instance], float] = field(default=lambda instance: 1.0)
    may_be_empty: bool = False
    together: Together | None = None
    results: list[tuple[Instance, dict[str, Any]]] = field(default_factory=list, init=False)
    _waiting: list[Instance] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.instances, Sequence):
            kind = type(self.instances).__name__
            raise InputError("instances", kind, "a list: bound a family that has no end")
        if not self.instances and not self.may_be_empty:
            raise InputError("instances", list(self.instances), "a family with at least one instance")

        self._waiting.extend(self.instances)

    def pending(self) -> Sequence[Instance]:
        """Return all instances, once.

        Returns
        -------
        sequence of dict
        """
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting

    def receive(self, instance: Instance, result: dict[str, Any]) -> None:
        """Keep the result.

        Parameters
        ----------
        instance : dict
            One that was pending.
        result : dict
            Plain JSON values.
        """
        self.results.append((instance, result))

    def take(self, known: Mapping[str, dict[str, Any]]) -> None:
        """Take results that were found elsewhere, by key; their instances are not asked for any more.

        Parameters
        ----------
        known : mapping of str to dict
            Results by key; those of other sweeps are left alone.
        """
        for instance in self.pending():
            found = known.get(self.key(instance))
            if found is None:
                self._waiting.append(instance)
            else:
                self.receive(instance, dict(found))


@dataclass(frozen=True)
class Failure(Shown):
    """An instance without a result; it is computed again in the next run.

    Parameters
    ----------
    key : str
        Of the instance.
    instance : dict
        Plain JSON values.
    message : str
        What went wrong.
    """

    key: str
    instance: Instance
    message: str


@dataclass(frozen=True)
class SweepReport(Shown):
    """What a run did.

    Parameters
    ----------
    computed, reused : int
        Results that are new, and results that were there.
    failed : tuple of Failure
    seconds : float
    interrupted : bool
        Whether Ctrl-C or the batch system ended it; what was finished is stored.
    """

    computed: int
    reused: int
    failed: tuple[Failure, ...]
    seconds: float
    interrupted: bool

    def fields(self) -> dict[str, Any]:
        """Return the report as plain JSON values.

        Returns
        -------
        dict
        """
        failed = [{"key": each.key, "instance": each.instance, "message": each.message} for each in self.failed]
        return {
            "computed": self.computed,
            "reused": self.reused,
            "failed": failed,
            "seconds": round(self.seconds, 3),
            "interrupted": self.interrupted,
        }


Progress = Callable[[int, int, float], None]
