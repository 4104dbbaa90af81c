"""Requests of apps, each answered by one verdict, and single checks with a nonce of the app's own.

Only the app that asked is told a pseudonym and what was disclosed.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from credentials.formats import base64url
from credentials.formats.metadata import App
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.event_log import event_log
from server.presentations import store
from server.presentations.page import request_page
from server.presentations.verdict import (
    VERIFIED,
    AppVerdict,
    check_app_policy,
    judge_presentation,
    parse_presentation,
)
from server.problems import (
    NonceUsed,
    RequestExpired,
    RequestMalformed,
    RequestUnknown,
    RequestUsed,
    TokenRefused,
)
from server.registry.service import RegistryService

REQUEST_SECONDS = 600
"""How long a wallet may take to answer."""

KEEP_SECONDS = 3600
"""How long after its end an app can still read the verdict."""

NONCE_SECONDS = 86_400
"""How long a nonce that an app chose itself cannot be used again."""

ASKED_SECONDS = 86_400
"""How long ago an app may have given out the nonce that it has checked."""

FUTURE_SECONDS = 60
"""How far an app's clock may be ahead of the service's."""

EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as anyone with its link may read it, and the verdict for the app that asked."""

    request: PresentationRequest
    octets: bytes
    status: str
    verdict: AppVerdict | None


