"""What decides the claims of several papers, or too long a decision for the paper's own module.

Nothing here knows a paper: `proofs_check.papers` states, these modules look.
"""
