"""Whether a membership stands: its membership witness at the registry's newest value, or that it
has ended.

A wallet looks for news at times of its own (`traffic`), and where an app names a value that it does
not know; not at every showing, which would tell the community when somebody is about to enter. All
that is asked for here is the same for everyone: nothing speaks with issuance.
"""

import time
from dataclasses import dataclass, replace

from client.errors import ServerRefused, ServerUnreachable, WalletError
from client.published import PublishedClient
from client.wallet.clock import warn_of_clock
from client.wallet.contents import GONE, REPLACED, Enrolment, Membership
from client.wallet.enrolling import credential_of
from client.wallet.holdings import Holding
from client.wallet.registry import Registry
from client.wallet.traffic import check_before_showing, next_update, renewal_due, shown
from client.wallet.vault import Vault
from credentials.days import common_zone
from credentials.errors import MemberRevoked
from credentials.formats.head import Head
from credentials.holder import Credential
from credentials.registry.chain import HeadChain
from credentials.times import in_words

CAREFUL_REMOVALS = 2
"""More heads than this that remove somebody outside the schedule, in a day, call for care."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A credential ready to be shown.

    `note` says what could not be brought up to date, if any; `caution` what the member should know
    about the registry before anything is shown; `clock` what is wrong with this device's clock.
    """

    membership: Membership
    chain: HeadChain
    credential: Credential
    note: str = ""
    caution: str = ""
    clock: str = ""


def stand(
    vault: Vault,
    *,
    holding: Holding,
    service: PublishedClient,
    value: bytes | None = None,
    now: int | None = None,
    at_once: bool = False,
) -> Standing:
    """The credential at the registry's newest value, brought up to date first if that is due.

    `value` is the value V that an app named (48 octets). It never decides at which value the proof
    is made: it may only show that this wallet has to look for news, and an app that knows another
    registry than everybody is shown nothing. At a door, where the service cannot be reached, what
    the wallet has must do. Raises TooSoon after a claim or renewal, unless `at_once`; MemberRevoked
    for a credential that has ended, HeadRefused, WalletError.
    """
    membership, count = holding.membership, holding.enrolment.count
    now = int(time.time()) if now is None else now
    check_not_ended(holding.enrolment, membership=membership)
    if not at_once:
        check_before_showing(membership, now=now)
    note = ""
    if _is_behind(membership, holding.enrolment, value=value, now=now):
        try:
            update(vault, fingerprint=membership.fingerprint, service=service, now=now)
        except (ServerUnreachable, ServerRefused) as error:
            note = f"{error} Going on with what this wallet has."
    membership = mark_shown(vault, fingerprint=membership.fingerprint, now=now)
    enrolment = membership.enrolment(count)
    if enrolment is None or membership.chain is None:
        raise WalletError("This wallet was changed meanwhile; repeat the command.")
    check_not_ended(enrolment, membership=membership)
    if value is not None:
        _check_same_registry(membership, value=value, now=now, note=note)
    return Standing(
        membership=membership,
        chain=membership.chain,
        credential=credential_of(vault.read().seed, membership=membership, enrolment=enrolment),
        note=note,
        caution=_caution(membership, chain=membership.chain, now=now),
        clock=warn_of_clock(membership, now=now),
    )


def mark_shown(vault: Vault, *, fingerprint: bytes, now: int) -> Membership:
    """Note that this wallet is about to show or vote, so that it keeps away from issuance."""
    contents = vault.change(lambda kept: kept.changed(fingerprint, lambda m: shown(m, now=now)))
    return contents.known(fingerprint)


def _caution(membership: Membership, *, chain: HeadChain, now: int) -> str:
    removals = chain.unscheduled(now=now)
    if removals <= CAREFUL_REMOVALS:
        return ""
    return (
        f"{membership.metadata.name} removed members {removals} times within a day outside its "
        "schedule. Each time divides wallets into those that have heard of it and those that have "
        "not, so that yours may be told from others. If you can, wait until tomorrow."
    )


