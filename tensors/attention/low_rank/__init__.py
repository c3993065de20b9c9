"""The least head size that gives an attention matrix: ranks of matrices of logarithms, and weights that reach them."""
