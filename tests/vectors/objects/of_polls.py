"""Manifests, votes, ballots, abstentions, events, promises and results."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from credentials.curve.scalars import ORDER
from credentials.domain_tags import PROMISE_SIGNATURE
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.promise import Promise, SignedPromise
from credentials.formats.sealing import Sealing, Trustee
from credentials.formats.vote import BallotPaper
from credentials.polls import make_abstention, make_ballot
from credentials.sealing import ServerOpener
from credentials.tally.result import Outcome, Round, TallyResult
from tests.vectors.changes import flipped
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    element,
    of_objects,
    spoilt,
)
from tests.vectors.vector_community import OPENED, Holder, VectorCommunity
from tests.vectors.vector_presentations import manifest_of
from tests.vectors.vector_randomness import fixed_scalar, randomness

ROLL = 2  # the epoch of the head that the vectors' poll pins
LAST = 4  # the last element of an event: its value


def files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    ballots = ballots_of(community, holder)
    return {
        "poll": _poll(community),
        "vote": _vote(),
        "padded-vote": _padded_vote(),
        "ballot": _ballot(ballots),
        "cast-ballot": _cast_ballot(community, ballots),
        "abstention": _abstention(community, holder),
        "poll-event": _event(),
        "promise": _promise(ballots),
        "signed-promise": _signed_promise(community, ballots),
        "tally": _tally(),
    }


def opener() -> ServerOpener:
    """The server's own key of the vectors' sealed poll."""
    return ServerOpener(secret=fixed_scalar("agora/sealing/a0"))


def sealed_manifest(community: VectorCommunity) -> Manifest:
    """The vectors' poll, sealed by the server."""
    return replace(manifest_of(community), sealing=Sealing(key=opener().key), tie_rule="opening/1")


def _trustees_sealing() -> Sealing:
    shares = {
        number: fixed_scalar("agora/sealing/a0") + number * fixed_scalar("agora/sealing/a1")
        for number in (1, 2, 3)
    }
    return Sealing(
        key=opener().key,
        threshold=2,
        trustees=tuple(
            Trustee(name=f"Trustee {number}", key=_key(share)) for number, share in shares.items()
        ),
    )


def _key(share: int) -> bytes:
    return ServerOpener(secret=share % ORDER).key


def ballots_of(community: VectorCommunity, holder: Holder) -> dict[str, Ballot]:
    """A ballot, the one that replaces it, an abstention, and one of a sealed poll."""
    credential = community.at(holder.credential, ROLL)
    open_poll, sealed_poll = manifest_of(community), sealed_manifest(community)
    made = {}
    for name, manifest, marks, sequence in (
        ("a vote", open_poll, (2,), 1),
        ("a later vote", open_poll, (1,), 2),
        ("an abstention", open_poll, (), 1),
        ("a sealed vote", sealed_poll, (2,), 1),
    ):
        with randomness(f"ballot/{name}"):
            made[name] = make_ballot(
                credential,
                manifest=manifest,
                head=community.heads[ROLL],
                marks=marks,
                sequence=sequence,
            )
    return made


def _poll(community: VectorCommunity) -> ObjectFile:
    own = manifest_of(community)
    widest = replace(
        own,
        poll="budget",
        origin="agora.example/polls/budget",
        options=tuple(f"Option {n}" for n in range(1, 65)),
        ballot_type="ranked",
        tally="stv/1",
        seats=10,
        quorum=10,
        require=(("reissued", 0), ("pass", "été")),
    )
    threshold = replace(
        own, ballot_type="score", limit=5, tally="score/1", threshold=(2, 3), live=True
    )
    return ObjectFile(
        about="a poll's manifest, read; its hash is the poll",
        rule="poll",
        form="cbor",
        accepted=of_objects(
            the_vectors_own=own,
            sixty_four_options_and_ten_seats=widest,
            scores_a_threshold_and_a_live_count=threshold,
            sealed_by_the_server=sealed_manifest(community),
            sealed_by_trustees=replace(own, sealing=_trustees_sealing(), tie_rule="opening/1"),
        ),
        refused=[
            *spoilt(own.to_cbor()),
            *_spoilt_polls(own),
            *_spoilt_sealings(replace(own, sealing=_trustees_sealing(), tie_rule="opening/1")),
        ],
    )


