"""Attempts to break the promises P1 to P10, and the traps that systems of this kind fell into."""
