"""P1: presentations cannot be linked to an issuance or to each other, all parties colluding."""

import secrets
from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from credentials.bbs.signature import finalize_blind_sign
from credentials.curve import curve, scalars
from credentials.curve.scalars import ORDER, encode_scalar, random_scalar
from credentials.errors import CredentialRefused
from credentials.formats.credential import IssuedCredential
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.requirement import Requirement
from credentials.holder import accept
from credentials.issuance import commit, commitment_of, derive_secrets, draw_handle
from credentials.messages import API_ID, signer_scalars
from credentials.presentation import present
from credentials.scope import app_scope, door_scope, poll_scope
from tests.community import EVENT, Community, Member

WINDOW = 8


def windows(octets: Iterable[bytes]) -> set[bytes]:
    """Every string of 8 octets in any of the given octet strings."""
    return {string[at : at + WINDOW] for string in octets for at in range(len(string) - WINDOW + 1)}


def presentations(community: Community, member: Member) -> dict[str, Presentation]:
    """What verifiers of four scopes receive from one member."""
    community_id = community.metadata.community_id
    nonce = secrets.token_bytes(32)
    made = {}
    for name, purpose, scope, freshness in (
        ("cafe", "visit", app_scope("visit", "https://cafe.example/answer"), nonce),
        ("forum", "login", app_scope("login", "https://forum.example/answer"), nonce),
        ("poll", "poll", poll_scope(community_id, bytes(32)), bytes(32)),
        ("door", "door", door_scope(community_id, EVENT, "once", 59_000_000), 59_000_000),
    ):
        policy = Policy(purpose=purpose, disclose=("reissued",))
        made[name] = present(member.credential, policy=policy, scope=scope, freshness=freshness)
    return made


def enrol_and_record(community: Community) -> tuple[Member, list[bytes]]:
    """A new member, and every octet string that the issuer saw or stored of the enrolment."""
    seed = secrets.token_bytes(16)
    own = derive_secrets(seed, metadata=community.metadata, count=0)
    nonce = secrets.token_bytes(32)
    request = commit(own, metadata=community.metadata, nonce=nonce)
    handle = draw_handle()
    community.serial += 1
    issued = community.issuer.issue(
        request,
        nonce=nonce,
        handle=handle,
        serial=community.serial,
        attributes=community.attributes(),
    )
    head = community.heads.newest
    witness = community.issuer.witness(head, handle=handle)
    credential = accept(issued, secrets=own, metadata=community.metadata)
    credential = credential.at(head, witness=witness.point)
    member = Member(seed=seed, secrets=own, issued=issued, credential=credential)
    seen = [request, nonce, encode_scalar(handle), issued.signature, issued.to_cbor()]
    return member, [*seen, witness.point]


def test_p1_issuer_and_verifiers_share_no_octets_that_depend_on_the_member(community: Community):
    ana, of_ana = enrol_and_record(community)
    bo, of_bo = enrol_and_record(community)
    shown_by_ana = [made.to_cbor() for made in presentations(community, ana).values()]
    shown_by_bo = [made.to_cbor() for made in presentations(community, bo).values()]
    # What the other member's octets hold as well does not depend on the member.
    common = windows(of_ana) & windows(shown_by_ana)
    assert common <= windows(of_bo) | windows(shown_by_bo)
    # The search finds what it should: had the proof carried commitment, A, handle or witness.
    for leak in (of_ana[0][:48], of_ana[3][:48], of_ana[2], of_ana[5]):
        leaked = windows(of_ana) & windows([*shown_by_ana, leak])
        assert not leaked <= windows(of_bo) | windows(shown_by_bo)


def test_p1_presentations_in_different_scopes_share_no_octets_that_depend_on_the_member(
    community: Community, ana: Member, bo: Member
):
    of_ana, again, of_bo = (presentations(community, member) for member in (ana, ana, bo))
    for name in ("poll", "door"):
        # Made for the same moment, all in front of the pseudonym is the same for everybody.
        assert _before_the_proof(of_ana[name]) == _before_the_proof(of_bo[name])
    for first, made in of_ana.items():
        for second, other in again.items():
            shared = windows([made.pseudonym + made.proof])
            shared &= windows([other.pseudonym + other.proof])
            if first != second:
                assert not shared
                continue
            # In the same scope the pseudonym returns; a window may reach into what stands beside.
            assert windows([made.pseudonym]) <= shared
            beginning = made.pseudonym + made.proof[: WINDOW - 1]
            assert all(window in beginning for window in shared)


def _before_the_proof(presentation: Presentation) -> bytes:
    return presentation.to_cbor()[: -len(presentation.pseudonym + presentation.proof)]


