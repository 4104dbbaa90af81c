"""Trap 23: keys that an organiser made alone are shown as "2 of 3 trustees: Anna of the council".

Nobody can keep an organiser from making keys and giving them names. So a poll names nobody who did
not sign, and wherever trustees are named their keys' fingerprints stand beside them, with what a
signature proves and what it does not.
"""

import json
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from client.poll import read_manifest
from credentials import domain_tags
from credentials.errors import EncodingError, PolicyError, SealingRefused
from credentials.formats import cbor
from credentials.formats.ceremony_result import CeremonyResult
from credentials.formats.manifest import Manifest
from credentials.formats.sealing import Sealing
from credentials.sealing.cards import TrusteeKeys
from credentials.sealing.trustees import check_sealing
from credentials.sealing.words import SIGNED_BY_KEYS
from server.problems import OperatorError
from tests.attacks.city import City
from tests.attacks.published import Published, failed
from tests.attacks.tampering import replace_manifest
from tests.attacks.two_faced import cosign, keys_of, new_witnesses
from tests.flows.members import refused, run
from tests.unit.client.trustees import PASSPHRASE, Trustees
from tests.unit.sealing.circle import Circle

NAMES = ("Anna of the council", "Bert", "Carla")
HTML = {"accept": "text/html"}


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trustees:
    """The real Anna, Bert and Carla, who held a ceremony."""
    monkeypatch.setenv("SYMBOLON_TRUSTEE_PASSPHRASE", PASSPHRASE)
    return Trustees(tmp_path / "council", names=NAMES)


def sealed_poll(city: City, sealing: Sealing, **more: object) -> Manifest:
    return city.open_poll(f"trap-23-{secrets.token_hex(4)}", sealing=sealing, **more)


def made_alone() -> Sealing:
    """What an organiser makes who holds all the keys: a ceremony in one head."""
    circle = Circle.of(3, threshold=2, names=NAMES)
    _, result = circle.finish(circle.deals())
    octets = result.to_cbor()
    signatures = tuple(
        keys.sign(octets, tag=domain_tags.CEREMONY_SIGNATURE) for keys in circle.trustees
    )
    return Sealing.by_trustees(result, signatures=signatures)


def fingerprint_of(folder: Path) -> str:
    """What a trustee's own program says of the own card."""
    shown = run("trustee", "show", "--dir", folder, "--json")
    assert shown.returncode == 0, shown.stderr
    fingerprint: str = json.loads(shown.stdout)["fingerprint"]
    return fingerprint


def flat(text: str) -> str:
    return " ".join(text.split())


def test_trap_23_wherever_trustees_are_named_their_fingerprints_tell_who_they_are(
    city: City, council: Trustees
) -> None:
    """The same names twice: those of the council, and those that the organiser made up."""
    own = [fingerprint_of(folder) for folder in council.folders]
    for sealing, theirs in ((council.sealing, True), (made_alone(), False)):
        manifest = sealed_poll(city, sealing)
        link = f"{city.address}/polls/{manifest.poll}"
        shown = run("poll", "show", link)
        assert shown.returncode == 0, shown.stderr
        page = city.client.get(f"/polls/{manifest.poll}", headers=HTML).text
        told = city.get(f"/polls/{manifest.poll}").json()["trustees"]
        organiser = city.command("poll", "show", manifest.poll).stdout
        for name, fingerprint in zip(NAMES, own, strict=True):
            for text in (shown.stdout, page, json.dumps(told), organiser):
                assert name in text
                assert (fingerprint in text) is theirs
        for text in (shown.stdout, page, organiser):
            assert SIGNED_BY_KEYS in flat(text)


def test_trap_23_the_audit_names_trustees_with_their_fingerprints(
    city: City, council: Trustees
) -> None:
    witnesses = new_witnesses("ada")
    manifest = sealed_poll(city, council.sealing, witnesses=keys_of(witnesses), witnesses_needed=1)
    city.session.polls.office.cancel(manifest.poll, reason="The test is over.")
    cosign(city, manifest, *witnesses, time=manifest.opens_at)
    line = Published.of(city, manifest.poll).audited().check("sealing")
    assert line is not None
    for trustee in council.result.trustees:
        assert f"{trustee.name} {trustee.fingerprint}" in line.reason


