"""P7: members who abstained prove it, and nobody votes in their name or beyond the roll.

The stuffing issuer, who gives out one serial twice, has a community in memory.
"""

import secrets
from dataclasses import replace

from credentials.formats.abstention import Abstention
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.polls import make_abstention
from tests.attacks.city import City, slug
from tests.attacks.published import Published, failed
from tests.attacks.wallet import Wallet, cast, enrol
from tests.community import Community, head_named
from tests.poll_papers import open_manifest
from tests.polling import PollInMemory
from tests.unit.client.audited import Beside, audited_poll


def abstained(wallet: Wallet, manifest: Manifest) -> bytes:
    """A proof of having cast nothing, made by whoever wants to."""
    head = head_named(wallet.city.heads, manifest.head)
    assert head is not None
    return make_abstention(wallet.at(head), manifest=manifest, head=head).to_cbor()


def test_p7_abstention_proofs_hold_only_of_those_who_abstained_and_only_here(
    city: City, mia: Wallet, leo: Wallet, poll: Manifest
) -> None:
    assert mia.vote(poll, 1).status_code == 201
    other = city.open_poll(f"other-{secrets.token_hex(4)}", options=poll.options)
    city.certify(poll.poll)
    published = Published.of(city, poll.poll)
    good = abstained(leo, poll)
    assert published.audited(abstentions={"leo": good, "leo again": abstained(leo, poll)}).sound
    report = published.audited(abstentions={"leo": good, "leo again": abstained(leo, poll)})
    line = report.check("abstentions")
    assert line is not None
    assert line.reason.startswith("1 member"), "two proofs of one member are one abstention"
    late = enrol(city)
    lies = {
        "who voted": (abstained(mia, poll), "a ballot of this member is in the log"),
        "another poll": (abstained(leo, other), "another poll"),
        "relabelled": (relabelled(abstained(leo, other), poll), "another poll"),
        "no proof": (b"", ""),
        "not on the roll": (moved_to(abstained(leo, poll), late, poll), "refused"),
    }
    for name, (octets, reason) in lies.items():
        found = failed(published.audited(abstentions={"liar": octets}))
        assert set(found) == {"abstentions"}, name
        assert reason in found["abstentions"], name


def relabelled(octets: bytes, manifest: Manifest) -> bytes:
    """A proof of another poll under this poll's name."""
    found = Abstention.from_cbor(octets)
    object.__setattr__(found, "manifest_hash", manifest.manifest_hash)
    return found.to_cbor()


def moved_to(octets: bytes, wallet: Wallet, manifest: Manifest) -> bytes:
    """A proof with the pseudonym of somebody else."""
    found = Abstention.from_cbor(octets)
    pseudonym = wallet.ballot(manifest, 1).pseudonym
    shown = replace(found.presentation, pseudonym=pseudonym)
    return replace(found, presentation=shown).to_cbor()


def test_p7_a_proof_of_abstention_is_no_ballot_and_a_ballot_no_proof(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    """Whoever collects such proofs cannot vote with them, nor call a voter an abstainer."""
    proof = Abstention.from_cbor(abstained(mia, poll))
    for content in (b"", b"\x01"):
        forged = Ballot(
            manifest_hash=poll.manifest_hash,
            sequence=1,
            content=content,
            presentation=proof.presentation,
        )
        assert slug(cast(city, poll.poll, forged.to_cbor())) == "ballot-refused"
    ballot = mia.ballot(poll, 0)
    city.certify(poll.poll)
    made_up = Abstention(manifest_hash=poll.manifest_hash, presentation=ballot.presentation)
    found = failed(Published.of(city, poll.poll).audited(abstentions={"a": made_up.to_cbor()}))
    assert "refused" in found["abstentions"]


def test_p7_an_issuer_that_stuffs_is_found_out_by_those_who_abstained() -> None:
    """One serial given out twice: more pseudonyms than places on the roll."""
    town = Community(roll=2)
    ana, bo = town.enrol(), town.enrol()
    town.serial = 0
    twins = [town.enrol(), town.enrol()]
    poll = PollInMemory(town, open_manifest(town))
    for twin in twins:
        poll.cast(twin, 1)
    poll.end()
    assert audited_poll(poll).sound, "two voted, of a roll of two"
    proofs = {"ana": poll.abstention(ana).to_cbor(), "bo": poll.abstention(bo).to_cbor()}
    reason = failed(audited_poll(poll, beside=Beside(abstentions=proofs)))["abstentions"]
    assert "ballots were stuffed: 2 voted and 2 prove" in reason
