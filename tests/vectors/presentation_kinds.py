"""A presentation of every kind: what is asked, at which head, and how it is made."""

from dataclasses import dataclass

from credentials.formats.head import Head
from credentials.formats.metadata import Metadata
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.requirement import Requirement
from credentials.holder import Credential
from credentials.presentation import present
from credentials.scope import Scope, app_scope, day_of_slot, door_scope, poll_scope
from tests.community import EVENT, Community
from tests.vectors.second_opinion import Expected

NONCE = bytes(range(32))
ACTION = bytes(range(32, 64))
SLOT = 59_666_666
CAFE = "https://cafe.example/answer"


@dataclass(frozen=True)
class Case:
    """A presentation of one kind: what the verifier asks, and at which head it does."""

    policy: Policy
    scope: Scope
    freshness: bytes | int
    metadata: Metadata
    head: Head
    today: int | None = None
    action: bytes = b""

    def expected(self) -> Expected:
        freshness = self.freshness
        day = day_of_slot(freshness) if isinstance(freshness, int) else self.today
        return Expected(
            metadata=self.metadata,
            head=self.head,
            purpose=self.scope.purpose,
            verifier=self.scope.verifier,
            instance=self.scope.instance,
            freshness=freshness,
            disclose=self.policy.disclose,
            pseudonym=self.policy.pseudonym,
            require=tuple(
                (one.attribute, one.operator, day if one.bound == "today" else one.bound)
                for one in self.policy.require
            ),
            action=self.action,
        )


def cases(community: Community) -> dict[str, Case]:
    """A presentation of each kind."""
    city = community.metadata.community_id
    shown = ("reissued", "pass")
    everything = tuple(attribute.name for attribute in community.schema.attributes)

    def app(policy: Policy, **more) -> Case:
        scope = app_scope(policy.purpose, CAFE)
        return case(policy=policy, scope=scope, freshness=NONCE, **more)

    def case(**fields) -> Case:
        return Case(metadata=community.metadata, head=community.heads.newest, **fields)

    def visit(*require: str, **fields) -> Policy:
        return Policy(purpose="visit", require=tuple(map(Requirement.parse, require)), **fields)

    def poll(*require: str) -> Policy:
        serial = Requirement(
            attribute="serial", operator="<=", bound=community.heads.newest.highest_serial
        )
        more = tuple(map(Requirement.parse, require))
        return Policy(purpose="poll", disclose=("reissued",), require=(serial, *more))

    in_poll = {"scope": poll_scope(city, NONCE), "freshness": NONCE, "action": ACTION}
    day = door_scope(city, EVENT, "once_per_day", SLOT)
    return {
        "a pseudonym": app(visit(disclose=shown)),
        "no pseudonym": app(visit(pseudonym=False)),
        "everything disclosed": app(Policy(purpose="login", disclose=everything, identifying=True)),
        "a poll": case(policy=poll(), **in_poll),
        "a door": case(
            policy=Policy(purpose="door", disclose=("reissued",)), scope=day, freshness=SLOT
        ),
        "a members-only door": case(
            policy=Policy(purpose="door", pseudonym=False),
            scope=door_scope(city, EVENT, "members_only", SLOT),
            freshness=SLOT,
        ),
        "a date": app(visit("valid_until >= today", disclose=shown), today=22_280),
        "a date at a door": case(
            policy=Policy(purpose="door", require=(Requirement.parse("valid_until >= today"),)),
            scope=day,
            freshness=SLOT,
        ),
        "a date between": app(visit("valid_until >= 2026-11-25", "valid_until <= 2031-01-01")),
        "an integer": app(visit("points >= 70000")),
        "an integer at most": app(visit("points <= 70000", pseudonym=False)),
        "several": case(
            policy=poll("valid_until >= today", "points <= 16777215", "points >= 0"),
            today=20_000,
            **in_poll,
        ),
    }


KINDS = (
    "a pseudonym",
    "no pseudonym",
    "everything disclosed",
    "a poll",
    "a door",
    "a members-only door",
    "a date",
    "a date at a door",
    "a date between",
    "an integer",
    "an integer at most",
    "several",
)


def make(credential: Credential, case: Case) -> Presentation:
    return present(
        credential,
        policy=case.policy,
        scope=case.scope,
        freshness=case.freshness,
        today=case.today,
        action=case.action,
    )
