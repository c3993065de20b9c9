"""What can be asked of one object: one module a question, found by `proofs_check.registry`."""
