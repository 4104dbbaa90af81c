"""What a policy requires to be proven, in words, and whether a credential can prove it."""

from credentials.errors import RequirementNotMet
from credentials.formats.policy import Policy
from credentials.formats.requirement import AT_LEAST, Requirement
from credentials.formats.schema import SERIAL, Schema
from credentials.holder import Credential

_SIDES = {  # by type: from the bound on, up to the bound, and what nobody sees
    "date": ("or later", "or earlier", "date"),
    "integer": ("or more", "or less", "number"),
}


def required_in_words(policy: Policy, *, schema: Schema, today: int | None) -> tuple[str, ...]:
    """What a verifier will know without seeing it, one phrase for each requirement."""
    return tuple(_phrase(one, schema=schema, today=today) for one in policy.require)


def _phrase(one: Requirement, *, schema: Schema, today: int | None) -> str:
    if one.attribute == SERIAL:
        return "that you were a member when the poll was opened"
    unseen = _SIDES[schema.attribute(one.attribute).type][2]
    asked = _asked(one, schema=schema, today=today)
    return f"that {one.attribute} is {asked}, without seeing the {unseen}"


def _asked(one: Requirement, *, schema: Schema, today: int | None) -> str:
    at_least, at_most, _ = _SIDES[schema.attribute(one.attribute).type]
    bound = schema.show_text(one.attribute, one.resolve(schema, today=today).bound)
    return f"{bound} {at_least if one.operator == AT_LEAST else at_most}"


def check_met(policy: Policy, *, credential: Credential, today: int | None) -> None:
    """Raise RequirementNotMet, which names what is not met, for the member's eyes only."""
    schema = credential.keys.schema
    for one in policy.require:
        bound = one.resolve(schema, today=today)
        own = credential.scalars[bound.index]
        if own < bound.bound if one.operator == AT_LEAST else own > bound.bound:
            raise RequirementNotMet(
                f"Your {one.attribute} is {schema.show_text(one.attribute, own)}, and "
                f"{_asked(one, schema=schema, today=today)} is asked for; nothing was sent."
            )