def _spoilt_polls(own: Manifest) -> Iterator[Refused]:
    change = Changes(own.to_cbor(), "poll")

    def poll(name: str, at: str, value: Any, *inner: int, why: str) -> Refused:
        return change(name, at, value, *inner, why=why, refusal="PolicyError")

    yield change("a short community id", "community-id", bytes(31), why="a hash has 32 octets")
    yield change("an id with a capital", "id", "Next-year", why="ids are of a-z, 0-9 and -")
    yield change("no question", "question", "", why="shown text is not empty")
    yield change("a question of 1001", "question", "x" * 1001, why="at most 1,000 characters")
    yield change("one option", "options", ("Athens",), why="two at least")
    yield change("65 options", "options", tuple(map(str, range(65))), why="at most 64")
    yield poll("an option twice", "options", ("Athens", "Athens"), why="options differ")
    yield change(
        "an option with a space at its end", "options", ("Athens ", "Rome"), why="none around it"
    )
    yield poll("an unknown type", "ballot-type", "dictated", why="there are five types")
    yield poll("a limit that the type lacks", "limit", 1, why="single choice has none")
    yield poll("a method of another type", "tally", "irv/1", why="each counts one type")
    yield poll("an unknown method", "tally", "borda/1", why="there are seven")
    yield change("two seats", "seats", 2, why="only stv/1 has several")
    yield change("no seats", "seats", 0, why="one at least")
    yield poll("an unknown tie rule", "tie-rule", "coin/1", why="the rules are fixed")
    yield poll(
        "a lot from an opening that there is none of",
        "tie-rule",
        "opening/1",
        why="only sealed polls are opened",
    )
    yield change("a quorum of 2^24", "quorum", 2**24, why="below 2^24")
    yield poll("a threshold of 1", "threshold", (1, 1), why="below 1")
    yield poll("a threshold not in lowest terms", "threshold", (2, 4), why="in lowest terms")
    yield poll("no threshold, otherwise", "threshold", (0, 2), why="none is (0, 1)")
    yield poll("closes when it opens", "closes-at", own.opens_at, why="it opens before")
    yield change("no batch interval", "batch-seconds", 0, why="1 to 86,400")
    yield poll(
        "the origin of another poll", "origin", "city.example/polls/other", why="it ends in the id"
    )
    yield poll(
        "an origin with a plus", "origin", "city+1.example/polls/next-year", why="names have none"
    )
    yield change("live that is 2", "live", 2, why="flags are 0 or 1")
    yield change("no roll", "roll", b"", why="a hash has 32 octets")
    yield poll(
        "an attribute required twice",
        "require",
        (("reissued", 0), ("reissued", 1)),
        why="each once",
    )
    yield change("a required value of octets", "require", (("pass", b""),), why="text or number")


def _spoilt_sealings(sealed: Manifest) -> Iterator[Refused]:
    octets = sealed.to_cbor()
    change = Changes(octets, "poll")
    sealing = element(octets, "poll", "sealing")

    def seal(
        name: str, value: Any, *inner: int, why: str, refusal: str = "EncodingError"
    ) -> Refused:
        return change(name, "sealing", value, *inner, why=why, refusal=refusal)

    yield change(
        "sealed and live", "live", 1, why="a sealed count is not shown", refusal="PolicyError"
    )
    yield seal("a key of G1", bytes(48), 2, why="Z is a point of G2")
    yield seal("by the server, with a threshold", ("server", 1, bytes(96)), why="a key alone")
    yield seal(
        "by somebody else",
        ("notary", *sealing[1:]),
        why="the server or trustees",
        refusal="PolicyError",
    )
    yield seal("a threshold of 0", 0, 1, why="one trustee at least")
    yield seal("a threshold above their number", 4, 1, why="at most all of them")
    yield seal("no trustees", (), 3, why="one at least")
    yield seal(
        "two trustees of one name",
        sealing[3][0],
        3,
        1,
        why="names differ",
        refusal="PolicyError",
    )


