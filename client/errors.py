"""The errors of the member's and verifier's side: each is one sentence that a person can act on.

They stand under the protocol's one root, so that a command catches `SymbolonError` and nothing
else. None holds a secret, a path below an origin, or anything that a server echoed about a member.
"""

from credentials.errors import SymbolonError


class ClientError(SymbolonError):
    """Something that the person at the command, or the app that uses the SDK, can put right."""


class WalletError(ClientError):
    """The wallet file is missing, locked, damaged or lacks what was asked for."""


class WrongPassphrase(WalletError):
    """The passphrase does not open the file (or the file was altered: the two look the same)."""


class DoorError(ClientError):
    """The door file is missing, for another door, or not prepared."""


class TrusteeError(ClientError):
    """A trustee's folder or file is missing, open to others, or not of this ceremony or poll."""


class BallotsRefused(ClientError):
    """A file of ballots cannot be read or written as what it is said to be, and why, and where."""


class ConsentRefused(ClientError):
    """The member said no; nothing was proven and nothing was sent."""


class ServerUnreachable(ClientError):
    """No answer came: the request may or may not have arrived."""


class ServerRefused(ClientError):
    """The server answered with a problem (RFC 9457).

    `slug` is the last part of its stable type (empty when it sent none), `status` the HTTP status,
    `expected` the number that the problem names, if it names one.
    """

    def __init__(
        self, message: str, *, slug: str, status: int, expected: int | None = None
    ) -> None:
        super().__init__(message)
        self.slug = slug
        self.status = status
        self.expected = expected


class ForkFound(ClientError):
    """A log was shown in two forms that do not belong together; the evidence was kept."""
