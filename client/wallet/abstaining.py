"""A member's own proof of having cast no ballot in a poll that has closed."""

import tempfile
from typing import TYPE_CHECKING

from client.errors import ServerRefused, WalletError
from client.poll import Poll
from client.polls import PollsClient
from client.wallet.contents import Membership
from client.wallet.voting import last_vote
from credentials.errors import SymbolonError
from credentials.formats.abstention import Abstention
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import read_bundle
from credentials.holder import Credential
from credentials.polls import make_abstention, poll_pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterable

OVER = ("closed", "unsealed", "certified")
NOT_YET = "poll-not-certified"


def check_can_abstain(poll: Poll, *, membership: Membership, count: int) -> None:
    """Raise WalletError for a poll that is not closed, or in which this credential voted."""
    if poll.state not in OVER:
        raise WalletError("That poll is not closed; who has cast nothing yet may still do so.")
    if last_vote(membership, poll=poll, count=count) is not None:
        raise WalletError("This wallet cast a ballot in that poll, so you did not abstain.")


def prove_abstention(credential: Credential, *, poll: Poll) -> Abstention:
    """The proof. The credential is at the poll's registry head."""
    return make_abstention(credential, manifest=poll.manifest, head=poll.head)


def look_for_own(credential: Credential, *, poll: Poll, polls: PollsClient) -> bool:
    """Look for the own pseudonym in the published bundle; False where none is published yet.

    Another copy of the wallet may have voted. Raises WalletError where it did.
    """
    pseudonym = poll_pseudonym(credential, manifest=poll.manifest)
    with tempfile.TemporaryFile() as file:
        try:
            polls.bundle(poll.id, file)
        except ServerRefused as refused:
            if refused.slug != NOT_YET:
                raise
            return False
        file.seek(0)
        _, entries = read_bundle(file)
        if pseudonym in _pseudonyms(entries):
            raise WalletError("There is a ballot of this membership in that poll.")
    return True


def _pseudonyms(entries: "Iterable[bytes]") -> set[bytes]:
    found = set()
    for entry in entries:
        try:
            found.add(Ballot.from_cbor(entry).pseudonym)
        except SymbolonError:
            continue
    return found
