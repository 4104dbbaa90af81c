"""A trustee's folder: one file of secrets, and the public files of one ceremony.

    secret              the trustee's keys and, after the ceremony, the share, under a passphrase
    participants.json   threshold and all cards, once the trustee has dealt
    maro-card.json, maro-deal.json, maro-part.json   what Maro hands to the others
    polls/              what the trustee was shown of each poll (client.trustee.kept)

A folder serves one ceremony; another one begins in another folder. Nothing here is printed.
"""

import json
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from client.errors import TrusteeError
from client.sealed_file import SealKey, new_key
from client.trustee.secret import TRUSTEE_FORM, TrusteeSecret
from client.whole_file import make_folder, write_whole
from credentials.errors import CeremonyRefused, EncodingError
from credentials.formats.ceremony_result import CeremonyResult
from credentials.formats.json_object import read_list, read_object
from credentials.formats.names import mend_shown_text
from credentials.formats.plain_text import text_in
from credentials.sealing.cards import Card, TrusteeKeys, read_card
from credentials.sealing.ceremony import TrusteeShare, read_part
from credentials.sealing.participants import Participants
from credentials.sealing.signed_files import FILE_LIMIT

SECRET_FILE: Final = "secret"  # noqa: S105 - a name, not the secret
PARTICIPANTS_FILE: Final = "participants.json"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A trustee's folder, whose file of secrets was read."""

    path: Path
    keys: TrusteeKeys
    seal_key: SealKey = field(repr=False)
    share: TrusteeShare | None = field(default=None, repr=False)

    @classmethod
    def create(cls, path: Path, *, name: str, passphrase: Callable[[], str]) -> "Folder":
        """Make the folder, draw the keys, and write the card. Raises TrusteeError.

        `passphrase` is called once it is sure that the folder can be made.
        """
        path = path.expanduser()
        try:
            keys = TrusteeKeys.generate(mend_shown_text(name, name="a trustee's name"))
        except EncodingError as error:
            raise TrusteeError(f"Choose another name: {error}.") from None
        make_folder(path, error=TrusteeError)
        if (path / SECRET_FILE).exists():
            raise TrusteeError(
                f"{path} is a trustee's folder already; each ceremony has a folder of its own."
            )
        key = new_key(passphrase(), form=TRUSTEE_FORM)
        folder = cls(path=path, keys=keys, seal_key=key)
        folder._write_secret()
        folder.write("card", keys.card_file())
        return folder

    @classmethod
    def open(cls, path: Path, *, passphrase: Callable[[], str]) -> "Folder":
        """Read a trustee's secrets. Raises TrusteeError, also where others could read them.

        `passphrase` is called once there is a file that needs it.
        """
        path = path.expanduser()
        file = path / SECRET_FILE
        try:
            _refuse_loose(file)
            sealed = file.read_bytes()
        except FileNotFoundError:
            raise TrusteeError(
                f"{path} is no trustee's folder; `symbolon trustee init` makes one."
            ) from None
        except OSError as error:
            raise TrusteeError(f"{file} cannot be read: {error.strerror}.") from None
        secret, key = TrusteeSecret.open(sealed, passphrase=passphrase())
        return cls(path=path, keys=secret.keys, share=secret.share, seal_key=key)

    def file(self, kind: str) -> Path:
        """Where a public file of the trustee is: `card`, `deal` or `part`.

        It is named after the trustee, so that the files of all can lie in one folder.
        """
        return self.path / f"{_file_name(self.keys.card)}-{kind}.json"

    def write(self, kind: str, text: str) -> Path:
        """Write a public file of the trustee. Raises TrusteeError."""
        file = self.file(kind)
        write_whole(file, text.encode(), error=TrusteeError)
        return file

    def write_participants(self, cards: Sequence[str], *, threshold: int) -> None:
        """Keep with whom the trustee dealt: the texts of all cards' files."""
        value = {"threshold": threshold, "cards": [json.loads(card) for card in cards]}
        octets = (json.dumps(value, indent=2) + "\n").encode()
        write_whole(self.path / PARTICIPANTS_FILE, octets, error=TrusteeError)

    def participants(self) -> Participants:
        """With whom the trustee dealt. Raises TrusteeError."""
        file = self.path / PARTICIPANTS_FILE
        if not file.exists():
            raise TrusteeError("You have not dealt yet: run `symbolon trustee deal` first.")
        try:
            value = read_object(
                json.loads(read_text(file, limit=FILE_LIMIT * 64)),
                required=("threshold", "cards"),
                name="the list of participants",
                error=CeremonyRefused,
            )
            cards = read_list(value["cards"], name="the cards", error=CeremonyRefused)
            threshold = value["threshold"]
            if type(threshold) is not int:
                raise CeremonyRefused("the threshold is not a number")
            return Participants.of(
                [read_card(json.dumps(card)) for card in cards], threshold=threshold
            )
        except (ValueError, CeremonyRefused):
            raise TrusteeError(f"{file} is damaged.") from None

    def keep_share(self, share: TrusteeShare, *, part: str) -> Path:
        """Keep the own share, and write the signed part for the organiser. Raises TrusteeError."""
        kept = replace(self, share=share)
        kept._write_secret()
        return kept.write("part", part)

    def result(self) -> tuple[TrusteeShare, CeremonyResult]:
        """The own share, and the result of the ceremony that it comes from. Raises TrusteeError."""
        if self.share is None or not self.file("part").exists():
            raise TrusteeError(
                "You have no share yet: run `symbolon trustee finish` with the deals of all."
            )
        result, trustee, _ = read_part(read_text(self.file("part")))
        if trustee.verification_key != self.keys.card.verification_key:
            raise TrusteeError(f"{self.file('part')} is not your own part.")
        return self.share, result

    def _write_secret(self) -> None:
        secret = TrusteeSecret(keys=self.keys, share=self.share)
        octets = secret.sealed(self.seal_key)
        write_whole(self.path / SECRET_FILE, octets, error=TrusteeError)


def _file_name(card: Card) -> str:
    """The trustee's name in a-z, 0-9 and -, or the beginning of the fingerprint."""
    plain = unicodedata.normalize("NFKD", card.name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:24].strip("-") or card.fingerprint[:8]


def read_text(file: Path, *, limit: int = FILE_LIMIT) -> str:
    """The text of a file that somebody handed over. Raises TrusteeError."""
    try:
        with file.expanduser().open("rb") as opened:
            octets = opened.read(limit + 1)
    except OSError as error:
        raise TrusteeError(f"{file} cannot be read: {error.strerror}.") from None
    if len(octets) > limit:
        raise TrusteeError(f"{file} is too large to be a file of a ceremony.")
    return text_in(octets, name=str(file), error=TrusteeError)


def _refuse_loose(file: Path) -> None:
    """Raise TrusteeError where others on this machine could read the secrets."""
    mode = file.stat().st_mode
    if os.name != "nt" and mode & _OTHERS:
        raise TrusteeError(
            f"Others on this machine can read {file}: `chmod 600` it, and ask yourself who did."
        )
