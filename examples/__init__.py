"""A sample community, and the story that `make demo` plays with it."""
