"""Issuing and revoking in ever larger communities, on the protocol's core, without a database.

A community of n members has n serials, and here also n removals in its log: more than any real one,
where the log is as long as the list of those who left. The old entries are filler of the right
length, as nothing reads them again; the value, the handles and the heads are real.
"""

import secrets
from dataclasses import dataclass, field, replace

from benchmarks.chart import Axis, Chart, Curve
from benchmarks.measure import Row, rows_against_reference, show, take_turns
from credentials.curve import curve
from credentials.formats.head import Head, SignedHead
from credentials.issuance import commit, derive_secrets, draw_handle
from credentials.merkle import Frontier
from credentials.registry.accumulator import Removal, remove
from credentials.registry.log import ENTRY_LENGTH, entry_of
from tests.community import Community

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 200
ISSUE = "issue: commitment, signature, witness"
WITNESS = "  of it the witness"
REVOKE = "revoke one: accumulator, log, signed head"
REMOVAL = "  of it the accumulator"
MANY = "revoke 100 with one head"


@dataclass(kw_only=True)
class Registry:
    """A registry as its publisher keeps it: the newest head, and the frontier of the log's tree."""

    community: Community
    head: Head
    frontier: Frontier = field(repr=False)

    @classmethod
    def of(cls, size: int, *, community: Community) -> "Registry":
        """One with as many removals as members."""
        frontier = Frontier().grown(secrets.token_bytes(ENTRY_LENGTH) for _ in range(size))
        first = community.heads.newest
        head = replace(first, removals=size, root=frontier.root, highest_serial=size)
        return cls(community=community, head=head, frontier=frontier)

    def revoke(self, handles: list[int]) -> SignedHead:
        """Remove handles, and publish the head at which they are removed."""
        before, secret = self.head, self.community.secret
        value, entries = curve.decode_g1(before.value), []
        for handle in handles:
            value = remove(value, handle=handle, alpha=secret.alpha)
            entries.append(entry_of(Removal(handle=handle, value=value)))
        self.frontier = self.frontier.grown(entries)
        self.head = replace(
            before,
            epoch=before.epoch + 1,
            value=curve.encode_g1(value),
            removals=self.frontier.size,
            root=self.frontier.root,
            previous=before.hash,
        )
        return SignedHead.sign(self.head, private_key=self.community.signing_key)


def main() -> None:
    """Print a table for each size, and draw the curves."""
    community = Community()
    times = {size: _measure(Registry.of(size, community=community)) for size in SIZES}
    for size, medians in times.items():
        show(
            f"{size:,} members, as many removed; core without a database, medians of {ROUNDS}",
            [
                *rows_against_reference(medians, aims={}),
                Row(name="log", figure=f"{size * ENTRY_LENGTH / 1e6:9.2f} MB"),
            ],
        )
    Chart(
        title="Issuing and revoking, without a database",
        subtitle="On the protocol's core; as many members were removed as there are",
        x=Axis(label="members", log=True),
        y=Axis(label="milliseconds"),
        curves=[
            Curve(name=name, points=[(size, one[key] * 1000) for size, one in times.items()])
            for name, key in (("issue", ISSUE), ("revoke, with its head", REVOKE))
        ],
    ).save("growth-core")


def _measure(registry: Registry) -> dict[str, float]:
    community, size = registry.community, registry.head.highest_serial
    metadata = community.metadata
    own = derive_secrets(secrets.token_bytes(16), metadata=metadata, count=0)
    nonce = secrets.token_bytes(32)
    commitment = commit(own, metadata=metadata, nonce=nonce)
    attributes = community.attributes()
    at_issuance = registry.head

    def issue() -> None:
        issued = community.issuer.issue(
            commitment, nonce=nonce, handle=draw_handle(), serial=size, attributes=attributes
        )
        community.issuer.witness(at_issuance, handle=issued.handle)

    value = curve.decode_g1(at_issuance.value)
    return take_turns(
        {
            ISSUE: issue,
            WITNESS: lambda: community.issuer.witness(at_issuance, handle=draw_handle()),
            REVOKE: lambda: registry.revoke([draw_handle()]),
            REMOVAL: lambda: remove(value, handle=draw_handle(), alpha=community.secret.alpha),
            MANY: lambda: registry.revoke([draw_handle() for _ in range(100)]),
        },
        rounds=ROUNDS,
    )


if __name__ == "__main__":
    main()
