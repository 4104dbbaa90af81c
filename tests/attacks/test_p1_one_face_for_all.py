"""P1: an issuer that shows one member another value, head, schema, key, table or witness is caught.

Whatever is the same for everybody cannot mark anybody; so a wallet takes nothing that may differ.
"""

import secrets
from dataclasses import replace

import pytest

from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.errors import (
    CredentialRefused,
    DigitsRefused,
    HeadRefused,
    MetadataRefused,
    PresentationRefused,
    SymbolonError,
    WitnessRefused,
)
from credentials.formats.credential import IssuedCredential
from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata, check_successor
from credentials.formats.schema import Attribute
from credentials.holder import accept
from credentials.issuance import commit, derive_secrets, draw_handle
from credentials.keys import VerifierKeys
from credentials.presentation import present
from credentials.registry.accumulator import make_witness
from credentials.registry.chain import HeadChain
from credentials.registry.digits import make_digits, open_digits
from tests.attacks.forger import CAFE, NONCE, VISIT, scaled, verify_at_cafe
from tests.community import Community, Member
from tests.unit.curve.odd_points import small_order_points_g1


def other_value(community: Community) -> SignedHead:
    """The newest head with another V, signed by the community: made for one member."""
    value = curve.encode_g1(scaled(curve.g1_generator, random_scalar()))
    return SignedHead.sign(
        replace(community.heads.newest, value=value), private_key=community.signing_key
    )


def test_p1_another_value_for_one_member_is_a_fork(community: Community):
    with pytest.raises(HeadRefused):
        community.heads.extended([other_value(community)], metadata=community.metadata)


def test_p1_who_was_shown_another_head_from_the_start_passes_nowhere(community: Community):
    """The witness fits the false value; every verifier has the head that all others have."""
    signed = other_value(community)
    chain = HeadChain.start([signed], metadata=community.metadata)
    credential = community.enrol().credential
    value = curve.decode_g1(chain.newest.value)
    witness = make_witness(value, handle=credential.handle, alpha=community.secret.alpha)
    marked = credential.at(chain.newest, witness=curve.encode_g1(witness))
    shown = present(marked, policy=VISIT, scope=CAFE, freshness=NONCE)
    with pytest.raises(PresentationRefused):
        verify_at_cafe(shown, keys=community.verifier)
    # And the first true head that it meets tells the wallet.
    with pytest.raises(HeadRefused):
        chain.extended(community.heads.signed, metadata=community.metadata)


def test_p1_another_witness_is_refused(community: Community, ana: Member, bo: Member):
    head, own = community.heads.newest, ana.credential
    alpha, value = community.secret.alpha, curve.decode_g1(head.value)
    wrong = [
        bo.credential.witness_octets,
        head.value,
        curve.encode_g1(scaled(own.witness.point, 2)),
        curve.encode_g1(-own.witness.point),
        curve.encode_g1(make_witness(value, handle=own.handle + 1, alpha=alpha)),
        b"\xc0" + bytes(47),
        b"\xc0" + bytes(46) + b"\x01",
        bytes(48),
        b"",
        *small_order_points_g1(beside=own.witness_octets),
    ]
    for octets in wrong:
        with pytest.raises(WitnessRefused):
            own.at(head, witness=octets)
    assert own.at(head, witness=own.witness_octets).witness == own.witness


def test_p1_another_digit_table_is_refused(community: Community, other_community: Community):
    key = community.metadata.keys.digit_key
    for octets in (other_community.digits, make_digits(community.secret.alpha)):
        with pytest.raises(DigitsRefused):
            open_digits(octets, digit_key=key)


CHANGES = ("issuer_key", "registry_key", "registry_key_g1", "digit_key")


@pytest.mark.parametrize("name", CHANGES)
def test_p1_other_keys_are_refused(
    community: Community, other_community: Community, ana: Member, name: str
):
    """As a new version of the metadata, and for the credential that was issued under the old."""
    theirs = getattr(other_community.metadata.keys, name)
    changed = replace(
        community.metadata,
        version=2,
        previous=community.signed.hash,
        keys=replace(community.metadata.keys, **{name: theirs}),
    )
    signed = SignedMetadata.sign(changed, private_key=community.signing_key)
    with pytest.raises(MetadataRefused):
        check_successor(community.signed, signed)
    # The signed header names them all; the two forms of alpha are compared with each other.
    with pytest.raises((MetadataRefused, CredentialRefused)):
        accept(ana.issued, secrets=ana.secrets, metadata=changed)


def test_p1_another_schema_is_refused(community: Community, ana: Member):
    """Whoever signs under another schema for one member marks the header of that member."""
    own = community.schema
    longer = replace(own, attributes=(*own.attributes, Attribute(name="marked", type="flag")))
    renamed = replace(own, name="marked")
    wider = replace(
        own,
        attributes=tuple(
            replace(one, values=(*one.values, "marked")) if one.type == "choice" else one
            for one in own.attributes
        ),
    )
    for schema in (longer, renamed, wider):
        changed = replace(
            community.metadata, version=2, previous=community.signed.hash, schemas=(schema,)
        )
        signed = SignedMetadata.sign(changed, private_key=community.signing_key)
        with pytest.raises(MetadataRefused):
            check_successor(community.signed, signed)
        with pytest.raises(CredentialRefused):
            accept(ana.issued, secrets=ana.secrets, metadata=changed)
        shown = present(ana.credential, policy=VISIT, scope=CAFE, freshness=NONCE)
        keys = VerifierKeys.from_metadata(changed).at(community.heads.newest)
        with pytest.raises(PresentationRefused):
            verify_at_cafe(shown, keys=keys)


def test_p1_every_octet_of_what_was_issued_counts(community: Community):
    own = derive_secrets(secrets.token_bytes(16), metadata=community.metadata, count=0)
    nonce = secrets.token_bytes(32)
    issued = community.issuer.issue(
        commit(own, metadata=community.metadata, nonce=nonce),
        nonce=nonce,
        handle=draw_handle(),
        serial=9,
        attributes=community.attributes(),
    )
    octets = issued.to_cbor()
    for at in range(len(octets)):
        changed = bytearray(octets)
        changed[at] ^= 1 << (at % 8)
        with pytest.raises(SymbolonError):
            accept(
                IssuedCredential.from_cbor(bytes(changed)),
                secrets=own,
                metadata=community.metadata,
            )
