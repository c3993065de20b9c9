"""What comes out of every claim on its default instances: the table, and what writes it.

``python -m tests.claims.outcomes [PAPER]…`` runs the claims and writes their lines anew; without papers, all of them.
Read the difference before it is committed.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from proofs_check.papers import select
from proofs_check.verify import Row, verify

TABLE = Path(__file__).parents[1] / "data" / "claim_outcomes.csv"
COUNTS = ("instances", "holds", "violated", "inconclusive", "not_applicable")
COLUMNS = ("claim", "kind", "outcome", "grade", *COUNTS, "counterexamples")

Line = dict[str, str]


def line_of(row: Row) -> Line:
    """Return a claim's line; the grades of its counterexamples are the set of them."""
    grades = sorted({found.grade for found in row.counterexamples})
    return {**{name: str(getattr(row, name)) for name in COLUMNS}, "counterexamples": " ".join(grades)}


def read() -> dict[str, Line]:
    """Return the table, by claim."""
    with TABLE.open(newline="") as file:
        return {line["claim"]: line for line in csv.DictReader(file)}


def write(papers: list[str]) -> None:
    """Run the claims of some papers and write their lines, in the order in which papers state them."""
    kept = read() if papers and TABLE.exists() else {}
    kept.update((row.claim, line_of(row)) for row in verify(papers, jobs=1).rows)
    with TABLE.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(kept[claim.id] for claim in select() if claim.id in kept)


if __name__ == "__main__":
    write(sys.argv[1:])
