"""Claims that are no paper's: run instance by instance by the one engine, on all cores, stored and resumed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from algebra.errors import InputError
from algebra.version import __version__
from proofs_check.claim import AnyClaim, Claim, shown
from proofs_check.claim_run import Judged, judge, summary
from proofs_check.engine.sweep import FamilySweep
from proofs_check.paper import Paper
from proofs_check.show.report import Row

CLAIMS = "a Python file whose variables hold claims (equality, inequality, Claim), lists of them, or a Paper"


def checked(claims: Iterable[Any]) -> tuple[AnyClaim, ...]:
    """Return claims whose ids differ.

    Raises
    ------
    InputError
        If one is no claim, or two share their id.
    """
    found: dict[str, AnyClaim] = {}
    for claim in claims:
        if not isinstance(claim, Claim):
            raise InputError("claims", claim, "claims, such as equality(…) makes, or names of papers")
        if claim.id in found and found[claim.id] is not claim:
            raise InputError("claims", claim.id, "another name than that of an earlier claim: name=…")
        found[claim.id] = claim
    return tuple(found.values())


def claims_in(file: Path) -> tuple[AnyClaim, ...]:
    """Run a Python file and return the claims that its variables hold, in the order of the file.

    Raises
    ------
    InputError
        If it cannot be read or run, or holds no claim.
    """
    import cloudpickle

    name = f"rankcert_claims_{sha256(str(file.resolve()).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not file.is_file():
        there = "" if file.exists() else " (No such file or directory)"
        raise InputError("--file", str(file), f"{CLAIMS}{there}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    cloudpickle.register_pickle_by_value(module)  # other processes do not have it
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError("--file", str(file), f"{CLAIMS} ({type(error).__name__}: {error})") from error

    found: list[Any] = []
    for value in vars(module).values():
        if isinstance(value, Claim):
            found.append(value)
        elif isinstance(value, Paper):
            found += value.claims
        elif isinstance(value, list | tuple):
            found += [each for each in value if isinstance(each, Claim)]
    claims = checked({id(claim): claim for claim in found}.values())
    if not claims:
        raise InputError("--file", str(file), CLAIMS)
    return claims


def own_sweep(claims: Sequence[AnyClaim], seed: int, certificates: Path | None = None) -> FamilySweep:
    """Return the sweep over all instances of some claims.

    Parameters
    ----------
    claims : sequence of Claim
    seed : int
    certificates : Path, optional
        Folder for the certificates of counterexamples.

    Returns
    -------
    FamilySweep

    Notes
    -----
    The key of an instance names the code of its claim: after a change of the claim, nothing old is taken from a store.
    """
    tested = [(claim, instance) for claim in claims for instance in claim.instances()]
    folder = None if certificates is None else str(certificates)
    instances = [{"number": i, "claim": claim.id, "at": shown(instance)} for i, (claim, instance) in enumerate(tested)]
    codes = {claim.id: _code(claim) for claim in claims}
    run = f"seed={seed}:rankcert={__version__}" + ("" if folder is None else f":certificates={folder}")
    return FamilySweep(
        "own-claims",
        {"claims": [claim.id for claim in claims], "seed": seed},
        instances,
        partial(_evaluate, tuple(tested), seed, folder),
        key=lambda i: f"own:{i['claim']}:{codes[i['claim']]}:{sha256(i['at'].encode()).hexdigest()[:16]}:{run}",
        may_be_empty=True,
    )


def _code(claim: AnyClaim) -> str:
    """Return a hash of what decides a claim; at worst it differs, and something is computed twice."""
    import cloudpickle

    return sha256(cloudpickle.dumps((claim.decide, claim.hypotheses))).hexdigest()[:16]


def _evaluate(tested: Sequence[Any], seed: int, folder: str | None, instance: dict[str, Any]) -> dict[str, Any]:
    import time

    claim, at = tested[instance["number"]]
    start = time.perf_counter()
    judged = judge(claim, at, seed, None if folder is None else Path(folder))
    return {**asdict(judged), "seconds": time.perf_counter() - start}


def own_rows(claims: Sequence[AnyClaim], sweep: FamilySweep, seed: int) -> list[Row]:
    """Return one row a claim, of the instances that are finished.

    Parameters
    ----------
    claims : sequence of Claim
    sweep : FamilySweep
        Of these claims, after its run.
    seed : int

    Returns
    -------
    list of dict
    """
    finished: dict[str, list[dict[str, Any]]] = {claim.id: [] for claim in claims}
    for instance, result in sorted(sweep.results, key=lambda pair: pair[0]["number"]):
        finished[instance["claim"]].append(result)
    rows = []
    for claim in (each for each in claims if finished[each.id]):
        judged = [Judged(**{k: v for k, v in each.items() if k != "seconds"}) for each in finished[claim.id]]
        rows.append(summary(claim, judged, seed, sum(each["seconds"] for each in finished[claim.id])))
    return rows
