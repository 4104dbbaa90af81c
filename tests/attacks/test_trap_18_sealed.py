"""Trap 18: no ballot blocks a sealed poll's result, no trustee does alone, and nothing is readable
before the close."""

import hashlib
import secrets
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials import domain_tags
from credentials.curve import curve
from credentials.curve.scalars import ORDER, random_scalar
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.poll_event import PollEvent
from credentials.formats.sealing import Sealing
from credentials.sealing import ServerOpener, open_sealed, share_of
from server.problems import OperatorError
from tests.attacks.city import City, slug
from tests.attacks.published import Published, failed, honest, with_content
from tests.attacks.two_faced import cosign, keys_of, new_witnesses
from tests.attacks.wallet import Wallet, cast
from tests.poll_papers import signed_sealing
from tests.unit.curve.odd_points import g2_octets, g2_of_full_order, g2_of_order

NAMES = ("Thea", "Theo", "Tilda")


def by_server(city: City) -> Sealing:
    return Sealing(key=ServerOpener(secret=city.session.keystore.opening_secret).key)


def by_trustees() -> tuple[Sealing, list[int]]:
    """Two of three; the sealing, and their shares of a secret that nobody keeps."""
    secret, slope = random_scalar(), random_scalar()
    shares = [(secret + slope * number) % ORDER for number in (1, 2, 3)]
    return signed_sealing(secret, shares=shares, threshold=2, names=NAMES), shares


def open_sealed_poll(city: City, sealing: Sealing, **more: Any) -> Manifest:
    poll = f"sealed-{secrets.token_hex(4)}"
    return city.open_poll(poll, options=("red", "green", "blue"), sealing=sealing, **more)


def hand_in(city: City, manifest: Manifest, trustee: int, share: bytes) -> tuple[int, str, str]:
    """Status, slug and sentence of the answer to a share."""
    body = {"trustee": trustee, "share": base64url.encode(share)}
    answer = city.post(f"/polls/{manifest.poll}/shares", body)
    problem = slug(answer)
    return answer.status_code, problem, answer.json()["detail"] if problem else ""


# --- ballots


def malformed(length: int) -> dict[str, bytes]:
    """Contents of a sealed ballot's length that are none."""
    rest = bytes(length - 96)
    identity = b"\xc0" + bytes(95)
    generator = curve.encode_g2(curve.g2_generator)
    return {
        "random": secrets.token_bytes(length),
        "zero": bytes(length),
        "ones": b"\xff" * length,
        "identity": identity + rest,
        "another identity": b"\xc0" + bytes(94) + b"\x01" + rest,
        "outside the subgroup": g2_octets(g2_of_full_order()) + rest,
        "of small order": g2_octets(g2_of_order(13)) + rest,
        "a point and no ciphertext": generator + rest,
    }


def sealed_to_nobody(wallet: Wallet, manifest: Manifest) -> bytes:
    """With the identity as U every pairing is one, so that all can read the vote at once."""
    one = (1).to_bytes(48, "big") + bytes(11 * 48)
    point_u = b"\xc0" + bytes(95)
    context = manifest.manifest_hash + wallet.ballot(manifest, 1).pseudonym + (1).to_bytes(8, "big")
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=domain_tags.SEALED_BALLOT)
    key = AESGCM(derivation.derive(one + point_u + context))
    return point_u + key.encrypt(bytes(12), manifest.paper.padded((1,)), context)


