"""Which of a wallet's credentials is meant: by community, and by number where there are several."""

from dataclasses import dataclass

from client.community import show_fingerprint
from client.errors import WalletError
from client.wallet.contents import Enrolment, Membership, WalletContents


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A credential with its community, and its number in `wallet list` (from 1)."""

    number: int
    membership: Membership
    enrolment: Enrolment


def holdings(contents: WalletContents) -> tuple[Holding, ...]:
    """All credentials, numbered as the person sees them."""
    pairs = [(m, e) for m in contents.memberships for e in m.enrolments]
    return tuple(
        Holding(number=number, membership=membership, enrolment=enrolment)
        for number, (membership, enrolment) in enumerate(pairs, start=1)
    )


def choose(
    contents: WalletContents,
    *,
    community: str | None = None,
    fingerprint: bytes | None = None,
    number: int | None = None,
) -> Holding:
    """The one credential that fits.

    `community` is a name, an address or a fingerprint as a person writes it; `fingerprint` the 32
    octets where a request names the community. Credentials that have ended give way to those that
    have not. Raises WalletError if none fits, or several.
    """
    fitting = [
        holding
        for holding in holdings(contents)
        if (fingerprint is None or holding.membership.fingerprint == fingerprint)
        and (community is None or is_meant(holding.membership, community))
        and (number is None or holding.number == number)
    ]
    standing = [holding for holding in fitting if not holding.enrolment.ended]
    fitting = standing or fitting
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise WalletError(_none_fits(contents, number=number))
    if len({holding.membership.fingerprint for holding in fitting}) > 1:
        names = ", ".join(sorted({holding.membership.metadata.name for holding in fitting}))
        raise WalletError(
            f"This wallet is in several communities; choose with --community: {names}."
        )
    numbers = ", ".join(str(holding.number) for holding in fitting)
    raise WalletError(
        f"This wallet has several credentials there; choose with --credential: {numbers} "
        "(`symbolon wallet list` shows them)."
    )


def is_meant(membership: Membership, text: str) -> bool:
    """Whether a person means this community: by name, address or fingerprint."""
    text = text.strip().rstrip("/")
    return text.lower() in (membership.metadata.name.lower(), membership.address) or (
        text == show_fingerprint(membership.fingerprint)
    )


def _none_fits(contents: WalletContents, *, number: int | None) -> str:
    if not holdings(contents):
        return "This wallet holds no credential yet; `symbolon wallet claim LINK` gets one."
    if number is not None:
        return f"This wallet has no credential {number} there; `symbolon wallet list` shows them."
    return "This wallet holds no credential of that community; `symbolon wallet list` shows them."
