"""The organiser's command, `symbolon-server`."""
