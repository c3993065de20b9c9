"""Critical points in floats: enclosures by balls, verdicts with a tolerance, and polishing to exact points."""
