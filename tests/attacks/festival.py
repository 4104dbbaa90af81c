"""A small festival over HTTP, with every way to do it wrong, and all that the service answered."""

import csv
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from credentials.curve.scalars import encode_scalar
from credentials.formats import base64url
from credentials.formats.claim_link import ClaimLink
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from tests.attacks.city import PASSPHRASE, City
from tests.attacks.misuse import Kept, misuse
from tests.attacks.wallet import Wallet, cast

HERE = "127.0.0.77"
"""The address that the festival's guests come from; the service listens on another."""

PEOPLE = [
    (f"Guest{number} Quillfeather", f"guest{number}@mailbox-{number}.example")
    for number in range(8)
]
LATE_NAME, LATE_EMAIL = "Zephyrine Overmorrow", "zephyrine@overmorrow.example"


@dataclass
class Festival:
    """What was played, with every secret of it, and all that the service answered."""

    city: City
    members: list[Wallet] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    octets: set[bytes] = field(default_factory=set)
    answers: list[httpx.Response] = field(default_factory=list)
    commands: str = ""
    metrics: bytes = b""
    fault: httpx.Response | None = None

    def note(self, presentation: Presentation) -> Presentation:
        """Remember what a presentation shows, as something to search for."""
        self.octets |= {presentation.pseudonym, presentation.proof} - {b""}
        return presentation


def play(directory: Path) -> Iterator[Festival]:
    """Play the festival, and stop its service in the end."""
    city = City(directory).found()
    for door, mode in {"gate": "once", "yard": "re_entry", "lounge": "members_only"}.items():
        city.add_door(door, mode)
    city.add_app("cafe", "https://cafe.example/answer")
    played = Festival(city)
    city.client = httpx.Client(
        base_url=city.address,
        transport=httpx.HTTPTransport(
            local_address=HERE, limits=httpx.Limits(max_keepalive_connections=0)
        ),
        timeout=60,
        headers={
            "user-agent": PEOPLE[0][1],
            "referer": f"https://mail.example/?to={PEOPLE[1][1]}",
            "x-forwarded-for": "203.0.113.77",
            "cookie": f"who={PEOPLE[2][1]}",
        },
        event_hooks={"response": [lambda answer: (answer.read(), played.answers.append(answer))]},
    )
    city.serve()
    try:
        _play(played)
        _do_it_wrong(played)
        played.metrics = _read_metrics(played)
        _break_the_database(played)
        yield played
    finally:
        city.stop()


def _play(festival: Festival) -> None:
    """Everybody claims, enters, votes and shows the app a membership."""
    city = festival.city
    attendees = city.directory / "attendees.csv"
    rows = [f"{name},{email},resident" for name, email in PEOPLE]
    bad = [f"{LATE_NAME},not an address,resident", f"{LATE_NAME},{LATE_EMAIL},emperor"]
    attendees.write_text(
        "\n".join(["name,email,pass,nickname", *(f"{row},owl" for row in rows + bad)])
    )
    imported = city.command("attendees", "import", str(attendees))
    links = city.directory / "links.csv"
    written = city.command("attendees", "links", f"--out={links}")
    festival.commands = imported.stdout + imported.stderr + written.stdout + written.stderr
    with links.open() as file:
        claims = [ClaimLink.parse(row["link"]) for row in csv.DictReader(file)]
    assert len(claims) == len(PEOPLE)
    for claim in claims:
        member = Wallet(city)
        body, point = member.commitment()
        member.keep(city.post("/issuance/credential", {**body, "claim_code": claim.code}))
        festival.members.append(member)
        festival.texts.add(claim.code)
        festival.octets |= {base64url.decode(text) for text in body.values()}
        festival.octets |= {point, member.seed, member.issued.signature}
        festival.octets |= {encode_scalar(member.issued.handle)}
    manifest = city.open_poll("anthem", options=("old", "new"))
    # In another order than that of the claims.
    for number, member in enumerate(sorted(festival.members, key=lambda one: one.seed)):
        for door, direction in (("gate", "in"), ("yard", "out"), ("lounge", "in")):
            festival.note(member.presentation(door))
            assert member.enter(door, direction=direction) in ("admitted", "checked_out")
        shown = festival.note(member.ballot(manifest, number % 3).presentation)
        assert member.vote(manifest, number % 3).status_code == 201
        festival.octets.add(base64url.decode(member.pseudonym_at("cafe")))
        asked = city.post(
            "/presentations/requests",
            {"policy": {"purpose": "login", "disclose": ["pass"]}},
            bearer="cafe",
        ).json()
        nonce = base64url.decode(asked["nonce"])
        policy = Policy(purpose="login", disclose=("pass",))
        shown = festival.note(member.shown_to("cafe", nonce=nonce, policy=policy))
        body = {"presentation": base64url.encode(shown.to_cbor())}
        told = city.post(f"/presentations/requests/{asked['id']}", body, bearer="cafe")
        assert told.json()["verdict"] == "verified"
        festival.octets.add(nonce)
    festival.texts |= {part for person in PEOPLE for part in person}
    festival.texts |= {LATE_NAME, LATE_EMAIL, PASSPHRASE, HERE, "203.0.113.77"}
    festival.texts |= set(city.tokens.values())
    festival.texts.add((city.data / "metrics-token").read_text().strip())
    key = city.session.keystore
    festival.octets |= {key.metadata_seed, key.link_key, encode_scalar(key.issuer.x)}
    festival.octets |= {encode_scalar(key.issuer.alpha), encode_scalar(key.issuer.xi)}


def _do_it_wrong(festival: Festival) -> None:
    """A member's secrets where they do not belong."""
    city, member = festival.city, festival.members[0]
    name, email = PEOPLE[0]
    poll = city.open_poll("colour", options=("red", "blue"))
    ballot = member.ballot(poll, 1)
    festival.note(ballot.presentation)
    kept = Kept(
        name=name,
        email=email,
        claim=next(text for text in festival.texts if len(text) == 26),
        member=member,
        shown=festival.note(member.shown_to("cafe", nonce=secrets.token_bytes(32))),
        poll=poll,
        ballot=ballot.to_cbor(),
    )
    misuse(city, kept, source=HERE)


def _read_metrics(festival: Festival) -> bytes:
    token = (festival.city.data / "metrics-token").read_text().strip()
    answer = festival.city.client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return answer.content


def _break_the_database(festival: Festival) -> None:
    """The worst error: a table is gone, while a ballot is on its way into it."""
    city, ana = festival.city, festival.members[0]
    ballot = ana.ballot(city.open_poll("fault"), 1)
    festival.note(ballot.presentation)
    file = sqlite3.connect(city.data / "symbolon.db")
    file.execute("ALTER TABLE ballots RENAME TO ballots_gone")
    festival.fault = cast(city, "fault", ballot.to_cbor())
    file.execute("ALTER TABLE ballots_gone RENAME TO ballots")
    file.close()
