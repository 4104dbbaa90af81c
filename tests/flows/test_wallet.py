"""A member's story at the terminal: claim, show, vote, lose, restore; and all that can go wrong."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from client.qr_picture import write_png
from client.wallet.vault import Vault
from tests.flows.conftest import make_organiser
from tests.flows.members import PASSPHRASE, Relay, Wallet, refused, relaying, run
from tests.flows.service import Organiser, Served, free_port

NAMES = [
    *("Ana", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea", "Max"),
    *("Noa", "Ola", "Pia", "Rea", "Sol", "Tia", "Uma"),
]


@dataclass
class City:
    """A served community behind a relay, and a link for everybody."""

    organiser: Organiser
    relay: Relay
    links: dict[str, str]
    fingerprint: str

    @property
    def address(self) -> str:
        return self.organiser.address


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    organiser = make_organiser(folder)
    attendees = folder / "attendees.csv"
    rows = [f"{name},{name.lower()}@example.org,member" for name in NAMES]
    attendees.write_text("\n".join(["name,email,pass", *rows]) + "\n")
    organiser.ask("attendees", "import", str(attendees))
    organiser.ask("door", "add", "Main door", "--id", "main")
    links = {name: link.format() for name, link in organiser.claim_links().items()}
    behind = Organiser(data=organiser.data, port=free_port())
    with (
        Served(behind, workers=1),
        relaying(port=organiser.port, to=behind.address) as relay,
    ):
        yield City(
            organiser=organiser,
            relay=relay,
            links=links,
            fingerprint=links["Ana"].rpartition(".")[2],
        )


def open_poll(city: City, poll: str) -> None:
    """A poll whose roll is everybody who has claimed by now."""
    city.organiser.ask(
        *("poll", "create", f"What is for {poll}?", "--id", poll, "--closes", "2h", "--open"),
        *("--option", "Soup", "--option", "Salad"),
    )


def member(city: City, name: str, *, folder: Path) -> Wallet:
    """A member who has claimed."""
    wallet = Wallet(folder / name)
    assert wallet.ask("claim", city.links[name])["new"]
    return wallet


def test_the_first_claim_makes_a_wallet_and_shows_the_words_once(
    city: City, tmp_path: Path
) -> None:
    wallet = Wallet(tmp_path / "ana" / "wallet")
    done = wallet.run("claim", city.links["Ana"])
    assert done.returncode == 0, done.stderr
    assert "You are a member of Agora" in done.stdout
    words = wallet.ask("backup", "--phrase", "--yes")["phrase"]
    assert len(words.split()) == 12
    assert words in done.stderr
    for command in ("list", "show"):
        shown = wallet.run(command)
        assert words not in shown.stdout + shown.stderr
    (listed,) = wallet.ask("list")
    assert (listed["community"], listed["attributes"]["pass"]) == ("Agora", "member")


def test_the_same_link_again_gives_the_same_credential(city: City, tmp_path: Path) -> None:
    wallet = member(city, "Bo", folder=tmp_path)
    assert not wallet.ask("claim", city.links["Bo"])["new"]
    assert len(wallet.ask("list")) == 1


def test_a_lost_response_loses_nothing(city: City, tmp_path: Path) -> None:
    wallet = Wallet(tmp_path / "cy")
    city.relay.lose.append("/issuance/credential")
    assert "repeat the command" in refused(wallet.run("claim", city.links["Cy"]))
    assert wallet.ask("list") == []
    wallet.ask("claim", city.links["Cy"])
    assert len(wallet.ask("list")) == 1
    assert Vault.open(wallet.file, passphrase=PASSPHRASE).read().memberships[0].next_count == 1


def test_a_used_link_is_refused_to_somebody_else(city: City, tmp_path: Path) -> None:
    member(city, "Dee", folder=tmp_path)
    thief = Wallet(tmp_path / "thief")
    assert "used" in refused(thief.run("claim", city.links["Dee"]))
    assert not thief.file.exists(), "nobody writes down twelve words for a dead link"


def test_wrong_links_leave_no_gap_at_which_a_restore_would_stop(city: City, tmp_path: Path) -> None:
    wallet = member(city, "Sol", folder=tmp_path)
    wrong = city.links["Eli"].replace("#", "#AAAAAAAAAAAAAAAAAAAAAAAAAA.").split(".")
    link = ".".join([*wrong[:-2], wrong[-1]])
    for _ in range(6):
        assert "not known" in refused(wallet.run("claim", link))
    wallet.ask("claim", city.links["Eli"])
    restored = restore_from_words(city, wallet, to=tmp_path / "restored")
    assert len(restored.ask("list")) == 2


def test_no_wallet_is_made_for_a_link_that_leads_nowhere(city: City, tmp_path: Path) -> None:
    wallet = Wallet(tmp_path / "nobody")
    link = city.links["Tia"].replace("#", "#AAAAAAAAAAAAAAAAAAAAAAAAAA.").split(".")
    assert "not known" in refused(wallet.run("claim", ".".join([*link[:-2], link[-1]])))
    assert not wallet.file.exists()


def test_the_letter_is_claimed_from_its_picture(city: City, tmp_path: Path) -> None:
    write_png(tmp_path / "letter.png", text=city.links["Tia"])
    assert Wallet(tmp_path / "tia").ask("claim", str(tmp_path / "letter.png"))["new"]


def test_a_link_with_another_fingerprint_is_refused(city: City, tmp_path: Path) -> None:
    link = city.links["Fay"].rpartition(".")[0] + "." + "A" * 43
    wallet = Wallet(tmp_path / "fay")
    assert "another community" in refused(wallet.run("claim", link))
    assert not wallet.file.exists()


def restore_from_words(city: City, wallet: Wallet, *, to: Path) -> Wallet:
    words = to.with_suffix(".words")
    words.write_text(wallet.ask("backup", "--phrase", "--yes")["phrase"])
    restored = Wallet(to)
    restored.ask(
        *("restore", "--phrase-file", words),
        *("--community", city.address, "--fingerprint", city.fingerprint),
    )
    return restored


def pseudonym_at_the_door(wallet: Wallet) -> bytes:
    from credentials.formats.presentation import Presentation
    from credentials.formats.qr import from_qr_text

    code = wallet.ask("present", "--at-once", "--door", "main", "--yes")["code"]
    return Presentation.from_cbor(from_qr_text(code)).pseudonym


def test_p10_words_and_copy_bring_back_the_same_pseudonyms(city: City, tmp_path: Path) -> None:
    wallet = member(city, "Gus", folder=tmp_path)
    before = pseudonym_at_the_door(wallet)
    copy = tmp_path / "copy"
    wallet.ask("backup", copy)
    from_copy = Wallet(tmp_path / "from-copy")
    from_copy.ask("restore", "--from", copy)
    from_words = restore_from_words(city, wallet, to=tmp_path / "from-words")
    assert pseudonym_at_the_door(from_copy) == before
    assert pseudonym_at_the_door(from_words) == before


def test_a_restore_never_overwrites_another_wallet(city: City, tmp_path: Path) -> None:
    first = member(city, "Hal", folder=tmp_path)
    octets = first.file.read_bytes()
    words = tmp_path / "other.words"
    words.write_text("abandon " * 11 + "about")
    sentence = refused(first.run("restore", "--phrase-file", words, "--community", city.address))
    assert "other words" in sentence
    copy = tmp_path / "copy"
    first.ask("backup", copy)
    assert "already" in refused(first.run("restore", "--from", copy))
    assert first.file.read_bytes() == octets


def test_p9_nothing_is_shown_before_the_member_agrees(city: City, tmp_path: Path) -> None:
    wallet = member(city, "Max", folder=tmp_path)
    done = wallet.run("present", "--at-once", "--door", "main", "--text", typed="n\n")
    refused(done)
    assert "SYM1:" not in done.stdout
    for said in ("Main door", "Agora 2026", "reissued = no", "know you again", "may be recognised"):
        assert said in done.stderr
    agreed = wallet.run("present", "--at-once", "--door", "main", "--text", typed="y\n")
    assert agreed.stdout.startswith("SYM1:")


def test_a_door_that_is_newer_than_the_wallet_is_found(city: City, tmp_path: Path) -> None:
    wallet = member(city, "Noa", folder=tmp_path)
    city.organiser.ask("door", "add", "Side door", "--id", "side", "--mode", "members_only")
    assert wallet.ask("present", "--at-once", "--door", "side", "--yes")["code"].startswith("SYM1:")
    assert "main" in refused(wallet.run("present", "--at-once", "--door", "back", "--yes"))


def test_p5_a_removed_member_is_told_by_the_wallet_and_votes_in_no_later_poll(
    city: City, tmp_path: Path
) -> None:
    wallet = member(city, "Pia", folder=tmp_path)
    stays = member(city, "Rea", folder=tmp_path)
    city.organiser.ask("attendees", "revoke", "pia@example.org", "--now", "--yes")
    (row,) = wallet.ask("refresh")
    assert (row["community"], row["credentials"], row["ended"]) == ("Agora", 0, 1)
    assert row["renew_at"] > time.time() + 800
    (listed,) = wallet.ask("list")
    assert "was changed or removed on" in listed["ended"]
    (row,) = wallet.ask("renew")
    assert (row["community"], row["credentials"], row["ended"]) == ("Agora", 0, 1)
    (listed,) = wallet.ask("list")
    assert "was removed on" in listed["ended"]
    assert "was removed on" in refused(
        wallet.run("present", "--at-once", "--door", "main", "--yes")
    )
    open_poll(city, "tea")
    assert "was removed on" in refused(
        wallet.run("vote", "--at-once", "tea", "--choice", "1", "--yes")
    )
    assert stays.ask("vote", "--at-once", "tea", "--choice", "1", "--yes")["answer"] == "Soup"


def test_a_wallet_keeps_several_credentials_apart(city: City, tmp_path: Path) -> None:
    wallet = Wallet(tmp_path / "ola")
    wallet.ask("claim", city.links["Ola"])
    wallet.ask("claim", city.links["Fay"])
    assert [row["number"] for row in wallet.ask("list")] == [1, 2]
    assert "--credential" in refused(wallet.run("present", "--at-once", "--door", "main", "--yes"))
    codes = [
        wallet.ask("present", "--at-once", "--door", "main", "--yes", "--credential", number)[
            "code"
        ]
        for number in ("1", "2")
    ]
    assert len(set(codes)) == 2
    restored = restore_from_words(city, wallet, to=tmp_path / "restored")
    assert len(restored.ask("list")) == 2
    (row,) = wallet.ask("refresh")
    assert (row["community"], row["credentials"], row["ended"]) == ("Agora", 2, 0)


def test_what_goes_wrong_is_one_sentence(city: City, tmp_path: Path) -> None:
    missing = Wallet(tmp_path / "none")
    assert "There is no wallet at" in refused(missing.run("list"))
    wallet = Wallet(tmp_path / "wallet")
    assert "claim link" in refused(wallet.run("claim", "https://example.org/"))
    assert not wallet.file.exists()
    nowhere = f"http://127.0.0.1:{free_port()}/claim#{city.links['Ana'].partition('#')[2]}"
    assert "cannot be reached" in refused(wallet.run("claim", nowhere))
    assert not wallet.file.exists()


def test_a_wrong_passphrase_changes_nothing(city: City, tmp_path: Path) -> None:
    wallet = member(city, "Uma", folder=tmp_path)
    octets = wallet.file.read_bytes()
    done = run("wallet", "list", "--wallet", wallet.file, passphrase="another word")
    assert refused(done) == "The passphrase does not open this wallet."
    assert wallet.file.read_bytes() == octets
    nobody = run("wallet", "list", "--wallet", wallet.file, passphrase=None)
    assert "--passphrase-file" in refused(nobody)


def test_the_doctor_finds_everything_well_and_says_what_is_not(city: City, tmp_path: Path) -> None:
    well = run("doctor", "--wallet", tmp_path / "none", "--community", city.address, "--json")
    assert well.returncode == 0, well.stdout
    assert {row["name"] for row in json.loads(well.stdout)} >= {"Curve", "Community", "Clock"}
    ill = run(
        "doctor", "--wallet", tmp_path / "none", "--community", f"http://127.0.0.1:{free_port()}"
    )
    assert ill.returncode == 1
    assert "cannot be reached" in ill.stdout
