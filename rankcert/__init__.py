"""Exact answers about the expressive power of neural networks, under one name: ``import rankcert as rc``.

What users type every day is here. Everything else is in the rooms: ``rc.attention``, ``rc.convac``, ``rc.graphs``,
``rc.kernels``, ``rc.linear``, ``rc.memorization``, ``rc.programs``, ``rc.rounding`` and others. Each name is imported
when it is first used.

Examples
--------
>>> import rankcert as rc
>>> rc.PolynomialNetwork((2, 3, 2, 1), degree=2).dimension()
5 (proved)
"""

import sys

try:
    from proofs_check.copies import require_ours
except ImportError as error:  # a foreign `proofs_check` cannot look for itself
    found = getattr(sys.modules.get("proofs_check"), "__file__", None)
    text = f"proofs_check is {found}, which is not the package of rankcert. Rename it, or run Python in another folder."
    raise ImportError(text if found else str(error), name="proofs_check", path=found) from error

# `python -m rankcert doctor` has to run where our packages are hidden, so the command looks at them itself. While
# Python looks for the module that -m names, the first argument is "-m".
if getattr(sys, "argv", [])[:1] != ["-m"]:
    require_ours()

    from algebra.lazy import lazy_face

    __getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