PAPERS = {
    "single_choice": (3, 0),
    "approval": (3, 2),
    "score": (3, 5),
    "ranked": (3, 0),
    "quadratic": (3, 10),
}


def _paper(kind: str) -> dict[str, Any]:
    options, limit = PAPERS[kind]
    return {"ballotType": kind, "options": options, "limit": limit}


def paper_of(given: Any) -> BallotPaper:
    """The paper that a case names."""
    return BallotPaper(
        ballot_type=given["ballotType"], options=given["options"], limit=given["limit"]
    )


def _vote() -> ObjectFile:
    good = {
        "single_choice": [(3,), ()],
        "approval": [(1, 3)],
        "score": [(0, 5, 2), (0, 0, 0)],
        "ranked": [(3, 1, 2), (2,)],
        "quadratic": [(1, 0, 3)],
    }
    bad = (
        ("single_choice", (4,), "there are three options"),
        ("single_choice", (0,), "options count from 1"),
        ("single_choice", (1, 2), "one option"),
        ("approval", (3, 1), "options ascend"),
        ("approval", (1, 1), "each option once"),
        ("approval", (1, 2, 3), "two at most"),
        ("score", (1, 2), "a score for each option"),
        ("score", (1, 2, 6), "at most 5"),
        ("ranked", (1, 2, 1), "each option once"),
        ("quadratic", (0, 0, 0), "votes, or an abstention"),
        ("quadratic", (1, 1, 3), "ten credits at most"),
    )
    return ObjectFile(
        about="the content of a ballot that is not sealed: one octet for each mark",
        rule="vote",
        form="octets",
        accepted=[
            Accepted(
                name=f"{kind}: {marks}",
                value=bytes(marks),
                gives={"marks": list(marks)},
                given=_paper(kind),
            )
            for kind, votes in good.items()
            for marks in votes
        ],
        refused=[
            Refused(
                name=f"{kind}: {marks}",
                value=bytes(marks),
                why=why,
                refusal="BallotRefused",
                given=_paper(kind),
            )
            for kind, marks, why in bad
        ],
    )


def _padded_vote() -> ObjectFile:
    def refused(name: str, value: bytes, why: str) -> Refused:
        return Refused(name=name, value=value, why=why, refusal="BallotRefused")

    return ObjectFile(
        about="what is sealed in a poll of three options: number of marks, marks, zeros",
        rule="padded-vote",
        form="octets",
        given=_paper("ranked"),
        accepted=[
            Accepted(name=str(marks), value=octets, gives={"marks": list(marks)})
            for marks, octets in (
                ((), bytes(4)),
                ((2,), b"\1\2\0\0"),
                ((3, 1, 2), b"\3\3\1\2"),
            )
        ],
        refused=[
            refused("too short", b"\1\2\0", "1 + options octets"),
            refused("too long", b"\1\2\0\0\0", "1 + options octets"),
            refused("more marks than options", b"\4\1\2\3", "the number is at most the options"),
            refused("not filled up with zeros", b"\1\2\0\1", "zeros follow"),
            refused("an option twice", b"\2\2\2\0", "it is a vote of the paper"),
        ],
    )


def _ballot(ballots: dict[str, Ballot]) -> ObjectFile:
    own, sealed = ballots["a vote"], ballots["a sealed vote"]
    octets = own.to_cbor()
    change = Changes(octets, "ballot")
    shown = own.presentation

    def around(name: str, why: str, **other: Any) -> Refused:
        return change(
            name,
            "presentation",
            replace(shown, **other).to_cbor(),
            why=why,
            refusal="BallotRefused",
        )

    return ObjectFile(
        about="a ballot, read; its proof is not looked at",
        rule="ballot",
        form="cbor",
        accepted=of_objects(**ballots),
        refused=[
            *spoilt(octets),
            change("the sequence number 0", "sequence", 0, why="they begin at 1"),
            change("the sequence number 2^24", "sequence", 2**24, why="they are below 2^24"),
            change("a content of 178 octets", "content", bytes(178), why="at most 177"),
            change("a text as content", "content", "2", why="the content is octets"),
            change(
                "an array in place of the presentation's octets",
                "presentation",
                ("symbolon",),
                why="it stands as octets",
            ),
            change(
                "a presentation with an octet after its end",
                "presentation",
                shown.to_cbor() + b"\0",
                why="nested objects are read as strictly",
            ),
            change(
                "around the presentation of another poll",
                "presentation",
                sealed.presentation.to_cbor(),
                why="instance and nonce are the poll",
                refusal="BallotRefused",
            ),
            around("without a pseudonym", "a ballot has one", pseudonym=b""),
            around("made for a visit", "its purpose is poll", purpose="visit"),
            around("with another nonce", "the poll is the nonce", freshness=bytes(32)),
            around("with a time slot", "the poll is the nonce", freshness=7),
        ],
    )


