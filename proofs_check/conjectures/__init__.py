"""Open questions as sweeps: minimal filling architectures, unimodality, thresholds, defects."""
