"""Trap 28, above the drafts: what a presentation says to disclose is out of range, doubled,
disordered, empty, or no index at all.

At every layer that reads a presentation: the format, the verifier, doors, ballots and the SDK. Each
has one clear refusal, and nothing else is raised. Over HTTP: test_trap_28_bad_lists_over_http.
"""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from client.verifier import Verifier
from credentials.days import day_of
from credentials.doors import Verdict, door_policy, judge_code, judge_codes
from credentials.errors import BallotRefused, EncodingError, PresentationRefused
from credentials.formats import base64url
from credentials.formats import presentation as format_of_presentations
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot
from credentials.formats.presentation import Presentation
from credentials.formats.request import PresentationRequest
from credentials.keys import VerifierKeys
from credentials.polls import make_ballot, verify_ballots
from credentials.presentation import present, settle, verify_presentation
from credentials.presentation import presentation as presentations
from credentials.presentation.signature import SignatureStatement
from credentials.scope import app_scope, door_scope, time_slot
from tests.attacks.bad_lists import BAD, Pairs, inside, with_bad, with_pairs
from tests.attacks.forger import forge, statements_of, verify_at_cafe
from tests.community import DOORS, EVENT, Community, Member
from tests.poll_papers import open_manifest
from tests.served_community import heads_json

NONCE = bytes(range(32))
CAFE = app_scope("login", "https://cafe.example/answer")
POLICY = Policy(purpose="login", disclose=("reissued", "pass", "volunteer"))
NOW = 1_790_000_000

VALUE = st.one_of(
    st.integers(0, 2),
    st.integers(0, 2**64 - 1),
    st.sampled_from(("resident", "day", "", "owl")),
    st.binary(max_size=3),
)
PAIR = st.tuples(st.one_of(st.integers(0, 20), st.sampled_from((2**32, 2**63, 2**64 - 1))), VALUE)
PAIRS = st.lists(PAIR, max_size=6).map(tuple)


@pytest.fixture(scope="module")
def shown(ana: Member) -> bytes:
    made = present(ana.credential, policy=POLICY, scope=CAFE, freshness=NONCE)
    return made.to_cbor()


def verified(octets: bytes, community: Community) -> None:
    """Read and verify as a verifier does."""
    verify_presentation(
        Presentation.from_cbor(octets),
        verifier=community.verifier,
        policy=POLICY,
        scope=CAFE,
        freshness=NONCE,
    )


def test_trap_28_the_true_list_verifies(community: Community, shown: bytes):
    true = Presentation.from_cbor(shown).disclosed
    assert with_pairs(shown, true) == shown
    verified(shown, community)


@settings(deadline=None, max_examples=150)
@given(pairs=PAIRS)
@example(pairs=())
def test_trap_28_no_other_list_is_read_or_verifies(
    community: Community, shown: bytes, pairs: Pairs
):
    octets = with_pairs(shown, pairs)
    if octets != shown:
        with pytest.raises((EncodingError, PresentationRefused)):
            verified(octets, community)


@pytest.mark.parametrize("pairs", BAD, ids=lambda pairs: str(pairs)[:60])
def test_trap_28_each_bad_list_is_refused_by_verifier_door_ballot_and_sdk(
    community: Community, ana: Member, shown: bytes, pairs: Pairs
):
    with pytest.raises((EncodingError, PresentationRefused)):
        verified(with_pairs(shown, pairs), community)
    assert at_a_door(community, ana, pairs) is Verdict.INVALID
    with pytest.raises(EncodingError):
        raise in_a_poll(community, ana, pairs)
    with pytest.raises(PresentationRefused):
        to_an_app(community, ana, pairs)


def at_a_door(community: Community, member: Member, pairs: Pairs) -> Verdict | None:
    door = next(door for door in DOORS if door.mode == "once")
    slot = time_slot(NOW)
    code = present(
        member.credential,
        policy=door_policy(door, schema=community.metadata.schema),
        scope=door_scope(community.metadata.community_id, EVENT, door.mode, slot),
        freshness=slot,
    ).to_cbor()
    return judge_code(
        with_bad(code, pairs),
        metadata=community.metadata,
        verifier=community.verifier,
        heads=community.heads,
        door=door,
        now=NOW,
        up_to_date=True,
    ).verdict


