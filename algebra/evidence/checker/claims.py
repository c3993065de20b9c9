"""Claims: the document, what it says, and the command that checks it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from html import escape
from itertools import pairwise
from os import PathLike
from typing import Any, NamedTuple

from .attention import attention_claim
from .blocks import check_block_networks
from .circuit_rules import grid_tensor_claim
from .clustering import clustering_claim
from .contact import identifiability_claim
from .factor_graphs import matricization_claim
from .filters import check_convolution
from .graph_classes import classes_claim
from .graph_pairs import comparison_claim, tinhofer_claim
from .hilbert import forms
from .kernel_learning import learning_claim
from .kernel_norms import conjunction_norm_claim
from .kernel_spectra import kernel_inertia_claim
from .limits import (
    MOST_BITS,
    MOST_DIGITS,
    MOST_LAYERS,
    MOST_NESTED,
    MOST_VALUE,
    PATIENT,
    QUICK,
    Refused,
    afford,
    hold,
    need,
    patience,
    per_elimination,
    spend,
)
from .minors import check_lower
from .monomials import span_claim
from .programs import program_claim
from .programs_given import given_claim
from .reading import Network, between, fields, integer, integers, label, read_network, read_proofs, text
from .rules import check_upper
from .separation import pooled_claim, separation_claim
from .softmax import softmax_claim
from .structured import check_structured

FORMAT = "rankcert-certificate/1"

TOO_LONG = "a number is too long"
NOT_PLAIN = "a value is no integer, text, truth value or null"
ONLY_TEXTS = frozenset({str})
CONTAINERS = frozenset({dict, list})
ALLOWED = CONTAINERS | {str, bool, int, type(None)}

MOST_REASONS = 10
"""After so many a certificate is not looked at further."""

USAGE = """usage: checker [--patient] FILE...

