"""Whether a membership stands: its witness at the newest registry head, or that it has ended.

A wallet fetches heads and removals, the same for everyone, where what it has is not enough: at the
time at which a newer head is due, and where somebody names a head that it does not know. It does
not fetch at every showing, which would tell the issuer when somebody is about to enter.
"""

import time
from dataclasses import dataclass, replace

from client.errors import ServerRefused, ServerUnreachable, WalletError
from client.issuer import IssuerClient
from client.wallet.contents import REMOVED, REPLACED, Enrolment, Membership
from client.wallet.enrolling import credential_of, request_credential
from client.wallet.holdings import Holding
from client.wallet.registry import Registry
from client.wallet.vault import Vault
from credentials.errors import MemberRevoked
from credentials.formats.head import Head
from credentials.holder import Credential
from credentials.registry.chain import HeadChain

END_OF_PROBLEM = {"credential-revoked": REMOVED, "commitment-retired": REPLACED}
"""What the issuer says of a commitment whose credential has ended, and how a wallet notes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A credential ready to be shown; `note` says what could not be brought up to date, if any."""

    membership: Membership
    chain: HeadChain
    credential: Credential
    note: str = ""


def stand(
    vault: Vault,
    *,
    holding: Holding,
    issuer: IssuerClient,
    value: bytes | None = None,
    now: int | None = None,
) -> Standing:
    """The credential at the registry's newest value, brought up to date first if that is needed.

    `value` is the value V that an app named (48 octets). It never decides at which value the proof
    is made: it may only show that this wallet has to look for news, and an app that knows another
    registry than everybody is shown nothing. At a door, where the issuer cannot be reached, what
    the wallet has must do. Raises MemberRevoked for a credential that has ended, HeadRefused,
    WalletError.
    """
    membership, count = holding.membership, holding.enrolment.count
    now = int(time.time()) if now is None else now
    note = ""
    if not holding.enrolment.ended and _is_behind(
        membership, holding.enrolment, value=value, now=now
    ):
        try:
            membership = update(vault, fingerprint=membership.fingerprint, issuer=issuer)
        except (ServerUnreachable, ServerRefused) as error:
            note = f"{error} Going on with what this wallet has."
    enrolment = membership.enrolment(count)
    if enrolment is None:
        raise WalletError("This wallet was changed meanwhile; repeat the command.")
    check_not_ended(enrolment, membership=membership)
    credential = credential_of(vault.read().seed, membership=membership, enrolment=enrolment)
    if membership.chain is None or credential.witness is None:
        raise WalletError(
            f"{note} This credential has no registry witness yet; `symbolon wallet refresh` "
            "fetches it.".strip()
        )
    if value is not None:
        _check_same_registry(membership, value=value, now=now, note=note)
    return Standing(membership=membership, chain=membership.chain, credential=credential, note=note)


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
    if chain is None or not enrolment.witness or enrolment.epoch != chain.newest.epoch:
        return True
    return chain.is_due(now=now) or (value is not None and not chain.knows(value))


def check_not_ended(enrolment: Enrolment, *, membership: Membership) -> None:
    """Raise MemberRevoked, in words for the member, if the credential has ended."""
    if enrolment.ended:
        raise MemberRevoked(ended_in_words(enrolment, membership=membership))


def ended_in_words(enrolment: Enrolment, *, membership: Membership) -> str:
    """That a credential has ended, when, and what its holder can do."""
    name = membership.metadata.name
    day = time.strftime("%Y-%m-%d", time.gmtime(enrolment.ended_at))
    if enrolment.ended == REPLACED:
        return f"This membership of {name} was replaced by one issued anew; seen on {day}."
    return f"This membership of {name} was removed on {day}, by the organiser or as it had ended."


def current_in_words(enrolment: Enrolment, *, membership: Membership) -> str:
    """As of when a credential that has not ended is known to be current."""
    head = membership.head(enrolment.epoch)
    if not enrolment.witness or head is None:
        return "not known; `symbolon wallet refresh` asks"
    day = time.strftime("%Y-%m-%d %H:%M", time.gmtime(head.published_at))
    return f"current at registry head {head.epoch}, of {day} UTC"


def update(vault: Vault, *, fingerprint: bytes, issuer: IssuerClient) -> Membership:
    """Bring all credentials of a community to its newest registry head, and store them.

    A credential whose handle was removed is asked for once more over its commitment, as it may have
    been changed; if not, that it has ended is stored. Raises HeadRefused, WitnessRefused,
    DigitsRefused, ClientError, ServerUnreachable, ServerRefused.
    """
    contents = vault.read()
    membership = contents.membership(fingerprint)
    if membership is None:
        raise WalletError("This wallet does not know that community any more.")
    registry = Registry(membership, issuer=issuer)
    newest = registry.follow()
    registry.digits()
    updated = [
        _updated(
            enrolment,
            seed=contents.seed,
            membership=membership,
            registry=registry,
            issuer=issuer,
            newest=newest,
        )
        for enrolment in membership.enrolments
        if not enrolment.ended
    ]

    def keep(now: Membership) -> Membership:
        now = registry.kept_in(now)
        for enrolment in updated:
            now = now.with_enrolment(enrolment)
        return now

    stored = vault.change(lambda now: now.changed(fingerprint, keep)).membership(fingerprint)
    if stored is None:
        raise WalletError("This wallet does not know that community any more.")
    return stored


def _updated(
    enrolment: Enrolment,
    *,
    seed: bytes,
    membership: Membership,
    registry: Registry,
    issuer: IssuerClient,
    newest: Head,
) -> Enrolment:
    ended_at = newest.published_at
    if enrolment.witness:
        credential = witnessed(seed, membership=membership, enrolment=enrolment, registry=registry)
        try:
            moved = registry.moved(credential, to=newest)
        except MemberRevoked:
            ended_at = registry.removal_of(credential, upto=newest).published_at
        else:
            return replace(enrolment, witness=moved.witness_octets, epoch=newest.epoch)
    try:
        return request_credential(
            seed,
            issuer=issuer,
            registry=registry,
            metadata=membership.metadata,
            count=enrolment.count,
            code_hash=enrolment.code_hash,
        )[0]
    except ServerRefused as refused:
        if refused.slug not in END_OF_PROBLEM:
            raise
        return replace(enrolment, ended=END_OF_PROBLEM[refused.slug], ended_at=ended_at)


def witnessed(
    seed: bytes, *, membership: Membership, enrolment: Enrolment, registry: Registry
) -> Credential:
    """A credential at the head of its stored witness, also where that head is no longer kept."""
    credential = credential_of(seed, membership=membership, enrolment=enrolment)
    return credential.at(registry.at(enrolment.epoch), witness=enrolment.witness)