def in_a_poll(community: Community, member: Member, pairs: Pairs) -> Exception:
    """Why a ballot is refused, from its octets or by its proof; as an EncodingError either way."""
    manifest = open_manifest(community, require=(("reissued", 0), ("pass", "resident")))
    ballot = make_ballot(
        member.credential,
        manifest=manifest,
        head=community.heads.newest,
        marks=(1,),
        sequence=1,
    )
    octets = inside(ballot.to_cbor(), with_bad(ballot.presentation.to_cbor(), pairs))
    try:
        read = Ballot.from_cbor(octets)
    except EncodingError as error:
        return error
    (verdict,) = verify_ballots([read], manifest=manifest, verifier=community.verifier)
    assert isinstance(verdict, BallotRefused)
    return EncodingError(str(verdict))


def to_an_app(community: Community, member: Member, pairs: Pairs) -> None:
    verifier = Verifier(
        community.signed.to_json(), app="cafe", heads=heads_json(community.heads.signed)
    )
    served = verifier.request(POLICY)
    request = PresentationRequest.from_cbor(base64url.decode(served["request"]))
    made = present(
        member.credential,
        policy=POLICY,
        scope=CAFE,
        freshness=request.nonce,
        today=day_of(request.asked_at),
    )
    octets = with_bad(made.to_cbor(), pairs)
    verifier.verify({"request": request.id, "presentation": base64url.encode(octets)})


def test_trap_28_empty_lists_of_presentations_have_no_verdicts(community: Community):
    manifest = open_manifest(community)
    verifier = Verifier(
        community.signed.to_json(), app="cafe", heads=heads_json(community.heads.signed)
    )
    assert settle([]) == []
    assert verify_ballots([], manifest=manifest, verifier=community.verifier) == []
    assert verifier.verify_many([]) == []
    assert (
        judge_codes(
            [],
            metadata=community.metadata,
            verifier=community.verifier,
            heads=community.heads,
            door=DOORS[0],
            up_to_date=True,
        )
        == []
    )


# --- what a doubled index would be good for


def split_in_two(community: Community, member: Member) -> bytes:
    """A proof whose points are disclosed as two numbers that add up to them, under one index."""

    def signature(*, keys: VerifierKeys, disclosed: Pairs) -> SignatureStatement:
        return SignatureStatement(keys=keys, disclosed=SPLIT)

    statements = statements_of(POINTS, keys=community.verifier)
    made = forge(
        member.credential,
        statements,
        keys=community.verifier,
        policy=POINTS,
        signature=signature,
    )
    return with_pairs(made.to_cbor(), SPLIT)


POINTS = Policy(purpose="visit", disclose=("points",), identifying=True)
SPLIT = ((6, 69_999), (6, 1))


def test_trap_28_a_number_that_is_split_over_a_doubled_index_is_refused_at_every_step(
    community: Community, monkeypatch: pytest.MonkeyPatch
):
    """In the sum of the equations nobody could tell the two from the one; so lists are compared."""
    ana = community.enrol(points=70_000)
    octets = split_in_two(community, ana)
    with pytest.raises(EncodingError, match="order"):
        Presentation.from_cbor(octets)
    monkeypatch.setattr(format_of_presentations, "_check_disclosed", lambda disclosed: None)
    made = Presentation.from_cbor(octets)
    with pytest.raises(PresentationRefused, match="does not disclose what"):
        verify_at_cafe(made, keys=community.verifier, policy=POINTS)
    monkeypatch.setattr(presentations, "_check_disclosed", lambda made, **_: dict(made.disclosed))
    with pytest.raises(PresentationRefused, match="length"):
        verify_at_cafe(made, keys=community.verifier, policy=POINTS)