Check certificates. Exit status: 0 all valid, 1 some refused, 2 some not certificates.
--patient  take an hour and 8 GB where needed, instead of some seconds and 400 MB"""


class Report(NamedTuple):
    """The verdict: whether the claim is proved, why not, and what it says."""

    valid: bool
    reasons: tuple[str, ...]
    statement: str

    def _repr_html_(self) -> str:
        said = "proved" if self.valid else "not proved"
        return f"<b>{said}</b> {escape(self.statement)}" + "".join(f"<br>{escape(why)}" for why in self.reasons[:20])


def digest(document: dict[str, Any]) -> str:
    """Return the hash of everything but the digest, in canonical JSON (sorted, no spaces, ASCII)."""
    body = {name: value for name, value in document.items() if name != "digest"}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return "sha256:" + sha256(canonical.encode("ascii")).hexdigest()


def check(document: Any, patient: bool = False) -> Report:
    """Check a certificate by recomputing everything that it says; `patient` allows an hour instead of seconds.

    Parameters
    ----------
    document : dict
        A certificate as `json.load` returns it.
    patient : bool
        Allow an hour instead of seconds.

    Returns
    -------
    Report

    Examples
    --------
    >>> check({"format": "something else"}).valid
    False
    """
    with patience(PATIENT if patient else QUICK):
        try:
            statement, checks = checks_of(read_document(document), document)
        except Exception as problem:
            return Report(False, (reason(problem),), "")
        reasons: list[str] = []
        for part in checks:
            if len(reasons) >= MOST_REASONS:
                break
            try:
                part()
            except Exception as problem:
                reasons.append(reason(problem))
    return Report(not reasons, tuple(reasons), statement)


def reason(problem: Exception) -> str:
    """Say why a certificate is refused. Nothing that goes wrong proves a claim, whatever it is."""
    if isinstance(problem, Refused):
        return str(problem)
    return f"the document is malformed: {type(problem).__name__} {str(problem)[:200]}"


def read_claim(claim: dict[str, Any]) -> str:
    """Return what a claim of two bounds says, whatever its proof; who writes certificates asks before the work.

    A quantity of another checker is not looked at.
    """
    if claim["quantity"] not in QUANTITIES:
        return ""
    with patience(PATIENT):
        check_values(claim)
        return checks_of(claim, dict.fromkeys(["lower", "upper", "claim", "made_by", "digest", "format"]))[0]


def checks_of(claim: Any, document: dict[str, Any]) -> Claim:
    """Return what a claim says, and what there is to check."""
    quantity = claim.get("quantity") if type(claim) is dict else None
    known = type(quantity) is str and quantity in QUANTITIES
    need(known, f"the claim is about none of {', '.join(QUANTITIES)}")
    return QUANTITIES[quantity](claim, document)


def check_values(document: dict[str, Any]) -> None:
    """Refuse whatever is no object, list, string, truth value, null or integer, and what is too deep or too long."""
    level: list[Any] = [document]
    count = 0
    for _ in range(MOST_NESTED):
        # What is in an object or a list is looked at all at once: most of a certificate is lists of integers.
        size = sum(map(len, level))
        count += size
        spend(2 * (size + len(level)), "the document")
        hold(count, 30, "the document")

        below: list[Any] = []
        for container in level:
            values = container
            if type(container) is dict:
                need(ONLY_TEXTS.issuperset(map(type, container)), "a name of a field is not a string")
                values = container.values()
            kinds = set(map(type, values))
            if not kinds <= ALLOWED:
                raise Refused(f"a number has more than {MOST_DIGITS} digits" if TooLong in kinds else NOT_PLAIN)

            if int in kinds:
                integers = values if len(kinds) == 1 else [value for value in values if type(value) is int]
                need(min(integers) > -MOST_VALUE and max(integers) <= MOST_VALUE, TOO_LONG)
            if not CONTAINERS.isdisjoint(kinds):
                below += [value for value in values if type(value) in CONTAINERS]
        level = below
        if not level:
            return
    raise Refused("the document is nested too deeply")


def read_document(document: Any) -> Any:
    """Return the claim, if the document is what its digest says."""
    kind = type(document).__name__
    need(type(document) is dict, f"a {kind} is no document: give what json.load returns, or ask check_file(PATH)")
    need(document.get("format") == FORMAT, f"the format is not {FORMAT}")
    check_values(document)
    need(
        all(name in document for name in ("claim", "made_by", "digest")), "the document lacks claim, made_by or digest"
    )
    need(document["digest"] == digest(document), "the digest does not fit: the document was changed")
    version, seed = fields(document["made_by"], "made_by", "rankcert", "seed")
    text(version, "made_by.rankcert")
    need(seed is None or type(seed) is int, "made_by.seed is not an integer")
    return document["claim"]


LOWER_RULES = {
    "block-networks": check_block_networks,
    "convolution": check_convolution,
    "structured-minor": check_structured,
}
"""Of dimensions, beside those of `minors.check_lower`."""


def dimension_claim(claim: Any, document: dict[str, Any]) -> Claim:
    """Two bounds of the dimension of one network's variety."""
    inner = ("quantity", "label", "network", "lower", "upper")
    _, name, described, lower, upper = fields(claim, "claim", *inner)
    proofs = read_proofs(document, "lower", "upper")
    network = read_network(described)
    need(text(name, "label") == label(network), "the label does not fit the network")
    lower = integer(lower, "claim.lower")
    upper = None if upper is None else integer(upper, "claim.upper", lower)
    statement = f"the dimension of {name} is {between(lower, upper)}"
    rule = proofs[0].get("rule") if type(proofs[0]) is dict else None
    below = LOWER_RULES.get(rule, check_lower) if type(rule) is str else check_lower
    return statement, [lambda: check_upper(network, upper, proofs[1]), lambda: below(network, lower, proofs[0])]


