"""Showing a membership: door codes that need no network, and answers to an app's request.

The scope is computed here from the community's signed metadata, never taken from who asks; a proof
for an app goes to the response address that the metadata gives, and nowhere else.
"""

import time
from dataclasses import dataclass, field

from client.errors import ClientError, WalletError
from client.transport import Transport, checked_address
from credentials.days import day_of
from credentials.doors import door_policy
from credentials.errors import EncodingError, PolicyError
from credentials.formats import base64url
from credentials.formats.metadata import App, Door, Event, Metadata
from credentials.formats.presentation import Presentation
from credentials.formats.qr import to_qr_text
from credentials.formats.request import PresentationRequest
from credentials.holder import Credential
from credentials.presentation import present
from credentials.scope import app_scope, door_scope, time_slot

MESSAGE_MAX = 300
DAY_TOLERANCE_SECONDS = 86_400
"""How far a request's time may be from this clock: an app must not choose what today is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorCode:
    """A code as text for a QR picture; good from its slot (Unix seconds // 30) to the next one."""

    text: str = field(repr=False)
    slot: int
    octets: int


def find_door(metadata: Metadata, *, door: str | None, event: str | None) -> tuple[Door, Event]:
    """The door with an id, or the only door of an event. Raises WalletError."""
    fitting = [
        listed
        for listed in metadata.doors
        if (door is None or listed.id == door) and (event is None or listed.event == event)
    ]
    if len(fitting) > 1:
        names = ", ".join(listed.id for listed in fitting)
        raise WalletError(f"There are several doors; choose with --door: {names}.")
    found = metadata.event(fitting[0].event) if fitting else None
    if found is None:
        names = ", ".join(listed.id for listed in metadata.doors) or "none"
        raise WalletError(f"{metadata.name} has no such door; its doors are: {names}.")
    return fitting[0], found


def draw_code(
    credential: Credential, *, metadata: Metadata, door: Door, event: Event, now: int | None = None
) -> DoorCode:
    """Draw a door code for the current slot. Raises EncodingError if it would be too large."""
    slot = time_slot(int(time.time()) if now is None else now)
    presentation = present(
        credential,
        policy=door_policy(door, schema=metadata.schema),
        scope=door_scope(
            metadata.community_id,
            event=event,
            mode=door.mode,
            time_slot=slot,
            day_begins=door.day_begins,
        ),
        freshness=slot,
    )
    octets = presentation.to_cbor()
    return DoorCode(text=to_qr_text(octets), slot=slot, octets=len(octets))


def fetch_request(link: str, *, transport: Transport) -> PresentationRequest:
    """Read what an app asks. Raises ClientError, ServerUnreachable, ServerRefused."""
    answer = transport.get(checked_address(link))
    text = answer.get("request")
    try:
        if not isinstance(text, str):
            raise EncodingError("there is no request")
        request = PresentationRequest.from_cbor(base64url.decode(text))
    except PolicyError as error:
        raise ClientError(f"The app asks for something that is not possible: {error}.") from None
    except EncodingError:
        raise ClientError("That address does not hold a request to show a membership.") from None
    if answer.get("status", "waiting") != "waiting" or request.expires_at <= time.time():
        raise ClientError("That request was answered already or has expired; ask for a new one.")
    if abs(request.asked_at - time.time()) > DAY_TOLERANCE_SECONDS:
        raise ClientError("That request calls another day today; is your clock right?")
    return request


def find_app(metadata: Metadata, *, request: PresentationRequest) -> App:
    """The app that asks, as the signed metadata knows it. Raises WalletError."""
    app = metadata.app(request.app)
    if app is None:
        raise WalletError(
            f"{metadata.name} has no app named {request.app!r}; nothing is shown to strangers."
        )
    return app


def answer_request(
    credential: Credential, *, request: PresentationRequest, app: App
) -> Presentation:
    """Prove what the request asks, for this app's own origin only. Raises RequirementNotMet."""
    return present(
        credential,
        policy=request.policy,
        scope=app_scope(request.policy.purpose, app.response_address),
        freshness=request.nonce,
        today=day_of(request.asked_at),
    )


def send_answer(
    presentation: Presentation, *, request: PresentationRequest, app: App, transport: Transport
) -> str:
    """Hand a proof to the app; returns its words, made safe for a terminal."""
    answer = transport.post(
        app.response_address,
        {"request": request.id, "presentation": base64url.encode(presentation.to_cbor())},
    )
    message = answer.get("message")
    if not isinstance(message, str):
        return "accepted"
    return "".join(c for c in message if c.isprintable())[:MESSAGE_MAX]
