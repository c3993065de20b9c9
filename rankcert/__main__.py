"""``python -m rankcert``: the command."""

import sys

from proofs_check.cli import main

if __name__ == "__main__":
    from proofs_check.copies import hint

    try:
        main()
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("algebra", "tensors", "proofs_check"):
            raise
        sys.exit(f"rankcert: {hint()}")
