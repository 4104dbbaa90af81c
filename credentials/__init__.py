"""The protocol: pure computation without I/O, clock, web framework or database."""
