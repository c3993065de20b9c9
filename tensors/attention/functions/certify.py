"""Certificates of attention dimensions: the minors behind the upper bound and behind independent exponentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.evaluation import MINOR_SLACK, PoleError
from algebra.rank import DEFAULT_PRIME, rank_profile_mod
from algebra.rank.field import PrimeField
from tensors.attention.functions.blocks import blocks, outputs_at, outputs_key
from tensors.attention.functions.independence import DRAWS, logits_key
from tensors.attention.functions.reduction import reduced
from tensors.attention.functions.residue_jacobian import Drawn, logits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.evidence.reason import Reason
    from tensors.attention.functions.architecture import AttentionArchitecture


def upper_json(network: AttentionArchitecture, upper: Reason) -> dict[str, Any]:
    """Name the rule of an upper bound, and what the checker needs to follow it."""
    written: dict[str, Any] = {"rule": upper.rule}
    cuts = upper.detail("cuts")
    if cuts is not None:
        written["outputs"] = [_outputs(block) for block in blocks(reduced(network), cuts)[:-1]]
    if upper.rule == "blocks":
        written["cuts"] = list(cuts)
    return written


def logits_json(network: AttentionArchitecture) -> dict[str, Any]:
    """Name samples at which the matrix of all logits is regular, over as few draws of weights as it takes."""
    keys: list[str] = []
    blocks: list[NDArray[np.int64]] = []
    samples: list[list[int]] = []
    count = 0
    for draw in range(DRAWS):
        key = logits_key(network, draw)
        try:
            block = _logits(network, key, max(count, 1) + MINOR_SLACK)
            if block.shape[1] > count:
                count = block.shape[1]
                block = _logits(network, key, count + MINOR_SLACK)
        except PoleError:
            continue
        blocks.append(block.astype(np.int64))
        samples += [[len(keys), t] for t in range(len(block))]
        keys.append(key)
        rows = rank_profile_mod(np.concatenate(blocks), DEFAULT_PRIME).rows
        if len(rows) == count:
            return {"prime": DEFAULT_PRIME, "keys": keys, "samples": [samples[i] for i in rows]}
    raise ArithmeticError(f"the independence of the logits of {network.label} was not seen again")


def _logits(network: AttentionArchitecture, key: str, samples: int) -> NDArray[np.float64]:
    field = PrimeField(DEFAULT_PRIME)
    return logits(network, field, Drawn.of(network, field, key, samples))


def _outputs(block: AttentionArchitecture) -> dict[str, Any]:
    matrix = outputs_at(block).astype(np.int64)
    rows = rank_profile_mod(matrix, DEFAULT_PRIME).rows
    return {"key": outputs_key(block), "prime": DEFAULT_PRIME, "tokens": block.tokens, "rows": list(rows)}