def test_trap_23_trustees_who_did_not_sign_cannot_be_named(
    city: City, council: Trustees, tmp_path: Path
) -> None:
    """Neither as polls named them before, nor by a file that lacks a signature."""
    manifest = sealed_poll(city, council.sealing)
    fields = list(cbor.decode(manifest.to_cbor()))  # type: ignore[arg-type]
    result = council.result
    keys = tuple((trustee.name, trustee.key) for trustee in result.trustees)
    for unsigned in (
        ("trustees", result.threshold, result.key, keys),
        ("trustees", result.to_cbor()),
        ("trustees", result.to_cbor(), ()),
        ("trustees", result.to_cbor(), council.signatures[:2]),
    ):
        fields[fields.index(manifest.sealing.to_fields())] = unsigned  # type: ignore[union-attr]
        with pytest.raises((EncodingError, PolicyError)):
            Manifest.from_cbor(cbor.encode(fields))
        fields = list(cbor.decode(manifest.to_cbor()))  # type: ignore[arg-type]
    file = tmp_path / "ceremony.json"
    ceremony = json.loads(council.ceremony)
    for signatures in ([], ceremony["signatures"][:2], ceremony["signatures"][::-1]):
        file.write_text(json.dumps(ceremony | {"signatures": signatures}))
        done = city.command(
            *("poll", "create", "Whose?", "--option=a", "--option=b", "--closes=1h"),
            f"--seal={file}",
        )
        assert done.returncode == 1
        assert "not signed by" in done.stderr


def changes(council: Trustees) -> dict[str, Sealing]:
    """The council's ceremony, changed by who holds none of its keys."""
    result, signatures = council.result, council.signatures
    alone = made_alone()
    assert alone.result is not None
    first, *others = result.trustees
    other_first = alone.result.trustees[0]

    def with_first(**fields: object) -> CeremonyResult:
        return replace(result, trustees=(replace(first, **fields), *others))  # type: ignore[arg-type]

    own = TrusteeKeys.generate("Anna of the council")
    replaced = with_first(verification_key=own.card.verification_key)
    own_line = own.sign(replaced.to_cbor(), tag=domain_tags.CEREMONY_SIGNATURE)
    return {
        "another key of the polls": Sealing.by_trustees(
            replace(result, key=alone.key), signatures=signatures
        ),
        "fewer to open": Sealing.by_trustees(replace(result, threshold=1), signatures=signatures),
        "another name": Sealing.by_trustees(with_first(name="Anton"), signatures=signatures),
        "another share key": Sealing.by_trustees(
            with_first(key=other_first.key), signatures=signatures
        ),
        "one trustee replaced": Sealing.by_trustees(
            replaced, signatures=(own_line, *signatures[1:])
        ),
        "signatures of another ceremony": Sealing.by_trustees(result, signatures=alone.signatures),
        "signatures in another order": Sealing.by_trustees(result, signatures=signatures[::-1]),
        "one signature for all": Sealing.by_trustees(result, signatures=(signatures[0],) * 3),
    }


def test_trap_23_what_trustees_signed_cannot_be_changed(city: City, council: Trustees) -> None:
    manifest = sealed_poll(city, council.sealing)
    read_manifest(manifest.to_cbor(), metadata=city.metadata)
    for name, sealing in changes(council).items():
        with pytest.raises(SealingRefused, match="not signed by"):
            check_sealing(sealing)
        false = replace(manifest, sealing=sealing)
        with pytest.raises(SealingRefused):
            read_manifest(false.to_cbor(), metadata=city.metadata)
        with pytest.raises(OperatorError, match="not signed by"):
            sealed_poll(city, sealing)
        assert name


def test_trap_23_a_served_poll_with_a_changed_ceremony_is_refused_by_wallet_and_audit(
    city: City, council: Trustees
) -> None:
    """The organiser runs another server, which asks nobody."""
    manifest = sealed_poll(city, council.sealing)
    false = replace(manifest, sealing=changes(council)["one trustee replaced"])
    replace_manifest(city, manifest, other=false, in_log=True)
    done = run("poll", "show", f"{city.address}/polls/{manifest.poll}")
    assert "not signed by Bert" in refused(done)
    city.session.polls.office.cancel(manifest.poll, reason="The test is over.")
    report = Published.of(city, manifest.poll).audited()
    assert "not signed by Bert" in failed(report)["sealing"]
