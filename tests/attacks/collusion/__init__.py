"""A festival in which everyone but the members colludes, and what the colluders can make of it."""
