"""BBS signatures, blind signatures and pseudonyms under the drafts' names, BLS12-381-SHA-256.

Sources: draft-irtf-cfrg-bbs-signatures-09, draft-irtf-cfrg-bbs-blind-signatures-03,
draft-irtf-cfrg-bbs-per-verifier-linkability-03; all their vectors pass.
"""

from credentials.bbs.blind import (
    blind_proof_gen,
    blind_proof_verify,
    blind_sign,
    commit,
    verify_blind_sign,
)
from credentials.bbs.interface import key_gen, proof_gen, proof_verify, sign, verify
from credentials.bbs.pseudonym import (
    blind_sign_with_nym,
    commit_with_nym,
    verify_finalize_with_nym,
)
from credentials.bbs.pseudonym_proof import proof_gen_with_nym, proof_verify_with_nym
from credentials.bbs.signature import sk_to_pk

__all__ = [
    "blind_proof_gen",
    "blind_proof_verify",
    "blind_sign",
    "blind_sign_with_nym",
    "commit",
    "commit_with_nym",
    "key_gen",
    "proof_gen",
    "proof_gen_with_nym",
    "proof_verify",
    "proof_verify_with_nym",
    "sign",
    "sk_to_pk",
    "verify",
    "verify_blind_sign",
    "verify_finalize_with_nym",
]
