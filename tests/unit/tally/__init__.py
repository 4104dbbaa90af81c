"""Unit tests of the count."""
