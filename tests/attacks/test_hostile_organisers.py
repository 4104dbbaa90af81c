"""P1, P4 and P9 against organisers and apps that lie in what they publish and answer."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from client.answers import IssuanceAnswer
from client.community import pinned
from client.errors import ServerRefused, WalletError
from client.issuer import IssuerClient
from client.transport import Transport
from client.wallet.claim import claim
from client.wallet.contents import Membership, WalletContents
from client.wallet.restore import restore, with_restored
from client.wallet.vault import Vault
from client.wallet.voting import Poll, make_vote
from credentials.errors import (
    BallotRefused,
    CredentialRefused,
    DigitsRefused,
    EncodingError,
    HeadRefused,
    MetadataRefused,
    PolicyError,
    SchemaError,
    SymbolonError,
    WitnessRefused,
)
from credentials.formats import cbor
from credentials.formats.claim_link import ClaimLink
from credentials.formats.head import SignedHead
from credentials.formats.metadata import App, Event, SignedMetadata
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot, Manifest, action_digest
from credentials.formats.request import PresentationRequest
from credentials.formats.schema import Attribute, Schema
from credentials.issuance import commit, commitment_point, derive_secrets, draw_handle
from credentials.polls import verify_ballot
from credentials.presentation import present, verify_presentation
from credentials.scope import app_scope, door_scope, poll_scope
from tests.community import SCHEMA, Community, Member

NONCE = bytes(range(32))
SEED = bytes(range(16))
CODE = "A" * 26


class HostileIssuer(IssuerClient):
    """An issuer that signs whatever it is asked for, or calls every commitment retired."""

    def __init__(self, community: Community, *, retires: bool = False) -> None:
        super().__init__(community.metadata.address, transport=Transport())
        self.community = community
        self.retires = retires
        self.seen: list[bytes] = []

    def issuance_nonce(self) -> bytes:
        return NONCE

    def issue(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> IssuanceAnswer:
        self.seen.append(commitment_point(commitment))
        if self.retires:
            raise ServerRefused("Retired.", slug="commitment-retired", status=410)
        issuer, handle = self.community.issuer, draw_handle()
        issued = issuer.issue(
            commitment,
            nonce=nonce,
            handle=handle,
            serial=len(self.seen),
            attributes=self.community.attributes(),
        )
        witness = issuer.witness(self.community.heads.newest, handle=handle)
        return IssuanceAnswer(
            credential=issued.to_cbor(),
            witness=witness.to_cbor(),
            head=self.community.heads.signed[-1],
        )

    def heads(self) -> tuple[SignedHead, ...]:
        return self.community.heads.signed

    def digits(self) -> bytes:
        return self.community.digits


class TwoFacedIssuer(HostileIssuer):
    """An issuer that is honest to everybody but one: `changes` is what that one is told."""

    def __init__(self, community: Community, **changes: object) -> None:
        super().__init__(community)
        self.changes = changes

    def issue(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> IssuanceAnswer:
        answer = super().issue(commitment, nonce=nonce, claim_code=claim_code)
        named = {"credential", "witness", "head"} & self.changes.keys()
        return replace(answer, **{name: self.changes[name] for name in named})

    def heads(self) -> tuple[SignedHead, ...]:
        return self.changes.get("heads", super().heads())

    def digits(self) -> bytes:
        return self.changes.get("digits", super().digits())


def new_vault(folder: Path) -> Vault:
    return Vault.create(
        folder / "wallet", passphrase="an owl in the agora", contents=WalletContents(seed=SEED)
    )


def claim_from(vault: Vault, issuer: HostileIssuer) -> None:
    metadata = issuer.community.metadata
    link = ClaimLink(address=metadata.address, code=CODE, fingerprint=metadata.community_id)
    published = pinned(issuer.community.signed, fingerprint=metadata.community_id)
    claim(vault, link=link, issuer=issuer, published=published)


def membership_of(community: Community, signed: SignedMetadata) -> Membership:
    return Membership(
        address=community.metadata.address,
        fingerprint=community.metadata.community_id,
        metadata_octets=signed.octets,
        metadata_signature=signed.signature,
    )


def published_after(community: Community, **changes: object) -> SignedMetadata:
    """The next version of a community's metadata, in its proper place."""
    following = replace(
        community.metadata,
        version=community.metadata.version + 1,
        previous=community.signed.hash,
        **changes,
    )
    return SignedMetadata.sign(following, private_key=community.signing_key)


# --- one issuer key in two communities


