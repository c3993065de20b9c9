"""What `rankcert sweep attention` computes and prints: a formula against a family of attention networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofs_check.engine.sweep import FamilySweep

SHOWN = 10


def attention_sweep(
    question: str, depth: str, largest: int, head_sizes: str, heads: str, most_parameters: int, seed: int
) -> FamilySweep:
    """Return the sweep over a family that is given in words of the command line.

    Raises
    ------
    InputError
        For an unknown question, a bad range, or a family without networks.

    Examples
    --------
    >>> len(attention_sweep("heads", "1", 2, "1..2", "1..2", 330, 0).instances)
    16
    """
    from algebra.errors import as_integer
    from proofs_check.cli.table_attention_dimensions import bounded
    from proofs_check.conjectures.attention import cost, evaluate, family, key
    from proofs_check.engine.sweep import FamilySweep

    ranges: dict[str, Any] = {
        "depths": list(bounded("--depth", depth)),
        "largest": as_integer("--largest", largest, 1),
        "head_sizes": list(bounded("--head-sizes", head_sizes)),
        "heads": list(bounded("--heads", heads)),
        "most_parameters": as_integer("--most-parameters", most_parameters, 1),
    }
    instances = [{**each, "seed": seed} for each in family(question, **ranges)]
    return FamilySweep("attention", {"question": question, **ranges}, instances, evaluate, key, cost)


def attention_result(sweep: FamilySweep, with_rows: bool) -> dict[str, Any]:
    """Return how often the formula agrees, every case where it does not, and on request all rows.

    Parameters
    ----------
    sweep : FamilySweep
        After its run.
    with_rows : bool
    """
    from proofs_check.conjectures.attention import QUESTIONS

    order = {sweep.key(instance): index for index, instance in enumerate(sweep.instances)}
    rows = [row for _, row in sorted(sweep.results, key=lambda pair: order[sweep.key(pair[0])])]
    question = sweep.parameters["question"]
    return {
        "label": f"attention-formula:{question}",
        "question": question,
        "about": QUESTIONS[question].about,
        "count": len(rows),
        "agree": sum(row["agrees"] is True for row in rows),
        "proved": sum(row["grade"] == "proved" for row in rows),
        "open": [row["label"] for row in rows if row["agrees"] is None],
        "disagree": [row for row in rows if row["agrees"] is False],
        "rows": rows if with_rows else [],
    }


def attention_text(result: dict[str, Any], total: int) -> str:
    """Return the result for people."""
    from proofs_check.cli.output import strong
    from proofs_check.results import known

    wrong: Sequence[dict[str, Any]] = result["disagree"]
    head = f"{strong(result['label'])}: {result['about']}"
    counts = f"{result['count']} of {total} networks: {result['agree']} agree, {len(wrong)} do not"
    lines = [f"  {row['label']}  {known(row)}, formula {row['formula']}" for row in wrong[:SHOWN]]
    more = [f"  and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
    return "\n".join([head, f"{counts}, {len(result['open'])} open; {result['proved']} proved", *lines, *more])
