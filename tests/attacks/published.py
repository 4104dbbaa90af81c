"""Ballots of any content, and a poll's published bundle in the hands of whoever wants to change it.

An outsider changes entries and leaves the checkpoint as it was. The organiser also holds the
community's metadata key, and signs the changed log anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from client.audit import Beside, Report, audit
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot, action_digest
from credentials.formats.poll_bundle import BundleHead, read_bundle, write_bundle
from credentials.formats.poll_event import PollEvent
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.merkle import leaf_hash, root_of
from credentials.polls import make_ballot
from credentials.presentation import present
from credentials.scope import poll_scope
from credentials.tally import TallyResult
from tests.attacks.city import City
from tests.attacks.wallet import Wallet
from tests.community import head_named
from tests.polling import is_event, recounted


def honest(wallet: Wallet, manifest: Manifest, *marks: int, sequence: int = 1) -> Ballot:
    """The ballot that an honest wallet makes, sealed where the poll is."""
    head = head_named(wallet.city.heads, manifest.head)
    assert head is not None
    return make_ballot(
        wallet.at(head), manifest=manifest, head=head, marks=marks, sequence=sequence
    )


def with_content(
    wallet: Wallet, manifest: Manifest, content: bytes, *, sequence: int = 1
) -> Ballot:
    """A ballot with a good proof over whatever content."""
    head = head_named(wallet.city.heads, manifest.head)
    assert head is not None
    poll = manifest.manifest_hash
    presentation = present(
        wallet.at(head),
        policy=manifest.policy(head),
        scope=poll_scope(manifest.community_id, poll),
        freshness=poll,
        action=action_digest(poll, sequence, content),
    )
    return Ballot(manifest_hash=poll, sequence=sequence, content=content, presentation=presentation)


def checkpoint_over(city: City, manifest: Manifest, leaves: Sequence[bytes]) -> SignedCheckpoint:
    """A checkpoint that the community signs over entries' octets, whatever they are."""
    checkpoint = Checkpoint(
        origin=manifest.origin, size=len(leaves), root=root_of(leaves), time=manifest.closes_at
    )
    return SignedCheckpoint.sign(checkpoint, private_key=city.session.keystore.metadata_key)


@dataclass(frozen=True)
class Published:
    """A bundle taken apart."""

    city: City
    head: BundleHead
    entries: tuple[bytes, ...]

    @classmethod
    def of(cls, city: City, poll: str) -> "Published":
        """What everybody can fetch."""
        head, entries = read_bundle(BytesIO(city.get(f"/polls/{poll}/bundle").content))
        return cls(city, head, tuple(entries))

    @property
    def manifest(self) -> Manifest:
        return Manifest.from_cbor(self.entries[0])

    @property
    def ballots(self) -> list[bytes]:
        """The octets of all ballots, in the log's order."""
        return [entry for entry in self.entries[1:] if not is_event(entry)]

    @property
    def events(self) -> list[bytes]:
        """The octets of all events, in the log's order."""
        return [entry for entry in self.entries[1:] if is_event(entry)]

    @property
    def result(self) -> TallyResult:
        """What was certified."""
        return TallyResult.from_cbor(PollEvent.from_cbor(self.entries[-1]).value)

    @property
    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries]

    def with_entries(self, entries: Sequence[bytes]) -> "Published":
        """Other entries under the old checkpoint."""
        return replace(self, entries=tuple(entries), head=replace(self.head, entries=len(entries)))

    def with_ballots(self, ballots: Sequence[bytes]) -> "Published":
        """Other ballots between the manifest and the events."""
        return self.with_entries([self.entries[0], *ballots, *self.events])

    def with_head(self, **changes: object) -> "Published":
        """Another head of the file."""
        return replace(self, head=replace(self.head, **changes))  # type: ignore[arg-type]

    def signed_anew(self) -> "Published":
        """Under a checkpoint over the entries as they are now: only the organiser can."""
        note = checkpoint_over(self.city, self.manifest, self.entries).to_text()
        return self.with_head(checkpoint=note.encode())

    def counted_anew(self) -> "Published":
        """With the result that the entries come to, and signed."""
        *rest, last = self.entries
        result = recounted(self.manifest, rest)
        event = replace(PollEvent.from_cbor(last), value=result.to_cbor())
        return self.with_entries([*rest, event.to_cbor()]).signed_anew()

    @property
    def octets(self) -> bytes:
        """The file."""
        return b"".join(write_bundle(self.head, self.entries))

    def audited(self, **beside: object) -> Report:
        """The report on the file, with what the auditor has besides (fields of Beside)."""
        return audit(
            BytesIO(self.octets),
            fingerprint=self.city.metadata.community_id,
            beside=Beside(**beside),  # type: ignore[arg-type]
            processes=1,
        )


def failed(report: Report) -> dict[str, str]:
    """The reason of each check that failed, by its name."""
    return {check.name: check.reason for check in report.failures}
