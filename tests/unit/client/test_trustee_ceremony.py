"""`symbolon trustee`, from cards to a ceremony that two of three trustees can open polls with."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from client.commands import terminal
from client.commands.trustee import commands
from client.errors import ClientError, TrusteeError
from client.sealed_file import key_for, new_key, seal, unseal
from client.trustee.secret import TRUSTEE_FORM
from credentials.formats import base64url
from credentials.sealing.ceremony import read_ceremony
from tests.unit.client.trustees import PASSPHRASE
from tests.unit.sealing.circle import read_without_checks

NAMES = ("Ana", "Bela", "Chloë")


@dataclass(frozen=True)
class Table:
    """Three folders, one for each trustee."""

    path: Path

    def folder(self, name: str) -> Path:
        return self.path / name

    def files(self, kind: str) -> list[str]:
        plain = {name: name.lower().replace("ë", "e") for name in NAMES}
        return [str(self.folder(name) / f"{plain[name]}-{kind}.json") for name in NAMES]

    def run(self, *words: str) -> str:
        """What a command prints; raises what it ends with."""
        ran = CliRunner().invoke(commands, list(words))
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        assert ran.exit_code == 0, ran.output
        return ran.output

    def of(self, name: str, command: str, *words: str) -> str:
        return self.run(command, "--dir", str(self.folder(name)), *words)

    def json(self, name: str, command: str, *words: str) -> Any:
        ran = self.of(name, command, *words, "--json")
        return json.loads(ran[ran.index("{") :])

    def sit_down(self) -> None:
        for name in NAMES:
            self.of(name, "init", "--name", name)

    def deal(self, *words: str, names: tuple[str, ...] = NAMES) -> list[Any]:
        cards = self.files("card")
        return [self.json(name, "deal", "--threshold", "2", *words, *cards) for name in names]

    def finish(self) -> list[Any]:
        return [self.json(name, "finish", *self.files("deal")) for name in NAMES]


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLON_TRUSTEE_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    table = Table(tmp_path)
    table.sit_down()
    return table


@pytest.fixture
def finished(table: Table) -> Table:
    table.deal()
    table.finish()
    return table


def inside(table: Table, name: str) -> dict[str, Any]:
    """What is sealed in a trustee's file of secrets."""
    sealed = (table.folder(name) / "secret").read_bytes()
    key = key_for(sealed, passphrase=PASSPHRASE, form=TRUSTEE_FORM)
    value: dict[str, Any] = json.loads(unseal(sealed, key=key))
    return value


def put_inside(table: Table, name: str, octets: bytes) -> None:
    """Seal something else there, under the same passphrase."""
    file = table.folder(name) / "secret"
    file.write_bytes(seal(octets, key=new_key(PASSPHRASE, form=TRUSTEE_FORM)))


def secrets_of(table: Table, name: str) -> list[str]:
    secret = inside(table, name)
    return [secret[key] for key in ("signing", "sharing", "share") if key in secret]


def test_a_ceremony_of_three_makes_one_file_for_the_organiser(table: Table) -> None:
    dealt = table.deal()
    assert len({one["ceremony"] for one in dealt}) == 1
    assert [one["name"] for one in dealt[0]["trustees"]] == ["Ana", "Bela", "Chloë"]
    results = table.finish()
    assert len({one["result"] for one in results}) == 1
    out = table.path / "ceremony.json"
    said = table.run("publish", "--out", str(out), *table.files("part"))
    assert "Any 2 of these 3 open a poll:" in said
    result, signatures = read_ceremony(out.read_text())
    assert (result.threshold, len(signatures)) == (2, 3)
    assert [trustee.name for trustee in result.trustees] == list(NAMES)
    for at, name in enumerate(NAMES, start=1):
        shown = table.json(name, "show")
        assert shown["number"] == at
        # What a trustee reads of the own card is what everybody reads in a poll.
        assert shown["fingerprint"] == result.trustees[at - 1].fingerprint
        assert shown["fingerprint"] in said
    assert table.json("Ana", "show", str(out))["signed_by"] == list(NAMES)
    with pytest.raises(TrusteeError, match="exists already"):
        table.run("publish", "--out", str(out), *table.files("part"))


