"""The log of the vectors' poll: manifest, a ballot, the one that replaces it, the closing."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats.poll import Ballot
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.promise import Promise, SignedPromise
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.merkle import leaf_hash, root_of
from tests.vectors.objects.of_ballots import ballots_of
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_presentations import manifest_of
from tests.vectors.vector_randomness import fixed_octets


class PollLog:
    """The log of the vectors' poll: manifest, a ballot, the one that replaces it, the closing."""

    def __init__(self, community: VectorCommunity, holder: Holder) -> None:
        self.community = community
        self.manifest = manifest_of(community)
        ballots = ballots_of(community, holder)
        self.ballots = [ballots["a vote"], ballots["a later vote"]]
        closing = PollEvent(kind=Kind.CLOSING, at=self.manifest.closes_at)
        self.closing = closing.to_cbor()
        self.entries = [
            self.manifest.to_cbor(),
            *(ballot.to_cbor() for ballot in self.ballots),
            self.closing,
        ]
        self.witness = WitnessKey(
            name="anna.example/w1",
            private_key=Ed25519PrivateKey.from_private_bytes(
                b"\0" + fixed_octets("a witness's key", 31)
            ),
        )

    @property
    def key(self) -> bytes:
        return self.community.metadata.metadata_key

    def checkpoint(
        self, size: int, *, entries: list[bytes] | None = None, after: int = 0
    ) -> SignedCheckpoint:
        """The community's, over the first entries, `after` seconds after the poll closes."""
        entries = self.entries if entries is None else entries
        checkpoint = Checkpoint(
            origin=self.manifest.origin,
            size=size,
            root=root_of(entries[:size]),
            time=self.manifest.closes_at + after,
        )
        return SignedCheckpoint.sign(checkpoint, private_key=self.community.signing_key)

    def cosigned(self, size: int) -> SignedCheckpoint:
        signed = self.checkpoint(size)
        line = self.witness.cosign(signed.note.text, time=self.manifest.closes_at + 60)
        return signed.with_cosignature(line, key=self.witness.verifier_key)

    def leaves(self, size: int) -> bytes:
        return b"".join(map(leaf_hash, self.entries[:size]))

    def promise(self, ballot: Ballot) -> SignedPromise:
        promise = Promise(
            manifest_hash=ballot.manifest_hash,
            leaf_hash=ballot.leaf_hash,
            merged_by=self.manifest.closes_at + 300,
        )
        return SignedPromise.sign(promise, private_key=self.community.signing_key)