class PresentationService:
    """What apps may do; every call names the app by the hash of its token."""

    def __init__(
        self,
        database: Database,
        community: CommunityService,
        registry: RegistryService,
        *,
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._clock = clock

    def link(self, request_id: str) -> str:
        """The address at which a wallet reads the request."""
        return f"{self._community.metadata().address}/presentations/requests/{request_id}"

    def ask(self, policy: Policy, *, token_hash: bytes) -> PresentationRequest:
        """A new request and its nonce; raises TokenRefused, PolicyRefused, PolicyError."""
        app = self._app(token_hash)
        check_app_policy(policy, verifier=self._community.verifier())
        now = self._clock()
        request = PresentationRequest(
            id=base64url.encode(secrets.token_bytes(16)),
            community_id=self._community.metadata().community_id,
            app=app.id,
            policy=policy,
            nonce=secrets.token_bytes(32),
            value=self._registry.chain().newest.value,
            asked_at=now,
            expires_at=now + REQUEST_SECONDS,
        )
        with self._database.write() as connection:
            store.purge(connection, now=now, keep_seconds=KEEP_SECONDS)
            store.add_request(
                connection,
                request_id=request.id,
                app=app.id,
                request=request.to_cbor(),
                expires_at=request.expires_at,
            )
        return request

    def read(self, request_id: str, *, token_hash: bytes | None) -> Asked:
        """A request, and for its app the verdict; raises RequestUnknown, TokenRefused."""
        row = self._row(request_id)
        own = False
        if token_hash is not None:
            if self._app(token_hash).id != row.app:
                raise TokenRefused
            own = True
        return self._asked(row, own=own)

    def page(self, asked: Asked) -> str:
        """A request as a page for people; raises RequestUnknown where its app is gone."""
        metadata = self._community.metadata()
        app = metadata.app(asked.request.app)
        if app is None:
            raise RequestUnknown
        return request_page(
            app=app,
            policy=asked.request.policy,
            link=self.link(asked.request.id),
            status=asked.status,
            metadata=metadata,
        )

    def answer(self, request_id: str, octets: bytes, *, token_hash: bytes) -> AppVerdict:
        """Judge what the wallet sent to the app; the verdict is written down once and final.

        Raises RequestUnknown, TokenRefused, RequestExpired, RequestUsed, PresentationMalformed.
        """
        app = self._app(token_hash)
        row = self._row(request_id)
        if row.app != app.id:
            raise TokenRefused
        asked = self._asked(row, own=True)
        if asked.status == EXPIRED:
            raise RequestExpired
        if asked.status != store.WAITING:
            raise RequestUsed
        verdict = judge_presentation(
            parse_presentation(octets),
            app=app,
            policy=asked.request.policy,
            nonce=asked.request.nonce,
            asked_at=asked.request.asked_at,
            verifier=self._community.verifier(),
            heads=self._registry.chain(),
            now=self._clock(),
        )
        nonce = asked.request.nonce
        try:
            with self._database.write() as connection:
                now = self._clock()
                settled = store.settle(
                    connection,
                    request_id,
                    status=verdict.word,
                    pseudonym=verdict.pseudonym,
                    disclosed=verdict.disclosed,
                    reason=verdict.reason,
                    now=now,
                )
                if settled:
                    # One nonce, one verdict, also where the app takes it to POST /verify.
                    expires_at = now + NONCE_SECONDS
                    store.use_nonce(connection, app=app.id, nonce=nonce, expires_at=expires_at)
        except IntegrityError:
            raise RequestUsed from None
        if not settled:
            # Another answer came first, or the time ran out while this one was judged.
            raise RequestExpired if self._clock() >= asked.request.expires_at else RequestUsed
        event_log.record("presentation", outcome=verdict.word)
        return verdict

    def verify(
        self,
        octets: bytes,
        *,
        policy: Policy,
        nonce: bytes,
        asked_at: int | None = None,
        token_hash: bytes,
    ) -> AppVerdict:
        """Judge a presentation made for a nonce (32 octets) of the app's own, which is used up.

        `asked_at` is when the app gave the nonce out (Unix seconds), now if it does not say.
        Raises TokenRefused, PolicyRefused, PolicyError, RequestMalformed, PresentationMalformed,
        NonceUsed.
        """
        app = self._app(token_hash)
        verifier = self._community.verifier()
        check_app_policy(policy, verifier=verifier)
        if len(nonce) != 32:
            raise RequestMalformed("A nonce has 32 octets.")
        now = self._clock()
        asked_at = now if asked_at is None else asked_at
        if not now - ASKED_SECONDS <= asked_at <= now + FUTURE_SECONDS:
            raise RequestMalformed("'asked_at' is a time within the last 24 hours.")
        presentation = parse_presentation(octets)
        try:
            with self._database.write() as connection:
                store.purge(connection, now=now, keep_seconds=KEEP_SECONDS)
                store.use_nonce(connection, app=app.id, nonce=nonce, expires_at=now + NONCE_SECONDS)
        except IntegrityError:
            raise NonceUsed from None
        verdict = judge_presentation(
            presentation,
            app=app,
            policy=policy,
            nonce=nonce,
            asked_at=asked_at,
            verifier=verifier,
            heads=self._registry.chain(),
            now=now,
        )
        event_log.record("presentation", outcome=verdict.word)
        return verdict

    def _app(self, token_hash: bytes) -> App:
        with self._database.read() as connection:
            app_id = store.app_of_token(connection, token_hash)
            metadata = self._community.metadata(connection=connection)
        app = None if app_id is None else metadata.app(app_id)
        if app is None:
            raise TokenRefused
        return app

    def _row(self, request_id: str) -> Row[tuple[object, ...]]:
        with self._database.read() as connection:
            row = store.request_row(connection, request_id)
        if row is None:
            raise RequestUnknown
        return row

    def _asked(self, row: Row[tuple[object, ...]], *, own: bool) -> Asked:
        request = PresentationRequest.from_cbor(row.request)
        waiting = row.status == store.WAITING
        expired = waiting and self._clock() >= row.expires_at
        verdict = None
        if own and not waiting:
            verdict = AppVerdict(
                verified=row.status == VERIFIED,
                pseudonym=row.pseudonym,
                disclosed=row.disclosed or {},
                reason=row.reason,
            )
        return Asked(
            request=request,
            octets=row.request,
            status=EXPIRED if expired else row.status,
            verdict=verdict,
        )
