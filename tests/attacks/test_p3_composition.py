"""P3: statements of one presentation are about one credential, all of them, in their order."""

from dataclasses import replace
from itertools import pairwise, permutations

import pytest

from credentials.errors import PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.requirement import Requirement
from credentials.presentation import present
from credentials.presentation.pseudonym import PseudonymStatement
from credentials.presentation.range import RangeStatement
from credentials.presentation.registry import RegistryStatement
from tests.attacks.forger import (
    CAFE,
    NONCE,
    TODAY,
    OfOther,
    OtherWitness,
    check_at_cafe,
    forge,
    put,
    statements_of,
    verify_at_cafe,
)
from tests.community import Community, Member

POLICY = Policy(
    purpose="visit",
    disclose=("reissued", "pass"),
    require=(
        Requirement.parse("points >= 60000"),
        Requirement.parse("points <= 90000"),
        Requirement.parse("valid_until >= today"),
    ),
)
# Abar, Bbar, D; C', Cbar; six points for each range of points, four for the date.
POINTS = 3 + 2 + 6 + 6 + 4


@pytest.fixture(scope="module")
def made(ana: Member):
    return present(ana.credential, policy=POLICY, scope=CAFE, freshness=NONCE, today=TODAY)


@pytest.fixture(scope="module")
def cleo(community: Community) -> Member:
    """A member who meets the policy with other numbers than ana's."""
    return community.enrol(points=80_000, valid_until=22_300)


def is_refused(community: Community, presentation, policy: Policy = POLICY) -> None:
    with pytest.raises(PresentationRefused):
        verify_at_cafe(presentation, keys=community.verifier, policy=policy)


def parts(proof: bytes) -> list[tuple[int, int]]:
    """Where each point and each scalar of the proof begins and ends."""
    ends = [*range(0, POINTS * 48 + 1, 48), *range(POINTS * 48 + 32, len(proof) + 1, 32)]
    return list(pairwise(ends))


def test_p3_the_whole_presentation_verifies(community: Community, made):
    assert verify_at_cafe(made, keys=community.verifier, policy=POLICY)["pass"] == "resident"


def test_p3_every_octet_of_a_full_proof_counts(community: Community, made):
    for at in range(len(made.proof)):
        changed = bytearray(made.proof)
        changed[at] ^= 1 << (at % 8)
        is_refused(community, replace(made, proof=bytes(changed)))


def test_p3_no_part_of_a_full_proof_can_come_from_another(community: Community, made, cleo: Member):
    other = present(cleo.credential, policy=POLICY, scope=CAFE, freshness=NONCE, today=TODAY)
    for start, end in parts(made.proof):
        mixed = made.proof[:start] + other.proof[start:end] + made.proof[end:]
        is_refused(community, replace(made, proof=mixed))
        head = made.proof[:start] + other.proof[start:]
        if start:
            is_refused(community, replace(made, proof=head))
            is_refused(community, replace(made, proof=head, pseudonym=other.pseudonym))


def test_p3_no_two_parts_of_a_proof_can_change_places(community: Community, made):
    where = parts(made.proof)
    for (a, b), (c, d) in pairwise(where):
        if b - a == d - c:
            swapped = made.proof[:a] + made.proof[c:d] + made.proof[a:b] + made.proof[d:]
            is_refused(community, replace(made, proof=swapped))


@pytest.mark.parametrize("at", range(5))
def test_p3_a_presentation_assembled_from_two_credentials_is_refused(
    community: Community, ana: Member, cleo: Member, at: int
):
    """Signature of one; pseudonym, witness or one range of the other, each honestly made."""
    statements = statements_of(POLICY, keys=community.verifier)
    statements[at] = OfOther(statement=statements[at], credential=cleo.credential)
    is_refused(community, forge(ana.credential, statements, keys=community.verifier, policy=POLICY))


def test_p3_two_members_cannot_share_what_both_have(
    community: Community, ana: Member, cleo: Member
):
    """All statements but the signature of another member, under every blinding."""
    statements = [
        OfOther(statement=one, credential=cleo.credential)
        for one in statements_of(POLICY, keys=community.verifier)
    ]
    is_refused(community, forge(ana.credential, statements, keys=community.verifier, policy=POLICY))


