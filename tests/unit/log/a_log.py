"""A small log with its keys, for the tests beside this file."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.log.checkpoint import Checkpoint, SignedCheckpoint, log_origin
from credentials.log.cosignature import WitnessKey
from credentials.merkle import Tree, leaf_hash

ORIGIN = log_origin("https://city.example:8443", poll="lunch")
NOW = 1_790_000_000


def fixed_key(name: str) -> Ed25519PrivateKey:
    """A private key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def public(key: Ed25519PrivateKey) -> bytes:
    """Its public key, 32 octets."""
    return key.public_key().public_bytes_raw()


COMMUNITY = fixed_key("community")
STRANGER = fixed_key("stranger")
ANNA = WitnessKey(name="anna.example/w1", private_key=fixed_key("anna"))
BERT = WitnessKey(name="bert.example", private_key=fixed_key("bert"))

LEAVES = [leaf_hash(f"ballot {number}".encode()) for number in range(40)]
TREE = Tree.over(LEAVES)
# The same log up to entry 19, and another one after it.
FORK = Tree.over([*LEAVES[:20], *(leaf_hash(b"forged") for _ in range(20))])


def checkpoint(size: int, *, tree: Tree = TREE, origin: str = ORIGIN) -> Checkpoint:
    """The checkpoint at a size."""
    return Checkpoint(origin=origin, size=size, root=tree.root(size), time=NOW + size)


def signed(size: int, *, tree: Tree = TREE, origin: str = ORIGIN) -> SignedCheckpoint:
    """The same, signed by the community."""
    return SignedCheckpoint.sign(checkpoint(size, tree=tree, origin=origin), private_key=COMMUNITY)
