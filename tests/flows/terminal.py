"""The organiser's commands as typed, in this process."""

import json
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from typer.testing import CliRunner

from credentials.issuance import commit, derive_secrets
from server import sealed_keystore
from server.commands.program import commands
from server.commands.session import open_community
from server.issuance.attendee import Invitation
from server.issuance.service import IssuanceService


def with_cheap_passphrase(patch: pytest.MonkeyPatch) -> None:
    """A passphrase in the environment, and keystores that open at once."""
    patch.setenv("SYMBOLON_PASSPHRASE", "correct horse")
    patch.setattr(sealed_keystore, "SCRYPT_N", 2**10)


class Terminal:
    """Commands on one data directory."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def text(self, *words: str) -> str:
        """What a command prints; raises what it ends with."""
        ran = CliRunner().invoke(commands, [*words, "--data", str(self.data)])
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    def enrol(self, **attributes: str | int) -> str:
        """One more attendee, who has claimed a credential; the entitlement's id."""
        session = open_community(self.data)
        source = token_bytes(32)
        email = f"{source.hex()}@example.org"
        person = Invitation(key=source, name="N.", email=email, attributes=attributes)
        session.entitlements.invite([person])
        claims = session.entitlements.claims(unclaimed_only=True)
        (claim,) = (one for one in claims if one.attendee.email == email)
        issuance = IssuanceService(
            session.database,
            community=session.community,
            registry=session.registry,
            secret_key=session.keystore.issuer,
        )
        metadata = session.community.metadata()
        own = derive_secrets(token_bytes(16), metadata=metadata, count=0)
        nonce = issuance.draw_nonce().octets
        commitment = commit(own, metadata=metadata, nonce=nonce)
        issuance.issue(commitment, nonce=nonce, claim_code=claim.code)
        return claim.attendee.id

    def json(self, *words: str) -> Any:
        """The JSON document that a command prints."""
        return json.loads(self.text(*words, "--json"))
