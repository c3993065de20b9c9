"""`rankcert attention canonical`: what a multi-head softmax layer computes, without what cancels."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from algebra.errors import check_keys
from proofs_check.cli.files import answer_file, finish, seed_of
from proofs_check.cli.options import File, Json, Seed
from proofs_check.cli.output import aligned, number, plain_matrix, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.softmax.canonical import CanonicalForm
    from tensors.attention.softmax.heads import SoftmaxLayer

KEYS = ("heads", "tokens", "other", "seed")


def canonical(file: File, seed: Seed = 0, as_json: Json = False) -> None:
    """Canonical form of a softmax layer: its groups of heads, least head size and least number of heads.

    FILE holds {"heads": [{"A": …, "V": …}, …], "tokens": 3}; a head may also give "W_q" and "W_k" for A, "W_v" and
    "W_o" for V. With "other", the heads of a second layer, it is decided whether the two are the same function.

    Examples
    --------
      rankcert attention canonical layer.json
    """
    finish("attention canonical", answer_file(file, lambda given: measure(given, seed)), as_json, report, one_line)


def measure(given: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """Answer for the layer that an object describes."""
    from proofs_check.results import bounds_fields
    from tensors.attention.softmax.canonical import canonical_form
    from tensors.attention.softmax.heads import softmax_layer

    check_keys(given, KEYS, required=["heads", "tokens"])
    seed = seed_of(given, seed)
    start = time.perf_counter()
    layer = softmax_layer(given["heads"], given["tokens"])
    form = canonical_form(layer)
    heads = form.least_heads()
    return {
        "label": _label(given, layer),
        "groups": len(form.groups),
        "min_head_size": form.least_head_size,
        "min_heads": heads.lower if heads.lower == heads.upper else None,
        **bounds_fields(heads),
        "is_zero": form.is_zero,
        "canonical": _groups(form),
        **_comparison(given, layer, seed),
        "seed": seed,
        "seconds": round(time.perf_counter() - start, 6),
    }


def _label(given: dict[str, Any], layer: SoftmaxLayer) -> str:
    import json
    from hashlib import sha256

    written = json.dumps([given["heads"], given["tokens"]], sort_keys=True, separators=(",", ":"), default=str)
    sizes = f"{layer.width}-{layer.output_width}:h{len(layer.heads)}:n{layer.tokens}"
    return f"softmax-layer:{sizes}:{sha256(written.encode()).hexdigest()[:12]}"


def _groups(form: CanonicalForm) -> list[dict[str, Any]]:
    from algebra.exact.matrices import to_strings

    return [
        {
            "A": to_strings(group.A),
            "times": "1" if group.radicand == 1 else f"sqrt({group.radicand})",
            "V": to_strings(group.V),
            "rank": group.rank,
            "heads": list(group.heads),
        }
        for group in form.groups
    ]


def _comparison(given: dict[str, Any], layer: SoftmaxLayer, seed: int) -> dict[str, Any]:
    from algebra.exact.matrices import to_strings
    from tensors.attention.softmax.canonical import distinguish
    from tensors.attention.softmax.heads import softmax_layer

    if given.get("other") is None:
        return {"equal": None, "distinction": None}
    found = distinguish(layer, softmax_layer(given["other"], given["tokens"]), seed)
    if found is None:
        return {"equal": True, "distinction": None}
    shown = {
        "X": to_strings(found.X),
        "output": found.output,
        "token": found.token,
        "prime": found.prime,
        "bases": [list(pair) for pair in found.bases],
        "residue": found.residue,
    }
    return {"equal": False, "distinction": shown}


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch."""
    return f"{result['label']}  {_groups_text(result)}, head size {result['min_head_size']}"


def _groups_text(result: dict[str, Any]) -> str:
    return f"{result['groups']} group{'s' * (result['groups'] != 1)}"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one layer, for people."""
    rows = [
        ("least head size", number(result["min_head_size"]), ""),
        ("least number of heads", number(result["min_heads"]), result["grade"]),
    ]
    for i, group in enumerate(result["canonical"]):
        merged = ", ".join(map(str, group["heads"]))
        rows.append((f"group {i}", f"rank {group['rank']}", f"heads {merged}"))
    text = f"{result['label']}  {strong(_groups_text(result))}\n\n{aligned(rows)}"
    return f"{text}\n\n{_comparison_text(result)}{run_notes(result)}"


def _comparison_text(result: dict[str, Any]) -> str:
    if result["equal"] is None:
        return ""
    found = result["distinction"]
    if found is None:
        return "  the two layers are the same function\n"
    place = f"output {found['output']} of token {found['token']}"
    return f"  the two layers differ: {place} at X = {plain_matrix(found['X'])}\n"
