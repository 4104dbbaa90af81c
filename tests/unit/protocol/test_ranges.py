"""Range statements at the edges of their types, and what a wallet refuses to prove."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import PolicyError, PresentationRefused, RequirementNotMet
from credentials.formats.policy import Policy
from credentials.formats.requirement import Requirement
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.presentation import present, verify_presentation
from credentials.scope import SLOT_SECONDS, app_scope, poll_scope
from tests.community import Community, Member

NONCE = bytes(range(32))
SCOPE = app_scope("visit", "https://cafe.example/answer")
LARGEST, LAST_DAY = 2**24 - 1, 2**16 - 1
SLOTS_OF_A_DAY = 86_400 // SLOT_SECONDS


def asking(*require: Requirement | str, purpose: str = "visit") -> Policy:
    """A policy that asks for nothing but ranges; without a pseudonym where it may."""
    parsed = tuple(Requirement.parse(one) if isinstance(one, str) else one for one in require)
    return Policy(purpose=purpose, pseudonym=purpose == "poll", require=parsed)


def proves(
    credential: Credential,
    verifier: VerifierKeys,
    policy: Policy,
    *,
    today: int | None = None,
    freshness: int | bytes = NONCE,
) -> bool:
    """Whether the wallet can prove it; what it proves, the verifier has to accept."""
    scope = SCOPE if policy.purpose == "visit" else poll_scope(verifier.community_id, NONCE)
    made = {"policy": policy, "scope": scope, "freshness": freshness, "today": today}
    try:
        shown = present(credential, **made)
    except RequirementNotMet:
        return False
    verify_presentation(shown, verifier=verifier, **made)
    return True


@pytest.fixture(scope="module")
def lowest(community: Community) -> Member:
    return community.enrol(points=0, valid_until=0)


@pytest.fixture(scope="module")
def highest(community: Community) -> Member:
    return community.enrol(points=LARGEST, valid_until=LAST_DAY)


@pytest.mark.parametrize(
    ("require", "true"),
    [
        ("points >= 0", (True, True)),
        ("points >= 1", (False, True)),
        (f"points >= {LARGEST - 1}", (False, True)),
        (f"points >= {LARGEST}", (False, True)),
        ("points <= 0", (True, False)),
        ("points <= 1", (True, False)),
        (f"points <= {LARGEST - 1}", (True, False)),
        (f"points <= {LARGEST}", (True, True)),
        ("points <= 65535", (True, False)),
        ("points <= 65536", (True, False)),
        ("valid_until >= 1970-01-01", (True, True)),
        ("valid_until >= 1970-01-02", (False, True)),
        ("valid_until >= 2149-06-06", (False, True)),
        ("valid_until <= 1970-01-01", (True, False)),
        ("valid_until <= 2149-06-05", (True, False)),
        ("valid_until <= 2149-06-06", (True, True)),
    ],
)
def test_bounds_hold_at_the_edges_of_the_types(
    community: Community, lowest: Member, highest: Member, require: str, true: tuple[bool, bool]
):
    policy = asking(require)
    found = (proves(one.credential, community.verifier, policy) for one in (lowest, highest))
    assert tuple(found) == true


@settings(max_examples=40, deadline=None)
@given(
    near=st.sampled_from([0, 255, 256, 65_535, 65_536, 70_000, LARGEST]),
    step=st.integers(-2, 2),
    operator=st.sampled_from([">=", "<="]),
)
def test_whatever_the_bound_the_wallet_proves_exactly_what_is_true(
    community: Community, ana: Member, near: int, step: int, operator: str
):
    bound = min(max(near + step, 0), LARGEST)
    policy = asking(Requirement(attribute="points", operator=operator, bound=bound))
    true = bound <= 70_000 if operator == ">=" else bound >= 70_000
    assert proves(ana.credential, community.verifier, policy) == true


def test_between_is_two_statements_and_may_leave_one_number(community: Community, ana: Member):
    verifier = community.verifier
    assert proves(ana.credential, verifier, asking("points >= 70000", "points <= 70000"))
    assert proves(ana.credential, verifier, asking("points <= 70000", "points >= 69999"))
    assert not proves(ana.credential, verifier, asking("points >= 70001", "points <= 70002"))
    assert not proves(ana.credential, verifier, asking("points >= 69998", "points <= 69999"))
    # Bounds that contradict each other are nobody's.
    assert not proves(ana.credential, verifier, asking("points >= 70001", "points <= 69999"))


def test_the_order_of_the_requirements_makes_no_difference(community: Community, ana: Member):
    require = (
        "valid_until <= 2149-06-06",
        "points >= 1",
        "valid_until >= today",
        "points <= 70000",
    )
    made = {"scope": SCOPE, "freshness": NONCE, "today": 22_280}
    shown = present(ana.credential, policy=asking(*require), **made)
    for order in (require, require[::-1], require[2:] + require[:2]):
        verify_presentation(shown, verifier=community.verifier, policy=asking(*order), **made)


def test_a_serial_is_on_the_roll_or_not_and_asked_only_in_polls(community: Community):
    member = community.enrol()
    serial = member.credential.serial
    for bound, true in ((serial - 1, False), (serial, True), (serial + 1, True), (LARGEST, True)):
        requirement = Requirement(attribute="serial", operator="<=", bound=bound)
        policy = asking(requirement, purpose="poll")
        assert proves(member.credential, community.verifier, policy) == true
        for purpose in ("visit", "login", "door"):
            with pytest.raises(PolicyError, match="only a poll"):
                asking(requirement, purpose=purpose)


def test_today_is_the_day_of_the_slot_or_comes_with_the_nonce(community: Community):
    last_day = 20_782
    member = community.enrol(valid_until=last_day)
    policy = asking("valid_until >= today")
    for day, true in ((last_day - 1, True), (last_day, True), (last_day + 1, False)):
        for credential, verifier in ((member.credential, community.verifier),):
            assert proves(credential, verifier, policy, today=day) == true
            first, last = day * SLOTS_OF_A_DAY, (day + 1) * SLOTS_OF_A_DAY - 1
            for slot in (first, last):
                # A slot has its own day; what is said beside it does not count.
                assert proves(credential, verifier, policy, freshness=slot, today=0) == true
    with pytest.raises(PolicyError, match="needs a day"):
        proves(member.credential, community.verifier, policy)
    with pytest.raises(PolicyError, match="outside its type"):
        proves(member.credential, community.verifier, policy, freshness=2**40)


def test_what_was_proven_for_one_day_is_not_taken_for_another(community: Community, ana: Member):
    policy = asking("valid_until >= today")
    made = {"policy": policy, "scope": SCOPE, "freshness": NONCE}
    shown = present(ana.credential, today=20_000, **made)
    for today in (19_999, 20_001):
        with pytest.raises(PresentationRefused):
            verify_presentation(shown, verifier=community.verifier, today=today, **made)
    with pytest.raises(PolicyError, match="needs a day"):
        verify_presentation(shown, verifier=community.verifier, **made)


def test_a_policy_does_not_ask_twice_nor_for_what_it_sees():
    with pytest.raises(PolicyError, match="the same of an attribute twice"):
        asking("points >= 5", "points >= 6")
    with pytest.raises(PolicyError, match="to see 'points' and to have it proven"):
        replace(asking("points >= 5"), disclose=("points",), identifying=True)
    with pytest.raises(PolicyError, match="at most 8"):
        asking(*(f"a{at} >= 1" for at in range(9)))


def test_a_number_is_not_shown_by_its_proof(community: Community, ana: Member):
    """Two members far apart make proofs of the same form and length."""
    far = community.enrol(points=LARGEST)
    policy = asking("points >= 1")
    made = {"policy": policy, "scope": SCOPE, "freshness": NONCE}
    shown = [present(one.credential, **made) for one in (ana, far)]
    assert len(shown[0].proof) == len(shown[1].proof)
    assert replace(shown[0], proof=shown[1].proof) == shown[1]
