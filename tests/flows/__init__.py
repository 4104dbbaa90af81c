"""Flows: stories told through the services and over HTTP."""
