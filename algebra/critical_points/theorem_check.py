"""The outcome of a published theorem at one point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from algebra.critical_points.classification import PointVerdict
from algebra.shown import Shown

SADDLES = (PointVerdict.STRICT_SADDLE, PointVerdict.NONSTRICT_SADDLE)
ON_DATA = ("d_x <= m", "d_y <= m", "X X^T invertible", "Y X^T of full rank", "distinct singular values")
MEANING: dict[str, tuple[PointVerdict, ...]] = {
    "global_min": (PointVerdict.GLOBAL_MIN,),
    "saddle": SADDLES,
    "strict_saddle": (PointVerdict.STRICT_SADDLE,),
    "nonstrict_saddle": (PointVerdict.NONSTRICT_SADDLE,),
    "global_min or saddle": (PointVerdict.GLOBAL_MIN, *SADDLES),
    "global_min or strict_saddle": (PointVerdict.GLOBAL_MIN, PointVerdict.STRICT_SADDLE),
    "pure": tuple(PointVerdict),
    "spurious, a saddle": SADDLES,
}


@dataclass(frozen=True)
class TheoremCheck(Shown):
    """One theorem at one point.

    Parameters
    ----------
    name, source : str
        Short name, and where it is published.
    hypotheses : dict of str to bool
        Each decided exactly.
    test : dict of str to bool
        The conditions of the theorem itself.
    would_say : str
        Outcome of the theorem's test, whether or not its hypotheses hold.
    verdict : PointVerdict
        What the point is.
    """

    name: str
    source: str
    hypotheses: dict[str, bool]
    test: dict[str, bool]
    would_say: str
    verdict: PointVerdict

    @property
    def applies(self) -> bool:
        """Whether every hypothesis holds."""
        return all(self.hypotheses.values())

    @property
    def says(self) -> str | None:
        """What the theorem says of the point; None where it does not apply."""
        return self.would_say if self.applies else None

    @property
    def agrees(self) -> bool:
        """Whether the outcome of the test is compatible with what the point is."""
        return self.verdict in MEANING[self.would_say]

    @property
    def misleads(self) -> bool:
        """Whether only hypotheses on the data fail, and the theorem's test then gives a wrong answer."""
        others = all(holds for name, holds in self.hypotheses.items() if name not in ON_DATA)
        return others and not self.applies and not self.agrees

    def fields(self) -> dict[str, Any]:
        """Return everything as plain JSON values.

        Returns
        -------
        dict
        """
        return {
            "name": self.name,
            "source": self.source,
            "applies": self.applies,
            "hypotheses": self.hypotheses,
            "test": self.test,
            "says": self.says,
            "would_say": self.would_say,
            "agrees": self.agrees,
            "misleads": self.misleads,
        }
