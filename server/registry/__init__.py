"""The revocation registry: heads on a schedule and at once, the log of removals, and the digits."""