def test_p1_no_point_or_scalar_of_a_proof_ever_returns(community: Community, ana: Member):
    seen: set[bytes] = set()
    bounds = ("points >= 70000", "valid_until >= 22000")
    policy = Policy(
        purpose="visit",
        disclose=("reissued",),
        require=tuple(Requirement.parse(text) for text in bounds),
    )
    scope = app_scope("visit", "https://cafe.example/answer")
    scalars = (3 + 2 + 6 + 4) * 48  # Abar, Bbar, D; C', Cbar; S and Sbar of five digits
    for _ in range(30):
        proof = present(ana.credential, policy=policy, scope=scope, freshness=bytes(32)).proof
        parts = {proof[at : at + 48] for at in range(0, scalars, 48)}
        parts |= {proof[at : at + 32] for at in range(scalars, len(proof), 32)}
        assert len(parts) == 15 + (len(proof) - scalars) // 32
        assert not parts & seen
        seen |= parts


def test_p1_every_blinding_is_drawn_anew_from_the_operating_system(
    ana: Member, monkeypatch: pytest.MonkeyPatch
):
    """One known first move would give its secret away: (response - first move) / challenge."""
    drawn: list[int] = []
    true = secrets.randbelow

    def recorded(limit: int) -> int:
        assert limit == ORDER - 1
        drawn.append(true(limit))
        return drawn[-1]

    monkeypatch.setattr(scalars, "secrets", SimpleNamespace(randbelow=recorded))
    policy = Policy(
        purpose="visit",
        disclose=("reissued",),
        require=(Requirement.parse("points >= 1"), Requirement.parse("valid_until >= 2020-01-01")),
    )
    scope = app_scope("visit", "https://cafe.example/answer")
    for _ in range(5):
        present(ana.credential, policy=policy, scope=scope, freshness=bytes(32))
    hidden = len(ana.credential.scalars) - 1
    signature = 5 + 1  # r1, r2, three first moves; and what blinds the inversion of r2
    registry = 2  # rho and its first move
    ranges = sum(2 * digits + digits - 1 for digits in (3, 2))  # the first digit's is tied
    assert len(set(drawn)) == len(drawn) == 5 * (hidden + signature + registry + ranges)


def test_p1_the_issuers_key_alone_does_not_tell_whose_proof_it_is(
    community: Community, ana: Member, bo: Member
):
    """With x an issuer recomputes Bbar = x * Abar for every proof alike, and nothing of A."""
    policy = Policy(purpose="visit", pseudonym=False)
    scope = app_scope("visit", "https://cafe.example/answer")
    for member in (ana, bo):
        proof = present(member.credential, policy=policy, scope=scope, freshness=bytes(32)).proof
        abar, bbar = curve.decode_g1(proof[:48]), curve.decode_g1(proof[48:96])
        assert curve.multiply_g1(abar, community.secret.x) == bbar
        for other in (ana, bo):
            point_a = curve.decode_g1(other.issued.signature[:48])
            assert point_a not in (abar, bbar)


def hostile_issue(community: Community, own, *, entropy: int, serial: int = 1) -> IssuedCredential:
    """An issuer that adds a nym entropy of its own choice."""
    keys = community.verifier
    handle = draw_handle()
    scalars = signer_scalars(
        keys.schema, handle=handle, serial=serial, attributes=community.attributes()
    )
    point_b = keys.constant + commitment_of(own) + keys.tables[-1](entropy)
    for generator, scalar in zip(keys.generators, scalars, strict=False):
        point_b = point_b + curve.multiply_g1(generator, scalar)
    return IssuedCredential(
        signature=finalize_blind_sign(
            sk=encode_scalar(community.secret.x), point_b=point_b, api_id=API_ID
        ),
        handle=handle,
        serial=serial,
        attributes=keys.schema.check(community.attributes()),
    )


def test_p1_a_wallet_refuses_entropy_that_the_issuer_chose(community: Community):
    """Two entitlements of one wallet; the issuer picks entropies whose difference it knows."""
    seed = secrets.token_bytes(16)
    chosen = random_scalar()
    for count in (0, 1):
        own = derive_secrets(seed, metadata=community.metadata, count=count)
        for entropy in (0, 1, chosen, (chosen + 1) % ORDER):
            issued = hostile_issue(community, own, entropy=entropy)
            with pytest.raises(CredentialRefused):
                accept(issued, secrets=own, metadata=community.metadata)


def test_p1_issuing_twice_over_one_commitment_gives_one_nym_secret(community: Community):
    """There is no second entropy, so no known difference between pseudonyms to search for."""
    seed = secrets.token_bytes(16)
    first = community.enrol(seed=seed)
    second = community.enrol(seed=seed)
    assert first.issued.handle != second.issued.handle
    assert first.credential.nym_secret == second.credential.nym_secret


def test_p1_two_credentials_of_one_wallet_are_as_unlinkable_as_two_wallets(community: Community):
    seed = secrets.token_bytes(16)
    first, second = community.enrol(seed=seed), community.enrol(seed=seed, count=1)
    assert first.credential.nym_secret != second.credential.nym_secret
    scope = app_scope("visit", "https://cafe.example/answer")
    pseudonyms = {
        present(
            member.credential, policy=Policy(purpose="visit"), scope=scope, freshness=bytes(32)
        ).pseudonym
        for member in (first, second)
    }
    assert len(pseudonyms) == 2
