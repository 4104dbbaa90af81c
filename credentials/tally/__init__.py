"""Counting of ballots: pure and exact, the same for the server and for anyone who recounts."""
