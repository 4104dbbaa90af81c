"""Polls: prepared, opened with a frozen manifest, voted in once, closed, and counted in public."""