def test_trap_18_whatever_is_sealed_badly_counts_as_invalid_and_blocks_nothing(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    manifest = open_sealed_poll(city, by_server(city))
    good = honest(crowd[0], manifest, 2)
    assert cast(city, manifest.poll, good.to_cbor()).status_code == 201
    contents = malformed(manifest.paper.sealed_length)
    contents["a copied ciphertext"] = good.content
    contents["opens without the opening value"] = sealed_to_nobody(crowd[9], manifest)
    voters = [*crowd[1:9], crowd[10], crowd[9]]
    for (name, content), wallet in zip(contents.items(), voters, strict=True):
        ballot = with_content(wallet, manifest, content)
        assert cast(city, manifest.poll, ballot.to_cbor()).status_code == 201, name
    result = city.certify(manifest.poll)
    assert (result.ballots, result.invalid, result.winners) == (1, len(contents), (2,))
    published = Published.of(city, manifest.poll)
    assert published.audited().sound
    assert published.audited().result == result


def test_trap_18_a_vote_sealed_under_another_number_is_invalid(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    """The own ciphertext, sent again as a re-vote: the re-vote counts, and it is invalid."""
    manifest = open_sealed_poll(city, by_server(city))
    first = honest(crowd[0], manifest, 1)
    again = with_content(crowd[0], manifest, first.content, sequence=2)
    for ballot in (first, again):
        assert cast(city, manifest.poll, ballot.to_cbor()).status_code == 201
    result = city.certify(manifest.poll)
    assert (result.ballots, result.invalid) == (0, 1)


def test_trap_18_a_sealed_vote_of_another_length_is_refused(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    manifest = open_sealed_poll(city, by_server(city))
    length = manifest.paper.sealed_length
    for bad in (0, 1, 96, length - 1, length + 1):
        ballot = with_content(crowd[0], manifest, secrets.token_bytes(bad))
        answer = cast(city, manifest.poll, ballot.to_cbor())
        assert slug(answer) == "ballot-refused", bad
    assert cast(city, manifest.poll, honest(crowd[0], manifest, 1).to_cbor()).status_code == 201


# --- trustees


def test_trap_18_one_trustee_is_missing_and_one_lies(city: City, crowd: tuple[Wallet, ...]) -> None:
    sealing, shares = by_trustees()
    witnesses = new_witnesses("ada")
    manifest = open_sealed_poll(city, sealing, witnesses=keys_of(witnesses), witnesses_needed=1)
    digest = manifest.manifest_hash
    ballot = honest(crowd[0], manifest, 3)
    assert cast(city, manifest.poll, ballot.to_cbor()).status_code == 201
    good = [share_of(share, digest=digest) for share in shares]
    early = hand_in(city, manifest, 1, good[0])
    assert early[:2] == (409, "poll-not-closed")
    city.close_poll(manifest.poll)
    assert hand_in(city, manifest, 1, good[0])[:2] == (409, "poll-not-witnessed")
    cosign(city, manifest, *witnesses, time=int(time.time()))
    assert city.get(f"/polls/{manifest.poll}").json()["trustees"][0]["share"] is False
    lies = {
        "another's share": good[0],
        "of another poll": share_of(shares[1], digest=hashlib.sha256(b"other").digest()),
        "the identity": b"\xc0" + bytes(47),
        "no point": bytes(48),
        "the generator": curve.encode_g1(curve.g1_generator),
    }
    for name, lie in lies.items():
        status, problem, detail = hand_in(city, manifest, 2, lie)
        assert (status, problem) == (422, "share-refused"), name
        assert "Theo" in detail
    for trustee in (0, 4, 2**31):
        assert hand_in(city, manifest, trustee, good[0])[0] in (400, 422)
    assert hand_in(city, manifest, 1, good[0])[0] == 200
    assert hand_in(city, manifest, 1, good[0])[0] == 200, "the same again changes nothing"
    state = city.get(f"/polls/{manifest.poll}").json()["state"]
    assert state == "closed", "one share twice is not two"
    with pytest.raises(OperatorError):
        city.certify(manifest.poll)
    assert slug(city.get(f"/polls/{manifest.poll}/result")) == "poll-sealed"
    assert hand_in(city, manifest, 3, good[2])[0] == 200
    assert city.certify(manifest.poll).winners == (3,)
    assert Published.of(city, manifest.poll).audited().sound


def test_trap_18_an_opening_value_that_is_not_the_polls_is_named(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    """With a false value the organiser would call every ballot invalid."""
    manifest = open_sealed_poll(city, by_server(city))
    assert cast(city, manifest.poll, honest(crowd[0], manifest, 3).to_cbor()).status_code == 201
    city.certify(manifest.poll)
    published = Published.of(city, manifest.poll)
    closing, opening, certification = published.events
    value = curve.encode_g1(curve.g1_generator)
    event = PollEvent.from_cbor(opening)
    forged = PollEvent(kind=event.kind, at=event.at, value=value).to_cbor()
    changed = published.with_entries(
        [published.entries[0], *published.ballots, closing, forged, certification]
    ).counted_anew()
    assert changed.result.invalid == 1
    assert set(failed(changed.audited())) == {"opening value"}


# --- nothing to read before the close


def everything(city: City, manifest: Manifest, leaf: bytes) -> dict[str, bytes]:
    """All that anybody can ask about a poll."""
    path = f"/polls/{manifest.poll}"
    found = {
        ending: city.get(f"{path}{ending}").content
        for ending in (
            *("", "/result", "/chart.svg", "/bundle", "/log/checkpoint", "/log/events"),
            *("/log/leaves", f"/log/proof/{base64url.encode(leaf)}"),
        )
    }
    found["page"] = city.client.get(path, headers={"accept": "text/html"}).content
    found["feed"] = city.get("/polls/feed.atom").content
    return found


@pytest.mark.parametrize("kind", ["open", "sealed"])
def test_trap_18_before_the_close_nothing_tells_what_was_voted(
    city: City, crowd: tuple[Wallet, ...], kind: str
) -> None:
    sealing = by_server(city) if kind == "sealed" else None
    manifest = city.open_poll(
        f"quiet-{secrets.token_hex(4)}", options=("red", "green"), sealing=sealing, batch_seconds=1
    )
    ballots = [honest(wallet, manifest, 2) for wallet in crowd[:10]]
    for ballot in ballots:
        assert cast(city, manifest.poll, ballot.to_cbor()).status_code == 201
    refused = cast(city, manifest.poll, honest(crowd[0], manifest, 1, sequence=5).to_cbor())
    assert slug(refused) == "sequence-wrong"
    texts = everything(city, manifest, ballots[0].leaf_hash)
    texts["error"] = refused.content
    for name in ("/result", "/chart.svg", "/bundle"):
        problem = slug(city.get(f"/polls/{manifest.poll}{name}"))
        assert problem in ("poll-still-open", "poll-sealed", "poll-not-certified")
    for name, text in texts.items():
        for ballot in ballots:
            proof = ballot.presentation.proof
            assert base64url.encode(proof).encode() not in text, name
            assert proof not in text, name
            assert ballot.pseudonym not in text, name
            assert base64url.encode(ballot.pseudonym).encode() not in text, name
            assert ballot.content not in text or len(ballot.content) == 1, name
    assert len(texts["/log/leaves"]) % 32 == 0
    assert b"<svg" not in texts["page"]


def test_trap_18_the_organisers_database_holds_no_vote_that_only_trustees_can_open(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    sealing, _ = by_trustees()
    manifest = open_sealed_poll(city, sealing)
    ballot = honest(crowd[0], manifest, 1)
    assert cast(city, manifest.poll, ballot.to_cbor()).status_code == 201
    ((octets,),) = city.rows("SELECT octets FROM ballots WHERE poll = ?", manifest.poll)
    kept = Ballot.from_cbor(octets)
    opening = share_of(city.session.keystore.opening_secret, digest=manifest.manifest_hash)
    with pytest.raises(Exception, match="does not open"):
        open_sealed(
            kept.content,
            opening=opening,
            digest=manifest.manifest_hash,
            pseudonym=kept.pseudonym,
            sequence=1,
        )
