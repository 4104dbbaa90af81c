"""Doors over HTTP, beside what the community publishes: bundles, check-ins and queued scans."""

from typing import Any

from client.answers import CheckIn, DoorBundle, Entry, QueuedScan, Synced, SyncResult
from client.published import PublishedClient
from client.transport import Json
from credentials.formats import base64url

BUNDLE_LIMIT = 256 * 1024 * 1024


class DoorClient(PublishedClient):
    """One door's side of the service. Raises ClientError, ServerUnreachable, ServerRefused from
    every method."""

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
            now=self._number(answer, "now"),
        )

    def _sync_result(self, row: Json) -> SyncResult:
        conflict = row.get("conflict")
        named = isinstance(conflict, dict)
        return SyncResult(
            scan_id=self._octets(row, "scan_id"),
            outcome=self._text(row, "outcome"),
            verdict=self._text(row, "verdict"),
            reason=self._text(row, "reason") if row.get("reason") is not None else "",
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
