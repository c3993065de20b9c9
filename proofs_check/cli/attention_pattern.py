"""`rankcert attention pattern`: is a sparse attention pattern universal by the assumptions of Yun et al."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from algebra.errors import check_keys
from proofs_check.cli.files import answer_file, finish
from proofs_check.cli.options import File, Json, Seed
from proofs_check.cli.output import aligned, number, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.patterns import Assumption1, SparsePattern

FORMS = ("layers", "masks", "name")
COMMON = ("add_self_loops",)


def pattern(
    file: File,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Self-loops, Hamiltonian path and reach of a sparse attention pattern, each with a certificate.

    A file holds {"layers": [[[0, 1], [1, 0]]]}, where entry k of a layer lists the tokens that token k attends to;
    or {"masks": …, "true_means": "visible" or "blocked"}; or {"name": "sliding-window", "n": 37, "w": 5}.

    Examples
    --------
      rankcert attention pattern window.json

      rankcert attention pattern patterns.jsonl --json
    """
    finish("attention pattern", answer_file(file, lambda given: measure(given, seed)), as_json, report, one_line)


def pattern_of(given: dict[str, Any]) -> SparsePattern:
    """Build the pattern that an object describes.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> pattern_of({"name": "directed-ring", "n": 3}).lists()
    [[[0, 2], [0, 1], [1, 2]]]
    """
    from algebra import InputError
    from tensors.attention.patterns import SparsePattern, named_parameters, named_pattern

    forms = [form for form in FORMS if form in given]
    if len(forms) != 1:
        raise InputError("layers, masks or name", forms, "given, exactly one of them")
    if not isinstance(given.get("add_self_loops", False), bool):
        raise InputError("add_self_loops", given["add_self_loops"], "true or false")
    if forms == ["name"]:
        keys = (*COMMON, "name", "n", *named_parameters(given["name"]))
        check_keys(given, keys, required=["n"])
        parameters = {key: value for key, value in given.items() if key not in (*COMMON, "name")}
        found = named_pattern(given["name"], **parameters)
    elif forms == ["masks"]:
        check_keys(given, (*COMMON, "masks", "true_means"))
        found = SparsePattern.from_masks(given["masks"], given.get("true_means"))
    else:
        check_keys(given, (*COMMON, "layers", "n"))
        found = SparsePattern.from_lists(given["layers"])
        if "n" in given and given["n"] != found.n:
            raise InputError("n", given["n"], f"left out, or the number of tokens of the layers: {found.n}")
    return found.with_self_loops() if given.get("add_self_loops") else found


def measure(given: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """Check the pattern that an object describes."""
    from tensors.attention.patterns import check_assumption1

    start = time.perf_counter()
    found = check_assumption1(pattern_of(given), seed=seed)
    result = fields(found)
    return {**result, "seed": seed, "seconds": round(time.perf_counter() - start, 6)}


def fields(found: Assumption1) -> dict[str, Any]:
    """Return what is known of a pattern as plain JSON values."""
    from tensors.attention.patterns import least_connections

    pattern, reach, path = found.pattern, found.reach, found.path
    rotations = found.rotations
    finite = [steps for steps in rotations if steps is not None]
    return {
        "label": pattern.label,
        "n": pattern.n,
        "p": pattern.p,
        "grade": "inconclusive" if found.holds is None else "proved",
        "assumption_1": found.holds,
        "self_loops": not found.missing_self_loops,
        "missing_self_loops": [list(pair) for pair in found.missing_self_loops],
        "path": list(path.gamma) if path.gamma is not None else (False if path.exists is False else None),
        "path_exists": path.exists,
        "path_by": path.by,
        "path_certificate": path.certificate or None,
        "steps": reach.steps,
        "steps_pair": None if reach.pair is None else list(reach.pair),
        "steps_lower_bound": found.steps_lower_bound,
        "steps_by_rotation": list(rotations),
        "steps_least": min(finite) if finite else None,
        "steps_most": max(finite) if len(finite) == len(rotations) else None,
        "causal": pattern.is_causal,
        "causal_steps": found.causal_steps,
        "closed_set": None if reach.closed_set is None else list(reach.closed_set),
        "closed_over_period": reach.over_period,
        "cyclic_classes": None if reach.cyclic_classes is None else [list(part) for part in reach.cyclic_classes],
        "connections": list(pattern.connections),
        "largest_degrees": list(pattern.largest_degrees),
        "least_connections": least_connections(pattern.n, pattern.p),
        "universal": found.universal,
        "not_universal": found.universal is False,
        "remarks": list(found.remarks),
    }


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch: label and verdict."""
    return f"{result['label']}  assumption 1 {_verdict(result['assumption_1'])}, steps {_steps(result['steps'])}"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one pattern, for people."""
    missing = result["missing_self_loops"]
    least, most = _steps(result["steps_least"]), _steps(result["steps_most"])
    rows = [
        (
            "self-loops",
            "all" if not missing else f"{len(missing)} missing",
            "" if not missing else f"e.g. {missing[0]}",
        ),
        ("Hamiltonian path", _verdict(result["path_exists"], "yes", "no"), _path_note(result)),
        ("steps", _steps(result["steps"]), _steps_note(result)),
        ("connections", " + ".join(number(count) for count in result["connections"]), ""),
        ("least possible", number(result["least_connections"]), "connections for Assumption 1 with as many layers"),
    ]
    if result["p"] > 1:
        rows.append(("steps, any first layer", least if least == most else f"{least}..{most}", ""))
    if result["causal"]:
        rows.append(("causal steps", _steps(result["causal_steps"]), ""))
    text = f"{result['label']}  assumption 1 {strong(_verdict(result['assumption_1']))}\n\n{aligned(rows, right=())}"
    remarks = "".join(f"  {remark}\n" for remark in result["remarks"])
    return f"{text}\n\n{remarks}{run_notes(result)}"


def _verdict(value: bool | None, yes: str = "holds", no: str = "does not hold") -> str:
    return "undecided" if value is None else (yes if value else no)


def _steps(steps: int | None) -> str:
    return "never" if steps is None else str(steps)


def _path_note(result: dict[str, Any]) -> str:
    if result["path"]:
        shown = " ".join(map(str, result["path"][:12]))
        return f"{shown}{' …' if len(result['path']) > 12 else ''} ({result['path_by']})"
    return result["path_by"] if result["path_exists"] is not None else ""


def _steps_note(result: dict[str, Any]) -> str:
    if result["steps_pair"]:
        token, other = result["steps_pair"]
        return f"token {token} needs them to see token {other}"
    if result["closed_set"]:
        inside = result["closed_set"]
        shown = ", ".join(map(str, inside[:8])) + (" …" if len(inside) > 8 else "")
        return f"tokens {{{shown}}} attend to none of the others"
    return "" if result["steps"] else "the tokens fall into classes that only see one another in turn"
