"""GET /doors/{door}, POST /doors/{door}/checkins and /doors/{door}/sync."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from credentials.formats import base64url
from server.bearer import DOOR_TOKEN, bearer_hash, require_bearer
from server.doors.bodies import (
    CheckInBody,
    CheckInRequest,
    DoorBody,
    EntryBody,
    SyncBody,
    SyncRequest,
    SyncResultBody,
)
from server.doors.service import DoorService
from server.doors.settled import QueuedScan
from server.doors.sync import SyncService
from server.registry.bodies import SignedHeadBody
from server.registry.service import RegistryService

DoorId = Annotated[str, Path(max_length=32, description="the door's id")]


def router(doors: DoorService, sync: SyncService, registry: RegistryService) -> APIRouter:
    """What scanners and wallets ask of doors."""
    routes = APIRouter(prefix="/doors", tags=["doors"])

    def heads() -> list[SignedHeadBody]:
        return [SignedHeadBody.of(signed) for signed in registry.heads()]

    @routes.get(
        "/{door}", summary="A door, and what an offline door needs", dependencies=[DOOR_TOKEN]
    )
    def read_door(door: DoorId, request: Request) -> DoorBody:
        """What the door asks, with the signed metadata and registry heads. With the door's bearer
        token, also who is in, as pseudonyms of this event only."""
        listed, signed = doors.door(door)
        token_hash = bearer_hash(request)
        entries = None
        if token_hash is not None:
            entries = [EntryBody.of(entry) for entry in sync.entries(door, token_hash=token_hash)]
        return DoorBody(
            door=listed.id,
            name=listed.name,
            event=listed.event,
            mode=listed.mode,
            disclose=list(doors.policy(listed).disclose),
            day_begins=listed.day_begins,
            admits={one.attribute: list(one.values) for one in listed.admits},
            metadata=base64url.encode(signed.octets),
            signature=base64url.encode(signed.signature),
            heads=heads(),
            now=doors.now(),
            entries=entries,
        )

    @routes.post(
        "/{door}/checkins",
        summary="Judge a code and record the entry",
        dependencies=[DOOR_TOKEN],
    )
    def check_in(door: DoorId, body: CheckInRequest, request: Request) -> CheckInBody:
        """Verify, decide and record in one request, with the door's bearer token. Every judged
        code is answered with status 200, whatever the verdict."""
        return CheckInBody.of(
            doors.check_in(
                door,
                token_hash=require_bearer(request),
                code=body.code,
                direction=body.direction,
                scan_id=base64url.decode(body.scan_id) if body.scan_id else None,
            )
        )

    @routes.post(
        "/{door}/sync", summary="Hand over scans made without network", dependencies=[DOOR_TOKEN]
    )
    def sync_scans(door: DoorId, body: SyncRequest, request: Request) -> SyncBody:
        """Take over scans with which the door let people pass. The earliest scan wins, in whatever
        order doors sync; a scan that lost names the one that was earlier. What is answered with
        `later` or `refused` was not recorded: keep it, and send what may come later again."""
        token_hash = require_bearer(request)
        results = sync.sync(
            door,
            token_hash=token_hash,
            scans=[
                QueuedScan(
                    scan_id=base64url.decode(scan.scan_id),
                    code=scan.code,
                    direction=scan.direction,
                    scanned_at=scan.scanned_at,
                )
                for scan in body.scans
            ],
        )
        return SyncBody(
            results=[
                SyncResultBody.of(scan.scan_id, result)
                for scan, result in zip(body.scans, results, strict=True)
            ],
            entries=[EntryBody.of(entry) for entry in sync.entries(door, token_hash=token_hash)],
            heads=heads(),
            now=sync.now(),
        )

    return routes
