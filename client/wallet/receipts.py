"""Whether a member's ballots are in their polls' logs, checked by the wallet itself.

The log must go on from the checkpoint that the wallet saw before, and hold every ballot that was
promised. What a community does against its word becomes evidence that anyone can check.
"""

from dataclasses import dataclass, field, replace

from client.errors import ClientError, WalletError
from client.evidence import Evidence
from client.poll_log import LogView, contradiction, ending_among, read_log, view_of
from client.polls import PollsClient
from client.wallet.contents import (
    IN_LOG,
    MISSING,
    Membership,
    SeenLog,
    Vote,
)
from client.wallet.vault import Vault
from credentials.errors import LogRefused
from credentials.formats.manifest import Manifest
from credentials.formats.promise import SignedPromise
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.receipt import Receipt
from credentials.merkle import HASH_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A ballot and where it stands now; `place` is its entry in the log, from 0.

    `overdue` says that the promised time is over by this machine's clock, and no checkpoint tells.
    """

    vote: Vote
    place: int | None
    overdue: bool = False
    evidence: Evidence | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """A poll whose log contradicts what the wallet saw before, and how."""

    poll: str
    question: str
    how: str
    evidence: Evidence = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of looking at a community's polls.

    `stale` are the questions of those whose log was shown as it was before, `unread` of those whose
    log could not be had or is none, and why.
    """

    found: tuple[Found, ...] = ()
    forks: tuple[Fork, ...] = ()
    stale: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def alarms(self) -> tuple[Evidence, ...]:
        """All evidence, of which there is none while the community keeps its word."""
        ballots = (each.evidence for each in self.found if each.evidence is not None)
        return (*ballots, *(fork.evidence for fork in self.forks))

    @property
    def is_open(self) -> bool:
        """Whether something is to be done again: a ballot without an answer, or an old log."""
        return bool(self.stale) or any(
            each.place is None and not each.vote.promise for each in self.found
        )

    def and_then(self, other: "Checked") -> "Checked":
        """Both together."""
        return Checked(
            found=(*self.found, *other.found),
            forks=(*self.forks, *other.forks),
            stale=(*self.stale, *other.stale),
            unread=(*self.unread, *other.unread),
        )


def check_receipts(vault: Vault, *, fingerprint: bytes, polls: PollsClient, now: int) -> Checked:
    """Look for all ballots of a community's polls in their logs, and store what was found.

    The logs of all polls are fetched, whether this wallet voted there or not, so that nobody learns
    where it did. `now` is in Unix seconds. One poll that cannot be read does not keep the others
    from being looked at. Raises WalletError, and ClientError where the list of polls cannot be had.
    """
    membership = vault.read().known(fingerprint)
    checked = Checked()
    listed = [poll.id for poll in polls.polls()]
    mine = {Manifest.from_cbor(log.manifest).poll: log for log in membership.logs}
    for poll in (*listed, *(mine.keys() - set(listed))):
        shown = _shown(poll, polls=polls)
        log = mine.get(poll)
        votes = () if log is None else _votes(membership, log)
        if log is None or not votes:
            continue
        try:
            one = _check_poll(membership, log, votes=votes, shown=shown, now=now)
        except (LogRefused, ClientError) as error:
            unread = ((votes[0].question, str(error)),)
            checked = checked.and_then(Checked(unread=unread))
            continue
        _store(vault, one, fingerprint=fingerprint)
        checked = checked.and_then(one.checked)
    return checked


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the server shows of one poll's log, unchecked; or why it shows nothing."""

    note: str = ""
    leaves: bytes = field(default=b"", repr=False)
    events: tuple[bytes, ...] = ()
    failed: ClientError | None = None


def _shown(poll: str, *, polls: PollsClient) -> _Shown:
    """The same three questions about every poll, whatever a wallet wants to know of it."""
    try:
        return _Shown(
            note=polls.checkpoint(poll), leaves=polls.leaves(poll), events=polls.events(poll)
        )
    except ClientError as error:
        return _Shown(failed=error)


def receipt_of(vault: Vault, vote: Vote, *, fingerprint: bytes, polls: PollsClient) -> Receipt:
    """The receipt of a ballot that is in the log now. Raises WalletError, and as check_receipts."""
    membership = vault.read().known(fingerprint)
    log = membership.log_of(vote.manifest_hash)
    if log is None:
        raise WalletError("This wallet did not keep the log of that poll.")
    manifest = Manifest.from_cbor(log.manifest)
    view = _read(vote.poll, manifest, membership=membership, polls=polls)
    place = view.place_of(vote.leaf_hash)
    if place is None:
        raise WalletError("Your ballot is not in the log yet; `symbolon poll receipts` says more.")
    return view.receipt(place)


@dataclass(frozen=True, slots=True, kw_only=True)
class _One:
    """What came of one poll, and the state of its log to be kept."""

    checked: Checked
    log: SeenLog


