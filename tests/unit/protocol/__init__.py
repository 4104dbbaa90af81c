"""Tests of issuance, holders, scopes and presentations, without a server."""