def _check_same_registry(membership: Membership, *, value: bytes, now: int, note: str) -> None:
    """Raise WalletError where an app knows a registry that this wallet cannot find published.

    Its proof would show at which value this wallet stands, beside others that stand elsewhere.
    """
    chain = membership.chain
    name = membership.metadata.name
    if chain is None or not chain.knows(value):
        raise WalletError(
            f"{note} The app names a state of the registry of {name} that this wallet cannot find "
            "among those that are published. Nothing was shown: it could tell you from other "
            "members. Try again later, or ask the organiser.".strip()
        )
    if note and chain.is_due(now=now):
        raise WalletError(
            f"{note} What this wallet knows of {name} is out of date, which could tell you from "
            "other members. Nothing was shown; try again when the network is back."
        )


def _is_behind(
    membership: Membership, enrolment: Enrolment, *, value: bytes | None, now: int
) -> bool:
    chain = membership.chain
    if chain is None or enrolment.epoch != chain.newest.epoch:
        return True
    return now >= membership.update_at or (value is not None and not chain.knows(value))


def check_not_ended(enrolment: Enrolment, *, membership: Membership) -> None:
    """Raise MemberRevoked, in words for the member, if the credential has ended."""
    if enrolment.ended:
        raise MemberRevoked(ended_in_words(enrolment, membership=membership))


def ended_in_words(enrolment: Enrolment, *, membership: Membership) -> str:
    """That a credential has ended, when, and what its holder can do."""
    name = membership.metadata.name
    day = in_words(enrolment.ended_at, timezone=common_zone(membership.metadata))
    if enrolment.ended == GONE:
        return (
            f"This membership of {name} was changed or removed on {day}. `symbolon wallet renew` "
            "asks which, at a time when you show nothing and do not vote."
        )
    if enrolment.ended == REPLACED:
        return f"This membership of {name} was replaced by one issued anew; seen on {day}."
    return f"This membership of {name} was removed on {day}, by the organiser or as it had ended."


def current_in_words(enrolment: Enrolment, *, membership: Membership) -> str:
    """As of when a credential that has not ended is known to be current."""
    head = membership.head(enrolment.epoch)
    if head is None:
        return "not known; `symbolon wallet refresh` asks"
    day = in_words(head.published_at, timezone=common_zone(membership.metadata))
    return f"current at registry head {head.epoch}, of {day}"


def update(
    vault: Vault, *, fingerprint: bytes, service: PublishedClient, now: int | None = None
) -> Membership:
    """Bring all credentials of a community to its newest registry head, and store them.

    A credential whose handle was removed is GONE, and a renewal falls due at some later time.
    Raises HeadRefused, WitnessRefused, DigitsRefused, ClientError, ServerUnreachable,
    ServerRefused.
    """
    now = int(time.time()) if now is None else now
    contents = vault.read()
    membership = contents.known(fingerprint)
    registry = Registry(membership, service=service)
    newest = registry.follow()
    registry.log()  # also where nothing in it is needed: everyone asks for the same
    registry.digits()
    updated = [
        _updated(
            enrolment,
            seed=contents.seed,
            membership=membership,
            registry=registry,
            newest=newest,
        )
        for enrolment in membership.enrolments
        if not enrolment.ended
    ]

    def keep(kept: Membership) -> Membership:
        kept = registry.kept_in(kept)
        for enrolment in updated:
            kept = kept.with_enrolment(enrolment)
        if any(enrolment.ended for enrolment in updated):
            kept = renewal_due(kept, now=now)
        return replace(kept, update_at=next_update(newest, now=now))

    return vault.change(lambda kept: kept.changed(fingerprint, keep)).known(fingerprint)


def _updated(
    enrolment: Enrolment,
    *,
    seed: bytes,
    membership: Membership,
    registry: Registry,
    newest: Head,
) -> Enrolment:
    credential = witnessed(seed, membership=membership, enrolment=enrolment, registry=registry)
    try:
        moved = registry.moved(credential, to=newest)
    except MemberRevoked:
        ended_at = registry.removal_of(credential, upto=newest).published_at
        return replace(enrolment, ended=GONE, ended_at=ended_at)
    return replace(enrolment, witness=moved.witness_octets, epoch=newest.epoch)


def witnessed(
    seed: bytes, *, membership: Membership, enrolment: Enrolment, registry: Registry
) -> Credential:
    """A credential at the head of its stored witness, also where that head is no longer kept."""
    credential = credential_of(seed, membership=membership, enrolment=enrolment)
    return credential.at(registry.at(enrolment.epoch), witness=enrolment.witness)
