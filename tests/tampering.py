"""Certificates that are changed and sealed again, as a forger would."""

import copy

from algebra.evidence import checker


def forged(document, change):
    """Return a changed copy of a certificate's document, with the digest that fits it."""
    changed = copy.deepcopy(document)
    change(changed)
    return {**changed, "digest": checker.digest(changed)}


def check_forged(certificate, change):
    """Return what the checker says of a changed certificate."""
    return checker.check(forged(certificate.document, change))


def put(*path):
    """Return what writes the last word of the path to the place that the others name."""
    *above, last, value = path

    def change(body):
        for key in above:
            body = body[key]
        body[last] = value

    return change
