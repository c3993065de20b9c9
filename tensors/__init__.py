"""Functions as tensors, and the ranks of their matricizations."""
