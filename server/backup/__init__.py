"""Backups: one encrypted file that holds all of a community, and bringing it back."""
