"""Blind issuance: a nonce, a proven commitment, and one credential per entitlement.

Source: docs/protocol.md, "Issuance". The claim code binds to the first commitment that it signs.
From then on the proof over that commitment is the authority: it brings the same credential back,
without a code, until the credential is replaced.
"""

import json
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from credentials.curve.scalars import encode_scalar
from credentials.errors import CommitmentRefused, EncodingError
from credentials.formats.metadata import Metadata
from credentials.issuance import Issuer, IssuerSecret, commitment_point, draw_handle
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.event_log import event_log
from server.issuance import store
from server.issuance.claim_codes import hash_code, is_code
from server.problems import (
    ClaimCodeUnknown,
    ClaimCodeUsed,
    CommitmentInvalid,
    CommitmentRetired,
    CommitmentUnknown,
    EnrolmentFull,
    NonceUnknown,
)
from server.settings import NONCE_SECONDS

SERIAL_LIMIT = 2**24
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonce:
    """A nonce of 32 octets for one commitment, good until `expires_at` (Unix seconds)."""

    octets: bytes
    expires_at: int


class IssuanceService:
    """Issues credentials; holds the issuer's secret key."""

    def __init__(
        self,
        database: Database,
        *,
        community: CommunityService,
        secret_key: IssuerSecret,
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._secret_key = secret_key
        self._clock = clock
        self._cached: tuple[Metadata, Issuer] | None = None

    def draw_nonce(self) -> Nonce:
        """A new nonce, kept until it is used or expires."""
        now = self._clock()
        nonce = Nonce(octets=secrets.token_bytes(32), expires_at=now + NONCE_SECONDS)
        with self._database.write() as connection:
            store.add_nonce(connection, nonce.octets, expires_at=nonce.expires_at, now=now)
        return nonce

    def issue(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> bytes:
        """The issued credential, as CBOR, for a proven commitment (144 octets) on `nonce` (32).

        A known commitment gets its credential again and needs no code (one that comes with it is
        not used up); a new one needs an unused claim code, which it binds. The nonce is used up
        first, in a transaction of its own, so a request that is refused afterwards leaves its nonce
        used, and nothing else. All the rest, the serial included, is one transaction.

        Raises NonceUnknown, CommitmentInvalid, CommitmentUnknown, CommitmentRetired,
        ClaimCodeUnknown, ClaimCodeUsed, EnrolmentFull.
        """
        with self._database.write() as connection:
            if not store.consume_nonce(connection, nonce, now=self._clock()):
                raise NonceUnknown
        try:
            return self._issue_once(commitment, nonce=nonce, claim_code=claim_code)
        except (CommitmentRefused, EncodingError):
            raise CommitmentInvalid from None

    def _issue_once(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> bytes:
        point = commitment_point(commitment)
        with self._database.read() as connection:
            known = store.credential(connection, point) is not None
        if known or claim_code is None:
            self._issuer().check_commitment(commitment, nonce=nonce)
            return self._known_credential(point)
        if not is_code(claim_code):
            raise ClaimCodeUnknown
        code_hash = hash_code(claim_code)
        for attempt in range(_ATTEMPTS):
            try:
                with self._database.write() as connection:
                    issued = self._sign(connection, commitment, nonce=nonce, code_hash=code_hash)
                break
            except IntegrityError:
                # Another process was first with this code, commitment or serial; look again.
                if attempt == _ATTEMPTS - 1:
                    raise
        event_log.count("credential", outcome="issued")
        return issued

    def _known_credential(self, point: bytes) -> bytes:
        with self._database.read() as connection:
            row = store.credential(connection, point)
        if row is None:
            raise CommitmentUnknown
        if row.retired:
            raise CommitmentRetired
        event_log.count("credential", outcome="repeated")
        issued: bytes = row.issued
        return issued

    def _sign(
        self, connection: Connection, commitment: bytes, *, nonce: bytes, code_hash: bytes
    ) -> bytes:
        """Decide and sign inside one writing transaction."""
        issuer = self._issuer()
        point = commitment_point(commitment)
        known = store.credential(connection, point)
        if known is not None:
            issuer.check_commitment(commitment, nonce=nonce)
            if known.retired:
                raise CommitmentRetired
            repeated: bytes = known.issued
            return repeated
        code = store.claim_code(connection, code_hash)
        if code is None:
            raise ClaimCodeUnknown
        if not store.bind_code(connection, code_hash, commitment=point):
            raise ClaimCodeUsed
        entitlement = store.entitlement(connection, code.entitlement_id)
        if entitlement is None:
            raise ClaimCodeUnknown
        serial = store.next_serial(connection)
        if serial >= SERIAL_LIMIT:
            raise EnrolmentFull
        handle = draw_handle()
        attributes = json.loads(entitlement.attributes)
        issued = issuer.issue(
            commitment,
            nonce=nonce,
            handle=handle,
            serial=serial,
            attributes={**attributes, "reissued": int(entitlement.reissued)},
        ).to_cbor()
        store.add_credential(
            connection,
            commitment=point,
            entitlement_id=entitlement.id,
            handle=encode_scalar(handle),
            serial=serial,
            issued=issued,
        )
        return issued

    def _issuer(self) -> Issuer:
        """The issuer under the newest metadata; its tables depend on keys and schema only."""
        metadata = self._community.metadata()
        if self._cached is None or self._cached[0].credential_header != metadata.credential_header:
            self._cached = (metadata, Issuer(self._secret_key, metadata=metadata))
        return self._cached[1]