def test_p1_one_issuer_key_in_two_communities_does_not_link_a_wallet(tmp_path: Path):
    """Secrets hang on issuer key and count: two communities of one key would see one commitment."""
    secret = Community().secret
    agora, stoa = Community(secret=secret), Community(name="Stoa", secret=secret)
    own = [
        derive_secrets(SEED, issuer_id=each.metadata.keys.issuer_id, count=0)
        for each in (agora, stoa)
    ]
    points = {commitment_point(commit(one, nonce=NONCE)) for one in own}
    assert len(points) == 1  # the attack: the same point at both
    vault = new_vault(tmp_path)
    claim_from(vault, HostileIssuer(agora))
    second = HostileIssuer(stoa)
    with pytest.raises(WalletError, match="same issuer key"):
        claim_from(vault, second)
    with pytest.raises(WalletError, match="same issuer key"):
        restore(
            SEED,
            issuer=second,
            published=pinned(stoa.signed, fingerprint=None),
            beside=vault.read(),
        )
    assert second.seen == []
    with pytest.raises(WalletError, match="same issuer key"):
        with_restored(vault.read(), found=membership_of(stoa, stoa.signed))


# --- two apps behind one origin


def test_p4_an_app_cannot_hand_a_proof_on_to_another_app_of_its_origin(
    community: Community, ana: Member
):
    """Audience is the origin: within one, a proof made for the first app satisfies the second."""
    first, second = "https://sites.example/a", "https://sites.example/b"
    policy = Policy(purpose="login")
    made = present(ana.credential, policy=policy, scope=app_scope("login", first), freshness=NONCE)
    assert verify_presentation(
        made,
        verifier=community.verifier,
        policy=policy,
        scope=app_scope("login", second),
        freshness=NONCE,
    )
    apps = tuple(
        App(id=f"app-{n}", name="App", response_address=at) for n, at in enumerate((first, second))
    )
    with pytest.raises(MetadataRefused, match="same origin"):
        replace(community.metadata, apps=apps)
    others = (
        "https://a.sites.example/",
        "https://b.sites.example/",
        "https://b.sites.example:8443/",
    )
    apart = tuple(
        App(id=f"app-{n}", name="App", response_address=at) for n, at in enumerate(others)
    )
    assert replace(community.metadata, apps=apart).apps == apart


# --- metadata


def test_p1_a_restored_wallet_accepts_no_metadata_out_of_its_chain(community: Community):
    newer = published_after(community)
    wallet = WalletContents(seed=SEED, memberships=(membership_of(community, newer),))
    other_schema = replace(SCHEMA, name="another-pass")
    other_keys = Community(signing_key=community.signing_key)
    for signed in (
        community.signed,  # older
        published_after(community, published_at=1),  # another version 2
        SignedMetadata.sign(
            replace(newer.open_unpinned(), version=3, previous=bytes(32)),
            private_key=community.signing_key,
        ),
        SignedMetadata.sign(
            replace(newer.open_unpinned(), version=9, schemas=(other_schema,)),
            private_key=community.signing_key,
        ),
        SignedMetadata.sign(
            replace(newer.open_unpinned(), version=9, keys=other_keys.metadata.keys),
            private_key=community.signing_key,
        ),
    ):
        with pytest.raises(MetadataRefused):
            with_restored(wallet, found=membership_of(community, signed))


@pytest.mark.parametrize("zone", ["Nowhere/Land", "Europe", "posixrules/x"])
def test_a_time_zone_that_nobody_knows_is_one_clear_refusal(community: Community, zone: str):
    event = Event(id="agora", name="Agora", timezone=zone)
    with pytest.raises(MetadataRefused, match="time zone"):
        door_scope(community.metadata.community_id, event, "once_per_day", 59_000_000)


def test_a_schema_cannot_change_the_meaning_of_what_is_signed(community: Community):
    """A type is part of the schema's id, and so of the domain: `points` is no date elsewhere."""
    retyped = replace(
        SCHEMA,
        attributes=tuple(
            replace(each, type="date") if each.name == "points" else each
            for each in SCHEMA.attributes
        ),
    )
    other = Community(secret=community.secret, signing_key=community.signing_key, schema=retyped)
    assert other.verifier.domain != community.verifier.domain
    assert other.metadata.keys == community.metadata.keys


# --- a registry that shows one member something else

HOUR = 3600


def another_head(community: Community, **changes: object) -> SignedHead:
    """The newest head with changes, signed as properly as the one that all others see."""
    other = replace(community.heads.newest, **changes)
    return SignedHead.sign(other, private_key=community.signing_key)


