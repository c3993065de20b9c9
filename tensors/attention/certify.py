"""Certificates of attention dimensions: the minors behind both bounds, as JSON for the independent checker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence.certificate import Certificate
from algebra.polynomial.certify import SLACK, nonsingular_minor
from algebra.polynomial.field import PrimeField
from algebra.polynomial.jacobian import PoleError
from algebra.rank import DEFAULT_PRIME, rank_profile_mod
from tensors.attention.blocks import blocks, outputs_at, outputs_key
from tensors.attention.independence import DRAWS, logits_key
from tensors.attention.reduction import reduced
from tensors.attention.residue_jacobian import free_weights, jacobian, logits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tensors.attention.dimension import AttentionEvidence
    from tensors.attention.network import AttentionNetwork

CERTIFIED = ("lightning", "polynomial", "softmax")


def attention_certificate(evidence: AttentionEvidence) -> Certificate:
    """Write the bounds of a dimension down for the independent checker.

    Raises
    ------
    InputError
        For networks that the checker has no rules for: normalised, causal or residual ones.
    ArithmeticError
        If the rank is not seen again.
    """
    import algebra

    network, small = evidence.network, reduced(evidence.network)
    if network.kind not in CERTIFIED or network.causal or network.residual:
        allowed = "lightning, polynomial or softmax, not causal or residual: the checker has no rules for others"
        raise InputError("network", network.label, allowed)
    upper: dict[str, Any] = {"rule": evidence.bound.rule}
    if evidence.bound.rule in ("layers", "blocks"):
        cuts = evidence.bound.cuts
        upper["outputs"] = [_outputs(block) for block in blocks(small, cuts)[:-1]]
        if evidence.bound.rule == "blocks":
            upper["cuts"] = list(cuts)
    lower = evidence.lower
    body = {
        "claim": {
            "quantity": "attention-dimension",
            "label": network.label,
            "network": {**network.to_json(), "heads": list(network.heads)},
            "lower": lower,
            "upper": evidence.bound.value,
        },
        "lower": _minor(evidence) if lower else {"rule": "trivial"},
        "upper": upper,
        "made_by": {"rankcert": algebra.__version__, "seed": evidence.seed},
    }
    return Certificate.from_body(body)


def _minor(evidence: AttentionEvidence) -> dict[str, Any]:
    network, trial = evidence.evaluated, evidence.trial
    matrix = jacobian(network, PrimeField(trial.prime), trial.key, trial.rank + SLACK)
    rows, columns = nonsingular_minor(matrix, trial.prime, trial.rank)
    if len(rows) < trial.rank:
        raise ArithmeticError(f"the rank {trial.rank} was not seen again: the samples give {len(rows)}")
    weights = np.flatnonzero(np.concatenate([free_weights(network, i) for i in range(network.depth)]))
    several = network.kind == "softmax" and network.depth > 1 and network.tokens > 1
    return {
        "rule": "jacobian-minor",
        "widths": list(network.widths),
        "head_sizes": list(network.head_sizes),
        "tokens": network.tokens,
        "prime": trial.prime,
        "key": trial.key,
        "rows": rows,
        "columns": [int(weights[i]) for i in columns],
        "logits": _logits(network) if several else None,
    }


def _logits(network: AttentionNetwork) -> dict[str, Any]:
    """Name samples at which the matrix of all logits is regular, over as few draws of weights as it takes."""
    keys: list[str] = []
    blocks: list[NDArray[np.int64]] = []
    samples: list[list[int]] = []
    count = 0
    for draw in range(DRAWS):
        key = logits_key(network, draw)
        try:
            block = logits(network, PrimeField(DEFAULT_PRIME), key, max(count, 1) + SLACK)
            if block.shape[1] > count:
                count = block.shape[1]
                block = logits(network, PrimeField(DEFAULT_PRIME), key, count + SLACK)
        except PoleError:
            continue
        blocks.append(block.astype(np.int64))
        samples += [[len(keys), t] for t in range(len(block))]
        keys.append(key)
        rows = rank_profile_mod(np.concatenate(blocks), DEFAULT_PRIME).rows
        if len(rows) == count:
            return {"prime": DEFAULT_PRIME, "keys": keys, "samples": [samples[i] for i in rows]}
    raise ArithmeticError(f"the independence of the logits of {network.label} was not seen again")


def _outputs(block: AttentionNetwork) -> dict[str, Any]:
    matrix = outputs_at(block).astype(np.int64)
    rows = rank_profile_mod(matrix, DEFAULT_PRIME).rows
    return {"key": outputs_key(block), "prime": DEFAULT_PRIME, "tokens": block.tokens, "rows": list(rows)}
