"""What honest members show, and the product's own readers of it: the bench for mutants.

Everything that somebody else may hand over is here: to verifiers, doors, polls and wallets.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from credentials.days import day_of
from credentials.doors import door_policy, judge_code
from credentials.errors import (
    BallotRefused,
    DigitsRefused,
    EncodingError,
    HeadRefused,
    MemberRevoked,
    PolicyError,
    PresentationRefused,
    SymbolonError,
    WitnessRefused,
)
from credentials.formats.credential import IssuedWitness
from credentials.formats.head import SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot
from credentials.formats.presentation import Presentation
from credentials.formats.qr import to_qr_text
from credentials.formats.request import PresentationRequest
from credentials.formats.requirement import Requirement
from credentials.formats.scanned import code_in
from credentials.polls import make_ballot, verify_ballots
from credentials.presentation import present, verify_presentation
from credentials.registry.chain import HeadChain
from credentials.registry.digits import open_digits
from credentials.registry.log import read_entries, split_entries
from credentials.scope import app_scope, door_scope
from tests.attacks.mutations import Original, Spare
from tests.community import DOORS, EVENT, Community

NOW = 1_790_020_100  # soon after the second head of the bench
SLOT = NOW // 30
NONCE = bytes(range(32))
CAFE = app_scope("visit", "https://cafe.example/answer")
POLICIES = (
    Policy(purpose="visit", disclose=("reissued", "pass")),
    Policy(purpose="visit", pseudonym=False),
    Policy(
        purpose="visit",
        disclose=("pass", "nickname"),
        identifying=True,
        require=(
            Requirement.parse("valid_until >= today"),
            Requirement.parse("points <= 80000"),
        ),
    ),
)
REFUSALS = {
    "presentation": (EncodingError, PresentationRefused),
    "code": (),
    "ballot": (EncodingError, BallotRefused),
    "request": (EncodingError, PolicyError),
    "head": (EncodingError, HeadRefused),
    "witness": (EncodingError, WitnessRefused),
    "log": (EncodingError, WitnessRefused, MemberRevoked),
    "digits": (DigitsRefused,),
}


class Accepted(AssertionError):
    """Something that was changed passed."""


@dataclass
class Bench:
    """A community with its verifiers, and what honest members showed them."""

    community: Community = field(default_factory=Community)

    def __post_init__(self) -> None:
        community = self.community
        self.member, other = community.enrol(), community.enrol(points=3)
        community.publish(*(community.enrol().issued.handle for _ in range(3)))
        self.credential = community.current(self.member.credential)
        self.other = community.current(other.credential)
        self.keys = community.verifier
        self.day = day_of(NOW)
        self.manifest = self._manifest()
        self.head_before = community.heads.newest
        community.publish()
        self.originals = [*self._shown(), self._code(), self._ballot(), self._request()]
        self.originals += [self._head(), self._witness(), self._log(), self._digits()]
        shown = Presentation.from_cbor(self._shown(self.other)[0].octets)
        self.spare = Spare(proof=shown.proof, pseudonym=shown.pseudonym)

    def _manifest(self) -> Manifest:
        metadata = self.community.metadata
        return Manifest(
            community_id=metadata.community_id,
            issuer_id=metadata.keys.issuer_id,
            registry_id=metadata.keys.registry_id,
            schema_id=metadata.schema.schema_id,
            poll="budget",
            question="Where shall we meet?",
            options=("Athens", "Nowhere"),
            opens_at=NOW,
            closes_at=NOW + 1,
            origin="city.example/polls/budget",
            head=self.community.heads.newest.hash,
            require=(("pass", "resident"),),
        )

    def _shown(self, credential=None) -> list[Original]:
        made = []
        for policy in POLICIES:
            if credential is not None and policy.require:
                continue
            shown = present(
                credential or self.credential,
                policy=policy,
                scope=CAFE,
                freshness=NONCE,
                today=self.day,
            )
            ranges = 2 * (2 + 3) if policy.require else 0
            made.append(
                Original(
                    kind="presentation",
                    octets=shown.to_cbor(),
                    points=5 + ranges,
                    verify=self._verifier_of(policy),
                )
            )
        return made

    def _verifier_of(self, policy: Policy) -> Callable[[bytes], object]:
        def verify(octets: bytes) -> object:
            return verify_presentation(
                Presentation.from_cbor(octets),
                verifier=self.keys,
                policy=policy,
                scope=CAFE,
                freshness=NONCE,
                today=self.day,
            )

        return verify

    def _code(self) -> Original:
        metadata, door = self.community.metadata, DOORS[0]
        shown = present(
            self.credential,
            policy=door_policy(door, schema=metadata.schema),
            scope=door_scope(metadata.community_id, EVENT, door.mode, SLOT),
            freshness=SLOT,
        )

        good = to_qr_text(shown.to_cbor())

        def verify(octets: bytes) -> object:
            """The code as octets, and as text that may hold anything.

            The very code with something behind it, as scanners write it, is no changed one.
            """
            text = _as_text(octets)
            for code in (octets,) if code_in(text) == good != text else (octets, text):
                judged = judge_code(
                    code,
                    metadata=metadata,
                    verifier=self.keys,
                    heads=self.community.heads.shortened(2),
                    door=door,
                    now=NOW,
                    up_to_date=bool(len(octets) % 2),
                )
                if judged.verdict is None:
                    return judged
            raise Refused(judged.verdict.value)

        return Original(kind="code", octets=shown.to_cbor(), points=5, verify=verify)

    def _ballot(self) -> Original:
        manifest = self.manifest
        ballot = make_ballot(
            self.credential,
            manifest=manifest,
            head=self.keys.head.head,
            marks=(2,),
            sequence=1,
        )

        def verify(octets: bytes) -> object:
            ballots = [Ballot.from_cbor(octets)]
            (verdict,) = verify_ballots(ballots, manifest=manifest, verifier=self.keys)
            if isinstance(verdict, BallotRefused):
                raise verdict
            return verdict

        return Original(kind="ballot", octets=ballot.to_cbor(), points=11, verify=verify)

    def _request(self) -> Original:
        request = PresentationRequest(
            id="r-1",
            community_id=self.community.metadata.community_id,
            app="cafe",
            policy=POLICIES[2],
            nonce=NONCE,
            value=self.head_before.value,
            asked_at=NOW,
            expires_at=NOW + 300,
        )

        def verify(octets: bytes) -> object:
            """Nobody signs a request: it may be read, if it has one spelling, and answered."""
            read = PresentationRequest.from_cbor(octets)
            if read.to_cbor() != octets:
                raise Accepted("a request has two spellings")
            try:
                present(
                    self.credential,
                    policy=read.policy,
                    scope=app_scope(read.policy.purpose, "https://cafe.example/answer"),
                    freshness=read.nonce,
                    today=day_of(read.asked_at),
                )
            except SymbolonError as error:
                raise Refused(f"wallet: {type(error).__name__}") from None
            raise Refused("wallet: answered")

        return Original(kind="request", octets=request.to_cbor(), verify=verify)

    def _head(self) -> Original:
        known, signed = self.community.heads, self.community.heads.signed[-1]
        before = HeadChain(signed=known.signed[:-1], heads=known.heads[:-1])

        def verify(octets: bytes) -> object:
            told = SignedHead(octets=octets[:-64], signature=octets[-64:])
            return before.extended([told], metadata=self.community.metadata)

        return Original(kind="head", octets=signed.octets + signed.signature, verify=verify)

    def _witness(self) -> Original:
        newest = self.community.heads.newest
        issued = self.community.issuer.witness(newest, handle=self.credential.handle)

        def verify(octets: bytes) -> object:
            read = IssuedWitness.from_cbor(octets)
            if read.head != newest.hash:
                raise Refused("wallet: another head")
            return self.credential.at(newest, witness=read.point)

        return Original(kind="witness", octets=issued.to_cbor(), verify=verify)

    def _log(self) -> Original:
        newest = self.community.heads.newest

        def verify(octets: bytes) -> object:
            removals = read_entries(split_entries(octets))
            return self.member.credential.updated(newest, removals=removals)

        return Original(kind="log", octets=b"".join(self.community.entries), verify=verify)

    def _digits(self) -> Original:
        key = self.community.metadata.keys.digit_key

        def verify(octets: bytes) -> object:
            return open_digits(octets, digit_key=key)

        return Original(kind="digits", octets=self.community.digits, weight=0.2, verify=verify)

    def outcome(self, original: Original, octets: bytes) -> str:
        """How the reader of `original` ends on other octets; raises whatever is not foreseen."""
        try:
            original.verify(octets)
        except Refused as refused:
            return str(refused)
        except REFUSALS[original.kind] as error:
            return type(error).__name__
        if octets != original.octets:
            raise Accepted(f"a changed {original.kind} was accepted")
        return "unchanged"


class Refused(Exception):
    """A refusal that is no exception: a verdict, or what a wallet answers."""


def _as_text(octets: bytes) -> str:
    """The QR text where the octets fit in one, else the octets themselves as if scanned."""
    return to_qr_text(octets) if 1 <= len(octets) <= 828 else "SYM1:" + octets.decode("latin-1")
