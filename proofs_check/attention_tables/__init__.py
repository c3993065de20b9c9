"""Tables about attention: dimensions of varieties, head sizes, realised matrices, sparse patterns."""

from proofs_check.attention_tables.dimensions import dimension_rows, dimension_table, reference_architectures
from proofs_check.attention_tables.patterns import sparse_pattern_rows, sparse_pattern_table
from proofs_check.attention_tables.realised import realisation_rows, realisation_table

__all__ = [
    "dimension_rows",
    "dimension_table",
    "realisation_rows",
    "realisation_table",
    "reference_architectures",
    "sparse_pattern_rows",
    "sparse_pattern_table",
]
