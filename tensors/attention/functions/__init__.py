"""Attention networks as families of functions: how many dimensions the functions of all weights have.

From below to above: `architecture` (data); `gram`, `reduction`, `unseen`, `counts` (what functions can show, by
theorems); `residue_jacobian`, `height`, `independence` (the Jacobian at random residues, and what a rank there says);
`blocks`, `rules` (all upper bounds in one table); `certify`, `evaluation`; `dimension` (the question); `network` (what
users type).
"""
