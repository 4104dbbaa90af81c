"""An issuer that answers a wallet as it likes, and a wallet that claims from it."""

from pathlib import Path

from client.answers import IssuanceAnswer
from client.community import pinned
from client.errors import ServerRefused
from client.issuance import IssuanceClient
from client.published import PublishedClient
from client.transport import Transport
from client.wallet.claim import claim
from client.wallet.contents import WalletContents
from client.wallet.vault import Vault
from credentials.formats.claim_link import ClaimLink
from credentials.formats.head import SignedHead
from credentials.issuance import commitment_point, draw_handle
from tests.community import Community

NONCE = bytes(range(32))
SEED = bytes(range(16))
CODE = "A" * 26


class HostileIssuer(PublishedClient, IssuanceClient):
    """An issuer that signs whatever it is asked for, or calls every commitment retired."""

    def __init__(self, community: Community, *, retires: bool = False) -> None:
        super().__init__(community.metadata.address, transport=Transport())
        self.community = community
        self.retires = retires
        self.seen: list[bytes] = []

    def nonce(self) -> bytes:
        return NONCE

    def issue(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> IssuanceAnswer:
        self.seen.append(commitment_point(commitment))
        if self.retires:
            raise ServerRefused("Retired.", slug="commitment-retired", status=410)
        issuer, handle = self.community.issuer, draw_handle()
        issued = issuer.issue(
            commitment,
            nonce=nonce,
            handle=handle,
            serial=len(self.seen),
            attributes=self.community.attributes(),
        )
        witness = issuer.witness(self.community.heads.newest, handle=handle)
        return IssuanceAnswer(
            credential=issued.to_cbor(),
            witness=witness.to_cbor(),
            head=self.community.heads.signed[-1],
        )

    def heads(self) -> tuple[SignedHead, ...]:
        return self.community.heads.signed

    def digits(self) -> bytes:
        return self.community.digits


def new_vault(folder: Path) -> Vault:
    return Vault.create(
        folder / "wallet", passphrase="an owl in the agora", contents=WalletContents(seed=SEED)
    )


def claim_from(vault: Vault, issuer: HostileIssuer) -> None:
    metadata = issuer.community.metadata
    link = ClaimLink(address=metadata.address, code=CODE, fingerprint=metadata.community_id)
    published = pinned(issuer.community.signed, fingerprint=metadata.community_id)
    claim(vault, link=link, service=issuer, issuance=issuer, published=published, at_once=True)
