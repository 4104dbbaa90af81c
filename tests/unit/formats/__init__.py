"""Tests of credentials.formats."""
