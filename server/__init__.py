"""The organiser's service: issuance, doors, polls and third-party checks."""