def refused_to(folder: Path, issuer: TwoFacedIssuer, *, first: bool) -> SymbolonError:
    """Why a wallet refuses what one issuer tells it, at its first claim or at a later one.

    Nothing that it was told is stored.
    """
    community, vault = issuer.community, new_vault(folder)
    if not first:
        claim_from(vault, HostileIssuer(community))
    before = [m.enrolments for m in vault.read().memberships]
    with pytest.raises(SymbolonError) as refused:
        claim_from(vault, issuer)
    after = [m.enrolments for m in vault.read().memberships]
    assert after == (before or [()])
    return refused.value


@pytest.mark.parametrize("first", [True, False])
def test_p1_a_witness_at_a_value_of_one_s_own_is_refused(tmp_path: Path, first: bool):
    """At another V a proof verifies for nobody, or tells an accomplice who it is."""
    community = Community()
    value = Community().heads.newest.value
    other = another_head(community, value=value)
    issuer = TwoFacedIssuer(community, head=other, heads=(other,))
    expected = WitnessRefused if first else HeadRefused
    assert isinstance(refused_to(tmp_path, issuer, first=first), expected)


@pytest.mark.parametrize(
    "changes", [{"published_at": 1_790_000_001}, {"highest_serial": 5}, {"grace": HOUR}]
)
def test_p1_a_second_head_of_a_known_epoch_is_refused(tmp_path: Path, changes: dict[str, int]):
    community = Community()
    other = another_head(community, **changes)
    refused = refused_to(
        tmp_path, TwoFacedIssuer(community, head=other, heads=(other,)), first=False
    )
    assert "two different heads" in str(refused)


def test_p1_a_head_beside_the_credential_that_is_not_published_is_refused(tmp_path: Path):
    community = Community()
    other = another_head(community, grace=HOUR)
    for first in (True, False):
        folder = tmp_path / str(first)
        folder.mkdir()
        refused = refused_to(folder, TwoFacedIssuer(community, head=other), first=first)
        assert isinstance(refused, HeadRefused)


def test_p1_a_head_that_another_key_signed_is_refused(tmp_path: Path):
    community = Community()
    forged = SignedHead.sign(community.heads.newest, private_key=Community().signing_key)
    refused = refused_to(tmp_path, TwoFacedIssuer(community, head=forged), first=True)
    assert "signature of a registry head" in str(refused)


def test_p1_a_step_back_after_a_removal_is_refused(tmp_path: Path):
    community = Community()
    stale = community.heads.signed
    vault = new_vault(tmp_path)
    community.publish(draw_handle())
    claim_from(vault, HostileIssuer(community))
    community.publish()
    with pytest.raises(HeadRefused, match="older"):
        claim_from(vault, TwoFacedIssuer(community, heads=stale))


@pytest.mark.parametrize("place", [0, 7, 255])
def test_p1_a_digit_table_that_tags_one_member_is_refused(tmp_path: Path, place: int):
    """One sigma that differs from everybody's would show in the pairing of each S made of it."""
    community = Community()
    tagged = bytearray(community.digits)
    tagged[48 * place : 48 * place + 48] = Community().digits[48 * place : 48 * place + 48]
    issuer = TwoFacedIssuer(community, digits=bytes(tagged))
    assert isinstance(refused_to(tmp_path, issuer, first=True), DigitsRefused)


def test_p1_a_credential_under_another_key_or_schema_is_refused(tmp_path: Path):
    """What is signed names issuer, schema and registry: no member gets a world of its own."""
    community = Community()
    worlds = [
        Community(signing_key=community.signing_key),
        Community(
            secret=community.secret,
            signing_key=community.signing_key,
            schema=replace(SCHEMA, name="city-pass-of-one"),
        ),
    ]
    for at, world in enumerate(worlds):
        folder = tmp_path / str(at)
        folder.mkdir()

        class Elsewhere(HostileIssuer):
            """Signs in the other world, and publishes the registry of this one."""

            def heads(self) -> tuple[SignedHead, ...]:
                return community.heads.signed

        issuer = Elsewhere(world)
        link = ClaimLink(
            address=community.metadata.address,
            code=CODE,
            fingerprint=community.metadata.community_id,
        )
        published = pinned(community.signed, fingerprint=community.metadata.community_id)
        with pytest.raises(CredentialRefused):
            claim(new_vault(folder), link=link, issuer=issuer, published=published)


# --- what polls and apps may ask


def paper(manifest: Manifest, community: Community) -> Poll:
    """A poll as a wallet has read it."""
    return Poll(id=manifest.poll, manifest=manifest, head=community.heads.newest)


