"""The pages of polls: what a person reads in each state, and that nothing is loaded or run."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats import base64url
from credentials.formats.sealing import Sealing
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.sealing import ServerOpener, share_of
from credentials.sealing.words import SIGNED_BY_KEYS
from server.polls.poll import Draft
from tests.community import Community, Member
from tests.flows.http_city import HttpCity
from tests.flows.standing import NOON
from tests.poll_papers import signed_sealing

DRAFT = Draft(
    question="Where <b>do</b> we meet & eat?", options=("Garden", "<script>Roof"), closes_after=60
)
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """Reads a page as a browser does: its text, tags, and whether every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.sources: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def key_of(secret: int) -> bytes:
    return ServerOpener(secret=secret).key


@pytest.fixture(scope="module")
def crowd(community: Community) -> list[Member]:
    return [community.enrol() for _ in range(12)]


@pytest.fixture
def city(community: Community, tmp_path: Path) -> HttpCity:
    return HttpCity.of(community, tmp_path)


def read(city: HttpCity, path: str) -> Page:
    """A page as a browser asks for it; it must be whole, and load and run nothing."""
    answer = city.http.get(path, headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert "set-cookie" not in answer.headers
    assert "accept" in answer.headers["vary"]
    page = Page(answer.text)
    assert page.open == []
    assert not page.tags & {"script", "b", "img", "iframe", "form", "style", "object"}
    assert not [name for name in page.attributes if name == "style" or name.startswith("on")]
    local = ("/polls", "/style.css")
    assert [source for source in page.sources if not source.startswith(local)] == []
    return page


def vote(city: HttpCity, members: list[Member], *choices: int, **draft: object) -> None:
    """Open the poll `place`, in which these members vote in turn."""
    manifest = city.standing.open_poll("place", replace(DRAFT, **draft))  # type: ignore[arg-type]
    for member, choice in zip(members, choices, strict=True):
        city.standing.vote(member, *([choice] if choice else []), manifest=manifest)


def test_an_open_poll_says_what_is_asked_and_how_to_vote(city: HttpCity) -> None:
    vote(city, [])
    page = read(city, "/polls/place")
    assert "Where <b>do</b> we meet & eat?" in page.text
    assert "<script>Roof" in page.text
    for said in (
        "Voting goes on until",
        "shown to nobody before the close",
        "symbolon wallet vote https://agora.example/polls/place",
        "Each voter chooses one option.",
        "not sealed: whoever runs the server can read each as it comes",
        "What they do not decide stays undecided: a tie is the result.",
        "None is listed.",
        "symbolon poll receipts",
    ):
        assert said in page.text, said
    assert "/polls/place/bundle" not in page.sources


def test_a_closed_poll_shows_a_provisional_result_with_bars(
    city: HttpCity, crowd: list[Member]
) -> None:
    vote(city, crowd, *[1] * 7, *[2] * 4, 0)
    city.standing.clock.now += 60
    page = read(city, "/polls/place")
    for said in ("Provisional result", "“Garden” wins.", "12 of", "1 abstained.", "Voting ended"):
        assert said in page.text, said
    assert "svg" in page.tags
    assert {"title", "desc"} <= page.tags
    assert "/polls/place/bundle" not in page.sources


def test_a_certified_poll_offers_its_file_and_says_how_to_check_it(
    city: HttpCity, crowd: list[Member]
) -> None:
    vote(city, crowd, *[1] * 6, *[2] * 6)
    city.standing.clock.now += 60
    city.standing.poll_office.certify("place")
    page = read(city, "/polls/place")
    fingerprint = base64url.encode(city.standing.metadata.community_id)
    for said in (
        "Certified result",
        "Tie between “Garden” and “<script>Roof",
        f"symbolon audit poll-place.symbolon --fingerprint {fingerprint}",
        "Compare the fingerprint with the one in your claim link",
    ):
        assert said in page.text, said
    assert "/polls/place/bundle" in page.sources


def test_a_cancelled_poll_says_why_and_shows_no_result(city: HttpCity, crowd: list[Member]) -> None:
    vote(city, crowd, *[1] * 12)
    city.standing.clock.now += 5
    city.standing.poll_office.cancel("place", reason="The <i>question</i> was wrong.")
    page = read(city, "/polls/place")
    assert "Cancelled: The <i>question</i> was wrong." in page.text
    assert "The poll has no result." in page.text
    assert "svg" not in page.tags
    assert "/polls/place/bundle" in page.sources


def test_an_extended_poll_says_until_when_and_why(city: HttpCity) -> None:
    vote(city, [])
    office = city.standing.poll_office
    office.extend("place", closes_at=NOON + 86_400, reason="The network was down.")
    page = read(city, "/polls/place")
    assert re.search(r"Extended until .* UTC: The network was down\.", page.text)


@pytest.mark.parametrize(("voters", "shown"), [(9, False), (10, True)])
def test_with_fewer_than_ten_voters_no_counts_are_shown_and_the_file_has_them(
    city: HttpCity, crowd: list[Member], voters: int, shown: bool
) -> None:
    vote(city, crowd[:voters], *[1] * (voters - 2), 2, 0)
    city.standing.clock.now += 60
    city.standing.poll_office.certify("place")
    page = read(city, "/polls/place")
    assert ("svg" in page.tags, "abstained" in page.text.partition("How it is")[0]) == (
        shown,
        shown,
    )
    assert ("counts are not shown" in page.text) is not shown
    assert "“Garden” wins." in page.text
    assert city.http.get("/polls/place/chart.svg").status_code == (200 if shown else 404)
    result = city.http.get("/polls/place/result").json()
    assert (result["suppressed"], result["voters"]) == (not shown, voters)
    breakdown = [result[name] for name in ("rounds", "abstentions", "invalid", "superseded")]
    assert (breakdown == [None] * 4) is not shown
    if shown:
        assert result["rounds"][0]["scores"] == [8, 1]
        assert breakdown[1:] == [1, 0, 0]


def test_a_poll_that_the_server_opens_says_so(city: HttpCity) -> None:
    vote(city, [], sealing=Sealing(key=key_of(city.standing.keystore.opening_secret)))
    said = "sealed by the server alone: whoever runs it can open them at any time"
    assert said in read(city, "/polls/place").text


def test_trap_23_trustees_stand_there_with_fingerprints_and_what_these_are_good_for(
    city: HttpCity,
) -> None:
    # The line 5 + 3x, whose value at 0 is the poll's secret.
    names = ("Solon", "Aspasia", "Thea")
    sealing = signed_sealing(5, shares=(8, 11, 14), threshold=2, names=names)
    vote(city, [], sealing=sealing)
    city.standing.clock.now += 60
    digest = city.standing.polls.poll("place").manifest.manifest_hash
    city.standing.poll_life.take_share("place", trustee=2, share=share_of(11, digest=digest))
    page = read(city, "/polls/place")
    assert "any 2 of these 3 trustees together open them" in page.text
    assert "sealed until 2 of the trustees open them" in page.text
    shares = ("not yet", "has handed in a share", "not yet")
    for trustee, share in zip(sealing.trustees, shares, strict=True):
        assert re.search(f"{trustee.name} ?{trustee.fingerprint} ?{share}", page.text)
    assert SIGNED_BY_KEYS in page.text
    body = city.http.get("/polls/place").json()
    assert [one["fingerprint"] for one in body["trustees"]] == [
        trustee.fingerprint for trustee in sealing.trustees
    ]


def test_p7_an_objection_stands_beside_the_result(city: HttpCity, crowd: list[Member]) -> None:
    vote(city, crowd, *[1] * 8, *[2] * 4)
    city.standing.clock.now += 60
    office = city.standing.poll_office
    office.object("place", reason="The <b>network</b> was down.")
    for state in ("Provisional result", "Certified result"):
        page = read(city, "/polls/place")
        assert state in page.text
        assert "“Garden” wins." in page.text
        said = "The organiser objects to this result: The <b>network</b> was down."
        assert said in page.text
        result = city.http.get("/polls/place/result").json()
        assert [one["reason"] for one in result["objections"]] == ["The <b>network</b> was down."]
        assert result["winners"] == [{"option": 1, "text": "Garden"}]
        feed = city.http.get("/polls/feed.atom").text
        assert "The organiser objects to the result" in feed
        assert "The &lt;b&gt;network&lt;/b&gt; was down." in feed
        if state.startswith("Provisional"):
            office.certify("place")


def test_pinned_witnesses_stand_there_with_what_they_are_needed_for(city: HttpCity) -> None:
    owl = WitnessKey(name="owl.example", private_key=Ed25519PrivateKey.generate())
    key = owl.verifier_key.to_text()
    vote(city, [], witnesses=(key,), witnesses_needed=1)
    said = "1 of 1 pinned witness must have cosigned the closing: owl.example."
    assert said in read(city, "/polls/place").text
    city.standing.clock.now += 60
    assert "It was cosigned by: none of them yet." in read(city, "/polls/place").text
    logs, poll = city.standing.polls.logs, city.standing.polls.poll("place")
    text = SignedCheckpoint.parse(logs.checkpoint(poll)).note.text
    logs.cosign(poll, owl.cosign(text, time=NOON + 60).to_line())
    assert "It was cosigned by: owl.example." in read(city, "/polls/place").text
    body = city.http.get("/polls/place").json()
    assert body["witnesses"] == [{"name": "owl.example", "at": NOON + 60, "pinned": True}]
    assert body["witnesses_needed"] == 1


def test_witnesses_stand_there_with_the_time_of_their_cosignature(city: HttpCity) -> None:
    vote(city, [])
    for name in ("Hawk", "Owl"):
        key = WitnessKey(name=name.lower(), private_key=Ed25519PrivateKey.generate())
        city.standing.witnesses.add(name, key.verifier_key.to_text())
    logs = city.standing.polls.logs
    poll = city.standing.polls.poll("place")
    note = SignedCheckpoint.parse(logs.checkpoint(poll))
    logs.cosign(poll, key.cosign(note.note.text, time=NOON).to_line())
    text = read(city, "/polls/place").text
    seen = r"Hawk ?no ?not the newest state ?Owl ?no ?\w+ \d+ Sep 2026, \d\d:\d\d(:\d\d)? UTC"
    assert re.search(seen, text)


def test_the_list_shows_every_opened_poll_the_newest_first(city: HttpCity) -> None:
    assert "No poll was opened yet." in read(city, "/polls").text
    city.standing.open_poll("first", replace(DRAFT, question="First?"))
    city.standing.clock.now += 61
    city.standing.open_poll("second", replace(DRAFT, question="Second?"))
    city.standing.poll_office.create("draft", replace(DRAFT, question="Third?"))
    page = read(city, "/polls")
    assert re.search(r"Second\?.*Open.*First\?.*Closed", page.text)
    assert "Third?" not in page.text
    assert {"/polls/first", "/polls/second", "/polls/feed.atom"} <= set(page.sources)


def test_programs_get_json_unless_they_ask_for_a_page(city: HttpCity) -> None:
    vote(city, [])
    for accept in ("application/json", "*/*", "application/json, text/html", ""):
        for path in ("/polls", "/polls/place"):
            answer = city.http.get(path, headers={"accept": accept})
            assert answer.headers["content-type"] == "application/json", accept
            assert "accept" in answer.headers["vary"]
