"""Presentations: proofs of membership for one verifier, one purpose, one action, one moment."""

from credentials.keys import VerifierKeys
from credentials.presentation.presentation import (
    PendingPresentation,
    VerifiedPresentation,
    check_presentation,
    present,
    settle,
    verify_presentation,
)

__all__ = [
    "PendingPresentation",
    "VerifiedPresentation",
    "VerifierKeys",
    "check_presentation",
    "present",
    "settle",
    "verify_presentation",
]
