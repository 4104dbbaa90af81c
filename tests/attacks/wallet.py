"""A wallet in an attacker's hands: it proves what it is told to, for whatever scope it is told."""

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace

import httpx

from credentials import domain_tags
from credentials.doors import door_policy
from credentials.errors import MemberRevoked
from credentials.formats import base64url, cbor
from credentials.formats.credential import IssuedCredential, IssuedWitness
from credentials.formats.head import Head, SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot, action_digest
from credentials.formats.presentation import Presentation
from credentials.formats.qr import to_qr_text
from credentials.holder import Credential, accept
from credentials.issuance import CommitmentSecrets, commit, commitment_point, derive_secrets
from credentials.presentation import present
from credentials.registry.digits import open_digits
from credentials.scope import SLOT_SECONDS, app_scope, door_scope, poll_scope, time_slot
from tests.attacks.city import City, slug
from tests.community import head_named

UNKNOWN_IN_A_ROW = 5


@dataclass
class Wallet:
    """A seed, the credential that was claimed with it, and the city that it belongs to."""

    city: City
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    count: int = 0
    entitlement: str = ""

    @property
    def secrets(self) -> CommitmentSecrets:
        """The secrets of commitment number `count`."""
        return derive_secrets(self.seed, metadata=self.city.metadata, count=self.count)

    # --- issuance

    def commitment(self) -> tuple[dict[str, str], bytes]:
        """The body that asks for a credential, without a claim code; and the commitment point."""
        nonce = base64url.decode(self.city.post("/issuance/nonce", {}).json()["nonce"])
        proven = commit(self.secrets, metadata=self.city.metadata, nonce=nonce)
        body = {"nonce": base64url.encode(nonce), "commitment": base64url.encode(proven)}
        return body, commitment_point(proven)

    def ask(self, code: str | None = None) -> httpx.Response:
        """Ask for the credential of this commitment, with a claim code or without."""
        body, _ = self.commitment()
        return self.city.post("/issuance/credential", {**body, "claim_code": code})

    def claim(self, code: str | None = None) -> "Wallet":
        """Claim, check and keep the credential."""
        return self.keep(self.ask(code))

    def keep(self, answer: httpx.Response) -> "Wallet":
        """Check and keep a credential that the issuer sent."""
        assert answer.status_code == 200, answer.text
        sent = answer.json()
        self.issued = IssuedCredential.from_cbor(base64url.decode(sent["credential"]))
        witness = IssuedWitness.from_cbor(base64url.decode(sent["witness"]))
        metadata = self.city.metadata
        head = SignedHead.from_json(sent["head"]).open(metadata_key=metadata.metadata_key)
        assert witness.head == head.hash
        accepted = accept(self.issued, secrets=self.secrets, metadata=metadata)
        digits = open_digits(self.city.digits, digit_key=metadata.keys.digit_key)
        self.credential: Credential = accepted.at(head, witness=witness.point).with_digits(digits)
        return self

    def current(self) -> Credential:
        """The credential at the newest head; one that was removed stays at the last that it had."""
        with suppress(MemberRevoked):
            self.credential = self.at(self.city.heads.newest)
        return self.credential

    def at(self, head: Head) -> Credential:
        """The credential at any head, by the public log: forwards or backwards."""
        known = self.credential.keys.head.head
        if head.removals >= known.removals:
            between = self.city.removals(after=known, upto=head)
            return self.credential.updated(head, removals=between)
        return self.credential.rewound(head, removals=self.city.removals(after=head, upto=known))

    def restored(self) -> "Wallet | None":
        """A new wallet from this one's words: its last credential that is alive, or None."""
        found, unknown, count = None, 0, 0
        while unknown < UNKNOWN_IN_A_ROW:
            wallet = Wallet(self.city, seed=self.seed, count=count, entitlement=self.entitlement)
            answer = wallet.ask()
            if answer.status_code == 200:
                found = wallet.keep(answer)
            else:
                assert slug(answer) in (
                    "commitment-unknown",
                    "commitment-retired",
                    "credential-revoked",
                )
            unknown = unknown + 1 if slug(answer) == "commitment-unknown" else 0
            count += 1
        return found

    # --- doors

    def presentation(self, door: str, *, slot: int | None = None) -> Presentation:
        """What a door code holds, drawn now or for another slot."""
        metadata = self.city.metadata
        listed = metadata.door(door)
        assert listed is not None
        event = metadata.event(listed.event)
        assert event is not None
        slot = time_slot(int(time.time())) if slot is None else slot
        return present(
            self.current(),
            policy=door_policy(listed, schema=metadata.schema),
            scope=door_scope(
                metadata.community_id, event, listed.mode, slot, day_begins=listed.day_begins
            ),
            freshness=slot,
        )

    def code(self, door: str, *, slot: int | None = None) -> str:
        """A door code as the text of its QR picture."""
        return to_qr_text(self.presentation(door, slot=slot).to_cbor())

    def enter(self, door: str, *, direction: str = "in", code: str | None = None) -> str:
        """The verdict of a door on a fresh code, or on the one given."""
        body = {"code": code or self.code(door), "direction": direction}
        answer = self.city.post(f"/doors/{door}/checkins", body, bearer=door)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["verdict"])

    # --- polls

    def ballot(self, manifest: Manifest, choice: int, *, sequence: int = 1) -> Ballot:
        """A ballot for a manifest."""
        return Ballot.from_cbor(self.ballot_octets(manifest, choice, sequence=sequence))

    def ballot_octets(self, manifest: Manifest, choice: int, *, sequence: int = 1) -> bytes:
        """A ballot with a valid proof over any choice and number, also those that no ballot has."""
        named = manifest.manifest_hash
        head = head_named(self.city.heads, manifest.head)
        assert head is not None
        policy = manifest.policy(head)
        (roll,) = policy.require
        assert type(roll.bound) is int
        if self.issued.serial > roll.bound:
            # Nobody can prove this roll with that serial; the nearest lie is another roll.
            policy = replace(policy, require=(replace(roll, bound=self.issued.serial),))
        shown = present(
            self.at(head),
            policy=policy,
            scope=poll_scope(manifest.community_id, named),
            freshness=named,
            action=action_digest(named, sequence, content_of(choice)),
        )
        return ballot_octets(named, sequence, choice, shown)

    def vote(self, manifest: Manifest, choice: int, *, sequence: int = 1) -> httpx.Response:
        """Cast a fresh ballot."""
        octets = self.ballot_octets(manifest, choice, sequence=sequence)
        return cast(self.city, manifest.poll, octets)

    # --- apps

    def shown_to(
        self, app: str, *, nonce: bytes | int, policy: Policy | None = None
    ) -> Presentation:
        """A presentation for an app's own scope."""
        policy = policy or Policy(purpose="login")
        listed = self.city.metadata.app(app)
        assert listed is not None
        scope = app_scope(policy.purpose, listed.response_address)
        return present(self.current(), policy=policy, scope=scope, freshness=nonce)

    def pseudonym_at(self, app: str) -> str:
        """This member's pseudonym at an app, as the service tells it to the app."""
        nonce = secrets.token_bytes(32)
        shown = self.shown_to(app, nonce=nonce)
        answer = verify(self.city, app, shown.to_cbor(), nonce=nonce)
        assert answer.json()["verdict"] == "verified", answer.text
        return str(answer.json()["pseudonym"])


