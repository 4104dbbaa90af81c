"""All tests: vectors of the drafts, units, attacks and flows."""
