"""The platform of the service and the organiser's work, without a running server."""