def _cast_ballot(community: VectorCommunity, ballots: dict[str, Ballot]) -> ObjectFile:
    own, later, sealed = (ballots[n] for n in ("a vote", "a later vote", "a sealed vote"))
    open_poll, sealed_poll = manifest_of(community), sealed_manifest(community)
    given = {"manifest": open_poll.to_cbor().hex(), "epoch": ROLL}
    of_sealed = {**given, "manifest": sealed_poll.to_cbor().hex()}

    def refused(name: str, why: str, ballot: Ballot, **other: Any) -> Refused:
        return Refused(
            name=name, why=why, value=ballot.to_cbor(), refusal="BallotRefused", given=other
        )

    return ObjectFile(
        about="a ballot in the poll whose manifest is given, its proof verified at the roll",
        rule="ballot",
        form="cbor",
        given=given,
        accepted=[
            Accepted(
                name=name,
                value=one.to_cbor(),
                gives={"leafHash": one.leaf_hash.hex(), "pseudonym": one.pseudonym.hex()},
                given=of_sealed if one is sealed else {},
            )
            for name, one in ballots.items()
        ],
        refused=[
            refused("another vote", "the vote is in the action", replace(own, content=b"\1")),
            refused("another number", "the number is in the action", replace(own, sequence=2)),
            refused(
                "the proof of another",
                "the action differs",
                replace(own, presentation=later.presentation),
            ),
            refused("an option too many", "it is a vote of the paper", replace(own, content=b"\3")),
            refused("in another poll", "the ballot names its poll", own, **of_sealed),
            refused("sealed, in a poll that is not", "the ballot names its poll", sealed),
            refused(
                "a sealed vote that is too short",
                "all sealed votes of a poll have one length",
                replace(sealed, content=sealed.content[:-1]),
                **of_sealed,
            ),
            refused(
                "a changed proof",
                "the challenge differs",
                replace(
                    own,
                    presentation=replace(
                        own.presentation, proof=flipped(own.presentation.proof, at=500)
                    ),
                ),
            ),
        ],
    )


def _abstention(community: VectorCommunity, holder: Holder) -> ObjectFile:
    credential = community.at(holder.credential, ROLL)
    head = community.heads[ROLL]
    polls = {
        "in the vectors' poll": manifest_of(community),
        "in a sealed one": sealed_manifest(community),
        "in one without requirements": replace(manifest_of(community), require=()),
    }
    made = {}
    for name, manifest in polls.items():
        with randomness(f"abstention/{name}"):
            made[name] = make_abstention(credential, manifest=manifest, head=head)
    own, other = made["in the vectors' poll"], made["in a sealed one"]
    change = Changes(own.to_cbor(), "abstention")

    def around(name: str, why: str, **instead: Any) -> Refused:
        shown = replace(own.presentation, **instead).to_cbor()
        return change(name, "presentation", shown, why=why, refusal="BallotRefused")

    return ObjectFile(
        about="a member's proof of having cast nothing, read; its proof is not looked at",
        rule="abstention",
        form="cbor",
        accepted=of_objects(**made),
        refused=[
            *spoilt(own.to_cbor()),
            change("a short hash", "poll", bytes(31), why="a hash has 32 octets"),
            change(
                "of another poll",
                "presentation",
                other.presentation.to_cbor(),
                why="instance and nonce are the poll",
                refusal="BallotRefused",
            ),
            around("without a pseudonym", "it has one", pseudonym=b""),
            around("made for a door", "its purpose is poll", purpose="door"),
        ],
    )


