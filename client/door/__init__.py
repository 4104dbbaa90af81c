"""A door that works with and without a network, from one prepared file."""
