"""Signed notes over append-only logs: checkpoints, cosignatures of witnesses, receipts.

Source: the C2SP specifications signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof and, for
what a witness checks, tlog-witness. The trees under them are in `credentials.merkle`.
"""
