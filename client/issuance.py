"""Issuance over HTTP: the only part of the service that knows which member it speaks with.

Claims, renewals and restores ask here; showing and voting never do (`client.wallet.traffic`).
"""

from client.answers import IssuanceAnswer
from client.service import ServiceClient
from credentials.formats import base64url


class IssuanceClient(ServiceClient):
    """Nonces and credentials. Raises ClientError, ServerUnreachable, ServerRefused from every
    method."""

    def nonce(self) -> bytes:
        """A fresh single-use nonce of 32 octets."""
        answer = self._transport.post(f"{self.address}/issuance/nonce", {})
        return self._octets(answer, "nonce")

    def check_code(self, claim_code: str) -> None:
        """Raise ServerRefused unless a new wallet could claim with this code."""
        self._transport.post(f"{self.address}/issuance/claims", {"claim_code": claim_code})

    def issue(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> IssuanceAnswer:
        """Hand over a commitment (144 octets)."""
        answer = self._transport.post(
            f"{self.address}/issuance/credential",
            {
                "nonce": base64url.encode(nonce),
                "commitment": base64url.encode(commitment),
                "claim_code": claim_code,
            },
        )
        return IssuanceAnswer(
            credential=self._octets(answer, "credential"),
            witness=self._octets(answer, "witness"),
            head=self._head(answer.get("head")),
        )
