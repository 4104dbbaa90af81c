"""Tests of the wallet, the door, the SDK and their commands, without a server."""
