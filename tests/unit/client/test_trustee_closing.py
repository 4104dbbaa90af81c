"""What proves to a trustee that a poll has closed: an entry, a receipt, and those who cosigned."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.commands.trustee import open_poll
from client.errors import TrusteeError
from client.trustee.closing import closing_proven
from credentials.errors import LogRefused
from credentials.formats.poll_event import Kind, PollEvent
from credentials.log.cosignature import WitnessKey
from credentials.log.receipt import Receipt
from credentials.merkle import Tree
from tests.served_community import Served, serving
from tests.served_polls import ServedPoll
from tests.unit.client.trustees import Trustees, sealing_of


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def trustees(tmp_path: Path) -> Trustees:
    return Trustees(tmp_path)


@pytest.fixture
def poll(served: Served, trustees: Trustees) -> ServedPoll:
    return served.poll(sealing=sealing_of(trustees.result))


def witness(name: str) -> WitnessKey:
    return WitnessKey(name=name, private_key=Ed25519PrivateKey.generate())


def test_named_witnesses_have_to_have_cosigned_the_closing(
    served: Served, trustees: Trustees, poll: ServedPoll
) -> None:
    near, far = witness("near.example"), witness("far.example")
    poll.close()
    target, folder = f"{served.address}/polls/lunch", trustees.folders[0]
    signed = poll.poll.checkpoint(time=poll.time)
    line = near.cosign(signed.note.text, time=poll.time + 1)
    cosigned = signed.with_cosignature(line, key=near.verifier_key)
    served.lies["/polls/lunch/log/checkpoint"] = cosigned.to_text().encode()
    keys = [near.verifier_key.to_text(), far.verifier_key.to_text()]
    with pytest.raises(TrusteeError, match=r"far\.example has not cosigned"):
        open_poll(target=target, folder=folder, witnesses=keys)
    namesake = witness("near.example").verifier_key.to_text()
    with pytest.raises(TrusteeError, match=r"near\.example has not cosigned"):
        open_poll(target=target, folder=folder, witnesses=[namesake])
    assert not any(path.endswith("/shares") for path in served.asked)
    open_poll(target=target, folder=folder, witnesses=keys[:1])
    assert any(path.endswith("/shares") for path in served.asked)


def proof(poll: ServedPoll) -> tuple[bytes, Receipt]:
    entries, leaves = poll.poll.entries, poll.poll.leaves
    signed = poll.poll.checkpoint()
    index = len(entries) - 1
    return entries[-1], Receipt.make(Tree.over(leaves), index=index, signed=signed)


def test_a_closing_in_the_future_is_refused(poll: ServedPoll) -> None:
    poll.close()
    closing, receipt = proof(poll)
    known = {
        "receipt": receipt,
        "manifest": poll.poll.manifest,
        "key": poll.poll.community.metadata.metadata_key,
    }
    now = int(time.time())
    event = closing_proven(closing, now=max(now, poll.poll.closes_at), **known)
    assert event.kind is Kind.CLOSING
    with pytest.raises(TrusteeError, match="in the future"):
        closing_proven(closing, now=event.at - 1, **known)


def test_a_receipt_proves_one_entry_of_one_log(poll: ServedPoll) -> None:
    poll.close()
    closing, receipt = proof(poll)
    manifest, key = poll.poll.manifest, poll.poll.community.metadata.metadata_key
    late = poll.poll.closes_at + 10
    other = PollEvent(kind=Kind.CLOSING, at=poll.poll.closes_at, reason="Now.").to_cbor()
    elsewhere = replace(manifest, origin=manifest.origin.replace("lunch", "dinner"), poll="dinner")
    for octets, under, signer in (
        (other, manifest, key),
        (closing, elsewhere, key),
        (closing, manifest, bytes(32)),
        (b"", manifest, key),
        (manifest.to_cbor(), manifest, key),
    ):
        with pytest.raises(LogRefused):
            closing_proven(octets, receipt=receipt, manifest=under, key=signer, now=late)
