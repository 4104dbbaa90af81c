"""Ballots in the files that people bring, and a count of them without a poll.

One file for each format, which reads and writes it; `reading` tells them apart, `count` counts.
"""
