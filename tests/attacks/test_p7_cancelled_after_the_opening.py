"""P7: a result that people have seen cannot be annulled; an objection stands beside it.

An organiser who dislikes a result would cancel the poll. The service refuses, and so does the audit
where the organiser signs a cancellation all the same.
"""

import json
import secrets
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from client.audit import audit
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.sealing import Sealing
from credentials.polls import State
from credentials.sealing import ServerOpener, share_of
from server.polls import store
from tests.attacks.city import City, slug
from tests.attacks.published import Published, failed, honest
from tests.attacks.two_faced import cosign, keys_of, new_witnesses
from tests.attacks.wallet import Wallet, cast
from tests.flows.members import run
from tests.poll_papers import signed_sealing

REASON = "The wrong side won."
HTML = {"accept": "text/html"}
NAMES = ("Solon", "Aspasia")


def ended(city: City, wallet: Wallet, kind: str) -> Manifest:
    """A poll in which one member voted, whose result everybody can see by now."""
    witnesses = new_witnesses("ada")
    secret = city.session.keystore.opening_secret
    draft: dict[str, dict[str, Any]] = {
        "unsealed": {},
        "server": {"sealing": Sealing(key=ServerOpener(secret=secret).key)},
        "trustees": {
            "sealing": signed_sealing(5, shares=(8, 11), threshold=2, names=NAMES),
            "witnesses": keys_of(witnesses),
            "witnesses_needed": 1,
        },
    }
    poll = f"seen-{secrets.token_hex(4)}"
    manifest = city.open_poll(poll, options=("red", "green"), **draft[kind])
    assert cast(city, poll, honest(wallet, manifest, 2).to_cbor()).status_code == 201
    city.close_poll(poll)
    if kind == "trustees":
        cosign(city, manifest, *witnesses, time=manifest.opens_at)
        for number, share in ((1, 8), (2, 11)):
            value = share_of(share, digest=manifest.manifest_hash)
            city.session.polls.life.take_share(poll, trustee=number, share=value)
    return manifest


@pytest.mark.parametrize("kind", ["unsealed", "server", "trustees"])
def test_p7_the_service_cancels_nothing_that_people_have_seen(
    city: City, mia: Wallet, kind: str
) -> None:
    manifest = ended(city, mia, kind)
    assert city.get(f"/polls/{manifest.poll}/result").status_code == 200
    done = city.command("poll", "cancel", manifest.poll, f"--reason={REASON}")
    assert done.returncode == 1
    assert f"symbolon-server poll object {manifest.poll}" in done.stderr
    assert city.get(f"/polls/{manifest.poll}").json()["state"] != "cancelled"
    assert city.get(f"/polls/{manifest.poll}/result").status_code == 200
    city.session.polls.office.certify(manifest.poll)
    assert Published.of(city, manifest.poll).audited().sound


@pytest.mark.parametrize("kind", ["unsealed", "server", "trustees"])
def test_p7_a_cancellation_that_the_organiser_signs_all_the_same_fails_the_audit(
    city: City, mia: Wallet, kind: str
) -> None:
    manifest = ended(city, mia, kind)
    with city.session.database.write() as connection:
        poll = city.session.polls.life.hold(connection, manifest.poll)
        event = PollEvent(kind=Kind.CANCELLATION, at=manifest.closes_at, reason=REASON)
        city.session.polls.service.logs.append_event(
            connection, poll, event, now=manifest.closes_at
        )
        store.update_poll(connection, manifest.poll, state=State.CANCELLED.value)
    report = Published.of(city, manifest.poll).audited()
    assert "cancelled after its result could be seen" in failed(report)["order of the log"]
    assert report.state is not State.CANCELLED


def test_p7_an_objection_stands_beside_the_result_wherever_it_is_shown(
    city: City, mia: Wallet, tmp_path: Path
) -> None:
    manifest = ended(city, mia, "unsealed")
    poll = manifest.poll
    done = city.command("poll", "object", poll, f"--reason={REASON}")
    assert done.returncode == 0, done.stderr
    assert "stands beside the result" in done.stdout
    for certified in (False, True):
        page = city.client.get(f"/polls/{poll}", headers=HTML).text
        assert ("Certified result" if certified else "Provisional result") in page
        assert "“green” wins." in page
        result = city.get(f"/polls/{poll}/result").json()
        assert [one["text"] for one in result["winners"]] == ["green"]
        assert [one["reason"] for one in result["objections"]] == [REASON]
        terminal = city.command("poll", "result", poll).stdout
        feed = city.get("/polls/feed.atom").text
        for text in (page, terminal, feed):
            assert REASON in text
            assert "objects to th" in text
        if not certified:
            city.session.polls.office.certify(poll)
    late = city.command("poll", "object", poll, "--reason=Once more.")
    assert "certified already" in late.stderr
    published = Published.of(city, poll)
    report = audit(BytesIO(published.octets), fingerprint=city.metadata.community_id, processes=1)
    assert report.sound
    assert [objection.reason for objection in report.objections] == [REASON]
    bundle = tmp_path / "poll.symbolon"
    bundle.write_bytes(published.octets)
    said = run("audit", bundle)
    assert f"The organiser objects to this result: {REASON}" in said.stdout
    told = json.loads(run("audit", bundle, "--json").stdout)
    assert [one["reason"] for one in told["objections"]] == [REASON]
    assert told["sentence"] == "“green” wins."


def test_p7_an_objection_takes_nothing_from_the_result_and_needs_one(
    city: City, mia: Wallet
) -> None:
    poll = f"seen-{secrets.token_hex(4)}"
    sealing = signed_sealing(5, shares=(8, 11), threshold=2, names=NAMES)
    city.open_poll(poll, sealing=sealing)
    assert "no result yet" in city.command("poll", "object", poll, f"--reason={REASON}").stderr
    # Nobody has seen a result: it may be cancelled, and stays sealed for ever.
    assert city.command("poll", "cancel", poll, f"--reason={REASON}").returncode == 0
    assert slug(city.get(f"/polls/{poll}/result")) == "poll-cancelled"
    assert Published.of(city, poll).audited().sound
    # The organiser leaves out what was objected, or puts it elsewhere: the log is another one.
    manifest = ended(city, mia, "unsealed")
    city.session.polls.office.object(manifest.poll, reason=REASON)
    city.session.polls.office.certify(manifest.poll)
    published = Published.of(city, manifest.poll)
    closing, objection, certification = published.events
    without = published.with_entries(
        [published.entries[0], *published.ballots, closing, certification]
    )
    assert "log's root" in failed(without.audited())
    before = published.with_entries(
        [published.entries[0], *published.ballots, objection, closing, certification]
    ).signed_anew()
    assert "order of the log" in failed(before.audited())