def filling_claim(claim: Any, document: dict[str, Any]) -> Claim:
    """The complete list of minimal filling architectures of given ends, depth h and degree r.

    V never shrinks when a hidden width grows (an added neuron may be switched off), so filling is an up-set. At the
    corner of each region a bound is below the ambient dimension, so nothing in the region {w <= corner} fills; an
    unbounded entry of layer k is read as C(r^k + d_0 - 1, d_0 - 1), since more activations of that degree are dependent
    (see `saturation`). Each listed architecture fills, and the minimal points outside all regions are those listed: so
    these are the minimal filling architectures, and there are no others.
    """
    names = ("input", "output", "depth", "degree", "architectures")
    _, name, *ends, listed = fields(claim, "claim", "quantity", "label", *names)
    filling, regions = read_proofs(document, "filling", "regions")
    d0, dh, h, r = (integer(value, f"claim.{of}", 1) for of, value in zip(names, ends, strict=False))
    need(text(name, "label") == f"mfa:{d0}-{dh}:h{h}:r{r}", "the label does not fit the claim")
    need(h <= MOST_LAYERS and h * r.bit_length() <= MOST_BITS, "the problem is too large")
    spend(1000 * h, "the problem")

    # What is to be filled, and the widths beyond which nothing is gained.
    ambient = dh * forms(r ** (h - 1), d0, False)
    most = tuple(forms(r**k, d0, False) for k in range(1, h))

    def network(hidden: tuple[int, ...]) -> Network:
        return Network((d0, *hidden, dh), (r,) * (h - 1))

    # The architectures, sorted, with a minor each.
    need(all(type(group) is list for group in (listed, filling, regions)), "a list is missing")
    points = [tuple(integers(widths, "architectures", 1)) for widths in listed]
    have_ends = all(len(w) == h + 1 and (w[0], w[-1]) == (d0, dh) for w in points)
    good = have_ends and len(filling) == len(points)
    need(good and sorted(set(points)) == points, "the architectures are not distinct, sorted, and of these ends")

    # Derivatives once at each sample, eliminations, and chains of upper bounds.
    parameters = [sum(before * after for before, after in pairwise(w)) for w in points]
    derivatives = ambient * sum(parameters)
    afford(8 * derivatives + len(points) * per_elimination(ambient, 1), "the minors of the architectures")
    afford(len(regions) * (1000 + h * (2000 + 20 * h)), "the chains of the regions")

    def fills(i: int) -> None:
        check_lower(network(points[i][1:-1]), ambient, filling[i])

    def excludes(i: int) -> None:
        corner, chain = fields(regions[i], "a region", "corner", "upper")
        widths = zip(read_corner(corner, h - 1), most, strict=True)
        saturated = tuple(n if w is None else min(n, w) for w, n in widths)
        need(type(chain) is list and len(chain) > 0 and type(chain[-1]) is dict, "a region has no proof")
        value = integer(chain[-1].get("value"), "a region's bound", 0, ambient - 1)
        check_upper(network(saturated), value, chain)

    def covers() -> None:
        corners = [read_corner(region.get("corner"), h - 1) for region in regions if type(region) is dict]
        hidden = [w[1:-1] for w in points]
        need(minimal_outside(corners, h - 1) == hidden, "regions and architectures do not fit")

    checks = [partial(fills, i) for i in range(len(points))]
    checks += [partial(excludes, i) for i in range(len(regions))]
    return f"the minimal filling architectures {name} are exactly the {len(points)} listed", [*checks, covers]


def read_corner(value: Any, length: int) -> tuple[int | None, ...]:
    """Return a region's corner: integers, or null for unbounded."""
    need(type(value) is list and len(value) == length, "a region's corner is not a list of the hidden widths")
    return tuple(None if w is None else integer(w, "a corner", 1) for w in value)


def minimal_outside(corners: list[tuple[int | None, ...]], length: int) -> list[tuple[int, ...]]:
    """Return the minimal points w >= 1 that lie below none of the corners, sorted."""
    points = {(1,) * length}
    for corner in corners:
        spend((4 + length) * len(points), "the regions")
        inside = {w for w in points if all(c is None or x <= c for x, c in zip(w, corner, strict=True))}
        count = len(inside) * sum(c is not None for c in corner)
        hold(len(points) + count, 100 + 8 * length, "the regions")
        spend((4 + length) * count, "the regions")
        up = {(*w[:k], c + 1, *w[k + 1 :]) for w in inside for k, c in enumerate(corner) if c is not None}
        spend((4 + length) * len(up) * (len(points) + len(up)), "the regions")
        points = set(least_points(points - inside, sorted(up, key=sum)))
    return sorted(points)


