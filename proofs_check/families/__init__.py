"""What can be asked of many objects: one module a family, found by `proofs_check.registry`."""