def enrol(city: City, **more: str | int) -> Wallet:
    """A new member with a new wallet; see City.invite."""
    ticket = city.invite(**more)
    return Wallet(city, entitlement=ticket.entitlement).claim(ticket.code)


def content_of(choice: int) -> bytes:
    """The content of a ballot for one option, also for options that no poll has; 0 abstains."""
    return choice.to_bytes((choice.bit_length() + 7) // 8, "big")


def ballot_octets(
    manifest_hash: bytes, sequence: int, choice: int, presentation: Presentation
) -> bytes:
    """A ballot put together from parts that need not fit."""
    return cbor.encode_labelled(
        domain_tags.BALLOT,
        manifest_hash,
        sequence,
        content_of(choice),
        presentation.to_cbor(),
    )


def cast(city: City, poll: str, ballot: bytes) -> httpx.Response:
    """Hand a ballot in."""
    return city.post(f"/polls/{poll}/ballots", {"ballot": base64url.encode(ballot)})


def verify(
    city: City, app: str, presentation: bytes, *, nonce: bytes, policy: Policy | None = None
) -> httpx.Response:
    """Let the service judge a presentation for a nonce of the app's own."""
    body = {
        "policy": (policy or Policy(purpose="login")).to_json(),
        "nonce": base64url.encode(nonce),
        "presentation": base64url.encode(presentation),
    }
    return city.post("/presentations/verify", body, bearer=app)


def calm_slot(*, seconds: float) -> int:
    """The current time slot, once it has at least this many seconds left."""
    left = SLOT_SECONDS - time.time() % SLOT_SECONDS
    if left < seconds:
        time.sleep(left + 0.1)
    return time_slot(int(time.time()))