def least_points(kept: set[tuple[int, ...]], added: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the kept points and those of the added ones (by increasing sum) that lie above no other."""
    found = list(kept)
    for w in added:
        if not any(all(x <= y for x, y in zip(v, w, strict=True)) for v in found):
            found.append(w)
    return found


Claim = tuple[str, list[Callable[[], None]]]
QUANTITIES: dict[Any, Callable[[Any, dict[str, Any]], Claim]] = {
    "dimension": dimension_claim,
    "minimal-filling": filling_claim,
    "monomial-span": span_claim,
    "global-identifiability": identifiability_claim,
    "attention-dimension": attention_claim,
    "matricization-rank": matricization_claim,
    "grid-tensor-rank": grid_tensor_claim,
    "softmax-rank": softmax_claim,
    "separation-rank": separation_claim,
    "conjunction-norm": conjunction_norm_claim,
    "kernel-learning": learning_claim,
    "kernel-inertia": kernel_inertia_claim,
    "graph-comparison": comparison_claim,
    "not-tinhofer": tinhofer_claim,
    "graph-classes": classes_claim,
    "clustering-optimum": clustering_claim,
    "pooled-separation-rank": pooled_claim,
    "program-dimension": program_claim,
    "batch-functional-dimension": given_claim,
}


def refuse_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Read a JSON object, in which no name may come twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice in an object")
    return found


class TooLong:
    """Stands for an integer of too many digits, which is not read."""


def short_integer(digits: str) -> int | TooLong:
    """Read an integer, unless that would take long; `check_values` refuses the others."""
    return int(digits) if len(digits) <= MOST_DIGITS else TooLong()


def parse(raw: bytes, patient: bool = False) -> dict[str, Any]:
    """Read a certificate's JSON; anything else raises ValueError, what is too long is refused."""
    most = (PATIENT if patient else QUICK).text
    need(len(raw) <= most, f"the file has more than {most} bytes" + QUICK.advice * (not patient))
    document = json.loads(raw, object_pairs_hook=refuse_repetition, parse_int=short_integer)
    if type(document) is not dict or document.get("format") != FORMAT:
        raise ValueError(f"the format is not {FORMAT}")
    return document


def read_bytes(path: str | PathLike[str], patient: bool = False) -> bytes:
    """Return what a file holds, or one byte more than a certificate may have: a device has no end."""
    with open(path, "rb") as file:
        return file.read((PATIENT if patient else QUICK).text + 1)


def check_file(path: str | PathLike[str], patient: bool = False) -> Report:
    """Read and check a file.

    Parameters
    ----------
    path : str or PathLike
        A certificate, in JSON.
    patient : bool
        Allow an hour instead of seconds, and longer files.

    Returns
    -------
    Report

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not a certificate.
    """
    try:
        document = parse(read_bytes(path, patient), patient)
    except Refused as refusal:
        return Report(False, (str(refusal),), "")
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return check(document, patient)


def main(arguments: Sequence[str]) -> int:
    """Check the files named on the command line, each whatever the others are; return the worst exit status."""
    patient, paths = "--patient" in arguments, [word for word in arguments if word != "--patient"]
    if not paths or any(path.startswith("--") for path in paths):
        print(USAGE, file=sys.stderr)
        return 2
    status = 0
    for path in paths:
        prefix = f"{path}: " if len(paths) > 1 else ""
        try:
            report = check_file(path, patient)
        except (OSError, ValueError) as problem:
            print(f"{prefix}not a certificate: {problem}", file=sys.stderr)
            status = 2
            continue
        verdict = f"valid: {report.statement}" if report.valid else f"refused: {'; '.join(report.reasons)}"
        print(f"{prefix}{verdict}")
        status = max(status, 0 if report.valid else 1)
    return status
