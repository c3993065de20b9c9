"""Groups of commands: which module holds which, imported only when it is called."""

from __future__ import annotations

from proofs_check.cli.lazy import lazy_app

rank = lazy_app(
    "Ranks of functions across a partition of their inputs, and of softmax matrices.",
    {
        "convac": "proofs_check.cli.rank_convac:convac",
        "factor-graph": "proofs_check.cli.rank_factor_graph:factor_graph",
        "softmax": "proofs_check.cli.rank_softmax:softmax",
    },
)

memorize = lazy_app(
    "Networks that memorise a data set exactly.",
    {
        "build": "proofs_check.cli.memorize:build",
        "check": "proofs_check.cli.memorize:check",
    },
)

attention = lazy_app(
    "Attention layers, exactly: dimensions, realisable matrices, sparse patterns.",
    {
        "dimension": "proofs_check.cli.attention_dimension:dimension",
        "representable": "proofs_check.cli.attention_representable:representable",
        "canonical": "proofs_check.cli.attention_canonical:canonical",
        "realise": "proofs_check.cli.attention_realise:realise",
        "pattern": "proofs_check.cli.attention_pattern:pattern",
    },
)