def test_nothing_that_is_printed_or_handed_over_is_secret(table: Table) -> None:
    said = [table.of(name, "show") for name in NAMES]
    said += [table.of("Ana", "deal", "--threshold", "2", *table.files("card"))]
    table.deal(names=NAMES[1:])
    said += [table.of(name, "finish", *table.files("deal")) for name in NAMES]
    said += [table.of(name, "show") for name in NAMES]
    for kind in ("card", "deal", "part"):
        said += [Path(file).read_text() for file in table.files(kind)]
    for name in NAMES:
        held = secrets_of(table, name)
        assert len(held) == 3
        assert not any(secret in text for text in said for secret in held)


def test_secrets_are_readable_for_their_owner_alone(finished: Table) -> None:
    secret = finished.folder("Ana") / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    for mode in (0o640, 0o604, 0o620):
        secret.chmod(mode)
        with pytest.raises(TrusteeError, match="chmod 600"):
            finished.of("Ana", "show")
    secret.chmod(0o600)
    finished.of("Ana", "show")


def test_what_a_trustee_holds_is_at_rest_under_a_passphrase(finished: Table) -> None:
    held = secrets_of(finished, "Ana")
    for file in finished.folder("Ana").rglob("*"):
        octets = file.read_bytes() if file.is_file() else b""
        for secret in held:
            assert secret.encode() not in octets, file
            assert base64url.decode(secret) not in octets, file


