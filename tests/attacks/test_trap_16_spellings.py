"""Trap 16: other spellings of a pseudonym or a ballot, other sequence numbers, other origins."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import httpx

from credentials.curve import curve
from credentials.formats import base64url, cbor
from credentials.formats.manifest import Manifest
from credentials.formats.qr import from_qr_text, to_qr_text
from credentials.scope import app_scope
from tests.attacks.city import City, slug
from tests.attacks.wallet import Wallet, ballot_octets, calm_slot, cast, enrol
from tests.unit.curve.odd_points import FIELD, small_order_points_g1


def spellings_of(pseudonym: bytes) -> Iterator[bytes]:
    """Octets that a careless decoder takes for the same point, or for none at all."""
    yield bytes([pseudonym[0] ^ 0x20]) + pseudonym[1:]  # the point's negative
    yield bytes([pseudonym[0] & 0x7F]) + pseudonym[1:]  # not marked as compressed
    yield bytes([pseudonym[0] | 0x40]) + pseudonym[1:]  # marked as the identity
    for first in (0xC0, 0xE0, 0x40, 0x00):
        yield bytes([first]) + bytes(47)
        yield bytes([first]) + bytes(46) + b"\x01"
    x = int.from_bytes(bytes([pseudonym[0] & 0x1F]) + pseudonym[1:], "big") + FIELD
    if x < 2**381:
        flags = pseudonym[0] & 0xE0
        unreduced = x.to_bytes(48, "big")
        yield bytes([unreduced[0] | flags]) + unreduced[1:]
    yield from small_order_points_g1(beside=pseudonym)
    yield curve.encode_g1(curve.decode_g1(pseudonym) + curve.g1_generator)


def small_pseudonym(city: City) -> tuple[Wallet, Manifest]:
    """A member, and a poll in which its pseudonym has a second, unreduced spelling in 381 bits."""
    wallet = enrol(city)
    for _ in range(200):
        poll = city.open_poll(f"spelled-{secrets.token_hex(4)}", options=("red", "green", "blue"))
        pseudonym = wallet.ballot(poll, 1).presentation.pseudonym
        x = int.from_bytes(bytes([pseudonym[0] & 0x1F]) + pseudonym[1:], "big")
        if x + FIELD < 2**381:
            return wallet, poll
    raise AssertionError


def test_trap_16_no_other_spelling_of_a_pseudonym_gives_a_second_vote(
    city: City,
) -> None:
    member, poll = small_pseudonym(city)
    shown = member.ballot(poll, 2).presentation
    named = poll.manifest_hash

    def all_spellings() -> Iterator[httpx.Response]:
        for spelled in spellings_of(shown.pseudonym):
            presentation = replace(shown, pseudonym=spelled)
            yield cast(city, poll.poll, ballot_octets(named, 1, 2, presentation))

    answers = list(all_spellings())
    assert len(answers) >= 20
    assert {slug(answer) for answer in answers} <= {"ballot-refused", "encoding-refused"}
    assert member.vote(poll, 1).status_code == 201
    assert {answer.status_code for answer in all_spellings()} == {400}
    assert city.votes(poll) == ([1, 0, 0], 0)


def test_trap_16_no_other_spelling_of_a_pseudonym_opens_a_door_again(
    city: City, mia: Wallet
) -> None:
    calm_slot(seconds=6)
    shown = mia.presentation("gate")
    assert mia.enter("gate", code=to_qr_text(shown.to_cbor())) == "admitted"
    for spelled in spellings_of(shown.pseudonym):
        code = to_qr_text(replace(shown, pseudonym=spelled).to_cbor())
        assert mia.enter("gate", code=code) == "invalid"
    assert mia.enter("gate") == "already_in"


def other_encodings(octets: bytes) -> Iterator[str]:
    """The same ballot in other octets or other text: none of them may be a ballot of its own."""
    text = base64url.encode(octets)
    yield text + "=" * (-len(text) % 4 or 4)
    yield text.replace("-", "+").replace("_", "/") if set("-_") & set(text) else text + "\n"
    yield text + "A"
    yield text + " "
    if len(text) % 4:
        following = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        yield text[:-1] + following[following.index(text[-1]) ^ 1]
    yield base64url.encode(octets + b"\x00")
    yield base64url.encode(octets[:-1])
    assert octets[0] == 0x85
    yield base64url.encode(b"\x98\x05" + octets[1:])
    yield base64url.encode(b"\x9f" + octets[1:] + b"\xff")
    yield base64url.encode(b"\xd9\xd9\xf7" + octets)
    label, manifest_hash, sequence, choice, shown = cbor.decode(octets)  # type: ignore[misc]
    head = cbor.encode((label, manifest_hash))[1:]
    for number in (b"\x18\x01", b"\x19\x00\x01", b"\x1b" + bytes(7) + b"\x01", b"\xc2\x41\x01"):
        rest = cbor.encode((choice, shown))[1:]
        yield base64url.encode(b"\x85" + head + number + rest)
        rest = cbor.encode((shown,))[1:]
        yield base64url.encode(b"\x85" + head + cbor.encode(sequence) + number + rest)


def test_trap_16_a_ballot_has_one_encoding(city: City, mia: Wallet, poll: Manifest) -> None:
    octets = mia.ballot_octets(poll, 1)

    def send_all() -> set[int]:
        return {
            city.post(f"/polls/{poll.poll}/ballots", {"ballot": text}).status_code
            for text in other_encodings(octets)
        }

    assert send_all() == {400}
    assert cast(city, poll.poll, octets).status_code == 201
    assert send_all() == {400}
    assert city.votes(poll) == ([1, 0, 0], 0)


def test_trap_16_no_sequence_number_blocks_or_repeats_a_vote(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    numbers = (0, 2, 3, 23, 24, 2**24 - 1, 2**24, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 1)
    for sequence in numbers:
        answer = mia.vote(poll, 1, sequence=sequence)
        assert answer.status_code in (400, 409), sequence
        if answer.status_code == 409:
            assert slug(answer) == "sequence-wrong"
            assert answer.json()["expected"] == 1
    assert mia.vote(poll, 1).status_code == 201, "the member's vote is not blocked"
    for sequence in (number for number in numbers if number != 2):
        assert mia.vote(poll, 2, sequence=sequence).status_code in (400, 409)
    assert mia.vote(poll, 3, sequence=2).status_code == 201, "nor is voting again"
    for sequence in (1, 2, 4):
        answer = mia.vote(poll, 2, sequence=sequence)
        assert (slug(answer), answer.json()["expected"]) == ("sequence-wrong", 3)
    assert city.votes(poll) == ([0, 0, 1], 0)


def test_trap_16_the_right_number_is_named_only_to_whoever_proved(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    shown = mia.ballot(poll, 1).presentation
    answer = cast(city, poll.poll, ballot_octets(poll.manifest_hash, 2, 1, shown))
    assert slug(answer) == "ballot-refused"
    assert "expected" not in answer.json()


def test_trap_16_one_poll_has_one_pseudonym_whatever_host_it_is_reached_by(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    """Apex and www are two apps with two pseudonyms; a poll's scope holds no address at all."""
    assert mia.pseudonym_at("apex") != mia.pseudonym_at("www")
    hosts = ("agora.example", "www.agora.example", "AGORA.example:443", "localhost")
    answers = []
    for number, host in enumerate(hosts):
        body = {"ballot": base64url.encode(mia.ballot_octets(poll, number % 3))}
        headers = {"host": host, "origin": f"https://{host}"}
        path = f"/polls/{poll.poll}/ballots"
        answers.append(city.client.post(path, json=body, headers=headers).status_code)
    assert answers == [201, 409, 409, 409]
    manifests = {
        city.client.get(f"/polls/{poll.poll}", headers={"host": host}).json()["manifest_hash"]
        for host in hosts
    }
    assert len(manifests) == 1


