"""A trustee's steps in the key ceremony, from files to files. What they mean: credentials.sealing.

Source: docs/protocol.md, "The trustees' key".
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from client.errors import TrusteeError
from client.trustee.folder import Folder, read_text
from credentials.errors import CeremonyRefused, DealRefused
from credentials.formats.ceremony_result import CeremonyResult
from credentials.sealing.cards import Card, read_card
from credentials.sealing.ceremony import finish, merge, part_file, read_ceremony
from credentials.sealing.deals import make_deal, read_deal
from credentials.sealing.participants import Participants

Read = TypeVar("Read")


def deal(
    folder: Folder, *, cards: Sequence[Path], threshold: int, again: bool
) -> tuple[Participants, Path]:
    """Deal to everyone whose card is given, and to oneself; where the deal was written.

    `again` replaces an earlier deal, which must then not be used by anybody. Raises TrusteeError.
    """
    if folder.share is not None:
        raise TrusteeError("This folder's ceremony is over; another one begins in another folder.")
    if folder.file("deal").exists() and not again:
        raise TrusteeError(
            "You have dealt already. If the ceremony starts again, use --again, and have everyone "
            "throw the old deal away."
        )
    texts = [folder.keys.card_file()]
    read: list[Card] = [folder.keys.card]
    for file in cards:
        text = read_text(file)
        card = _named(file, read_card, text)
        if card not in read:
            read.append(card)
            texts.append(text)
    try:
        participants = Participants.of(read, threshold=threshold)
        dealt = make_deal(participants, keys=folder.keys)
    except CeremonyRefused as error:
        raise TrusteeError(f"Nothing was dealt: {error}.") from None
    folder.write_participants(texts, threshold=threshold)
    return participants, folder.write("deal", dealt)


def finish_ceremony(folder: Folder, *, deals: Sequence[Path]) -> tuple[CeremonyResult, Path]:
    """Check all deals, keep the own share, and sign the result; where the part was written.

    The own deal may be left out of `deals`. Raises TrusteeError, which names a dealer at fault.
    """
    participants = folder.participants()
    texts = []
    for file in [folder.file("deal"), *deals]:
        text = read_text(file)
        _named(file, lambda text: read_deal(text, participants=participants), text)
        texts.append(text)
    try:
        share, result = finish(texts, participants=participants, keys=folder.keys)
    except DealRefused as error:
        raise _stopped(error) from None
    except CeremonyRefused as error:
        raise TrusteeError(f"The ceremony is not finished: {error}.") from None
    if folder.share is not None and folder.share != share:
        raise TrusteeError("This folder holds the share of other deals; it is left as it is.")
    return result, folder.keep_share(share, part=part_file(result, keys=folder.keys))


def combine_parts(parts: Sequence[Path]) -> tuple[CeremonyResult, str]:
    """The whole ceremony's result and the text of its file. Raises TrusteeError."""
    texts = [read_text(file) for file in parts]
    try:
        text = merge(texts)
        result, _ = read_ceremony(text)
        return result, text
    except CeremonyRefused as error:
        raise TrusteeError(f"The ceremony is not complete: {error}.") from None


def _named(file: Path, read: Callable[[str], Read], text: str) -> Read:
    """What `read` makes of a file's text; its refusal begins with the file's name."""
    try:
        return read(text)
    except DealRefused as error:
        raise _stopped(error) from None
    except CeremonyRefused as error:
        raise TrusteeError(f"{file}: {error}.") from None


def _stopped(error: DealRefused) -> TrusteeError:
    text = str(error)
    return TrusteeError(
        f"{text[0].upper()}{text[1:]}. The ceremony stops here: tell the others, and start again "
        f"without {error.dealer}."
    )
