"""Measurements: one file per operation, medians, always beside the reference R of the same run."""
