r"""The symmetry groups of attention that were published in 2025, as statements on exact dimensions.

The statements are those of the abstracts. What "controlled" attention asks for is read as a number of tokens here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs_check.claim import Hypothesis, Verdict
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra.programs.transformers import Transformer

PAPER = Paper(
    "gauge2025",
    "Complete Characterization of Gauge Symmetries in Transformer Architectures, NeurReps 2025 (OpenReview KrkbYbK0cH)",
)
SHARED = PAPER.beside("OpenReview K1df8mmncF, 2025, on the same groups and those of shared heads")
NOTE = (
    "Stated as in the abstract. The papers compare outputs in floats. Here both bounds of the dimension are proved. It "
    "is the number of parameters less that of the group exactly if the identity component moves along all of a general "
    "fibre."
)

Sizes = tuple[int, int, int, int, int, int]
"""Width, head size, value size, heads, heads of keys and values, tokens."""

PLAIN: tuple[Sizes, ...] = (
    (3, 2, 2, 1, 1, 3),
    (4, 2, 2, 2, 2, 3),
    (4, 2, 3, 1, 1, 2),
    (3, 1, 2, 2, 2, 3),
    (2, 2, 2, 1, 1, 2),
)
GROUPED: tuple[Sizes, ...] = ((4, 2, 2, 2, 1, 3), (3, 2, 1, 3, 1, 2), (3, 1, 2, 4, 2, 3))


def _layer(sizes: Sizes, rotary: bool = False, layers: int = 1, norm: str = "none") -> Transformer:
    from algebra.programs.transformers import Transformer

    width, head_size, value_size, heads, shared, tokens = sizes
    return Transformer(
        width,
        head_size,
        value_size,
        heads,
        shared,
        tokens,
        layers,
        norm,  # type: ignore[arg-type]
        rotary,
        causal=False,
        residual=True,
        feed_forward="none",
    )


def _compared(network: Transformer, lost: int, seed: int) -> Verdict:
    """Compare the dimension with the number of parameters less that of the group."""
    bounds = network.program().dimension(seed)
    wanted = network.parameters - lost
    if bounds.value is None:
        return Verdict.inconclusive(f"{bounds}, where {wanted} is stated", bounds)
    if bounds.value == wanted:
        return Verdict.holds(bounds.grade, bounds, reason=f"{network.parameters} - {lost}")
    return Verdict.violated(bounds.grade, bounds, reason=f"{bounds.value} is not {network.parameters} - {lost}")


FULL_RANK: Hypothesis[Sizes] = Hypothesis(
    "projections have full column rank", lambda sizes: max(sizes[1], sizes[2]) <= sizes[0]
)
CONTROLLED: Hypothesis[Sizes] = Hypothesis("attention is controlled: there are two tokens", lambda sizes: sizes[5] > 1)


@PAPER.states(
    r"G_{\max} = (GL(d_k)^h \times GL(d_v)^h) \rtimes S_h",
    FULL_RANK,
    CONTROLLED,
    on=lambda: PLAIN,
    remark=NOTE,
)
def heads(sizes: Sizes, seed: int) -> Verdict:
    _, head_size, value_size, count, _, _ = sizes
    return _compared(_layer(sizes), count * (head_size**2 + value_size**2), seed)


@PAPER.states(
    r"G_{\mathrm{RoPE}} = (C_{\mathrm{RoPE}}^h \times GL(d_v)^h) \rtimes S_h, \quad \dim C_{\mathrm{RoPE}} = d_k",
    FULL_RANK,
    Hypothesis("attention is controlled: there are three tokens", lambda sizes: sizes[5] > 2),
    on=lambda: ((3, 2, 2, 1, 1, 3), (4, 2, 2, 2, 2, 3), (3, 2, 1, 2, 2, 3), (4, 4, 1, 1, 1, 4)),
    remark=NOTE,
)
def rotary(sizes: Sizes, seed: int) -> Verdict:
    """With two tokens less is seen of keys and queries; `docs/programs.md` says what."""
    _, head_size, value_size, count, _, _ = sizes
    return _compared(_layer(sizes, rotary=True), count * (head_size + value_size**2), seed)


@SHARED.states(
    r"\dim G = g\,(d_k^2 + d_v^2) \text{ for } g \text{ heads of keys and values that queries share}",
    FULL_RANK,
    CONTROLLED,
    on=lambda: GROUPED,
    remark=NOTE,
)
def shared_heads(sizes: Sizes, seed: int) -> Verdict:
    _, head_size, value_size, _, shared, _ = sizes
    return _compared(_layer(sizes), shared * (head_size**2 + value_size**2), seed)


@PAPER.states(
    r"\dim \ge \sum_{\text{layers}} h\,(d_k^2 + d_v^2) \text{ for the group of a model with normalisations}",
    on=lambda: tuple((sizes, norm) for sizes in ((2, 1, 1, 1, 1, 2), (3, 2, 1, 1, 1, 2)) for norm in ("rms", "layer")),
    remark=NOTE,
)
def layers(instance: tuple[Sizes, str], seed: int) -> Verdict:
    """Two layers. Gains are absorbed, and means behind a layer norm are not seen: more is lost, it is no equality."""
    sizes, norm = instance
    network = _layer(sizes, layers=2, norm=norm)
    lost = 2 * sizes[3] * (sizes[1] ** 2 + sizes[2] ** 2)
    upper = network.program().dimension(seed).upper
    assert upper is not None
    return Verdict.decided(
        upper <= network.parameters - lost, f"{upper} > {network.parameters} - {lost}", f"at most {upper}"
    )
