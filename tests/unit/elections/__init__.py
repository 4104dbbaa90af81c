"""Files of ballots: read, refused, written and counted."""
