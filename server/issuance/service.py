"""Blind issuance: a nonce, a proven commitment, and one credential per entitlement.

Source: docs/protocol.md, "Issuance". The claim code binds to the first commitment that it signs.
From then on the proof over that commitment is the authority: it brings the same credential back,
without a code, until the credential is replaced or revoked. With it comes the witness for the
newest registry head, made in the transaction that sees that the handle is not to be removed.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from credentials.curve.scalars import encode_scalar
from credentials.errors import CommitmentRefused, EncodingError
from credentials.formats.credential import IssuedCredential, IssuedWitness
from credentials.formats.head import SignedHead
from credentials.formats.metadata import Metadata
from credentials.formats.schema import REISSUED
from credentials.issuance import Issuer, IssuerSecret, commitment_point, draw_handle
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.event_log import event_log
from server.issuance import credential_store, store
from server.issuance.claim_codes import hash_code, is_code
from server.problems import (
    ClaimCodeUnknown,
    ClaimCodeUsed,
    CommitmentInvalid,
    CommitmentRetired,
    CommitmentUnknown,
    CredentialRevoked,
    EnrolmentFull,
    NonceUnknown,
    ReissuePending,
)
from server.registry.service import RegistryService
from server.settings import NONCE_SECONDS

SERIAL_LIMIT = 2**24
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonce:
    """A nonce of 32 octets for one commitment, good until `expires_at` (Unix seconds)."""

    octets: bytes
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A credential with its witness, and the head at which the witness holds."""

    credential: IssuedCredential
    witness: IssuedWitness
    head: SignedHead