def _check_poll(
    membership: Membership,
    log: SeenLog,
    *,
    votes: tuple[Vote, ...],
    shown: _Shown,
    now: int,
) -> _One:
    if shown.failed is not None:
        raise shown.failed
    metadata = membership.metadata
    manifest = Manifest.from_cbor(log.manifest)  # checked when the vote was made
    poll = manifest.poll
    view = view_of(shown.note, shown.leaves, origin=manifest.origin, key=metadata.metadata_key)
    evidence = Evidence(
        metadata=membership.signed,
        manifest=log.manifest,
        checkpoint=view.signed.to_text(),
        leaves=view.leaves,
    )
    if not view.begins_with(log.manifest):
        how = "the log begins with another manifest than the one that was voted on"
        other = _other_manifest(evidence, votes=votes, how=how)
        fork = Fork(poll=poll, question=manifest.question, how=how, evidence=other)
        return _One(checked=Checked(forks=(fork,)), log=log)
    if log.checkpoint:
        before = _open(log.checkpoint, manifest, membership=membership)
        how = contradiction(before, view)
        if how:
            fork = Fork(
                poll=poll,
                question=manifest.question,
                how=how,
                evidence=replace(evidence, other=log.checkpoint),
            )
            return _One(checked=Checked(forks=(fork,)), log=log)
        if view.checkpoint.size < before.size:
            return _One(checked=Checked(stale=(manifest.question,)), log=log)
    lacking = any(vote.missed or view.place_of(vote.leaf_hash) is None for vote in votes)
    ending = ending_among(shown.events, view=view) if lacking else b""
    found = tuple(
        _find(
            vote,
            view=view,
            evidence=replace(evidence, ending=ending),
            missed=_open(vote.missed, manifest, membership=membership) if vote.missed else None,
            metadata_key=metadata.metadata_key,
            now=now,
        )
        for vote in votes
    )
    return _One(checked=Checked(found=found), log=replace(log, checkpoint=view.signed.to_text()))


def _other_manifest(evidence: Evidence, *, votes: tuple[Vote, ...], how: str) -> Evidence:
    """A promise about the manifest that is not the log's; raises LogRefused if there is none."""
    for vote in votes:
        if vote.signature:
            signed = SignedPromise(octets=vote.promise, signature=vote.signature)
            return replace(evidence, promise=signed)
    raise LogRefused(how)


def _find(
    vote: Vote,
    *,
    view: LogView,
    evidence: Evidence,
    missed: Checkpoint | None,
    metadata_key: bytes,
    now: int,
) -> Found:
    """Where a ballot stands; `missed` is the checkpoint that broke the promise before."""
    place = view.place_of(vote.leaf_hash)
    signed = (
        SignedPromise(octets=vote.promise, signature=vote.signature) if vote.signature else None
    )
    broken = replace(
        evidence,
        promise=signed,
        checkpoint=vote.missed,
        leaves=view.leaves[: HASH_LENGTH * (0 if missed is None else missed.size)],
    )
    if place is not None:
        there = replace(vote, state=IN_LOG)
        if missed is None or signed is None:
            return Found(vote=there, place=place)
        late = replace(broken, receipt=view.receipt(place).to_text())
        return Found(vote=there, place=place, evidence=late)
    if signed is None:
        return Found(vote=vote, place=None)
    merged_by = signed.open(metadata_key=metadata_key).merged_by
    if missed is not None:
        # The first checkpoint that broke the promise stays the evidence.
        return Found(vote=vote, place=None, evidence=broken)
    if view.checkpoint.time < merged_by and not evidence.ending:
        return Found(vote=vote, place=None, overdue=now > merged_by)
    return Found(
        vote=replace(vote, state=MISSING, missed=evidence.checkpoint),
        place=None,
        evidence=replace(evidence, promise=signed),
    )


def _store(vault: Vault, one: _One, *, fingerprint: bytes) -> None:
    def keep(membership: Membership) -> Membership:
        kept = {vote.key for vote in membership.votes}
        for each in one.checked.found:
            # Another command may have forgotten a ballot that was refused meanwhile.
            if each.vote.key in kept:
                membership = membership.with_vote(each.vote)
        return membership.with_log(one.log)

    vault.change(lambda now: now.changed(fingerprint, keep))


def _votes(membership: Membership, log: SeenLog) -> tuple[Vote, ...]:
    return tuple(v for v in membership.votes if v.manifest_hash == log.manifest_hash)


def _read(poll: str, manifest: Manifest, *, membership: Membership, polls: PollsClient) -> LogView:
    key = membership.metadata.metadata_key
    return read_log(poll, polls=polls, origin=manifest.origin, key=key)


def _open(note: str, manifest: Manifest, *, membership: Membership) -> Checkpoint:
    signed = SignedCheckpoint.parse(note)
    return signed.open(origin=manifest.origin, key=membership.metadata.metadata_key)
