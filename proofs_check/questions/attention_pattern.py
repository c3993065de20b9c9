"""Whether a sparse attention pattern is universal by the assumptions of Yun et al."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from proofs_check.option import SEED
from proofs_check.question import SEED_FIELD, Answer, Field, Question, Result
from proofs_check.reading import Integer, Text, Truth, file_format
from proofs_check.show.text import aligned, number, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.patterns import SparsePattern

FORMS = ("layers", "masks", "name")
COMMON = ("add_self_loops",)
Mask = list[list[Integer | Truth]]


@file_format
class Pattern:
    """Which tokens attend to which, by lists, by masks or by a name."""

    layers: list[list[list[Integer]]] | None = None
    """For each layer and each token, the tokens from 0 on that it attends to."""

    masks: Mask | list[Mask] | None = None
    """Instead: a square matrix of truth values, or of 0 and 1, or one a layer; rows are queries, columns are keys."""

    true_means: Literal["visible", "blocked"] | None = None
    """What a true entry of the masks says of a key; given with masks."""

    name: Text | None = None
    """Instead: a pattern of the literature, such as bigbird, with its parameters."""

    n: Integer | None = None
    """Number of tokens, given with a name; with layers it may be left out."""

    w: Integer | None = None
    """Of a name: the window, stride or block, at least 1."""

    g: Integer | None = None
    """Of longformer and bigbird: the number of global tokens, at least 0."""

    r: Integer | None = None
    """Of bigbird: random keys a token, at least 0."""

    seed: Integer | None = None
    """Of bigbird's random keys, at least 0; the option's if left out. The label has it, `seed` is of the search."""

    c: Integer | None = None
    """Of fixed patterns: summary tokens at the end of a block, from 1 to w; 1 if left out."""

    repair: Truth | Integer | None = None
    """Of fixed patterns: whether the last token is a summary too; false if left out."""

    step: Integer | None = None
    """Of dilated-window: the distance of two keys, at least 1; 2 if left out."""

    add_self_loops: Truth = False
    """Whether every token attends to itself beside what is listed."""


def pattern_of(given: Pattern, seed: int = 0) -> SparsePattern:
    """Build the pattern that a file describes.

    Parameters
    ----------
    given : Pattern
    seed : int
        Of a random pattern whose file has none.

    Returns
    -------
    SparsePattern

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> pattern_of(Pattern(name="directed-ring", n=3)).lists()
    [[[0, 2], [0, 1], [1, 2]]]
    """
    from algebra.errors import InputError, check_keys
    from tensors.attention.patterns import SparsePattern, named_parameters, named_pattern

    known = {key: value for key, value in vars(given).items() if value is not None}  # masks are large: no copy
    forms = [form for form in FORMS if form in known]
    if len(forms) != 1:
        raise InputError("layers, masks or name", forms, "given, exactly one of them")
    if given.name is not None:
        parameters = named_parameters(given.name)
        check_keys(known, (*COMMON, "name", "n", *parameters), required=["n"])
        if "seed" in parameters:
            known.setdefault("seed", seed)
        found = named_pattern(**{key: value for key, value in known.items() if key not in COMMON})
    elif given.masks is not None:
        check_keys(known, (*COMMON, "masks", "true_means"))
        found = SparsePattern.from_masks(given.masks, given.true_means)
    else:
        check_keys(known, (*COMMON, "layers", "n"))
        found = SparsePattern.from_lists(given.layers)
        if given.n not in (None, found.n):
            raise InputError("n", given.n, f"left out, or the number of tokens of the layers: {found.n}")
    return found.with_self_loops() if given.add_self_loops else found


def answer(given: Pattern, search_seed: int) -> Answer:
    """Check the three parts of the assumption."""
    from tensors.attention.patterns import check_assumption1, least_connections

    found = check_assumption1(pattern_of(given, search_seed), seed=search_seed)
    pattern, reach, path = found.pattern, found.reach, found.path
    finite = [steps for steps in found.rotations if steps is not None]
    fields = {
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
        "steps_by_rotation": list(found.rotations),
        "steps_least": min(finite) if finite else None,
        "steps_most": max(finite) if len(finite) == len(found.rotations) else None,
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
        "seed": search_seed,
    }
    return Answer(pattern.label, fields)


def one_line(result: Result) -> str:
    """One line of a batch: label and verdict."""
    return f"{result['label']}  assumption 1 {_verdict(result['assumption_1'])}, steps {_steps(result['steps'])}"


def report(result: Result) -> str:
    """Everything that is known of one pattern, for people."""
    missing = result["missing_self_loops"]
    loops = (f"{len(missing)} missing", f"e.g. {missing[0]}") if missing else ("all", "")
    rows = [
        ("self-loops", *loops),
        ("Hamiltonian path", _verdict(result["path_exists"], "yes", "no"), _path_note(result)),
        ("steps", _steps(result["steps"]), _steps_note(result)),
        ("connections", " + ".join(number(count) for count in result["connections"]), ""),
        ("least possible", number(result["least_connections"]), "connections for Assumption 1 with as many layers"),
    ]
    if result["p"] > 1:
        least, most = _steps(result["steps_least"]), _steps(result["steps_most"])
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


def _path_note(result: Result) -> str:
    if result["path"]:
        shown = " ".join(map(str, result["path"][:12]))
        return f"{shown}{' …' if len(result['path']) > 12 else ''} ({result['path_by']})"
    return result["path_by"] if result["path_exists"] is not None else ""


def _steps_note(result: Result) -> str:
    if result["steps_pair"]:
        token, other = result["steps_pair"]
        return f"token {token} needs them to see token {other}"
    if result["closed_set"]:
        inside = result["closed_set"]
        shown = ", ".join(map(str, inside[:8])) + (" …" if len(inside) > 8 else "")
        return f"tokens {{{shown}}} attend to none of the others"
    return "" if result["steps"] else "the tokens fall into classes that only see one another in turn"


# Under a name of its own: the key seed of a file belongs to a random pattern, and must not take its place.
SEARCH_SEED = replace(SEED, name="search_seed", spelled=("--seed",))


def patterns_page() -> str:
    """Return the table of the named patterns: what token k attends to, and the parameters beside n."""
    from tensors.attention.patterns.named import NAMES, describe, parameter_ranges

    lines = ["Named patterns, with what token k attends to:", "", "| name | attends to | parameters |", "|---|---|---|"]
    for name in NAMES:
        parts = [_parameter(key, *limits) for key, limits in parameter_ranges(name).items()]
        lines.append(f"| `{name}` | {describe(name)} | {', '.join(['n', *parts])} |")
    return "\n".join(lines)


def _parameter(key: str, least: int, default: int | None) -> str:
    """Write a parameter with its default; one without has to be given."""
    if default is None:
        return key
    return f"{key} (default {str(bool(default)).lower() if key == 'repair' else default})"


QUESTION = Question(
    name="attention pattern",
    says="Self-loops, Hamiltonian path and reach of a sparse attention pattern, each with a certificate.",
    about="The file has a name with its parameters; or layers such as [[[0, 1], [1, 0]]], where entry k of a layer "
    'lists the tokens that token k attends to; or masks with true_means: "visible" or "blocked".\n\n'
    "Names, with their parameters beside n: dense, sliding-window (w), circular-window (w), directed-ring, star, "
    "star-transformer, longformer (w, g), bigbird (w, g, r, seed), strided (w), strided-union (w), fixed (w, c, "
    "repair), fixed-union (w, c, repair), logsparse, logsparse-both-sides, dilated-window (w, step), causal- "
    "window (w), causal-strided (w), causal-fixed (w, c).",
    given=Pattern,
    answer=answer,
    fields=(
        Field("n", "integer", "number of tokens"),
        Field("p", "integer", "number of layers, after which the pattern repeats"),
        Field("grade", "text", "proved, or inconclusive where the assumption is undecided"),
        Field("assumption_1", "boolean", "whether self-loops, path and reach all hold; null if undecided"),
        Field("self_loops", "boolean", "whether every token attends to itself in every layer"),
        Field("missing_self_loops", "list", "pairs of a layer and a token that does not"),
        Field("path", "list", "a Hamiltonian path in the union of the layers; false if there is none, null if open"),
        Field("path_exists", "boolean", "null if undecided"),
        Field("path_by", "text", "how the path was found, or excluded"),
        Field("path_certificate", "object", "what proves that there is no path; else null"),
        Field("steps", "integer", "layers after which every token has seen every token; null: never"),
        Field("steps_pair", "list", "a token that needs all the steps, and the one that it sees last"),
        Field("steps_lower_bound", "integer", "what the numbers of connections alone say of the steps"),
        Field("steps_by_rotation", "list", "the steps for each choice of the first layer; null: never"),
        Field("steps_least", "integer", "the fewest of them; null if all are never"),
        Field("steps_most", "integer", "the most of them; null if one is never"),
        Field("causal", "boolean", "whether no token attends to a later one"),
        Field(
            "causal_steps", "integer", "of causal ones: layers until every token has seen all earlier ones; else null"
        ),
        Field("closed_set", "list", "tokens that attend to none of the others; null if there are none"),
        Field("closed_over_period", "boolean", "whether that holds of the period only, not of each layer"),
        Field("cyclic_classes", "list", "classes of tokens that only see one another in turn; null without them"),
        Field("connections", "list", "arcs of each layer"),
        Field("largest_degrees", "list", "the most tokens that one token attends to, in each layer"),
        Field("least_connections", "integer", "the fewest with which as many layers can meet the assumption"),
        Field("universal", "boolean", "true by Yun et al., false if some token never sees another; else null"),
        Field("not_universal", "boolean", "whether that is proved"),
        Field("remarks", "list", "what is worth knowing beside the verdicts"),
        SEED_FIELD,
    ),
    example={"name": "sliding-window", "n": 37, "w": 5},
    options=(SEARCH_SEED,),
    usage=("rankcert attention pattern window.json", "rankcert attention pattern patterns.jsonl --json"),
    report=report,
    line=one_line,
    page=patterns_page,
)
