"""Attention: matrices and layers, exactly.

A name is imported from its module when it is first used: a pattern is checked without what a softmax rank needs.
"""

from typing import TYPE_CHECKING

from algebra.lazy import lazy_exports

if TYPE_CHECKING:
    from tensors.attention.canonical import (
        CanonicalForm,
        Distinction,
        canonical_form,
        check_distinction,
        distinguish,
        layers_equal,
    )
    from tensors.attention.collapse import Collapse, rank_collapse
    from tensors.attention.decomposition import (
        coefficient_tensor,
        from_cp,
        from_tucker,
        head_bounds,
        layer_of_tensor,
        scores_to_cp,
        to_cp,
        to_tucker,
    )
    from tensors.attention.dimension import attention_dimension
    from tensors.attention.head_size import common_head_size, least_head_size
    from tensors.attention.head_size_answer import Contradiction, HeadSize, Witness
    from tensors.attention.layer import AttentionHead, AttentionLayer, layer_of_forms
    from tensors.attention.network import AttentionNetwork
    from tensors.attention.patterns import (
        SparsePattern,
        check_assumption1,
        minimal_pattern,
        named_pattern,
        steps_batch,
    )
    from tensors.attention.realisation import Precision, Realised, SparseTarget, dimension_table, realise
    from tensors.attention.scores import Scores, scores_of_logits, scores_of_probabilities
    from tensors.attention.softmax import SoftmaxMatrix, softmax_matrix, softmax_of_tokens, softmax_rank
    from tensors.attention.softmax_heads import SoftmaxHead, SoftmaxLayer, softmax_layer
    from tensors.attention.softmax_numeric import NumericSoftmaxRank, head_size_numeric, softmax_rank_numeric
    from tensors.attention.weights import Weights, construct_weights

__all__ = [
    "AttentionHead",
    "AttentionLayer",
    "AttentionNetwork",
    "CanonicalForm",
    "Collapse",
    "Contradiction",
    "Distinction",
    "HeadSize",
    "NumericSoftmaxRank",
    "Precision",
    "Realised",
    "Scores",
    "SoftmaxHead",
    "SoftmaxLayer",
    "SoftmaxMatrix",
    "SparsePattern",
    "SparseTarget",
    "Weights",
    "Witness",
    "attention_dimension",
    "canonical_form",
    "check_assumption1",
    "check_distinction",
    "coefficient_tensor",
    "common_head_size",
    "construct_weights",
    "dimension_table",
    "distinguish",
    "from_cp",
    "from_tucker",
    "head_bounds",
    "head_size_numeric",
    "layer_of_forms",
    "layer_of_tensor",
    "layers_equal",
    "least_head_size",
    "minimal_pattern",
    "named_pattern",
    "rank_collapse",
    "realise",
    "scores_of_logits",
    "scores_of_probabilities",
    "scores_to_cp",
    "softmax_layer",
    "softmax_matrix",
    "softmax_of_tokens",
    "softmax_rank",
    "softmax_rank_numeric",
    "steps_batch",
    "to_cp",
    "to_tucker",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "canonical": (
            "CanonicalForm",
            "Distinction",
            "canonical_form",
            "check_distinction",
            "distinguish",
            "layers_equal",
        ),
        "collapse": (
            "Collapse",
            "rank_collapse",
        ),
        "decomposition": (
            "coefficient_tensor",
            "from_cp",
            "from_tucker",
            "head_bounds",
            "layer_of_tensor",
            "scores_to_cp",
            "to_cp",
            "to_tucker",
        ),
        "dimension": ("attention_dimension",),
        "head_size": (
            "common_head_size",
            "least_head_size",
        ),
        "head_size_answer": (
            "Contradiction",
            "HeadSize",
            "Witness",
        ),
        "layer": (
            "AttentionHead",
            "AttentionLayer",
            "layer_of_forms",
        ),
        "network": ("AttentionNetwork",),
        "patterns": (
            "SparsePattern",
            "check_assumption1",
            "minimal_pattern",
            "named_pattern",
            "steps_batch",
        ),
        "realisation": (
            "Precision",
            "Realised",
            "SparseTarget",
            "dimension_table",
            "realise",
        ),
        "scores": (
            "Scores",
            "scores_of_logits",
            "scores_of_probabilities",
        ),
        "softmax": (
            "SoftmaxMatrix",
            "softmax_matrix",
            "softmax_of_tokens",
            "softmax_rank",
        ),
        "softmax_heads": (
            "SoftmaxHead",
            "SoftmaxLayer",
            "softmax_layer",
        ),
        "softmax_numeric": (
            "NumericSoftmaxRank",
            "head_size_numeric",
            "softmax_rank_numeric",
        ),
        "weights": (
            "Weights",
            "construct_weights",
        ),
    },
)
