"""P1, P4 and P9 against organisers and apps that lie in what they publish and answer."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from client.community import pinned
from client.errors import WalletError
from client.poll import Poll
from client.wallet.contents import Membership, WalletContents
from client.wallet.enrolling import credential_of
from client.wallet.restore import restore, with_restored
from client.wallet.voting import make_vote
from credentials.errors import (
    BallotRefused,
    EncodingError,
    MetadataRefused,
    PolicyError,
    SchemaError,
)
from credentials.formats import cbor
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import App, Event, SignedMetadata
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot, action_digest
from credentials.formats.request import PresentationRequest
from credentials.formats.schema import Attribute, Schema
from credentials.polls import State, verify_ballots
from credentials.presentation import present, verify_presentation
from credentials.scope import app_scope, door_scope, poll_scope
from tests.attacks.hostile_issuer import NONCE, SEED, HostileIssuer, claim_from, new_vault
from tests.community import SCHEMA, Community, Member


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
    """Both sign for the wallet; they see two commitments, with other secrets in them."""
    secret = Community().secret
    agora = HostileIssuer(Community(secret=secret))
    stoa = HostileIssuer(Community(name="Stoa", secret=secret))
    vault = new_vault(tmp_path)
    for issuer in (agora, stoa):
        claim_from(vault, issuer)
    assert set(agora.seen).isdisjoint(stoa.seen)
    first, second = (
        credential_of(SEED, membership=joined, enrolment=joined.enrolments[0])
        for joined in vault.read().memberships
    )
    assert set(first.scalars[-2:]).isdisjoint(second.scalars[-2:])


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
        App(id=f"app-{n}", name=f"App {n + 2}", response_address=at)
        for n, at in enumerate((first, second))
    )
    with pytest.raises(MetadataRefused, match="same origin"):
        replace(community.metadata, apps=apps)
    others = (
        "https://a.sites.example/",
        "https://b.sites.example/",
        "https://b.sites.example:8443/",
    )
    apart = tuple(
        App(id=f"app-{n}", name=f"App {n + 2}", response_address=at) for n, at in enumerate(others)
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


# --- what polls and apps may ask


def paper(manifest: Manifest, community: Community) -> Poll:
    """A poll as a wallet has read it."""
    return Poll(
        id=manifest.poll,
        manifest=manifest,
        head=community.heads.newest,
        state=State.OPEN,
        closes_at=manifest.closes_at,
    )


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
        "origin": "agora.example/polls/lunch",
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
        make_vote(ana.credential, poll=paper(manifest, community), marks=(1,), count=0)


def test_p9_a_ballot_shows_only_values_that_all_voters_share(community: Community, ana: Member):
    manifest = manifest_for(community, require=(("reissued", 0), ("pass", "day")))
    with pytest.raises(WalletError, match="another value"):
        make_vote(ana.credential, poll=paper(manifest, community), marks=(1,), count=0)


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
            value=bytes(48),
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
        action=action_digest(named, 1, b"\1"),
    )
    ballot = Ballot(manifest_hash=named, sequence=1, content=b"\1", presentation=shown)
    (verdict,) = verify_ballots([ballot], manifest=manifest, verifier=community.verifier)
    assert isinstance(verdict, BallotRefused)
    assert "other keys" in str(verdict)


# --- answers without end, and objects that cost more than they weigh


@pytest.mark.parametrize("retires", [True, False])
def test_an_issuer_that_always_has_an_answer_does_not_keep_a_restore_for_ever(
    community: Community, retires: bool
):
    issuer = HostileIssuer(community, retires=retires)
    with pytest.raises(WalletError, match="stopped"):
        restore(
            SEED,
            service=issuer,
            issuance=issuer,
            published=pinned(community.signed, fingerprint=None),
        )
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