def manifest_for(community: Community, **changes: object) -> Manifest:
    metadata = community.metadata
    arguments = {
        "community_id": metadata.community_id,
        "issuer_id": metadata.keys.issuer_id,
        "registry_id": metadata.keys.registry_id,
        "schema_id": metadata.schema.schema_id,
        "poll": "lunch",
        "question": "Lunch?",
        "options": ("yes", "no"),
        "opens_at": 1,
        "closes_at": 2,
        "head": community.heads.newest.hash,
        **changes,
    }
    return Manifest(**arguments)


@pytest.mark.parametrize(
    ("name", "value"), [("nickname", "owl"), ("points", 70_000), ("valid_until", 22_280)]
)
def test_p9_a_poll_cannot_ask_for_what_identifies(
    community: Community, ana: Member, name: str, value: str | int
):
    manifest = manifest_for(community, require=(("reissued", 0), (name, value)))
    with pytest.raises(PolicyError, match="identify"):
        manifest.check(community.metadata)
    with pytest.raises(PolicyError, match="identify"):
        make_vote(ana.credential, poll=paper(manifest, community), choice=1, count=0)


def test_p9_a_ballot_shows_only_values_that_all_voters_share(community: Community, ana: Member):
    manifest = manifest_for(community, require=(("reissued", 0), ("pass", "day")))
    with pytest.raises(WalletError, match="another value"):
        make_vote(ana.credential, poll=paper(manifest, community), choice=1, count=0)


def test_p9_handle_and_serial_cannot_be_asked_for(community: Community, ana: Member):
    for name in ("handle", "serial", "nym_secret", "secret_prover_blind"):
        with pytest.raises(PolicyError):
            present(
                ana.credential,
                policy=Policy(purpose="login", disclose=(name,), identifying=True),
                scope=app_scope("login", "https://cafe.example/answer"),
                freshness=NONCE,
            )


@pytest.mark.parametrize("purpose", ["poll", "door"])
def test_p4_trap_12_an_app_cannot_ask_for_a_vote_or_a_door_code(community: Community, purpose: str):
    with pytest.raises(PolicyError):
        PresentationRequest(
            id="x",
            community_id=community.metadata.community_id,
            app="cafe",
            policy=Policy(purpose=purpose),
            nonce=NONCE,
            head=bytes(32),
            asked_at=0,
            expires_at=1,
        )


def test_p4_trap_11_a_ballot_paper_of_other_registry_keys_is_refused(
    community: Community, ana: Member
):
    manifest = manifest_for(community, registry_id=bytes(32))
    honest = manifest_for(community)
    named = manifest.manifest_hash
    shown = present(
        ana.credential,
        policy=honest.policy(community.heads.newest),
        scope=poll_scope(manifest.community_id, named),
        freshness=named,
        action=action_digest(named, 1, 1),
    )
    ballot = Ballot(manifest_hash=named, sequence=1, choice=1, presentation=shown)
    with pytest.raises(BallotRefused, match="other keys"):
        verify_ballot(ballot, manifest=manifest, verifier=community.verifier)


# --- answers without end, and objects that cost more than they weigh


@pytest.mark.parametrize("retires", [True, False])
def test_an_issuer_that_always_has_an_answer_does_not_keep_a_restore_for_ever(
    community: Community, retires: bool
):
    issuer = HostileIssuer(community, retires=retires)
    with pytest.raises(WalletError, match="stopped"):
        restore(SEED, issuer=issuer, published=pinned(community.signed, fingerprint=None))
    assert len(issuer.seen) == 256


def test_an_issuer_that_calls_every_commitment_retired_does_not_keep_a_claim_for_ever(
    community: Community, tmp_path: Path
):
    with pytest.raises(WalletError, match="stopped"):
        claim_from(new_vault(tmp_path), HostileIssuer(community, retires=True))


def test_an_object_of_countless_tiny_items_is_refused_before_it_is_built(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(cbor, "MAX_ITEMS", 2**16)  # the real limit takes 32 times as long
    many = cbor.MAX_ITEMS + 1
    octets = b"\x9a" + many.to_bytes(4, "big") + bytes(many)
    tracemalloc.start()
    try:
        with pytest.raises(EncodingError, match="items"):
            cbor.decode(octets, limit=2**28)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_a_schema_has_its_limits():
    attributes = [Attribute(name="reissued", type="flag")]
    attributes += [Attribute(name=f"a{n}", type="flag") for n in range(16)]
    with pytest.raises(SchemaError):
        Schema(name="pass", attributes=tuple(attributes))
