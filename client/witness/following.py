"""One look at a poll's log by a witness: check what is new, write it down, cosign it, send it.

The order matters. The last checkpoint is read before the new one is asked for, so that another
process of the same witness cannot make an old answer look like a step back; and the new one is on
disk before its cosignature is sent, so that no crash makes the witness forget what it vouched for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from client.community import PinnedMetadata, pinned
from client.errors import ClientError, ForkFound, ServerRefused
from client.history import bridged
from client.witness.record import Record
from client.witness.service import LogClient
from credentials.errors import CheckpointRefused
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint, log_origin
from credentials.log.cosignature import WitnessKey
from credentials.log.note import NoteSignature
from credentials.log.witness import Reason, cosign_next

ENDED = frozenset({"certified", "cancelled"})
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Whose log is followed, and whether it was met for the first time."""

    published: PinnedMetadata
    first_use: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of one look: the checkpoint found, and whether it was cosigned now.

    `state` is the poll's before the checkpoint was asked for, so that after a state in ENDED the
    checkpoint is the final one.
    """

    checkpoint: Checkpoint
    cosigned: bool
    state: str


def meet(client: LogClient, *, record: Record, fingerprint: bytes | None) -> Community:
    """The community behind a poll: the one pinned, or the one known here, or the first one seen.

    One that has moved is known by its key: what it publishes follows what was seen where it was.

    Raises MetadataRefused, ClientError.
    """
    signed = client.metadata()
    published = pinned(signed, fingerprint=fingerprint)
    if published.metadata.address != client.address:
        raise ClientError(
            f"The server {client.address} speaks for a community that is at "
            f"{published.metadata.address}: follow the poll there."
        )
    known = record.community(client.address) or record.met(published.fingerprint)
    published = bridged(published, known=known, service=client)
    record.keep_community(signed, address=client.address)
    return Community(published=published, first_use=known is None)


@dataclass(kw_only=True)
class Follower:
    """A witness at one log. `time` gives Unix seconds."""

    client: LogClient
    record: Record
    witness: WitnessKey
    metadata_key: bytes
    time: Callable[[], int]
    _sent: str = field(default="", init=False)

    @property
    def origin(self) -> str:
        """The log's origin."""
        return log_origin(self.client.address, poll=self.client.poll_id)

    def look(self) -> Look:
        """Look once. Raises ForkFound, LogRefused, ClientError, ServerUnreachable, ServerRefused.

        A checkpoint is sent once in the life of this object; a new process sends it again, as the
        old one may have stopped between writing and sending.
        """
        state = self.client.state()
        for _ in range(_ATTEMPTS):
            last = self.record.last(self.origin)
            signed = self.client.checkpoint()
            found = signed.open(origin=self.origin, key=self.metadata_key)
            if signed.note.text == self._sent:
                return Look(checkpoint=found, cosigned=False, state=state)
            line = self._cosigned(signed, last=last)
            if line is None or not self._send(line, text=signed.note.text):
                continue
            self._sent = signed.note.text
            return Look(checkpoint=found, cosigned=True, state=state)
        raise ClientError("The log changes faster than it can be cosigned; try again later.")

    def _cosigned(
        self, signed: SignedCheckpoint, *, last: SignedCheckpoint | None
    ) -> NoteSignature | None:
        """The cosignature, once the checkpoint is on disk; None if another process was faster."""
        key, now = self.metadata_key, self.time()
        known = None if last is None else last.open(origin=self.origin, key=key)
        proof = self._proof(known, signed.open(origin=self.origin, key=key))
        with self.record.locked(self.origin):
            if self.record.last(self.origin) != last:
                return None
            try:
                line = cosign_next(
                    signed,
                    last=known,
                    proof=proof,
                    origin=self.origin,
                    key=key,
                    witness=self.witness,
                    time=now,
                )
            except CheckpointRefused as refused:
                if last is None or not Reason(refused.reason).accuses_the_log:
                    raise
                folder = self.record.keep_evidence(
                    last,
                    signed,
                    proof=proof,
                    reason=refused.reason,
                    origin=self.origin,
                    time=now,
                )
                raise ForkFound(
                    f"The log {self.origin} does not agree with what this witness cosigned "
                    f"before: {refused}. Nothing was cosigned. The evidence, two checkpoints that "
                    f"the community signed, is in {folder}: show it to others."
                ) from None
            self.record.keep(signed, origin=self.origin)
        return line

    def _proof(self, known: Checkpoint | None, found: Checkpoint) -> tuple[bytes, ...]:
        if known is None or not 0 < known.size < found.size:
            return ()
        return self.client.consistency(known.size, found.size)

    def _send(self, line: NoteSignature, *, text: str) -> bool:
        """Whether the cosignature was taken; not, if the log has grown in the meantime."""
        try:
            self.client.cosign(line.to_line())
        except ServerRefused as refused:
            if refused.slug != "cosignature-refused" or self.client.checkpoint().note.text == text:
                raise
            return False
        return True
