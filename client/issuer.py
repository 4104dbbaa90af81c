"""The service's HTTP API as seen by wallets, doors and auditors: one method per endpoint.

What the answers mean is decided by those who ask. Polls are in `client.polls`.
"""

from typing import Any

from client.answers import (
    CheckIn,
    DoorBundle,
    Entry,
    IssuanceAnswer,
    QueuedScan,
    Synced,
    SyncResult,
)
from client.service import ServiceClient
from client.transport import Json
from credentials.errors import EncodingError
from credentials.formats import base64url
from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata
from credentials.registry.log import split_entries

BUNDLE_LIMIT = 256 * 1024 * 1024


class IssuerClient(ServiceClient):
    """Metadata, registry, issuance and doors. Raises ClientError, ServerUnreachable, ServerRefused
    from every method."""

    def metadata(self) -> SignedMetadata:
        """The signed metadata as published; nothing in it is checked yet."""
        answer = self._transport.get(f"{self.address}/.well-known/symbolon.json")
        return self._signed(answer)

    def clock_difference(self) -> int | None:
        """This clock minus the server's in seconds, from its Date header; None without one."""
        return self._transport.clock_difference(f"{self.address}/health")

    def issuance_nonce(self) -> bytes:
        """A fresh single-use nonce of 32 octets."""
        answer = self._transport.post(f"{self.address}/issuance/nonce", {})
        return self._octets(answer, "nonce")

    def heads(self) -> tuple[SignedHead, ...]:
        """The newest registry heads, ascending, up to 64 of them."""
        return self._heads(self._transport.get(f"{self.address}/registry/heads"))

    def head_segment(self, number: int) -> tuple[SignedHead, ...]:
        """The heads from the epoch 256 * number on: 256 of them, or the last ones."""
        return self._heads(self._transport.get(f"{self.address}/registry/heads/{number}"))

    def log_segment(self, number: int) -> list[bytes]:
        """The removals from 1024 * number on, 80 octets each: 1024 of them, or the last ones."""
        answer = self._transport.get(f"{self.address}/registry/log/{number}")
        try:
            return split_entries(self._octets(answer, "entries"))
        except EncodingError:
            raise self._strange() from None

    def digits(self) -> bytes:
        """The registry's table of signed digits; nothing in it is checked yet."""
        return self._octets(self._transport.get(f"{self.address}/registry/digits"), "digits")

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

    def door_bundle(self, door: str, *, token: str) -> DoorBundle:
        """Metadata, clock, registry heads, and entries so far."""
        answer = self._transport.get(
            f"{self.address}/doors/{door}", token=token, limit=BUNDLE_LIMIT
        )
        return DoorBundle(
            door=self._text(answer, "door"),
            signed=self._signed(answer),
            now=self._number(answer, "now"),
            entries=self._entries(answer),
            heads=self._heads(answer),
        )

    def check_in(
        self, code: str, *, door: str, token: str, direction: str, scan_id: bytes
    ) -> CheckIn:
        """Let the server judge a code. The same scan_id may be sent again."""
        answer = self._transport.post(
            f"{self.address}/doors/{door}/checkins",
            {"code": code, "direction": direction, "scan_id": base64url.encode(scan_id)},
            token=token,
        )
        first = answer.get("first")
        disclosed = answer.get("disclosed")
        return CheckIn(
            verdict=self._text(answer, "verdict"),
            first_at=self._number(first, "at") if isinstance(first, dict) else None,
            first_door=self._text(first, "door") if isinstance(first, dict) else None,
            disclosed=_disclosed(disclosed),
        )

    def sync(self, scans: tuple[QueuedScan, ...], *, door: str, token: str) -> Synced:
        """Hand in queued scans, or none, to hear of entries and registry heads only."""
        answer = self._transport.post(
            f"{self.address}/doors/{door}/sync",
            {
                "scans": [
                    {
                        "scan_id": base64url.encode(scan.scan_id),
                        "code": scan.code,
                        "direction": scan.direction,
                        "scanned_at": scan.scanned_at,
                    }
                    for scan in scans
                ]
            },
            token=token,
            limit=BUNDLE_LIMIT,
        )
        return Synced(
            results=tuple(self._sync_result(row) for row in self._rows(answer, "results")),
            entries=self._entries(answer),
            heads=self._heads(answer),
        )

    def _sync_result(self, row: Json) -> SyncResult:
        conflict = row.get("conflict")
        named = isinstance(conflict, dict)
        return SyncResult(
            scan_id=self._octets(row, "scan_id"),
            verdict=self._text(row, "verdict"),
            conflict_door=self._text(conflict, "door") if named else None,
            conflict_at=self._number(conflict, "at") if named else None,
        )

    def _entries(self, answer: Json) -> tuple[Entry, ...]:
        if answer.get("entries") is None:
            return ()
        return tuple(
            Entry(
                context_id=self._octets(row, "context_id"),
                pseudonym=self._octets(row, "pseudonym"),
                n=self._number(row, "n"),
                at=self._number(row, "at"),
                door=self._text(row, "door"),
            )
            for row in self._rows(answer, "entries")
        )


def _disclosed(value: Any) -> dict[str, str | int]:
    if not isinstance(value, dict):
        return {}
    return {
        name: shown
        for name, shown in value.items()
        if isinstance(name, str) and isinstance(shown, str | int)
    }
