"""What a member is told before anything is proven (P9), in one place for every use.

Who asks and from where, what is disclosed with its values, what is proven without being seen, what
exactly is authorised, whether visits become linkable, and how large the crowd is in which the
member hides.
"""

from dataclasses import dataclass, field

from client.poll import Poll, sealed_in_words, trustees_in_words
from client.wallet.crowd import company
from client.wallet.refusals import days_in_words, refused_in_words
from client.wallet.required import check_met, required_in_words
from credentials.days import day_of
from credentials.errors import RequirementNotMet
from credentials.formats.attribute import AttributeValue
from credentials.formats.head import Head
from credentials.formats.metadata import App, Door, Event, Metadata
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from credentials.holder import Credential
from credentials.scope import origin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Everything that a member should know before saying yes; texts ready to be shown."""

    who: str
    where: str
    action: str
    disclosed: tuple[tuple[str, str], ...] = field(repr=False)
    proven: tuple[str, ...] = ()
    linkable: str
    crowd: str
    crowd_at_least: int | None = None
    warning: str = ""
    readers: tuple[tuple[str, str], ...] = ()
    refused: str = ""
    today: str = ""

    def lines(self) -> tuple[tuple[str, str], ...]:
        """(title, text) in the order of importance."""
        shown = ", ".join(f"{name} = {value}" for name, value in self.disclosed)
        rows = (
            *((("Will refuse", self.refused),) if self.refused else ()),
            ("Who asks", f"{self.who} ({self.where})"),
            ("You allow", self.action),
            ("They will see", shown or "only that you are a member"),
            *(("They will know", phrase) for phrase in self.proven),
            *((("Today", self.today),) if self.today else ()),
            *self.readers,
            ("Linkable", self.linkable),
            ("Crowd", self.crowd),
        )
        return (*rows, ("Careful", self.warning)) if self.warning else rows

    def to_json(self) -> dict[str, object]:
        """The same for a script."""
        return {
            "who": self.who,
            "where": self.where,
            "action": self.action,
            "disclosed": dict(self.disclosed),
            "proven": list(self.proven),
            "linkable": self.linkable,
            "crowd": self.crowd,
            "crowd_at_least": self.crowd_at_least,
            "warning": self.warning or None,
            "refused": self.refused or None,
            "today": self.today or None,
        }


def asked_by_door(
    door: Door,
    *,
    event: Event,
    policy: Policy,
    metadata: Metadata,
    credential: Credential,
    now: int,
) -> Asked:
    """Checking in at a door; `refused` says so where this door will not let this pass in."""
    if door.mode == "members_only":
        linkable = "No: the door sees a member, and nothing that it could recognise again."
    elif door.mode == "once_per_day":
        linkable = "Within one day of this event all doors know you again; nowhere else."
    else:
        linkable = "All doors of this event know you again; nothing elsewhere does."
    return _asked(
        policy,
        metadata=metadata,
        credential=credential,
        who=f"the door {door.name}, of {metadata.name}",
        where=metadata.address,
        action=f"Check in at {event.name}.",
        linkable=linkable,
        refused=refused_in_words(
            credential.attributes, door=door, event=event, schema=metadata.schema, now=now
        ),
    )


def asked_by_app(
    app: App, *, request: PresentationRequest, metadata: Metadata, credential: Credential
) -> Asked:
    """Proving membership to a registered app. Raises RequirementNotMet."""
    origin, policy = origin_of(app.response_address), request.policy
    purpose = "Log in" if policy.purpose == "login" else "Show your membership"
    other_days = days_in_words(policy, metadata=metadata, at=request.asked_at)
    try:
        check_met(policy, credential=credential, today=day_of(request.asked_at))
    except RequirementNotMet as error:
        raise RequirementNotMet(f"{error} {other_days}".strip()) from None
    return _asked(
        policy,
        other_days=other_days,
        metadata=metadata,
        credential=credential,
        today=day_of(request.asked_at),
        who=f"{app.name}, an app of {metadata.name}",
        where=origin,
        action=f"{purpose} at {origin}, once, now.",
        linkable=(
            "This app sees the same pseudonym of you each time; it means nothing elsewhere."
            if policy.pseudonym
            else "No: this app sees a member, and nothing that it could recognise again."
        ),
    )


def asked_by_poll(
    poll: Poll,
    *,
    answer: str,
    replaced: str | None = None,
    metadata: Metadata,
    credential: Credential,
) -> Asked:
    """Casting exactly one vote, in place of another one or not. Raises PolicyError."""
    change = "" if replaced is None else f" It replaces “{replaced}”."
    sealed = poll.manifest.sealing is not None
    readers = (("Sealed", sealed_in_words(poll.manifest)), *trustees_in_words(poll.manifest))
    return _asked(
        poll.manifest.policy(poll.head),
        metadata=metadata,
        credential=credential,
        readers=readers,
        who=f"a poll of {metadata.name}",
        where=metadata.address,
        action=(
            f"Vote “{answer}” on “{poll.manifest.question}”.{change} Until the poll closes you can "
            "vote again; the last one counts."
        ),
        linkable=(
            "Only within this poll, so that you count once; all your ballots in it are published"
            + (" and opened after the closing." if sealed else ".")
        ),
        roll=poll.head,
    )


def asked_to_show_abstention(poll: Poll, *, metadata: Metadata, credential: Credential) -> Asked:
    """Making a proof of having cast no ballot, for whoever is given it. Raises PolicyError."""
    return _asked(
        poll.manifest.policy(poll.head),
        metadata=metadata,
        credential=credential,
        who="you yourself",
        where="a file, which you can give to whom you like",
        action=f"Prove that you cast no ballot on “{poll.manifest.question}”.",
        linkable="Only within this poll, in which you cast nothing.",
        roll=poll.head,
    )


def _asked(
    policy: Policy,
    *,
    metadata: Metadata,
    credential: Credential,
    today: int | None = None,
    who: str,
    where: str,
    action: str,
    linkable: str,
    roll: Head | None = None,
    readers: tuple[tuple[str, str], ...] = (),
    refused: str = "",
    other_days: str = "",
) -> Asked:
    schema = metadata.schema
    policy.check(schema)
    check_met(policy, credential=credential, today=today)
    shown: dict[str, AttributeValue] = {
        name: credential.attributes[name] for name in policy.disclose
    }
    others = company(
        metadata,
        head=credential.keys.head.head if roll is None else roll,
        shown=shown,
        required=policy.require,
        today=today,
        in_poll=roll is not None,
    )
    warning = others.warning
    if policy.identifying:
        warning = "What is disclosed can identify you: this is not an anonymous proof."
    return Asked(
        refused=refused,
        today=other_days,
        who=who,
        where=where,
        action=action,
        disclosed=tuple((name, schema.show_text(name, value)) for name, value in shown.items()),
        proven=required_in_words(policy, schema=schema, today=today),
        linkable=linkable,
        crowd=others.words,
        crowd_at_least=others.at_least,
        warning=warning,
        readers=readers,
    )
