"""The SDK: an app checks memberships by itself, with nothing but what the community publishes.

    verifier = Verifier("https://agora.example", app="cafe", fingerprint="…")
    verifier.request({"purpose": "login"})   -> JSON to serve to the wallet
    verifier.verify(answer)                  -> VerifiedPresentation, or PresentationRefused

Nothing about a member leaves the app. From the community's address it fetches the metadata, and
registry heads (which say who was removed, without names), whenever newer ones are due, and every
ten minutes while it is used, so that a removal in an emergency reaches it. With files instead of
the address it never uses the network.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from secrets import token_bytes, token_urlsafe
from typing import Any

from client.community import (
    MetadataSource,
    PinnedMetadata,
    address_in,
    load_signed,
    parse_fingerprint,
    pinned,
    show_fingerprint,
)
from client.errors import ClientError
from client.history import VersionsSource, followed
from client.moving import at_its_address
from client.nonce_store import MemoryNonceStore, NonceStore
from client.published import PublishedClient
from client.registry import HEADS_KEPT, HeadsSource, follow, read_heads
from client.transport import REFRESH_TIMEOUT_SECONDS, Transport
from credentials.days import day_of
from credentials.errors import PresentationRefused, SymbolonError
from credentials.formats import base64url
from credentials.formats.metadata import App, Metadata
from credentials.formats.policy import Policy
from credentials.formats.presentation import PRESENTATION_LIMIT, Presentation
from credentials.formats.request import PresentationRequest
from credentials.presentation import (
    PendingPresentation,
    VerifiedPresentation,
    VerifierKeys,
    check_presentation,
    settle,
)
from credentials.registry.chain import HeadChain
from credentials.scope import app_scope

REQUEST_SECONDS = 300
REFRESH_SECONDS = 30
"""How long a Verifier waits, at least, before it fetches heads by itself again."""

STALE_SECONDS = 600
"""After so long it looks whether there was an emergency, if it is asked to verify anything."""

NONCE_LENGTH = 32


class Verifier:
    """Checks presentations for one registered app; may be shared by all threads of a process.

    metadata: a community's address, a file, or the JSON object itself ({"metadata", "signature"}).
    app: the id under which the organiser registered the app. heads: where metadata is no address,
    the community's registry heads: a file with the JSON of its /registry/heads, that object, or the
    list in it; give newer ones to `refresh`. fingerprint: that of the community's metadata key, as
    text; without it the key found is trusted, and `fingerprint` tells which. nonces: where requests
    wait for their answer. Raises MetadataRefused, HeadRefused, ClientError.
    """

    def __init__(
        self,
        metadata: MetadataSource,
        *,
        app: str,
        heads: HeadsSource | None = None,
        fingerprint: str | None = None,
        nonces: NonceStore | None = None,
        request_seconds: int = REQUEST_SECONDS,
    ) -> None:
        pin = None if fingerprint is None else parse_fingerprint(fingerprint)
        published = pinned(load_signed(metadata), fingerprint=pin)
        self._published = published
        self.metadata: Metadata = published.metadata
        self.fingerprint: str = show_fingerprint(published.fingerprint)
        self.app: App = _registered(self.metadata, app)
        self._address = None if isinstance(metadata, Mapping) else address_in(metadata)
        self._lock = threading.Lock()
        self._next_refresh = time.monotonic() + REFRESH_SECONDS
        self._stale_at = time.monotonic() + STALE_SECONDS
        self._chain = self._newer(None, heads)
        self._keys = VerifierKeys.from_metadata(self.metadata)
        self._keys.warm()
        self._nonces: NonceStore = MemoryNonceStore() if nonces is None else nonces
        self._request_seconds = request_seconds

    def request(self, policy: Policy | Mapping[str, Any]) -> dict[str, str]:
        """A fresh request with a single-use nonce, as the JSON that a wallet fetches.

        A policy says what you need to know, and asks for nothing else:
        {"purpose": "login", "disclose": ["pass"], "require": ["valid_until >= today"]}; what is
        required is proven without being shown. "today" is the UTC day of the request. Raises
        PolicyError for a policy that the community's schema cannot meet, or whose purpose is not
        `login` or `visit`.
        """
        asked = policy if isinstance(policy, Policy) else Policy.from_json(dict(policy))
        asked.check(self.metadata.schema)
        now = int(time.time())
        request = PresentationRequest(
            id=token_urlsafe(16),
            community_id=self.metadata.community_id,
            app=self.app.id,
            policy=asked,
            nonce=token_bytes(NONCE_LENGTH),
            value=self._heads(now=now).newest.value,
            asked_at=now,
            expires_at=now + self._request_seconds,
        )
        octets = request.to_cbor()
        self._nonces.put(request.id, octets, expires_at=request.expires_at)
        return {"request": base64url.encode(octets)}

    def verify(self, answer: Mapping[str, Any]) -> VerifiedPresentation:
        """Check a wallet's answer ({"request": id, "presentation": base64url}).

        The result has the member's `pseudonym` for this app (48 octets, the same at every visit),
        and what is `disclosed`. The request is used up, whatever comes out. Raises
        PresentationRefused, whose text may be shown to the member: HeadNotAccepted where the
        member was removed, or the wallet (or this app) has to be brought up to date first.
        """
        (outcome,) = self.verify_many([answer])
        if isinstance(outcome, PresentationRefused):
            raise outcome
        return outcome

    def verify_many(
        self, answers: Sequence[Mapping[str, Any]]
    ) -> list[VerifiedPresentation | PresentationRefused]:
        """Check many answers at once, about twice as fast; for each, in order, what `verify`
        returns or raises."""
        outcomes: list[VerifiedPresentation | PresentationRefused] = []
        pending: list[tuple[int, PendingPresentation]] = []
        for answer in answers:
            outcome = PresentationRefused("the presentation was not checked")
            try:
                pending.append((len(outcomes), self._pending(answer)))
            except PresentationRefused as refused:
                outcome = refused
            outcomes.append(outcome)
        settled = settle([presentation for _, presentation in pending])
        for (at, _), verdict in zip(pending, settled, strict=True):
            outcomes[at] = verdict
        return outcomes

    def refresh(
        self,
        heads: HeadsSource | None = None,
        *,
        metadata: MetadataSource | None = None,
        between: Sequence[VersionsSource] = (),
    ) -> None:
        """Take newer registry heads and metadata: those given, or those published now.

        `heads` and `metadata` as above. Where versions of the metadata were missed, `between` has
        them: files with the JSON of the community's /community/metadata/0, /1 and so on, or that
        JSON. Done by itself, when it is time, where metadata came from an address. Without newer
        heads, members whose wallets have them are refused, and members removed since are let in.
        Raises HeadRefused and MetadataRefused for what does not follow what is known, ClientError.
        """
        with self._lock:
            self._next_refresh = time.monotonic() + REFRESH_SECONDS
            if heads is not None or metadata is None:
                self._chain = self._newer(self._chain, heads)
                self._stale_at = time.monotonic() + STALE_SECONDS
            source = self._address if heads is None and metadata is None else metadata
            if source is not None:
                published = followed(self._published, source=source, between=between)
                published = self._moved(published)
                self.app = _registered(published.metadata, self.app.id)
                self.metadata, self._published = published.metadata, published

    def _moved(self, published: PinnedMetadata) -> PinnedMetadata:
        """What the community has at its new address, if it left the one that is asked here."""
        left = self._address == self.metadata.address != published.metadata.address
        if self._address is None or not left:
            return published
        with Transport(timeout=REFRESH_TIMEOUT_SECONDS) as transport:
            service = PublishedClient(self._address, transport=transport)
            published = replace(at_its_address(published, service=service), between=())
        self._address = published.metadata.address
        return published

    def _newer(self, chain: HeadChain | None, heads: HeadsSource | None) -> HeadChain:
        if heads is not None:
            signed = read_heads(heads)
            if chain is None:
                return HeadChain.start(signed, metadata=self.metadata)
            return chain.extended(signed, metadata=self.metadata).shortened(HEADS_KEPT)
        if self._address is None:
            raise ClientError("Without a community's address, give the registry heads too.")
        with Transport(timeout=REFRESH_TIMEOUT_SECONDS) as transport:
            service = PublishedClient(self._address, transport=transport)
            chain = follow(chain, service=service, metadata=self.metadata)
        return chain.shortened(HEADS_KEPT)

    def _heads(self, *, now: int, named: int | None = None) -> HeadChain:
        """The registry heads, brought up to date if that is due or a presentation names a value
        (by its number of removals) that they do not know."""
        outdated = (
            self._chain.is_due(now=now)
            or time.monotonic() >= self._stale_at
            or (named is not None and self._chain.at(named) is None)
        )
        if outdated and self._address is not None and self._may_refresh():
            with suppress(ClientError):  # what is known must do
                self.refresh()
        return self._chain

    def _may_refresh(self) -> bool:
        with self._lock:
            may = time.monotonic() >= self._next_refresh
            if may:
                self._next_refresh = time.monotonic() + REFRESH_SECONDS
            return may

    def _pending(self, answer: Mapping[str, Any]) -> PendingPresentation:
        request_id, text = answer.get("request"), answer.get("presentation")
        if not isinstance(request_id, str) or not isinstance(text, str):
            raise PresentationRefused("the answer does not have 'request' and 'presentation'")
        octets = self._nonces.take(request_id)
        if octets is None:
            raise PresentationRefused("the request is unknown, answered before, or expired")
        shown = read_presentation(text)
        now = int(time.time())
        return check_answer(
            shown,
            request=PresentationRequest.from_cbor(octets),
            app=self.app,
            keys=self._keys,
            heads=self._heads(now=now, named=shown.removals),
            now=now,
        )

    def __repr__(self) -> str:
        return f"Verifier({self.metadata.name!r}, app={self.app.id!r})"


def read_presentation(text: str) -> Presentation:
    """A presentation from base64url; nothing in it is checked yet. Raises PresentationRefused."""
    try:
        return Presentation.from_cbor(base64url.decode(text, limit=PRESENTATION_LIMIT))
    except SymbolonError as error:
        raise PresentationRefused(f"the presentation is malformed: {error}") from None


def check_answer(
    shown: Presentation,
    *,
    request: PresentationRequest,
    app: App,
    keys: VerifierKeys,
    heads: HeadChain,
    now: int,
) -> PendingPresentation:
    """Check a presentation against the request it answers, but for the pairings (`settle`).

    Scope, nonce, day and policy are the request's and the app's own; the registry value is one that
    `heads` accept at `now`. That the request is answered only once is for the caller to keep.
    Raises PresentationRefused.
    """
    policy = request.policy
    head = heads.accept(shown.removals, now=now, max_age=policy.max_head_age)
    try:
        return check_presentation(
            shown,
            verifier=keys.at(head),
            policy=policy,
            scope=app_scope(policy.purpose, app.response_address),
            freshness=request.nonce,
            today=day_of(request.asked_at),
        )
    except PresentationRefused:
        raise
    except SymbolonError as error:
        raise PresentationRefused(f"the presentation is malformed: {error}") from None


def _registered(metadata: Metadata, app: str) -> App:
    found = metadata.app(app)
    if found is None:
        names = ", ".join(listed.id for listed in metadata.apps) or "none"
        raise ClientError(f"{metadata.name} has no app {app!r}; registered are: {names}.")
    return found