class IssuanceService:
    """Issues credentials; holds the issuer's secret key."""

    def __init__(
        self,
        database: Database,
        *,
        community: CommunityService,
        registry: RegistryService,
        secret_key: IssuerSecret,
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
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

    def check_code(self, claim_code: str) -> None:
        """Raise ClaimCodeUnknown, ClaimCodeUsed, CredentialRevoked or ReissuePending unless a first
        commitment could be signed with this code now. Changes nothing."""
        with self._database.read() as connection:
            code = (
                store.claim_code(connection, hash_code(claim_code)) if is_code(claim_code) else None
            )
            if code is None:
                raise ClaimCodeUnknown
            entitlement = store.entitlement(connection, code.entitlement_id)
            if entitlement.standing != store.CURRENT:
                raise CredentialRevoked
            if code.commitment is not None or code.retired:
                raise ClaimCodeUsed
            self._check_published(connection, entitlement.id)

    def issue(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> Answer:
        """The credential and its witness for a proven commitment (144 octets) on `nonce` (32).

        A known commitment gets its credential again and needs no code (one that comes with it is
        not used up); where the attributes were changed it is signed anew, with the same serial and
        another handle. A new commitment needs an unused claim code, which it binds. The nonce is
        used up first, in a transaction of its own, so a request that is refused afterwards leaves
        its nonce used, and nothing else. All the rest, serial and witness included, is one
        transaction.

        Raises NonceUnknown, CommitmentInvalid, CommitmentUnknown, CommitmentRetired,
        CredentialRevoked, ReissuePending, ClaimCodeUnknown, ClaimCodeUsed, EnrolmentFull.
        """
        with self._database.write() as connection:
            if not store.consume_nonce(connection, nonce, now=self._clock()):
                raise NonceUnknown
        try:
            return self._issue_once(commitment, nonce=nonce, claim_code=claim_code)
        except (CommitmentRefused, EncodingError):
            raise CommitmentInvalid from None

    def _issue_once(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> Answer:
        point = commitment_point(commitment)
        with self._database.read() as connection:
            known = store.credential(connection, point) is not None
        proven = known or claim_code is None
        if proven:  # and what is not is proven where it is signed, once
            self._issuer().check_commitment(commitment, nonce=nonce)
        for attempt in range(_ATTEMPTS):
            try:
                with self._database.write() as connection:
                    return self._decide(
                        connection, commitment, nonce=nonce, claim_code=claim_code, proven=proven
                    )
            except IntegrityError:
                # Another process was first with this code, commitment or serial; look again.
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _decide(
        self,
        connection: Connection,
        commitment: bytes,
        *,
        nonce: bytes,
        claim_code: str | None,
        proven: bool,
    ) -> Answer:
        """Decide and sign inside one writing transaction, at the newest head."""
        known = store.credential(connection, commitment_point(commitment))
        if known is not None:
            if not proven:  # another process has just signed it
                self._issuer().check_commitment(commitment, nonce=nonce)
            issued, outcome = self._known(connection, known, commitment, nonce=nonce)
        elif claim_code is None:
            raise CommitmentUnknown
        elif not is_code(claim_code):
            raise ClaimCodeUnknown
        else:
            code_hash = hash_code(claim_code)
            issued = self._claim(connection, commitment, nonce=nonce, code_hash=code_hash)
            outcome = "issued"
        if self._registry.is_noted(connection, encode_scalar(issued.handle)):
            raise CredentialRevoked
        head, signed = self._registry.newest(connection)
        witness = self._issuer().witness(head, handle=issued.handle)
        event_log.count("credential", outcome=outcome)
        return Answer(credential=issued, witness=witness, head=signed)

    def _known(
        self, connection: Connection, known: Row[Any], commitment: bytes, *, nonce: bytes
    ) -> tuple[IssuedCredential, str]:
        """The credential of a commitment that had one before."""
        if known.standing != store.CURRENT:
            raise CredentialRevoked
        if known.retired:
            raise CommitmentRetired
        if not known.removed:
            return IssuedCredential.from_cbor(known.issued), "repeated"
        self._check_published(connection, known.entitlement_id)
        entitlement = store.entitlement(connection, known.entitlement_id)
        issued = self._sign(commitment, nonce=nonce, serial=known.serial, entitlement=entitlement)
        credential_store.renew_credential(
            connection,
            known.commitment,
            handle=encode_scalar(issued.handle),
            issued=issued.to_cbor(),
        )
        return issued, "renewed"

    def _claim(
        self, connection: Connection, commitment: bytes, *, nonce: bytes, code_hash: bytes
    ) -> IssuedCredential:
        """A first credential for a commitment, by a claim code that it binds."""
        code = store.claim_code(connection, code_hash)
        if code is None:
            raise ClaimCodeUnknown
        entitlement = store.entitlement(connection, code.entitlement_id)
        if entitlement.standing != store.CURRENT:
            raise CredentialRevoked
        point = commitment_point(commitment)
        if not store.bind_code(connection, code_hash, commitment=point):
            raise ClaimCodeUsed
        self._check_published(connection, entitlement.id)
        serial = credential_store.highest_serial(connection) + 1
        if serial >= SERIAL_LIMIT:
            raise EnrolmentFull
        issued = self._sign(commitment, nonce=nonce, serial=serial, entitlement=entitlement)
        credential_store.add_credential(
            connection,
            commitment=point,
            entitlement_id=entitlement.id,
            handle=encode_scalar(issued.handle),
            serial=serial,
            issued=issued.to_cbor(),
        )
        return issued

    def _check_published(self, connection: Connection, entitlement_id: str) -> None:
        """Raise ReissuePending until the head removes whatever was signed for an entitlement."""
        taken = credential_store.taken_handles(connection, entitlement_id)
        if self._registry.are_pending(connection, taken):
            raise ReissuePending

    def _sign(
        self, commitment: bytes, *, nonce: bytes, serial: int, entitlement: Row[Any]
    ) -> IssuedCredential:
        return self._issuer().issue(
            commitment,
            nonce=nonce,
            handle=draw_handle(),
            serial=serial,
            attributes={
                **json.loads(entitlement.attributes),
                REISSUED: int(entitlement.reissued),
            },
        )

    def _issuer(self) -> Issuer:
        """The issuer under the newest metadata; its tables depend on keys and schema only."""
        metadata = self._community.metadata()
        if self._cached is None or self._cached[0].credential_header != metadata.credential_header:
            self._cached = (metadata, Issuer(self._secret_key, metadata=metadata))
        return self._cached[1]
