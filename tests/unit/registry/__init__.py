"""Tests of the registry: accumulator, log, chain of heads, digits."""
