"""The revocation registry: an accumulator, its log and heads, witnesses, and the digit table.

accumulator     the value V, removing a handle, making and updating witnesses
log             what is published of each removal
chain           heads that follow each other, and which of them a verifier accepts
digits          the signed digits of range proofs
"""
