"""The rounds of a count as a picture that loads nothing and says in words what it shows."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

from credentials.formats.vote import RANKED
from credentials.tally import Outcome, Round, TallyResult
from server.polls.chart import chart
from server.polls.poll import Draft
from tests.community import Community
from tests.flows.http_city import HttpCity

SVG = "{http://www.w3.org/2000/svg}"
QUESTION = "Where <b>do</b> we meet & eat?"


def test_the_picture_by_itself_is_whole_and_says_in_words_what_it_shows(
    community: Community, tmp_path: Path
) -> None:
    city = HttpCity.of(community, tmp_path)
    options = ("Garden & pond", "<Roof>", "x" * 200)
    draft = Draft(
        question=QUESTION, options=options, closes_after=60, ballot_type=RANKED, tally="irv/1"
    )
    manifest = city.standing.open_poll("place", draft)
    ranks = [(1, 2)] * 5 + [(2, 1)] * 4 + [(3,)] * 3
    for marks in ranks:
        city.standing.vote(community.enrol(), *marks, manifest=manifest)
    city.standing.clock.now += 60
    answer = city.http.get("/polls/place/chart.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    drawn = ElementTree.fromstring(answer.text)  # noqa: S314
    assert drawn.get("role") == "img"
    assert drawn.findtext(f"{SVG}title") == QUESTION
    described = drawn.findtext(f"{SVG}desc") or ""
    assert described.startswith("Garden & pond 5, <Roof> 4, " + "x" * 200 + " 3 drops out;")
    assert "Garden & pond 5 elected" in described
    words = [text.text or "" for text in drawn.iter(f"{SVG}text")]
    assert {"Round 1", "Round 2", "Garden & pond", "<Roof>", "drops out", "elected"} <= set(words)
    assert "3 no longer counted for any option" in words
    assert not drawn.findall(f".//{SVG}script")


def test_fractions_are_rounded_and_say_so_and_bars_of_all_rounds_have_one_scale() -> None:
    result = TallyResult(
        method="stv/1",
        ballots=10,
        abstentions=0,
        invalid=0,
        outcome=Outcome.WINNER,
        winners=(2,),
        rounds=(
            Round(title="round", scores=(Fraction(10, 3), 5), eliminated=(1,)),
            Round(title="surplus", scores=(None, Fraction(25, 2)), elected=(2,), by_lot=(2, 1)),
        ),
    )
    drawn = ElementTree.fromstring(  # noqa: S314
        chart(result, question=QUESTION, options=("Ana", "Bo"), alone=True)
    )
    words = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"≈3.33", "5", "12.50", "elected, by lot"} <= set(words)
    bars = [
        (bar.get("class"), bar.get("width"))
        for bar in drawn.iter(f"{SVG}rect")
        if bar.get("class") != "track"
    ]
    assert bars == [
        ("bar eliminated", "26.67%"),
        ("bar", "40.00%"),
        ("bar elected", "100.00%"),
    ]


def test_a_count_without_votes_is_a_picture_of_nothing() -> None:
    result = TallyResult(
        method="plurality/1",
        ballots=0,
        abstentions=0,
        invalid=0,
        outcome=Outcome.NO_VOTES,
        winners=(),
        rounds=(),
    )
    drawn = ElementTree.fromstring(  # noqa: S314
        chart(result, question=QUESTION, options=("Ana", "Bo"), alone=True)
    )
    assert drawn.findtext(f"{SVG}desc") == "No votes."
