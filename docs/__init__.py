"""The documentation: hand-written pages, and in `docs.pages` what writes the others."""
