"""A third party's app."""
