"""Presentations: proofs of membership for one verifier, one purpose, one action, one moment."""

from credentials.keys import VerifierKeys
from credentials.presentation.presentation import (
    VerifiedPresentation,
    present,
    verify_presentation,
)

__all__ = ["VerifiedPresentation", "VerifierKeys", "present", "verify_presentation"]
