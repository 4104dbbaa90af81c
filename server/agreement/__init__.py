"""What has to agree before anything is signed, ended or removed: keystore, published keys, database
and clock.

Pure functions are given facts and return findings; `guard` gathers the facts and stands before the
keys.
"""
