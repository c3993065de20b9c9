"""Depth and width of attention: separation ranks of stacks of layers, exactly.

From below to above: `architecture` (what a stack is), `forms` (dimensions of spaces of forms), `rules` (one function a
theorem), `evaluation` (a stack at tokens modulo a prime), `copied_form` (a lower bound for every depth), `question`
(the rank of one degree, and of the whole), `separation` (all degrees together), `stack` (what users type).
"""
