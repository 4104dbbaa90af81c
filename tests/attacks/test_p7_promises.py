"""P7: a promise is worth something only if it is the community's, about this very ballot, in time.

And the database itself keeps two ballots of one number apart, whoever writes into it.
"""

import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import IntegrityError

from client.answers import Cast
from client.evidence import Evidence, EvidenceRefused
from client.poll import Poll, read_poll
from client.polls import PollsClient
from client.transport import Transport
from client.wallet.contents import Vote
from client.wallet.voting import check_promise
from credentials.errors import PromiseRefused
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.promise import Promise, SignedPromise
from server.polls import store
from tests.attacks.city import City
from tests.attacks.published import honest
from tests.attacks.wallet import Wallet, cast


def kept(ballot: Ballot, manifest: Manifest) -> Vote:
    """A ballot as a wallet keeps it."""
    return Vote(
        poll=manifest.poll,
        manifest_hash=manifest.manifest_hash,
        count=0,
        question=manifest.question,
        marks=(1,),
        sequence=ballot.sequence,
        answer="red",
        ballot=ballot.to_cbor(),
        leaf_hash=ballot.leaf_hash,
    )


def seen(city: City, manifest: Manifest) -> Poll:
    """The poll as a wallet sees it."""
    polls = PollsClient(city.address, transport=Transport())
    return read_poll(manifest.poll, polls=polls, metadata=city.metadata)


def test_p7_only_the_communitys_promise_about_this_ballot_in_time_is_one(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    ballot = honest(mia, poll, 1)
    told = cast(city, poll.poll, ballot.to_cbor()).json()
    signed = SignedPromise(
        octets=base64url.decode(told["promise"]), signature=base64url.decode(told["signature"])
    )
    answer = Cast(leaf_hash=base64url.decode(told["leaf_hash"]), promise=signed)
    vote, paper = kept(ballot, poll), seen(city, poll)

    def refused(answer: Cast) -> bool:
        try:
            check_promise(answer, vote=vote, poll=paper, metadata=city.metadata)
        except PromiseRefused:
            return True
        return False

    def signed_by(key: Ed25519PrivateKey, promise: Promise) -> Cast:
        return replace(answer, promise=SignedPromise.sign(promise, private_key=key))

    promise = signed.open(metadata_key=city.metadata.metadata_key)
    assert promise.merged_by == poll.closes_at + poll.batch_seconds
    community, other = city.session.keystore.metadata_key, secrets.token_bytes(32)
    assert not refused(answer)
    assert not refused(signed_by(community, promise))
    assert refused(signed_by(Ed25519PrivateKey.generate(), promise))
    assert refused(signed_by(community, replace(promise, leaf_hash=other)))
    assert refused(signed_by(community, replace(promise, manifest_hash=other)))
    assert refused(signed_by(community, replace(promise, merged_by=promise.merged_by + 1)))
    assert refused(replace(answer, leaf_hash=other))
    assert refused(replace(answer, promise=replace(signed, signature=bytes(64))))


def test_p7_p6_the_database_takes_no_two_ballots_of_one_number(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    first, rival = honest(mia, poll, 1), honest(mia, poll, 2)
    assert cast(city, poll.poll, first.to_cbor()).status_code == 201
    with pytest.raises(IntegrityError), city.session.database.write() as connection:
        store.add_ballot(
            connection,
            leaf_hash=rival.leaf_hash,
            poll=poll.poll,
            pseudonym=rival.pseudonym,
            sequence=rival.sequence,
            octets=rival.to_cbor(),
        )


def test_p7_two_checkpoints_that_agree_accuse_nobody(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    before = city.get(f"/polls/{poll.poll}/log/checkpoint").text
    assert mia.vote(poll, 1).status_code == 201
    city.close_poll(poll.poll)
    evidence = Evidence(
        metadata=city.session.community.signed(),
        manifest=poll.to_cbor(),
        checkpoint=city.get(f"/polls/{poll.poll}/log/checkpoint").text,
        leaves=city.get(f"/polls/{poll.poll}/log/leaves").content,
        other=before,
    )
    with pytest.raises(EvidenceRefused, match="its two checkpoints agree"):
        evidence.prove(fingerprint=city.metadata.community_id)
