"""One community's registry as a wallet knows it: it grows, and takes nothing back.

Source: docs/protocol.md, "Registry". Heads are checked against the community's key and against the
one chain that the wallet has seen; the digit table by its pairings; what is computed from the log
of removals by the pairing of the witness. Lists are fetched whole: a piece of one would tell where
this wallet stands.
"""

from dataclasses import replace

from client.errors import ClientError
from client.published import PublishedClient
from client.registry import follow, reaching_back
from client.wallet.contents import Membership
from credentials.errors import EncodingError, HeadRefused
from credentials.formats.head import Head
from credentials.holder import Credential
from credentials.merkle import root_of
from credentials.registry.accumulator import Removal
from credentials.registry.chain import HeadChain
from credentials.registry.digits import DigitTable, open_digits
from credentials.registry.log import SEGMENT_ENTRIES, read_entries


class Registry:
    """What a membership holds of its registry, and what is fetched besides.

    Methods raise HeadRefused, DigitsRefused, ClientError, ServerUnreachable, ServerRefused.
    """

    def __init__(self, membership: Membership, *, service: PublishedClient) -> None:
        self._metadata = membership.metadata
        self._chain = membership.chain
        self._digits = membership.digits
        self._service = service
        self._entries: list[bytes] = []

    @property
    def newest(self) -> Head:
        """The newest head that is known."""
        return self._known.newest

    def follow(self) -> Head:
        """Fetch what is published now; the newest head."""
        self._chain = follow(self._chain, service=self._service, metadata=self._metadata)
        return self.newest

    def find(self, head: Head) -> Head:
        """A head, once it is found on the one chain; fetches what lies between."""
        if self._chain is None or head.epoch > self._chain.newest.epoch:
            self.follow()
        if self.at(head.epoch).hash != head.hash:
            raise HeadRefused("the community published two different heads for one epoch")
        return head

    def at(self, epoch: int) -> Head:
        """The head with this number, fetched if it is older than those that are kept."""
        self._chain = reaching_back(
            self._known, epoch=epoch, service=self._service, metadata=self._metadata
        )
        if epoch > self.newest.epoch:
            raise HeadRefused("there is a registry head that the community has not published")
        return self._chain.heads[epoch - self._chain.first.epoch]

    def removals(self, *, after: Head, upto: Head) -> list[Removal]:
        """What was removed between two heads, in order."""
        first, last = after.removals, upto.removals
        try:
            return read_entries(self.log()[first:last])
        except EncodingError:
            raise _not_the_log() from None

    def moved(self, credential: Credential, *, to: Head) -> Credential:
        """A credential with its witness brought to another head, earlier or later.

        Raises MemberRevoked, and WitnessRefused where the log does not lead there.
        """
        here = credential.keys.head.head
        if to.epoch >= here.epoch:
            return credential.updated(to, removals=self.removals(after=here, upto=to))
        return credential.rewound(to, removals=self.removals(after=to, upto=here))

    def removal_of(self, credential: Credential, *, upto: Head) -> Head:
        """The head at which a credential was removed, between its own and `upto`."""
        here = credential.keys.head.head
        handles = [removal.handle for removal in self.removals(after=here, upto=upto)]
        place = here.removals + handles.index(credential.handle)
        return next(head for head in self._known.heads if head.removals > place)

    def digits(self) -> DigitTable:
        """The table of signed digits, fetched and checked once."""
        octets = self._digits or self._service.digits()
        table = open_digits(octets, digit_key=self._metadata.keys.digit_key)
        self._digits = octets
        return table

    def kept_in(self, membership: Membership) -> Membership:
        """A membership with all that is known here; raises HeadRefused for a fork."""
        return replace(
            membership.with_chain(self._known),
            digits=self._digits,
            clock=self._service.clock or membership.clock,
        )

    @property
    def _known(self) -> HeadChain:
        if self._chain is None:
            self._chain = follow(None, service=self._service, metadata=self._metadata)
        return self._chain

    def log(self) -> list[bytes]:
        """All entries of the log of removals up to the newest known head, which names their root.

        Raises ClientError where the log is another one.
        """
        newest = self.newest
        if len(self._entries) != newest.removals:
            segments = range(-(-newest.removals // SEGMENT_ENTRIES))
            entries = [entry for number in segments for entry in self._service.log_segment(number)]
            entries = entries[: newest.removals]
            if len(entries) != newest.removals or root_of(entries) != newest.root:
                raise _not_the_log()
            self._entries = entries
        return self._entries


def _not_the_log() -> ClientError:
    return ClientError("The published log of removals is not the one that its head names.")
