"""Sealed ballots, the values that open them, and the ceremony that makes the trustees' keys."""
