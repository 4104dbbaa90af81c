"""A wallet that has claimed from a served community, for the tests of what it does next."""

from dataclasses import dataclass
from pathlib import Path

from client.community import pinned
from client.issuer import IssuerClient
from client.poll import Poll, read_poll
from client.polls import PollsClient
from client.transport import Transport
from client.wallet.claim import claim
from client.wallet.contents import Enrolment, Membership, WalletContents
from client.wallet.holdings import Holding, holdings
from client.wallet.standing import Standing, stand, update
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
    def issuer(self) -> IssuerClient:
        return IssuerClient(self.served.address, transport=Transport())

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
        published = pinned(self.issuer.metadata(), fingerprint=None)
        claim(self.vault, link=self.served.link, issuer=self.issuer, published=published)

    def stand(self, *, value: bytes | None = None, now: int = NOON) -> Standing:
        return stand(self.vault, holding=self.holding, issuer=self.issuer, value=value, now=now)

    def update(self) -> Membership:
        return update(self.vault, fingerprint=self.membership.fingerprint, issuer=self.issuer)

    def poll(self, poll: str = "lunch") -> Poll:
        return read_poll(poll, polls=self.polls, metadata=self.membership.metadata)

    def on_roll(self, poll: str = "lunch") -> Credential:
        return on_roll(self.vault, holding=self.holding, poll=self.poll(poll), issuer=self.issuer)


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