def test_p3_the_order_of_statements_is_the_verifiers(community: Community, ana: Member):
    honest = statements_of(POLICY, keys=community.verifier)
    for order in permutations(range(5)):
        swapped = [honest[at] for at in order]
        made = forge(ana.credential, swapped, keys=community.verifier, policy=POLICY)
        # The pseudonym stands beside the proof, so its place is told by the challenge alone.
        if order == tuple(range(5)):
            assert check_at_cafe(made, keys=community.verifier, policy=POLICY)
        else:
            is_refused(community, made)


def test_p3_a_dropped_statement_is_refused(community: Community, ana: Member):
    honest = statements_of(POLICY, keys=community.verifier)
    for at in range(len(honest)):
        fewer = honest[:at] + honest[at + 1 :]
        made = forge(ana.credential, fewer, keys=community.verifier, policy=POLICY)
        is_refused(community, made)
        if not made.pseudonym:
            made = replace(made, pseudonym=made.proof[:48], proof=made.proof[48:] + bytes(48))
            is_refused(community, made)


def test_p3_an_added_statement_is_refused(community: Community, ana: Member):
    """Also one that the policy does not ask for, and one that stands there twice."""
    keys = community.verifier
    honest = statements_of(POLICY, keys=keys)
    more = RangeStatement(
        keys=keys, bound=replace(honest[-1].bound, bound=TODAY - 1, operator=">=")
    )
    added = [*honest, more]
    is_refused(community, forge(ana.credential, added, keys=keys, policy=POLICY))
    for one in honest[1:]:
        is_refused(community, forge(ana.credential, [*honest, one], keys=keys, policy=POLICY))
    fewer = replace(POLICY, require=POLICY.require[:2])
    is_refused(community, forge(ana.credential, honest, keys=keys, policy=POLICY), fewer)


def test_p3_a_pseudonym_without_being_asked_and_none_where_it_is(community: Community, ana: Member):
    for asked in (True, False):
        policy, other = (Policy(purpose="visit", pseudonym=one) for one in (asked, not asked))
        shown = present(ana.credential, policy=policy, scope=CAFE, freshness=NONCE)
        is_refused(community, shown, other)
        is_refused(community, replace(shown, pseudonym=b""), other)
        is_refused(community, replace(shown, pseudonym=bytes(48)), other)


def test_p3_a_registry_statement_of_another_community_is_refused(
    community: Community, other_community: Community, ana: Member
):
    stranger = other_community.enrol()
    statements = statements_of(POLICY, keys=community.verifier)
    foreign = RegistryStatement(keys=other_community.verifier)
    mixed = [
        OfOther(statement=foreign, credential=stranger.credential)
        if isinstance(one, RegistryStatement)
        else one
        for one in statements
    ]
    made = forge(ana.credential, mixed, keys=community.verifier, policy=POLICY)
    is_refused(community, made)
    witness = stranger.credential.witness.point
    borrowed = put(statements, OtherWitness(keys=community.verifier, witness=witness))
    is_refused(community, forge(ana.credential, borrowed, keys=community.verifier, policy=POLICY))


def test_p3_a_pseudonym_under_another_generator_is_refused(community: Community, ana: Member):
    """The blind, a handle or a serial as the secret behind the name: a second name per member."""
    keys = community.verifier
    honest = statements_of(POLICY, keys=keys)
    for index in (0, 1, len(keys.generators) - 2):

        class OtherSecret(PseudonymStatement):
            """Nym = (another signed scalar) * OP."""

            def commit(self, credential, blindings, index=index):
                scalars = (*credential.scalars[:-1], credential.scalars[index])
                moved = {**blindings, self.nym_index: blindings[index]}
                return super().commit(replace(credential, scalars=scalars, _pseudonyms={}), moved)

        other = OtherSecret(context_id=CAFE.context_id, nym_index=len(keys.generators) - 1)
        is_refused(
            community,
            forge(ana.credential, [other, *honest[1:]], keys=keys, policy=POLICY),
        )
