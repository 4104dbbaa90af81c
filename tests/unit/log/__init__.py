"""Notes, checkpoints, cosignatures, receipts and what a witness decides."""
