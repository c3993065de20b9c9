"""Matrices and layers of softmax with rational logits: exact ranks, and when two layers are the same function."""