def _event() -> ObjectFile:
    at = OPENED + 300_000
    extension = PollEvent.extension(at=at, reason="The network was down.", closes_at=at + 3600)
    closing = PollEvent(kind=Kind.CLOSING, at=at)
    extended, closed = extension.to_cbor(), closing.to_cbor()
    change, of_closing = Changes(extended, "poll-event"), Changes(closed, "poll-event")
    opening = bytes(48)
    return ObjectFile(
        about="what a poll's log holds beside the manifest and ballots",
        rule="poll-event",
        form="cbor",
        accepted=of_objects(
            an_extension=extension,
            a_cancellation=PollEvent(kind=Kind.CANCELLATION, at=at, reason="Nobody came."),
            a_closing=closing,
            an_early_closing=replace(closing, reason="All have voted."),
            an_opening=PollEvent(kind=Kind.OPENING, at=at, value=opener().opening(bytes(32))),
            a_certification=PollEvent(
                kind=Kind.CERTIFICATION, at=at, value=_results()["a plurality"].to_cbor()
            ),
        ),
        refused=[
            *spoilt(extended),
            change("an unknown kind", 1, "reopening", why="the kinds are fixed"),
            change("a kind that is a number", 1, 1, why="it is text"),
            change("a time after 2^40", 2, 2**40 + 1, why="times are at most 2^40"),
            change("an extension without a reason", 3, "", why="it gives one"),
            change("a reason on two lines", 3, "a\nb", why="shown text is on one line"),
            change("a reason of 501", 3, "x" * 501, why="at most 500 characters"),
            change("an extension without a time", LAST, b"", why="the new closing time"),
            change(
                "an extension beyond 2^40",
                LAST,
                (2**40 + 1).to_bytes(8, "big"),
                why="times are at most 2^40",
                refusal="PolicyError",
            ),
            of_closing("a closing with a value", LAST, opening, why="it has none"),
            of_closing("an opening without a value", 1, "opening", why="a point of G1"),
        ],
    )


def _promise(ballots: dict[str, Ballot]) -> ObjectFile:
    promises = {name: _promise_of(one) for name, one in ballots.items()}
    octets = promises["a vote"].to_cbor()
    change = Changes(octets, "promise")
    last = 2**40 + 86_400
    return ObjectFile(
        about="that a ballot will be in the log, and by when; read",
        rule="promise",
        form="cbor",
        accepted=of_objects(**promises, the_latest=replace(promises["a vote"], merged_by=last)),
        refused=[
            *spoilt(octets),
            change("a short leaf hash", "leaf", bytes(31), why="a hash has 32 octets"),
            change("no poll", "poll", b"", why="a hash has 32 octets"),
            change("later than any poll", "merged-by", last + 1, why="a time and an interval"),
        ],
    )


def _promise_of(ballot: Ballot) -> Promise:
    return Promise(
        manifest_hash=ballot.manifest_hash,
        leaf_hash=ballot.leaf_hash,
        merged_by=OPENED + 4 * 86_400 + 300,
    )


def signed_promise(community: VectorCommunity, ballot: Ballot) -> SignedPromise:
    """What the community promises about a ballot."""
    return SignedPromise.sign(_promise_of(ballot), private_key=community.signing_key)


