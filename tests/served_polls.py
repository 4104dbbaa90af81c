"""Polls of a served community, as http-api.md says: the server's side of a wallet's tests.

Built from credentials' own functions. Tests may make it break its word: drop a ballot that it
promised, show another log, or name another number.
"""

from dataclasses import dataclass, field
from typing import Any

from credentials.errors import BallotRefused, ShareRefused
from credentials.formats import base64url
from credentials.formats.poll import Ballot
from credentials.formats.poll_event import Kind, PollEvent
from credentials.keys import VerifierKeys
from credentials.merkle import leaf_hash
from credentials.polls import State, verify_ballots
from credentials.sealing import check_share, combine
from tests.polling import PollInMemory, is_event

Answer = dict[str, Any] | str | bytes


class Problem(Exception):
    """An answer with an error: its slug, status, and further members."""

    def __init__(self, slug: str, status: int, **members: Any) -> None:
        super().__init__(slug)
        self.slug, self.status, self.members = slug, status, members


@dataclass
class ServedPoll:
    """A poll behind HTTP. `time` is that of its checkpoints, in Unix seconds."""

    poll: PollInMemory
    state: State = State.OPEN
    time: int = 0
    taken: dict[bytes, Ballot] = field(default_factory=dict)
    highest: dict[bytes, int] = field(default_factory=dict)
    shares: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.time = self.time or self.poll.manifest.opens_at

    # --- what the organiser does

    def append(self, *, time: int | None = None) -> None:
        """Put what waits into the log, however little it is, at this time."""
        self.poll.place()
        self.time = self.time + 1 if time is None else time

    def drop(self, ballot: bytes) -> None:
        """Break the promise about a ballot that waits, by its leaf hash."""
        self.poll.waiting = [b for b in self.poll.waiting if b.leaf_hash != ballot]

    def close(self) -> None:
        """End voting at its time."""
        self.poll.close()
        self.state, self.time = State.CLOSED, self.poll.closes_at

    def end(self) -> None:
        """End voting, and certify."""
        self.close()
        if self.poll.manifest.sealing is not None:
            self.poll.unseal()
        self.poll.certify()
        self.state = State.CERTIFIED

    # --- what it answers

    def answer(self, rest: list[str], body: dict[str, Any]) -> Answer:
        """The answer to a request below /polls/{id}. Raises Problem."""
        match rest:
            case []:
                return self.told()
            case ["ballots"] | ["shares"]:
                return self._hand_in(body)
            case ["log", "checkpoint"]:
                return self.poll.checkpoint(time=self.time).to_text()
            case ["log", "leaves"]:
                return b"".join(self.poll.leaves)
            case ["log", "events"]:
                return {"events": self._events()}
            case ["bundle"]:
                if self.state not in (State.CERTIFIED, State.CANCELLED):
                    raise Problem("poll-not-certified", 409)
                return self.poll.bundle()
        raise Problem("not-found", 404)

    def told(self) -> dict[str, Any]:
        """The poll as JSON."""
        manifest = self.poll.manifest
        return {
            "id": manifest.poll,
            "question": manifest.question,
            "state": self.state.value,
            "opens_at": manifest.opens_at,
            "closes_at": self.poll.closes_at,
            "timezone": "UTC",
            "manifest": base64url.encode(manifest.to_cbor()),
            "head": self.poll.signed_head.to_json(),
            "withdrawals": [row for row in self._events() if row["kind"] == Kind.WITHDRAWAL],
        }

    def _events(self) -> list[dict[str, Any]]:
        return [
            {
                "index": index,
                "kind": PollEvent.from_cbor(entry).kind.value,
                "at": PollEvent.from_cbor(entry).at,
                "reason": PollEvent.from_cbor(entry).reason,
                "octets": base64url.encode(entry),
            }
            for index, entry in enumerate(self.poll.entries)
            if is_event(entry)
        ]

    def _hand_in(self, body: dict[str, Any]) -> Answer:
        if "share" in body:
            return self._take_share(body["trustee"], base64url.decode(body["share"]))
        return self._cast(base64url.decode(body["ballot"]))

    def _cast(self, octets: bytes) -> Answer:
        poll = self.poll
        if leaf_hash(octets) not in self.taken:
            self._take(Ballot.from_cbor(octets))
        ballot = self.taken[leaf_hash(octets)]
        signed = poll.promise(ballot)
        return {
            "leaf_hash": base64url.encode(ballot.leaf_hash),
            "promise": base64url.encode(signed.octets),
            "signature": base64url.encode(signed.signature),
        }

    def _take(self, ballot: Ballot) -> None:
        poll = self.poll
        if self.state is not State.OPEN:
            raise Problem("poll-not-open", 409)
        keys = VerifierKeys.from_metadata(poll.community.metadata).at(poll.head)
        (verdict,) = verify_ballots([ballot], manifest=poll.manifest, verifier=keys)
        if isinstance(verdict, BallotRefused):
            raise Problem("ballot-refused", 422)
        expected = self.highest.get(verdict.pseudonym, 0) + 1
        if verdict.sequence != expected:
            raise Problem("sequence-wrong", 409, expected=expected)
        self.highest[verdict.pseudonym] = expected
        self.taken[ballot.leaf_hash] = ballot
        poll.waiting.append(ballot)

    def _take_share(self, trustee: int, share: bytes) -> Answer:
        manifest, sealing = self.poll.manifest, self.poll.manifest.sealing
        assert sealing is not None
        digest, key = manifest.manifest_hash, sealing.trustees[trustee - 1].key
        try:
            check_share(share, trustee=trustee, key=key, digest=digest)
        except ShareRefused:
            raise Problem("share-refused", 422) from None
        self.shares[trustee] = share
        if len(self.shares) == sealing.threshold:
            value = combine(self.shares, threshold=sealing.threshold)
            self.poll.add(PollEvent(kind=Kind.OPENING, at=self.poll.closes_at + 1, value=value))
            self.state = State.UNSEALED
        return {
            "shares": len(self.shares),
            "needed": sealing.threshold,
            "state": self.state.value,
        }
