"""What a member is told before anything is proven (P9), in one place for every use.

Who asks and from where, what is disclosed with its values, what exactly is authorised, whether
visits become linkable, and how large the crowd is in which the member hides.
"""

from dataclasses import dataclass, field

from credentials.formats.metadata import App, Door, Event, Metadata
from credentials.formats.policy import Policy
from credentials.formats.poll import Manifest
from credentials.holder import Credential
from credentials.scope import origin_of

CROWD_UNKNOWN = "The organiser has not published how many members there are."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Everything that a member should know before saying yes; texts ready to be shown."""

    who: str
    where: str
    action: str
    disclosed: tuple[tuple[str, str], ...] = field(repr=False)
    linkable: str
    crowd: str = CROWD_UNKNOWN
    warning: str = ""

    def lines(self) -> tuple[tuple[str, str], ...]:
        """(title, text) in the order of importance."""
        shown = ", ".join(f"{name} = {value}" for name, value in self.disclosed)
        rows = (
            ("Who asks", f"{self.who} ({self.where})"),
            ("You allow", self.action),
            ("They will see", shown or "only that you are a member"),
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
            "linkable": self.linkable,
            "crowd": self.crowd,
            "warning": self.warning or None,
        }


def asked_by_door(
    door: Door, *, event: Event, policy: Policy, metadata: Metadata, credential: Credential
) -> Asked:
    """Checking in at a door."""
    if door.mode == "members_only":
        linkable = "No: the door sees a member, and nothing that it could recognise again."
    elif door.mode == "once_per_day":
        linkable = "Within one day of this event all doors know you again; nowhere else."
    else:
        linkable = "All doors of this event know you again; nothing elsewhere does."
    return Asked(
        who=f"the door {door.name}, of {metadata.name}",
        where=metadata.address,
        action=f"Check in at {event.name}.",
        disclosed=_disclosed(policy, metadata=metadata, credential=credential),
        linkable=linkable,
        warning=_warning(policy),
    )


def asked_by_app(app: App, *, policy: Policy, metadata: Metadata, credential: Credential) -> Asked:
    """Proving membership to a registered app."""
    origin = origin_of(app.response_address)
    purpose = "Log in" if policy.purpose == "login" else "Show your membership"
    return Asked(
        who=f"{app.name}, an app of {metadata.name}",
        where=origin,
        action=f"{purpose} at {origin}, once, now.",
        disclosed=_disclosed(policy, metadata=metadata, credential=credential),
        linkable=(
            "This app sees the same pseudonym of you each time; it means nothing elsewhere."
            if policy.pseudonym
            else "No: this app sees a member, and nothing that it could recognise again."
        ),
        warning=_warning(policy),
    )


def asked_by_poll(
    manifest: Manifest, *, answer: str, metadata: Metadata, credential: Credential
) -> Asked:
    """Casting exactly one vote."""
    return Asked(
        who=f"a poll of {metadata.name}",
        where=metadata.address,
        action=f"Vote “{answer}” on “{manifest.question}”. It cannot be changed.",
        disclosed=_disclosed(manifest.policy, metadata=metadata, credential=credential),
        linkable="Only within this poll, so that you vote once; your ballot is published.",
        warning=_warning(manifest.policy),
    )


def _disclosed(
    policy: Policy, *, metadata: Metadata, credential: Credential
) -> tuple[tuple[str, str], ...]:
    policy.check(metadata.schema)
    return tuple(
        (name, metadata.schema.show_text(name, credential.attributes[name]))
        for name in policy.disclose
    )


def _warning(policy: Policy) -> str:
    if not policy.identifying:
        return ""
    return "What is disclosed can identify you: this is not an anonymous proof."
