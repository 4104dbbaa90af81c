"""The curve backends, held against each other and against octets nobody may accept."""
