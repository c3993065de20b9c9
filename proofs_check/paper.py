"""A paper and what it states: each statement stands on the function that decides it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from algebra.errors import InputError
from proofs_check.claim import AnyClaim, Claim, Hypothesis, Instance, Kind, Source, Verdict


@dataclass(frozen=True)
class Paper:
    r"""A paper; its claims gather here, in the order in which its module defines them.

    Parameters
    ----------
    key : str
        Name of its module in `proofs_check.papers`.
    reference : str
        Authors, title, place and year.
    arxiv : str
        arXiv number, or "".
    claims : list of Claim
        What `states` has gathered.

    Examples
    --------
    >>> paper = Paper("arithmetic", "Euclid")
    >>> even = Hypothesis("n is even", lambda n: n % 2 == 0)
    >>> @paper.states(r"4 \mid n^2", even, on=lambda: (2, 4))
    ... def squares_of_even_numbers(n, seed):
    ...     "For two numbers."
    ...     return Verdict.decided(n * n % 4 == 0, f"{n * n} is not divisible by 4")
    >>> [(claim.id, claim.note) for claim in paper.claims]
    [('arithmetic.squares-of-even-numbers', 'For two numbers.')]
    >>> squares_of_even_numbers(6, seed=0).outcome.value
    'holds'
    """

    key: str
    reference: str
    arxiv: str = ""
    claims: list[AnyClaim] = field(default_factory=list, compare=False, repr=False)

    def beside(self, reference: str, arxiv: str = "") -> Paper:
        """Return another source of the same module's claims: an older paper, or the developers.

        Examples
        --------
        >>> cohen = Paper("cohen2016", "N. Cohen, O. Sharir, A. Shashua, COLT 2016")
        >>> ours = cohen.beside("the rankcert developers")
        >>> ours.key, ours.claims is cohen.claims
        ('cohen2016', True)
        """
        return Paper(self.key, reference, arxiv, self.claims)

    def states(
        self,
        statement: str,
        *hypotheses: Hypothesis[Instance],
        on: Callable[[], tuple[Instance, ...]],
        item: str = "",
        kind: Kind = Kind.THEOREM,
        remark: str = "",
        name: str = "",
    ) -> Callable[[Callable[[Instance, int], Verdict]], Callable[[Instance, int], Verdict]]:
        """Return a decorator of the function that decides a statement; the function stays as it is.

        The docstring of the function is the claim's note: what a finite check leaves out. Without one, the statement
        says all.

        Parameters
        ----------
        statement : str
            LaTeX.
        *hypotheses : Hypothesis
            Checked in order before the statement is decided.
        on : callable
            Returns the default instances: plain, printable, the same at every call.
        item : str
            Number of the theorem, only where it is known for sure.
        kind : Kind
            What the paper asserts.
        remark : str
            What is to be said of several claims; the note begins with it.
        name : str
            Name of the claim, where it is not that of the function with hyphens.

        Returns
        -------
        callable
            Registers ``decide(instance, seed) -> Verdict`` and returns it.

        Raises
        ------
        InputError
            If another statement of this paper has that name.
        """

        def register(decide: Callable[[Instance, int], Verdict]) -> Callable[[Instance, int], Verdict]:
            id_ = f"{self.key}.{name or decide.__name__.replace('_', '-')}"
            if any(claim.id == id_ for claim in self.claims):
                raise InputError("name", id_, f"another one: {self.key} has a claim of that name")

            note = " ".join([*remark.split(), *(decide.__doc__ or "").split()])
            source = Source(self.key, self.reference, self.arxiv, item)
            self.claims.append(Claim(id_, statement, source, hypotheses, on, decide, kind, note))
            return decide

        return register
