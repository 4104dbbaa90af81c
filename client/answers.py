"""What the service answers, parsed: plain frozen values, the wire objects in them as octets."""

from dataclasses import dataclass, field

from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata
from credentials.formats.promise import SignedPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceAnswer:
    """Octets of an IssuedCredential and its IssuedWitness, and the head at which that holds."""

    credential: bytes = field(repr=False)
    witness: bytes = field(repr=False)
    head: SignedHead


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesSoFar:
    """How many trustees have handed in their share, how many must, and where the poll stands."""

    shares: int
    needed: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPaper:
    """A manifest's octets, the registry head that it pins, and how the poll stands.

    `closes_at` counts extensions in; Unix seconds. `withdrawals` are the octets of the events by
    which options were withdrawn.
    """

    manifest: bytes
    head: SignedHead
    state: str
    closes_at: int
    withdrawals: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSummary:
    """A line of the list of polls; times in Unix seconds."""

    id: str
    question: str
    state: str
    closes_at: int
    timezone: str
    withdrawals: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A ballot's leaf hash (32 octets), and a promise about it that nobody has checked yet."""

    leaf_hash: bytes
    promise: SignedPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Someone is in: a pseudonym in a scope, the running number, and when and where."""

    context_id: bytes = field(repr=False)
    pseudonym: bytes = field(repr=False)
    n: int
    at: int
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorBundle:
    """What a door needs to work alone. `now` is the server's clock in Unix seconds."""

    door: str
    signed: SignedMetadata
    now: int
    entries: tuple[Entry, ...]
    heads: tuple[SignedHead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A verdict by the server; `first` says when and where an `already_in` came in before."""

    verdict: str
    first_at: int | None
    first_door: str | None
    disclosed: dict[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedScan:
    """A scan made without network, as it is handed in later."""

    scan_id: bytes
    code: str = field(repr=False)
    direction: str
    scanned_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What the server made of one queued scan; a conflict names the earlier scan.

    outcome: recorded, conflict, later, refused; `reason` says why a scan was not recorded.
    """

    scan_id: bytes
    outcome: str
    verdict: str
    reason: str
    conflict_door: str | None
    conflict_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """A result for each queued scan, all entries as merged, and the newest registry heads.

    `now` is the server's clock in Unix seconds.
    """

    results: tuple[SyncResult, ...]
    entries: tuple[Entry, ...]
    heads: tuple[SignedHead, ...]
    now: int