def test_trap_16_two_apps_of_one_origin_share_one_pseudonym(mia: Wallet) -> None:
    """The origin makes the scope, not the path: no second account by another path."""
    one = app_scope("login", "https://cafe.example/answer")
    assert one.context_id == app_scope("login", "https://cafe.example/other").context_id
    assert one.context_id != app_scope("login", "https://www.cafe.example/answer").context_id


def test_trap_16_no_other_spelling_of_a_code_gets_past_a_members_only_door(
    city: City, mia: Wallet
) -> None:
    """The door remembers nothing but the code; another text of the same octets is no other code.

    What scanners add is taken off, and leaves the code that was used.
    """
    calm_slot(seconds=4)
    code = mia.code("lounge")
    assert mia.enter("lounge", code=code) == "admitted"
    octets = from_qr_text(code)
    respelled = [code + "0", to_qr_text(octets + b"\x00"), to_qr_text(b"\x98\x08" + octets[1:])]
    for text in respelled:
        assert mia.enter("lounge", code=text) in ("invalid", "replayed")
    for text in (code.lower(), code + " ", " " + code, code.replace("SYM1:", "sym1:"), code + "\t"):
        assert mia.enter("lounge", code=text) == "replayed"
    assert mia.enter("lounge", code=code) == "replayed"
