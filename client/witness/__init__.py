"""A witness: follows the logs of polls, and cosigns each checkpoint that agrees with the last."""
