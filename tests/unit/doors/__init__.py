"""Unit tests of the door's judgement and of who is inside."""