def test_another_passphrase_opens_nothing(finished: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLON_TRUSTEE_PASSPHRASE", PASSPHRASE + "!")
    with pytest.raises(TrusteeError, match="passphrase does not open"):
        finished.of("Ana", "show")
    monkeypatch.delenv("SYMBOLON_TRUSTEE_PASSPHRASE")
    with pytest.raises(ClientError, match="Nobody is at the terminal"):
        finished.of("Ana", "show")
    file = finished.path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    assert finished.json("Ana", "show", "--passphrase-file", str(file))["share"]


def test_a_short_passphrase_makes_no_folder_of_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYMBOLON_TRUSTEE_PASSPHRASE", "7 chars")
    with pytest.raises(TrusteeError, match="at least 8 characters"):
        Table(tmp_path).of("Ana", "init", "--name", "Ana")
    assert not (tmp_path / "Ana" / "secret").exists()


def test_a_new_passphrase_is_asked_for_twice_and_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYMBOLON_TRUSTEE_PASSPHRASE")
    monkeypatch.setattr(terminal, "_need_person", lambda instead: None)
    typed = iter([PASSPHRASE, "something else", PASSPHRASE, PASSPHRASE])
    monkeypatch.setattr(terminal, "_read_hidden", lambda question: next(typed))
    table = Table(tmp_path)
    with pytest.raises(ClientError, match="not the same"):
        table.of("Ana", "init", "--name", "Ana")
    table.of("Ana", "init", "--name", "Ana")
    assert inside(table, "Ana")["name"] == "Ana"


def test_the_own_card_and_deal_may_be_left_out(table: Table) -> None:
    for name in NAMES:
        others = [file for file in table.files("card") if f"/{name}/" not in file]
        table.of(name, "deal", "--threshold", "2", *others)
    for name in NAMES:
        others = [file for file in table.files("deal") if f"/{name}/" not in file]
        table.of(name, "finish", *others)
    out = table.path / "ceremony.json"
    table.run("publish", "--out", str(out), *table.files("part"))
    assert read_ceremony(out.read_text())[0].threshold == 2


def test_a_dealer_with_a_bad_share_is_named(table: Table) -> None:
    """Bela deals twice and mixes the two: the shares of one deal, the commitments of the other."""
    from dataclasses import replace

    from client.trustee.folder import Folder
    from credentials import domain_tags
    from credentials.sealing.signed_files import write_file

    table.deal()
    file = table.folder("Bela") / "bela-deal.json"
    first = read_without_checks(file.read_text())
    table.deal("--again", names=("Bela",))
    second = read_without_checks(file.read_text())
    mixed = replace(first, ephemeral=second.ephemeral, shares=second.shares).to_cbor()
    keys = Folder.open(table.folder("Bela"), passphrase=lambda: PASSPHRASE).keys
    signature = keys.sign(mixed, tag=domain_tags.DEAL_SIGNATURE)
    file.write_text(write_file("trustee-deal", mixed, signature=signature))
    with pytest.raises(TrusteeError, match=r"Bela dealt is not .* start again without Bela"):
        table.of("Ana", "finish", *table.files("deal"))
    assert not (table.folder("Ana") / "ana-part.json").exists()


def test_deals_with_another_threshold_do_not_mix(table: Table) -> None:
    cards = table.files("card")
    table.of("Ana", "deal", "--threshold", "3", *cards)
    table.deal(names=NAMES[1:])
    with pytest.raises(
        TrusteeError, match=r"Ana/ana-deal.json: the deal belongs to another ceremony"
    ):
        table.of("Bela", "finish", *table.files("deal"))


def test_a_second_deal_and_a_second_folder_have_to_be_meant(table: Table) -> None:
    table.deal()
    with pytest.raises(TrusteeError, match="dealt already"):
        table.deal(names=("Ana",))
    with pytest.raises(TrusteeError, match="folder already"):
        table.of("Ana", "init", "--name", "Ana")
    table.deal("--again", names=("Ana",))
    table.finish()
    with pytest.raises(TrusteeError, match="ceremony is over"):
        table.deal("--again", names=("Ana",))


def test_other_deals_do_not_replace_a_share(finished: Table) -> None:
    kept = secrets_of(finished, "Ana")
    finished.of("Ana", "finish", *finished.files("deal"))
    other = Table(finished.path)
    deal = other.folder("Bela") / "bela-deal.json"
    for file in ("bela-part.json", "bela-deal.json"):
        (other.folder("Bela") / file).unlink()
    value = inside(other, "Bela")
    without = {k: v for k, v in value.items() if k not in ("number", "share")}
    put_inside(other, "Bela", json.dumps(without).encode())
    other.deal(names=("Bela",))
    assert deal.exists()
    with pytest.raises(TrusteeError, match="share of other deals"):
        finished.of("Ana", "finish", *finished.files("deal"))
    assert secrets_of(finished, "Ana") == kept


@pytest.mark.parametrize(
    ("command", "words", "sentence"),
    [
        ("finish", ("nothing.json",), "not dealt yet"),
        ("open", ("https://city.example/polls/lunch",), "no share yet"),
        ("open", ("https://city.example",), "link looks like"),
        ("deal", ("--threshold", "2", "nothing.json"), "cannot be read"),
        ("deal", ("--threshold", "2", "card.txt"), "not a trustee's card"),
        ("deal", ("--threshold", "5", "Bela/bela-card.json"), "threshold is not from 1"),
        ("init", ("--name", " "), "another name"),
        ("show", ("card.txt",), "no card, part or ceremony"),
    ],
)
def test_mistakes_are_answered_with_what_to_do(
    table: Table,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    words: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(table.path)
    Path("card.txt").write_text("a card?")
    with pytest.raises(TrusteeError, match=sentence):
        table.of("Ana", command, *words)


def test_a_damaged_folder_is_said_to_be_damaged(finished: Table) -> None:
    good = inside(finished, "Ana")
    for bad in (
        "",
        "[]",
        json.dumps({**good, "share": "AA"}),
        json.dumps({**good, "number": 0}),
        json.dumps({**good, "number": "1"}),
        json.dumps({**good, "signing": 5}),
        json.dumps({**good, "name": 5}),
        json.dumps({**good, "more": 5}),
    ):
        put_inside(finished, "Ana", bad.encode())
        with pytest.raises(TrusteeError, match="damaged"):
            finished.of("Ana", "show")
    secret = finished.folder("Ana") / "secret"
    for octets, sentence in (
        (b"", "not a Symbolon trustee's secret"),
        (b"symbolon/wallet/1\n" + bytes(90), "not a Symbolon trustee's secret"),
        (b"symbolon/trustee/2\n" + bytes(90), "newer version"),
        (secret.read_bytes()[:60], "cut short"),
    ):
        secret.write_bytes(octets)
        with pytest.raises(TrusteeError, match=sentence):
            finished.of("Ana", "show")
    with pytest.raises(TrusteeError, match="no trustee's folder"):
        finished.of("Nobody", "show")
