"""A member's wallet: an encrypted file, and what can be done with the credentials in it."""