def _signed_promise(community: VectorCommunity, ballots: dict[str, Ballot]) -> ObjectFile:
    signed = {name: signed_promise(community, one) for name, one in ballots.items()}
    own, other = signed["a vote"], signed["a later vote"]
    stranger = VectorCommunity(name="stoa").signing_key

    def refused(name: str, why: str, octets: bytes, signature: bytes, refusal: str) -> Refused:
        return Refused(name=name, why=why, value=_json(octets, signature), refusal=refusal)

    def signature(octets: bytes, label: bytes = PROMISE_SIGNATURE) -> bytes:
        return community.signing_key.sign(label + octets)

    broken = own.octets + b"\0"
    return ObjectFile(
        about="a promise with its signature, as the answer to a ballot, opened",
        rule="signed-promise-json",
        form="json",
        given={"metadataKey": community.metadata.metadata_key.hex()},
        accepted=[
            Accepted(name=name, value=_json(one.octets, one.signature))
            for name, one in signed.items()
        ],
        refused=[
            refused(
                "a changed signature",
                "it is another",
                own.octets,
                flipped(own.signature),
                "PromiseRefused",
            ),
            refused(
                "the signature of another",
                "it is another",
                own.octets,
                other.signature,
                "PromiseRefused",
            ),
            refused(
                "signed by another community",
                "the key is the community's",
                own.octets,
                stranger.sign(PROMISE_SIGNATURE + own.octets),
                "PromiseRefused",
            ),
            refused(
                "signed without the label",
                "a label is in front",
                own.octets,
                signature(own.octets, b""),
                "PromiseRefused",
            ),
            refused(
                "octets that are no promise, signed",
                "they are malformed",
                broken,
                signature(broken),
                "PromiseRefused",
            ),
            refused(
                "a short signature", "it has 64 octets", own.octets, bytes(63), "EncodingError"
            ),
            refused("257 octets", "at most 256", bytes(257), own.signature, "EncodingError"),
        ],
    )


def _json(octets: bytes, signature: bytes) -> dict[str, str]:
    return {
        "leaf_hash": base64url.encode(bytes(32)),
        "promise": base64url.encode(octets),
        "signature": base64url.encode(signature),
    }


def _results() -> dict[str, TallyResult]:
    plurality = TallyResult(
        method="plurality/1",
        ballots=12,
        abstentions=1,
        invalid=0,
        outcome=Outcome.WINNER,
        winners=(2,),
        rounds=(Round(title="count", scores=(4, 7), elected=(2,)),),
    )
    return {
        "a plurality": plurality,
        "no votes": TallyResult(
            method="irv/1",
            ballots=0,
            abstentions=0,
            invalid=3,
            outcome=Outcome.NO_VOTES,
            winners=(),
            rounds=(),
        ),
        "two seats": TallyResult(
            method="stv/1",
            ballots=10,
            abstentions=0,
            invalid=0,
            outcome=Outcome.WINNER,
            winners=(1, 3),
            rounds=(
                Round(title="round", scores=(5, 2, 3), elected=(1,)),
                Round(title="surplus", scores=(None, Fraction(8, 3), 4), eliminated=(2,)),
                Round(
                    title="round",
                    scores=(None, None, Fraction(20, 3)),
                    elected=(3,),
                    by_lot=(3, 2),
                    exhausted=Fraction(1, 3),
                ),
            ),
        ),
        "each against each": TallyResult(
            method="schulze/1",
            ballots=3,
            abstentions=0,
            invalid=0,
            outcome=Outcome.WINNER,
            winners=(1,),
            rounds=(Round(title="paths", scores=(1, 0), elected=(1,)),),
            matrix=((0, 2), (1, 0)),
            paths=((0, 2), (0, 0)),
        ),
    }


def _tally() -> ObjectFile:
    results = _results()
    octets = results["two seats"].to_cbor()
    change = Changes(octets, "tally")
    matrix = Changes(results["each against each"].to_cbor(), "tally")
    return ObjectFile(
        about="what a poll comes to, read; whether it is right shows by counting",
        rule="tally",
        form="cbor",
        accepted=of_objects(**results),
        refused=[
            *spoilt(octets),
            change("more abstentions than ballots", "abstentions", 11, why="they are among them"),
            change("an unknown outcome", "outcome", "tie", why="there are four"),
            change("winners that did not win", "outcome", "no_votes", why="only a winner has some"),
            change("a winner and none", "winners", (), why="a winner has one"),
            change("a winner twice", "winners", (1, 1), why="each once"),
            change("an option that there is not", "winners", (1, 4), why="three options"),
            change(
                "a fraction not in lowest terms", "rounds", "16/6", 1, 1, 1, why="in lowest terms"
            ),
            change("a fraction that is whole", "rounds", "8/1", 1, 1, 1, why="an integer"),
            change(
                "a fraction with a zero in front", "rounds", "08/3", 1, 1, 1, why="one spelling"
            ),
            change("rounds of different options", "rounds", (5, 2), 0, 1, why="all have as many"),
            matrix("a row too few", "matrix", ((0, 2),), why="a row for each option"),
        ],
    )
