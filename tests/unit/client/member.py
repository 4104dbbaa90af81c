"""A wallet that has claimed from a served community, for the tests of what it does next."""

from dataclasses import dataclass, replace
from pathlib import Path

from client.community import PinnedMetadata, pinned
from client.issuance import IssuanceClient
from client.poll import Poll, read_poll
from client.polls import PollsClient
from client.published import PublishedClient
from client.transport import Transport
from client.wallet.claim import claim
from client.wallet.contents import Enrolment, Membership, WalletContents
from client.wallet.holdings import Holding, holdings
from client.wallet.renewal import renew
from client.wallet.standing import Standing, stand, update
from client.wallet.traffic import named
from client.wallet.vault import Vault
from client.wallet.voting import on_roll
from credentials.holder import Credential
from tests.served_community import Served

PASSPHRASE = "an owl in the agora"
NOON = 1_790_000_000


@dataclass
class Person:
    """A wallet file, and the community that it belongs to."""

    vault: Vault
    served: Served

    @property
    def service(self) -> PublishedClient:
        return PublishedClient(self.served.address, transport=Transport())

    @property
    def issuance(self) -> IssuanceClient:
        return IssuanceClient(self.served.address, transport=Transport())

    @property
    def polls(self) -> PollsClient:
        return PollsClient(self.served.address, transport=Transport())

    @property
    def holding(self) -> Holding:
        return holdings(self.vault.read())[-1]

    @property
    def membership(self) -> Membership:
        return self.holding.membership

    @property
    def enrolment(self) -> Enrolment:
        return self.holding.enrolment

    def claim(self) -> None:
        claim(
            self.vault,
            link=self.served.link,
            service=self.service,
            issuance=self.issuance,
            published=self.published,
            at_once=True,
        )
        self.pass_time()

    def pass_time(self) -> None:
        """As if the last claim, renewal and showing had been long ago."""
        fingerprint = self.membership.fingerprint

        def long_ago(membership: Membership) -> Membership:
            return replace(membership, named_at=0, shown_at=0)

        self.vault.change(lambda now: now.changed(fingerprint, long_ago))

    def look_is_due(self) -> None:
        """As if the random time had come at which the wallet looks for a newer head."""
        fingerprint = self.membership.fingerprint
        self.vault.change(lambda kept: kept.changed(fingerprint, lambda m: replace(m, update_at=0)))

    def note_named(self, now: int) -> None:
        """As if the wallet had claimed at `now`, Unix seconds."""
        fingerprint = self.membership.fingerprint
        self.vault.change(lambda kept: kept.changed(fingerprint, lambda m: named(m, now=now)))

    @property
    def published(self) -> PinnedMetadata:
        return pinned(self.service.metadata(), fingerprint=None)

    def renew(self, *, at_once: bool = True) -> Membership:
        return renew(
            self.vault,
            published=self.published,
            service=self.service,
            issuance=self.issuance,
            at_once=at_once,
        )

    def stand(
        self, *, value: bytes | None = None, now: int = NOON, at_once: bool = True
    ) -> Standing:
        return stand(
            self.vault,
            holding=self.holding,
            service=self.service,
            value=value,
            now=now,
            at_once=at_once,
        )

    def update(self, *, now: int = NOON) -> Membership:
        fingerprint = self.membership.fingerprint
        return update(self.vault, fingerprint=fingerprint, service=self.service, now=now)

    def poll(self, poll: str = "lunch") -> Poll:
        return read_poll(poll, polls=self.polls, metadata=self.membership.metadata)

    def on_roll(self, poll: str = "lunch", *, at_once: bool = True) -> Credential:
        return on_roll(
            self.vault,
            holding=self.holding,
            poll=self.poll(poll),
            service=self.service,
            at_once=at_once,
        )


def newcomer(served: Served, folder: Path, *, seed: bytes) -> Person:
    """A wallet that has claimed nothing yet."""
    vault = Vault.create(
        folder / seed.hex(), passphrase=PASSPHRASE, contents=WalletContents(seed=seed)
    )
    return Person(vault=vault, served=served)


def member(served: Served, folder: Path, *, seed: bytes = bytes(16)) -> Person:
    """A wallet that has claimed."""
    person = newcomer(served, folder, seed=seed)
    person.claim()
    return person
